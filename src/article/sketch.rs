//! A sketch of a text's words: enough to tell how many of them another version of the text has changed.

use borsh::{BorshDeserialize, BorshSerialize};

const WORDS: usize = 64;
const FIGURES: usize = 16;

/// Counts of a text's words by their hashes; what it takes does not grow with the text. What words stand between, and
/// their order, leaves no trace, but for that of figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Sketch {
    /// How many words fall on each place, modulo 256.
    words: [u8; WORDS],
    /// Sums over the words with digits that fall on each place, each with the one before it: figures that have changed
    /// their places are as wrong as others.
    figures: [u8; FIGURES],
}

impl Default for Sketch {
    fn default() -> Self {
        Sketch { words: [0; WORDS], figures: [0; FIGURES] }
    }
}

/// What is another in one text than in an older one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Difference {
    /// Words that came or that went, whichever are more: no fewer have been changed, but for rare words that share a
    /// place.
    pub words: u32,
    /// Whether words with digits are others.
    pub has_other_figures: bool,
}

impl Sketch {
    /// Adds a word by its hash, of which the highest bits tell most; `figure` is the hash of the last word with digits
    /// before it, of a word that has some itself.
    #[inline]
    pub fn add(&mut self, hash: u64, figure: Option<u64>) {
        // On the highest bits of a product all others have told.
        let place = |places: usize| (((hash >> 32) * places as u64) >> 32) as usize;
        let count = &mut self.words[place(WORDS)];
        *count = count.wrapping_add(1);
        if let Some(before) = figure {
            let sum = &mut self.figures[place(FIGURES)];
            *sum = sum.wrapping_add(((hash ^ before.rotate_left(17)) >> 40) as u8 | 1);
        }
    }

    /// What is another than in an older text.
    pub fn since(&self, older: &Sketch) -> Difference {
        let (mut came, mut went) = (0, 0);
        for (&now, &before) in self.words.iter().zip(&older.words) {
            let change = i32::from(now.wrapping_sub(before) as i8);
            came += change.max(0);
            went += (-change).max(0);
        }
        Difference { words: came.max(went).unsigned_abs(), has_other_figures: self.figures != older.figures }
    }
}
