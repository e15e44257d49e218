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

/// The slots for footnotes and where they are in the text.
#[derive(Default)]
pub(super) struct Margin {
    /// The number of a slot and the length of the HTML above it, in bytes, in the order of the text.
    slots: Vec<(usize, usize)>,
}

impl Margin {
    /// Notes the place of a slot: below the HTML written so far.
    pub fn reserve(&mut self, slot: usize, html: &str) {
        self.slots.push((slot, html.len()));
    }

    /// True if all footnotes have room. `notes` are their slots and their HTML in the order of slots, `html`
    /// is all of the text. Most texts have no footnotes, so nothing is measured before.
    pub fn has_room(self, html: &str, notes: &[(usize, &str)]) -> bool {
        if notes.is_empty() {
            return true;
        }
        let (mut measured, mut total) = (0, 0.0);
        let mut height_to = |end: usize| {
            total += height(html.get(measured..end).unwrap_or_default());
            measured = end;
            total
        };
        let slots: Vec<(usize, f64)> = self.slots.iter().map(|&(slot, at)| (slot, height_to(at))).collect();
        let height = height_to(html.len());
        let mut end: f64 = 0.0;
        for (home, note) in notes {
            let at = slots.partition_point(|(slot, _)| slot < home);
            let place = slots.get(at).map_or(0.0, |(_, height)| (height - ABOVE).max(0.0));
            let start = place.max(end);
            if start - place > MAX_SHIFT {
                return false;
            }
            end = start + NOTE.height(letters(note)).max(NOTE.line) + BETWEEN;
        }
        end - height <= MAX_REST
    }
}

/// The height of a part of the text.
fn height(html: &str) -> f64 {
    let blocks = ["</p>", "</h", "</li>", "</tr>", "</pre>"].map(|end| html.matches(end).count());
    TEXT.height(letters(html)) + BETWEEN * blocks.iter().sum::<usize>() as f64
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
