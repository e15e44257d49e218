//! Typesets the text of parsed events: quotation marks and dashes of its language, and no gap where a
//! line ends between Chinese or Japanese characters.

use std::collections::VecDeque;
use std::ops::Range;

use pulldown_cmark::{CowStr, Event, LinkType, Tag, TagEnd};

use super::leftovers::{self, Leftovers};
use super::parser::Located;
use crate::language::Quotes;
use crate::typography::{self, TextPart};

/// Passes events on paragraph by paragraph, because a quotation may begin in one event and end in
/// another.
pub(super) struct Typesetter<'p, I> {
    events: I,
    /// The text that the events' byte ranges refer to.
    source: &'p str,
    /// The language's quotation marks; `None` leaves straight quotes alone.
    quotes: Option<Quotes>,
    leftovers: Option<&'p Leftovers>,
    /// True if nothing in the text needs typesetting.
    is_plain: bool,
    is_ascii: bool,
    has_dashes: bool,
    has_dots: bool,
    in_code: bool,
    waiting: VecDeque<Located<'p>>,
}

impl<'p, I: Iterator<Item = Located<'p>>> Typesetter<'p, I> {
    pub fn new(
        events: I,
        source: &'p str,
        quotes: Option<Quotes>,
        leftovers: Option<&'p Leftovers>,
    ) -> Typesetter<'p, I> {
        let bytes = source.as_bytes();
        let quotes = quotes.filter(|_| typography::has_marks(source));
        let has = |mark: &[u8]| quotes.is_some() && memchr::memmem::find(bytes, mark).is_some();
        let leftovers = leftovers.filter(|_| leftovers::may_be_in(source));
        let is_ascii = source.is_ascii();
        Typesetter {
            events,
            source,
            quotes,
            leftovers,
            is_plain: quotes.is_none() && leftovers.is_none() && is_ascii,
            is_ascii,
            has_dashes: has(b"--"),
            has_dots: has(b"..."),
            in_code: false,
            waiting: VecDeque::new(),
        }
    }

    /// Typesets the waiting paragraph.
    fn set(&mut self) {
        if let Some(leftovers) = self.leftovers {
            leftovers.check_paragraph(self.source, self.waiting.make_contiguous());
        }
        if let Some(quotes) = self.quotes
            && self.waiting.iter().any(|(event, _)| self.has_marks(event))
        {
            set(self.waiting.make_contiguous(), self.source, &quotes);
        }
        // Whether a line end is a gap depends on the quotation marks around it.
        if !self.is_ascii {
            self.join_lines();
        }
    }

    fn has_marks(&self, event: &Event<'_>) -> bool {
        let has = |text: &str| {
            let bytes = text.as_bytes();
            memchr::memchr2(b'"', b'\'', bytes).is_some()
                || self.has_dashes && memchr::memmem::find(bytes, b"--").is_some()
                || self.has_dots && memchr::memmem::find(bytes, b"...").is_some()
        };
        match event {
            Event::Text(text) => has(text),
            Event::Start(Tag::Link { title, .. } | Tag::Image { title, .. }) => !title.is_empty() && has(title),
            _ => false,
        }
    }

    /// Removes line ends that would show as gaps.
    fn join_lines(&mut self) {
        let joins = |at: usize| {
            let before =
                self.waiting.range(..at).rev().find_map(|(event, _)| edge(event, |text| text.chars().next_back()));
            let after = self.waiting.range(at + 1..).find_map(|(event, _)| edge(event, |text| text.chars().next()));
            before.flatten().zip(after.flatten()).is_some_and(|(before, after)| typography::joins_lines(before, after))
        };
        let is_break = |at: &usize| matches!(self.waiting[*at].0, Event::SoftBreak);
        let joined: Vec<usize> = (1..self.waiting.len()).filter(is_break).filter(|&at| joins(at)).collect();
        if !joined.is_empty() {
            let (mut at, mut joined) = (0, joined.into_iter().peekable());
            self.waiting.retain(|_| {
                at += 1;
                joined.next_if_eq(&(at - 1)).is_none()
            });
        }
    }
}

/// The character at the edge of an event's text; `None` for events that readers don't see, such as the
/// end of emphasis.
fn edge(event: &Event<'_>, character: impl Fn(&str) -> Option<char>) -> Option<Option<char>> {
    match event {
        Event::Text(text) if text.is_empty() => None,
        Event::Text(text) | Event::Code(text) => Some(character(text)),
        Event::Start(tag) if !matches!(tag, Tag::Image { .. }) => None,
        Event::End(tag) if !matches!(tag, TagEnd::Image) => None,
        Event::FootnoteReference(_) => None,
        Event::InlineHtml(html) if html.starts_with("<!--") || is_text_element(html) => None,
        _ => Some(None),
    }
}

impl<'p, I: Iterator<Item = Located<'p>>> Iterator for Typesetter<'p, I> {
    type Item = Located<'p>;

    fn next(&mut self) -> Option<Located<'p>> {
        if let Some(next) = self.waiting.pop_front() {
            return Some(next);
        }
        if self.is_plain {
            return self.events.next();
        }
        for (event, range) in self.events.by_ref() {
            match &event {
                Event::Start(Tag::CodeBlock(_)) => self.in_code = true,
                Event::End(TagEnd::CodeBlock) => self.in_code = false,
                _ => {}
            }
            if !self.in_code && is_inline(&event) {
                self.waiting.push_back((event, range));
                continue;
            }
            if self.waiting.is_empty() {
                return Some((event, range));
            }
            self.set();
            self.waiting.push_back((event, range));
            return self.waiting.pop_front();
        }
        self.set();
        self.waiting.pop_front()
    }
}

/// Elements that only change how their text looks or what it means.
const TEXT_ELEMENTS: &[&str] = &[
    "a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins", "kbd",
    "mark", "q", "rb", "ruby", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u",
    "var",
];
/// Elements that contain code.
const CODE_ELEMENTS: &[&str] = &["code", "kbd", "pre", "samp", "script", "style", "textarea", "tt", "var"];

fn is_text_element(tag: &str) -> bool {
    TEXT_ELEMENTS.iter().any(|name| tag_name(tag).eq_ignore_ascii_case(name))
}

/// The name of a tag.
fn tag_name(tag: &str) -> &str {
    let name = tag.trim_start_matches(['<', '/']);
    &name[..name.find(|letter: char| !letter.is_ascii_alphanumeric()).unwrap_or(name.len())]
}

/// Updates the number of open code elements at a tag of raw HTML.
fn count_code(open: &mut usize, tag: &str) {
    if CODE_ELEMENTS.iter().any(|name| tag_name(tag).eq_ignore_ascii_case(name)) {
        *open = if tag.starts_with("</") { open.saturating_sub(1) } else { *open + 1 };
    }
}

/// True if an event belongs to a paragraph's text.
fn is_inline(event: &Event<'_>) -> bool {
    match event {
        Event::Text(_) | Event::Code(_) | Event::InlineHtml(_) | Event::SoftBreak | Event::HardBreak => true,
        Event::FootnoteReference(_) => true,
        Event::Start(tag) => {
            matches!(tag, Tag::Emphasis | Tag::Strong | Tag::Strikethrough | Tag::Link { .. } | Tag::Image { .. })
        }
        Event::End(tag) => {
            matches!(tag, TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Link | TagEnd::Image)
        }
        _ => false,
    }
}

/// Typesets one paragraph.
fn set<'p>(events: &mut [Located<'p>], source: &str, quotes: &Quotes) {
    let mut lines = vec![TextLine::default()];
    // Indices of the line and of open images; each alternative text is a line of its own.
    let mut open = vec![0];
    let mut in_url = false;
    let mut open_code = 0;
    for (number, (event, range)) in events.iter_mut().enumerate() {
        match event {
            Event::Start(Tag::Image { title, .. }) => {
                set_title(title, quotes);
                push(&mut lines, &open, number, 0, LinePart::Object);
                open.push(lines.len());
                lines.push(TextLine::default());
            }
            Event::End(TagEnd::Image) => {
                open.pop();
            }
            Event::Start(Tag::Link { link_type, title, .. }) => {
                in_url = matches!(link_type, LinkType::Autolink | LinkType::Email);
                set_title(title, quotes);
            }
            Event::End(TagEnd::Link) => in_url = false,
            Event::Text(_) | Event::Code(_) if in_url => push(&mut lines, &open, number, 0, LinePart::Object),
            Event::Code(_) => push(&mut lines, &open, number, 0, LinePart::Object),
            Event::Text(text) if open_code > 0 => push(&mut lines, &open, number, 0, LinePart::Fixed(0..text.len())),
            Event::Text(text) => match fixed(text, range, source) {
                0 => push(&mut lines, &open, number, 0, LinePart::Text(0..text.len())),
                length => {
                    push(&mut lines, &open, number, 0, LinePart::Fixed(0..length));
                    push(&mut lines, &open, number, length, LinePart::Text(length..text.len()));
                }
            },
            Event::SoftBreak | Event::HardBreak => push(&mut lines, &open, number, 0, LinePart::Space),
            Event::InlineHtml(tag) if tag.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("<br")) => {
                push(&mut lines, &open, number, 0, LinePart::Space);
            }
            Event::InlineHtml(tag) => count_code(&mut open_code, tag),
            _ => {}
        }
    }
    for line in lines {
        line.apply(events, quotes);
    }
}

fn push(lines: &mut [TextLine], open: &[usize], event: usize, offset: usize, part: LinePart) {
    if let Some(line) = open.last().and_then(|&at| lines.get_mut(at)) {
        line.0.push((event, offset, part));
    }
}

fn set_title(title: &mut CowStr<'_>, quotes: &Quotes) {
    if let std::borrow::Cow::Owned(set) = typography::line(title, quotes) {
        *title = CowStr::from(set);
    }
}

/// The number of leading bytes that must not be changed: an escaped character or a character reference.
fn fixed(text: &str, range: &Range<usize>, source: &str) -> usize {
    let bytes = source.as_bytes();
    let is_reference = bytes.get(range.start) == Some(&b'&') && source.get(range.clone()) != Some(text);
    if is_reference {
        return text.len();
    }
    let is_escaped = range.start.checked_sub(1).and_then(|at| bytes.get(at)) == Some(&b'\\');
    usize::from(is_escaped && text.starts_with(['"', '\'', '-', '.']))
}

/// A part of a line, as a byte range of an event's text.
enum LinePart {
    Text(Range<usize>),
    Fixed(Range<usize>),
    Space,
    Object,
}

/// The parts of a line: the index of the event, the offset of the part in it, and the part.
#[derive(Default)]
struct TextLine(Vec<(usize, usize, LinePart)>);

impl TextLine {
    fn apply(&self, events: &mut [Located<'_>], quotes: &Quotes) {
        let text = |event: usize, range: &Range<usize>| match &events[event].0 {
            Event::Text(text) => text.get(range.clone()).unwrap_or_default(),
            _ => "",
        };
        let parts: Vec<TextPart<'_>> = self
            .0
            .iter()
            .map(|(event, _, part)| match part {
                LinePart::Text(range) => TextPart::Text(text(*event, range)),
                LinePart::Fixed(range) => TextPart::Fixed(text(*event, range)),
                LinePart::Space => TextPart::Space,
                LinePart::Object => TextPart::Object,
            })
            .collect();
        let mut changes = typography::changes(&parts, quotes);
        for change in &mut changes {
            let (event, offset, _) = self.0[change.part];
            change.part = event;
            change.range = change.range.start + offset..change.range.end + offset;
        }
        for changes in changes.chunk_by(|one, other| one.part == other.part) {
            if let Some((Event::Text(text), _)) = changes.first().and_then(|change| events.get_mut(change.part)) {
                *text = CowStr::from(typography::rewritten(text, changes));
            }
        }
    }
}
