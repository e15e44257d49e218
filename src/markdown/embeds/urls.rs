//! Finds what becomes an embed without a call: URLs of known services on lines of their own, and what these services
//! offer to copy.

use std::ops::Range;

use super::Call;
use crate::markdown::raw_html::token::{self, HtmlTag};
use crate::markdown::services::{self, Refusal, ServicePage};
use crate::markdown::{Argument, SERVICE_EMBED, Session, escape};

/// A URL or frame that becomes an embed if it stands where the text shows it.
pub(super) struct Candidate {
    pub range: Range<usize>,
    /// True for a URL, which must be alone in its paragraph.
    pub is_url: bool,
    /// The page, or why the URL of this service becomes no embed.
    page: Result<ServicePage, (Refusal, &'static str)>,
    /// The frame's title, if it has one.
    title: String,
    /// The words of a quoted post.
    words: Option<Range<usize>>,
}

/// The longest tag that is looked at, in bytes. It keeps the search linear, as does [`LONGEST_ELEMENT`].
const LONGEST_TAG: usize = 2_048;
/// The longest quote or script that is looked at, in bytes.
const LONGEST_ELEMENT: usize = 16_384;

/// The class of the quotes that services offer to copy, with a script that puts a frame in their place. True if the
/// quote holds the words of the post, which stay in the story, rather than a drawing of it.
const QUOTES: &[(&str, bool)] = &[
    ("twitter-tweet", true),
    ("bluesky-embed", true),
    ("mastodon-embed", false),
    ("instagram-media", false),
    ("tiktok-embed", false),
];

/// The URLs and frames of a body.
pub(super) fn candidates(session: &Session<'_>) -> Vec<Candidate> {
    let is_wanted =
        session.options.embed_urls && !session.inline && session.context.embed_kind(SERVICE_EMBED).is_some();
    if !is_wanted || memchr::memmem::find(session.text.as_bytes(), b"//").is_none() {
        return Vec::new();
    }
    let mut found = urls(session.text);
    // Sites that trust their writers with HTML get it as it is written.
    if session.sanitized() {
        found.extend(snippets(session.text));
    }
    found
}

impl Candidate {
    /// Why it becomes no embed, and the service.
    pub fn refusal(&self) -> Option<(Refusal, &'static str)> {
        self.page.as_ref().err().copied()
    }

    /// Returns the call that stands for it; none for a URL that becomes no embed.
    pub fn call(self) -> Option<Call<'static>> {
        let ServicePage { service, link, frame, height } = self.page.ok()?;
        let text = |name: &str, value: String| (name.to_owned(), Argument::Text(value));
        let arguments = vec![
            text("service", service.to_owned()),
            text("href", link),
            text("src", frame),
            text("title", self.title),
            ("height".to_owned(), Argument::Integer(height.into())),
        ];
        Some(Call { name: SERVICE_EMBED, arguments, body: self.words, known: true })
    }
}

/// The URLs on lines of their own, also in angle brackets.
fn urls(text: &str) -> Vec<Candidate> {
    let mut found = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let written = line.trim();
        let url = written.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')).unwrap_or(written);
        let is_url = url.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("http"));
        let page = || services::page(url).map(Ok).or_else(|| services::refusal(url).map(Err));
        if is_url && let Some(page) = page() {
            let start = at + (line.len() - line.trim_start().len());
            let range = start..start + written.len();
            found.push(Candidate { range, is_url: true, page, title: String::new(), words: None });
        }
        at += line.len();
    }
    found
}

/// The frames, quotes and charts of services, each with a script of its service in it or directly after it.
fn snippets(text: &str) -> Vec<Candidate> {
    let starts = memchr::memchr_iter(b'<', text.as_bytes());
    let found = starts.filter_map(|at| match &text[at + 1..] {
        rest if begins(rest, "iframe") => frame(text, at),
        rest if begins(rest, "blockquote") => quote(text, at),
        rest if begins(rest, "div") => chart(text, at),
        _ => None,
    });
    found.collect()
}

fn frame(text: &str, start: usize) -> Option<Candidate> {
    let (chunk, tag) = start_tag(text, start, "iframe")?;
    let mut page = services::page(value(chunk, &tag, "src")?.trim())?;
    // The height of a chart depends on what it shows.
    if page.height > 0
        && let Some(height) = value(chunk, &tag, "height").and_then(|height| height.trim_end_matches("px").parse().ok())
        && (50..=3_000).contains(&height)
    {
        page.height = height;
    }
    let after_tag = start + tag.range.end;
    let end = element_end(text, after_tag, "iframe").map_or(after_tag, |(_, end)| end);
    let title = value(chunk, &tag, "title").unwrap_or_default().trim().to_owned();
    let mut range = start..end;
    while let Some(around) = wrapper(text, &range) {
        range = around;
    }
    range.end = after_script(text, range.end).unwrap_or(range.end);
    Some(Candidate { range, is_url: false, page: Ok(page), title, words: None })
}

/// The empty element that the script of Flourish or Datawrapper fills with a chart.
fn chart(text: &str, start: usize) -> Option<Candidate> {
    let (chunk, tag) = start_tag(text, start, "div")?;
    let is_of_flourish = |class: String| class.split_ascii_whitespace().any(|class| class == "flourish-embed");
    let url = if value(chunk, &tag, "class").is_some_and(is_of_flourish) {
        format!("https://public.flourish.studio/{}", value(chunk, &tag, "data-src")?.trim())
    } else {
        let id = value(chunk, &tag, "id")?;
        format!("https://datawrapper.dwcdn.net/{}/", id.strip_prefix("datawrapper-vis-")?)
    };
    let page = services::page(&url)?;
    let (_, end) = element_end(text, start + tag.range.end, "div")?;
    let end = after_script(text, end).unwrap_or(end);
    Some(Candidate { range: start..end, is_url: false, page: Ok(page), title: String::new(), words: None })
}

/// A quote that a script would replace; without the script it is an ordinary quote.
fn quote(text: &str, start: usize) -> Option<Candidate> {
    let (chunk, tag) = start_tag(text, start, "blockquote")?;
    let class = value(chunk, &tag, "class")?;
    let (_, has_words) =
        QUOTES.iter().find(|(known, _)| class.split_ascii_whitespace().any(|class| class == *known))?;
    let inside = start + tag.range.end;
    let (inside_end, end) = element_end(text, inside, "blockquote")?;
    let end = after_script(text, end)?;
    let attributes = tag.attributes.iter().map(|attribute| escape::decode(&chunk[attribute.value.clone()]));
    let links =
        text[inside..inside_end].rsplit("href=\"").map(|link| escape::decode(link.split('"').next().unwrap_or(link)));
    let page = attributes.chain(links).find_map(|url| services::page(&url))?;
    let words = has_words.then_some(inside..inside_end);
    Some(Candidate { range: start..end, is_url: false, page: Ok(page), title: String::new(), words })
}

/// The start tag of this name at `at`, and the text that its ranges refer to.
fn start_tag<'t>(text: &'t str, at: usize, name: &str) -> Option<(&'t str, HtmlTag)> {
    let chunk = within(text, at, LONGEST_TAG);
    let tag = chunk.starts_with('<').then(|| token::tag(chunk, 0, false)).flatten()?;
    (tag.name == name).then_some((chunk, tag))
}

fn value(chunk: &str, tag: &HtmlTag, name: &str) -> Option<String> {
    let attribute = tag.attributes.iter().find(|attribute| attribute.name == name)?;
    Some(escape::decode(&chunk[attribute.value.clone()]))
}

/// The end of the contents of an element, which begin at `at`, and the end of its end tag.
fn element_end(text: &str, at: usize, name: &str) -> Option<(usize, usize)> {
    let inside = within(text, at, LONGEST_ELEMENT);
    let end = inside.match_indices("</").find(|(end, _)| begins(&inside[end + 2..], name))?.0;
    let close = inside[end..].find('>')?;
    Some((at + end, at + end + close + 1))
}

/// The `<div>` around a frame that holds nothing else: it gives the frame a shape, which the embed has of its own.
fn wrapper(text: &str, inside: &Range<usize>) -> Option<Range<usize>> {
    let before = text[..inside.start].trim_end();
    let start =
        before.ends_with('>').then(|| before.rfind('<'))?.filter(|&start| begins(&before[start + 1..], "div"))?;
    start_tag(text, start, "div").filter(|(_, tag)| start + tag.range.end == before.len())?;
    let after = text[inside.end..].trim_start();
    let end = text.len() - after.len();
    begins(after, "</div>").then_some(start..end + "</div>".len())
}

/// The end of a script that comes next. It has nothing to do without the element that it belongs to.
fn after_script(text: &str, at: usize) -> Option<usize> {
    let start = text.len() - text[at..].trim_start().len();
    let (_, tag) = start_tag(text, start, "script")?;
    element_end(text, start + tag.range.end, "script").map(|(_, end)| end)
}

fn begins(text: &str, word: &str) -> bool {
    text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
}

fn within(text: &str, start: usize, length: usize) -> &str {
    &text[start..text.floor_char_boundary(start + length)]
}
