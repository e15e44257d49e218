//! Alphabetical order by the language's rules (Unicode Collation Algorithm, UTS #10, tailored by CLDR).

use std::cmp::Ordering;

use icu_collator::options::CollatorOptions;
use icu_collator::{Collator, CollatorBorrowed};

use super::Language;
use crate::unicode::without_invisible;

/// The alphabetical order of a language. Its data is compiled in, so lists have the same order on every
/// machine.
pub struct Collation(Option<CollatorBorrowed<'static>>);

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
        Collation(Collator::try_new((&language.0.locale).into(), CollatorOptions::default()).ok())
    }

    /// Compares two names. Names that are equal in the language are ordered by code point, so that the
    /// result never depends on their previous order.
    pub fn compare(&self, one: &str, other: &str) -> Ordering {
        let (seen, other_seen) = (without_invisible(one), without_invisible(other));
        let by_language = self.0.as_ref().map_or(Ordering::Equal, |collator| collator.compare(&seen, &other_seen));
        by_language.then_with(|| one.cmp(other))
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
    fn equal_names_keep_one_order() {
        assert_eq!(sorted("en", &["e\u{301}", "é"]), sorted("en", &["é", "e\u{301}"]));
    }
}
