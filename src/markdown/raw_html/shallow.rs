//! Removes tags that nest too deeply, before a parser sees them.

use std::borrow::Cow;

use super::Nesting;
use super::token::{HtmlToken, tokens};

/// More attributes than any tag needs. A parser compares each attribute with all others of its tag.
const MAX_ATTRIBUTES: usize = 64;

/// Returns foreign HTML without the tags that nest more deeply than Presswork publishes, so that parsing it takes linear
/// time; their contents stay.
pub fn without_deep_nesting(html: &str) -> Cow<'_, str> {
    let mut nesting = Nesting::default();
    let mut out = String::new();
    let mut done = 0;
    for token in tokens(html) {
        let HtmlToken::Tag(tag) = token else { continue };
        if tag.closing {
            nesting.close(&tag.name);
            continue;
        }
        let is_void = super::token::is_void(&tag.name);
        let is_sound = tag.attributes.len() < MAX_ATTRIBUTES && (is_void || nesting.open(&tag.name));
        if !is_sound {
            out.push_str(&html[done..tag.range.start]);
            done = tag.range.end;
        }
    }
    if done == 0 {
        return Cow::Borrowed(html);
    }
    out.push_str(&html[done..]);
    Cow::Owned(out)
}
