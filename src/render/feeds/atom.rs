//! Atom (RFC 4287).

use crate::config::FeedFormat;
use crate::view::feeds::{EntryView, FeedView};

use super::super::story_text::StoryText;
use super::super::xml;
use super::{begin, picture, plain_summary, with_texts};

pub(super) fn write(out: &mut Vec<u8>, feed: &FeedView<'_>, texts: &[StoryText]) {
    begin(out, feed);
    let namespaces = [
        ("xmlns", "http://www.w3.org/2005/Atom"),
        ("xmlns:media", "http://search.yahoo.com/mrss/"),
        ("xml:lang", feed.language),
    ];
    xml::open(out, "feed", &namespaces);
    out.push(b'\n');
    xml::element(out, "id", &[], &feed.home);
    xml::element(out, "title", &[], &feed.title);
    xml::element(out, "subtitle", &[], &feed.description);
    if let Some(updated) = &feed.updated {
        xml::element(out, "updated", &[], &updated.iso);
    }
    xml::empty(out, "link", &[("rel", "alternate"), ("type", "text/html"), ("href", &feed.home)]);
    xml::empty(out, "link", &[("rel", "self"), ("type", FeedFormat::Atom.media_type()), ("href", &feed.url)]);
    if let Some(logo) = &feed.logo {
        xml::element(out, "logo", &[], logo);
    }
    for item in with_texts(feed, texts) {
        let entry = item.entry;
        out.extend_from_slice(entry.written.get(FeedFormat::Atom, || head(entry, feed.is_full)));
        for file in item.media_files() {
            let length = file.bytes.map(|bytes| bytes.to_string());
            let mut attributes = vec![("rel", "enclosure"), ("type", &*file.media_type), ("href", &file.url)];
            attributes.extend(length.as_deref().map(|length| ("length", length)));
            xml::empty(out, "link", &attributes);
        }
        if let Some(text) = item.html(feed) {
            xml::open(out, "content", &[("type", "html")]);
            xml::character_data(out, &text);
            xml::close(out, "content");
        }
        xml::close(out, "entry");
    }
    xml::close(out, "feed");
}

/// Writes an entry up to its text.
fn head(entry: &EntryView<'_>, is_full: bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(1_024);
    xml::open(&mut out, "entry", &[("xml:lang", entry.language)]);
    out.push(b'\n');
    xml::element(&mut out, "id", &[], &entry.id);
    xml::element(&mut out, "title", &[], &entry.title);
    xml::empty(&mut out, "link", &[("rel", "alternate"), ("type", "text/html"), ("href", &entry.url)]);
    xml::element(&mut out, "published", &[], &entry.published.iso);
    xml::element(&mut out, "updated", &[], &entry.updated.as_ref().unwrap_or(&entry.published).iso);
    for author in &entry.authors {
        out.extend_from_slice(b"<author>");
        xml::element(&mut out, "name", &[], author.name);
        if let Some(url) = &author.url {
            xml::element(&mut out, "uri", &[], url);
        }
        xml::close(&mut out, "author");
    }
    for category in &entry.categories {
        xml::empty(&mut out, "category", &[("term", category)]);
    }
    let summary =
        if is_full { entry.summary.unwrap_or_default().to_owned() } else { plain_summary(entry).join("\n\n") };
    if !summary.is_empty() {
        xml::element(&mut out, "summary", &[], &summary);
    }
    if let Some(image) = &entry.image {
        picture(&mut out, image);
    }
    out
}
