//! Sites in several languages: what is linked, listed and published in each edition.
#![allow(clippy::disallowed_methods, reason = "the tests read and write the files of a site")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use scraper::{Html, Selector};

use crate::support::{Built, Call, copy, run, scratch, snapshot, stamps, touched};

/// The golden site, with the default theme and everything that it can publish.
fn site(root: &Path) {
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sites/editions"), root, false);
    fs::remove_dir_all(root.join("expected")).unwrap();
    let settings = fs::read_to_string(root.join("site.yaml")).unwrap();
    let settings = settings.replace("theme: plain", "theme: broadsheet\nhosts: [netlify, nginx, apache, caddy]");
    fs::write(root.join("site.yaml"), settings.replace("outputs: [llms]", "outputs: [llms, text]")).unwrap();
}

fn built(root: &Path) -> Built {
    let built = run(root, &Call::default());
    assert!(built.summary.is_some(), "{:?}", built.diagnostics);
    built
}

/// The pages by their paths below the root, without the text edition: `fr/town/`.
fn pages(public: &Path) -> BTreeMap<String, Html> {
    let files = snapshot(public).into_iter().map(|(path, bytes)| (path.to_string_lossy().into_owned(), bytes));
    let pages = files.filter(|(path, _)| path.ends_with("index.html") && !path.starts_with("text/"));
    pages
        .map(|(path, bytes)| {
            let html = Html::parse_document(std::str::from_utf8(&bytes).unwrap());
            (path.strip_suffix("index.html").unwrap().to_owned(), html)
        })
        .collect()
}

fn all<'h>(html: &'h Html, selector: &str) -> impl Iterator<Item = scraper::ElementRef<'h>> {
    let selector = Selector::parse(selector).unwrap();
    html.select(&selector).collect::<Vec<_>>().into_iter()
}

/// The pages that a page names as itself in other languages.
fn alternates(html: &Html) -> BTreeMap<String, String> {
    all(html, "link[rel=alternate][hreflang]")
        .map(|link| {
            let value = |name: &str| link.value().attr(name).unwrap().to_owned();
            (value("hreflang"), value("href").strip_prefix("https://example.org/").unwrap().to_owned())
        })
        .collect()
}

#[test]
fn translations_name_each_other() {
    let project = scratch();
    site(project.path());
    built(project.path());
    let pages = pages(&project.path().join("public"));
    let mut found = 0;
    for (path, html) in &pages {
        let alternates = alternates(html);
        for (language, other) in alternates.iter().filter(|(language, _)| *language != "x-default") {
            let page = pages.get(other).unwrap_or_else(|| panic!("/{path} names /{other}, which is not there"));
            let lang = all(page, "html").next().unwrap().value().attr("lang").unwrap().to_owned();
            let is_own = *language == lang || (language == "fr" && lang == "rm");
            assert!(is_own, "/{path} says that /{other} is in {language}, but it is in {lang}");
            assert_eq!(self::alternates(page), alternates, "/{path} and /{other} differ");
            found += 1;
        }
        if !alternates.is_empty() {
            assert!(alternates.values().any(|other| other == path), "/{path} does not name itself");
            assert!(alternates.contains_key("x-default"), "/{path}");
        }
    }
    assert!(found > 40, "only {found} links");
    let flood = alternates(&pages["world/2026/05/flood/"]);
    assert_eq!(flood["fr"], "fr/world/2026/05/flood/");
    assert_eq!(flood["zh-Hans"], "zh/town/2026/05/river/");
    assert_eq!(flood["x-default"], "world/2026/05/flood/");
}

#[test]
fn every_page_can_be_reached_and_is_in_its_own_edition() {
    let project = scratch();
    site(project.path());
    built(project.path());
    let pages = pages(&project.path().join("public"));
    let mut seen: BTreeSet<String> = BTreeSet::from([String::new()]);
    let mut left = vec![String::new()];
    while let Some(path) = left.pop() {
        for link in all(&pages[&path], "a[href]") {
            let Some(target) = link.value().attr("href").unwrap().strip_prefix('/') else { continue };
            let target = target.split('#').next().unwrap().to_owned();
            if pages.contains_key(&target) && seen.insert(target.clone()) {
                left.push(target);
            }
        }
    }
    let lost: Vec<&String> = pages.keys().filter(|path| !seen.contains(*path)).collect();
    assert_eq!(lost, Vec::<&String>::new(), "no link leads to these pages");
    for (path, html) in &pages {
        let lang = all(html, "html").next().unwrap().value().attr("lang").unwrap().to_owned();
        let expected: &[&str] = match path.split('/').next() {
            Some("fr") => &["fr", "rm"],
            Some("zh") => &["zh-Hans", "en"],
            _ => &["en"],
        };
        assert!(expected.contains(&&*lang), "/{path} is in {lang}");
        // Pages of one edition lead to another one only by the links that say so.
        for link in all(html, "main a[href^='/']").filter(|link| link.value().attr("hreflang").is_none()) {
            let target = link.value().attr("href").unwrap();
            let edition = |path: &str| match path.split('/').next() {
                Some(first @ ("fr" | "zh")) => first.to_owned(),
                _ => String::new(),
            };
            let is_named = target.ends_with("/vote/") && path.ends_with("/flood/");
            assert!(edition(path) == edition(&target[1..]) || is_named, "/{path} leads to {target}");
        }
    }
}

#[test]
fn an_embargo_holds_for_translations() {
    let project = scratch();
    site(project.path());
    built(project.path());
    let public = project.path().join("public");
    for words in ["Notes de la ville", "Pas encore", "Notes from the town", "05/notes/"] {
        let found = crate::support::holding(&public, words);
        assert!(found.is_empty(), "{words}: {found:?}");
    }
    let own = project.path().join("content/town/notes.fr.md");
    let text = fs::read_to_string(&own).unwrap().replace("title:", "embargo: 2026-11-01\ntitle:");
    fs::write(&own, text).unwrap();
    built(project.path());
    assert!(public.join("fr/town/2026/05/notes/index.html").exists());
    assert!(!public.join("town/2026/05/notes/index.html").exists());
}

#[test]
fn publishing_a_translation_touches_its_edition_and_its_siblings() {
    let project = scratch();
    site(project.path());
    built(project.path());
    let public = project.path().join("public");
    let before = stamps(&public);
    let text = "---\ntitle: Le vote\ndate: 2026-05-03\nauthors: ana-lopez\n---\nLe conseil vote.\n";
    fs::write(project.path().join("content/town/vote.fr.md"), text).unwrap();
    built(project.path());
    let all = touched(&before, &stamps(&public));
    let strange = all.iter().filter(|path| {
        let path = path.strip_prefix("text/").unwrap_or(path);
        let is_sibling = path.contains("/vote/");
        let is_map = path.contains("sitemap") || path.starts_with(".presswork") || path.starts_with('_');
        // The search has an index of all editions.
        let is_map = is_map || path.starts_with("search/");
        !(path.starts_with("fr/") || is_sibling || is_map)
    });
    let strange: Vec<&String> = strange.collect();
    assert_eq!(strange, Vec::<&String>::new());
    assert!(all.iter().any(|path| path == "town/2026/05/vote/index.html"), "{all:?}");
    assert!(all.iter().any(|path| path == "zh/town/2026/05/vote/index.html"), "{all:?}");
    assert!(all.iter().any(|path| path == "fr/index.html"), "{all:?}");
}

#[test]
fn readers_are_told_where_a_translation_is_missing() {
    let project = scratch();
    site(project.path());
    built(project.path());
    let pages = pages(&project.path().join("public"));
    let switcher = |path: &str| -> Vec<String> {
        all(&pages[path], ".editions li").map(|item| item.text().collect::<String>().trim().to_owned()).collect()
    };
    assert_eq!(switcher("world/2026/05/flood/"), ["English", "Français", "简体中文"]);
    assert_eq!(switcher("town/2026/05/vote/"), ["English", "Français (not translated)", "简体中文"]);
    assert_eq!(switcher("fr/town/2026/05/market/")[0], "English (non traduit)");
    let original = all(&pages["fr/world/2026/05/flood/"], ".original a").next().unwrap();
    assert_eq!(original.value().attr("href"), Some("/world/2026/05/flood/"));
}

#[test]
fn hosts_show_the_404_page_of_the_edition() {
    let project = scratch();
    site(project.path());
    built(project.path());
    let public = project.path().join("public");
    for page in ["404.html", "fr/404.html", "zh/404.html"] {
        assert!(public.join(page).exists(), "{page}");
    }
    let read = |name: &str| fs::read_to_string(public.join(name)).unwrap();
    assert!(read("_redirects").contains("/fr/* /fr/404.html 404\n"));
    let nginx = snapshot(&public).into_iter().find(|(path, _)| path.ends_with(".nginx/server.conf")).unwrap().1;
    assert!(String::from_utf8(nginx).unwrap().contains("/fr/404.html"));
}

#[test]
fn search_engines_are_not_sent_to_pages_that_they_may_not_index() {
    let project = scratch();
    site(project.path());
    let change = |path: &str, key: &str| {
        let file = project.path().join("content").join(path);
        let text = fs::read_to_string(&file).unwrap().replacen("---\n", &format!("---\n{key}\n"), 1);
        fs::write(&file, text).unwrap();
    };
    change("world/flood/index.fr.md", "noindex: true");
    change("zh/town/vote.md", "retracted: {date: 2026-05-20, reason: 有误。}");
    change("world/_index.fr.md", "noindex: true");
    built(project.path());
    let public = project.path().join("public");
    let pages = pages(&public);
    let languages = |path: &str| alternates(&pages[path]).into_keys().collect::<Vec<_>>();
    assert_eq!(languages("world/2026/05/flood/"), ["en", "x-default", "zh-Hans"]);
    for path in ["fr/world/2026/05/flood/", "town/2026/05/vote/", "zh/town/2026/05/vote/", "world/", "fr/world/"] {
        assert_eq!(languages(path), Vec::<String>::new(), "{path}");
    }
    // Readers still find them.
    let links = |path: &str| all(&pages[path], ".editions a").map(|link| link.value().attr("href").unwrap()).collect();
    let found: Vec<&str> = links("town/2026/05/vote/");
    assert!(found.contains(&"/zh/town/2026/05/vote/"), "{found:?}");
    for map in ["sitemap-2026-05.xml", "sitemap-pages.xml"] {
        let text = fs::read_to_string(public.join(map)).unwrap();
        let entries = text.split("<url>").filter(|entry| entry.contains("/flood/") || entry.contains(".org/world/<"));
        for entry in entries {
            assert!(!entry.contains("hreflang=\"fr\""), "{map}: {entry}");
        }
    }
}

/// The French edition, filled from the English one.
fn filled(root: &Path) {
    site(root);
    let settings = fs::read_to_string(root.join("site.yaml")).unwrap();
    let settings = settings.replace("fallback_for: [rm]", "fallback_for: [rm]\n    fill_from: en");
    fs::write(root.join("site.yaml"), settings).unwrap();
}

#[test]
fn untranslated_stories_fill_an_edition_and_say_their_language() {
    let project = scratch();
    filled(project.path());
    built(project.path());
    let pages = pages(&project.path().join("public"));
    let cards = |path: &str| -> BTreeMap<String, scraper::ElementRef<'_>> {
        let cards = all(&pages[path], "main .card");
        let link = Selector::parse(".card-title a").unwrap();
        cards.map(|card| (card.select(&link).next().unwrap().value().attr("href").unwrap().to_owned(), card)).collect()
    };
    let front = cards("fr/");
    let vote = front["/town/2026/05/vote/"];
    let one = |css: &str| vote.select(&Selector::parse(css).unwrap()).next().unwrap();
    assert_eq!(one(".card-title").value().attr("lang"), Some("en"));
    assert_eq!(one(".card-title a").value().attr("hreflang"), Some("en"));
    assert_eq!(one(".card-label").text().collect::<String>().trim(), "English");
    // A translated story appears once, and lists hold only stories of their own edition.
    assert!(!front.contains_key("/world/2026/05/flood/"), "{:?}", front.keys());
    for path in ["fr/latest/", "fr/town/", "fr/tags/rivers/"] {
        let foreign: Vec<String> = cards(path).into_keys().filter(|href| !href.starts_with("/fr/")).collect();
        assert_eq!(foreign, Vec::<String>::new(), "{path}");
    }
    // Nothing hidden fills it, and the other editions are as they were.
    assert!(!front.keys().any(|href| href.contains("/notes/")), "{:?}", front.keys());
    assert!(cards("zh/").keys().all(|href| href.starts_with("/zh/")));
}

#[test]
fn an_untranslated_story_touches_the_fronts_that_it_fills() {
    let project = scratch();
    filled(project.path());
    built(project.path());
    let public = project.path().join("public");
    let before = stamps(&public);
    let text = "---\ntitle: The bakery\ndate: 2026-05-03\nauthors: ana-lopez\n---\nThe bakery opens.\n";
    fs::write(project.path().join("content/town/bakery.md"), text).unwrap();
    built(project.path());
    let all = touched(&before, &stamps(&public));
    let in_french: Vec<&str> = all
        .iter()
        .map(|path| path.strip_prefix("text/").unwrap_or(path))
        .filter(|path| path.starts_with("fr/") && !path.contains("sitemap"))
        .collect();
    assert_eq!(in_french, ["fr/index.html", "fr/index.html"]);
    // Its translation takes its place there.
    let before = stamps(&public);
    let text = "---\ntitle: La boulangerie\ndate: 2026-05-03\nauthors: ana-lopez\n---\nLa boulangerie ouvre.\n";
    fs::write(project.path().join("content/town/bakery.fr.md"), text).unwrap();
    built(project.path());
    assert!(touched(&before, &stamps(&public)).iter().any(|path| path == "fr/index.html"));
    let front = fs::read_to_string(public.join("fr/index.html")).unwrap();
    assert!(front.contains("La boulangerie") && !front.contains("The bakery"));
}

#[test]
fn each_edition_has_a_search_page_of_its_own_or_that_of_the_main_edition() {
    let project = scratch();
    site(project.path());
    let page = "---\ntitle: Recherche\nlanguage: fr\nextra: {search: true}\n---\n";
    fs::write(project.path().join("content/pages/recherche.md"), page).unwrap();
    built(project.path());
    let pages = pages(&project.path().join("public"));
    for (front, search) in [("", "/search/"), ("fr/", "/fr/recherche/"), ("zh/", "/search/")] {
        let link = all(&pages[front], ".search-link").next().unwrap();
        assert_eq!(link.value().attr("href"), Some(search), "/{front}");
        assert!(all(&pages[&search[1..]], "form[role=search]").next().is_some(), "{search}");
    }
}

#[test]
fn the_footer_of_an_edition_leads_to_its_own_policies() {
    let root = scratch();
    let page = |title: &str| format!("---\ntitle: {title}\n---\nText.\n");
    let story = "---\ntitle: Flood\ndate: 2026-05-01\nbyline: Desk\ncorrections: [{date: 2026-05-02, text: It rained}]\n---\nText.\n";
    let settings = "title: Paper\nbase_url: https://example.org/news/\nlanguage: en\nlanguages: [{language: de, title: Blatt}]\n\
        publisher: {policies: {ethics: /ethics/, corrections: /corrections/, privacy: /privacy/}}\n";
    for (path, text) in [
        ("site.yaml", settings.to_owned()),
        ("content/pages/ethics.md", page("Our ethics")),
        ("content/pages/ethics.de.md", page("Unsere Grundsätze")),
        ("content/pages/corrections.md", page("When we err")),
        ("content/pages/corrections.de.md", page("Wenn wir irren")),
        ("content/pages/privacy.md", page("Privacy")),
        ("content/town/flood.md", story.to_owned()),
        ("content/town/flood.de.md", story.replace("Flood", "Flut")),
    ] {
        let file = root.path().join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }
    built(root.path());
    let pages = pages(&root.path().join("public"));
    for (front, own) in [("", "/news/"), ("de/", "/news/de/")] {
        let links: Vec<&str> =
            all(&pages[front], ".site-footer a").filter_map(|link| link.value().attr("href")).collect();
        for policy in ["ethics/", "corrections/"] {
            let count = links.iter().filter(|link| link.ends_with(policy)).count();
            assert!(count == 1 && links.contains(&format!("{own}{policy}").as_str()), "{front}: {links:?}");
        }
        // What has no translation leads to the original.
        assert!(links.contains(&"/news/privacy/"), "{front}: {links:?}");
    }
}
