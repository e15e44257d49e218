//! The strings of a theme: labels and phrases in each language.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::diagnostic::{Code, did_you_mean};
use crate::language::{CATEGORIES, Language, OTHER};
use crate::yaml::coded_error;

/// A string, or its plural forms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Word {
    /// A single form for all uses.
    Text(String),
    /// The forms by plural category; `other` is always present. The entry [`LANGUAGE`] names the language of the
    /// categories, in case the string is used for a language that lacks it.
    Plural(BTreeMap<String, String>),
    /// All strings of [`STOPGAPS`], which is in no file.
    Several(Vec<String>),
}

/// The key next to the plural forms that names their language.
pub const LANGUAGE: &str = "language";

/// The key under which templates find the language of the strings (BCP 47): that of the page, or English.
pub const WORDS_LANGUAGE: &str = "words_language";
/// The key under which templates find the direction of that language, `ltr` or `rtl`.
pub const WORDS_DIRECTION: &str = "words_direction";
/// The key under which Presswork finds the English strings that stand in for those that a translation lacks.
pub const STOPGAPS: &str = "stopgaps";
/// The key under which templates find the language of the page.
pub const PAGE_LANGUAGE: &str = "page_language";
/// The language of strings that a theme has not been translated into, and its direction.
pub const ENGLISH: (&str, &str) = ("en", "ltr");

/// The strings of a theme, by language and key.
#[derive(Debug, Clone, Default)]
pub struct Strings(BTreeMap<String, BTreeMap<String, Word>>);

/// The keys that Presswork itself reads, and the prefixes of others.
const READ: &[&str] = &[
    "after_dateline",
    "archive",
    "archive_year",
    "before_time",
    "byline",
    "clarification",
    "colon",
    "correction",
    "corrections",
    "dateline",
    "donate",
    "editors_note",
    "feed_hint",
    "gone",
    "language_name",
    "latest",
    "more",
    "newsletter",
    "not_found",
    "opinion_notice",
    "policies",
    "press_release_notice",
    "preview_as_of",
    "preview_draft",
    "preview_drafts",
    "preview_notice",
    "preview_scheduled",
    "retracted",
    "retraction",
    "sections",
    "series",
    "series_one",
    "sources",
    "sponsored_notice",
    "staff",
    "subscribe",
    "tags",
    "withdrawn",
];
const READ_PREFIXES: &[&str] = &["alert_", "kind_", "policy_", "role_"];

impl Strings {
    /// Adds the strings of a language, without replacing existing ones.
    pub fn add(&mut self, language: &str, words: BTreeMap<String, Word>) {
        let known = self.0.entry(language.to_owned()).or_default();
        for (key, mut word) in words {
            if let Word::Plural(forms) = &mut word {
                forms.insert(LANGUAGE.to_owned(), language.to_owned());
            }
            known.entry(key).or_insert(word);
        }
    }

    /// Returns a string in a language, or in English.
    pub fn get(&self, language: &Language, key: &str) -> Option<&str> {
        let fallbacks = language.fallbacks().chain([ENGLISH.0]);
        match fallbacks.into_iter().find_map(|tag| self.0.get(tag)?.get(key))? {
            Word::Text(text) => Some(text),
            Word::Plural(_) | Word::Several(_) => None,
        }
    }

    /// Returns a string in a language alone, without falling back to English.
    pub fn own(&self, language: &Language, key: &str) -> Option<&str> {
        match language.fallbacks().find_map(|tag| self.0.get(tag)?.get(key))? {
            Word::Text(text) => Some(text),
            Word::Plural(_) | Word::Several(_) => None,
        }
    }

    /// True if there are strings in a language.
    pub fn has(&self, language: &Language) -> bool {
        language.fallbacks().any(|tag| self.0.contains_key(tag))
    }

    /// Tag and direction of the language that the strings for a language are in: itself, or English.
    pub fn language_for<'l>(&self, language: &'l Language) -> (&'l str, &'static str) {
        if self.has(language) { (language.tag(), language.direction()) } else { ENGLISH }
    }

    /// Tag and direction of the language that one of the strings for a language is in: itself, or English.
    pub fn language_of<'l>(&self, language: &'l Language, key: &str) -> (&'l str, &'static str) {
        let has = |tag: &str| self.0.get(tag).is_some_and(|words| words.contains_key(key));
        if language.fallbacks().any(has) { (language.tag(), language.direction()) } else { ENGLISH }
    }

    /// The keys of the English strings that a language lacks which has others; none if it has no strings at all.
    pub fn lacking(&self, language: &Language) -> Vec<&str> {
        let english = self.0.get(ENGLISH.0).into_iter().flatten().map(|(key, _)| key.as_str());
        let english = english.filter(|_| self.has(language));
        english.filter(|key| self.language_of(language, key) == ENGLISH && language.primary() != ENGLISH.0).collect()
    }

    /// All strings for a language, with English ones for those it lacks, and what language they are in.
    pub fn all(&self, language: &Language) -> BTreeMap<&str, Cow<'_, Word>> {
        let mut words = BTreeMap::new();
        for tag in language.fallbacks().chain([ENGLISH.0]) {
            for (key, word) in self.0.get(tag).into_iter().flatten() {
                words.entry(key.as_str()).or_insert(Cow::Borrowed(word));
            }
        }
        let texts = |word: &Word| match word {
            Word::Text(text) => vec![text.clone()],
            Word::Plural(forms) => forms.values().cloned().collect(),
            Word::Several(texts) => texts.clone(),
        };
        let lacking = self.lacking(language);
        if !lacking.is_empty() {
            let stopgaps = lacking.iter().filter_map(|key| words.get(key)).flat_map(|word| texts(word)).collect();
            words.insert(STOPGAPS, Cow::Owned(Word::Several(stopgaps)));
        }
        let (tag, direction) = self.language_for(language);
        words.insert(WORDS_LANGUAGE, Cow::Owned(Word::Text(tag.to_owned())));
        words.insert(WORDS_DIRECTION, Cow::Owned(Word::Text(direction.to_owned())));
        words.insert(PAGE_LANGUAGE, Cow::Owned(Word::Text(language.tag().to_owned())));
        words
    }
}

impl Word {
    /// True if Presswork itself reads the string, so that it cannot have plural forms.
    pub fn must_be_text(key: &str) -> bool {
        READ.contains(&key) || READ_PREFIXES.iter().any(|prefix| key.starts_with(prefix))
    }
}

impl<'de> Deserialize<'de> for Word {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Word, D::Error> {
        deserializer.deserialize_any(WordVisitor)
    }
}

struct WordVisitor;

impl<'de> Visitor<'de> for WordVisitor {
    type Value = Word;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a text, or a text for each plural category (`one: …`, `other: …`)")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Word, E> {
        Ok(Word::Text(text.to_owned()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Word, A::Error> {
        let mut forms: BTreeMap<String, String> = BTreeMap::new();
        while let Some(category) = entries.next_key::<String>()? {
            if !CATEGORIES.contains(&category.as_str()) {
                let hint = did_you_mean(&category, CATEGORIES.iter().copied());
                let hint = hint.unwrap_or_else(|| format!("one of {}", CATEGORIES.join(", ")));
                let message = format!("`{}` is not a plural category", category.escape_debug());
                return Err(coded_error(Code::BadTheme, &message, &hint));
            }
            if forms.insert(category.clone(), entries.next_value()?).is_some() {
                return Err(coded_error(Code::DuplicateKey, &format!("the form `{category}` is given twice"), ""));
            }
        }
        if !forms.contains_key(OTHER) {
            let hint = "add the form `other`, which every language has";
            return Err(coded_error(Code::BadTheme, "plural forms without `other`", hint));
        }
        Ok(Word::Plural(forms))
    }
}
