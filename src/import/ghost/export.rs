//! The export file of Ghost: the fields that an import needs, and no others.
//!
//! Addresses, passwords and keys of users and members aren't in these types, so they are never even read.

use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

use crate::import::ImportError;

/// The data of an export.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct GhostData {
    pub posts: Vec<GhostPost>,
    pub posts_meta: Vec<GhostPostMeta>,
    pub users: Vec<GhostUser>,
    pub tags: Vec<GhostTag>,
    pub posts_tags: Vec<GhostPostTag>,
    pub posts_authors: Vec<GhostPostAuthor>,
    pub settings: Vec<GhostSetting>,
    /// The version of Ghost.
    #[serde(skip)]
    pub version: String,
}

/// A post or page. Ids are numbers in old versions and texts in new ones.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct GhostPost {
    pub id: Value,
    pub uuid: Option<String>,
    pub title: Option<String>,
    pub slug: Option<String>,
    pub lexical: Option<String>,
    pub mobiledoc: Option<String>,
    pub html: Option<String>,
    #[serde(alias = "image")]
    pub feature_image: Option<String>,
    /// `post` or `page`.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// True or 1 for pages of old versions.
    pub page: Value,
    pub status: Option<String>,
    pub visibility: Option<String>,
    pub featured: Value,
    pub locale: Option<String>,
    pub published_at: Value,
    pub updated_at: Value,
    pub created_at: Value,
    pub custom_excerpt: Option<String>,
    pub meta_title: Option<String>,
    pub meta_description: Option<String>,
    pub codeinjection_head: Option<String>,
    pub codeinjection_foot: Option<String>,
    pub canonical_url: Option<String>,
    pub author_id: Value,
}

/// More fields of a post, since Ghost 3.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct GhostPostMeta {
    pub post_id: Value,
    pub meta_title: Option<String>,
    pub meta_description: Option<String>,
    pub feature_image_alt: Option<String>,
    pub feature_image_caption: Option<String>,
    pub email_only: Value,
}

/// A member of the staff.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct GhostUser {
    pub id: Value,
    pub name: Option<String>,
    pub slug: Option<String>,
    #[serde(alias = "image")]
    pub profile_image: Option<String>,
    pub bio: Option<String>,
    pub website: Option<String>,
    pub location: Option<String>,
    pub facebook: Option<String>,
    pub twitter: Option<String>,
    pub threads: Option<String>,
    pub bluesky: Option<String>,
    pub mastodon: Option<String>,
    pub tiktok: Option<String>,
    pub youtube: Option<String>,
    pub instagram: Option<String>,
    pub linkedin: Option<String>,
}

/// A tag.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct GhostTag {
    pub id: Value,
    pub name: Option<String>,
    pub slug: Option<String>,
    pub description: Option<String>,
    pub visibility: Option<String>,
    pub codeinjection_head: Option<String>,
    pub codeinjection_foot: Option<String>,
}

/// A tag of a post.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct GhostPostTag {
    pub post_id: Value,
    pub tag_id: Value,
    pub sort_order: Option<i64>,
}

/// An author of a post.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct GhostPostAuthor {
    pub post_id: Value,
    pub author_id: Value,
    pub sort_order: Option<i64>,
}

/// A setting of the site.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct GhostSetting {
    pub key: Option<String>,
    pub value: Value,
}

/// The settings that may be public; all others, such as keys, are forgotten.
const PUBLIC: &[&str] = &[
    "title",
    "description",
    "timezone",
    "active_timezone",
    "activeTimezone",
    "locale",
    "default_locale",
    "lang",
    "navigation",
    "secondary_navigation",
    "codeinjection_head",
    "codeinjection_foot",
    "ghost_head",
    "ghost_foot",
];

#[derive(Deserialize)]
struct ExportFile {
    #[serde(default)]
    db: Vec<ExportedDatabase>,
    #[serde(default)]
    meta: Value,
    data: Option<GhostData>,
}

#[derive(Deserialize)]
struct ExportedDatabase {
    #[serde(default)]
    meta: Value,
    data: GhostData,
}

impl GhostData {
    /// Parses an export. Versions 1 to 6 wrap the data alike, some API clients leave the wrapper out.
    ///
    /// # Errors
    /// If the file can't be read or isn't an export.
    pub fn read(path: &Path) -> Result<GhostData, ImportError> {
        let bytes = std::fs::read(path).map_err(|error| ImportError::file("read", path, &error))?;
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        let hint = "in Ghost, choose Settings, Import/Export, Export content";
        let file: ExportFile = serde_json::from_slice(&bytes).map_err(|error| {
            let error_at = ImportError::new(format!("it can't be read as an export of Ghost: {error}"));
            error_at.at(name.clone(), Some(error.line()), Some(error.column())).hint(hint)
        })?;
        let alone = file.data.map(|data| ExportedDatabase { meta: file.meta, data });
        let Some(database) = file.db.into_iter().next().or(alone) else {
            return Err(ImportError::new("it is not an export of Ghost: it has no `db`")
                .at(name, None, None)
                .hint(hint));
        };
        let mut data = database.data;
        data.version = database.meta.get("version").and_then(Value::as_str).unwrap_or_default().to_owned();
        data.settings.retain(|setting| setting.key.as_deref().is_some_and(|key| PUBLIC.contains(&key)));
        Ok(data)
    }

    /// The text of a setting.
    pub fn setting(&self, keys: &[&str]) -> Option<&str> {
        let found =
            self.settings.iter().filter(|setting| setting.key.as_deref().is_some_and(|key| keys.contains(&key)));
        found.filter_map(|setting| setting.value.as_str()).find(|value| !value.trim().is_empty())
    }
}

/// An id as text, whether it is a number or a text.
pub(super) fn id(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// True for `true`, `1` and `"1"`.
pub(super) fn is_set(value: &Value) -> bool {
    matches!(value, Value::Bool(true)) || value.as_i64() == Some(1) || value.as_str() == Some("1")
}
