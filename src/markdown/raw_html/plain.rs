//! The text of HTML without its markup.

use super::token::{HtmlToken, tokens};
use crate::markdown::block_elements::is_within_word;
use crate::markdown::escape::decoded_text;

/// The text of HTML without tags, comments, scripts and styles, with its character references decoded. A space stands for
/// each tag that ends a word.
///
/// ```
/// use presswork::markdown::html_text;
/// assert_eq!(html_text("<p>Caf&eacute;s</p><p>H<sub>2</sub>O<!-- no --></p>"), " Cafés  H2O ");
/// ```
pub fn html_text(html: &str) -> String {
    let mut text = String::with_capacity(html.len() / 2);
    for token in tokens(html) {
        match token {
            HtmlToken::Text(range) => {
                let written = &html[range];
                match written.contains('&') {
                    true => text.push_str(&decoded_text(written)),
                    false => text.push_str(written),
                }
            }
            HtmlToken::Tag(tag) if !is_within_word(&tag.name) => text.push(' '),
            HtmlToken::Tag(_) | HtmlToken::Other(_) | HtmlToken::Unfinished(_) => {}
        }
    }
    text
}
