//! Mistakes in the layout of lines: spaces before a key, values that go on where YAML ends them, and lines as other
//! formats have them.

use super::entry::{LineEntry, begins_block, begins_entry, closing_quote, entry, key, quoted};
use super::mistake::Mistake;

/// The mistake that the last of these lines is.
pub(super) fn mistake(lines: &[&str]) -> Option<Mistake> {
    let (line, above) = lines.split_last()?;
    as_json(line)
        .or_else(|| equals_sign(line))
        .or_else(|| dash(line, above))
        .or_else(|| indented(line, above))
        .or_else(|| indented_in_item(line, above))
        .or_else(|| after_quotes(line, above))
        .or_else(|| continued(line, above))
}

/// The last entry above a line, if everything between is indented.
fn entry_above<'t>(above: &[&'t str]) -> Option<LineEntry<'t>> {
    let last = above.iter().rev().find(|line| begins_entry(line))?;
    entry(last).filter(|entry| entry.key.is_some() && entry.indent == 0)
}

/// `"deck": "x",`
fn as_json(line: &str) -> Option<Mistake> {
    let text = line.trim();
    let end = closing_quote(text, '"').filter(|_| text.starts_with('"'))?;
    let name = text[1..end].strip_suffix('"')?;
    let value = text[end..].trim_start().strip_prefix(':')?.trim().strip_suffix(',')?;
    let message = "a comma at the end of a line is JSON; YAML has none there".to_owned();
    let at = line.trim_end().len() - 1;
    Some(Mistake { message, hint: format!("write `{name}: {value}`"), at: at..at + 1 })
}

/// `deck = x`, as in TOML.
pub(super) fn equals_sign(line: &str) -> Option<Mistake> {
    let (name, value) = line.split_once('=')?;
    let (name, value) = (name.trim_end(), value.trim());
    let is_key = key(&format!("{name}:")).is_some_and(|(_, end)| end == name.len() + 1);
    let at = line.find('=')?;
    let message = format!("there is an equals sign after `{name}`; YAML has a colon there");
    is_key.then(|| Mistake { message, hint: format!("write `{name}: {value}`"), at: at..at + 1 })
}

/// `-Ports`, an item without a space after its dash.
fn dash(line: &str, above: &[&str]) -> Option<Mistake> {
    let words = line.trim_start();
    let item = words.strip_prefix('-').filter(|item| item.starts_with(char::is_alphanumeric))?;
    let is_list = above
        .iter()
        .rev()
        .find(|line| begins_entry(line))
        .is_some_and(|parent| entry(parent).is_some_and(|parent| parent.key.is_some() && parent.value.is_empty()));
    let at = line.len() - words.len();
    let message = "there is no space after the dash of this item".to_owned();
    is_list.then(|| Mistake { message, hint: format!("write `- {}`", item.trim_end()), at: at..at + 1 })
}

/// A key with spaces before it, below a key that has its value already.
fn indented(line: &str, above: &[&str]) -> Option<Mistake> {
    let own = entry(line).filter(|entry| entry.key.is_some() && entry.indent > 0)?;
    let is_item = line.trim_start().starts_with('-');
    let parent = entry_above(above)?;
    let has_value = !parent.value.is_empty() && !parent.value.starts_with(['#', '&', '[', '{']);
    if is_item || !has_value || begins_block(parent.value) {
        return None;
    }
    let message = format!("spaces before `{}` make it a part of {}", own.key?, parent.value_name());
    Some(Mistake { message, hint: format!("delete the spaces: `{}`", line.trim()), at: 0..own.indent })
}

/// A key within an item of a list, with more spaces before it than the key above it, which has its value already.
fn indented_in_item(line: &str, above: &[&str]) -> Option<Mistake> {
    let own = entry(line).filter(|entry| entry.key.is_some() && !line.trim_start().starts_with('-'))?;
    let previous = above.iter().rev().find(|line| !line.trim().is_empty())?;
    let parent = entry(previous).filter(|entry| entry.key.is_some())?;
    let depth = previous.len() - previous.trim_start_matches([' ', '-']).len();
    let has_value = !parent.value.is_empty() && !parent.value.starts_with(['#', '&', '[', '{', '"', '\'']);
    if depth == 0 || own.indent <= depth || !has_value || begins_block(parent.value) {
        return None;
    }
    let message = format!("spaces before `{}` make it a part of {}", own.key?, parent.value_name());
    let hint = format!("indent it as the line above: `{}{}`", " ".repeat(depth), line.trim());
    Some(Mistake { message, hint, at: 0..own.indent })
}

/// Words after the closing quote of a value that began on a line above.
fn after_quotes(line: &str, above: &[&str]) -> Option<Mistake> {
    let parent = entry_above(above)?;
    let quote = parent.value.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    let end = line.find(quote)? + 1;
    if closing_quote(parent.value, quote).is_some() || line[end..].trim().is_empty() {
        return None;
    }
    let message = format!("{} ends at the closing quote, but its line goes on", parent.value_name());
    let whole = format!("{} {}", parent.value.trim_start_matches(quote), line.trim());
    let hint = format!("write all of it in one pair of quotes: `{}`", parent.with_value(&quoted(&whole)));
    Some(Mistake { message, hint, at: end..line.trim_end().len() })
}

/// The next line of a value, without the spaces that would make it part of the value.
fn continued(line: &str, above: &[&str]) -> Option<Mistake> {
    let parent = entry_above(above)?;
    let is_text = begins_entry(line) && !line.contains(':');
    let first = parent.value.chars().next()?;
    if !is_text || !above.last().is_some_and(|last| begins_entry(last)) || !first.is_alphanumeric() {
        return None;
    }
    let message = "this line has no key".to_owned();
    let whole = parent.with_value(&format!("{} {}", parent.value, line.trim()));
    let hint = format!("if it belongs to the line above, write `{whole}`");
    Some(Mistake { message, hint, at: 0..line.trim_end().len() })
}
