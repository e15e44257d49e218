//! Finds the ids of a finished page and its links to parts of pages.

use std::borrow::Cow;
use std::ops::Range;

use memchr::{memchr, memchr_iter, memmem, memrchr2};

use super::escape::decode;

/// The ids of a page and its links with fragments, in page order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Anchors<'h> {
    /// The ids, including the `name` attributes of HTML 4 anchors.
    pub ids: Vec<Cow<'h, str>>,
    /// The ids that occur more than once, without their first occurrence.
    pub repeated: Vec<Cow<'h, str>>,
    /// The links.
    pub links: Vec<FragmentLink<'h>>,
}

/// A link with a fragment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FragmentLink<'h> {
    /// The URL.
    pub url: Cow<'h, str>,
    /// The URL as the page has it, with character references.
    pub written: &'h str,
}

/// Regions whose text may look like tags but isn't, or isn't shown.
const HIDDEN: &[(&str, &str)] = &[("<!--", "-->"), ("<script", "</script"), ("<style", "</style")];

/// Finds ids and links in one pass over the page's few equals signs.
pub fn anchors(html: &str) -> Anchors<'_> {
    let bytes = html.as_bytes();
    let hidden = hidden(html);
    let mut anchors = Anchors::default();
    let mut seen = ahash::HashSet::default();
    for at in memchr_iter(b'=', bytes) {
        let Some(name) = attribute_before(bytes, at) else { continue };
        let is_hidden = || hidden.iter().any(|range| range.contains(&at));
        let value = value_after(html, at + 1);
        if value.is_empty() || (name == Name::Link && !value.contains('#')) || is_hidden() {
            continue;
        }
        let Some(tag) = tag_around(html, at) else { continue };
        let decoded = if value.contains('&') { Cow::Owned(decode(value)) } else { Cow::Borrowed(value) };
        match name {
            Name::Anchor if !tag.eq_ignore_ascii_case("a") => {}
            Name::Link => anchors.links.push(FragmentLink { url: decoded, written: value }),
            Name::Anchor => anchors.ids.push(decoded),
            Name::Id if seen.insert(value) => anchors.ids.push(decoded),
            Name::Id => anchors.repeated.push(decoded),
        }
    }
    anchors
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Name {
    Id,
    Anchor,
    Link,
}

/// Returns which of the attributes ends before this byte, if any.
fn attribute_before(bytes: &[u8], at: usize) -> Option<Name> {
    let before = bytes[..at].trim_ascii_end();
    let (name, length) = match before.last()?.to_ascii_lowercase() {
        b'd' => (Name::Id, 2),
        b'f' => (Name::Link, 4),
        b'e' => (Name::Anchor, 4),
        _ => return None,
    };
    let (rest, found) = before.split_at_checked(before.len().checked_sub(length)?)?;
    let wanted: &[u8] = match name {
        Name::Id => b"id",
        Name::Link => b"href",
        Name::Anchor => b"name",
    };
    let is_alone = rest.last().is_some_and(|byte| byte.is_ascii_whitespace() || b"\"'/".contains(byte));
    (is_alone && found.eq_ignore_ascii_case(wanted)).then_some(name)
}

/// Returns the value of an attribute, without quotes.
fn value_after(html: &str, at: usize) -> &str {
    let value = html[at..].trim_ascii_start();
    match value.as_bytes().first() {
        Some(&quote @ (b'"' | b'\'')) => {
            &value[1..memchr(quote, &value.as_bytes()[1..]).map_or(value.len(), |end| end + 1)]
        }
        _ => value.split(|c: char| c.is_ascii_whitespace() || c == '>').next().unwrap_or_default(),
    }
}

/// Returns the name of the tag around this byte; `None` inside text.
fn tag_around(html: &str, at: usize) -> Option<&str> {
    let start = memrchr2(b'<', b'>', &html.as_bytes()[..at]).filter(|&start| html.as_bytes()[start] == b'<')?;
    let name = html[start + 1..].split(|c: char| !c.is_ascii_alphanumeric()).next()?;
    (!name.is_empty()).then_some(name)
}

/// Returns the parts of a page in which nothing is an element.
fn hidden(html: &str) -> Vec<Range<usize>> {
    let mut ranges: Vec<Range<usize>> = Vec::new();
    for (begin, end) in HIDDEN {
        let ends = memmem::Finder::new(end);
        let mut done = 0;
        for start in memmem::find_iter(html.as_bytes(), begin) {
            if start >= done {
                // The tag itself may have an id.
                let inside =
                    start + html[start..].find('>').map_or(begin.len(), |tag| if *begin == "<!--" { 0 } else { tag });
                let found = ends.find(&html.as_bytes()[inside..]);
                done = found.map_or(html.len(), |found| inside + found);
                ranges.push(inside..done);
            }
        }
    }
    ranges
}

#[cfg(test)]
mod tests {
    use super::anchors;

    #[test]
    fn ids_and_links_are_found_in_tags_alone() {
        let html = "<p id=\"a\">id=\"b\" <a ID='c' href=\"/x/#y&amp;z\">x</a><a href=#d name=e></a><i data-id=f id = g>\
                    <!-- <p id=h> --><script id=i>\"<p id=\\\"j\\\">\"</script><pre>&lt;p id=\"k\"&gt;</pre><p id=a><a href=/>";
        let found = anchors(html);
        assert_eq!(found.ids, ["a", "c", "e", "g", "i"]);
        assert_eq!(found.repeated, ["a"]);
        assert_eq!(found.links.iter().map(|link| &*link.url).collect::<Vec<_>>(), ["/x/#y&z", "#d"]);
    }

    #[test]
    fn a_closed_output_is_no_reason_to_stop() {
        for html in ["=", "id=", " id=", "<p id=", "<p id=\"", "<!--", "<script", "<p name=x>é id='", "<a href=\"#é"]
        {
            anchors(html);
        }
    }
}
