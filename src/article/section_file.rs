//! `_index.md`: a section's name and description, and the blocks of its front.

use std::collections::BTreeMap;

use borsh::{BorshDeserialize, BorshSerialize};
use serde::Deserialize;
use serde_json::Value;

use crate::date::Moment;
use crate::lenient::{OneOrMany, TextOr};

use super::{Block, BodyScan, Image, Layout};

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
    /// The pattern of the URLs of its stories and those of the sections inside it; default: that of the section above,
    /// or of the site.
    #[serde(default, deserialize_with = "crate::lenient::text")]
    pub permalink: Option<String>,
    /// The language, if it is not the site's (BCP 47).
    pub language: Option<String>,
    /// A picture for the section.
    #[serde(default, deserialize_with = "super::values::named_image")]
    pub image: Option<TextOr<Image>>,
    /// True if search engines must not index the page.
    #[serde(default, deserialize_with = "crate::lenient::or_default")]
    pub noindex: bool,
    /// The layout of the front page, or of the first page of the section.
    #[serde(default, deserialize_with = "crate::lenient::or_default")]
    pub blocks: Vec<Block>,
    /// The style in which the theme shows the section's pages: `opinion`, or one of its own.
    #[serde(default, deserialize_with = "crate::lenient::text")]
    pub style: Option<String>,
    /// Files to publish although nothing refers to them: paths, folders or patterns, relative to the file.
    #[serde(default)]
    pub publish: OneOrMany<String>,
    /// Free data for templates.
    #[serde(default, deserialize_with = "crate::lenient::free_map")]
    #[borsh(serialize_with = "crate::lenient::write_free_map", deserialize_with = "crate::lenient::read_free_map")]
    pub extra: BTreeMap<String, Value>,
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

impl SectionFile {
    /// Returns the blocks of its front.
    pub fn layout(&self) -> Layout<'_> {
        Layout { source: &self.source, key: "blocks", blocks: &self.front.blocks, until: &self.until }
    }
}
