//! Merges terms that readers would take for the same: tags, terms of taxonomies and series.

use std::collections::{BTreeMap, BTreeSet};

use crate::config::RESERVED_TAXONOMIES;
use crate::route::{SlugStyle, slugify};

use super::model::{SourceItem, Survey};
use super::notes::{ImportNoteKind, Notes};
use super::yaml_text::on_one_line;

/// The name of a taxonomy here, made from its key in the source: `podcast_authors` is `podcast-authors`.
pub(super) fn taxonomy_name(key: &str) -> String {
    let name = slugify(key, SlugStyle::Unicode);
    match name.as_str() {
        "" => "terms".to_owned(),
        // Two lists that each have a key of their own.
        "tags" | "series" => name,
        reserved if RESERVED_TAXONOMIES.contains(&reserved) => format!("{name}-terms"),
        _ => name,
    }
}

/// Gives the taxonomies of a survey the names that they have here.
pub(super) fn name_taxonomies(survey: &mut Survey, notes: &mut Notes) {
    for taxonomy in &mut survey.taxonomies {
        let name = taxonomy_name(&taxonomy.key);
        if name != taxonomy.key {
            let detail = format!("`{}` is `{name}` here", taxonomy.key);
            notes.add(ImportNoteKind::Renamed, "taxonomy", "the site", detail);
            taxonomy.title = taxonomy.title.take().or_else(|| Some(readable(&taxonomy.key)));
            taxonomy.key = name;
        }
    }
    for term in &mut survey.terms {
        term.taxonomy = term.taxonomy.take().map(|key| taxonomy_name(&key));
    }
    let used = std::mem::take(&mut survey.used_terms);
    survey.used_terms = used.into_iter().map(|(key, name)| (taxonomy_name(&key), name)).collect();
}

/// A key as a title: `podcast_authors` is `Podcast authors`.
fn readable(key: &str) -> String {
    crate::language::capitalized(&key.replace(['-', '_'], " "))
}

/// The terms of all items so far.
#[derive(Debug)]
pub(super) struct TermBook {
    slugs: SlugStyle,
    /// The first spelling of each term, by taxonomy and slug.
    spellings: BTreeMap<(String, String), String>,
    /// The slugs of terms that public items have, by taxonomy.
    public: BTreeMap<String, BTreeSet<String>>,
    /// The taxonomies that any item uses.
    taxonomies: BTreeSet<String>,
}

impl TermBook {
    /// An empty book.
    pub fn new(slugs: SlugStyle) -> TermBook {
        TermBook { slugs, spellings: BTreeMap::new(), public: BTreeMap::new(), taxonomies: BTreeSet::new() }
    }

    /// The slugs of terms that public items have, by taxonomy.
    pub fn public(&self) -> &BTreeMap<String, BTreeSet<String>> {
        &self.public
    }

    /// The taxonomies besides tags that any item uses.
    pub fn taxonomies(&self) -> &BTreeSet<String> {
        &self.taxonomies
    }

    /// Gives the terms of an item their first spelling.
    pub fn merge(&mut self, item: &mut SourceItem, is_public: bool, place: &str, notes: &mut Notes) {
        for (key, terms) in std::mem::take(&mut item.taxonomies) {
            match taxonomy_name(&key).as_str() {
                "tags" => item.tags.extend(terms),
                name => item.taxonomies.entry(name.to_owned()).or_default().extend(terms),
            }
        }
        item.tags = self.terms("tags", &item.tags, is_public, place, notes);
        for (taxonomy, terms) in &mut item.taxonomies {
            *terms = self.terms(taxonomy, terms, is_public, place, notes);
            if !terms.is_empty() {
                self.taxonomies.insert(taxonomy.clone());
            }
        }
        item.taxonomies.retain(|_, terms| !terms.is_empty());
        if let Some((series, part)) = item.series.take() {
            let known = self.terms("series", &[series], is_public, place, notes);
            item.series = known.into_iter().next().map(|series| (series, part));
        }
    }

    fn terms(
        &mut self,
        taxonomy: &str,
        terms: &[String],
        is_public: bool,
        place: &str,
        notes: &mut Notes,
    ) -> Vec<String> {
        let mut merged: Vec<String> = Vec::new();
        for term in terms {
            let term = on_one_line(term);
            if term.is_empty() {
                continue;
            }
            let slug = slugify(&term, self.slugs);
            if slug.is_empty() {
                notes.add(
                    ImportNoteKind::Dropped,
                    format!("term of {taxonomy}"),
                    place,
                    format!("no URL can be made from `{term}`"),
                );
                continue;
            }
            if is_public {
                self.public.entry(taxonomy.to_owned()).or_default().insert(slug.clone());
            }
            let spelling = self.spellings.entry((taxonomy.to_owned(), slug)).or_insert_with(|| term.clone()).clone();
            if spelling != term {
                notes.add(
                    ImportNoteKind::Merged,
                    format!("term of {taxonomy}"),
                    place,
                    format!("`{term}` is `{spelling}`"),
                );
            }
            if !merged.contains(&spelling) {
                merged.push(spelling);
            }
        }
        merged
    }
}
