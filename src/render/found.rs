//! The filter `found`: which of several texts occur in a long one, looked for in one pass.

use std::sync::{Arc, PoisonError, RwLock};

use ahash::HashMap;
use aho_corasick::{AhoCorasick, MatchKind};
use tera::{Error, Kwargs, TeraResult};

/// Searchers for the sets of patterns that templates have asked for so far. A theme has a few, written in its templates.
#[derive(Debug, Clone, Default)]
pub(super) struct PatternSets(Arc<RwLock<HashMap<Vec<String>, Arc<AhoCorasick>>>>);

impl PatternSets {
    /// `{{ article.body | found(pats=["<table", "<pre"]) }}`: those patterns that occur in the text, in the order of
    /// `pats`.
    ///
    /// # Errors
    /// If `pats` is not a list of strings, one of them is empty, or they are too many to be searched for.
    pub fn found(&self, text: &str, arguments: &Kwargs) -> TeraResult<Vec<String>> {
        let patterns = arguments.must_get::<Vec<String>>("pats")?;
        if patterns.iter().any(String::is_empty) {
            return Err(Error::message("an empty string is in every text"));
        }
        let set = self.set(&patterns)?;
        let mut is_found = vec![false; patterns.len()];
        let mut rest = text;
        while let Some(next) = set.find(rest) {
            is_found[next.pattern().as_usize()] = true;
            // Patterns may overlap, and begin alike.
            let here = &rest[next.start()..];
            let others = patterns.iter().zip(&mut is_found).filter(|(pattern, _)| here.starts_with(pattern.as_str()));
            others.for_each(|(_, is_found)| *is_found = true);
            let Some(first) = here.chars().next() else { break };
            rest = &here[first.len_utf8()..];
        }
        Ok(patterns.into_iter().zip(is_found).filter_map(|(pattern, found)| found.then_some(pattern)).collect())
    }

    fn set(&self, patterns: &[String]) -> TeraResult<Arc<AhoCorasick>> {
        if let Some(set) = self.0.read().unwrap_or_else(PoisonError::into_inner).get(patterns) {
            return Ok(set.clone());
        }
        // This kind searches several bytes at once.
        let set = AhoCorasick::builder().match_kind(MatchKind::LeftmostFirst).build(patterns);
        let set = Arc::new(set.map_err(|error| Error::message(error.to_string()))?);
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(patterns.to_vec(), set.clone());
        Ok(set)
    }
}
