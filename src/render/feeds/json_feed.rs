//! JSON Feed 1.1.

use serde::Serialize;

use crate::config::FeedFormat;
use crate::view::feeds::{EntryView, FeedView, SignerView};

use super::super::story_text::{Attachment, StoryText};
use super::{plain_summary, with_texts};

#[derive(Serialize)]
struct JsonFeed<'a> {
    version: &'static str,
    title: &'a str,
    home_page_url: &'a str,
    feed_url: &'a str,
    description: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    icon: Option<&'a str>,
    authors: [JsonAuthor<'a>; 1],
    language: &'a str,
}

#[derive(Serialize)]
struct JsonAuthor<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    avatar: Option<&'a str>,
}

#[derive(Serialize)]
struct JsonItem<'a> {
    id: &'a str,
    url: &'a str,
    title: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<&'a str>,
    date_published: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    date_modified: Option<&'a str>,
    authors: Vec<JsonAuthor<'a>>,
    tags: &'a [&'a str],
    language: &'a str,
}

#[derive(Serialize)]
struct JsonAttachment<'a> {
    url: &'a str,
    mime_type: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    size_in_bytes: Option<u64>,
}

/// Writes a feed as specified at <https://www.jsonfeed.org/version/1.1/>.
pub(super) fn write(out: &mut Vec<u8>, feed: &FeedView<'_>, texts: &[StoryText]) {
    let publisher = JsonAuthor { name: feed.publisher, url: Some(&feed.publisher_url), avatar: None };
    push(
        out,
        &JsonFeed {
            version: "https://jsonfeed.org/version/1.1",
            title: &feed.title,
            home_page_url: &feed.home,
            feed_url: &feed.url,
            description: &feed.description,
            icon: feed.logo.as_deref(),
            authors: [publisher],
            language: feed.language,
        },
    );
    continue_object(out);
    out.extend_from_slice(b"\"items\":[");
    for (at, item) in with_texts(feed, texts).enumerate() {
        let entry = item.entry;
        out.extend_from_slice(if at == 0 { b"\n" } else { b",\n" });
        out.extend_from_slice(entry.written.get(FeedFormat::Json, || head(entry)));
        // An item needs one of the two.
        match item.html(feed) {
            Some(text) => {
                out.extend_from_slice(b"\"content_html\":");
                push_text(out, &text);
            }
            None => {
                out.extend_from_slice(b"\"content_text\":");
                let words = plain_summary(entry);
                push(out, &if words.is_empty() { entry.title.to_string() } else { words.join("\n\n") });
            }
        }
        let files: Vec<JsonAttachment<'_>> = item.media_files().map(attachment).collect();
        if !files.is_empty() {
            out.extend_from_slice(b",\"attachments\":");
            push(out, &files);
        }
        out.push(b'}');
    }
    out.extend_from_slice(b"\n]}\n");
}

/// Writes an item up to its text.
fn head(entry: &EntryView<'_>) -> Vec<u8> {
    let mut out = Vec::with_capacity(1_024);
    push(
        &mut out,
        &JsonItem {
            id: &entry.id,
            url: &entry.url,
            title: &entry.title,
            summary: entry.summary,
            image: entry.image.as_ref().map(|image| image.url.as_str()),
            date_published: &entry.published.iso,
            date_modified: entry.updated.as_ref().map(|updated| updated.iso.as_str()),
            authors: entry.authors.iter().map(author).collect(),
            tags: &entry.categories,
            language: entry.language,
        },
    );
    continue_object(&mut out);
    out
}

fn author<'a>(signer: &'a SignerView<'_>) -> JsonAuthor<'a> {
    JsonAuthor { name: signer.name, url: signer.url.as_deref(), avatar: signer.avatar.as_deref() }
}

fn attachment(file: &Attachment) -> JsonAttachment<'_> {
    JsonAttachment { url: &file.url, mime_type: &file.media_type, size_in_bytes: file.bytes }
}

/// Reopens a written object to add members.
fn continue_object(out: &mut Vec<u8>) {
    out.pop();
    out.push(b',');
}

/// Writes a string of JSON (RFC 8259, section 7). A story's text stands in the feeds of its section, authors and tags, so
/// this is most of the work of a JSON feed; long texts have few characters to escape.
fn push_text(out: &mut Vec<u8>, text: &str) {
    let bytes = text.as_bytes();
    let is_plain = |byte: &u8| (*byte >= 0x20) | (*byte == b'\n');
    if !bytes.chunks(64).all(|chunk| chunk.iter().fold(true, |all, byte| all & is_plain(byte))) {
        return push(out, text);
    }
    out.push(b'"');
    let mut done = 0;
    for at in memchr::memchr3_iter(b'"', b'\\', b'\n', bytes) {
        out.extend_from_slice(&bytes[done..at]);
        out.extend_from_slice(if bytes[at] == b'\n' { b"\\n" } else { b"\\" });
        // A line end is replaced; the others follow their backslash.
        done = if bytes[at] == b'\n' { at + 1 } else { at };
    }
    out.extend_from_slice(&bytes[done..]);
    out.push(b'"');
}

fn push<T: Serialize + ?Sized>(out: &mut Vec<u8>, value: &T) {
    // Strings and lists of strings always serialize, and writing to memory can't fail.
    let _ = serde_json::to_writer(out, value);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn texts_are_written_as_serde_json_writes_them(text in "[a-zé\"\\\\/<\n\t\u{0}\u{7f}\u{2028}]{0,200}") {
            let mut out = Vec::new();
            super::push_text(&mut out, &text);
            prop_assert_eq!(out, serde_json::to_vec(&text).unwrap());
        }
    }
}
