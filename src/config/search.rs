//! `search` in `site.yaml`: the stories that readers can search.

use serde::Deserialize;

use crate::language::Language;
use crate::lenient::OneOrMany;

use super::ConfigCheck;
use crate::unicode::composed;

/// `search` as written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenSearch {
    #[serde(default)]
    sections: OneOrMany<String>,
    #[serde(default)]
    languages: OneOrMany<String>,
}

/// The stories that readers can search.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SearchConfig {
    /// The sections, by folder, with those in them; empty for all.
    pub sections: Vec<String>,
    /// The languages (BCP 47); empty for all.
    pub languages: Vec<Language>,
}

impl ConfigCheck<'_> {
    pub(super) fn search(&mut self, written: WrittenSearch) -> SearchConfig {
        let mut languages = Vec::new();
        for tag in written.languages.0 {
            match Language::parse(&tag) {
                Ok(language) => languages.push(language),
                Err(why) => self.report("search", &tag, format!("`{tag}` is not a language: {why}"), None),
            }
        }
        let sections = written.sections.0.into_iter().map(|section| composed(section.trim_matches('/')).into_owned());
        SearchConfig { sections: sections.collect(), languages }
    }
}
