//! The inside of a paragraph in pieces, in an order that Markdown can say.

use super::dom::is_html_space;

/// A piece of a line of text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    /// Text as in HTML: any run of white space is one space.
    Text(String),
    Open(TextMark),
    Close(TextMark),
    /// Code in a line.
    Code(String),
    Image {
        alt: String,
        url: String,
        title: String,
    },
    /// A line break.
    Break,
    /// A tag that stays HTML.
    Tag(String),
    /// A reference to the footnote with this label.
    Footnote(String),
}

/// Marks around pieces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum TextMark {
    Strong,
    Emphasis,
    Strike,
    Link { url: String, title: String },
}

impl TextMark {
    fn is_like(&self, other: &TextMark) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }
}

/// White space that is written only if something follows.
#[derive(Clone, Copy, PartialEq)]
enum Gap {
    None,
    Space,
    Breaks(usize),
}

/// Brings pieces into an order that Markdown can say: no space at the edges of lines and marks, no empty marks, no mark
/// inside its like.
pub(super) struct Normalizer {
    paragraphs: Vec<Vec<Piece>>,
    current: Vec<Piece>,
    gap: Gap,
    /// Marks that wait for something to mark.
    waiting: Vec<TextMark>,
    /// The marks that are open in `current`.
    open: Vec<TextMark>,
    /// For each mark that the source has opened, whether it counts.
    counts: Vec<bool>,
    /// The number of open tags.
    tags: usize,
    /// True if two line breaks begin another paragraph.
    splits: bool,
}

/// The paragraphs that pieces make: several only if `splits` is true and two line breaks follow each other.
pub(super) fn paragraphs(pieces: Vec<Piece>, splits: bool) -> Vec<Vec<Piece>> {
    let mut normalizer = Normalizer {
        paragraphs: Vec::new(),
        current: Vec::new(),
        gap: Gap::None,
        waiting: Vec::new(),
        open: Vec::new(),
        counts: Vec::new(),
        tags: 0,
        splits,
    };
    for piece in pieces {
        normalizer.add(piece);
    }
    let last = std::mem::take(&mut normalizer.current);
    normalizer.paragraphs.push(last);
    normalizer.paragraphs.retain(|paragraph| !paragraph.is_empty());
    normalizer.paragraphs
}

impl Normalizer {
    fn add(&mut self, piece: Piece) {
        match piece {
            Piece::Text(text) => self.text(&text),
            Piece::Break => {
                self.gap = match self.gap {
                    Gap::Breaks(count) => Gap::Breaks(count + 1),
                    _ => Gap::Breaks(1),
                }
            }
            Piece::Open(mark) => {
                let counts = !self.open.iter().chain(&self.waiting).any(|open| open.is_like(&mark));
                self.counts.push(counts);
                if counts {
                    self.waiting.push(mark);
                }
            }
            Piece::Close(mark) => {
                if !self.counts.pop().unwrap_or(false) {
                    return;
                }
                if self.waiting.last() == Some(&mark) {
                    self.waiting.pop();
                } else if self.open.last() == Some(&mark) {
                    self.open.pop();
                    self.current.push(Piece::Close(mark));
                }
            }
            Piece::Tag(tag) => {
                // A tag alone shows nothing, so it must not bring a space to the end of a line.
                self.flush();
                let is_end = tag.starts_with("</");
                self.tags = if is_end { self.tags.saturating_sub(1) } else { self.tags + 1 };
                self.current.push(Piece::Tag(tag));
            }
            shown => {
                self.flush();
                self.current.push(shown);
            }
        }
    }

    fn text(&mut self, text: &str) {
        if text.starts_with(is_html_space) && self.gap == Gap::None {
            self.gap = Gap::Space;
        }
        let words: Vec<&str> = text.split(is_html_space).filter(|word| !word.is_empty()).collect();
        if words.is_empty() {
            return;
        }
        self.flush();
        let words = words.join(" ");
        match self.current.last_mut() {
            Some(Piece::Text(before)) => before.push_str(&words),
            _ => self.current.push(Piece::Text(words)),
        }
        if text.ends_with(is_html_space) {
            self.gap = Gap::Space;
        }
    }

    /// Writes what waits, because something to read follows.
    fn flush(&mut self) {
        let gap = std::mem::replace(&mut self.gap, Gap::None);
        let is_start = matches!(self.current.last(), None | Some(Piece::Break));
        match gap {
            _ if self.current.is_empty() => {}
            Gap::Breaks(count) if count > 1 && self.splits && self.tags == 0 => self.split(),
            Gap::Breaks(_) => self.current.push(Piece::Break),
            Gap::Space if !is_start => match self.current.last_mut() {
                Some(Piece::Text(before)) => before.push(' '),
                _ => self.current.push(Piece::Text(" ".to_owned())),
            },
            _ => {}
        }
        for mark in std::mem::take(&mut self.waiting) {
            // `**a****b**` is not bold, and `**ab**` is the same.
            if self.current.last() == Some(&Piece::Close(mark.clone())) {
                self.current.pop();
            } else {
                self.current.push(Piece::Open(mark.clone()));
            }
            self.open.push(mark);
        }
    }

    fn split(&mut self) {
        for mark in self.open.iter().rev() {
            self.current.push(Piece::Close(mark.clone()));
        }
        let finished = std::mem::take(&mut self.current);
        self.paragraphs.push(finished);
        self.current.extend(self.open.iter().cloned().map(Piece::Open));
    }
}
