//! Makes readers' words harmless for the text around them: no invisible marks that turn it around, no towers of accents.

use std::borrow::Cow;

use icu_properties::CodePointMapData;
use icu_properties::props::GeneralCategory;

/// The most combining marks on one letter. Vietnamese needs two, Tibetan and pointed Hebrew up to five.
const MAX_MARKS: usize = 6;

/// True for the characters that set the direction of the text after them, until another ends it (Unicode UAX #9,
/// sections 2.1 to 2.4). Left open, they would turn around whatever follows. The marks for single places stay.
fn is_bidi_control(letter: char) -> bool {
    matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Returns the text without characters that change the direction of what follows, and without more than six combining
/// marks in a row.
///
/// ```
/// use presswork::comment::tamed;
/// assert_eq!(tamed("Noor \u{202e}imihaR"), "Noor imihaR");
/// assert_eq!(tamed(&format!("e{}", "\u{301}".repeat(500))), format!("e{}", "\u{301}".repeat(6)));
/// assert_eq!(tamed("Nguyễn"), "Nguyễn");
/// ```
pub fn tamed(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let categories = CodePointMapData::<GeneralCategory>::new();
    let is_mark = |letter: char| {
        matches!(categories.get(letter), GeneralCategory::NonspacingMark | GeneralCategory::EnclosingMark)
    };
    let mut marks = 0;
    let mut is_kept = |letter: char| {
        marks = if !letter.is_ascii() && is_mark(letter) { marks + 1 } else { 0 };
        marks <= MAX_MARKS && !is_bidi_control(letter)
    };
    match text.chars().all(&mut is_kept) {
        true => Cow::Borrowed(text),
        false => {
            let mut marks = 0;
            let is_kept = |letter: &char| {
                marks = if !letter.is_ascii() && is_mark(*letter) { marks + 1 } else { 0 };
                marks <= MAX_MARKS && !is_bidi_control(*letter)
            };
            Cow::Owned(text.chars().filter(is_kept).collect())
        }
    }
}
