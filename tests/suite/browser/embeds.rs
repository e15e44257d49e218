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

/// A URL of each service, and the origin of its frame.
const SERVICES: &[(&str, &str)] = &[
    ("https://youtu.be/abc?t=90", "https://www.youtube-nocookie.com/"),
    ("https://vimeo.com/123", "https://player.vimeo.com/"),
    ("https://social.example/@ana/112233", "https://social.example/"),
    ("https://bsky.app/profile/ana.example/post/3kabc", "https://embed.bsky.app/"),
    ("https://x.com/ana/status/123", "https://platform.twitter.com/"),
    ("https://www.instagram.com/p/CxYz/", "https://www.instagram.com/"),
    ("https://www.tiktok.com/@ana/video/123", "https://www.tiktok.com/"),
    ("https://www.facebook.com/ana/posts/123", "https://www.facebook.com/"),
    ("https://soundcloud.com/ana/dusk", "https://w.soundcloud.com/"),
    ("https://open.spotify.com/track/4rOo", "https://open.spotify.com/"),
    ("https://datawrapper.dwcdn.net/AbC12/3/", "https://datawrapper.dwcdn.net/"),
    ("https://flo.uri.sh/visualisation/123/embed", "https://flo.uri.sh/"),
];

/// Presses the first button, and is done when its frame has loaded.
const PRESS: &str = "const place = document.querySelector('.elsewhere button').parentElement;
    place.querySelector('button').click();
    place.querySelector('iframe').addEventListener('load', () => done(true));";

#[test]
fn a_service_is_asked_when_its_button_is_pressed_and_not_before() {
    let Some(browser) = Browser::start() else { return };
    let urls: Vec<&str> = SERVICES.iter().map(|(url, _)| *url).collect();
    let newsroom = Newsroom::of_story("hosts: [netlify]\n", &format!("Words.\n\n{}", urls.join("\n\n")), &[]);
    browser.open(&newsroom.page("news/2026/06/story/"));
    assert_eq!(browser.texts(BUTTON).len(), SERVICES.len(), "each has a button");
    assert!(!browser.has("iframe"), "no frame is open yet");
    assert_eq!(strangers(&browser, &newsroom), Vec::<String>::new());
    for (url, origin) in SERVICES {
        // The first button that is left: each gives way to its frame, which is asked for by the time it has loaded,
        // be it with an error.
        browser.execute_until_done(PRESS);
        let asked = strangers(&browser, &newsroom);
        let others: Vec<&String> = asked.iter().filter(|asked| !asked.starts_with(origin)).collect();
        assert!(!asked.is_empty() && others.is_empty(), "{url} asks only {origin}: {asked:?}");
    }
    assert!(!browser.has(BUTTON), "every frame is open");
    let refused: Vec<_> = browser.console().into_iter().filter(|(_, said)| said.contains("Content Security")).collect();
    assert!(refused.is_empty(), "{refused:?}");
}

#[test]
fn without_scripts_a_service_is_a_link() {
    let Some(browser) = Browser::start() else { return };
    let newsroom = Newsroom::of_story("", "Words.\n\nhttps://social.example/@ana/112233", &[]);
    browser.allow_scripts(false);
    browser.open(&newsroom.page("news/2026/06/story/"));
    assert!(!browser.has(BUTTON), "no button that would do nothing");
    let link = "const link = document.querySelector('.elsewhere a');
        return [link.checkVisibility(), link.href, link.innerText]";
    assert_eq!(browser.execute(link), json!([true, "https://social.example/@ana/112233", "Mastodon"]));
    assert_eq!(strangers(&browser, &newsroom), Vec::<String>::new());
}
