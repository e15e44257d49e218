//! Prepares texts for Presswork: nothing in them may be read as something that the old system didn't mean.

use std::borrow::Cow;

use super::notes::{NoteKind, Notes};

/// The embeds that come with Presswork (docs/WRITING.md, "Embeds").
const EMBEDS: &[&str] = &[
    "aside",
    "audio",
    "bluesky",
    "chart",
    "document",
    "figure",
    "gallery",
    "map",
    "mastodon",
    "newsletter",
    "pull-quote",
    "timeline",
    "video",
    "vimeo",
    "x",
    "youtube",
];

/// The text with other systems' calls as plain text, without control characters, and with line ends of one kind.
pub(super) fn prepared(body: &str, place: &str, notes: &mut Notes) -> String {
    let body =
        if body.contains('\r') { Cow::Owned(body.replace("\r\n", "\n").replace('\r', "\n")) } else { body.into() };
    let cleaned = crate::control_characters::without(&body);
    if cleaned.len() != body.len() {
        notes.add(NoteKind::Dropped, "control character", place, "characters that HTML forbids");
    }
    with_plain_calls(&cleaned, place, notes)
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
        if !is_escaped && !(EMBEDS.contains(&name) && call.contains(">}}")) {
            text.push('\\');
            notes.add(
                NoteKind::Kept,
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
