//! Feeds as bytes: RSS 2.0, Atom and JSON Feed, the list of all feeds, and how browsers show them.

mod atom;
mod json_feed;
mod opml;
mod rss;
mod style;

use std::borrow::Cow;
use std::sync::Arc;

use crate::config::FeedFormat;
use crate::view::contract::ImageView;
use crate::view::feeds::{EntryView, FeedView};

use super::sheet::escaped;
use super::xml;

pub(super) use opml::opml;
pub(super) use style::style;

/// A feed with the texts of its stories, in their order; without texts, summaries have to do.
pub(super) fn write(format: FeedFormat, feed: &FeedView<'_>, texts: &[Arc<str>]) -> Vec<u8> {
    let size: usize = texts.iter().map(|text| text.len() + 1_024).sum();
    let mut out = Vec::with_capacity(size + size / 8 + 2_048);
    match format {
        FeedFormat::Rss => rss::write(&mut out, feed, texts),
        FeedFormat::Atom => atom::write(&mut out, feed, texts),
        FeedFormat::Json => json_feed::write(&mut out, feed, texts),
    }
    out
}

/// What every feed in XML begins with: who opens it in a browser sees a page.
fn begin(out: &mut Vec<u8>, feed: &FeedView<'_>) {
    out.extend_from_slice(b"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
    if let Some(style) = &feed.style {
        out.extend_from_slice(b"<?xml-stylesheet type=\"text/css\" href=\"");
        xml::text(out, style);
        out.extend_from_slice(b"\"?>\n");
    }
}

/// What an entry holds as HTML: a story's text, or an amendment as a paragraph.
fn text_of<'t>(entry: &EntryView<'_>, text: Option<&'t Arc<str>>) -> Option<Cow<'t, str>> {
    let own = || Some(Cow::Owned(format!("<p>{}</p>", escaped(entry.text?))));
    text.map(|text| Cow::Borrowed(&**text)).or_else(own)
}

/// The lead picture: Media RSS 1.5.1, <https://www.rssboard.org/media-rss>.
fn picture(out: &mut Vec<u8>, image: &ImageView<'_>) {
    let (width, height) = (image.width.map(|width| width.to_string()), image.height.map(|height| height.to_string()));
    let mut attributes = vec![("url", image.url.as_str()), ("medium", "image")];
    attributes.extend(media_type(&image.url).map(|kind| ("type", kind)));
    attributes.extend(width.as_deref().map(|width| ("width", width)));
    attributes.extend(height.as_deref().map(|height| ("height", height)));
    xml::open(out, "media:content", &attributes);
    if let Some(credit) = image.credit {
        xml::element(out, "media:credit", &[("role", "author")], credit);
    }
    if let Some(about) = Some(image.alt).filter(|alt| !alt.is_empty()).or(image.caption) {
        xml::element(out, "media:description", &[("type", "plain")], about);
    }
    if let Some(caption) = image.caption {
        xml::element(out, "media:title", &[("type", "plain")], caption);
    }
    xml::close(out, "media:content");
}

/// What a picture's name tells of its format.
pub(super) fn media_type(url: &str) -> Option<&'static str> {
    let path = url.split(['?', '#']).next()?;
    Some(match path.rsplit_once('.')?.1.to_ascii_lowercase().as_str() {
        "jpg" | "jpeg" => "image/jpeg",
        "png" => "image/png",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "avif" => "image/avif",
        "svg" => "image/svg+xml",
        _ => return None,
    })
}
