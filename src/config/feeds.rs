//! `feeds:` in `site.yaml`: which lists have feeds, in which formats, and how much of each story.

use serde::{Deserialize, Serialize};

/// The format of a feed.
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
    /// The file name in the list's folder.
    pub fn file_name(self) -> &'static str {
        match self {
            FeedFormat::Rss => "rss.xml",
            FeedFormat::Atom => "atom.xml",
            FeedFormat::Json => "feed.json",
        }
    }

    /// The name that readers see when they choose a feed.
    pub fn label(self) -> &'static str {
        match self {
            FeedFormat::Rss => "RSS",
            FeedFormat::Atom => "Atom",
            FeedFormat::Json => "JSON Feed",
        }
    }

    /// The media type, for `<link rel=alternate>`.
    pub fn media_type(self) -> &'static str {
        match self {
            FeedFormat::Rss => "application/rss+xml",
            FeedFormat::Atom => "application/atom+xml",
            FeedFormat::Json => "application/feed+json",
        }
    }
}

/// The part of a story that a feed contains.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FeedContent {
    /// The whole text.
    #[default]
    Full,
    /// The summary only.
    Summary,
}

/// The part of an article's path that its id for feed readers is made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StoryIds {
    /// The folder and the file name.
    #[default]
    Path,
    /// The file name alone: the id survives a move to another folder, but no two stories of one day may share a file
    /// name.
    Name,
}

/// A kind of list that can have feeds.
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
    /// Each term of the other taxonomies.
    Taxonomies,
    /// Each series.
    Series,
    /// The corrections page.
    Corrections,
}

/// `feeds:` as the file writes it.
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

/// The feed settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feeds {
    /// The formats, in order, each once.
    pub formats: Vec<FeedFormat>,
    /// The number of stories in a feed, newest first.
    pub items: usize,
    /// The part of each story in a feed.
    pub content: FeedContent,
    /// Which lists have feeds.
    pub lists: Vec<FeedOwner>,
    /// Tags and terms of other taxonomies with fewer articles have no feed.
    pub min_articles: usize,
    /// The host name in story ids (RFC 4151, section 2.1), if not the site's own: the ids then survive a move to
    /// another host.
    pub authority: Option<String>,
    /// The part of the path that ids are made from.
    pub ids: StoryIds,
}

/// Feed readers refuse feeds with more items.
const MAX_ITEMS: usize = 1_000;

impl WrittenFeeds {
    /// `feeds: false`.
    pub(super) fn none() -> WrittenFeeds {
        WrittenFeeds { formats: Some(Vec::new()), ..WrittenFeeds::default() }
    }

    /// Returns the settings, or the invalid key, its value and a message.
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
