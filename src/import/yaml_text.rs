//! Writes YAML: front matter and configuration, one key after another, readable and with nothing that YAML would read
//! as something else.

use serde_json::Value;

use crate::edit::quoted;
use crate::unicode::composed;
use crate::yaml;

/// A YAML mapping that is being written.
#[derive(Debug, Default)]
pub(super) struct YamlText {
    text: String,
}

impl YamlText {
    /// The text so far.
    pub fn finish(self) -> String {
        self.text
    }

    /// Adds a key with a text on one line. Spaces and line ends are reduced to one space.
    pub fn line(&mut self, key: &str, value: &str) {
        let value = on_one_line(value);
        if !value.is_empty() {
            self.raw(key, &scalar(&value));
        }
    }

    /// Adds a key with a text, if there is one.
    pub fn line_maybe(&mut self, key: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.line(key, value);
        }
    }

    /// Adds a key with YAML that is valid as it is.
    pub fn raw(&mut self, key: &str, yaml: &str) {
        self.text.push_str(key);
        self.text.push_str(": ");
        self.text.push_str(yaml);
        self.text.push('\n');
    }

    /// Adds a key with a list of texts in brackets.
    pub fn list(&mut self, key: &str, values: &[String]) {
        if !values.is_empty() {
            let items: Vec<String> = values.iter().map(|value| flow(value)).collect();
            self.raw(key, &format!("[{}]", items.join(", ")));
        }
    }

    /// Adds a key with a mapping of entries that are valid YAML, each on a line of its own.
    pub fn mapping(&mut self, key: &str, entries: &[(String, String)]) {
        if entries.is_empty() {
            return;
        }
        self.text.push_str(key);
        self.text.push_str(":\n");
        for (name, value) in entries {
            self.text.push_str(&format!("  {}: {value}\n", key_text(name)));
        }
    }

    /// Adds lines as they are.
    pub fn lines(&mut self, lines: &str) {
        self.text.push_str(lines);
    }
}

/// A text for a list or mapping in brackets.
pub(super) fn flow(text: &str) -> String {
    let text = on_one_line(text);
    let written = yaml::flow_text(&text);
    if written.starts_with('"') { quoted(&text) } else { written }
}

/// A text as the value of a key.
pub(super) fn scalar(text: &str) -> String {
    let written = yaml::scalar(text);
    if written.starts_with('"') { quoted(text) } else { written }
}

/// A name as the key of a mapping.
pub(super) fn key_text(name: &str) -> String {
    let is_plain = name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && !["true", "false", "null", "yes", "no", "on", "off", "y", "n"].contains(&&*name.to_ascii_lowercase());
    if is_plain { name.to_owned() } else { quoted(name) }
}

/// Any data on one line: JSON, of which YAML is a superset, with characters that YAML forbids escaped.
pub(super) fn data(value: &Value) -> String {
    match value {
        Value::String(text) => quoted(text),
        Value::Array(items) => format!("[{}]", items.iter().map(data).collect::<Vec<_>>().join(", ")),
        Value::Object(entries) => {
            let entries = entries.iter().map(|(key, value)| format!("{}: {}", quoted(key), data(value)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}

/// A text without line ends, control characters and repeated spaces, in Unicode's composed form.
pub(super) fn on_one_line(text: &str) -> String {
    let words: Vec<&str> =
        text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()).collect();
    composed(&words.join(" ")).into_owned()
}
