//! Standalone pages.

use std::collections::BTreeMap;

use borsh::{BorshDeserialize, BorshSerialize};
use serde::Deserialize;
use serde_json::Value;

use crate::date::{Moment, WrittenDate};
use crate::lenient::{OneOrMany, TextOr};

use super::{BodyScan, Image};

/// The front matter of a standalone page.
#[derive(Debug, Clone, Deserialize, BorshSerialize, BorshDeserialize)]
#[serde(deny_unknown_fields)]
pub struct PageFront {
    /// The page's heading.
    #[serde(deserialize_with = "crate::lenient::required::title")]
    pub title: String,
    /// The title for `<title>`.
    #[serde(default, deserialize_with = "crate::lenient::text")]
    pub seo_title: Option<String>,
    /// The line under the heading.
    #[serde(default, deserialize_with = "crate::lenient::text")]
    pub deck: Option<String>,
    /// The meta description; default: the first paragraph.
    #[serde(default, deserialize_with = "crate::lenient::text")]
    pub summary: Option<String>,
    /// The date of the last significant update.
    pub updated: Option<WrittenDate>,
    /// The lead picture.
    #[serde(default, deserialize_with = "super::values::named_image")]
    pub image: Option<TextOr<Image>>,
    /// The last segment of the URL; default: the file's name.
    pub slug: Option<String>,
    /// Old paths that redirect to the page.
    #[serde(default)]
    pub aliases: OneOrMany<String>,
    /// The path of the page on this site, if its folder and slug give another.
    #[serde(default, deserialize_with = "crate::lenient::text")]
    pub url: Option<String>,
    /// The language, if it is not the site's (BCP 47).
    pub language: Option<String>,
    /// True if search engines must not index the page.
    #[serde(default, deserialize_with = "crate::lenient::or_default")]
    pub noindex: bool,
    /// True if the page is not public at all.
    #[serde(default, deserialize_with = "crate::lenient::or_default")]
    pub draft: bool,
    /// Files to publish although nothing refers to them: paths, folders or patterns, relative to the file.
    #[serde(default)]
    pub publish: OneOrMany<String>,
    /// Free data for templates.
    #[serde(default, deserialize_with = "crate::lenient::free_map")]
    #[borsh(serialize_with = "crate::lenient::write_free_map", deserialize_with = "crate::lenient::read_free_map")]
    pub extra: BTreeMap<String, Value>,
}

/// A standalone page as read from one file below `content/pages/`.
#[derive(Debug, Clone, BorshSerialize, BorshDeserialize)]
pub struct Page {
    /// The file, relative to the project's folder.
    pub source: String,
    /// Its front matter.
    pub front: PageFront,
    /// The date of the last significant update.
    pub updated: Option<Moment>,
    /// The last segment of its URL.
    pub slug: String,
    /// Its body.
    pub body: BodyScan,
    /// The xxh3 hash of the file's bytes.
    pub digest: u128,
}
