//! Shows the source line of a diagnostic, fitted to a terminal.

use std::fs;
use std::path::Path;

use unicode_width::UnicodeWidthStr;

use crate::unicode::{code_point, with_invisible_named};

/// The maximum width of a snippet in terminal columns.
const MAX_COLUMNS: usize = 160;
/// The number of columns kept before the place in longer lines.
const COLUMNS_BEFORE: usize = 60;
/// The maximum size of a file from which lines are shown.
const MAX_BYTES: u64 = 64 << 20;
/// Replaces the parts left out of a long line.
const ELLIPSIS: &str = "…";

/// A part of a line without control characters and tabs, with the place to underline.
#[derive(Debug, PartialEq, Eq)]
pub struct SourceSnippet {
    /// The text before the place.
    pub before: String,
    /// The text at the place; empty if that is the whole line.
    pub meant: String,
    /// The text after the place.
    pub after: String,
    /// The number of columns before the place.
    pub indent: usize,
    /// The number of columns to underline; 0 for the whole line.
    pub carets: usize,
}

/// A source file with an index of its lines, read once for many diagnostics.
pub struct SnippetReader {
    text: String,
    starts: Vec<usize>,
    cursor: Cursor,
}

/// The last position looked up. Diagnostics are sorted, so the next one usually follows it: thousands of
/// problems in a line of 5 MB are found in one pass.
#[derive(Clone, Copy, Default)]
struct Cursor {
    line: usize,
    column: usize,
    offset: usize,
}

impl SnippetReader {
    /// Reads a regular file; `None` if it isn't one, is too large or can't be read. Links are not
    /// followed.
    pub fn read(path: &Path) -> Option<SnippetReader> {
        let metadata = fs::symlink_metadata(path).ok()?;
        if !metadata.is_file() || metadata.len() > MAX_BYTES {
            return None;
        }
        let bytes = fs::read(path).ok()?;
        Some(SnippetReader::new(String::from_utf8_lossy(&bytes).trim_start_matches('\u{feff}').to_owned()))
    }

    fn new(text: String) -> SnippetReader {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        SnippetReader { text, starts, cursor: Cursor::default() }
    }

    /// The snippet at a line and column, both from 1; `None` if the file has no such line.
    pub fn snippet(&mut self, line: usize, column: Option<usize>, length: Option<usize>) -> Option<SourceSnippet> {
        let start = *self.starts.get(line.checked_sub(1)?)?;
        let end = self.starts.get(line).map_or(self.text.len(), |next| next - 1);
        let text = self.text[start..end].trim_end_matches('\r');
        let Some(column) = column else { return Some(fit(text, 0, 0)) };
        self.cursor = seek(text, line, column, self.cursor);
        Some(fit(text, self.cursor.offset, length.unwrap_or(1).max(1)))
    }
}

/// Moves to a column of a line, at most to the line's end.
fn seek(text: &str, line: usize, column: usize, cursor: Cursor) -> Cursor {
    let from =
        if cursor.line == line && cursor.column <= column { cursor } else { Cursor { line, column: 1, offset: 0 } };
    let rest = &text[from.offset..];
    let (passed, offset) = rest
        .char_indices()
        .map(|(at, _)| at)
        .chain([rest.len()])
        .enumerate()
        .take(column.saturating_sub(from.column).saturating_add(1))
        .last()
        .unwrap_or((0, 0));
    Cursor { line, column: from.column + passed, offset: from.offset + offset }
}

/// Cuts a line around byte `at`, where `length` characters are underlined.
fn fit(line: &str, at: usize, length: usize) -> SourceSnippet {
    let (from, to) = bounds(line, at);
    let meant_end = line[at..to].char_indices().nth(length).map_or(to, |(offset, _)| at + offset);
    let lead = if from > 0 { ELLIPSIS } else { "" };
    let tail = if to < line.len() { ELLIPSIS } else { "" };
    let before = format!("{lead}{}", visible(&line[from..at]));
    let meant = visible(&line[at..meant_end]);
    let indent = before.width();
    // Measured together, because a combining character takes no column of its own.
    let upto = [before.as_str(), &meant].concat();
    let carets = if length == 0 { 0 } else { upto.width().saturating_sub(indent).max(1) };
    SourceSnippet { before, meant, after: format!("{}{tail}", visible(&line[meant_end..to])), indent, carets }
}

impl SourceSnippet {
    /// The whole text.
    pub fn text(&self) -> String {
        [self.before.as_str(), &self.meant, &self.after].concat()
    }
}

fn bounds(line: &str, at: usize) -> (usize, usize) {
    if line.len() <= 4 * MAX_COLUMNS && line.chars().map(columns).sum::<usize>() <= MAX_COLUMNS {
        return (0, line.len());
    }
    let from = fill(line[..at].char_indices().rev(), COLUMNS_BEFORE).map_or(at, |(offset, _)| offset);
    let to = fill(line[from..].char_indices(), MAX_COLUMNS).map_or(from, |(offset, c)| from + offset + c.len_utf8());
    (from, to)
}

/// The last character that fits into this many columns.
fn fill(letters: impl Iterator<Item = (usize, char)>, limit: usize) -> Option<(usize, char)> {
    let mut used = 0;
    letters
        .take_while(|&(_, letter)| {
            used += columns(letter);
            used <= limit
        })
        .last()
}

/// The width of a character, at least 1, so that a line of combining characters ends as well.
fn columns(letter: char) -> usize {
    visible(letter.encode_utf8(&mut [0; 4])).width().max(1)
}

/// Makes everything visible that would move a terminal's cursor, change its colours or direction, or
/// hide inside a word.
pub fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\t' => shown.push_str("    "),
            '\0'..='\u{1f}' => shown.push(char::from_u32(0x2400 + u32::from(letter)).unwrap_or('\u{fffd}')),
            '\u{7f}' => shown.push('\u{2421}'),
            _ if letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}') => {
                shown.push_str(&code_point(letter))
            }
            _ => shown.push(letter),
        }
    }
    with_invisible_named(&shown).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn snippet(text: &str, line: usize, column: usize, length: usize) -> (String, usize, usize) {
        let found = SnippetReader::new(text.to_owned()).snippet(line, Some(column), Some(length)).unwrap();
        (found.text(), found.indent, found.carets)
    }

    #[test]
    fn carets_are_below_the_right_columns() {
        assert_eq!(snippet("a\nauthors: [ana]\n", 2, 11, 3), ("authors: [ana]".to_owned(), 10, 3));
        assert_eq!(snippet("标题: 腾讯\r\n", 1, 5, 2), ("标题: 腾讯".to_owned(), 6, 4));
        assert_eq!(snippet("\tkey: x", 1, 2, 3), ("    key: x".to_owned(), 4, 3));
        assert_eq!(snippet("👩‍👩‍👧 x", 1, 7, 1).1, 3);
    }

    #[test]
    fn a_position_past_the_end_is_shown_at_the_end() {
        assert_eq!(snippet("ab", 1, 9, 1), ("ab".to_owned(), 2, 1));
        assert_eq!(snippet("", 1, 1, 1), (String::new(), 0, 1));
        assert_eq!(snippet("ab", 1, 2, 99), ("ab".to_owned(), 1, 1));
        assert_eq!(snippet("ab\n", 2, usize::MAX, usize::MAX), (String::new(), 0, 1));
        assert_eq!(SnippetReader::new("ab".to_owned()).snippet(2, None, None), None);
        assert_eq!(SnippetReader::new("ab".to_owned()).snippet(0, None, None), None);
    }

    #[test]
    fn long_lines_are_cut_around_the_place() {
        let text = format!("{}HERE{}", "界".repeat(2_000_000), "z".repeat(3_000_000));
        let (shown, indent, carets) = snippet(&text, 1, 2_000_001, 4);
        assert_eq!((indent, carets), (61, 4));
        assert!(shown.starts_with("…界") && shown.ends_with("z…") && shown.contains("HERE"), "{shown}");
        assert!(shown.width() <= MAX_COLUMNS + 2);
        let marks = snippet(&"\u{301}".repeat(1_000_000), 1, 500_000, 10).0;
        assert!(marks.chars().count() <= MAX_COLUMNS + 2);
    }

    #[test]
    fn many_places_in_one_long_line_are_found_in_one_pass() {
        let mut source = SnippetReader::new("词 ".repeat(500_000));
        for column in (1..1_000_000).step_by(100) {
            assert!(source.snippet(1, Some(column), Some(1)).is_some());
        }
        assert_eq!(source.snippet(1, Some(1), Some(1)).unwrap().indent, 0);
    }

    #[test]
    fn no_control_sequence_reaches_the_terminal() {
        assert_eq!(visible("a\u{1b}[31m\0\u{7f}\u{202e}b\nc"), "a␛[31m␀␡<U+202E>b␊c");
    }
}
