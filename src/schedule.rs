//! The changes that time alone will make to a site, those that are overdue, and the errors they would cause.

use jiff::Timestamp;

use crate::build::{LastBuild, Project};
use crate::diagnostic::{Diagnostic, Severity};
use crate::site::Change;

/// The largest number of future times at which a build is tried.
const MAX_TRIED: usize = 1_000;
/// The number of stories to check in all tries together, which takes a few seconds.
const MAX_STORIES_CHECKED: usize = 2_000_000;
/// The smallest number of tries, however many stories there are.
const MIN_TRIED: usize = 32;

/// The state of the published site, compared with a build now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Freshness {
    /// A build now would change nothing.
    Current,
    /// These changes should have been published since the last build.
    Overdue(Vec<Change>),
    /// It was built as of a later time, and already shows these changes.
    Ahead(Vec<Change>),
}

impl Freshness {
    /// Compares the last build with `now`. What the last build knew decides: a story added since, with whatever date,
    /// is an edit that nobody has built.
    pub fn new(project: &Project, last: LastBuild, now: Timestamp) -> Freshness {
        let LastBuild { as_of, window } = last;
        if let Some(until) = window.until.filter(|&until| until <= now) {
            let mut missed = project.changes(as_of, now);
            missed.retain(|change| until <= change.at);
            return if missed.is_empty() { Freshness::Current } else { Freshness::Overdue(missed) };
        }
        if let Some(since) = window.since.filter(|&since| now < since) {
            let early = project.changes(now, since);
            return if early.is_empty() { Freshness::Current } else { Freshness::Ahead(early) };
        }
        Freshness::Current
    }

    /// The changes that the published site misses or shows too early.
    pub fn differences(&self) -> &[Change] {
        match self {
            Freshness::Current => &[],
            Freshness::Overdue(changes) | Freshness::Ahead(changes) => changes,
        }
    }
}

/// Errors that the site will have from a certain time on, unless somebody edits it before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FutureFailure {
    /// The time of the change that causes them.
    pub at: Timestamp,
    /// The errors that the site does not have before.
    pub errors: Vec<Diagnostic>,
}

/// Returns the changes after `now`: all up to `until`, or only those at the next time of change.
pub fn upcoming_changes(project: &Project, now: Timestamp, until: Option<Timestamp>) -> Vec<Change> {
    let mut changes = project.changes(now, until.unwrap_or(Timestamp::MAX));
    if until.is_none()
        && let Some(next) = changes.first().map(|change| change.at)
    {
        changes.retain(|change| change.at == next);
    }
    changes
}

/// The result of trying builds at future times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forecast {
    /// The errors that time alone will cause, each with the first change after which it occurs.
    pub failures: Vec<FutureFailure>,
    /// The number of times at which a build was tried.
    pub tried: usize,
    /// The number of times at which something changes.
    pub instants: usize,
}

/// Tries whether the site can be built after each of these changes; `present` holds the errors it has already. If there
/// are very many, only the soonest are tried.
pub fn forecast(project: &Project, changes: &[Change], present: &[Diagnostic]) -> Forecast {
    let mut known = present.to_vec();
    let mut failures = Vec::new();
    let most = max_tries(project.records.len());
    let mut tried = 0;
    for at in instants(changes).take(most) {
        tried += 1;
        let found = project.at(at).report().into_iter();
        let errors: Vec<Diagnostic> =
            found.filter(|found| found.severity == Severity::Error && !known.contains(found)).collect();
        known.extend(errors.iter().cloned());
        if !errors.is_empty() {
            failures.push(FutureFailure { at, errors });
        }
    }
    Forecast { failures, tried, instants: instants(changes).count() }
}

/// The number of tries for a site with this many records: each takes longer the more there are.
fn max_tries(records: usize) -> usize {
    (MAX_STORIES_CHECKED / records.max(1)).clamp(MIN_TRIED, MAX_TRIED)
}

/// The times of chronologically sorted changes, each once.
pub fn instants(changes: &[Change]) -> impl Iterator<Item = Timestamp> {
    changes.chunk_by(|one, next| one.at == next.at).filter_map(|group| group.first()).map(|change| change.at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_sites_are_polled_less_often() {
        assert_eq!([0, 1_000, 10_000, 1_000_000].map(max_tries), [1_000, 1_000, 200, 32]);
    }
}
