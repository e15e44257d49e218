//! Makes a summary of a body's first paragraph.

use unicode_segmentation::GraphemeCursor;

use crate::markdown::TextRole;
use crate::typography::joins_lines;

/// The maximum length of an excerpt in characters, as shown by search engines and cards.
const EXCERPT_CHARACTERS: usize = 300;
/// The maximum part of a paragraph kept for an excerpt, in bytes.
const EXCERPT_BYTES: usize = 4_096;

/// Finds the first paragraph with readable text.
#[derive(Default)]
pub(super) struct ExcerptFinder {
    is_wanted: bool,
    /// The open paragraph, with single spaces.
    open: String,
    /// True if part of it is in a box.
    is_wrapped: bool,
    /// True if a picture or embed precedes it.
    follows_gap: bool,
    /// True if a picture or embed is the last thing in it.
    has_gap: bool,
    found: Option<String>,
    /// The first paragraph in a box, for texts with no others.
    wrapped: Option<String>,
    /// The first paragraph that seems to be a caption, for texts with no others.
    caption: Option<String>,
    is_emphasized: bool,
    /// True if the space at the end of the open paragraph is a line end.
    is_line_end: bool,
    line: LineKind,
    /// The start of the open line in the paragraph.
    line_start: usize,
    above: LineAbove,
}

/// The contents of a line so far.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum LineKind {
    #[default]
    Empty,
    Pictures,
    /// Italics below or beside a picture. Markdown has no captions, so people write them like this.
    Caption,
    Text,
}

/// The line above the open one.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum LineAbove {
    #[default]
    Text,
    Pictures,
    Caption,
    /// A paragraph of pictures without captions.
    PictureParagraph,
}

impl ExcerptFinder {
    /// Finds nothing unless the excerpt is wanted.
    pub(super) fn new(is_wanted: bool) -> ExcerptFinder {
        ExcerptFinder { is_wanted, ..ExcerptFinder::default() }
    }

    /// Begins or ends italics.
    pub(super) fn emphasize(&mut self, is_open: bool) {
        self.is_emphasized = is_open;
    }

    /// Adds text to the open paragraph.
    pub(super) fn add(&mut self, text: &str, role: TextRole) {
        let is_lead = match role {
            TextRole::Prose => true,
            TextRole::Wrapped => self.wrapped.is_none(),
            TextRole::Apart => {
                self.above = LineAbove::Text;
                false
            }
        };
        if !self.is_wanted || !is_lead || self.open.len() >= EXCERPT_BYTES {
            return;
        }
        let words = text.trim_start();
        if text[..text.len() - words.len()].contains('\n') {
            self.end_line();
        }
        if text.contains(char::is_alphanumeric) {
            let may_be_caption = match self.line {
                LineKind::Empty => self.above != LineAbove::Text,
                LineKind::Pictures | LineKind::Caption => true,
                LineKind::Text => false,
            };
            self.line = if may_be_caption && self.is_emphasized { LineKind::Caption } else { LineKind::Text };
        }
        self.is_wrapped |= role == TextRole::Wrapped;
        if std::mem::take(&mut self.has_gap)
            && let Some((before, after)) = self.open.chars().next_back().zip(text.chars().next())
            && before.is_alphanumeric()
            && after.is_alphanumeric()
            && !joins_lines(before, after)
        {
            self.space();
        }
        let text = &text[..text.floor_char_boundary(EXCERPT_BYTES)];
        let mut at = 0;
        for word in text.split(char::is_whitespace) {
            if at > 0 {
                self.space();
                self.is_line_end |= text[..at].ends_with('\n');
            }
            self.push_word(word);
            at += word.len() + text[at + word.len()..].chars().next().map_or(0, char::len_utf8);
        }
    }

    /// Adds a word. A line end in raw HTML is no gap between Chinese or Japanese characters.
    fn push_word(&mut self, word: &str) {
        let Some(first) = word.chars().next() else { return };
        if std::mem::take(&mut self.is_line_end)
            && let Some(line) = self.open.strip_suffix(' ')
            && line.chars().next_back().is_some_and(|last| joins_lines(last, first))
        {
            self.open.pop();
        }
        self.open.push_str(word);
    }

    fn space(&mut self) {
        if !self.open.is_empty() && !self.open.ends_with(' ') {
            self.open.push(' ');
        }
    }

    /// Ends a line, without the caption in it.
    pub(super) fn end_line(&mut self) {
        match self.line {
            LineKind::Caption if self.above == LineAbove::PictureParagraph => {}
            LineKind::Caption => {
                self.open.truncate(self.line_start);
                self.begin_line(LineAbove::Caption);
            }
            LineKind::Pictures => self.begin_line(LineAbove::Pictures),
            LineKind::Text => self.begin_line(LineAbove::Text),
            LineKind::Empty => {}
        }
        self.space();
    }

    fn begin_line(&mut self, above: LineAbove) {
        (self.line, self.line_start, self.above) = (LineKind::Empty, self.open.len(), above);
    }

    /// Marks the place of a picture or embed.
    pub(super) fn leave_gap(&mut self) {
        if self.line == LineKind::Empty {
            (self.line, self.above) = (LineKind::Pictures, LineAbove::Pictures);
        }
        self.follows_gap |= self.open.is_empty();
        self.has_gap = true;
    }

    /// True if an embed here seems to be part of the line: it comes after a space within a sentence.
    pub(super) fn expects_word(&self) -> bool {
        let ends_sentence =
            |letter: char| matches!(letter, '.' | '!' | '?' | '…' | ':' | '。' | '！' | '？' | '؟' | '।');
        let text = self.open.trim_end_matches([' ', '"', '”', '’', '»', ')', '」', '』']);
        self.open.ends_with([' ', '(', '“', '„', '«', '"']) && !text.ends_with(ends_sentence)
    }

    /// Ends the paragraph.
    pub(super) fn end(&mut self) {
        let is_caption = self.line == LineKind::Caption && self.above == LineAbove::PictureParagraph;
        self.end_line();
        if self.open.trim_start().is_empty() {
            self.open.clear();
        }
        let above = match self.above {
            LineAbove::Pictures | LineAbove::PictureParagraph if self.open.is_empty() => LineAbove::PictureParagraph,
            _ => LineAbove::Text,
        };
        (self.line, self.line_start, self.above) = (LineKind::Empty, 0, above);
        self.is_line_end = false;
        (self.has_gap, self.follows_gap) = (false, self.follows_gap && !self.open.is_empty());
        if self.open.is_empty() {
            return;
        }
        let (open, is_wrapped) = (std::mem::take(&mut self.open), std::mem::take(&mut self.is_wrapped));
        let open = match std::mem::take(&mut self.follows_gap) {
            true => open.trim_start_matches([',', ';', ':', ' ', '，', '、', '；', '：', '،']).to_owned(),
            false => open,
        };
        if !open.contains(char::is_alphanumeric) {
            return;
        }
        if is_caption {
            self.caption.get_or_insert(open);
        } else if is_wrapped {
            self.wrapped = Some(open);
        } else {
            (self.found, self.is_wanted) = (Some(open), false);
        }
    }

    /// Returns the first paragraph, shortened.
    pub(super) fn excerpt(mut self) -> Option<String> {
        self.end();
        let paragraph = self.found.or(self.wrapped).or(self.caption)?;
        Some(shorten(paragraph.trim_end()))
    }
}

/// Shortens a text at the end of a word, or between grapheme clusters (UAX #29) in scripts without
/// spaces.
fn shorten(plain: &str) -> String {
    let Some((limit, _)) = plain.char_indices().nth(EXCERPT_CHARACTERS) else { return plain.to_owned() };
    let mut cursor = GraphemeCursor::new(limit, plain.len(), true);
    let mut boundary = || -> Option<usize> {
        if cursor.is_boundary(plain, 0).ok()? {
            return Some(limit);
        }
        let before = cursor.prev_boundary(plain, 0).ok().flatten().filter(|&at| at > 0);
        before.or_else(|| cursor.next_boundary(plain, 0).ok().flatten())
    };
    let cut = &plain[..boundary().unwrap_or(plain.len())];
    let end = cut.rfind(' ').filter(|&at| at > limit / 2).unwrap_or(cut.len());
    let kept = cut[..end].trim_end_matches([',', ';', ':', ' ', '.', '，', '、', '；', '：', '。', '،']);
    format!("{kept}…")
}
