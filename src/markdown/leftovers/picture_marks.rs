//! Finds links to picture files that were meant as pictures: `！[The quay](quay.jpg)`, `! [The quay](quay.jpg)`.

use std::ops::Range;

use pulldown_cmark::{Event, Tag};

use super::{BodyProblem, Code, Located, MAX_SHOWN};
use crate::media::picture_type;

/// Returns the problems of a paragraph.
pub(super) fn find(source: &str, events: &[Located<'_>]) -> Vec<(Range<usize>, BodyProblem)> {
    let mut found = Vec::new();
    for (at, (event, range)) in events.iter().enumerate() {
        let Event::Start(Tag::Link { dest_url, .. }) = event else { continue };
        // A picture that leads to its larger copy.
        let shows_picture = matches!(events.get(at + 1), Some((Event::Start(Tag::Image { .. }), _)));
        if picture_type(dest_url).is_none() || shows_picture {
            continue;
        }
        let Some(length) = mark(&source[..range.start]) else { continue };
        let link: String = source[range.clone()].chars().take(2 * MAX_SHOWN).collect();
        let problem = BodyProblem::new(Code::LeftoverMarkup, "this is published as a link, not as a picture");
        let hint = format!("write an ASCII exclamation mark directly before the bracket: `!{link}`");
        found.push((range.start - length..range.end, problem.hint(hint)));
    }
    found
}

/// The length of the mark at the end of a text that was meant to begin a picture. After `!` and a space a sentence may go
/// on, so that these count only at the start of a line.
fn mark(before: &str) -> Option<usize> {
    let words = before.trim_end_matches([' ', '\u{3000}']);
    if words.ends_with('！') {
        return Some('！'.len_utf8() + before.len() - words.len());
    }
    let line = words.rsplit('\n').next().unwrap_or_default();
    (line.trim_start() == "!").then(|| 1 + before.len() - words.len())
}
