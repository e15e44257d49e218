//! Stems: what the forms of a word have in common, by the endings of `rules.json`.

use super::rules::RULES;
use super::tokens::{TermKind, first_characters};

/// The shortest stem, in characters.
const SHORTEST: usize = 3;

/// The stem of a folded word in a language (BCP 47); the word itself in a language without rules.
pub fn stem(word: &str, language: &str) -> String {
    let language = language.split('-').next().unwrap_or(language);
    let Some(endings) = RULES.stems.get(language) else { return word.to_owned() };
    let word = without_article(word);
    for ending in endings {
        let Some(start) = word.strip_suffix(ending.ending.as_str()) else { continue };
        if start.chars().count() >= SHORTEST {
            return single([start, &ending.replacement].concat());
        }
    }
    word.to_owned()
}

/// A stem that doesn't end with a doubled consonant, as that of "planned" does.
fn single(mut stem: String) -> String {
    let mut last = stem.chars().rev();
    let is_doubled = matches!((last.next(), last.next()), (Some(a), Some(b)) if a == b && "bdgmnprt".contains(a));
    if is_doubled && stem.len() > SHORTEST {
        stem.pop();
    }
    stem
}

/// A word without an Arabic article, so that it is found with and without one.
pub(super) fn without_article(word: &str) -> &str {
    if !word.starts_with(|letter| ('\u{620}'..'\u{64b}').contains(&letter)) {
        return word;
    }
    let rest = RULES.articles.iter().find_map(|article| word.strip_prefix(article.as_str()));
    rest.filter(|rest| rest.chars().count() >= SHORTEST).unwrap_or(word)
}

/// The first characters of a term, which decide its bucket.
pub fn key(term: &str) -> &str {
    let kind = TermKind::of(term);
    first_characters(without_article(term), kind.key_length())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_a_word_have_one_stem() {
        let families = [
            ("en", &["strike", "strikes", "striking"][..]),
            ("en", &["plan", "plans", "planned", "planning"]),
            ("en", &["city", "cities"]),
            ("de", &["hafen", "hafens"]),
            ("de", &["regierung", "regierungen"]),
            ("fr", &["journal", "journaux"]),
            ("es", &["eleccion", "elecciones"]),
            ("pt", &["eleicao", "eleicoes"]),
            ("ru", &["книга", "книги", "книгами"]),
            ("ar", &["حكومه", "الحكومه", "والحكومه"]),
        ];
        for (language, family) in families {
            let stems: Vec<String> = family.iter().map(|word| stem(word, language)).collect();
            assert!(stems.iter().all(|other| *other == stems[0]), "{family:?} → {stems:?}");
        }
        assert_eq!(stem("news", "en-GB"), stem("new", "en") + "", "short words keep three letters");
        assert_eq!(stem("strikes", "nl"), "strikes");
    }

    #[test]
    fn words_that_begin_alike_have_one_key() {
        assert_eq!(key("strikes"), "stri");
        assert_eq!(key("编程"), "编");
        assert_eq!(key("ภาษ"), "ภา");
        assert_eq!(key("الحكومه"), key("حكومات"));
    }
}
