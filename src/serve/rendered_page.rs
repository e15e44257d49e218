//! A rendered page, and how it differs from an earlier version.

use xxhash_rust::xxh3::{Xxh3, xxh3_128};

use crate::plan::Output;
use crate::render::Contents;

/// One output as it is served.
#[derive(Debug)]
pub struct RenderedPage {
    /// Its place among the plan's outputs.
    pub at: usize,
    /// The path of its file below the output folder.
    pub route: String,
    /// Its contents; `None` when errors prevent rendering.
    pub contents: Option<Contents>,
    /// The hash of its bytes; 0 for a copied file.
    pub hash: u128,
    /// True if its diagnostics differ from those of the last rendering.
    pub has_news: bool,
    /// The source that has changed since the site server was started, so that the page could not be rendered.
    pub overtaken: Option<String>,
}

impl RenderedPage {
    pub(super) fn new(
        at: usize,
        output: &Output,
        contents: Option<Contents>,
        has_news: bool,
        overtaken: Option<String>,
    ) -> RenderedPage {
        let hash = match &contents {
            Some(Contents::Bytes(bytes)) => xxh3_128(bytes),
            // Its name says all that decides its bytes.
            Some(Contents::Kept(path)) => xxh3_128(path.as_os_str().as_encoded_bytes()),
            _ => 0,
        };
        let route = output.route.as_str().to_owned();
        RenderedPage { at, route, contents, hash, has_news, overtaken }
    }

    /// Its approximate size in memory, in bytes.
    pub fn size(&self) -> usize {
        match &self.contents {
            Some(Contents::Bytes(bytes)) => bytes.len() + 256,
            _ => 256,
        }
    }

    /// The page's bytes, unless it is a copied file.
    pub fn bytes(&self) -> Option<&[u8]> {
        match &self.contents {
            Some(Contents::Bytes(bytes)) => Some(bytes),
            _ => None,
        }
    }
}

/// A page without the names of the theme's files, which change with their contents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageWithoutAssets {
    /// The hash of everything else.
    pub text: u128,
    /// The theme's files that it names, each once, with their URLs; ordered.
    pub assets: Vec<(String, String)>,
}

impl PageWithoutAssets {
    /// A page without its assets' names; `assets` are the theme's files, each with its root-relative URL.
    pub fn of(html: &[u8], assets: &[(String, String)]) -> PageWithoutAssets {
        let mut hasher = Xxh3::new();
        let mut named: Vec<(String, String)> = Vec::new();
        let mut last = 0;
        for at in memchr::memmem::find_iter(html, b"/assets/") {
            // The URL may begin with the site's prefix.
            let ends_with = |url: &str| {
                let tail = url.find("/assets/").map(|start| &url.as_bytes()[start..]);
                tail.filter(|tail| html[at..].starts_with(tail)).map(<[u8]>::len)
            };
            let found = assets.iter().find_map(|asset| ends_with(&asset.1).map(|length| (asset, length)));
            if let Some((asset, length)) = found {
                hasher.update(&html[last..at]);
                hasher.update(&xxh3_128(asset.0.as_bytes()).to_le_bytes());
                last = at + length;
                if !named.contains(asset) {
                    named.push(asset.clone());
                }
            }
        }
        hasher.update(&html[last..]);
        named.sort_unstable();
        PageWithoutAssets { text: hasher.digest128(), assets: named }
    }

    /// The style sheets to replace, old and new URL, when nothing else differs; `None` when the page has to be reloaded.
    pub fn restyled(&self, now: &PageWithoutAssets) -> Option<Vec<(String, String)>> {
        if self.text != now.text || self.assets.len() != now.assets.len() {
            return None;
        }
        let differing = self.assets.iter().zip(&now.assets).filter(|(was, is)| was != is);
        let sheets = differing.map(|(was, is)| {
            let is_sheet = was.0 == is.0 && was.0.ends_with(".css");
            is_sheet.then(|| (was.1.clone(), is.1.clone()))
        });
        sheets.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn without_assets(html: &str, hash: &str) -> PageWithoutAssets {
        let url = |file: &str, end: &str| format!("/news/assets/{file}.{hash}.{end}");
        let assets = [("css/site.css".to_owned(), url("css/site", "css")), ("js/a.js".to_owned(), url("js/a", "js"))];
        PageWithoutAssets::of(html.replace("HASH", hash).as_bytes(), &assets)
    }

    #[test]
    fn a_page_with_a_new_style_sheet_is_restyled_without_reloading() {
        let html = "<link href=\"/news/assets/css/site.HASH.css\"><p>x";
        let (was, now) = (without_assets(html, "0a"), without_assets(html, "1b"));
        let expected = ("/news/assets/css/site.0a.css".to_owned(), "/news/assets/css/site.1b.css".to_owned());
        assert_eq!(was.restyled(&now), Some(vec![expected]));
        assert_eq!(was.restyled(&was), Some(Vec::new()));
        assert_eq!(was.restyled(&without_assets(&html.replace('x', "y"), "1b")), None);
    }

    #[test]
    fn another_script_is_loaded_with_its_page() {
        let html = "<script src=\"https://example.org/news/assets/js/a.HASH.js\"></script>";
        assert_eq!(without_assets(html, "0a").restyled(&without_assets(html, "1b")), None);
        assert_eq!(without_assets(html, "0a").text, without_assets(html, "1b").text);
    }
}
