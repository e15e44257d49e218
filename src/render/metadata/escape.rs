//! Escapes editors' text for attributes and scripts.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::Formatter;

/// Writes text for a double-quoted attribute. Line ends become spaces; other control characters, which
/// HTML forbids, are removed
/// (<https://html.spec.whatwg.org/multipage/parsing.html#preprocessing-the-input-stream>).
pub(super) fn attribute(out: &mut Vec<u8>, text: &str) {
    replacing(out, text, |letter| {
        Some(match letter {
            '&' => "&amp;",
            '"' => "&quot;",
            '<' => "&lt;",
            '>' => "&gt;",
            '\t' | '\n' | '\r' => " ",
            letter if letter.is_control() => "",
            _ => return None,
        })
    });
}

fn replacing(out: &mut Vec<u8>, text: &str, replacement: impl Fn(char) -> Option<&'static str>) {
    let mut done = 0;
    for (at, letter) in text.char_indices() {
        if let Some(instead) = replacement(letter) {
            out.extend_from_slice(&text.as_bytes()[done..at]);
            out.extend_from_slice(instead.as_bytes());
            done = at + letter.len_utf8();
        }
    }
    out.extend_from_slice(&text.as_bytes()[done..]);
}

/// Writes a value as JSON for a `<script>`.
///
/// # Errors
/// If the value can't be serialized.
pub(super) fn script(out: &mut Vec<u8>, value: &impl Serialize) -> serde_json::Result<()> {
    value.serialize(&mut Serializer::with_formatter(out, InScript))
}

/// Writes JSON without anything that could end a script or begin a comment in it
/// (<https://html.spec.whatwg.org/multipage/scripting.html#restrictions-for-contents-of-script-elements>),
/// and without the line separators that old JavaScript forbids in strings.
struct InScript;

impl Formatter for InScript {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        // Most fragments have nothing to escape. Without an early end, the compiler makes a loop of vectors.
        let is_special = |byte| matches!(byte, b'<' | b'>' | b'&' | 0x7f | 0xc2 | 0xe2);
        if !fragment.bytes().fold(false, |any, byte| any | is_special(byte)) {
            return writer.write_all(fragment.as_bytes());
        }
        let mut done = 0;
        for (at, letter) in fragment.char_indices() {
            let instead = match letter {
                '<' => "\\u003c",
                '>' => "\\u003e",
                '&' => "\\u0026",
                '\u{2028}' => "\\u2028",
                '\u{2029}' => "\\u2029",
                // JSON itself only escapes those below U+0020.
                letter if letter.is_control() => {
                    writer.write_all(&fragment.as_bytes()[done..at])?;
                    write!(writer, "\\u{:04x}", u32::from(letter))?;
                    done = at + letter.len_utf8();
                    continue;
                }
                _ => continue,
            };
            writer.write_all(&fragment.as_bytes()[done..at])?;
            writer.write_all(instead.as_bytes())?;
            done = at + letter.len_utf8();
        }
        writer.write_all(&fragment.as_bytes()[done..])
    }
}
