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

/// Odd, and with its bits spread: what is multiplied by it is spread over the highest bits.
const MULTIPLIER: u64 = 0x9e37_79b9_7f4a_7c15;

impl Sketch {
    /// Of the words of a body in Markdown. Targets of links are no words of it. A character of `is_alone` is a word.
    pub fn of(body: &str, is_alone: impl Fn(char) -> bool) -> Sketch {
        let mut sketch = Sketch::default();
        let mut word = Word::default();
        let bytes = body.as_bytes();
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            if byte.is_ascii() {
                if is_letter(byte) {
                    let eight = Eight::at(bytes, at);
                    word.add(eight.bytes, eight.has_digit);
                    at += eight.letters;
                    // Nearly every word ends so.
                    if bytes.get(at) == Some(&b' ') {
                        sketch.take(&mut word);
                        at += 1;
                    }
                    continue;
                }
                sketch.take(&mut word);
                at += 1;
                if byte == b']' && bytes.get(at) == Some(&b'(') {
                    at = end_of_target(bytes, at);
                }
                continue;
            }
            let Some(letter) = body[at..].chars().next() else { break };
            let is_lone = is_alone(letter);
            if is_lone || !letter.is_alphanumeric() {
                sketch.take(&mut word);
            }
            if is_lone || letter.is_alphanumeric() {
                word.add(u32::from(letter).into(), !is_lone && letter.is_numeric());
            }
            if is_lone {
                sketch.take(&mut word);
            }
            at += letter.len_utf8();
        }
        sketch.take(&mut word);
        sketch
    }

    /// Counts a word that has ended.
    fn take(&mut self, word: &mut Word) {
        if !word.has_begun {
            return;
        }
        let hash = word.hash;
        // On the highest bits of a product all others have told.
        let place = |places: usize| (((hash >> 32) * places as u64) >> 32) as usize;
        let count = &mut self.words[place(WORDS)];
        *count = count.wrapping_add(1);
        if word.has_digit {
            let sum = &mut self.figures[place(FIGURES)];
            *sum = sum.wrapping_add(((hash ^ word.figure_before.rotate_left(17)) >> 40) as u8 | 1);
            word.figure_before = hash;
        }
        *word = Word { figure_before: word.figure_before, ..Word::default() };
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

/// A word as far as it has been read.
#[derive(Default)]
struct Word {
    hash: u64,
    has_begun: bool,
    has_digit: bool,
    /// The hash of the last word with digits before it.
    figure_before: u64,
}

impl Word {
    /// Adds up to eight letters.
    #[inline]
    fn add(&mut self, letters: u64, has_digit: bool) {
        self.hash = (self.hash.rotate_left(5) ^ letters).wrapping_mul(MULTIPLIER);
        self.has_begun = true;
        self.has_digit |= has_digit;
    }
}

/// Whether a word may hold this byte of ASCII.
fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'\''
}

/// The part of a word that is among the next eight bytes. Most words have no more, and eight bytes are looked at as fast
/// as one.
struct Eight {
    /// How many bytes from the first on are ASCII letters, digits or apostrophes.
    letters: usize,
    /// Those, as a number.
    bytes: u64,
    has_digit: bool,
}

impl Eight {
    #[inline]
    fn at(bytes: &[u8], at: usize) -> Eight {
        const HIGH: u64 = 0x8080_8080_8080_8080;
        const fn each(byte: u8) -> u64 {
            u64::from_le_bytes([byte; 8])
        }
        /// The highest bit of each byte between two, of bytes without one.
        const fn between(bytes: u64, first: u8, last: u8) -> u64 {
            (bytes + each(0x80 - first)) & !(bytes + each(0x7f - last)) & HIGH
        }
        let bytes = match bytes.get(at..at + 8).and_then(|eight| eight.try_into().ok()) {
            Some(eight) => u64::from_le_bytes(eight),
            None => bytes[at..].iter().rev().fold(0, |number, &byte| number << 8 | u64::from(byte)),
        };
        let ascii = bytes & !HIGH;
        let digits = between(ascii, b'0', b'9') & !bytes;
        let letters = between(ascii | each(0x20), b'a', b'z') | digits | between(ascii, b'\'', b'\'');
        let end = (!(letters & !bytes) & HIGH).trailing_zeros() & !7;
        let mask = 1u64.checked_shl(end).map_or(u64::MAX, |bit| bit - 1);
        Eight { letters: (end / 8) as usize, bytes: bytes & mask, has_digit: digits & mask != 0 }
    }
}

/// Where the target of a link ends that begins with the bracket at `start`; there, if it does not end on its line.
fn end_of_target(bytes: &[u8], start: usize) -> usize {
    let rest = &bytes[start..];
    match memchr::memchr2(b')', b'\n', rest) {
        Some(length) if rest[length] == b')' => start + length,
        _ => start,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn difference(before: &str, now: &str) -> (u32, bool) {
        let of = |text| Sketch::of(text, |letter| ('\u{4e00}'..='\u{9fff}').contains(&letter));
        let Difference { words, has_other_figures } = of(now).since(&of(before));
        (words, has_other_figures)
    }

    #[test]
    fn every_byte_is_known_for_what_it_is() {
        for byte in 0..=255u8 {
            for place in 0..12 {
                let mut bytes = [b'a'; 12];
                bytes[place] = byte;
                let is_letter = is_letter(byte);
                let eight = Eight::at(&bytes, 0);
                assert_eq!(eight.letters, if is_letter { 8 } else { place.min(8) }, "{byte} at {place}");
                assert_eq!(eight.has_digit, byte.is_ascii_digit() && place < 8, "{byte} at {place}");
                assert_eq!(Eight::at(&bytes, 9).letters, if is_letter || place < 9 { 3 } else { place - 9 });
            }
        }
    }

    #[test]
    fn words_are_counted_and_figures_are_noticed() {
        let text = "The council's vote of 13 to 12, [as said](/2026/vote.md), was *close*. 会议投票 ２ 次。";
        assert_eq!(difference(text, text), (0, false));
        assert_eq!(difference(text, &text.replace("council's", "councils")), (1, false));
        assert_eq!(difference(text, &text.replace("council's", "council'")), (1, false));
        assert_eq!(difference(text, &text.replace("*close*", "**close**,\n\n")), (0, false));
        assert_eq!(difference(text, &text.replace("/2026/vote.md", "/2027/vote.md \"Title 3\"")), (0, false));
        assert_eq!(difference(text, &text.replace("13", "31")), (1, true));
        assert_eq!(difference(text, &text.replace('２', "３")), (1, true));
        assert_eq!(difference(text, &text.replace("13 to 12", "12 to 13")), (0, true));
        assert_eq!(difference(text, &text.replace("投票", "表决")), (2, false));
        assert_eq!(difference(text, &format!("{text} And much more.")), (3, false));
        assert_eq!(difference(&"word ".repeat(300), &"word ".repeat(250)), (50, false));
    }

    proptest! {
        #[test]
        fn no_text_is_too_odd(one in any::<String>(), other in any::<String>()) {
            let there = difference(&one, &other);
            prop_assert_eq!(there, difference(&other, &one));
            prop_assert_eq!(difference(&one, &one), (0, false));
        }
    }
}
