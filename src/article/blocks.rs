//! The blocks that lay out a front: articles picked by hand, or queries.

use borsh::{BorshDeserialize, BorshSerialize};
use serde::Deserialize;

use crate::date::{Moment, WrittenDate};
use crate::lenient::{OneOrMany, TextOr};

use super::Kind;

/// The maximum number of stories in a block.
pub const MAX_LIMIT: usize = 200;

/// One block of a front: articles picked by hand, or a query.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Default, BorshSerialize, BorshDeserialize)]
#[serde(deny_unknown_fields)]
pub struct Block {
    /// The heading.
    pub heading: Option<String>,
    /// The style in which the theme shows it: `lead`, `river`, `grid`, `row`, `strip`.
    pub style: Option<String>,
    /// Articles chosen by hand, by path.
    #[serde(default)]
    pub pick: OneOrMany<TextOr<Pick>>,
    /// The section to select: its folder below `content/`.
    pub section: Option<String>,
    /// The tag to select.
    pub tag: Option<String>,
    /// The series to select.
    pub series: Option<String>,
    /// The kind to select.
    pub kind: Option<Kind>,
    /// True to select from all stories of the site; by default a query selects from those of its page.
    #[serde(default, deserialize_with = "crate::lenient::or_default")]
    pub whole_site: bool,
    /// The maximum number of stories, 1 to [`MAX_LIMIT`]; default 6.
    pub limit: Option<usize>,
}

impl Block {
    /// Returns the limit, the message and the hint if the limit is out of range.
    pub fn limit_error(&self) -> Option<(usize, String, String)> {
        let limit = self.limit.filter(|limit| !(1..=MAX_LIMIT).contains(limit))?;
        let message = format!("a block cannot show {limit} stories");
        Some((limit, message, format!("write a `limit` from 1 to {MAX_LIMIT}")))
    }

    /// Returns the dates until which its picks stay, in the order of the picks.
    pub fn written_ends(&self) -> impl Iterator<Item = Option<WrittenDate>> + '_ {
        self.pick.0.iter().map(|pick| pick.0.until)
    }
}

/// An article chosen by hand.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, BorshSerialize, BorshDeserialize)]
#[serde(deny_unknown_fields)]
pub struct Pick {
    /// Its path below `content/`.
    #[serde(deserialize_with = "crate::lenient::required::article")]
    pub article: String,
    /// The date until which it stays.
    pub until: Option<WrittenDate>,
}

impl From<String> for Pick {
    fn from(article: String) -> Pick {
        Pick { article, until: None }
    }
}

/// The blocks of one front, as its file has them.
#[derive(Debug, Clone, Copy)]
pub struct Layout<'a> {
    /// The file, relative to the project's folder.
    pub source: &'a str,
    /// The top-level key that contains the blocks, for messages.
    pub key: &'a str,
    /// The blocks.
    pub blocks: &'a [Block],
    /// The end of each pick of each block, in the order of blocks and picks.
    pub until: &'a [Vec<Option<Moment>>],
}
