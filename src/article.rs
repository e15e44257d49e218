//! News articles, standalone pages and sections as their files say them: the words of front matter.

mod blanks;
mod file_name;
mod kept;
mod printed;
mod sketch;

use std::collections::BTreeMap;

use borsh::{BorshDeserialize, BorshSerialize};
use serde::Deserialize;
use serde_json::Value;

use crate::date::{Moment, WrittenDate};
use crate::lenient::{Named, OneOrMany, TextOr};

pub use file_name::{dated_name, folder_and_name, stem};
pub use kept::{Article, Dates, Front, Seldom, SeldomDates};
pub use printed::print_lines;
pub use sketch::{Difference, Sketch};

/// What sort of story it is.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, PartialOrd, Ord, Hash, BorshSerialize, BorshDeserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Reporting.
    #[default]
    News,
    /// Explains what the news means.
    Analysis,
    /// Somebody's view.
    Opinion,
    /// Judges a work or product.
    Review,
    /// A long read.
    Feature,
    /// Questions and answers.
    Interview,
    /// A life told.
    Obituary,
    /// Printed as supplied.
    PressRelease,
    /// Paid for.
    Sponsored,
    /// A running report.
    Live,
}

impl Kind {
    /// The word that front matter and templates use.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::News => "news",
            Kind::Analysis => "analysis",
            Kind::Opinion => "opinion",
            Kind::Review => "review",
            Kind::Feature => "feature",
            Kind::Interview => "interview",
            Kind::Obituary => "obituary",
            Kind::PressRelease => "press-release",
            Kind::Sponsored => "sponsored",
            Kind::Live => "live",
        }
    }
}

/// Who is credited: an author's id, or a guest who has no page here.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, BorshSerialize, BorshDeserialize)]
#[serde(from = "Guest")]
pub enum Credit {
    /// The id of a file in `content/authors/`.
    Id(String),
    /// Somebody named on the spot.
    Guest(Box<Guest>),
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

/// The front matter of an article, as it is written.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ArticleFront {
    /// The headline.
    #[serde(deserialize_with = "crate::lenient::required::title")]
    pub title: String,
    /// The headline for cards.
    pub short_title: Option<String>,
    /// The headline for `<title>`.
    pub seo_title: Option<String>,
    /// The line under the headline.
    pub deck: Option<String>,
    /// The short label above the headline.
    pub kicker: Option<String>,
    /// For cards, feeds and the meta description; default: the first paragraph.
    pub summary: Option<String>,
    /// First publication.
    pub date: Option<WrittenDate>,
    /// The last change worth telling.
    pub updated: Option<WrittenDate>,
    /// Not public before.
    pub embargo: Option<WrittenDate>,
    /// Not public after.
    pub expires: Option<WrittenDate>,
    /// Who signs, in order.
    #[serde(default, alias = "author")]
    pub authors: OneOrMany<TextOr<Credit>>,
    /// Who else worked on it, by role.
    #[serde(default)]
    pub contributors: Named<OneOrMany<TextOr<Credit>>>,
    /// The printed line, instead of the derived one.
    pub byline: Option<String>,
    /// The place of reporting.
    pub dateline: Option<String>,
    /// The project that it is a part of.
    pub series: Option<TextOr<SeriesPart>>,
    /// Topics.
    #[serde(default)]
    pub tags: OneOrMany<String>,
    /// Terms of the further taxonomies of `site.yaml`, by taxonomy.
    #[serde(default)]
    pub taxonomies: Named<OneOrMany<String>>,
    /// What sort of story it is.
    #[serde(default, deserialize_with = "crate::lenient::or_default")]
    pub kind: Kind,
    /// The lead picture.
    pub image: Option<TextOr<Image>>,
    /// What was wrong and has been set right.
    #[serde(default, deserialize_with = "crate::lenient::or_default")]
    pub corrections: Vec<Correction>,
    /// Clarifications and editors' notes.
    #[serde(default, deserialize_with = "crate::lenient::or_default")]
    pub notes: Vec<Note>,
    /// The story was wrong; the page stays and says so.
    pub retracted: Option<Retraction>,
    /// The story is gone.
    pub withdrawn: Option<Withdrawal>,
    /// Where the facts come from.
    #[serde(default)]
    pub sources: OneOrMany<TextOr<SourceLink>>,
    /// The agency that supplied it.
    pub wire: Option<TextOr<Credit>>,
    /// The original's URL, when syndicated.
    pub canonical: Option<String>,
    /// The last part of the URL; default: the file's name.
    pub slug: Option<String>,
    /// Old paths that lead here.
    #[serde(default)]
    pub aliases: OneOrMany<String>,
    /// What feed readers know the story by, when it has been published elsewhere before: a URI.
    pub guid: Option<String>,
    /// Another language than the site's (BCP 47).
    pub language: Option<String>,
    /// Orders stories of the same day or instant; higher first.
    #[serde(default, deserialize_with = "crate::lenient::or_default")]
    pub weight: i64,
    /// Whether readers may comment; default: the theme's.
    pub comments: Option<bool>,
    /// Keeps search engines away.
    #[serde(default, deserialize_with = "crate::lenient::or_default")]
    pub noindex: bool,
    /// Not public at all.
    #[serde(default, deserialize_with = "crate::lenient::or_default")]
    pub draft: bool,
    /// Files that are published though nothing refers to them: paths, folders or patterns, relative to the file.
    #[serde(default)]
    pub publish: OneOrMany<String>,
    /// Free data for templates.
    #[serde(default, deserialize_with = "crate::lenient::free_map")]
    pub extra: BTreeMap<String, Value>,
}

/// What search engines show of a headline; they cut longer ones
/// (<https://developers.google.com/search/docs/appearance/structured-data/article>).
pub const MAX_HEADLINE: usize = 110;

/// The headline for machines: the title, or the first of its shorter forms that is no longer than [`MAX_HEADLINE`]
/// characters where the title is.
pub fn headline<'t>(title: &'t str, seo_title: Option<&'t str>, short_title: Option<&'t str>) -> &'t str {
    let fits = |title: &&str| title.chars().nth(MAX_HEADLINE).is_none();
    [Some(title), seo_title, short_title].into_iter().flatten().find(fits).unwrap_or(title)
}

/// What one pass over a body tells without keeping it.
#[derive(Debug, Clone, PartialEq, Eq, Default, BorshSerialize, BorshDeserialize)]
pub struct BodyScan {
    /// Where the body begins, in bytes from the start of the file.
    pub start: usize,
    /// The line on which the body begins, from 1.
    pub line: u32,
    /// Words of scripts that put spaces between them. Code and URLs have none.
    pub words: u32,
    /// Characters of Han and Kana.
    pub characters: u32,
    /// Letters of Thai, Lao, Khmer, Burmese and other scripts without spaces between words, without marks.
    pub letters: u32,
    /// Plain text of the first paragraph as its page shows it, at most 300 characters, not cut within one that readers
    /// see.
    pub excerpt: Option<Box<str>>,
    /// Whether there is anything but blanks.
    pub has_text: bool,
    /// Pictures and recordings that readers see on its page, and what its embeds name, as written.
    pub files: Box<[Box<str>]>,
    /// Everything that its page refers to and that may be a file of this site: targets of links and pictures, arguments of
    /// embeds, attributes of raw HTML; each once, as written, in the order of their letters.
    pub references: Box<[Box<str>]>,
    /// All files that the front matter may name and that the body refers to: a line for each place, and between tabs the
    /// ways to read it, the longest first. Those of other sites, and of this one by its whole URL, begin with `//`.
    pub mentions: Box<str>,
}

/// The front matter of a standalone page.
#[derive(Debug, Clone, Deserialize, BorshSerialize, BorshDeserialize)]
#[serde(deny_unknown_fields)]
pub struct PageFront {
    /// The page's heading.
    #[serde(deserialize_with = "crate::lenient::required::title")]
    pub title: String,
    /// For `<title>`.
    pub seo_title: Option<String>,
    /// The line under the heading.
    pub deck: Option<String>,
    /// The meta description; default: the first paragraph.
    pub summary: Option<String>,
    /// The last change worth telling.
    pub updated: Option<WrittenDate>,
    /// The lead picture.
    pub image: Option<TextOr<Image>>,
    /// The last part of the URL; default: the file's name.
    pub slug: Option<String>,
    /// Old paths that lead here.
    #[serde(default)]
    pub aliases: OneOrMany<String>,
    /// Another language than the site's (BCP 47).
    pub language: Option<String>,
    /// Keeps search engines away.
    #[serde(default, deserialize_with = "crate::lenient::or_default")]
    pub noindex: bool,
    /// Not public at all.
    #[serde(default, deserialize_with = "crate::lenient::or_default")]
    pub draft: bool,
    /// Files that are published though nothing refers to them: paths, folders or patterns, relative to the file.
    #[serde(default)]
    pub publish: OneOrMany<String>,
    /// Free data for templates.
    #[serde(default, deserialize_with = "crate::lenient::free_map")]
    #[borsh(serialize_with = "crate::lenient::write_free_map", deserialize_with = "crate::lenient::read_free_map")]
    pub extra: BTreeMap<String, Value>,
}

/// A standalone page as read from one file below `content/pages/`.
#[derive(Debug, Clone, BorshSerialize, BorshDeserialize)]
pub struct Page {
    /// The file, relative to the project's folder.
    pub source: String,
    /// Its front matter.
    pub front: PageFront,
    /// The last change worth telling.
    pub updated: Option<Moment>,
    /// The last part of its URL.
    pub slug: String,
    /// Its body.
    pub body: BodyScan,
    /// xxh3 of the file's bytes.
    pub digest: u128,
}

/// The front matter of `_index.md`: a section's, or the front page's in `content/_index.md`.
#[derive(Debug, Clone, Default, Deserialize, BorshSerialize, BorshDeserialize)]
#[serde(deny_unknown_fields)]
pub struct SectionFront {
    /// The section's name; default: the folder's name.
    pub title: Option<String>,
    /// The meta description and the line under the heading.
    #[serde(alias = "summary")]
    pub description: Option<String>,
    /// Orders sections in the navigation, lowest first.
    #[serde(default, deserialize_with = "crate::lenient::or_default")]
    pub weight: i64,
    /// The last part of the URL; default: the folder's name.
    pub slug: Option<String>,
    /// Another language than the site's (BCP 47).
    pub language: Option<String>,
    /// A picture for the section.
    pub image: Option<TextOr<Image>>,
    /// Keeps search engines away.
    #[serde(default, deserialize_with = "crate::lenient::or_default")]
    pub noindex: bool,
    /// The front page's layout; only in `content/_index.md`.
    #[serde(default, deserialize_with = "crate::lenient::or_default")]
    pub blocks: Vec<Block>,
    /// Files that are published though nothing refers to them: paths, folders or patterns, relative to the file.
    #[serde(default)]
    pub publish: OneOrMany<String>,
    /// Free data for templates.
    #[serde(default, deserialize_with = "crate::lenient::free_map")]
    #[borsh(serialize_with = "crate::lenient::write_free_map", deserialize_with = "crate::lenient::read_free_map")]
    pub extra: BTreeMap<String, Value>,
}

/// No block of the front page shows more stories.
pub const MAX_LIMIT: usize = 200;

/// One block of the front page: picked articles, or a query.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Default, BorshSerialize, BorshDeserialize)]
#[serde(deny_unknown_fields)]
pub struct Block {
    /// The line above it.
    pub heading: Option<String>,
    /// How the theme shows it: `lead`, `river`, `grid`, `row`, `strip`.
    pub style: Option<String>,
    /// Articles chosen by hand, by path.
    #[serde(default)]
    pub pick: OneOrMany<TextOr<Pick>>,
    /// Only of this section: its folder below `content/`.
    pub section: Option<String>,
    /// Only with this tag.
    pub tag: Option<String>,
    /// Only of this series.
    pub series: Option<String>,
    /// Only of this kind.
    pub kind: Option<Kind>,
    /// At most so many, 1 to [`MAX_LIMIT`]; default 6.
    pub limit: Option<usize>,
}

/// An article chosen by hand.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, BorshSerialize, BorshDeserialize)]
#[serde(deny_unknown_fields)]
pub struct Pick {
    /// Its path below `content/`.
    #[serde(deserialize_with = "crate::lenient::required::article")]
    pub article: String,
    /// Until when it stays.
    pub until: Option<WrittenDate>,
}

impl From<String> for Pick {
    fn from(article: String) -> Pick {
        Pick { article, until: None }
    }
}

/// A section as read from its `_index.md`.
#[derive(Debug, Clone, BorshSerialize, BorshDeserialize)]
pub struct SectionFile {
    /// The file, relative to the project's folder.
    pub source: String,
    /// Its front matter.
    pub front: SectionFront,
    /// Until when each pick of each block stays, in the blocks' and picks' order.
    pub until: Vec<Vec<Option<Moment>>>,
    /// Its body.
    pub body: BodyScan,
    /// xxh3 of the file's bytes.
    pub digest: u128,
}
