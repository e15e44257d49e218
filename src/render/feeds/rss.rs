//! RSS 2.0 with the modules of its best practices: Dublin Core, Content, Media RSS and Atom's link.

use std::sync::Arc;

use crate::config::FeedFormat;
use crate::view::feeds::{EntryView, FeedView};

use super::super::xml;
use super::{begin, picture, text_of};

const NAMESPACES: &[(&str, &str)] = &[
    ("version", "2.0"),
    ("xmlns:atom", "http://www.w3.org/2005/Atom"),
    ("xmlns:content", "http://purl.org/rss/1.0/modules/content/"),
    ("xmlns:dc", "http://purl.org/dc/elements/1.1/"),
    ("xmlns:media", "http://search.yahoo.com/mrss/"),
];

/// <https://www.rssboard.org/rss-specification>.
pub(super) fn write(out: &mut Vec<u8>, feed: &FeedView<'_>, texts: &[Arc<str>]) {
    begin(out, feed);
    xml::open(out, "rss", NAMESPACES);
    out.extend_from_slice(b"\n<channel>\n");
    xml::element(out, "title", &[], &feed.title);
    xml::element(out, "link", &[], &feed.home);
    xml::element(out, "description", &[], &feed.description);
    xml::element(out, "language", &[], feed.language);
    if let Some(updated) = &feed.updated {
        xml::element(out, "lastBuildDate", &[], &updated.rfc822);
    }
    let own = [("rel", "self"), ("type", FeedFormat::Rss.media_type()), ("href", feed.url.as_str())];
    xml::empty(out, "atom:link", &own);
    // Only pictures of pixels are allowed.
    if let Some(logo) = feed.logo.as_ref().filter(|logo| !logo.ends_with(".svg")) {
        out.extend_from_slice(b"<image>\n");
        xml::element(out, "url", &[], logo);
        xml::element(out, "title", &[], &feed.title);
        xml::element(out, "link", &[], &feed.home);
        xml::close(out, "image");
    }
    for (at, entry) in feed.entries.iter().enumerate() {
        let entry = entry.view();
        out.extend_from_slice(entry.written.get(FeedFormat::Rss, || item(entry)));
        if let Some(text) = text_of(entry, texts.get(at)) {
            out.extend_from_slice(b"<content:encoded>");
            xml::character_data(out, &text);
            xml::close(out, "content:encoded");
        }
        xml::close(out, "item");
    }
    out.extend_from_slice(b"</channel>\n</rss>\n");
}

/// An item up to its text.
fn item(entry: &EntryView<'_>) -> Vec<u8> {
    let mut out = Vec::with_capacity(1_024);
    out.extend_from_slice(b"<item>\n");
    xml::element(&mut out, "title", &[], &entry.title);
    xml::element(&mut out, "link", &[], &entry.url);
    xml::element(&mut out, "guid", &[("isPermaLink", "false")], &entry.id);
    xml::element(&mut out, "pubDate", &[], &entry.published.rfc822);
    if let Some(updated) = &entry.updated {
        // RSS knows no date of a change; readers take Atom's (RFC 4287, section 4.2.15).
        xml::element(&mut out, "atom:updated", &[], &updated.iso);
    }
    for author in &entry.authors {
        xml::element(&mut out, "dc:creator", &[], author.name);
    }
    xml::element(&mut out, "dc:language", &[], entry.language);
    for category in &entry.categories {
        xml::element(&mut out, "category", &[], category);
    }
    if let Some(summary) = entry.summary {
        xml::element(&mut out, "description", &[], summary);
    }
    if let Some(image) = &entry.image {
        picture(&mut out, image);
    }
    out
}
