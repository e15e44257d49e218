//! `comments:` of a story: true, false, or true until some days after publication.

use std::fmt;

use borsh::{BorshDeserialize, BorshSerialize};
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};

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
        struct RuleVisitor;
        impl<'de> Visitor<'de> for RuleVisitor {
            type Value = CommentRule;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("`true`, `false` or a mapping")
            }
            fn visit_bool<E: Error>(self, is_open: bool) -> Result<CommentRule, E> {
                Ok(CommentRule::from(is_open))
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<CommentRule, E> {
                Err(not_a_rule(&format!("`{}`", text.escape_debug())))
            }
            fn visit_i64<E: Error>(self, number: i64) -> Result<CommentRule, E> {
                Err(not_a_rule(&format!("`{number}`")))
            }
            fn visit_u64<E: Error>(self, number: u64) -> Result<CommentRule, E> {
                Err(not_a_rule(&format!("`{number}`")))
            }
            fn visit_f64<E: Error>(self, number: f64) -> Result<CommentRule, E> {
                Err(not_a_rule(&format!("`{number}`")))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, _: A) -> Result<CommentRule, A::Error> {
                Err(not_a_rule("a list"))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<CommentRule, A::Error> {
                let WrittenRule { close_after } = WrittenRule::deserialize(MapAccessDeserializer::new(map))?;
                Ok(CommentRule { is_open: true, close_after })
            }
        }
        deserializer.deserialize_any(RuleVisitor)
    }
}

/// The error for another value.
fn not_a_rule<E: Error>(found: &str) -> E {
    let message = format!("{found} is not a value of a story's `comments`");
    let hint = "write `comments: true`, `comments: false`, or `comments: {close_after: 30d}` for the first 30 days";
    coded_error(Code::InvalidValue, &message, hint)
}
