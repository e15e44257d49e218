//! Splits raw HTML into tags, text and the rest, as an HTML parser does.

use std::ops::Range;

use crate::markdown::escape;
use crate::markdown::hidden_style::{self, Hiding, TextProperties};

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
        self.attributes.iter().any(|attribute| self.is_hidden_by(attribute, chunk))
    }

    /// True if one of the tag's attributes hides its element. A style that hides its text alone does not if an element in
    /// it shows text again, as newsletters do it: `font-size: 0` around a cell of 13 pixels.
    pub fn is_hidden_by(&self, attribute: &HtmlAttribute, chunk: &str) -> bool {
        match attribute.name.as_str() {
            // A popover is hidden until a button opens it.
            "hidden" | "popover" => true,
            "style" => match hidden_style::hiding(&attribute.value(chunk)) {
                Some(Hiding::Text(properties)) => !self.shows_again(properties, chunk),
                hiding => hiding.is_some(),
            },
            _ => false,
        }
    }

    /// True if its classes name it a caption or credit.
    pub fn is_caption(&self, chunk: &str) -> bool {
        self.attributes.iter().any(|of| of.name == "class" && is_caption(&chunk[of.value.clone()]))
    }

    /// True for a picture that shows nothing: it measures readers, or holds a place.
    pub fn is_pixel(&self, chunk: &str) -> bool {
        let mut sizes =
            self.attributes.iter().filter(|attribute| matches!(attribute.name.as_str(), "width" | "height"));
        self.name == "img" && sizes.any(|size| matches!(size.value(chunk).as_str(), "0" | "1"))
    }

    /// True if an element inside this one sets all of these properties so that its text is visible.
    fn shows_again(&self, properties: TextProperties, chunk: &str) -> bool {
        let end = chunk.floor_char_boundary(self.range.end.saturating_add(MAX_LOOKAHEAD));
        let inside = &chunk[self.range.end..end];
        if is_void(&self.name) || memchr::memmem::find(inside.as_bytes(), b"style").is_none() {
            return false;
        }
        let mut depth = 1;
        for token in tokens(inside) {
            let HtmlToken::Tag(tag) = token else { continue };
            if tag.name == self.name {
                depth = if tag.closing { depth - 1 } else { depth + 1 };
            }
            if depth == 0 {
                return false;
            }
            let mut styles = tag.attributes.iter().filter(|attribute| attribute.name == "style");
            if styles.any(|style| hidden_style::showing(&style.value(inside)).has(properties)) {
                return true;
            }
        }
        false
    }

    /// The text properties with which the tag's style hides its own text, and those with which it shows it.
    pub fn text_properties(&self, chunk: &str) -> (TextProperties, TextProperties) {
        let Some(style) = self.attributes.iter().find(|attribute| attribute.name == "style") else {
            return Default::default();
        };
        let style = style.value(chunk);
        let hidden = match hidden_style::hiding(&style) {
            Some(Hiding::Text(properties)) => properties,
            _ => TextProperties::default(),
        };
        (hidden, hidden_style::showing(&style))
    }
}

/// True for the classes that themes of other systems give to captions and credits: `wp-caption-text`, `image-caption`.
fn is_caption(classes: &str) -> bool {
    let names = classes.split_ascii_whitespace().map(|name| name.strip_suffix("-text").unwrap_or(name));
    names
        .flat_map(|name| name.rsplit(['-', '_']).next())
        .any(|last| ["caption", "figcaption", "credit", "credits"].iter().any(|known| last.eq_ignore_ascii_case(known)))
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
    /// The value, decoded; `chunk` is the text that was split.
    pub fn value(&self, chunk: &str) -> String {
        escape::decode(&chunk[self.value.clone()])
    }
}

/// Elements whose contents aren't HTML (HTML, section 13.1.2).
pub(in crate::markdown) const RAW_TEXT: &[&str] =
    &["script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes", "plaintext"];

/// The bytes after a tag in which an element is looked for that shows its text again.
const MAX_LOOKAHEAD: usize = 8_192;
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
