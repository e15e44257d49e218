//! `corrections:` in `site.yaml`: the position of notices, the corrections page, and which edits count as silent.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, Visitor};

/// The position of a story's corrections and notes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NoticesPosition {
    /// Above the text.
    #[default]
    Above,
    /// Below the text.
    Below,
}

impl NoticesPosition {
    /// The value in configuration and templates.
    pub fn as_str(self) -> &'static str {
        match self {
            NoticesPosition::Above => "above",
            NoticesPosition::Below => "below",
        }
    }
}

/// `corrections:` as the file writes it.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenCorrections {
    #[serde(default)]
    position: NoticesPosition,
    page: Option<bool>,
    #[serde(default)]
    silent_edits: SilentEdits,
}

/// A number of words, or `false`.
#[derive(Debug)]
struct SilentEdits(Option<u32>);

/// The number of words that may be fixed without a note to readers.
const TYPOS: u32 = 5;

impl Default for SilentEdits {
    fn default() -> Self {
        SilentEdits(Some(TYPOS))
    }
}

impl<'de> Deserialize<'de> for SilentEdits {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<SilentEdits, D::Error> {
        struct WordLimitVisitor;
        impl Visitor<'_> for WordLimitVisitor {
            type Value = SilentEdits;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number of words or `false`")
            }
            fn visit_bool<E: Error>(self, is_on: bool) -> Result<SilentEdits, E> {
                Ok(if is_on { SilentEdits::default() } else { SilentEdits(None) })
            }
            fn visit_u64<E: Error>(self, words: u64) -> Result<SilentEdits, E> {
                Ok(SilentEdits(Some(u32::try_from(words).unwrap_or(u32::MAX))))
            }
            fn visit_unit<E: Error>(self) -> Result<SilentEdits, E> {
                Ok(SilentEdits::default())
            }
        }
        deserializer.deserialize_any(WordLimitVisitor)
    }
}

/// The presentation of corrections.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Corrections {
    /// The position of a story's corrections and notes.
    pub position: NoticesPosition,
    /// True if the site has a page with all corrections.
    pub has_page: bool,
    /// The number of words of a published story that may change without an update, correction or note; `None` never
    /// warns.
    pub silent_edits: Option<u32>,
}

impl From<Option<WrittenCorrections>> for Corrections {
    /// `corrections: false` means neither page nor warning.
    fn from(written: Option<WrittenCorrections>) -> Corrections {
        let Some(written) = written else {
            return Corrections { position: NoticesPosition::default(), has_page: false, silent_edits: None };
        };
        Corrections {
            position: written.position,
            has_page: written.page.unwrap_or(true),
            silent_edits: written.silent_edits.0,
        }
    }
}
