//! The state of a story for its readers: they may comment on it, until an instant, or not.

use jiff::{SignedDuration, Timestamp};

use crate::article::{Article, CommentRule, Days};
use crate::config::Comments;
use crate::date::Moment;

/// True or false if readers may comment on a story, as of an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Commenting {
    /// Neither the story nor the site says so.
    Unsaid,
    /// They may.
    Open,
    /// They may, until this instant.
    OpenUntil(Moment),
    /// They may not.
    Closed,
    /// They could until this instant.
    ClosedOn(Moment),
}

/// The rules of the site for stories that have none of their own.
#[derive(Debug, Clone, Copy)]
pub(super) struct CommentRules {
    is_open: Option<bool>,
    close_after: Option<Days>,
}

impl From<&Comments> for CommentRules {
    fn from(comments: &Comments) -> CommentRules {
        CommentRules { is_open: comments.is_open, close_after: comments.close_after }
    }
}

impl CommentRules {
    /// The instant at which the comments on a story close, if they open at all.
    pub(super) fn closing(self, article: &Article) -> Option<Timestamp> {
        let rule = article.front.comments.or_else(|| self.is_open.map(CommentRule::from))?;
        let Days(days) = rule.close_after.or(self.close_after).filter(|_| rule.is_open)?;
        article.dates.opens().checked_add(SignedDuration::from_hours(24 * i64::from(days))).ok()
    }

    /// Returns the state at `now`.
    pub(super) fn state(self, article: &Article, now: Timestamp) -> Commenting {
        let is_open = article.front.comments.map(|rule| rule.is_open).or(self.is_open);
        let closing = self.closing(article).map(Moment::at);
        match (is_open, closing) {
            (None, _) => Commenting::Unsaid,
            (Some(false), _) => Commenting::Closed,
            (Some(true), None) => Commenting::Open,
            (Some(true), Some(closing)) if now < closing.instant => Commenting::OpenUntil(closing),
            (Some(true), Some(closing)) => Commenting::ClosedOn(closing),
        }
    }
}
