//! Parses YAML into typed structs and locates errors; the only module that uses serde_yaml.

mod advice;
mod controls;
mod cut_off;
mod entry;
mod flow;
mod plain;

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::diagnostic::{Code, Diagnostic, Span, did_you_mean};

pub use cut_off::cut_off_values;

/// The reason that YAML was refused, and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct YamlError {
    /// The diagnostic code.
    pub code: Code,
    /// One sentence.
    pub message: String,
    /// The fix.
    pub hint: Option<String>,
    /// The place, if the parser reports one.
    pub span: Option<Span>,
}

impl YamlError {
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
/// The first error, with its place: syntax, an unknown, duplicate or missing key, a value of the wrong
/// type, or nesting or aliases beyond the parser's limits (128 levels; 100 alias expansions per event).
pub fn parse<T: DeserializeOwned>(text: &str) -> Result<T, YamlError> {
    if let Some(value) = plain::read(text) {
        debug_assert!(parser::<T>(text).is_ok(), "{text}");
        debug_assert_eq!(plain::read::<Value>(text), parser(text).ok());
        return Ok(value);
    }
    let text = if is_blank(text) { "{}" } else { text };
    if let Some(error) = controls::first(text) {
        return Err(error);
    }
    if let Some(at) = too_many_brackets(text) {
        let message = format!("more than {MAX_BRACKETS} brackets are open at once");
        let hint = Some("close them, or put text with brackets into a block scalar (`key: |`)".to_owned());
        let span = Some(Span::of(text, at, at + 1));
        return Err(YamlError { code: Code::InvalidYaml, message, hint, span });
    }
    let value = parser(text).map_err(|error| describe(&error, text))?;
    match advice::for_lost_word(text) {
        Some(advice::YamlAdvice { message, hint, span }) => {
            Err(YamlError { code: Code::InvalidValue, message, hint: Some(hint), span: Some(span) })
        }
        None => Ok(value),
    }
}

fn parser<T: DeserializeOwned>(text: &str) -> Result<T, serde_yaml::Error> {
    serde_yaml::from_str(text)
}

/// The maximum number of open brackets and braces. For every token the parser checks all open ones
/// before applying any limit of its own, so a hundred thousand of them would take minutes. Brackets in
/// quoted strings count too; nobody leaves that many of them open.
const MAX_BRACKETS: usize = 256;

/// The byte at which the text opens one bracket too many.
fn too_many_brackets(text: &str) -> Option<usize> {
    // Almost no text has that many brackets.
    memchr::memchr2_iter(b'[', b'{', text.as_bytes()).nth(MAX_BRACKETS)?;
    let mut open = 0usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'[' | b'{' => open += 1,
            b']' | b'}' => open = open.saturating_sub(1),
            _ => continue,
        }
        if open > MAX_BRACKETS {
            return Some(at);
        }
    }
    None
}

fn is_blank(text: &str) -> bool {
    text.lines().all(|line| line.trim().is_empty() || line.trim_start().starts_with('#'))
}

fn describe(error: &serde_yaml::Error, text: &str) -> YamlError {
    let full = error.to_string();
    let location = error.location();
    let message = strip_location(&full);
    let span = location.map(|mark| place(text, mark.line(), mark.column()));
    if let Some((code, rest)) = message.split_once(CODED) {
        // The parser puts the path of the value before our message.
        return coded(code.rsplit(": ").next().unwrap_or(code), rest, span, text);
    }
    if let Some(key) = quoted_after(message, "unknown field ") {
        return unknown_key(key, message, text, span);
    }
    if let Some(key) = quoted_after(message, "duplicate field ").or_else(|| duplicate_entry(message)) {
        let span = last_key(text, key).or_else(|| last_nested_key(text, key)).or(span);
        let hint = Some("write the key once".to_owned());
        return YamlError { code: Code::DuplicateKey, message: format!("the key `{key}` is given twice"), hint, span };
    }
    if let Some(key) = quoted_after(message, "missing field ") {
        if let Some(advice::YamlAdvice { message, hint, span }) = advice::for_missing_key(text, key) {
            return YamlError { code: Code::InvalidValue, message, hint: Some(hint), span: Some(span) };
        }
        let hint = Some(format!("add a line `{key}: …`"));
        return YamlError { code: Code::MissingKey, message: format!("the key `{key}` is missing"), hint, span };
    }
    let (message, span) = at_start_of_element(message, &full[message.len()..], span, text);
    let is_type = message.contains("invalid type")
        || message.contains("invalid value")
        || message.contains("unknown variant")
        || message.contains("invalid length");
    let code = if is_type { Code::InvalidValue } else { Code::InvalidYaml };
    let mistake = span.and_then(|span| match is_type {
        false => advice::for_syntax(text, span),
        true if message.contains("expected struct") => advice::for_mapping(text, span),
        true => None,
    });
    if let Some(advice::YamlAdvice { message, hint, span }) = mistake {
        return YamlError { code, message, hint: Some(hint), span: Some(span) };
    }
    let hint = match (is_type, span) {
        (true, Some(span)) => variant_hint(&message).or_else(|| advice::for_type(text, span, &message)),
        (true, None) => variant_hint(&message),
        (false, _) => syntax_hint(&message, span, text),
    };
    let span = if is_type { span.map(|span| with_length(text, span)) } else { span };
    YamlError { code, message: in_plain_words(&message), hint, span }
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

/// Moves the place to the start of an unfinished element. The parser reports where it gave up and then
/// the element: `did not find expected ']' at line 9 column 1, while parsing a flow sequence`, with the
/// place where that began. The first place doesn't help; the second has the error.
fn at_start_of_element(message: &str, tail: &str, span: Option<Span>, text: &str) -> (String, Option<Span>) {
    let Some((before, rest)) = message.split_once(" at line ") else { return (message.to_owned(), span) };
    let Some((inner, context)) = rest.split_once(", ") else { return (message.to_owned(), span) };
    let is_place = inner.chars().all(|c| c.is_ascii_digit() || c == ' ' || "column".contains(c));
    let began = tail.strip_prefix(" at line ").and_then(|tail| tail.split_once(" column "));
    let began = began.and_then(|(line, column)| Some((line.parse().ok()?, column.parse().ok()?)));
    let began = began.map(|(line, column)| place(text, line, column));
    if is_place { (format!("{before}, {context}"), began.or(span)) } else { (message.to_owned(), span) }
}

/// Replaces Rust's type names with editors' words.
fn in_plain_words(message: &str) -> String {
    const WORDS: &[(&str, &str)] = &[
        ("invalid type: map", "invalid type: keys with values"),
        ("invalid type: sequence", "invalid type: a list"),
        ("invalid type: string ", "invalid type: the text "),
        ("invalid type: integer ", "invalid type: the number "),
        ("invalid type: floating point ", "invalid type: the number "),
        ("invalid type: boolean ", "invalid type: "),
        ("invalid type: unit value", "invalid type: nothing"),
        ("expected a string", "expected text"),
        ("expected a sequence", "expected a list"),
        ("expected a mapping", "expected keys with values"),
        ("expected a map", "expected keys with values"),
        ("expected a boolean", "expected true or false"),
        ("expected u32", "expected a whole number, not negative"),
        ("expected usize", "expected a whole number, not negative"),
        ("expected i64", "expected a whole number"),
    ];
    let mut plain = message.to_owned();
    for (rust, words) in WORDS {
        plain = plain.replace(rust, words);
    }
    match plain.find("expected struct ") {
        Some(at) => format!("{}expected keys with values, such as `title: …`", &plain[..at]),
        None => plain,
    }
}

fn coded(code: &str, rest: &str, span: Option<Span>, text: &str) -> YamlError {
    let code = Code::ALL.iter().copied().find(|c| c.as_str() == code).unwrap_or(Code::InvalidValue);
    let (message, hint) = rest.split_once(CODED).unwrap_or((rest, ""));
    let span = span.map(|span| with_length(text, span));
    let value = || span.map(|span| characters_at(text, span)).unwrap_or_default();
    let hint =
        (!hint.is_empty()).then(|| if hint.contains(VALUE) { hint.replace(VALUE, &value()) } else { hint.to_owned() });
    YamlError { code, message: message.to_owned(), hint, span }
}

/// The characters at a place.
fn characters_at(text: &str, span: Span) -> String {
    text.lines().nth(span.line - 1).unwrap_or("").chars().skip(span.column - 1).take(span.length).collect()
}

/// Removes the place that serde_yaml appends, such as ` at line 3 column 5`; it is available separately.
fn strip_location(message: &str) -> &str {
    match message.rfind(" at line ") {
        Some(at) if !message[at..].contains('`') && !message[at..].contains(CODED) => &message[..at],
        _ => message,
    }
}

fn quoted_after<'a>(message: &'a str, lead: &str) -> Option<&'a str> {
    let rest = &message[message.find(lead)? + lead.len()..];
    let rest = rest.strip_prefix('`')?;
    rest.find('`').map(|end| &rest[..end])
}

fn duplicate_entry(message: &str) -> Option<&str> {
    let rest = &message[message.find("duplicate entry with key ")? + "duplicate entry with key ".len()..];
    rest.strip_prefix('"')?.split('"').next()
}

fn unknown_key(key: &str, message: &str, text: &str, span: Option<Span>) -> YamlError {
    if let Some(advice::YamlAdvice { message, hint, span }) = span.and_then(|span| advice::for_key(text, span, key)) {
        return YamlError { code: Code::UnknownKey, message, hint: Some(hint), span: Some(span) };
    }
    let known: Vec<&str> = message.split("expected").nth(1).unwrap_or("").split('`').skip(1).step_by(2).collect();
    let nested = span.is_some_and(|span| span.column > 1);
    let hint = did_you_mean(key, known.iter().copied())
        .or_else(|| foreign_key(key, &known).map(str::to_owned))
        .or_else(|| known.contains(&"extra").then(|| "put your own data under `extra:`".to_owned()))
        .or_else(|| (!known.is_empty()).then(|| format!("known here: {}", known.join(", "))));
    let span = span.map(|span| with_length(text, span)).or_else(|| if nested { None } else { last_key(text, key) });
    YamlError { code: Code::UnknownKey, message: format!("unknown key `{key}`"), hint, span }
}

/// Hints for keys of other site generators.
fn foreign_key(key: &str, known: &[&str]) -> Option<&'static str> {
    let (name, hint) = match key {
        "description" | "excerpt" | "abstract" => ("summary", "it is called `summary` here"),
        "subtitle" | "standfirst" | "subheading" | "dek" => ("deck", "it is called `deck` here"),
        "lastmod" | "modified" | "last_modified" => ("updated", "it is called `updated` here"),
        "expiryDate" | "expirydate" | "expiry" | "unpublish" => ("expires", "it is called `expires` here"),
        "publishDate" | "publish_date" | "published" => {
            ("date", "it is called `date` here; `embargo` holds a story back")
        }
        "featured_image" | "cover" | "thumbnail" | "hero" => ("image", "it is called `image` here"),
        "category" | "categories" => ("tags", "the section is the file's folder; topics go under `tags`"),
        "type" | "layout" | "template" => {
            ("kind", "`kind` says what sort of story it is; the theme chooses the template")
        }
        "lang" | "locale" => ("language", "it is called `language` here"),
        "permalink" | "url" | "path" => {
            ("slug", "`slug` sets the last part of the URL, `permalink` in site.yaml its form")
        }
        "location" | "place" => ("dateline", "the place of reporting is called `dateline` here"),
        "baseURL" | "baseurl" | "base" | "url_base" => ("base_url", "it is called `base_url` here"),
        "menu" | "menus" | "nav" => ("navigation", "it is called `navigation` here"),
        "params" | "data" | "custom" => ("extra", "put your own data under `extra:`"),
        _ => return None,
    };
    known.contains(&name).then_some(hint)
}

fn variant_hint(message: &str) -> Option<String> {
    let (word, known) = (quoted_after(message, "unknown variant ")?, message.split("expected").nth(1)?);
    let known: Vec<&str> = known.split('`').skip(1).step_by(2).collect();
    did_you_mean(word, known.iter().copied()).or_else(|| Some(format!("one of {}", known.join(", "))))
}

fn syntax_hint(message: &str, span: Option<Span>, text: &str) -> Option<String> {
    let line = span.and_then(|span| text.lines().nth(span.line - 1)).unwrap_or("");
    let letter = span.and_then(|span| line.chars().nth(span.column - 1));
    let hint = if message.contains("mapping values are not allowed") {
        "text with a colon needs quotes: title: \"Budget: what changes\""
    } else if message.contains("cannot start any token") && (letter == Some('\t') || line.starts_with('\t')) {
        "YAML is indented with spaces, not with tabs"
    } else if message.contains("cannot start any token") {
        "text that begins with a character such as `@`, `%` or a backtick needs quotes"
    } else if message.contains("parsing a flow sequence") {
        "a `[` is never closed, or a comma is missing"
    } else if message.contains("parsing a flow mapping") {
        "a `{` is never closed, or a comma is missing"
    } else if message.contains("while scanning a quoted scalar") {
        "a quote is never closed"
    } else if message.contains("repetition limit") {
        "it repeats aliases (`*name`) too often; write the values out"
    } else if message.contains("recursion limit") {
        "it is nested more than 128 levels deep"
    } else if message.contains("more than one document") {
        "a line `---` inside the text begins a second document"
    } else {
        return None;
    };
    Some(hint.to_owned())
}

fn with_length(text: &str, span: Span) -> Span {
    let rest: String = text.lines().nth(span.line - 1).unwrap_or("").chars().skip(span.column - 1).collect();
    let length = value_length(&rest);
    Span { length, ..span }
}

fn value_length(rest: &str) -> usize {
    match rest.chars().next() {
        Some(quote @ ('"' | '\'')) => rest.chars().skip(1).position(|c| c == quote).map_or(1, |at| at + 2),
        Some('[' | '{') => 1,
        _ => plain_scalar(rest).trim_end().chars().count(),
    }
}

/// A plain scalar, up to the comma, bracket, comment, or colon of a key that ends it.
fn plain_scalar(rest: &str) -> &str {
    let ends = |&(at, letter): &(usize, char)| match letter {
        ',' | ']' | '}' => true,
        ':' => rest[at + 1..].chars().next().is_none_or(char::is_whitespace),
        '#' => rest[..at].ends_with([' ', '\t']),
        _ => false,
    };
    rest.char_indices().find(ends).map_or(rest, |(at, _)| &rest[..at])
}

fn last_key(text: &str, key: &str) -> Option<Span> {
    let (line, _) = text.lines().enumerate().filter(|(_, line)| is_key_line(line, key)).last()?;
    Some(Span { line: line + 1, column: 1, length: key.chars().count() })
}

/// The last line with a nested key.
fn last_nested_key(text: &str, key: &str) -> Option<Span> {
    let (line, whole) = text.lines().enumerate().filter(|(_, line)| is_key_line(line.trim_start(), key)).last()?;
    let column = whole.chars().take_while(|letter| letter.is_whitespace()).count() + 1;
    Some(Span { line: line + 1, column, length: key.chars().count() })
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
