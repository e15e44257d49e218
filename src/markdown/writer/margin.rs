//! Estimates whether footnotes have room in the margin, beside the blocks that refer to them.

use unicode_width::UnicodeWidthChar;

/// The height of a line of text, and the number of letters in it, as in Broadsheet; a narrower theme
/// needs more lines for both.
const TEXT: Type = Type { line: 30.0, letters: 66.0 };
/// The same for a footnote in the margin.
const NOTE: Type = Type { line: 20.0, letters: 28.0 };
/// The space between two blocks, or two footnotes, and the half line that a block leaves empty on average.
const BETWEEN: f64 = 32.0;
/// How far above the end of its block a footnote begins.
const ABOVE: f64 = 56.0;
/// How far below that place a footnote may begin and still be beside its block.
const MAX_SHIFT: f64 = 400.0;
/// How far the last footnotes may reach below the text.
const MAX_REST: f64 = 160.0;

/// Lines of a column, in pixels and letters.
struct Type {
    line: f64,
    letters: f64,
}

impl Type {
    fn height(&self, letters: usize) -> f64 {
        letters as f64 / self.letters * self.line
    }
}

/// The height of the text so far, and of the text above each slot for footnotes.
#[derive(Default)]
pub(super) struct Margin {
    /// The number of bytes that have been measured.
    measured: usize,
    height: f64,
    /// The number of a slot and the height of the text above it.
    slots: Vec<(usize, f64)>,
}

impl Margin {
    /// Measures the text above a slot.
    pub fn reserve(&mut self, slot: usize, html: &str) {
        self.measure(html);
        self.slots.push((slot, self.height));
    }

    /// True if all footnotes have room. `notes` are their slots and their HTML in the order of slots, `html`
    /// is all of the text.
    pub fn has_room(mut self, html: &str, notes: &[(usize, &str)]) -> bool {
        self.measure(html);
        let mut end: f64 = 0.0;
        for (home, note) in notes {
            let at = self.slots.partition_point(|(slot, _)| slot < home);
            let place = self.slots.get(at).map_or(0.0, |(_, height)| (height - ABOVE).max(0.0));
            let start = place.max(end);
            if start - place > MAX_SHIFT {
                return false;
            }
            end = start + NOTE.height(letters(note)).max(NOTE.line) + BETWEEN;
        }
        end - self.height <= MAX_REST
    }

    fn measure(&mut self, html: &str) {
        let new = html.get(self.measured..).unwrap_or_default();
        let blocks = ["</p>", "</h", "</li>", "</tr>", "</pre>"].map(|end| new.matches(end).count());
        self.height += TEXT.height(letters(new)) + BETWEEN * blocks.iter().sum::<usize>() as f64;
        self.measured = html.len();
    }
}

/// The number of letters outside tags, each Chinese one as two.
fn letters(html: &str) -> usize {
    let mut is_tag = false;
    let shown = html.chars().filter(|letter| {
        is_tag |= *letter == '<';
        let is_shown = !is_tag;
        is_tag &= *letter != '>';
        is_shown
    });
    shown.filter_map(UnicodeWidthChar::width).sum()
}
