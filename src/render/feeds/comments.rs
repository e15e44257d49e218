//! The feed of the comments on a story: Atom (RFC 4287) with threads (RFC 4685).

use crate::config::FeedFormat;
use crate::view::comments::CommentFeedView;

use super::super::xml;

/// Writes the feed.
pub(in super::super) fn comments(feed: &CommentFeedView<'_>) -> Vec<u8> {
    let mut out = b"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n".to_vec();
    let namespaces = [
        ("xmlns", "http://www.w3.org/2005/Atom"),
        ("xmlns:thr", "http://purl.org/syndication/thread/1.0"),
        ("xml:lang", feed.language),
    ];
    xml::open(&mut out, "feed", &namespaces);
    out.push(b'\n');
    xml::element(&mut out, "id", &[], &feed.url);
    xml::element(&mut out, "title", &[], &feed.title);
    xml::element(&mut out, "updated", &[], &feed.updated.iso);
    xml::empty(&mut out, "link", &[("rel", "alternate"), ("type", "text/html"), ("href", &feed.story_url)]);
    xml::empty(&mut out, "link", &[("rel", "self"), ("type", FeedFormat::Atom.media_type()), ("href", &feed.url)]);
    for entry in &feed.entries {
        let comment = &entry.comment;
        out.extend_from_slice(b"<entry>\n");
        xml::element(&mut out, "id", &[], &entry.id);
        xml::element(&mut out, "title", &[], &comment.name);
        xml::empty(&mut out, "link", &[("rel", "alternate"), ("type", "text/html"), ("href", &comment.url)]);
        let above = comment.parent.map(|parent| format!("{}#comment-{parent}", feed.story_url));
        let href = above.as_deref().unwrap_or(&feed.story_url);
        let replied = [("ref", entry.reply_to.as_str()), ("href", href), ("type", "text/html")];
        xml::empty(&mut out, "thr:in-reply-to", &replied);
        xml::element(&mut out, "published", &[], &entry.published.iso);
        xml::element(&mut out, "updated", &[], &entry.published.iso);
        out.extend_from_slice(b"<author>");
        xml::element(&mut out, "name", &[], &comment.name);
        if let Some(website) = comment.website {
            xml::element(&mut out, "uri", &[], website);
        }
        xml::close(&mut out, "author");
        xml::open(&mut out, "content", &[("type", "html")]);
        xml::character_data(&mut out, &xml::allowed(comment.body.clone()));
        xml::close(&mut out, "content");
        xml::close(&mut out, "entry");
    }
    xml::close(&mut out, "feed");
    out
}
