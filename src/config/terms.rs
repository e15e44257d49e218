//! `terms:` in `site.yaml`: slugs, titles and blocks of individual tags, terms and series.

use std::collections::BTreeMap;

use ahash::HashMap;
use serde::Deserialize;

use crate::article::{Block, Layout};
use crate::date::Moment;
use crate::language::Language;
use crate::lenient::{Named, TextOr};
use crate::route::{check_slug, slugify};
use crate::unicode::{composed, folded, name_key};

use super::{Config, FILE, did_you_mean};

/// The value of one term: its slug, or a mapping.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenTerm {
    slug: Option<String>,
    title: Option<String>,
    #[serde(default, deserialize_with = "crate::lenient::unique_map")]
    titles: BTreeMap<String, String>,
    #[serde(default, deserialize_with = "crate::lenient::or_default")]
    blocks: Vec<Block>,
}

impl From<String> for WrittenTerm {
    fn from(slug: String) -> WrittenTerm {
        WrittenTerm { slug: Some(slug), ..WrittenTerm::default() }
    }
}

/// Terms by taxonomy and name, as the file writes them.
pub(super) type WrittenTerms = std::collections::BTreeMap<String, Named<TextOr<WrittenTerm>>>;

/// The settings of one term.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TermConfig {
    /// `tags`, `series` or the name of a taxonomy.
    pub taxonomy: String,
    /// The name of the term, as `site.yaml` writes it.
    pub name: String,
    /// The last part of its URL; default: made from the name.
    pub slug: Option<String>,
    /// The title that readers see; default: the name as the oldest story writes it.
    pub title: Option<String>,
    /// The titles in other editions, by their languages.
    pub titles: BTreeMap<String, String>,
    /// The layout of the first page of its stories.
    pub blocks: Vec<Block>,
    /// The end of each pick of each block, in the order of blocks and picks.
    pub until: Vec<Vec<Option<Moment>>>,
}

impl TermConfig {
    /// Returns the blocks of the term's page.
    pub fn layout(&self) -> Layout<'_> {
        Layout { source: FILE, key: "terms", blocks: &self.blocks, until: &self.until }
    }
}

/// The settings of all terms.
#[derive(Debug, Clone, Default)]
pub struct Terms {
    all: Vec<TermConfig>,
    places: HashMap<(String, String), usize>,
}

impl Terms {
    /// Returns the settings of a term, however its name is spelled.
    pub fn get(&self, taxonomy: &str, name: &str) -> Option<&TermConfig> {
        // Most sites have no term settings, and an archive asks for very many terms.
        if self.all.is_empty() {
            return None;
        }
        self.places.get(&(taxonomy.to_owned(), name_key(name))).map(|&at| &self.all[at])
    }

    /// All term settings, by taxonomy and in the file's order.
    pub fn iter(&self) -> impl Iterator<Item = &TermConfig> {
        self.all.iter()
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut TermConfig> {
        self.all.iter_mut()
    }

    fn add(&mut self, term: TermConfig) {
        self.places.insert((term.taxonomy.clone(), name_key(&term.name)), self.all.len());
        self.all.push(term);
    }
}

impl Config {
    /// The last part of a term's URL: the slug from `site.yaml`, or one made from the name. Empty if the name has no
    /// characters that a URL can keep.
    pub fn term_slug(&self, taxonomy: &str, name: &str) -> String {
        let given = self.terms.get(taxonomy, name).and_then(|term| term.slug.clone());
        given.unwrap_or_else(|| slugify(name, self.slugs))
    }
}

/// An error: the invalid value, the message and a hint.
pub(super) type TermError = (String, String, Option<String>);

/// Checks `terms:`; `taxonomies` are the known taxonomies.
pub(super) fn check(written: WrittenTerms, taxonomies: &[&str]) -> (Terms, Vec<TermError>) {
    let (mut terms, mut errors) = (Terms::default(), Vec::new());
    for (taxonomy, named) in written {
        let taxonomy = composed(&taxonomy).into_owned();
        if !taxonomies.contains(&&*taxonomy) {
            let message = format!("unknown taxonomy `{}`", taxonomy.escape_debug());
            let near = did_you_mean(&taxonomy, taxonomies.iter().copied());
            let hint = near.unwrap_or_else(|| format!("one of {}", taxonomies.join(", ")));
            errors.push((taxonomy, message, Some(hint)));
            continue;
        }
        for (name, TextOr(term)) in named.0 {
            match one(&terms, &taxonomy, &name, term) {
                Ok(term) => terms.add(term),
                Err(error) => errors.push(error),
            }
        }
    }
    (terms, errors)
}

fn one(
    terms: &Terms,
    taxonomy: &str,
    name: &str,
    WrittenTerm { slug, title, titles, blocks }: WrittenTerm,
) -> Result<TermConfig, TermError> {
    let shown = name.escape_debug();
    if name_key(name).is_empty() {
        return Err((name.to_owned(), "the name of a term is empty".to_owned(), None));
    }
    if let Some(other) = terms.get(taxonomy, name) {
        let message = format!("`{}` and `{shown}` are the same term of {taxonomy}", other.name.escape_debug());
        return Err((name.to_owned(), message, Some("keep one of the two".to_owned())));
    }
    if title.as_ref().is_some_and(|title| title.trim().is_empty()) {
        return Err((name.to_owned(), format!("the title of `{shown}` is empty"), None));
    }
    let is_unfit = |tag: &String, title: &String| {
        title.trim().is_empty() || Language::parse(tag).is_ok_and(|language| language.tag() != tag)
    };
    if let Some((tag, _)) = titles.iter().find(|(tag, title)| Language::parse(tag).is_err() || is_unfit(tag, title)) {
        let message = format!("the title of `{shown}` in `{}` is not valid", tag.escape_debug());
        let hint = "write `titles: {fr: Ports}`, with the languages as `languages` has them".to_owned();
        return Err((tag.clone(), message, Some(hint)));
    }
    if taxonomy == "series" && !blocks.is_empty() {
        let message = format!("the series `{shown}` cannot have blocks: its page lists its parts in order");
        let hint = "blocks are for tags and the terms of taxonomies".to_owned();
        return Err((name.to_owned(), message, Some(hint)));
    }
    let slug = slug.map(|slug| {
        check_slug(&slug).map_err(|why| {
            let message = format!("`{}` is not a valid slug: {why}", slug.escape_debug());
            (slug.clone(), message, why.hint(&slug))
        })
    });
    let slug = slug.transpose()?;
    if let Some(slug) = &slug
        && let Some(other) = terms.all.iter().find(|other| {
            other.taxonomy == taxonomy && other.slug.as_ref().is_some_and(|other| folded(other) == folded(slug))
        })
    {
        let message = format!("`{shown}` and `{}` have the same slug, `{slug}`", other.name.escape_debug());
        return Err((name.to_owned(), message, Some("give one of them another slug".to_owned())));
    }
    let (taxonomy, name) = (taxonomy.to_owned(), name.to_owned());
    Ok(TermConfig { taxonomy, name, slug, title, titles, blocks, until: Vec::new() })
}
