//! News articles, standalone pages and sections as read from their files.

mod blocks;
mod comment_rule;
mod crops;
mod dates;
mod front_matter;
mod page;
mod post;
mod printed;
mod section_file;
mod sketch;
mod values;

use borsh::{BorshDeserialize, BorshSerialize};
use serde::Deserialize;

pub use blocks::{Block, Layout, MAX_LIMIT, Pick};
pub use comment_rule::{CommentRule, Days};
pub use crops::{LeadCrops, PortraitCrops};
pub use dates::{Dates, RareDates};
pub use front_matter::{ArticleFront, Front, RareFields};
pub use page::{Page, PageFront};
pub use post::{CommentsPost, PostNetwork};
pub use printed::print_lines;
pub use section_file::{SectionFile, SectionFront};
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
    /// Its dates, in UTC.
    pub dates: Dates,
    /// The last segment of its URL.
    pub slug: Box<str>,
    /// Its body.
    pub body: BodyScan,
    /// The sketch of its body's words. It and the digest come last: see [`crate::ledger::hash_without_text`].
    pub sketch: Sketch,
    /// The xxh3 hash of the file's bytes.
    pub digest: u128,
}

/// The kind of a story.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, PartialOrd, Ord, Hash, BorshSerialize, BorshDeserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Reporting.
    #[default]
    News,
    /// Explains the meaning of the news.
    Analysis,
    /// States an opinion.
    Opinion,
    /// Judges a work or product.
    Review,
    /// A long-form story.
    Feature,
    /// Questions and answers.
    Interview,
    /// The story of a life.
    Obituary,
    /// Printed as supplied.
    PressRelease,
    /// Paid for.
    Sponsored,
    /// A running report.
    Live,
}

impl Kind {
    /// The word for it in front matter and templates.
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

/// The length of headline that search engines show; they cut longer ones
/// (<https://developers.google.com/search/docs/appearance/structured-data/article>).
pub const MAX_HEADLINE: usize = 110;

/// Returns the headline for machines: the title, or if that is longer than [`MAX_HEADLINE`] characters, the first of
/// its shorter forms that is not.
pub fn headline<'t>(title: &'t str, seo_title: Option<&'t str>, short_title: Option<&'t str>) -> &'t str {
    let fits = |title: &&str| title.chars().nth(MAX_HEADLINE).is_none();
    [Some(title), seo_title, short_title].into_iter().flatten().find(fits).unwrap_or(title)
}

/// The results of a single pass over a body, which is not kept in memory.
#[derive(Debug, Clone, PartialEq, Eq, Default, BorshSerialize, BorshDeserialize)]
pub struct BodyScan {
    /// The offset of the body in bytes from the start of the file.
    pub start: usize,
    /// The line on which the body begins, from 1.
    pub line: u32,
    /// The number of words in scripts that separate them with spaces. Code and URLs do not count.
    pub words: u32,
    /// The number of Han and Kana characters.
    pub characters: u32,
    /// The number of letters in Thai, Lao, Khmer, Burmese and other scripts without spaces between words, without
    /// marks.
    pub letters: u32,
    /// The plain text of the first paragraph as shown on the page, at most 300 characters, never cut inside a visible
    /// character.
    pub excerpt: Option<Box<str>>,
    /// True if the body is not blank.
    pub has_text: bool,
    /// The pictures, audio and video that readers see on the page, and the files named by its embeds, as written.
    pub files: Box<[Box<str>]>,
    /// The names of the embeds that it calls; each once, in alphabetical order.
    pub embeds: Box<[Box<str>]>,
    /// The origins of frames that the page loads if readers ask for them; each once, in alphabetical order.
    pub frames: Box<[Box<str>]>,
    /// All references of the page that may lead to files of this site: targets of links and pictures, arguments of
    /// embeds, attributes of raw HTML; each once, as written, in alphabetical order.
    pub references: Box<[Box<str>]>,
    /// All possible names of files in the front matter and the body: a line for each place, with the possible readings
    /// separated by tabs, the longest first. Full URLs, of this site and of others, begin with `//`.
    pub mentions: Box<str>,
}
