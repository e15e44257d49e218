//! Formats rows of text in columns, for letters of any width.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::source_snippet::visible;

/// The spaces between two columns.
const GAP: usize = 2;
/// The smallest width to which a column is cut.
const LEAST: usize = 16;
/// The width without a terminal, where nothing need be cut.
const UNBOUNDED: usize = usize::MAX;

/// The width of the terminal in columns.
pub(super) fn width() -> usize {
    terminal_size::terminal_size().map_or(UNBOUNDED, |(width, _)| usize::from(width.0))
}

/// Formats rows as lines, each after `indent`; cuts the column `flexible` where a line is wider than `width`.
pub(super) fn lines(rows: &[Vec<String>], indent: &str, flexible: usize, width: usize) -> String {
    let rows: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(|cell| visible(cell)).collect()).collect();
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widest = |at: usize| rows.iter().filter_map(|row| row.get(at)).map(|cell| cell.width()).max().unwrap_or(0);
    let mut widths: Vec<usize> = (0..columns).map(widest).collect();
    let taken = indent.width() + widths.iter().sum::<usize>() + GAP * columns.saturating_sub(1);
    if let Some(column) = widths.get_mut(flexible) {
        let least = LEAST.min(*column);
        *column = column.saturating_sub(taken.saturating_sub(width)).max(least);
    }
    let mut text = String::new();
    for row in &rows {
        let mut line = indent.to_owned();
        for (cell, &width) in row.iter().zip(&widths) {
            let cell = cut(cell, width);
            line.push_str(&cell);
            line.push_str(&" ".repeat(width - cell.width().min(width) + GAP));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// Cuts a text to at most `width` columns.
fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut room = width.saturating_sub(1);
    let mut short = String::new();
    for letter in text.chars() {
        let wide = letter.width().unwrap_or(0);
        if wide > room {
            break;
        }
        room -= wide;
        short.push(letter);
    }
    short + "…"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_letters_take_two_columns() {
        let rows = [["選挙の日", "a"], ["Vote", "b"]].map(|row| row.map(str::to_owned).to_vec());
        assert_eq!(lines(&rows, "  ", 0, UNBOUNDED), "  選挙の日  a\n  Vote      b\n");
    }

    #[test]
    fn one_column_is_cut_where_the_terminal_ends() {
        let rows = [["選挙の日がまた延期されました", "content/a.md"], ["Vote", "b"]]
            .map(|row| row.map(str::to_owned).to_vec());
        let text = lines(&rows, "", 0, 34);
        assert_eq!(text, "選挙の日がまた延期…   content/a.md\nVote                  b\n");
        assert!(text.lines().all(|line| line.width() <= 34));
    }
}
