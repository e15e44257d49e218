//! Tracks how deeply raw HTML nests, so that no body makes an HTML parser slow.

use crate::markdown::MAX_NESTING;

/// Elements that an HTML parser reopens in every later block until they are closed (HTML, section
/// 13.2.4.3).
const FORMATTING: &[&str] =
    &["a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"];

/// Elements that end when the next of their kind begins, or that have no end tag.
const UNCOUNTED: &[&str] = &[
    "p", "li", "dt", "dd", "tr", "thead", "tbody", "tfoot", "colgroup", "br", "hr", "img", "wbr", "source", "track",
    "col",
];

/// Elements that a stray end tag of another kind doesn't close.
const TRANSPARENT: &[&str] = &[
    "abbr", "bdi", "bdo", "cite", "data", "dfn", "del", "ins", "kbd", "mark", "q", "samp", "span", "sub", "sup",
    "time", "var", "ruby", "rt", "rp", "audio", "video", "picture",
];

/// Elements whose end tags close nothing that began outside.
const CELLS: &[&str] = &["td", "th", "caption"];

/// The maximum number of formatting elements left open.
const MAX_FORMATTING: usize = 16;

/// The open elements of one part of a body.
#[derive(Default)]
pub(in crate::markdown) struct Nesting {
    stack: Vec<String>,
    formatting: Vec<String>,
    reported: bool,
}

impl Nesting {
    /// Processes a start tag. Returns false if it is nested too deeply.
    pub fn open(&mut self, name: &str) -> bool {
        if FORMATTING.contains(&name) {
            self.formatting.push(name.to_owned());
            return self.formatting.len() <= MAX_FORMATTING || self.formatting.pop().is_none();
        }
        if CELLS.contains(&name) || name == "tr" {
            self.end_cell();
        }
        if CELLS.contains(&name) {
            self.formatting.push("|".to_owned());
            return true;
        }
        if UNCOUNTED.contains(&name) {
            return true;
        }
        self.stack.push(name.to_owned());
        self.stack.len() <= MAX_NESTING || self.stack.pop().is_none()
    }

    /// Processes an end tag.
    pub fn close(&mut self, name: &str) {
        if CELLS.contains(&name) || name == "tr" || name == "table" {
            self.end_cell();
        }
        if FORMATTING.contains(&name) {
            let found = self.formatting.iter().rposition(|open| open == name || open == "|");
            if let Some(at) = found.filter(|&at| self.formatting[at] == name) {
                self.formatting.remove(at);
            }
            return;
        }
        let transparent = TRANSPARENT.contains(&name);
        let stops = |open: &String| open == "table" || (transparent && !TRANSPARENT.contains(&open.as_str()));
        let found = self.stack.iter().rposition(|open| open == name || stops(open));
        if let Some(at) = found.filter(|&at| self.stack[at] == name) {
            self.stack.truncate(at);
        }
    }

    fn end_cell(&mut self) {
        if let Some(at) = self.formatting.iter().rposition(|open| open == "|") {
            self.formatting.truncate(at);
        }
    }

    /// Returns true the first time it is called.
    pub fn report(&mut self) -> bool {
        !std::mem::replace(&mut self.reported, true)
    }
}
