//! Adds an entry to a list of front matter and leaves every other byte as it is.
//!
//! The text is edited in the style in which it is written, and the result is read again: only when the front matter
//! says what it said and the entry besides does the edit count. So no way of writing YAML can be misread, only refused.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::super::new::quoted;
use super::flow;
use crate::read::{FrontMatter, split};
use crate::yaml;

/// What front matter says, each key once: of two, only one would count.
#[derive(Debug, PartialEq, Deserialize)]
#[serde(transparent)]
struct Said(#[serde(deserialize_with = "crate::lenient::unique_map")] BTreeMap<String, Value>);

/// What is to be added.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    /// The list that it is added to: `corrections` or `notes`.
    pub list: &'static str,
    /// The sort of a note.
    pub kind: Option<&'static str>,
    /// Its date, as front matter has it.
    pub date: String,
    /// What it says.
    pub text: String,
}

/// Why nothing was added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal(pub String);

/// Puts a text in the place of some bytes.
#[derive(Debug, Clone)]
pub(super) struct Edit {
    pub at: std::ops::Range<usize>,
    pub text: String,
}

impl Edit {
    pub(super) fn insert(at: usize, text: String) -> Edit {
        Edit { at: at..at, text }
    }
}

/// The text of a file with the entry behind the others of its list.
///
/// # Errors
/// Why its front matter cannot be added to.
pub(super) fn amended(text: &str, entry: &Entry) -> Result<String, Refusal> {
    let front_matter = match split(text) {
        Ok(Some(front_matter)) => front_matter,
        _ => return Err(Refusal("it does not begin with front matter".to_owned())),
    };
    let before = said(front_matter.yaml)?;
    let edits = edits(front_matter.yaml, entry)?;
    let start = front_matter.yaml.as_ptr() as usize - text.as_ptr() as usize;
    let end = start + front_matter.yaml.len();
    let wanted = with_entry(before, entry)?;
    let amended = edits.into_iter().find_map(|edits| {
        let yaml = apply(front_matter.yaml, &edits)?;
        let whole = [&text[..start], &yaml, &text[end..]].concat();
        is_amended(&whole, &yaml, &text[front_matter.body..], &wanted).then_some(whole)
    });
    amended.ok_or_else(|| Refusal(format!("`{}` is written in a way that cannot be added to", entry.list)))
}

/// Whether the file now says what it should, and has the old body.
fn is_amended(whole: &str, yaml: &str, body: &str, wanted: &Said) -> bool {
    let is_whole = |front: FrontMatter<'_>| front.yaml == yaml && &whole[front.body..] == body;
    matches!(split(whole), Ok(Some(front)) if is_whole(front)) && said(yaml).as_ref() == Ok(wanted)
}

/// Everything that front matter says.
fn said(yaml: &str) -> Result<Said, Refusal> {
    yaml::parse(yaml).map_err(|error| Refusal(format!("its front matter cannot be read: {}", error.message)))
}

fn with_entry(mut said: Said, entry: &Entry) -> Result<Said, Refusal> {
    let added: serde_json::Map<String, Value> =
        entry.fields().map(|(key, value)| (key.to_owned(), Value::from(value))).collect();
    let list = said.0.entry(entry.list.to_owned()).or_insert(Value::Null);
    if list.is_null() {
        *list = Value::Array(Vec::new());
    }
    match list {
        Value::Array(entries) => entries.push(Value::Object(added)),
        _ => return Err(Refusal(format!("`{}` is no list", entry.list))),
    }
    Ok(said)
}

/// The yaml with all edits, which come in order and do not overlap.
fn apply(yaml: &str, edits: &[Edit]) -> Option<String> {
    let mut edited = String::with_capacity(yaml.len() + 256);
    let mut done = 0;
    for edit in edits {
        edited.push_str(yaml.get(done..edit.at.start)?);
        edited.push_str(&edit.text);
        done = edit.at.end;
    }
    edited.push_str(yaml.get(done..)?);
    Some(edited)
}

/// A line of front matter with its place.
#[derive(Debug, Clone, Copy)]
struct Line<'y> {
    start: usize,
    text: &'y str,
}

impl<'y> Line<'y> {
    fn end(self) -> usize {
        self.start + self.text.len()
    }

    /// Without the blanks around it.
    fn content(self) -> &'y str {
        self.text.trim()
    }

    fn indent(self) -> &'y str {
        &self.text[..self.text.len() - self.text.trim_start_matches(' ').len()]
    }

    fn is_item(self) -> bool {
        let content = self.content();
        content == "-" || content.starts_with("- ")
    }

    fn is_blank_or_comment(self) -> bool {
        self.content().is_empty() || self.content().starts_with('#')
    }

    fn line_end(self) -> &'static str {
        if self.text.ends_with("\r\n") { "\r\n" } else { "\n" }
    }
}

fn lines(yaml: &str) -> Vec<Line<'_>> {
    let mut start = 0;
    let lines = yaml.split_inclusive('\n').map(|text| {
        let line = Line { start, text };
        start += text.len();
        line
    });
    lines.collect()
}

/// The edits that may be meant, the likeliest first.
fn edits(yaml: &str, entry: &Entry) -> Result<Vec<Vec<Edit>>, Refusal> {
    let lines = lines(yaml);
    let mut keys = lines.iter().enumerate().filter_map(|(at, line)| Some((at, value_of(line.text, entry.list)?)));
    let Some((at, value)) = keys.next() else {
        let line_end = lines.last().map_or("\n", |line| line.line_end());
        let text = [entry.list, ":", line_end, &entry.block("  ", "- ", line_end)].concat();
        return Ok(vec![vec![Edit::insert(yaml.len(), text)]]);
    };
    let ends = |line: &Line<'_>| {
        let is_inside = line.text.starts_with([' ', '\t', '#', ']', '}', '\r', '\n']) || line.is_item();
        !is_inside
    };
    let behind = &lines[at + 1..];
    let behind = &behind[..behind.iter().position(ends).unwrap_or(behind.len())];
    let key = lines[at];
    let value_at = key.start + value;
    let written = key.text[value..].trim();
    let end = behind.last().map_or(key.end(), |line| line.end());
    if written.starts_with('[') {
        return Ok(flow::edits(yaml, value_at..end, &entry.flow()));
    }
    if written.is_empty() || written.starts_with('#') {
        return Ok(in_block(yaml, key, behind, entry));
    }
    let word = written.split([' ', '\t']).next().unwrap_or(written);
    if ["null", "Null", "NULL", "~"].contains(&word) {
        let text = format!("[{}]", entry.flow());
        return Ok(vec![vec![Edit { at: value_at..value_at + word.len(), text }]]);
    }
    Err(Refusal(format!("`{}` is written in a way that cannot be added to: `{word}`", entry.list)))
}

/// Where the value of a key begins in a line that begins with the key.
fn value_of(line: &str, key: &str) -> Option<usize> {
    let quote = line.chars().next().filter(|first| matches!(first, '"' | '\''));
    let rest = line.strip_prefix(|first| Some(first) == quote).unwrap_or(line).strip_prefix(key)?;
    let rest = match quote {
        Some(quote) => rest.strip_prefix(quote)?,
        None => rest,
    };
    let value = rest.trim_start_matches([' ', '\t']).strip_prefix(':')?;
    let is_key = value.is_empty() || value.starts_with([' ', '\t', '\r', '\n']);
    is_key.then(|| line.len() - value.trim_start_matches([' ', '\t']).len())
}

/// Edits of a list that begins below its key, or of one that is not there yet.
fn in_block(yaml: &str, key: Line<'_>, behind: &[Line<'_>], entry: &Entry) -> Vec<Vec<Edit>> {
    let Some(first) = behind.iter().find(|line| !line.is_blank_or_comment()) else {
        return vec![vec![Edit::insert(key.end(), entry.block("  ", "- ", key.line_end()))]];
    };
    if first.content().starts_with('[') {
        let start = first.start + first.indent().len();
        let end = behind.last().map_or(yaml.len(), |line| line.end());
        return flow::edits(yaml, start..end, &entry.flow());
    }
    let indent = first.indent();
    let mut items = behind.iter().filter(|line| line.is_item() && line.indent() == indent);
    let Some(last_item) = items.next_back() else { return Vec::new() };
    let content = last_item.content();
    let inside = content[1..].trim_start();
    let dash = match content.len() - inside.len() {
        _ if inside.is_empty() => "- ",
        width => &content[..width],
    };
    // What lies deeper belongs to the last entry, even where it looks like a comment: it may be a text of many lines.
    let is_of_list = |line: &&Line<'_>| {
        !line.content().is_empty() && (!line.content().starts_with('#') || line.indent().len() > indent.len())
    };
    let last = behind.iter().rev().find(is_of_list).unwrap_or(last_item);
    let end = behind.last().unwrap_or(last);
    let text = match inside.starts_with('{') {
        true => [indent, dash, "{", &entry.pairs().join(", "), "}", last.line_end()].concat(),
        false => entry.block(indent, dash, last.line_end()),
    };
    // A text that keeps the empty lines behind it goes on to the end of the list.
    [last, end].into_iter().map(|line| vec![Edit::insert(line.end(), text.clone())]).collect()
}

impl Entry {
    fn fields(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let kind = self.kind.map(|kind| ("kind", kind));
        kind.into_iter().chain([("date", self.date.as_str()), ("text", self.text.as_str())])
    }

    /// Its keys and values as YAML.
    fn pairs(&self) -> Vec<String> {
        let yaml = |(key, value): (&str, &str)| match key {
            "text" => format!("{key}: {}", quoted(value)),
            _ => format!("{key}: {value}"),
        };
        self.fields().map(yaml).collect()
    }

    fn flow(&self) -> String {
        format!("{{{}}}", self.pairs().join(", "))
    }

    /// As an item of a list, one key on each line.
    fn block(&self, indent: &str, dash: &str, line_end: &str) -> String {
        let deeper = " ".repeat(dash.len());
        let lines = self.pairs().into_iter().enumerate();
        lines.map(|(at, pair)| [indent, if at == 0 { dash } else { &deeper }, &pair, line_end].concat()).collect()
    }
}
