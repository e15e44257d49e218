//! Parses YAML into typed structs and locates errors; the only module that uses serde_yaml.

mod advice;
mod brackets;
mod collect;
mod controls;
mod cut_off;
mod cut_out;
mod entry;
mod escapes;
mod flow;
mod foreign_keys;
mod invisible;
mod layout;
mod mistake;
#[cfg(feature = "import")]
mod loose;
mod plain;
mod scalar_length;
mod syntax;
mod tree;
mod tree_errors;

use std::borrow::Cow;

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::diagnostic::{Code, Diagnostic, Span, nearest};

use brackets::{MAX_BRACKETS, too_many_brackets};
use syntax::YamlSyntaxError;
use tree::{ItemState, Node};

pub use cut_off::cut_off_values;
#[cfg(feature = "import")]
pub use loose::{LooseYaml, parse_loose};

/// The reason that YAML was refused, and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct YamlError {
    /// The diagnostic code.
    pub code: Code,
    /// One sentence.
    pub message: String,
    /// The fix.
    pub hint: Option<String>,
    /// The place, if it is known.
    pub span: Option<Span>,
    /// The top-level key that the error is in, as written, if it is known.
    pub key: Option<String>,
}

impl YamlError {
    fn line(&self) -> Option<usize> {
        self.span.map(|span| span.line)
    }

    /// True if both hints say how to write the same line.
    fn has_same_fix(&self, other: &YamlError) -> bool {
        let is_line = self.hint.as_ref().is_some_and(|hint| hint.starts_with("write `"));
        is_line && self.line() == other.line() && self.hint == other.hint
    }

    /// The diagnostic for YAML that begins on line `first_line` of `path`.
    pub fn diagnose(self, path: &str, first_line: usize) -> Diagnostic {
        Diagnostic::new(self.code, path, self.message)
            .at_maybe(self.span.map(|span| span.below(first_line)))
            .hint_maybe(self.hint)
    }
}

/// Separates code, message and hint of our own `Deserialize` implementations:
/// `code\u{1}message\u{1}hint`.
const CODED: char = '\u{1}';

/// A placeholder for the value as written, in the hint of a [`coded_error`].
pub const VALUE: &str = "{value}";

/// An error for a `Deserialize` implementation that keeps its code and hint on the way through serde.
pub fn coded_error<E: serde::de::Error>(code: Code, message: &str, hint: &str) -> E {
    E::custom(format!("{}{CODED}{message}{CODED}{hint}", code.as_str()))
}

/// Formats a string for a list or mapping in brackets, quoted if YAML would read something else.
///
/// ```
/// use presswork::yaml::flow_text;
/// assert_eq!(flow_text("Côte d’Ivoire"), "Côte d’Ivoire");
/// assert_eq!(flow_text("Ports, Labour"), "\"Ports, Labour\"");
/// assert_eq!(flow_text("1.10"), "\"1.10\"");
/// ```
pub fn flow_text(text: &str) -> String {
    const NOT_STRINGS: &[&str] = &["true", "false", "null"];
    let is_plain =
        |letter: char| letter.is_alphanumeric() || matches!(letter, ' ' | '-' | '_' | '.' | '’' | '\'' | '/');
    let begins_plain = text.starts_with(char::is_alphabetic);
    let is_text = !NOT_STRINGS.contains(&&*text.to_lowercase());
    match begins_plain && is_text && text.chars().all(is_plain) && !text.ends_with(' ') {
        true => text.to_owned(),
        // A JSON string is also a YAML string (YAML 1.2, section 1.2).
        false => Value::from(text).to_string(),
    }
}

/// Writes a string as the value of a key: plain if YAML reads it as the same string, or in quotes.
///
/// ```
/// use presswork::yaml::scalar;
/// assert_eq!(scalar("Fish & chips"), "Fish & chips");
/// assert_eq!([scalar("Fares: up"), scalar("1.10")], ["\"Fares: up\"", "\"1.10\""]);
/// ```
pub fn scalar(text: &str) -> String {
    let is_plain = serde_yaml::from_str::<Value>(text).is_ok_and(|read| read.as_str() == Some(text));
    if is_plain { text.to_owned() } else { Value::from(text).to_string() }
}

/// Parses a YAML mapping into `T`. An empty text is an empty mapping.
///
/// # Errors
/// The first error in the text: see [`parse_all`].
pub fn parse<T: DeserializeOwned>(text: &str) -> Result<T, YamlError> {
    let Parsed { value, errors, .. } = parse_all(text);
    match (value, errors.into_iter().next()) {
        (Some(value), None) => Ok(value),
        (_, Some(error)) => Err(error),
        (None, None) => Err(no_value()),
    }
}

/// A parsed text: its value without the parts that have errors, and the errors.
#[derive(Debug)]
pub struct Parsed<T> {
    /// The value. With errors it is good only for finding more of them: keys with errors are as if they were not there,
    /// and a required one is empty text. `None` if nothing can be made of the text.
    pub value: Option<T>,
    /// The errors, in the order of the text.
    pub errors: Vec<YamlError>,
    /// The required top-level keys that are missing.
    missing: Vec<String>,
}

impl<T> Parsed<T> {
    /// A value without errors.
    pub fn whole(value: T) -> Parsed<T> {
        Parsed { value: Some(value), errors: Vec::new(), missing: Vec::new() }
    }

    fn refused(errors: Vec<YamlError>) -> Parsed<T> {
        Parsed { value: None, errors, missing: Vec::new() }
    }

    /// The top-level keys that have errors or are missing, so that what the value says of them means nothing.
    pub fn faulty_keys(&self) -> Vec<String> {
        let with_errors = self.errors.iter().filter_map(|error| error.key.clone());
        with_errors.chain(self.missing.iter().cloned()).collect()
    }
}

/// Parses a YAML mapping into `T`, and finds all errors of the text: syntax, unknown, repeated and missing keys, values
/// of the wrong type, and nesting or aliases beyond the parser's limits (128 levels; 100 alias expansions per event).
pub fn parse_all<T: DeserializeOwned>(text: &str) -> Parsed<T> {
    if let Some(value) = plain::read(text) {
        debug_assert!(parser::<T>(text).is_ok(), "{text}");
        debug_assert_eq!(plain::read::<Value>(text), parser(text).ok());
        return Parsed { value: Some(value), errors: Vec::new(), missing: Vec::new() };
    }
    let text = if is_blank(text) { "{}" } else { text };
    if let Some(error) = controls::first(text).or_else(|| bracket_error(text)) {
        return Parsed::refused(vec![error]);
    }
    let mut parsed = match parser(text) {
        Ok(value) => Parsed { value: Some(value), errors: Vec::new(), missing: Vec::new() },
        Err(error) => parse_faulty(text, &error),
    };
    // A line is explained once.
    for word in advice::lost_words(text) {
        if !parsed.errors.iter().any(|error| error.line() == word.line()) {
            parsed.errors.push(word);
        }
    }
    parsed.errors.sort_by_key(|error| error.span.map(|span| (span.line, span.column)));
    parsed
}

/// The maximum number of syntax errors that are reported.
const MAX_SYNTAX_ERRORS: usize = 20;

/// Parses a text that has errors, of which the parser reports only `first`. After a syntax error whose line is known,
/// the key with that line is left out.
fn parse_faulty<T: DeserializeOwned>(text: &str, first: &ParserError) -> Parsed<T> {
    let mut errors: Vec<YamlError> = Vec::new();
    let mut rest = Cow::Borrowed(text);
    let mut tree = loop {
        let error = match Node::parse(if is_blank(&rest) { "{}" } else { &rest }) {
            Ok(tree) => break tree,
            Err(error) => error,
        };
        let YamlSyntaxError { error, is_on_its_line } = syntax::describe(&error, &rest);
        // An error whose line is not known may be the consequence of the key that is left out.
        if !errors.is_empty() && !is_on_its_line {
            return Parsed::refused(errors);
        }
        let left_out = error.span.filter(|_| is_on_its_line).map(|span| cut_out::entry_at(&rest, span.line));
        let key = left_out.as_ref().and_then(|left_out| left_out.key.clone());
        errors.push(YamlError { key, ..error });
        match left_out {
            Some(left_out) if errors.len() < MAX_SYNTAX_ERRORS => rest = Cow::Owned(left_out.rest),
            _ => return Parsed::refused(errors),
        }
    };
    let refused: Vec<String> = errors.iter().filter_map(|error| error.key.clone()).collect();
    let (value, found) = collect::collect(&mut tree, &refused);
    for one in &found {
        let error = tree_errors::describe(one, &tree, &rest);
        // Several items may come from one value that a comma has split.
        if !errors.iter().any(|known| known.has_same_fix(&error)) {
            errors.push(error);
        }
    }
    if errors.is_empty() {
        let YamlSyntaxError { error, .. } = syntax::describe(first, text);
        return Parsed::refused(vec![error]);
    }
    let missing = tree.items().iter().filter(|entry| entry.state == ItemState::Placeholder);
    let missing = missing.map(|entry| entry.key.clone()).collect();
    Parsed { value, errors, missing }
}

/// True if an unknown key is probably meant as `key`: a typo, or another program's name for it.
pub fn may_mean(unknown: &str, key: &str) -> bool {
    nearest(unknown, [key]).is_some() || foreign_keys::is_name_of(unknown, key)
}

/// The error for a text of which nothing can be made, for no known reason.
fn no_value() -> YamlError {
    YamlError { code: Code::InvalidYaml, message: "it cannot be read".to_owned(), hint: None, span: None, key: None }
}

/// The error for too many open brackets.
fn bracket_error(text: &str) -> Option<YamlError> {
    let at = too_many_brackets(text)?;
    let message = format!("more than {MAX_BRACKETS} brackets are open at once");
    let hint = Some("close them, or put text with brackets into a block scalar (`key: |`)".to_owned());
    Some(YamlError { code: Code::InvalidYaml, message, hint, span: Some(Span::of(text, at, at + 1)), key: None })
}

/// The parser's error.
type ParserError = serde_yaml::Error;
/// A line and column, as the parser counts them.
type ParserPlace = serde_yaml::Location;

fn parser<T: DeserializeOwned>(text: &str) -> Result<T, ParserError> {
    serde_yaml::from_str(text)
}

/// The parser at the beginning of a text.
fn reader(text: &str) -> serde_yaml::Deserializer<'_> {
    serde_yaml::Deserializer::from_str(text)
}

fn is_blank(text: &str) -> bool {
    text.lines().all(|line| line.trim().is_empty() || line.trim_start().starts_with('#'))
}

/// Converts the parser's place. In YAML a lone carriage return, U+0085, U+2028 and U+2029 also end a
/// line; in editors and reports they don't.
fn place(text: &str, line: usize, column: usize) -> Span {
    let mut at = 0;
    for _ in 1..line {
        let rest = &text[at..];
        let Some(end) = rest.find(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}']) else {
            at = text.len();
            break;
        };
        let length =
            if rest[end..].starts_with("\r\n") { 2 } else { rest[end..].chars().next().map_or(0, char::len_utf8) };
        at += end + length;
    }
    at += text[at..].char_indices().nth(column.saturating_sub(1)).map_or(text.len() - at, |(skip, _)| skip);
    Span::of(text, at, at)
}

fn is_key_line(line: &str, key: &str) -> bool {
    let unquoted = line.strip_prefix(['"', '\'']).unwrap_or(line);
    unquoted.strip_prefix(key).is_some_and(|rest| rest.trim_start_matches(['"', '\'']).trim_start().starts_with(':'))
}

/// The place of a value in a YAML mapping: the first of `needles` at or after the top-level `key`, or
/// the key itself if the value is written differently (escapes, block scalars).
///
/// serde_yaml doesn't keep the places of values, and problems between files (an unknown author, a broken
/// link) are found long after a file was read, so places are looked up only when a problem is reported.
pub fn locate(text: &str, key: &str, needle: &str) -> Option<Span> {
    let other_name = OTHER_NAMES.iter().find(|(name, _)| *name == key).map(|(_, other)| *other);
    locate_key(text, key, needle).or_else(|| locate_key(text, other_name?, needle))
}

/// A step from a list or mapping to a value in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum YamlStep<'k> {
    /// To the value of a key.
    Key(&'k str),
    /// To an item of a list, counted from 0.
    Item(usize),
}

/// The place of the value to which steps lead from the top. If the last key is not there, returns the place of the mapping
/// that lacks it. Returns `None` if another step leads nowhere, or the text cannot be parsed.
///
/// Unlike [`locate`], it reads the text as the parser does, so it finds values in every form, and takes longer.
pub fn place_of(text: &str, steps: &[YamlStep<'_>]) -> Option<Span> {
    let tree = Node::parse(text).ok()?;
    let (mut node, mut path) = (&tree, Vec::new());
    for (at, step) in steps.iter().enumerate() {
        let found = match *step {
            YamlStep::Key(key) => node.items().iter().position(|entry| entry.key == key),
            YamlStep::Item(item) => Some(item).filter(|&item| item < node.items().len()),
        };
        match (found, step) {
            (Some(found), _) => {
                path.push(found);
                node = &node.items()[found].node;
            }
            (None, YamlStep::Key(_)) if at > 0 && at + 1 == steps.len() => break,
            (None, _) => return None,
        }
    }
    let mark = tree::find(text, &path, false)?;
    let span = place(text, mark.line(), mark.column());
    Some(if path.len() == steps.len() { scalar_length::with_length(text, span) } else { span })
}

/// Keys with a second name.
const OTHER_NAMES: &[(&str, &str)] = &[("authors", "author"), ("description", "summary")];

fn locate_key(text: &str, key: &str, needle: &str) -> Option<Span> {
    let mut partial = None;
    let mut offset = 0;
    let mut inside = false;
    let mut key_span = None;
    for line in text.split_inclusive('\n') {
        let starts_key = !line.starts_with([' ', '\t', '-', '#', '\n', '\r', '}', ']']);
        if starts_key {
            inside = is_key_line(line, key);
            if inside && key_span.is_none() {
                key_span = Some(Span::of(text, offset, offset + key.len()));
            }
        }
        if inside && let Some(at) = find_value(line, key, starts_key, needle) {
            let span = Span::of(text, offset + at, offset + at + needle.len());
            if is_alone(line, at, needle) {
                return Some(span);
            }
            partial = partial.or(Some(span));
        }
        offset += line.len();
    }
    partial.or(key_span)
}

/// True if the text at `at` is a whole value and not part of one: `/` in a list, but not in `https://…`.
fn is_alone(line: &str, at: usize, needle: &str) -> bool {
    let before = line[..at].chars().next_back();
    let after = line[at + needle.len()..].chars().next();
    before.is_none_or(|c| c.is_whitespace() || "\"'[{,".contains(c))
        && after.is_none_or(|c| c.is_whitespace() || "\"']},:".contains(c))
}

fn find_value(line: &str, key: &str, starts_key: bool, needle: &str) -> Option<usize> {
    if needle.is_empty() {
        return None;
    }
    let from = if starts_key { key.len() } else { 0 };
    let is_word = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '-' || c == '_');
    let hits = line.get(from..)?.match_indices(needle).map(|(at, _)| at + from);
    hits.into_iter()
        .find(|&at| !is_word(line[..at].chars().next_back()) && !is_word(line[at + needle.len()..].chars().next()))
}
