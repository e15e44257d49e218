//! Writes feeds: RSS 2.0, Atom and JSON Feed, the list of all feeds, and their style sheet.

mod atom;
mod comments;
mod json_feed;
mod opml;
mod rss;
mod style;

use std::borrow::Cow;

use crate::config::FeedFormat;
use crate::media::picture_type;
use crate::view::contract::ImageView;
use crate::view::feeds::{EntryView, FeedView};

use super::html::escaped;
use super::story_text::{Attachment, StoryText};
use super::{story_frame, xml};

pub(super) use comments::comments;
pub(super) use opml::opml;
pub(super) use style::style;

/// Writes a feed. `texts` are those of the stories that need one, in order.
pub(super) fn write(format: FeedFormat, feed: &FeedView<'_>, texts: &[StoryText]) -> Vec<u8> {
    let size: usize = texts.iter().map(|text| text.html.len() + 1_024).sum();
    let mut out = Vec::with_capacity(size + size / 8 + 2_048);
    match format {
        FeedFormat::Rss => rss::write(&mut out, feed, texts),
        FeedFormat::Atom => atom::write(&mut out, feed, texts),
        FeedFormat::Json => json_feed::write(&mut out, feed, texts),
    }
    out
}

/// Begins an XML feed, with the style sheet for browsers.
fn begin(out: &mut Vec<u8>, feed: &FeedView<'_>) {
    out.extend_from_slice(b"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
    if let Some(style) = &feed.style {
        out.extend_from_slice(b"<?xml-stylesheet type=\"text/css\" href=\"");
        xml::text(out, style);
        out.extend_from_slice(b"\"?>\n");
    }
}

/// An entry with its text.
struct EntryWithText<'f, 'a> {
    entry: &'f EntryView<'a>,
    text: Option<&'f StoryText>,
}

impl<'f, 'a> EntryWithText<'f, 'a> {
    /// The full HTML of an entry, in feeds with full texts: a story's text with its frame, or an
    /// amendment as a paragraph.
    fn html(&self, feed: &FeedView<'_>) -> Option<Cow<'f, str>> {
        let entry = self.entry;
        if let Some(text) = entry.text {
            return Some(Cow::Owned(xml::allowed(format!("<p>{}</p>", escaped(text)))));
        }
        let text: &str = &self.text.filter(|_| feed.is_full)?.html;
        let Some(frame) = &entry.frame else { return Some(Cow::Borrowed(text)) };
        let [before, after] = entry.written.around(|| story_frame::around(frame, entry.image.as_ref()));
        let text = match &frame.dateline {
            Some(dateline) => Cow::Owned(story_frame::with_dateline(text, dateline)),
            None => Cow::Borrowed(text),
        };
        if before.is_empty() && after.is_empty() {
            return Some(text);
        }
        let gap = if text.ends_with('\n') || text.is_empty() || after.is_empty() { "" } else { "\n" };
        Some(Cow::Owned([before.as_str(), &text, gap, after].concat()))
    }

    /// The audio and video in the text that podcast apps can fetch.
    fn media_files(&self) -> impl Iterator<Item = &'f Attachment> {
        self.text.into_iter().flat_map(|text| text.attachments.iter())
    }
}

/// Pairs the entries of a feed with their texts; `texts` are in the order of the entries that need one.
fn with_texts<'f, 'a>(feed: &'f FeedView<'a>, texts: &'f [StoryText]) -> impl Iterator<Item = EntryWithText<'f, 'a>> {
    let mut texts = texts.iter();
    feed.entries.iter().map(move |entry| {
        let entry = entry.view();
        EntryWithText { entry, text: if entry.needs_text { texts.next() } else { None } }
    })
}

/// The plain text of an entry in feeds without full texts: its summary and notices.
fn plain_summary(entry: &EntryView<'_>) -> Vec<String> {
    match &entry.frame {
        Some(frame) => story_frame::plain_summary(frame, entry.summary),
        None => entry.summary.map(str::to_owned).into_iter().collect(),
    }
}

/// Writes the lead image as Media RSS 1.5.1, <https://www.rssboard.org/media-rss>.
fn picture(out: &mut Vec<u8>, image: &ImageView<'_>) {
    let (width, height) = (image.width.map(|width| width.to_string()), image.height.map(|height| height.to_string()));
    let mut attributes = vec![("url", image.url.as_str()), ("medium", "image")];
    attributes.extend(picture_type(&image.url).map(|kind| ("type", kind)));
    attributes.extend(width.as_deref().map(|width| ("width", width)));
    attributes.extend(height.as_deref().map(|height| ("height", height)));
    xml::open(out, "media:content", &attributes);
    if let Some(credit) = image.credit {
        xml::element(out, "media:credit", &[("role", "author")], credit);
    }
    if let Some(rights) = &image.rights
        && let Some(notice) = rights.copyright
    {
        let licence: Vec<(&str, &str)> = rights.licence_url.iter().map(|url| ("url", *url)).collect();
        xml::element(out, "media:copyright", &licence, notice);
    }
    if let Some(about) = Some(image.alt).filter(|alt| !alt.is_empty()).or(image.caption) {
        xml::element(out, "media:description", &[("type", "plain")], about);
    }
    if let Some(caption) = image.caption {
        xml::element(out, "media:title", &[("type", "plain")], caption);
    }
    xml::close(out, "media:content");
}
