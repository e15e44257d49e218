//! `breaking:` of `site.yaml`: a line above everything else on the front page, for as long as it matters.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Deserialize;

use crate::date::{DateError, Moment, WrittenDate};

/// `breaking:` as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenBreaking {
    #[serde(deserialize_with = "crate::lenient::required::text")]
    pub text: String,
    pub link: Option<String>,
    until: Option<WrittenDate>,
}

/// What is breaking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breaking {
    /// The line; never empty.
    pub text: String,
    /// Where it leads: a root-relative path, a source below `content/`, or an absolute URL.
    pub link: Option<String>,
    /// When it leaves the front page; without it somebody takes it away.
    pub until: Option<Moment>,
}

impl Breaking {
    /// Whether the front page has it at an instant.
    pub fn is_shown(&self, now: Timestamp) -> bool {
        self.until.is_none_or(|until| now < until.instant)
    }
}

impl WrittenBreaking {
    /// What it means; or the ways in which the value at fault may be written, and why it is.
    pub(super) fn check(self, zone: &TimeZone) -> Result<Breaking, (Vec<String>, String)> {
        let text = self.text.trim().to_owned();
        if text.is_empty() {
            return Err((Vec::new(), "the breaking-news banner has no text".to_owned()));
        }
        let until = self.until.map(|date| resolve(&date, zone));
        Ok(Breaking { text, link: self.link, until: until.transpose()? })
    }
}

/// The time that a date means; or the spellings of the date in the file, and what is wrong with it.
pub(super) fn resolve(date: &WrittenDate, zone: &TimeZone) -> Result<Moment, (Vec<String>, String)> {
    date.resolve(zone).map_err(|error| {
        let why = match error {
            DateError::Invalid { message, hint } => format!("{message}: {hint}"),
            DateError::Ambiguous(one, other) => {
                format!("the clocks change at this local time: write {one} or {other}")
            }
        };
        (date.spellings(), why)
    })
}
