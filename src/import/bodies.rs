//! Prepares texts for Presswork: nothing in them may be read as something that the old system didn't mean.

use std::borrow::Cow;

use super::notes::{ImportNoteKind, Notes};
use crate::render::is_program_embed;

/// The text with other systems' calls as plain text, without control characters, and with line ends of one kind.
pub(super) fn prepared(body: &str, place: &str, notes: &mut Notes) -> String {
    let body =
        if body.contains('\r') { Cow::Owned(body.replace("\r\n", "\n").replace('\r', "\n")) } else { body.into() };
    let cleaned = crate::control_characters::without(&body);
    if cleaned.len() != body.len() {
        notes.add(ImportNoteKind::Dropped, "control character", place, "characters that HTML forbids");
    }
    with_fewer_blank_lines(&with_plain_calls(&cleaned, place, notes))
}

/// The text with at most one empty line in a row, except in code: converted calls leave several.
fn with_fewer_blank_lines(text: &str) -> String {
    if !text.contains("\n\n\n") && !text.contains("\n \n") {
        return text.to_owned();
    }
    let mut kept = String::with_capacity(text.len());
    let mut fence: Option<&str> = None;
    let mut was_blank = false;
    for line in text.split_inclusive('\n') {
        let trimmed = line.trim();
        let mark = ["```", "~~~"].into_iter().find(|mark| trimmed.starts_with(mark));
        fence = match (fence, mark) {
            (None, mark) => mark,
            (Some(open), Some(mark)) if open == mark && trimmed.trim_start_matches(['`', '~']).is_empty() => None,
            (open, _) => open,
        };
        let is_blank = trimmed.is_empty() && fence.is_none();
        if !(is_blank && was_blank) {
            kept.push_str(line);
        }
        was_blank = is_blank;
    }
    kept
}

/// Escapes `{{<` unless one of Presswork's own embeds follows.
fn with_plain_calls(body: &str, place: &str, notes: &mut Notes) -> String {
    if !body.contains("{{<") {
        return body.to_owned();
    }
    let mut text = String::with_capacity(body.len() + 8);
    let mut rest = body;
    while let Some(at) = rest.find("{{<") {
        let (before, call) = rest.split_at(at);
        text.push_str(before);
        let name = call[3..].trim_start().trim_start_matches('/').trim_start();
        let name = name.split(|c: char| !(c.is_alphanumeric() || c == '-' || c == '_')).next().unwrap_or(name);
        let is_escaped = before.bytes().rev().take_while(|&byte| byte == b'\\').count() % 2 == 1;
        let is_ours = is_program_embed(name) && call.contains(">}}");
        if !is_escaped && !is_ours {
            text.push('\\');
            notes.add(
                ImportNoteKind::Kept,
                format!("call `{name}`"),
                place,
                "it is plain text, because no embed has this name",
            );
        }
        text.push_str("{{<");
        rest = &call[3..];
    }
    text + rest
}

/// The text without comments: what they name isn't published.
pub(super) fn without_comments(text: &str) -> Cow<'_, str> {
    if !text.contains("<!--") {
        return Cow::Borrowed(text);
    }
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("<!--") {
        kept.push_str(&rest[..at]);
        rest = rest[at..].find("-->").map_or("", |end| &rest[at + end + 3..]);
    }
    Cow::Owned(kept + rest)
}
