//! In a program without the feature `pictures`: nothing plans smaller pictures, so none are asked for.

use crate::diagnostic::Reported;

use super::{EditionRenderer, MadeVariants, Rendered};

impl EditionRenderer<'_> {
    /// No output.
    pub(super) fn variant(&self, _at: usize) -> Reported<Option<Rendered>> {
        Reported::clean(None)
    }

    /// Makes nothing.
    pub fn make_variants(&self, _wanted: &[usize], _done: &(dyn Fn(usize) + Sync)) -> MadeVariants {
        MadeVariants::default()
    }
}
