//! Finds all possible file names in a text, so that no image of a hidden story is published because of
//! its spelling.

use std::borrow::Cow;
use std::collections::HashSet;

use memchr::{memchr, memchr_iter, memchr2};
use percent_encoding::percent_decode_str;
use pulldown_cmark::{Event, Parser, Tag};
use unicode_normalization::UnicodeNormalization;

/// The maximum length of a path, in bytes.
const LONGEST: usize = 400;
/// The maximum length of a file extension, in bytes: `geojson`, `webmanifest`.
const MAX_EXTENSION: usize = 12;

/// Possible file names. Each line is a place that looks like a file name, with its possible readings
/// separated by tabs, longest first. False positives do no harm: the names are compared with existing
/// files.
#[derive(Default)]
pub(super) struct Mentions {
    lines: String,
    known: HashSet<Box<str>>,
}

impl Mentions {
    /// Adds the possible names in front matter, any value of which may be a file.
    pub(super) fn add_front(&mut self, yaml: &str) {
        self.add_all(&plain(yaml), true);
    }

    /// Adds the possible names in the code of a script, style sheet or embed.
    pub(super) fn add_code(&mut self, code: &str) {
        self.add_all(&plain(code), false);
    }

    /// Adds the target of a link or image, with Markdown's or HTML's escapes decoded.
    pub(super) fn add_target(&mut self, target: &str) {
        let path = &target[..target.find(['?', '#']).unwrap_or(target.len())];
        let decoded = percent_decode_str(path).decode_utf8_lossy();
        let names_file = |path: &str| {
            let name = path.rsplit('/').next().unwrap_or(path);
            let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
            !extension.is_empty() && !extension.eq_ignore_ascii_case("md")
        };
        if !names_file(path) && !names_file(&decoded) && !names_file(target) {
            return;
        }
        let mut ways = Vec::new();
        for way in [target, path, &*decoded] {
            if way.len() <= LONGEST {
                add_ways(&mut ways, way);
            }
        }
        self.add(&ways);
    }

    /// Returns all names, one place on each line.
    pub(super) fn into_lines(self) -> Box<str> {
        self.lines.into()
    }

    fn add_all(&mut self, text: &str, is_yaml: bool) {
        for dot in memchr_iter(b'.', text.as_bytes()) {
            let Some(end) = end_of_name(text, dot) else { continue };
            let mut ways: Vec<String> = Vec::new();
            for start in starts(text, dot, is_yaml) {
                add_ways(&mut ways, &text[start..end]);
            }
            self.add(&ways);
        }
    }

    fn add(&mut self, ways: &[String]) {
        if ways.is_empty() {
            return;
        }
        let line = ways.join("\t");
        if !self.known.contains(line.as_str()) {
            self.lines.push_str(&line);
            self.lines.push('\n');
            self.known.insert(line.into());
        }
    }
}

/// The end of the name whose extension begins at a dot, if any.
fn end_of_name(text: &str, dot: usize) -> Option<usize> {
    let rest = &text.as_bytes()[dot + 1..];
    let length = rest.iter().take(MAX_EXTENSION + 1).take_while(|byte| byte.is_ascii_alphanumeric()).count();
    let extension = &rest[..length];
    let is_extension = (1..=MAX_EXTENSION).contains(&length) && extension.iter().any(u8::is_ascii_alphabetic);
    let goes_on = |next: Option<&u8>| next.is_some_and(|byte| byte.is_ascii_alphanumeric());
    let is_inside = matches!(rest.get(length), Some(b'.' | b'/')) && goes_on(rest.get(length + 1));
    (is_extension && !is_inside && !extension.eq_ignore_ascii_case(b"md")).then_some(dot + 1 + length)
}

/// The possible starts of a name with its dot there, first to last: the nearest occurrence of each
/// delimiter that can precede a name. In a body, names contain spaces only in angle brackets or quotes.
fn starts(text: &str, dot: usize, is_yaml: bool) -> Vec<usize> {
    let bytes = text.as_bytes();
    let line = text.floor_char_boundary(dot.saturating_sub(LONGEST));
    let line = memchr::memrchr(b'\n', &bytes[line..dot]).map_or(line, |at| line + at + 1);
    let mut starts = Vec::new();
    let mut seen = [false; 128];
    let mut has_space = false;
    for at in (line..dot).rev() {
        let sign = bytes[at];
        let is_start = match sign {
            b' ' | b'\t' | b'\r' => !has_space || (is_yaml && at > line && matches!(bytes[at - 1], b':' | b'-' | b',')),
            b'"' | b'\'' => {
                !has_space || matches!(before(bytes, at), Some(b'=' | b':' | b'[' | b'{' | b',' | b'(' | b'-'))
            }
            b'<' => !has_space || matches!(before(bytes, at), Some(b'(' | b':')),
            // A name may contain brackets of its own, so every bracket of a link counts.
            b'(' => (!has_space || is_yaml) && (!seen[usize::from(sign)] || (at > line && bytes[at - 1] == b']')),
            b'=' | b'[' | b'{' | b',' | b'>' | b'|' | b':' => (!has_space || is_yaml) && !seen[usize::from(sign)],
            _ => false,
        };
        has_space |= matches!(sign, b' ' | b'\t' | b'\r');
        if is_start {
            seen[usize::from(sign)] = true;
            starts.push(at + 1);
        }
    }
    if is_yaml || !has_space {
        starts.push(line);
    }
    starts.reverse();
    starts
}

/// The last byte before a position that isn't white space.
fn before(bytes: &[u8], at: usize) -> Option<u8> {
    bytes[..at].iter().rev().copied().find(|byte| !byte.is_ascii_whitespace())
}

/// Adds a name in its possible readings. Names with delimiters inside are skipped.
fn add_ways(ways: &mut Vec<String>, written: &str) {
    let written = written.trim_ascii_start().trim_start_matches(['"', '\'']);
    let is_more = ["](", "=\"", "='", "]:", "://"].iter().any(|mark| written.contains(mark));
    let written = match web_path(written) {
        Some(web_path) if is_page(web_path) => return,
        Some(web_path) => web_path,
        None if is_more => return,
        None => written,
    };
    let mut add = |way: Cow<'_, str>| {
        let way = if way.is_ascii() { way } else { Cow::Owned(way.nfc().collect()) };
        let is_name = !way.starts_with('.') || way.contains('/');
        if is_name && !way.contains(['\t', '\n']) && !ways.iter().any(|known| *known == way) {
            ways.push(way.into_owned());
        }
    };
    let decoded = |text: &str| percent_decode_str(text).decode_utf8().ok().map(Cow::into_owned);
    add(Cow::Borrowed(written));
    if memchr(b'%', written.as_bytes()).is_some() {
        decoded(written).into_iter().for_each(|way| add(Cow::Owned(way)));
    }
    if memchr2(b'&', b'\\', written.as_bytes()).is_some()
        && let Some(meant) = destination(written)
    {
        decoded(&meant).into_iter().for_each(|way| add(Cow::Owned(way)));
        add(Cow::Owned(meant));
    }
}

/// The host and path of an absolute URL, from the slashes before the host.
fn web_path(written: &str) -> Option<&str> {
    let scheme = ["https:", "http:"]
        .iter()
        .find_map(|scheme| written.get(..scheme.len()).filter(|s| s.eq_ignore_ascii_case(scheme)));
    let rest = &written[scheme.map_or(0, str::len)..];
    let host = rest.strip_prefix("//")?;
    host.contains('/').then_some(rest)
}

/// True for URLs of web pages: archives contain very many, and none is a file.
fn is_page(web_path: &str) -> bool {
    let extension = web_path.rsplit('.').next().unwrap_or(web_path);
    ["html", "htm", "shtml", "php", "asp", "aspx", "jsp"].iter().any(|page| extension.eq_ignore_ascii_case(page))
}

/// The decoded destination of a Markdown link, without backslashes and entities.
fn destination(written: &str) -> Option<String> {
    let link = format!("[x](<{written}>)");
    Parser::new(&link).find_map(|event| match event {
        Event::Start(Tag::Link { dest_url, .. }) => Some(dest_url.into_string()),
        _ => None,
    })
}

/// Decodes escaped letters, digits and dots, so that file extensions are found. Other characters stay
/// encoded, because they could be mistaken for the end of a name.
fn plain(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let mut out = String::new();
    let mut copied = 0;
    let mut from = 0;
    while let Some(at) = memchr2(b'%', b'&', &bytes[from..]).map(|at| from + at) {
        from = at + 1;
        if let Some((sign, length)) = sign_at(&bytes[at..])
            && (sign.is_ascii_alphanumeric() || sign == b'.')
        {
            out.push_str(&text[copied..at]);
            out.push(char::from(sign));
            copied = at + length;
            from = copied;
        }
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(&text[copied..]);
    Cow::Owned(out)
}

/// Decodes an ASCII character written as `%2E`, `&#46;`, `&#x2e;` or `&period;` at the start, with its
/// length.
fn sign_at(bytes: &[u8]) -> Option<(u8, usize)> {
    let number = |digits: &[u8], radix: u32| u8::from_str_radix(std::str::from_utf8(digits).ok()?, radix).ok();
    if let Some(digits) = bytes.strip_prefix(b"%") {
        return Some((number(digits.get(..2).filter(|digits| digits.iter().all(u8::is_ascii_hexdigit))?, 16)?, 3));
    }
    let end = bytes.iter().take(12).position(|&byte| byte == b';')?;
    let sign = match bytes.get(1..end)? {
        b"period" => b'.',
        [b'#', b'x' | b'X', digits @ ..] => number(digits, 16)?,
        [b'#', digits @ ..] => number(digits, 10)?,
        _ => return None,
    };
    Some((sign, end + 1))
}
