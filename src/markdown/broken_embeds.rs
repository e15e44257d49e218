//! The words of an embed that can't be shown. Its error stops a build unless the project knows it: then a picture is
//! missing, but not its caption.

use std::borrow::Cow;

use super::{Argument, EmbedCall, SERVICE_EMBED, Session, escape};
use crate::typography;

/// Arguments that are printed wherever an embed shows them, in the order in which they are read.
const PRINTED: &[&str] = &[
    "heading", "title", "label", "deck", "quote", "text", "caption", "note", "source", "author", "role", "date",
    "credit",
];

/// The HTML of the words: a figure of which only the caption is left, or plain text if a block has no place here. The
/// text between the tags of a pair follows.
pub(super) fn words(session: &Session<'_>, call: &EmbedCall<'_>, is_block: bool) -> String {
    let body = call.body.as_deref().unwrap_or_default();
    let texts = texts(session, call);
    if texts.is_empty() {
        return body.to_owned();
    }
    let mut html = String::new();
    if is_block {
        html.push_str("<figure>\n<figcaption>");
    }
    for (number, text) in texts.iter().enumerate() {
        if number > 0 {
            html.push_str(" · ");
        }
        escape::text(&mut html, text);
    }
    html.push_str(if is_block { "</figcaption>\n</figure>\n" } else { " " });
    html + body
}

fn texts<'c>(session: &Session<'_>, call: &'c EmbedCall<'_>) -> Vec<Cow<'c, str>> {
    if call.name == SERVICE_EMBED {
        return Vec::new();
    }
    let given = PRINTED.iter().filter_map(|name| call.arguments.iter().find(|(given, _)| given == name));
    let texts = given.filter_map(|(_, argument)| match argument {
        Argument::Text(text) if !text.trim().is_empty() => Some(text.as_str()),
        _ => None,
    });
    let is_typeset = session.options.smart_punctuation;
    texts
        .map(|text| if is_typeset { typography::line(text, &session.options.quotes) } else { Cow::Borrowed(text) })
        .collect()
}
