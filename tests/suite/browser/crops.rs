//! The desk's page of crops: a click sets the focus, a drag a crop, and the fields both without scripts.

use super::accessible::{LOOK, axe};
use super::as_text;
use super::driver::Browser;
use crate::serve::crops::{FILE, PAGE, with_photo};
use crate::serve::preview::{Preview, until};

/// A place in the drawn picture, in pixels of the window.
fn place(browser: &Browser, x: i64, y: i64) -> (i64, i64) {
    let script = "const picture = document.querySelector('.whole input[type=image]');
                  picture.scrollIntoView({block: 'start'});
                  const box = picture.getBoundingClientRect(); return [Math.round(box.x), Math.round(box.y)].join(' ')";
    let corner = as_text(browser, script);
    let (left, top) = corner.split_once(' ').unwrap();
    (left.parse::<i64>().unwrap() + x, top.parse::<i64>().unwrap() + y)
}

/// Clicks an element, which the bar at the lower edge of the window might cover.
fn click(browser: &Browser, css: &str) {
    browser.execute(&format!("document.querySelector('{css}').scrollIntoView({{block: 'center'}})"));
    browser.click(css);
}

/// Waits until the page says that a change is saved.
#[track_caller]
fn is_told(browser: &Browser, words: &str) {
    // In one step: the page may be replaced at any time.
    let script = "return [...document.querySelectorAll('.notice')].map(notice => notice.textContent).join()";
    let said = || as_text(browser, script).contains(words).then_some(());
    until(said, || format!("the page never said: {words}")).unwrap_or_else(|why| panic!("{why}"));
}

/// Fails if the browser has refused something because of the page's policy.
#[track_caller]
fn refuses_nothing(browser: &Browser) {
    let refused: Vec<_> = browser.console().into_iter().filter(|(_, said)| said.contains("Content Security")).collect();
    assert!(refused.is_empty(), "{refused:?}");
}

fn has(preview: &Preview, line: &str) -> bool {
    preview.read(FILE).lines().any(|written| written.trim() == line)
}

#[test]
fn a_click_sets_the_focus_and_a_drag_the_crop_and_readers_see_them() {
    let Some(browser) = Browser::start() else { return };
    let preview = Preview::of(&with_photo(), &[]);
    let card = "return document.querySelector('[name=slot][value=card]').closest('li').querySelector('img').currentSrc";
    browser.resize(1280, 900);
    browser.open(&preview.url(PAGE));
    let before = as_text(&browser, card);

    let upper_right = place(&browser, 240, 48);
    browser.drag(upper_right, upper_right);
    is_told(&browser, "The focus is saved.");
    assert!(has(&preview, "focus: 75% 10%"), "{}", preview.read(FILE));
    let focused = as_text(&browser, card);
    assert_ne!(before, focused, "the card keeps another part");

    let button = "li:has([name=slot][value=card]) .draw";
    click(&browser, button);
    assert_eq!(browser.attribute(button, "aria-pressed").as_deref(), Some("true"));
    browser.drag(place(&browser, 32, 48), place(&browser, 192, 288));
    is_told(&browser, "The crop is saved.");
    assert!(has(&preview, "crops: {card: [10, 10, 50, 50]}"), "{}", preview.read(FILE));
    let is_loaded = "const card = document.querySelector('[name=slot][value=card]').closest('li').querySelector('img');
                     return card.decode().then(() => card.currentSrc)";
    let drawn = as_text(&browser, is_loaded);
    assert_ne!(drawn, focused, "and this is another card again");

    // Without scripts, and with the keyboard alone: the picture itself is no stop.
    assert_eq!(browser.attribute(".whole input[type=image]", "tabindex").as_deref(), Some("-1"));
    refuses_nothing(&browser);
    if let Some(axe) = axe() {
        browser.execute(&axe);
        assert_eq!(browser.execute_until_done(LOOK), serde_json::json!([]));
        // The policy refuses the styles that axe itself adds.
        browser.console();
    }
    browser.allow_scripts(false);
    browser.open(&preview.url(PAGE));
    assert!(!browser.has(&format!("{button}:not([hidden])")), "what needs a script is not offered");
    click(&browser, "li:has([name=slot][value=card]) [value=no-crop]");
    is_told(&browser, "The crop is removed.");
    assert!(!preview.read(FILE).contains("crops"), "{}", preview.read(FILE));
    refuses_nothing(&browser);
}
