//! Alphabetical order by the language's rules (Unicode Collation Algorithm, UTS #10, tailored by CLDR).

use std::cmp::Ordering;

use icu_collator::options::{CollatorOptions, Strength};
use icu_collator::preferences::CollationNumericOrdering;
use icu_collator::{Collator, CollatorBorrowed, CollatorPreferences};
use unicode_normalization::UnicodeNormalization;

use super::Language;
use crate::unicode::{is_han_or_kana, without_invisible};

/// The heading of names that begin with no letter.
const NO_LETTER: &str = "#";
/// The first characters of each letter in Chinese names ordered by sound (pinyin).
const PINYIN: &[(&str, &str)] = &[
    ("A", "吖"),
    ("B", "八"),
    ("C", "嚓"),
    ("D", "咑"),
    ("E", "妸"),
    ("F", "发"),
    ("G", "旮"),
    ("H", "哈"),
    ("J", "丌"),
    ("K", "咔"),
    ("L", "垃"),
    ("M", "妈"),
    ("N", "拿"),
    ("O", "噢"),
    ("P", "妑"),
    ("Q", "七"),
    ("R", "呥"),
    ("S", "仨"),
    ("T", "他"),
    ("W", "屲"),
    ("X", "夕"),
    ("Y", "丫"),
    ("Z", "帀"),
];
/// The consonants with which Korean syllables begin, each for a block of 588 syllables; doubled ones are
/// listed with the single ones.
const CONSONANTS: [&str; 19] =
    ["ㄱ", "ㄱ", "ㄴ", "ㄷ", "ㄷ", "ㄹ", "ㅁ", "ㅂ", "ㅂ", "ㅅ", "ㅅ", "ㅇ", "ㅈ", "ㅈ", "ㅊ", "ㅋ", "ㅌ", "ㅍ", "ㅎ"];

/// The alphabetical order of a language. Its data is compiled in, so lists have the same order on every
/// machine.
pub struct Collation {
    collator: Option<CollatorBorrowed<'static>>,
    /// Compares letters alone, without accents and case.
    letters: Option<CollatorBorrowed<'static>>,
    is_by_sound: bool,
}

impl std::fmt::Debug for Collation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Collation")
    }
}

impl Collation {
    /// The order of a language; CLDR's root order if CLDR has none for it.
    ///
    /// ```
    /// use presswork::language::{Collation, Language};
    /// let sorted = |tag| {
    ///     let mut names = ["Zoe", "Ärger", "Öst", "Usher"];
    ///     let collation = Collation::of(&Language::parse(tag)?);
    ///     names.sort_by(|one, other| collation.compare(one, other));
    ///     Ok::<_, String>(names)
    /// };
    /// assert_eq!(sorted("de")?, ["Ärger", "Öst", "Usher", "Zoe"]);
    /// assert_eq!(sorted("sv")?, ["Usher", "Zoe", "Ärger", "Öst"]);
    /// # Ok::<(), String>(())
    /// ```
    pub fn of(language: &Language) -> Collation {
        let mut preferences = CollatorPreferences::from(&language.0.locale);
        // Section 2 comes before section 10.
        preferences.numeric_ordering = Some(CollationNumericOrdering::True);
        let collator = |options| Collator::try_new(preferences, options).ok();
        let mut letters = CollatorOptions::default();
        letters.strength = Some(Strength::Primary);
        Collation {
            collator: collator(CollatorOptions::default()),
            letters: collator(letters),
            is_by_sound: language.primary() == "zh" && !language.is_traditional_chinese(),
        }
    }

    /// Compares two names. Names that are equal in the language are ordered by code point, so that the
    /// result never depends on their previous order.
    pub fn compare(&self, one: &str, other: &str) -> Ordering {
        let (seen, other_seen) = (without_invisible(one), without_invisible(other));
        let by_language =
            self.collator.as_ref().map_or(Ordering::Equal, |collator| collator.compare(&seen, &other_seen));
        by_language.then_with(|| one.cmp(other))
    }

    /// The heading of a name in an index: its first letter, without an accent if the alphabet of the
    /// language has no such letter.
    ///
    /// ```
    /// use presswork::language::{Collation, Language};
    /// let letter = |tag, name| Ok::<_, String>(Collation::of(&Language::parse(tag)?).index_letter(name));
    /// assert_eq!((letter("de", "Ärger")?, letter("sv", "Ärla")?), ("A".to_owned(), "Ä".to_owned()));
    /// assert_eq!((letter("zh", "王芳")?, letter("ko", "김민준")?), ("W".to_owned(), "ㄱ".to_owned()));
    /// # Ok::<(), String>(())
    /// ```
    pub fn index_letter(&self, name: &str) -> String {
        let Some(first) = name.chars().find(|letter| letter.is_alphanumeric()) else { return NO_LETTER.to_owned() };
        if first.is_numeric() {
            return NO_LETTER.to_owned();
        }
        if let Some(place) = u32::from(first).checked_sub(0xac00)
            && let Some(consonant) = CONSONANTS.get(place as usize / 588)
        {
            return (*consonant).to_owned();
        }
        if self.is_by_sound && is_han_or_kana(first) {
            let name = first.to_string();
            let found = PINYIN.iter().rev().find(|(_, start)| self.compare(start, &name).is_le());
            return found.or(PINYIN.first()).map_or(name, |(letter, _)| (*letter).to_owned());
        }
        let letter: String = first.to_uppercase().collect();
        let plain: String = letter.nfd().take(1).collect();
        let is_same = self.letters.as_ref().is_some_and(|letters| letters.compare(&plain, &letter).is_eq());
        if is_same { plain } else { letter }
    }

    /// Sorts by name, then by id.
    pub fn sort_by_name<T>(&self, items: &mut [T], name_and_id: impl Fn(&T) -> (&str, &str)) {
        items.sort_by(|one, other| {
            let ((name, id), (other_name, other_id)) = (name_and_id(one), name_and_id(other));
            self.compare(name, other_name).then_with(|| id.cmp(other_id))
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(tag: &str, names: &[&'static str]) -> Vec<&'static str> {
        let collation = Collation::of(&Language::parse(tag).unwrap());
        let mut sorted = names.to_vec();
        sorted.sort_by(|one, other| collation.compare(one, other));
        sorted
    }

    #[test]
    fn each_language_has_its_own_alphabet() {
        for (tag, order) in [
            ("de", &["Aal", "Ärger", "de Bruyn", "Édith", "Łódź", "Öl", "Uhr", "Zoo"][..]),
            ("sv", &["Zebra", "Åsa", "Ärla", "Öland"]),
            ("da", &["Zebra", "Æble", "Øre", "Ål"]),
            ("ru", &["Елена", "Ёлкин", "Жуков"]),
            ("es", &["nabo", "nuez", "ñandú", "oca"]),
            ("cs", &["cibule", "hrad", "chata", "jablko"]),
            ("tr", &["ısı", "iğne", "jüri"]),
            ("pl", &["lato", "łapa", "mak"]),
            ("zh", &["阿里", "北京", "李", "张"]),
            ("zh-Hant", &["一", "人", "中", "國"]),
        ] {
            let mut reversed = order.to_vec();
            reversed.reverse();
            assert_eq!(sorted(tag, &reversed), order, "{tag}");
        }
    }

    #[test]
    fn numbers_in_names_are_in_the_order_of_their_values() {
        for tag in ["en", "zh", "ar"] {
            assert_eq!(sorted(tag, &["Ward 10", "Ward 2", "Ward", "Ward 1"]), ["Ward", "Ward 1", "Ward 2", "Ward 10"]);
        }
        assert_eq!(sorted("en", &["2026", "7 days", "Ada"]), ["7 days", "2026", "Ada"]);
    }

    #[test]
    fn names_are_indexed_by_the_letters_of_the_language() {
        let letters = |tag: &str, names: &[&str]| {
            let collation = Collation::of(&Language::parse(tag).unwrap());
            names.iter().map(|name| collation.index_letter(name)).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(letters("en", &["Édith", "de Bruyn", "“Ana”", "7 Days", "…", ""]), "E D A # # #");
        assert_eq!(letters("da", &["Ærø", "Åse", "Øre", "É"]), "Æ Å Ø E");
        assert_eq!(letters("es", &["ñandú", "Núñez"]), "Ñ N");
        assert_eq!(letters("ru", &["Ёлкин", "йод", "жуков"]), "Е Й Ж");
        assert_eq!(letters("zh", &["阿里", "陈", "黄", "李", "欧阳", "张", "赵", "曾", "Lin"]), "A C H L O Z Z C L");
        assert_eq!(letters("zh-Hant", &["陳大文"]), "陳");
        assert_eq!(letters("ko", &["김", "쌍", "한", "Kim"]), "ㄱ ㅅ ㅎ K");
        assert_eq!(letters("ja", &["がく", "かな", "田中"]), "か か 田");
        assert_eq!(letters("ar", &["أحمد", "احمد"]), "ا ا");
    }

    #[test]
    fn equal_names_keep_one_order() {
        assert_eq!(sorted("en", &["e\u{301}", "é"]), sorted("en", &["é", "e\u{301}"]));
    }
}
