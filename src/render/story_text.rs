//! The text of a story outside its page, as feeds and other formats contain it.

use std::sync::Arc;

/// The text of a story as HTML that can stand anywhere: plain elements, absolute URLs, nothing that runs or styles.
#[derive(Debug, Clone)]
pub struct StoryText {
    /// The HTML, of characters that XML allows.
    pub html: Arc<str>,
    /// The sound and video in it.
    pub attachments: Arc<[Attachment]>,
    /// The keys that making it read.
    pub(super) keys: Arc<[u32]>,
}

/// A sound or video file that a story plays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Its absolute URL.
    pub url: String,
    /// Its media type.
    pub media_type: String,
    /// Its length in bytes, if it is a file of this site.
    pub bytes: Option<u64>,
}
