//! Character classes for typesetting.

use std::borrow::Cow;

use unicode_width::UnicodeWidthChar;

/// True for Chinese, Japanese and Korean characters: wide or half-width ones (UAX #11), or Hangul. Emoji
/// are wide too, but belong to any text.
pub fn is_cjk(letter: char) -> bool {
    if letter < '\u{1100}' {
        return false;
    }
    is_hangul(letter) || (is_wide(letter) && letter < '\u{1f000}') || letter >= '\u{20000}' && is_wide(letter)
}

/// True for Chinese, Japanese and Korean punctuation.
pub fn is_cjk_punctuation(letter: char) -> bool {
    is_cjk(letter) && is_punctuation(letter)
}

/// True for punctuation and symbols as defined by Markdown (CommonMark 0.31.2, section 2.1).
pub fn is_punctuation(letter: char) -> bool {
    match letter {
        letter if letter.is_ascii() => letter.is_ascii_punctuation(),
        '\u{a1}'..='\u{bf}' => !matches!(letter, 'ª' | 'º' | '²' | '³' | '¹' | '¼'..='¾' | '\u{ad}'),
        '×' | '÷' => true,
        '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{205e}' | '\u{20a0}'..='\u{20c1}' => true,
        '\u{2190}'..='\u{245f}' | '\u{2500}'..='\u{2bff}' | '\u{2e00}'..='\u{2e7f}' => true,
        '\u{2ff0}'..='\u{2fff}' | '\u{3001}'..='\u{3004}' | '\u{3008}'..='\u{3020}' | '\u{3030}' => true,
        '\u{303d}'..='\u{303f}' | '\u{309b}'..='\u{309c}' | '\u{30a0}' | '\u{30fb}' => true,
        '\u{fe10}'..='\u{fe19}' | '\u{fe30}'..='\u{fe6b}' => true,
        '\u{ff01}'..='\u{ff0f}' | '\u{ff1a}'..='\u{ff20}' | '\u{ff3b}'..='\u{ff40}' | '\u{ff5b}'..='\u{ff65}' => true,
        '\u{ffe0}'..='\u{ffee}' | '\u{1f000}'..='\u{1faff}' => true,
        _ => false,
    }
}

/// True if a line end between two characters is not a gap: both are wide or half-width, and neither is
/// Hangul, which separates words with spaces (CSS Text 3, section 4.1.3, "Segment Break Transformation
/// Rules").
pub fn joins_lines(before: char, after: char) -> bool {
    let is_joining = |letter: char| is_wide(letter) && !is_hangul(letter);
    is_joining(before) && is_joining(after)
        // Marks that Chinese and Japanese share with other languages have an ambiguous width.
        || is_joining(before) && is_shared_opening(after)
        || is_shared_closing(before) && is_joining(after)
        // A dash or ellipsis of two characters, broken in the middle.
        || before == after && matches!(before, '—' | '…')
}

/// A text without line ends, and the spaces around them, between characters that a line end doesn't separate.
pub fn joined_lines(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let mut out = String::new();
    let mut done = 0;
    for end in memchr::memchr_iter(b'\n', text.as_bytes()).filter(|&end| end > 0) {
        let before = text[done.min(end)..end].trim_end_matches([' ', '\t', '\r']);
        let after = text[end + 1..].trim_start_matches([' ', '\t']);
        let (last, first) = (before.chars().next_back(), after.chars().next());
        if last.zip(first).is_some_and(|(last, first)| joins_lines(last, first)) {
            out.push_str(before);
            done = text.len() - after.len();
        }
    }
    match done {
        0 => Cow::Borrowed(text),
        _ => Cow::Owned(out + &text[done..]),
    }
}

fn is_wide(letter: char) -> bool {
    letter >= '\u{1100}' && (matches!(letter, '\u{ff61}'..='\u{ffdc}') || letter.width() == Some(2))
}

/// True for Hangul letters of full or half width.
pub(super) fn is_hangul(letter: char) -> bool {
    matches!(letter, '\u{1100}'..='\u{11ff}' | '\u{3130}'..='\u{318f}' | '\u{3200}'..='\u{321e}'
        | '\u{3260}'..='\u{327f}' | '\u{a960}'..='\u{a97f}' | '\u{ac00}'..='\u{d7ff}' | '\u{ffa0}'..='\u{ffdc}')
}

fn is_shared_opening(letter: char) -> bool {
    matches!(letter, '“' | '‘' | '—' | '…')
}

fn is_shared_closing(letter: char) -> bool {
    matches!(letter, '”' | '’' | '—' | '…')
}

/// True for letters of scripts without spaces between words, or with particles attached to foreign
/// words, so that a quotation may begin and end between two letters.
pub(super) fn is_unspaced(letter: char) -> bool {
    letter >= '\u{e00}'
        && (is_cjk(letter) && !is_punctuation(letter)
            || matches!(letter, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}'))
}

/// True for Hebrew letters and points.
pub fn is_hebrew(letter: char) -> bool {
    matches!(letter, '\u{591}'..='\u{5bd}' | '\u{5bf}' | '\u{5c1}'..='\u{5c7}' | '\u{5d0}'..='\u{5f4}'
        | '\u{fb1d}'..='\u{fb4f}')
}

/// True for digits of any script and fractions (`½`), after which a straight mark may be a sign of measure. Raised digits and
/// numbers in circles are no measures.
pub(super) fn is_figure(letter: char) -> bool {
    letter.is_ascii_digit()
        || letter >= '¼'
            && letter.is_numeric()
            && !matches!(letter, '\u{2070}'..='\u{209c}' | '\u{2160}'..='\u{2188}' | '\u{2460}'..='\u{2bff}')
            && !matches!(letter, '\u{3000}'..='\u{33ff}')
}

/// True if a quotation may begin after the character, as after a space.
pub(super) fn opens(letter: char) -> bool {
    letter.is_whitespace()
        || matches!(letter, '(' | '[' | '{' | '<' | '/' | '-' | '–' | '—' | '¿' | '¡' | '=' | '+' | '|')
        || matches!(letter, '“' | '‘' | '„' | '‚' | '«' | '‹' | '*' | '_')
        || matches!(letter, '（' | '「' | '『' | '《' | '〈' | '【' | '〔' | '［' | '｛')
}

/// True if a quotation may end before the character, as before a space.
pub(super) fn closes(letter: char) -> bool {
    letter.is_whitespace()
        || matches!(letter, ')' | ']' | '}' | '>' | '/' | '-' | '–' | '—' | '.' | ',' | ';' | ':' | '!' | '?' | '…')
        || matches!(letter, '”' | '’' | '»' | '›' | '*' | '_' | '|' | '%' | '،' | '؛' | '؟' | '۔' | '।' | '־')
        || matches!(letter, '，' | '。' | '、' | '；' | '：' | '！' | '？' | '）' | '」' | '』' | '》' | '〉' | '】')
}
