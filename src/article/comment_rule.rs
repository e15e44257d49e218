//! `comments:` of a story: true, false, or true until some days after publication.

use std::fmt;
use std::marker::PhantomData;

use borsh::{BorshDeserialize, BorshSerialize};
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, MapAccess, Visitor};

use crate::diagnostic::Code;
use crate::yaml::coded_error;

/// A period in whole days, written `30d`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, BorshSerialize, BorshDeserialize)]
pub struct Days(pub u32);

/// The longest period: a hundred years.
const MAX_DAYS: u32 = 36_525;

impl<'de> Deserialize<'de> for Days {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Days, D::Error> {
        let text = <String as Deserialize>::deserialize(deserializer)?;
        let days =
            text.strip_suffix('d').and_then(|days| days.parse().ok()).filter(|days| (1..=MAX_DAYS).contains(days));
        days.map(Days).ok_or_else(|| {
            let message = format!("`{}` is not a number of days", text.escape_debug());
            coded_error(Code::InvalidValue, &message, "write a number from 1 to 36525 and `d`, such as `30d`")
        })
    }
}

/// `comments:` of a story: true, false, or true until some days after publication.
#[derive(Debug, Clone, Copy, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct CommentRule {
    /// True if readers may comment.
    pub is_open: bool,
    /// The period after which they no longer may; default: the site's.
    pub close_after: Option<Days>,
}

/// The keys of `comments:` of a story.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenRule {
    close_after: Option<Days>,
}

impl From<bool> for CommentRule {
    fn from(is_open: bool) -> CommentRule {
        CommentRule { is_open, close_after: None }
    }
}

impl<'de> Deserialize<'de> for CommentRule {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<CommentRule, D::Error> {
        let rule: BoolOr<WrittenRule> = BoolOr::deserialize(deserializer)?;
        Ok(match rule {
            BoolOr::Bool(is_open) => CommentRule::from(is_open),
            BoolOr::Value(WrittenRule { close_after }) => CommentRule { is_open: true, close_after },
        })
    }
}

/// `true`, `false`, or a mapping.
enum BoolOr<T> {
    Bool(bool),
    Value(T),
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for BoolOr<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct BoolOrVisitor<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for BoolOrVisitor<T> {
            type Value = BoolOr<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("`true`, `false` or a mapping")
            }
            fn visit_bool<E: Error>(self, flag: bool) -> Result<Self::Value, E> {
                Ok(BoolOr::Bool(flag))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(BoolOr::Value)
            }
        }
        deserializer.deserialize_any(BoolOrVisitor(PhantomData))
    }
}
