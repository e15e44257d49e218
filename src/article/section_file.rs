//! `_index.md`: a section's name and description, and the blocks of the front page.

use std::collections::BTreeMap;

use borsh::{BorshDeserialize, BorshSerialize};
use serde::Deserialize;
use serde_json::Value;

use crate::date::{Moment, WrittenDate};
use crate::lenient::{OneOrMany, TextOr};

use super::{BodyScan, Image, Kind};

/// The front matter of `_index.md`: a section's, or the front page's in `content/_index.md`.
#[derive(Debug, Clone, Default, Deserialize, BorshSerialize, BorshDeserialize)]
#[serde(deny_unknown_fields)]
pub struct SectionFront {
    /// The section's name; default: the folder's name.
    #[serde(default, deserialize_with = "crate::lenient::text")]
    pub title: Option<String>,
    /// The meta description and the line under the heading.
    #[serde(default, alias = "summary", deserialize_with = "crate::lenient::text")]
    pub description: Option<String>,
    /// Orders sections in the navigation, lowest first.
    #[serde(default, deserialize_with = "crate::lenient::or_default")]
    pub weight: i64,
    /// The last part of the URL; default: the folder's name.
    pub slug: Option<String>,
    /// Another language than the site's (BCP 47).
    pub language: Option<String>,
    /// A picture for the section.
    #[serde(default, deserialize_with = "super::values::named_image")]
    pub image: Option<TextOr<Image>>,
    /// Keeps search engines away.
    #[serde(default, deserialize_with = "crate::lenient::or_default")]
    pub noindex: bool,
    /// The front page's layout; only in `content/_index.md`.
    #[serde(default, deserialize_with = "crate::lenient::or_default")]
    pub blocks: Vec<Block>,
    /// Files that are published though nothing refers to them: paths, folders or patterns, relative to the file.
    #[serde(default)]
    pub publish: OneOrMany<String>,
    /// Free data for templates.
    #[serde(default, deserialize_with = "crate::lenient::free_map")]
    #[borsh(serialize_with = "crate::lenient::write_free_map", deserialize_with = "crate::lenient::read_free_map")]
    pub extra: BTreeMap<String, Value>,
}

/// No block of the front page shows more stories.
pub const MAX_LIMIT: usize = 200;

/// One block of the front page: picked articles, or a query.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Default, BorshSerialize, BorshDeserialize)]
#[serde(deny_unknown_fields)]
pub struct Block {
    /// The line above it.
    pub heading: Option<String>,
    /// How the theme shows it: `lead`, `river`, `grid`, `row`, `strip`.
    pub style: Option<String>,
    /// Articles chosen by hand, by path.
    #[serde(default)]
    pub pick: OneOrMany<TextOr<Pick>>,
    /// Only of this section: its folder below `content/`.
    pub section: Option<String>,
    /// Only with this tag.
    pub tag: Option<String>,
    /// Only of this series.
    pub series: Option<String>,
    /// Only of this kind.
    pub kind: Option<Kind>,
    /// At most so many, 1 to [`MAX_LIMIT`]; default 6.
    pub limit: Option<usize>,
}

/// An article chosen by hand.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, BorshSerialize, BorshDeserialize)]
#[serde(deny_unknown_fields)]
pub struct Pick {
    /// Its path below `content/`.
    #[serde(deserialize_with = "crate::lenient::required::article")]
    pub article: String,
    /// Until when it stays.
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
    /// Until when each pick of each block stays, in the blocks' and picks' order.
    pub until: Vec<Vec<Option<Moment>>>,
    /// Its body.
    pub body: BodyScan,
    /// xxh3 of the file's bytes.
    pub digest: u128,
}
