//! Adds a banner to every page of a preview, and a label to every link to a story that is not public, so that nobody
//! mistakes it for the published site.

use ahash::HashMap;

use crate::date::Moment;
use crate::language::Language;
use crate::plan::OutputKind;
use crate::site::{ArticleId, Preview, State};
use crate::view::Viewer;

use super::html::escaped;
use super::metadata::end_of_head;

/// The banner's style, regardless of the theme.
const STYLE: &str = include_str!("preview.css");

/// The notice for themes without strings for it.
const NOTICE: &str = "Preview, not published";
const AS_OF: &str = "as of {time}";
const DRAFTS: &str = "with drafts and embargoed stories";
const DRAFT: &str = "Draft";
const SCHEDULED: &str = "Scheduled";

/// The style sheet of a preview: that of the banner, and a label before every link to a story that is not public.
/// Fronts, lists and texts of any theme show which stories readers can't see.
pub(super) fn style(viewer: &Viewer<'_>) -> Vec<u8> {
    (STYLE.to_owned() + &labels(viewer)).into_bytes()
}

/// The rules of a style sheet that label every link to a story that is not public.
pub(super) fn labels(viewer: &Viewer<'_>) -> String {
    let (site, _) = viewer.reader.everything();
    let mut style = String::new();
    let labels = [(State::Draft, "preview_draft", DRAFT), (State::Embargoed, "preview_scheduled", SCHEDULED)];
    for (state, key, default) in labels {
        let marked =
            site.articles.iter().zip((0..).map(ArticleId)).filter(|(story, _)| story.unpublished == Some(state));
        let links = marked.map(|(_, id)| {
            let path = viewer.config.base_url.path(viewer.reader.article_route(id));
            format!("a[href=\"{}\"]:not(:has(img))::before", css_string(&path))
        });
        let links: Vec<String> = links.collect();
        if !links.is_empty() {
            let word = viewer.strings.get(&viewer.config.language, key).unwrap_or(default);
            let rule = format!("{} {{\n  content: \"{}\";\n{LABEL}}}\n", links.join(",\n"), css_string(word));
            style.push_str(&rule);
        }
    }
    style
}

/// The declarations of a label.
const LABEL: &str = "  display: inline-block;
  margin-inline-end: 0.5em;
  padding: 0.1em 0.4em;
  background: #ffd43b;
  color: #1c1500;
  font: 700 0.75rem/1.4 system-ui, sans-serif;
  vertical-align: middle;
";

/// Escapes text for a string in double quotes. CSS Syntax Module Level 3, section 4.3.5.
fn css_string(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '"' | '\\' => escaped.extend(['\\', letter]),
            letter if letter.is_control() => escaped.push_str(&format!("\\{:x} ", u32::from(letter))),
            letter => escaped.push(letter),
        }
    }
    escaped
}

/// The additions to every page of a preview.
#[derive(Debug)]
pub(super) struct Banner {
    /// Elements for the head.
    head: String,
    /// The element at the beginning of the body, by the page's language tag.
    elements: HashMap<String, String>,
}

impl Banner {
    /// Creates the banner of a preview, and a `robots` element that keeps search engines away.
    pub(super) fn new(viewer: &Viewer<'_>) -> Option<Banner> {
        let preview = viewer.reader.preview()?;
        let style = viewer.reader.overview_route(OutputKind::PreviewStyle)?;
        let path = escaped(&viewer.config.base_url.path(style));
        let elements = viewer
            .reader
            .languages()
            .map(|language| (language.tag().to_owned(), element(viewer, preview, language)))
            .collect();
        let robots = "<meta name=\"robots\" content=\"noindex\">\n";
        Some(Banner { head: format!("{robots}<link rel=\"stylesheet\" href=\"{path}\">\n"), elements })
    }

    /// Marks a page. Without a head or body, the banner goes at the end, so that no page stays unmarked.
    pub(super) fn add(&self, html: &mut Vec<u8>, language: &str) {
        let Some(element) = self.elements.get(language) else { return };
        let head = end_of_head(html);
        let body = start_of_body(html, head.unwrap_or(0)).unwrap_or(html.len());
        html.splice(body..body, element.bytes());
        let head = head.unwrap_or(body);
        html.splice(head..head, self.head.bytes());
    }
}

fn element(viewer: &Viewer<'_>, preview: Preview, language: &Language) -> String {
    let word = |key: &str, default: &str| viewer.strings.get(language, key).unwrap_or(default).to_owned();
    // Without a translation of the theme, the words are English; the date isn't.
    let (tag, direction) = viewer.strings.language_of(language, "preview_notice");
    let attributes = |tag: &str, direction: &str| format!(" lang=\"{tag}\" dir=\"{direction}\"");
    let (words, own) = match tag == language.tag() {
        true => (String::new(), String::new()),
        false => (attributes(tag, direction), attributes(language.tag(), language.direction())),
    };
    let time = preview.at.map(|instant| {
        let date = viewer.date(Moment::at(instant), language);
        let shown = date.time.map_or_else(|| date.day.clone(), |time| format!("{} {time}", date.day));
        let time = format!("<time{own} datetime=\"{}\">{}</time>", date.iso, escaped(&shown));
        escaped(&word("preview_as_of", AS_OF)).replace("{time}", &time)
    });
    let drafts = preview.drafts.then(|| escaped(&word("preview_drafts", DRAFTS)));
    let notice = format!("<strong>{}</strong>", escaped(&word("preview_notice", NOTICE)));
    let parts: Vec<String> = [Some(notice), time, drafts].into_iter().flatten().collect();
    format!("<p class=\"presswork-preview\" role=\"note\"{words}>{}</p>", parts.join(" \u{b7} "))
}

/// The end of the body's start tag, at or after `from`.
fn start_of_body(html: &[u8], from: usize) -> Option<usize> {
    const TAG: &[u8] = b"<body";
    let mut candidates = memchr::memchr_iter(b'<', &html[from..]).map(|at| from + at);
    let start = candidates.find(|&at| {
        let next = html.get(at + TAG.len());
        html[at..].len() > TAG.len()
            && html[at..at + TAG.len()].eq_ignore_ascii_case(TAG)
            && next.is_some_and(|&byte| byte == b'>' || byte.is_ascii_whitespace())
    })?;
    let mut quote = None;
    for (at, &byte) in html.iter().enumerate().skip(start + TAG.len()) {
        match quote {
            Some(open) if byte == open => quote = None,
            Some(_) => {}
            None if byte == b'"' || byte == b'\'' => quote = Some(byte),
            None if byte == b'>' => return Some(at + 1),
            None => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(html: &str) -> String {
        let elements = [("en".to_owned(), "[banner]".to_owned())].into_iter().collect();
        let mut html = html.as_bytes().to_vec();
        Banner { head: "[head]".to_owned(), elements }.add(&mut html, "en");
        String::from_utf8(html).unwrap_or_default()
    }

    #[test]
    fn every_page_is_marked_wherever_its_body_begins() {
        assert_eq!(marked("<head></head><body>x"), "<head>[head]</head><body>[banner]x");
        assert_eq!(marked("<HEAD></HEAD><BODY\nclass='a>b'>x"), "<HEAD>[head]</HEAD><BODY\nclass='a>b'>[banner]x");
        assert_eq!(
            marked("<head><title><body></title></head><body>x"),
            "<head><title><body></title>[head]</head><body>[banner]x"
        );
        assert_eq!(marked("<p>no frame"), "<p>no frame[head][banner]");
        assert_eq!(marked("<head></head><p>x"), "<head>[head]</head><p>x[banner]");
        assert_eq!(marked("<body"), "<body[head][banner]");
        assert_eq!(marked(""), "[head][banner]");
    }
}
