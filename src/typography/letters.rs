//! Character classes for typesetting.

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
pub(super) fn is_hebrew(letter: char) -> bool {
    matches!(letter, '\u{591}'..='\u{5bd}' | '\u{5bf}' | '\u{5c1}'..='\u{5c7}' | '\u{5d0}'..='\u{5f4}'
        | '\u{fb1d}'..='\u{fb4f}')
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
