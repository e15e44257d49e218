//! Pages on narrow and wide screens, enlarged, printed, and without motion.

use serde_json::json;

use super::TOO_WIDE;
use super::driver::Browser;
use super::kinds::{kinds, some, varied};
use super::newsroom::Newsroom;

#[test]
fn no_page_scrolls_sideways_on_any_screen() {
    let Some(browser) = Browser::start() else { return };
    let newsroom = Newsroom::shared();
    // At a zoom of 200 %, a window of 1280 pixels has 640 CSS pixels.
    let of_each_kind: Vec<String> = kinds(&newsroom).into_iter().map(|kind| kind.url).collect();
    let everything = varied(&newsroom);
    let mut problems = Vec::new();
    for (pages, widths) in [(&everything, [320].as_slice()), (&of_each_kind, [640, 1024, 2560].as_slice())] {
        for page in pages {
            browser.resize(widths[0], 800);
            browser.open(page);
            for &width in widths {
                browser.resize(width, 800);
                let wide = browser.execute(TOO_WIDE);
                if wide != json!([]) {
                    problems.push(format!("{page} at {width} px: {wide}"));
                }
            }
        }
    }
    assert!(problems.is_empty(), "{} to fix:\n{}", problems.len(), problems.join("\n"));
}

#[test]
fn twice_the_font_size_still_fits() {
    let Some(browser) = Browser::start() else { return };
    let newsroom = Newsroom::shared();
    let size = "return parseFloat(getComputedStyle(document.querySelector('main p, main li')).fontSize)";
    let mut problems = Vec::new();
    for kind in kinds(&newsroom) {
        browser.resize(1280, 800);
        browser.read_at(16);
        browser.open(&kind.url);
        let before = browser.execute(size).as_f64().unwrap_or_default();
        browser.read_at(32);
        let after = browser.execute(size).as_f64().unwrap_or_default();
        if after < before * 1.9 {
            problems.push(format!("{}: text of {before} px is {after} px when the reader doubles it", kind.name));
        }
        for width in [640, 1280] {
            browser.resize(width, 800);
            let wide = browser.execute(TOO_WIDE);
            if wide != json!([]) {
                problems.push(format!("{} at {width} px: {wide}", kind.name));
            }
        }
    }
    assert!(problems.is_empty(), "{} to fix:\n{}", problems.len(), problems.join("\n"));
}

/// The number of characters in a full line of the story: the median of all lines except the last of each paragraph.
const MEASURE: &str = "
    const counts = [];
    for (const paragraph of document.querySelectorAll('.story-body > p')) {
        const lines = new Map();
        const walker = document.createTreeWalker(paragraph, NodeFilter.SHOW_TEXT);
        for (let node = walker.nextNode(); node; node = walker.nextNode()) {
            for (let at = 0; at < node.length; at++) {
                const range = document.createRange();
                range.setStart(node, at);
                range.setEnd(node, at + 1);
                const box = range.getBoundingClientRect();
                if (!box.width) continue;
                const line = [...lines.keys()].find(y => Math.abs(y - box.bottom) < 8) ?? box.bottom;
                lines.set(line, (lines.get(line) || 0) + 1);
            }
        }
        counts.push(...[...lines.values()].slice(0, -1));
    }
    counts.sort((a, b) => a - b);
    return counts.length ? counts[counts.length >> 1] : 0;";

#[test]
fn lines_of_a_story_have_a_readable_length() {
    let Some(browser) = Browser::start() else { return };
    let newsroom = Newsroom::shared();
    browser.resize(1440, 900);
    for (name, least, most) in [("article-rich", 60, 75), ("article-chinese", 30, 40)] {
        browser.open(&some(&newsroom, &[name])[0].url);
        let characters = browser.execute(MEASURE).as_u64().unwrap_or_default();
        assert!((least..=most).contains(&characters), "{name}: {characters} characters in a line");
    }
}

/// Returns the elements that a printed page has and should not have, and those that are missing.
const ON_PAPER: &str = "
    const problems = [];
    const name = e => e.tagName.toLowerCase() + (e.className ? '.' + e.className : '');
    for (const e of document.querySelectorAll('nav, form, button, .skip-link'))
        if (e.checkVisibility() && e.getBoundingClientRect().height > 1) problems.push(name(e) + ' is printed');
    if (!document.querySelector('h1').checkVisibility()) problems.push('no headline');
    for (const e of document.querySelectorAll('main figure'))
        if (e.checkVisibility() && !/avoid/.test(getComputedStyle(e).breakInside)) problems.push(name(e) + ' may be torn');
    for (const a of document.querySelectorAll('.story-body p a[href^=http]')) {
        const shown = getComputedStyle(a, '::after').content;
        if (a.host !== location.host && !shown.includes('attr(href') && !shown.includes(a.getAttribute('href')))
            problems.push('the address of a link is not printed: ' + a.outerHTML);
    }
    return problems;";

#[test]
fn printed_pages_have_the_story_and_nothing_to_click() {
    let Some(browser) = Browser::start() else { return };
    let newsroom = Newsroom::shared();
    browser.emulate("print", &[]);
    let mut problems = Vec::new();
    for kind in kinds(&newsroom).into_iter().filter(|kind| !kind.name.starts_with("text-")) {
        browser.open(&kind.url);
        let found = browser.execute(ON_PAPER);
        if found != json!([]) {
            problems.push(format!("{}: {found}", kind.name));
        }
    }
    assert!(problems.is_empty(), "{} to fix:\n{}", problems.len(), problems.join("\n"));
}

/// Returns the elements that move although the reader prefers no motion.
const MOVING: &str = "
    const lasts = list => list.split(',').some(time => parseFloat(time) * (time.trim().endsWith('ms') ? 1 : 1000) > 1);
    const moves = style => lasts(style.transitionDuration)
        || (style.animationName !== 'none' && lasts(style.animationDuration)) || style.scrollBehavior === 'smooth';
    return [...document.querySelectorAll('*')]
        .filter(e => [null, '::before', '::after'].some(pseudo => moves(getComputedStyle(e, pseudo))))
        .map(e => e.tagName.toLowerCase() + (e.className ? '.' + e.className : ''));";

#[test]
fn nothing_moves_for_a_reader_who_wants_no_motion() {
    let Some(browser) = Browser::start() else { return };
    let newsroom = Newsroom::shared();
    browser.emulate("screen", &[("prefers-reduced-motion", "reduce")]);
    for kind in kinds(&newsroom) {
        browser.open(&kind.url);
        assert_eq!(browser.execute(MOVING), json!([]), "{}", kind.name);
    }
}
