//! Errors that don't stop a build, as it finds them: known ones, and those that `tolerate` names.

use std::sync::Arc;

use crate::config::{Config, FoundErrors};
use crate::diagnostic::{Code, Diagnostic};
use crate::site::Site;

use super::draft::Draft;

/// The errors that a build has found so far and that don't stop it.
pub(super) struct KnownSoFar {
    config: Arc<Config>,
    found: FoundErrors,
}

impl KnownSoFar {
    /// The diagnostics of a draft without those errors.
    pub fn settled(draft: &mut Draft) -> (KnownSoFar, Vec<Diagnostic>) {
        let known = KnownSoFar { config: Arc::clone(&draft.config), found: FoundErrors::default() };
        let mut diagnostics = std::mem::take(&mut draft.diagnostics);
        known.config.settle(&mut diagnostics, |source| draft.site.published(source), &known.found);
        (known, diagnostics)
    }

    /// Takes those of pages out of a list too, counts all in notes, and warns of entries of `known-errors.yaml` that are
    /// left over.
    pub fn finish(&self, site: &Site, diagnostics: &mut Vec<Diagnostic>, notes: &mut Vec<String>) {
        self.config.settle(diagnostics, |source| site.published(source), &self.found);
        notes.extend(note(self.found.known()));
        notes.extend(note_of_tolerated(&self.found.tolerated()));
        diagnostics.extend(self.config.known_errors.stale(&self.found));
    }
}

/// The note that counts known errors.
pub(super) fn note(count: usize) -> Option<String> {
    let noun = if count == 1 { "error" } else { "errors" };
    (count > 0).then(|| format!("{count} known {noun} of known-errors.yaml in old texts"))
}

/// The note that counts errors that `tolerate` in `site.yaml` names, by code.
fn note_of_tolerated(found: &[(Code, usize)]) -> Option<String> {
    let count: usize = found.iter().map(|(_, count)| count).sum();
    let noun = if count == 1 { "error" } else { "errors" };
    let codes: Vec<String> = found.iter().map(|(code, count)| format!("{count} {}", code.as_str())).collect();
    (count > 0).then(|| format!("{count} {noun} that `tolerate` in site.yaml allows: {}", codes.join(", ")))
}
