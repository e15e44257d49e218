//! Reads data files: a column of labels, followed by columns of numbers.

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde::{Deserialize as DeriveDeserialize, Serialize};

use crate::control_characters;

/// The maximum size of a data file in bytes: more doesn't fit in a page.
pub const MAX_BYTES: u64 = 1 << 20;
/// The maximum number of rows.
pub const MAX_ROWS: usize = 2_000;
/// The maximum number of columns with numbers.
pub const MAX_SERIES: usize = 8;
/// The maximum absolute value; beyond it, floating-point numbers aren't precise enough.
const MAX_NUMBER: f64 = 1e15;

/// Extensions of data files.
pub const EXTENSIONS: &[&str] = &["csv", "tsv", "json"];

/// True if charts can be made from the file, by its name.
pub fn is_data(name: &str) -> bool {
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    EXTENSIONS.iter().any(|known| known.eq_ignore_ascii_case(extension))
}

/// The contents of a data file.
#[derive(Debug, Clone, PartialEq, Serialize, DeriveDeserialize)]
pub struct Table {
    /// The column headings, first that of the labels.
    pub columns: Vec<String>,
    /// The rows in order.
    pub rows: Vec<Row>,
}

/// A row.
#[derive(Debug, Clone, PartialEq, Serialize, DeriveDeserialize)]
pub struct Row {
    /// The label.
    pub label: String,
    /// The numbers as written, in column order; `None` for an empty cell.
    pub values: Vec<Option<String>>,
}

impl Row {
    /// The number of a series.
    pub fn number(&self, series: usize) -> Option<f64> {
        self.values.get(series)?.as_ref()?.parse().ok()
    }
}

/// Parses a file with this name.
///
/// # Errors
/// The reason that no chart can be made from it, with the line if possible.
pub fn read(name: &str, text: &str) -> Result<Table, String> {
    let text = text.trim_start_matches('\u{feff}');
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension).to_ascii_lowercase();
    let (mut columns, rows) = match extension.as_str() {
        "csv" => delimited(text, b',')?,
        "tsv" => delimited(text, b'\t')?,
        "json" => objects(text)?,
        _ => return Err(format!("its extension is not one of {}", EXTENSIONS.join(", "))),
    };
    if columns.len() < 2 {
        return Err("it needs a column of labels and one of numbers".to_owned());
    }
    if columns.len() > MAX_SERIES + 1 {
        return Err(format!("it has {} columns of numbers, more than {MAX_SERIES}", columns.len() - 1));
    }
    if rows.is_empty() {
        return Err("it has no rows".to_owned());
    }
    if rows.len() > MAX_ROWS {
        return Err(format!("it has {} rows, more than {MAX_ROWS}", rows.len()));
    }
    let mut rows = rows.into_iter().map(|(line, cells)| row(&columns, line, cells)).collect::<Result<Vec<_>, _>>()?;
    for text in columns.iter_mut().chain(rows.iter_mut().map(|row| &mut row.label)) {
        *text = control_characters::without(text).into_owned();
    }
    Ok(Table { columns, rows })
}

/// The column headings, and the rows, each with its place.
type Cells = (Vec<String>, Vec<(String, Vec<String>)>);

fn delimited(text: &str, delimiter: u8) -> Result<Cells, String> {
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).trim(csv::Trim::All).from_reader(text.as_bytes());
    let read_error = |error: csv::Error| {
        let line = error.position().map(csv::Position::line);
        match (error.kind(), line) {
            (csv::ErrorKind::UnequalLengths { expected_len, len, .. }, Some(line)) => {
                format!("line {line} has {len} cells, the first line {expected_len}")
            }
            (_, Some(line)) => format!("line {line} cannot be read"),
            (_, None) => "it cannot be read".to_owned(),
        }
    };
    let columns = reader.headers().map_err(read_error)?.iter().map(str::to_owned).collect();
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(read_error)?;
        let line = record.position().map_or(0, csv::Position::line);
        rows.push((format!("line {line}"), record.iter().map(str::to_owned).collect()));
    }
    Ok((columns, rows))
}

/// A JSON object with its keys in the order written.
struct Object(Vec<(String, serde_json::Value)>);

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Object, D::Error> {
        struct Keys;
        impl<'de> Visitor<'de> for Keys {
            type Value = Object;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object with a label and numbers")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Object(entries))
            }
        }
        deserializer.deserialize_map(Keys)
    }
}

fn objects(text: &str) -> Result<Cells, String> {
    let objects: Vec<Object> = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let columns: Vec<String> =
        objects.first().map(|Object(entries)| entries.iter().map(|(key, _)| key.clone()).collect()).unwrap_or_default();
    let mut rows = Vec::new();
    for (at, Object(entries)) in objects.iter().enumerate() {
        let place = format!("object {}", at + 1);
        if let Some((key, _)) = entries.iter().find(|(key, _)| !columns.contains(key)) {
            return Err(format!("{place} has `{}`, but the first has not", key.escape_debug()));
        }
        let cell = |column: &String| {
            let value = entries.iter().find(|(key, _)| key == column).map(|(_, value)| value);
            match value {
                None | Some(serde_json::Value::Null) => String::new(),
                Some(serde_json::Value::String(text)) => text.trim().to_owned(),
                // JSON writes small and large numbers with an exponent.
                Some(serde_json::Value::Number(number)) if number.is_f64() => {
                    number.as_f64().map(|number| number.to_string()).unwrap_or_default()
                }
                Some(other) => other.to_string(),
            }
        };
        rows.push((place, columns.iter().map(cell).collect()));
    }
    Ok((columns, rows))
}

fn row(columns: &[String], place: String, cells: Vec<String>) -> Result<Row, String> {
    let mut cells = cells.into_iter();
    let label = cells.next().unwrap_or_default();
    let values = cells.zip(&columns[1..]).map(|(cell, column)| {
        if cell.is_empty() {
            return Ok(None);
        }
        let is_plain = cell.bytes().all(|byte| byte.is_ascii_digit() || b".-+".contains(&byte));
        match cell.parse::<f64>() {
            Ok(number) if is_plain && number.abs() > MAX_NUMBER => {
                Err(format!("{place}, column `{}`: `{cell}` is too large to draw", column.escape_debug()))
            }
            Ok(_) if is_plain => Ok(Some(cell.trim_start_matches('+').to_owned())),
            _ => Err(format!(
                "{place}, column `{}`: `{}` is not a number (write it as 1234.5)",
                column.escape_debug(),
                cell.escape_debug()
            )),
        }
    });
    Ok(Row { label, values: values.collect::<Result<_, _>>()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forms_of_one_table_are_read_alike() {
        let csv = read("a.csv", "\u{feff}Year,Ships,Planes\n2019, 12.5,\n\"2020, late\",+3,-4\n").unwrap();
        let tsv = read("a.TSV", "Year\tShips\tPlanes\n2019\t12.5\t\n2020, late\t3\t-4\n").unwrap();
        let json = r#"[{"Year": 2019, "Ships": 12.5}, {"Year": "2020, late", "Ships": 3, "Planes": -4}]"#;
        assert_eq!(csv, tsv);
        assert_eq!(csv.rows[0].values, [Some("12.5".to_owned()), None]);
        assert_eq!(csv.rows[1].number(1), Some(-4.0));
        assert_eq!(read("a.json", json), Err("object 2 has `Planes`, but the first has not".to_owned()));
        let json = json.replace("12.5}", "12.5, \"Planes\": null}");
        assert_eq!(read("a.json", &json).unwrap(), csv);
        let small = read("a.json", r#"[{"a": "x", "b": 0.0000001, "c": 2.5e3}]"#).unwrap();
        assert_eq!(small.rows[0].values, [Some("0.0000001".to_owned()), Some("2500".to_owned())]);
    }

    #[test]
    fn data_that_cannot_be_drawn_is_reported_with_its_place() {
        let why = |name: &str, text: &str| read(name, text).unwrap_err();
        assert_eq!(why("a.csv", "a,b\nx,1\ny,1,2\n"), "line 3 has 3 cells, the first line 2");
        assert_eq!(why("a.csv", "a,b\nx,1\ny,n/a\n"), "line 3, column `b`: `n/a` is not a number (write it as 1234.5)");
        for cell in ["inf", "NaN", "1e3", "1,5", "--1", "."] {
            assert!(why("a.tsv", &format!("a\tb\nx\t{cell}\n")).contains("is not a number"), "{cell}");
        }
        assert!(why("a.csv", "a,b\nx,9999999999999999999\n").contains("too large"));
        assert_eq!(why("a.csv", "a,b\n"), "it has no rows");
        assert_eq!(why("a.csv", ""), "it needs a column of labels and one of numbers");
        assert_eq!(why("a.txt", "a,b\nx,1\n"), "its extension is not one of csv, tsv, json");
        assert!(why("a.json", "{").contains("line 1"));
        assert!(why("a.csv", &format!("a,b\n{}", "x,1\n".repeat(MAX_ROWS + 1))).contains("rows"));
        assert!(why("a.csv", "a,b,c,d,e,f,g,h,i,j\nx,1,1,1,1,1,1,1,1,1\n").contains("columns"));
    }
}
