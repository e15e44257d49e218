//! Pages need no host but their own, and no script.

use std::collections::BTreeSet;

use serde_json::json;

use super::driver::Browser;
use super::kinds::{kinds, some, varied};
use super::newsroom::Newsroom;

#[test]
fn no_page_asks_another_host_or_complains() {
    let Some(browser) = Browser::start() else { return };
    let newsroom = Newsroom::shared();
    browser.open(&newsroom.front);
    let policy = "return fetch('/').then(answer => answer.headers.get('Content-Security-Policy'))";
    let policy = browser.execute(policy);
    assert!(
        policy.as_str().is_some_and(|policy| policy.contains("script-src 'self';")),
        "the policy is sent: {policy}"
    );
    let mut problems = Vec::new();
    let pages = varied(&newsroom);
    for page in &pages {
        browser.open(page);
        // Lazy pictures are requested too.
        browser.execute("document.querySelectorAll('[loading=lazy]').forEach(e => e.loading = 'eager')");
        let mut said = browser.console();
        // A page that only redirects has no icon, and the browser requests one unasked.
        said.retain(|(_, message)| !message.contains("/favicon.ico "));
        if !said.is_empty() {
            problems.push(format!("{page} says {said:?}"));
        }
    }
    let asked: BTreeSet<String> = browser.requests().into_iter().collect();
    assert!(asked.len() > pages.len(), "requests are seen: {}", asked.len());
    let elsewhere = asked.iter().filter(|url| !url.starts_with(&newsroom.front));
    problems.extend(elsewhere.map(|url| format!("a page asks for {url}")));
    assert!(problems.is_empty(), "{} to fix:\n{}", problems.len(), problems.join("\n"));
}

/// Returns the texts that cannot be read because they are hidden, except those that the reader opens with a click. Portraits
/// that only decorate give way to the text on phones.
const UNSEEN: &str = "
    const folded = e => e.closest('details:not([open]), [popover], dialog, noscript, template, svg');
    // An element without a box of its own can have visible content.
    const seen = e => e.checkVisibility({opacityProperty: true, visibilityProperty: true})
        || (getComputedStyle(e).display === 'contents' && [...e.children].some(seen));
    return [...document.querySelectorAll('main h1, main h2, main p, main li, main td, main figcaption, main img:not([alt=\"\"]), header nav a')]
        .filter(e => !folded(e) && !seen(e))
        .map(e => e.outerHTML.slice(0, 100));";

#[test]
fn everything_can_be_read_and_reached_without_scripts() {
    let Some(browser) = Browser::start() else { return };
    let newsroom = Newsroom::open("/");
    browser.allow_scripts(false);
    let scripted = "<!DOCTYPE html><title>still</title><script src=/move.js></script>";
    newsroom.smuggle("move.js", "document.title = 'moved'");
    browser.open(&newsroom.smuggle("still.html", scripted));
    assert_eq!(browser.execute("return document.title"), "still", "scripts are off");
    for width in [360, 1280] {
        browser.resize(width, 800);
        for kind in kinds(&newsroom) {
            browser.open(&kind.url);
            assert_eq!(browser.execute(UNSEEN), json!([]), "{} at {width} px", kind.name);
        }
        browser.open(&newsroom.front);
        browser.follow("main h2 a, main h3 a");
        assert!(browser.has("article h1"), "a headline opens its article at {width} px");
        browser.follow(".byline a");
        assert!(browser.has("main h1"), "a byline opens its author at {width} px");
        open_menu(&browser);
        browser.follow("header nav a[href]");
        assert!(browser.has("main h1"), "the navigation leads on at {width} px");
    }
}

/// Opens the navigation if the theme has collapsed it.
fn open_menu(browser: &Browser) {
    let shown = "return document.querySelector('header nav a[href]').checkVisibility({visibilityProperty: true})";
    if browser.execute(shown) == false {
        browser.click("header summary, header [popovertarget]");
    }
}

/// The files, other than the page itself, without which the browser cannot paint it.
const BLOCKING: &str = "
    return performance.getEntriesByType('resource')
        .filter(entry => entry.renderBlockingStatus === 'blocking').map(entry => entry.name);";

#[test]
fn the_first_paint_needs_the_page_and_its_style_sheets() {
    let Some(browser) = Browser::start() else { return };
    let newsroom = Newsroom::shared();
    for kind in some(&newsroom, &["front", "section", "article-plain", "article-rich", "article-chinese"]) {
        browser.open(&kind.url);
        let needed = browser.execute(BLOCKING);
        let needed: Vec<&str> = needed.as_array().into_iter().flatten().filter_map(|url| url.as_str()).collect();
        let linked = browser.execute("return [...document.querySelectorAll('link[rel=stylesheet]')].map(e => e.href)");
        let linked: Vec<&str> = linked.as_array().into_iter().flatten().filter_map(|url| url.as_str()).collect();
        assert!(!needed.is_empty(), "{}", kind.name);
        assert_eq!(BTreeSet::from_iter(linked), BTreeSet::from_iter(needed), "{}", kind.name);
    }
}
