//! Parses the tags of embeds: `{{< name key="value" >}}` and `{{< /name >}}`.

use std::ops::Range;

use crate::diagnostic::Code;
use crate::markdown::{Argument, BodyProblem, PlacedProblem};

/// A tag, well formed or not.
pub(super) struct EmbedTag<'a> {
    /// The bytes of the tag; only the `{{<` if the tag is malformed.
    pub range: Range<usize>,
    pub kind: EmbedTagKind<'a>,
    pub problem: Option<PlacedProblem>,
}

pub(super) enum EmbedTagKind<'a> {
    /// An opening tag. `arguments` is `None` if one of them has an error.
    Open {
        name: &'a str,
        name_at: usize,
        arguments: Option<Vec<(String, Argument)>>,
    },
    Close {
        name: &'a str,
    },
    Malformed,
}

/// Parses all tags of a text, including malformed ones. No tag contains a second `{{<`, so this takes
/// linear time.
pub(super) fn tags(text: &str) -> Vec<EmbedTag<'_>> {
    let starts: Vec<usize> = text.match_indices("{{<").map(|(at, _)| at).filter(|&at| !is_escaped(text, at)).collect();
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    starts.iter().zip(ends).map(|(&start, limit)| tag(text, start, limit)).collect()
}

/// True if the tag is escaped: `\{{<` is plain text, like other escaped Markdown.
fn is_escaped(text: &str, at: usize) -> bool {
    text[..at].bytes().rev().take_while(|&byte| byte == b'\\').count() % 2 == 1
}

fn tag(text: &str, start: usize, limit: usize) -> EmbedTag<'_> {
    let mut parser = TagParser { text: &text[..limit], at: start + 3 };
    match parser.tag() {
        Ok(kind) => EmbedTag {
            range: start..parser.at,
            problem: repeated_argument_problem(&kind, start, parser.at),
            kind: without_repeated_arguments(kind),
        },
        Err(error) => {
            let rest = &text[start..limit];
            let line = rest.find('\n').unwrap_or(rest.len());
            let length = rest.find(">}}").map_or(rest[..line].trim_end().len(), |at| at + 3);
            let problem = BodyProblem { hint: error.hint, ..BodyProblem::new(Code::EmbedSyntax, error.message) };
            let problem = PlacedProblem { problem, start, end: start + length };
            EmbedTag { range: start..start + 3, kind: EmbedTagKind::Malformed, problem: Some(problem) }
        }
    }
}

fn repeated_argument(kind: &EmbedTagKind<'_>) -> Option<String> {
    let EmbedTagKind::Open { arguments: Some(arguments), .. } = kind else {
        return None;
    };
    let mut keys: Vec<&str> = arguments.iter().map(|(key, _)| key.as_str()).collect();
    keys.sort_unstable();
    keys.windows(2).find(|pair| pair[0] == pair[1]).map(|pair| pair[0].to_owned())
}

fn repeated_argument_problem(kind: &EmbedTagKind<'_>, start: usize, end: usize) -> Option<PlacedProblem> {
    let key = repeated_argument(kind)?;
    Some(PlacedProblem {
        problem: BodyProblem::new(Code::EmbedArguments, format!("the argument `{key}` is given twice")),
        start,
        end,
    })
}

fn without_repeated_arguments(kind: EmbedTagKind<'_>) -> EmbedTagKind<'_> {
    match (repeated_argument(&kind), kind) {
        (Some(_), EmbedTagKind::Open { name, name_at, .. }) => EmbedTagKind::Open { name, name_at, arguments: None },
        (_, kind) => kind,
    }
}

struct SyntaxError {
    message: String,
    hint: Option<String>,
}

fn syntax_error<T>(message: impl Into<String>, hint: impl Into<String>) -> Result<T, SyntaxError> {
    Err(SyntaxError { message: message.into(), hint: Some(hint.into()) })
}

struct TagParser<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> TagParser<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn take(&mut self, mark: &str) -> bool {
        let found = self.rest().starts_with(mark);
        if found {
            self.at += mark.len();
        }
        found
    }

    /// Skips white space and returns whether there was any.
    fn skip_whitespace(&mut self) -> bool {
        let before = self.at;
        self.at = self.text.len() - self.rest().trim_start().len();
        self.at > before
    }

    fn word(&mut self) -> &'a str {
        let rest = self.rest();
        let letters = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        let length = rest.find(|c| !letters(c)).unwrap_or(rest.len());
        self.at += length;
        &rest[..length]
    }

    fn tag(&mut self) -> Result<EmbedTagKind<'a>, SyntaxError> {
        self.skip_whitespace();
        let closing = self.take("/");
        if closing {
            self.skip_whitespace();
        }
        let name_at = self.at;
        let name = self.word();
        if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return syntax_error(
                "`{{<` is not followed by the name of an embed",
                "to show the braces as text, write `\\{{<`",
            );
        }
        let arguments = self.arguments()?;
        match (closing, arguments.is_empty()) {
            (true, true) => Ok(EmbedTagKind::Close { name }),
            (true, false) => syntax_error("an end tag takes no arguments", format!("write `{{{{< /{name} >}}}}`")),
            (false, _) => Ok(EmbedTagKind::Open { name, name_at, arguments: Some(arguments) }),
        }
    }

    fn arguments(&mut self) -> Result<Vec<(String, Argument)>, SyntaxError> {
        let mut arguments = Vec::new();
        loop {
            let separated = self.skip_whitespace();
            if self.take(">}}") {
                return Ok(arguments);
            }
            if self.rest().is_empty() {
                return syntax_error("the call of an embed is never closed", "close it with `>}}`");
            }
            let key = if separated { self.word() } else { "" };
            if let Some(value) = self.nameless_value(key) {
                return syntax_error(format!("the value `{value}` has no name"), "write arguments as `key=\"value\"`");
            }
            if key.is_empty() {
                let found = self.rest().chars().next().unwrap_or(' ');
                return syntax_error(
                    format!("unexpected `{found}` in the call of an embed"),
                    "write arguments as `key=\"value\"`",
                );
            }
            self.skip_whitespace();
            if !self.take("=") {
                return syntax_error(
                    format!("the argument `{key}` has no value"),
                    format!("write `{key}=\"…\"` or `{key}=true`"),
                );
            }
            self.skip_whitespace();
            let value = self.value(key)?;
            arguments.push((key.to_owned(), value));
        }
    }

    /// A value that stands where a name should be, and begins with `word`: a URL, a path, or text in quotes.
    fn nameless_value(&self, word: &str) -> Option<&'a str> {
        let rest = &self.text[self.at - word.len()..];
        let first = rest.chars().next()?;
        let close = match first {
            '"' | '\'' => Some(first),
            '“' => Some('”'),
            _ => None,
        };
        let Some(close) = close else {
            let value = &rest[..rest.find(char::is_whitespace).unwrap_or(rest.len())];
            let is_value = first.is_ascii_digit() || value[word.len()..].starts_with([':', '.', '/', '@', '?']);
            return is_value.then(|| value.trim_end_matches(','));
        };
        let inside = &rest[first.len_utf8()..];
        Some(inside.find(close).map_or(rest, |end| &rest[..first.len_utf8() + end + close.len_utf8()]))
    }

    fn value(&mut self, key: &str) -> Result<Argument, SyntaxError> {
        for quote in ['"', '\''] {
            if self.rest().starts_with(quote) {
                self.at += 1;
                return self.quoted(key, quote).map(Argument::Text);
            }
        }
        let rest = self.rest();
        let length = rest.find(|c: char| c.is_whitespace() || c == '>' || c == '}').unwrap_or(rest.len());
        let word = &rest[..length];
        self.at += length;
        match unquoted(word) {
            Some(value) => Ok(value),
            None => syntax_error(
                format!("the value of `{key}` is not a number, `true` or `false`"),
                format!("put text in quotes: `{key}=\"…\"`"),
            ),
        }
    }

    fn quoted(&mut self, key: &str, quote: char) -> Result<String, SyntaxError> {
        let mut value = String::new();
        let mut letters = self.rest().char_indices();
        while let Some((at, letter)) = letters.next() {
            match letter {
                '\\' => match letters.next() {
                    Some((_, escaped)) if escaped.is_ascii_punctuation() => value.push(escaped),
                    Some((_, other)) => value.extend(['\\', other]),
                    None => break,
                },
                _ if letter == quote => {
                    self.at += at + 1;
                    return Ok(value);
                }
                _ => value.push(letter),
            }
        }
        syntax_error(format!("the value of `{key}` has no closing quote"), format!("close it with {quote}"))
    }
}

fn unquoted(word: &str) -> Option<Argument> {
    match word {
        "true" => return Some(Argument::Bool(true)),
        "false" => return Some(Argument::Bool(false)),
        _ => {}
    }
    let digits = word.strip_prefix('-').unwrap_or(word);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let numeric = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !numeric(whole) || !numeric(fraction) {
        return None;
    }
    match word.parse() {
        Ok(integer) => Some(Argument::Integer(integer)),
        Err(_) => word.parse().ok().filter(|number: &f64| number.is_finite()).map(Argument::Number),
    }
}
