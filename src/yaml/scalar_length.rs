//! The length of a value in its text, which the parser doesn't report.

use crate::diagnostic::Span;

/// Adds the length of the value or key that begins at a place.
pub(super) fn with_length(text: &str, span: Span) -> Span {
    let rest: String = text.lines().nth(span.line - 1).unwrap_or("").chars().skip(span.column - 1).collect();
    let length = value_length(&rest);
    Span { length, ..span }
}

/// The characters at a place.
pub(super) fn characters_at(text: &str, span: Span) -> String {
    text.lines().nth(span.line - 1).unwrap_or("").chars().skip(span.column - 1).take(span.length).collect()
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
