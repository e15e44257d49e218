//! Settings for rendering article bodies: raw HTML and heading levels.

use serde::Deserialize;

/// The treatment of raw HTML in content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum HtmlPolicy {
    /// Keep only the elements and attributes that an article needs.
    #[default]
    Sanitized,
    /// Keep everything: for content that only trusted people write.
    Trusted,
}

/// The numbering of heading levels in a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum HeadingLevels {
    /// The top headings are `h2`, below the page's own `h1`, and no level is skipped.
    #[default]
    Nested,
    /// Levels stay as written.
    Keep,
}
