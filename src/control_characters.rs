//! Finds, names and replaces control characters that HTML forbids.

use std::borrow::Cow;

/// True for control characters that HTML forbids (HTML Living Standard, section 13.2.3.5,
/// "control-character-in-input-stream"): all but the tab and line ends.
pub fn is_control(letter: char) -> bool {
    letter.is_control() && !matches!(letter, '\t' | '\n' | '\r' | '\u{c}')
}

/// The first control character and its byte position.
pub fn first(text: &str) -> Option<(usize, char)> {
    if !may_have(text.as_bytes()) {
        return None;
    }
    text.char_indices().find(|(_, letter)| is_control(*letter))
}

/// The number of control characters in a text.
pub fn count(text: &str) -> usize {
    if may_have(text.as_bytes()) { text.chars().filter(|&letter| is_control(letter)).count() } else { 0 }
}

/// Replaces control characters with spaces of the same length in bytes, so that positions stay the same.
///
/// ```
/// use presswork::control_characters::without;
/// assert_eq!(without("a\u{8}b\u{92}c"), "a b\u{a0}c");
/// assert!(matches!(without("plain\ttext\n"), std::borrow::Cow::Borrowed(_)));
/// ```
pub fn without(text: &str) -> Cow<'_, str> {
    if first(text).is_none() {
        return Cow::Borrowed(text);
    }
    let space = |letter: char| match letter {
        letter if !is_control(letter) => letter,
        letter if letter.is_ascii() => ' ',
        _ => '\u{a0}',
    };
    Cow::Owned(text.chars().map(space).collect())
}

/// True if any byte may belong to a control character. Written without branches, because most texts have
/// none.
fn may_have(bytes: &[u8]) -> bool {
    let is_low = |byte: u8| ((byte < 0x20) & (byte != b'\t') & (byte != b'\n') & (byte != b'\r')) | (byte == 0x7f);
    bytes.chunks(64).any(|chunk| chunk.iter().fold(false, |any, &byte| any | is_low(byte)))
        || memchr::memchr_iter(0xc2, bytes).any(|at| bytes.get(at + 1).is_some_and(|&next| next < 0xa0))
}

/// The code point and name of a control character: `U+0008 BACKSPACE` (Unicode Character Database,
/// `NameAliases.txt`).
pub fn name(letter: char) -> String {
    let name = match u32::from(letter) {
        number @ 0..0x20 => NAMES.get(number as usize).copied().unwrap_or_default(),
        0x7f => "DELETE",
        0x85 => "NEXT LINE",
        _ => "CONTROL",
    };
    format!("U+{:04X} {name}", u32::from(letter))
}

const NAMES: [&str; 32] = [
    "NULL",
    "START OF HEADING",
    "START OF TEXT",
    "END OF TEXT",
    "END OF TRANSMISSION",
    "ENQUIRY",
    "ACKNOWLEDGE",
    "BELL",
    "BACKSPACE",
    "CHARACTER TABULATION",
    "LINE FEED",
    "LINE TABULATION",
    "FORM FEED",
    "CARRIAGE RETURN",
    "SHIFT OUT",
    "SHIFT IN",
    "DATA LINK ESCAPE",
    "DEVICE CONTROL ONE",
    "DEVICE CONTROL TWO",
    "DEVICE CONTROL THREE",
    "DEVICE CONTROL FOUR",
    "NEGATIVE ACKNOWLEDGE",
    "SYNCHRONOUS IDLE",
    "END OF TRANSMISSION BLOCK",
    "CANCEL",
    "END OF MEDIUM",
    "SUBSTITUTE",
    "ESCAPE",
    "INFORMATION SEPARATOR FOUR",
    "INFORMATION SEPARATOR THREE",
    "INFORMATION SEPARATOR TWO",
    "INFORMATION SEPARATOR ONE",
];

/// The intended character if Windows-1252 text was decoded as ISO 8859-1, a common mistake.
pub fn from_windows_1252(letter: char) -> Option<char> {
    const WINDOWS: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘',
        '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
    ];
    let at = u32::from(letter).checked_sub(0x80)? as usize;
    WINDOWS.get(at).copied().filter(|meant| !meant.is_control())
}
