//! Assigns heading levels below the page's headline, without gaps.

use crate::config::HeadingLevels;

/// The level of a text's top headings: the page's headline is `h1`.
const TOP: usize = 2;
/// The deepest level in HTML.
const DEEPEST: usize = 6;

/// Tracks the levels of a text's headings.
pub(super) struct Levels {
    policy: HeadingLevels,
    /// The levels, as written, of the last heading and its ancestors.
    open: Vec<u8>,
    /// The levels given to raw headings whose end tags are still to come.
    raw: Vec<u8>,
}

impl Levels {
    pub fn new(policy: HeadingLevels) -> Levels {
        Levels { policy, open: Vec::new(), raw: Vec::new() }
    }

    /// The level of a heading written with level `written` (1 to 6): one deeper than its parent heading.
    pub fn next(&mut self, written: u8) -> u8 {
        if self.policy == HeadingLevels::Keep {
            return written;
        }
        let above = self.open.iter().take_while(|&&level| level < written).count();
        self.open.truncate(above);
        self.open.push(written);
        (TOP + above).min(DEEPEST) as u8
    }

    /// The state before a heading that may not count.
    pub fn saved(&self) -> Vec<u8> {
        self.open.clone()
    }

    /// Returns to the state before a heading that readers don't see.
    pub fn restore(&mut self, saved: Vec<u8>) {
        self.open = saved;
    }

    /// Starts a self-contained text, such as a footnote.
    pub fn restart(&mut self) {
        self.open.clear();
    }

    /// The element name for a raw HTML heading tag; `None` for other tags.
    pub fn raw_name(&mut self, name: &str, is_end: bool) -> Option<&'static str> {
        let written = NAMES.iter().position(|known| *known == name)? + 1;
        // An end tag closes a heading of any level (HTML, section 13.2.6.4.7).
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
