//! The HTTP headers of every page, and the cache lifetimes of files.

use crate::config::Config;
use crate::plan::{Class, Output, Plan, SEARCH_INDEX};

use super::theme_uses::ThemeUses;

/// For files whose names change with their bytes (RFC 9111; RFC 8246 for `immutable`).
pub(super) const IMMUTABLE: &str = "public, max-age=31536000, immutable";
/// For pages, feeds and sitemaps.
pub(super) const SHORT: &str = "public, max-age=60, must-revalidate";
/// For pictures and other files, which hardly ever change under one name.
pub(super) const HOUR: &str = "public, max-age=3600";
/// Extensions of files that are cached for a short time, besides folders.
pub(super) const SHORT_LIVED: &[&str] = &["html", "xml", "json", "txt", "md", "opml"];

/// The headers of a site.
#[derive(Debug)]
pub(super) struct Headers {
    all: Vec<(String, String)>,
    /// The `Cache-Control` for pages from the configuration; outer `None` if it sets none.
    caching: Option<Option<String>>,
    hashed: HashedFiles,
}

/// Files whose URLs change with their contents.
#[derive(Debug, Default)]
pub(super) struct HashedFiles {
    /// Folders that hold no other files; with a slash at their ends.
    pub folders: Vec<&'static str>,
    /// Files in folders that hold others, too.
    pub files: Vec<String>,
}

/// The folder of the theme's files.
const ASSETS: &str = "assets/";
const CACHING: &str = "Cache-Control";

impl Headers {
    pub(super) fn new(plan: &Plan, config: &Config, uses: &ThemeUses) -> Headers {
        let mut all = own(config, uses);
        if plan.is_preview() {
            // <https://developers.google.com/search/docs/crawling-indexing/robots-meta-tag>
            all.push(("X-Robots-Tag".to_owned(), "noindex, nofollow".to_owned()));
        }
        for (name, value) in config.headers.iter().filter(|(name, _)| !name.eq_ignore_ascii_case(CACHING)) {
            match (value, all.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(name))) {
                (Some(value), Some(known)) => known.1.clone_from(value),
                (Some(value), None) => all.push((name.clone(), value.clone())),
                (None, _) => all.retain(|(known, _)| !known.eq_ignore_ascii_case(name)),
            }
        }
        let caching = pages_caching(config).map(|own| own.map(str::to_owned));
        Headers { all, caching, hashed: hashed(plan) }
    }

    /// The headers of every response, in order.
    pub(super) fn all(&self) -> impl Iterator<Item = (&str, &str)> + Clone {
        self.all.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The `Cache-Control` for pages; `None` if the configuration leaves it to the host.
    pub(super) fn short(&self) -> Option<&str> {
        match &self.caching {
            Some(own) => own.as_deref(),
            None => Some(SHORT),
        }
    }

    /// The `Cache-Control` for pages if the configuration sets one, for hosts with good defaults.
    pub(super) fn own_caching(&self) -> Option<&str> {
        self.caching.as_ref()?.as_deref()
    }

    /// Files that may be cached for ever.
    pub(super) fn hashed(&self) -> &HashedFiles {
        &self.hashed
    }
}

/// The `Cache-Control` for pages from the configuration: outer `None` if it sets none, inner `None` to send none.
pub(super) fn pages_caching(config: &Config) -> Option<Option<&str>> {
    let own = config.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(CACHING));
    own.map(|(_, value)| value.as_deref())
}

/// Presswork's own headers, as explained at <https://owasp.org/www-project-secure-headers/>.
fn own(config: &Config, uses: &ThemeUses) -> Vec<(String, String)> {
    let is_https = config.base_url.origin().starts_with("https://");
    let mut headers = vec![
        ("Content-Security-Policy", uses.policy(config)),
        ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()".to_owned()),
        ("Referrer-Policy", "strict-origin-when-cross-origin".to_owned()),
        ("X-Content-Type-Options", "nosniff".to_owned()),
        ("X-Frame-Options", "SAMEORIGIN".to_owned()),
    ];
    if is_https {
        // One year, for this host alone (RFC 6797), since other hosts of the domain may have no certificates.
        headers.push(("Strict-Transport-Security", "max-age=31536000".to_owned()));
    }
    headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// The theme's files, and those of the search index: the whole folder if it holds none of the newsroom's own files.
fn hashed(plan: &Plan) -> HashedFiles {
    let mut hashed = HashedFiles::default();
    for (folder, class) in [(ASSETS, Class::Asset), (SEARCH_INDEX, Class::SearchIndex)] {
        let is_own = |output: &&Output| output.class() == class;
        let in_folder = |output: &&Output| output.route.as_str().starts_with(folder);
        // The theme's folder is there for its next version, too.
        let is_used = class == Class::Asset || !plan.segments().is_empty();
        if plan.outputs.iter().filter(in_folder).all(|output| is_own(&output)) {
            hashed.folders.extend(is_used.then_some(folder));
        } else if class == Class::Asset {
            let assets = plan.outputs.iter().filter(is_own);
            hashed.files.extend(assets.map(|output| output.route.as_str().to_owned()));
        }
    }
    hashed
}
