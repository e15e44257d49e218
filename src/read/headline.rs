//! Leaves out a text's first line if it repeats the title, which the page prints above the text.

use super::FrontMatter;
use crate::markdown::line_markup;

/// The elements in which other systems export a headline.
const HEADING: (&str, &str) = ("<h1", "</h1>");

/// The front matter of a file whose text begins after its own headline, if that is its first line:
/// `# The title`, or the title underlined.
pub(super) fn without_headline<'f>(text: &str, front_matter: FrontMatter<'f>, title: &str) -> FrontMatter<'f> {
    let body = &text[front_matter.body..];
    let above = body.len() - body.trim_start_matches(['\n', '\r']).len();
    let mut lines = body[above..].split_inclusive('\n');
    let first = lines.next().unwrap_or_default();
    let second = lines.next().unwrap_or_default();
    let length = match heading(first) {
        Some(words) if is_same(words, title) => first.len(),
        None if is_underline(second) && is_same(first.trim(), title) => first.len() + second.len(),
        _ => return front_matter,
    };
    let end = above + length;
    let lines = memchr::memchr_iter(b'\n', &body.as_bytes()[..end]).count();
    FrontMatter { body: front_matter.body + end, body_line: front_matter.body_line + lines, ..front_matter }
}

/// The words of a heading that is a line by itself.
fn heading(line: &str) -> Option<&str> {
    let line = line.trim_end();
    if line.starts_with(HEADING.0) && line.ends_with(HEADING.1) {
        return Some(line);
    }
    let line = line.strip_prefix("   ").or(line.strip_prefix("  ")).or(line.strip_prefix(' ')).unwrap_or(line);
    let words = line.trim_start_matches('#');
    let is_heading = (1..=6).contains(&(line.len() - words.len())) && words.starts_with([' ', '\t']);
    is_heading.then(|| words.trim().trim_end_matches('#').trim_end())
}

fn is_underline(line: &str) -> bool {
    let line = line.trim_end();
    line.len() > 1 && ["=", "-"].iter().any(|mark| line.trim_start_matches(mark).is_empty())
}

/// True if two lines have the same letters and digits: quotation marks, emphasis and capitals may differ.
fn is_same(one: &str, other: &str) -> bool {
    let letters = |line: &str| {
        let markup = line_markup(line);
        let plain = markup.as_ref().map_or(line, |markup| &markup.plain);
        plain.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>()
    };
    let one = letters(one);
    !one.is_empty() && one == letters(other)
}
