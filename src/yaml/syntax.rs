//! Describes syntax errors: the parser's messages in editors' words, at the places where the mistakes are.

use crate::diagnostic::{Code, Span};

use super::advice;
use super::entry::lines_outside_blocks;
use super::mistake::YamlAdvice;
use super::{ParserError, YamlError, place};

/// A syntax error.
pub(super) struct YamlSyntaxError {
    pub error: YamlError,
    /// True if the mistake is known, so that it is on the line of the error's place.
    pub is_on_its_line: bool,
}

/// Describes the parser's error in a text.
pub(super) fn describe(error: &ParserError, text: &str) -> YamlSyntaxError {
    let full = error.to_string();
    let span = error.location().map(|mark| place(text, mark.line(), mark.column()));
    let message = strip_location(&full);
    let (message, span) = at_start_of_element(message, &full[message.len()..], span, text);
    if let Some(YamlAdvice { message, hint, span }) = span.and_then(|span| advice::for_syntax(text, span)) {
        let error = YamlError { code: Code::InvalidYaml, message, hint: Some(hint), span: Some(span), key: None };
        return YamlSyntaxError { error, is_on_its_line: true };
    }
    if message.contains("more than one document") {
        return YamlSyntaxError { error: second_document(text), is_on_its_line: false };
    }
    let hint = hint(&message, span, text);
    let error = YamlError { code: Code::InvalidYaml, message, hint, span, key: None };
    YamlSyntaxError { error, is_on_its_line: false }
}

/// The error for a line `---` that begins a second document, of which the parser does not say where it is.
fn second_document(text: &str) -> YamlError {
    let is_mark =
        |line: &str| line.strip_prefix("---").is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t']));
    let is_content = |line: &str| !line.trim().is_empty() && !line.starts_with(['#', '%']);
    let lines = || lines_outside_blocks(text).filter(|(_, line)| is_content(line.trim_start_matches('\u{feff}')));
    let second = lines().skip(1).find(|(_, line)| is_mark(line));
    YamlError {
        code: Code::InvalidYaml,
        message: "a line `---` begins a second document, which would be lost".to_owned(),
        hint: Some("remove the line, and write what both documents say as one".to_owned()),
        span: second.map(|(start, line)| Span::of(text, start, start + line.trim_end().len().min(3))),
        key: None,
    }
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

/// Removes the place that the parser appends, such as ` at line 3 column 5`; it is available separately.
fn strip_location(message: &str) -> &str {
    match message.rfind(" at line ") {
        Some(at) if !message[at..].contains('`') => &message[..at],
        _ => message,
    }
}

fn hint(message: &str, span: Option<Span>, text: &str) -> Option<String> {
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
    } else {
        return None;
    };
    Some(hint.to_owned())
}
