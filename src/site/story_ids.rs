//! The ids by which feed readers know stories: derived from the story alone, so that no other story can change them.

use std::collections::hash_map::Entry;
use std::sync::Arc;

use ahash::{HashMap, HashSet};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use unicode_normalization::UnicodeNormalization;

use crate::article::Article;
use crate::config::{Config, ExtraOutput, StoryIds};
use crate::content_path::{below_content, dated_name, folder_and_name};
use crate::diagnostic::{Code, Diagnostic};

use super::{Site, about};

/// RFC 4151 allows more characters, but those with a meaning elsewhere in URIs are better encoded.
const SPECIFIC: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// Returns the `guid` of the front matter, or else a `tag:` URI (RFC 4151) made of the site's host, the day of first
/// publication in the site's time zone, and the name of the file, with its folder if `feeds.ids` says so.
pub fn story_id(article: &Article, config: &Config) -> String {
    match &article.front.rare().guid {
        Some(guid) => guid.clone(),
        None => tag_uri(article, config, &own_name(article, config.feeds.ids).concat()),
    }
}

/// Returns the parts of an article's path that are in its id: the folder, if ids contain it, and the name without a
/// leading date.
fn own_name(article: &Article, ids: StoryIds) -> [&str; 2] {
    let (folder, name) = folder_and_name(&article.source);
    let (_, name) = dated_name(name);
    match ids {
        StoryIds::Path => [folder, name],
        StoryIds::Name => ["", name],
    }
}

fn tag_uri(article: &Article, config: &Config, specific: &str) -> String {
    let host = config.feeds.authority.as_deref().unwrap_or_else(|| config.base_url.host());
    let day = article.dates.published.in_zone(&config.timezone).date();
    format!("tag:{},{day}:{}", utf8_percent_encode(host, SPECIFIC), encoded(specific))
}

/// Encodes a name for ids. Disks store a name in different forms of Unicode (a Mac's in NFD); an id uses one.
fn encoded(name: &str) -> String {
    let name: String = name.nfc().collect();
    utf8_percent_encode(&name, SPECIFIC).to_string()
}

/// Reports every story whose id an older one already has. All stories count, whatever their state, so that such an
/// error cannot appear through time alone.
pub(super) fn check(articles: &[Arc<Article>], config: &Config, diagnostics: &mut Vec<Diagnostic>) {
    if config.feeds.formats.is_empty() && !config.outputs.contains(&ExtraOutput::Ninjs) {
        return;
    }
    let mut known: HashMap<String, &Article> = HashMap::default();
    for article in in_question(articles, config.feeds.ids) {
        match known.entry(story_id(article, config)) {
            Entry::Vacant(place) => drop(place.insert(article)),
            Entry::Occupied(mut place) => {
                // A draft has no readers who could be confused by another id.
                let age =
                    |article: &Article| (article.front.draft, article.dates.published.instant, article.source.clone());
                let other = *place.get();
                let (older, newer) = if age(other) <= age(article) { (other, article) } else { (article, other) };
                diagnostics.push(duplicate(older, newer, place.key(), config));
                place.insert(older);
            }
        }
    }
}

/// Returns the articles that may share an id: making all ids takes a while, and hardly any names are repeated.
fn in_question(articles: &[Arc<Article>], ids: StoryIds) -> impl Iterator<Item = &Article> {
    let mut once: HashSet<[&str; 2]> = HashSet::default();
    once.reserve(articles.len());
    let mut twice: HashSet<[&str; 2]> = HashSet::default();
    let mut guids: HashSet<&str> = HashSet::default();
    for article in articles {
        match &article.front.rare().guid {
            Some(guid) => drop(guids.insert(guid)),
            None => {
                let name = own_name(article, ids);
                if !once.insert(name) {
                    twice.insert(name);
                }
            }
        }
    }
    // A `guid` may equal another story's generated id.
    let named: HashSet<&str> = guids.iter().filter_map(|guid| guid.strip_prefix("tag:")?.rsplit(':').next()).collect();
    articles.iter().map(|article| &**article).filter(move |article| {
        let name = own_name(article, ids);
        let is_named = || !named.is_empty() && named.contains(encoded(&name.concat()).as_str());
        article.front.rare().guid.is_some() || twice.contains(&name) || is_named()
    })
}

/// Moves each error about stories with the same id to the one that readers don't know yet, if `is_known` says that they
/// know only the other: by date and name alone, a new story may seem to be the older one.
pub fn blame_new_story(diagnostics: &mut [Diagnostic], site: &Site, config: &Config, is_known: &dyn Fn(&str) -> bool) {
    let article = |source: &str| site.article_of(source).map(|id| &*site.story(id).article);
    for found in diagnostics.iter_mut().filter(|found| found.code == Code::DuplicateId) {
        let Some(other) = found.related.first().map(|place| place.path.as_str()) else { continue };
        if let (Some(known), Some(new)) = (article(&found.path), article(other))
            && is_known(&found.path)
            && !is_known(other)
        {
            *found = duplicate(known, new, &story_id(known, config), config);
        }
    }
}

fn duplicate(older: &Article, newer: &Article, id: &str, config: &Config) -> Diagnostic {
    let message =
        format!("feed readers would confuse this story with another: both have the id `{}`", id.escape_debug());
    let hint = match &newer.front.rare().guid {
        Some(_) => "delete `guid` if it was copied from the other story, or give each story its own".to_owned(),
        None => {
            let path = below_content(&newer.source).unwrap_or(&newer.source);
            let new = tag_uri(newer, config, path);
            format!(
                "add `guid: {new}`; if this story is already published, add it to the other, since readers know this one"
            )
        }
    };
    let key = if newer.front.rare().guid.is_some() { "guid" } else { "title" };
    let value = newer.front.rare().guid.as_deref().unwrap_or("");
    about(newer, Code::DuplicateId, key, value, message).related("the other story", &*older.source).hint(hint)
}
