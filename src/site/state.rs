//! Derives the state of an article from its front matter and the instant.

use jiff::Timestamp;

use crate::article::Article;

/// The public state of an article at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// Public, with its page and in listings.
    Published,
    /// Retracted: its page shows a notice, and no listing shows it.
    Retracted,
    /// A draft.
    Draft,
    /// Not public yet: embargoed, or dated ahead.
    Embargoed,
    /// Expired.
    Expired,
    /// Withdrawn.
    Withdrawn,
}

impl State {
    /// True if there is a page.
    pub fn is_public(self) -> bool {
        matches!(self, State::Published | State::Retracted)
    }

    /// Returns the state as a word for programs.
    pub fn as_str(self) -> &'static str {
        match self {
            State::Published => "published",
            State::Retracted => "retracted",
            State::Draft => "draft",
            State::Embargoed => "embargoed",
            State::Expired => "expired",
            State::Withdrawn => "withdrawn",
        }
    }

    /// Returns the state in words, for messages: `a draft`.
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

/// Returns the state of an article at `now`. With `drafts`, drafts and embargoed articles count as published, for
/// previews.
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

/// True if an article in this state shows only its byline and the reason for its retraction.
pub fn is_emptied(article: &Article, state: State) -> bool {
    state == State::Retracted && article.front.rare().retracted.as_ref().is_some_and(|retraction| !retraction.keep_body)
}

/// True if an article has opened by `now`, whatever its state since.
pub fn has_opened(article: &Article, now: Timestamp) -> bool {
    !article.front.draft && article.dates.opens() <= now
}

/// True if an article was public at some instant until `now`, whatever its state since.
pub fn has_been_public(article: &Article, now: Timestamp) -> bool {
    has_opened(article, now) && is_ever_public(article)
}

/// True if an article is public at some instant: the URL of a story that was never public needs no notice.
pub(super) fn is_ever_public(article: &Article) -> bool {
    !article.front.draft && !article.dates.is_never_open()
}
