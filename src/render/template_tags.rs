//! Finds the tags of a template's source, and those that are not closed.

use std::ops::Range;

use crate::diagnostic::did_you_mean;

/// A tag of a template, `{% … %}` or `{{ … }}`, outside comments and raw text.
#[derive(Debug)]
pub(super) struct TemplateTag<'t> {
    /// The byte at which it begins.
    pub at: usize,
    /// The byte after it.
    pub end: usize,
    /// The text between the braces, without the signs for white space.
    pub inside: &'t str,
    /// True for `{% … %}`.
    pub is_statement: bool,
    /// False if the source ends in it.
    pub is_closed: bool,
}

impl TemplateTag<'_> {
    /// The word that says what a statement does.
    pub fn word(&self) -> &str {
        let end = self.inside.find(|c: char| !is_of_word(c)).unwrap_or(self.inside.len());
        &self.inside[..end]
    }

    /// The word after the first.
    pub fn name(&self) -> &str {
        let rest = self.inside[self.word().len()..].trim_start();
        &rest[..rest.find(|c: char| !is_of_word(c)).unwrap_or(rest.len())]
    }
}

fn is_of_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// All tags of a template, in order.
pub(super) fn tags(source: &str) -> Vec<TemplateTag<'_>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = source[at..].find('{').map(|start| at + start) {
        let close = match source.as_bytes().get(start + 1) {
            Some(b'{') => "}}",
            Some(b'%') => "%}",
            Some(b'#') => {
                at = source[start..].find("#}").map_or(source.len(), |end| start + end + 2);
                continue;
            }
            _ => {
                at = start + 1;
                continue;
            }
        };
        let end = end_of_tag(source, start + 2, close);
        let inside = &source[start + 2..end.unwrap_or(source.len())];
        let inside = inside.trim_start_matches('-').trim_end_matches('-').trim();
        at = end.map_or(source.len(), |end| end + 2);
        let (is_statement, is_closed) = (close == "%}", end.is_some());
        let tag = TemplateTag { at: start, end: at, inside, is_statement, is_closed };
        if tag.is_statement && tag.word() == "raw" {
            at = source[at..].find("endraw").map_or(source.len(), |end| at + end);
        }
        found.push(tag);
    }
    found
}

/// The byte at which a tag's closing braces begin. Those in a string don't count.
fn end_of_tag(source: &str, from: usize, close: &str) -> Option<usize> {
    let bytes = source.as_bytes();
    let mut quote = None;
    let mut at = from;
    while at < bytes.len() {
        match (quote, bytes[at]) {
            (Some(_), b'\\') => at += 1,
            (Some(open), byte) if open == byte => quote = None,
            (None, byte @ (b'"' | b'\'' | b'`')) => quote = Some(byte),
            (None, _) if bytes[at..].starts_with(close.as_bytes()) => return Some(at),
            _ => {}
        }
        at += 1;
    }
    None
}

/// A tag that is wrong, with the reason.
pub(super) struct TagProblem {
    /// The bytes of the tag.
    pub range: Range<usize>,
    pub message: String,
    pub hint: String,
}

/// The words of tags that enclose a part of the template, each with the word that ends it.
const PAIRS: &[(&str, &str)] = &[
    ("for", "endfor"),
    ("if", "endif"),
    ("block", "endblock"),
    ("component", "endcomponent"),
    ("filter", "endfilter"),
    ("set", "endset"),
];

/// The words of all other tags.
const SINGLE: &[&str] = &["else", "elif", "include", "extends", "set_global", "break", "continue", "raw", "endraw"];

/// The first tag that is unknown, is never closed, or closes nothing.
pub(super) fn problem(source: &str) -> Option<TagProblem> {
    let mut open: Vec<(&str, &str, Range<usize>)> = Vec::new();
    let tags = tags(source);
    for tag in &tags {
        let range = tag.at..tag.end;
        if !tag.is_closed {
            let (start, end) = if tag.is_statement { ("{%", "%}") } else { ("{{", "}}") };
            let message = format!("`{start}` is never closed");
            return Some(TagProblem { range, message, hint: format!("write `{end}` where it ends") });
        }
        let word = tag.word();
        // `{% set a = b %}` encloses nothing, and `{% <component> %}` is not named by a word.
        if !tag.is_statement || word.is_empty() || (word == "set" && tag.inside.contains('=')) {
            continue;
        }
        if let Some((word, end)) = PAIRS.iter().find(|(start, _)| *start == word) {
            open.push((word, end, range));
        } else if PAIRS.iter().any(|(_, end)| *end == word) {
            match open.last() {
                Some((_, end, _)) if *end == word => drop(open.pop()),
                Some(_) if open.iter().any(|(_, end, _)| *end == word) => {
                    let line = source[..tag.at].matches('\n').count() + 1;
                    return open.pop().map(|last| unclosed(last, &format!("before `{{% {word} %}}` in line {line}")));
                }
                _ => {
                    let message = format!("`{{% {word} %}}` closes nothing");
                    let hint = format!("remove it, or write `{{% {} … %}}` before it", &word["end".len()..]);
                    return Some(TagProblem { range, message, hint });
                }
            }
        } else if !SINGLE.contains(&word) {
            return Some(unknown(word, range));
        }
    }
    open.pop().map(|last| unclosed(last, "where it ends"))
}

fn unclosed((word, end, range): (&str, &str, Range<usize>), place: &str) -> TagProblem {
    let message = format!("`{{% {word} … %}}` is never closed");
    TagProblem { range, message, hint: format!("write `{{% {end} %}}` {place}") }
}

fn unknown(word: &str, range: Range<usize>) -> TagProblem {
    let known = PAIRS.iter().flat_map(|(start, end)| [*start, *end]).chain(SINGLE.iter().copied());
    let hint = did_you_mean(word, known).unwrap_or_else(|| {
        "tags begin with for, if, block, set, include, extends, component, filter or raw, or end one of these"
            .to_owned()
    });
    TagProblem { range, message: format!("unknown tag `{word}`"), hint }
}
