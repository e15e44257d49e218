//! Translations: which story is the original of which.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use ahash::HashMap;

use crate::article::Article;
use crate::config::{Config, EditionId, EditionPaths};
use crate::content_path::{below_content, in_content};
use crate::date::Moment;
use crate::diagnostic::{Code, Diagnostic, did_you_mean};
use crate::read::Record;
use crate::source;

use super::{ArticleId, Story};
use crate::unicode::composed;

/// For each article, by its place, the place of its original.
pub(super) type Originals = HashMap<u32, u32>;

/// The source of the original that an article names.
enum NamedOriginal<'a> {
    /// Under `translation_of`, or by a language in the file's name: it has to exist.
    Required(Cow<'a, str>),
    /// By the same path in the folder of another edition: the story may have no original.
    Possible(Cow<'a, str>),
}

fn named<'a>(article: &'a Article, paths: &EditionPaths) -> Option<NamedOriginal<'a>> {
    if let Some(reference) = &article.front.rare().translation_of {
        return Some(NamedOriginal::Required(Cow::Owned(target_of(&article.source, reference))));
    }
    let path = paths.of(&article.source);
    let original = match path.original {
        Cow::Owned(original) => original,
        Cow::Borrowed(_) => return None,
    };
    let file = |path: &str| path.rsplit('/').next().unwrap_or(path).to_owned();
    let is_by_name = file(&original) != file(&article.source);
    Some(if is_by_name { NamedOriginal::Required(original.into()) } else { NamedOriginal::Possible(original.into()) })
}

/// The source that `translation_of` means: relative to the file, or below `content/`, with or without `.md`.
fn target_of(from: &str, reference: &str) -> String {
    let below = reference.strip_prefix("content/").map(|below| format!("/{below}"));
    let target = source::resolve(from, below.as_deref().unwrap_or(reference)).unwrap_or_else(|| reference.to_owned());
    let target = composed(&target);
    if target.ends_with(".md") { target.into_owned() } else { format!("{}.md", target.trim_end_matches('/')) }
}

/// Finds the articles by their sources.
fn by_source(articles: &[Arc<Article>]) -> HashMap<&str, u32> {
    articles.iter().zip(0..).map(|(article, at)| (&*article.source, at)).collect()
}

/// Finds the place of a source, which may be `name.md` or `name/index.md`.
fn place_of(places: &HashMap<&str, u32>, source: &str) -> Option<u32> {
    let in_folder = || places.get(&*format!("{}/index.md", source.strip_suffix(".md")?)).copied();
    places.get(source).copied().or_else(in_folder)
}

/// Holds translations back as long as their originals, unless they have an embargo of their own.
pub(super) fn share_embargoes(articles: &mut [Arc<Article>], config: &Config) {
    if !config.has_editions() {
        return;
    }
    let paths = config.edition_paths();
    let found: Vec<(usize, Moment)> = {
        let places = by_source(articles);
        let embargo = |article: &Article| {
            let (NamedOriginal::Required(original) | NamedOriginal::Possible(original)) = named(article, &paths)?;
            articles[place_of(&places, &original)? as usize].dates.rare().embargo
        };
        let held = articles.iter().enumerate().filter(|(_, article)| article.dates.rare().embargo.is_none());
        held.filter_map(|(at, article)| Some((at, embargo(article)?))).collect()
    };
    for (at, embargo) in found {
        Arc::make_mut(&mut articles[at]).dates.set_embargo(embargo);
    }
}

/// Returns all articles, with translations held back as long as their originals.
pub fn with_shared_embargoes(records: &[Record], config: &Config) -> Vec<Arc<Article>> {
    let articles = records.iter().filter_map(|record| match record {
        Record::Article(article) => Some(Arc::clone(article)),
        _ => None,
    });
    let mut articles: Vec<Arc<Article>> = articles.collect();
    share_embargoes(&mut articles, config);
    articles
}

/// Returns the original of each translation, and reports those that have none or cannot have it.
pub(super) fn originals(
    articles: &[Arc<Article>],
    faulty: &BTreeSet<String>,
    config: &Config,
    diagnostics: &mut Vec<Diagnostic>,
) -> Originals {
    let mut originals = Originals::default();
    let paths = config.edition_paths();
    if !config.has_editions() {
        let named = articles.iter().filter(|article| article.front.rare().translation_of.is_some());
        diagnostics.extend(named.map(|article| bad(article, "the site has only one edition".to_owned(), NO_EDITIONS)));
        return originals;
    }
    let places = by_source(articles);
    for (article, at) in articles.iter().zip(0..) {
        let Some(named) = named(article, &paths) else { continue };
        let (source, is_required) = match &named {
            NamedOriginal::Required(source) => (source, true),
            NamedOriginal::Possible(source) => (source, false),
        };
        match place_of(&places, source) {
            Some(original) if original != at => drop(originals.insert(at, original)),
            Some(_) => diagnostics.push(bad(article, "the story is a translation of itself".to_owned(), ITSELF)),
            None if !is_required || faulty.contains(&**source) => {}
            None => {
                let below = below_content(source).unwrap_or(source);
                let message = format!("there is no `{}` that this is a translation of", below.escape_debug());
                let others = articles.iter().filter(|other| other.source != article.source);
                let sources = others.filter_map(|article| below_content(&article.source));
                let is_written = article.front.rare().translation_of.is_some();
                let near = is_written.then(|| did_you_mean(below, sources)).flatten();
                let hint = near.unwrap_or_else(|| NOTHING.to_owned());
                diagnostics.push(bad(article, message, &hint));
            }
        }
    }
    check(articles, &mut originals, config, diagnostics);
    originals
}

const NO_EDITIONS: &str = "add `languages` to site.yaml, or remove `translation_of`";
const ITSELF: &str = "name the original, or remove `translation_of`";
const NOTHING: &str = "for a story without an original, write `language:` instead of a language in the file's name";

/// Removes and reports translations of translations, and second ones in one edition.
fn check(articles: &[Arc<Article>], originals: &mut Originals, config: &Config, diagnostics: &mut Vec<Diagnostic>) {
    let edition = |at: u32| config.edition_named(articles[at as usize].front.rare().language.as_deref());
    let mut all: Vec<(u32, u32)> = originals.iter().map(|(&at, &original)| (at, original)).collect();
    all.sort_unstable();
    let mut taken: HashMap<(u32, EditionId), u32> = HashMap::default();
    for (at, original) in all {
        let article = &articles[at as usize];
        let source = |at: u32| below_content(&articles[at as usize].source).unwrap_or_default().to_owned();
        if let Some(&root) = originals.get(&original) {
            let message = format!("`{}` is itself a translation", source(original));
            let hint = format!("name the original: `translation_of: /{}`", source(root));
            diagnostics.push(bad(article, message, &hint));
            originals.remove(&at);
            continue;
        }
        let own = edition(at);
        if own == edition(original) {
            let message = format!("it is in the same edition as its original, `{}`", source(original));
            diagnostics.push(bad(article, message, "set its `language:`, or remove `translation_of`"));
            originals.remove(&at);
        } else if let Some(&other) = taken.get(&(original, own)) {
            let message = format!("`{}` is a translation of the same story for the same edition", source(other));
            diagnostics.push(bad(article, message, "keep one of the two"));
            originals.remove(&at);
        } else {
            taken.insert((original, own), at);
        }
    }
}

fn bad(article: &Article, message: String, hint: &str) -> Diagnostic {
    let written = article.front.rare().translation_of.as_deref();
    let diagnostic = Diagnostic::new(Code::BadTranslation, &*article.source, message).hint(hint);
    match written {
        Some(written) => diagnostic.in_key("translation_of", written),
        None => diagnostic.in_key("title", ""),
    }
}

/// Links public stories with their translations. `places` are the places of the stories among all articles.
pub(super) fn link(stories: &mut [Story], places: &[u32], originals: &Originals) {
    if originals.is_empty() {
        return;
    }
    let ids: HashMap<u32, ArticleId> = places.iter().copied().zip((0..).map(ArticleId)).collect();
    let mut families: HashMap<u32, Vec<ArticleId>> = HashMap::default();
    for (place, original) in originals {
        if let Some(&id) = ids.get(place) {
            stories[id.0 as usize].original = ids.get(original).copied();
            families.entry(*original).or_default().push(id);
        }
    }
    for (original, mut family) in families {
        family.extend(ids.get(&original));
        family.sort_unstable_by_key(|id| stories[id.0 as usize].edition);
        for &id in &family {
            stories[id.0 as usize].translations = family.iter().copied().filter(|&other| other != id).collect();
        }
    }
}

/// The path of a source in `content/` without its edition.
pub(super) fn without_edition(source: &str, paths: &EditionPaths) -> String {
    let original = paths.of(source).original;
    below_content(&original).map_or_else(|| original.to_string(), in_content)
}
