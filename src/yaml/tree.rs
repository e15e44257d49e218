//! YAML as a tree of values, and the places of these values in their text.

use std::cell::Cell;
use std::fmt;

use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, EnumAccess, Error, IgnoredAny, MapAccess, SeqAccess, VariantAccess,
    Visitor,
};

use super::{ParserError, ParserPlace, reader};

/// A value of a YAML text.
#[derive(Debug)]
pub(super) enum Node {
    /// A string, number, boolean or null.
    Scalar(ScalarNode),
    /// A list.
    List(Vec<TreeItem>),
    /// A mapping.
    Mapping(Vec<TreeItem>),
}

/// A value without others inside.
#[derive(Debug)]
pub(super) struct ScalarNode {
    /// The text, without quotes and escapes.
    pub text: String,
    /// The type that YAML gives it where any type will do.
    pub kind: ScalarKind,
}

/// The type of a scalar.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum ScalarKind {
    Null,
    Bool(bool),
    Signed(i64),
    Unsigned(u64),
    Float(f64),
    Text,
}

/// An item of a list, or an entry of a mapping.
#[derive(Debug)]
pub(super) struct TreeItem {
    /// The key; empty in a list.
    pub key: String,
    /// The value.
    pub node: Node,
    /// The part that it plays while errors are collected.
    pub state: ItemState,
}

/// The part that an item plays while errors are collected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ItemState {
    /// It is read.
    Sound,
    /// It has been reported and is left out.
    Faulty,
    /// It stands for a required key that is missing.
    Placeholder,
}

impl TreeItem {
    fn new(key: String, node: Node) -> TreeItem {
        TreeItem { key, node, state: ItemState::Sound }
    }

    /// An empty text for a required key that is missing.
    pub(super) fn placeholder(key: &str) -> TreeItem {
        let scalar = ScalarNode { text: String::new(), kind: ScalarKind::Text };
        TreeItem { key: key.to_owned(), node: Node::Scalar(scalar), state: ItemState::Placeholder }
    }
}

impl Node {
    /// Parses a text.
    ///
    /// # Errors
    /// Syntax errors, and what the tree has no place for, such as types (`!name`).
    pub(super) fn parse(text: &str) -> Result<Node, ParserError> {
        let mut node = Node::deserialize(reader(text))?;
        // In a second pass every scalar is read as text: `1.10` is the number 1.1 where any type will do.
        Spelling(&mut node).deserialize(reader(text))?;
        Ok(node)
    }

    /// The items of a list or the entries of a mapping.
    pub(super) fn items(&self) -> &[TreeItem] {
        match self {
            Node::Scalar(_) => &[],
            Node::List(items) | Node::Mapping(items) => items,
        }
    }

    /// The items of a list or the entries of a mapping, for modification; `None` for a scalar.
    pub(super) fn items_mut(&mut self) -> Option<&mut Vec<TreeItem>> {
        match self {
            Node::Scalar(_) => None,
            Node::List(items) | Node::Mapping(items) => Some(items),
        }
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Node, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

fn scalar<E>(kind: ScalarKind) -> Result<Node, E> {
    Ok(Node::Scalar(ScalarNode { text: String::new(), kind }))
}

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text, a number, `true` or `false`, a list or a mapping")
    }

    fn visit_unit<E: Error>(self) -> Result<Node, E> {
        scalar(ScalarKind::Null)
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<Node, E> {
        scalar(ScalarKind::Bool(flag))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Node, E> {
        scalar(ScalarKind::Signed(number))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Node, E> {
        scalar(ScalarKind::Unsigned(number))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Node, E> {
        scalar(ScalarKind::Float(number))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Node, E> {
        Ok(Node::Scalar(ScalarNode { text: text.to_owned(), kind: ScalarKind::Text }))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Node, A::Error> {
        let mut items = Vec::new();
        while let Some(node) = list.next_element()? {
            items.push(TreeItem::new(String::new(), node));
        }
        Ok(Node::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        let mut entries = Vec::new();
        while let Some((key, node)) = map.next_entry()? {
            entries.push(TreeItem::new(key, node));
        }
        Ok(Node::Mapping(entries))
    }

    /// Reads a value with a type (`!name`) without it.
    fn visit_enum<A: EnumAccess<'de>>(self, value: A) -> Result<Node, A::Error> {
        let (IgnoredAny, value) = value.variant()?;
        value.newtype_variant()
    }
}

/// Gives the scalars of a tree their texts.
struct Spelling<'n>(&'n mut Node);

impl<'de> DeserializeSeed<'de> for Spelling<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        match self.0 {
            Node::Scalar(ScalarNode { kind: ScalarKind::Text, .. }) => {
                IgnoredAny::deserialize(deserializer).map(|_| ())
            }
            Node::Scalar(_) => deserializer.deserialize_str(self),
            Node::List(_) => deserializer.deserialize_seq(self),
            Node::Mapping(_) => deserializer.deserialize_map(self),
        }
    }
}

impl<'de> Visitor<'de> for Spelling<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the same value as before")
    }

    fn visit_str<E: Error>(self, written: &str) -> Result<(), E> {
        if let Node::Scalar(scalar) = self.0 {
            written.clone_into(&mut scalar.text);
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        for item in self.0.items_mut().into_iter().flatten() {
            list.next_element_seed(Spelling(&mut item.node))?;
        }
        // The parser counts the end of the list as an element.
        list.next_element::<IgnoredAny>().map(|_| ())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        for entry in self.0.items_mut().into_iter().flatten() {
            map.next_key::<IgnoredAny>()?;
            map.next_value_seed(Spelling(&mut entry.node))?;
        }
        map.next_key::<IgnoredAny>().map(|_| ())
    }
}

/// Finds the place of a value, as the parser's line and column: `path` has the places of the items and entries that
/// contain it, outermost first. If `at_key`, the place is that of its key.
pub(super) fn find(text: &str, path: &[usize], at_key: bool) -> Option<ParserPlace> {
    let is_there = Cell::new(false);
    let seed = Finder { path, at_key, is_there: &is_there };
    // The finder stops at the value with an error, and errors have places.
    let stopped = seed.deserialize(reader(text)).err()?;
    stopped.location().filter(|_| is_there.get())
}

#[derive(Clone, Copy)]
struct Finder<'p> {
    path: &'p [usize],
    at_key: bool,
    is_there: &'p Cell<bool>,
}

impl<'de> DeserializeSeed<'de> for Finder<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        self.is_there.set(self.path.is_empty());
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Finder<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a place")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let Some((&at, path)) = self.path.split_first() else { return Err(A::Error::custom("here")) };
        for _ in 0..at {
            list.next_element::<IgnoredAny>()?;
        }
        list.next_element_seed(Finder { path, ..self }).map(|_| ())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Some((&at, path)) = self.path.split_first() else { return Err(A::Error::custom("here")) };
        for _ in 0..at {
            map.next_entry::<IgnoredAny, IgnoredAny>()?;
        }
        if self.at_key && path.is_empty() {
            return map.next_key_seed(Finder { path, ..self }).map(|_| ());
        }
        map.next_key::<IgnoredAny>()?;
        map.next_value_seed(Finder { path, ..self })
    }

    fn visit_enum<A: EnumAccess<'de>>(self, value: A) -> Result<(), A::Error> {
        let (IgnoredAny, value) = value.variant()?;
        value.newtype_variant_seed(self)
    }
}
