//! `corrections:` of `site.yaml`: where notices stand, whether there is a page of them, and which edits are silent.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, Visitor};

/// Where a story's corrections and notes stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NoticesPosition {
    /// Before its text.
    #[default]
    Above,
    /// Behind its text.
    Below,
}

impl NoticesPosition {
    /// The word that configuration and templates use.
    pub fn as_str(self) -> &'static str {
        match self {
            NoticesPosition::Above => "above",
            NoticesPosition::Below => "below",
        }
    }
}

/// `corrections:` as it is written.
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

/// So many words may be mended without a word to readers.
const TYPOS: u32 = 5;

impl Default for SilentEdits {
    fn default() -> Self {
        SilentEdits(Some(TYPOS))
    }
}

impl<'de> Deserialize<'de> for SilentEdits {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<SilentEdits, D::Error> {
        struct Words;
        impl Visitor<'_> for Words {
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
        deserializer.deserialize_any(Words)
    }
}

/// How the site deals with its errors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Corrections {
    /// Where a story's corrections and notes stand.
    pub position: NoticesPosition,
    /// Whether there is a page of all of them.
    pub has_page: bool,
    /// So many words of a published text may change without an update, a correction or a note; `None` never warns.
    pub silent_edits: Option<u32>,
}

impl From<Option<WrittenCorrections>> for Corrections {
    /// Without any (`corrections: false`), there is neither page nor warning.
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
