//! How bodies become HTML: what raw HTML may hold, and which levels headings have.

use serde::Deserialize;

/// Whether raw HTML in content is cleaned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum HtmlPolicy {
    /// Only what an article needs is kept.
    #[default]
    Sanitized,
    /// Everything is kept: for content that only trusted people write.
    Trusted,
}

/// Which levels the headings of a text have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum HeadingLevels {
    /// The top headings are `h2`, below the page's own `h1`, and no level is skipped.
    #[default]
    Nested,
    /// Those that are written.
    Keep,
}
