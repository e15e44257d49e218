//! Gives the headings of a text levels below its page's headline, none of them skipped.

use crate::config::HeadingLevels;

/// The level of a text's top headings: the headline of its page is `h1`.
const TOP: usize = 2;
/// The deepest level of HTML.
const DEEPEST: usize = 6;

/// The levels of a text's headings, from one heading to the next.
pub(super) struct Levels {
    policy: HeadingLevels,
    /// The levels, as written, of the heading that was written last and of those that it stands under.
    open: Vec<u8>,
    /// The levels that raw headings have been given, whose end tags are still to come.
    raw: Vec<u8>,
}

impl Levels {
    pub fn new(policy: HeadingLevels) -> Levels {
        Levels { policy, open: Vec::new(), raw: Vec::new() }
    }

    /// The level of a heading that is written with the level `written`, 1 to 6: one deeper than the heading that it
    /// stands under.
    pub fn next(&mut self, written: u8) -> u8 {
        if self.policy == HeadingLevels::Keep {
            return written;
        }
        let above = self.open.iter().take_while(|&&level| level < written).count();
        self.open.truncate(above);
        self.open.push(written);
        (TOP + above).min(DEEPEST) as u8
    }

    /// A text begins that stands by itself, as a footnote does.
    pub fn restart(&mut self) {
        self.open.clear();
    }

    /// The name for a tag of raw HTML when it is a heading's.
    pub fn raw_name(&mut self, name: &str, is_end: bool) -> Option<&'static str> {
        let written = NAMES.iter().position(|known| *known == name)? + 1;
        // An end tag ends a heading of whatever level (HTML, section 13.2.6.4.7).
        let level = match is_end {
            false => {
                let level = self.next(written as u8);
                self.raw.push(level);
                level
            }
            true => self.raw.pop().unwrap_or(written as u8),
        };
        Some(name_of(level))
    }
}

const NAMES: [&str; DEEPEST] = ["h1", "h2", "h3", "h4", "h5", "h6"];

/// The element of a heading with a level from 1 to 6.
pub(super) fn name_of(level: u8) -> &'static str {
    NAMES[usize::from(level).clamp(1, DEEPEST) - 1]
}
