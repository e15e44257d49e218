//! Makes readers' words harmless for the text around them: no invisible marks that turn it around, no towers of accents.

use std::borrow::Cow;

use icu_properties::CodePointMapData;
use icu_properties::props::GeneralCategory;

use crate::unicode::is_invisible;

/// The most combining marks on one letter. Vietnamese needs two, Tibetan and pointed Hebrew up to five.
const MAX_MARKS: usize = 6;

/// True for the characters that set the direction of the text after them, until another ends it (Unicode UAX #9,
/// sections 2.1 to 2.4). Left open, they would turn around whatever follows. The marks for single places stay.
fn is_bidi_control(letter: char) -> bool {
    matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Returns the text without characters that change the direction of what follows, and without more than six combining
/// marks on one letter.
///
/// ```
/// use presswork::comment::tamed;
/// assert_eq!(tamed("Noor \u{202e}imihaR"), "Noor imihaR");
/// assert_eq!(tamed(&format!("e{}", "\u{301}".repeat(500))), format!("e{}", "\u{301}".repeat(6)));
/// assert_eq!(tamed("Nguyễn"), "Nguyễn");
/// ```
pub fn tamed(text: &str) -> Cow<'_, str> {
    Tamer::default().tamed(text)
}

/// Makes the parts of a text harmless one after another, so that marks are counted across their borders.
#[derive(Debug, Default)]
pub struct Tamer {
    /// The number of marks since the last letter.
    marks: usize,
}

impl Tamer {
    /// Returns the next part of the text: see [`tamed`].
    pub fn tamed<'t>(&mut self, text: &'t str) -> Cow<'t, str> {
        if text.is_ascii() {
            if !text.is_empty() {
                self.marks = 0;
            }
            return Cow::Borrowed(text);
        }
        let categories = CodePointMapData::<GeneralCategory>::new();
        let kept: String = text.chars().filter(|&letter| self.keeps(letter, categories.get(letter))).collect();
        match kept.len() == text.len() {
            true => Cow::Borrowed(text),
            false => Cow::Owned(kept),
        }
    }

    fn keeps(&mut self, letter: char, category: GeneralCategory) -> bool {
        match category {
            GeneralCategory::NonspacingMark | GeneralCategory::EnclosingMark => {
                self.marks += 1;
                return self.marks <= MAX_MARKS;
            }
            // Neither is a letter that could carry more marks: a joiner or zero-width space, and what pages leave out.
            GeneralCategory::Control => {}
            _ if is_invisible(letter) => {}
            _ => self.marks = 0,
        }
        !is_bidi_control(letter)
    }
}
