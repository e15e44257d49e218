//! Invisible characters in YAML: those that it reads as a line end or as part of a key.

use super::mistake::Mistake;

/// Finds invisible characters that YAML reads as a line end or as part of a key.
pub(super) fn invisible(line: &str) -> Option<Mistake> {
    let key_end = line.find([':', '：', '"', '\'', '[', '{']).unwrap_or(0);
    let (at, letter) = line.char_indices().find(|&(at, letter)| {
        // Quoted values may contain line ends.
        let ends_line = matches!(letter, '\u{85}' | '\u{2028}' | '\u{2029}') && !line[..at].contains(['"', '\'']);
        ends_line || (name_of(letter).is_some() && at < key_end)
    })?;
    let message = format!("this line contains an invisible character: {}", name_of(letter)?);
    let hint = match letter {
        '\u{85}' | '\u{2028}' | '\u{2029}' => format!("write a space instead: `{}`", visible(line).trim()),
        _ => format!("delete it: `{}`", visible(line).trim()),
    };
    Some(Mistake { message, hint, at: at..at + letter.len_utf8() })
}

/// A text without invisible characters, and with a space for each that separates words.
fn visible(text: &str) -> String {
    let mut visible = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\u{85}' | '\u{2028}' | '\u{2029}' | '\u{a0}' | '\u{2007}' | '\u{202f}' | '\u{3000}' => {
                if !visible.ends_with(' ') {
                    visible.push(' ');
                }
            }
            ' ' if visible.ends_with(' ') && text.contains(['\u{85}', '\u{2028}', '\u{2029}']) => {}
            letter if name_of(letter).is_some() => {}
            letter => visible.push(letter),
        }
    }
    visible
}

/// The name of an invisible character or unusual space (Unicode, UnicodeData.txt).
pub(super) fn name_of(letter: char) -> Option<&'static str> {
    Some(match letter {
        '\u{85}' => "U+0085 NEXT LINE",
        '\u{a0}' => "U+00A0 NO-BREAK SPACE",
        '\u{ad}' => "U+00AD SOFT HYPHEN",
        '\u{2007}' => "U+2007 FIGURE SPACE",
        '\u{200b}' => "U+200B ZERO WIDTH SPACE",
        '\u{200c}' => "U+200C ZERO WIDTH NON-JOINER",
        '\u{200d}' => "U+200D ZERO WIDTH JOINER",
        '\u{200e}' => "U+200E LEFT-TO-RIGHT MARK",
        '\u{200f}' => "U+200F RIGHT-TO-LEFT MARK",
        '\u{2028}' => "U+2028 LINE SEPARATOR",
        '\u{2029}' => "U+2029 PARAGRAPH SEPARATOR",
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            "a mark of writing direction (U+202A to U+202E, U+2066 to U+2069)"
        }
        '\u{202f}' => "U+202F NARROW NO-BREAK SPACE",
        '\u{2060}' => "U+2060 WORD JOINER",
        '\u{3000}' => "U+3000 IDEOGRAPHIC SPACE",
        '\u{feff}' => "U+FEFF BYTE ORDER MARK",
        _ => return None,
    })
}

/// A text without invisible characters that separate nothing.
pub(super) fn without_zero_width(text: &str) -> String {
    text.replace(['\u{200b}', '\u{200e}', '\u{200f}', '\u{2060}', '\u{feff}', '\u{ad}'], "")
}
