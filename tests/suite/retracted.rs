//! A retracted story shows only what may stay: no other key of its front matter is in any output.
//!
//! The keys are those that the program knows, so a new one is in this test from its first day: it is secret until it is
//! added to [`MAY_STAY`].

use std::fs;
use std::path::Path;

use presswork::article::ArticleFront;

use crate::support::{self, Call, holding, keys, run, scratch};

/// The keys that a retracted story keeps, as `src/site/retracted.rs` does.
const MAY_STAY: &[&str] = &[
    "title",
    "short_title",
    "seo_title",
    "date",
    "updated",
    "authors",
    "contributors",
    "byline",
    "wire",
    "series",
    "tags",
    "taxonomies",
    "kind",
    "corrections",
    "notes",
    "retracted",
    "withdrawn",
    "translated_from",
    "canonical",
    "slug",
    "aliases",
    "guid",
    "url",
    "language",
    "weight",
    "comments",
    "noindex",
    "draft",
];

/// The keys that no output shows even if the story isn't retracted: they only decide when the story is public, or what it belongs to.
const INVISIBLE: &[&str] = &["embargo", "expires", "translation_of"];

const SITE: &str = "\
title: The Test
base_url: https://example.org/
outputs: [ninjs, markdown, llms, text]
hosts: [netlify, apache, nginx, caddy, vercel, firebase, s3]
taxonomies:
- {name: places, singular: Place, plural: Places}
feeds: {min_articles: 1}
languages: [{language: pt}]
";

/// The marker of a key. Dates show themselves by their years.
fn marker(key: &str) -> String {
    match key {
        "embargo" => "2011-04-05".to_owned(),
        "expires" => "2041-07-13".to_owned(),
        _ => format!("zq{}qz", key.replace('_', "")),
    }
}

/// The value of a key, with its marker in each of its parts; for most keys the marker alone.
fn value(key: &str) -> String {
    let marker = marker(key);
    match key {
        "date" => "2026-11-01".to_owned(),
        "updated" => "2026-11-02".to_owned(),
        "authors" | "wire" => format!("{{name: {marker}}}"),
        "contributors" => format!("{{editor: {{name: {marker}}}}}"),
        "taxonomies" => format!("{{places: {marker}}}"),
        "kind" => "analysis".to_owned(),
        "image" => {
            format!("{{src: {marker}.png, alt: {marker} alt, caption: {marker} caption, credit: {marker} credit}}")
        }
        "corrections" => format!("[{{date: 2026-11-03, text: {marker}}}]"),
        "notes" => format!("[{{kind: clarification, date: 2026-11-03, text: {marker}}}]"),
        "retracted" => format!("{{date: 2026-11-04, reason: {marker}}}"),
        "comments_thread" => format!("https://{marker}.example/@lin/109"),
        "canonical" => format!("https://example.com/{marker}"),
        "aliases" | "url" => format!("/{marker}/"),
        "guid" => format!("tag:example.com,2026:{marker}"),
        "translation_of" => "other.md".to_owned(),
        "translated_from" => "2026-11-06".to_owned(),
        "language" => "pt".to_owned(),
        "weight" => "7".to_owned(),
        "comments" | "noindex" => "true".to_owned(),
        // With either there would be no page.
        "withdrawn" | "draft" => "~".to_owned(),
        "publish" => format!("{marker}.csv"),
        "extra" => format!("{{text: {marker}, list: [{marker}]}}"),
        _ => marker,
    }
}

/// Builds a site of one article with a value for each of `keys`, and one more that links to it.
fn build(root: &Path, keys: &[&str], theme: &str) {
    let news = root.join("content/news");
    fs::create_dir_all(&news).unwrap();
    fs::write(root.join("site.yaml"), format!("{SITE}theme: {theme}\n")).unwrap();
    for (path, bytes) in support::plain_theme() {
        fs::create_dir_all(root.join(path).parent().unwrap()).unwrap();
        fs::write(root.join(path), bytes).unwrap();
    }
    // A template that shows everything that it receives.
    let article = root.join("themes/plain/templates/article.html");
    let template = fs::read_to_string(&article).unwrap();
    fs::write(&article, template.replace("</article>", "{{ __tera_context }}</article>")).unwrap();
    for name in ["zqimageqz.png", "zqpublishqz.csv", "zqpicturqz.png"] {
        fs::write(news.join(name), format!("the bytes of {name}")).unwrap();
    }
    let front: String = keys.iter().map(|key| format!("{key}: {}\n", value(key))).collect();
    let body = "zqfirstqz words\n\n## zqheadingqz\n\n![zqaltqz](zqpicturqz.png)\n";
    fs::write(news.join("story.md"), format!("---\n{front}---\n{body}")).unwrap();
    fs::write(news.join("other.md"), "---\ntitle: Other\ndate: 2026-11-05\n---\nSee [it](story.md).\n").unwrap();
    let built = run(root, &Call::default());
    assert!(built.summary.is_some(), "a key may need another value in this test: {:?}", built.diagnostics);
}

/// The outputs that show a marker, by their contents or by their names.
fn showing(public: &Path, marker: &str) -> Vec<String> {
    let named = support::snapshot(public).into_keys().map(|path| path.display().to_string());
    holding(public, marker).into_iter().chain(named.filter(|path| path.contains(marker))).collect()
}

#[test]
fn a_retracted_story_shows_only_what_may_stay() {
    let mut keys = keys::<ArticleFront>();
    // Another spelling of `authors`.
    keys.retain(|key| *key != "author");
    assert!(keys.contains(&"title") && keys.contains(&"extra"), "{keys:?}");
    let unknown: Vec<&&str> = MAY_STAY.iter().filter(|key| !keys.contains(*key)).collect();
    assert!(unknown.is_empty(), "there is no such key: {unknown:?}");
    let secret: Vec<&str> = keys.iter().copied().filter(|key| !MAY_STAY.contains(key)).collect();
    let of_body = ["zqfirstqz", "zqheadingqz", "zqaltqz", "zqpicturqz"];
    for theme in ["broadsheet", "plain"] {
        let project = scratch();
        build(project.path(), &keys, theme);
        let public = project.path().join("public");
        assert!(!showing(&public, &marker("title")).is_empty(), "there is no page");
        for key in &secret {
            let shown = showing(&public, &marker(key));
            assert!(shown.is_empty(), "with {theme}, `{key}` of a retracted story is in {shown:?}");
        }
        for marker in of_body {
            let shown = showing(&public, marker);
            assert!(shown.is_empty(), "with {theme}, the text of a retracted story is in {shown:?}");
        }
    }
    // The same story shows all of this if it isn't retracted, so the markers are where they would be found.
    let project = scratch();
    let published: Vec<&str> = keys.iter().copied().filter(|key| *key != "retracted").collect();
    build(project.path(), &published, "plain");
    let public = project.path().join("public");
    for key in secret.iter().filter(|key| !INVISIBLE.contains(*key)) {
        let shown = showing(&public, &marker(key));
        assert!(!shown.is_empty(), "`{key}` is in no output: add it to the views, in src/view/contract.rs");
    }
    for marker in of_body {
        assert!(!showing(&public, marker).is_empty(), "{marker} is nowhere");
    }
}
