//! Describes the errors that were collected from a tree: message, hint and place of each.

use crate::diagnostic::{Code, Span, did_you_mean};

use super::advice;
use super::collect::{TreeError, TreeErrorKind};
use super::mistake::YamlAdvice;
use super::scalar_length::{characters_at, with_length};
use super::tree::{self, Node};
use super::{CODED, OTHER_NAMES, VALUE, YamlError, foreign_keys, place};

/// Describes an error of a tree that was parsed from `text`.
pub(super) fn describe(error: &TreeError, tree: &Node, text: &str) -> YamlError {
    let TreeError { kind, path } = error;
    let mark = tree::find(text, path, kind.is_in_key());
    let found = FaultInText { path, tree, text, span: mark.map(|mark| place(text, mark.line(), mark.column())) };
    let mut error = match kind {
        TreeErrorKind::UnknownKey(key, known) => found.unknown_key(key, known),
        TreeErrorKind::DuplicateKey(key) => found.duplicate_key(key),
        TreeErrorKind::MissingKey(key) => found.missing_key(key),
        TreeErrorKind::UnknownWord(word, known) => found.unknown_word(word, known),
        TreeErrorKind::WrongType(what, expected) => found.wrong_type(what, expected),
        TreeErrorKind::Own(message) => found.own(message),
    };
    error.key = match (path.first(), kind) {
        (Some(&at), _) => tree.items().get(at).map(|entry| entry.key.clone()),
        (None, TreeErrorKind::MissingKey(key)) => Some((*key).to_owned()),
        (None, _) => None,
    };
    error
}

/// The node at a path.
fn node_at<'n>(tree: &'n Node, path: &[usize]) -> Option<&'n Node> {
    path.iter().try_fold(tree, |node, &at| node.items().get(at).map(|item| &item.node))
}

/// An error in its text.
struct FaultInText<'a> {
    path: &'a [usize],
    tree: &'a Node,
    text: &'a str,
    span: Option<Span>,
}

impl FaultInText<'_> {
    fn error(&self, code: Code, message: String, hint: Option<String>) -> YamlError {
        let span = self.span.map(|span| with_length(self.text, span));
        YamlError { code, message, hint, span, key: None }
    }

    fn advised(code: Code, advice: YamlAdvice) -> YamlError {
        let YamlAdvice { message, hint, span } = advice;
        YamlError { code, message, hint: Some(hint), span: Some(span), key: None }
    }

    /// The path of the value as people write it: `corrections[0].date`.
    fn shown_path(&self) -> String {
        let (mut node, mut shown) = (self.tree, String::new());
        for &at in self.path {
            let Some(item) = node.items().get(at) else { break };
            match node {
                Node::List(_) => shown.push_str(&format!("[{at}]")),
                _ if shown.is_empty() => shown.push_str(&item.key),
                _ => shown.push_str(&format!(".{}", item.key)),
            }
            node = &item.node;
        }
        shown
    }

    fn unknown_key(&self, key: &str, known: &[&str]) -> YamlError {
        if let Some(advice) = self.span.and_then(|span| advice::for_key(self.text, span, key)) {
            return Self::advised(Code::UnknownKey, advice);
        }
        let siblings = match self.path {
            [_] => self.tree.items(),
            _ => &[],
        };
        let hint = foreign_keys::hint(key, siblings, known)
            .or_else(|| did_you_mean(key, known.iter().copied()))
            .or_else(|| known.contains(&"extra").then(|| "put your own data under `extra:`".to_owned()))
            .or_else(|| (!known.is_empty()).then(|| format!("known here: {}", known.join(", "))));
        self.error(Code::UnknownKey, format!("unknown key `{key}`"), hint)
    }

    fn duplicate_key(&self, key: &str) -> YamlError {
        let siblings =
            || self.path.split_last().and_then(|(_, path)| node_at(self.tree, path)).into_iter().flat_map(Node::items);
        let is_alias = |name: &str| siblings().any(|entry| entry.key == name);
        let alias = OTHER_NAMES.iter().find(|(name, other)| *name == key && is_alias(other));
        let hint = Some(match alias {
            Some((name, other)) => format!("`{other}` and `{name}` are the same key: write it once"),
            None => "write the key once".to_owned(),
        });
        self.error(Code::DuplicateKey, format!("the key `{key}` is given twice"), hint)
    }

    fn missing_key(&self, key: &str) -> YamlError {
        if let Some(advice) = advice::for_missing_key(self.text, key) {
            return Self::advised(Code::InvalidValue, advice);
        }
        let (message, hint) = match (self.path, node_at(self.tree, self.path)) {
            (_, Some(Node::Scalar(_))) => (format!("the key `{key}` has no value"), format!("write `{key}: …`")),
            ([], _) => (format!("the key `{key}` is missing"), format!("add a line `{key}: …`")),
            _ => (format!("the key `{key}` is missing"), format!("add `{key}: …`")),
        };
        YamlError { span: self.span, ..self.error(Code::MissingKey, message, Some(hint)) }
    }

    fn unknown_word(&self, word: &str, known: &[&str]) -> YamlError {
        let hint = did_you_mean(word, known.iter().copied()).unwrap_or_else(|| format!("one of {}", known.join(", ")));
        let path = self.shown_path();
        let key = path.rsplit('.').next().and_then(|key| key.split('[').next()).unwrap_or_default();
        let message = format!("`{}` is not a value of `{key}`", word.escape_debug());
        self.error(Code::InvalidValue, message, Some(hint))
    }

    fn wrong_type(&self, found: &str, expected: &str) -> YamlError {
        let is_mapping = expected.starts_with("struct ");
        if let Some(advice) = self.span.filter(|_| is_mapping).and_then(|span| advice::for_mapping(self.text, span)) {
            return Self::advised(Code::InvalidValue, advice);
        }
        let hint = self.span.and_then(|span| {
            let value = advice::WrongValue { found, expected, is_inside: self.path.len() > 1 };
            advice::for_type(self.text, span, &value)
        });
        let is_count = matches!(expected, "u32" | "usize");
        let hint = hint.or_else(|| is_count.then(|| "write a number such as 20, without a sign or quotes".to_owned()));
        let shape = || advice::for_shape(found, expected).filter(|_| !self.path.is_empty());
        let hint = hint.or_else(|| shape().map(str::to_owned));
        let path = self.shown_path();
        let name = if path.is_empty() { path } else { format!("{path}: ") };
        let message = format!("{name}invalid type: {found}, expected {}", self.in_plain_words(expected));
        self.error(Code::InvalidValue, message, hint)
    }

    /// Replaces Rust's names of types with editors' words.
    fn in_plain_words<'w>(&self, expected: &'w str) -> &'w str {
        match expected {
            "a string" => "text",
            "a sequence" => "a list",
            "a mapping" | "a map" => "keys with values",
            "a boolean" => "true or false",
            "u32" | "usize" => "a whole number, not negative",
            "i64" => "a whole number",
            "struct CommentList" => "keys with values, such as `comments: …`",
            _ if expected.starts_with("struct ") && self.path.is_empty() => "keys with values, such as `title: …`",
            _ if expected.starts_with("struct ") => "keys with values",
            _ => expected,
        }
    }

    /// An error of our own `Deserialize` implementations: see [`coded_error`](super::coded_error).
    fn own(&self, message: &str) -> YamlError {
        let Some((code, rest)) = message.split_once(CODED) else {
            return self.error(Code::InvalidValue, message.to_owned(), None);
        };
        let code = Code::ALL.iter().copied().find(|known| known.as_str() == code).unwrap_or(Code::InvalidValue);
        let (message, hint) = rest.split_once(CODED).unwrap_or((rest, ""));
        let error = self.error(code, message.to_owned(), None);
        let value = error.span.map(|span| characters_at(self.text, span)).unwrap_or_default();
        let hint = Some(hint.replace(VALUE, &value)).filter(|hint| !hint.is_empty());
        YamlError { hint, ..error }
    }
}
