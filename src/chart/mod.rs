//! Charts: a data file's numbers laid out for a template to draw, in units of a drawing that scales.

mod scale;
mod table;

use jiff::civil;
use serde::Serialize;
use unicode_width::UnicodeWidthStr;

use scale::{Scale, tenth};

pub use table::{ENDINGS, MAX_BYTES, MAX_ROWS, MAX_SERIES, Row, Table, is_data, read};

/// The width of every drawing.
const WIDTH: f64 = 480.0;
/// The height of those with upright values.
const HEIGHT: f64 = 280.0;
/// What is left at the top for the highest value's line, and below for labels.
const TOP: f64 = 18.0;
const BOTTOM: f64 = 26.0;
/// The width of a letter of a label, in a drawing's units.
const LETTER: f64 = 7.5;
/// Longer labels are cut in columns and lines; the table has them whole.
const MAX_LABEL: usize = 18;
/// Bars: a line of text, a bar, the gap behind a row, and what is left for the values at their ends.
const LINE: f64 = 18.0;
const BAR: f64 = 14.0;
const GAP: f64 = 12.0;
const VALUE: f64 = 70.0;

/// How numbers are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Lying bars, one below the other.
    Bar,
    /// Upright columns, side by side.
    Column,
    /// A line from label to label; dates and years stand as far apart as they are.
    Line,
}

impl Kind {
    /// The kind of a name.
    pub fn of(name: &str) -> Option<Kind> {
        match name {
            "bar" => Some(Kind::Bar),
            "column" => Some(Kind::Column),
            "line" => Some(Kind::Line),
            _ => None,
        }
    }
}

/// A drawing; all places and lengths are in its units.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Chart {
    /// How numbers are shown.
    pub kind: Kind,
    /// Its width.
    pub width: f64,
    /// Its height.
    pub height: f64,
    /// Values that are marked: across for bars, upwards for others.
    pub ticks: Vec<Tick>,
    /// Where zero is, if it is on the scale.
    pub zero: Option<f64>,
    /// What the numbers are of.
    pub labels: Vec<Label>,
    /// One for each column of numbers.
    pub series: Vec<Series>,
}

/// A value that is marked.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Tick {
    /// The value, as a decimal.
    pub value: String,
    /// Where it stands.
    pub at: f64,
}

/// What a number is of.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Label {
    /// The words, cut where they are long.
    pub text: String,
    /// Where they stand: their beginning for bars, their middle for others.
    pub x: f64,
    /// The line that they stand on.
    pub y: f64,
}

/// One column of numbers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Series {
    /// From 1.
    pub number: usize,
    /// The words above the column.
    pub name: String,
    /// A bar, a column or a point for each number.
    pub marks: Vec<Mark>,
    /// The line through all points as SVG's path data; empty but for lines.
    pub path: String,
}

/// One number.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Mark {
    /// The number as it is written.
    pub value: String,
    /// Its left edge; for lines its middle.
    pub x: f64,
    /// Its top edge; for lines its middle.
    pub y: f64,
    /// Its width; nothing for lines.
    pub width: f64,
    /// Its height; nothing for lines.
    pub height: f64,
}

/// Lays out the numbers of a table.
pub fn lay_out(table: &Table, kind: Kind) -> Chart {
    match kind {
        Kind::Bar => bars(table),
        Kind::Column => columns(table),
        Kind::Line => lines(table),
    }
}

fn numbers(table: &Table) -> impl Iterator<Item = f64> {
    table.rows.iter().flat_map(|row| (0..row.values.len()).filter_map(|series| row.number(series)))
}

fn series(table: &Table, mark: impl Fn(usize, usize, f64) -> (f64, f64, f64, f64)) -> Vec<Series> {
    let names = table.columns.iter().skip(1).enumerate();
    let of = |series: usize| {
        let marks = table.rows.iter().enumerate().filter_map(move |(at, row)| Some((at, row, row.number(series)?)));
        let marks = marks.map(|(at, row, number)| {
            let (x, y, width, height) = mark(at, series, number);
            let value = row.values[series].clone().unwrap_or_default();
            Mark { value, x: tenth(x), y: tenth(y), width: tenth(width), height: tenth(height) }
        });
        marks.collect()
    };
    names.map(|(at, name)| Series { number: at + 1, name: name.clone(), marks: of(at), path: String::new() }).collect()
}

fn ticks(scale: &Scale) -> (Vec<Tick>, Option<f64>) {
    let ticks = scale.ticks();
    let zero = ticks.iter().find(|(_, value)| *value == 0.0).map(|_| scale.place(0.0));
    (ticks.into_iter().map(|(value, number)| Tick { value, at: scale.place(number) }).collect(), zero)
}

fn bars(table: &Table) -> Chart {
    let row = LINE + BAR * (table.columns.len() - 1) as f64 + GAP;
    let has_negative = numbers(table).any(|number| number < 0.0);
    let scale = Scale::over(numbers(table), true, if has_negative { VALUE } else { 0.0 }, WIDTH - VALUE);
    let zero = scale.place(0.0);
    let series = series(table, |at, series, number| {
        let end = scale.place(number);
        let top = row * at as f64 + LINE + BAR * series as f64;
        (zero.min(end), top, (end - zero).abs(), BAR - 2.0)
    });
    let labels = table.rows.iter().enumerate();
    let labels =
        labels.map(|(at, label)| Label { text: label.label.clone(), x: 0.0, y: tenth(row * at as f64 + 13.0) });
    let (ticks, zero) = ticks(&scale);
    let height = tenth(row * table.rows.len() as f64);
    Chart { kind: Kind::Bar, width: WIDTH, height, ticks, zero, labels: labels.collect(), series }
}

fn columns(table: &Table) -> Chart {
    let scale = Scale::over(numbers(table), true, HEIGHT - BOTTOM, TOP);
    let (ticks, zero) = ticks(&scale);
    let left = margin(&ticks);
    let slot = (WIDTH - left) / table.rows.len() as f64;
    let width = slot * 0.8 / (table.columns.len() - 1) as f64;
    let base = scale.place(0.0);
    let series = series(table, |at, series, number| {
        let end = scale.place(number);
        let x = left + slot * (at as f64 + 0.1) + width * series as f64;
        (x, base.min(end), width * 0.92, (end - base).abs())
    });
    let labels = thinned(table, |at| left + slot * (at as f64 + 0.5), WIDTH - left);
    Chart { kind: Kind::Column, width: WIDTH, height: HEIGHT, ticks, zero, labels, series }
}

fn lines(table: &Table) -> Chart {
    let scale = Scale::over(numbers(table), false, HEIGHT - BOTTOM, TOP);
    let (ticks, zero) = ticks(&scale);
    let (left, right) = (margin(&ticks) + 8.0, WIDTH - 16.0);
    let times = times(table);
    let (first, last) = (times.first().copied().unwrap_or(0.0), times.last().copied().unwrap_or(1.0));
    let span = if last == first { 1.0 } else { last - first };
    let x = |at: usize| match times.len() {
        1 => (left + right) / 2.0,
        _ => left + (times[at] - first) / span * (right - left),
    };
    let mut series = series(table, |at, _, number| (x(at), scale.place(number), 0.0, 0.0));
    for (index, series) in series.iter_mut().enumerate() {
        series.path = path(table, index, &|at| tenth(x(at)), &scale);
    }
    let labels = thinned(table, x, WIDTH - left);
    Chart { kind: Kind::Line, width: WIDTH, height: HEIGHT, ticks, zero, labels, series }
}

/// What the marked values take up at the left.
fn margin(ticks: &[Tick]) -> f64 {
    ticks.iter().map(|tick| tick.value.len()).max().unwrap_or(0) as f64 * LETTER + 6.0
}

/// Where rows stand along a line: days and years as far apart as they are, anything else evenly.
fn times(table: &Table) -> Vec<f64> {
    let evenly = || (0..table.rows.len()).map(|at| at as f64).collect();
    let times: Option<Vec<f64>> = table.rows.iter().map(|row| time(&row.label)).collect();
    times.filter(|times| times.windows(2).all(|pair| pair[0] < pair[1])).unwrap_or_else(evenly)
}

/// `2019`, `2019-04` or `2019-04-30` as a number of days.
fn time(label: &str) -> Option<f64> {
    let mut parts = label.splitn(3, '-').map(|part| part.parse::<i16>().ok());
    let (year, month, day) = (parts.next()??, parts.next().unwrap_or(Some(1))?, parts.next().unwrap_or(Some(1))?);
    let date = civil::Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
    let days = date.since(civil::date(1970, 1, 1)).ok()?.get_days();
    Some(f64::from(days))
}

/// The line through all points; it is broken where a number is missing.
fn path(table: &Table, series: usize, x: &dyn Fn(usize) -> f64, scale: &Scale) -> String {
    let mut path = String::new();
    let mut is_broken = true;
    for (at, row) in table.rows.iter().enumerate() {
        match row.number(series) {
            Some(number) => {
                let step = if is_broken { 'M' } else { 'L' };
                path.push_str(&format!("{step}{} {}", x(at), scale.place(number)));
                is_broken = false;
            }
            None => is_broken = true,
        }
    }
    path
}

/// As many labels as have room, the first among them.
fn thinned(table: &Table, x: impl Fn(usize) -> f64, room: f64) -> Vec<Label> {
    let texts: Vec<String> = table.rows.iter().map(|row| cut(&row.label)).collect();
    let widest = texts.iter().map(|text| text.width()).max().unwrap_or(0) as f64 * LETTER + 10.0;
    let every = (texts.len() as f64 * widest / room).ceil().max(1.0) as usize;
    let labels = texts.into_iter().enumerate().step_by(every);
    labels.map(|(at, text)| Label { text, x: tenth(x(at)), y: HEIGHT - 8.0 }).collect()
}

fn cut(label: &str) -> String {
    if label.width() <= MAX_LABEL {
        return label.to_owned();
    }
    let mut width = 0;
    let kept = label.chars().take_while(|letter| {
        width += unicode_width::UnicodeWidthChar::width(*letter).unwrap_or(0);
        width < MAX_LABEL
    });
    kept.chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn table(rows: Vec<(String, Vec<Option<f64>>)>) -> Table {
        let series = rows.first().map_or(1, |(_, values)| values.len());
        let columns = (0..=series).map(|at| format!("c{at}")).collect();
        let row = |(label, values): (String, Vec<Option<f64>>)| Row {
            label,
            values: values.into_iter().map(|value| value.map(|value| format!("{value}"))).collect(),
        };
        Table { columns, rows: rows.into_iter().map(row).collect() }
    }

    fn number() -> impl Strategy<Value = Option<f64>> {
        prop_oneof![
            Just(None),
            Just(Some(0.0)),
            (-1e15..1e15f64).prop_map(Some),
            (-1e-9..1e-9f64).prop_map(Some),
            (-100i32..100).prop_map(|number| Some(f64::from(number))),
        ]
    }

    proptest! {
        #[test]
        fn everything_stands_within_the_drawing(
            rows in (1usize..4).prop_flat_map(|series| {
                prop::collection::vec(("[a-z0-9-]{0,30}|[0-9]{4}", prop::collection::vec(number(), series)), 1..60)
            }),
        ) {
            let table = table(rows);
            for kind in [Kind::Bar, Kind::Column, Kind::Line] {
                let chart = lay_out(&table, kind);
                let is_across = |x: f64| (-0.1..=chart.width + 0.1).contains(&x);
                let is_down = |y: f64| (-0.1..=chart.height + 0.1).contains(&y);
                prop_assert!((2..=8).contains(&chart.ticks.len()), "{:?}", chart.ticks);
                let along = if kind == Kind::Bar { &is_across as &dyn Fn(f64) -> bool } else { &is_down };
                for tick in &chart.ticks {
                    prop_assert!(along(tick.at) && tick.value.parse::<f64>().is_ok(), "{tick:?}");
                }
                for label in &chart.labels {
                    prop_assert!(is_across(label.x) && is_down(label.y), "{label:?}");
                }
                let marks: Vec<&Mark> = chart.series.iter().flat_map(|series| &series.marks).collect();
                prop_assert_eq!(marks.len(), numbers(&table).count());
                for mark in marks {
                    prop_assert!(mark.width >= 0.0 && mark.height >= 0.0);
                    prop_assert!(is_across(mark.x) && is_across(mark.x + mark.width), "{mark:?}");
                    prop_assert!(is_down(mark.y) && is_down(mark.y + mark.height), "{mark:?}");
                }
            }
        }
    }

    #[test]
    fn round_values_are_marked_and_cover_all() {
        let values = |numbers: &[f64]| {
            let rows = numbers.iter().map(|&number| (String::new(), vec![Some(number)])).collect();
            lay_out(&table(rows), Kind::Column).ticks.into_iter().map(|tick| tick.value).collect::<Vec<_>>()
        };
        assert_eq!(values(&[27.4, 30.6]), ["0", "10", "20", "30", "40"]);
        assert_eq!(values(&[-5.0, 3.0]), ["-6", "-4", "-2", "0", "2", "4"]);
        assert_eq!(values(&[0.1, 0.3]), ["0.0", "0.1", "0.2", "0.3"]);
        assert_eq!(values(&[0.0]), ["0.00", "0.25", "0.50", "0.75", "1.00"]);
    }

    #[test]
    fn years_stand_as_far_apart_as_they_are_and_gaps_break_the_line() {
        let rows = [("2000", Some(1.0)), ("2001", None), ("2010", Some(2.0)), ("2020", Some(3.0))];
        let rows = rows.iter().map(|(label, value)| (label.to_string(), vec![*value])).collect();
        let chart = lay_out(&table(rows), Kind::Line);
        let x: Vec<f64> = chart.series[0].marks.iter().map(|mark| mark.x).collect();
        assert!((x[1] - (x[0] + x[2]) / 2.0).abs() < 0.2, "{x:?}");
        assert_eq!(chart.series[0].path.matches('M').count(), 2);
        let labels = |label: &str| lay_out(&table(vec![(label.into(), vec![Some(1.0)]); 60]), Kind::Line).labels;
        assert!(labels("a long label, much too long").len() < 5);
        assert_eq!(labels("很长很长很长很长很长很长的标签")[0].text.chars().count(), 9);
    }
}
