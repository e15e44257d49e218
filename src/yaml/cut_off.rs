//! Finds values that a `#` cuts off: after a space it begins a comment, which is rarely meant before a
//! letter or digit.

use crate::diagnostic::{Code, Diagnostic, Span};

use super::entry::{closing_quote, entry, lines_outside_blocks, quoted};

/// Warns of values that end at a `#` which seems to belong to them, such as `Ticket #42 is closed`. The
/// text begins on line `first_line` of the file `path`.
pub fn cut_off_values(text: &str, path: &str, first_line: usize) -> Vec<Diagnostic> {
    if memchr::memmem::find(text.as_bytes(), b" #").is_none() {
        return Vec::new();
    }
    // A block scalar has no comments.
    let lines = lines_outside_blocks(text);
    let found = lines.filter_map(|(start, line)| {
        let cut = cut_off(line)?;
        Some(cut.diagnose(Span::of(text, start + cut.at, start + line.len()), path))
    });
    let mut found: Vec<Diagnostic> = found.collect();
    for diagnostic in &mut found {
        diagnostic.line = diagnostic.line.map(|line| line + first_line - 1);
    }
    found
}

/// A value cut off by a `#`.
struct CutOffValue<'t> {
    name: String,
    comment: &'t str,
    whole: String,
    /// The position of the `#`, in bytes of the line.
    at: usize,
}

impl CutOffValue<'_> {
    fn diagnose(&self, span: Span, path: &str) -> Diagnostic {
        let CutOffValue { name, comment, whole, .. } = self;
        let message = format!("{name} ends before `{}`: after a space, `#` begins a comment", comment.trim_end());
        let hint = format!("write `{whole}`, or a space after the `#` if it is a comment");
        Diagnostic::new(Code::ValueCutOff, path, message).at(span).hint(hint)
    }
}

fn cut_off(line: &str) -> Option<CutOffValue<'_>> {
    let entry = entry(line)?;
    // In brackets people notice what is missing.
    if entry.value.starts_with(['[', '{', '|', '>', '&', '*', '!']) {
        return None;
    }
    // In quotes it is text.
    let quote = entry.value.chars().next().filter(|quote| matches!(quote, '"' | '\''));
    let from = match quote {
        Some(quote) => entry.at + closing_quote(entry.value, quote)?,
        None => entry.at.saturating_sub(1),
    };
    let marks = line[from..].match_indices(" #").map(|(at, _)| from + at + 1);
    let at = marks.into_iter().next()?;
    let belongs = line[at + 1..].starts_with(char::is_alphanumeric);
    let kept = line[entry.at.min(at)..at].trim();
    if !belongs || is_no_text(kept) {
        return None;
    }
    let name = entry.key.map_or("this item".to_owned(), |key| format!("`{key}`"));
    Some(CutOffValue { name, comment: &line[at..], whole: entry.with_value(&quoted(entry.value)), at })
}

/// True for dates, numbers and booleans, after which a comment is more likely than more text.
fn is_no_text(value: &str) -> bool {
    let is_number = |letter: char| letter.is_ascii_digit() || matches!(letter, '-' | ':' | '.' | '+' | 'T' | 'Z' | ' ');
    matches!(value, "true" | "false" | "null" | "~") || (!value.is_empty() && value.chars().all(is_number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_text_is_found_and_comments_are_ignored() {
        let text = "title: Ticket #42 is closed\ndate: 2026-11-01 #approved\ndeck: \"A #1\" # note\nkicker: #news\n\
                    tags: [a, b]   # desk\nsummary: |\n  A #1 hit\n\n  more #2\ntitel: The vote # so far\n- #metoo\n";
        let found = cut_off_values(text, "a.md", 2);
        let found: Vec<_> = found.iter().map(|found| (found.line, found.column, found.hint.clone().unwrap())).collect();
        let hint = |line: &str| format!("write `{line}`, or a space after the `#` if it is a comment");
        let expected = [
            (Some(2), Some(15), hint("title: 'Ticket #42 is closed'")),
            (Some(5), Some(9), hint("kicker: '#news'")),
            (Some(12), Some(3), hint("- '#metoo'")),
        ];
        assert_eq!(found, expected);
    }
}
