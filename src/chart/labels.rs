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

/// True if a reader knows the rows between two labels: the rows are days or months in order, or years or other numbers
/// in even steps. Bus lines 1, 3, 7 and 12 are names.
pub(super) fn is_sequence(table: &Table) -> bool {
    let labels = || table.rows.iter().map(|row| row.label.as_str());
    let numbers: Option<Vec<f64>> = labels().map(|label| label.parse::<f64>().ok()).collect();
    if let Some(numbers) = numbers {
        let steps: Vec<f64> = steps(&numbers).collect();
        let is_even = |step: &f64| (step - steps[0]).abs() <= steps[0].abs() * 1e-6;
        return steps.iter().all(|step| *step != 0.0 && is_even(step));
    }
    let times: Option<Vec<f64>> = labels().map(time).collect();
    times.is_some_and(|times| steps(&times).all(|step| step > 0.0) || steps(&times).all(|step| step < 0.0))
}

fn steps(numbers: &[f64]) -> impl Iterator<Item = f64> {
    numbers.windows(2).map(|pair| pair[1] - pair[0])
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

/// All labels below columns of this width, in these lines; `None` if one has no room.
pub(super) fn in_lines(lines: Vec<Vec<String>>, slot: f64, middle: impl Fn(usize) -> f64) -> Option<Vec<Label>> {
    let widths: Vec<f64> =
        lines.iter().map(|lines| lines.iter().map(|line| written(line)).fold(0.0, f64::max)).collect();
    // A wide label may reach below its neighbours' columns if those have narrow ones.
    let has_room = widths.windows(2).all(|pair| (pair[0] + pair[1]) / 2.0 + BETWEEN <= slot)
        && widths.last().is_none_or(|last| *last <= slot);
    let label = |(at, lines): (usize, Vec<String>)| {
        let (text, x) = (lines.join(" "), middle(at).max(widths[at] / 2.0));
        Label { text, lines, x: tenth(x), y: HEIGHT - ABOVE_EDGE }
    };
    has_room.then(|| lines.into_iter().enumerate().map(label).collect())
}

/// The height of the lines below the first one.
pub(super) fn height_below_first_line(labels: &[Label]) -> f64 {
    let most = labels.iter().map(|label| label.lines.len()).max().unwrap_or(0);
    LEADING * most.saturating_sub(1) as f64
}

/// As many labels as fit, including the first and the last; those at the edges stay within the drawing. They are chosen by
/// position, since rows that are spaced by time may be far apart at one end and close together at the other.
pub(super) fn thinned(names: &[String], x: impl Fn(usize) -> f64) -> Vec<Label> {
    let texts: Vec<String> = names.iter().map(|name| cut(name, MAX_LABEL)).collect();
    let step = texts.iter().map(|text| written(text)).fold(0.0, f64::max) + 10.0;
    let label = |at: usize| {
        let text = texts[at].clone();
        let half = written(&text) / 2.0;
        let x = tenth(x(at).clamp(half, WIDTH - half));
        Label { lines: vec![text.clone()], text, x, y: HEIGHT - ABOVE_EDGE }
    };
    let Some(last_row) = texts.len().checked_sub(1) else { return Vec::new() };
    let last = label(last_row);
    let mut labels = vec![label(0)];
    let mut previous = 0;
    for at in 1..last_row {
        let next = label(at);
        let is_between = labels.iter().all(|before| are_apart(before, &next)) && are_apart(&next, &last);
        // The same number of rows between two labels, where rows have the same distance.
        if is_between && x(at) - x(previous) >= step {
            previous = at;
            labels.push(next);
        }
    }
    if labels.iter().all(|before| are_apart(before, &last)) {
        labels.push(last);
    }
    labels
}

/// True if there is space between two labels along a line.
fn are_apart(before: &Label, after: &Label) -> bool {
    after.x - written(&after.text) / 2.0 >= before.x + written(&before.text) / 2.0 + LETTER
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The labels at these positions, from 0 to 1 along the drawing.
    fn labels(rows: &[(&str, f64)]) -> Vec<String> {
        let names: Vec<String> = rows.iter().map(|(name, _)| (*name).to_owned()).collect();
        thinned(&names, |at| 40.0 + rows[at].1 * 420.0).into_iter().map(|label| label.text).collect()
    }

    #[test]
    fn an_axis_is_labelled_where_it_begins_and_ends_whatever_the_distance_of_its_days() {
        let (january, november) = (("Jan 1, 2026", 0.0), ("Nov 15, 2026", 1.0));
        let early = [january, ("Feb 1, 2026", 0.1), ("Mar 1, 2026", 0.19), november];
        assert_eq!(labels(&early), ["Jan 1, 2026", "Nov 15, 2026"]);
        let spread = [january, ("Mar 1, 2026", 0.19), ("Jun 1, 2026", 0.47), november];
        assert_eq!(labels(&spread), ["Jan 1, 2026", "Jun 1, 2026", "Nov 15, 2026"]);
        let late = [january, ("Oct 1, 2026", 0.85), ("Nov 1, 2026", 0.96), november];
        assert_eq!(labels(&late), ["Jan 1, 2026", "Nov 15, 2026"]);
        assert_eq!(labels(&[january]), ["Jan 1, 2026"]);
        assert!(labels(&[]).is_empty());
    }

    #[test]
    fn rows_of_the_same_distance_are_labelled_in_equal_steps() {
        let years: Vec<String> = (1990..2030).map(|year| year.to_string()).collect();
        let rows: Vec<(&str, f64)> = years.iter().zip(0..).map(|(year, at)| (&**year, f64::from(at) / 39.0)).collect();
        let labels = labels(&rows);
        assert_eq!((labels[0].as_str(), labels[labels.len() - 1].as_str()), ("1990", "2029"));
        let years: Vec<i32> = labels.iter().map(|label| label.parse().unwrap()).collect();
        let steps: Vec<i32> = years.windows(2).map(|pair| pair[1] - pair[0]).collect();
        assert!(steps[..steps.len() - 1].iter().all(|step| *step == steps[0]), "{years:?}");
    }
}
