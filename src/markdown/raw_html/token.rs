//! Splits raw HTML into tags, text and the rest, as an HTML parser does.

use std::ops::Range;

use crate::markdown::{escape, hidden_style};

/// A piece of raw HTML, as a byte range of the chunk.
pub(in crate::markdown) enum HtmlToken {
    Text(Range<usize>),
    Tag(HtmlTag),
    /// A comment, declaration, processing instruction, or the contents of an element like `script`.
    Other(Range<usize>),
    /// Everything from an unfinished tag on.
    Unfinished(Range<usize>),
}

/// A tag, from `<` to `>`.
pub(in crate::markdown) struct HtmlTag {
    pub range: Range<usize>,
    /// The lower-case name.
    pub name: String,
    pub closing: bool,
    pub attributes: Vec<HtmlAttribute>,
}

impl HtmlTag {
    /// True if the tag's own attributes hide its element; `chunk` is the text that was split.
    pub fn is_hidden(&self, chunk: &str) -> bool {
        self.attributes.iter().any(|attribute| attribute.hides(chunk))
    }
}

/// True for elements without contents (HTML, section 13.1.2).
pub(in crate::markdown) fn is_void(name: &str) -> bool {
    matches!(
        name,
        "area"
            | "base"
            | "br"
            | "col"
            | "embed"
            | "hr"
            | "img"
            | "input"
            | "link"
            | "meta"
            | "param"
            | "source"
            | "track"
            | "wbr"
    )
}

/// An attribute; its value is still escaped.
pub(in crate::markdown) struct HtmlAttribute {
    /// The lower-case name.
    pub name: String,
    /// The value without quotes.
    pub value: Range<usize>,
    /// The value with quotes.
    pub quoted: Range<usize>,
}

impl HtmlAttribute {
    /// True if the attribute hides its element; `chunk` is the text that was split.
    pub fn hides(&self, chunk: &str) -> bool {
        match self.name.as_str() {
            // A popover is hidden until a button opens it.
            "hidden" | "popover" => true,
            "style" => hidden_style::hides(&escape::decode(&chunk[self.value.clone()])),
            _ => false,
        }
    }
}

/// Elements whose contents aren't HTML (HTML, section 13.1.2).
pub(in crate::markdown) const RAW_TEXT: &[&str] =
    &["script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes", "plaintext"];

/// More attributes than any tag needs; further ones are ignored.
const MAX_ATTRIBUTES: usize = 64;

/// Splits a chunk into tokens in linear time.
pub(in crate::markdown) fn tokens(chunk: &str) -> Vec<HtmlToken> {
    let mut tokens = Vec::new();
    let last_ends = LastEnds { instruction: chunk.rfind("?>"), cdata: chunk.rfind("]]>") };
    let mut at = 0;
    while at < chunk.len() {
        let found = chunk[at..].find('<').map_or(chunk.len(), |skip| at + skip);
        if found > at {
            tokens.push(HtmlToken::Text(at..found));
        }
        at = found;
        if at == chunk.len() {
            break;
        }
        at = markup(chunk, at, &last_ends, &mut tokens);
    }
    tokens
}

/// The last ends of an instruction and of a CDATA section, which keep searches for an end linear.
struct LastEnds {
    instruction: Option<usize>,
    cdata: Option<usize>,
}

fn markup(chunk: &str, at: usize, last_ends: &LastEnds, tokens: &mut Vec<HtmlToken>) -> usize {
    let rest = &chunk[at..];
    let second = rest.as_bytes().get(1).copied().unwrap_or(b' ');
    if second == b'!' || second == b'?' {
        let end = unseen_end(chunk, at, last_ends);
        tokens.push(HtmlToken::Other(at..end));
        return end;
    }
    let closing = second == b'/';
    if !rest.as_bytes().get(1 + usize::from(closing)).is_some_and(u8::is_ascii_alphabetic) {
        tokens.push(HtmlToken::Text(at..at + 1));
        return at + 1;
    }
    let Some(tag) = tag(chunk, at, closing) else {
        tokens.push(HtmlToken::Unfinished(at..chunk.len()));
        return chunk.len();
    };
    let end = tag.range.end;
    let contents_end = raw_text_end(chunk, &tag);
    tokens.push(HtmlToken::Tag(tag));
    if contents_end > end {
        tokens.push(HtmlToken::Other(end..contents_end));
    }
    contents_end
}

/// The end of the comment, declaration, instruction or CDATA section that begins here. In Markdown,
/// instructions end with `?>` and CDATA with `]]>` (CommonMark 0.31.2, section 4.6); in HTML with `>`.
fn unseen_end(chunk: &str, at: usize, last_ends: &LastEnds) -> usize {
    let rest = &chunk[at..];
    let end = match rest {
        comment if comment.starts_with("<!--") => "-->",
        instruction if instruction.starts_with("<?") && last_ends.instruction.is_some_and(|last| last > at) => "?>",
        cdata if cdata.starts_with("<![CDATA[") && last_ends.cdata.is_some_and(|last| last > at) => "]]>",
        _ => ">",
    };
    rest.find(end).map_or(chunk.len(), |found| at + found + end.len())
}

/// The end of the contents of `script` and similar elements.
fn raw_text_end(chunk: &str, tag: &HtmlTag) -> usize {
    let start = tag.range.end;
    if tag.closing || !RAW_TEXT.contains(&tag.name.as_str()) {
        return start;
    }
    let ends = |at: &usize| {
        let name = &chunk.as_bytes()[at + 2..];
        name.len() >= tag.name.len() && name[..tag.name.len()].eq_ignore_ascii_case(tag.name.as_bytes())
    };
    chunk[start..].match_indices("</").map(|(at, _)| start + at).find(ends).unwrap_or(chunk.len())
}

/// The tag that begins at a byte; `None` if it is unfinished.
pub(in crate::markdown) fn tag(chunk: &str, start: usize, closing: bool) -> Option<HtmlTag> {
    let bytes = chunk.as_bytes();
    let mut at = start + 1 + usize::from(closing);
    let name_start = at;
    at += bytes[at..].iter().position(|&byte| ends_name(byte))?;
    let name = chunk[name_start..at].to_ascii_lowercase();
    let mut attributes = Vec::new();
    loop {
        at += bytes[at..].iter().position(|&byte| !(byte.is_ascii_whitespace() || byte == b'/'))?;
        if bytes[at] == b'>' {
            return Some(HtmlTag { range: start..at + 1, name, closing, attributes });
        }
        let (attribute, end) = attribute(chunk, at)?;
        at = end;
        if attributes.len() < MAX_ATTRIBUTES {
            attributes.push(attribute);
        }
    }
}

fn ends_name(byte: u8) -> bool {
    byte.is_ascii_whitespace() || byte == b'/' || byte == b'>'
}

fn attribute(chunk: &str, start: usize) -> Option<(HtmlAttribute, usize)> {
    let bytes = chunk.as_bytes();
    let length = bytes[start + 1..].iter().position(|&byte| ends_name(byte) || byte == b'=')?;
    let name_end = start + 1 + length;
    // The first byte is part of the name even if it is `=`. ASCII delimiters never split a multi-byte
    // character.
    let name = chunk.get(start..name_end)?.to_ascii_lowercase();
    let equals = name_end + bytes[name_end..].iter().position(|byte| !byte.is_ascii_whitespace())?;
    if bytes[equals] != b'=' {
        return Some((HtmlAttribute { name, value: name_end..name_end, quoted: name_end..name_end }, name_end));
    }
    let value = equals + 1 + bytes[equals + 1..].iter().position(|byte| !byte.is_ascii_whitespace())?;
    let quote = bytes[value];
    if quote == b'"' || quote == b'\'' {
        let end = value + 1 + bytes[value + 1..].iter().position(|&byte| byte == quote)?;
        return Some((HtmlAttribute { name, value: value + 1..end, quoted: value..end + 1 }, end + 1));
    }
    let end = value + bytes[value..].iter().position(|&byte| byte.is_ascii_whitespace() || byte == b'>')?;
    Some((HtmlAttribute { name, value: value..end, quoted: value..end }, end))
}
