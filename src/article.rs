//! News articles, standalone pages and sections as their files say them: the words of front matter.

mod dates;
mod front_matter;
mod page;
mod printed;
mod section_file;
mod sketch;
mod values;

use borsh::{BorshDeserialize, BorshSerialize};
use serde::Deserialize;

pub use dates::{Dates, RareDates};
pub use front_matter::{ArticleFront, Front, RareFields};
pub use page::{Page, PageFront};
pub use printed::print_lines;
pub use section_file::{Block, MAX_LIMIT, Pick, SectionFile, SectionFront};
pub use sketch::{Difference, Sketch};
pub use values::{
    Byline, Correction, Credit, Guest, Image, Note, NoteKind, Retraction, SeriesPart, SourceLink, Withdrawal, is_focus,
};

/// An article as read from one file.
#[derive(Debug, Clone, BorshSerialize, BorshDeserialize)]
pub struct Article {
    /// The file, relative to the project's folder: `content/world/vote.md`.
    pub source: Box<str>,
    /// Its front matter.
    pub front: Front,
    /// Its dates in UTC.
    pub dates: Dates,
    /// The last part of its URL.
    pub slug: Box<str>,
    /// Its body.
    pub body: BodyScan,
    /// The words of its body.
    pub sketch: Sketch,
    /// xxh3 of the file's bytes.
    pub digest: u128,
}

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
