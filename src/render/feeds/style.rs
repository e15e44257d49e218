//! The style sheet with which browsers show feeds: they are dropping XSLT, but all of them style XML
//! with CSS.

use std::fmt::Write;

use crate::view::Viewer;

const STYLE: &str = include_str!("style.css");

/// Returns the style sheet of all feeds, with a hint in the site's language.
pub(crate) fn style(viewer: &Viewer<'_>) -> Vec<u8> {
    let language = &viewer.config.language;
    let hint = viewer.strings.get(language, "feed_hint").unwrap_or_default();
    let mut style = format!("rss, feed {{ direction: {} }}\n", language.direction());
    if !hint.is_empty() {
        let _ = writeln!(style, "rss::before, feed::before {{ content: \"{}\" }}", css_escaped(hint));
    }
    [style.as_str(), STYLE].concat().into_bytes()
}

/// Escapes text for a CSS string (CSS Syntax Module Level 3, section 4.3.5), escaping every special
/// character.
fn css_escaped(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len());
    for letter in text.chars() {
        if letter.is_control() || matches!(letter, '"' | '\\' | '<' | '>') {
            let _ = write!(quoted, "\\{:x} ", u32::from(letter));
        } else {
            quoted.push(letter);
        }
    }
    quoted
}
