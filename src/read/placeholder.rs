//! Reports the text that `presswork new` writes where nobody has replaced it.

use std::ops::Range;

use memchr::memmem;

use crate::diagnostic::{Code, Diagnostic, Span};

use super::FileReader;
use super::front_matter::FrontMatter;

/// The text of a new story.
pub const STORY_PLACEHOLDER: &str = "Write the story here.";
/// The text of a new standalone page.
pub const PAGE_PLACEHOLDER: &str = "Write the page here.";
const PLACEHOLDERS: [&str; 2] = [STORY_PLACEHOLDER, PAGE_PLACEHOLDER];

impl FileReader<'_> {
    /// Reports a placeholder in a story or page that is not a draft.
    pub(super) fn check_placeholder(&mut self, front_matter: &FrontMatter<'_>, is_draft: bool) {
        if is_draft || self.is_faulty("draft") {
            return;
        }
        if let Some(found) = placeholder(&self.text[front_matter.body..]) {
            let span = Span::of(self.text, front_matter.body + found.start, front_matter.body + found.end);
            let message = "the text of a new file is still there";
            let diagnostic = Diagnostic::new(Code::PlaceholderText, self.path, message).at(span);
            self.diagnostics.push(diagnostic.hint("replace it, or add `draft: true` until the text is written"));
        }
    }
}

/// The bytes of the first sentence that is a placeholder, whatever its case, its marks and the spaces between its words: an
/// editor may have touched it, or have gone on after it, without replacing it.
fn placeholder(body: &str) -> Option<Range<usize>> {
    let ends = memchr::memchr_iter(b'\n', body.as_bytes()).chain([body.len()]);
    let mut lines = ends.scan(0, |start, end| Some(std::mem::replace(start, end + 1)..end));
    // Few lines are so short and begin like one.
    let may_be =
        |line: &str| line.len() < 80 && line.trim_start_matches(|c: char| !c.is_alphanumeric()).starts_with(['W', 'w']);
    let whole = lines.find(|line| may_be(&body[line.clone()]) && is_placeholder(&body[line.clone()]));
    let found = whole.or_else(|| sentence(body))?;
    let text = &body[found.clone()];
    let start = found.start + (text.len() - text.trim_start().len());
    Some(start..start + text.trim().len())
}

fn is_placeholder(text: &str) -> bool {
    let words = |text: &str| -> Vec<String> {
        let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        words.map(str::to_lowercase).collect()
    };
    let of_text = words(text);
    PLACEHOLDERS.iter().any(|placeholder| words(placeholder) == of_text)
}

/// A placeholder among other sentences.
fn sentence(body: &str) -> Option<Range<usize>> {
    let ends_sentence = |c: char| matches!(c, '.' | '!' | '?' | '…' | '。' | '\n');
    PLACEHOLDERS.iter().find_map(|placeholder| {
        // Without the first letter and the mark, which are the first to be changed.
        let known = &placeholder[1..placeholder.len() - 1];
        memmem::find_iter(body.as_bytes(), known).find_map(|at| {
            let start = body[..at]
                .rfind(ends_sentence)
                .map_or(0, |end| end + body[end..].chars().next().map_or(0, char::len_utf8));
            let end = body[at..].find(ends_sentence).map_or(body.len(), |skip| at + skip);
            let end = end + body[end..].chars().next().filter(|&c| c != '\n').map_or(0, char::len_utf8);
            is_placeholder(&body[start..end]).then_some(start..end)
        })
    })
}
