//! The preview as editors see it: pages that update when files change, errors over the page, and the desk.

use std::fs;
use std::time::{SystemTime, UNIX_EPOCH};

use super::accessible::{LOOK, axe};
use super::as_text;
use super::driver::Browser;
use crate::serve::preview::{Preview, paper, path_of, story, until, waiting};
use crate::tree::Tree;

/// The element that the preview adds to pages.
const OWN: &str = "const own = document.querySelector('presswork-live').shadowRoot;";

/// Waits until a script returns true.
#[track_caller]
fn wait(browser: &Browser, script: &str) {
    let look = || (browser.execute(script) == true).then_some(());
    until(look, || format!("it never came to `{script}`")).unwrap_or_else(|why| panic!("{why}"));
}

/// A story that is taller than any window.
fn long(number: usize, end: &str) -> String {
    let paragraphs: Vec<String> = (0..80).map(|at| format!("Paragraph {at} of a long story.")).collect();
    story(number, &format!("{}\n\n{end}", paragraphs.join("\n\n")))
}

/// A paper in the default theme with a style sheet of its own.
fn dressed(stories: usize) -> Tree {
    let mut files = paper(stories);
    files.retain(|path, _| !path.starts_with("themes"));
    let mut add = |path: &str, text: &str| files.insert(path.into(), text.as_bytes().to_vec());
    add("site.yaml", "title: The Paper\nbase_url: https://example.org/\ntheme: mine\nhosts: [netlify]\n");
    add("themes/mine/theme.yaml", "name: mine\nextends: broadsheet\n");
    add(
        "themes/mine/assets/css/story.css",
        "@import '_options.css';\nbody { min-height: 500vh; background: rgb(250, 250, 250) }",
    );
    files.insert("content/world/story-1.md".into(), long(1, "The end.").into_bytes());
    files
}

#[test]
fn an_edit_is_shown_where_the_reader_is_and_other_pages_stay() {
    let Some(browser) = Browser::start() else { return };
    let preview = Preview::of(&dressed(4), &[]);
    browser.open(&preview.url(&path_of(1)));
    wait(&browser, &format!("{OWN} return !own.querySelector('.badge').hidden"));
    browser.execute("window.stays = true; scrollTo(0, 1500)");
    preview.write("content/world/story-2.md", story(2, "Of another page."));
    preview.wait_for(&path_of(2), "Of another page.");
    preview.write("content/world/story-1.md", long(1, "The new end."));
    wait(&browser, "return document.body.innerText.includes('The new end.')");
    assert_eq!(browser.execute("return window.stays === undefined"), true, "this page was loaded again");
    wait(&browser, "return scrollY === 1500");
    // If the first edit had reloaded the page, there would be two more loads.
    let loads = "return performance.getEntriesByType('navigation')[0].type";
    assert_eq!(as_text(&browser, loads), "reload");
    browser.execute("window.stays = true");
    preview.write("content/world/story-3.md", story(3, "Once more elsewhere."));
    preview.wait_for(&path_of(3), "Once more elsewhere.");
    preview
        .write("content/world/fresh.md", "---\ntitle: A fresh story\ndate: 2026-01-09\nauthors: [ana]\n---\n\nText.\n");
    wait(&browser, &format!("{OWN} return own.querySelector('.toast').innerText.includes('A fresh story')"));
    assert_eq!(browser.execute("return window.stays"), true, "this page was left alone");
    browser.execute(&format!("{OWN} own.querySelector('.toast a').click()"));
    browser.wait_for_url(&preview.url("/world/2026/01/fresh/"));
    let refused: Vec<_> = browser.console().into_iter().filter(|(level, _)| level == "SEVERE").collect();
    assert!(refused.is_empty(), "{refused:?}");
}

/// Browsers open at most six connections to a host, and every visible page uses one.
#[test]
fn many_tabs_are_open_and_catch_up_when_they_are_seen_again() {
    let Some(browser) = Browser::start() else { return };
    let preview = Preview::of(&dressed(4), &[]);
    browser.open(&preview.url(&path_of(1)));
    wait(&browser, &format!("{OWN} return !own.querySelector('.badge').hidden"));
    let first = browser.tab();
    browser.execute("window.stays = true");
    for _ in 0..8 {
        browser.new_tab();
        browser.open(&preview.url(&path_of(2)));
        wait(&browser, &format!("{OWN} return !own.querySelector('.badge').hidden"));
    }
    preview
        .write("content/world/fresh.md", "---\ntitle: A fresh story\ndate: 2026-01-09\nauthors: [ana]\n---\n\nText.\n");
    preview.wait_for("/world/2026/01/fresh/", "A fresh story");
    browser.go_to_tab(&first);
    wait(&browser, &format!("{OWN} return own.querySelector('.toast').innerText.includes('A fresh story')"));
    assert_eq!(browser.execute("return window.stays"), true, "this page is as it was");
    let second = browser.tab();
    browser.new_tab();
    preview.write("content/world/story-1.md", long(1, "While nobody looked."));
    preview.wait_for(&path_of(1), "While nobody looked.");
    browser.go_to_tab(&second);
    wait(&browser, "return document.body.innerText.includes('While nobody looked.')");
}

#[test]
fn a_style_sheet_changes_without_loading_the_page() {
    let Some(browser) = Browser::start() else { return };
    let preview = Preview::of(&dressed(3), &[]);
    browser.open(&preview.url(&path_of(1)));
    wait(&browser, &format!("{OWN} return !own.querySelector('.badge').hidden"));
    browser.execute("window.stays = true; scrollTo(0, 700)");
    preview.write("themes/mine/assets/css/story.css", "body { min-height: 500vh; background: rgb(1, 2, 3) }");
    wait(&browser, "return getComputedStyle(document.body).backgroundColor === 'rgb(1, 2, 3)'");
    wait(&browser, "return document.querySelectorAll('link[rel=stylesheet][href*=\"/story.\"]').length === 1");
    assert_eq!(browser.execute("return [window.stays, scrollY]"), serde_json::json!([true, 700]));
}

#[test]
fn an_error_covers_the_page_until_it_is_fixed() {
    let Some(browser) = Browser::start() else { return };
    let preview = Preview::of(&dressed(3), &["--editor", "vscode"]);
    browser.open(&preview.url(&path_of(1)));
    wait(&browser, &format!("{OWN} return !own.querySelector('.badge').hidden"));
    preview.write("content/world/story-2.md", story(2, "Text.").replace("[ana]", "[anna]"));
    wait(&browser, &format!("{OWN} return !own.querySelector('.sheet').hidden"));
    let shown = as_text(&browser, &format!("{OWN} return own.querySelector('.sheet').innerText"));
    for words in ["1 error", "unknown author `anna`", "content/world/story-2.md:4:11", "did you mean `ana`"] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    let link = as_text(&browser, &format!("{OWN} return own.querySelector('.sheet a').href"));
    assert!(link.starts_with("vscode://file/") && link.ends_with("/story-2.md:4:11"), "{link}");
    assert!(browser.text("h1").contains("Story 1"), "the page is there underneath");
    preview.write("content/world/story-2.md", story(2, "Text."));
    wait(&browser, &format!("{OWN} return own.querySelector('.sheet').hidden"));
    // This holds for the configuration too.
    let good = preview.read("site.yaml");
    preview.write("site.yaml", "title: [");
    wait(&browser, &format!("{OWN} return own.querySelector('.sheet').innerText.includes('site.yaml')"));
    preview.write("site.yaml", good);
    wait(&browser, &format!("{OWN} return own.querySelector('.sheet').hidden"));
}

#[test]
fn a_site_broken_at_the_start_is_shown_once_it_is_fixed() {
    let Some(browser) = Browser::start() else { return };
    let mut files = dressed(2);
    let good = files.insert("site.yaml".into(), b"title: [".to_vec()).unwrap();
    let preview = Preview::of(&files, &[]);
    browser.open(&preview.url(&path_of(1)));
    assert!(browser.text("main").contains("site.yaml"), "{}", browser.text("main"));
    preview.write("site.yaml", good);
    wait(&browser, "return document.querySelector('h1').innerText === 'Story 1'");
}

/// Stories in each pending state, in the default theme.
fn newsroom() -> Tree {
    waiting(dressed(2))
}

#[test]
fn the_desk_filters_and_previews_the_future_without_scripts() {
    let Some(browser) = Browser::start() else { return };
    let preview = Preview::of(&newsroom(), &["--no-drafts"]);
    for scripts in [true, false] {
        browser.allow_scripts(scripts);
        browser.open(&preview.url("/_presswork/?at=now"));
        assert!(browser.text("main").contains("The embargo story"), "{}", browser.text("main"));
        browser.open(&preview.url("/_presswork/"));
        browser.execute("document.querySelector('#author').value = 'sam'");
        browser.follow(".filters button");
        assert!(browser.text("main").contains("The draft story"));
        assert!(!browser.text("main").contains("The embargo story"), "{}", browser.text("main"));
        // The first upcoming change is the end of the embargo; the whole site is shown as of then.
        browser.open(&preview.url("/_presswork/"));
        browser.follow(".coming a");
        assert!(browser.text(".moment").contains("15:30"), "{}", browser.text(".moment"));
        browser.open(&preview.url("/"));
        assert!(browser.text("main").contains("The embargo story"), "the front page of then");
        browser.open(&preview.url("/_presswork/"));
        browser.execute("document.querySelector('#at').value = '2026-11-22T09:00'");
        browser.follow(".clock button");
        assert!(browser.text(".moment").contains("09:00"), "{}", browser.text(".moment"));
        browser.follow(".clock a");
        browser.open(&preview.url("/"));
        assert!(!browser.text("main").contains("The embargo story"), "the front page of now");
    }
}

#[test]
fn the_desk_is_updated_only_if_its_contents_change() {
    let Some(browser) = Browser::start() else { return };
    let preview = Preview::of(&newsroom(), &[]);
    browser.open(&preview.url("/_presswork/"));
    browser.execute("window.stays = true; document.querySelector('#at').focus()");
    preview.write("content/world/story-1.md", story(1, "Nothing that the desk tells."));
    preview.wait_for(&path_of(1), "Nothing that the desk tells.");
    let draft = "---\ntitle: The second draft\ndate: 2026-11-21\nauthors: [ana]\ndraft: true\n---\n\nText.\n";
    preview.write("content/local/second.md", draft);
    preview.wait_for("/local/2026/11/second/", "The second draft");
    // The desk is not updated while somebody is choosing another time.
    assert_eq!(browser.execute("return window.stays"), true);
    browser.execute("document.activeElement.blur()");
    wait(&browser, "return document.body.innerText.includes('The second draft')");
}

/// The comments on the first story.
const THREAD: &str = "comments/world/story-0.yaml";
const COMMENT: &str = "comments:\n  - id: a\n    name: Noor\n    date: 2026-11-20\n    text: Who counted them?\n";

/// A paper in the default theme with a comment on the first story.
fn commented() -> Tree {
    let mut files = dressed(2);
    files.insert(THREAD.into(), COMMENT.into());
    files
}

/// Presses Enter on an element.
fn press_on(browser: &Browser, css: &str) {
    browser.execute(&format!("document.querySelector('{css}').focus()"));
    browser.press('\u{e007}');
}

/// Waits for a notice on the desk.
#[track_caller]
fn notice(browser: &Browser, words: &str) {
    wait(browser, &format!("return document.querySelector('.notice')?.innerText.includes('{words}') ?? false"));
}

#[test]
fn a_comment_is_hidden_on_the_desk_by_keyboard() {
    let Some(browser) = Browser::start() else { return };
    let preview = Preview::of(&commented(), &[]);
    let (desk, story) = (preview.url("/_presswork/?section=world"), preview.url(&path_of(0)));
    for scripts in [true, false] {
        browser.allow_scripts(scripts);
        browser.open(&desk);
        press_on(&browser, ".change button");
        notice(&browser, "is hidden");
        assert!(browser.current_url().starts_with(&desk), "the filters stay: {}", browser.current_url());
        assert_eq!(preview.read(THREAD), format!("{COMMENT}    hidden: true\n"));
        assert_eq!(browser.text(".change button").lines().next(), Some("Show"));
        browser.open(&story);
        assert!(!browser.has("#comment-a"), "the comment has left the page");
        browser.open(&desk);
        press_on(&browser, ".change button");
        notice(&browser, "is shown");
        assert_eq!(preview.read(THREAD), COMMENT);
        browser.open(&story);
        assert!(browser.has("#comment-a"));
    }
    // What has answered a form keeps its notice when the desk changes.
    browser.allow_scripts(true);
    browser.open(&desk);
    browser.execute("document.querySelector('.change [name=version]').value = '0'");
    press_on(&browser, ".change button");
    notice(&browser, "has changed since this page was loaded");
    preview.write(THREAD, format!("{COMMENT}  - {{id: b, name: Bo, date: 2026-11-21, text: A new one}}\n"));
    wait(&browser, "return document.querySelector('.columns').innerText.includes('A new one')");
    assert!(browser.has(".refused"));
}

#[test]
fn the_newsroom_replies_from_the_desk_and_loses_no_word() {
    let Some(browser) = Browser::start() else { return };
    let preview = Preview::of(&commented(), &[]);
    let (desk, story) = (preview.url("/_presswork/"), preview.url(&path_of(0)));
    browser.open(&desk);
    press_on(&browser, ".comments summary");
    wait(&browser, "return document.querySelector('.reply textarea').checkVisibility()");
    browser.execute("document.querySelector('.reply select').value = 'ana'; document.querySelector('.reply textarea').value = 'The *clerk*.'");
    // A page with a reply that is not saved is not loaded again.
    browser.execute("window.stays = true");
    preview.write(
        "content/local/fresh.md",
        "---\ntitle: A fresh draft\ndate: 2026-11-22\nauthors: [ana]\ndraft: true\n---\n\nText.\n",
    );
    preview.wait_for("/local/2026/11/fresh/", "A fresh draft");
    assert_eq!(browser.execute("return window.stays"), true);
    press_on(&browser, ".reply button");
    notice(&browser, "reply is saved");
    browser.open(&story);
    assert_eq!(browser.text(".comment.is-staff .comment-text"), "The clerk.");
    assert_eq!(browser.texts(".comment .comment-name"), ["Noor", "Ana Lopez"]);

    // Somebody else has saved the file: the reason is shown, the reply stays, and the next try works.
    browser.open(&desk);
    browser.execute(
        "document.querySelector('.reply').parentElement.open = true;
         document.querySelector('.reply select').value = 'sam'; document.querySelector('.reply textarea').value = 'Again.';
         document.querySelector('.reply [name=version]').value = '0'",
    );
    press_on(&browser, ".reply button");
    notice(&browser, "has changed since this page was loaded");
    assert_eq!(browser.execute("return document.querySelector('.reply textarea').value"), "Again.");
    press_on(&browser, ".reply button");
    notice(&browser, "reply is saved");
    let refused: Vec<_> = browser.console().into_iter().filter(|(_, said)| said.contains("Content Security")).collect();
    assert!(refused.is_empty(), "{refused:?}");
}

#[test]
fn a_form_of_another_site_changes_no_comment() {
    let Some(browser) = Browser::start() else { return };
    let preview = Preview::of(&commented(), &[]);
    let desk = preview.url("/_presswork/");
    browser.open(&desk);
    // Even with the secret of the desk.
    let fields = as_text(&browser, "return document.querySelector('.change').innerHTML").replace('"', "'");
    let html = format!("<form method=post action={desk}>{fields}</form>");
    browser.open(&format!(
        "data:text/html,{}",
        percent_encoding::utf8_percent_encode(&html, percent_encoding::NON_ALPHANUMERIC)
    ));
    browser.follow("form button");
    assert!(browser.text("body").contains("may not load this preview"), "{}", browser.text("body"));
    assert_eq!(preview.read(THREAD), COMMENT);
}

#[test]
fn the_badge_marks_stories_that_are_not_public() {
    let Some(browser) = Browser::start() else { return };
    let preview = Preview::of(&newsroom(), &[]);
    let badge = |path: &str, words: &str| {
        browser.open(&preview.url(path));
        wait(&browser, &format!("{OWN} return own.querySelector('.badge').innerText.includes('{words}')"));
    };
    badge("/local/2026/11/draft/", "Draft");
    badge("/local/2026/11/embargo/", "Not public yet");
    badge("/?at=2026-11-22T16:00", "As of Sun 2026-11-22 16:00");
    badge("/world/", "As of Sun");
    browser.execute(&format!("{OWN} [...own.querySelectorAll('.badge a')].find(a => a.innerText === 'Now').click()"));
    wait(&browser, &format!("{OWN} return !own.querySelector('.badge').innerText.includes('As of')"));
}

#[test]
fn the_badge_is_a_strip_that_cuts_no_line_and_hides_no_end() {
    let Some(browser) = Browser::start() else { return };
    let preview = Preview::of(&newsroom(), &[]);
    for width in [390, 1280] {
        browser.resize(width, 800);
        browser.open(&preview.url("/"));
        wait(&browser, &format!("{OWN} return !own.querySelector('.badge').hidden"));
        browser.execute("scrollTo({top: document.documentElement.scrollHeight, behavior: 'instant'})");
        let covered = browser.execute(&format!(
            "{OWN} const badge = own.querySelector('.badge').getBoundingClientRect();
            const last = [...document.body.querySelectorAll('*')].map(e => e.getBoundingClientRect().bottom);
            return [badge.left, document.documentElement.clientWidth - badge.right, Math.max(...last) > badge.top + 1];"
        ));
        assert_eq!(covered, serde_json::json!([0, 0, false]), "at {width} px");
    }
}

#[test]
fn axe_finds_no_barrier_on_the_desk_or_in_overlays() {
    let Some(browser) = Browser::start() else { return };
    let Some(axe) = axe() else { return };
    let mut files = newsroom();
    files.insert("site.yaml".into(), b"title: The Paper\nbase_url: https://example.org/\n".to_vec());
    let thread = format!(
        "comments:\n  - {{id: a, name: \u{646}\u{648}\u{631}, date: 2026-11-20, text: {}}}\n  - {{id: b, parent: a, name: Bo, date: \
         2026-11-21, hidden: true, text: Hidden.}}\n",
        "w".repeat(400)
    );
    files.insert(THREAD.into(), thread.into_bytes());
    let preview = Preview::of(&files, &["--editor", "vscode"]);
    preview.write("content/world/story-1.md", story(1, "Text.").replace("[sam]", "[samuel]"));
    preview.wait("/_presswork/", "an error", |answer| answer.text().contains("1 error"));
    browser.bring_along(&axe);
    let mut problems = Vec::new();
    for (page, width) in [("/_presswork/", 1280), ("/_presswork/", 320), (&*path_of(0), 1280)] {
        browser.resize(width, 900);
        browser.open(&preview.url(page));
        browser.execute("for (const details of document.querySelectorAll('.comments details')) details.open = true");
        // The desk has its own list.
        if !page.starts_with("/_presswork/") {
            wait(&browser, &format!("{OWN} return !own.querySelector('.sheet').hidden"));
        }
        for scheme in ["light", "dark"] {
            browser.emulate("screen", &[("prefers-color-scheme", scheme)]);
            let found = browser.execute_until_done(LOOK);
            let found = found.as_array().into_iter().flatten().filter_map(|line| line.as_str());
            problems.extend(found.map(|line| format!("{page} at {width} ({scheme}): {line}")));
        }
        let is_wide = browser.execute("return document.documentElement.scrollWidth > innerWidth");
        assert_eq!(is_wide, false, "{page} scrolls sideways at {width}");
    }
    assert!(problems.is_empty(), "{} to fix:\n{}", problems.len(), problems.join("\n"));
}

/// Measures the figures of docs/PERFORMANCE.md: `PRESSWORK_STORIES=10000 cargo test --test suite repaint -- --ignored
/// --nocapture`, with `PRESSWORK_BINARY` naming a release build.
#[test]
#[ignore = "measures and tests nothing"]
fn repaint() {
    let Some(browser) = Browser::start() else { return };
    let stories = std::env::var("PRESSWORK_STORIES").ok().and_then(|text| text.parse().ok()).unwrap_or(100);
    let preview = Preview::of(&paper(stories), &[]);
    browser.open(&preview.url(&path_of(1)));
    wait(&browser, &format!("{OWN} return !own.querySelector('.badge').hidden"));
    let mut times: Vec<f64> = (0..21)
        .map(|at| {
            let start = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs_f64() * 1e3;
            let text = story(1, &format!("Edit {at}."));
            fs::write(preview.root.join("content/world/story-1.md"), text).unwrap();
            wait(&browser, &format!("return document.body.innerText.includes('Edit {at}.')"));
            let painted = "const paint = performance.getEntriesByName('first-contentful-paint')[0];
                return paint ? performance.timeOrigin + paint.startTime : 0";
            let paint =
                until(|| browser.execute(painted).as_f64().filter(|time| *time > 0.0), || "no paint".to_owned());
            paint.unwrap() - start
        })
        .collect();
    times.sort_by(f64::total_cmp);
    let (median, last) = (times[times.len() / 2], times[times.len() - 1]);
    println!(
        "{stories} stories: from the write to the paint {median:.0} ms (median of {}), at most {last:.0} ms",
        times.len()
    );
    println!("memory {} MB", preview.memory() >> 20);
}

#[test]
fn stories_that_are_not_public_are_labelled_wherever_they_are_linked() {
    let Some(browser) = Browser::start() else { return };
    let mut files = dressed(3);
    let config =
        "title: The Paper\nbase_url: https://example.org/\nanalytics: {service: plausible, site: example.org}\n";
    files.insert("site.yaml".into(), config.into());
    let preview = Preview::of(&files, &["--drafts"]);
    let story = |state: &str| format!("---\ntitle: Not yet\n{state}authors: [ana]\n---\n\nText of it.\n");
    preview.write("content/world/unready.md", story("date: 2026-01-09\ndraft: true\n"));
    preview.write("content/world/ahead.md", story("date: 2126-01-09\n"));
    preview.wait_for("/world/2126/01/ahead/", "Text of it.");
    preview.wait_for("/world/2026/01/unready/", "Text of it.");
    browser.open(&preview.url("/world/"));
    let label = |path: &str| {
        let link = format!("document.querySelector('main a[href=\"{path}\"]')");
        as_text(&browser, &format!("return getComputedStyle({link}, '::before').content"))
    };
    assert_eq!(label("/world/2026/01/unready/"), "\"Draft\"");
    assert_eq!(label("/world/2126/01/ahead/"), "\"Scheduled\"");
    assert_eq!(label(&path_of(0)), "none");
    assert!(!browser.has("script[data-domain]"), "the newsroom's own visits are counted");
}
