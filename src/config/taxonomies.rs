//! `taxonomies:` in `site.yaml`: ways to group stories besides tags and series.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use serde::Deserialize;

use crate::article::Block;
use crate::date::Moment;
use crate::language::Language;
use crate::lenient::TextOr;
use crate::route::{SlugStyle, check_slug, slugify};

use super::ConfigCheck;
use super::terms::{self, Terms, WrittenTerms};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenTaxonomy {
    #[serde(deserialize_with = "crate::lenient::required::name")]
    name: String,
    singular: Option<String>,
    plural: Option<String>,
    #[serde(default, deserialize_with = "crate::lenient::unique_map")]
    titles: BTreeMap<String, TextOr<WrittenTitles>>,
}

/// The headings of a taxonomy in another edition: one for both, or a mapping.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenTitles {
    #[serde(deserialize_with = "crate::lenient::required::text")]
    singular: String,
    plural: Option<String>,
}

impl From<String> for WrittenTitles {
    fn from(title: String) -> WrittenTitles {
        WrittenTitles { singular: title, plural: None }
    }
}

/// A taxonomy besides tags and series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaxonomyConfig {
    /// The key in front matter; also the first part of its URLs.
    pub name: String,
    /// The heading of a term's page.
    pub singular: String,
    /// The heading of the list of terms.
    pub plural: String,
    /// Both headings in other editions, by their languages.
    pub titles: BTreeMap<String, (String, String)>,
}

impl TaxonomyConfig {
    /// The taxonomy with its headings in the language of an edition, if it has some.
    pub(super) fn in_language(&self, tag: &str) -> TaxonomyConfig {
        let mut own = self.clone();
        if let Some((singular, plural)) = self.titles.get(tag) {
            (own.singular, own.plural) = (singular.clone(), plural.clone());
        }
        own
    }
}

/// Names that the output already uses for folders.
pub const RESERVED_TAXONOMIES: &[&str] = &["tags", "series", "authors", "archive", "assets", "page", "static"];

impl ConfigCheck<'_> {
    pub(super) fn terms(&mut self, written: WrittenTerms, taxonomies: &[TaxonomyConfig], zone: &TimeZone) -> Terms {
        let further = taxonomies.iter().map(|taxonomy| taxonomy.name.as_str());
        let names: Vec<&str> = ["tags", "series"].into_iter().chain(further).collect();
        let (mut terms, errors) = terms::check(written, &names);
        for (value, message, hint) in errors {
            self.report("terms", &value, message, hint);
        }
        for term in terms.iter_mut() {
            term.until = self.ends_of_picks(&term.blocks, zone);
        }
        terms
    }

    /// Reports limits and dates that are not valid, and returns the end of each pick of each block.
    fn ends_of_picks(&mut self, blocks: &[Block], zone: &TimeZone) -> Vec<Vec<Option<Moment>>> {
        for (limit, message, hint) in blocks.iter().filter_map(Block::limit_error) {
            self.report("terms", &limit.to_string(), message, Some(hint));
        }
        let mut ends = Vec::with_capacity(blocks.len());
        for block in blocks {
            ends.push(block.written_ends().map(|date| self.moment("terms", &date?, zone)).collect());
        }
        ends
    }

    pub(super) fn taxonomies(&mut self, written: Vec<WrittenTaxonomy>) -> Vec<TaxonomyConfig> {
        let mut checked: Vec<TaxonomyConfig> = Vec::new();
        for WrittenTaxonomy { name, singular, plural, titles } in written {
            if name.is_empty() || slugify(&name, SlugStyle::Unicode) != name {
                let hint = "use lower-case letters, digits and hyphens".to_owned();
                self.report("taxonomies", &name, format!("`{name}` is not a valid taxonomy name"), Some(hint));
            } else if let Err(why) = check_slug(&name) {
                self.report(
                    "taxonomies",
                    &name,
                    format!("`{name}` is not a valid taxonomy name: {why}"),
                    why.hint(&name),
                );
            } else if RESERVED_TAXONOMIES.contains(&name.as_str()) || checked.iter().any(|other| other.name == name) {
                self.report("taxonomies", &name, format!("the name `{name}` is already taken"), None);
            } else {
                let singular = singular.unwrap_or_else(|| name.clone());
                let plural = plural.unwrap_or_else(|| singular.clone());
                let titles = self.taxonomy_titles(titles);
                checked.push(TaxonomyConfig { name, singular, plural, titles });
            }
        }
        checked
    }

    /// The headings in other editions, by the canonical tags of their languages.
    fn taxonomy_titles(
        &mut self,
        written: BTreeMap<String, TextOr<WrittenTitles>>,
    ) -> BTreeMap<String, (String, String)> {
        let mut titles = BTreeMap::new();
        for (tag, TextOr(WrittenTitles { singular, plural })) in written {
            match Language::parse(&tag) {
                Ok(language) => {
                    let plural = plural.unwrap_or_else(|| singular.clone());
                    titles.insert(language.tag().to_owned(), (singular, plural));
                }
                Err(why) => {
                    let message = format!("`{}` is not a valid language: {why}", tag.escape_debug());
                    let hint = "use a BCP 47 tag such as en, zh-Hans or pt-BR".to_owned();
                    self.report("taxonomies", &tag, message, Some(hint));
                }
            }
        }
        titles
    }
}
