//! The size of the download for a story without pictures.

use std::io::Write;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use scraper::{Html, Selector};

use crate::browser::newsroom::Newsroom;
use crate::tree;

/// The maximum size of HTML and CSS together: 30 KiB.
const MOST: usize = 30 << 10;
/// The maximum for everything, with embedded files, compressed as all common hosts do.
const MOST_SENT: usize = 16_000;
/// The size of a short story's own words (its text, and what the page says about its authors and corrections), about
/// 1,200 letters of two bytes; pages are weighed as if they had this size.
const SHORT_TEXT: usize = 2_500;

#[test]
fn a_story_without_pictures_is_light() {
    is_light(&Newsroom::shared());
}

/// Letters of other scripts take two bytes, and six in percent-encoded URLs.
#[test]
fn a_story_in_another_script_is_light() {
    is_light(&Newsroom::of_stories(20, "ar"));
}

fn is_light(newsroom: &Newsroom) {
    let pages = tree::read(newsroom.folder()).expect("the built site");
    let stories: Vec<(&Path, Html, &[u8])> = pages
        .iter()
        .filter(|(path, _)| path.extension().is_some_and(|extension| extension == "html") && !path.starts_with("text"))
        .map(|(path, bytes)| (path.as_path(), Html::parse_document(&String::from_utf8_lossy(bytes)), bytes.as_slice()))
        .filter(|(_, html, _)| {
            has(html, "body.page-article .story-body")
                && !has(html, "main figure, main .story-body img, main .story-body svg")
        })
        .collect();
    assert!(stories.len() >= 5, "stories without pictures: {}", stories.len());
    let mut problems = Vec::new();
    for (path, html, bytes) in &stories {
        let sheets = attributes(html, "link[rel~=stylesheet]", "href");
        assert!(!sheets.is_empty(), "{}: no style sheet", path.display());
        let contents =
            sheets.iter().map(|sheet| pages.get(Path::new(sheet.trim_start_matches('/'))).expect("the style sheet"));
        let contents: Vec<&Vec<u8>> = contents.collect();
        let (page, style) = (packed(bytes), contents.iter().map(|sheet| packed(sheet)).sum::<usize>());
        if page + style > MOST_SENT {
            problems.push(format!("{}: {page} packed bytes of HTML and {style} of CSS", path.display()));
        }
        let is_embedding = sheets.iter().any(|sheet| sheet.contains("/figures."));
        let words = Selector::parse(".story-body, .biography, .story > .amendment > summary").unwrap();
        let text: usize = html.select(&words).map(|body| body.inner_html().len()).sum();
        // As if they had so many bytes.
        let (page, style) = (bytes.len() - text + SHORT_TEXT, contents.iter().map(|sheet| sheet.len()).sum::<usize>());
        if !is_embedding && page + style > MOST {
            problems.push(format!("{}: {page} bytes of HTML and {style} of CSS", path.display()));
        }
        if contents.iter().any(|sheet| String::from_utf8_lossy(sheet).contains("@import")) {
            problems.push(format!("{}: the style sheet asks for another", path.display()));
        }
        let blocking = "script[src]:not([defer], [async], [type=module]), head link[rel~=preload], style";
        if has(html, blocking) {
            problems.push(format!("{}: has one of `{blocking}`", path.display()));
        }
    }
    assert!(
        problems.is_empty(),
        "more than {MOST} bytes, or more than a page and its sheets:\n{}",
        problems.join("\n")
    );
}

/// The size after compression.
fn packed(bytes: &[u8]) -> usize {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).expect("memory can be written");
    encoder.finish().expect("memory can be written").len()
}

fn has(html: &Html, css: &str) -> bool {
    html.select(&Selector::parse(css).expect("a selector")).next().is_some()
}

fn attributes(html: &Html, css: &str, name: &str) -> Vec<String> {
    let found = Selector::parse(css).expect("a selector");
    html.select(&found).filter_map(|element| element.value().attr(name)).map(str::to_owned).collect()
}
