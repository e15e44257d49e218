//! A sketch of a text's words: enough to estimate how many of them have changed in another version of the text.

use borsh::{BorshDeserialize, BorshSerialize};

const WORDS: usize = 64;
const FIGURES: usize = 16;

/// Counts of a text's words by their hashes, in constant space. The order of words and the text between them are
/// ignored, except for words with digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Sketch {
    /// The number of words in each bucket, modulo 256.
    words: [u8; WORDS],
    /// Sums over the words with digits in each bucket, each combined with the previous one: swapped figures are as
    /// wrong as changed ones.
    figures: [u8; FIGURES],
}

impl Sketch {
    /// The number of bytes of an encoded sketch.
    pub const ENCODED: usize = WORDS + FIGURES;
}

impl Default for Sketch {
    fn default() -> Self {
        Sketch { words: [0; WORDS], figures: [0; FIGURES] }
    }
}

/// The differences between a text and an older one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Difference {
    /// The number of words added or removed, whichever is higher. At least as many have changed, unless words share a
    /// bucket.
    pub words: u32,
    /// True if words with digits have changed.
    pub has_other_figures: bool,
}

impl Sketch {
    /// Adds a word by its hash, of which the highest bits matter most. For a word with digits, `figure` is the hash of
    /// the previous such word.
    #[inline]
    pub fn add(&mut self, hash: u64, figure: Option<u64>) {
        // All bits of a factor affect the highest bits of a product.
        let place = |places: usize| (((hash >> 32) * places as u64) >> 32) as usize;
        let count = &mut self.words[place(WORDS)];
        *count = count.wrapping_add(1);
        if let Some(before) = figure {
            let sum = &mut self.figures[place(FIGURES)];
            *sum = sum.wrapping_add(((hash ^ before.rotate_left(17)) >> 40) as u8 | 1);
        }
    }

    /// Returns the differences from an older text.
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
