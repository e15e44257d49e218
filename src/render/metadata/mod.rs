//! Metadata for search engines, social networks and feed readers: a block of elements for the head of every page.
//!
//! The block is made of nothing but the views that the page's template is given, so that the page's fingerprint covers
//! it. `docs/SEO.md` lists what it holds and where each rule comes from.

mod elements;
mod escape;
mod graph;
mod nodes;
mod policies;
mod profiles;
mod story;

use ahash::HashMap;

use crate::route::absolute;
use crate::view::Viewer;
use crate::view::contract::{PageView, SiteView};

use super::prepared::Content;
use nodes::{Logo, Policies, Publisher};

/// What is the same on all pages.
#[derive(Debug)]
pub(super) struct Metadata<'a> {
    site: SiteView<'a>,
    publisher: Publisher<'a>,
    policies: Policies,
    /// What marks the publisher's account on X.
    account: Option<String>,
    /// Language and territory, by the tag of the language.
    locales: HashMap<&'a str, String>,
}

impl<'a> Metadata<'a> {
    /// Gets ready what is the same on all pages.
    pub(super) fn new(viewer: &Viewer<'a>) -> Metadata<'a> {
        let site = viewer.site_view();
        let (publisher, policies) = publisher(&site);
        let account = site.publisher.same_as.iter().find_map(|url| profiles::x_account(url));
        let languages = viewer.site.languages(viewer.config);
        let locales = languages.map(|language| (language.tag(), language.with_territory())).collect();
        Metadata { site, publisher, policies, account, locales }
    }

    /// Puts the block before the end of the head. A page without one stays as it is.
    pub(super) fn add(&self, html: &mut Vec<u8>, page: &PageView<'_>, content: &Content<'_>) {
        let Some(end) = end_of_head(html) else { return };
        // Written behind the page and then turned into its place, so that nothing is copied twice.
        let behind = html.len() - end;
        self.write_block(html, page, content);
        html[end..].rotate_left(behind);
    }

    /// Writes the elements, each on a line of its own.
    fn write_block(&self, out: &mut Vec<u8>, page: &PageView<'_>, content: &Content<'_>) {
        self.write_elements(out, page, content);
        // Nodes hold texts, numbers and lists, and a vector takes all that is written.
        let _ = self.write_nodes(out, page, content);
    }

    /// The absolute URL of one that may be root-relative.
    fn absolute(&self, url: &str) -> String {
        absolute(&self.site.url, url)
    }

    /// The absolute URL of a page that can be opened; not of a mail address.
    fn page_url(&self, url: Option<&str>) -> Option<String> {
        let url = self.absolute(url?);
        (url.starts_with("https://") || url.starts_with("http://")).then_some(url)
    }
}

fn publisher<'a>(site: &SiteView<'a>) -> (Publisher<'a>, Policies) {
    let absolute = |url: &str| absolute(&site.url, url);
    let of = &site.publisher;
    let publisher = Publisher {
        kind: "NewsMediaOrganization",
        id: [&site.url, "#publisher"].concat(),
        name: of.name,
        url: absolute(&of.url),
        logo: of.logo.as_ref().map(|logo| Logo { kind: "ImageObject", url: absolute(logo) }),
        same_as: of.same_as,
    };
    let named = of.policies.iter().filter_map(|link| Some((policies::property(link.title)?, absolute(&link.path))));
    (publisher, named.collect())
}

/// Where the first end tag of a head stands.
pub(super) fn end_of_head(html: &[u8]) -> Option<usize> {
    const NAME: &[u8] = b"head";
    memchr::memmem::find_iter(html, b"</").find(|at| {
        let name = html.get(at + 2..at + 2 + NAME.len());
        let behind = html.get(at + 2 + NAME.len());
        name.is_some_and(|name| name.eq_ignore_ascii_case(NAME))
            && behind.is_some_and(|&byte| byte == b'>' || byte.is_ascii_whitespace())
    })
}
