//! Edits to a text: each replaces a range of bytes.

use std::ops::Range;

/// Replaces the bytes at `at` with `text`.
#[derive(Debug, Clone)]
pub(super) struct Edit {
    pub at: Range<usize>,
    pub text: String,
}

impl Edit {
    /// Inserts `text` and removes nothing.
    pub(super) fn insert(at: usize, text: String) -> Edit {
        Edit { at: at..at, text }
    }
}

/// Applies edits, which must be in order and must not overlap.
pub(super) fn apply(text: &str, edits: &[Edit]) -> Option<String> {
    let mut edited = String::with_capacity(text.len() + 256);
    let mut done = 0;
    for edit in edits {
        edited.push_str(text.get(done..edit.at.start)?);
        edited.push_str(&edit.text);
        done = edit.at.end;
    }
    edited.push_str(text.get(done..)?);
    Some(edited)
}
