//! `feeds:` of `site.yaml`: which lists have feeds, in which formats, and how much a feed holds.

use serde::{Deserialize, Serialize};

/// The form of a feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum FeedFormat {
    /// RSS 2.0: <https://www.rssboard.org/rss-specification>.
    Rss,
    /// Atom: RFC 4287.
    Atom,
    /// JSON Feed 1.1: <https://www.jsonfeed.org/version/1.1/>.
    Json,
}

impl FeedFormat {
    /// The name of the file in the folder of the list.
    pub fn file_name(self) -> &'static str {
        match self {
            FeedFormat::Rss => "rss.xml",
            FeedFormat::Atom => "atom.xml",
            FeedFormat::Json => "feed.json",
        }
    }

    /// Its name, for readers who choose between feeds.
    pub fn label(self) -> &'static str {
        match self {
            FeedFormat::Rss => "RSS",
            FeedFormat::Atom => "Atom",
            FeedFormat::Json => "JSON Feed",
        }
    }

    /// Its media type, for `<link rel=alternate>`.
    pub fn media_type(self) -> &'static str {
        match self {
            FeedFormat::Rss => "application/rss+xml",
            FeedFormat::Atom => "application/atom+xml",
            FeedFormat::Json => "application/feed+json",
        }
    }
}

/// How much of a story a feed holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FeedContent {
    /// All of its text.
    #[default]
    Full,
    /// Its summary.
    Summary,
}

/// What of an article's place is in the id by which feed readers know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StoryIds {
    /// The folder and the name of its file.
    #[default]
    Path,
    /// The name of its file alone: the id outlives a move to another folder, and no two stories of one day may have one
    /// name.
    Name,
}

/// A sort of list that can have feeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FeedOwner {
    /// The whole site.
    Site,
    /// Each section.
    Sections,
    /// Each author.
    Authors,
    /// Each tag.
    Tags,
    /// Each term of the further taxonomies.
    Taxonomies,
    /// Each series.
    Series,
    /// The corrections page.
    Corrections,
}

/// `feeds:` as it is written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenFeeds {
    formats: Option<Vec<FeedFormat>>,
    items: Option<usize>,
    #[serde(default)]
    content: FeedContent,
    lists: Option<Vec<FeedOwner>>,
    min_articles: Option<usize>,
    authority: Option<String>,
    #[serde(default)]
    ids: StoryIds,
}

/// The site's feeds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feeds {
    /// The formats, in their order, each once.
    pub formats: Vec<FeedFormat>,
    /// The newest so many stories.
    pub items: usize,
    /// How much of each.
    pub content: FeedContent,
    /// Which lists have feeds.
    pub lists: Vec<FeedOwner>,
    /// Tags and terms of further taxonomies with fewer articles have none.
    pub min_articles: usize,
    /// The host in the ids of stories (RFC 4151, section 2.1), when it is not the site's own: they outlive a move to
    /// another host.
    pub authority: Option<String>,
    /// What these ids are made from.
    pub ids: StoryIds,
}

/// More items than this make a feed that readers refuse to fetch.
const MAX_ITEMS: usize = 1_000;

impl WrittenFeeds {
    /// `feeds: false`.
    pub(super) fn none() -> WrittenFeeds {
        WrittenFeeds { formats: Some(Vec::new()), ..WrittenFeeds::default() }
    }

    /// The feeds, or what is wrong: the key, its value and a sentence.
    pub(super) fn check(self) -> Result<Feeds, (&'static str, String, String)> {
        let items = self.items.unwrap_or(30);
        if !(1..=MAX_ITEMS).contains(&items) {
            let message = format!("a feed cannot have {items} items: choose 1 to {MAX_ITEMS}");
            return Err(("items", items.to_string(), message));
        }
        let is_host =
            |text: &String| !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "-.".contains(c));
        if let Some(authority) = self.authority.as_ref().filter(|authority| !is_host(authority)) {
            let message = format!("`{}` is not a valid host name, such as example.org", authority.escape_debug());
            return Err(("authority", authority.clone(), message));
        }
        let mut formats = self.formats.unwrap_or_else(|| vec![FeedFormat::Rss, FeedFormat::Atom, FeedFormat::Json]);
        formats.sort_unstable();
        formats.dedup();
        let all = [
            FeedOwner::Site,
            FeedOwner::Sections,
            FeedOwner::Authors,
            FeedOwner::Tags,
            FeedOwner::Taxonomies,
            FeedOwner::Series,
            FeedOwner::Corrections,
        ];
        let lists = self.lists.unwrap_or_else(|| all.to_vec());
        let min_articles = self.min_articles.unwrap_or(1);
        Ok(Feeds {
            formats,
            items,
            content: self.content,
            lists,
            min_articles,
            authority: self.authority,
            ids: self.ids,
        })
    }
}
