//! Compares the last build, as it is in the output folder, with the stories that readers have at a deploy's target.

use std::path::Path;

use ahash::HashSet;
use jiff::Timestamp;

use crate::commit::ledger_of;
use crate::diagnostic::{Diagnostic, Reported};
use crate::ledger::Ledger;
use crate::manifest::Manifest;
use crate::plan::Removed;
use crate::site::State;

use super::moved::{ServedPaths, page_path};
use super::removals::{self, Removal};
use super::{MachineError, OUTPUT, Project};

/// The errors for stories and pages of `online` that a deploy of the output folder would take away, although nobody has
/// withdrawn them, no earlier build had permission to remove them, and they have not expired. Up to `allowed` may go.
/// `online` are the routes of those at the target.
///
/// # Errors
/// If the project or the last build cannot be read.
pub fn stories_missing(root: &Path, online: &[String], allowed: usize) -> Result<Vec<Diagnostic>, MachineError> {
    let unread = |why: String| MachineError(format!("cannot read the last build: {why}"));
    let manifest = Manifest::read(&root.join(OUTPUT)).map_err(|error| unread(error.to_string()))?;
    let missing: Vec<&String> = online.iter().filter(|route| !manifest.contains(route)).collect();
    if missing.is_empty() {
        return Ok(Vec::new());
    }
    let ledger = Ledger::read(&ledger_of(root)).map_err(|error| unread(error.to_string()))?;
    let permitted: HashSet<&str> = ledger.header.moved.iter().map(|old| old.path.as_str()).collect();
    let Reported { value: project, diagnostics } = Project::open(root)?;
    let Some(project) = project else { return Ok(diagnostics) };
    let as_of = Timestamp::from_second(ledger.header.as_of).map_err(|error| unread(error.to_string()))?;
    let draft = project.at(as_of);
    let served = ServedPaths::new(&draft);
    let is_lost = |route: &&String| {
        let path = page_path(route);
        let has_expired = draft.plan.removed_from(path) == Some(Removed::Story(State::Expired));
        !(permitted.contains(path) || served.redirects(path) || has_expired)
    };
    let lost: Vec<Removal> =
        missing.into_iter().filter(is_lost).map(|route| Removal::unrecorded(route, route)).collect();
    let needed = removals::count(&lost);
    Ok(if needed > allowed { removals::error(&lost, needed).into_iter().collect() } else { Vec::new() })
}
