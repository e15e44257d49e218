//! Splits a text file of another system into front matter, in YAML, TOML or JSON, and body.

use serde_json::{Map, Value};

use crate::import::ImportError;
use crate::yaml;

/// A text file of another system.
#[derive(Debug, Clone, Default)]
pub struct TextDocument {
    /// The front matter; empty if the file has none.
    pub front: Map<String, Value>,
    /// Keys that were written twice; the last value counts.
    pub repeated: Vec<String>,
    /// True if the file begins with front matter, even if that is empty.
    pub has_front: bool,
    /// The body.
    pub body: String,
    /// The line on which the body begins, from 1.
    pub body_line: usize,
}

/// Reads a text file. `path` is for errors.
///
/// # Errors
/// Front matter that isn't closed or isn't valid, with its place.
pub fn read_document(text: &str, path: &str) -> Result<TextDocument, ImportError> {
    let text = text.trim_start_matches('\u{feff}');
    let first = text.lines().next().unwrap_or_default().trim_end();
    match first {
        "---" | "---yaml" | "--- yaml" => fenced(text, "---", path, yaml_front),
        "---toml" | "--- toml" => fenced(text, "---", path, toml_front),
        "---json" | "--- json" => fenced(text, "---", path, json_front),
        // Hugo takes more hyphens, too.
        _ if first.len() > 3 && first.bytes().all(|byte| byte == b'-') => fenced(text, "---", path, yaml_front),
        "+++" => fenced(text, "+++", path, toml_front),
        _ if first.starts_with('{') && !first.starts_with("{{") && !first.starts_with("{%") => whole_json(text, path),
        _ => Ok(TextDocument { body: text.to_owned(), body_line: 1, ..TextDocument::default() }),
    }
}

type ParsedFront = Result<(Map<String, Value>, Vec<String>), ImportError>;

fn fenced(
    text: &str,
    fence: &str,
    path: &str,
    parse: fn(&str, &str) -> ParsedFront,
) -> Result<TextDocument, ImportError> {
    let start = text.find('\n').map_or(text.len(), |end| end + 1);
    let mut at = start;
    for line in text[start..].split_inclusive('\n') {
        let trimmed = line.trim_end();
        if trimmed == fence || (fence == "---" && trimmed == "...") {
            let front = &text[start..at];
            let (front_map, repeated) = parse(front, path)?;
            let body_line = front.matches('\n').count() + 3;
            let body = text[at + line.len()..].to_owned();
            return Ok(TextDocument { front: front_map, repeated, has_front: true, body, body_line });
        }
        at += line.len();
    }
    // A rule at the top of a text without front matter.
    if text[start..].lines().next().is_none_or(|line| line.trim().is_empty()) {
        return Ok(TextDocument { body: text.to_owned(), body_line: 1, ..TextDocument::default() });
    }
    let hint = format!("add a line `{fence}` after the front matter");
    Err(ImportError::new(format!("no line `{fence}` ends the front matter")).at(path, Some(1), Some(1)).hint(hint))
}

fn yaml_front(text: &str, path: &str) -> ParsedFront {
    let loose = yaml::parse_loose(text).map_err(|error| {
        let place = error.span;
        let place = (place.map(|span| span.line + 1), place.map(|span| span.column));
        let wrong = ImportError::new(error.message).at(path, place.0, place.1);
        match error.hint {
            Some(hint) => wrong.hint(hint),
            None => wrong,
        }
    })?;
    match loose.value {
        Value::Object(map) => Ok((map, loose.repeated)),
        Value::Null => Ok((Map::new(), Vec::new())),
        _ => Err(ImportError::new("the front matter is not a list of keys").at(path, Some(2), Some(1))),
    }
}

fn toml_front(text: &str, path: &str) -> ParsedFront {
    Ok((parse_toml(text, path, 1)?, Vec::new()))
}

fn json_front(text: &str, path: &str) -> ParsedFront {
    Ok((parse_json(text, path, 1)?, Vec::new()))
}

/// Parses TOML data that begins after `lines_above` lines of `path`. Dates become strings.
///
/// # Errors
/// A syntax error with its place.
pub fn parse_toml(text: &str, path: &str, lines_above: usize) -> Result<Map<String, Value>, ImportError> {
    let text = text.replace("\r\n", "\n");
    let table: toml::Table = toml::from_str(&text).map_err(|error| {
        let at = text.floor_char_boundary(error.span().map_or(0, |span| span.start).min(text.len()));
        let before = &text[..at];
        let line = before.matches('\n').count() + 1 + lines_above;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        let message = error.message().lines().next().unwrap_or_default().to_owned();
        ImportError::new(format!("it is not valid TOML: {message}")).at(path, Some(line), Some(column))
    })?;
    Ok(table.into_iter().map(|(key, value)| (key, from_toml(value))).collect())
}

fn from_toml(value: toml::Value) -> Value {
    match value {
        toml::Value::String(text) => Value::String(text),
        toml::Value::Integer(number) => Value::from(number),
        toml::Value::Float(number) => Value::from(number),
        toml::Value::Boolean(flag) => Value::Bool(flag),
        toml::Value::Datetime(date) => Value::String(date.to_string()),
        toml::Value::Array(items) => Value::Array(items.into_iter().map(from_toml).collect()),
        toml::Value::Table(table) => {
            Value::Object(table.into_iter().map(|(key, value)| (key, from_toml(value))).collect())
        }
    }
}

/// Parses a JSON object that begins after `lines_above` lines of `path`.
///
/// # Errors
/// A syntax error with its place.
pub fn parse_json(text: &str, path: &str, lines_above: usize) -> Result<Map<String, Value>, ImportError> {
    serde_json::from_str(text).map_err(|error| {
        let message = format!("it is not valid JSON: {error}");
        ImportError::new(message).at(path, Some(error.line() + lines_above), Some(error.column()))
    })
}

/// A file that begins with a JSON object.
fn whole_json(text: &str, path: &str) -> Result<TextDocument, ImportError> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<Map<String, Value>>();
    match values.next() {
        Some(Ok(front)) => {
            let end = values.byte_offset();
            let body_line = text[..end].matches('\n').count() + 1;
            let body = text[end..].to_owned();
            Ok(TextDocument { front, repeated: Vec::new(), has_front: true, body, body_line })
        }
        Some(Err(error)) => {
            let message = format!("it is not valid JSON: {error}");
            Err(ImportError::new(message).at(path, Some(error.line()), Some(error.column())))
        }
        None => Ok(TextDocument { body: text.to_owned(), body_line: 1, ..TextDocument::default() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn front_matter_is_read_in_every_form() {
        for text in [
            "---\ntitle: Vote\ntitle: The vote\ndraft: true\n---\nText\n",
            "\u{feff}+++\r\ntitle = \"The vote\"\r\ndraft = true\r\n+++\r\nText\n",
            "{\n  \"title\": \"The vote\",\n  \"draft\": true\n}\nText\n",
            "---json\n{\"title\": \"The vote\", \"draft\": true}\n---\nText\n",
        ] {
            let document = read_document(text, "a.md").unwrap();
            assert_eq!(
                Value::Object(document.front),
                serde_json::json!({"title": "The vote", "draft": true}),
                "{text}"
            );
            assert_eq!(document.body.trim(), "Text");
        }
        let plain = read_document("# Vote\n\n---\n", "a.md").unwrap();
        assert!(!plain.has_front && plain.body.starts_with("# Vote"));
    }

    #[test]
    fn errors_have_their_place() {
        for (text, line) in [
            ("---\ntitle: Vote\nText\n", 1),
            ("---\ntitle: a\ntags: [a\nb: c\n---\n", 3),
            ("+++\ntitle = \"a\"\ntags = [\"a\n+++\n", 3),
            ("{\n\"title\": \"a\",\n\"b\": }\n", 3),
        ] {
            let error = read_document(text, "a.md").unwrap_err();
            assert!(error.line.is_some_and(|found| found.abs_diff(line) <= 1), "{text}: {error}");
        }
    }
}
