//! The losses of a build that nobody has decided on: stories, and notices about them, that readers have seen.

use crate::diagnostic::Diagnostic;

use super::notices::{self, LostNotice};
use super::removals::{self, Removal};

/// The published stories and notices that a build would take away.
#[derive(Debug, Default)]
pub(super) struct Losses {
    pub removals: Vec<Removal>,
    pub notices: Vec<LostNotice>,
}

impl Losses {
    /// The number of losses that need permission, if more than `allowed` do; otherwise 0.
    pub(super) fn refused(&self, allowed: usize) -> usize {
        let needed = removals::count(&self.removals) + self.notices.len();
        if needed > allowed { needed } else { 0 }
    }

    /// The errors for losses without permission. `refused` is their number.
    pub(super) fn errors(&self, refused: usize) -> impl Iterator<Item = Diagnostic> {
        let is_refused = refused > 0;
        let of_removals = is_refused && removals::count(&self.removals) > 0;
        let of_removals = of_removals.then(|| removals::error(&self.removals, refused)).flatten();
        let of_notices = is_refused.then(|| notices::error(&self.notices, refused)).flatten();
        of_removals.into_iter().chain(of_notices)
    }
}
