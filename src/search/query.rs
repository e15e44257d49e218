//! Queries: words of which all must be in a story, `"phrases"`, `-words` that must not, and filters.

use super::index::SearchFilter;
use super::tokens::{TermKind, comparable, full_terms, query_runs};

/// A query with its filters.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SearchQuery {
    /// The words that must be in a story, each in one of its forms.
    pub(super) wanted: Vec<QueryWord>,
    /// The words that must not.
    pub(super) unwanted: Vec<QueryWord>,
    /// Phrases, in the form of [`comparable`].
    pub(super) phrases: Vec<String>,
    /// Filters with their values.
    pub filters: Vec<(SearchFilter, String)>,
    /// The first day: `2026-11-01`.
    pub from: Option<String>,
    /// The last day.
    pub to: Option<String>,
    /// True to sort by date and not by relevance.
    pub newest: bool,
}

/// A word of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct QueryWord {
    pub term: String,
    /// True if words that begin like it count.
    pub is_prefix: bool,
    /// True if other forms of the word count.
    pub has_forms: bool,
}

impl SearchQuery {
    /// Parses what a reader has typed. The last word may be the beginning of one.
    pub fn parse(text: &str) -> SearchQuery {
        let mut query = SearchQuery::default();
        let mut rest = text.trim_start();
        while !rest.is_empty() {
            let is_unwanted = rest.starts_with('-');
            rest = rest.strip_prefix('-').unwrap_or(rest);
            let is_phrase = rest.starts_with(QUOTES);
            let part;
            if is_phrase {
                rest = rest.trim_start_matches(QUOTES);
                (part, rest) = rest.split_once(QUOTES).unwrap_or((rest, ""));
            } else {
                (part, rest) = rest.split_at(rest.find(char::is_whitespace).unwrap_or(rest.len()));
            }
            query.add(part, is_unwanted, is_phrase, rest.is_empty());
            rest = rest.trim_start();
        }
        query
    }

    fn add(&mut self, part: &str, is_unwanted: bool, is_phrase: bool, is_last: bool) {
        let runs = query_runs(part);
        let last = runs.len();
        if is_phrase && !is_unwanted {
            self.phrases.push(comparable(part));
        }
        for (at, (kind, run)) in runs.into_iter().enumerate() {
            let is_typed = is_last && at + 1 == last && !is_phrase && !is_unwanted;
            for term in full_terms(kind, &run) {
                let length = term.chars().count();
                let is_prefix = match kind {
                    TermKind::Word => is_typed && length >= kind.key_length(),
                    TermKind::Pair => length < 2,
                    TermKind::Triple => length == 2,
                };
                let word = QueryWord { term, is_prefix, has_forms: kind == TermKind::Word && !is_phrase };
                if is_unwanted { self.unwanted.push(word) } else { self.wanted.push(word) }
            }
        }
    }

    /// True if it asks for nothing.
    pub fn is_empty(&self) -> bool {
        self.wanted.is_empty() && self.filters.is_empty() && self.from.is_none() && self.to.is_none()
    }
}

/// Quotation marks that people and their keyboards write around a phrase.
const QUOTES: [char; 6] = ['"', '“', '”', '„', '«', '»'];

#[cfg(test)]
mod tests {
    use super::*;

    fn words(words: &[QueryWord]) -> Vec<String> {
        words.iter().map(|word| format!("{}{}", word.term, if word.is_prefix { "…" } else { "" })).collect()
    }

    #[test]
    fn queries_have_words_phrases_and_exclusions() {
        let query = SearchQuery::parse("Harbour “second Week” -strike Crane");
        assert_eq!(words(&query.wanted), ["harbour", "second", "week", "crane…"]);
        assert_eq!(words(&query.unwanted), ["strike"]);
        assert_eq!(query.phrases, [" second week "]);
    }

    #[test]
    fn short_queries_and_other_scripts() {
        assert_eq!(words(&SearchQuery::parse("ab").wanted), ["ab"]);
        assert_eq!(words(&SearchQuery::parse("能").wanted), ["能…"]);
        assert_eq!(words(&SearchQuery::parse("学习编程").wanted), ["学习", "习编", "编程"]);
        assert_eq!(words(&SearchQuery::parse("ภา").wanted), ["ภา…"]);
        assert!(SearchQuery::parse(" - \"").is_empty());
    }
}
