//! Sets and removes keys inside mappings of front matter, in lines below a key or in braces.

use std::ops::Range;

use super::flow::end_of_quoted;
use super::key::{comment_start, end_of_value, find};
use super::lines::{FrontMatterLine, following, lines, value_of};
use super::replacement::ByteReplacement;

/// The key of a mapping whose value may be written alone: `image: a.jpg` means `image: {src: a.jpg}`.
pub(super) const SHORT_FORM: &str = "src";

/// The change of the key at the end of a path.
#[derive(Clone, Copy)]
pub(super) enum NestedChange<'c> {
    /// Its new value, as YAML on one line.
    Set(&'c str),
    /// No value.
    Remove,
}

/// Returns the possible replacements that change a key inside another one. Setting a key adds those above it, but for the
/// first, which must be there.
pub(super) fn change(yaml: &str, path: &[&str], change: NestedChange<'_>) -> Vec<Vec<ByteReplacement>> {
    let lines = lines(yaml);
    let Some((&first, rest)) = path.split_first() else { return Vec::new() };
    let Some((at, value_at)) = find(&lines, first) else { return Vec::new() };
    let block = NestedKey { yaml, line: lines[at], value_at, below: following(&lines, at) };
    block.change(rest, change).into_iter().collect()
}

/// A key with everything that belongs to it.
struct NestedKey<'y, 'l> {
    yaml: &'y str,
    line: FrontMatterLine<'y>,
    /// The offset of its value in its line.
    value_at: usize,
    /// The lines below it.
    below: &'l [FrontMatterLine<'y>],
}

impl<'y> NestedKey<'y, '_> {
    fn change(&self, path: &[&str], change: NestedChange<'_>) -> Option<Vec<ByteReplacement>> {
        let start = self.line.start + self.value_at;
        let comment = comment_start(self.line.text, self.value_at).unwrap_or(self.line.text.len());
        let written = self.line.text.get(self.value_at..comment)?.trim();
        if written.starts_with('{') {
            return in_braces(self.yaml, start, path, change);
        }
        let is_alone = self.below.iter().all(|line| line.is_blank_or_comment());
        if is_null(written) && is_alone {
            let NestedChange::Set(value) = change else { return Some(Vec::new()) };
            let space = if self.yaml[..start].ends_with([' ', '\t']) { "" } else { " " };
            let after = if self.yaml[start..].starts_with('#') { " " } else { "" };
            let text = format!("{space}{{{}}}{after}", pair(path, value)?);
            return Some(vec![ByteReplacement { at: start..start + written.len(), text }]);
        }
        if written.is_empty() {
            return self.in_lines(path, change);
        }
        // A value that is written alone.
        let end = start + written.len();
        match change {
            NestedChange::Set(value) if !written.starts_with(['|', '>', '&', '*', '!', '[']) => {
                let text = format!("{{{SHORT_FORM}: {written}, {}}}", pair(path, value)?);
                Some(vec![ByteReplacement { at: start..end, text }])
            }
            _ => None,
        }
    }

    /// Changes a mapping with one key on each line below this one.
    fn in_lines(&self, path: &[&str], change: NestedChange<'_>) -> Option<Vec<ByteReplacement>> {
        let (&key, rest) = path.split_first()?;
        let nested: Vec<&FrontMatterLine<'y>> = self.below.iter().filter(|line| !line.is_blank_or_comment()).collect();
        let indent = nested.first()?.indent();
        let is_child = |line: &FrontMatterLine<'y>| {
            line.indent().len() == indent.len() && !line.is_blank_or_comment() && !line.is_item()
        };
        let found = self.below.iter().enumerate().find_map(|(at, line)| {
            let value_at = value_of(&line.text[line.indent().len()..], key)?;
            is_child(line).then_some((at, line.indent().len() + value_at))
        });
        let line_end = self.line.line_end();
        let Some((at, value_at)) = found else {
            let NestedChange::Set(value) = change else { return Some(Vec::new()) };
            let last = nested.last()?;
            let before = if last.text.ends_with('\n') { "" } else { line_end };
            let text = [before, indent, &pair(path, value)?, line_end].concat();
            return Some(vec![ByteReplacement::insert(last.end(), text)]);
        };
        let line = self.below[at];
        let after = &self.below[at + 1..];
        let length = after.iter().position(is_child).unwrap_or(after.len());
        let block = NestedKey { yaml: self.yaml, line, value_at, below: &after[..length] };
        if !rest.is_empty() {
            return block.change(rest, change);
        }
        let (start, end) = (line.start + value_at, end_of_value(line, block.below));
        match change {
            NestedChange::Set(value) => {
                // A comment on the line of a value stays.
                let comment = comment_start(line.text, value_at).filter(|_| end <= line.end());
                let end = comment.map_or(end, |at| line.start + at);
                let end = start + self.yaml.get(start..end.max(start))?.trim_end().len();
                let space = if self.yaml[..start].ends_with([' ', '\t']) { "" } else { " " };
                Some(vec![ByteReplacement { at: start..end, text: [space, value].concat() }])
            }
            NestedChange::Remove => {
                let end = self.yaml[end..].find('\n').map_or(self.yaml.len(), |newline| end + newline + 1);
                Some(vec![ByteReplacement { at: line.start..end, text: String::new() }])
            }
        }
    }
}

/// True for a value that is none.
fn is_null(written: &str) -> bool {
    matches!(written, "" | "~" | "null")
}

/// A path and its value as YAML on one line: `crops: {card: [0, 0, 50, 50]}`.
fn pair(path: &[&str], value: &str) -> Option<String> {
    let (key, outer) = path.split_last()?;
    let inner = format!("{key}: {value}");
    Some(outer.iter().rev().fold(inner, |inner, key| format!("{key}: {{{inner}}}")))
}

/// An entry of a mapping in braces.
struct FlowEntry {
    key: Range<usize>,
    /// The end of the colon after the key.
    colon: usize,
    value: Range<usize>,
}

/// A mapping in braces.
struct FlowMapping {
    entries: Vec<FlowEntry>,
    /// The end of its opening brace.
    open: usize,
    /// The end of its last entry, or of its opening brace.
    last: usize,
    /// The end of a comma after the last entry.
    comma: Option<usize>,
}

/// Changes a mapping in braces that begins at `start`.
fn in_braces(yaml: &str, start: usize, path: &[&str], change: NestedChange<'_>) -> Option<Vec<ByteReplacement>> {
    let (&key, rest) = path.split_first()?;
    let mapping = scan(yaml, start)?;
    let is_key = |entry: &FlowEntry| yaml[entry.key.clone()].trim().trim_matches(['"', '\'']) == key;
    let Some(at) = mapping.entries.iter().position(is_key) else {
        let NestedChange::Set(value) = change else { return Some(Vec::new()) };
        let pair = pair(path, value)?;
        let (at, text) = match (mapping.entries.is_empty(), mapping.comma) {
            (true, _) => (mapping.open, pair),
            (false, None) => (mapping.last, [", ", &pair].concat()),
            (false, Some(comma)) => (comma, [" ", &pair].concat()),
        };
        return Some(vec![ByteReplacement::insert(at, text)]);
    };
    let entry = &mapping.entries[at];
    match change {
        NestedChange::Set(value) if !rest.is_empty() && is_null(&yaml[entry.value.clone()]) => {
            let text = format!(" {{{}}}", pair(rest, value)?);
            Some(vec![ByteReplacement { at: entry.colon..entry.value.end, text }])
        }
        _ if !rest.is_empty() => in_braces(yaml, entry.value.start, rest, change),
        NestedChange::Set(value) => Some(vec![ByteReplacement { at: entry.value.clone(), text: value.to_owned() }]),
        NestedChange::Remove => {
            // With the comma before it, or after it if it is the first.
            let range = match (at.checked_sub(1), mapping.entries.get(at + 1)) {
                (Some(before), _) => mapping.entries[before].value.end..entry.value.end,
                (None, Some(after)) => entry.key.start..after.key.start,
                (None, None) => entry.key.start..mapping.comma.unwrap_or(entry.value.end),
            };
            Some(vec![ByteReplacement { at: range, text: String::new() }])
        }
    }
}

/// Scans a mapping from its opening brace to the closing one. One with comments is not read.
fn scan(yaml: &str, start: usize) -> Option<FlowMapping> {
    let bytes = yaml.as_bytes();
    if bytes.get(start) != Some(&b'{') {
        return None;
    }
    let mut mapping = FlowMapping { entries: Vec::new(), open: start + 1, last: start + 1, comma: None };
    let (mut at, mut depth) = (start + 1, 1usize);
    // The start of the entry, the end of its key, the start of its value.
    let (mut begins, mut colon, mut value): (Option<usize>, Option<usize>, Option<usize>) = (None, None, None);
    // Quotes begin a text only where a value may begin.
    let mut may_begin = true;
    while let Some(&byte) = bytes.get(at) {
        let from = at;
        at += 1;
        if byte.is_ascii_whitespace() {
            continue;
        }
        let is_end = depth == 1 && matches!(byte, b',' | b'}');
        if is_end {
            if let (Some(begins), Some(colon)) = (begins.take(), colon.take()) {
                let value = value.take().map_or(colon + 1..colon + 1, |value| value..mapping.last);
                mapping.entries.push(FlowEntry { key: begins..colon, colon: colon + 1, value });
            } else if byte == b',' {
                return None;
            }
            if byte == b'}' {
                return Some(mapping);
            }
            mapping.comma = Some(at);
            may_begin = true;
            continue;
        }
        match byte {
            b'#' if bytes[from - 1].is_ascii_whitespace() => return None,
            b'"' | b'\'' if may_begin => at = end_of_quoted(bytes, from)?,
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.checked_sub(1)?,
            b':' if depth == 1 && colon.is_none() && begins.is_some() && is_separator(bytes.get(at)) => {
                colon = Some(from);
                may_begin = true;
                mapping.last = at;
                continue;
            }
            _ => {}
        }
        may_begin = matches!(byte, b'[' | b'{' | b',' | b':');
        match (begins, colon) {
            (None, _) => begins = Some(from),
            (Some(_), Some(_)) if value.is_none() => value = Some(from),
            _ => {}
        }
        mapping.last = at;
        mapping.comma = None;
    }
    None
}

/// True for what may follow the colon between a key and its value.
fn is_separator(byte: Option<&u8>) -> bool {
    byte.is_none_or(|byte| byte.is_ascii_whitespace() || matches!(byte, b',' | b'}' | b'[' | b'{' | b'"' | b'\''))
}
