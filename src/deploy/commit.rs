//! The commit that a site was built from, so that an older one does not replace a newer one.

use std::path::Path;
use std::process::Command;

use serde::{Deserialize, Serialize};

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
    /// The commit that is checked out in a folder; `None` without `git` or a repository.
    pub fn of(root: &Path) -> Option<SourceCommit> {
        let shown = git(root, &["show", "--no-patch", "--format=%H %ct", "HEAD"])?;
        let (id, time) = shown.trim().split_once(' ')?;
        Some(SourceCommit { id: id.to_owned(), time: time.parse().ok()? })
    }

    /// Compares this commit with the one that is online. A shallow clone does not have the other one; then the times of
    /// both decide.
    pub fn relation(&self, online: &SourceCommit, root: &Path) -> Relation {
        if self.id == online.id {
            return Relation::NotOlder;
        }
        let is_known = git(root, &["cat-file", "-e", &format!("{}^{{commit}}", online.id)]).is_some();
        let is_older = match is_known {
            true => git(root, &["merge-base", "--is-ancestor", &self.id, &online.id]).is_some(),
            false => self.time < online.time,
        };
        if is_older { Relation::Older } else { Relation::NotOlder }
    }
}

/// The output of a Git command; `None` if it fails.
fn git(root: &Path, arguments: &[&str]) -> Option<String> {
    let done = Command::new("git").arg("-C").arg(root).args(arguments).output().ok()?;
    done.status.success().then(|| String::from_utf8_lossy(&done.stdout).into_owned())
}
