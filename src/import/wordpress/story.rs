//! Texts and fields of WordPress items.

use std::collections::BTreeMap;

use serde_json::Value;

use super::archive::{Archive, decoded, is_for_readers, taxonomy_key};
use super::autop::with_paragraphs;
use super::blocks;
use super::comments;
use super::dates;
use super::expansions::Expander;
use super::wxr::{WxrComment, WxrItem};
use crate::import::html::{HtmlNoteKind, HtmlOptions, HtmlUrls, convert, plain_text};
use crate::import::model::{ReaderComment, SourceItem};
use crate::import::notes::{ImportNoteKind, Notes};
use crate::import::words::html_text;

/// Pictures in any of their sizes are the whole picture.
struct WholePictures<'a>(&'a Archive);

impl HtmlUrls for WholePictures<'_> {
    fn link(&self, url: &str) -> String {
        self.0.library.whole(url).unwrap_or(url).to_owned()
    }

    fn file(&self, url: &str) -> String {
        self.link(url)
    }
}

/// Makes an item of the project from one of the export.
pub(super) fn item(item: &WxrItem, archive: &Archive, place: &str, notes: &mut Notes) -> SourceItem {
    let html = html(item, archive, place, notes);
    let options = HtmlOptions { urls: &WholePictures(archive), footnotes: &html.footnotes, is_comment: false };
    let converted = convert(&html.text, &options);
    for note in &converted.notes {
        let kind = match note.kind {
            HtmlNoteKind::Dropped => ImportNoteKind::Dropped,
            HtmlNoteKind::Changed => ImportNoteKind::Converted,
            HtmlNoteKind::Kept => ImportNoteKind::Kept,
        };
        // Harmless tags within a line are kept as they are.
        if note.kind != HtmlNoteKind::Kept || note.subject.contains(' ') {
            notes.add(kind, note.subject.clone(), place, note.times());
        }
    }
    let zone = archive.zone();
    let in_zone = |date| zone.as_ref().map_or(date, |zone| dates::in_zone(date, zone));
    let published = dates::published(item);
    let updated =
        dates::modified(item).filter(|updated| published.is_some_and(|date| date.local.date() < updated.local.date()));
    let mut story = SourceItem {
        id: item.key(),
        deck: first_meta(
            item,
            &["newspack_post_subtitle", "_subtitle", "subtitle", "wps_subtitle", "_secondary_title"],
        ),
        kicker: first_meta(item, &["kicker", "_kicker"]),
        updated: updated.map(in_zone),
        authors: archive.people.credits(item, place, notes),
        byline: first_meta(item, &["largo_byline_text", "byline"]),
        image: item.meta("_thumbnail_id").and_then(|id| archive.library.picture(id.trim().parse().ok()?)),
        comments_open: (item.comment_status == "closed" && item.kind == "post").then_some(false),
        guid: Some(item.guid.clone()).filter(|guid| crate::urls::is_complete_url(guid) && archive.owns_guid(item)),
        source_text: Some(html.words),
        body: converted.markdown,
        comments: item.comments.iter().filter_map(|comment| reader_comment(comment, archive)).collect(),
        ..SourceItem::default()
    };
    if item.meta("_thumbnail_id").is_some() && story.image.is_none() {
        notes.add(ImportNoteKind::Missing, "lead picture", place, "the export doesn't have the file's entry");
    }
    if item.is_sticky {
        notes.add(ImportNoteKind::Dropped, "sticky post", place, "pick it for the front page in content/_index.md");
    }
    let others = item.comments.len() - story.comments.len();
    if others > 0 {
        notes.add(ImportNoteKind::Dropped, "comment", place, format!("{others} are not approved, or are pingbacks"));
    }
    terms(item, archive, &mut story, place, notes);
    search(item, archive, &mut story, place, notes);
    story
}

/// A text as HTML, with what is stored apart from it.
struct PreparedHtml {
    text: String,
    footnotes: Vec<(String, String)>,
    /// The words of the source.
    words: String,
}

fn html(item: &WxrItem, archive: &Archive, place: &str, notes: &mut Notes) -> PreparedHtml {
    let mut expander = Expander {
        library: &archive.library,
        post: item.id,
        footnotes: item.meta("footnotes").map(stored_footnotes).unwrap_or_default(),
        kept: Vec::new(),
        dropped: Vec::new(),
    };
    let text = if blocks::has_blocks(&item.content) {
        let html = blocks::html(&item.content, &archive.reusable, &mut |name| {
            notes.add(
                ImportNoteKind::Dropped,
                format!("block `{name}`"),
                place,
                "WordPress fills it when it shows the page",
            );
        });
        expander.expand(&html)
    } else {
        with_paragraphs(&expander.expand(&item.content))
    };
    for (name, written) in &expander.kept {
        notes.add(ImportNoteKind::Kept, format!("shortcode `{name}`"), place, written.clone());
    }
    for (name, written) in &expander.dropped {
        notes.add(ImportNoteKind::Dropped, format!("shortcode `{name}`"), place, written.clone());
    }
    let mut words = html_text(&text);
    for (_, note) in &expander.footnotes {
        words.push(' ');
        words.push_str(&html_text(note));
    }
    PreparedHtml { text, footnotes: expander.footnotes, words }
}

/// The footnotes that the editor stores in a field: a list of ids and HTML.
fn stored_footnotes(json: &str) -> Vec<(String, String)> {
    let notes: Vec<BTreeMap<String, Value>> = serde_json::from_str(json).unwrap_or_default();
    let text = |note: &BTreeMap<String, Value>, key: &str| Some(note.get(key)?.as_str()?.to_owned());
    notes.iter().filter_map(|note| Some((text(note, "id")?, text(note, "content")?))).collect()
}

fn first_meta(item: &WxrItem, keys: &[&str]) -> Option<String> {
    keys.iter().find_map(|key| item.meta(key)).map(plain_text).filter(|text| !text.is_empty())
}

/// Tags, terms of other taxonomies, the series and the language. Categories besides the section become tags.
fn terms(item: &WxrItem, archive: &Archive, story: &mut SourceItem, place: &str, notes: &mut Notes) {
    let section = archive.primary(item);
    let section_path = section.as_deref().map(|slug| archive.path_of(slug)).unwrap_or_default();
    for term in &item.terms {
        match term.domain.as_str() {
            "post_tag" => story.tags.push(term.name.clone()),
            "category" => {
                let path = archive.path_of(&term.slug);
                let is_above = section_path == path || section_path.starts_with(&format!("{path}/"));
                let is_none = section.is_none() || term.slug.starts_with("uncategori");
                if !is_above && !is_none && item.kind != "page" {
                    let name = archive.category_name(&term.slug, &term.name).to_owned();
                    let detail = format!("`{name}` is a tag, since a story has one section");
                    notes.add(ImportNoteKind::Converted, "second category", place, detail);
                    story.tags.push(name);
                }
            }
            "series" => {
                story.series = Some((term.name.clone(), item.meta("_series_part").and_then(|part| part.parse().ok())))
            }
            "language" => story.language = Some(decoded(&term.slug)),
            "post_format" => {
                let format = term.slug.trim_start_matches("post-format-").to_owned();
                notes.add(ImportNoteKind::Dropped, "post format", place, format);
            }
            domain if is_for_readers(domain) => {
                story.taxonomies.entry(taxonomy_key(domain)).or_default().push(term.name.clone());
            }
            _ => {}
        }
    }
    story.taxonomies.retain(|key, _| !key.is_empty());
}

/// Summaries, and what plugins tell search engines.
fn search(item: &WxrItem, archive: &Archive, story: &mut SourceItem, place: &str, notes: &mut Notes) {
    let excerpt = Some(plain_text(&item.excerpt)).filter(|text| !text.is_empty());
    let descriptions = [
        "_yoast_wpseo_metadesc",
        "rank_math_description",
        "_aioseo_description",
        "_aioseop_description",
        "_seopress_titles_desc",
        "_genesis_description",
    ];
    let titles = [
        "_yoast_wpseo_title",
        "rank_math_title",
        "_aioseo_title",
        "_aioseop_title",
        "_seopress_titles_title",
        "_genesis_title",
    ];
    let fill = |text: String| filled(&text, item, archive);
    let description = first_meta(item, &descriptions).and_then(fill);
    let title = first_meta(item, &titles).and_then(fill);
    story.seo_title = title.filter(|title| *title != plain_text(&item.title));
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
    story.noindex = item.meta("_yoast_wpseo_meta-robots-noindex") == Some("1")
        || item.meta("rank_math_robots").is_some_and(|robots| robots.contains("noindex"))
        || item.meta("_seopress_robots_index") == Some("yes");
    let canonical = item.meta("_yoast_wpseo_canonical").or_else(|| item.meta("rank_math_canonical_url"));
    let canonical = canonical.filter(|url| {
        crate::urls::is_complete_url(url) && url.trim_end_matches('/') != item.link.trim_end_matches('/')
    });
    story.canonical = canonical.map(str::to_owned);
}

/// A plugin's text with its variables filled; `None` if one of them is unknown.
fn filled(text: &str, item: &WxrItem, archive: &Archive) -> Option<String> {
    let title = plain_text(&item.title);
    let mut text = text.to_owned();
    for (name, value) in
        [("title", title.as_str()), ("sep", "–"), ("sitename", &archive.site.title), ("page", ""), ("excerpt", "")]
    {
        text = text.replace(&format!("%%{name}%%"), value).replace(&format!("%{name}%"), value);
    }
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let is_whole = !text.contains("%%") && !text.is_empty();
    // The title with the site's name is what every page has anyway.
    let usual = format!("{title} – {}", archive.site.title);
    (is_whole && text != usual).then_some(text)
}

/// A comment that readers could see, in the zone of the site and with its author if that is one of the newsroom's.
fn reader_comment(comment: &WxrComment, archive: &Archive) -> Option<ReaderComment> {
    let mut shown = comments::shown(comment)?;
    let zone = archive.zone();
    shown.date = shown.date.map(|date| zone.as_ref().map_or(date, |zone| dates::in_zone(date, zone)));
    shown.staff = archive.people.user_with_id(&comment.user).map(str::to_owned);
    Some(shown)
}
