//! `breaking:` in `site.yaml`: the breaking-news banner on the front page.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Deserialize;

use crate::date::{DateError, Moment, WrittenDate};

/// `breaking:` as the file writes it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenBreaking {
    #[serde(deserialize_with = "crate::lenient::required::text")]
    pub text: String,
    pub link: Option<String>,
    until: Option<WrittenDate>,
}

/// The breaking-news banner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breaking {
    /// The text; never empty.
    pub text: String,
    /// The link: a root-relative path, a source file in `content/`, or an absolute URL.
    pub link: Option<String>,
    /// The instant at which the banner ends; without it, an editor must remove the key.
    pub until: Option<Moment>,
}

impl Breaking {
    /// True if the front page shows the banner at `now`.
    pub fn is_shown(&self, now: Timestamp) -> bool {
        self.until.is_none_or(|until| now < until.instant)
    }
}

impl WrittenBreaking {
    /// Returns the banner, or the possible spellings of the invalid value (to locate it) and the reason.
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
