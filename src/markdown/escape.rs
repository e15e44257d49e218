//! Escapes text for HTML elements, attributes and URLs.

/// The replacement for characters that HTML forbids.
const REPLACEMENT: &str = "\u{fffd}";

const HEX: &[u8; 16] = b"0123456789ABCDEF";

/// Bytes that may need escaping.
const SPECIAL: [bool; 256] = special();

const fn special() -> [bool; 256] {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 0x20 {
        table[byte] = !matches!(byte as u8, b'\t' | b'\n' | b'\r' | 0x0c);
        byte += 1;
    }
    table[b'&' as usize] = true;
    table[b'<' as usize] = true;
    table[b'>' as usize] = true;
    table[b'"' as usize] = true;
    table[0x7f] = true;
    table[0xc2] = true;
    table[0xef] = true;
    table
}

/// Appends text as element content.
pub(super) fn text(out: &mut String, text: &str) {
    push(out, text, false);
}

/// Appends text as the value of a double-quoted attribute.
pub(super) fn attribute(out: &mut String, text: &str) {
    push(out, text, true);
}

fn push(out: &mut String, text: &str, quotes: bool) {
    let bytes = text.as_bytes();
    let mut done = 0;
    let mut at = 0;
    while let Some(skip) = next_special(&bytes[at..]) {
        at += skip;
        let (length, replacement) = match bytes[at] {
            b'&' => (1, "&amp;"),
            b'<' => (1, "&lt;"),
            b'>' => (1, "&gt;"),
            b'"' if quotes => (1, "&quot;"),
            0xc2 if bytes[at + 1] < 0xa0 => (2, REPLACEMENT),
            0xef if is_noncharacter(bytes[at + 1], bytes[at + 2]) => (3, REPLACEMENT),
            b'"' | 0xc2 | 0xef => {
                at += 1;
                continue;
            }
            _ => (1, REPLACEMENT),
        };
        out.push_str(&text[done..at]);
        out.push_str(replacement);
        at += length;
        done = at;
    }
    out.push_str(&text[done..]);
}

/// The number of bytes that are tested together: enough for vector instructions.
const CHUNK: usize = 32;

/// Finds the next byte that needs escaping. Most text has none for a long stretch, so whole chunks are
/// tested without branches.
fn next_special(bytes: &[u8]) -> Option<usize> {
    let clean = bytes.as_chunks().0.iter().take_while(|chunk| is_clean(chunk)).count() * CHUNK;
    bytes[clean..].iter().position(|&byte| SPECIAL[usize::from(byte)]).map(|skip| clean + skip)
}

/// True if no byte of the chunk is special. Not inlined, because the compiler then vectorizes it
/// reliably.
#[inline(never)]
fn is_clean(chunk: &[u8; CHUNK]) -> bool {
    !chunk.iter().fold(false, |any, &byte| any | may_be_special(byte))
}

/// True for every special byte and a few others.
fn may_be_special(byte: u8) -> bool {
    let is_mark = (byte == b'&') | (byte == b'<') | (byte == b'>') | (byte == b'"');
    let is_control = (byte < 0x20) & (byte != b'\n');
    is_mark | is_control | (byte == 0x7f) | (byte == 0xc2) | (byte == 0xef)
}

/// True for U+FDD0 to U+FDEF, U+FFFE and U+FFFF, which HTML forbids (section 13.1).
fn is_noncharacter(second: u8, third: u8) -> bool {
    (second == 0xb7 && (0x90..=0xaf).contains(&third)) || (second == 0xbf && third >= 0xbe)
}

/// Appends a URL to a double-quoted attribute, percent-encoding characters that URLs can't contain.
pub(super) fn url(out: &mut String, url: &str) {
    let mut rest = url;
    loop {
        let plain = rest.bytes().position(|byte| !stands_in_url(byte)).unwrap_or(rest.len());
        out.push_str(&rest[..plain]);
        let Some(letter) = rest[plain..].chars().next() else { return };
        match letter {
            '&' => out.push_str("&amp;"),
            '\'' => out.push_str("&#39;"),
            letter => {
                for &byte in letter.encode_utf8(&mut [0; 4]).as_bytes() {
                    out.push('%');
                    out.push(char::from(HEX[usize::from(byte >> 4)]));
                    out.push(char::from(HEX[usize::from(byte & 15)]));
                }
            }
        }
        rest = &rest[plain + letter.len_utf8()..];
    }
}

/// True if a byte needs no escaping in a URL in an attribute.
fn stands_in_url(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(byte, b'-' | b'_' | b'.' | b'~' | b'!' | b'*' | b'(' | b')' | b';' | b':' | b'@' | b'=' | b'+')
        || matches!(byte, b'$' | b',' | b'/' | b'?' | b'#' | b'%' | b'[' | b']')
}

/// Decodes numeric character references and those of HTML's own syntax in an attribute value.
pub(super) fn decode(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut rest = value;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        match reference(rest) {
            Some((letter, length)) => {
                out.push(letter);
                rest = &rest[length..];
            }
            None => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

/// Decodes all character references in raw HTML between tags (HTML, section 13.5).
pub(super) fn decoded_text(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = memchr::memchr(b'&', rest.as_bytes()) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest.bytes().skip(1).take(MAX_REFERENCE).position(|byte| byte == b';').map_or(1, |at| at + 2);
        let (reference, after) = rest.split_at(end);
        // Markdown has the same references, so its parser decodes them.
        for event in pulldown_cmark::Parser::new(reference) {
            if let pulldown_cmark::Event::Text(text) = event {
                out.push_str(&text);
            }
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

/// The length in bytes of the longest character name, `CounterClockwiseContourIntegral`, with its
/// semicolon.
const MAX_REFERENCE: usize = 32;

fn reference(text: &str) -> Option<(char, usize)> {
    let window = &text.as_bytes()[..text.len().min(12)];
    let end = window.iter().position(|&byte| byte == b';')?;
    let name = &text[1..end];
    let letter = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "colon" => ':',
        "Tab" => '\t',
        "NewLine" => '\n',
        _ => {
            let digits = name.strip_prefix('#')?;
            let code = match digits.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => digits.parse().ok()?,
            };
            char::from_u32(code)?
        }
    };
    Some((letter, end + 1))
}
