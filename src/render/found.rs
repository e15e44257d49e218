//! The filter `found`: which of several texts occur in a long one.

use std::sync::{Arc, PoisonError, RwLock};

use ahash::HashMap;
use memchr::memmem::Finder;
use tera::{Error, Kwargs, TeraResult, Value};

/// Searchers for the patterns that templates have asked for so far: a theme has a few dozen, written in its templates,
/// and preparing a search takes longer than searching a story.
#[derive(Debug, Clone, Default)]
pub(super) struct Finders(Arc<RwLock<HashMap<String, Arc<Finder<'static>>>>>);

impl Finders {
    /// `{{ article.body | found(pats=["<table", "<pre"]) }}`: those patterns that occur in the text, in the order of
    /// `pats`.
    ///
    /// # Errors
    /// If `pats` is not a list of strings.
    pub fn found(&self, text: &str, arguments: &Kwargs) -> TeraResult<Vec<Value>> {
        let patterns = arguments.must_get::<Vec<Value>>("pats")?;
        let mut found = Vec::new();
        for value in patterns {
            let pattern = value.as_str().ok_or_else(|| Error::message("`pats` is a list of strings"))?;
            if self.finder(pattern).find(text.as_bytes()).is_some() {
                found.push(value);
            }
        }
        Ok(found)
    }

    fn finder(&self, pattern: &str) -> Arc<Finder<'static>> {
        if let Some(finder) = self.0.read().unwrap_or_else(PoisonError::into_inner).get(pattern) {
            return finder.clone();
        }
        let finder = Arc::new(Finder::new(pattern).into_owned());
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(pattern.to_owned(), finder.clone());
        finder
    }
}
