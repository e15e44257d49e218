//! Merges terms that readers would take for the same: tags, terms of taxonomies and series.

use std::collections::{BTreeMap, BTreeSet};

use crate::route::{SlugStyle, slugify};

use super::model::SourceItem;
use super::notes::{ImportNoteKind, Notes};
use super::yaml_text::on_one_line;

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
