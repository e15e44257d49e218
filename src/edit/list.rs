//! Appends an item to a list, in the style of the list.

use super::lines::{FrontMatterLine, following, lines, value_of};
use super::replacement::ByteReplacement;
use super::{CannotEdit, Item, flow};

/// Returns the possible replacements that append an item, the likeliest first.
pub(super) fn append(yaml: &str, list: &str, item: &Item) -> Result<Vec<Vec<ByteReplacement>>, CannotEdit> {
    let lines = lines(yaml);
    let mut keys = lines.iter().enumerate().filter_map(|(at, line)| Some((at, value_of(line.text, list)?)));
    let Some((at, value)) = keys.next() else {
        let line_end = lines.last().map_or("\n", |line| line.line_end());
        let text = [list, ":", line_end, &item.block("  ", "- ", line_end)].concat();
        return Ok(vec![vec![ByteReplacement::insert(yaml.len(), text)]]);
    };
    let following = following(&lines, at);
    let key = lines[at];
    let value_at = key.start + value;
    let written = key.text[value..].trim();
    let end = following.last().map_or(key.end(), |line| line.end());
    if written.starts_with('[') {
        return Ok(flow::append(yaml, value_at..end, &item.flow()));
    }
    if written.is_empty() || written.starts_with('#') {
        return Ok(in_block(yaml, key, following, item));
    }
    let word = written.split([' ', '\t']).next().unwrap_or(written);
    if ["null", "Null", "NULL", "~"].contains(&word) {
        let text = format!("[{}]", item.flow());
        return Ok(vec![vec![ByteReplacement { at: value_at..value_at + word.len(), text }]]);
    }
    Err(CannotEdit(format!("`{}` is in a format that cannot be added to: `{word}`", list)))
}

/// Returns the replacements for a list on the lines below its key, or for an empty one.
fn in_block(
    yaml: &str,
    key: FrontMatterLine<'_>,
    following: &[FrontMatterLine<'_>],
    item: &Item,
) -> Vec<Vec<ByteReplacement>> {
    let Some(first) = following.iter().find(|line| !line.is_blank_or_comment()) else {
        return vec![vec![ByteReplacement::insert(key.end(), item.block("  ", "- ", key.line_end()))]];
    };
    if first.content().starts_with('[') {
        let start = first.start + first.indent().len();
        let end = following.last().map_or(yaml.len(), |line| line.end());
        return flow::append(yaml, start..end, &item.flow());
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
    let is_of_list = |line: &&FrontMatterLine<'_>| {
        !line.content().is_empty() && (!line.content().starts_with('#') || line.indent().len() > indent.len())
    };
    let last = following.iter().rev().find(is_of_list).unwrap_or(last_item);
    let end = following.last().unwrap_or(last);
    let text = match inside.starts_with('{') {
        true => [indent, dash, "{", &item.pairs().join(", "), "}", last.line_end()].concat(),
        false => item.block(indent, dash, last.line_end()),
    };
    // A block of text that keeps trailing empty lines extends to the end of the list.
    [last, end].into_iter().map(|line| vec![ByteReplacement::insert(line.end(), text.clone())]).collect()
}
