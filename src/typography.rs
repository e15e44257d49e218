//! Typesets text: converts quotes, apostrophes, primes, dashes and ellipses from keyboard characters to
//! those of the language, and removes gaps at line ends between Chinese or Japanese characters.

mod letters;
mod marks;
mod url_extent;

use std::borrow::Cow;
use std::ops::Range;

use crate::language::Quotes;

pub use letters::{is_cjk, is_cjk_punctuation, is_hebrew, is_punctuation, joined_lines, joins_lines};
pub use url_extent::url_length;

/// A part of a line of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextPart<'t> {
    /// Text to typeset.
    Text(&'t str),
    /// Text that must stay as it is: code, a URL, an escaped character.
    Fixed(&'t str),
    /// The end of a line.
    Space,
    /// An object that behaves like a word: an image, an embed.
    Object,
}

/// A replacement in one of the parts of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextChange {
    /// The index of the part.
    pub part: usize,
    /// The bytes to replace.
    pub range: Range<usize>,
    /// The replacement.
    pub text: &'static str,
    /// Text to insert before it, for a closing guillemet.
    pub before: &'static str,
    /// Text to insert after it, for an opening guillemet.
    pub after: &'static str,
}

/// True if a text contains anything that [`changes`] might change.
pub fn has_marks(text: &str) -> bool {
    let bytes = text.as_bytes();
    memchr::memchr2(b'"', b'\'', bytes).is_some()
        || memchr::memmem::find(bytes, b"--").is_some()
        || memchr::memmem::find(bytes, b"...").is_some()
}

/// Finds the replacements in the parts of one line or paragraph, in order. Marks are paired across
/// parts, so that a quotation may begin before emphasis and end in it.
pub fn changes(parts: &[TextPart<'_>], quotes: &Quotes) -> Vec<TextChange> {
    let flat = JoinedParts::of(parts);
    let mut found: Vec<(Range<usize>, [&'static str; 3])> = marks::quotes(&flat.text, quotes);
    found.extend(marks::dashes(&flat.text));
    found.sort_by_key(|(range, _)| range.start);
    let mut changes = Vec::with_capacity(found.len());
    let mut part = 0;
    for (range, [before, text, after]) in found {
        while part + 1 < flat.starts.len() && flat.starts[part + 1] <= range.start {
            part += 1;
        }
        if !matches!(parts.get(part), Some(TextPart::Text(_))) {
            continue;
        }
        let end = flat.starts.get(part + 1).copied().unwrap_or(flat.text.len());
        let start = flat.starts[part];
        changes.push(TextChange { part, range: range.start - start..range.end.min(end) - start, text, before, after });
    }
    changes
}

/// Applies replacements to a part of a line.
pub fn rewritten(text: &str, changes: &[TextChange]) -> String {
    let mut out = String::with_capacity(text.len() + 4 * changes.len());
    let mut at = 0;
    for change in changes {
        out.push_str(text.get(at..change.range.start).unwrap_or_default());
        out.extend([change.before, change.text, change.after]);
        at = change.range.end;
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}

/// Typesets a line without markup, such as a headline.
///
/// ```
/// use presswork::language::Language;
/// use presswork::typography::line;
/// let german = Language::parse("de")?.quotes();
/// assert_eq!(line("\"Ja\" -- 'so' geht's", &german), "„Ja“ – ‚so‘ geht’s");
/// # Ok::<(), String>(())
/// ```
pub fn line<'t>(text: &'t str, quotes: &Quotes) -> Cow<'t, str> {
    if !has_marks(text) {
        return Cow::Borrowed(text);
    }
    match changes(&[TextPart::Text(text)], quotes) {
        changes if changes.is_empty() => Cow::Borrowed(text),
        changes => Cow::Owned(rewritten(text, &changes)),
    }
}

/// The parts of a line as one text, with the start of each.
struct JoinedParts {
    text: String,
    starts: Vec<usize>,
}

impl JoinedParts {
    fn of(parts: &[TextPart<'_>]) -> JoinedParts {
        let mut flat = JoinedParts { text: String::new(), starts: Vec::with_capacity(parts.len()) };
        for part in parts {
            flat.starts.push(flat.text.len());
            match part {
                TextPart::Text(text) => flat.text.push_str(text),
                // Similar marks that are never replaced.
                TextPart::Fixed(text) => flat.text.extend(text.chars().map(|letter| match letter {
                    '"' => '\u{2033}',
                    '\'' => '\u{2032}',
                    '-' | '.' => '\u{2010}',
                    letter => letter,
                })),
                TextPart::Space => flat.text.push(' '),
                TextPart::Object => flat.text.push('\u{fffc}'),
            }
        }
        flat
    }
}
