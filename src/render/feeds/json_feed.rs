//! JSON Feed 1.1.

use serde::Serialize;

use crate::config::FeedFormat;
use crate::view::feeds::{EntryView, FeedView, SignerView};

use super::super::texts::{self, Text};
use super::{in_words, told};

#[derive(Serialize)]
struct Feed<'a> {
    version: &'static str,
    title: &'a str,
    home_page_url: &'a str,
    feed_url: &'a str,
    description: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    icon: Option<&'a str>,
    authors: [Author<'a>; 1],
    language: &'a str,
}

#[derive(Serialize)]
struct Author<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    avatar: Option<&'a str>,
}

#[derive(Serialize)]
struct Item<'a> {
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
    authors: Vec<Author<'a>>,
    tags: &'a [&'a str],
    language: &'a str,
}

#[derive(Serialize)]
struct Attachment<'a> {
    url: &'a str,
    mime_type: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    size_in_bytes: Option<u64>,
}

/// <https://www.jsonfeed.org/version/1.1/>.
pub(super) fn write(out: &mut Vec<u8>, feed: &FeedView<'_>, texts: &[Text]) {
    let publisher = Author { name: feed.publisher, url: Some(&feed.publisher_url), avatar: None };
    push(
        out,
        &Feed {
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
    for (at, told) in told(feed, texts).enumerate() {
        let entry = told.entry;
        out.extend_from_slice(if at == 0 { b"\n" } else { b",\n" });
        out.extend_from_slice(entry.written.get(FeedFormat::Json, || head(entry)));
        // An item needs one of the two.
        match told.html(feed) {
            Some(text) => {
                out.extend_from_slice(b"\"content_html\":");
                push(out, &*text);
            }
            None => {
                out.extend_from_slice(b"\"content_text\":");
                let words = in_words(entry);
                push(out, &if words.is_empty() { entry.title.to_string() } else { words.join("\n\n") });
            }
        }
        let recordings: Vec<Attachment<'_>> = told.recordings().map(attachment).collect();
        if !recordings.is_empty() {
            out.extend_from_slice(b",\"attachments\":");
            push(out, &recordings);
        }
        out.push(b'}');
    }
    out.extend_from_slice(b"\n]}\n");
}

/// An item up to its text.
fn head(entry: &EntryView<'_>) -> Vec<u8> {
    let mut out = Vec::with_capacity(1_024);
    push(
        &mut out,
        &Item {
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

fn author<'a>(signer: &'a SignerView<'_>) -> Author<'a> {
    Author { name: signer.name, url: signer.url.as_deref(), avatar: signer.avatar.as_deref() }
}

fn attachment(recording: &texts::Attachment) -> Attachment<'_> {
    Attachment { url: &recording.url, mime_type: &recording.media_type, size_in_bytes: recording.bytes }
}

/// Opens an object again that has been written, for more members.
fn continue_object(out: &mut Vec<u8>) {
    out.pop();
    out.push(b',');
}

fn push<T: Serialize + ?Sized>(out: &mut Vec<u8>, value: &T) {
    // Texts and lists of texts can always be written, and memory takes all of it.
    let _ = serde_json::to_writer(out, value);
}
