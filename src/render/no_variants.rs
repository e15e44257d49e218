//! In a program without the feature `pictures`: nothing plans smaller pictures, so none are asked for.

use crate::diagnostic::{Diagnostic, Reported};

use super::{EditionRenderer, Rendered};

impl EditionRenderer<'_> {
    /// No output.
    pub(super) fn variant(&self, _at: usize) -> Reported<Option<Rendered>> {
        Reported::clean(None)
    }

    /// Makes nothing.
    pub fn make_variants(&self, _wanted: &[usize], _done: &(dyn Fn(usize) + Sync)) -> Vec<(usize, Diagnostic)> {
        Vec::new()
    }
}
