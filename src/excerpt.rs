//! The line of a source file that a diagnostic points at, fitted to a terminal.

use std::fs;
use std::path::Path;

use unicode_width::UnicodeWidthStr;

use crate::unicode::{code_point, with_invisible_named};

/// Columns of a terminal that an excerpt may take.
const MAX_COLUMNS: usize = 160;
/// Columns kept before the place when the line is longer than that.
const COLUMNS_BEFORE: usize = 60;
/// From larger files nothing is shown.
const MAX_BYTES: u64 = 64 << 20;
/// Stands for what was left out of a long line.
const ELLIPSIS: &str = "…";

/// A part of a line as it is shown, without control characters and tabs, and the columns that are meant.
#[derive(Debug, PartialEq, Eq)]
pub struct Excerpt {
    /// What stands before what is meant.
    pub before: String,
    /// What is meant; empty when the whole line is.
    pub meant: String,
    /// What stands behind it.
    pub behind: String,
    /// Columns before the place that is meant.
    pub indent: usize,
    /// Columns that are meant; 0 when the whole line is.
    pub carets: usize,
}

/// A source file whose lines can be found without reading it anew for each diagnostic.
pub struct Source {
    text: String,
    starts: Vec<usize>,
    cursor: Cursor,
}

/// The last place looked up. Diagnostics come sorted, so the next one is usually behind it: thousands of faults in one
/// line of 5 MB are found in one pass over it.
#[derive(Clone, Copy, Default)]
struct Cursor {
    line: usize,
    column: usize,
    offset: usize,
}

impl Source {
    /// Reads a regular file; `None` when it is not one, too large or unreadable. Links are not followed.
    pub fn read(path: &Path) -> Option<Source> {
        let metadata = fs::symlink_metadata(path).ok()?;
        if !metadata.is_file() || metadata.len() > MAX_BYTES {
            return None;
        }
        let bytes = fs::read(path).ok()?;
        Some(Source::new(String::from_utf8_lossy(&bytes).trim_start_matches('\u{feff}').to_owned()))
    }

    fn new(text: String) -> Source {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Source { text, starts, cursor: Cursor::default() }
    }

    /// What is to be seen of a line, both numbers from 1; `None` when the file has no such line.
    pub fn excerpt(&mut self, line: usize, column: Option<usize>, length: Option<usize>) -> Option<Excerpt> {
        let start = *self.starts.get(line.checked_sub(1)?)?;
        let end = self.starts.get(line).map_or(self.text.len(), |next| next - 1);
        let text = self.text[start..end].trim_end_matches('\r');
        let Some(column) = column else { return Some(fit(text, 0, 0)) };
        self.cursor = seek(text, line, column, self.cursor);
        Some(fit(text, self.cursor.offset, length.unwrap_or(1).max(1)))
    }
}

/// Moves to a column of a line; at most to its end.
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

/// Cuts a line around byte `at`, where `length` characters are meant.
fn fit(line: &str, at: usize, length: usize) -> Excerpt {
    let (from, to) = bounds(line, at);
    let meant_end = line[at..to].char_indices().nth(length).map_or(to, |(offset, _)| at + offset);
    let lead = if from > 0 { ELLIPSIS } else { "" };
    let tail = if to < line.len() { ELLIPSIS } else { "" };
    let before = format!("{lead}{}", visible(&line[from..at]));
    let meant = visible(&line[at..meant_end]);
    let indent = before.width();
    // Together: what combines with the letter before it takes no column of its own.
    let upto = [before.as_str(), &meant].concat();
    let carets = if length == 0 { 0 } else { upto.width().saturating_sub(indent).max(1) };
    Excerpt { before, meant, behind: format!("{}{tail}", visible(&line[meant_end..to])), indent, carets }
}

impl Excerpt {
    /// The whole text.
    pub fn text(&self) -> String {
        [self.before.as_str(), &self.meant, &self.behind].concat()
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

/// The last character that fits into so many columns.
fn fill(letters: impl Iterator<Item = (usize, char)>, limit: usize) -> Option<(usize, char)> {
    let mut used = 0;
    letters
        .take_while(|&(_, letter)| {
            used += columns(letter);
            used <= limit
        })
        .last()
}

/// Columns to reckon with; at least one, so that a line of combining marks comes to an end too.
fn columns(letter: char) -> usize {
    visible(letter.encode_utf8(&mut [0; 4])).width().max(1)
}

/// The text with everything made visible that would move a terminal's cursor, change its colours, turn its direction or
/// hide in a word.
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

    fn excerpt(text: &str, line: usize, column: usize, length: usize) -> (String, usize, usize) {
        let found = Source::new(text.to_owned()).excerpt(line, Some(column), Some(length)).unwrap();
        (found.text(), found.indent, found.carets)
    }

    #[test]
    fn carets_stand_under_the_columns_that_are_meant() {
        assert_eq!(excerpt("a\nauthors: [ana]\n", 2, 11, 3), ("authors: [ana]".to_owned(), 10, 3));
        assert_eq!(excerpt("标题: 腾讯\r\n", 1, 5, 2), ("标题: 腾讯".to_owned(), 6, 4));
        assert_eq!(excerpt("\tkey: x", 1, 2, 3), ("    key: x".to_owned(), 4, 3));
        assert_eq!(excerpt("👩‍👩‍👧 x", 1, 7, 1).1, 3);
    }

    #[test]
    fn a_place_behind_the_end_is_shown_at_the_end() {
        assert_eq!(excerpt("ab", 1, 9, 1), ("ab".to_owned(), 2, 1));
        assert_eq!(excerpt("", 1, 1, 1), (String::new(), 0, 1));
        assert_eq!(excerpt("ab", 1, 2, 99), ("ab".to_owned(), 1, 1));
        assert_eq!(excerpt("ab\n", 2, usize::MAX, usize::MAX), (String::new(), 0, 1));
        assert_eq!(Source::new("ab".to_owned()).excerpt(2, None, None), None);
        assert_eq!(Source::new("ab".to_owned()).excerpt(0, None, None), None);
    }

    #[test]
    fn long_lines_are_cut_around_the_place() {
        let text = format!("{}HERE{}", "界".repeat(2_000_000), "z".repeat(3_000_000));
        let (shown, indent, carets) = excerpt(&text, 1, 2_000_001, 4);
        assert_eq!((indent, carets), (61, 4));
        assert!(shown.starts_with("…界") && shown.ends_with("z…") && shown.contains("HERE"), "{shown}");
        assert!(shown.width() <= MAX_COLUMNS + 2);
        let marks = excerpt(&"\u{301}".repeat(1_000_000), 1, 500_000, 10).0;
        assert!(marks.chars().count() <= MAX_COLUMNS + 2);
    }

    #[test]
    fn many_places_in_one_long_line_are_found_in_one_pass() {
        let mut source = Source::new("词 ".repeat(500_000));
        for column in (1..1_000_000).step_by(100) {
            assert!(source.excerpt(1, Some(column), Some(1)).is_some());
        }
        assert_eq!(source.excerpt(1, Some(1), Some(1)).unwrap().indent, 0);
    }

    #[test]
    fn nothing_reaches_the_terminal_that_could_command_it() {
        assert_eq!(visible("a\u{1b}[31m\0\u{7f}\u{202e}b\nc"), "a␛[31m␀␡<U+202E>b␊c");
    }
}
