//! Writes XML 1.0: elements, attributes and text, without the characters that it forbids.

use std::borrow::Cow;

/// Whether XML forbids the character (XML 1.0, section 2.2, `Char`).
fn is_forbidden(letter: char) -> bool {
    matches!(letter, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}')
}

/// Whether a text may hold forbidden characters, which nearly none does. Written without branches, so that the compiler
/// looks at many bytes at once.
fn is_suspicious(text: &str) -> bool {
    let is_space = |byte: u8| (byte == b'\t') | (byte == b'\n') | (byte == b'\r');
    text.bytes().fold(false, |found, byte| found | (byte == 0xef) | ((byte < 0x20) & !is_space(byte)))
}

/// The text without forbidden characters.
pub(super) fn allowed(mut text: String) -> String {
    if is_suspicious(&text) {
        text.retain(|letter| !is_forbidden(letter));
    }
    text
}

/// Appends text that stands in an element or in an attribute in double quotes.
pub(super) fn text(out: &mut Vec<u8>, text: &str) {
    let text = if is_suspicious(text) { Cow::Owned(allowed(text.to_owned())) } else { Cow::Borrowed(text) };
    let mut rest = text.as_bytes();
    while let Some(at) = rest.iter().position(|byte| matches!(byte, b'&' | b'<' | b'>' | b'"' | b'\r')) {
        out.extend_from_slice(&rest[..at]);
        out.extend_from_slice(match rest[at] {
            b'&' => b"&amp;",
            b'<' => b"&lt;",
            b'>' => b"&gt;",
            b'"' => b"&quot;",
            // A bare one would be read as the end of a line.
            _ => b"&#13;",
        });
        rest = &rest[at + 1..];
    }
    out.extend_from_slice(rest);
}

/// Appends text that may hold much markup, as a section of character data; it has no forbidden characters.
pub(super) fn character_data(out: &mut Vec<u8>, text: &str) {
    out.extend_from_slice(b"<![CDATA[");
    let mut done = 0;
    for at in memchr::memmem::find_iter(text.as_bytes(), b"]]>") {
        out.extend_from_slice(&text.as_bytes()[done..at + 2]);
        out.extend_from_slice(b"]]><![CDATA[");
        done = at + 2;
    }
    out.extend_from_slice(&text.as_bytes()[done..]);
    out.extend_from_slice(b"]]>");
}

/// Appends ` name="value"` for each.
fn attributes(out: &mut Vec<u8>, attributes: &[(&str, &str)]) {
    for (name, value) in attributes {
        out.push(b' ');
        out.extend_from_slice(name.as_bytes());
        out.extend_from_slice(b"=\"");
        text(out, value);
        out.push(b'"');
    }
}

/// Appends the start of an element.
pub(super) fn open(out: &mut Vec<u8>, name: &str, with: &[(&str, &str)]) {
    out.push(b'<');
    out.extend_from_slice(name.as_bytes());
    attributes(out, with);
    out.push(b'>');
}

/// Appends the end of an element, and a line's.
pub(super) fn close(out: &mut Vec<u8>, name: &str) {
    out.extend_from_slice(b"</");
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b">\n");
}

/// Appends an element without contents.
pub(super) fn empty(out: &mut Vec<u8>, name: &str, with: &[(&str, &str)]) {
    out.push(b'<');
    out.extend_from_slice(name.as_bytes());
    attributes(out, with);
    out.extend_from_slice(b"/>\n");
}

/// Appends an element that holds text.
pub(super) fn element(out: &mut Vec<u8>, name: &str, with: &[(&str, &str)], contents: &str) {
    open(out, name, with);
    text(out, contents);
    close(out, name);
}
