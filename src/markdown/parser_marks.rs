//! Changes how the Markdown parser reads some text, with marks that are inserted before parsing and
//! removed from the events.
//!
//! The mark is a character that is neither space nor punctuation. It is inserted
//! - beside `*` and `~` next to Chinese, Japanese or Korean characters, because the emphasis rules look
//!   for spaces that these scripts don't use
//!   (<https://github.com/commonmark/commonmark-spec/issues/650>); the rules follow
//!   <https://github.com/tats-u/markdown-cjk-friendly>,
//! - before a colon that begins a line without a following space, so that it doesn't start a definition.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, CowStr, Event, Tag};

use crate::typography::{is_cjk, is_punctuation};

/// A noncharacter, which no published text contains.
const MARK: char = '\u{fdd2}';

/// A text with marks.
pub(super) struct MarkedText {
    text: String,
    /// The byte positions of the marks.
    marks: Vec<usize>,
}

impl MarkedText {
    /// Inserts marks into a text; `None` if it needs none.
    pub fn of(text: &str) -> Option<MarkedText> {
        let mut places = colons(text);
        emphasis(text, &mut places);
        if places.is_empty() || text.contains(MARK) {
            return None;
        }
        places.sort_unstable();
        places.dedup();
        let mut marked = String::with_capacity(text.len() + places.len() * MARK.len_utf8());
        let mut marks = Vec::with_capacity(places.len());
        let mut done = 0;
        for place in places {
            marked.push_str(&text[done..place]);
            marks.push(marked.len());
            marked.push(MARK);
            done = place;
        }
        marked.push_str(&text[done..]);
        Some(MarkedText { text: marked, marks })
    }

    /// The text with marks.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns an event without marks, and its byte range in the original text.
    pub fn restored<'e>(&self, event: Event<'e>, range: Range<usize>) -> (Event<'e>, Range<usize>) {
        let original = |at: usize| at - MARK.len_utf8() * self.marks.partition_point(|&mark| mark < at);
        (without_marks(event), original(range.start)..original(range.end))
    }
}

fn without_marks(event: Event<'_>) -> Event<'_> {
    match event {
        Event::Text(text) => Event::Text(clean(text)),
        Event::Code(text) => Event::Code(clean(text)),
        Event::Html(text) => Event::Html(clean(text)),
        Event::InlineHtml(text) => Event::InlineHtml(clean(text)),
        Event::FootnoteReference(label) => Event::FootnoteReference(clean(label)),
        Event::Start(Tag::FootnoteDefinition(label)) => Event::Start(Tag::FootnoteDefinition(clean(label))),
        Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(clean(info))))
        }
        Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
            Event::Start(Tag::Link { link_type, dest_url: clean(dest_url), title: clean(title), id: clean(id) })
        }
        Event::Start(Tag::Image { link_type, dest_url, title, id }) => {
            Event::Start(Tag::Image { link_type, dest_url: clean(dest_url), title: clean(title), id: clean(id) })
        }
        Event::Start(Tag::Heading { level, id, classes, attrs }) => Event::Start(Tag::Heading {
            level,
            id: id.map(clean),
            classes: classes.into_iter().map(clean).collect(),
            attrs: attrs.into_iter().map(|(name, value)| (clean(name), value.map(clean))).collect(),
        }),
        other => other,
    }
}

fn clean(text: CowStr<'_>) -> CowStr<'_> {
    if text.contains(MARK) { CowStr::from(text.replace(MARK, "")) } else { text }
}

/// Returns the colons that begin a line but no definition.
fn colons(text: &str) -> Vec<usize> {
    let bytes = text.as_bytes();
    memchr::memchr_iter(b':', bytes).filter(|&at| begins_line(bytes, at) && !defines(text, at)).collect()
}

/// True if the byte begins its line, apart from spaces and the markers of quotes and lists.
fn begins_line(bytes: &[u8], at: usize) -> bool {
    let before = bytes[..at].iter().rev().take_while(|&&byte| byte != b'\n');
    before.take(MAX_PREFIX).all(|byte| matches!(byte, b' ' | b'\t' | b'>' | b'-' | b'*' | b'+' | b'\r'))
}

/// The maximum length of a line's prefix in bytes.
const MAX_PREFIX: usize = 200;

/// True if the colon is followed by a space and text, or its line separates a table's head from its
/// rows.
fn defines(text: &str, at: usize) -> bool {
    let line = text[at..].lines().next().unwrap_or_default();
    if line[1..].starts_with([' ', '\t']) && !line[1..].trim().is_empty() {
        return true;
    }
    let is_delimiter = line.bytes().all(|byte| matches!(byte, b':' | b'-' | b'|' | b' ' | b'\t')) && line.contains('-');
    is_delimiter
        && text[..at].trim_end_matches([' ', '\t', '>']).lines().next_back().is_some_and(|head| head.contains('|'))
}

/// Adds the positions at which the emphasis rules must not see punctuation.
fn emphasis(text: &str, places: &mut Vec<usize>) {
    let bytes = text.as_bytes();
    let mut next = 0;
    while let Some(skip) = memchr::memchr2(b'*', b'~', &bytes[next..]) {
        let mut start = next + skip;
        let length = bytes[start..].iter().take_while(|&&byte| byte == bytes[start]).count();
        let end = start + length;
        next = end;
        let is_ascii = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_none_or(u8::is_ascii);
        if is_ascii(start.checked_sub(1)) && is_ascii(Some(end)) {
            continue;
        }
        if bytes[..start].iter().rev().take_while(|&&byte| byte == b'\\').count() % 2 == 1 {
            // The first character is escaped, so it is plain text.
            start += 1;
        }
        let (Some(before), Some(after)) = (text[..start].chars().next_back(), text[end..].chars().next()) else {
            continue;
        };
        if start == end || before.is_whitespace() || after.is_whitespace() || !(is_cjk(before) || is_cjk(after)) {
            continue;
        }
        match (is_punctuation(before), is_punctuation(after)) {
            (true, false) => places.push(start),
            (false, true) => places.push(end),
            _ => {}
        }
    }
}
