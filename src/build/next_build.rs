//! The diagnostics of the next build, for the preview: what is wrong with the public site, and what has changed since the
//! last build.

use jiff::Timestamp;

use crate::commit::ledger_of;
use crate::diagnostic::{Code, Diagnostic};
use crate::ledger::Ledger;
use crate::read;
use crate::source::Sources;

use super::baseline::places_in;
use super::draft::{AsOf, Draft, DraftInput};
use super::inputs;
use super::losses::Losses;
use super::moved::{self, History};
use super::page_errors::of_pages;
use super::progress::NoProgress;
use super::silent::{self, Texts};

/// The project as a build would find it now.
pub struct NextBuild {
    pub(super) input: DraftInput,
    pub(super) sources: Sources,
    /// The hash of each source's bytes, if known.
    pub(super) digests: Vec<Option<u128>>,
    pub(super) now: Timestamp,
}

impl NextBuild {
    /// Returns what a build into the project's own output folder would report, but for problems of that folder. Pages are
    /// rendered only if there are at most `most_pages`. Takes as long as a build; nothing is written.
    pub fn diagnostics(self, most_pages: usize) -> Vec<Diagnostic> {
        let NextBuild { input, sources, digests, now } = self;
        let mut draft = Draft::new(input, AsOf::public(now), &NoProgress);
        let since = since_last_build(&draft, &sources, &digests, now);
        let mut found = std::mem::take(&mut draft.diagnostics);
        found.extend(since);
        found.extend(of_pages(&mut draft, most_pages).ok().flatten().into_iter().flatten());
        read::place(&draft.root, &mut found);
        found
    }
}

/// Returns the warnings about old URLs and texts, and the errors for stories and notices that would disappear; none before
/// the first build.
fn since_last_build(draft: &Draft, sources: &Sources, digests: &[Option<u128>], now: Timestamp) -> Vec<Diagnostic> {
    let Ok(ledger) = Ledger::read(&ledger_of(&draft.root)) else { return Vec::new() };
    if ledger.header.root != inputs::folder(&draft.root) {
        return Vec::new();
    }
    let known = places_in(&ledger, sources);
    let history = History::new(&ledger, draft, sources, now);
    let moves = history.moves();
    let removals = history.removals(&moves, digests, &known);
    let losses = Losses { removals, notices: history.lost_notices(digests, &known) };
    let refused: Vec<Diagnostic> = losses.errors(losses.refused(0)).collect();
    // The error already names the moves.
    let is_named = refused.iter().any(|found| found.code == Code::StoriesRemoved);
    let of_moves = if is_named { Vec::new() } else { moved::warnings(&moves) };
    let texts = Texts { ledger: &ledger, known: &known, digests, site: &draft.site, now };
    let of_texts = silent::warnings(&texts.unannounced(), &draft.site, &draft.config);
    refused.into_iter().chain(of_moves).chain(of_texts).collect()
}
