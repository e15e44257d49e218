//! Writes a story as Markdown: its metadata as YAML, then headline and text.

use serde_json::{Value, json};

use crate::view::contract::ImageView;
use crate::view::formats::StoryFormatView;

use super::super::story_frame;

/// Returns the file. `text` is HTML.
pub(super) fn write(story: &StoryFormatView<'_>, text: &str) -> String {
    let mut file = String::with_capacity(text.len() + 2_048);
    file.push_str("---\n");
    for (key, value) in known(story).into_iter().filter(|(_, value)| !is_nothing(value)) {
        file.push_str(key);
        file.push_str(": ");
        push_yaml(&mut file, &value.to_string());
        file.push('\n');
    }
    file.push_str("---\n\n# ");
    push_escaped(&mut file, story.article.title);
    file.push('\n');
    if let Some(deck) = story.article.deck {
        file.push_str("\n_");
        push_escaped(&mut file, deck);
        file.push_str("_\n");
    }
    let body = match &story.dateline {
        Some(dateline) => converted(&story_frame::with_dateline(text, dateline)),
        None => converted(text),
    };
    if !body.is_empty() {
        file.push('\n');
        file.push_str(&body);
        file.push('\n');
    }
    file
}

fn known(story: &StoryFormatView<'_>) -> [(&'static str, Value); 18] {
    let (page, article) = (&story.page, &story.article);
    let dated = |text: &str, date: &str| json!({"date": date, "text": text});
    let corrections = article.corrections.iter().map(|correction| dated(correction.text, &correction.date.iso));
    let notes = article.notes.iter();
    let notes = notes.map(|note| json!({"kind": note.kind, "date": note.date.iso, "text": note.text}));
    let tags: Vec<&str> = article.tags.iter().map(|tag| tag.view().title).collect();
    let sources = article.sources.iter().map(|source| match &source.url {
        Some(url) => json!({"name": source.name, "url": crate::route::absolute(&page.url, url)}),
        None => json!(source.name),
    });
    [
        ("title", json!(article.title)),
        ("byline", json!(article.byline.view().text)),
        ("published", json!(article.published.view().iso)),
        ("updated", json!(article.updated.as_ref().map(|date| &date.iso))),
        ("url", json!(page.url)),
        ("canonical", json!(article.canonical)),
        ("publisher", json!(story.publisher)),
        ("language", json!(page.language)),
        ("kind", json!(article.kind)),
        ("section", json!(article.section.view().title)),
        ("tags", json!(tags)),
        ("series", json!(story.series.as_ref().map(|series| series.title))),
        ("dateline", json!(article.dateline)),
        ("image", json!(article.image.as_ref().map(picture))),
        ("sources", sources.collect()),
        ("corrections", corrections.collect()),
        ("notes", notes.collect()),
        (
            "retracted",
            json!(article.retracted.as_ref().map(|retraction| dated(retraction.reason, &retraction.date.iso))),
        ),
    ]
}

fn picture(image: &ImageView<'_>) -> Value {
    let known = [
        ("url", Some(image.url.as_str())),
        ("alt", Some(image.alt)),
        ("caption", image.caption),
        ("credit", image.credit),
    ];
    let known = known.into_iter().filter_map(|(key, value)| Some((key, value.filter(|value| !value.is_empty())?)));
    known.map(|(key, value)| (key.to_owned(), json!(value))).collect::<serde_json::Map<_, _>>().into()
}

/// Appends JSON as YAML, which is the same and makes string boundaries unambiguous, except for
/// characters that YAML forbids or treats as line ends (YAML 1.2.2, sections 1.3 and 5.1).
fn push_yaml(out: &mut String, json: &str) {
    for letter in json.chars() {
        let is_plain =
            !letter.is_control() && !matches!(letter, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}');
        match is_plain {
            true => out.push(letter),
            false => out.push_str(&format!("\\u{:04x}", u32::from(letter))),
        }
    }
}

fn is_nothing(value: &Value) -> bool {
    value.is_null() || value.as_array().is_some_and(Vec::is_empty)
}

/// Converts HTML to Markdown; HTML that can't be converted stays.
#[cfg(feature = "markdown-output")]
fn converted(html: &str) -> String {
    use htmd::HtmlToMarkdown;
    use htmd::options::{BulletListMarker, Options};

    let options = Options {
        bullet_list_marker: BulletListMarker::Dash,
        ul_bullet_spacing: 1,
        ol_number_spacing: 1,
        ..Options::default()
    };
    let converter = HtmlToMarkdown::builder().options(options).build();
    let convert = |html: &str| converter.convert(html).unwrap_or_else(|_| html.to_owned());
    super::tables::with_tables(html, &convert)
}

/// Returns the HTML unchanged, which is valid Markdown.
#[cfg(not(feature = "markdown-output"))]
fn converted(html: &str) -> String {
    html.to_owned()
}

/// Appends text with all Markdown characters escaped.
pub(super) fn push_escaped(out: &mut String, text: &str) {
    for letter in one_line(text).chars() {
        if matches!(letter, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '&' | '~' | '|') {
            out.push('\\');
        }
        out.push(letter);
    }
}

/// Text on one line, without control characters.
pub(super) fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split(|letter: char| letter.is_whitespace() || letter.is_control()).collect();
    words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}
