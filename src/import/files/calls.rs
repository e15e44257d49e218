//! Calls in texts: shortcodes and tags of other systems, by the table of `import.yaml` and by defaults for those that
//! many sites have.

mod defaults;
pub mod shortcodes;

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use crate::import::ImportError;
use crate::import::notes::{ImportNoteKind, Notes};
use crate::yaml;

/// The file with the user's table, in the source's folder or in the project's.
pub const CALLS_FILE: &str = "import.yaml";

/// A call in a text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TemplateCall {
    /// Its name.
    pub name: String,
    /// The arguments without names.
    pub positional: Vec<String>,
    /// The arguments with names.
    pub named: BTreeMap<String, String>,
    /// The text between the call and its end, already converted.
    pub inner: Option<String>,
    /// The call as written, without the text inside.
    pub written: String,
    /// True if it is the target of a link or the value of an attribute, which only a URL can be.
    pub in_target: bool,
    /// True if it is in a block of HTML, where Markdown means nothing.
    pub in_html: bool,
}

/// True if a text ends in a block of HTML (CommonMark 0.31.2, section 4.6).
pub fn ends_in_html(text: &str) -> bool {
    let mut lines = text.rsplit('\n').take_while(|line| !line.trim().is_empty());
    let Some(first) = lines.by_ref().last() else { return false };
    let Some(tag) = first.trim_start().strip_prefix('<') else { return false };
    let tag = tag.strip_prefix('/').unwrap_or(tag);
    let end = tag.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(tag.len());
    let is_autolink = tag[end..].starts_with([':', '@']);
    // A tag that is part of a line of text begins no block, unless it is alone on its line.
    let is_in_line =
        ["a", "b", "i", "em", "strong", "span", "img", "code", "sup", "sub", "br", "small", "u", "s", "abbr"]
            .contains(&&tag[..end]);
    end > 0 && !is_autolink && !is_in_line
}

impl TemplateCall {
    /// The first of these arguments that isn't empty, with no regard to case.
    pub fn get(&self, names: &[&str]) -> Option<&str> {
        let by_name = names.iter().find_map(|name| {
            let found = self.named.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
            found.map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
        });
        by_name.map(|value| value.trim())
    }

    /// The argument at a position, if it isn't empty.
    pub fn at(&self, position: usize) -> Option<&str> {
        self.positional.get(position).map(|value| value.trim()).filter(|value| !value.is_empty())
    }

    /// The first argument with one of these names, or else the first without a name.
    pub fn named_or_first(&self, names: &[&str]) -> Option<&str> {
        self.get(names).or_else(|| self.at(0))
    }
}

/// The rule for a call.
#[derive(Debug, Clone, PartialEq, Eq)]
enum CallRule {
    Drop,
    Keep,
    Template(String),
}

/// The user's table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CallTable(BTreeMap<String, CallRule>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenTable {
    #[serde(default)]
    calls: BTreeMap<String, String>,
}

impl CallTable {
    /// Reads `import.yaml` from the first of these folders that has one; the table is empty if none does.
    ///
    /// # Errors
    /// If the file can't be read or isn't valid.
    pub fn read(folders: &[&Path]) -> Result<CallTable, ImportError> {
        let Some(path) = folders.iter().map(|folder| folder.join(CALLS_FILE)).find(|path| path.is_file()) else {
            return Ok(CallTable::default());
        };
        let text = std::fs::read_to_string(&path).map_err(|error| ImportError::file("read", &path, &error))?;
        CallTable::parse(&text)
    }

    /// Parses `import.yaml`: under `calls`, names with `drop`, `keep` or a Markdown template.
    ///
    /// # Errors
    /// If it isn't valid.
    pub fn parse(text: &str) -> Result<CallTable, ImportError> {
        let table: WrittenTable = yaml::parse(text.trim_start_matches('\u{feff}')).map_err(|error| {
            let (line, column) = (error.span.map(|span| span.line), error.span.map(|span| span.column));
            let hint =
                error.hint.unwrap_or_else(|| "write `calls:` and below it `name: drop`, `keep` or a template".into());
            ImportError::new(error.message).at(CALLS_FILE, line, column).hint(hint)
        })?;
        let rules = table.calls.into_iter().map(|(name, rule)| {
            let rule = match rule.trim() {
                "drop" => CallRule::Drop,
                "keep" => CallRule::Keep,
                _ => CallRule::Template(rule),
            };
            (name, rule)
        });
        Ok(CallTable(rules.collect()))
    }

    /// True if the table says what becomes of a call.
    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// The text for a call: by the table, or by the defaults. A call that neither knows becomes a comment, which readers
    /// don't see, and the text inside it stays.
    pub fn convert(&self, call: &TemplateCall, place: &str, notes: &mut Notes) -> String {
        let subject = || format!("call `{}`", call.name);
        match self.0.get(&call.name) {
            Some(CallRule::Drop) => {
                notes.add(ImportNoteKind::Dropped, subject(), place, &call.written);
                String::new()
            }
            Some(CallRule::Keep) => kept(call, place, notes),
            Some(CallRule::Template(template)) => filled(template, call),
            None if call.in_target && call.inner.is_none() && call.positional.len() == 1 => call.positional[0].clone(),
            None => match defaults::convert(call) {
                Some(defaults::Default::Text(text)) => text,
                Some(defaults::Default::Dropped) => {
                    notes.add(ImportNoteKind::Dropped, subject(), place, &call.written);
                    call.inner.clone().unwrap_or_default()
                }
                Some(defaults::Default::Loss(text)) => {
                    notes.add(ImportNoteKind::Converted, subject(), place, &call.written);
                    text
                }
                None => kept(call, place, notes),
            },
        }
    }
}

/// The call as a comment, with the text inside it.
fn kept(call: &TemplateCall, place: &str, notes: &mut Notes) -> String {
    notes.add(ImportNoteKind::Kept, format!("call `{}`", call.name), place, &call.written);
    let written = call.written.replace("--", "- -").replace(['\n', '\r'], " ");
    // In a comment, the beginning of a call would still be looked at.
    let comment = format!("<!-- {} -->", written.replace("{{<", "{{ <"));
    match &call.inner {
        Some(inner) => format!("{comment}{inner}"),
        None => comment,
    }
}

/// Fills a template: `{name}` is an argument, `{0}` the first without a name, `{inner}` the text inside.
fn filled(template: &str, call: &TemplateCall) -> String {
    let mut text = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(at) = rest.find('{') {
        text.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        let end = after
            .find('}')
            .filter(|end| *end > 0 && after[..*end].chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-'));
        match end {
            Some(end) => {
                let key = &after[..end];
                let value = match key.parse::<usize>() {
                    Ok(position) => call.at(position),
                    Err(_) if key == "inner" => call.inner.as_deref(),
                    Err(_) => call.get(&[key]),
                };
                text.push_str(value.unwrap_or_default());
                rest = &after[end + 1..];
            }
            None => {
                text.push('{');
                rest = after;
            }
        }
    }
    text + rest
}

/// A text without the calls of templates, which are no words of the story.
pub fn without_calls(text: &str) -> String {
    let mut rest = text;
    let mut words = String::with_capacity(text.len());
    while let Some(at) = rest.find('{') {
        words.push_str(&rest[..at]);
        let tail = &rest[at..];
        let close = match tail.get(..2) {
            Some("{{") => "}}",
            Some("{%") => "%}",
            _ => {
                words.push('{');
                rest = &tail[1..];
                continue;
            }
        };
        match tail.find(close) {
            Some(end) => rest = &tail[end + 2..],
            None => {
                words.push_str(&tail[..2]);
                rest = &tail[2..];
            }
        }
        words.push(' ');
    }
    words + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_comes_before_the_defaults() {
        let table =
            CallTable::parse("calls:\n  donate: drop\n  pic: \"![{alt}]({0}) {x} {\"\n  youtube: keep\n").unwrap();
        let mut notes = Notes::default();
        let call = |name: &str| TemplateCall {
            name: name.to_owned(),
            positional: vec!["a.jpg".to_owned()],
            named: BTreeMap::from([("alt".to_owned(), "A".to_owned())]),
            inner: None,
            in_target: false,
            in_html: false,
            written: format!("{{{{< {name} >}}}}"),
        };
        assert_eq!(table.convert(&call("donate"), "a.md", &mut notes), "");
        assert_eq!(table.convert(&call("pic"), "a.md", &mut notes), "![A](a.jpg)  {");
        assert_eq!(table.convert(&call("youtube"), "a.md", &mut notes), "<!-- {{ < youtube >}} -->");
        assert_eq!(notes.into_sorted().len(), 2);
        assert!(CallTable::parse("donate: drop\n").is_err());
    }
}
