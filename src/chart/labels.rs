//! The labels of rows: in lines below columns, thinned out along a line, above bars.

use jiff::civil;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::scale::tenth;
use super::{HEIGHT, LETTER, Label, Table, WIDTH, written};

/// The maximum number of lines of a label below a column.
const MAX_LINES: usize = 3;
/// The distance of baselines in a label of several lines.
const LEADING: f64 = 18.0;
/// The distance of the first baseline from the lower edge of a drawing with labels of one line.
const ABOVE_EDGE: f64 = 8.0;
/// The space between the labels of neighbouring columns.
const BETWEEN: f64 = 4.0;
/// The maximum length of labels along lines, where most are left out; the table has them in full.
const MAX_LABEL: usize = 18;

/// Converts `2019`, `2019-04` or `2019-04-30` to a number of days.
pub(super) fn time(label: &str) -> Option<f64> {
    let mut parts = label.splitn(3, '-').map(|part| part.parse::<i16>().ok());
    let (year, month, day) = (parts.next()??, parts.next().unwrap_or(Some(1))?, parts.next().unwrap_or(Some(1))?);
    let date = civil::Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
    let days = date.since(civil::date(1970, 1, 1)).ok()?.get_days();
    Some(f64::from(days))
}

/// True if the rows are steps of time or numbers: a reader knows those between two labels.
pub(super) fn is_sequence(table: &Table) -> bool {
    table.rows.iter().all(|row| time(&row.label).is_some() || row.label.parse::<f64>().is_ok())
}

/// All labels below columns of this width, in as many lines as they need; `None` if one has no room.
pub(super) fn wrapped(names: &[String], slot: f64, middle: impl Fn(usize) -> f64) -> Option<Vec<Label>> {
    let most = ((slot - BETWEEN) / LETTER).floor().max(0.0) as usize;
    let label = |(at, name): (usize, &String)| {
        let lines = lines_of(name, most)?;
        Some(Label { text: name.clone(), lines, x: tenth(middle(at)), y: HEIGHT - ABOVE_EDGE })
    };
    names.iter().enumerate().map(label).collect()
}

/// The height of the lines below the first one.
pub(super) fn height_below_first_line(labels: &[Label]) -> f64 {
    let most = labels.iter().map(|label| label.lines.len()).max().unwrap_or(0);
    LEADING * most.saturating_sub(1) as f64
}

/// As many labels as fit, including the first; those at the edges stay within the drawing.
pub(super) fn thinned(names: &[String], x: impl Fn(usize) -> f64, room: f64) -> Vec<Label> {
    let texts: Vec<String> = names.iter().map(|name| cut(name, MAX_LABEL)).collect();
    let widest = texts.iter().map(|text| written(text)).fold(0.0, f64::max) + 10.0;
    let every = (texts.len() as f64 * widest / room).ceil().max(1.0) as usize;
    let mut labels = Vec::new();
    let mut end = f64::NEG_INFINITY;
    for (at, text) in texts.into_iter().enumerate().step_by(every) {
        let half = written(&text) / 2.0;
        let middle = x(at).clamp(half, WIDTH - half);
        if middle - half >= end {
            end = middle + half + LETTER;
            labels.push(Label { lines: vec![text.clone()], text, x: tenth(middle), y: HEIGHT - ABOVE_EDGE });
        }
    }
    labels
}

/// A label above a bar, where it has the whole width.
pub(super) fn above_bar(name: &str, y: f64) -> Label {
    let text = cut(name, (WIDTH / LETTER) as usize);
    Label { lines: vec![text.clone()], text, x: 0.0, y: tenth(y) }
}

/// Breaks a label into lines of at most `most` letters; `None` if they are too many or too long.
fn lines_of(name: &str, most: usize) -> Option<Vec<String>> {
    let mut lines: Vec<String> = Vec::new();
    for word in name.split_whitespace() {
        let mut is_first = true;
        for part in parts(word) {
            let space = if is_first { " " } else { "" };
            is_first = false;
            match lines.last_mut() {
                Some(line) if line.width() + space.len() + part.width() <= most => {
                    line.push_str(space);
                    line.push_str(part);
                }
                _ => lines.push(part.to_owned()),
            }
        }
    }
    let has_room = lines.len() <= MAX_LINES && lines.iter().all(|line| line.width() <= most);
    has_room.then_some(lines)
}

/// The parts between which a word may be broken: after hyphens, and beside Chinese, Japanese and Korean
/// letters.
fn parts(word: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut start = 0;
    let mut letters = word.char_indices().peekable();
    while let Some((_, letter)) = letters.next() {
        let Some(&(next_at, next)) = letters.peek() else { break };
        let is_wide = |letter: char| letter.width() == Some(2) && letter.is_alphanumeric();
        if letter == '-' || is_wide(next) {
            parts.push(&word[start..next_at]);
            start = next_at;
        }
    }
    parts.push(&word[start..]);
    parts
}

fn cut(label: &str, most: usize) -> String {
    if label.width() <= most {
        return label.to_owned();
    }
    let mut width = 0;
    let kept = label.chars().take_while(|letter| {
        width += letter.width().unwrap_or(0);
        width < most
    });
    kept.chain(['…']).collect()
}
