//! The values of front matter keys: credits, pictures, corrections, retractions.

use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Deserializer};

use crate::date::WrittenDate;
use crate::lenient::TextOr;
use crate::picture::crop::Framing;
use crate::picture::slot::SlotName;

use super::LeadCrops;

/// A credit: an author's id, or a guest without a page here.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, BorshSerialize, BorshDeserialize)]
#[serde(from = "Guest")]
pub enum Credit {
    /// The id of a file in `content/authors/`.
    Id(String),
    /// A person named in the story's front matter.
    Guest(Box<Guest>),
}

/// The byline of a story: its authors, or else the agency that supplied it, or else the publisher.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Byline<'a, T> {
    /// The authors, in order; at least one.
    Authors(&'a [T]),
    /// The agency.
    Agency(&'a T),
    /// The publisher of the site.
    Publisher,
}

impl<'a, T> Byline<'a, T> {
    /// Chooses the byline of a story with these authors and this agency.
    pub fn new(authors: &'a [T], agency: Option<&'a T>) -> Byline<'a, T> {
        match (authors, agency) {
            ([], Some(agency)) => Byline::Agency(agency),
            ([], None) => Byline::Publisher,
            (authors, _) => Byline::Authors(authors),
        }
    }
}

/// A credited person without a file in `content/authors/`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, BorshSerialize, BorshDeserialize)]
#[serde(deny_unknown_fields)]
pub struct Guest {
    /// The name as printed.
    #[serde(deserialize_with = "crate::lenient::required::name")]
    pub name: String,
    /// The target of the name's link.
    pub url: Option<String>,
    /// The job title.
    pub role: Option<String>,
}

impl From<Guest> for Credit {
    fn from(guest: Guest) -> Credit {
        Credit::Guest(Box::new(guest))
    }
}

impl From<String> for Credit {
    fn from(id: String) -> Credit {
        Credit::Id(id)
    }
}

/// A lead picture.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, BorshSerialize, BorshDeserialize)]
#[serde(deny_unknown_fields)]
pub struct Image {
    /// The file, relative to the article or from `content/` with a leading `/`, or an absolute URL.
    pub src: Box<str>,
    /// The alternative text, for readers who cannot see the picture.
    pub alt: Option<Box<str>>,
    /// The caption.
    pub caption: Option<Box<str>>,
    /// The credit: the photographer, artist or agency.
    pub credit: Option<Box<str>>,
    /// The point that crops should keep: `top`, `left`, `50% 20%`.
    pub focus: Option<Box<str>>,
    /// The parts that slots show.
    pub crops: Option<Box<LeadCrops>>,
}

impl Image {
    /// The part of it that a slot shows, as far as front matter says.
    pub fn framing(&self, slot: SlotName) -> Framing<'_> {
        let crop = self.crops.as_ref().and_then(|crops| crops.of(slot));
        Framing { focus: self.focus.as_deref(), crop }
    }
}

/// True if a picture's focus is a valid position: one or two words or percentages (CSS `object-position`). It is
/// published in a style, where anything else could inject other declarations.
pub fn is_focus(focus: &str) -> bool {
    let is_share = |word: &str| {
        let share = word.strip_suffix('%').filter(|share| share.bytes().all(|b| b.is_ascii_digit() || b == b'.'));
        share.and_then(|share| share.parse::<f64>().ok()).is_some_and(|share| share <= 100.0)
    };
    let across = |word: &str| matches!(word, "left" | "right");
    let upright = |word: &str| matches!(word, "top" | "bottom");
    let is_known = |word: &str| word == "center" || across(word) || upright(word) || is_share(word);
    let words: Vec<&str> = focus.split_ascii_whitespace().collect();
    words.iter().all(|word| is_known(word))
        && match *words {
            [_] => true,
            [first, second] if is_share(first) || is_share(second) => !upright(first) && !across(second),
            [first, second] => !(across(first) && across(second) || upright(first) && upright(second)),
            _ => false,
        }
}

/// Deserializes a lead picture, for `deserialize_with`. A picture without a file counts as a missing key.
///
/// # Errors
/// The deserializer's errors.
pub(super) fn named_image<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<TextOr<Image>>, D::Error> {
    let image = <Option<TextOr<Image>> as Deserialize>::deserialize(deserializer)?;
    Ok(image.filter(|image| !image.0.src.trim().is_empty()))
}

impl From<String> for Image {
    fn from(src: String) -> Image {
        Image { src: src.into(), alt: None, caption: None, credit: None, focus: None, crops: None }
    }
}

/// A correction with its date.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, BorshSerialize, BorshDeserialize)]
#[serde(deny_unknown_fields)]
pub struct Correction {
    /// The date of the correction.
    pub date: WrittenDate,
    /// The text: what was wrong, and what is right.
    #[serde(deserialize_with = "crate::lenient::required::text")]
    pub text: String,
}

/// The kind of a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, BorshSerialize, BorshDeserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoteKind {
    /// Clarifies a text that was not wrong.
    Clarification,
    /// A note from the editors.
    EditorsNote,
}

impl NoteKind {
    /// The word for it in front matter and templates.
    pub fn as_str(self) -> &'static str {
        match self {
            NoteKind::Clarification => "clarification",
            NoteKind::EditorsNote => "editors-note",
        }
    }
}

/// A note with its date.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, BorshSerialize, BorshDeserialize)]
#[serde(deny_unknown_fields)]
pub struct Note {
    /// Its kind.
    pub kind: NoteKind,
    /// The date of the note.
    pub date: WrittenDate,
    /// The text.
    #[serde(deserialize_with = "crate::lenient::required::text")]
    pub text: String,
}

/// A retraction: the story was wrong, and its page stays and says so.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, BorshSerialize, BorshDeserialize)]
#[serde(deny_unknown_fields)]
pub struct Retraction {
    /// The date of the retraction.
    pub date: WrittenDate,
    /// The reason.
    #[serde(deserialize_with = "crate::lenient::required::reason")]
    pub reason: String,
    /// True if the text stays under the notice.
    #[serde(default, deserialize_with = "crate::lenient::or_default")]
    pub keep_body: bool,
}

/// A withdrawal: the story is gone.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, BorshSerialize, BorshDeserialize)]
#[serde(deny_unknown_fields)]
pub struct Withdrawal {
    /// The date of the withdrawal.
    pub date: WrittenDate,
    /// The reason.
    #[serde(default, deserialize_with = "crate::lenient::text")]
    pub reason: Option<String>,
    /// True if nothing may be published about it for legal reasons.
    #[serde(default, deserialize_with = "crate::lenient::or_default")]
    pub legal: bool,
}

/// A source of a story's facts.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, BorshSerialize, BorshDeserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceLink {
    /// The name of the source.
    #[serde(deserialize_with = "crate::lenient::required::name")]
    pub name: String,
    /// The URL of the source.
    pub url: Option<String>,
}

impl From<String> for SourceLink {
    fn from(name: String) -> SourceLink {
        SourceLink { name, url: None }
    }
}

/// One part of a project in several parts.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, BorshSerialize, BorshDeserialize)]
#[serde(deny_unknown_fields)]
pub struct SeriesPart {
    /// The name of the series; its slug is part of the series page's URL.
    #[serde(deserialize_with = "crate::lenient::required::id")]
    pub id: String,
    /// The number of this part, from 1; parts without a number follow by date.
    pub part: Option<u32>,
}

impl From<String> for SeriesPart {
    fn from(id: String) -> SeriesPart {
        SeriesPart { id, part: None }
    }
}
