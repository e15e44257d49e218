//! Stops a build that would publish stories before their time, because another time zone gives their dates another meaning.

use ahash::HashMap;
use jiff::Timestamp;

use crate::article::Dates;
use crate::config;
use crate::diagnostic::{Code, Diagnostic};
use crate::read::Record;

use super::inputs;
use super::moved::{History, MAX_NAMED};
use super::written_dates::WrittenDates;

impl History<'_> {
    /// The error for stories that would be public now, although the last build read the same dates as later than now.
    /// Other edits of their files decide nothing. `digests` are the hashes of the sources, and `known` their places in the
    /// ledger.
    pub(super) fn early_publication(&self, digests: &[Option<u128>], known: &[Option<usize>]) -> Option<Diagnostic> {
        let header = &self.ledger.header;
        if header.settings == inputs::settings(self.config) {
            return None;
        }
        let written = WrittenDates::new(header, self.config);
        let by_digest: HashMap<u128, usize> =
            self.ledger.sources().enumerate().map(|(at, source)| (source.digest, at)).collect();
        let early = self.site.articles.iter().filter_map(|story| {
            let source: &str = &story.article.source;
            let place = self.sources.place(source)?;
            let digest = digests.get(place).copied().flatten();
            // A file may have been moved as it is.
            let at = known.get(place).copied().flatten().or_else(|| by_digest.get(&digest?).copied())?;
            let Record::Article(before) = self.ledger.record(at)?.0 else { return None };
            let opened = opened_by_zone(&before.dates, &story.article.dates, &written, self.now);
            let is_as_it_was = self.ledger.source(at).map(|old| old.digest) == digest;
            let opened = opened.or_else(|| Some(before.dates.opens()).filter(|&at| is_as_it_was && at > self.now))?;
            Some((source, format!("it was to be published at {opened}")))
        });
        let early: Vec<(&str, String)> = early.collect();
        let message = match early.len() {
            0 => return None,
            1 => "a story would be published before its time".to_owned(),
            count => format!("{count} stories would be published before their time"),
        };
        let hint = format!(
            "the same dates were later in the time zone of before: check `timezone` in {}; to publish now, write the dates \
             with their offset into the stories: `2026-11-25T10:00:00+01:00`",
            config::FILE
        );
        let error = Diagnostic::new(Code::EarlyPublication, config::FILE, message).hint(hint);
        Some(early.into_iter().take(MAX_NAMED).fold(error, |error, (source, why)| error.related(why, source)))
    }
}

/// The instant until which a date that is written as before would have hidden a story, if it is after `now`.
fn opened_by_zone(before: &Dates, dates: &Dates, written: &WrittenDates, now: Timestamp) -> Option<Timestamp> {
    let embargoes = before.rare().embargo.zip(dates.rare().embargo);
    let pairs = [Some((before.published, dates.published)), embargoes];
    let hid = pairs.into_iter().flatten().filter(|(old, new)| old.instant > now && written.are_same(*old, *new));
    hid.map(|(old, _)| old.instant).max()
}
