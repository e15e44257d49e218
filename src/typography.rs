//! Sets text as printers do: quotation marks of its language, apostrophes, primes, dashes and ellipses for what
//! keyboards have, and no gap where a line ends between Chinese or Japanese characters.

mod letters;
mod marks;

use std::borrow::Cow;
use std::ops::Range;

use crate::language::Quotes;

pub use letters::{is_cjk, is_cjk_punctuation, is_punctuation, joins_lines};

/// A part of a line of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part<'t> {
    /// Text whose marks are set.
    Text(&'t str),
    /// Text that stays as it is: code, an address, an escaped mark.
    Fixed(&'t str),
    /// The end of a line.
    Space,
    /// What is no text but stands like a word: a picture, an embed.
    Object,
}

/// A replacement in one of the parts of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The number of the part.
    pub part: usize,
    /// The bytes in it that are replaced.
    pub range: Range<usize>,
    /// What stands there instead.
    pub text: &'static str,
    /// What stands before it, for a closing guillemet.
    pub before: &'static str,
    /// What stands after it, for an opening guillemet.
    pub after: &'static str,
}

/// Whether a text has anything that [`changes`] would look at.
pub fn has_marks(text: &str) -> bool {
    let bytes = text.as_bytes();
    memchr::memchr2(b'"', b'\'', bytes).is_some()
        || memchr::memmem::find(bytes, b"--").is_some()
        || memchr::memmem::find(bytes, b"...").is_some()
}

/// What has to be replaced in the parts of one line or paragraph, in order. Marks are paired over all parts, so that
/// a quotation may begin before emphasis and end in it.
pub fn changes(parts: &[Part<'_>], quotes: &Quotes) -> Vec<Change> {
    let flat = Flat::of(parts);
    let mut found: Vec<(Range<usize>, [&'static str; 3])> = marks::quotes(&flat.text, quotes);
    found.extend(marks::dashes(&flat.text));
    found.sort_by_key(|(range, _)| range.start);
    let mut changes = Vec::with_capacity(found.len());
    let mut part = 0;
    for (range, [before, text, after]) in found {
        while part + 1 < flat.starts.len() && flat.starts[part + 1] <= range.start {
            part += 1;
        }
        if !matches!(parts.get(part), Some(Part::Text(_))) {
            continue;
        }
        let end = flat.starts.get(part + 1).copied().unwrap_or(flat.text.len());
        let start = flat.starts[part];
        changes.push(Change { part, range: range.start - start..range.end.min(end) - start, text, before, after });
    }
    changes
}

/// Writes a part of a line with its changes.
pub fn rewritten(text: &str, changes: &[Change]) -> String {
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

/// A line without markup, such as a headline, as it is printed.
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
    match changes(&[Part::Text(text)], quotes) {
        changes if changes.is_empty() => Cow::Borrowed(text),
        changes => Cow::Owned(rewritten(text, &changes)),
    }
}

/// The parts of a line as one text, and where each begins.
struct Flat {
    text: String,
    starts: Vec<usize>,
}

impl Flat {
    fn of(parts: &[Part<'_>]) -> Flat {
        let mut flat = Flat { text: String::new(), starts: Vec::with_capacity(parts.len()) };
        for part in parts {
            flat.starts.push(flat.text.len());
            match part {
                Part::Text(text) => flat.text.push_str(text),
                // Other marks of the same kind, which nothing looks at.
                Part::Fixed(text) => flat.text.extend(text.chars().map(|letter| match letter {
                    '"' => '\u{2033}',
                    '\'' => '\u{2032}',
                    '-' | '.' => '\u{2010}',
                    letter => letter,
                })),
                Part::Space => flat.text.push(' '),
                Part::Object => flat.text.push('\u{fffc}'),
            }
        }
        flat
    }
}
