//! An archive as every system can describe it: the survey, and the items with their texts.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use serde_json::Value;

use super::dates::SourceDate;

/// Everything about an archive except its texts.
#[derive(Debug, Clone, Default)]
pub struct Survey {
    /// The site as a whole.
    pub site: SiteFacts,
    /// The sections that have a name, text or URL of their own. Sections that only items name need no entry.
    pub sections: Vec<SectionFacts>,
    /// The people and organizations with a page or profile.
    pub people: Vec<SourcePerson>,
    /// Taxonomies besides tags.
    pub taxonomies: Vec<SourceTaxonomy>,
    /// Terms that have a page, a description or a spelling of their own.
    pub terms: Vec<SourceTerm>,
    /// Terms that public items have, each as its taxonomy's key (`tags`, `series`) and its name, if the source knows them
    /// before the texts are read: their pages have their URLs before any item.
    pub used_terms: BTreeSet<(String, String)>,
    /// The items, in the order in which [`ArchiveSource::items`](super::ArchiveSource::items) gives them.
    pub items: Vec<ItemFacts>,
    /// The files.
    pub media: Vec<ArchiveFile>,
    /// Redirects of the old site.
    pub redirects: Vec<OldRedirect>,
}

/// The site as a whole.
#[derive(Debug, Clone, Default)]
pub struct SiteFacts {
    /// The name.
    pub title: String,
    /// The absolute URL of the front page: `https://example.org/` or `https://example.org/blog/`.
    pub base_url: Option<String>,
    /// Other host names at which the site answered, in lower case.
    pub other_hosts: Vec<String>,
    /// The language (BCP 47).
    pub language: Option<String>,
    /// The IANA name of the time zone.
    pub timezone: Option<String>,
    /// One sentence about the publication.
    pub description: Option<String>,
    /// The main navigation, in order: texts and old URLs or source paths.
    pub navigation: Vec<(String, String)>,
    /// The text of the front page, in Markdown.
    pub front_body: String,
    /// The name of the folder for stories without a section; default: `news`.
    pub home_section: Option<String>,
    /// Folders of the source in which rooted paths of texts are looked up: `content/`, `static/`.
    pub roots: Vec<String>,
    /// Data without a place in Presswork.
    pub extra: BTreeMap<String, Value>,
}

/// A section.
#[derive(Debug, Clone, Default)]
pub struct SectionFacts {
    /// Its path: `world` or `world/africa`.
    pub path: String,
    /// Its name.
    pub title: Option<String>,
    /// One sentence about it.
    pub description: Option<String>,
    /// Its text, in Markdown.
    pub body: String,
    /// The order in the navigation, lowest first.
    pub weight: Option<i64>,
    /// Its old path, `/world/`.
    pub url: Option<String>,
    /// Other old URLs that lead to it.
    pub other_urls: Vec<String>,
    /// The file that it comes from, relative to the source, if it is a file.
    pub path_in_source: Option<String>,
    /// Data without a place in Presswork.
    pub extra: BTreeMap<String, Value>,
}

/// A person or organization with a page or profile.
#[derive(Debug, Clone, Default)]
pub struct SourcePerson {
    /// The key by which credits name them; unique in the source.
    pub key: String,
    /// The printed name.
    pub name: String,
    /// The last part of their old URL, or a name for the file.
    pub slug: String,
    /// The biography, in Markdown.
    pub biography: String,
    /// The job title.
    pub role: Option<String>,
    /// The e-mail address, only if the old site showed it to readers.
    pub email: Option<String>,
    /// Their own site.
    pub url: Option<String>,
    /// The portrait: a URL of the old site or a path in the source.
    pub image: Option<String>,
    /// Profiles, as handles or URLs, by service.
    pub links: BTreeMap<String, String>,
    /// True for a desk, a team or the publication itself.
    pub is_organization: bool,
    /// Old URLs of their page and feeds.
    pub old_urls: Vec<String>,
    /// Data without a place in Presswork.
    pub extra: BTreeMap<String, Value>,
}

/// A taxonomy besides tags.
#[derive(Debug, Clone, Default)]
pub struct SourceTaxonomy {
    /// Its key in front matter and the first part of its URLs: `region`.
    pub key: String,
    /// The name for readers.
    pub title: Option<String>,
}

/// A term of a taxonomy.
#[derive(Debug, Clone, Default)]
pub struct SourceTerm {
    /// The taxonomy's key; `None` for tags.
    pub taxonomy: Option<String>,
    /// The name for readers.
    pub name: String,
    /// Its old URLs.
    pub old_urls: Vec<String>,
    /// One sentence about it.
    pub description: Option<String>,
}

/// The kind of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ItemKind {
    /// A story with a date.
    Story,
    /// A page outside the news: "About us".
    Page,
}

/// Who may read an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SourceState {
    /// Everyone, or everyone from its date on.
    Public,
    /// Nobody; the reason is listed: "a draft", "for members only".
    Draft(String),
    /// It isn't imported; the reason is listed: "a revision".
    Skipped(String),
}

/// The facts about an item that decide its file and URL.
#[derive(Debug, Clone)]
pub struct ItemFacts {
    /// Its id, unique in the source: `content/posts/vote.md`, `post-417`.
    pub id: String,
    /// Its place for reports: a file relative to the source, with a line if there are many items in it.
    pub place: String,
    /// The file that it comes from, relative to the source, if it is one file: other items may link to it.
    pub path_in_source: Option<String>,
    /// Its kind.
    pub kind: ItemKind,
    /// Its headline, as plain text.
    pub title: String,
    /// The path at which readers found it, `/2019/05/vote/`, decoded or percent-encoded.
    pub url: Option<String>,
    /// Other old URLs that led to it: `/?p=417`, an earlier slug.
    pub other_urls: Vec<String>,
    /// The path of its section; `None` puts it into the section for stories without one.
    pub section: Option<String>,
    /// The name for its file if the URL gives none.
    pub slug: String,
    /// The first publication.
    pub date: Option<SourceDate>,
    /// Who may read it.
    pub state: SourceState,
    /// True if files belong to it alone ([`MediaPlace::Beside`]), so that it becomes a folder.
    pub has_files: bool,
}

/// An item with its text.
#[derive(Debug, Clone, Default)]
pub struct SourceItem {
    /// The id in the survey.
    pub id: String,
    /// The line under the headline.
    pub deck: Option<String>,
    /// The short label above the headline.
    pub kicker: Option<String>,
    /// The summary for cards and search engines.
    pub summary: Option<String>,
    /// The headline for search engines.
    pub seo_title: Option<String>,
    /// The headline on cards.
    pub short_title: Option<String>,
    /// The last significant change.
    pub updated: Option<SourceDate>,
    /// The time before which it isn't public.
    pub embargo: Option<SourceDate>,
    /// The time from which it isn't public.
    pub expires: Option<SourceDate>,
    /// The authors, in order.
    pub authors: Vec<Credited>,
    /// Other people who worked on it, by role.
    pub contributors: Vec<(String, Vec<Credited>)>,
    /// A printed byline that differs from the authors' names.
    pub byline: Option<String>,
    /// The place of reporting.
    pub dateline: Option<String>,
    /// The tags.
    pub tags: Vec<String>,
    /// The terms of other taxonomies, by their keys.
    pub taxonomies: BTreeMap<String, Vec<String>>,
    /// The series, and the number of this part.
    pub series: Option<(String, Option<u32>)>,
    /// The kind of story, a word of Presswork's `kind` key.
    pub kind: Option<&'static str>,
    /// The lead picture.
    pub image: Option<Picture>,
    /// The language, if it isn't the site's (BCP 47).
    pub language: Option<String>,
    /// True if search engines must not index it.
    pub noindex: bool,
    /// True if readers may comment; `None` if the source doesn't say.
    pub comments_open: Option<bool>,
    /// The id in feeds: a URI.
    pub guid: Option<String>,
    /// The absolute URL of the original.
    pub canonical: Option<String>,
    /// The order among stories of the same time.
    pub weight: Option<i64>,
    /// Files beside it that are published although it doesn't name them; the writer fills it.
    pub publish: Vec<String>,
    /// Data without a place in Presswork.
    pub extra: BTreeMap<String, Value>,
    /// The text, in Presswork's Markdown; links and pictures as the old site had them.
    pub body: String,
    /// The text of the source without markup, as well as the source can tell, for the comparison of words.
    pub source_text: Option<String>,
    /// Readers' comments, without their addresses.
    pub comments: Vec<ReaderComment>,
}

/// A credit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Credited {
    /// The key of a [`SourcePerson`].
    Person(String),
    /// Somebody without a profile.
    Guest {
        /// The printed name.
        name: String,
        /// The job title.
        role: Option<String>,
        /// The target of the name's link.
        url: Option<String>,
    },
}

/// A picture.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Picture {
    /// A URL of the old site, a path in the source, or an absolute URL.
    pub src: String,
    /// The alternative text; `Some("")` for a picture that only decorates.
    pub alt: Option<String>,
    /// The caption, as plain text.
    pub caption: Option<String>,
    /// The credit, as plain text.
    pub credit: Option<String>,
}

/// A comment of a reader.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReaderComment {
    /// Its id in the source.
    pub id: String,
    /// The id of the comment that it answers.
    pub answers: Option<String>,
    /// The printed name.
    pub name: String,
    /// The writer's own site.
    pub url: Option<String>,
    /// The time.
    pub date: Option<SourceDate>,
    /// The text, in Markdown without HTML.
    pub text: String,
    /// The key of the person of the newsroom who wrote it.
    pub staff: Option<String>,
}

/// A file of the archive.
#[derive(Debug, Clone)]
pub struct ArchiveFile {
    /// Its place in the project.
    pub place: MediaPlace,
    /// The file on this machine; `None` if the archive only names it.
    pub file: Option<PathBuf>,
    /// Its old URLs: paths, or absolute URLs on other hosts.
    pub old_urls: Vec<String>,
    /// Its path relative to the source, if texts may refer to it so.
    pub path_in_source: Option<String>,
}

/// The place of a file in the project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MediaPlace {
    /// At this path below the site's root: `images/dock.jpg`. It keeps its address.
    Static(String),
    /// Beside an item, which becomes a folder.
    Beside {
        /// The item's id.
        item: String,
        /// Its path in the folder.
        name: String,
    },
}

/// A redirect of the old site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OldRedirect {
    /// The old path, with a query if it has one: `/2009/old.html`, `/?p=3`.
    pub from: String,
    /// A path of the old site, an absolute URL, or `None` if it answered 410.
    pub to: Option<String>,
    /// Its place for reports.
    pub place: String,
}
