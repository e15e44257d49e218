//! The example newsroom as readers see and click it, in headless Chromium.
//!
//! Needs Chromium and chromedriver on PATH; without them, prints `skipped: no chromedriver`, or fails if
//! `PRESSWORK_REQUIRE_BROWSER=1`.
#![allow(clippy::disallowed_methods, reason = "PATH is searched and patience has a deadline")]

use std::collections::BTreeSet;

use driver::Browser;
use newsroom::Newsroom;

mod accessible;
mod alone;
#[cfg(all(feature = "serve", feature = "comment-server"))]
mod comments;
#[cfg(all(feature = "serve", feature = "pictures"))]
mod crops;
mod driver;
mod editions;
mod embeds;
mod extremes;
mod first_screen;
mod fronts;
mod keyboard;
pub mod kinds;
mod lines;
#[cfg(feature = "serve")]
mod live;
pub mod newsroom;
#[cfg(feature = "pictures")]
mod pictures;
mod screens;
mod screenshots;
#[cfg(feature = "serve")]
mod search;
pub mod server;

const CARDS: &str = "main .card a";
const HEADLINE: &str = "article h1";
const OLDER: &str = "nav.pager a[rel=prev]";
const NEWER: &str = "nav.pager a[rel=next]";
const TAB: char = '\u{e004}';

#[test]
fn front_page_shows_the_paper_and_its_headlines() {
    let Some(browser) = Browser::start() else { return };
    let newsroom = Newsroom::shared();
    browser.open(&newsroom.front);
    let paper = newsroom::paper();
    assert!(browser.text("header").to_lowercase().contains(&paper.to_lowercase()), "the header names {paper}");
    assert!(as_text(&browser, "return document.title").contains(&paper), "the title names {paper}");
    let shown: BTreeSet<String> = browser.texts(CARDS).into_iter().collect();
    let headlines = newsroom::headlines();
    let known = shown.iter().filter(|text| headlines.contains(*text)).count();
    assert!(known >= 5, "at least five headlines are on the front page, not {known}: {shown:?}");
}

#[test]
fn a_headline_opens_its_article() {
    let Some(browser) = Browser::start() else { return };
    let newsroom = Newsroom::shared();
    browser.open(&newsroom.front);
    let headline = open_article(&browser);
    assert_eq!(browser.text(HEADLINE), headline);
}

#[test]
fn a_byline_leads_to_the_author_whose_page_lists_the_article() {
    let Some(browser) = Browser::start() else { return };
    let newsroom = Newsroom::shared();
    browser.open(&newsroom.front);
    let headline = open_article(&browser);
    let article = browser.current_url();
    let bylines = browser.texts(".byline a");
    assert!(!bylines.is_empty(), "`{headline}` is signed");
    for (place, name) in bylines.iter().enumerate() {
        browser.open(&article);
        browser.follow_nth(".byline a", place);
        assert!(browser.text("h1").contains(name), "the page of {name}: {}", browser.text("h1"));
        let listed = links(&browser, "main a[href]");
        assert!(listed.contains(&article), "the page of {name} lists {article}: {listed:?}");
    }
}

#[test]
fn older_and_newer_link_through_a_section_and_back() {
    let Some(browser) = Browser::start() else { return };
    let newsroom = Newsroom::shared();
    browser.open(&newsroom.front);
    let sections = destinations(&browser, &newsroom);
    let long = sections.iter().find(|section| {
        browser.open(section);
        browser.has(OLDER)
    });
    let section = long.unwrap_or_else(|| panic!("a section of {sections:?} has older stories"));
    let stories = links(&browser, CARDS);
    assert!(!browser.has(NEWER), "nothing is newer than a section's front");
    browser.follow(OLDER);
    let older = links(&browser, CARDS);
    assert!(!older.is_empty() && older.is_disjoint(&stories), "other stories than the front's: {older:?}");
    browser.click(NEWER);
    browser.wait_for_url(section);
    assert_eq!(links(&browser, CARDS), stories);
}

#[test]
fn an_article_in_a_right_to_left_script_reads_from_right_to_left() {
    let Some(browser) = Browser::start() else { return };
    let newsroom = Newsroom::shared();
    let is_story = |url: &String| url.contains("/2026/") && !url.contains("/archive/") && !url.contains("/text/");
    let pages: Vec<String> = newsroom.pages_in(&["ar", "he"]).into_iter().filter(is_story).take(2).collect();
    assert!(!pages.is_empty(), "the newsroom has an article in Arabic or Hebrew");
    for page in pages {
        browser.open(&page);
        for element in [HEADLINE, "article p"] {
            let script = format!("return getComputedStyle(document.querySelector('{element}')).direction");
            assert_eq!(as_text(&browser, &script), "rtl", "`{element}` on {page}");
        }
    }
}

#[test]
fn an_injected_script_does_not_run() {
    let Some(browser) = Browser::start() else { return };
    let newsroom = Newsroom::open("/");
    let html = "<!DOCTYPE html><title>quiet</title><p>Text</p><script>document.title = 'injected'</script>\
        <img src=/nothing.png onerror=\"document.title = 'injected'\">";
    browser.open(&newsroom.smuggle("injected.html", html));
    assert_eq!(as_text(&browser, "return document.title"), "quiet");
    let said = browser.console();
    assert!(said.iter().any(|(_, message)| message.contains("Content Security Policy")), "{said:?}");
    let from_elsewhere = "<!DOCTYPE html><title>quiet</title><iframe src=https://example.com/></iframe>\
        <script src=https://example.com/x.js></script>";
    browser.open(&newsroom.smuggle("elsewhere.html", from_elsewhere));
    let said = browser.console();
    let blocked = said.iter().filter(|(_, message)| message.contains("Content Security Policy")).count();
    assert_eq!(blocked, 2, "{said:?}");
}

#[test]
fn a_feed_is_readable_in_a_browser() {
    let Some(browser) = Browser::start() else { return };
    let newsroom = Newsroom::shared();
    for (feed, story) in [("rss.xml", "item"), ("atom.xml", "entry")] {
        browser.open(&format!("{}{feed}", newsroom.front));
        let style = |of: &str, property: &str| as_text(&browser, &format!("return getComputedStyle({of}).{property}"));
        let child = |name: &str| format!("document.querySelector('{story} > {name}')");
        assert_eq!(style(&child("title"), "display"), "block", "{feed}");
        assert_eq!(style(&child("link"), "display"), "none", "{feed}");
        let hint = style("document.documentElement, '::before'", "content");
        assert!(hint.contains("feed reader"), "{feed}: {hint}");
        let height = browser.execute(&format!("return {}.getBoundingClientRect().height", child("title")));
        assert!(height.as_f64().is_some_and(|height| height > 10.0), "{feed}: {height}");
    }
}

/// Returns the elements that make the page scroll sideways; an element that scrolls by itself is fine.
const TOO_WIDE: &str = "
    if (document.documentElement.scrollWidth <= innerWidth) return [];
    const scrolls = e => e && (/auto|scroll|hidden|clip/.test(getComputedStyle(e).overflowX) || scrolls(e.parentElement));
    return [...document.body.querySelectorAll('*')]
        .filter(e => { const box = e.getBoundingClientRect(); return box.right > innerWidth + 1 || box.left < -1; })
        .filter(e => !scrolls(e.parentElement))
        .map(e => e.tagName.toLowerCase() + (e.className ? '.' + e.className : '')).concat(['(page)']);";

#[test]
fn the_first_tab_reaches_the_skip_link() {
    let Some(browser) = Browser::start() else { return };
    let newsroom = Newsroom::shared();
    browser.open(&newsroom.front);
    browser.press(TAB);
    let focused = browser.execute("return document.activeElement.matches('a.skip-link')");
    assert_eq!(focused, true, "{}", browser.execute("return document.activeElement.outerHTML"));
    let target = browser.attribute("a.skip-link", "href").unwrap_or_default();
    // Not `#page:content`: in a selector the colon would begin a pseudo-class.
    let id = target.strip_prefix('#').unwrap_or_default();
    assert!(browser.has(&format!("[id='{id}']")), "the skip link's target `{target}` is on the page");
}

#[test]
fn every_link_and_file_of_a_site_with_a_path_prefix_works() {
    let Some(browser) = Browser::start() else { return };
    let newsroom = Newsroom::open("/news/");
    let agent = ureq::Agent::config_builder().http_status_as_error(false).build().new_agent();
    let mut seen = BTreeSet::new();
    for page in [newsroom.front.clone(), an_article(&browser, &newsroom), a_section(&browser, &newsroom)] {
        browser.open(&page);
        for link in links(&browser, "a[href], link[href], img[src], script[src]") {
            let address = link.split('#').next().unwrap_or_default().to_owned();
            if same_host(&address, &newsroom.front) && seen.insert(address.clone()) {
                let status = agent.get(&address).call().unwrap().status();
                assert!(status.is_success(), "{page} leads to {address}: {status}");
            }
        }
    }
    assert!(seen.len() >= 10, "the pages have links: {seen:?}");
}

#[test]
fn a_missing_page_says_so_and_links_home() {
    let Some(browser) = Browser::start() else { return };
    let newsroom = Newsroom::shared();
    browser.open(&newsroom.url("no/such/page/"));
    assert!(browser.has("h1"), "the 404 page has a heading");
    assert!(links(&browser, "a[href]").contains(&newsroom.front), "the 404 page leads to the front page");
}

/// Opens the first article on the current page whose card has the article's headline; a card may show a short title
/// instead.
fn open_article(browser: &Browser) -> String {
    let (shown, headlines) = (browser.texts(CARDS), newsroom::headlines());
    let place = shown.iter().position(|text| headlines.contains(text));
    let place = place.unwrap_or_else(|| panic!("a card shows a headline of the newsroom: {shown:?}"));
    browser.follow_nth(CARDS, place);
    shown[place].clone()
}

fn an_article(browser: &Browser, newsroom: &Newsroom) -> String {
    browser.open(&newsroom.front);
    open_article(browser);
    browser.current_url()
}

/// The first page of the navigation that lists articles and is not the front page.
fn a_section(browser: &Browser, newsroom: &Newsroom) -> String {
    browser.open(&newsroom.front);
    let section = destinations(browser, newsroom).into_iter().find(|page| {
        browser.open(page);
        browser.has(CARDS)
    });
    section.expect("the navigation leads to a section")
}

/// The pages of this site in the current page's navigation, without the front page.
fn destinations(browser: &Browser, newsroom: &Newsroom) -> BTreeSet<String> {
    let mut pages = links(browser, "nav a[href]");
    pages.retain(|page| page.starts_with(&newsroom.front) && *page != newsroom.front);
    pages
}

/// The absolute URLs of these elements, on this host or another.
fn links(browser: &Browser, css: &str) -> BTreeSet<String> {
    let script = format!("return [...document.querySelectorAll('{css}')].map(e => e.href || e.src)");
    let found = browser.execute(&script);
    found.as_array().into_iter().flatten().filter_map(|link| link.as_str().map(str::to_owned)).collect()
}

/// True if a URL is on the host of `front`, inside its prefix or outside.
fn same_host(address: &str, front: &str) -> bool {
    let host = |url: &str| url.split('/').nth(2).map(str::to_owned);
    address.starts_with("http") && host(address) == host(front)
}

fn as_text(browser: &Browser, script: &str) -> String {
    browser.execute(script).as_str().unwrap_or_default().to_owned()
}
