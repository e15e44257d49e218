//! A site in a language that the theme has no strings for: every English word on it is marked as English.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use regex::Regex;
use scraper::{ElementRef, Html, Node, Selector};

use crate::support::scratch;

const SITE: &str = "\
title: Noviny
base_url: https://example.org/
language: cs
outputs: [text]
subscribe: /o-nas/
donate: /o-nas/
newsletter: {action: \"https://letters.example.com/add\"}
advertisement: {front: <b>Boty</b>, article: <b>Klobouky</b>}
publisher: {name: Vydavatel, url: \"https://example.com/\", policies: {ethics: /o-nas/}}
page_size: 5
comments: {close_after: 1d, form: mail}
";

const STORY: &str = "\
---
title: Zpráva z přístavu
date: 2026-05-01 10:00
updated: 2026-05-02
authors: [jan, eva, {name: Petr}]
contributors: {editing: {name: Olga}}
tags: [Doprava]
series: {id: Seriál, part: 1}
kind: opinion
wire: ctk
canonical: https://example.com/a
sources: [{name: Soud}]
corrections:
- {date: 2026-05-03, text: První oprava.}
- {date: 2026-05-04, text: Druhá oprava.}
notes:
- {date: 2026-05-05, text: Poznámka., kind: clarification}
- {date: 2026-05-06, text: Jiná poznámka., kind: editors-note}
---
Text.

> [!NOTE]
> Pozor.

- [x] Hotovo

{{< chart data=\"data.csv\" title=\"Graf\" source=\"Úřad\" >}}

{{< audio src=\"zvuk.mp3\" title=\"Zvuk\" href=\"https://example.com/\" >}}

{{< mastodon href=\"https://example.com/1\" author=\"Jan\" >}}
Slova.
{{< /mastodon >}}

{{< newsletter href=\"https://letters.example.com/\" title=\"Dopis\" >}}

https://vimeo.com/12345
";

fn plain(title: &str, more: &str) -> String {
    format!("---\ntitle: {title}\ndate: 2026-04-01 10:00\nauthors: jan\ntags: [Doprava]\n{more}---\nText.\n")
}

/// The built site's folder, which is deleted with the first value, and the notes of the build. `words` are the site's own
/// strings.
fn built(words: Option<&str>) -> (tempfile::TempDir, PathBuf, String) {
    let root = scratch();
    let author = |more: &str| format!("---\nname: {more}\n---\n");
    let mut files = vec![
        ("site.yaml".to_owned(), SITE.to_owned()),
        ("content/zpravy/pristav/index.md".to_owned(), STORY.to_owned()),
        ("content/zpravy/pristav/data.csv".to_owned(), "rok,počet\n2025,1\n2026,2\n".to_owned()),
        ("content/zpravy/pristav/zvuk.mp3".to_owned(), "ID3".to_owned()),
        ("content/zpravy/dil.md".to_owned(), plain("Díl", "series: {id: Seriál, part: 2}\n")),
        ("content/zpravy/zpet.md".to_owned(), plain("Zpět", "retracted: {date: 2026-05-01, reason: Omyl.}\n")),
        ("content/zpravy/pryc.md".to_owned(), plain("Pryč", "withdrawn: {date: 2026-05-01, reason: Omyl.}\n")),
        ("content/sport/_index.md".to_owned(), "---\ntitle: Hry\n---\n".to_owned()),
        ("content/authors/jan.md".to_owned(), author("Jan\nemail: jan@example.org\nurl: https://example.com/")),
        ("content/authors/eva.md".to_owned(), author("Eva\nformer: true\nemail: eva@example.org")),
        ("content/authors/stul.md".to_owned(), author("Stůl\nkind: organization")),
        ("content/authors/ctk.md".to_owned(), author("ČTK\nkind: wire")),
        ("content/pages/o-nas.md".to_owned(), "---\ntitle: O nás\nupdated: 2026-05-01\n---\nMy.\n".to_owned()),
    ];
    files.extend((0..12).map(|at| (format!("content/sport/z-{at}.md"), plain(&format!("Zápas {at}"), ""))));
    files.extend((0..3).map(|at| (format!("content/zpravy/r-{at}.md"), plain("Placeno", "kind: sponsored\n"))));
    files.extend(words.map(|words| ("i18n/cs.yaml".to_owned(), words.to_owned())));
    for (path, text) in files {
        let file = root.path().join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }
    let built = Command::new(env!("CARGO_BIN_EXE_presswork"))
        .args(["build", "--now", "2026-06-01", "--root"])
        .arg(root.path())
        .output()
        .unwrap();
    let notes = String::from_utf8(built.stderr).unwrap();
    assert!(built.status.success(), "{notes}");
    let public = root.path().join("public");
    (root, public, notes)
}

/// The theme's English strings as patterns, with their keys. Strings without words belong to no language.
fn english() -> Vec<(String, Regex)> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("themes/broadsheet/i18n/en.yaml");
    let words: serde_json::Map<String, serde_json::Value> =
        serde_yaml::from_str(&fs::read_to_string(file).unwrap()).unwrap();
    let mut found = Vec::new();
    let place = Regex::new(r"\{[a-z]+\}").unwrap();
    for (key, word) in words {
        let forms = match &word {
            serde_json::Value::String(text) => vec![text.clone()],
            word => word.as_object().unwrap().values().map(|form| form.as_str().unwrap().to_owned()).collect(),
        };
        for form in forms.iter().filter(|form| place.replace_all(form, "").contains(char::is_alphabetic)) {
            let pattern = place.split(form).map(regex::escape).collect::<Vec<_>>().join(".*");
            found.push((key.clone(), Regex::new(&format!("^{}$", pattern.trim_end())).unwrap()));
        }
    }
    found
}

fn pages(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            pages(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "html") {
            found.push(path);
        }
    }
}

fn language(element: ElementRef<'_>) -> String {
    let own = element.value().attr("lang").map(str::to_owned);
    own.or_else(|| element.ancestors().filter_map(ElementRef::wrap).find_map(|e| Some(e.value().attr("lang")?.into())))
        .unwrap_or_default()
}

/// The English strings on all pages that are not marked as English, and the keys of all that are there. Czech words that are
/// marked as English are wrong, too.
fn unmarked<'e>(public: &Path, english: &'e [(String, Regex)]) -> (BTreeSet<String>, BTreeSet<&'e str>) {
    let mut files = Vec::new();
    pages(public, &mut files);
    assert!(files.len() > 40, "{} pages", files.len());
    let (mut wrong, mut seen) = (BTreeSet::new(), BTreeSet::new());
    for file in &files {
        let page = Html::parse_document(&fs::read_to_string(file).unwrap());
        let name = file.strip_prefix(public).unwrap().display();
        for element in page.select(&Selector::parse("body, body *").unwrap()) {
            let own_text = element.children().filter_map(|child| match child.value() {
                Node::Text(text) if !["script", "style"].contains(&element.value().name()) => Some(text.trim_start()),
                _ => None,
            });
            // The language of an attribute is that of the element, whose contents may be in another one.
            let is_empty = element.text().all(|text| text.trim().is_empty());
            let attributes = ["aria-label", "placeholder", "label"].into_iter();
            let attributes = attributes.filter_map(|name| element.value().attr(name)).filter(|_| is_empty);
            for text in own_text.chain(attributes).filter(|text| !text.is_empty()) {
                // "By " stands alone before a name.
                let is_it = |pattern: &Regex| pattern.is_match(text) || pattern.is_match(text.trim_end());
                match english.iter().find(|(_, pattern)| is_it(pattern)) {
                    Some((key, _)) if language(element) == "en" => drop(seen.insert(key.as_str())),
                    Some((key, _)) => drop(wrong.insert(format!("{key}: {text:?} on {name}"))),
                    None if language(element) == "en"
                        && !text.is_ascii()
                        && !text.contains(['·', '–', '’', '→', '←', '…']) =>
                    {
                        wrong.insert(format!("{text:?} in English on {name}"));
                    }
                    None => {}
                }
            }
        }
    }
    (wrong, seen)
}

#[test]
fn every_english_word_on_a_czech_site_is_marked_as_english() {
    let (_root, public, notes) = built(None);
    let english = english();
    let (wrong, seen) = unmarked(&public, &english);
    assert!(wrong.is_empty(), "{} times: {wrong:#?}", wrong.len());
    assert!(seen.len() > 65, "only {} of the strings are on the site: {seen:?}", seen.len());
    assert!(notes.contains("has no strings in `cs`"), "{notes}");
}

#[test]
fn in_a_translation_that_lacks_strings_the_english_ones_are_marked() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("themes/broadsheet/i18n/pl.yaml");
    let polish: serde_json::Map<String, serde_json::Value> =
        serde_yaml::from_str(&fs::read_to_string(file).unwrap()).unwrap();
    for (part, others) in [(0, 1), (1, 0)] {
        let is_there = |(at, _): &(usize, (&String, &serde_json::Value))| at % 2 == part;
        let half: serde_json::Map<String, serde_json::Value> =
            polish.iter().enumerate().filter(is_there).map(|(_, (key, word))| (key.clone(), word.clone())).collect();
        let (_root, public, notes) = built(Some(&serde_yaml::to_string(&half).unwrap()));
        let missing: Vec<(String, Regex)> = english().into_iter().filter(|(key, _)| !half.contains_key(key)).collect();
        let (wrong, seen) = unmarked(&public, &missing);
        assert!(wrong.is_empty(), "{} times: {wrong:#?}", wrong.len());
        assert!(seen.len() > 25, "only {} of the strings are on the site: {seen:?}", seen.len());
        let first = polish.keys().nth(others).unwrap();
        assert!(notes.contains("lacks strings in `cs`, which are in English there: `"), "{first}: {notes}");
    }
}
