//! The HTTP headers of every page, and how long which files may be kept.

use crate::config::Config;
use crate::plan::{Class, Output, Plan};

use super::uses::Uses;

/// For files whose names change with their bytes (RFC 9111; RFC 8246 for `immutable`).
pub(super) const IMMUTABLE: &str = "public, max-age=31536000, immutable";
/// For pages, feeds and sitemaps.
pub(super) const SHORT: &str = "public, max-age=60, must-revalidate";
/// For pictures and other files, which hardly ever change under one name.
pub(super) const HOUR: &str = "public, max-age=3600";
/// The endings of what is kept for a short time, besides folders.
pub(super) const SHORT_LIVED: &[&str] = &["html", "xml", "json", "txt", "md", "opml"];

/// The headers of a site.
#[derive(Debug)]
pub(super) struct Headers {
    all: Vec<(String, String)>,
    /// What the configuration says instead of our own for pages; `None` when it says nothing.
    caching: Option<Option<String>>,
    hashed: Files,
}

/// Files whose names change with their bytes.
#[derive(Debug)]
pub(super) enum Files {
    /// All in a folder, which holds no others; with a slash at its end.
    Folder(&'static str),
    /// These.
    Named(Vec<String>),
}

/// The folder of the theme's files.
const ASSETS: &str = "assets/";
const CACHING: &str = "Cache-Control";

impl Headers {
    pub(super) fn new(plan: &Plan, config: &Config, uses: &Uses) -> Headers {
        let mut all = own(config, uses);
        if plan.is_preview() {
            // <https://developers.google.com/search/docs/crawling-indexing/robots-meta-tag>
            all.push(("X-Robots-Tag".to_owned(), "noindex, nofollow".to_owned()));
        }
        let mut caching = None;
        for (name, value) in &config.headers {
            if name.eq_ignore_ascii_case(CACHING) {
                caching = Some(value.clone());
                continue;
            }
            match (value, all.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(name))) {
                (Some(value), Some(known)) => known.1.clone_from(value),
                (Some(value), None) => all.push((name.clone(), value.clone())),
                (None, _) => all.retain(|(known, _)| !known.eq_ignore_ascii_case(name)),
            }
        }
        Headers { all, caching, hashed: hashed(plan) }
    }

    /// What every answer has, in order.
    pub(super) fn all(&self) -> impl Iterator<Item = (&str, &str)> {
        self.all.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// How long pages may be kept; `None` when the configuration leaves it to the host.
    pub(super) fn short(&self) -> Option<&str> {
        match &self.caching {
            Some(own) => own.as_deref(),
            None => Some(SHORT),
        }
    }

    /// The same when the configuration says so, for hosts that have good ways of their own.
    pub(super) fn own_caching(&self) -> Option<&str> {
        self.caching.as_ref()?.as_deref()
    }

    /// Files that may be kept for ever.
    pub(super) fn hashed(&self) -> &Files {
        &self.hashed
    }
}

/// Presswork's own headers. What they mean is said at <https://owasp.org/www-project-secure-headers/>.
fn own(config: &Config, uses: &Uses) -> Vec<(String, String)> {
    let is_https = config.base_url.origin().starts_with("https://");
    let mut headers = vec![
        ("Content-Security-Policy", uses.policy(config)),
        ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()".to_owned()),
        ("Referrer-Policy", "strict-origin-when-cross-origin".to_owned()),
        ("X-Content-Type-Options", "nosniff".to_owned()),
        ("X-Frame-Options", "SAMEORIGIN".to_owned()),
    ];
    if is_https {
        // A year, for this host alone (RFC 6797): whether other hosts of the domain have certificates is not known.
        headers.push(("Strict-Transport-Security", "max-age=31536000".to_owned()));
    }
    headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// The theme's files; their whole folder when nothing of the newsroom's own lies in it.
fn hashed(plan: &Plan) -> Files {
    let is_asset = |output: &&Output| output.class() == Class::Asset;
    let mut in_folder = plan.outputs.iter().filter(|output| output.route.as_str().starts_with(ASSETS));
    if in_folder.all(|output| is_asset(&output)) {
        return Files::Folder(ASSETS);
    }
    let assets = plan.outputs.iter().filter(is_asset);
    Files::Named(assets.map(|output| output.route.as_str().to_owned()).collect())
}
