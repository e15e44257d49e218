//! The period in which an assembled site stays the same: the clock publishes and withdraws stories without any edit.

use std::io::{self, Read, Write};

use borsh::{BorshDeserialize, BorshSerialize};
use jiff::Timestamp;

use crate::article::{Article, Layout};
use crate::config::Config;

use super::clock::{self, NEWS, Rules};
use super::{ArticleId, Story, security};

/// The instants for which a site is the same: from `since` on, and before `until`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Window {
    /// The last change at or before the instant of the build; `None` if there was none.
    pub since: Option<Timestamp>,
    /// The next change; `None` if there will be none.
    pub until: Option<Timestamp>,
}

impl BorshSerialize for Window {
    fn serialize<W: Write>(&self, out: &mut W) -> io::Result<()> {
        [self.since, self.until].map(|instant| instant.map(Timestamp::as_nanosecond)).serialize(out)
    }
}

impl BorshDeserialize for Window {
    fn deserialize_reader<R: Read>(from: &mut R) -> io::Result<Window> {
        let [since, until] = <[Option<i128>; 2]>::deserialize_reader(from)?;
        let instant = |at: Option<i128>| at.map(Timestamp::from_nanosecond).transpose().map_err(io::Error::other);
        Ok(Window { since: instant(since)?, until: instant(until)? })
    }
}

impl Window {
    /// True if the site as of `instant` would be the same.
    pub fn contains(&self, instant: Timestamp) -> bool {
        self.since.is_none_or(|since| since <= instant) && self.until.is_none_or(|until| instant < until)
    }

    /// Returns the window in which both stay the same.
    #[must_use]
    pub(super) fn and(self, other: Window) -> Window {
        let until = match (self.until, other.until) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
        Window { since: self.since.max(other.since), until }
    }

    /// Narrows the window by a change at `instant`.
    fn bound(&mut self, instant: Timestamp, now: Timestamp) {
        let bound = if instant <= now {
            Window { since: Some(instant), until: None }
        } else {
            Window { since: None, until: Some(instant) }
        };
        *self = self.and(bound);
    }
}

/// Returns the window around `now` in which an article stays the same.
pub(super) fn of_article(article: &Article, now: Timestamp, rules: Rules) -> Window {
    let mut window = Window::default();
    clock::steps(article, rules, |at, _| window.bound(at, now));
    window
}

/// Returns the stories of the last 48 hours, oldest first. `latest` are the listed stories, oldest first.
pub(super) fn news(articles: &[Story], latest: &[ArticleId], now: Timestamp) -> Vec<ArticleId> {
    let is_old = |id: &ArticleId| {
        let published = articles[id.0 as usize].article.dates.published.instant;
        published.checked_add(NEWS).is_ok_and(|old| old <= now)
    };
    latest[latest.partition_point(is_old)..].to_vec()
}

/// Returns the window around `now` in which the picks of all fronts and the breaking-news banner stay the same.
pub(super) fn of_fronts<'a>(layouts: impl Iterator<Item = Layout<'a>>, config: &Config, now: Timestamp) -> Window {
    let mut window = Window::default();
    clock::breaking_ends(config).into_iter().for_each(|(_, until)| window.bound(until, now));
    security::steps(config).for_each(|at| window.bound(at, now));
    layouts.flat_map(clock::picks).for_each(|(_, until)| window.bound(until, now));
    window
}
