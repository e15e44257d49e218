//! Finds values that a `#` cuts off: after a space it begins a comment, which is rarely meant before a
//! letter or digit.

use crate::diagnostic::{Code, Diagnostic, Span};

use super::entry::{LineEntry, closing_quote, entry, lines_outside_blocks, quoted};

/// Warns of values that end at a `#` which seems to belong to them, such as `Ticket #42 is closed`, on the line of the
/// key or below it. The text begins on line `first_line` of the file `path`.
pub fn cut_off_values(text: &str, path: &str, first_line: usize) -> Vec<Diagnostic> {
    let has = |mark: &[u8]| memchr::memmem::find(text.as_bytes(), mark).is_some();
    if !has(b" #") && !has(b"\t#") {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut open: Option<OpenValue<'_>> = None;
    // A block scalar has no comments.
    for (start, line) in lines_outside_blocks(text) {
        let cut = match (entry(line), open.take()) {
            (Some(entry), _) => {
                let cut = cut_off(line, &entry);
                open = OpenValue::begun_by(entry).filter(|_| cut.is_none());
                cut
            }
            (None, Some(value)) => {
                let (cut, rest) = value.go_on(line);
                open = rest;
                cut
            }
            (None, None) => None,
        };
        found.extend(cut.map(|cut| cut.diagnose(Span::of(text, start + cut.at, start + line.len()), path)));
    }
    for diagnostic in &mut found {
        diagnostic.line = diagnostic.line.map(|line| line + first_line - 1);
    }
    found
}

/// A value without quotes, which may go on in the lines below.
struct OpenValue<'t> {
    entry: LineEntry<'t>,
    words: String,
}

impl<'t> OpenValue<'t> {
    fn begun_by(entry: LineEntry<'t>) -> Option<OpenValue<'t>> {
        let is_plain = !entry.value.starts_with(['[', '{', '|', '>', '&', '*', '!', '"', '\'', '#']);
        is_plain.then(|| OpenValue { entry, words: entry.value.to_owned() })
    }

    /// Adds a line, or finds that it is cut off.
    fn go_on(mut self, line: &'t str) -> (Option<CutOffValue<'t>>, Option<OpenValue<'t>>) {
        let words = line.trim();
        let indent = line.len() - line.trim_start().len();
        if words.is_empty() || indent <= self.entry.indent {
            return (None, None);
        }
        // A line of a list without a value is one of its own.
        if self.words.is_empty() && (words.starts_with('#') || self.entry.key.is_none()) {
            return (None, Some(self));
        }
        let Some(at) = mark(line, indent) else {
            self.words = format!("{} {words}", self.words).trim_start().to_owned();
            return (None, Some(self));
        };
        let belongs = line[at + 1..].starts_with(char::is_alphanumeric) && entry(line[at + 1..].trim()).is_none();
        let name = self.entry.key.map_or("this item".to_owned(), |key| format!("`{key}`"));
        let whole = self.entry.with_value(&quoted(format!("{} {words}", self.words).replace('\t', " ").trim_start()));
        (belongs.then(|| CutOffValue { name, comment: &line[at..], whole, at }), None)
    }
}

/// The first `#` from a byte on that begins a comment.
fn mark(line: &str, from: usize) -> Option<usize> {
    let bytes = line.as_bytes();
    let marks = memchr::memchr_iter(b'#', &bytes[from..]).map(|at| from + at);
    marks.into_iter().find(|&at| at > 0 && matches!(bytes[at - 1], b' ' | b'\t'))
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

fn cut_off<'t>(line: &'t str, entry: &LineEntry<'t>) -> Option<CutOffValue<'t>> {
    // In brackets people notice what is missing.
    if entry.value.starts_with(['[', '{', '|', '>', '&', '*', '!']) {
        return None;
    }
    // In quotes it is text.
    let quote = entry.value.chars().next().filter(|quote| matches!(quote, '"' | '\''));
    let from = match quote {
        Some(quote) => entry.at + closing_quote(entry.value, quote)?,
        None => entry.at,
    };
    let at = mark(line, from)?;
    let belongs = line[at + 1..].starts_with(char::is_alphanumeric);
    let kept = line[entry.at.min(at)..at].trim();
    if !belongs || is_no_text(kept) {
        return None;
    }
    let name = entry.key.map_or("this item".to_owned(), |key| format!("`{key}`"));
    let whole = entry.with_value(&quoted(&entry.value.replace('\t', " ")));
    Some(CutOffValue { name, comment: &line[at..], whole, at })
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

    #[test]
    fn values_of_several_lines_and_tabs_are_found() {
        let text = "title: Ticket\n  number #42 is closed\ndeck: A\t#1 hit\nkicker: x\n  #42\nsummary:\n  The #1\n  hit\n\
                    authors:\n  # - lin\n  - sam\ntags:\n  #metoo\nname: a\n  # b\nextra: c\n  #d: e\nalt: \"a\n  #1\"\n";
        let found = cut_off_values(text, "a.md", 1);
        let found: Vec<_> = found.iter().map(|found| (found.line, found.column, found.hint.clone().unwrap())).collect();
        let hint = |line: &str| format!("write `{line}`, or a space after the `#` if it is a comment");
        let expected = [
            (Some(2), Some(10), hint("title: 'Ticket number #42 is closed'")),
            (Some(3), Some(9), hint("deck: 'A #1 hit'")),
            (Some(5), Some(3), hint("kicker: 'x #42'")),
            (Some(7), Some(7), hint("summary: 'The #1'")),
        ];
        assert_eq!(found, expected);
    }
}
