//! The commit that a site was built from, so that an older one does not replace a newer one.

use std::io;
use std::path::Path;
use std::process::{Command, Output};

use serde::{Deserialize, Serialize};

use super::error::DeployError;

/// A commit of the project's Git repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceCommit {
    /// Its id.
    pub id: String,
    /// The time of the commit, in seconds of Unix time.
    pub time: i64,
}

/// The relation of the project's commit to the one that is online.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// It is the same, newer, or not comparable.
    NotOlder,
    /// It is an ancestor of the one that is online, or was made before it.
    Older,
}

impl SourceCommit {
    /// The commit that is checked out in a folder; `None` without `git`, without a repository, or before its first commit.
    ///
    /// # Errors
    /// If `git` refuses the repository, such as one that belongs to somebody else.
    pub fn of(root: &Path) -> Result<Option<SourceCommit>, DeployError> {
        let Some(shown) = run(root, &["rev-parse", "--verify", "--quiet", "HEAD^{commit}"])? else { return Ok(None) };
        if !shown.status.success() {
            return match message(&shown) {
                // `--quiet` says nothing if there is no commit yet.
                why if why.is_empty() || why.contains("not a git repository") => Ok(None),
                why => Err(failed(&why)),
            };
        }
        let shown = answer(root, &["show", "--no-patch", "--format=%H %ct", "HEAD"])?;
        let commit = shown.trim().split_once(' ').and_then(|(id, time)| Some((id.to_owned(), time.parse().ok()?)));
        let (id, time) = commit.ok_or_else(|| failed(&format!("`{}` is not a commit", shown.trim())))?;
        Ok(Some(SourceCommit { id, time }))
    }

    /// Compares this commit with the one that is online. A shallow clone does not have the other one; then the times of
    /// both decide.
    ///
    /// # Errors
    /// If `git` cannot compare them.
    pub fn relation(&self, online: &SourceCommit, root: &Path) -> Result<Relation, DeployError> {
        if self.id == online.id {
            return Ok(Relation::NotOlder);
        }
        let is_known = run(root, &["cat-file", "-e", &format!("{}^{{commit}}", online.id)])?
            .is_some_and(|done| done.status.success());
        if !is_known {
            return Ok(if self.time < online.time { Relation::Older } else { Relation::NotOlder });
        }
        let compared = run(root, &["merge-base", "--is-ancestor", &self.id, &online.id])?;
        match compared.as_ref().and_then(|done| done.status.code()) {
            Some(0) => Ok(Relation::Older),
            Some(1) => Ok(Relation::NotOlder),
            _ => Err(failed(&compared.as_ref().map(message).unwrap_or_default())),
        }
    }
}

/// Runs `git` in a folder; `None` if there is no such program.
fn run(root: &Path, arguments: &[&str]) -> Result<Option<Output>, DeployError> {
    // Its messages are compared, so they must not be translated.
    match Command::new("git").env("LC_ALL", "C").arg("-C").arg(root).args(arguments).output() {
        Ok(done) => Ok(Some(done)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed(&error.to_string())),
    }
}

/// The output of a Git command.
fn answer(root: &Path, arguments: &[&str]) -> Result<String, DeployError> {
    match run(root, arguments)? {
        Some(done) if done.status.success() => Ok(String::from_utf8_lossy(&done.stdout).into_owned()),
        done => Err(failed(&done.as_ref().map(message).unwrap_or_default())),
    }
}

fn message(done: &Output) -> String {
    String::from_utf8_lossy(&done.stderr).split_whitespace().collect::<Vec<_>>().join(" ")
}

fn failed(why: &str) -> DeployError {
    DeployError::new(format!("cannot find out which commit this is: git failed: {why}"))
        .hint("deploys compare commits, so that an older one does not replace a newer one")
}
