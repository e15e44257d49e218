//! Footnotes: numbered by their first reference, listed at the end or beside the text, with links back.

use std::fmt::Write;

/// A footnote that the text refers to; its number is its place in the list, from 1.
#[derive(Default)]
pub(super) struct Note {
    /// Its text as HTML.
    pub html: String,
    /// How often the text links to it.
    pub references: usize,
}

/// Where links to notes and back lead.
#[derive(Clone, Copy)]
pub(super) struct Anchors<'a> {
    /// The URL of the page, for a text that is read elsewhere; empty on the page itself.
    pub page: &'a str,
    /// What the text's ids begin with.
    pub prefix: &'a str,
}

/// Appends a reference's link, or only the number where the reference stands in another link.
pub(super) fn push_reference(out: &mut String, number: usize, link: Option<(usize, Anchors<'_>)>) {
    // Writing to a string cannot fail.
    let _ = match link {
        Some((occurrence, anchors)) => {
            let id = anchors.reference(number, occurrence);
            let Anchors { page, prefix } = anchors;
            write!(out, "<sup class=\"footnote-ref\"><a id=\"{id}\" href=\"{page}#{prefix}fn:{number}\" ")
                .and_then(|()| write!(out, "role=\"doc-noteref\">{number}</a></sup>"))
        }
        None => write!(out, "<sup class=\"footnote-ref\">{number}</sup>"),
    };
}

impl Anchors<'_> {
    /// The id of a reference. Neither headings nor authors' own ids begin so.
    fn reference(&self, number: usize, occurrence: usize) -> String {
        let id = format!("{}fnref:{number}", self.prefix);
        if occurrence == 1 { id } else { format!("{id}:{occurrence}") }
    }
}

/// Appends the list of all notes, if there are any.
pub(super) fn push_section(out: &mut String, notes: &[Note], anchors: Anchors<'_>) {
    if notes.is_empty() {
        return;
    }
    out.push_str("<div class=\"footnotes\" role=\"doc-endnotes\">\n<ol>\n");
    for (index, note) in notes.iter().enumerate() {
        let number = index + 1;
        let _ = writeln!(out, "<li id=\"{}fn:{number}\">", anchors.prefix);
        push_text(out, number, &note.html, note.references, anchors);
        out.push_str("</li>\n");
    }
    out.push_str("</ol>\n</div>\n");
}

/// Appends a note that stands beside the text, with its number, which no list gives it there.
pub(super) fn push_aside(out: &mut String, number: usize, note: &Note, prefix: &str) {
    let _ = writeln!(out, "<aside class=\"footnote\" id=\"{prefix}fn:{number}\" role=\"doc-footnote\">");
    let text = match note.html.strip_prefix("<p>") {
        Some(text) => {
            out.push_str("<p>");
            text
        }
        None => &note.html,
    };
    let _ = write!(out, "<span class=\"footnote-number\">{number}</span> ");
    push_text(out, number, text, note.references, Anchors { page: "", prefix });
    out.push_str("</aside>");
}

/// Appends a note's text and, in its last paragraph, the links back.
fn push_text(out: &mut String, number: usize, html: &str, references: usize, anchors: Anchors<'_>) {
    let (before, after) = match html.strip_suffix("</p>\n") {
        Some(before) => (before, "</p>\n"),
        None => (html, ""),
    };
    out.push_str(before);
    for occurrence in 1..=references {
        push_back_link(out, number, occurrence, references > 1, anchors);
    }
    out.push_str(after);
}

fn push_back_link(out: &mut String, number: usize, occurrence: usize, several: bool, anchors: Anchors<'_>) {
    let (page, id) = (anchors.page, anchors.reference(number, occurrence));
    let _ = write!(out, " <a href=\"{page}#{id}\" class=\"footnote-back\" role=\"doc-backlink\">\u{21a9}\u{fe0e}");
    if several {
        let _ = write!(out, "<sup>{}</sup>", letters(occurrence));
    }
    out.push_str("</a>");
}

/// a, b, … z, aa, ab, …
fn letters(mut number: usize) -> String {
    let mut letters = Vec::new();
    while number > 0 {
        number -= 1;
        letters.push(char::from(b'a' + u8::try_from(number % 26).unwrap_or(0)));
        number /= 26;
    }
    letters.iter().rev().collect()
}
