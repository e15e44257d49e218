//! Writes the list of all feeds for import into feed readers: OPML 2.0.

use crate::config::FeedFormat;
use crate::plan::{FeedSource, Listing};
use crate::route::Route;
use crate::view::Viewer;

use super::super::xml;

/// Writes <https://opml.org/spec2.opml>: an outline for each feed, grouped by kind of list. Without
/// dates, so that the file changes only when a feed is added, removed or renamed.
pub(crate) fn opml(viewer: &Viewer<'_>) -> Vec<u8> {
    let formats = &viewer.config.feeds.formats;
    let Some(&format) = formats.iter().find(|format| **format != FeedFormat::Json).or(formats.first()) else {
        return Vec::new();
    };
    let (site, plan) = viewer.reader.everything();
    let edition = viewer.edition();
    let own: Vec<FeedSource> = plan.feeds_of(site, edition).collect();
    let mut out = Vec::with_capacity(256 * own.len() + 512);
    out.extend_from_slice(b"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<opml version=\"2.0\">\n<head>\n");
    xml::element(&mut out, "title", &[], &viewer.config.title);
    xml::element(&mut out, "ownerName", &[], &viewer.config.publisher.name);
    out.extend_from_slice(b"</head>\n<body>\n");
    for feeds in own.chunk_by(|one, other| group(viewer, *one) == group(viewer, *other)) {
        let name = feeds.first().and_then(|&feed_source| group(viewer, feed_source));
        if let Some(name) = name {
            xml::open(&mut out, "outline", &[("text", name)]);
            out.push(b'\n');
        }
        feeds.iter().for_each(|&feed_source| outline(&mut out, viewer, feed_source, format));
        if name.is_some() {
            xml::close(&mut out, "outline");
        }
    }
    out.extend_from_slice(b"</body>\n</opml>\n");
    out
}

/// The heading of a group of feeds; `None` for the site's own feed and that of corrections.
fn group<'a>(viewer: &Viewer<'a>, feed_source: FeedSource) -> Option<&'a str> {
    let word = |key: &'static str| viewer.strings.get(&viewer.config.language, key).unwrap_or(key);
    Some(match feed_source {
        FeedSource::Listing(Listing::Latest(_)) | FeedSource::Corrections(_) => return None,
        FeedSource::Listing(Listing::Section(_)) => word("sections"),
        FeedSource::Listing(Listing::Author(_)) => word("staff"),
        FeedSource::Listing(Listing::Term(taxonomy, _)) => viewer.plural(taxonomy),
        FeedSource::Series(_) => word("series"),
    })
}

fn outline(out: &mut Vec<u8>, viewer: &Viewer<'_>, feed_source: FeedSource, format: FeedFormat) {
    let (name, language, page) = viewer.feed_source(feed_source);
    let Some(route) = viewer.feed_route(feed_source, format) else { return };
    let url = |route: &Route| viewer.config.base_url.url(route);
    let name = name.unwrap_or(&viewer.config.title);
    let (feed, page) = (url(route), page.map_or_else(|| url(&viewer.config.front_route()), &url));
    let attributes = [
        // Subscriptions have this type in every format.
        ("type", "rss"),
        ("text", name),
        ("title", name),
        ("xmlUrl", &feed),
        ("htmlUrl", &page),
        ("language", language.tag()),
    ];
    xml::empty(out, "outline", &attributes);
}
