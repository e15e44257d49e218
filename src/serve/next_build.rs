//! The report of the next build, worked out when somebody opens the desk and kept until something changes.

use std::fs;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use crate::build::ledger_of;
use crate::diagnostic::{Code, Diagnostic};

use super::Server;
use super::rebuilder::PendingBuild;
use super::site_server::CHECKED_PAGES;

/// The number of the project's state, and the time of the last build's ledger.
type StateKey = (u64, Option<SystemTime>);

/// The last report, and the state that it is about.
#[derive(Default)]
pub struct NextBuildReport(Mutex<Option<(StateKey, Arc<Vec<Diagnostic>>)>>);

impl Server {
    /// The diagnostics of a build that would begin now: the preview shows drafts and knows no earlier build, so it does
    /// not find all of them.
    pub(super) async fn of_next_build(&self) -> Arc<Vec<Diagnostic>> {
        let Some(PendingBuild { number, project }) = self.rebuilder.next_build().await else {
            return Arc::default();
        };
        let ledger = fs::metadata(ledger_of(&self.options.root)).and_then(|file| file.modified()).ok();
        let lock = || self.next_build.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, found)) = &*lock()
            && *known == (number, ledger)
        {
            return Arc::clone(found);
        }
        let checked = tokio::task::spawn_blocking(move || project.diagnostics(CHECKED_PAGES)).await;
        let found = Arc::new(checked.unwrap_or_else(|_| {
            let why = "what a build would report is unknown; that is a bug in Presswork";
            vec![Diagnostic::new(Code::UnreadableFile, "", why)]
        }));
        *lock() = Some(((number, ledger), Arc::clone(&found)));
        found
    }
}
