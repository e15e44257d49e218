//! The reader's answers. Each struct is hashed as a whole, so that no change to a field goes unnoticed.

use std::path::PathBuf;

use xxhash_rust::xxh3::xxh3_64;

use crate::article::{Page, SectionFile};
use crate::author::Author;
use crate::config::EditionId;
use crate::language::Language;
use crate::plan::{LinkError, PagePart, PictureRendition, Removed};
use crate::read::PictureFile;
use crate::route::Route;
use crate::site::{ArticleId, AuthorId, FrontBlock, SectionId, Story};

use super::stable::{Hasher, Names, Stable, StoryAt, entry};

/// A public article, and the route of its page.
#[derive(Debug, Clone)]
pub struct StoryEntry<'a> {
    /// Its place among all.
    pub id: ArticleId,
    /// The article.
    pub story: &'a Story,
    /// Its page.
    pub route: &'a Route,
}

impl Stable for StoryEntry<'_> {
    fn add(&self, names: &Names, hash: &mut Hasher) {
        let StoryEntry { id, story, route } = self;
        StoryAt(*id, story).add(names, hash);
        route.add(names, hash);
    }
}

entry! {
    /// The file with the text of a story.
    pub struct TextEntry<'a> {
        /// Its path below the project's folder.
        pub path: &'a str,
        /// The byte at which the text begins.
        pub start: usize,
        /// The hash of its bytes.
        pub digest: u128,
        /// The language.
        pub language: &'a Language,
        /// The headline.
        pub title: &'a str,
        /// The page.
        pub route: &'a Route,
    }
}

entry! {
    /// An author.
    pub struct AuthorEntry<'a> {
        /// The author's file.
        pub author: &'a Author,
        /// The language of name and biography.
        pub language: &'a Language,
        /// The author whose file this is.
        pub file_of: AuthorId,
        /// The edition.
        pub edition: EditionId,
        /// The biography as HTML.
        pub biography: Option<&'a str>,
        /// The author's page.
        pub route: Option<&'a Route>,
    }
}

entry! {
    /// A section.
    pub struct SectionEntry<'a> {
        /// The folder below `content/`.
        pub id: &'a str,
        /// Its name.
        pub title: &'a str,
        /// Its language.
        pub language: &'a Language,
        /// The section above it.
        pub parent: Option<SectionId>,
        /// Its `_index.md`.
        pub file: Option<&'a SectionFile>,
        /// Its front.
        pub route: Option<&'a Route>,
    }
}

entry! {
    /// A way to group stories.
    pub struct TaxonomyEntry<'a> {
        /// `tags`, or the configured name.
        pub name: &'a str,
        /// The heading of one term.
        pub singular: &'a str,
        /// The heading of all.
        pub plural: &'a str,
        /// The list of its terms in each edition.
        pub routes: Vec<Option<&'a Route>>,
    }
}

entry! {
    /// A topic.
    pub struct TermEntry<'a> {
        /// Its title.
        pub title: &'a str,
        /// Its front.
        pub route: Option<&'a Route>,
    }
}

entry! {
    /// A series.
    pub struct SeriesEntry<'a> {
        /// Its name.
        pub title: &'a str,
        /// Its parts, in order.
        pub parts: &'a [ArticleId],
        /// Its page.
        pub route: Option<&'a Route>,
    }
}

entry! {
    /// A standalone page.
    pub struct PageEntry<'a> {
        /// The page's file.
        pub page: &'a Page,
        /// Its language.
        pub language: &'a Language,
        /// Its route.
        pub route: &'a Route,
        /// True if it introduces the list of corrections.
        pub is_introduction: bool,
    }
}

entry! {
    /// The parts of the site that only the front page shows.
    pub struct FrontEntry<'a> {
        /// `content/_index.md`.
        pub file: Option<&'a SectionFile>,
        /// Its blocks.
        pub blocks: &'a [FrontBlock],
        /// True if it has the breaking-news banner of `site.yaml`.
        pub is_breaking: bool,
    }
}

entry! {
    /// The stories on one page of a listing, and the adjacent pages.
    pub struct ListingPart<'a> {
        /// The stories, oldest first.
        pub stories: &'a [ArticleId],
        /// The blocks above them, on the first page.
        pub blocks: &'a [FrontBlock],
        /// The page with older stories.
        pub older: Option<PagePart>,
        /// The page with newer stories.
        pub newer: Option<PagePart>,
    }
}

entry! {
    /// A month of the archive.
    pub struct MonthEntry<'a> {
        /// The year.
        pub year: i16,
        /// The year's page.
        pub year_route: &'a Route,
        /// The month, from 1.
        pub month: i8,
        /// Its page.
        pub route: &'a Route,
        /// Its stories, oldest first.
        pub stories: &'a [ArticleId],
        /// The month before it that has stories.
        pub older: Option<NearMonth<'a>>,
        /// The month after it that has stories.
        pub newer: Option<NearMonth<'a>>,
    }
}

entry! {
    /// A month next to another one.
    pub struct NearMonth<'a> {
        /// The year.
        pub year: i16,
        /// The month, from 1.
        pub month: i8,
        /// Its page.
        pub route: &'a Route,
        /// The number of its stories.
        pub count: usize,
    }
}

entry! {
    /// A part of the search index.
    pub struct SearchEntry<'a> {
        /// The name of its folder, which changes with the list of its stories.
        pub folder: &'a str,
        /// A hash of what its stories say.
        pub version: u64,
    }
}

entry! {
    /// The target of a reference.
    pub struct Target<'a> {
        /// The URL for `href` or `src`.
        pub url: String,
        /// The file of the project, if it is one.
        pub file: Option<TargetFile<'a>>,
    }
}

impl Target<'_> {
    /// True if it is a file that charts can be made from, whose contents a page shows.
    pub(super) fn is_data(&self) -> bool {
        self.file.as_ref().is_some_and(|file| file.data.is_some())
    }
}

entry! {
    /// A file of the project.
    pub struct TargetFile<'a> {
        /// Its path below the project's folder.
        pub source: &'a str,
        /// Width and height in pixels, for bitmap images.
        pub size: Option<(u32, u32)>,
        /// The length in bytes, for audio and video.
        pub bytes: Option<u64>,
        /// The facts about a picture whose metadata can be read.
        pub picture: Option<&'a PictureFile>,
        /// The picture in the slots that it is used in.
        pub renditions: &'a [PictureRendition],
        /// The file itself, if charts can be made from it.
        pub data: Option<DataFile>,
    }
}

entry! {
    /// A picture of the project.
    pub struct PictureEntry<'a> {
        /// Its path below the project's folder.
        pub source: &'a str,
        /// The hash of its bytes.
        pub digest: u128,
    }
}

/// A file that charts can be made from. Its hash is that of its contents.
#[derive(Debug, Clone)]
pub struct DataFile(pub PathBuf);

impl Stable for DataFile {
    fn add(&self, _: &Names, hash: &mut Hasher) {
        hash.number(std::fs::read(&self.0).map_or(0, |bytes| xxh3_64(&bytes)));
    }
}

impl Stable for Result<Target<'_>, LinkError> {
    fn add(&self, names: &Names, hash: &mut Hasher) {
        match self {
            Ok(target) => (0usize, target).add(names, hash),
            Err(LinkError::Unchecked) => 1usize.add(names, hash),
            Err(LinkError::Gone(Removed::List)) => 2usize.add(names, hash),
            Err(LinkError::Gone(Removed::Story(state))) => (3usize, *state as usize).add(names, hash),
            // After an error nothing is published, and the next build renders the page again.
            Err(_) => 4usize.add(names, hash),
        }
    }
}
