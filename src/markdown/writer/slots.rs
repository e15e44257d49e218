//! Slots for HTML that must not be sanitized.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;

use crate::markdown::placeholders;

/// The HTML of embeds and of footnotes beside the text. A mark in the text reserves its place until the text has been
/// sanitized.
#[derive(Default)]
pub(super) struct Slots {
    html: Vec<String>,
    /// Part of every mark, so that no author can write one.
    nonce: u64,
}

impl Slots {
    /// Appends a mark to `out` that will be replaced with `html`, and returns the slot's index.
    pub fn reserve(&mut self, out: &mut String, html: String) -> usize {
        if self.html.is_empty() {
            self.nonce = RandomState::new().hash_one(out.len());
        }
        let number = self.html.len();
        let mark = format!("{}{:x}.{number}{}", placeholders::OPEN, self.nonce, placeholders::CLOSE);
        self.html.push(html);
        out.push_str(&mark);
        number
    }

    /// The HTML of a slot.
    pub fn get_mut(&mut self, slot: usize) -> Option<&mut String> {
        self.html.get_mut(slot)
    }

    /// Replaces all marks in a text with their HTML.
    pub fn fill(&self, html: String) -> String {
        if self.html.is_empty() {
            return html;
        }
        let mark = format!("{}{:x}.", placeholders::OPEN, self.nonce);
        let mut parts = html.split(mark.as_str());
        let mut out = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (number, text) = part.split_once(placeholders::CLOSE).unwrap_or((part, ""));
            let slot = number.parse().ok().and_then(|number: usize| self.html.get(number));
            out.push_str(slot.map_or("", String::as_str));
            out.push_str(text);
        }
        out
    }
}
