//! Finds where a URL in running text ends. In Chinese, Japanese and Thai no space does.

use super::letters::{is_cjk_punctuation, is_unspaced};

/// The longest part of a path that is read as Chinese or Thai, in bytes; a longer one is a sentence.
const MAX_NAME: usize = 90;

/// The number of bytes of a URL at the start of a text, as readers see it: up to a space, a quotation mark,
/// a bracket or mark of Chinese and Japanese, or the first letter of a script without spaces. Such letters belong to the
/// URL if they are a whole part of its path, in front of more of it: `/wiki/香港/a`. Returns `None` if the
/// text ends before the URL does.
///
/// ```
/// use presswork::typography::url_length;
/// assert_eq!(url_length("https://example.org/a，以及"), Some(21));
/// assert_eq!(url_length("https://example.org/a已经通过"), Some(21));
/// assert_eq!(url_length("https://example.org/香港/a b"), Some(28));
/// assert_eq!(url_length("https://example.org/a"), None);
/// ```
pub fn url_length(text: &str) -> Option<usize> {
    let mut before = 'a';
    let mut at = 0;
    while let Some(letter) = text[at..].chars().next() {
        let is_quote = matches!(letter, '\'' | '′' | '׳');
        if ends_url(letter) || is_quote && !text[at + letter.len_utf8()..].starts_with(goes_on_after_quote) {
            return Some(at);
        }
        if is_unspaced(letter) {
            let rest = &text[at..];
            let length = rest.find(|letter: char| !is_unspaced(letter)).unwrap_or(rest.len());
            let after = &rest[length..];
            // A dash or an ellipsis, as it is typed, ends the URL like the character that takes its place.
            let is_dash = ["--", "..."].iter().any(|typed| after.starts_with(typed))
                && !after.trim_start_matches(['-', '.']).starts_with(|next: char| next.is_ascii_alphanumeric());
            let goes_on = !is_dash && after.chars().next().is_none_or(|next| next.is_whitespace() || is_of_path(next));
            if !separates(before) || !goes_on || length > MAX_NAME {
                return Some(at);
            }
            (before, at) = (letter, at + length);
            continue;
        }
        (before, at) = (letter, at + letter.len_utf8());
    }
    None
}

/// True for characters that no URL in a text contains.
fn ends_url(letter: char) -> bool {
    match letter {
        letter if letter.is_ascii() => letter.is_ascii_whitespace() || matches!(letter, '<' | '>' | '"'),
        '“' | '”' | '„' | '‘' | '’' | '‚' | '«' | '»' | '‹' | '›' | '″' | '״' | '\u{fffc}' => true,
        '،' | '؛' | '؟' | '۔' | '।' | '॥' => true,
        letter => letter.is_whitespace() || is_cjk_punctuation(letter),
    }
}

/// True for characters before which a straight mark is a part of the URL.
fn goes_on_after_quote(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '/'
}

/// True for characters after which a part of a URL begins.
fn separates(letter: char) -> bool {
    matches!(letter, '/' | '=' | '?' | '#' | '&' | '-' | '_' | '.' | '+' | ':' | '%')
}

/// True for characters with which a URL goes on after a part that is not ASCII.
fn is_of_path(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '/' | '=' | '?' | '#' | '&' | '-' | '_' | '.' | '+' | '%')
}
