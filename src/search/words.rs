//! Collects the terms of stories with their weights.

use ahash::RandomState;
use hashbrown::HashTable;

use super::dictionary::Posting;
use super::tokens::terms;

/// A field of a story, which decides how much its words count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StoryField {
    /// The headline.
    Title,
    /// The names in the byline.
    Authors,
    /// Tags, section and other terms.
    Tags,
    /// The line under the headline, and the summary.
    Deck,
    /// Text and captions.
    Text,
}

impl StoryField {
    fn weight(self) -> u32 {
        match self {
            StoryField::Title => 5,
            StoryField::Authors => 4,
            StoryField::Tags => 3,
            StoryField::Deck => 2,
            StoryField::Text => 1,
        }
    }
}

/// The words of one story.
#[derive(Debug, Default)]
pub struct StoryWords {
    /// Texts, each with its field.
    pub texts: Vec<(StoryField, String)>,
    /// Terms for filters, which no word is equal to.
    pub filters: Vec<String>,
}

/// The terms of a segment's stories.
#[derive(Debug, Default)]
pub struct SegmentTerms {
    names: Vec<Box<str>>,
    postings: Vec<Vec<Posting>>,
    by_name: HashTable<u32>,
    hasher: FixedState,
    /// For each term, how much it counts in the present story, and the terms that have a number.
    counts: Vec<u32>,
    counted: Vec<u32>,
}

#[derive(Debug)]
struct FixedState(RandomState);

impl Default for FixedState {
    fn default() -> FixedState {
        FixedState(RandomState::with_seeds(1, 2, 3, 4))
    }
}

/// Words above this number count less, so that long stories are not always first.
const USUAL_LENGTH: f64 = 512.0;
/// How soon more occurrences of a word count no more (k1 of BM25).
const SATURATION: f64 = 1.2;
/// How much the length of a story matters, from 0 to 1 (b of BM25).
const LENGTH_SHARE: f64 = 0.6;

impl SegmentTerms {
    /// Adds a story, by its place in the segment. Stories are added in order.
    pub fn add(&mut self, story: u32, words: &StoryWords) {
        let mut length = 0u32;
        for (field, text) in &words.texts {
            let weight = field.weight();
            terms(text, &mut |term| {
                let at = self.number(term);
                if self.counts[at as usize] == 0 {
                    self.counted.push(at);
                }
                self.counts[at as usize] += weight;
                length += u32::from(*field == StoryField::Text);
            });
        }
        let norm = SATURATION * (1.0 - LENGTH_SHARE + LENGTH_SHARE * length_class(length) / USUAL_LENGTH);
        for at in std::mem::take(&mut self.counted) {
            let count = f64::from(std::mem::take(&mut self.counts[at as usize]));
            let weight = (8.0 * count / (count + norm)) as u8;
            self.postings[at as usize].push(Posting { story, weight: weight.min(7) });
        }
        for filter in &words.filters {
            let at = self.number(filter) as usize;
            if self.postings[at].last().is_none_or(|last| last.story != story) {
                self.postings[at].push(Posting { story, weight: 0 });
            }
        }
    }

    /// Adds the terms of later stories.
    pub fn append(&mut self, later: &SegmentTerms) {
        for (name, postings) in later.names.iter().zip(&later.postings) {
            let at = self.number(name) as usize;
            self.postings[at].extend_from_slice(postings);
        }
    }

    /// The terms with their stories.
    pub fn terms(&self) -> impl Iterator<Item = (&str, &[Posting])> {
        self.names.iter().zip(&self.postings).map(|(name, postings)| (&**name, postings.as_slice()))
    }

    fn number(&mut self, term: &str) -> u32 {
        let SegmentTerms { names, postings, by_name, hasher: FixedState(hasher), counts, .. } = self;
        let hash = hasher.hash_one(term);
        let found =
            by_name.entry(hash, |&at| *names[at as usize] == *term, |&at| hasher.hash_one(&*names[at as usize]));
        let next = names.len() as u32;
        let at = *found.or_insert(next).get();
        if at == next {
            names.push(term.into());
            postings.push(Vec::new());
            counts.push(0);
        }
        at
    }
}

/// The length of a story in words, in steps of a power of two, so that a corrected word seldom changes other numbers.
fn length_class(words: u32) -> f64 {
    f64::from(words.clamp(64, 8_192).next_power_of_two())
}
