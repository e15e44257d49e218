//! Texts and fields of Ghost's posts and pages.

use serde_json::Value;

use super::export::{GhostPost, GhostPostMeta, GhostTag, id};
use super::lexical;
use super::markup::HtmlText;
use super::mobiledoc;
use crate::import::dates::SourceDate;
use crate::import::html::{HtmlNoteKind, HtmlOptions, HtmlUrls, convert, plain_text};
use crate::import::model::{Credited, Picture, SourceItem};
use crate::import::notes::{ImportNoteKind, Notes};
use crate::import::words::html_text;

/// The place of the site's URL in exports.
const SITE_URL: &str = "__GHOST_URL__";

/// URLs as paths of the site, with pictures in their whole size.
pub(super) struct GhostUrls;

impl HtmlUrls for GhostUrls {
    fn link(&self, url: &str) -> String {
        url.replace(SITE_URL, "")
    }

    fn file(&self, url: &str) -> String {
        whole(&url.replace(SITE_URL, ""))
    }
}

/// The URL of a picture without the part that asks for a size: `/content/images/size/w600/2024/a.jpg`.
pub(super) fn whole(url: &str) -> String {
    let Some((before, rest)) = url.split_once("/content/images/size/") else { return url.to_owned() };
    let mut parts = rest.split('/').skip(1).peekable();
    if parts.next_if(|part| *part == "format").is_some() {
        parts.next();
    }
    format!("{before}/content/images/{}", parts.collect::<Vec<_>>().join("/"))
}

/// The id of a post in the survey.
pub(super) fn key(post: &GhostPost) -> String {
    format!("post-{}", id(&post.id))
}

/// The text of a post as HTML: from its document, or the HTML that Ghost has made of it.
pub(super) fn source(post: &GhostPost) -> HtmlText {
    let filled = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
    let document = filled(&post.lexical).and_then(|document| lexical::html(&document));
    let document = document.or_else(|| filled(&post.mobiledoc).and_then(|document| mobiledoc::html(&document)));
    document.unwrap_or_else(|| HtmlText { html: filled(&post.html).unwrap_or_default(), ..HtmlText::default() })
}

/// All that belongs to a post.
pub(super) struct PostParts<'a> {
    pub post: &'a GhostPost,
    pub meta: Option<&'a GhostPostMeta>,
    /// In order; the first is the section.
    pub tags: Vec<&'a GhostTag>,
    /// The keys of the authors, in order.
    pub authors: Vec<String>,
}

/// Makes an item of the project from a post.
pub(super) fn item(parts: &PostParts<'_>, place: &str, notes: &mut Notes) -> SourceItem {
    let PostParts { post, meta, tags, authors } = parts;
    let source = source(post);
    let body = body(post, &source, place, notes);
    let text = |text: Option<&String>| text.map(|text| plain_text(text)).filter(|text| !text.is_empty());
    let excerpt = text(post.custom_excerpt.as_ref());
    let description =
        text(post.meta_description.as_ref().or_else(|| meta.and_then(|meta| meta.meta_description.as_ref())));
    let seo_title = text(post.meta_title.as_ref().or_else(|| meta.and_then(|meta| meta.meta_title.as_ref())));
    let title = plain_text(post.title.as_deref().unwrap_or_default());
    let mut story = SourceItem {
        id: key(post),
        seo_title: seo_title.filter(|seo| *seo != title),
        updated: updated(post),
        authors: authors.iter().cloned().map(Credited::Person).collect(),
        image: picture(post, *meta),
        language: post.locale.clone().filter(|locale| !locale.is_empty()),
        canonical: post.canonical_url.clone().filter(|url| crate::urls::is_complete_url(url)),
        // Ghost's feeds have the id of the post.
        guid: None,
        source_text: Some(html_text(&source.html)),
        body,
        ..SourceItem::default()
    };
    for tag in tags.iter().skip(1) {
        story.tags.extend(tag.name.clone());
    }
    if let (Some(description), Some(excerpt)) = (&description, &excerpt)
        && description != excerpt
    {
        notes.add(
            ImportNoteKind::Kept,
            "description for search engines",
            place,
            "the excerpt is the summary; the description is under `extra`",
        );
        story.extra.insert("seo_description".to_owned(), Value::String(description.clone()));
    }
    story.summary = excerpt.or(description);
    if meta.and_then(|meta| meta.feature_image_caption.as_ref()).is_some_and(|caption| caption.contains("href")) {
        notes.add(ImportNoteKind::Converted, "links in a caption", place, "the lead picture's caption is plain text");
    }
    story
}

/// The text of a post as Markdown.
fn body(post: &GhostPost, source: &HtmlText, place: &str, notes: &mut Notes) -> String {
    for card in &source.dropped {
        notes.add(ImportNoteKind::Dropped, "card", place, card.clone());
    }
    for kind in &source.unknown {
        notes.add(
            ImportNoteKind::Converted,
            format!("card `{kind}`"),
            place,
            "it is unknown; only its text remains, if it has any",
        );
    }
    let converted = convert(&source.html, &HtmlOptions { urls: &GhostUrls, ..HtmlOptions::default() });
    for note in &converted.notes {
        let kind = match note.kind {
            HtmlNoteKind::Dropped => ImportNoteKind::Dropped,
            HtmlNoteKind::Changed => ImportNoteKind::Converted,
            HtmlNoteKind::Kept => ImportNoteKind::Kept,
        };
        if note.kind != HtmlNoteKind::Kept || note.subject.contains(' ') {
            notes.add(kind, note.subject.clone(), place, note.times());
        }
    }
    for code in [&post.codeinjection_head, &post.codeinjection_foot].into_iter().flatten() {
        if !code.trim().is_empty() {
            notes.add(ImportNoteKind::Dropped, "code injection", place, code.trim());
        }
    }
    converted.markdown
}

fn picture(post: &GhostPost, meta: Option<&GhostPostMeta>) -> Option<Picture> {
    let src = post.feature_image.as_deref().map(str::trim).filter(|src| !src.is_empty())?;
    let text = |text: Option<&String>| text.map(|text| plain_text(text)).filter(|text| !text.is_empty());
    Some(Picture {
        src: GhostUrls.file(src),
        alt: text(meta.and_then(|meta| meta.feature_image_alt.as_ref())),
        caption: text(meta.and_then(|meta| meta.feature_image_caption.as_ref())),
        credit: None,
    })
}

/// A date: text in UTC, or milliseconds since 1970 in old versions.
pub(super) fn date(value: &Value) -> Option<SourceDate> {
    let local = match value {
        Value::Number(number) => {
            jiff::tz::TimeZone::UTC.to_datetime(jiff::Timestamp::from_millisecond(number.as_i64()?).ok()?)
        }
        Value::String(text) => SourceDate::parse(text)?.local,
        _ => return None,
    };
    Some(SourceDate { has_time: true, ..SourceDate::utc(local.with().subsec_nanosecond(0).build().ok()?) })
}

/// A date in a zone, as front matter shows it.
pub(super) fn in_zone(date: SourceDate, zone: &jiff::tz::TimeZone) -> SourceDate {
    let Ok(instant) = jiff::tz::Offset::UTC.to_timestamp(date.local) else { return date };
    let local = zone.to_datetime(instant);
    let is_plain = !zone.to_ambiguous_zoned(local).is_ambiguous();
    let offset = (!is_plain).then(|| zone.to_offset(instant));
    SourceDate { local, offset, has_time: true }
}

fn updated(post: &GhostPost) -> Option<SourceDate> {
    let published = date(&post.published_at)?;
    date(&post.updated_at).filter(|updated| updated.local.date() > published.local.date())
}
