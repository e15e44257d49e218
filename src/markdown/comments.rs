//! Finds comments in a body, and reports those that don't end where they should.

use std::ops::Range;

use pulldown_cmark::{Event, Parser, Tag, TagEnd};

use super::raw_html::HtmlChunk;
use super::raw_html::token::{HtmlToken, tokens};
use super::writer::HtmlWriter;
use super::{BodyProblem, Options, Session, events};
use crate::diagnostic::Code;

const OPEN: &str = "<!--";
const CLOSE: &str = "-->";

/// Returns the start of each unescaped `<!--`, where a comment may begin.
pub(super) fn starts(text: &str) -> Vec<usize> {
    let is_escaped = |at: usize| text[..at].bytes().rev().take_while(|&byte| byte == b'\\').count() % 2 == 1;
    memchr::memmem::find_iter(text.as_bytes(), OPEN).filter(|&at| !is_escaped(at)).collect()
}

/// Returns the byte ranges of all comments in a body, except those published as text.
pub fn comments(text: &str, options: &Options) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    if starts(text).is_empty() {
        return found;
    }
    let session = Session::new(text, options, &super::walk::WalkContext, false);
    let mut block: Option<HtmlChunk> = None;
    for (event, range) in Parser::new_ext(text, events::extensions(&session)).into_offset_iter() {
        match event {
            Event::Start(Tag::HtmlBlock) => block = Some(HtmlChunk::default()),
            Event::End(TagEnd::HtmlBlock) => {
                if let Some(chunk) = block.take() {
                    found.extend(unseen(chunk.text()).map(|comment| chunk.place(&comment)));
                }
            }
            Event::Html(html) | Event::InlineHtml(html) => match &mut block {
                Some(chunk) => chunk.push(&html, range.start),
                None => {
                    found.extend(unseen(&html).map(|comment| range.start + comment.start..range.start + comment.end))
                }
            },
            _ => {}
        }
    }
    found
}

/// Returns the comments in raw HTML.
fn unseen(html: &str) -> impl Iterator<Item = Range<usize>> {
    tokens(html).into_iter().filter_map(|token| match token {
        HtmlToken::Other(range) if html[range.clone()].starts_with(OPEN) => Some(range),
        _ => None,
    })
}

impl HtmlWriter<'_, '_> {
    /// Reports comments that begin in text that is published as written: such comments can't contain an
    /// empty line (CommonMark 0.31.2, section 6.6).
    pub(super) fn check_comments(&mut self, text: &Range<usize>) {
        let from = self.comments.partition_point(|&at| at < text.start);
        let inside: Vec<usize> = self.comments[from..].iter().copied().take_while(|at| *at < text.end).collect();
        for at in inside {
            let message = "the comment that begins here does not end in its paragraph, so it is published as text";
            let hint = "end it with `-->` before the next empty line, or put `<!--` at the start of a line after an empty \
                        one; `\\<!--` is plain text";
            self.unclosed_comment(&(at..at + OPEN.len()), message, hint);
        }
    }

    /// Reports an unclosed comment in raw HTML.
    pub(super) fn check_block_of_comments(&mut self, chunk: &HtmlChunk) {
        let html = chunk.text();
        let unclosed = unseen(html).find(|comment| {
            let comment = &html[comment.clone()];
            comment.len() < OPEN.len() + CLOSE.len() && comment != "<!-->" && comment != "<!--->"
                || !comment.ends_with(CLOSE)
        });
        let Some(comment) = unclosed else { return };
        let (message, hint) = match html[..comment.start].trim().is_empty() {
            true => ("the comment that begins here never ends, so nothing after it is published", "end it with `-->`"),
            false => (
                "the comment that begins here does not end in its block of HTML, so what follows the block is published",
                "end it with `-->` before the next empty line, or put it in a block of its own",
            ),
        };
        self.unclosed_comment(&chunk.place(&(comment.start..comment.start + OPEN.len())), message, hint);
    }

    fn unclosed_comment(&mut self, place: &Range<usize>, message: &str, hint: &str) {
        let (start, end) = self.places.original(place);
        self.session.report(BodyProblem::new(Code::UnclosedComment, message).hint(hint), start, end);
    }
}
