//! The texts of a chart as its page writes them: numbers, short forms of millions, dates.

use jiff::civil;

use super::{LETTER, Table, written};
use crate::language::{Formats, Numbers};

/// The lowest number that has a short form.
const MILLION: f64 = 1e6;

/// The formats of the page's language, or numbers and labels as the file has them.
#[derive(Debug, Clone, Copy)]
pub struct Wording<'a>(Option<(&'a Numbers, &'a Formats)>);

impl<'a> Wording<'a> {
    /// Texts as the file has them.
    pub fn plain() -> Wording<'a> {
        Wording(None)
    }

    /// Texts in the formats of a language.
    pub fn in_language(numbers: &'a Numbers, formats: &'a Formats) -> Wording<'a> {
        Wording(Some((numbers, formats)))
    }

    /// A number at its bar, column or point.
    pub(super) fn value(&self, value: &str) -> String {
        let Some((numbers, _)) = self.0 else { return value.to_owned() };
        let text = if is_huge(value) { numbers.short(value) } else { numbers.decimal(value) };
        text.unwrap_or_else(|| value.to_owned())
    }

    /// The marked values of a scale: all in the short form if one is a million or more, but not if that
    /// would round one of them.
    pub(super) fn scale(&self, values: &[&str]) -> Vec<String> {
        let Some((numbers, _)) = self.0 else { return values.iter().map(|&value| value.to_owned()).collect() };
        let is_short = values.iter().any(|value| is_huge(value)) && values.iter().all(|value| numbers.is_short(value));
        let text = |value: &&str| if is_short { numbers.short(value) } else { numbers.decimal(value) };
        values.iter().map(|value| text(value).unwrap_or_else(|| (*value).to_owned())).collect()
    }

    /// The width of a number; of one that a template has yet to format, with its digit separators.
    pub(super) fn room(&self, text: &str) -> f64 {
        if self.0.is_some() {
            return written(text);
        }
        let digits = text.split('.').next().map_or(0, |whole| whole.trim_start_matches('-').len());
        (text.len() + digits.saturating_sub(1) / 3) as f64 * LETTER
    }

    /// The labels of all rows. If all are days or all are months, they are written in the language; in a
    /// mixed column, `2011-12` is more likely a season.
    pub(super) fn names(&self, table: &Table) -> Vec<String> {
        let labels = || table.rows.iter().map(|row| row.label.as_str());
        let as_written = || labels().map(str::to_owned).collect();
        let Some((_, formats)) = self.0 else { return as_written() };
        let days: Option<Vec<String>> = labels().map(|label| Some(formats.day(day(label)?))).collect();
        let months = || labels().map(|label| month(label).map(|(year, month)| formats.month(year, month))).collect();
        days.or_else(months).unwrap_or_else(as_written)
    }

    /// The same with months in short, for axes, where few long labels have room.
    pub(super) fn short_names(&self, table: &Table) -> Vec<String> {
        let short = |formats: &Formats| {
            Some(months(table)?.into_iter().map(|(year, month)| formats.short_month(year, month)).collect())
        };
        self.0.and_then(|(_, formats)| short(formats)).unwrap_or_else(|| self.names(table))
    }

    /// The names of months in short, each year's first one with the year on a second line; `None` if a row is no month.
    pub(super) fn month_lines(&self, table: &Table) -> Option<Vec<Vec<String>>> {
        let (numbers, formats) = self.0?;
        let mut last = None;
        let lines = months(table)?.into_iter().map(|(year, month)| {
            let name = formats.short_month_name(month);
            match last.replace(year) == Some(year) {
                true => vec![name],
                false => vec![name, numbers.plain(formats.year(year).into())],
            }
        });
        Some(lines.collect())
    }
}

/// Year and month of each row; `None` if a row is no month.
fn months(table: &Table) -> Option<Vec<(i16, i8)>> {
    table.rows.iter().map(|row| month(&row.label)).collect()
}

fn is_huge(value: &str) -> bool {
    value.parse::<f64>().is_ok_and(|number| number.abs() >= MILLION)
}

/// Parses `2019-04-30`.
fn day(label: &str) -> Option<civil::Date> {
    let (year, month) = month(label.get(..7)?)?;
    let day = label.get(7..)?.strip_prefix('-')?;
    civil::Date::new(year, month, two_digits(day)?).ok()
}

/// Parses `2019-04`.
fn month(label: &str) -> Option<(i16, i8)> {
    let (year, month) = label.split_once('-')?;
    let is_year = year.len() == 4 && year.bytes().all(|byte| byte.is_ascii_digit());
    let date = civil::Date::new(year.parse().ok().filter(|_| is_year)?, two_digits(month)?, 1).ok()?;
    Some((date.year(), date.month()))
}

fn two_digits(text: &str) -> Option<i8> {
    let is_number = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_number)
}
