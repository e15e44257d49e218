//! Makes slugs, the last parts of URLs, from names and titles.

use std::borrow::Cow;

use serde::Deserialize;

use crate::unicode::{composed, is_invisible, without_invisible};

/// The approximate maximum length of a generated slug in bytes; it is cut at the end of a word.
const MAX_SLUG_BYTES: usize = 120;

/// The letters that slugs keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SlugStyle {
    /// All scripts are transliterated to ASCII.
    #[default]
    Ascii,
    /// Letters and digits of all scripts are kept.
    Unicode,
}

/// Makes a safe path segment from a name or title: lower-case words joined by hyphens.
///
/// Returns an empty string if no characters remain.
///
/// ```
/// use presswork::route::{slugify, SlugStyle};
/// assert_eq!(slugify("Côte d’Ivoire votes, again", SlugStyle::Ascii), "cote-divoire-votes-again");
/// assert_eq!(slugify("腾讯 关闭 WebQQ", SlugStyle::Unicode), "腾讯-关闭-webqq");
/// assert_eq!(slugify("C++", SlugStyle::Ascii), "c-plus-plus");
/// ```
pub fn slugify(text: &str, style: SlugStyle) -> String {
    let text = without_invisible(text);
    let words = match style {
        _ if text.is_ascii() => Cow::Borrowed(&*text),
        SlugStyle::Ascii => Cow::Owned(deunicode::deunicode_with_tofu(&composed(&text), "")),
        SlugStyle::Unicode => composed(&text),
    };
    let words = with_signs_spelled(&words);
    let mut slug = String::with_capacity(words.len());
    let mut push = |letter: char| {
        // In emoji sequences, a joiner joins nothing that remains.
        let is_stray = is_joiner(letter) && (slug.is_empty() || slug.ends_with('-'));
        if (letter.is_alphanumeric() || is_joining(letter)) && !is_stray {
            slug.push(letter);
        } else if !is_elided(letter) && !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    };
    // Most names are ASCII, whose letters each have one lower-case letter.
    if words.is_ascii() {
        words.bytes().for_each(|byte| push(char::from(byte.to_ascii_lowercase())));
    } else {
        // A final sigma is a different letter, so only whole words can be lower-cased.
        words.to_lowercase().chars().for_each(push);
    }
    truncate_at_word(&mut slug, MAX_SLUG_BYTES);
    composed(slug.trim_matches('-')).into_owned()
}

/// Spells out trailing symbols that distinguish names: `C++` and `C#` are two languages, and `Disney+`
/// isn't `Disney`.
fn with_signs_spelled(words: &str) -> Cow<'_, str> {
    if !words.contains(['+', '#']) {
        return Cow::Borrowed(words);
    }
    let mut spelled = String::with_capacity(words.len() + 8);
    for (at, letter) in words.char_indices() {
        let follows_name = words[..at].trim_end_matches(['+', '#']).ends_with(char::is_alphanumeric);
        let ends_name = !words[at..].trim_start_matches(['+', '#']).starts_with(char::is_alphanumeric);
        match letter {
            '+' if follows_name && ends_name => spelled.push_str(" plus "),
            '#' if follows_name && ends_name => spelled.push_str(" sharp "),
            other => spelled.push(other),
        }
    }
    Cow::Owned(spelled)
}

/// True for combining marks and joiners that carry meaning inside a word (Indic vowel signs, Arabic
/// marks, ZWNJ and ZWJ). Other invisible characters are excluded, because they would make two slugs look
/// alike.
pub(super) fn is_joining(letter: char) -> bool {
    is_joiner(letter) || (unicode_normalization::char::is_combining_mark(letter) && !is_invisible(letter))
}

/// True for the two joiners (UAX 31, section 2.3).
fn is_joiner(letter: char) -> bool {
    matches!(letter, '\u{200c}' | '\u{200d}')
}

/// True for apostrophes, which join a word (`d’Ivoire` is one word), as in hand-written slugs.
fn is_elided(letter: char) -> bool {
    matches!(letter, '\'' | '’' | '`' | '"')
}

fn truncate_at_word(slug: &mut String, limit: usize) {
    if slug.len() <= limit {
        return;
    }
    let end = slug.floor_char_boundary(limit);
    let end = slug[..end].rfind('-').filter(|&at| at > limit / 2).unwrap_or(end);
    slug.truncate(end);
}
