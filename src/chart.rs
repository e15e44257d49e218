//! Lays out charts: positions and lengths for a template to draw, in the units of a scalable drawing.

mod labels;
mod scale;
mod table;
mod wording;

use serde::Serialize;
use unicode_width::UnicodeWidthStr;

use scale::{Scale, tenth};

pub use table::{EXTENSIONS, MAX_BYTES, MAX_ROWS, MAX_SERIES, Row, Table, is_data, read};
pub use wording::Wording;

/// The width of every drawing.
const WIDTH: f64 = 480.0;
/// The height of drawings with vertical values.
const HEIGHT: f64 = 280.0;
/// The space above for the highest value's line, and below for labels.
const TOP: f64 = 18.0;
const BOTTOM: f64 = 26.0;
/// The width of a letter in a label, in units of the drawing; on small screens letters are relatively
/// large.
const LETTER: f64 = 8.5;
/// The maximum length of a unit shown at every value; a longer one only follows the highest value, which
/// has room.
const SHORT_UNIT: usize = 2;
/// The maximum number of columns: more would be thinner than half a unit.
const MAX_COLUMNS: usize = 500;
/// Bar charts: the height of a line of text, of a bar and of the gap after a row, and the minimum width
/// left for bars.
const LINE: f64 = 20.0;
const BAR: f64 = 18.0;
const GAP: f64 = 12.0;
const LEAST: f64 = 160.0;

/// The kind of a chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ChartKind {
    /// Horizontal bars, one below the other.
    Bar,
    /// Vertical columns, side by side.
    Column,
    /// A line; dates and years are spaced to scale.
    Line,
}

impl ChartKind {
    /// The kind with this name.
    pub fn of(name: &str) -> Option<ChartKind> {
        match name {
            "bar" => Some(ChartKind::Bar),
            "column" => Some(ChartKind::Column),
            "line" => Some(ChartKind::Line),
            _ => None,
        }
    }
}

/// A chart; all positions and lengths are in units of the drawing.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Chart {
    /// The kind: bars instead of columns if the labels have no room below columns.
    pub kind: ChartKind,
    /// The names of all rows, with dates as the page writes them.
    pub names: Vec<String>,
    /// The width.
    pub width: f64,
    /// The height.
    pub height: f64,
    /// The marked values: horizontal for bars, vertical otherwise.
    pub ticks: Vec<Tick>,
    /// The position of zero, if it is on the scale.
    pub zero: Option<f64>,
    /// The line at zero as SVG path data, if it is on the scale. In bar charts it only runs beside bars,
    /// so that it crosses no label.
    pub axis: String,
    /// The labels of the rows.
    pub labels: Vec<Label>,
    /// One series for each column of numbers.
    pub series: Vec<ChartSeries>,
}

/// A marked value.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Tick {
    /// The value, as a decimal.
    pub value: String,
    /// The value as the page writes it; millions in the language's short form.
    pub text: String,
    /// The unit after it; a long one only after the highest value.
    pub unit: String,
    /// The position.
    pub at: f64,
}

/// The label of a row.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Label {
    /// The text, shortened if it is long.
    pub text: String,
    /// The same text in lines, one below the other.
    pub lines: Vec<String>,
    /// The horizontal position of its start in bar charts, otherwise of its middle.
    pub x: f64,
    /// The baseline of the first line; further lines are 18 units apart.
    pub y: f64,
}

/// A column of numbers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ChartSeries {
    /// Its number, from 1.
    pub number: usize,
    /// The column's heading.
    pub name: String,
    /// A bar, column or point for each number.
    pub marks: Vec<ChartMark>,
    /// The line through all points as SVG path data; empty in other charts.
    pub path: String,
}

/// A number's bar, column or point.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ChartMark {
    /// The number as written in the file.
    pub value: String,
    /// The number as the page writes it; millions in the language's short form.
    pub text: String,
    /// The left edge, or the middle of a point.
    pub x: f64,
    /// The top edge, or the middle of a point.
    pub y: f64,
    /// The width; 0 for a point.
    pub width: f64,
    /// The height; 0 for a point.
    pub height: f64,
}

/// Lays out the numbers of a table; `unit` follows each.
///
/// # Errors
/// If there are too many columns to see.
pub fn lay_out(table: &Table, kind: ChartKind, unit: &str, wording: &Wording<'_>) -> Result<Chart, String> {
    let count = table.rows.len() * table.columns.len().saturating_sub(1);
    match kind {
        ChartKind::Column if count > MAX_COLUMNS => {
            Err(format!("{count} columns are too many to see (the limit is {MAX_COLUMNS}); use type=\"line\" for more"))
        }
        ChartKind::Column => Ok(columns(table, unit, wording)),
        ChartKind::Bar => Ok(bars(table, unit, wording)),
        ChartKind::Line => Ok(lines(table, unit, wording)),
    }
}

fn numbers(table: &Table) -> impl Iterator<Item = f64> {
    table.rows.iter().flat_map(|row| (0..row.values.len()).filter_map(|series| row.number(series)))
}

fn series(
    table: &Table,
    wording: &Wording<'_>,
    mark: impl Fn(usize, usize, f64) -> (f64, f64, f64, f64),
) -> Vec<ChartSeries> {
    let names = table.columns.iter().skip(1).enumerate();
    let of = |series: usize| {
        let marks = table.rows.iter().enumerate().filter_map(move |(at, row)| Some((at, row, row.number(series)?)));
        let marks = marks.map(|(at, row, number)| {
            let (x, y, width, height) = mark(at, series, number);
            let value = row.values[series].clone().unwrap_or_default();
            let text = wording.value(&value);
            ChartMark { value, text, x: tenth(x), y: tenth(y), width: tenth(width), height: tenth(height) }
        });
        marks.collect()
    };
    names
        .map(|(at, name)| ChartSeries { number: at + 1, name: name.clone(), marks: of(at), path: String::new() })
        .collect()
}

fn ticks(scale: &Scale, unit: &str, wording: &Wording<'_>) -> (Vec<Tick>, Option<f64>) {
    let ticks = scale.ticks();
    let zero = ticks.iter().find(|(_, value)| *value == 0.0).map(|_| scale.place(0.0));
    let highest = ticks.len().saturating_sub(1);
    let has_unit = |at: usize| unit.width() <= SHORT_UNIT || at == highest;
    let values: Vec<&str> = ticks.iter().map(|(value, _)| value.as_str()).collect();
    let texts = wording.scale(&values);
    let ticks = ticks.into_iter().zip(texts).enumerate().map(|(at, ((value, number), text))| Tick {
        value,
        text,
        unit: if has_unit(at) { unit.to_owned() } else { String::new() },
        at: scale.place(number),
    });
    (ticks.collect(), zero)
}

fn bars(table: &Table, unit: &str, wording: &Wording<'_>) -> Chart {
    let row = LINE + BAR * (table.columns.len() - 1) as f64 + GAP;
    let values = table.rows.iter().flat_map(|row| row.values.iter().flatten());
    let widest = values.map(|value| wording.room(&wording.value(value))).fold(0.0, f64::max) + written(unit);
    let scale = Scale::over(numbers(table), true, 0.0, (WIDTH - widest - 8.0).max(LEAST));
    let base = scale.place(0.0);
    let top = |at: usize| row * at as f64 + LINE;
    let series = series(table, wording, |at, series, number| {
        let end = scale.place(number);
        (base.min(end), top(at) + BAR * series as f64, (end - base).abs(), BAR - 4.0)
    });
    let names = wording.names(table);
    let labels = names.iter().enumerate().map(|(at, name)| labels::above_bar(name, top(at) - 5.0)).collect();
    let (ticks, zero) = ticks(&scale, unit, wording);
    let height = tenth(row * table.rows.len() as f64);
    let line = |at: usize| format!("M{base} {}V{}", tenth(top(at) - 2.0), tenth(top(at) + row - LINE - GAP - 2.0));
    let axis = (0..table.rows.len()).filter(|_| zero.is_some()).map(line).collect();
    Chart { kind: ChartKind::Bar, names, width: WIDTH, height, ticks, zero, axis, labels, series }
}

/// Columns; bars if there is too little room below columns to name each category.
fn columns(table: &Table, unit: &str, wording: &Wording<'_>) -> Chart {
    let scale = Scale::over(numbers(table), true, HEIGHT - BOTTOM, TOP);
    let (ticks, zero) = ticks(&scale, unit, wording);
    let left = margin(&ticks, wording);
    let slot = (WIDTH - left) / table.rows.len() as f64;
    let middle = |at: usize| left + slot * (at as f64 + 0.5);
    let names = wording.names(table);
    let in_short = || labels::in_lines(wording.month_lines(table)?, slot, middle);
    let labels = match labels::wrapped(&names, slot, middle).or_else(in_short) {
        Some(labels) => labels,
        None if labels::is_sequence(table) => labels::thinned(&wording.short_names(table), middle),
        None => return bars(table, unit, wording),
    };
    let width = slot * 0.8 / (table.columns.len() - 1) as f64;
    let base = scale.place(0.0);
    let series = series(table, wording, |at, series, number| {
        let end = scale.place(number);
        let x = left + slot * (at as f64 + 0.1) + width * series as f64;
        (x, base.min(end), width * 0.92, (end - base).abs())
    });
    let height = HEIGHT + labels::height_below_first_line(&labels);
    Chart { kind: ChartKind::Column, names, width: WIDTH, height, ticks, zero, axis: across(zero), labels, series }
}

fn lines(table: &Table, unit: &str, wording: &Wording<'_>) -> Chart {
    let scale = Scale::over(numbers(table), false, HEIGHT - BOTTOM, TOP);
    let (ticks, zero) = ticks(&scale, unit, wording);
    let (left, right) = (margin(&ticks, wording) + 8.0, WIDTH - 16.0);
    let times = times(table);
    let (first, last) = (times.first().copied().unwrap_or(0.0), times.last().copied().unwrap_or(1.0));
    let span = if last == first { 1.0 } else { last - first };
    let x = |at: usize| match times.len() {
        1 => (left + right) / 2.0,
        _ => left + (times[at] - first) / span * (right - left),
    };
    let mut series = series(table, wording, |at, _, number| (x(at), scale.place(number), 0.0, 0.0));
    for (index, series) in series.iter_mut().enumerate() {
        series.path = path(table, index, &|at| tenth(x(at)), &scale);
    }
    let names = wording.names(table);
    let labels = labels::thinned(&names, x);
    let axis = across(zero);
    Chart { kind: ChartKind::Line, names, width: WIDTH, height: HEIGHT, ticks, zero, axis, labels, series }
}

/// The line at zero for vertical values.
fn across(zero: Option<f64>) -> String {
    zero.map(|at| format!("M0 {at}H{WIDTH}")).unwrap_or_default()
}

/// The width of text on one line.
fn written(text: &str) -> f64 {
    text.width() as f64 * LETTER
}

/// The width of the values at the left. Nothing is beside the highest, so its unit may be longer.
fn margin(ticks: &[Tick], wording: &Wording<'_>) -> f64 {
    let unit = ticks.first().map_or(0, |tick| tick.unit.width().min(SHORT_UNIT)) as f64 * LETTER;
    ticks.iter().map(|tick| wording.room(&tick.text)).fold(0.0, f64::max) + unit + 6.0
}

/// The horizontal positions of rows in a line chart: days and years to scale, anything else evenly
/// spaced.
fn times(table: &Table) -> Vec<f64> {
    let evenly = || (0..table.rows.len()).map(|at| at as f64).collect();
    let times: Option<Vec<f64>> = table.rows.iter().map(|row| labels::time(&row.label)).collect();
    times.filter(|times| times.windows(2).all(|pair| pair[0] < pair[1])).unwrap_or_else(evenly)
}

/// The line through all points, with gaps for missing numbers.
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::language::{Formats, Numbers};

    fn table(rows: Vec<(String, Vec<Option<f64>>)>) -> Table {
        let series = rows.first().map_or(1, |(_, values)| values.len());
        let columns = (0..=series).map(|at| format!("c{at}")).collect();
        let row = |(label, values): (String, Vec<Option<f64>>)| Row {
            label,
            values: values.into_iter().map(|value| value.map(|value| format!("{value}"))).collect(),
        };
        Table { columns, rows: rows.into_iter().map(row).collect() }
    }

    fn width(label: &Label) -> f64 {
        label.lines.iter().map(|line| written(line)).fold(0.0, f64::max)
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
        fn nothing_is_drawn_outside_the_chart(
            unit in "%| million cubic metres|",
            rows in (1usize..4).prop_flat_map(|series| {
                prop::collection::vec(("[a-z0-9-]{0,30}|[0-9]{4}", prop::collection::vec(number(), series)), 1..60)
            }),
        ) {
            let table = table(rows);
            for kind in [ChartKind::Bar, ChartKind::Column, ChartKind::Line] {
                let chart = lay_out(&table, kind, &unit, &Wording::plain()).unwrap();
                let is_across = |x: f64| (-0.1..=chart.width + 0.1).contains(&x);
                let is_down = |y: f64| (-0.1..=chart.height + 0.1).contains(&y);
                prop_assert!((2..=8).contains(&chart.ticks.len()), "{:?}", chart.ticks);
                let kind = chart.kind;
                let along = if kind == ChartKind::Bar { &is_across as &dyn Fn(f64) -> bool } else { &is_down };
                for tick in &chart.ticks {
                    prop_assert!(along(tick.at) && tick.value.parse::<f64>().is_ok(), "{tick:?}");
                }
                for label in &chart.labels {
                    let half = if kind == ChartKind::Bar { 0.0 } else { width(label) / 2.0 };
                    let end = label.x + width(label) - half;
                    let lowest = label.y + 18.0 * label.lines.len().saturating_sub(1) as f64;
                    prop_assert!(is_across(label.x - half) && is_across(end) && is_down(lowest), "{label:?}");
                }
                for pair in chart.labels.windows(2).filter(|_| kind != ChartKind::Bar) {
                    let apart = (width(&pair[0]) + width(&pair[1])) / 2.0;
                    prop_assert!(pair[1].x - pair[0].x >= apart - 0.2, "{pair:?}");
                }
                let marks: Vec<&ChartMark> = chart.series.iter().flat_map(|series| &series.marks).collect();
                prop_assert_eq!(marks.len(), numbers(&table).count());
                for mark in marks {
                    prop_assert!(mark.width >= 0.0 && mark.height >= 0.0);
                    prop_assert!(is_across(mark.x) && is_across(mark.x + mark.width), "{mark:?}");
                    prop_assert!(is_down(mark.y) && is_down(mark.y + mark.height), "{mark:?}");
                    let end = mark.x + mark.width + 5.0 + Wording::plain().room(&mark.text) + unit.width() as f64 * LETTER;
                    let has_room = kind != ChartKind::Bar || mark.value.len() > 10 || is_across(end);
                    prop_assert!(has_room, "the value after {mark:?}");
                }
            }
        }
    }

    #[test]
    fn round_values_are_marked_and_cover_all() {
        let values = |numbers: &[f64]| {
            let rows = numbers.iter().map(|&number| (String::new(), vec![Some(number)])).collect();
            lay_out(&table(rows), ChartKind::Column, "", &Wording::plain())
                .unwrap()
                .ticks
                .into_iter()
                .map(|tick| tick.value)
                .collect::<Vec<_>>()
        };
        assert_eq!(values(&[27.4, 30.6]), ["0", "10", "20", "30", "40"]);
        assert_eq!(values(&[-5.0, 3.0]), ["-6", "-4", "-2", "0", "2", "4"]);
        assert_eq!(values(&[0.1, 0.3]), ["0.0", "0.1", "0.2", "0.3"]);
        assert_eq!(values(&[0.0]), ["0.00", "0.25", "0.50", "0.75", "1.00"]);
    }

    #[test]
    fn years_are_spaced_by_their_distance_and_gaps_break_the_line() {
        let rows = [("2000", Some(1.0)), ("2001", None), ("2010", Some(2.0)), ("2020", Some(3.0))];
        let rows = rows.iter().map(|(label, value)| (label.to_string(), vec![*value])).collect();
        let chart = lay_out(&table(rows), ChartKind::Line, "", &Wording::plain()).unwrap();
        let x: Vec<f64> = chart.series[0].marks.iter().map(|mark| mark.x).collect();
        assert!((x[1] - (x[0] + x[2]) / 2.0).abs() < 0.2, "{x:?}");
        assert_eq!(chart.series[0].path.matches('M').count(), 2);
        let labels = |label: &str| {
            lay_out(&table(vec![(label.into(), vec![Some(1.0)]); 60]), ChartKind::Line, "", &Wording::plain())
                .unwrap()
                .labels
        };
        assert!(labels("a long label, much too long").len() < 5);
        assert_eq!(labels("很长很长很长很长很长很长的标签")[0].text.chars().count(), 9);
    }

    #[test]
    fn labels_have_room() {
        let rows = |count: usize| table(vec![("2019-04-30".to_owned(), vec![Some(1250.5), Some(-3.0)]); count]);
        let long = lay_out(&rows(3), ChartKind::Column, " million tonnes", &Wording::plain()).unwrap();
        let units: Vec<&str> = long.ticks.iter().map(|tick| tick.unit.as_str()).collect();
        assert_eq!(units.iter().filter(|unit| unit.is_empty()).count(), units.len() - 1, "{units:?}");
        assert_eq!(units.last(), Some(&" million tonnes"));
        let short = lay_out(&rows(3), ChartKind::Column, " m", &Wording::plain()).unwrap();
        assert!(short.ticks.iter().all(|tick| tick.unit == " m"));
        assert!(short.series[0].marks[0].x >= 6.0 * LETTER, "the columns begin after `1,500 m`");
        let bars = lay_out(&rows(2), ChartKind::Bar, " million tonnes", &Wording::plain()).unwrap();
        let zero = bars.zero.unwrap();
        assert_eq!(bars.axis, format!("M{zero} 18V54M{zero} 86V122"), "the line at zero leaves labels alone");
    }

    #[test]
    fn every_category_is_named_and_steps_of_time_are_not_all() {
        let chart = |labels: &[&str]| {
            let rows = labels.iter().map(|label| (label.to_string(), vec![Some(1.0)])).collect();
            lay_out(&table(rows), ChartKind::Column, "", &Wording::plain()).unwrap()
        };
        let lines = |labels: &[&str]| chart(labels).labels.into_iter().map(|label| label.lines).collect::<Vec<_>>();
        let found = lines(&["Isle of Man", "Baden-Baden", "内蒙古自治区", "", "Fiji", "Cuba", "Oman"]);
        assert_eq!(found[..3], [vec!["Isle", "of Man"], vec!["Baden-", "Baden"], vec!["内蒙古", "自治区"]]);
        assert_eq!(chart(&["Netherlands"; 12]).kind, ChartKind::Bar);
        assert_eq!(chart(&["Netherlands"; 12]).labels.len(), 12);
        assert_eq!(chart(&["Netherlands"; 45]).labels.len(), 45);
        let buses: Vec<String> = (1..31).map(|at| (at * at / 6 + at).to_string()).collect();
        let buses = chart(&buses.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!((buses.kind, buses.labels.len()), (ChartKind::Bar, 30), "uneven numbers are names");
        let votes: Vec<String> = (1..15).map(|at| (1950 + at * 5 - at % 3).to_string()).collect();
        let votes = chart(&votes.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!((votes.kind, votes.labels.len()), (ChartKind::Bar, 14), "nobody knows the years between");
        let years: Vec<String> = (1990..2030).map(|year| year.to_string()).collect();
        let years = chart(&years.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!((years.kind, years.names.len()), (ChartKind::Column, 40));
        assert!((5..20).contains(&years.labels.len()), "{:?}", years.labels);
    }

    #[test]
    fn twelve_months_are_all_named_and_more_in_short() {
        let english = crate::language::Language::parse("en").unwrap();
        let (numbers, formats) = (Numbers::of(&english).unwrap(), Formats::of(&english).unwrap());
        let chart = |from: usize, count: usize| {
            let month = |at: usize| (format!("{}-{:02}", 2025 + at / 12, at % 12 + 1), vec![Some(1.0)]);
            let rows = (from..from + count).map(month).collect();
            lay_out(&table(rows), ChartKind::Column, "", &Wording::in_language(&numbers, &formats)).unwrap()
        };
        let lines: Vec<_> = chart(9, 12).labels.into_iter().map(|label| label.lines.join("/")).collect();
        let expected = "Oct/2025 Nov Dec Jan/2026 Feb Mar Apr May Jun Jul Aug Sep";
        assert_eq!(lines, expected.split(' ').collect::<Vec<_>>());
        let years = chart(0, 36);
        assert_eq!((years.kind, years.labels[0].text.as_str()), (ChartKind::Column, "Jan 2025"));
        assert!(years.labels.len() >= 5, "{:?}", years.labels);
    }

    #[test]
    fn invisible_columns_are_refused() {
        let rows = |count: usize| table(vec![(String::new(), vec![Some(1.0); 8]); count]);
        let chart = lay_out(&rows(62), ChartKind::Column, "", &Wording::plain()).unwrap();
        assert!(chart.series.iter().flat_map(|series| &series.marks).all(|mark| mark.width >= 0.5));
        let why = lay_out(&rows(2_000), ChartKind::Column, "", &Wording::plain()).unwrap_err();
        assert!(why.contains("16000 columns are too many to see (the limit is 500)"), "{why}");
        assert!(
            lay_out(&rows(2_000), ChartKind::Line, "", &Wording::plain()).is_ok()
                && lay_out(&rows(2_000), ChartKind::Bar, "", &Wording::plain()).is_ok()
        );
    }
}
