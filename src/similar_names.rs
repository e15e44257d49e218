//! Finds the name that a mistyped one may have meant, among all names of an archive.
//!
//! A report may hold thousands of broken links, and an archive hundreds of thousands of pages. Most names are ruled out
//! by their length and letters, without computing a distance.

use strsim::osa_distance;

/// The maximum distance: a longer name with more differences is another name.
const MAX_DISTANCE: usize = 6;
/// The minimum length of a beginning that is taken for an incomplete name.
const SHORTEST_BEGINNING: usize = 4;

/// Names, each with a value, to be searched for similar ones.
#[derive(Debug, Clone)]
pub struct SimilarNames<T> {
    /// Sorted by length in characters; names of one length are in the order in which they were given.
    entries: Vec<Entry<T>>,
    /// The places of the entries, sorted by name.
    by_name: Vec<u32>,
}

#[derive(Debug, Clone)]
struct Entry<T> {
    length: usize,
    letters: LetterCounts,
    name: Box<str>,
    value: T,
}

/// A name that was found, with its distance.
type SimilarName<'n, T> = (usize, &'n str, &'n T);

impl<T> SimilarNames<T> {
    /// Indexes names. Of equal names, the first is found.
    pub fn new<S: Into<Box<str>>>(names: impl IntoIterator<Item = (S, T)>) -> SimilarNames<T> {
        let entry = |(name, value): (S, T)| {
            let name: Box<str> = name.into();
            Entry { length: name.chars().count(), letters: LetterCounts::of(&name), name, value }
        };
        let mut entries: Vec<Entry<T>> = names.into_iter().map(entry).collect();
        entries.sort_by_key(|entry| entry.length);
        let mut by_name: Vec<u32> = (0..entries.len() as u32).collect();
        by_name.sort_by(|&a, &b| entries[a as usize].name.cmp(&entries[b as usize].name));
        SimilarNames { entries, by_name }
    }

    /// Returns the name nearest to `word` and its value, if one that is acceptable is near enough. Of equally near
    /// names it is the first in the alphabet.
    pub fn nearest<'n>(&'n self, word: &str, is_acceptable: impl Fn(&T) -> bool) -> Option<(&'n str, &'n T)> {
        let length = word.chars().count();
        let similar = self.similar(word, length, &is_acceptable);
        let found = similar.chain(self.beginnings(word, length, &is_acceptable));
        found.min_by_key(|&(distance, name, _)| (distance, name)).map(|(_, name, value)| (name, value))
    }

    /// The names within the maximum distance.
    fn similar<'n, 'w>(
        &'n self,
        word: &'w str,
        length: usize,
        is_acceptable: &'w impl Fn(&T) -> bool,
    ) -> impl Iterator<Item = SimilarName<'n, T>> {
        let limit = max_distance(length);
        let letters = LetterCounts::of(word);
        let from = self.entries.partition_point(|entry| entry.length + limit < length);
        let to = self.entries.partition_point(|entry| entry.length <= length + limit);
        // An edit adds a letter, removes one, or replaces one by another.
        let may_be_near = move |entry: &&Entry<T>| entry.letters.differences(&letters) <= 2 * limit;
        self.entries[from..to].iter().filter(may_be_near).filter_map(move |entry| {
            let distance = osa_distance(word, &entry.name);
            (distance <= limit && is_acceptable(&entry.value)).then_some((distance, &*entry.name, &entry.value))
        })
    }

    /// The names that begin with the word, and the longest with which it begins.
    fn beginnings<'n, 'w>(
        &'n self,
        word: &'w str,
        length: usize,
        is_acceptable: &'w impl Fn(&T) -> bool,
    ) -> impl Iterator<Item = SimilarName<'n, T>> {
        let longer = self.from(word).take_while(move |entry| entry.name.starts_with(word));
        let longer = longer.filter(move |entry| is_acceptable(&entry.value));
        let cuts =
            word.char_indices().rev().map(|(at, _)| &word[..at]).take_while(|cut| cut.len() >= SHORTEST_BEGINNING);
        let shorter = cuts.filter_map(|cut| {
            let mut same = self.from(cut).take_while(|entry| *entry.name == *cut);
            same.find(|entry| is_acceptable(&entry.value))
        });
        let found =
            longer.chain(shorter.take(1)).map(move |entry| (entry.length.abs_diff(length), &*entry.name, &entry.value));
        (length >= SHORTEST_BEGINNING).then_some(found).into_iter().flatten()
    }

    /// The entries in the order of the alphabet, from a word on.
    fn from<'n>(&'n self, word: &str) -> impl Iterator<Item = &'n Entry<T>> {
        let entry = |&at: &u32| &self.entries[at as usize];
        let start = self.by_name.partition_point(|at| *entry(at).name < *word);
        self.by_name[start..].iter().map(entry)
    }
}

/// Returns the candidate nearest to a mistyped word, if one is near enough. For many words and candidates there is
/// [`SimilarNames`].
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = max_distance(word.chars().count());
    candidates
        .into_iter()
        .map(|candidate| (osa_distance(word, candidate), candidate))
        .filter(|&(distance, candidate)| distance <= limit || is_near_prefix(word, candidate))
        .min()
        .map(|(_, candidate)| candidate)
}

fn is_near_prefix(word: &str, candidate: &str) -> bool {
    let is_beginning = |beginning: &str, of: &str| of.starts_with(beginning) && beginning.len() >= SHORTEST_BEGINNING;
    word.chars().count() >= SHORTEST_BEGINNING && (is_beginning(word, candidate) || is_beginning(candidate, word))
}

/// Returns a hint with the nearest candidate.
pub fn did_you_mean<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    nearest(word, candidates).map(|candidate| format!("did you mean `{candidate}`?"))
}

/// The maximum distance between a mistyped name of this length and the one that was meant, as an optimal string
/// alignment distance.
fn max_distance(length: usize) -> usize {
    (length / 3).clamp(1, MAX_DISTANCE)
}

/// How often each letter is in a name; several letters share a count.
#[derive(Debug, Clone, Copy)]
struct LetterCounts([u8; 32]);

impl LetterCounts {
    fn of(name: &str) -> LetterCounts {
        let mut counts = [0_u8; 32];
        for letter in name.chars() {
            let count = &mut counts[u32::from(letter) as usize % 32];
            *count = count.saturating_add(1);
        }
        LetterCounts(counts)
    }

    /// A lower bound of the letters that only one of two names has.
    fn differences(&self, other: &LetterCounts) -> usize {
        let pairs = self.0.iter().zip(&other.0);
        usize::from(pairs.map(|(own, other)| u16::from(own.abs_diff(*other))).sum::<u16>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_index_finds_what_a_search_of_all_names_finds(
            names in prop::collection::vec("[a-dé/-]{0,12}", 0..40),
            word in "[a-dé/-]{0,12}",
        ) {
            let index = SimilarNames::new(names.iter().map(|name| (name.as_str(), ())));
            let found = index.nearest(&word, |()| true).map(|(name, ())| name);
            prop_assert_eq!(found, nearest(&word, names.iter().map(String::as_str)));
        }
    }

    #[test]
    fn of_equal_names_the_first_that_is_acceptable_is_found() {
        let index = SimilarNames::new([("crane", 1), ("crane", 2), ("cranes", 3)]);
        assert_eq!(index.nearest("crane", |_| true), Some(("crane", &1)));
        assert_eq!(index.nearest("crnae", |&value| value > 1), Some(("crane", &2)));
        assert_eq!(index.nearest("ferry", |_| true), None);
    }
}
