//! Stories in other formats beside their pages, and what language models are told there is to read.

mod llms;
mod markdown;
mod ninjs;
#[cfg(feature = "markdown-output")]
mod tables;

pub(super) use llms::llms;

use crate::view::formats::StoryFormatView;

/// A story as IPTC ninjs.
pub(super) fn ninjs(story: &StoryFormatView<'_>, text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len() + text.len() / 8 + 4_096);
    // Texts, numbers and lists can always be written, and memory takes all of it.
    let _ = serde_json::to_writer_pretty(&mut bytes, &ninjs::NewsObject::new(story, text));
    bytes.push(b'\n');
    bytes
}

/// A story as Markdown.
pub(super) fn markdown(story: &StoryFormatView<'_>, text: &str) -> Vec<u8> {
    markdown::write(story, text).into_bytes()
}
