//! `taxonomies:` in `site.yaml`: ways to group stories besides tags and series.

use jiff::tz::TimeZone;
use serde::Deserialize;

use crate::article::Block;
use crate::date::Moment;
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
        for WrittenTaxonomy { name, singular, plural } in written {
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
                checked.push(TaxonomyConfig { name, singular, plural });
            }
        }
        checked
    }
}
