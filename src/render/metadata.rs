//! Metadata for search engines, social networks and feed readers: a block of elements for the head of
//! every page.
//!
//! The block is made only from the views that the page's template gets, so the page's fingerprint covers
//! it. `docs/SEO.md` lists its elements and the source of each rule.

mod elements;
mod escape;
mod graph;
mod nodes;
mod pictures;
mod policies;
mod profiles;
mod story;

use ahash::HashMap;

use crate::route::{Route, absolute};
use crate::view::Viewer;
use crate::view::contract::{PageView, SiteView};

use super::prepared::Content;
use nodes::{Logo, Policies, PublisherNode};

/// The parts that all pages share.
#[derive(Debug)]
pub(super) struct Metadata<'a> {
    site: SiteView<'a>,
    publisher: PublisherNode<'a>,
    policies: Policies,
    /// The publisher's account on X.
    account: Option<String>,
    /// Language and territory, by language tag.
    locales: HashMap<&'a str, String>,
}

impl<'a> Metadata<'a> {
    /// Prepares the parts that all pages share.
    pub(super) fn new(viewer: &Viewer<'a>) -> Metadata<'a> {
        let site = viewer.site_view();
        let (publisher, policies) = publisher(&site, &viewer.config.base_url.url(&Route::front()));
        let account = site.publisher.same_as.iter().find_map(|url| profiles::x_account(url));
        let languages = viewer.reader.languages();
        let locales = languages.map(|language| (language.tag(), language.with_territory())).collect();
        Metadata { site, publisher, policies, account, locales }
    }

    /// Inserts the block at the end of the head. A page without a head stays as it is.
    pub(super) fn add(&self, html: &mut Vec<u8>, page: &PageView<'_>, content: &Content<'_>) {
        let Some(end) = end_of_head(html) else { return };
        // Appended to the page and then rotated into place, so that nothing is copied twice.
        let rest = html.len() - end;
        self.write_block(html, page, content);
        html[end..].rotate_left(rest);
    }

    /// Writes the elements, each on its own line.
    fn write_block(&self, out: &mut Vec<u8>, page: &PageView<'_>, content: &Content<'_>) {
        self.write_elements(out, page, content);
        // Nodes contain strings, numbers and lists, which always serialize, and writing to memory can't
        // fail.
        let _ = self.write_nodes(out, page, content);
    }

    /// Makes a root-relative URL absolute.
    fn absolute(&self, url: &str) -> String {
        absolute(&self.site.url, url)
    }

    /// The absolute URL of a web page; `None` for a mail address.
    fn page_url(&self, url: Option<&str>) -> Option<String> {
        let url = self.absolute(url?);
        (url.starts_with("https://") || url.starts_with("http://")).then_some(url)
    }
}

/// The publisher, whom all editions have in common; `home` is the front page of the main one.
fn publisher<'a>(site: &SiteView<'a>, home: &str) -> (PublisherNode<'a>, Policies) {
    let absolute = |url: &str| absolute(&site.url, url);
    let of = &site.publisher;
    let publisher = PublisherNode {
        kind: "NewsMediaOrganization",
        id: [home, "#publisher"].concat(),
        name: of.name,
        url: absolute(&of.url),
        logo: of.logo.as_ref().map(|logo| Logo { kind: "ImageObject", url: absolute(logo) }),
        same_as: of.same_as,
    };
    let named = of.policies.iter().filter_map(|link| Some((policies::property(link.title)?, absolute(&link.path))));
    (publisher, named.collect())
}

/// The position of the first end tag of a head.
pub(super) fn end_of_head(html: &[u8]) -> Option<usize> {
    const NAME: &[u8] = b"head";
    memchr::memmem::find_iter(html, b"</").find(|at| {
        let name = html.get(at + 2..at + 2 + NAME.len());
        let next = html.get(at + 2 + NAME.len());
        name.is_some_and(|name| name.eq_ignore_ascii_case(NAME))
            && next.is_some_and(|&byte| byte == b'>' || byte.is_ascii_whitespace())
    })
}
