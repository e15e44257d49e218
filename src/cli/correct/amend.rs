//! Adds a notice to a list in front matter and keeps every other byte as it is.
//!
//! The edit follows the style of the text, and the result is parsed again: the edit counts only if the front matter
//! then has the old values and the new notice. So no style of YAML can be misread, only refused.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::super::shared::quoted;
use super::edit::{self, Edit};
use super::flow;
use crate::read::{FrontMatter, split};
use crate::yaml;

/// The values of front matter, each key once.
#[derive(Debug, PartialEq, Deserialize)]
#[serde(transparent)]
struct FrontMatterValues(#[serde(deserialize_with = "crate::lenient::unique_map")] BTreeMap<String, Value>);

/// The correction or note to add.
#[derive(Debug, Clone)]
pub(super) struct Notice {
    /// The list that receives it: `corrections` or `notes`.
    pub list: &'static str,
    /// The kind of a note.
    pub kind: Option<&'static str>,
    /// The date, as front matter has it.
    pub date: String,
    /// The text.
    pub text: String,
}

/// The reason why nothing was added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CannotAmend(pub String);

/// Returns the text of a file with the notice at the end of its list.
///
/// # Errors
/// When the front matter's format does not allow it.
pub(super) fn add_notice(text: &str, notice: &Notice) -> Result<String, CannotAmend> {
    let front_matter = match split(text) {
        Ok(Some(front_matter)) => front_matter,
        _ => return Err(CannotAmend("the file does not begin with front matter".to_owned())),
    };
    let before = said(front_matter.yaml)?;
    let edits = edits(front_matter.yaml, notice)?;
    let start = front_matter.yaml.as_ptr() as usize - text.as_ptr() as usize;
    let end = start + front_matter.yaml.len();
    let wanted = with_notice(before, notice)?;
    let amended = edits.into_iter().find_map(|edits| {
        let yaml = edit::apply(front_matter.yaml, &edits)?;
        let whole = [&text[..start], &yaml, &text[end..]].concat();
        is_amended(&whole, &yaml, &text[front_matter.body..], &wanted).then_some(whole)
    });
    amended.ok_or_else(|| CannotAmend(format!("`{}` is in a format that cannot be added to", notice.list)))
}

/// True if the file now has the wanted values and the old body.
fn is_amended(whole: &str, yaml: &str, body: &str, wanted: &FrontMatterValues) -> bool {
    let is_whole = |front: FrontMatter<'_>| front.yaml == yaml && &whole[front.body..] == body;
    matches!(split(whole), Ok(Some(front)) if is_whole(front)) && said(yaml).as_ref() == Ok(wanted)
}

/// Parses front matter.
fn said(yaml: &str) -> Result<FrontMatterValues, CannotAmend> {
    yaml::parse(yaml).map_err(|error| CannotAmend(format!("its front matter cannot be read: {}", error.message)))
}

fn with_notice(mut said: FrontMatterValues, notice: &Notice) -> Result<FrontMatterValues, CannotAmend> {
    let added: serde_json::Map<String, Value> =
        notice.fields().map(|(key, value)| (key.to_owned(), Value::from(value))).collect();
    let list = said.0.entry(notice.list.to_owned()).or_insert(Value::Null);
    if list.is_null() {
        *list = Value::Array(Vec::new());
    }
    match list {
        Value::Array(entries) => entries.push(Value::Object(added)),
        _ => return Err(CannotAmend(format!("`{}` is not a list", notice.list))),
    }
    Ok(said)
}

/// A line of front matter with its offset.
#[derive(Debug, Clone, Copy)]
struct YamlLine<'y> {
    start: usize,
    text: &'y str,
}

impl<'y> YamlLine<'y> {
    fn end(self) -> usize {
        self.start + self.text.len()
    }

    /// The line without the white space around it.
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

fn lines(yaml: &str) -> Vec<YamlLine<'_>> {
    let mut start = 0;
    let lines = yaml.split_inclusive('\n').map(|text| {
        let line = YamlLine { start, text };
        start += text.len();
        line
    });
    lines.collect()
}

/// Returns the possible edits, the likeliest first.
fn edits(yaml: &str, notice: &Notice) -> Result<Vec<Vec<Edit>>, CannotAmend> {
    let lines = lines(yaml);
    let mut keys = lines.iter().enumerate().filter_map(|(at, line)| Some((at, value_of(line.text, notice.list)?)));
    let Some((at, value)) = keys.next() else {
        let line_end = lines.last().map_or("\n", |line| line.line_end());
        let text = [notice.list, ":", line_end, &notice.block("  ", "- ", line_end)].concat();
        return Ok(vec![vec![Edit::insert(yaml.len(), text)]]);
    };
    let ends = |line: &YamlLine<'_>| {
        let is_inside = line.text.starts_with([' ', '\t', '#', ']', '}', '\r', '\n']) || line.is_item();
        !is_inside
    };
    let following = &lines[at + 1..];
    let following = &following[..following.iter().position(ends).unwrap_or(following.len())];
    let key = lines[at];
    let value_at = key.start + value;
    let written = key.text[value..].trim();
    let end = following.last().map_or(key.end(), |line| line.end());
    if written.starts_with('[') {
        return Ok(flow::edits(yaml, value_at..end, &notice.flow()));
    }
    if written.is_empty() || written.starts_with('#') {
        return Ok(in_block(yaml, key, following, notice));
    }
    let word = written.split([' ', '\t']).next().unwrap_or(written);
    if ["null", "Null", "NULL", "~"].contains(&word) {
        let text = format!("[{}]", notice.flow());
        return Ok(vec![vec![Edit { at: value_at..value_at + word.len(), text }]]);
    }
    Err(CannotAmend(format!("`{}` is in a format that cannot be added to: `{word}`", notice.list)))
}

/// The offset of the value in a line that begins with the key.
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

/// Returns the edits for a list on the lines below its key, or for an empty one.
fn in_block(yaml: &str, key: YamlLine<'_>, following: &[YamlLine<'_>], notice: &Notice) -> Vec<Vec<Edit>> {
    let Some(first) = following.iter().find(|line| !line.is_blank_or_comment()) else {
        return vec![vec![Edit::insert(key.end(), notice.block("  ", "- ", key.line_end()))]];
    };
    if first.content().starts_with('[') {
        let start = first.start + first.indent().len();
        let end = following.last().map_or(yaml.len(), |line| line.end());
        return flow::edits(yaml, start..end, &notice.flow());
    }
    let indent = first.indent();
    let mut items = following.iter().filter(|line| line.is_item() && line.indent() == indent);
    let Some(last_item) = items.next_back() else { return Vec::new() };
    let content = last_item.content();
    let inside = content[1..].trim_start();
    let dash = match content.len() - inside.len() {
        _ if inside.is_empty() => "- ",
        width => &content[..width],
    };
    // Deeper lines belong to the last item, even if they look like comments: it may be a block of text.
    let is_of_list = |line: &&YamlLine<'_>| {
        !line.content().is_empty() && (!line.content().starts_with('#') || line.indent().len() > indent.len())
    };
    let last = following.iter().rev().find(is_of_list).unwrap_or(last_item);
    let end = following.last().unwrap_or(last);
    let text = match inside.starts_with('{') {
        true => [indent, dash, "{", &notice.pairs().join(", "), "}", last.line_end()].concat(),
        false => notice.block(indent, dash, last.line_end()),
    };
    // A block of text that keeps trailing empty lines extends to the end of the list.
    [last, end].into_iter().map(|line| vec![Edit::insert(line.end(), text.clone())]).collect()
}

impl Notice {
    fn fields(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let kind = self.kind.map(|kind| ("kind", kind));
        kind.into_iter().chain([("date", self.date.as_str()), ("text", self.text.as_str())])
    }

    /// The keys and values as YAML.
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

    /// Formats the notice as a list item with one key on each line.
    fn block(&self, indent: &str, dash: &str, line_end: &str) -> String {
        let deeper = " ".repeat(dash.len());
        let lines = self.pairs().into_iter().enumerate();
        lines.map(|(at, pair)| [indent, if at == 0 { dash } else { &deeper }, &pair, line_end].concat()).collect()
    }
}
