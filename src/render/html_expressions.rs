//! Finds out which expressions of a template have HTML as their value, by Tera's grammar of expressions.

use std::collections::BTreeSet;

use crate::view;

/// The value of an expression, as far as printing it is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Printed {
    /// Not HTML, or nothing that is known to be.
    Text,
    /// HTML, or a list with some, that a filter has marked: `safe` prints it, `str` shows its tags.
    Marked,
    /// HTML, or a list with some, that would be printed as text.
    Html,
}

/// The names that stand for HTML in a template.
pub(super) struct HtmlNames<'n> {
    /// True in embeds, in which `body` is the HTML between their tags.
    pub has_body: bool,
    /// The variables of the template with HTML.
    pub variables: &'n BTreeSet<&'n str>,
}

impl HtmlNames<'_> {
    /// The value of an expression.
    pub(super) fn value(&self, expression: &str) -> Printed {
        Parser { names: self, tokens: tokens(expression), at: 0, depth: 0 }.choice()
    }

    /// The value of a name with fields: `article.body`. Only fields that the contract describes as HTML count.
    fn path(&self, path: &[&str]) -> Printed {
        let is_html = match path {
            [name] => self.variables.contains(name) || *name == "body" && self.has_body,
            [.., of, field] => view::html_fields().iter().any(|(view, known)| known == field && view == of),
            [] => false,
        };
        if is_html { Printed::Html } else { Printed::Text }
    }
}

/// Filters of which the result is HTML if their value is. The parts that `cut` makes are printed as they are.
const KEEP_HTML: [&str; 18] = [
    "capitalize",
    "default",
    "first",
    "indent",
    "join",
    "last",
    "lower",
    "newlines_to_br",
    "nth",
    "replace",
    "reverse",
    "sort",
    "title",
    "trim",
    "trim_end",
    "trim_start",
    "truncate",
    "upper",
];

/// A part of an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token<'e> {
    /// A name or a number.
    Word(&'e str),
    /// A string, without its quotes.
    Text(&'e str),
    /// Anything else, character by character.
    Sign(u8),
}

fn tokens(expression: &str) -> Vec<Token<'_>> {
    let bytes = expression.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let start = at;
        match byte {
            b'"' | b'\'' | b'`' => {
                at += 1;
                while bytes.get(at).is_some_and(|&other| other != byte) {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
                found.push(Token::Text(expression.get(start + 1..at).unwrap_or_default()));
                at += 1;
            }
            _ if byte.is_ascii_alphanumeric() || byte == b'_' || !byte.is_ascii() => {
                let is_of_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_' || !byte.is_ascii();
                at += bytes[at..].iter().take_while(|byte| is_of_word(byte)).count();
                found.push(Token::Word(&expression[start..at]));
            }
            _ => {
                if !byte.is_ascii_whitespace() {
                    found.push(Token::Sign(byte));
                }
                at += 1;
            }
        }
    }
    found
}

/// Deeper brackets than anybody writes.
const MAX_DEPTH: usize = 50;

/// Reads an expression from left to right. What it does not understand is text.
struct Parser<'p, 'e> {
    names: &'p HtmlNames<'p>,
    tokens: Vec<Token<'e>>,
    at: usize,
    depth: usize,
}

impl<'e> Parser<'_, 'e> {
    fn peek(&self) -> Option<Token<'e>> {
        self.tokens.get(self.at).copied()
    }

    /// Takes the next token if it is the wanted one.
    fn takes(&mut self, wanted: Token<'_>) -> bool {
        let is_next = self.peek() == Some(wanted);
        self.at += usize::from(is_next);
        is_next
    }

    /// `a if b else c`
    fn choice(&mut self) -> Printed {
        if self.depth > MAX_DEPTH {
            self.at = self.tokens.len();
            return Printed::Text;
        }
        self.depth += 1;
        let mut value = self.either();
        if self.takes(Token::Word("if")) {
            self.either();
            if self.takes(Token::Word("else")) {
                value = value.max(self.choice());
            }
        }
        self.depth -= 1;
        value
    }

    /// `a or b`
    fn either(&mut self) -> Printed {
        let mut value = self.condition();
        while self.takes(Token::Word("or")) {
            value = value.max(self.condition());
        }
        value
    }

    /// `a and b == c`, which is true or false, unless there is no operator.
    fn condition(&mut self) -> Printed {
        let mut value = self.joined();
        loop {
            let is_operator = match self.peek() {
                Some(Token::Word(word)) => matches!(word, "and" | "in" | "is" | "not"),
                Some(Token::Sign(sign)) => matches!(sign, b'=' | b'!' | b'<' | b'>'),
                _ => false,
            };
            if !is_operator {
                return value;
            }
            self.at += 1;
            while self.takes(Token::Sign(b'=')) {}
            self.joined();
            value = Printed::Text;
        }
    }

    /// `a ~ b`, or a sum.
    fn joined(&mut self) -> Printed {
        let mut value = self.filtered();
        loop {
            if self.takes(Token::Sign(b'~')) {
                value = value.max(self.filtered());
            } else if matches!(self.peek(), Some(Token::Sign(b'+' | b'-' | b'*' | b'/' | b'%'))) {
                self.at += 1;
                self.filtered();
                value = Printed::Text;
            } else {
                return value;
            }
        }
    }

    /// `a | filter(b=c) | other`
    fn filtered(&mut self) -> Printed {
        let mut value = self.operand();
        while self.takes(Token::Sign(b'|')) {
            let Some(Token::Word(filter)) = self.peek() else { return Printed::Text };
            self.at += 1;
            let given = if self.takes(Token::Sign(b'(')) { self.items(b')') } else { Printed::Text };
            value = match filter {
                "safe" | "str" => Printed::Marked,
                "default" => value.max(given),
                _ if KEEP_HTML.contains(&filter) => value,
                _ => Printed::Text,
            };
        }
        value
    }

    /// A name with fields, a literal, or an expression in brackets.
    fn operand(&mut self) -> Printed {
        let Some(token) = self.peek() else { return Printed::Text };
        self.at += 1;
        match token {
            Token::Word("not") | Token::Sign(b'-') => {
                self.operand();
                Printed::Text
            }
            Token::Word(name) => self.path(name),
            Token::Sign(b'(') => self.items(b')'),
            Token::Sign(b'[') => self.items(b']'),
            Token::Sign(b'{') => {
                self.items(b'}');
                Printed::Text
            }
            Token::Text(_) | Token::Sign(_) => Printed::Text,
        }
    }

    /// The fields after a name: `.body`, `?.body`, `["body"]`. The number of an item says nothing about its value.
    fn path(&mut self, name: &'e str) -> Printed {
        let mut path = vec![name];
        loop {
            match self.peek() {
                Some(Token::Sign(b'.' | b'?')) => self.at += 1,
                Some(Token::Sign(b'[')) => {
                    let inside = self.tokens.get(self.at + 1..self.at + 3);
                    if let Some(&[Token::Text(field), Token::Sign(b']')]) = inside {
                        path.push(field);
                    }
                    self.at += 1;
                    self.items(b']');
                }
                // A function's or component's result.
                Some(Token::Sign(b'(')) => {
                    self.at += 1;
                    self.items(b')');
                    return Printed::Text;
                }
                Some(Token::Word(field)) if self.tokens.get(self.at - 1) == Some(&Token::Sign(b'.')) => {
                    path.push(field);
                    self.at += 1;
                }
                _ => return self.names.path(&path),
            }
        }
    }

    /// Expressions with commas between, which may have names, up to the closing bracket.
    fn items(&mut self, close: u8) -> Printed {
        let mut value = Printed::Text;
        while self.peek().is_some() && !self.takes(Token::Sign(close)) {
            let before = self.at;
            if matches!(self.tokens.get(self.at + 1), Some(Token::Sign(b'=' | b':'))) {
                self.at += 2;
            }
            value = value.max(self.choice());
            self.takes(Token::Sign(b','));
            // What cannot be understood is skipped.
            self.at = self.at.max(before + 1);
        }
        value
    }
}
