//! Known errors of a project, as a build finds them.

use std::sync::Arc;

use crate::config::{Config, FoundErrors};
use crate::diagnostic::Diagnostic;

use super::draft::Draft;

/// The known errors that a build has found so far.
pub(super) struct KnownSoFar {
    config: Arc<Config>,
    found: FoundErrors,
}

impl KnownSoFar {
    /// The diagnostics of a draft without its known errors.
    pub fn settled(draft: &mut Draft) -> (KnownSoFar, Vec<Diagnostic>) {
        let known = KnownSoFar { config: Arc::clone(&draft.config), found: FoundErrors::default() };
        let mut diagnostics = std::mem::take(&mut draft.diagnostics);
        known.config.known_errors.settle(&mut diagnostics, &known.found);
        (known, diagnostics)
    }

    /// Takes the known errors of pages out of a list too, counts all in one note, and warns of entries that are left over.
    pub fn finish(&self, diagnostics: &mut Vec<Diagnostic>, notes: &mut Vec<String>) {
        self.config.known_errors.settle(diagnostics, &self.found);
        notes.extend(note(self.found.len()));
        diagnostics.extend(self.config.known_errors.stale(&self.found));
    }
}

/// The note that counts known errors.
pub(super) fn note(count: usize) -> Option<String> {
    let noun = if count == 1 { "error" } else { "errors" };
    (count > 0).then(|| format!("{count} known {noun} of known-errors.yaml in old texts"))
}
