//! Unicode forms of names: normalization, invisible characters, and when readers see two names as the
//! same.

use std::borrow::Cow;

use icu_properties::props::{DefaultIgnorableCodePoint, EmojiModifier, ExtendedPictographic, JoiningType};
use icu_properties::{CodePointMapData, CodePointSetData};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::canonical_combining_class;

const NON_JOINER: char = '\u{200c}';
const JOINER: char = '\u{200d}';
/// The canonical combining class of viramas (UAX #44, table 15).
const VIRAMA: u8 = 9;

/// The text in Unicode normalization form C (UAX #15). All names are compared in this form, because
/// keyboards, editors and file systems write `é` as one character or two.
///
/// ```
/// use presswork::unicode::composed;
/// assert_eq!(composed("cafe\u{301}"), "caf\u{e9}");
/// ```
pub fn composed(text: &str) -> Cow<'_, str> {
    if text.is_ascii() || unicode_normalization::is_nfc(text) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.nfc().collect())
    }
}

/// [`composed`] in place.
pub fn compose(text: &mut String) {
    if let Cow::Owned(composed) = composed(text) {
        *text = composed;
    }
}

/// True for characters that are invisible by themselves: soft hyphens, zero-width spaces and joiners,
/// direction marks, variation selectors and the rest of Default_Ignorable_Code_Point (UAX #44).
pub fn is_invisible(letter: char) -> bool {
    letter >= '\u{ad}'
        && (CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(letter)
            // The blank Braille cell, and marks of annotations.
            || matches!(letter, '\u{2800}' | '\u{fff9}'..='\u{fffb}'))
}

/// The text without invisible characters that have no effect where they are. Joiners stay where they
/// change the shape of a letter, as in Persian and Sinhala words and in emoji (compare RFC 5892,
/// appendix A.1 and A.2); so do variation selectors and the tags of flags.
///
/// ```
/// use presswork::unicode::without_invisible;
/// assert_eq!(without_invisible("Po\u{ad}rts\u{200b}"), "Ports");
/// assert_eq!(without_invisible("می\u{200c}خواهم"), "می\u{200c}خواهم");
/// assert_eq!(without_invisible("Po\u{200c}rts"), "Ports");
/// ```
pub fn without_invisible(text: &str) -> Cow<'_, str> {
    if !text.contains(is_invisible) {
        return Cow::Borrowed(text);
    }
    let mut rest = String::with_capacity(text.len());
    for (at, letter) in text.char_indices() {
        if !is_invisible(letter) || has_effect(&rest, letter, &text[at + letter.len_utf8()..]) {
            rest.push(letter);
        }
    }
    Cow::Owned(rest)
}

/// True if an invisible character has a visible effect between these two texts.
fn has_effect(before: &str, letter: char, after: &str) -> bool {
    match letter {
        NON_JOINER => is_after_virama(before) || (joins_next(before) && joins_previous(after)),
        JOINER => {
            is_after_virama(before) || joins_next(before) != joins_previous(after) || is_between_emoji(before, after)
        }
        _ if is_flag_tag(letter) => before.trim_end_matches(is_flag_tag).ends_with(BLACK_FLAG),
        _ => !before.is_empty() && is_variation_selector(letter),
    }
}

fn is_after_virama(before: &str) -> bool {
    before.chars().next_back().is_some_and(|letter| canonical_combining_class(letter) == VIRAMA)
}

/// True if the last letter joins a letter after it.
fn joins_next(before: &str) -> bool {
    let joins = |kind| matches!(kind, JoiningType::DualJoining | JoiningType::LeftJoining | JoiningType::JoinCausing);
    before.chars().rev().map(joining_type).find(|&kind| kind != JoiningType::Transparent).is_some_and(joins)
}

/// True if the first letter joins a letter before it.
fn joins_previous(after: &str) -> bool {
    let joins = |kind| matches!(kind, JoiningType::DualJoining | JoiningType::RightJoining);
    // The first of several marks counts.
    let letters = after.chars().filter(|&letter| !is_invisible(letter)).map(joining_type);
    letters.into_iter().find(|&kind| kind != JoiningType::Transparent).is_some_and(joins)
}

fn joining_type(letter: char) -> JoiningType {
    CodePointMapData::<JoiningType>::new().get(letter)
}

fn is_between_emoji(before: &str, after: &str) -> bool {
    let modifiers = CodePointSetData::new::<EmojiModifier>();
    let pictographs = CodePointSetData::new::<ExtendedPictographic>();
    let base = before.trim_end_matches(|letter| is_variation_selector(letter) || modifiers.contains(letter));
    base.chars().next_back().is_some_and(|letter| pictographs.contains(letter))
        && after.chars().next().is_some_and(|letter| pictographs.contains(letter))
}

/// True for variation selectors, which choose the form of the character before them, as in emoji, Han
/// names and Mongolian words.
fn is_variation_selector(letter: char) -> bool {
    matches!(letter, '\u{180b}'..='\u{180d}' | '\u{180f}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}

/// The emoji before the tag characters of a flag.
const BLACK_FLAG: char = '\u{1f3f4}';

/// True for tag characters, which name the region of a flag (UTS #51, annex C).
fn is_flag_tag(letter: char) -> bool {
    matches!(letter, '\u{e0020}'..='\u{e007f}')
}

/// A name for display: in form C, with single spaces, without invisible characters that have no effect.
pub fn clean(name: &str) -> String {
    let words = without_invisible(name);
    let words: Vec<&str> = words.split_whitespace().collect();
    composed(&words.join(" ")).into_owned()
}

/// The key by which spellings of a name are equal if they differ only in case, normalization form,
/// invisible characters, or the kind of space, hyphen, apostrophe or quotation mark.
///
/// ```
/// use presswork::unicode::name_key;
/// assert_eq!(name_key("Côte d’Ivoire"), name_key("co\u{302}te\u{a0}D'Ivoire\u{200b}"));
/// assert_eq!(name_key("Covid-19"), name_key("covid‑19"));
/// assert_ne!(name_key("经济"), name_key("竞技"));
/// ```
pub fn name_key(name: &str) -> String {
    if name.is_ascii() {
        return joined(name).to_ascii_lowercase();
    }
    let visible = without_invisible(name);
    let plain: String =
        visible.chars().filter(|&letter| !is_variation_selector(letter)).map(with_plain_punctuation).collect();
    folded(&joined(&plain))
}

/// The words of a name joined by single spaces. A name of hyphens alone stays as it is.
fn joined(name: &str) -> String {
    let is_between = |letter: char| letter.is_whitespace() || letter == '-' || letter == '_';
    let words: Vec<&str> = name.split(is_between).filter(|word| !word.is_empty()).collect();
    if words.is_empty() { name.trim().to_owned() } else { words.join(" ") }
}

/// The ASCII character usually typed for a punctuation mark.
fn with_plain_punctuation(letter: char) -> char {
    match letter {
        '‘' | '’' | '‛' | '′' | '´' | '`' | 'ʹ' | 'ʻ' | 'ʼ' | 'ʾ' | '\u{a78c}' | '\u{55a}' | '\u{275c}' | '׳'
        | '＇' => '\'',
        '“' | '”' | '„' | '‟' | '″' | '״' | '＂' => '"',
        '\u{2010}'..='\u{2015}'
        | '\u{2043}'
        | '\u{1400}'
        | '\u{2d7}'
        | '\u{2212}'
        | '\u{58a}'
        | '\u{5be}'
        | '\u{fe58}'
        | '\u{fe63}'
        | '\u{ff0d}' => '-',
        other => other,
    }
}

/// A path with case folded, as file systems and readers compare names: `ς`, `σ` and `Σ` are equal, and
/// so are `ß` and `SS`. Lower case first, because some capitals (`ẞ`) only fold that way. The Turkish
/// dotless i is a letter of its own.
pub fn folded(path: &str) -> String {
    let mut folded = String::with_capacity(path.len());
    for small in path.nfd().flat_map(char::to_lowercase) {
        match small {
            'ı' => folded.push(small),
            _ => folded.extend(small.to_uppercase().flat_map(char::to_lowercase)),
        }
    }
    folded.nfc().collect()
}

/// Replaces invisible characters without effect by their code points, `<U+200B>`, for messages.
pub fn with_invisible_named(text: &str) -> Cow<'_, str> {
    if !text.contains(is_invisible) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for (at, letter) in text.char_indices() {
        if is_invisible(letter) && !has_effect(&text[..at], letter, &text[at + letter.len_utf8()..]) {
            shown.push_str(&code_point(letter));
        } else {
            shown.push(letter);
        }
    }
    Cow::Owned(shown)
}

/// An invisible character in messages: `<U+200B>`.
pub fn code_point(letter: char) -> String {
    format!("<U+{:04X}>", u32::from(letter))
}

/// True for Han, Kana and Bopomofo (Unicode 17 blocks), which have no spaces between words.
pub fn is_han_or_kana(letter: char) -> bool {
    matches!(letter, '\u{3005}'..='\u{3007}' | '\u{3031}'..='\u{3035}' | '\u{3041}'..='\u{312f}'
        | '\u{31a0}'..='\u{31bf}' | '\u{31f0}'..='\u{31ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}' | '\u{ff66}'..='\u{ff9d}' | '\u{1b000}'..='\u{1b16f}' | '\u{20000}'..='\u{3347f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joiners_stay_if_they_change_the_shape_of_letters() {
        for word in
            ["می\u{200c}خواهم", "ශ\u{dca}\u{200d}රී", "क\u{94d}\u{200c}ष", "👩\u{200d}🚒", "👩🏽\u{200d}🚒", "❤\u{fe0f}"]
        {
            assert_eq!(without_invisible(word), word);
        }
        // The final form of the letter, as in the Persian abbreviation of the solar calendar.
        assert_eq!(without_invisible("ه\u{200d}.ش"), "ه\u{200d}.ش");
        for (written, seen) in [
            ("\u{200c}می", "می"),
            ("می\u{200c}", "می"),
            ("د\u{200c}ر", "در"),
            ("می\u{200c}\u{200c}خواهم", "می\u{200c}خواهم"),
            ("می\u{200b}\u{200c}خواهم", "می\u{200c}خواهم"),
            ("a\u{200d}b", "ab"),
            ("\u{feff}Po\u{2060}r\u{ad}ts\u{200e}", "Ports"),
            ("\u{fe0f}Ports", "Ports"),
        ] {
            assert_eq!(without_invisible(written), seen);
        }
    }

    #[test]
    fn names_that_look_alike_are_one() {
        for (one, other) in [
            ("Ports", "ports\u{200b}"),
            ("Covid-19", "COVID\u{2011}19"),
            ("Covid 19", "Covid\u{202f}19"),
            ("O'Neill", "O’Neill"),
            ("צ'ק", "צ׳ק"),
            ("Ta'if", "Ta\u{2be}if"),
            ("O'Neill", "O\u{275c}Neill"),
            ("Covid-19", "Covid\u{2043}19"),
            ("Ports", "Ports\u{2800}\u{fff9}"),
            ("É", "e\u{301}"),
            ("❤ Art", "❤\u{fe0f} Art"),
            ("Straße", "STRASSE"),
        ] {
            assert_eq!(name_key(one), name_key(other), "{one} {other}");
        }
        // The Persian half space separates letters that would join; the flags of England and Scotland
        // differ.
        for (one, other) in [
            ("می\u{200c}خواهم", "میخواهم"),
            (
                "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
                "🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}",
            ),
            ("U", "Ü"),
            ("经济", "竞技"),
        ] {
            assert_ne!(name_key(one), name_key(other), "{one} {other}");
        }
    }

    #[test]
    fn messages_name_invisible_characters() {
        assert_eq!(with_invisible_named("`Po\u{ad}rts\u{200b}`"), "`Po<U+00AD>rts<U+200B>`");
        assert_eq!(with_invisible_named("`می\u{200c}خواهم`"), "`می\u{200c}خواهم`");
    }
}
