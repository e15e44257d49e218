//! Splits any text file into words, without markup and escapes, so that the same text is found in every format.

use crate::markdown::is_within_word;
use crate::unicode::is_han_or_kana;
use unicode_normalization::char::{decompose_canonical, is_combining_mark};

/// The way to read a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ReadMode {
    /// As readers see it: without tags, scripts and the names of JSON members; inline elements do not split words.
    Shown,
    /// Everything, including the inside of tags.
    Raw,
}

/// A word: the hash of its lower-case letters and its offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct HashedWord {
    pub hash: u64,
    /// The offset in bytes.
    pub at: usize,
    /// True if it is one character of a script without spaces between words.
    pub is_character: bool,
}

const MULTIPLIER: u64 = 0x9e37_79b9_7f4a_7c15;

/// Splits a text into words, in order.
pub(super) fn words(text: &str, reading: ReadMode) -> Vec<HashedWord> {
    let mut reader = WordReader { words: Vec::with_capacity(text.len() / 6), open: None };
    let mut at = 0;
    while let Some(letter) = text[at..].chars().next() {
        let rest = &text[at..];
        if reading == ReadMode::Shown
            && let Some((is_inline, length)) = markup(rest, letter)
        {
            if !is_inline {
                reader.close();
            }
            at += length;
            continue;
        }
        let (letter, length) = match letter {
            '&' => entity(rest),
            '%' => percent_encoded(rest),
            '\\' => escaped(rest),
            _ => None,
        }
        .unwrap_or((letter, letter.len_utf8()));
        reader.take(letter, at);
        at += length;
    }
    reader.close();
    reader.words
}

/// Collects letters into words.
struct WordReader {
    words: Vec<HashedWord>,
    open: Option<HashedWord>,
}

impl WordReader {
    fn close(&mut self) {
        self.words.extend(self.open.take());
    }

    fn take(&mut self, letter: char, at: usize) {
        if is_invisible(letter) || is_combining_mark(letter) {
            return;
        }
        if !letter.is_alphanumeric() {
            return self.close();
        }
        let is_character = is_han_or_kana(letter);
        if is_character {
            self.close();
        }
        let mut word = self.open.take().unwrap_or(HashedWord { hash: 0, at, is_character });
        for lower in letter.to_lowercase() {
            // A letter is the same in composed and decomposed form.
            decompose_canonical(lower, |part| {
                if !is_combining_mark(part) {
                    word.hash = (word.hash.rotate_left(5) ^ u64::from(part)).wrapping_mul(MULTIPLIER);
                }
            });
        }
        self.open = Some(word);
        if is_character {
            self.close();
        }
    }
}

/// Soft hyphens, joiners and direction marks, which nobody sees.
fn is_invisible(letter: char) -> bool {
    matches!(letter, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
}

/// Returns the length of the invisible markup at the start of a text, and whether it may be inside a word.
fn markup(text: &str, first: char) -> Option<(bool, usize)> {
    match first {
        '<' => {
            let (name, length) = tag(text)?;
            let name = name.to_ascii_lowercase();
            let is_silent = matches!(name.as_str(), "script" | "style") && !text.starts_with("</");
            let silent = is_silent.then(|| end_of(&text[length..], &name)).flatten().unwrap_or(0);
            Some((is_within_word(&name), length + silent))
        }
        '"' => member(text).map(|length| (false, length)),
        // The target of a Markdown link.
        ']' if text.starts_with("](") => text.find([')', '\n']).map(|end| (true, end)),
        _ => None,
    }
}

/// The offset of the end tag of an element.
fn end_of(text: &str, name: &str) -> Option<usize> {
    let end = |at: &usize| text[at + 2..].get(..name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name));
    memchr::memmem::find_iter(text.as_bytes(), "</").find(end)
}

/// The length of a JSON member's name, with its quotes.
fn member(text: &str) -> Option<usize> {
    let name = &text[1..];
    let length = name.find(|letter: char| !(letter.is_ascii_alphanumeric() || "_-@:$".contains(letter)))?;
    let after = name[length..].strip_prefix('"')?;
    after.trim_start().starts_with(':').then_some(length + 2)
}

/// The name and length of the tag at the start of a text; comments and declarations have no name.
fn tag(text: &str) -> Option<(&str, usize)> {
    let name = text[1..].strip_prefix('/').unwrap_or(&text[1..]);
    let first = name.chars().next()?;
    if !first.is_ascii_alphabetic() && first != '!' && first != '?' {
        return None;
    }
    let end = memchr::memchr(b'>', text.as_bytes())?;
    let name = name.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
    Some((name, end + 1))
}

/// The character and length of the HTML or XML reference at the start of a text.
fn entity(text: &str) -> Option<(char, usize)> {
    let end = memchr::memchr(b';', &text.as_bytes()[..text.len().min(12)])?;
    let name = &text[1..end];
    let letter = match name.strip_prefix('#') {
        Some(number) => {
            let hexadecimal = number.strip_prefix(['x', 'X']);
            let number = hexadecimal.map_or_else(|| number.parse().ok(), |hex| u32::from_str_radix(hex, 16).ok())?;
            char::from_u32(number)?
        }
        None => match name {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            "nbsp" => '\u{a0}',
            "shy" => '\u{ad}',
            _ => return None,
        },
    };
    Some((letter, end + 1))
}

/// The character and length of the percent-encoded bytes (RFC 3986) at the start of a text.
fn percent_encoded(text: &str) -> Option<(char, usize)> {
    let byte = |at: usize| {
        let digits = text.get(at * 3..at * 3 + 3)?.strip_prefix('%')?;
        u8::from_str_radix(digits, 16).ok()
    };
    let first = byte(0)?;
    let length = match first {
        0..=0x7f => 1,
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => return None,
    };
    let bytes: Vec<u8> = (0..length).map(byte).collect::<Option<_>>()?;
    Some((std::str::from_utf8(&bytes).ok()?.chars().next()?, length * 3))
}

/// The character and length of the JSON escape (RFC 8259) at the start of a text.
fn escaped(text: &str) -> Option<(char, usize)> {
    let unit = |at: usize| u16::from_str_radix(text.get(at..)?.strip_prefix("\\u")?.get(..4)?, 16).ok();
    match text.as_bytes().get(1)? {
        b'u' => {
            let units = [unit(0)?, unit(6).unwrap_or(0)];
            let letter = char::decode_utf16(units).next()?.ok()?;
            Some((letter, letter.len_utf16() * 6))
        }
        b'n' | b'r' | b't' | b'b' | b'f' => Some((' ', 2)),
        b'"' | b'\\' | b'/' => Some((' ', 2)),
        _ => None,
    }
}

/// Hashes any run of words in constant time.
pub(super) struct WordRuns<'w> {
    words: &'w [HashedWord],
    /// The combined hash of the words before each word.
    before: Vec<u64>,
}

impl<'w> WordRuns<'w> {
    pub(super) fn new(words: &'w [HashedWord]) -> WordRuns<'w> {
        let mut before = Vec::with_capacity(words.len() + 1);
        let mut hash = 0u64;
        before.push(hash);
        for word in words {
            hash = hash.wrapping_mul(MULTIPLIER).wrapping_add(word.hash);
            before.push(hash);
        }
        WordRuns { words, before }
    }

    /// The hashes and offsets of all runs of `length` words.
    pub(super) fn of_length(&self, length: usize) -> impl Iterator<Item = (u64, usize)> {
        let power = (0..length).fold(1u64, |power, _| power.wrapping_mul(MULTIPLIER));
        let starts = 0..(self.words.len() + 1).saturating_sub(length);
        starts.filter(move |_| length > 0).map(move |start| {
            let hash = self.before[start + length].wrapping_sub(self.before[start].wrapping_mul(power));
            (hash, self.words[start].at)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hashes(text: &str, reading: ReadMode) -> Vec<u64> {
        words(text, reading).iter().map(|word| word.hash).collect()
    }

    #[test]
    fn one_text_has_the_same_words_however_it_is_written() {
        let plain = hashes("Don't say: “Ætna & Söhne” 新聞 again", ReadMode::Raw);
        assert_eq!(plain.len(), 8);
        for other in [
            "<p>don’t say: &quot;<em>Ætn</em>a &amp; S&#246;hne&#x201d;</p>新<b>聞</b>\n<br>again",
            "Don't%20say%3a%C3%86tna+S%C3%B6hne/%E6%96%B0%E8%81%9E?again",
            "Don't say \\u201c\\u00c6tna \\u0026 S\\u00f6hne\\\" \\u65b0\\u805e\\nagain",
            "Don't say Ætna So\u{308}h\u{ad}ne 新聞 again",
        ] {
            assert_eq!(hashes(other, ReadMode::Shown), plain, "{other}");
        }
    }

    #[test]
    fn words_in_tags_are_searched_too() {
        let raw = hashes("<img alt=\"The secret deal\">", ReadMode::Raw);
        assert_eq!(raw[2..], hashes("the secret deal", ReadMode::Raw));
        assert_eq!(hashes("<img alt=\"The secret deal\">x", ReadMode::Shown).len(), 1);
    }

    #[test]
    fn broken_escapes_are_text() {
        for text in
            ["&", "&#;", "&#x110000;", "%", "%e6", "%zz", "100%", "\\", "\\u12", "\\ud800", "<", "< b", "<b", "&amp"]
        {
            words(text, ReadMode::Shown);
            words(text, ReadMode::Raw);
        }
    }

    #[test]
    fn a_sequence_of_words_has_the_same_hash_anywhere() {
        let (one, other) = (words("a b c d e", ReadMode::Raw), words("x y b c d z", ReadMode::Raw));
        let (one, other) = (WordRuns::new(&one), WordRuns::new(&other));
        let shared = one.of_length(3).filter(|(hash, _)| other.of_length(3).any(|(other, _)| other == *hash));
        assert_eq!(shared.map(|(_, at)| at).collect::<Vec<_>>(), [2]);
        assert_eq!(one.of_length(6).count() + one.of_length(0).count(), 0);
    }
}
