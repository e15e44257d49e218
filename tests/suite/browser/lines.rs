//! Where lines break in headlines, decks and cards, and how wide boxes are.

use serde_json::json;

use super::driver::Browser;
use super::kinds::{kinds, some};
use super::newsroom::Newsroom;

/// The texts in which a line ends after the hyphen of a short word, or the last line is a single short word.
const BROKEN: &str = "
    const words = e => {
        const found = [];
        const walker = document.createTreeWalker(e, NodeFilter.SHOW_TEXT);
        for (let node = walker.nextNode(); node; node = walker.nextNode())
            for (const match of node.data.matchAll(/\\S+/g)) {
                const range = document.createRange();
                range.setStart(node, match.index);
                range.setEnd(node, match.index + match[0].length);
                const boxes = [...range.getClientRects()].filter(box => box.width);
                if (boxes.length) found.push({text: match[0], boxes});
            }
        return found;
    };
    const is_torn = word => /\\p{L}-\\p{L}/u.test(word.text) && word.text.length <= 16
        && new Set(word.boxes.map(box => Math.round(box.top))).size > 1;
    const width = line => Math.max(...line.map(box => box.right)) - Math.min(...line.map(box => box.left));
    const is_ragged = (e, words) => {
        // Lines that a clamp cuts off don't count, and Chinese has no spaces between words.
        if (e.scrollHeight > e.clientHeight + 2 && getComputedStyle(e).overflow === 'hidden') return false;
        if (/[\\u3000-\\u9fff]/.test(e.textContent)) return false;
        const lines = [];
        for (const word of words) for (const box of word.boxes) {
            const line = lines.find(line => Math.abs(line[0].bottom - box.bottom) < 6);
            if (line) line.push(box); else lines.push([box]);
        }
        const last = lines.at(-1);
        return lines.length > 1 && last.length === 1 && width(last) * 4 < Math.max(...lines.map(width));
    };
    return [...document.querySelectorAll('h1, .deck, .card-title a, .card-text, .related .teaser, .neighbours .teaser')]
        .filter(e => e.checkVisibility())
        .filter(e => { const all = words(e); return all.some(is_torn) || is_ragged(e, all); })
        .map(e => e.className + ': ' + e.textContent);";

#[test]
fn no_headline_deck_or_card_is_torn_at_a_hyphen_or_ends_with_a_lonely_word() {
    let Some(browser) = Browser::start() else { return };
    let newsroom = Newsroom::shared();
    let mut problems = Vec::new();
    for page in kinds(&newsroom) {
        browser.open(&page.url);
        for width in [1280, 390] {
            browser.resize(width, 844);
            let broken = browser.execute(BROKEN);
            if broken != json!([]) {
                problems.push(format!("{} at {width} px: {broken}", page.name));
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn related_stories_fill_their_row_and_a_retraction_is_as_wide_as_the_text() {
    let Some(browser) = Browser::start() else { return };
    let newsroom = Newsroom::shared();
    browser.resize(1280, 800);
    browser.open(&some(&newsroom, &["article-rich"])[0].url);
    let related = browser.execute(
        "const list = document.querySelector('.related ul');
        const stories = [...list.children].map(e => e.getBoundingClientRect());
        return [stories.length, Math.round(list.getBoundingClientRect().right - stories.at(-1).right)];",
    );
    assert_eq!(related, json!([3, 0]));
    browser.open(&some(&newsroom, &["article-retracted"])[0].url);
    let widths = "return ['.retraction', '.author-box'].map(css => document.querySelector(css).offsetWidth)";
    let widths = browser.execute(widths);
    assert_eq!(widths[0], widths[1]);
}

#[test]
fn graphics_have_colours_for_dark_pages() {
    let Some(browser) = Browser::start() else { return };
    let newsroom = Newsroom::shared();
    let files = crate::tree::read(newsroom.folder()).expect("the built site");
    // Portraits and icons are pictures: they look the same on any page.
    let is_graphic = |path: &str| path.ends_with(".svg") && !path.starts_with("authors") && path.contains('/');
    let graphics: Vec<String> = files
        .keys()
        .map(|path| path.to_string_lossy().into_owned())
        .filter(|path| is_graphic(path) && !path.starts_with("assets") && !path.starts_with("text"))
        .collect();
    assert!(graphics.len() >= 3, "{graphics:?}");
    let contrast = "
        const light = colour => { const [r, g, b] = colour.match(/[\\d.]+/g).map(part => part / 255)
            .map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
        const fill = e => light(getComputedStyle(e).fill);
        const ground = fill(document.querySelector('rect'));
        const ratio = e => (Math.max(fill(e), ground) + 0.05) / (Math.min(fill(e), ground) + 0.05);
        return [ground, Math.min(...[...document.querySelectorAll('text')].map(ratio))];";
    for graphic in graphics {
        for (scheme, is_dark) in [("light", false), ("dark", true)] {
            browser.emulate("screen", &[("prefers-color-scheme", scheme)]);
            browser.open(&newsroom.url(&graphic));
            let found: Vec<f64> = serde_json::from_value(browser.execute(contrast)).expect("numbers");
            assert!((found[0] < 0.1) == is_dark && found[1] >= 3.0, "{graphic} ({scheme}): {found:?}");
        }
    }
}
