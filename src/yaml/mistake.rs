//! A common mistake in YAML, and its place.

use crate::diagnostic::Span;

/// A mistake on a line, explained for editors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct YamlAdvice {
    /// One sentence.
    pub message: String,
    /// The fix.
    pub hint: String,
    /// The place in the text.
    pub span: Span,
}

/// A mistake on one line.
pub(super) struct Mistake {
    /// One sentence.
    pub message: String,
    /// The fix.
    pub hint: String,
    /// The place in the line, in bytes.
    pub at: std::ops::Range<usize>,
}

impl Mistake {
    /// Adds the place in the text; line numbers begin at 1.
    pub fn on_line(self, number: usize, line: &str) -> YamlAdvice {
        let Mistake { message, hint, at } = self;
        YamlAdvice { message, hint, span: Span { line: number, ..Span::of(line, at.start, at.end) } }
    }
}
