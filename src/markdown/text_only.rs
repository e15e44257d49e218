//! Pages for bad connections: HTML without pictures, sound and films, whose links stay among such pages.

use super::escape::{attribute, decode};
use super::raw::token::{Token, tokens};

/// Elements that load something besides the page; what they hold, for readers without them, stays.
const LOADED: &[&str] = &["audio", "embed", "iframe", "img", "object", "picture", "source", "track", "video"];

/// The HTML with what pictures show in words, without whatever else loads, and with other links where `link` knows
/// any. A link whose `rel` has `alternate` or `canonical` leads out of the edition and stays as it is.
pub fn text_only(html: &str, link: &mut dyn FnMut(&str) -> Option<String>) -> String {
    let mut out = String::with_capacity(html.len());
    let mut done = 0;
    for token in tokens(html) {
        let Token::Tag(tag) = token else { continue };
        let value = |name: &str| {
            let found = tag.attributes.iter().find(|attribute| attribute.name == name)?;
            Some((found.quoted.clone(), &html[found.value.clone()]))
        };
        if LOADED.contains(&tag.name.as_str()) {
            out.push_str(&html[done..tag.range.start]);
            done = tag.range.end;
            // The value is escaped already.
            if let Some((_, words)) = value("alt").filter(|(_, words)| tag.name == "img" && !words.trim().is_empty()) {
                out.extend(["[", words, "]"]);
            }
        } else if tag.name == "a"
            && let Some((place, url)) = value("href")
            && !value("rel").is_some_and(|(_, rel)| rel.contains("alternate") || rel.contains("canonical"))
            && let Some(other) = link(&decode(url))
        {
            out.push_str(&html[done..place.start]);
            out.push('"');
            attribute(&mut out, &other);
            out.push('"');
            done = place.end;
        }
    }
    out.push_str(&html[done..]);
    out
}
