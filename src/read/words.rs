//! Counts words, and hashes them into a sketch for comparison.
//!
//! Words are those of Unicode's text segmentation (UAX #29, section 4), with the exceptions that its section 4.1 leaves
//! to programs: Han, Kana and the scripts of South East Asia have no spaces between words, and their letters are
//! counted. The rules are written out here because an archive has gigabytes of words; a test compares them with
//! `unicode-segmentation`.

use unicode_normalization::char::is_combining_mark;

use crate::article::Sketch;
use crate::typography::{is_hebrew, url_length};
use crate::unicode::is_han_or_kana;

/// An odd number with well-spread bits: multiplying by it spreads a value over the highest bits.
const MULTIPLIER: u64 = 0x9e37_79b9_7f4a_7c15;

/// The lowest combining mark.
const FIRST_MARK: char = '\u{300}';

/// Counts the words of a text that comes in pieces.
#[derive(Default)]
pub(super) struct WordCounter {
    /// Words of scripts with spaces between words.
    pub words: u32,
    /// Characters of Han and Kana.
    pub characters: u32,
    /// Letters of Thai, Lao, Khmer, Burmese and related scripts, without their marks.
    pub letters: u32,
    /// A sketch of all words, including those that aren't counted.
    pub sketch: Sketch,
    word: OpenWord,
    /// True while reading code, whose words aren't counted.
    is_code: bool,
    in_address: bool,
}

/// A word that is being read.
#[derive(Default)]
struct OpenWord {
    hash: u64,
    has_begun: bool,
    has_digit: bool,
    last: Last,
    /// A character after its last letter that belongs to the word if another letter follows.
    joint: Option<Joint>,
    /// The hash of the last word with digits before it.
    figure_before: u64,
}

/// The kind of a word's last letter.
#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum Last {
    #[default]
    Letter,
    Hebrew,
    Digit,
}

/// A character that may join two parts of a word (UAX #29, WB6, WB7, WB7b, WB7c, WB11 and WB12).
#[derive(Clone, Copy, PartialEq, Eq)]
enum Joint {
    /// `·`, between letters.
    Letters,
    /// `"`, between Hebrew letters, and what typography makes of it there.
    Hebrew,
    /// `,`, between digits.
    Digits,
    /// `.` and apostrophes, between two letters or two digits.
    Either,
}

impl WordCounter {
    /// Adds visible text.
    pub(super) fn text(&mut self, text: &str) {
        // Prose has hardly any slashes, and every URL has some.
        if self.in_address || memchr::memchr(b'/', text.as_bytes()).is_some() {
            return self.with_addresses(text);
        }
        self.plain(text);
    }

    /// Adds code, which isn't counted.
    pub(super) fn code(&mut self, code: &str) {
        self.end();
        self.is_code = true;
        self.plain(code);
        self.end();
        self.is_code = false;
    }

    /// Ends the open word, if any.
    pub(super) fn end(&mut self) {
        self.in_address = false;
        self.take();
    }

    /// Adds text with URLs, which aren't counted: from the scheme or `www.` to where [`url_length`] ends them.
    fn with_addresses(&mut self, text: &str) {
        let mut rest = text;
        while !rest.is_empty() {
            if self.in_address {
                let Some(end) = url_length(rest) else { return };
                self.in_address = false;
                rest = &rest[end..];
            }
            let Some(start) = address_start(rest) else { return self.plain(rest) };
            self.plain(&rest[..start]);
            self.take();
            self.in_address = true;
            rest = &rest[start..];
        }
    }

    fn plain(&mut self, text: &str) {
        let bytes = text.as_bytes();
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            if is_letter(byte) {
                if !self.word.has_begun {
                    at = self.whole_words(bytes, at);
                    if bytes.get(at).is_none_or(|&byte| !is_letter(byte)) {
                        continue;
                    }
                }
                if self.word.joint.is_some() {
                    self.join(if byte.is_ascii_digit() { Last::Digit } else { Last::Letter });
                }
                let eight = Eight::at(bytes, at);
                self.word.add(eight.bytes, eight.has_digit);
                at += eight.letters;
                // Nearly all words end like this.
                if bytes.get(at) == Some(&b' ') {
                    self.take();
                    at += 1;
                } else if eight.letters < 8 || bytes.get(at).is_none_or(|&next| !is_letter(next)) {
                    self.word.last = if bytes[at - 1].is_ascii_digit() { Last::Digit } else { Last::Letter };
                }
            } else if byte.is_ascii() {
                self.sign(byte);
                at += 1;
            } else {
                let Some(letter) = text[at..].chars().next() else { break };
                self.letter(letter);
                at += letter.len_utf8();
            }
        }
    }

    /// Counts consecutive words of up to 15 letters, each followed by a space, and returns where the first
    /// other word begins. Most words are like this, and need no state.
    fn whole_words(&mut self, bytes: &[u8], mut at: usize) -> usize {
        let mut words = 0;
        while let Some(next) = bytes.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
            let mut last = Eight::of(u64::from_le_bytes(*next));
            let mut hash = last.bytes.wrapping_mul(MULTIPLIER);
            let mut has_digit = last.has_digit;
            let mut start = at;
            if last.letters == 8 {
                let Some(next) = bytes.get(at + 8..).and_then(|rest| rest.first_chunk::<8>()) else { break };
                last = Eight::of(u64::from_le_bytes(*next));
                start = at + 8;
                if last.letters > 0 {
                    hash = continued(hash, last.bytes);
                    has_digit |= last.has_digit;
                }
            }
            let end = start + last.letters;
            if end == at || last.letters == 8 || bytes[end] != b' ' {
                break;
            }
            let figure = has_digit.then_some(self.word.figure_before);
            if has_digit {
                self.word.figure_before = hash;
            }
            self.sketch.add(hash, figure);
            words += 1;
            at = end + 1;
        }
        self.words += if self.is_code { 0 } else { words };
        at
    }

    /// Adds an ASCII character other than a letter or digit.
    fn sign(&mut self, sign: u8) {
        let joint = match sign {
            b'.' | b'\'' => Joint::Either,
            b',' | b';' => Joint::Digits,
            b'"' if self.word.last == Last::Hebrew => Joint::Hebrew,
            // It joins anything (WB13a).
            b'_' if self.word.has_begun => return,
            _ => return self.take(),
        };
        self.joint(joint);
    }

    /// Adds a non-ASCII character.
    fn letter(&mut self, letter: char) {
        if is_han_or_kana(letter) && letter.is_alphanumeric() {
            return self.lone(letter, true);
        }
        // Marks belong to the letter before them (WB4).
        if letter >= FIRST_MARK && is_combining_mark(letter) {
            if self.word.has_begun && self.word.joint.is_none() {
                self.word.add(u32::from(letter).into(), false);
            }
            return;
        }
        if letter.is_alphanumeric() {
            if is_unspaced(letter) {
                return self.lone(letter, false);
            }
            let last = match letter {
                letter if letter.is_numeric() => Last::Digit,
                letter if is_hebrew(letter) => Last::Hebrew,
                _ => Last::Letter,
            };
            if self.word.joint.is_some() {
                self.join(last);
            }
            self.word.add(u32::from(letter).into(), last == Last::Digit);
            self.word.last = last;
            return;
        }
        match letter {
            '“' | '”' | '„' | '«' | '»' if self.word.last == Last::Hebrew => self.joint(Joint::Hebrew),
            // A foot mark is typed as an apostrophe.
            '′' => self.joint(Joint::Digits),
            '‘' | '’' | '\u{2024}' | '\u{fe52}' | '\u{ff07}' | '\u{ff0e}' => self.joint(Joint::Either),
            '\u{b7}' | '\u{387}' | '\u{5f3}' | '\u{5f4}' | '\u{2027}' | '\u{fe55}' | '\u{ff1a}' => {
                self.joint(Joint::Letters)
            }
            '\u{60c}' | '\u{66c}' | '\u{fe50}' | '\u{fe54}' | '\u{ff0c}' | '\u{ff1b}' => self.joint(Joint::Digits),
            _ if is_unseen(letter) => {}
            _ => self.take(),
        }
    }

    /// Counts a letter of a script without spaces.
    fn lone(&mut self, letter: char, is_character: bool) {
        self.take();
        if !self.is_code {
            self.characters += u32::from(is_character);
            self.letters += u32::from(!is_character);
        }
        self.word.add(u32::from(letter).into(), false);
        self.sketch_word();
    }

    /// Keeps a character that may join two parts of a word.
    fn joint(&mut self, joint: Joint) {
        if self.word.has_begun && self.word.joint.is_none() {
            self.word.joint = Some(joint);
        } else {
            self.take();
        }
    }

    /// Continues the word after such a character, or begins another.
    fn join(&mut self, next: Last) {
        let last = self.word.last;
        let (was_digit, is_digit) = (last == Last::Digit, next == Last::Digit);
        let joins = match self.word.joint.take() {
            Some(Joint::Either) => was_digit == is_digit,
            Some(Joint::Letters) => !was_digit && !is_digit,
            Some(Joint::Hebrew) => last == Last::Hebrew && next == Last::Hebrew,
            Some(Joint::Digits) => was_digit && is_digit,
            None => true,
        };
        if !joins {
            self.take();
        }
    }

    /// Counts the word that has ended.
    #[inline]
    fn take(&mut self) {
        if self.word.has_begun {
            self.words += u32::from(!self.is_code);
            self.sketch_word();
        }
    }

    #[inline]
    fn sketch_word(&mut self) {
        let word = &self.word;
        let figure = word.has_digit.then_some(word.figure_before);
        self.sketch.add(word.hash, figure);
        let figure_before = if word.has_digit { word.hash } else { word.figure_before };
        self.word = OpenWord { figure_before, ..OpenWord::default() };
    }
}

impl OpenWord {
    /// Adds up to eight letters.
    #[inline]
    fn add(&mut self, letters: u64, has_digit: bool) {
        self.hash = continued(self.hash, letters);
        self.has_begun = true;
        self.has_digit |= has_digit;
    }
}

/// The hash of a word with up to eight more letters.
#[inline]
fn continued(hash: u64, letters: u64) -> u64 {
    (hash.rotate_left(5) ^ letters).wrapping_mul(MULTIPLIER)
}

/// The start of the first URL in a text.
fn address_start(text: &str) -> Option<usize> {
    let scheme = memchr::memmem::find(text.as_bytes(), b"://").and_then(|at| {
        let letters = text[..at].bytes().rev().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'+');
        let length = letters.count();
        (length > 0).then_some(at - length)
    });
    let host = memchr::memmem::find(text.as_bytes(), b"www.");
    let host = host.filter(|&at| at == 0 || !text.as_bytes()[at - 1].is_ascii_alphanumeric());
    scheme.into_iter().chain(host).min()
}

/// True for scripts without spaces between words: those of line breaking class SA (UAX #14).
fn is_unspaced(letter: char) -> bool {
    matches!(letter, '\u{e01}'..='\u{edf}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}'
        | '\u{1950}'..='\u{19ff}' | '\u{1a20}'..='\u{1aaf}' | '\u{a9e0}'..='\u{a9ff}' | '\u{aa60}'..='\u{aadf}'
        | '\u{11700}'..='\u{1174f}')
}

/// True for soft hyphens, joiners and direction marks: the class Format of UAX #29.
fn is_unseen(letter: char) -> bool {
    matches!(letter, '\u{ad}' | '\u{61c}' | '\u{200c}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{206f}' | '\u{feff}')
}

/// True for ASCII letters and digits.
fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
}

/// The part of a word within the next eight bytes. Most words fit, and eight bytes are processed as fast as
/// one.
struct Eight {
    /// The number of ASCII letters and digits at the start.
    letters: usize,
    /// These letters as a little-endian number; the other bytes are zero.
    bytes: u64,
    has_digit: bool,
}

impl Eight {
    #[inline]
    fn at(bytes: &[u8], at: usize) -> Eight {
        Eight::of(match bytes.get(at..at + 8).and_then(|eight| eight.try_into().ok()) {
            Some(eight) => u64::from_le_bytes(eight),
            None => bytes[at..].iter().rev().fold(0, |number, &byte| number << 8 | u64::from(byte)),
        })
    }

    /// Classifies eight bytes, of which the first is the lowest.
    #[inline]
    fn of(bytes: u64) -> Eight {
        const HIGH: u64 = 0x8080_8080_8080_8080;
        const fn each(byte: u8) -> u64 {
            u64::from_le_bytes([byte; 8])
        }
        /// The highest bit of each byte in a range; all bytes must be ASCII.
        const fn between(bytes: u64, first: u8, last: u8) -> u64 {
            (bytes + each(0x80 - first)) & !(bytes + each(0x7f - last)) & HIGH
        }
        let ascii = bytes & !HIGH;
        let digits = between(ascii, b'0', b'9') & !bytes;
        let letters = between(ascii | each(0x20), b'a', b'z') | digits;
        let end = (!(letters & !bytes) & HIGH).trailing_zeros() & !7;
        let mask = 1u64.checked_shl(end).map_or(u64::MAX, |bit| bit - 1);
        Eight { letters: (end / 8) as usize, bytes: bytes & mask, has_digit: digits & mask != 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::Difference;
    use proptest::prelude::*;
    use unicode_segmentation::UnicodeSegmentation;

    fn words(pieces: &[&str]) -> WordCounter {
        let mut words = WordCounter::default();
        pieces.iter().for_each(|piece| words.text(piece));
        words.end();
        words
    }

    fn counts(text: &str) -> (u32, u32, u32) {
        let WordCounter { words, characters, letters, .. } = words(&[text]);
        (words, characters, letters)
    }

    #[test]
    fn words_are_counted_as_readers_of_each_script_count_them() {
        for (text, expected) in [
            ("", (0, 0, 0)),
            ("The mayor's office -- not the council -- paid 1,250.50 euros.", (9, 0, 0)),
            ("Rock ’n’ roll in the U.S.A. isn't 'dead'", (8, 0, 0)),
            ("E\u{301}cole pre\u{301}vue a\u{300} Sa\u{303}o", (4, 0, 0)),
            ("विद्यालय में हड़ताल जारी", (4, 0, 0)),
            ("பள்ளிகளில் வேலைநிறுத்தம் தொடர்கிறது", (3, 0, 0)),
            ("시의회는 오늘 예산안을 통과시켰다", (4, 0, 0)),
            ("议会三点开会", (0, 6, 0)),
            ("カラオケ、ひらがな・漢字", (0, 10, 0)),
            ("สภาเมือง", (0, 0, 7)),
            ("ຂ່າວ", (0, 0, 3)),
            ("צה\u{5f4}ל", (1, 0, 0)),
            ("צה\"ל ב\"הארץ\" ג'ורג' ג\u{5f3}ורג\u{5f3} \"הארץ\"", (5, 0, 0)),
            ("co\u{ad}operate zero\u{200d}width", (2, 0, 0)),
            ("2026年11月", (2, 2, 0)),
        ] {
            assert_eq!(counts(text), expected, "{text}");
        }
    }

    #[test]
    fn urls_are_not_words() {
        assert_eq!(counts("See https://example.org/a/b?c=d-e&f for more").0, 3);
        assert_eq!(counts("https://example.org/ and www.example.org/news or/and").0, 3);
        assert_eq!(counts("详见https://example.org/a，然后再说"), (0, 6, 0));
        assert_eq!(counts("详见https://example.org/a然后（https://example.org/b）再说“www.example.org”吧"), (0, 7, 0));
        assert_eq!(counts("ดูhttps://example.org/aแล้ว"), (0, 0, 4));
        assert_eq!(counts("詳細はhttps://example.org/ニュース/aをご覧"), (0, 6, 0));
        assert_eq!(counts("자세히https://example.org/a에서 본다"), (3, 0, 0));
        let split = words(&["at https://example.org/a", "–", "b now", ", today"]);
        assert_eq!(split.words, 3);
    }

    #[test]
    fn code_is_not_counted_but_its_changes_are_noticed() {
        let with = |code: &str| {
            let mut words = words(&["Run this: "]);
            words.code(code);
            words
        };
        assert_eq!(with("rm -r 3").words, 2);
        assert_ne!(with("rm -r 3").sketch, with("rm -r 4").sketch);
    }

    fn difference(before: &str, now: &str) -> (u32, bool) {
        let Difference { words, has_other_figures } = words(&[now]).sketch.since(&words(&[before]).sketch);
        (words, has_other_figures)
    }

    #[test]
    fn words_are_compared_and_figures_are_noticed() {
        let text = "The council's vote of 13 to 12, as said, was close. 会议投票 ２ 次。";
        assert_eq!(difference(text, text), (0, false));
        assert_eq!(difference(text, &text.replace("council's", "councils")), (1, false));
        assert_eq!(difference(text, &text.replace("close", "close,\n\n")), (0, false));
        assert_eq!(difference(text, &text.replace("13", "31")), (1, true));
        assert_eq!(difference(text, &text.replace('２', "３")), (1, true));
        assert_eq!(difference(text, &text.replace("13 to 12", "12 to 13")), (0, true));
        assert_eq!(difference(text, &text.replace("投票", "表决")), (2, false));
        assert_eq!(difference(text, &format!("{text} And much more.")), (3, false));
        let url = "详见https://example.org/a，会议投票。";
        assert_eq!(difference(url, &url.replace("投票", "表决")), (2, false));
        assert_eq!(difference("צה\"ל הודיע", "צה\u{5f4}ל הודיע"), (0, false));
        assert_eq!(difference(&"word ".repeat(300), &"word ".repeat(250)), (50, false));
    }

    #[test]
    fn every_byte_is_recognized() {
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

    proptest! {
        /// Letters, marks and symbols of scripts with spaces; no colons and hyphens, on which versions of the
        /// rules differ.
        #[test]
        fn words_are_those_of_unicode(text in "[a-z0-9 ,.'’éßжשعह\u{301}\u{94d}\u{ad}\u{200d}·!€]{0,24}") {
            prop_assert_eq!(counts(&text).0 as usize, text.unicode_words().count());
        }

        #[test]
        fn pieces_are_one_text(text in any::<String>(), at in any::<proptest::sample::Index>()) {
            let at = text.floor_char_boundary(at.index(text.len() + 1));
            let (one, other) = (words(&[&text]), words(&[&text[..at], &text[at..]]));
            if !text.contains('/') {
                prop_assert_eq!((one.words, one.characters, one.letters), (other.words, other.characters, other.letters));
            }
        }
    }
}
