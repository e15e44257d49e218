//! One page of each kind in the example newsroom.

use super::newsroom::Newsroom;

/// Name and path of each kind.
const KINDS: &[(&str, &str)] = &[
    ("front", ""),
    ("front-chinese", "zh-hans/"),
    ("front-arabic", "ar/"),
    ("section", "business/"),
    ("section-older", "business/page/1/"),
    ("section-opinion", "opinion/"),
    ("subsection", "technology/chips/"),
    ("article-plain", "business/2026/11/nusa-pay-merger/"),
    ("article-rich", "business/2026/11/cranes-without-drivers/"),
    ("article-live", "world/2026/09/typhoon-live/"),
    ("article-opinion", "culture/2026/11/libraries-opinion/"),
    ("article-sponsored", "business/2026/08/cold-chain-sponsored/"),
    ("article-chinese", "zh-hans/technology/chips/2026/05/night-school-zh/"),
    ("article-arabic", "ar/world/2026/06/khor-fishermen-ar/"),
    ("article-corrected", "business/2026/10/port-strike/"),
    ("article-retracted", "business/2026/09/larkspur-fire/"),
    ("author", "authors/pham-bao-tran/"),
    ("staff", "authors/"),
    ("tag", "tags/ports/"),
    ("tags", "tags/"),
    ("term", "region/east-asia/"),
    ("series", "series/harbour-lights/"),
    ("archive", "archive/"),
    ("year", "archive/2026/"),
    ("month", "archive/2026/11/"),
    ("latest", "latest/"),
    ("page", "about/"),
    ("corrections", "corrections/"),
    ("not-found", "404.html"),
    ("gone", "410.html"),
];

/// Kinds that a newsroom may not have.
const OPTIONAL: &[(&str, &str)] = &[
    ("search", "search/"),
    ("text-front", "text/"),
    ("text-article", "text/business/2026/11/cranes-without-drivers/"),
    ("text-table", "text/technology/2026/10/data-centre-water/"),
];

/// A page to test.
pub struct Kind {
    pub name: &'static str,
    pub url: String,
}

/// All kinds; fails if a page has moved.
pub fn kinds(newsroom: &Newsroom) -> Vec<Kind> {
    for (name, path) in KINDS {
        assert!(newsroom.has(path), "the newsroom has no `{path}` any more; name another page of the kind `{name}`");
    }
    let present = OPTIONAL.iter().filter(|(_, path)| newsroom.has(path));
    KINDS.iter().chain(present).map(|&(name, path)| Kind { name, url: newsroom.url(path) }).collect()
}

/// The kinds with these names.
pub fn some(newsroom: &Newsroom, names: &[&str]) -> Vec<Kind> {
    let found: Vec<Kind> = kinds(newsroom).into_iter().filter(|kind| names.contains(&kind.name)).collect();
    assert_eq!(found.len(), names.len(), "each of {names:?} is a kind");
    found
}

/// The folders of the example's other editions, whose pages are made like those of the main one.
const EDITIONS: &[&str] = &["zh-hans/", "ar/"];
/// The share of their pages that tests of every page look at: one in so many.
const SHARE: usize = 6;

/// The pages without most of those of other editions. `path` is relative to the site's root.
pub fn sampled<P>(pages: Vec<P>, path: impl Fn(&P) -> String) -> Vec<P> {
    let is_other = |page: &P| {
        let path = path(page);
        let path = path.strip_prefix("text/").unwrap_or(&path);
        EDITIONS.iter().any(|folder| path.starts_with(folder))
    };
    let (others, mut main): (Vec<P>, Vec<P>) = pages.into_iter().partition(is_other);
    main.extend(others.into_iter().step_by(SHARE));
    main
}

/// Every page of the site except further ones of the same kind of listing (other pages of a list, other months, other
/// tags, other text versions), and a sample of the other editions.
pub fn varied(newsroom: &Newsroom) -> Vec<String> {
    const LISTINGS: &[&str] = &["/text/", "/page/", "/archive/", "/tags/", "/region/", "/latest/"];
    let kinds: Vec<String> = kinds(newsroom).into_iter().map(|kind| kind.url).collect();
    let pages = newsroom.pages().into_iter().filter(|url| !LISTINGS.iter().any(|part| url.contains(part)));
    let others = sampled(pages.collect(), |url| newsroom.path(url));
    let others = others.into_iter();
    let others: Vec<String> = others.filter(|url| !kinds.contains(url)).collect();
    kinds.into_iter().chain(others).collect()
}
