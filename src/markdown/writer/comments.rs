//! Reports comments that don't end where they should.

use std::ops::Range;

use super::HtmlWriter;
use crate::diagnostic::Code;
use crate::markdown::BodyProblem;
use crate::markdown::comments::{CLOSE, OPEN, in_html};
use crate::markdown::raw_html::HtmlChunk;

impl HtmlWriter<'_, '_> {
    /// Reports comments that begin in text that is published as written: such comments can't contain an
    /// empty line (CommonMark 0.31.2, section 6.6).
    pub(super) fn check_comments(&mut self, text: &Range<usize>) {
        let from = self.raw.comments.partition_point(|&at| at < text.start);
        let inside: Vec<usize> = self.raw.comments[from..].iter().copied().take_while(|at| *at < text.end).collect();
        for at in inside {
            let message = "the comment that begins here does not end in its paragraph, so it is published as text";
            let hint = "end it with `-->` before the next empty line, or put `<!--` at the start of a line after an empty \
                        one; `\\<!--` is plain text";
            self.unclosed_comment(&(at..at + OPEN.len()), message, hint);
        }
    }

    /// Reports an unclosed comment in raw HTML.
    pub(super) fn check_block_of_comments(&mut self, chunk: &HtmlChunk) {
        let html = chunk.text();
        let unclosed = in_html(html).find(|comment| {
            let comment = &html[comment.clone()];
            comment.len() < OPEN.len() + CLOSE.len() && comment != "<!-->" && comment != "<!--->"
                || !comment.ends_with(CLOSE)
        });
        let Some(comment) = unclosed else { return };
        let (message, hint) = match html[..comment.start].trim().is_empty() {
            true => ("the comment that begins here never ends, so nothing after it is published", "end it with `-->`"),
            false => (
                "the comment that begins here does not end in its block of HTML, so what follows the block is published",
                "end it with `-->` before the next empty line, or put it in a block of its own",
            ),
        };
        self.unclosed_comment(&chunk.place(&(comment.start..comment.start + OPEN.len())), message, hint);
    }

    fn unclosed_comment(&mut self, place: &Range<usize>, message: &str, hint: &str) {
        let (start, end) = self.places.original(place);
        self.session.report(BodyProblem::new(Code::UnclosedComment, message).hint(hint), start, end);
    }
}
