//! Sets and removes keys of front matter.

use super::NewValue;
use super::flow::end_of_quoted;
use super::lines::{FrontMatterLine, following, lines, value_of};
use super::replacement::ByteReplacement;

/// Returns the possible replacements that give a key a value, the likeliest first.
pub(super) fn set(yaml: &str, key: &str, value: &NewValue) -> Vec<Vec<ByteReplacement>> {
    let lines = lines(yaml);
    let line_end = lines.last().map_or("\n", |line| line.line_end());
    let Some((at, value_at)) = find(&lines, key) else {
        let text = format!("{key}:{}", value.below_key(line_end));
        // The last line may lack its end.
        let before = if yaml.is_empty() || yaml.ends_with('\n') { "" } else { line_end };
        return vec![vec![ByteReplacement::insert(yaml.len(), [before, &text].concat())]];
    };
    let line = lines[at];
    let end = end_of_value(line, following(&lines, at));
    let start = line.start + value_at;
    let flow = value.flow();
    let flow = if yaml[..start].ends_with([' ', '\t']) { flow } else { format!(" {flow}") };
    let comment = comment_start(line.text, value_at).map(|at| line.start + at);
    let on_line = [comment, Some(line.start + line.text.trim_end().len())];
    let mut ways: Vec<Vec<ByteReplacement>> = Vec::new();
    for end in on_line.into_iter().flatten().chain([end]) {
        // Keep the spaces before a comment.
        let end = start + yaml[start..end.max(start)].trim_end().len();
        ways.push(vec![ByteReplacement { at: start..end, text: flow.clone() }]);
    }
    ways
}

/// Returns the replacements that remove a key and its value.
pub(super) fn remove(yaml: &str, key: &str) -> Vec<Vec<ByteReplacement>> {
    let lines = lines(yaml);
    let Some((at, _)) = find(&lines, key) else { return vec![Vec::new()] };
    let end = end_of_value(lines[at], following(&lines, at));
    let end = yaml[end..].find('\n').map_or(yaml.len(), |newline| end + newline + 1);
    vec![vec![ByteReplacement { at: lines[at].start..end, text: String::new() }]]
}

/// The index of a key's line, and the offset of its value in the line.
pub(super) fn find(lines: &[FrontMatterLine<'_>], key: &str) -> Option<(usize, usize)> {
    lines.iter().enumerate().find_map(|(at, line)| Some((at, value_of(line.text, key)?)))
}

/// The end of a value without the line end: of its last line with content.
pub(super) fn end_of_value(key: FrontMatterLine<'_>, following: &[FrontMatterLine<'_>]) -> usize {
    let is_nested = |line: &&FrontMatterLine<'_>| !line.content().is_empty() && !line.text.starts_with('#');
    let last = following.iter().rev().find(is_nested).copied().unwrap_or(key);
    last.start + last.text.trim_end().len()
}

/// The start of a comment after the value. In brackets a `#` may be text; the check of the result refuses that.
pub(super) fn comment_start(line: &str, value_at: usize) -> Option<usize> {
    let is_quoted = line[value_at..].starts_with(['"', '\'']);
    let from = if is_quoted { end_of_quoted(line.as_bytes(), value_at)? } else { value_at };
    let mut found = line[from..].match_indices('#').map(|(at, _)| from + at);
    found.find(|&at| line[..at].ends_with([' ', '\t']))
}
