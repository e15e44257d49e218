//! `_index.md`: a section's name and description, and the blocks of the front page.

use std::collections::BTreeMap;

use borsh::{BorshDeserialize, BorshSerialize};
use serde::Deserialize;
use serde_json::Value;

use crate::date::{Moment, WrittenDate};
use crate::lenient::{OneOrMany, TextOr};

use super::{BodyScan, Image, Kind};

/// The front matter of `_index.md`: of a section, or of the front page in `content/_index.md`.
#[derive(Debug, Clone, Default, Deserialize, BorshSerialize, BorshDeserialize)]
#[serde(deny_unknown_fields)]
pub struct SectionFront {
    /// The section's name; default: the folder's name.
    #[serde(default, deserialize_with = "crate::lenient::text")]
    pub title: Option<String>,
    /// The meta description and the line under the heading.
    #[serde(default, alias = "summary", deserialize_with = "crate::lenient::text")]
    pub description: Option<String>,
    /// The order of sections in the navigation, lowest first.
    #[serde(default, deserialize_with = "crate::lenient::or_default")]
    pub weight: i64,
    /// The last segment of the URL; default: the folder's name.
    pub slug: Option<String>,
    /// The language, if it is not the site's (BCP 47).
    pub language: Option<String>,
    /// A picture for the section.
    #[serde(default, deserialize_with = "super::values::named_image")]
    pub image: Option<TextOr<Image>>,
    /// True if search engines must not index the page.
    #[serde(default, deserialize_with = "crate::lenient::or_default")]
    pub noindex: bool,
    /// The front page's layout; only in `content/_index.md`.
    #[serde(default, deserialize_with = "crate::lenient::or_default")]
    pub blocks: Vec<Block>,
    /// Files to publish although nothing refers to them: paths, folders or patterns, relative to the file.
    #[serde(default)]
    pub publish: OneOrMany<String>,
    /// Free data for templates.
    #[serde(default, deserialize_with = "crate::lenient::free_map")]
    #[borsh(serialize_with = "crate::lenient::write_free_map", deserialize_with = "crate::lenient::read_free_map")]
    pub extra: BTreeMap<String, Value>,
}

/// The maximum number of stories in a block of the front page.
pub const MAX_LIMIT: usize = 200;

/// One block of the front page: articles picked by hand, or a query.
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
    /// The maximum number of stories, 1 to [`MAX_LIMIT`]; default 6.
    pub limit: Option<usize>,
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

/// A section as read from its `_index.md`.
#[derive(Debug, Clone, BorshSerialize, BorshDeserialize)]
pub struct SectionFile {
    /// The file, relative to the project's folder.
    pub source: String,
    /// Its front matter.
    pub front: SectionFront,
    /// The end of each pick of each block, in the order of blocks and picks.
    pub until: Vec<Vec<Option<Moment>>>,
    /// Its body.
    pub body: BodyScan,
    /// The xxh3 hash of the file's bytes.
    pub digest: u128,
}
