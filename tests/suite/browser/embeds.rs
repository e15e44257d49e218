//! Videos from other hosts are loaded when the reader asks for them, and not before.

use serde_json::json;

use super::TAB;
use super::driver::Browser;
use super::newsroom::Newsroom;

const HOST: &str = "https://www.youtube-nocookie.com/";
const BUTTON: &str = ".elsewhere button";
const ENTER: char = '\u{e007}';

/// A page of the example newsroom with an embedded video.
fn page_with_a_video(newsroom: &Newsroom) -> String {
    newsroom.url("culture/2022/04/link-pranks/")
}

fn strangers(browser: &Browser, newsroom: &Newsroom) -> Vec<String> {
    browser.requests().into_iter().filter(|url| !url.starts_with(&newsroom.front)).collect()
}

#[test]
fn a_video_is_loaded_by_a_click_and_not_before() {
    let Some(browser) = Browser::start() else { return };
    let newsroom = Newsroom::shared();
    browser.open(&page_with_a_video(&newsroom));
    assert!(browser.has(BUTTON), "the script offers a button");
    assert!(!browser.has(".elsewhere iframe"), "no frame is open yet");
    assert_eq!(strangers(&browser, &newsroom), Vec::<String>::new());
    let name = browser.attribute(BUTTON, "aria-label").unwrap_or_default();
    assert!(name.starts_with(&browser.text(BUTTON)) && name.len() > browser.text(BUTTON).len(), "named: {name}");

    // As a reader without a mouse does it: from the link to the button.
    browser.execute("document.querySelector('.elsewhere a').focus()");
    browser.press(TAB);
    assert_eq!(browser.execute("return document.activeElement.matches('.elsewhere button')"), true);
    browser.press(ENTER);
    assert!(!browser.has(BUTTON), "the frame has taken the button's place");
    assert_eq!(browser.execute("return document.activeElement.tagName"), "IFRAME", "the reader is in the frame");
    assert!(browser.attribute(".elsewhere iframe", "title").is_some_and(|title| !title.is_empty()), "it has a title");
    let shape = "const box = document.querySelector('.elsewhere iframe').getBoundingClientRect();
        return Math.round(box.width / box.height * 100)";
    assert_eq!(browser.execute(shape), 178, "the frame has a film's shape");
    let asked = strangers(&browser, &newsroom);
    assert!(!asked.is_empty() && asked.iter().all(|url| url.starts_with(HOST)), "only {HOST} is asked: {asked:?}");
    // No other host can be reached here; a request that the policy forbids would give another message.
    let refused: Vec<_> = browser.console().into_iter().filter(|(_, said)| said.contains("Content Security")).collect();
    assert!(refused.is_empty(), "{refused:?}");
}

#[test]
fn without_scripts_a_video_is_a_link() {
    let Some(browser) = Browser::start() else { return };
    let newsroom = Newsroom::shared();
    browser.allow_scripts(false);
    browser.open(&page_with_a_video(&newsroom));
    assert!(!browser.has(BUTTON), "no button that would do nothing");
    let link = "const link = document.querySelector('.elsewhere a');
        return [link.checkVisibility(), link.href.startsWith('https://www.youtube.com/watch?v='), link.innerText !== '']";
    assert_eq!(browser.execute(link), json!([true, true, true]));
    assert_eq!(strangers(&browser, &newsroom), Vec::<String>::new());
}
