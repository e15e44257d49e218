//! The results of outputs, one by one and together.

use crate::commit::{MachineError, Published};
use crate::diagnostic::Diagnostic;
use crate::ledger::Writer;
use crate::plan::Output;
use crate::render::Parts;

use super::fragments::Fragments;

/// An output that is finished.
pub(super) struct Done {
    pub(super) at: usize,
    /// The hash of its bytes, and its entry for the ledger; `None` after errors, or if nothing is published.
    pub(super) known: Option<(u128, Vec<u8>)>,
    pub(super) diagnostics: Vec<Diagnostic>,
    pub(super) published: Published,
    pub(super) was_rendered: bool,
    /// The parts that links can point to, if it was rendered, and its own links to parts of pages.
    pub(super) parts: Option<Parts>,
}

impl Done {
    /// A rendered output without any further results.
    pub(super) fn rendered(at: usize) -> Done {
        let published = Published::Same;
        Done { at, known: None, diagnostics: Vec::new(), published, was_rendered: true, parts: None }
    }
}

/// Writes the entries of finished outputs to the ledger.
pub(super) fn keep(done: &[Done], writer: &mut Writer) -> Result<(), MachineError> {
    let mut known = done.iter().filter_map(|done| done.known.as_ref());
    known.try_for_each(|(_, encoded)| writer.add_output(encoded)).map_err(super::no_ledger)
}

/// The results of all outputs so far.
pub(super) struct Tally<'o> {
    wanted: &'o [&'o Output],
    pub(super) published: Vec<Published>,
    pub(super) rendered: usize,
    pub(super) diagnostics: Vec<Diagnostic>,
    pub(super) notes: Vec<String>,
    pub(super) fragments: Fragments<'o>,
}

impl<'o> Tally<'o> {
    pub(super) fn new(wanted: &'o [&'o Output]) -> Tally<'o> {
        let published = vec![Published::Same; wanted.len()];
        let (diagnostics, notes) = (Vec::new(), Vec::new());
        Tally { wanted, published, rendered: 0, diagnostics, notes, fragments: Fragments::default() }
    }

    pub(super) fn add(&mut self, done: Vec<Done>) {
        for done in done {
            match done.was_rendered {
                true => self.fragments.add_rendered(self.wanted[done.at], done.parts),
                false => self.fragments.add_left(done.parts.map(|parts| parts.links).unwrap_or_default()),
            }
            self.published[done.at] = done.published;
            self.rendered += usize::from(done.was_rendered);
            self.diagnostics.extend(done.diagnostics);
        }
    }
}
