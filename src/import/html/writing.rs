//! The Markdown of paragraphs and lines.

use super::escaping;
use super::pieces::{Piece, TextMark};
use super::reading;

/// The manner of writing pieces.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Manner {
    /// As a person would write it.
    Plain,
    /// With every punctuation mark escaped and HTML for emphasis.
    Careful,
}

/// Pieces as Markdown without line breaks around it. `line_end` is what a line break becomes.
fn write(pieces: &[Piece], manner: Manner, line_end: &str) -> String {
    let mut out = String::new();
    // The URL of the open link if its text is the same URL.
    let mut automatic = false;
    for (at, piece) in pieces.iter().enumerate() {
        match piece {
            Piece::Text(text) if automatic => out.push_str(text),
            Piece::Text(text) => {
                let is_before_link = matches!(
                    pieces.get(at + 1),
                    Some(Piece::Open(TextMark::Link { .. }) | Piece::Image { .. } | Piece::Footnote(_))
                );
                escaping::push_text(&mut out, text, manner == Manner::Careful, is_before_link);
            }
            Piece::Open(TextMark::Link { url, .. }) => {
                automatic = is_automatic(&pieces[at..], url);
                out.push(if automatic { '<' } else { '[' });
            }
            Piece::Close(TextMark::Link { .. }) if automatic => {
                out.push('>');
                automatic = false;
            }
            Piece::Close(TextMark::Link { url, title }) => {
                out.push_str("](");
                escaping::push_destination(&mut out, url, title);
                out.push(')');
            }
            Piece::Open(mark) => out.push_str(delimiter(mark, manner, true)),
            Piece::Close(mark) => out.push_str(delimiter(mark, manner, false)),
            Piece::Code(code) => escaping::push_code(&mut out, code),
            Piece::Image { alt, url, title } => {
                out.push_str("![");
                escaping::push_text(&mut out, alt, manner == Manner::Careful, false);
                out.push_str("](");
                escaping::push_destination(&mut out, url, title);
                out.push(')');
            }
            Piece::Break => out.push_str(line_end),
            Piece::Tag(tag) => out.push_str(tag),
            Piece::Footnote(label) => out.extend(["[^", label, "]"]),
        }
    }
    out
}

fn delimiter(mark: &TextMark, manner: Manner, opens: bool) -> &'static str {
    match (mark, manner, opens) {
        (TextMark::Strong, Manner::Plain, _) => "**",
        (TextMark::Emphasis, Manner::Plain, _) => "*",
        (TextMark::Strike, Manner::Plain, _) => "~~",
        (TextMark::Strong, _, true) => "<strong>",
        (TextMark::Strong, _, false) => "</strong>",
        (TextMark::Emphasis, _, true) => "<em>",
        (TextMark::Emphasis, _, false) => "</em>",
        (TextMark::Strike, _, true) => "<s>",
        (TextMark::Strike, _, false) => "</s>",
        (TextMark::Link { .. }, ..) => "",
    }
}

/// True if `pieces` begin with a link to `url` whose text is the URL itself, which Markdown writes between angle brackets.
fn is_automatic(pieces: &[Piece], url: &str) -> bool {
    let [Piece::Open(TextMark::Link { title, .. }), Piece::Text(text), Piece::Close(TextMark::Link { .. }), ..] =
        pieces
    else {
        return false;
    };
    let is_whole = url.starts_with("https://") || url.starts_with("http://");
    is_whole && title.is_empty() && text == url && !url.contains(|c: char| c.is_whitespace() || "<>&\\".contains(c))
}

/// The Markdown of a paragraph that reads as its pieces. A hard break ends a line with a backslash.
pub(super) fn markdown(pieces: &[Piece]) -> String {
    written(pieces, "\\\n")
}

/// The Markdown of a paragraph in which no HTML may be: where Markdown can't say its marks, it has none.
pub(super) fn without_html(pieces: &[Piece]) -> String {
    let line_end = "\\\n";
    let plain = write(pieces, Manner::Plain, line_end);
    if !escaping::may_mislead(&plain) || reading::reads_as(&plain, pieces) {
        return plain;
    }
    let is_tag = |mark: &TextMark| !matches!(mark, TextMark::Link { .. });
    let is_kept = |piece: &&Piece| !matches!(piece, Piece::Open(mark) | Piece::Close(mark) if is_tag(mark));
    let unmarked: Vec<Piece> = pieces.iter().filter(is_kept).cloned().collect();
    write(&unmarked, Manner::Careful, line_end)
}

/// The Markdown of a line, such as a heading or a cell, in which a line break is HTML.
pub(super) fn line(pieces: &[Piece]) -> String {
    written(pieces, "<br>")
}

fn written(pieces: &[Piece], line_end: &str) -> String {
    let plain = write(pieces, Manner::Plain, line_end);
    if !escaping::may_mislead(&plain) || reading::reads_as(&plain, pieces) {
        return plain;
    }
    write(pieces, Manner::Careful, line_end)
}
