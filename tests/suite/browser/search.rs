//! Readers search: with a script, without one, in several scripts, and when files are missing.

use serde_json::Value;

use super::driver::Browser;
use super::newsroom::Newsroom;
use crate::serve::preview::until;

const PAGE: &str = "search/";
const STATUS: &str = ".search-status";
const TITLES: &str = ".search-list h2";

fn story(path: &str, keys: &str, text: &str) -> (String, String) {
    let front = format!("---\n{keys}\n---\n\n");
    (format!("content/{path}.md"), format!("{front}{text}\n"))
}

fn files() -> Vec<(String, String)> {
    let mut files = vec![
        story(
            "world/harbour",
            "title: Harbour strike enters its second week\ndate: 2026-11-20\nauthors: [ina-holm]",
            "The cranes have not moved since Monday. Talks between the union and the port broke off in the second week.",
        ),
        story(
            "culture/concert",
            "title: A concert at the quay\ndate: 2026-10-01\nauthors: [{name: Zoë Müller}]",
            "A week of music in the old harbour, for the second time.",
        ),
        story("world/zh", "title: 学习编程的人\ndate: 2026-05-01\nlanguage: zh-Hans", "他们在夜校学习编程，能力很强。"),
        story(
            "world/ja",
            "title: 港のストライキ\ndate: 2026-05-02\nlanguage: ja",
            "港湾労働者の組合は、東京で会見した。",
        ),
        story("world/ko", "title: 항구의 파업\ndate: 2026-05-03\nlanguage: ko", "노동조합은 서울에서 회견했다."),
        story("world/th", "title: การนัดหยุดงาน\ndate: 2026-05-04\nlanguage: th", "คนงานท่าเรือกรุงเทพหยุดงาน"),
        story(
            "world/ar",
            "title: إضراب في الميناء\ndate: 2026-05-05\nlanguage: ar",
            "توقفت الرافعات منذ يوم الاثنين، وقالت الحكومة إنها تنتظر.",
        ),
    ];
    for number in 0..40 {
        let keys = format!(
            "title: Council report {number}\ndate: 2026-0{}-{:02}\nauthors: [ina-holm]",
            1 + number / 20,
            1 + number % 20
        );
        files.push(story(&format!("local/report-{number}"), &keys, "The council met on Monday."));
    }
    files
}

/// Types words as a reader does, and waits for the titles of the results.
fn search(browser: &Browser, words: &str) -> Vec<String> {
    let typed = serde_json::to_string(words).unwrap();
    browser.execute(&format!(
        "const field = document.forms[0].elements.q; field.value = {typed}; \
         document.querySelector('{STATUS}').textContent = ''; document.querySelector('.search-list').replaceChildren(); \
         field.dispatchEvent(new Event('input', {{bubbles: true}}))"
    ));
    results(browser)
}

/// The titles, when there are some or the page says that there are none.
fn results(browser: &Browser) -> Vec<String> {
    let said = || Some(browser.text(STATUS)).filter(|text| !text.is_empty());
    until(said, || "the search says nothing".to_owned()).unwrap_or_else(|why| panic!("{why}"));
    browser.texts(TITLES)
}

fn index_requests(browser: &Browser) -> usize {
    browser
        .requests()
        .iter()
        .filter(|url| url.contains("/search/") && (url.contains(".idx") || url.contains(".json")))
        .count()
}

#[test]
fn readers_find_stories_as_they_type() {
    let Some(browser) = Browser::start() else { return };
    let newsroom = Newsroom::of_files("hosts: [netlify]\n", &files());
    browser.open(&newsroom.page(PAGE));
    assert_eq!(index_requests(&browser), 0, "nothing is loaded before a reader searches");
    let (harbour, concert) = ("Harbour strike enters its second week", "A concert at the quay");
    assert_eq!(search(&browser, "harb"), [harbour, concert]);
    assert!(browser.text(STATUS).contains('2'));
    assert!(browser.current_url().ends_with("?q=harb"));
    let snippet = || Some(browser.texts(".search-text mark")).filter(|marks| !marks.is_empty());
    until(snippet, || "no snippet is marked".to_owned()).unwrap_or_else(|why| panic!("{why}"));
    assert!(browser.texts(".search-text")[1].starts_with("A week of music in the old harbour"));
    assert_eq!(search(&browser, "strikes crane"), [harbour], "other forms of the words");
    assert_eq!(search(&browser, "\"second week\""), [harbour], "a phrase");
    assert_eq!(search(&browser, "harbour -music"), [harbour], "a word that must not be there");
    assert_eq!(search(&browser, "muller"), [concert], "without accents");
    assert_eq!(search(&browser, "harbuor"), [harbour, concert]);
    assert!(browser.text(STATUS).contains("harbour"), "the page says what it has searched for");
    assert_eq!(search(&browser, "zeppelins"), Vec::<String>::new());
    for (words, title) in [
        ("编程", "学习编程的人"),
        ("能", "学习编程的人"),
        ("東京", "港のストライキ"),
        ("노동조합", "항구의 파업"),
        ("กรุงเทพ", "การนัดหยุดงาน"),
        ("حكومة", "إضراب في الميناء"),
    ] {
        assert_eq!(search(&browser, words), [title], "{words}");
    }
    let direction = "return getComputedStyle(document.querySelector('.search-list h2')).direction";
    assert_eq!(browser.execute(direction), "rtl");
    let refused: Vec<_> = browser.console().into_iter().filter(|(level, _)| level == "SEVERE").collect();
    assert!(refused.is_empty(), "{refused:?}");
}

#[test]
fn filters_pages_history_and_keys() {
    let Some(browser) = Browser::start() else { return };
    let newsroom = Newsroom::of_files("", &files());
    browser.open(&newsroom.url("search/?q=monday"));
    assert_eq!(results(&browser).len(), 10);
    assert!(browser.text(STATUS).contains("41"), "{}", browser.text(STATUS));
    browser.click(".search-more");
    let more = || (browser.texts(TITLES).len() == 20).then_some(());
    until(more, || "no more results".to_owned()).unwrap_or_else(|why| panic!("{why}"));
    assert!(browser.execute("return document.activeElement.textContent").as_str().unwrap().contains("Council"));

    browser.click(".search-filters summary");
    let options = || Some(browser.texts("[name=section] option")).filter(|options| options.len() > 1);
    let options = until(options, || "no options".to_owned()).unwrap_or_else(|why| panic!("{why}"));
    assert_eq!(options[1..], ["Local (40)", "World (1)"]);
    browser.execute(
        "const select = document.querySelector('[name=section]'); select.value = 'world';
         select.dispatchEvent(new Event('change', {bubbles: true}))",
    );
    let only = || (browser.texts(TITLES) == ["Harbour strike enters its second week"]).then_some(());
    until(only, || format!("{:?}", browser.texts(TITLES))).unwrap_or_else(|why| panic!("{why}"));
    assert!(browser.current_url().ends_with("?q=monday&section=world"));
    browser.execute("history.back()");
    let all = || (browser.texts(TITLES).len() == 10).then_some(());
    until(all, || format!("{:?}", browser.texts(TITLES))).unwrap_or_else(|why| panic!("{why}"));

    browser.open(&newsroom.url("search/?q=monday&sort=newest&from=2026-02-01&to=2026-02-03"));
    assert_eq!(results(&browser), ["Council report 22", "Council report 21", "Council report 20"]);
    browser.execute("document.forms[0].elements.q.focus()");
    browser.press('\u{e015}');
    browser.press('\u{e015}');
    assert_eq!(browser.execute("return document.activeElement.textContent"), "Council report 21");
    browser.press('\u{e013}');
    browser.press('\u{e013}');
    assert_eq!(browser.execute("return document.activeElement.name"), "q");
}

#[test]
fn readers_without_scripts_get_a_search_engine() {
    let Some(browser) = Browser::start() else { return };
    let newsroom = Newsroom::of_files("", &files());
    browser.allow_scripts(false);
    for page in [PAGE, "404.html"] {
        browser.open(&newsroom.page(page));
        assert_eq!(browser.attribute("form.search", "action").as_deref(), Some("https://duckduckgo.com/"));
        assert!(browser.text("form.search p").contains("DuckDuckGo"));
    }
    browser.allow_scripts(true);
    browser.open(&newsroom.page("404.html"));
    assert_eq!(browser.execute("return new URL(document.forms[0].action).pathname"), "/search/");
}

#[test]
fn a_new_index_is_found_and_a_damaged_one_is_reported() {
    let Some(browser) = Browser::start() else { return };
    let newsroom = Newsroom::of_files("", &files());
    browser.open(&newsroom.page(PAGE));
    assert_eq!(search(&browser, "cranes").len(), 1);
    // Another build publishes other files while the page is open.
    let index = newsroom.folder().join("search");
    let root = std::fs::read_to_string(index.join("root.json")).unwrap();
    let mut value: Value = serde_json::from_str(&root).unwrap();
    for segment in value["segments"].as_array_mut().unwrap() {
        let folder = segment[0].as_str().unwrap().to_owned();
        let renamed = format!("{}-00000000", folder.rsplit_once('-').unwrap().0);
        std::fs::rename(index.join("index").join(&folder), index.join("index").join(&renamed)).unwrap();
        segment[0] = renamed.into();
    }
    std::fs::write(index.join("root.json"), value.to_string()).unwrap();
    assert_eq!(search(&browser, "music"), ["A concert at the quay"]);
    let files: Vec<_> = walkdir::WalkDir::new(index.join("index")).into_iter().map(Result::unwrap).collect();
    for file in files.iter().filter(|file| file.path().extension().is_some_and(|end| end == "idx")) {
        let bytes = std::fs::read(file.path()).unwrap();
        std::fs::write(file.path(), &bytes[..bytes.len() / 2]).unwrap();
    }
    browser.open(&newsroom.page(PAGE));
    assert_eq!(search(&browser, "cranes"), Vec::<String>::new());
    assert_eq!(browser.text(STATUS), "Search is not available. Please try again later.");
    for file in files.iter().filter(|file| file.path().extension().is_some_and(|end| end == "idx")) {
        std::fs::remove_file(file.path()).unwrap();
    }
    browser.open(&newsroom.url("search/?q=cranes"));
    assert_eq!(results(&browser), Vec::<String>::new());
    assert_eq!(browser.text(STATUS), "Search is not available. Please try again later.");
}
