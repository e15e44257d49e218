//! `presswork comments pull`: brings approved comments into the files of the project.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, ValueEnum};

use super::save;
use crate::build::{Draft, Project};
use crate::cli::shared::{Format, report_diagnostics, site_has_errors};
use crate::cli::{Failure, clock, find_root, print_line, print_message};
use crate::comment::{RefusedComment, check_name};
use crate::comment_import::{BadExport, CannotMerge, Export, Merged, NotMerged, isso_rows, merge};
use crate::diagnostic::has_errors;

const DETAILS: &str = "\
Bring approved comments into the files of the project. Comments that wait for approval, spam and deleted ones are never \
taken, nor are e-mail and IP addresses. Each comment keeps the same id, so running the command again adds only new ones, \
and what you have changed or hidden in the files stays.

A comment goes to the story whose URL, alias or `guid` its page had. Comments on other pages are reported and left out.";

const EXAMPLES: &str = "\
Examples:
  presswork comments pull                                  from the Isso server of site.yaml
  presswork comments pull --from isso https://comments.example.org/
  presswork comments pull --from wxr export.xml            from a WordPress export
  presswork comments pull --from disqus export.xml.gz.xml  from an unpacked Disqus export
  presswork comments pull --from isso rows.json            from Isso's database:
    sqlite3 -json comments.db 'SELECT threads.uri, comments.id, comments.parent, comments.created, comments.mode,
      comments.author, comments.website, comments.text FROM comments JOIN threads ON threads.id = comments.tid
      WHERE comments.mode = 1' > rows.json

Exit code: 0 success, 1 the site has errors, or a file of comments cannot be changed, 2 the command failed.";

/// The system that comments come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum CommentSystem {
    /// An Isso server, or rows of its database as JSON
    Isso,
    /// A WordPress export (WXR)
    Wxr,
    /// A Disqus export, unpacked
    Disqus,
}

/// Bring approved comments from Isso, WordPress or Disqus into the project
#[derive(Debug, Args)]
#[command(long_about = DETAILS, after_help = EXAMPLES)]
pub(super) struct PullArgs {
    /// The system that the comments come from
    #[arg(long, value_enum, value_name = "SYSTEM", default_value_t = CommentSystem::Isso)]
    from: CommentSystem,
    /// The export's file, or the URL of an Isso server [default: the server of site.yaml]
    source: Option<String>,
    /// The name of readers who gave none
    #[arg(long, value_name = "NAME", default_value = "Anonymous", value_parser = published_name)]
    anonymous: String,
    /// Print what would change, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// The site's folder [default: the current folder or the nearest parent with a site.yaml]
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
}

/// Reads a name that pages will show.
fn published_name(name: &str) -> Result<String, String> {
    check_name(name).map(|()| name.to_owned())
}

impl PullArgs {
    /// Reads the export and changes the files.
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let root = find_root(self.root.clone())?;
        let opened = Project::open(&root)?;
        let Some(project) = opened.value else {
            report_diagnostics(Format::Human, &opened.diagnostics, &root)?;
            return site_has_errors();
        };
        let diagnostics = project.diagnostics();
        if has_errors(&diagnostics) {
            report_diagnostics(Format::Human, &diagnostics, &root)?;
            print_message("no comments were added: stories with errors could not be found\n");
            return site_has_errors();
        }
        let draft = project.at(clock::now());
        let export = self.export(&draft)?;
        let merged = match merge(&draft, &export, &self.anonymous) {
            Ok(merged) => merged,
            Err(CannotMerge::File(path, why)) => {
                print_message(&format!("error: no comments were added: {path}: {why}\n"));
                return site_has_errors();
            }
            Err(CannotMerge::System(path, error)) => return Err(Failure::file("read", Path::new(&path), &error)),
        };
        for file in &merged.files {
            if !self.dry_run {
                save(&root, &file.path, file.before.as_deref(), &file.after)?;
            }
            print_line(&format!("{}: {} new", file.path, file.added))?;
        }
        print_message(&summary(&merged, &export, self.dry_run));
        Ok(ExitCode::SUCCESS)
    }

    fn export(&self, draft: &Draft) -> Result<Export, Failure> {
        let server = draft.config.comments.server.as_deref();
        let source =
            self.source.as_deref().or(server.filter(|_| self.from == CommentSystem::Isso)).ok_or_else(|| {
                Failure::new("there is no export to read").hint("write its file, or the URL of your Isso server")
            })?;
        let is_url = source.starts_with("https://") || source.starts_with("http://");
        if self.from == CommentSystem::Isso && is_url {
            return from_server(source, draft).map_err(|error| Failure::new(error.to_string()));
        }
        let path = Path::new(source);
        let read = match self.from {
            CommentSystem::Isso => {
                let bytes = fs::read(path).map_err(|error| Failure::file("read", path, &error))?;
                let text = String::from_utf8(bytes).map_err(|error| not_json(source, error.as_bytes()))?;
                isso_rows(&text)
            }
            CommentSystem::Wxr | CommentSystem::Disqus => xml_export(self.from, path, draft),
        };
        read.map_err(|BadExport { message, line }| {
            let place = line.map_or_else(String::new, |line| format!(":{line}"));
            Failure::new(format!("{source}{place}: {message}"))
        })
    }
}

/// The error for a file that is not text. An SQLite database begins with its name
/// (<https://www.sqlite.org/fileformat2.html>, section 1.3.1).
fn not_json(source: &str, bytes: &[u8]) -> Failure {
    match bytes.starts_with(b"SQLite format 3") {
        true => Failure::new(format!("{source} is a database of SQLite, and not its rows as JSON"))
            .hint("make them with `sqlite3 -json`, as the end of `presswork comments pull --help` shows"),
        false => Failure::new(format!("{source} is not UTF-8")).hint("write the rows of Isso's database as JSON"),
    }
}

/// The comments of an export in XML.
#[cfg(feature = "import")]
fn xml_export(system: CommentSystem, path: &Path, draft: &Draft) -> Result<Export, BadExport> {
    match system {
        CommentSystem::Disqus => crate::comment_import::disqus(path),
        _ => crate::comment_import::wordpress(path, &draft.config.timezone),
    }
}

#[cfg(not(feature = "import"))]
fn xml_export(_: CommentSystem, _: &Path, _: &Draft) -> Result<Export, BadExport> {
    Err(BadExport { message: "this program was built without the feature `import`".to_owned(), line: None })
}

/// The comments on all stories of the site at an Isso server, also those that readers wrote at a story's old URL.
#[cfg(feature = "comment-server")]
fn from_server(server: &str, draft: &Draft) -> Result<Export, BadExport> {
    let Draft { plan, site, config, .. } = draft;
    let server = format!("{}/", server.trim_end_matches('/'));
    let present = (0..site.articles.len() as u32).map(|at| plan.article(crate::site::ArticleId(at)));
    let old = plan.old_routes().filter(|(_, now)| now.article().is_some()).map(|(old, _)| old);
    let uris: Vec<String> = present.chain(old).map(|route| config.base_url.path(route)).collect();
    crate::comment_import::isso_server(&server, &uris)
}

#[cfg(not(feature = "comment-server"))]
fn from_server(_: &str, _: &Draft) -> Result<Export, BadExport> {
    Err(BadExport { message: "this program was built without the feature `comment-server`".to_owned(), line: None })
}

/// The numbers of a run, and the comments that found no place.
fn summary(merged: &Merged, export: &Export, is_dry: bool) -> String {
    let added: usize = merged.files.iter().map(|file| file.added).sum();
    let verb = if is_dry { "would be added" } else { "added" };
    let (known, left_out) = (merged.known, export.left_out);
    let noun = if added == 1 { "comment" } else { "comments" };
    let mut text = format!("{added} {noun} {verb}, {known} were there already, {left_out} were not approved\n");
    for (page, count) in &merged.unmatched {
        text.push_str(&format!("  left out: {count} on {page}, which no story has as its URL, alias or guid\n"));
    }
    for NotMerged { path, comment: RefusedComment { id, reason } } in &merged.refused {
        text.push_str(&format!("  left out: {id} for {path}, since it {reason}\n"));
    }
    text
}
