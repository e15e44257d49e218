//! Finds control characters in YAML, also as escapes in double quotes.

use serde_json::Value;

use crate::control_characters;
use crate::diagnostic::{Code, Span};

use super::{YamlError, parser};

/// The first control character, either literal or as an escape in double quotes.
pub(super) fn first(text: &str) -> Option<YamlError> {
    let error = |code: Code, letter: char, span: Span| YamlError {
        code,
        message: match letter {
            '\u{fffe}' | '\u{ffff}' => {
                format!("U+{:04X} is no character, so text cannot contain it", u32::from(letter))
            }
            _ => format!("{} is a control character, which text cannot contain", control_characters::name(letter)),
        },
        hint: Some(match control_characters::from_windows_1252(letter) {
            Some(meant) => format!("write `{meant}`, which it was in the Windows-1252 encoding"),
            None => "delete it".to_owned(),
        }),
        span: Some(span),
        key: None,
    };
    let control = control_characters::first(text).filter(|(_, letter)| *letter != '\u{85}');
    if let Some((at, letter)) = control.or_else(|| refused(text)) {
        return Some(error(Code::InvalidYaml, letter, Span::of(text, at, at + letter.len_utf8())));
    }
    let escapes = memchr::memchr_iter(b'\\', text.as_bytes());
    let mut escaped = escapes.filter_map(|at| Some((at, escape(&text[at + 1..])?))).peekable();
    escaped.peek()?;
    // A backslash is only an escape in double quotes.
    let value: Value = parser(text).ok()?;
    escaped
        .find(|(_, (letter, _))| holds(&value, *letter))
        .map(|(at, (letter, length))| error(Code::InvalidValue, letter, Span::of(text, at, at + 1 + length)))
}

/// The first other character that YAML has no place for (YAML 1.2.2, section 5.1).
fn refused(text: &str) -> Option<(usize, char)> {
    text.char_indices().find(|(_, letter)| matches!(letter, '\u{c}' | '\u{fffe}' | '\u{ffff}'))
}

/// The control character of a YAML escape after its backslash, and the escape's length (YAML 1.2.2,
/// section 5.7).
fn escape(rest: &str) -> Option<(char, usize)> {
    let digits = |count: usize| {
        let code = rest.get(1..=count).and_then(|digits| u32::from_str_radix(digits, 16).ok());
        Some((code.and_then(char::from_u32)?, 1 + count))
    };
    let found = match rest.as_bytes().first()? {
        b'0' => Some(('\0', 1)),
        b'a' => Some(('\u{7}', 1)),
        b'b' => Some(('\u{8}', 1)),
        b'v' => Some(('\u{b}', 1)),
        b'e' => Some(('\u{1b}', 1)),
        b'x' => digits(2),
        b'u' => digits(4),
        b'U' => digits(8),
        _ => None,
    };
    found.filter(|(letter, _)| control_characters::is_control(*letter))
}

/// True if a character occurs anywhere in a value.
fn holds(value: &Value, letter: char) -> bool {
    match value {
        Value::String(text) => text.contains(letter),
        Value::Array(list) => list.iter().any(|value| holds(value, letter)),
        Value::Object(map) => map.iter().any(|(key, value)| key.contains(letter) || holds(value, letter)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}
