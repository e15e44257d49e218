//! Reads a paragraph of Markdown back, to check that it says what was meant.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::pieces::{Piece, TextMark};

/// A text as its readers see it.
#[derive(PartialEq, Debug, Default)]
struct Reading {
    /// The text; [`EDGE`] is where a mark begins or ends.
    text: String,
    /// The number of marks: strong, emphasis, struck out, code, pictures.
    marks: [usize; 5],
    urls: Vec<String>,
}

/// The edge of a mark in a reading: nested marks may come in either order.
const EDGE: char = '\u{1}';

impl Reading {
    fn mark(&mut self, kind: usize) {
        self.marks[kind] += 1;
        self.text.push(EDGE);
    }

    fn push(&mut self, text: &str) {
        self.text.extend(text.chars().map(|letter| if letter == '\n' { ' ' } else { letter }));
    }
}

/// True if Markdown is one paragraph and reads as these pieces.
pub(super) fn reads_as(markdown: &str, pieces: &[Piece]) -> bool {
    let mut text = markdown.to_owned();
    for piece in pieces {
        if let Piece::Footnote(label) = piece {
            // Without its note, a reference is text.
            text.push_str(&format!("\n\n[^{label}]: x"));
        }
    }
    reading_of_markdown(&text).is_some_and(|reading| reading == reading_of_pieces(pieces))
}

/// The extensions of Presswork's Markdown that can change the meaning of a paragraph.
const EXTENSIONS: Options = Options::ENABLE_STRIKETHROUGH
    .union(Options::ENABLE_TABLES)
    .union(Options::ENABLE_FOOTNOTES)
    .union(Options::ENABLE_TASKLISTS)
    .union(Options::ENABLE_HEADING_ATTRIBUTES)
    .union(Options::ENABLE_GFM)
    .union(Options::ENABLE_DEFINITION_LIST);

fn reading_of_pieces(pieces: &[Piece]) -> Reading {
    let mut reading = Reading::default();
    for piece in pieces {
        match piece {
            Piece::Text(text) => reading.push(text.trim_matches('\n')),
            Piece::Open(TextMark::Strong) => reading.mark(0),
            Piece::Open(TextMark::Emphasis) => reading.mark(1),
            Piece::Open(TextMark::Strike) => reading.mark(2),
            Piece::Open(TextMark::Link { url, .. }) => {
                reading.urls.push(url.clone());
                reading.text.push(EDGE);
            }
            Piece::Close(_) => reading.text.push(EDGE),
            Piece::Code(code) => {
                reading.mark(3);
                reading.push(code);
            }
            Piece::Image { alt, url, .. } => {
                reading.mark(4);
                reading.push(alt);
                reading.urls.push(url.clone());
                reading.text.push(EDGE);
            }
            Piece::Break => reading.text.push('\n'),
            Piece::Tag(tag) => reading.push(tag),
            Piece::Footnote(label) => reading.push(label),
        }
    }
    reading
}

/// The reading of one paragraph; `None` if the Markdown is anything else.
fn reading_of_markdown(markdown: &str) -> Option<Reading> {
    let mut reading = Reading::default();
    let mut events = Parser::new_ext(markdown, EXTENSIONS);
    if !matches!(events.next(), Some(Event::Start(Tag::Paragraph))) {
        return None;
    }
    for event in events.by_ref() {
        match event {
            Event::Text(text) => reading.push(&text),
            Event::Code(code) => {
                reading.mark(3);
                reading.push(&code);
            }
            Event::InlineHtml(tag) if &*tag == "<br>" => reading.text.push('\n'),
            Event::InlineHtml(tag) => match reading_of_tag(&tag) {
                Some(Some(kind)) => reading.mark(kind),
                Some(None) => reading.text.push(EDGE),
                None => reading.push(&tag),
            },
            Event::FootnoteReference(label) => reading.push(&label),
            Event::SoftBreak => return None,
            Event::HardBreak => reading.text.push('\n'),
            Event::Start(Tag::Strong) => reading.mark(0),
            Event::Start(Tag::Emphasis) => reading.mark(1),
            Event::Start(Tag::Strikethrough) => reading.mark(2),
            Event::Start(Tag::Link { dest_url, .. }) => {
                reading.urls.push(dest_url.into_string());
                reading.text.push(EDGE);
            }
            Event::Start(Tag::Image { dest_url, .. }) => {
                reading.urls.push(dest_url.into_string());
                reading.mark(4);
            }
            Event::End(TagEnd::Paragraph) => break,
            Event::End(_) => reading.text.push(EDGE),
            _ => return None,
        }
    }
    let is_alone = events.next().is_none_or(|event| matches!(event, Event::Start(Tag::FootnoteDefinition(_))));
    is_alone.then_some(reading)
}

/// The kind of mark that a tag of the careful manner opens; `Some(None)` for its end.
fn reading_of_tag(tag: &str) -> Option<Option<usize>> {
    match tag {
        "<strong>" => Some(Some(0)),
        "<em>" => Some(Some(1)),
        "<s>" => Some(Some(2)),
        "</strong>" | "</em>" | "</s>" => Some(None),
        _ => None,
    }
}
