//! Decides the file and the URL of everything in an archive, so that old URLs stay wherever they can.

mod addresses;
mod build;
mod old_base;

use ahash::HashMap;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::route::SlugStyle;

use super::model::{ItemKind, SourceState};

pub use old_base::{OldBase, OldReference, url_key};

/// The file and the URL of everything in an archive.
#[derive(Debug)]
pub struct ImportLayout {
    /// The old site's host names and path prefix.
    pub base: OldBase,
    /// The site's time zone.
    pub zone: TimeZone,
    /// The IANA name of the time zone.
    pub zone_name: String,
    /// The letters that slugs keep.
    pub slugs: SlugStyle,
    /// The site's permalink pattern.
    pub permalink: String,
    /// The sections, ordered by folder.
    pub sections: Vec<SectionTarget>,
    /// The items, in the survey's order.
    pub items: Vec<ItemTarget>,
    /// The people, in the survey's order: the id of the author file.
    pub people: Vec<String>,
    /// The media files, in the survey's order: the path in the project, `content/static/images/dock.jpg`; `None` if it
    /// isn't copied.
    pub media: Vec<Option<String>>,
    /// The names of the files beside items, by the item's place.
    beside: HashMap<usize, Vec<String>>,
    by_id: HashMap<String, usize>,
    by_person: HashMap<String, usize>,
    by_url: HashMap<String, Place>,
    by_path: HashMap<String, Place>,
}

/// A section of the project.
#[derive(Debug, Clone)]
pub struct SectionTarget {
    /// Its path in the source.
    pub source_path: String,
    /// Its folder below `content/`: `world/africa`.
    pub folder: String,
    /// Its URL path without slashes at the ends.
    pub path: String,
    /// The last part of its URL, if it is not its folder's name.
    pub slug: Option<String>,
    /// Its permalink pattern, if it is not the site's.
    pub permalink: Option<String>,
    /// Its place in [`Survey::sections`](super::model::Survey::sections).
    pub facts: Option<usize>,
}

/// An item of the project.
#[derive(Debug, Clone)]
pub struct ItemTarget {
    /// Its file: `content/world/vote.md`; `None` if it isn't imported.
    pub file: Option<String>,
    /// Its kind here; a story without a date becomes a page.
    pub kind: ItemKind,
    /// Who may read it.
    pub state: SourceState,
    /// The folder of its section below `content/`.
    pub section: String,
    /// The value of `slug`, if the file's name doesn't give it.
    pub slug: Option<String>,
    /// The value of `url`, if no pattern gives its old URL.
    pub own_url: Option<String>,
    /// The path of its page below the site's root.
    pub path: String,
    /// Old URLs that redirect to it, with a leading slash.
    pub aliases: Vec<String>,
}

/// Something that a link may lead to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// An item, by its place in the survey.
    Item(usize),
    /// A section, by its place in [`ImportLayout::sections`].
    Section(usize),
    /// A person, by their place in the survey.
    Person(usize),
    /// A file, by its place in the survey.
    Media(usize),
    /// The front page.
    Front,
}

impl ImportLayout {
    /// The item with this id in the source.
    pub fn item(&self, id: &str) -> Option<&ItemTarget> {
        self.items.get(*self.by_id.get(id)?)
    }

    /// The names of the files in an item's folder.
    pub fn beside(&self, item: usize) -> &[String] {
        self.beside.get(&item).map(Vec::as_slice).unwrap_or_default()
    }

    /// The place of the item with this id in the survey.
    pub fn index_of(&self, id: &str) -> Option<usize> {
        self.by_id.get(id).copied()
    }

    /// The id of the author file of a person, by the person's key.
    pub fn author_id(&self, key: &str) -> Option<&str> {
        self.people.get(*self.by_person.get(key)?).map(String::as_str)
    }

    /// Finds an old URL of this site: a path or an absolute URL.
    pub fn at_url(&self, url: &str) -> Option<&Place> {
        let OldReference::Here { path, query, .. } = self.base.read(url)? else { return None };
        let with_query = query.as_ref().and_then(|query| self.by_url.get(&url_key(&format!("{path}?{query}"))));
        with_query.or_else(|| self.by_url.get(&url_key(&path)))
    }

    /// Finds an absolute URL on another host, such as that of a picture on a CDN.
    pub fn at_exact_url(&self, url: &str) -> Option<&Place> {
        url.contains("://").then(|| self.by_url.get(url)).flatten()
    }

    /// Finds a path of the old site by its [`url_key`].
    pub fn at_key(&self, key: &str) -> Option<&Place> {
        self.by_url.get(key)
    }

    /// Finds a path in the source: `content/posts/vote.md`, `static/dock.jpg`.
    pub fn at_path(&self, path: &str) -> Option<&Place> {
        self.by_path.get(path)
    }

    /// The reference that leads to a place from anywhere in the project: `/world/vote.md`, `/images/dock.jpg`. `None` if
    /// it isn't imported.
    pub fn reference(&self, place: &Place) -> Option<String> {
        match place {
            Place::Item(at) => self.items.get(*at)?.file.as_deref()?.strip_prefix("content").map(str::to_owned),
            Place::Section(at) => Some(format!("/{}/_index.md", self.sections.get(*at)?.folder)),
            Place::Person(at) => Some(format!("/authors/{}.md", self.people.get(*at)?)),
            Place::Media(at) => self.media.get(*at)?.as_deref()?.strip_prefix("content").map(str::to_owned),
            Place::Front => Some("/".to_owned()),
        }
    }

    /// True if the place is public as far as its state says.
    pub fn is_public(&self, place: &Place) -> bool {
        match place {
            Place::Item(at) => self.items.get(*at).is_some_and(|item| item.state == SourceState::Public),
            _ => true,
        }
    }
}

/// The day of an item as URLs show it.
fn day_of(date: Option<super::dates::SourceDate>, zone: &TimeZone) -> Option<Date> {
    date.map(|date| date.day_in(zone))
}
