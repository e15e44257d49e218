//! Deploys a site to a branch of a Git repository, as the Pages of GitHub and GitLab read it: one commit without a history,
//! so that the repository does not grow with every deploy.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::commit::{Relation, SourceCommit};
use super::error::DeployError;
use super::files::SiteFiles;

/// A branch that holds a site.
#[derive(Debug, Clone)]
pub struct GitBranch<'g> {
    /// The repository, as `git` names it.
    pub remote: &'g str,
    /// The branch.
    pub branch: &'g str,
    /// The folder in the project for the repository's objects; its next deploy sends only what has changed.
    pub cache: PathBuf,
    /// The project's folder.
    pub root: &'g Path,
    /// The commit of the project.
    pub commit: Option<SourceCommit>,
}

/// The choices of a deploy to a branch.
#[derive(Debug, Clone, Copy, Default)]
pub struct GitOptions {
    /// True to go back to an older commit.
    pub allow_older: bool,
    /// True to replace a branch that Presswork did not make.
    pub take_over: bool,
    /// The maximum number of files to delete; `None`: a tenth, but at least a hundred.
    pub max_delete: Option<usize>,
}

/// The changes of a branch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GitReport {
    /// The routes that are new or have changed.
    pub put: Vec<String>,
    /// The routes that are gone.
    pub deleted: Vec<String>,
    /// The number of files that stayed as they were.
    pub unchanged: usize,
}

/// The first line of a commit's message, by which Presswork knows its own.
const SUBJECT: &str = "Published by Presswork";
/// The line of the message before the commit of the project, and its time.
const SOURCE: &str = "Source: ";
/// The file that keeps GitHub Pages from running Jekyll, which would leave out names that begin with `_` or `.`.
const NO_JEKYLL: &str = ".nojekyll";

/// The branch as it is at the remote.
struct Online {
    id: String,
    message: String,
}

impl GitBranch<'_> {
    /// Deploys a site, or only finds out what would change.
    ///
    /// # Errors
    /// If the deploy is refused, or `git` fails. The branch is replaced at once or not at all.
    pub fn deploy(&self, site: &SiteFiles, options: GitOptions, dry_run: bool) -> Result<GitReport, DeployError> {
        fs::create_dir_all(&self.cache)
            .map_err(|error| DeployError::new(format!("cannot create {}: {error}", self.cache.display())))?;
        self.git(&["init", "--quiet", "--bare"], None)?;
        let online = self.online()?;
        self.check(online.as_ref(), options)?;
        let tree = self.tree(site)?;
        let report = self.compare(online.as_ref(), &tree, site)?;
        check_deletes(&report, options.max_delete)?;
        let has_changed = !(report.put.is_empty() && report.deleted.is_empty());
        if has_changed && !dry_run {
            self.push(online.as_ref(), &tree)?;
        }
        Ok(report)
    }

    /// Fetches the branch's commit and its list of files; `None` if there is no such branch.
    fn online(&self) -> Result<Option<Online>, DeployError> {
        let name = format!("refs/heads/{}", self.branch);
        let listed = self.git(&["ls-remote", self.remote, &name], None)?;
        let Some(id) = listed.split_whitespace().next().map(str::to_owned) else { return Ok(None) };
        self.git(&["fetch", "--quiet", "--depth=1", self.remote, &format!("+{name}:refs/online")], None)?;
        let message = self.git(&["show", "--no-patch", "--format=%B", &id], None)?;
        Ok(Some(Online { id, message }))
    }

    fn check(&self, online: Option<&Online>, options: GitOptions) -> Result<(), DeployError> {
        let Some(online) = online else { return Ok(()) };
        if !online.message.starts_with(SUBJECT) && !options.take_over {
            let message = format!("the branch {} has a commit that Presswork did not make", self.branch);
            let hint = "its history would be lost: choose another branch, or replace it with --take-over";
            return Err(DeployError::new(message).hint(hint));
        }
        let source = online.message.lines().find_map(|line| line.strip_prefix(SOURCE)).and_then(|source| {
            let (id, time) = source.split_once(' ')?;
            Some(SourceCommit { id: id.to_owned(), time: time.parse().ok()? })
        });
        match (&self.commit, source) {
            (Some(ours), Some(theirs))
                if !options.allow_older && ours.relation(&theirs, self.root)? == Relation::Older =>
            {
                let message = format!("commit {} is older than {}, which is online", ours.id, theirs.id);
                Err(DeployError::new(message).hint("update the clone; or go back with --allow-older"))
            }
            _ => Ok(()),
        }
    }

    /// Stores all files, and returns the id of their tree.
    fn tree(&self, site: &SiteFiles) -> Result<String, DeployError> {
        let index = self.cache.join("index.new");
        remove(&index)?;
        let folder = std::path::absolute(&site.folder)
            .map_err(|error| DeployError::new(format!("cannot find {}: {error}", site.folder.display())))?;
        let files: Vec<&str> = site.files.iter().map(|file| file.route.as_str()).collect();
        let paths: Vec<String> = files.iter().map(|file| folder.join(file).display().to_string()).collect();
        // Without filters, a checkout has the same bytes whatever the machine's settings for line ends are.
        let ids =
            self.git(&["hash-object", "-w", "--no-filters", "--stdin-paths"], Some(&(paths.join("\n") + "\n")))?;
        let mut list: String = ids.lines().zip(&files).map(|(id, file)| format!("100644 {id}\t{file}\0")).collect();
        if !files.contains(&NO_JEKYLL) {
            let empty = self.git(&["hash-object", "-w", "--stdin"], Some(""))?;
            list.push_str(&format!("100644 {}\t{NO_JEKYLL}\0", empty.trim()));
        }
        if list.matches('\0').count() < files.len() {
            return Err(DeployError::new("git did not store every file of the site"));
        }
        self.git_with_index(&index, &["update-index", "-z", "--index-info"], Some(&list))?;
        let tree = self.git_with_index(&index, &["write-tree"], None)?;
        remove(&index)?;
        Ok(tree.trim().to_owned())
    }

    fn compare(&self, online: Option<&Online>, tree: &str, site: &SiteFiles) -> Result<GitReport, DeployError> {
        let Some(online) = online else {
            let put = site.files.iter().map(|file| file.route.clone()).collect();
            return Ok(GitReport { put, ..GitReport::default() });
        };
        let old = format!("{}^{{tree}}", online.id);
        let changes = self.git(&["diff-tree", "-r", "-z", "--no-renames", "--name-status", &old, tree], None)?;
        let mut report = GitReport::default();
        let mut parts = changes.split('\0');
        while let (Some(status), Some(route)) = (parts.next(), parts.next()) {
            match status {
                "D" => report.deleted.push(route.to_owned()),
                _ => report.put.push(route.to_owned()),
            }
        }
        report.unchanged = site.files.len().saturating_sub(report.put.len());
        Ok(report)
    }

    /// Replaces the branch, unless somebody else has changed it since.
    fn push(&self, online: Option<&Online>, tree: &str) -> Result<(), DeployError> {
        let mut message = format!("{SUBJECT}\n");
        if let Some(SourceCommit { id, time }) = &self.commit {
            message.push_str(&format!("\n{SOURCE}{id} {time}\n"));
        }
        let commit = self.git(&["commit-tree", tree, "-F", "-"], Some(&message))?;
        let name = format!("refs/heads/{}", self.branch);
        let lease = format!("--force-with-lease={name}:{}", online.map_or("", |online| &online.id));
        let refs = format!("{}:{name}", commit.trim());
        self.git(&["push", "--quiet", &lease, self.remote, &refs], None).map(drop).map_err(|error| {
            match error.message.contains("stale info") || error.message.contains("[rejected]") {
                true => DeployError::new(format!("another deploy has changed the branch {}", self.branch))
                    .hint("deploy again"),
                false => error,
            }
        })
    }

    fn git(&self, arguments: &[&str], input: Option<&str>) -> Result<String, DeployError> {
        self.git_with_index(&self.cache.join("index"), arguments, input)
    }

    /// Runs `git` on the repository of the cache. Its prompts and the messages of `ssh` go to the terminal.
    fn git_with_index(&self, index: &Path, arguments: &[&str], input: Option<&str>) -> Result<String, DeployError> {
        let name = arguments.first().copied().unwrap_or_default();
        let failed = |why: String| DeployError::new(format!("git {name} failed: {why}"));
        let cache = std::path::absolute(&self.cache).map_err(|error| failed(error.to_string()))?;
        let index = std::path::absolute(index).map_err(|error| failed(error.to_string()))?;
        let mut command = Command::new("git");
        command.current_dir(self.root).env("GIT_DIR", &cache).env("GIT_INDEX_FILE", &index);
        command.env_remove("GIT_WORK_TREE").args(["-c", "user.name=Presswork", "-c", "user.email=presswork@localhost"]);
        command.args(["-c", "gc.auto=0", "-c", "core.bare=true"]).args(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command
            .spawn()
            .map_err(|error| failed(error.to_string()).hint("install git, and make sure that it is in PATH"))?;
        // The input is written by a thread of its own, since `git` answers before it has read all of it.
        let (stdin, text) = (child.stdin.take(), input.unwrap_or_default().to_owned());
        let writer = std::thread::spawn(move || stdin.map_or(Ok(()), |mut stdin| stdin.write_all(text.as_bytes())));
        let done = child.wait_with_output().map_err(|error| failed(error.to_string()))?;
        let written = writer.join().unwrap_or(Ok(()));
        if !done.status.success() {
            let said = String::from_utf8_lossy(&done.stderr);
            return Err(failed(said.split_whitespace().collect::<Vec<_>>().join(" ")));
        }
        written.map_err(|error| failed(error.to_string()))?;
        Ok(String::from_utf8_lossy(&done.stdout).into_owned())
    }
}

fn check_deletes(report: &GitReport, ceiling: Option<usize>) -> Result<(), DeployError> {
    let (count, files) = (report.deleted.len(), report.unchanged + report.deleted.len());
    let ceiling = ceiling.unwrap_or_else(|| (files / 10).max(100));
    match count <= ceiling {
        true => Ok(()),
        false => Err(DeployError::new(format!("{count} of {files} files would be deleted from the branch"))
            .hint(format!("if that is meant: --max-delete {count}"))),
    }
}

fn remove(path: &Path) -> Result<(), DeployError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(DeployError::new(format!("cannot remove {}: {error}", path.display())))
        }
        _ => Ok(()),
    }
}
