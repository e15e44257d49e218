//! Writes news as JSON: IPTC ninjs 3.0, <https://iptc.org/standards/ninjs/>.

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde::Serialize;

use crate::media::picture_type;
use crate::view::contract::{BylineView, ImageView};
use crate::view::formats::StoryFormatView;

/// The JSON Schema of every file.
const SCHEMA: &str = "http://www.iptc.org/std/ninjs/ninjs-schema_3.0.json";
const HTML: &str = "text/html";
const PLAIN: &str = "text/plain";

/// A news item; its fields are the properties of ninjs.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct NewsObject<'v> {
    standard: Standard,
    uri: &'v str,
    #[serde(rename = "type")]
    kind: &'static str,
    representation_type: &'static str,
    pub_status: &'static str,
    first_created: &'v str,
    version_created: &'v str,
    language: &'v str,
    title: &'v str,
    slugline: &'v str,
    headlines: Vec<NinjsText<'v>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    descriptions: Vec<NinjsText<'v>>,
    by: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    located: Option<&'v str>,
    bodies: [NinjsBody<'v>; 1],
    info_sources: Vec<InfoSource<'v>>,
    copyright_holder: &'v str,
    subjects: Vec<NinjsSubject<'v>>,
    genres: [Genre<'v>; 1],
    renditions: [Rendition<'v>; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    associations: Vec<NinjsPicture<'v>>,
    alt_ids: Vec<AltId<'v>>,
}

#[derive(Serialize)]
struct Standard {
    name: &'static str,
    version: &'static str,
    schema: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct NinjsText<'v> {
    role: &'v str,
    content_type: &'static str,
    value: &'v str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct NinjsBody<'v> {
    role: &'static str,
    content_type: &'static str,
    word_count: u32,
    value: &'v str,
}

#[derive(Serialize)]
struct InfoSource<'v> {
    name: &'v str,
    role: &'v str,
    #[serde(skip_serializing_if = "Option::is_none")]
    uri: Option<String>,
}

#[derive(Serialize)]
struct NinjsSubject<'v> {
    name: &'v str,
    rel: &'static str,
    uri: String,
}

#[derive(Serialize)]
struct Genre<'v> {
    name: &'v str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rendition<'v> {
    name: &'static str,
    href: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    content_type: Option<&'v str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    width: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    height: Option<u32>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct NinjsPicture<'v> {
    name: &'static str,
    rel: &'static str,
    uri: String,
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    descriptions: Vec<NinjsText<'v>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<&'v str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    copyright_notice: Option<&'v str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    usage_terms: Option<&'v str>,
    renditions: Vec<Rendition<'v>>,
}

#[derive(Serialize)]
struct AltId<'v> {
    role: &'static str,
    value: &'v str,
}

impl<'v> NewsObject<'v> {
    /// Creates the news item of a story. `text` is HTML.
    pub(super) fn new(story: &'v StoryFormatView<'_>, text: &'v str) -> NewsObject<'v> {
        let (page, article) = (&story.page, &story.article);
        let published = article.published.view().iso.as_str();
        let url = Rendition { name: "web", href: uri(&page.url), content_type: Some(HTML), width: None, height: None };
        let canonical = article.canonical.map(|value| AltId { role: "canonical", value });
        NewsObject {
            standard: Standard { name: "ninjs", version: "3.0", schema: SCHEMA },
            uri: &story.id,
            kind: "text",
            representation_type: "full",
            pub_status: if article.retracted.is_some() { "canceled" } else { "usable" },
            first_created: published,
            version_created: article.modified.as_ref().map_or(published, |date| &date.iso),
            language: page.language,
            title: article.short_title,
            slugline: article.id,
            headlines: vec![plain("main", article.title)],
            descriptions: descriptions(story),
            by: names(article.byline.view()),
            located: article.dateline,
            bodies: [NinjsBody {
                role: "main",
                content_type: HTML,
                word_count: article.words + article.characters,
                value: text,
            }],
            info_sources: info_sources(story),
            copyright_holder: story.publisher,
            subjects: subjects(story),
            genres: [Genre { name: article.kind }],
            renditions: [url],
            associations: article.image.iter().map(picture).collect(),
            alt_ids: [Some(AltId { role: "web", value: &page.url }), canonical].into_iter().flatten().collect(),
        }
    }
}

fn plain<'v>(role: &'v str, value: &'v str) -> NinjsText<'v> {
    NinjsText { role, content_type: PLAIN, value }
}

/// The story's summary and corrections.
fn descriptions<'v>(story: &'v StoryFormatView<'_>) -> Vec<NinjsText<'v>> {
    let article = &story.article;
    let deck = article.deck.map(|deck| plain("deck", deck));
    let summary = article.summary.map(|summary| plain("summary", summary));
    let corrections = article.corrections.iter().map(|correction| plain("correction", correction.text));
    let notes = article.notes.iter().map(|note| plain(note.kind, note.text));
    let retraction = article.retracted.iter().map(|retraction| plain("retraction", retraction.reason));
    deck.into_iter().chain(summary).chain(corrections).chain(notes).chain(retraction).collect()
}

/// The names in a byline with their separators, without the words around them; the whole byline if it
/// has no names.
fn names(byline: &BylineView<'_>) -> String {
    let first = byline.parts.iter().position(|part| part.is_name);
    let last = byline.parts.iter().rposition(|part| part.is_name);
    match first.zip(last) {
        Some((first, last)) => byline.parts[first..=last].iter().map(|part| part.text.as_ref()).collect(),
        None => byline.text.clone(),
    }
}

/// All contributors, and finally the publisher.
fn info_sources<'v>(story: &'v StoryFormatView<'_>) -> Vec<InfoSource<'v>> {
    let article = &story.article;
    let authors = article.signers.iter().map(|name| (name, "author"));
    let contributors = article.contributors.iter().flat_map(|role| {
        let names = role.parts.iter().filter(|name| name.is_name);
        names.map(|name| (name, role.role))
    });
    let agency = article.wire.iter().map(|name| (name, "agency"));
    let people = authors.chain(contributors).chain(agency).map(|(name, role)| InfoSource {
        name: &name.text,
        role,
        uri: name.path.as_deref().map(|path| uri(&crate::route::absolute(&story.home, path))),
    });
    let publisher = InfoSource { name: story.publisher, role: "publisher", uri: Some(uri(&story.publisher_url)) };
    people.chain([publisher]).collect()
}

fn subjects<'v>(story: &'v StoryFormatView<'_>) -> Vec<NinjsSubject<'v>> {
    let article = &story.article;
    let section = std::iter::once((article.section.view(), "section"));
    let tags = article.tags.iter().chain(article.taxonomies.iter().flat_map(|taxonomy| &taxonomy.terms));
    let series = story.series.iter().map(|series| (series, "series"));
    let links = section.chain(tags.map(|tag| (tag.view(), "about"))).chain(series);
    links
        .map(|(link, rel)| NinjsSubject {
            name: link.title,
            rel,
            uri: uri(&crate::route::absolute(&story.home, &link.path)),
        })
        .collect()
}

fn picture<'v>(image: &'v ImageView<'_>) -> NinjsPicture<'v> {
    let alt = Some(image.alt).filter(|alt| !alt.is_empty()).map(|alt| plain("alt", alt));
    NinjsPicture {
        name: "lead",
        rel: "lead",
        uri: uri(&image.url),
        kind: "picture",
        descriptions: image.caption.map(|caption| plain("caption", caption)).into_iter().chain(alt).collect(),
        by: image.credit,
        copyright_notice: image.rights.as_ref().and_then(|rights| rights.copyright),
        usage_terms: image.rights.as_ref().and_then(|rights| rights.terms),
        renditions: renditions(image),
    }
}

/// The original, or the largest that pages show, and the one for link previews.
fn renditions(image: &ImageView<'_>) -> Vec<Rendition<'static>> {
    let rendition = |name, url: &str, width, height| Rendition {
        name,
        href: uri(url),
        content_type: picture_type(url),
        width,
        height,
    };
    let name = if image.srcset.is_some() { "large" } else { "original" };
    let mut all = vec![rendition(name, &image.url, image.width, image.height)];
    all.extend(
        image.social.iter().map(|social| rendition("social", &social.url, Some(social.width), Some(social.height))),
    );
    all
}

/// Characters that RFC 3986 doesn't allow anywhere in a URI.
const INVALID_IN_URI: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>').add(b'\\').add(b'^').add(b'`').add(b'{').add(b'|').add(b'}');

/// Percent-encodes the characters of a hand-written URL that URIs can't contain.
fn uri(url: &str) -> String {
    utf8_percent_encode(url, INVALID_IN_URI).to_string()
}
