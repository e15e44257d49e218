//! Stops a build that would take back what readers have been told: a withdrawal, a retraction, a correction.

use jiff::Timestamp;

use crate::article::{Article, RareDates};
use crate::config;
use crate::date::Moment;
use crate::diagnostic::{Code, Diagnostic};
use crate::read::{self, Record, Settings};
use crate::site::{State, Story, has_been_public, state};

use super::inputs;
use super::moved::{History, MAX_NAMED};
use super::removals::permission;
use super::written_dates::WrittenDates;

/// A notice that the last build published and this one would not.
#[derive(Debug)]
pub(super) struct LostNotice {
    source: String,
    kind: PublishedNotice,
    /// True if the story's file has changed since the last build.
    is_edited: bool,
}

/// The kind of a notice.
#[derive(Debug, Clone, Copy)]
enum PublishedNotice {
    /// The story was withdrawn, and would be public again.
    Withdrawal,
    /// The story was withdrawn, and its URL would no longer say so.
    Tombstone,
    /// The story was retracted, and would be public without the retraction.
    Retraction,
    /// The story had expired, and would be public again.
    Expiry,
    /// Corrections or notes were at the story.
    Amendments(usize),
}

impl PublishedNotice {
    /// The key of front matter that has its date.
    fn key(self) -> &'static str {
        match self {
            PublishedNotice::Withdrawal | PublishedNotice::Tombstone => "withdrawn",
            PublishedNotice::Retraction => "retracted",
            PublishedNotice::Expiry => "expires",
            PublishedNotice::Amendments(_) => "corrections",
        }
    }

    fn describe(self) -> String {
        match self {
            PublishedNotice::Withdrawal => "it would be public again: its withdrawal is now in the future".to_owned(),
            PublishedNotice::Tombstone => {
                "its URL would no longer answer 410: its withdrawal is now before its date".to_owned()
            }
            PublishedNotice::Retraction => {
                "it would be public without its retraction, which is now in the future".to_owned()
            }
            PublishedNotice::Expiry => "it would be public again: it now expires in the future".to_owned(),
            PublishedNotice::Amendments(1) => {
                "a correction or note would disappear: it is now in the future".to_owned()
            }
            PublishedNotice::Amendments(count) => {
                format!("{count} corrections or notes would disappear: they are now in the future")
            }
        }
    }
}

/// The last build's data about one source, and the source's change since.
struct PreviousStory<'a> {
    article: &'a Article,
    state: State,
    is_edited: bool,
    written: &'a WrittenDates,
}

impl History<'_> {
    /// The notices that the last build published and this one would not, although nobody has removed them from the front
    /// matter: another time zone, a clock that was put back or a mistyped date has put them into the future. `digests` are
    /// the hashes of the sources, and `known` their places in the ledger.
    pub(super) fn lost_notices(&self, digests: &[Option<u128>], known: &[Option<usize>]) -> Vec<LostNotice> {
        let header = &self.ledger.header;
        let as_of = Timestamp::from_second(header.as_of).unwrap_or(self.now);
        // The site was the same from this instant on.
        let then = header.window.since.map_or(as_of, |since| since.max(as_of));
        // Otherwise only an edit can change a date.
        let may_be_any = self.now < then || header.settings != inputs::settings(self.config);
        let written = WrittenDates::new(header, self.config);
        let before = |source: &str| {
            let place = self.sources.place(source)?;
            let digest = digests.get(place).copied().flatten();
            let at = known.get(place).copied().flatten();
            let is_edited = self.is_edited(place, digests, known);
            if !(may_be_any || is_edited) {
                return None;
            }
            // A file that was moved as it is.
            let moved = || self.ledger.sources().position(|old| Some(old.digest) == digest);
            match self.ledger.record(at.or_else(moved)?)?.0 {
                Record::Article(article) => Some((article, is_edited)),
                _ => None,
            }
        };
        let mut found = Vec::new();
        let mut look = |source: &str, kind: &dyn Fn(PreviousStory<'_>) -> Option<PublishedNotice>| {
            let Some((article, is_edited)) = before(source).filter(|_| !self.is_uncertain(source)) else { return };
            let state = state(&article, then, false);
            if let Some(kind) = kind(PreviousStory { article: &article, state, is_edited, written: &written }) {
                found.push(LostNotice { source: source.to_owned(), kind, is_edited });
            }
        };
        for story in self.site.articles.iter().filter(|story| is_in_question(story)) {
            look(&story.article.source, &|before| self.lost_by(story, &before, then));
        }
        for (source, _) in self.site.hidden.iter().filter(|(_, state)| **state == State::Embargoed) {
            let was_told =
                |before: &PreviousStory<'_>| before.state == State::Withdrawn && has_been_public(before.article, then);
            look(source, &|before| was_told(&before).then_some(PublishedNotice::Tombstone));
        }
        found
    }

    /// The notice that a public story had and has no more.
    fn lost_by(&self, story: &Story, before: &PreviousStory<'_>, then: Timestamp) -> Option<PublishedNotice> {
        let rare = story.article.dates.rare();
        let has_been_public = has_been_public(before.article, then);
        match before.state {
            State::Withdrawn if has_been_public => rare.withdrawn.map(|_| PublishedNotice::Withdrawal),
            // An editor may postpone it.
            State::Expired if has_been_public && before.is_as_written(|dates| dates.expires, rare.expires) => {
                Some(PublishedNotice::Expiry)
            }
            State::Retracted if story.state == State::Published && story.article.front.rare().retracted.is_some() => {
                Some(PublishedNotice::Retraction)
            }
            State::Published | State::Retracted => {
                let old = before.article.dates.rare();
                let is_fewer = |was: &[Moment], is: &[Moment]| due(was, then) > due(is, self.now);
                let is_lost = is_fewer(&old.corrections, &rare.corrections) || is_fewer(&old.notes, &rare.notes);
                let lost = if is_lost { self.postponed(story, old, then) } else { 0 };
                (lost > 0).then_some(PublishedNotice::Amendments(lost))
            }
            _ => None,
        }
    }

    /// The number of a story's corrections and notes that readers had seen and that are ahead now: an editor may delete one,
    /// but not put it off. `old` are the dates of before, as of `then`.
    fn postponed(&self, story: &Story, old: &RareDates, then: Timestamp) -> usize {
        // The site's stories have no dates that are ahead, so the file is read again.
        let file = self.sources.place(&story.article.source).and_then(|place| self.sources.files.get(place));
        let read = file.and_then(|file| read::read(self.root, file, &Settings::from(self.config)).value);
        let Some(Record::Article(article)) = read else { return 0 };
        let now = article.dates.rare();
        let put_off = |was: &[Moment], is: &[Moment]| {
            let lost = due(was, then).saturating_sub(due(is, self.now));
            let (ahead, was_ahead) = (is.len() - due(is, self.now), was.len() - due(was, then));
            lost.min(ahead.saturating_sub(was_ahead))
        };
        put_off(&old.corrections, &now.corrections) + put_off(&old.notes, &now.notes)
    }
}

impl PreviousStory<'_> {
    /// True if a date is written as before.
    fn is_as_written(&self, date: fn(&RareDates) -> Option<Moment>, now: Option<Moment>) -> bool {
        let before = date(self.article.dates.rare());
        now.is_some_and(|now| !self.is_edited || before.is_some_and(|before| self.written.are_same(before, now)))
    }
}

/// The number of dates that have come at an instant.
fn due(dates: &[Moment], at: Timestamp) -> usize {
    dates.iter().filter(|moment| moment.instant <= at).count()
}

/// True if a public story has something dated ahead.
fn is_in_question(story: &Story) -> bool {
    let rare = story.article.dates.rare();
    rare.withdrawn.is_some() || rare.expires.is_some() || !story.is_as_written
}

/// The error for notices that would be lost without permission. `needed` is the number that `--allow-removals` would need.
pub(super) fn error(notices: &[LostNotice], needed: usize) -> Option<Diagnostic> {
    let first = notices.first()?;
    let message = match notices.len() {
        1 => "a notice that readers have seen would disappear".to_owned(),
        count => format!("{count} notices that readers have seen would disappear"),
    };
    let diagnostic = match notices {
        [one] if one.is_edited => {
            Diagnostic::new(Code::NoticesRemoved, &*first.source, message).in_key(one.kind.key(), "")
        }
        _ => Diagnostic::new(Code::NoticesRemoved, config::FILE, message),
    };
    let is_edited = notices.iter().any(|notice| notice.is_edited);
    let cause = match is_edited {
        true => {
            "check the dates; to publish a withdrawn story again, remove `withdrawn:` from its front matter".to_owned()
        }
        false => format!("no file has been edited: check `timezone` in {} and the computer's clock", config::FILE),
    };
    let diagnostic = diagnostic.hint(format!("{cause}; {}", permission(needed)));
    let named = notices.iter().take(MAX_NAMED);
    Some(named.fold(diagnostic, |error, notice| error.related(notice.kind.describe(), &notice.source)))
}
