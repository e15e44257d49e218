//! Writes RSS 2.0 with the modules of its best practices: Dublin Core, Content, Media RSS and Atom's
//! link.

use crate::config::FeedFormat;
use crate::view::feeds::{EntryView, FeedView};

use super::super::html::escaped;
use super::super::story_text::StoryText;
use super::super::xml;
use super::{begin, picture, plain_summary, with_texts};

const NAMESPACES: &[(&str, &str)] = &[
    ("version", "2.0"),
    ("xmlns:atom", "http://www.w3.org/2005/Atom"),
    ("xmlns:content", "http://purl.org/rss/1.0/modules/content/"),
    ("xmlns:dc", "http://purl.org/dc/elements/1.1/"),
    ("xmlns:media", "http://search.yahoo.com/mrss/"),
];

/// Writes a feed as specified at <https://www.rssboard.org/rss-specification>.
pub(super) fn write(out: &mut Vec<u8>, feed: &FeedView<'_>, texts: &[StoryText]) {
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
    // Only bitmap images are allowed.
    if let Some(logo) = feed.logo.as_ref().filter(|logo| !logo.ends_with(".svg")) {
        out.extend_from_slice(b"<image>\n");
        xml::element(out, "url", &[], logo);
        xml::element(out, "title", &[], &feed.title);
        xml::element(out, "link", &[], &feed.home);
        xml::close(out, "image");
    }
    for item in with_texts(feed, texts) {
        let entry = item.entry;
        out.extend_from_slice(entry.written.get(FeedFormat::Rss, || head(entry, feed.is_full)));
        if let Some(text) = item.html(feed) {
            out.extend_from_slice(b"<content:encoded>");
            xml::character_data(out, &text);
            xml::close(out, "content:encoded");
        }
        // Many programs accept only one enclosure.
        if let Some(file) = item.media_files().next() {
            // The length of a file on another site is unknown, and an enclosure without one is invalid;
            // the RSS Best Practices Profile recommends 0 then.
            let length = file.bytes.unwrap_or(0).to_string();
            let attributes = [("url", &*file.url), ("length", &length), ("type", &file.media_type)];
            xml::empty(out, "enclosure", &attributes);
        }
        xml::close(out, "item");
    }
    out.extend_from_slice(b"</channel>\n</rss>\n");
}

/// Writes an item up to its text.
fn head(entry: &EntryView<'_>, is_full: bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(1_024);
    out.extend_from_slice(b"<item>\n");
    xml::element(&mut out, "title", &[], &entry.title);
    xml::element(&mut out, "link", &[], &entry.url);
    xml::element(&mut out, "guid", &[("isPermaLink", "false")], &entry.id);
    xml::element(&mut out, "pubDate", &[], &entry.published.rfc822);
    if let Some(updated) = &entry.updated {
        // RSS has no modification date; feed readers understand Atom's (RFC 4287, section 4.2.15).
        xml::element(&mut out, "atom:updated", &[], &updated.iso);
    }
    for author in &entry.authors {
        xml::element(&mut out, "dc:creator", &[], author.name);
    }
    xml::element(&mut out, "dc:language", &[], entry.language);
    for category in &entry.categories {
        xml::element(&mut out, "category", &[], category);
    }
    let description = if is_full { entry.summary.map(escaped) } else { paragraphs(&plain_summary(entry)) };
    if let Some(description) = description {
        xml::element(&mut out, "description", &[], &description);
    }
    if let Some(image) = &entry.image {
        picture(&mut out, image);
    }
    out
}

/// Converts plain paragraphs to HTML, which is how feed readers show an item's description
/// (<https://www.rssboard.org/rss-profile#element-channel-item-description>).
fn paragraphs(words: &[String]) -> Option<String> {
    match words {
        [] => None,
        [one] => Some(escaped(one)),
        several => Some(several.iter().map(|words| format!("<p>{}</p>", escaped(words))).collect()),
    }
}
