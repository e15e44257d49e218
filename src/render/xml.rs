//! Writes XML 1.0: elements, attributes and text, without the characters that it forbids.

use std::borrow::Cow;

use quick_xml::Writer;
use quick_xml::escape::escape;
use quick_xml::events::attributes::Attribute;
use quick_xml::events::{BytesEnd, BytesStart, Event};
use quick_xml::name::QName;

/// How an XML document begins.
pub(super) const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

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

/// Text as it stands in an element or in an attribute. A bare carriage return would be read as the end of a line.
pub(super) fn escaped(text: &str) -> Cow<'_, str> {
    if !is_suspicious(text) && !text.contains('\r') {
        return escape(text);
    }
    Cow::Owned(escape(allowed(text.to_owned())).replace('\r', "&#13;"))
}

/// Appends text that stands in an element.
pub(super) fn text(out: &mut Vec<u8>, text: &str) {
    out.extend_from_slice(escaped(text).as_bytes());
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

/// The start of an element.
fn start<'n>(name: &'n str, with: &[(&str, &str)]) -> BytesStart<'n> {
    let mut start = BytesStart::new(name);
    for (name, value) in with {
        // Already escaped, with more than the library knows of.
        start.push_attribute(Attribute { key: QName(name), value: escaped(value) });
    }
    start
}

fn write(out: &mut Vec<u8>, event: Event<'_>) {
    // Writing to memory cannot fail.
    let _ = Writer::new(out).write_event(event);
}

/// Appends the start of an element.
pub(super) fn open(out: &mut Vec<u8>, name: &str, with: &[(&str, &str)]) {
    write(out, Event::Start(start(name, with)));
}

/// Appends the end of an element, and a line's.
pub(super) fn close(out: &mut Vec<u8>, name: &str) {
    write(out, Event::End(BytesEnd::new(name)));
    out.push(b'\n');
}

/// Appends an element without contents.
pub(super) fn empty(out: &mut Vec<u8>, name: &str, with: &[(&str, &str)]) {
    write(out, Event::Empty(start(name, with)));
    out.push(b'\n');
}

/// Appends an element that holds text.
pub(super) fn element(out: &mut Vec<u8>, name: &str, with: &[(&str, &str)], contents: &str) {
    open(out, name, with);
    text(out, contents);
    close(out, name);
}
