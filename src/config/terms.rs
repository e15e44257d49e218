//! `terms:` of `site.yaml`: the slug and the title of single tags, terms and series.

use ahash::HashMap;
use serde::Deserialize;

use crate::lenient::{Named, TextOr};
use crate::route::{check_slug, slugify};
use crate::unicode::{composed, folded, name_key};

use super::{Config, did_you_mean};

/// What is written for one term: its slug, or a mapping.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenTerm {
    slug: Option<String>,
    title: Option<String>,
}

impl From<String> for WrittenTerm {
    fn from(slug: String) -> WrittenTerm {
        WrittenTerm { slug: Some(slug), title: None }
    }
}

/// Terms by taxonomy and name, as they are written.
pub(super) type WrittenTerms = std::collections::BTreeMap<String, Named<TextOr<WrittenTerm>>>;

/// What `site.yaml` says of one term.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TermConfig {
    /// `tags`, `series` or the name of a taxonomy.
    pub taxonomy: String,
    /// The term, as `site.yaml` writes it.
    pub name: String,
    /// The last part of its URL; by default it is made from the name.
    pub slug: Option<String>,
    /// What readers see; by default the name as the oldest story writes it.
    pub title: Option<String>,
}

/// What `site.yaml` says of terms.
#[derive(Debug, Clone, Default)]
pub struct Terms {
    all: Vec<TermConfig>,
    places: HashMap<(String, String), usize>,
}

impl Terms {
    /// What is said of a term, whichever of its spellings is given.
    pub fn get(&self, taxonomy: &str, name: &str) -> Option<&TermConfig> {
        // Most sites say nothing of any term, and an archive asks for very many.
        if self.all.is_empty() {
            return None;
        }
        self.places.get(&(taxonomy.to_owned(), name_key(name))).map(|&at| &self.all[at])
    }

    /// All of them, by taxonomy and in the order in which they are written.
    pub fn iter(&self) -> impl Iterator<Item = &TermConfig> {
        self.all.iter()
    }

    fn add(&mut self, term: TermConfig) {
        self.places.insert((term.taxonomy.clone(), name_key(&term.name)), self.all.len());
        self.all.push(term);
    }
}

impl Config {
    /// The last part of a term's URL: the slug that `site.yaml` gives it, or one made from its name. Empty when nothing
    /// of the name can stand in a URL.
    pub fn term_slug(&self, taxonomy: &str, name: &str) -> String {
        let given = self.terms.get(taxonomy, name).and_then(|term| term.slug.clone());
        given.unwrap_or_else(|| slugify(name, self.slugs))
    }
}

/// A fault: the value in whose place it is, the message, and a hint.
pub(super) type Fault = (String, String, Option<String>);

/// Checks what is written. `taxonomies` are the names under which terms can be.
pub(super) fn check(written: WrittenTerms, taxonomies: &[&str]) -> (Terms, Vec<Fault>) {
    let (mut terms, mut faults) = (Terms::default(), Vec::new());
    for (taxonomy, named) in written {
        let taxonomy = composed(&taxonomy).into_owned();
        if !taxonomies.contains(&&*taxonomy) {
            let message = format!("unknown taxonomy `{}`", taxonomy.escape_debug());
            let near = did_you_mean(&taxonomy, taxonomies.iter().copied());
            let hint = near.unwrap_or_else(|| format!("one of {}", taxonomies.join(", ")));
            faults.push((taxonomy, message, Some(hint)));
            continue;
        }
        for (name, TextOr(WrittenTerm { slug, title })) in named.0 {
            match one(&terms, &taxonomy, &name, slug, title) {
                Ok(term) => terms.add(term),
                Err(fault) => faults.push(fault),
            }
        }
    }
    (terms, faults)
}

fn one(
    terms: &Terms,
    taxonomy: &str,
    name: &str,
    slug: Option<String>,
    title: Option<String>,
) -> Result<TermConfig, Fault> {
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
    Ok(TermConfig { taxonomy: taxonomy.to_owned(), name: name.to_owned(), slug, title })
}
