//! Deserializes a tree of YAML and collects all of its errors: what has an error is left out, and the rest is read
//! again, until nothing new is found.

use std::cell::Cell;
use std::collections::HashSet;
use std::fmt;

use serde::de::value::StrDeserializer;
use serde::de::{
    self, DeserializeOwned, DeserializeSeed, Deserializer, Expected, MapAccess, SeqAccess, Unexpected, Visitor,
};

use super::may_mean;
use super::tree::{ItemState, Node, ScalarKind, ScalarNode, TreeItem};

/// The maximum number of errors that are collected: each one costs a pass over the tree.
const MAX_ERRORS: usize = 100;

/// An error in a value or a key.
#[derive(Debug)]
pub(super) struct TreeError {
    pub kind: TreeErrorKind,
    /// The places of the items and entries that contain the value, outermost first; the last is its own.
    pub path: Vec<usize>,
}

/// The kinds of errors.
#[derive(Debug)]
pub(super) enum TreeErrorKind {
    /// An unknown key, and the known ones.
    UnknownKey(String, &'static [&'static str]),
    /// A key that the same mapping has already, perhaps under another name.
    DuplicateKey(String),
    /// A required key that a mapping lacks, or that has no value.
    MissingKey(&'static str),
    /// An unknown word, and the known ones.
    UnknownWord(String, &'static [&'static str]),
    /// A value of another type: what it is, and what it should be.
    WrongType(String, String),
    /// An error of our own `Deserialize` implementations.
    Own(String),
}

impl TreeErrorKind {
    /// True if the error is in the key and not in its value.
    pub(super) fn is_in_key(&self) -> bool {
        matches!(self, TreeErrorKind::UnknownKey(..) | TreeErrorKind::DuplicateKey(_))
    }
}

/// The error of a deserialization, with its place as far as it is known.
#[derive(Debug)]
pub(super) struct NodeError {
    kind: TreeErrorKind,
    /// `None` until it leaves the value in which it arose.
    path: Option<Vec<usize>>,
}

impl NodeError {
    fn new(kind: TreeErrorKind) -> NodeError {
        NodeError { kind, path: None }
    }

    /// The error of a value or key, seen from the list or mapping that contains it.
    fn inside(mut self, at: usize) -> NodeError {
        self.path.get_or_insert_default().insert(0, at);
        self
    }
}

impl fmt::Display for NodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.kind)
    }
}

impl std::error::Error for NodeError {}

impl de::Error for NodeError {
    fn custom<T: fmt::Display>(message: T) -> NodeError {
        NodeError::new(TreeErrorKind::Own(message.to_string()))
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> NodeError {
        NodeError::new(TreeErrorKind::WrongType(named(found), expected.to_string()))
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> NodeError {
        NodeError::invalid_type(found, expected)
    }

    fn unknown_variant(word: &str, known: &'static [&'static str]) -> NodeError {
        NodeError::new(TreeErrorKind::UnknownWord(word.to_owned(), known))
    }

    fn unknown_field(key: &str, known: &'static [&'static str]) -> NodeError {
        NodeError::new(TreeErrorKind::UnknownKey(key.to_owned(), known))
    }

    fn missing_field(key: &'static str) -> NodeError {
        NodeError::new(TreeErrorKind::MissingKey(key))
    }

    fn duplicate_field(key: &'static str) -> NodeError {
        NodeError::new(TreeErrorKind::DuplicateKey(key.to_owned()))
    }
}

/// A value's type in editors' words.
fn named(found: Unexpected<'_>) -> String {
    match found {
        Unexpected::Bool(flag) => format!("`{flag}`"),
        Unexpected::Unsigned(number) => format!("the number `{number}`"),
        Unexpected::Signed(number) => format!("the number `{number}`"),
        Unexpected::Float(number) => format!("the number `{number}`"),
        Unexpected::Str(text) => format!("the text {text:?}"),
        Unexpected::Unit | Unexpected::Option => "nothing".to_owned(),
        Unexpected::Seq => "a list".to_owned(),
        Unexpected::Map => "keys with values".to_owned(),
        other => other.to_string(),
    }
}

/// Reads a tree and returns all errors. Values with errors are left out, and a required key that is missing is empty
/// text. `None` if no value can be made like that. `refused` are top-level keys that have been reported already.
pub(super) fn collect<T: DeserializeOwned>(tree: &mut Node, refused: &[String]) -> (Option<T>, Vec<TreeError>) {
    let mut errors = Vec::new();
    leave_out_repeated(tree, &mut Vec::new(), &mut errors);
    loop {
        let NodeError { kind, path } = match T::deserialize(NodeDeserializer(tree)) {
            // Their keys are empty only to find further errors beside them.
            Ok(_) if leave_out_incomplete(tree) => continue,
            Ok(value) => return (Some(value), errors),
            Err(error) => error,
        };
        let path = path.unwrap_or_default();
        let added = match &kind {
            TreeErrorKind::MissingKey(key) => add_placeholder(tree, &path, key, refused),
            _ => None,
        };
        let Omission { is_known, is_everything } = added.unwrap_or_else(|| leave_out(tree, &path));
        if !is_known {
            errors.push(TreeError { kind, path });
        }
        if is_everything || errors.len() >= MAX_ERRORS {
            return (None, errors);
        }
    }
}

/// The result of leaving out a value.
struct Omission {
    /// True if its error is the consequence of another one.
    is_known: bool,
    /// True if nothing is left to read.
    is_everything: bool,
}

/// Reports entries whose key the same mapping has already, and leaves them out.
fn leave_out_repeated(node: &mut Node, path: &mut Vec<usize>, errors: &mut Vec<TreeError>) {
    let is_mapping = matches!(node, Node::Mapping(_));
    let mut keys = HashSet::new();
    for (at, item) in node.items_mut().into_iter().flatten().enumerate() {
        path.push(at);
        if is_mapping && !keys.insert(item.key.clone()) {
            item.state = ItemState::Faulty;
            if errors.len() < MAX_ERRORS {
                errors.push(TreeError { kind: TreeErrorKind::DuplicateKey(item.key.clone()), path: path.clone() });
            }
        } else {
            leave_out_repeated(&mut item.node, path, errors);
        }
        path.pop();
    }
}

/// The node at a path.
fn node_at<'n>(tree: &'n mut Node, path: &[usize]) -> Option<&'n mut Node> {
    path.iter().try_fold(tree, |node, &at| node.items_mut()?.get_mut(at).map(|item| &mut item.node))
}

/// Adds an empty text for a key that a mapping lacks; `None` if the path leads to no mapping.
fn add_placeholder(tree: &mut Node, path: &[usize], key: &str, refused: &[String]) -> Option<Omission> {
    let Node::Mapping(entries) = node_at(tree, path)? else { return None };
    let is_refused = path.is_empty() && refused.iter().any(|refused| refused == key);
    // It may be there under another name.
    let is_meant =
        |entry: &TreeItem| entry.key == key || (entry.state == ItemState::Faulty && may_mean(&entry.key, key));
    let is_known = is_refused || entries.iter().any(is_meant);
    entries.push(TreeItem::placeholder(key));
    Some(Omission { is_known, is_everything: false })
}

/// Leaves out the value at a path. If it only stands for a missing key, its mapping is left out.
fn leave_out(tree: &mut Node, path: &[usize]) -> Omission {
    let item = path.split_last().and_then(|(&last, parents)| {
        let item = node_at(tree, parents)?.items_mut()?.get_mut(last)?;
        Some((item, parents))
    });
    match item {
        None => Omission { is_known: false, is_everything: true },
        Some((item, parents)) if item.state == ItemState::Placeholder => {
            Omission { is_known: true, ..leave_out(tree, parents) }
        }
        Some((item, _)) => {
            item.state = ItemState::Faulty;
            Omission { is_known: false, is_everything: false }
        }
    }
}

/// Leaves out the mappings inside a node that lack a required key. Returns true if there are any.
fn leave_out_incomplete(node: &mut Node) -> bool {
    let mut any = false;
    for item in node.items_mut().into_iter().flatten().filter(|item| item.state == ItemState::Sound) {
        if item.node.items().iter().any(|entry| entry.state == ItemState::Placeholder) {
            item.state = ItemState::Faulty;
            any = true;
        } else {
            any |= leave_out_incomplete(&mut item.node);
        }
    }
    any
}

/// Deserializes a node without the items that are faulty, in the way in which the parser would.
struct NodeDeserializer<'n>(&'n Node);

impl NodeDeserializer<'_> {
    /// The node's type, for errors.
    fn found(&self) -> Unexpected<'_> {
        match self.0 {
            Node::List(_) => Unexpected::Seq,
            Node::Mapping(_) => Unexpected::Map,
            Node::Scalar(ScalarNode { text, kind }) => match *kind {
                ScalarKind::Null => Unexpected::Unit,
                ScalarKind::Bool(flag) => Unexpected::Bool(flag),
                ScalarKind::Signed(number) => Unexpected::Signed(number),
                ScalarKind::Unsigned(number) => Unexpected::Unsigned(number),
                ScalarKind::Float(number) => Unexpected::Float(number),
                ScalarKind::Text => Unexpected::Str(text),
            },
        }
    }

    /// The items of a list or entries of a mapping. No value counts as an empty one.
    fn items(&self, expected: &dyn Expected) -> Result<&[TreeItem], NodeError> {
        let Node::Scalar(ScalarNode { text, kind }) = self.0 else { return Ok(self.0.items()) };
        match text.is_empty() && *kind == ScalarKind::Null {
            true => Ok(&[]),
            false => Err(de::Error::invalid_type(self.found(), expected)),
        }
    }
}

/// Gives an error that arose in a value, and not further inside, the place of the value.
fn settled<T>(result: Result<T, NodeError>) -> Result<T, NodeError> {
    result.map_err(|mut error| {
        error.path.get_or_insert_default();
        error
    })
}

impl<'de> Deserializer<'de> for NodeDeserializer<'_> {
    type Error = NodeError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NodeError> {
        match self.0 {
            Node::List(_) => self.deserialize_seq(visitor),
            Node::Mapping(_) => self.deserialize_map(visitor),
            Node::Scalar(ScalarNode { text, kind }) => settled(match *kind {
                ScalarKind::Null => visitor.visit_unit(),
                ScalarKind::Bool(flag) => visitor.visit_bool(flag),
                ScalarKind::Signed(number) => visitor.visit_i64(number),
                ScalarKind::Unsigned(number) => visitor.visit_u64(number),
                ScalarKind::Float(number) => visitor.visit_f64(number),
                ScalarKind::Text => visitor.visit_str(text),
            }),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NodeError> {
        settled(match self.0 {
            Node::Scalar(scalar) => visitor.visit_str(&scalar.text),
            Node::List(_) | Node::Mapping(_) => Err(de::Error::invalid_type(self.found(), &visitor)),
        })
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NodeError> {
        self.deserialize_str(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NodeError> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NodeError> {
        match self.0 {
            Node::Scalar(ScalarNode { kind: ScalarKind::Null, .. }) => settled(visitor.visit_none()),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, NodeError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NodeError> {
        settled(match self.0 {
            Node::Mapping(_) => Err(de::Error::invalid_type(self.found(), &visitor)),
            _ => self.items(&visitor).and_then(|items| visitor.visit_seq(ListAccess { items, next: 0 })),
        })
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NodeError> {
        let current = Cell::new(0);
        let read = match self.0 {
            Node::List(_) => Err(de::Error::invalid_type(self.found(), &visitor)),
            _ => self.items(&visitor).and_then(|entries| visitor.visit_map(EntryAccess { entries, current: &current })),
        };
        settled(read.map_err(|error| match (&error.kind, &error.path) {
            // The second name of a key that is there.
            (TreeErrorKind::DuplicateKey(_), None) => error.inside(current.get().saturating_sub(1)),
            _ => error,
        }))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, NodeError> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, NodeError> {
        settled(match self.0 {
            Node::Scalar(scalar) => visitor.visit_enum(StrDeserializer::new(&scalar.text)),
            Node::List(_) | Node::Mapping(_) => Err(de::Error::invalid_type(self.found(), &"a string")),
        })
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char bytes byte_buf unit unit_struct tuple tuple_struct
        ignored_any
    }
}

/// The items of a list that are not faulty.
struct ListAccess<'n> {
    items: &'n [TreeItem],
    next: usize,
}

impl<'de> SeqAccess<'de> for ListAccess<'_> {
    type Error = NodeError;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, NodeError> {
        let Some((at, item)) = next_item(self.items, self.next) else { return Ok(None) };
        self.next = at + 1;
        seed.deserialize(NodeDeserializer(&item.node)).map(Some).map_err(|error| error.inside(at))
    }
}

/// The entries of a mapping that are not faulty.
struct EntryAccess<'n> {
    entries: &'n [TreeItem],
    /// The number of entries whose keys have been read.
    current: &'n Cell<usize>,
}

impl<'de> MapAccess<'de> for EntryAccess<'_> {
    type Error = NodeError;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, NodeError> {
        let Some((at, entry)) = next_item(self.entries, self.current.get()) else { return Ok(None) };
        self.current.set(at + 1);
        seed.deserialize(StrDeserializer::new(&entry.key)).map(Some).map_err(|error: NodeError| error.inside(at))
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, NodeError> {
        let at = self.current.get().saturating_sub(1);
        match self.entries.get(at) {
            Some(entry) => seed.deserialize(NodeDeserializer(&entry.node)).map_err(|error| error.inside(at)),
            None => Err(de::Error::custom("a value without a key")),
        }
    }
}

/// The first item from `from` on that is not faulty, and its place.
fn next_item(items: &[TreeItem], from: usize) -> Option<(usize, &TreeItem)> {
    items.iter().enumerate().skip(from).find(|(_, item)| item.state != ItemState::Faulty)
}
