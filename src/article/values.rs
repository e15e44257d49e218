//! The values of front matter keys: credits, pictures, corrections, retractions.

use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Deserializer};

use crate::date::WrittenDate;
use crate::lenient::TextOr;

/// Who is credited: an author's id, or a guest who has no page here.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, BorshSerialize, BorshDeserialize)]
#[serde(from = "Guest")]
pub enum Credit {
    /// The id of a file in `content/authors/`.
    Id(String),
    /// Somebody named on the spot.
    Guest(Box<Guest>),
}

/// Those who sign a story: its authors, or else the agency that supplied it, or else the publisher.
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
    /// The byline of a story with these authors and this agency.
    pub fn new(authors: &'a [T], agency: Option<&'a T>) -> Byline<'a, T> {
        match (authors, agency) {
            ([], Some(agency)) => Byline::Agency(agency),
            ([], None) => Byline::Publisher,
            (authors, _) => Byline::Authors(authors),
        }
    }
}

/// Somebody credited without a file in `content/authors/`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, BorshSerialize, BorshDeserialize)]
#[serde(deny_unknown_fields)]
pub struct Guest {
    /// The name as it is printed.
    #[serde(deserialize_with = "crate::lenient::required::name")]
    pub name: String,
    /// Where the name leads.
    pub url: Option<String>,
    /// Job title.
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
    /// What is to be seen, for who cannot see it.
    pub alt: Option<Box<str>>,
    /// The line below.
    pub caption: Option<Box<str>>,
    /// Who took or drew it.
    pub credit: Option<Box<str>>,
    /// What crops should keep: `top`, `left`, `50% 20%`.
    pub focus: Option<Box<str>>,
}

/// Whether a picture's focus is a place in it: it is published as a style, in which anything else would be more than
/// that. One or two words or percentages (CSS `object-position`).
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

/// Deserializes a lead picture, for `deserialize_with`: one without a file is the same as a missing key.
///
/// # Errors
/// The deserializer's errors.
pub(super) fn named_image<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<TextOr<Image>>, D::Error> {
    let image = <Option<TextOr<Image>> as Deserialize>::deserialize(deserializer)?;
    Ok(image.filter(|image| !image.0.src.trim().is_empty()))
}

impl From<String> for Image {
    fn from(src: String) -> Image {
        Image { src: src.into(), alt: None, caption: None, credit: None, focus: None }
    }
}

/// A dated remark: a correction.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, BorshSerialize, BorshDeserialize)]
#[serde(deny_unknown_fields)]
pub struct Correction {
    /// When it was made.
    pub date: WrittenDate,
    /// What was wrong and what is right.
    #[serde(deserialize_with = "crate::lenient::required::text")]
    pub text: String,
}

/// What sort of note it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, BorshSerialize, BorshDeserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoteKind {
    /// Makes something clearer that was not wrong.
    Clarification,
    /// The editors speak.
    EditorsNote,
}

impl NoteKind {
    /// The word that front matter and templates use.
    pub fn as_str(self) -> &'static str {
        match self {
            NoteKind::Clarification => "clarification",
            NoteKind::EditorsNote => "editors-note",
        }
    }
}

/// A dated note.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, BorshSerialize, BorshDeserialize)]
#[serde(deny_unknown_fields)]
pub struct Note {
    /// Its sort.
    pub kind: NoteKind,
    /// When it was made.
    pub date: WrittenDate,
    /// What it says.
    #[serde(deserialize_with = "crate::lenient::required::text")]
    pub text: String,
}

/// The story was wrong; its page stays and says so.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, BorshSerialize, BorshDeserialize)]
#[serde(deny_unknown_fields)]
pub struct Retraction {
    /// When it was retracted.
    pub date: WrittenDate,
    /// Why.
    #[serde(deserialize_with = "crate::lenient::required::reason")]
    pub reason: String,
    /// Whether the text stays under the notice.
    #[serde(default, deserialize_with = "crate::lenient::or_default")]
    pub keep_body: bool,
}

/// The story is gone.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, BorshSerialize, BorshDeserialize)]
#[serde(deny_unknown_fields)]
pub struct Withdrawal {
    /// When it was withdrawn.
    pub date: WrittenDate,
    /// Why.
    #[serde(default, deserialize_with = "crate::lenient::text")]
    pub reason: Option<String>,
    /// Whether nothing at all may be said of it.
    #[serde(default, deserialize_with = "crate::lenient::or_default")]
    pub legal: bool,
}

/// Where facts come from.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, BorshSerialize, BorshDeserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceLink {
    /// Who or what.
    #[serde(deserialize_with = "crate::lenient::required::name")]
    pub name: String,
    /// Where to read it.
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
    /// The series' name; its slug is the series page's URL.
    #[serde(deserialize_with = "crate::lenient::required::id")]
    pub id: String,
    /// The number of this part, from 1; parts without one follow by date.
    pub part: Option<u32>,
}

impl From<String> for SeriesPart {
    fn from(id: String) -> SeriesPart {
        SeriesPart { id, part: None }
    }
}
