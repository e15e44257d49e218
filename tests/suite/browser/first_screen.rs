//! The first screen of a page, and the ways from there to everything else.

use serde_json::{Value, json};

use super::driver::Browser;
use super::kinds::some;
use super::newsroom::Newsroom;

/// The headlines that are on the first screen as a whole.
const HEADLINES: &str = "
    return [...document.querySelectorAll('main .card-title')]
        .filter(e => e.checkVisibility() && e.getBoundingClientRect().bottom <= innerHeight).length;";

#[test]
fn the_front_page_begins_with_at_least_four_stories() {
    let Some(browser) = Browser::start() else { return };
    let newsroom = Newsroom::shared();
    browser.resize(1280, 800);
    browser.open(&newsroom.front);
    let count = browser.execute(HEADLINES).as_u64().expect("a number");
    assert!(count >= 4, "{count} headlines on the first screen");
}

/// The sizes of headlines on a page, in pixels, each once.
const SIZES: &str = "
    const size = e => Math.round(parseFloat(getComputedStyle(e).fontSize));
    return [...new Set([...document.querySelectorAll('main .card-title')].map(size))].sort((a, b) => b - a);";

#[test]
fn headlines_of_the_front_page_have_at_least_four_sizes() {
    let Some(browser) = Browser::start() else { return };
    let newsroom = Newsroom::shared();
    browser.resize(1280, 800);
    browser.open(&newsroom.front);
    let sizes = browser.execute(SIZES);
    assert!(sizes.as_array().expect("sizes").len() >= 4, "{sizes}");
}

/// The empty space below each column of the lead, as a part of the lead's height.
const HOLES: &str = "
    const lead = document.querySelector('.lead-package');
    const height = lead.getBoundingClientRect().height;
    const below = column => {
        const last = [...column.querySelectorAll('.card-words')].at(-1) ?? column;
        return (lead.getBoundingClientRect().bottom - last.getBoundingClientRect().bottom) / height;
    };
    return [...lead.children].filter(e => !e.classList.contains('below-lead')).map(below);";

#[test]
fn no_column_of_the_lead_ends_long_before_the_others() {
    let Some(browser) = Browser::start() else { return };
    let newsroom = Newsroom::shared();
    browser.resize(1280, 800);
    browser.open(&newsroom.front);
    let holes = browser.execute(HOLES);
    let holes = holes.as_array().expect("columns");
    assert!(holes.len() >= 2 && holes.iter().all(|hole| hole.as_f64().is_some_and(|hole| hole < 0.2)), "{holes:?}");
}

/// The height at which the first words of a story's text begin; none without a lead image.
const TEXT: &str = "
    const text = document.querySelector('.story-body > :is(p, h2, ul, ol, blockquote)');
    const image = document.querySelector('.lead-picture');
    return image && text && scrollY + text.getBoundingClientRect().top;";

/// The tops of a story's head: deck or headline, byline, date and share menu and, if it is below them, the image.
const HEAD: &str = "
    const top = css => document.querySelector(css)?.getBoundingClientRect().top;
    const head = [top('.deck') ?? top('h1'), Math.min(top('.byline'), top('.share summary') ?? 9999), top('.published')];
    return innerWidth < 900 ? head.concat(top('.lead-picture')) : head;";

#[test]
fn a_storys_text_begins_on_the_first_screen() {
    let Some(browser) = Browser::start() else { return };
    let newsroom = Newsroom::shared();
    let stories: Vec<String> = newsroom.pages().into_iter().filter(|url| is_story(&newsroom, url)).collect();
    let mut measured = 0;
    for (width, height, limit) in [(1280, 800, 800.0), (390, 844, 1000.0)] {
        browser.resize(width, height);
        for story in &stories {
            browser.open(story);
            let Some(begins) = browser.execute(TEXT).as_f64() else { continue };
            assert!(begins < limit, "{story} at {width} px: the text begins at {begins}");
            let head: Vec<f64> = numbers(&browser.execute(HEAD));
            assert!(head.is_sorted(), "{story} at {width} px: {head:?}");
            measured += 1;
        }
    }
    assert!(measured >= 10, "{measured} stories with a lead image");
}

/// True for the page of a story, not of its text version.
fn is_story(newsroom: &Newsroom, url: &str) -> bool {
    let path = url.strip_prefix(&newsroom.front).unwrap_or(url);
    let is_year = |part: &str| part.len() == 4 && part.bytes().all(|byte| byte.is_ascii_digit());
    let is_other = ["text/", "archive/"].iter().any(|start| path.starts_with(start));
    !is_other && path.split('/').any(is_year) && path.trim_end_matches('/').split('/').count() > 3
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().expect("numbers").iter().filter_map(Value::as_f64).collect()
}

/// The links and buttons of the header and the footer that are smaller than a fingertip.
const SMALL: &str = "
    const small = e => { const box = e.getBoundingClientRect(); return box.height < 44 || box.width < 24; };
    return [...document.querySelectorAll('.site-nav a, .menu-button, .search-link, .site-footer ul a, .share summary, .topic-list a')]
        .filter(e => e.checkVisibility() && small(e)).map(e => e.outerHTML);";

#[test]
fn phones_have_a_menu_without_a_script() {
    let Some(browser) = Browser::start() else { return };
    let newsroom = Newsroom::shared();
    browser.resize(390, 844);
    browser.allow_scripts(false);
    for page in some(&newsroom, &["front", "article-rich", "section"]) {
        browser.open(&page.url);
        let is_shown = "return document.querySelector('.site-nav a').checkVisibility()";
        assert_eq!(browser.execute(is_shown), json!(false), "{}: the menu is closed", page.name);
        browser.click(".menu-button");
        assert_eq!(browser.execute(is_shown), json!(true), "{}: the menu is open", page.name);
        assert_eq!(browser.execute(SMALL), json!([]), "{}", page.name);
    }
    browser.follow(".site-nav li:nth-child(3) a");
    browser.follow(".search-link");
    assert!(browser.has("form[role=search]"), "{}", browser.current_url());
}

/// The links to stories at the end of a story's page.
const ENDINGS: &str = "
    return [...document.querySelectorAll('.related a, .neighbours a')].map(e => e.pathname).concat(location.pathname);";

#[test]
fn no_story_is_offered_twice_after_a_story() {
    let Some(browser) = Browser::start() else { return };
    let newsroom = Newsroom::shared();
    let mut offered = 0;
    for story in newsroom.pages().into_iter().filter(|url| is_story(&newsroom, url)) {
        browser.open(&story);
        let mut paths: Vec<String> = serde_json::from_value(browser.execute(ENDINGS)).expect("paths");
        offered += paths.len() - 1;
        let all = paths.len();
        paths.sort();
        paths.dedup();
        assert_eq!(paths.len(), all, "{story}");
    }
    assert!(offered > 30, "{offered} stories offered");
}

#[test]
fn nobody_is_asked_what_they_think_of_a_retracted_story() {
    let Some(browser) = Browser::start() else { return };
    let newsroom = Newsroom::shared();
    browser.open(&some(&newsroom, &["article-retracted"])[0].url);
    assert!(browser.has(".retraction"));
    assert!(!browser.has(".comments, .share"));
}
