//! Edits a source in place: changes keys and lists of its front matter and keeps every other byte.
//!
//! An edit follows the style of the text, and the result is parsed again: it counts only if the front matter then has the
//! old values with the wanted changes. So no style of YAML can be misread, only refused.

mod file;
mod flow;
mod key;
mod lines;
mod list;
mod nested;
#[cfg(test)]
mod nested_tests;
pub mod picture;
mod replacement;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt::Write;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::read::{FrontMatter, split};
use crate::yaml;

use nested::NestedChange;

pub use file::{ReplaceError, replace};

/// A change of front matter.
#[derive(Debug, Clone)]
pub enum Edit<'c> {
    /// Gives a key a value, whether it has one or not.
    Set(&'c str, NewValue),
    /// Removes a key, if it is there.
    Remove(&'c str),
    /// Appends an item to a list, which is created if it is missing.
    Append(&'c str, Item),
    /// Gives a key inside others a value: the keys from the outermost on. The first must be there; if it has a text alone,
    /// that becomes the key `src` of a mapping.
    SetInside(&'c [&'c str], Scalar),
    /// Removes a key inside others, if it is there.
    RemoveInside(&'c [&'c str]),
}

/// A value to write.
#[derive(Debug, Clone)]
pub enum NewValue {
    /// A single value.
    Scalar(Scalar),
    /// A mapping.
    Mapping(Item),
}

/// A single value.
#[derive(Debug, Clone)]
pub enum Scalar {
    /// A date or word that is valid YAML as it is.
    Plain(String),
    /// Any text.
    Text(String),
}

/// A mapping with single values, in order.
#[derive(Debug, Clone, Default)]
pub struct Item(pub Vec<(&'static str, Scalar)>);

/// The reason why a text was not changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CannotEdit(pub String);

/// The values of front matter, each key once.
#[derive(Debug, PartialEq, Deserialize)]
#[serde(transparent)]
struct FrontMatterValues(#[serde(deserialize_with = "crate::lenient::unique_map")] BTreeMap<String, Value>);

/// Returns the text of a file with changed front matter.
///
/// # Errors
/// If the front matter cannot be read, or its format does not allow a change.
pub fn edit(text: &str, edits: &[Edit<'_>]) -> Result<String, CannotEdit> {
    edits.iter().try_fold(text.to_owned(), |text, change| edit_once(&text, change))
}

fn edit_once(text: &str, change: &Edit<'_>) -> Result<String, CannotEdit> {
    let front_matter = match split(text) {
        Ok(Some(front_matter)) => front_matter,
        _ => return Err(CannotEdit("the file does not begin with front matter".to_owned())),
    };
    let yaml = front_matter.yaml;
    let wanted = change.apply(values(yaml)?)?;
    let ways = match change {
        Edit::Set(key, value) => key::set(yaml, key, value),
        Edit::Remove(key) => key::remove(yaml, key),
        Edit::Append(list, item) => list::append(yaml, list, item)?,
        Edit::SetInside(path, value) => nested::change(yaml, path, NestedChange::Set(&value.yaml())),
        Edit::RemoveInside(path) => nested::change(yaml, path, NestedChange::Remove),
    };
    let start = yaml.as_ptr() as usize - text.as_ptr() as usize;
    let end = start + yaml.len();
    let edited = ways.into_iter().find_map(|replacements| {
        let yaml = replacement::apply(yaml, &replacements)?;
        let whole = [&text[..start], &yaml, &text[end..]].concat();
        is_edited(&whole, &yaml, &text[front_matter.body..], &wanted).then_some(whole)
    });
    edited.ok_or_else(|| CannotEdit(format!("`{}` is in a format that cannot be changed", change.key())))
}

/// True if the file now has the wanted values and the old body.
fn is_edited(whole: &str, yaml: &str, body: &str, wanted: &FrontMatterValues) -> bool {
    let is_whole = |front: FrontMatter<'_>| front.yaml == yaml && &whole[front.body..] == body;
    matches!(split(whole), Ok(Some(front)) if is_whole(front)) && values(yaml).as_ref() == Ok(wanted)
}

/// Parses front matter.
fn values(yaml: &str) -> Result<FrontMatterValues, CannotEdit> {
    yaml::parse(yaml).map_err(|error| CannotEdit(format!("its front matter cannot be read: {}", error.message)))
}

impl Edit<'_> {
    fn key(&self) -> &str {
        match self {
            Edit::Set(key, _) | Edit::Remove(key) | Edit::Append(key, _) => key,
            Edit::SetInside(path, _) | Edit::RemoveInside(path) => path.first().copied().unwrap_or_default(),
        }
    }

    /// Makes the change in the parsed values.
    fn apply(&self, mut values: FrontMatterValues) -> Result<FrontMatterValues, CannotEdit> {
        let key = self.key();
        match self {
            Edit::Set(_, value) => {
                values.0.insert(key.to_owned(), value.parsed());
            }
            Edit::Remove(_) => {
                values.0.remove(key);
            }
            Edit::Append(_, item) => {
                let list = values.0.entry(key.to_owned()).or_insert(Value::Null);
                if list.is_null() {
                    *list = Value::Array(Vec::new());
                }
                let Value::Array(items) = list else { return Err(CannotEdit(format!("`{key}` is not a list"))) };
                items.push(item.parsed());
            }
            Edit::SetInside(path, value) => {
                set_inside(values.0.entry(key.to_owned()).or_default(), below(path), value)?
            }
            Edit::RemoveInside(path) => {
                if let Some(value) = values.0.get_mut(key) {
                    remove_inside(value, below(path));
                }
            }
        }
        Ok(values)
    }
}

/// The path below its outermost key.
fn below<'p, 'k>(path: &'p [&'k str]) -> &'p [&'k str] {
    path.get(1..).unwrap_or_default()
}

/// Sets a value inside others, which are mappings.
fn set_inside(value: &mut Value, path: &[&str], wanted: &Scalar) -> Result<(), CannotEdit> {
    let Some((key, rest)) = path.split_first() else {
        *value = wanted.parsed();
        return Ok(());
    };
    if value.is_null() {
        *value = Value::Object(Map::new());
    } else if value.is_string() {
        *value = Value::Object(Map::from_iter([(nested::SHORT_FORM.to_owned(), value.take())]));
    }
    let Value::Object(entries) = value else { return Err(CannotEdit(format!("`{key}` has no place there"))) };
    set_inside(entries.entry(*key).or_insert(Value::Null), rest, wanted)
}

/// Removes a value inside others.
fn remove_inside(value: &mut Value, path: &[&str]) {
    let (Some((key, rest)), Value::Object(entries)) = (path.split_first(), value) else { return };
    if rest.is_empty() {
        entries.remove(*key);
    } else if let Some(inner) = entries.get_mut(*key) {
        remove_inside(inner, rest);
    }
}

impl NewValue {
    fn parsed(&self) -> Value {
        match self {
            NewValue::Scalar(scalar) => scalar.parsed(),
            NewValue::Mapping(item) => item.parsed(),
        }
    }

    /// Formats the value on one line.
    fn flow(&self) -> String {
        match self {
            NewValue::Scalar(scalar) => scalar.yaml(),
            NewValue::Mapping(item) => item.flow(),
        }
    }

    /// Formats the value for after `key:`, with its line end.
    fn below_key(&self, line_end: &str) -> String {
        match self {
            NewValue::Scalar(scalar) => format!(" {}{line_end}", scalar.yaml()),
            NewValue::Mapping(item) => {
                let lines = item.pairs().into_iter().map(|pair| format!("  {pair}{line_end}"));
                std::iter::once(line_end.to_owned()).chain(lines).collect()
            }
        }
    }
}

impl Scalar {
    fn yaml(&self) -> String {
        match self {
            Scalar::Plain(text) => text.clone(),
            Scalar::Text(text) => quoted(text),
        }
    }

    fn parsed(&self) -> Value {
        match self {
            Scalar::Plain(text) => yaml::parse(text).unwrap_or_else(|_| Value::from(text.as_str())),
            Scalar::Text(text) => Value::from(text.as_str()),
        }
    }
}

impl Item {
    fn parsed(&self) -> Value {
        let fields = self.0.iter().map(|(key, value)| ((*key).to_owned(), value.parsed()));
        Value::Object(fields.collect())
    }

    /// The keys and values as YAML.
    fn pairs(&self) -> Vec<String> {
        self.0.iter().map(|(key, value)| format!("{key}: {}", value.yaml())).collect()
    }

    fn flow(&self) -> String {
        format!("{{{}}}", self.pairs().join(", "))
    }

    /// Formats it as a list item with one key on each line.
    fn block(&self, indent: &str, dash: &str, line_end: &str) -> String {
        let deeper = " ".repeat(dash.len());
        let lines = self.pairs().into_iter().enumerate();
        lines.map(|(at, pair)| [indent, if at == 0 { dash } else { &deeper }, &pair, line_end].concat()).collect()
    }
}

/// Formats a string as a double-quoted YAML scalar, which can hold every character (YAML 1.2, section 7.3.1).
pub fn quoted(text: &str) -> String {
    let mut yaml = String::with_capacity(text.len() + 2);
    yaml.push('"');
    for letter in text.chars() {
        match letter {
            '"' | '\\' => yaml.extend(['\\', letter]),
            '\n' => yaml.push_str("\\n"),
            _ if is_unprintable(letter) => {
                // Writing to a String cannot fail.
                let _ = write!(yaml, "\\u{:04X}", u32::from(letter));
            }
            _ => yaml.push(letter),
        }
    }
    yaml.push('"');
    yaml
}

/// True for characters that YAML requires to be escaped, all of them below U+10000 (YAML 1.2, section 5.1).
fn is_unprintable(letter: char) -> bool {
    letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}
