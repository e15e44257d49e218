//! The rules for words, which `rules.json` holds for the program and for the script on the search page.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

/// The rules as JSON, for the script.
pub(super) const JSON: &str = include_str!("rules.json");

/// The rules for words.
#[derive(Debug, Default)]
pub(super) struct WordRules {
    /// Characters that are left out of words, such as accents that have been separated from their letters.
    pub marks: Ranges,
    /// Han, kana and Hangul, of which two neighbours are a term.
    pub pairs: Ranges,
    /// Thai, Lao, Burmese and Khmer, of which three neighbours are a term.
    pub triples: Ranges,
    /// Letters that are replaced with others.
    pub letters: BTreeMap<char, String>,
    /// The maximum number of characters of a term.
    pub longest: usize,
    /// The number of characters that decide the bucket of a word.
    pub key: usize,
    /// Arabic articles, with the prefixes joined to them; the longest first.
    pub articles: Vec<String>,
    /// For each language, endings and what replaces them; the longest first.
    pub stems: BTreeMap<String, Vec<Ending>>,
}

/// An ending of words, and the letters that take its place.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Ending {
    pub ending: String,
    pub replacement: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct WrittenRules {
    marks: String,
    pairs: String,
    triples: String,
    letters: BTreeMap<char, String>,
    longest: usize,
    key: usize,
    articles: Vec<String>,
    stems: BTreeMap<String, Vec<String>>,
}

/// The rules of this version. A test checks that the file can be read.
pub(super) static RULES: LazyLock<WordRules> = LazyLock::new(|| {
    let written: WrittenRules = serde_json::from_str(JSON).unwrap_or_default();
    let ending = |text: String| {
        let (ending, replacement) = text.split_once('>').unwrap_or((&text, ""));
        Ending { ending: ending.to_owned(), replacement: replacement.to_owned() }
    };
    let stems = written.stems.into_iter();
    WordRules {
        marks: Ranges::parse(&written.marks),
        pairs: Ranges::parse(&written.pairs),
        triples: Ranges::parse(&written.triples),
        letters: written.letters,
        longest: written.longest,
        key: written.key,
        articles: written.articles,
        stems: stems.map(|(language, endings)| (language, endings.into_iter().map(ending).collect())).collect(),
    }
});

/// Ranges of characters, in order.
#[derive(Debug, Default)]
pub(super) struct Ranges(Vec<(char, char)>);

impl Ranges {
    /// Parses the contents of a character class of a regular expression: `\u{e00}-\u{eff}\u{1780}`.
    fn parse(class: &str) -> Ranges {
        let mut ranges: Vec<(char, char)> = Vec::new();
        for part in class.split("\\u{").skip(1) {
            let Some((code, rest)) = part.split_once('}') else { continue };
            let Some(letter) = u32::from_str_radix(code, 16).ok().and_then(char::from_u32) else { continue };
            match ranges.last_mut().filter(|(first, last)| *last == char::MAX && *first < letter) {
                Some((_, last)) => *last = letter,
                None => ranges.push((letter, letter)),
            }
            if let Some((_, last)) = ranges.last_mut().filter(|_| rest.starts_with('-')) {
                *last = char::MAX;
            }
        }
        Ranges(ranges)
    }

    /// True if a range contains the character.
    pub(super) fn contain(&self, letter: char) -> bool {
        let at = self.0.partition_point(|&(_, last)| last < letter);
        self.0.get(at).is_some_and(|&(first, _)| first <= letter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rules_are_read_in_full() {
        let rules = &*RULES;
        assert_eq!((rules.longest, rules.key, rules.stems.len()), (40, 4, 7));
        for ranges in [&rules.marks, &rules.pairs, &rules.triples] {
            assert!(ranges.0.iter().all(|&(first, last)| first <= last && last < char::MAX), "{ranges:?}");
            assert!(ranges.0.windows(2).all(|pair| pair[0].1 < pair[1].0), "{ranges:?} are in order");
        }
        assert!(rules.pairs.contain('编') && rules.pairs.contain('が') && rules.pairs.contain('한'));
        assert!(!rules.pairs.contain('a') && rules.triples.contain('ก') && rules.marks.contain('\u{301}'));
        for (language, endings) in &rules.stems {
            let lengths: Vec<usize> = endings.iter().map(|ending| ending.ending.chars().count()).collect();
            assert!(lengths.is_sorted_by(|a, b| a >= b), "{language}: the longest ending comes first");
        }
    }
}
