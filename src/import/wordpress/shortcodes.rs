//! Shortcodes of WordPress: `[name key="value"]…[/name]` in texts.

use std::collections::BTreeMap;

/// A shortcode in a text.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Shortcode<'t> {
    /// Its name, as written.
    pub name: &'t str,
    /// Its attributes in order; those without a name have an empty one.
    pub attributes: Vec<(String, String)>,
    /// The text between its tags, if it has an end tag.
    pub content: Option<&'t str>,
}

impl Shortcode<'_> {
    /// The value of an attribute that isn't empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
    }

    /// The first value without a name, such as the URL in `[youtube https://…]`.
    pub fn value(&self) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key.is_empty()).map(|(_, value)| value.trim())
    }
}

/// The replacement of a shortcode.
pub(super) enum ShortcodeExpansion {
    /// This HTML.
    Html(String),
    /// Its content alone, in which shortcodes are expanded too.
    Content,
    /// None: it stays as it is written.
    Kept,
}

/// The greatest depth of shortcodes inside others.
const MAX_DEPTH: usize = 12;

/// The longest tag that is looked at, in bytes. It keeps the search linear.
const LONGEST_TAG: usize = 8_192;

/// Expands the shortcodes of a text. `[[name]]` is the text `[name]`.
pub(super) fn expanded(text: &str, expand: &mut dyn FnMut(&Shortcode<'_>) -> ShortcodeExpansion) -> String {
    expanded_at(text, expand, 0)
}

fn expanded_at(text: &str, expand: &mut dyn FnMut(&Shortcode<'_>) -> ShortcodeExpansion, depth: usize) -> String {
    if depth > MAX_DEPTH || memchr::memchr(b'[', text.as_bytes()).is_none() {
        return text.to_owned();
    }
    let ends = end_tags(text);
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for at in memchr::memchr_iter(b'[', text.as_bytes()) {
        if at < done {
            continue;
        }
        let Some((name, attributes, length, is_closed)) = tag(text, at) else { continue };
        if text[..at].ends_with('[') && text[at + length..].starts_with(']') {
            // `[[name]]` shows `[name]`.
            out.push_str(&text[done..at - 1]);
            out.push_str(&text[at..at + length]);
            done = at + length + 1;
            continue;
        }
        let inside = at + length;
        let end = ends
            .get(name)
            .filter(|_| !is_closed)
            .and_then(|ends: &Vec<usize>| ends.get(ends.partition_point(|&end| end < inside)).copied());
        let content = end.map(|end| &text[inside..end]);
        let shortcode = Shortcode { name, attributes, content };
        let html = match expand(&shortcode) {
            ShortcodeExpansion::Html(html) => html,
            ShortcodeExpansion::Content => {
                content.map(|content| expanded_at(content, expand, depth + 1)).unwrap_or_default()
            }
            ShortcodeExpansion::Kept => continue,
        };
        out.push_str(&text[done..at]);
        out.push_str(&html);
        done = end.map_or(inside, |end| end + name.len() + 3);
    }
    out.push_str(&text[done..]);
    out
}

/// The places of the end tags in a text, by name.
fn end_tags(text: &str) -> BTreeMap<&str, Vec<usize>> {
    let mut ends: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for at in memchr::memmem::find_iter(text.as_bytes(), b"[/") {
        let name = name_at(&text[at + 2..]);
        if !name.is_empty() && text[at + 2 + name.len()..].starts_with(']') {
            ends.entry(name).or_default().push(at);
        }
    }
    ends
}

fn name_at(text: &str) -> &str {
    let is_of_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let name = &text[..text.find(|c| !is_of_name(c)).unwrap_or(text.len())];
    if name.starts_with(|c: char| c.is_ascii_alphabetic()) { name } else { "" }
}

type Tag<'t> = (&'t str, Vec<(String, String)>, usize, bool);

/// The tag at a bracket: name, attributes, length, and whether it ends with `/`.
fn tag(text: &str, at: usize) -> Option<Tag<'_>> {
    let rest = &text[at + 1..text.floor_char_boundary(at + LONGEST_TAG)];
    let name = name_at(rest);
    let after = &rest[name.len()..];
    if name.is_empty() || !after.starts_with([' ', '\n', '\t', '\u{a0}', ']', '=', '/']) {
        return None;
    }
    let mut attributes = Vec::new();
    let mut parser = after;
    loop {
        parser = parser.trim_start_matches([' ', '\n', '\r', '\t', '\u{a0}', ',']);
        if let Some(left) = parser.strip_prefix(']') {
            return Some((name, attributes, 1 + rest.len() - left.len(), false));
        }
        if let Some(left) = parser.strip_prefix("/]") {
            return Some((name, attributes, 1 + rest.len() - left.len(), true));
        }
        if parser.is_empty() || parser.starts_with(['[', '<']) {
            return None;
        }
        let ends_key = |c: char| c.is_whitespace() || matches!(c, '=' | ']' | '"' | '\'' | '”' | '“');
        let key_end = parser.find(ends_key).unwrap_or(parser.len());
        let key = &parser[..key_end];
        let left = parser[key_end..].trim_start();
        match left.strip_prefix('=') {
            Some(written) => {
                let (value, left) = value(written.trim_start())?;
                attributes.push((key.trim_matches('/').to_owned(), value));
                parser = left;
            }
            None if key.is_empty() => {
                let (value, left) = value(parser)?;
                attributes.push((String::new(), value));
                parser = left;
            }
            None => {
                attributes.push((String::new(), key.to_owned()));
                parser = &parser[key_end..];
            }
        }
    }
}

/// The value at the start of a text, and the rest. Editors have made some straight quotes curly.
fn value(text: &str) -> Option<(String, &str)> {
    let first = text.chars().next()?;
    if matches!(first, '"' | '\'' | '”' | '“' | '″') {
        let inside = &text[first.len_utf8()..];
        let is_end =
            |c: char| if matches!(first, '"' | '\'') { c == first } else { matches!(c, '"' | '”' | '“' | '″') };
        let end = inside.find(is_end)?;
        let close = inside[end..].chars().next().map_or(0, char::len_utf8);
        return Some((inside[..end].to_owned(), &inside[end + close..]));
    }
    let end = text.find(|c: char| c.is_whitespace() || c == ']').unwrap_or(text.len());
    // An empty value must not end the search.
    (end > 0).then(|| (text[..end].to_owned(), &text[end..]))
}

#[cfg(test)]
mod tests {
    use super::{Shortcode, ShortcodeExpansion, expanded};

    fn shown(text: &str) -> String {
        expanded(text, &mut |shortcode: &Shortcode<'_>| match shortcode.name {
            "b" => ShortcodeExpansion::Content,
            "x" => ShortcodeExpansion::Html(format!("<{:?} {:?}>", shortcode.attributes, shortcode.content)),
            _ => ShortcodeExpansion::Kept,
        })
    }

    #[test]
    fn shortcodes_are_expanded() {
        for (text, expected) in [
            ("a [x] b", "a <[] None> b"),
            ("[x id=\"1\" 'two' y=3]c[/x]d", "<[(\"id\", \"1\"), (\"\", \"two\"), (\"y\", \"3\")] Some(\"c\")>d"),
            ("[b]one [b]two[/b]", "one two"),
            ("[b]one [x /] two[/b]", "one <[] None> two"),
            ("[[x]] [sic] [1] [y] [x", "[x] [sic] [1] [y] [x"),
            ("[x u=“1”]", "<[(\"u\", \"1\")] None>"),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
    }
}
