//! Finds the comments in a body.

use std::ops::Range;

use pulldown_cmark::{Event, Parser, Tag, TagEnd};

use super::parser::extensions;
use super::raw_html::HtmlChunk;
use super::raw_html::token::{HtmlToken, tokens};
use super::{Options, Session};

pub(super) const OPEN: &str = "<!--";
pub(super) const CLOSE: &str = "-->";

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
    for (event, range) in Parser::new_ext(text, extensions(&session)).into_offset_iter() {
        match event {
            Event::Start(Tag::HtmlBlock) => block = Some(HtmlChunk::default()),
            Event::End(TagEnd::HtmlBlock) => {
                if let Some(chunk) = block.take() {
                    found.extend(in_html(chunk.text()).map(|comment| chunk.place(&comment)));
                }
            }
            Event::Html(html) | Event::InlineHtml(html) => match &mut block {
                Some(chunk) => chunk.push(&html, range.start),
                None => {
                    found.extend(in_html(&html).map(|comment| range.start + comment.start..range.start + comment.end))
                }
            },
            _ => {}
        }
    }
    found
}

/// Returns the comments in raw HTML.
pub(super) fn in_html(html: &str) -> impl Iterator<Item = Range<usize>> {
    tokens(html).into_iter().filter_map(|token| match token {
        HtmlToken::Other(range) if html[range.clone()].starts_with(OPEN) => Some(range),
        _ => None,
    })
}
