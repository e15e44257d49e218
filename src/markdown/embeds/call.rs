//! Reads the tags of embeds: `{{< name key="value" >}}` and `{{< /name >}}`.

use std::ops::Range;

use crate::diagnostic::Code;
use crate::markdown::{Argument, Fault, Placed};

/// What begins at one `{{<`.
pub(super) struct Tag<'a> {
    /// Of a malformed tag, only the `{{<`.
    pub range: Range<usize>,
    pub kind: TagKind<'a>,
    pub fault: Option<Placed>,
}

pub(super) enum TagKind<'a> {
    /// `arguments` is `None` when one of them is faulty.
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

/// All tags of a text, well written or not. A tag holds no second `{{<`, so the time is linear.
pub(super) fn tags(text: &str) -> Vec<Tag<'_>> {
    let starts: Vec<usize> = text.match_indices("{{<").map(|(at, _)| at).filter(|&at| !is_escaped(text, at)).collect();
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    starts.iter().zip(ends).map(|(&start, limit)| tag(text, start, limit)).collect()
}

/// `\{{<` is plain text, as it is for all of Markdown's own marks.
fn is_escaped(text: &str, at: usize) -> bool {
    text[..at].bytes().rev().take_while(|&byte| byte == b'\\').count() % 2 == 1
}

fn tag(text: &str, start: usize, limit: usize) -> Tag<'_> {
    let mut reader = Reader { text: &text[..limit], at: start + 3 };
    match reader.tag() {
        Ok(kind) => Tag { range: start..reader.at, fault: duplicate_fault(&kind, start, reader.at), kind: kept(kind) },
        Err(problem) => {
            let rest = &text[start..limit];
            let line = rest.find('\n').unwrap_or(rest.len());
            let length = rest.find(">}}").map_or(rest[..line].trim_end().len(), |at| at + 3);
            let fault = Fault { code: Code::EmbedSyntax, message: problem.message, hint: problem.hint };
            let fault = Placed { fault, start, end: start + length };
            Tag { range: start..start + 3, kind: TagKind::Malformed, fault: Some(fault) }
        }
    }
}

fn duplicate_of(kind: &TagKind<'_>) -> Option<String> {
    let TagKind::Open { arguments: Some(arguments), .. } = kind else {
        return None;
    };
    let mut keys: Vec<&str> = arguments.iter().map(|(key, _)| key.as_str()).collect();
    keys.sort_unstable();
    keys.windows(2).find(|pair| pair[0] == pair[1]).map(|pair| pair[0].to_owned())
}

fn duplicate_fault(kind: &TagKind<'_>, start: usize, end: usize) -> Option<Placed> {
    let key = duplicate_of(kind)?;
    Some(Placed { fault: Fault::new(Code::EmbedArguments, format!("the argument `{key}` is given twice")), start, end })
}

fn kept(kind: TagKind<'_>) -> TagKind<'_> {
    match (duplicate_of(&kind), kind) {
        (Some(_), TagKind::Open { name, name_at, .. }) => TagKind::Open { name, name_at, arguments: None },
        (_, kind) => kind,
    }
}

struct Problem {
    message: String,
    hint: Option<String>,
}

fn problem<T>(message: impl Into<String>, hint: impl Into<String>) -> Result<T, Problem> {
    Err(Problem { message: message.into(), hint: Some(hint.into()) })
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
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

    /// Skips white space and says whether there was any.
    fn blank(&mut self) -> bool {
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

    fn tag(&mut self) -> Result<TagKind<'a>, Problem> {
        self.blank();
        let closing = self.take("/");
        if closing {
            self.blank();
        }
        let name_at = self.at;
        let name = self.word();
        if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return problem("after `{{<` stands no embed's name", "write `\\{{<` where the braces are meant as text");
        }
        let arguments = self.arguments()?;
        match (closing, arguments.is_empty()) {
            (true, true) => Ok(TagKind::Close { name }),
            (true, false) => problem("an end tag takes no arguments", format!("write `{{{{< /{name} >}}}}`")),
            (false, _) => Ok(TagKind::Open { name, name_at, arguments: Some(arguments) }),
        }
    }

    fn arguments(&mut self) -> Result<Vec<(String, Argument)>, Problem> {
        let mut arguments = Vec::new();
        loop {
            let separated = self.blank();
            if self.take(">}}") {
                return Ok(arguments);
            }
            if self.rest().is_empty() {
                return problem("the call of an embed is never closed", "it ends with `>}}`");
            }
            let key = if separated { self.word() } else { "" };
            if key.is_empty() {
                let found = self.rest().chars().next().unwrap_or(' ');
                return problem(
                    format!("unexpected `{found}` in the call of an embed"),
                    "write arguments as `key=\"value\"`",
                );
            }
            self.blank();
            if !self.take("=") {
                return problem(
                    format!("the argument `{key}` has no value"),
                    format!("write `{key}=\"…\"` or `{key}=true`"),
                );
            }
            self.blank();
            let value = self.value(key)?;
            arguments.push((key.to_owned(), value));
        }
    }

    fn value(&mut self, key: &str) -> Result<Argument, Problem> {
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
        match bare(word) {
            Some(value) => Ok(value),
            None => problem(
                format!("the value of `{key}` is no number, `true` or `false`"),
                format!("put text in quotes: `{key}=\"…\"`"),
            ),
        }
    }

    fn quoted(&mut self, key: &str, quote: char) -> Result<String, Problem> {
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
        problem(format!("the value of `{key}` has no closing quote"), format!("close it with {quote}"))
    }
}

fn bare(word: &str) -> Option<Argument> {
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
