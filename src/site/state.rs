//! Decides from an article's front matter and the instant what of it is public.

use jiff::Timestamp;

use crate::article::Article;

/// What the public may see of an article at one instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// Everywhere it belongs.
    Published,
    /// Its page says that it was wrong; no listing shows it.
    Retracted,
    /// Its author is not done.
    Draft,
    /// Its time has not come: an embargo, or a date in the future.
    Embargoed,
    /// Its time is over.
    Expired,
    /// Taken back.
    Withdrawn,
}

impl State {
    /// Whether there is a page.
    pub fn is_public(self) -> bool {
        matches!(self, State::Published | State::Retracted)
    }

    /// The state in words, for messages: `a draft`.
    pub fn describe(self) -> &'static str {
        match self {
            State::Published => "published",
            State::Retracted => "retracted",
            State::Draft => "a draft",
            State::Embargoed => "not public yet",
            State::Expired => "expired",
            State::Withdrawn => "withdrawn",
        }
    }
}

/// The state of an article at `now`; with `drafts`, drafts and embargoed articles count as published, for previews.
pub fn state(article: &Article, now: Timestamp, drafts: bool) -> State {
    let front = &article.front;
    let dates = &article.dates;
    if dates.rare().withdrawn.is_some_and(|moment| moment.instant <= now) {
        State::Withdrawn
    } else if front.draft && !drafts {
        State::Draft
    } else if dates.opens() > now && !drafts {
        State::Embargoed
    } else if dates.rare().expires.is_some_and(|moment| moment.instant <= now) {
        State::Expired
    } else if dates.rare().retracted.is_some_and(|moment| moment.instant <= now) {
        State::Retracted
    } else {
        State::Published
    }
}

/// Whether an article in this state says no more than who signed it, and why it is retracted.
pub fn is_emptied(article: &Article, state: State) -> bool {
    state == State::Retracted && article.front.rare().retracted.as_ref().is_some_and(|retraction| !retraction.keep_body)
}

/// True if an article's time has come by `now`, whatever has become of it since.
pub fn has_opened(article: &Article, now: Timestamp) -> bool {
    !article.front.draft && article.dates.opens() <= now
}

/// True if an article is public at some instant: nothing needs to be said about the URL of a story that nobody has read.
pub(super) fn is_ever_public(article: &Article) -> bool {
    !article.front.draft && !article.dates.is_never_open()
}
