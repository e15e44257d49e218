//! Finds text that looks hidden, as comments and instructions are, but is published: `<!— note —>`, `<?php`.

use std::ops::Range;

use super::{BodyProblem, Code, FlatText, MAX_SHOWN};

/// The dashes that editing programs make of `--`, and those that people type instead.
const DASHES: [char; 4] = ['-', '–', '—', '―'];

/// Returns the problems of a paragraph.
pub(super) fn find(flat: &FlatText) -> Vec<(Range<usize>, BodyProblem)> {
    let text = flat.text.as_str();
    let found = memchr::memchr_iter(b'<', text.as_bytes()).filter_map(|at| {
        let rest = &text[at + 1..];
        let (length, problem) = comment(rest).or_else(|| instruction(rest))?;
        Some((flat.source(at..at + 1 + length), problem))
    });
    found.collect()
}

/// A comment with another dash or a space too many, by the text after its `<`.
fn comment(rest: &str) -> Option<(usize, BodyProblem)> {
    let inner = rest.strip_prefix('!')?.trim_start_matches(' ');
    let words = inner.trim_start_matches(DASHES);
    // `<!--` itself is reported where comments are.
    if words.len() == inner.len() || rest.starts_with("!--") {
        return None;
    }
    let words = words.split(['>', '\n']).next()?.trim_end_matches(DASHES).trim();
    let problem = BodyProblem::new(Code::LeftoverMarkup, "this looks like a comment, but readers see it");
    let shown: String = words.chars().take(MAX_SHOWN).collect();
    let hint = format!("write `<!-- {shown} -->` with two hyphens at each end");
    Some((rest.len() - inner.len() + (inner.len() - inner.trim_start_matches(DASHES).len()), problem.hint(hint)))
}

/// An instruction that does not end in its paragraph, by the text after its `<`.
fn instruction(rest: &str) -> Option<(usize, BodyProblem)> {
    let name = rest.strip_prefix('?')?;
    let length = name.find(|letter: char| !letter.is_ascii_alphanumeric()).unwrap_or(name.len());
    let is_name = name.starts_with(|letter: char| letter.is_ascii_alphabetic());
    let message = "the instruction that begins here does not end in its paragraph, so readers see it";
    let hint = "delete it; if it is an example, write it as code, in backticks";
    is_name.then(|| (1 + length, BodyProblem::new(Code::LeftoverMarkup, message).hint(hint)))
}
