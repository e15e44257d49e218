//! The keys of front matter that text systems have in common, by all their names.

use serde_json::Value;

use crate::import::model::SourceItem;
use crate::import::notes::{ImportNoteKind, Notes};
use crate::language::Language;

use super::{AuthorBook, Fields};

/// Keys that decided the file and URL of an item, or that only concern the old system's templates.
const SETTLED: &[&str] = &[
    "title",
    "date",
    "slug",
    "url",
    "aliases",
    "alias",
    "draft",
    "published",
    "permalink",
    "path",
    "redirect_from",
    "redirect_to",
    "redirects",
    "layout",
    "type",
    "template",
    "eleventyNavigation",
    "eleventyExcludeFromCollections",
    "headless",
    "pubdate",
    "publishdate",
    "linktitle",
    "toc",
    "math",
    "mathjax",
    "katex",
    "eleventyComputed",
    "pagination",
    "cascade",
    "outputs",
    "resources",
    "menu",
    "menus",
    "build",
    "_build",
    "sitemap",
    "excerpt_separator",
    "category_slug",
    "publishresources",
    "page_template",
    "sort_by",
    "generate_feeds",
    "insert_anchor_links",
    "in_search_index",
    "paginate_by",
];

/// Fills an item from its front matter; what no key of Presswork means goes to `extra`.
pub fn item_of(item: &mut SourceItem, mut fields: Fields, authors: &AuthorBook, place: &str, notes: &mut Notes) {
    texts(item, &mut fields);
    dates(item, &mut fields, place, notes);
    let single = fields.take(&["author", "by", "writer", "reporter"]);
    let several = fields.take(&["authors"]);
    let credited = authors.credit(several.as_ref().or(single.as_ref()), place, notes);
    item.authors.extend(credited.authors);
    item.byline = item.byline.take().or(credited.byline);
    printed_byline(item, &mut fields, authors);
    item.tags.extend(fields.texts(&["tags", "tag"], Some(',')));
    item.tags.extend(fields.texts(&["keywords", "topics", "labels"], Some(',')));
    if item.series.is_none() {
        let part = fields.number(&["series_part", "part", "series_order", "series_weight", "series_index"]);
        let part = part.and_then(|part| u32::try_from(part).ok()).filter(|part| *part > 0);
        item.series = fields.texts(&["series"], None).into_iter().next().map(|series| (series, part));
    }
    if item.image.is_none() {
        item.image = fields.picture(IMAGES);
    }
    language(item, &mut fields, place, notes);
    settings(item, &mut fields);
    for key in SETTLED {
        fields.take(&[key]);
    }
    item.extra = fields.into_extra();
}

/// The names of the key for the lead picture.
const IMAGES: &[&str] = &[
    "image",
    "featured_image",
    "featuredImage",
    "featured-image",
    "cover",
    "cover_image",
    "coverImage",
    "hero",
    "hero_image",
    "heroImage",
    "banner",
    "thumbnail",
    "teaser",
    "primary_image",
    "lead_image",
    "og_image",
    "ogImage",
    "socialImage",
    "images",
    "header_image",
    "photo",
];

fn texts(item: &mut SourceItem, fields: &mut Fields) {
    let or = |known: &mut Option<String>, found: Option<String>| {
        if known.is_none() {
            *known = found;
        }
    };
    or(
        &mut item.deck,
        fields.text(&["deck", "subtitle", "sub_title", "subhead", "subheading", "lead", "dek", "standfirst"]),
    );
    or(&mut item.kicker, fields.text(&["kicker", "eyebrow", "overline"]));
    or(
        &mut item.summary,
        fields.text(&["summary", "description", "excerpt", "abstract", "meta_description", "seo_description"]),
    );
    or(&mut item.seo_title, fields.text(&["seo_title", "meta_title", "seoTitle", "metaTitle"]));
    or(&mut item.short_title, fields.text(&["short_title", "shortTitle", "linkTitle", "short"]));
    or(&mut item.dateline, fields.text(&["dateline", "location"]));
    or(&mut item.guid, fields.text(&["guid"]).filter(|guid| crate::urls::is_complete_url(guid)));
    let canonical = fields.text(&["canonical", "canonical_url", "canonicalURL", "canonicalUrl"]);
    or(&mut item.canonical, canonical.filter(|url| crate::urls::is_complete_url(url)));
}

fn dates(item: &mut SourceItem, fields: &mut Fields, place: &str, notes: &mut Notes) {
    let mut date = |keys: &[&str]| match fields.date(keys)? {
        Ok(date) => Some(date),
        Err(text) => {
            notes.add(
                ImportNoteKind::Dropped,
                "date",
                place,
                format!("`{text}` is not a date that Presswork can read"),
            );
            None
        }
    };
    let updated = date(&["updated", "lastmod", "last_modified_at", "modified", "last_updated", "dateModified"]);
    item.updated = item.updated.or(updated);
    item.expires =
        item.expires.or(date(&["expires", "expiryDate", "expirydate", "unpublishdate", "expiration", "expire_date"]));
}

/// A byline that is printed beside the authors.
fn printed_byline(item: &mut SourceItem, fields: &mut Fields, authors: &AuthorBook) {
    let Some(text) = fields.text(&["byline", "by_line", "author_line"]) else { return };
    let names: Vec<&str> = item
        .authors
        .iter()
        .filter_map(|credit| match credit {
            crate::import::model::Credited::Person(key) => authors.name(key),
            crate::import::model::Credited::Guest { name, .. } => Some(name.as_str()),
        })
        .collect();
    let bare = text.strip_prefix("By ").or_else(|| text.strip_prefix("by ")).unwrap_or(&text);
    if item.authors.is_empty() {
        let mut none = Notes::default();
        let credited = authors.credit(Some(&Value::from(bare)), "", &mut none);
        if credited.byline.is_none() {
            item.authors = credited.authors;
            return;
        }
    }
    if names[..] != [bare] {
        item.byline = Some(text);
    }
}

fn language(item: &mut SourceItem, fields: &mut Fields, place: &str, notes: &mut Notes) {
    let Some(tag) = fields.text(&["language", "lang", "locale"]).or(item.language.take()) else { return };
    let tag = tag.replace('_', "-");
    match Language::parse(&tag) {
        Ok(_) => item.language = Some(tag),
        Err(_) => {
            notes.add(ImportNoteKind::Dropped, "language", place, format!("`{tag}` is not a language tag (BCP 47)"))
        }
    }
}

fn settings(item: &mut SourceItem, fields: &mut Fields) {
    let hidden = fields.flag(&["noindex", "robotsNoIndex", "no_index"]).unwrap_or(false);
    let robots = fields.text(&["robots"]).is_some_and(|robots| robots.contains("noindex"));
    item.noindex |= hidden || robots;
    if item.comments_open.is_none() {
        let closed = fields.flag(&["disableComments", "disable_comments", "nocomments"]);
        item.comments_open = fields.flag(&["comments", "comment"]).or(closed.map(|closed| !closed));
    }
    if item.weight.is_none() {
        // Lower weights come first there, and later here.
        item.weight = fields.number(&["weight", "order"]).filter(|weight| *weight != 0).and_then(i64::checked_neg);
    }
}
