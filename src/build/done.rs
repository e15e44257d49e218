//! What comes of outputs one by one, and what of all of them together.

use crate::commit::{MachineError, Published};
use crate::diagnostic::Diagnostic;
use crate::ledger::Writer;
use crate::plan::Output;
use crate::render::Parts;

use super::fragments::Fragments;

/// One output that is done.
pub(super) struct Done {
    pub(super) at: usize,
    /// The hash of its bytes, and what the ledger will hold; `None` when something is wrong with it, or nothing is
    /// published.
    pub(super) known: Option<(u128, Vec<u8>)>,
    pub(super) diagnostics: Vec<Diagnostic>,
    pub(super) published: Published,
    pub(super) was_rendered: bool,
    /// What links can lead to in it, when it was rendered; else only what it links to.
    pub(super) parts: Option<Parts>,
}

impl Done {
    /// An output that had to be rendered, as long as nothing is known of it.
    pub(super) fn rendered(at: usize) -> Done {
        let published = Published::Same;
        Done { at, known: None, diagnostics: Vec::new(), published, was_rendered: true, parts: None }
    }
}

/// Writes what is known of outputs that are done to the ledger.
pub(super) fn keep(done: &[Done], writer: &mut Writer) -> Result<(), MachineError> {
    let mut known = done.iter().filter_map(|done| done.known.as_ref());
    known.try_for_each(|(_, encoded)| writer.add_output(encoded)).map_err(super::no_ledger)
}

/// What has come of outputs so far.
pub(super) struct Tally<'o> {
    wanted: &'o [&'o Output],
    pub(super) published: Vec<Published>,
    pub(super) rendered: usize,
    pub(super) diagnostics: Vec<Diagnostic>,
    pub(super) fragments: Fragments<'o>,
}

impl<'o> Tally<'o> {
    pub(super) fn new(wanted: &'o [&'o Output], diagnostics: Vec<Diagnostic>) -> Tally<'o> {
        let published = vec![Published::Same; wanted.len()];
        Tally { wanted, published, rendered: 0, diagnostics, fragments: Fragments::default() }
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
