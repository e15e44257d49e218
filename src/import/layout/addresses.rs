//! Routes that are taken, and old URLs that redirect.

use ahash::HashMap;

use crate::old_url::OldUrl;
use crate::route::Route;
use crate::unicode::folded;

use super::super::names::Taken;
use super::url_key;

/// Paths at which Presswork itself has pages or files (docs/WRITING.md, "URLs").
const OWN_PAGES: &[&str] = &[
    "latest",
    "archive",
    "authors",
    "tags",
    "series",
    "404.html",
    "assets",
    "feeds.opml",
    "feeds.css",
    "rss.xml",
    "atom.xml",
    "feed.json",
    "sitemap.xml",
    "",
];

/// The routes of an imported project.
#[derive(Debug, Default)]
pub(super) struct Routes {
    taken: Taken,
    aliases: HashMap<String, usize>,
}

impl Routes {
    /// Routes of a project with these taxonomies.
    pub fn new<'t>(taxonomies: impl Iterator<Item = &'t str>) -> Routes {
        let mut routes = Routes::default();
        for path in OWN_PAGES.iter().copied().chain(taxonomies) {
            routes.taken.take(&url_key(path));
        }
        routes
    }

    /// Takes a path for a page.
    pub fn take(&mut self, path: &str) -> bool {
        self.taken.take(&url_key(path))
    }

    /// True if a page is at this path.
    pub fn has(&self, path: &str) -> bool {
        self.taken.has(&url_key(path))
    }

    /// Takes an old URL for a redirect to the item at `item`.
    pub fn take_alias(&mut self, old: &OldUrl, item: usize) -> AliasState {
        let key = match old {
            OldUrl::Path(route) if self.has(route.path()) => return AliasState::Page,
            OldUrl::Path(route) => url_key(route.path()),
            OldUrl::Query(query) => format!("{}?{}", query.path, query.text()),
            OldUrl::Below(folder) => format!("{folder}*"),
        };
        match self.aliases.insert(folded(&key), item) {
            None => AliasState::New,
            Some(other) => {
                self.aliases.insert(folded(&key), other);
                if other == item { AliasState::Known } else { AliasState::Other }
            }
        }
    }
}

/// The state of an old URL that is to redirect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AliasState {
    /// It redirects now.
    New,
    /// It redirects there already.
    Known,
    /// A page is there.
    Page,
    /// It redirects to another item.
    Other,
}

/// The path of a page that is to have an old URL, below the site's root with a slash at its end unless it names a file;
/// `None` if no page can be there.
pub(super) fn page_path(url: &str) -> Option<String> {
    let OldUrl::Path(route) = OldUrl::parse(url).ok()? else { return None };
    let route = Route::page(route.path()).ok()?;
    let path = route.path();
    let is_page = path.ends_with('/') || path.ends_with(".html") || path.ends_with(".htm");
    (is_page && !path.is_empty()).then(|| path.to_owned())
}

/// An old URL as `aliases` and `redirects.yaml` write it: with a slash in front, and without `index.html`, which is the
/// same page.
pub(super) fn alias(url: &str) -> String {
    let url = url.strip_suffix("index.html").or_else(|| url.strip_suffix("index.htm")).unwrap_or(url);
    format!("/{}", url.trim_start_matches('/'))
}
