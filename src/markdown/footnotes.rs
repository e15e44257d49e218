//! Writes footnotes: numbered by first reference, at the end or beside the text, with back links.

use std::fmt::Write;

/// A footnote that the text refers to. Its number is its position in the list, from 1.
#[derive(Default)]
pub(super) struct Footnote {
    /// Its text as HTML.
    pub html: String,
    /// The number of references to it.
    pub references: usize,
}

/// The URLs of links to footnotes and back.
#[derive(Clone, Copy)]
pub(super) struct FootnoteUrls<'a> {
    /// The page's URL if the text is read elsewhere; empty on the page itself.
    pub page: &'a str,
    /// The prefix of the text's ids.
    pub prefix: &'a str,
}

/// Appends a reference's link, or only its number if it is already inside a link.
pub(super) fn push_reference(out: &mut String, number: usize, link: Option<(usize, FootnoteUrls<'_>)>) {
    // Writing to a string cannot fail.
    let _ = match link {
        Some((occurrence, urls)) => {
            let id = urls.reference(number, occurrence);
            let FootnoteUrls { page, prefix } = urls;
            write!(out, "<sup class=\"footnote-ref\"><a id=\"{id}\" href=\"{page}#{prefix}fn:{number}\" ")
                .and_then(|()| write!(out, "role=\"doc-noteref\">{number}</a></sup>"))
        }
        None => write!(out, "<sup class=\"footnote-ref\">{number}</sup>"),
    };
}

impl FootnoteUrls<'_> {
    /// The id of a reference. No heading or author-written id has the same prefix.
    fn reference(&self, number: usize, occurrence: usize) -> String {
        let id = format!("{}fnref:{number}", self.prefix);
        if occurrence == 1 { id } else { format!("{id}:{occurrence}") }
    }
}

/// Appends the list of all footnotes, if there are any.
pub(super) fn push_section(out: &mut String, notes: &[Footnote], urls: FootnoteUrls<'_>) {
    if notes.is_empty() {
        return;
    }
    out.push_str("<div class=\"footnotes\" role=\"doc-endnotes\">\n<ol>\n");
    for (index, note) in notes.iter().enumerate() {
        let number = index + 1;
        let _ = writeln!(out, "<li id=\"{}fn:{number}\">", urls.prefix);
        push_text(out, number, &note.html, note.references, urls);
        out.push_str("</li>\n");
    }
    out.push_str("</ol>\n</div>\n");
}

/// Appends a footnote beside the text, with its number, since no list numbers it there.
pub(super) fn push_aside(out: &mut String, number: usize, note: &Footnote, prefix: &str) {
    let _ = writeln!(out, "<aside class=\"footnote\" id=\"{prefix}fn:{number}\" role=\"doc-footnote\">");
    let text = match note.html.strip_prefix("<p>") {
        Some(text) => {
            out.push_str("<p>");
            text
        }
        None => &note.html,
    };
    let _ = write!(out, "<span class=\"footnote-number\">{number}</span> ");
    push_text(out, number, text, note.references, FootnoteUrls { page: "", prefix });
    out.push_str("</aside>");
}

/// Appends a footnote's text, with back links in its last paragraph.
fn push_text(out: &mut String, number: usize, html: &str, references: usize, urls: FootnoteUrls<'_>) {
    let (before, after) = match html.strip_suffix("</p>\n") {
        Some(before) => (before, "</p>\n"),
        None => (html, ""),
    };
    out.push_str(before);
    for occurrence in 1..=references {
        push_back_link(out, number, occurrence, references > 1, urls);
    }
    out.push_str(after);
}

fn push_back_link(out: &mut String, number: usize, occurrence: usize, several: bool, urls: FootnoteUrls<'_>) {
    let (page, id) = (urls.page, urls.reference(number, occurrence));
    let _ = write!(out, " <a href=\"{page}#{id}\" class=\"footnote-back\" role=\"doc-backlink\">\u{21a9}\u{fe0e}");
    if several {
        let _ = write!(out, "<sup>{}</sup>", letters(occurrence));
    }
    out.push_str("</a>");
}

/// Returns a, b, … z, aa, ab, …
fn letters(mut number: usize) -> String {
    let mut letters = Vec::new();
    while number > 0 {
        number -= 1;
        letters.push(char::from(b'a' + u8::try_from(number % 26).unwrap_or(0)));
        number /= 26;
    }
    letters.iter().rev().collect()
}
