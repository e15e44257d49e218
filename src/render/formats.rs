//! Stories in other formats than HTML pages, and `llms.txt` for language models.

mod llms;
mod markdown;
mod ninjs;
#[cfg(feature = "markdown-output")]
mod tables;

pub(super) use llms::llms;

use crate::view::formats::StoryFormatView;

/// Writes a story as IPTC ninjs.
pub(super) fn ninjs(story: &StoryFormatView<'_>, text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len() + text.len() / 8 + 4_096);
    // Strings, numbers and lists always serialize, and writing to memory can't fail.
    let _ = serde_json::to_writer_pretty(&mut bytes, &ninjs::NewsObject::new(story, text));
    bytes.push(b'\n');
    bytes
}

/// Writes a story as Markdown.
pub(super) fn markdown(story: &StoryFormatView<'_>, text: &str) -> Vec<u8> {
    markdown::write(story, text).into_bytes()
}
