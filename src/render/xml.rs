//! Writes XML 1.0: elements, attributes and text, without forbidden characters.

use std::borrow::Cow;

use quick_xml::Writer;
use quick_xml::escape::escape;
use quick_xml::events::attributes::Attribute;
use quick_xml::events::{BytesEnd, BytesStart, Event};
use quick_xml::name::QName;

/// The XML declaration.
pub(super) const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

/// True if XML forbids the character (XML 1.0, section 2.2, `Char`).
fn is_forbidden(letter: char) -> bool {
    matches!(letter, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}')
}

/// True if a text may contain forbidden characters, which almost none does. Written without branches, so
/// that it vectorizes.
fn is_suspicious(text: &str) -> bool {
    let is_space = |byte: u8| (byte == b'\t') | (byte == b'\n') | (byte == b'\r');
    text.bytes().fold(false, |found, byte| found | (byte == 0xef) | ((byte < 0x20) & !is_space(byte)))
}

/// Removes forbidden characters.
pub(super) fn allowed(mut text: String) -> String {
    if is_suspicious(&text) {
        text.retain(|letter| !is_forbidden(letter));
    }
    text
}

/// Escapes text for elements and attributes. A bare carriage return would be read as a line end.
pub(super) fn escaped(text: &str) -> Cow<'_, str> {
    if !is_suspicious(text) && !text.contains('\r') {
        return escape(text);
    }
    Cow::Owned(escape(allowed(text.to_owned())).replace('\r', "&#13;"))
}

/// Appends text content.
pub(super) fn text(out: &mut Vec<u8>, text: &str) {
    out.extend_from_slice(escaped(text).as_bytes());
}

/// Appends text with much markup as a CDATA section; it must not contain forbidden characters.
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

/// The start tag of an element.
fn start<'n>(name: &'n str, with: &[(&str, &str)]) -> BytesStart<'n> {
    let mut start = BytesStart::new(name);
    for (name, value) in with {
        // Already escaped, more thoroughly than by the library.
        start.push_attribute(Attribute { key: QName(name), value: escaped(value) });
    }
    start
}

fn write(out: &mut Vec<u8>, event: Event<'_>) {
    // Writing to memory can't fail.
    let _ = Writer::new(out).write_event(event);
}

/// Appends a start tag.
pub(super) fn open(out: &mut Vec<u8>, name: &str, with: &[(&str, &str)]) {
    write(out, Event::Start(start(name, with)));
}

/// Appends an end tag and a line break.
pub(super) fn close(out: &mut Vec<u8>, name: &str) {
    write(out, Event::End(BytesEnd::new(name)));
    out.push(b'\n');
}

/// Appends an empty element.
pub(super) fn empty(out: &mut Vec<u8>, name: &str, with: &[(&str, &str)]) {
    write(out, Event::Empty(start(name, with)));
    out.push(b'\n');
}

/// Appends an element with text content.
pub(super) fn element(out: &mut Vec<u8>, name: &str, with: &[(&str, &str)], contents: &str) {
    open(out, name, with);
    text(out, contents);
    close(out, name);
}
