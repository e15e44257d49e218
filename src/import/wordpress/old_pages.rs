//! Pages of the old site that show no item: of attachments, of months, and its feeds.

use std::collections::{BTreeMap, BTreeSet};

use jiff::tz::TimeZone;

use super::library::{Library, WxrAttachment};
use crate::import::model::{ArchiveFile, ItemFacts, ItemKind, OldRedirect, SourceState};

/// Slugs of the category that WordPress gives to posts without one, in several languages.
pub(super) const UNCATEGORIZED: &[&str] = &[
    "uncategorized",
    "uncategorised",
    "allgemein",
    "non-classe",
    "sin-categoria",
    "senza-categoria",
    "sem-categoria",
    "geen-categorie",
    "bez-kategorii",
];

/// Redirects of the lists of stories without a category, which are in a section of their own.
pub(super) fn uncategorized<'s>(used: impl Iterator<Item = &'s str>) -> Vec<OldRedirect> {
    let redirect = |slug: &str| {
        let (from, to) = (format!("/category/{slug}/"), Some("/news/".to_owned()));
        OldRedirect { from, to, place: "the site".to_owned() }
    };
    used.filter(|slug| UNCATEGORIZED.contains(slug)).map(redirect).collect()
}

/// Redirects of attachments' pages: to the file, or to the post that it was uploaded for if there is no copy of it,
/// or gone.
pub(super) fn attachments(items: &[ItemFacts], library: &Library, media: &[ArchiveFile]) -> Vec<OldRedirect> {
    let copied = media.iter().filter(|file| file.file.is_some());
    let copied: BTreeSet<&str> = copied.flat_map(|file| file.old_urls.iter().map(String::as_str)).collect();
    let parents: BTreeSet<u64> = library.attachments.values().map(|file| file.parent).collect();
    let parents = parents.into_iter().flat_map(|parent| [format!("post-{parent}"), format!("page-{parent}")]);
    let wanted: BTreeSet<String> = parents.collect();
    let urls = items.iter().filter(|item| wanted.contains(&item.id));
    let urls: BTreeMap<&str, &str> = urls.filter_map(|item| Some((item.id.as_str(), item.url.as_deref()?))).collect();
    let redirect = |file: &WxrAttachment| {
        let of_parent = |kind: &&str| urls.get(format!("{kind}-{}", file.parent).as_str());
        // Without a copy and without a post, nothing is left of it.
        let to = match copied.contains(file.url.as_str()) {
            true => Some(file.url.as_str()),
            false => ["post", "page"].iter().find_map(of_parent).copied(),
        };
        let (from, place) = (file.page.clone(), format!("the file {}", file.title));
        OldRedirect { from, to: to.map(str::to_owned), place }
    };
    let pages = library.attachments.values().filter(|file| !file.page.is_empty() && !file.url.is_empty());
    pages.map(redirect).collect()
}

/// Redirects of the site's feeds and of its lists of months, for the months that have public stories now.
pub(super) fn lists(items: &[ItemFacts], zone: &TimeZone, now: jiff::Timestamp) -> Vec<OldRedirect> {
    let redirect = |from: &str, to: &str| {
        let (from, to) = (from.to_owned(), Some(to.to_owned()));
        OldRedirect { from, to, place: "the site".to_owned() }
    };
    let feeds =
        [("/feed/", "/rss.xml"), ("/feed/rss/", "/rss.xml"), ("/feed/atom/", "/atom.xml"), ("/rss/", "/rss.xml")];
    let mut lists: Vec<OldRedirect> = feeds.iter().map(|(from, to)| redirect(from, to)).collect();
    let public = items.iter().filter(|item| item.state == SourceState::Public && item.kind == ItemKind::Story);
    let dates = public.filter_map(|item| item.date);
    let dates = dates.filter(|date| date.instant(zone).is_some_and(|instant| instant <= now));
    let months: BTreeSet<(i16, i8)> =
        dates.map(|date| date.day_in(zone)).map(|day| (day.year(), day.month())).collect();
    for (year, month) in months {
        for path in [format!("/{year:04}/"), format!("/{year:04}/{month:02}/")] {
            lists.push(redirect(&path, &format!("/archive{path}")));
        }
    }
    lists
}

/// The redirect of the feed of comments on a post to that of the story.
pub(super) fn comment_feed(url: &str) -> OldRedirect {
    let folder = url.trim_end_matches('/');
    let (from, to) = (format!("{folder}/feed/"), Some(format!("{folder}/comments.xml")));
    OldRedirect { from, to, place: "feeds of comments".to_owned() }
}
