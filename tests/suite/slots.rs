//! Buttons, the newsletter form, advertisements and analytics of `site.yaml`.

use std::fs;

use presswork::build::{BuildOptions, NoProgress};
use presswork::site::Preview;
use scraper::{Html, Selector};
use tempfile::TempDir;

use crate::support::{Call, run, scratch};

const SITE: &str = "\
title: The Test
base_url: https://example.org/
hosts: [netlify]
outputs: [text]
subscribe: {text: Join for $5, url: https://pay.example.com/join}
donate: /about/
newsletter: {action: \"https://letters.example.com/add\", field: address}
advertisement:
  front: <a href=\"https://shoes.example/\"><img src=\"https://shoes.example/a.png\" alt=\"Shoes\"></a>
  article: <script async src=\"https://hats.example/slot.js\"></script><i>Hats</i>
";

const PLAUSIBLE: &str = "analytics: {service: plausible, site: example.org}\n";
const MATOMO: &str = "analytics: {service: matomo, site: \"7\", url: \"https://stats.example.com/\"}\n";

fn site(more: &str) -> TempDir {
    let root = scratch();
    let story =
        |kind: &str| format!("---\ntitle: About {kind}\ndate: 2026-05-01\nbyline: Desk\nkind: {kind}\n---\n\nText.\n");
    for (path, text) in [
        ("site.yaml", format!("{SITE}{more}")),
        ("content/pages/about.md", "---\ntitle: About\n---\n\nWe.\n".to_owned()),
        ("content/news/plain.md", story("news")),
        ("content/news/paid.md", story("sponsored")),
    ] {
        let file = root.path().join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }
    root
}

fn build(root: &TempDir, call: &Call) {
    let built = run(root.path(), call);
    assert_eq!((built.code, built.problem), (0, None), "{:?}", built.diagnostics);
}

fn read(root: &TempDir, path: &str) -> String {
    fs::read_to_string(root.path().join("public").join(path)).unwrap()
}

fn texts(html: &str, css: &str) -> Vec<String> {
    let selector = Selector::parse(css).unwrap();
    Html::parse_document(html).select(&selector).map(|element| element.text().collect::<String>()).collect()
}

fn attributes(html: &str, css: &str, name: &str) -> Vec<String> {
    let selector = Selector::parse(css).unwrap();
    let page = Html::parse_document(html);
    page.select(&selector).filter_map(|element| element.value().attr(name)).map(str::to_owned).collect()
}

#[test]
fn every_page_has_the_buttons_and_the_form() {
    let root = site("");
    build(&root, &Call::default());
    for page in ["index.html", "news/index.html", "news/2026/05/plain/index.html", "about/index.html"] {
        let html = read(&root, page);
        for place in [".site-header", ".site-footer"] {
            let buttons = format!("{place} .slot-button");
            assert_eq!(texts(&html, &buttons), ["Join for $5", "Support us"], "{page}");
            assert_eq!(attributes(&html, &buttons, "href"), ["https://pay.example.com/join", "/about/"], "{page}");
        }
        let form = ".site-footer form";
        assert_eq!(attributes(&html, form, "action"), ["https://letters.example.com/add"], "{page}");
        assert_eq!(attributes(&html, &format!("{form} input[type=email]"), "name"), ["address"], "{page}");
    }
}

#[test]
fn advertisements_are_labelled_and_never_beside_what_is_paid_for() {
    let root = site("");
    build(&root, &Call::default());
    let labels = |page: &str| texts(&read(&root, page), ".advertisement > p");
    assert_eq!(labels("index.html"), ["Advertisement"]);
    assert_eq!(labels("news/2026/05/plain/index.html"), ["Advertisement"]);
    assert!(labels("news/2026/05/paid/index.html").is_empty());
    assert!(labels("news/index.html").is_empty() && labels("about/index.html").is_empty());
    assert!(!read(&root, "text/news/2026/05/plain/index.html").contains("Hats"));
}

#[test]
fn an_advertisement_stands_where_the_site_places_it() {
    let root = site("");
    let placed = SITE.replace("front: <a", "front: {after: 2, html: '<a").replace("Shoes\"></a>", "Shoes\"></a>'}");
    let placed =
        placed.replace("article: <script", "article: {after: 2, html: '<script").replace("Hats</i>", "Hats</i>'}");
    fs::write(root.path().join("site.yaml"), placed).unwrap();
    let blocks = "---\nblocks: [{heading: A, limit: 1}, {heading: B, limit: 1}, {heading: C, limit: 1}]\n---\n";
    fs::write(root.path().join("content/_index.md"), blocks).unwrap();
    let story = |name: &str, text: &str| {
        let front = "---\ntitle: Long\ndate: 2026-05-02\nbyline: Desk\ndateline: Lisbon\n---\n\n";
        fs::write(root.path().join(format!("content/news/{name}.md")), format!("{front}{text}\n")).unwrap();
    };
    story("long", "One.\n\n> Quoted.\n\nTwo.\n\n## More\n\nThree.");
    story("short", "One.\n\nTwo.");
    build(&root, &Call::default());
    let around = |page: &str, css: &str| {
        let first_word = |text: String| text.split_whitespace().next().unwrap_or_default().to_owned();
        texts(&read(&root, page), css).into_iter().map(first_word).collect::<Vec<_>>()
    };
    assert_eq!(around("index.html", ".blocks > *"), ["A", "B", "Advertisement", "C"]);
    let body = "news/2026/05/long/index.html";
    assert_eq!(around(body, ".story-body > *"), ["Lisbon", "Quoted.", "Two.", "Advertisement", "More", "Three."]);
    assert_eq!(around(body, ".advertisement"), ["Advertisement"], "once");
    // With nothing after it in the text, it stands at the end as without `after`.
    let short = "news/2026/05/short/index.html";
    assert_eq!(around(short, ".story-body > *"), ["Lisbon", "Two."]);
    assert_eq!(around(short, ".advertisement"), ["Advertisement"]);
    assert!(around("news/2026/05/paid/index.html", ".advertisement").is_empty());
    for format in ["rss.xml", "text/news/2026/05/long/index.html"] {
        assert!(!read(&root, format).contains("Hats"), "{format}");
    }
}

#[test]
fn the_policy_allows_what_the_slots_load_and_nothing_else() {
    let policy = |more: &str| {
        let root = site(more);
        build(&root, &Call::default());
        let headers = read(&root, "_headers");
        let line = headers.lines().find(|line| line.contains("Content-Security-Policy")).unwrap().to_owned();
        let directive = move |name: &str| {
            let found = line.split(';').map(str::trim).find(|part| part.starts_with(name));
            found.unwrap_or_default().to_owned()
        };
        (directive("script-src"), directive("connect-src"))
    };
    assert_eq!(policy(""), ("script-src 'self' https://hats.example".to_owned(), "connect-src 'self'".to_owned()));
    let (scripts, connections) = policy(PLAUSIBLE);
    assert_eq!(scripts, "script-src 'self' https://hats.example https://plausible.io");
    assert_eq!(connections, "connect-src 'self' https://plausible.io");
    let (scripts, connections) = policy(MATOMO);
    assert!(scripts.starts_with("script-src 'self' 'sha256-"), "{scripts}");
    assert!(scripts.ends_with("https://hats.example https://stats.example.com"), "{scripts}");
    assert_eq!(connections, "connect-src 'self' https://stats.example.com");
}

#[test]
fn analytics_count_published_pages_alone() {
    let root = site(PLAUSIBLE);
    build(&root, &Call::default());
    let script = "script[data-domain=\"example.org\"]";
    for page in ["index.html", "news/2026/05/plain/index.html", "404.html"] {
        assert_eq!(attributes(&read(&root, page), script, "src"), ["https://plausible.io/js/script.js"], "{page}");
    }
    assert!(!read(&root, "text/index.html").contains("plausible"));
    let output = root.path().join("preview");
    let preview = Some(Preview { at: None, drafts: true });
    let now = Call::default().at.parse().unwrap();
    let options =
        BuildOptions { output: Some(output.clone()), preview, ..BuildOptions::new(root.path().to_owned(), now) };
    presswork::build::build(&options, &NoProgress).unwrap();
    let preview = fs::read_to_string(output.join("index.html")).unwrap();
    assert!(preview.contains("presswork-preview"), "{preview}");
    assert!(!preview.contains("plausible"), "{preview}");
}
