//! What a site has before it: the changes that time alone will make, those that are overdue, and what would fail then.

use jiff::Timestamp;

use crate::build::{Inspection, LastBuild};
use crate::diagnostic::{Diagnostic, Severity};
use crate::site::Change;

/// At most at so many instants it is tried whether the site could be built then.
const TRIED: usize = 1_000;
/// So many stories are looked at in all tries together, which takes some seconds.
const LOOKED_AT: usize = 2_000_000;
/// At so many instants it is tried however many stories there are.
const ALWAYS_TRIED: usize = 32;

/// How the site that is published stands to the present.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It is what a build would make of it now.
    Current,
    /// It should have changed since it was built: so.
    Overdue(Vec<Change>),
    /// It was built as of a later instant, and shows what should not be public yet: this.
    Ahead(Vec<Change>),
}

impl Standing {
    /// The standing at `now` of a site that was built as of another instant. What the last build knew of decides: a
    /// story that was added since, with whatever date, is an edit that nobody has built.
    pub fn of(inspection: &Inspection, last: LastBuild, now: Timestamp) -> Standing {
        let LastBuild { as_of, window } = last;
        if let Some(until) = window.until.filter(|&until| until <= now) {
            let mut missed = inspection.changes(as_of, now);
            missed.retain(|change| until <= change.at);
            return if missed.is_empty() { Standing::Current } else { Standing::Overdue(missed) };
        }
        if let Some(since) = window.since.filter(|&since| now < since) {
            let early = inspection.changes(now, since);
            return if early.is_empty() { Standing::Current } else { Standing::Ahead(early) };
        }
        Standing::Current
    }

    /// What the published site should show and does not, or shows too early.
    pub fn differences(&self) -> &[Change] {
        match self {
            Standing::Current => &[],
            Standing::Overdue(changes) | Standing::Ahead(changes) => changes,
        }
    }
}

/// What will be wrong with the site from an instant on, when nobody edits it before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The instant of the change that brings it about.
    pub at: Timestamp,
    /// The errors that there are not before.
    pub errors: Vec<Diagnostic>,
}

/// The changes behind `now`: up to `until` all, without it those of the next instant.
pub fn coming(inspection: &Inspection, now: Timestamp, until: Option<Timestamp>) -> Vec<Change> {
    let mut changes = inspection.changes(now, until.unwrap_or(Timestamp::MAX));
    if until.is_none()
        && let Some(next) = changes.first().map(|change| change.at)
    {
        changes.retain(|change| change.at == next);
    }
    changes
}

/// What has been found by trying the instants to come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trial {
    /// The errors that time alone will bring, each with the first change after which it is there.
    pub failures: Vec<Failure>,
    /// At how many instants it was tried whether the site could be built.
    pub tried: usize,
    /// How many instants there are.
    pub instants: usize,
}

/// Tries whether the site can be built after each of these changes. `present` is what is wrong already. Where there are
/// very many instants, the soonest are tried.
pub fn attempt(inspection: &Inspection, changes: &[Change], present: &[Diagnostic]) -> Trial {
    let mut known = present.to_vec();
    let mut failures = Vec::new();
    let most = most_tries(inspection.records.len());
    let mut tried = 0;
    for at in instants(changes).take(most) {
        tried += 1;
        let found = inspection.site(at).diagnostics.into_iter();
        let errors: Vec<Diagnostic> =
            found.filter(|found| found.severity == Severity::Error && !known.contains(found)).collect();
        known.extend(errors.iter().cloned());
        if !errors.is_empty() {
            failures.push(Failure { at, errors });
        }
    }
    Trial { failures, tried, instants: instants(changes).count() }
}

/// How many instants are tried of a site of so many records: the more there are, the longer takes each.
fn most_tries(records: usize) -> usize {
    (LOOKED_AT / records.max(1)).clamp(ALWAYS_TRIED, TRIED)
}

/// The instants of changes that stand in the order of time, each once.
pub fn instants(changes: &[Change]) -> impl Iterator<Item = Timestamp> {
    changes.chunk_by(|one, next| one.at == next.at).filter_map(|group| group.first()).map(|change| change.at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_sites_are_tried_less_often() {
        assert_eq!([0, 1_000, 10_000, 1_000_000].map(most_tries), [1_000, 1_000, 200, 32]);
    }
}
