//! Titles of other systems as plain text.

use crate::import::words::html_text;
use crate::import::yaml_text::on_one_line;

/// A title without tags and with its character references decoded; Markdown marks stay, since they may be words.
pub fn plain_title(title: &str) -> String {
    if title.contains(['<', '&']) { on_one_line(&decoded(title)) } else { on_one_line(title) }
}

/// A less-than sign that begins no tag is a sign.
fn decoded(title: &str) -> String {
    let begins_tag = title.match_indices('<').any(|(at, _)| {
        let next = title[at + 1..].chars().next();
        next.is_some_and(|next| next.is_ascii_alphabetic() || next == '/') && title[at..].contains('>')
    });
    if begins_tag { html_text(title) } else { html_text(&title.replace('<', "&lt;")) }
}
