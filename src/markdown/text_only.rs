//! Makes HTML for slow connections: without pictures, audio and video, with links to other such pages.

use super::escape::{attribute, decode};
use super::raw_html::token::{HtmlToken, tokens};

/// Elements that load another file; their fallback contents stay.
const LOADED: &[&str] = &["audio", "embed", "iframe", "img", "object", "picture", "source", "track", "video"];

/// Elements that scroll by themselves where they are wide, so that keyboards must reach them.
const WIDE: &[&str] = &["pre", "table"];

/// Returns the HTML with alternative texts instead of images, without anything else that loads, with code
/// and tables that keyboards reach, and with links replaced where `link` returns another. A link whose `rel` has `alternate` or `canonical` stays.
pub fn text_only(html: &str, link: &mut dyn FnMut(&str) -> Option<String>) -> String {
    let mut out = String::with_capacity(html.len());
    let mut done = 0;
    // A table in a box: the box scrolls, not the table.
    let mut is_in_box = false;
    for token in tokens(html) {
        if matches!(&token, HtmlToken::Text(range) if html[range.clone()].trim().is_empty()) {
            continue;
        }
        let was_in_box = std::mem::take(&mut is_in_box);
        let HtmlToken::Tag(tag) = token else { continue };
        let value = |name: &str| {
            let found = tag.attributes.iter().find(|attribute| attribute.name == name)?;
            Some((found.quoted.clone(), &html[found.value.clone()]))
        };
        is_in_box = value("tabindex").is_some();
        if WIDE.contains(&tag.name.as_str()) && !tag.closing && !is_in_box && !was_in_box {
            let name_end = tag.range.start + 1 + tag.name.len();
            out.extend([&html[done..name_end], " tabindex=\"0\""]);
            done = name_end;
        } else if LOADED.contains(&tag.name.as_str()) {
            out.push_str(&html[done..tag.range.start]);
            done = tag.range.end;
            // The value is already escaped.
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
