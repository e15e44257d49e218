//! Atom: RFC 4287.

use std::sync::Arc;

use crate::config::FeedFormat;
use crate::view::feeds::{EntryView, FeedView};

use super::super::xml;
use super::{begin, picture, text_of};

pub(super) fn write(out: &mut Vec<u8>, feed: &FeedView<'_>, texts: &[Arc<str>]) {
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
    for (at, entry) in feed.entries.iter().enumerate() {
        let entry = entry.view();
        out.extend_from_slice(entry.written.get(FeedFormat::Atom, || head(entry)));
        if let Some(text) = text_of(entry, texts.get(at)) {
            xml::open(out, "content", &[("type", "html")]);
            xml::character_data(out, &text);
            xml::close(out, "content");
        }
        xml::close(out, "entry");
    }
    xml::close(out, "feed");
}

/// An entry up to its text.
fn head(entry: &EntryView<'_>) -> Vec<u8> {
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
    if let Some(summary) = entry.summary {
        xml::element(&mut out, "summary", &[], summary);
    }
    if let Some(image) = &entry.image {
        picture(&mut out, image);
    }
    out
}
