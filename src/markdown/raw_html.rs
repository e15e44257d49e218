//! Raw HTML in Markdown: its tokens and their nesting.

mod nesting;
mod plain;
#[cfg(feature = "import")]
mod shallow;
pub(super) mod token;

use std::ops::Range;

pub(super) use nesting::Nesting;
pub use plain::html_text;
#[cfg(feature = "import")]
pub use shallow::without_deep_nesting;

/// Raw HTML gathered from one or more events.
#[derive(Default)]
pub(super) struct HtmlChunk {
    text: String,
    /// The start of each line, in `text` and in the parsed text.
    lines: Vec<(usize, usize)>,
}

impl HtmlChunk {
    /// Adds a line that begins at `at` in the parsed text.
    pub fn push(&mut self, html: &str, at: usize) {
        self.lines.push((self.text.len(), at));
        self.text.push_str(html);
    }

    /// The gathered text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Maps a byte range to the parsed text.
    pub fn place(&self, range: &Range<usize>) -> Range<usize> {
        let place = |at: usize| {
            let line = self.lines.partition_point(|&(begin, _)| begin <= at).saturating_sub(1);
            self.lines.get(line).map_or(0, |&(begin, original)| original + (at - begin))
        };
        let start = place(range.start);
        start..place(range.end.saturating_sub(1)).max(start) + usize::from(!range.is_empty())
    }
}

/// The Markdown element around inline HTML.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Enclosing {
    Block,
    Line,
    Cell,
}
