//! Stops a build that would publish stories before their time, because only the settings have changed.

use crate::config;
use crate::diagnostic::{Code, Diagnostic};
use crate::read::Record;
use crate::site::{State, state};

use super::inputs;
use super::moved::{History, MAX_NAMED};

impl History<'_> {
    /// The error for stories that would be public now, although the last build read the dates of the same files as later
    /// than now: another time zone changes the meaning of a date without an offset. `digests` are the hashes of the sources,
    /// and `known` their places in the ledger.
    pub(super) fn early_publication(&self, digests: &[Option<u128>], known: &[Option<usize>]) -> Option<Diagnostic> {
        if self.ledger.header.settings == inputs::settings(self.config) {
            return None;
        }
        let early = self.site.articles.iter().filter_map(|story| {
            let source: &str = &story.article.source;
            let place = self.sources.place(source)?;
            let at = known.get(place).copied().flatten()?;
            let Record::Article(before) = self.ledger.record(at)?.0 else { return None };
            let is_early =
                !self.is_edited(place, digests, known) && state(&before, self.now, false) == State::Embargoed;
            is_early.then(|| (source, format!("it was to be published at {}", before.dates.opens())))
        });
        let early: Vec<(&str, String)> = early.collect();
        let message = match early.len() {
            0 => return None,
            1 => "a story would be published before its time".to_owned(),
            count => format!("{count} stories would be published before their time"),
        };
        let hint = format!(
            "no file has been edited: check `timezone` in {}; to publish now, write the dates with their offset into the \
             stories: `2026-11-25T10:00:00+01:00`",
            config::FILE
        );
        let error = Diagnostic::new(Code::EarlyPublication, config::FILE, message).hint(hint);
        Some(early.into_iter().take(MAX_NAMED).fold(error, |error, (source, why)| error.related(why, source)))
    }
}
