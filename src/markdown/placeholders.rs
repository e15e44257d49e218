//! Replaces embeds with placeholders that Markdown ignores, and maps positions back to the source.

use std::ops::Range;

/// Begins a placeholder: a noncharacter, which no published text contains.
pub(super) const OPEN: char = '\u{fdd0}';
/// Ends a placeholder.
pub(super) const CLOSE: char = '\u{fdd1}';

/// Put before an inline text by `render_inline`, so that it begins no block. Punctuation, so that
/// emphasis works after it.
const INLINE_GUARD: &str = "(";

/// A text with placeholders.
pub(super) struct WithPlaceholders {
    pub text: String,
    pub places: SourceMap,
}

/// Maps positions in a text with placeholders to the body's text.
#[derive(Default)]
pub(super) struct SourceMap {
    base: usize,
    replaced: Vec<Replacement>,
}

/// `length` bytes at `at` that replace the source's bytes `from`.
struct Replacement {
    at: usize,
    length: usize,
    from: Range<usize>,
}

impl SourceMap {
    /// The source byte at which the byte `position` begins.
    fn start(&self, position: usize) -> usize {
        let before = self.replaced.partition_point(|replaced| replaced.at <= position);
        match before.checked_sub(1).and_then(|last| self.replaced.get(last)) {
            None => self.base + position,
            Some(last) if position < last.at + last.length => last.from.start,
            Some(last) => last.from.end + (position - last.at - last.length),
        }
    }

    fn end(&self, position: usize) -> usize {
        let Some(last_byte) = position.checked_sub(1) else {
            return self.start(0);
        };
        let before = self.replaced.partition_point(|replaced| replaced.at <= last_byte);
        match before.checked_sub(1).and_then(|last| self.replaced.get(last)) {
            Some(last) if last_byte < last.at + last.length => last.from.end,
            _ => self.start(last_byte) + 1,
        }
    }

    /// The source bytes of a range.
    pub fn original(&self, range: &Range<usize>) -> (usize, usize) {
        let start = self.start(range.start);
        (start, self.end(range.end).max(start))
    }
}

/// Returns the text of `range` with a placeholder for each node, without the `prefix` of each line.
pub(super) fn insert(
    text: &str,
    range: &Range<usize>,
    nodes: &[(usize, Range<usize>)],
    prefix: &str,
    inline: bool,
) -> WithPlaceholders {
    let mut writer = PlaceholderWriter {
        text,
        prefix,
        line_start: false,
        out: String::with_capacity(range.len()),
        replaced: Vec::new(),
    };
    if inline {
        writer.replace(INLINE_GUARD, range.start..range.start);
    }
    let mut at = range.start;
    for (number, node) in nodes {
        writer.copy(at..node.start);
        writer.replace(&format!("{OPEN}{number}{CLOSE}"), node.clone());
        at = node.end;
    }
    writer.copy(at..range.end);
    let places = SourceMap { base: range.start, replaced: writer.replaced };
    WithPlaceholders { text: writer.out, places }
}

struct PlaceholderWriter<'a> {
    text: &'a str,
    prefix: &'a str,
    line_start: bool,
    out: String,
    replaced: Vec<Replacement>,
}

impl PlaceholderWriter<'_> {
    fn replace(&mut self, with: &str, from: Range<usize>) {
        self.replaced.push(Replacement { at: self.out.len(), length: with.len(), from });
        self.out.push_str(with);
        self.line_start = false;
    }

    fn copy(&mut self, range: Range<usize>) {
        if self.prefix.is_empty() {
            self.push(&self.text[range]);
            return;
        }
        let mut at = range.start;
        for line in self.text[range].split_inclusive('\n') {
            let skipped = if self.line_start { prefix_length(line, self.prefix) } else { 0 };
            if skipped > 0 {
                self.replaced.push(Replacement { at: self.out.len(), length: 0, from: at..at + skipped });
            }
            self.push(&line[skipped..]);
            at += line.len();
            self.line_start = line.ends_with('\n');
        }
    }

    /// Appends text, replacing characters that look like placeholders with one of the same length.
    fn push(&mut self, text: &str) {
        if text.contains([OPEN, CLOSE]) {
            self.out.push_str(&text.replace([OPEN, CLOSE], "\u{fffd}"));
        } else {
            self.out.push_str(text);
        }
    }
}

/// The prefix of the line before byte `at`, if it consists only of the markers of quotes and lists. List
/// markers become spaces, as on the item's other lines.
pub(super) fn line_prefix(text: &str, at: usize) -> String {
    let before = &text[text[..at].rfind('\n').map_or(0, |end| end + 1)..at];
    let marks = |c: char| c.is_ascii_digit() || " \t>-*+.)".contains(c);
    if before.len() > 1_000 || !before.chars().all(marks) {
        return String::new();
    }
    before.chars().map(|c| if c == '>' || c == '\t' { c } else { ' ' }).collect()
}

/// The length of the part of the prefix that the line begins with.
fn prefix_length(line: &str, prefix: &str) -> usize {
    line.bytes().zip(prefix.bytes()).take_while(|(have, want)| have == want).count()
}

/// The numbers of the placeholders in a text.
pub(super) fn numbers(text: &str) -> impl Iterator<Item = usize> + '_ {
    segments(text).filter_map(|segment| match segment {
        Segment::Node(number) => Some(number),
        Segment::Text(_) => None,
    })
}

/// True if a text contains only placeholders and spaces.
pub(super) fn are_all(text: &str) -> bool {
    segments(text).all(|segment| !matches!(segment, Segment::Text(text) if !text.trim().is_empty()))
}

/// A segment of a text with placeholders.
pub(super) enum Segment<'a> {
    Text(&'a str),
    Node(usize),
}

/// Splits a text at its placeholders.
pub(super) fn segments(text: &str) -> impl Iterator<Item = Segment<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        if let Some((number, after)) = leading(rest) {
            rest = after;
            return Some(Segment::Node(number));
        }
        let skip = usize::from(rest.starts_with(OPEN)) * OPEN.len_utf8();
        let end = rest[skip..].find(OPEN).map_or(rest.len(), |at| at + skip);
        let (segment, after) = rest.split_at(end);
        rest = after;
        Some(Segment::Text(segment))
    })
}

fn leading(text: &str) -> Option<(usize, &str)> {
    let (digits, after) = text.strip_prefix(OPEN)?.split_once(CLOSE)?;
    Some((digits.parse().ok()?, after))
}
