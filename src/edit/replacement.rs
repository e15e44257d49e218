//! Replacements in a text, by ranges of bytes.

use std::ops::Range;

/// The bytes at `at`, replaced with `text`.
#[derive(Debug, Clone)]
pub(super) struct ByteReplacement {
    pub at: Range<usize>,
    pub text: String,
}

impl ByteReplacement {
    /// Inserts `text` and removes nothing.
    pub(super) fn insert(at: usize, text: String) -> ByteReplacement {
        ByteReplacement { at: at..at, text }
    }
}

/// Applies replacements, which must be in order and must not overlap.
pub(super) fn apply(text: &str, replacements: &[ByteReplacement]) -> Option<String> {
    let mut replaced = String::with_capacity(text.len() + 256);
    let mut done = 0;
    for replacement in replacements {
        replaced.push_str(text.get(done..replacement.at.start)?);
        replaced.push_str(&replacement.text);
        done = replacement.at.end;
    }
    replaced.push_str(text.get(done..)?);
    Some(replaced)
}
