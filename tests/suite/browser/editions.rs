//! A paper in English and Arabic: readers change the edition with the keyboard, and the Arabic one is whole from right to
//! left.

use serde_json::json;

use super::TOO_WIDE;
use super::accessible::{LOOK, axe};
use super::driver::Browser;
use super::newsroom::Newsroom;

const TAB: char = '\u{e004}';
const ENTER: char = '\u{e007}';
/// The steps in which the Tab key has to reach the links to the editions.
const STEPS: usize = 12;

fn paper() -> Newsroom {
    let file =
        |path: &str, front: &str, body: &str| (format!("content/{path}"), format!("---\n{front}---\n\n{body}\n"));
    let files = [
        file("news/vote.md", "title: The vote\ndate: 2026-06-01\nauthors: ina-holm\n", "The council votes."),
        file("news/vote.ar.md", "title: التصويت\ndate: 2026-06-02\nauthors: ina-holm\n", "يصوت المجلس."),
        file("news/market.md", "title: The market\ndate: 2026-06-03\nauthors: ina-holm\n", "The market opens."),
    ];
    Newsroom::of_files("languages: [{language: ar, title: الورقة}]\n", &files)
}

#[test]
fn readers_change_the_edition_with_the_keyboard() {
    let Some(browser) = Browser::start() else { return };
    let newsroom = paper();
    browser.resize(1280, 800);
    browser.open(&newsroom.page("news/2026/06/vote/"));
    let is_there = || browser.execute("return document.activeElement.matches('.editions a[hreflang=\"ar\"]')") == true;
    let reached = (0..STEPS).any(|_| {
        browser.press(TAB);
        is_there()
    });
    assert!(reached, "the Tab key does not reach the other edition in {STEPS} steps");
    browser.press(ENTER);
    browser.wait_for_url(&newsroom.page("ar/news/2026/06/vote/"));
    assert_eq!(browser.attribute("html", "dir").as_deref(), Some("rtl"));
    assert_eq!(browser.text("article h1"), "التصويت");
    browser.follow(".editions a[hreflang='en']");
    browser.wait_for_url(&newsroom.page("news/2026/06/vote/"));
    // A story without a translation says so, and leads to the front page.
    browser.open(&newsroom.page("news/2026/06/market/"));
    assert!(browser.text(".editions").contains("not translated"), "{}", browser.text(".editions"));
    browser.follow(".editions a[hreflang='ar']");
    browser.wait_for_url(&newsroom.page("ar/"));
}

#[test]
fn the_right_to_left_edition_fits_a_small_screen_and_has_no_barrier() {
    let Some(browser) = Browser::start() else { return };
    let newsroom = paper();
    let pages = ["ar/", "ar/news/", "ar/news/2026/06/vote/", "ar/authors/ina-holm/", "ar/archive/", "ar/404.html"];
    let mut problems = Vec::new();
    for page in pages {
        browser.resize(320, 800);
        browser.open(&newsroom.page(page));
        assert_eq!(browser.attribute("html", "dir").as_deref(), Some("rtl"), "{page}");
        let wide = browser.execute(TOO_WIDE);
        if wide != json!([]) {
            problems.push(format!("{page}: {wide}"));
        }
    }
    if let Some(axe) = axe() {
        browser.bring_along(&axe);
        for page in pages.into_iter().chain(["", "news/2026/06/market/"]) {
            browser.open(&newsroom.page(page));
            browser.emulate("screen", &[("prefers-reduced-motion", "reduce")]);
            let found = browser.execute_until_done(LOOK);
            let found = found.as_array().into_iter().flatten().filter_map(|line| line.as_str());
            problems.extend(found.map(|line| format!("{page}: {line}")));
        }
    }
    assert!(problems.is_empty(), "{} to fix:\n{}", problems.len(), problems.join("\n"));
}
