//! Finds HTML and Markdown in lines that are neither, such as titles.

use super::escape::decoded_text;
use super::leftovers::is_file;
use super::raw_html::token::{HtmlTag, HtmlToken, tokens};
use super::sanitize;
use crate::unicode::is_han_or_kana;

/// The length in bytes of the longest line that is searched, since nobody reads longer ones, and the
/// search takes longer than linear time.
const MAX_LINE: usize = 4_096;

/// The markup in a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineMarkup {
    /// The first of it, as written: `&amp;` or `**bold**`.
    pub written: String,
    /// The line without any.
    pub plain: String,
}

/// Finds character references, tags, links and emphasis in a line that is published as typed. Code is left
/// alone, since a headline may well name a command in backticks. Returns `None` if there are none.
pub fn line_markup(line: &str) -> Option<LineMarkup> {
    if line.len() > MAX_LINE {
        return None;
    }
    memchr::memchr3(b'&', b'<', b'[', line.as_bytes())
        .or_else(|| memchr::memchr3(b'*', b'_', b'~', line.as_bytes()))?;
    let untagged = without_tags(line);
    let source = untagged.as_ref().map_or(line, |markup| &markup.plain);
    let marked = without_marks(source);
    let plain = marked.as_ref().map_or(source, |markup| &markup.plain).to_owned();
    // The tag is named, since the marks may come after it.
    untagged.or(marked).map(|LineMarkup { written, .. }| LineMarkup { written, plain })
}

/// Removes the tags of elements that are closed, and line breaks.
fn without_tags(line: &str) -> Option<LineMarkup> {
    let tokens = tokens(line);
    let is_closed = |tag: &HtmlTag| {
        let mut tags = tokens.iter().filter_map(|token| match token {
            HtmlToken::Tag(other) if other.name == tag.name => Some(other),
            _ => None,
        });
        tags.any(|other| other.closing) && tags.next().is_none() || tag.name == "br"
    };
    let is_markup = |tag: &HtmlTag| sanitize::is_allowed_tag(&tag.name, false) && is_closed(tag);
    let mut written = None;
    let mut plain = String::new();
    let mut done = 0;
    for token in &tokens {
        let HtmlToken::Tag(tag) = token else { continue };
        if is_markup(tag) {
            plain.push_str(&line[done..tag.range.start]);
            if tag.name == "br" && !plain.ends_with(' ') {
                plain.push(' ');
            }
            done = tag.range.end;
            written.get_or_insert_with(|| line[tag.range.clone()].to_owned());
        }
    }
    plain.push_str(&line[done..]);
    written.map(|written| LineMarkup { written, plain: plain.trim().to_owned() })
}

/// Replaces character references, links and emphasis with their texts.
fn without_marks(line: &str) -> Option<LineMarkup> {
    let mut written = None;
    let mut plain = String::new();
    let mut at = 0;
    while let Some(letter) = line[at..].chars().next() {
        let rest = &line[at..];
        let before = line[..at].chars().next_back();
        let found = match letter {
            '&' => reference(rest),
            '[' => link(rest).or_else(|| footnote(rest)),
            '!' => rest.strip_prefix('!').and_then(link).map(|(length, text)| (1 + length, text)),
            '*' | '_' | '~' => span(rest, letter, before),
            _ => None,
        };
        let Some((length, text)) = found else {
            // A run of marks is one.
            let length = match letter {
                '*' | '_' | '~' => rest.len() - rest.trim_start_matches(letter).len(),
                _ => letter.len_utf8(),
            };
            plain.push_str(&rest[..length]);
            at += length;
            continue;
        };
        written.get_or_insert_with(|| rest[..length].to_owned());
        let text = if text.trim().is_empty() { text } else { text.trim().to_owned() };
        plain.push_str(&without_marks(&text).map_or(text, |inner| inner.plain));
        at += length;
    }
    written.map(|written| LineMarkup { written, plain })
}

/// The length and the character of a reference such as `&amp;`.
fn reference(rest: &str) -> Option<(usize, String)> {
    let end = rest.find(|letter: char| !letter.is_ascii_alphanumeric() && !matches!(letter, '&' | '#'))?;
    let written = rest.get(..=end).filter(|written| written.ends_with(';'))?;
    let decoded = decoded_text(written);
    (decoded != written).then_some((written.len(), decoded))
}

/// The length and the text of a link: `[text](https://example.org)`. The URL of a file may have spaces, with which it is
/// no link.
fn link(rest: &str) -> Option<(usize, String)> {
    let (text, url) = link_parts(rest)?;
    let is_link = !url.contains(' ') || is_file(url) && !url.ends_with('.');
    is_link.then(|| (text.len() + url.len() + "[]()".len(), text.to_owned()))
}

/// The text and the target of what is written as a link.
pub(super) fn link_parts(rest: &str) -> Option<(&str, &str)> {
    let (text, after) = rest.strip_prefix('[')?.split_once("](")?;
    let (url, _) = after.split_once(')')?;
    let is_link = !text.is_empty() && !text.contains(['[', ']']) && !url.is_empty() && !url.contains('\n');
    is_link.then_some((text, url))
}

/// The length of a reference to a footnote, `[^1]`, whose text is empty.
pub(super) fn footnote(rest: &str) -> Option<(usize, String)> {
    let (name, _) = rest.strip_prefix("[^")?.split_once(']')?;
    let is_name = !name.is_empty() && !name.contains(['[', ' ']);
    is_name.then(|| (name.len() + "[^]".len(), String::new()))
}

/// The length and the text of emphasis, by the first mark and the character before it. Two marks around words are meant
/// as emphasis also with spaces inside, with which they are none.
pub(super) fn span(rest: &str, mark: char, before: Option<char>) -> Option<(usize, String)> {
    let is_in_word =
        |letter: Option<char>| letter.is_some_and(|letter| letter.is_alphanumeric() && !is_han_or_kana(letter));
    let after = rest.trim_start_matches(mark);
    let marks = &rest[..rest.len() - after.len()];
    let least = if mark == '~' { 2 } else { 1 };
    if !(least..=3).contains(&marks.len()) || is_in_word(before) {
        return None;
    }
    let is_tight = |text: &str| !text.starts_with(char::is_whitespace) && !text.ends_with(char::is_whitespace);
    let is_prose =
        |text: &str| marks.len() > 1 && text.chars().filter(|&letter| letter.is_alphabetic()).nth(2).is_some();
    let mut ends = after.match_indices(marks);
    ends.find(|(end, _)| {
        let (text, behind) = (&after[..*end], &after[end + marks.len()..]);
        !text.is_empty()
            && (is_tight(text) || is_prose(text))
            && !behind.starts_with(mark)
            && !is_in_word(behind.chars().next())
    })
    .map(|(end, _)| (end + 2 * marks.len(), after[..end].to_owned()))
}

#[cfg(test)]
mod tests {
    use super::line_markup;

    #[test]
    fn markup_is_found_and_names_and_sums_are_not() {
        for (line, written, plain) in [
            ("Fish &amp; chips", "&amp;", "Fish & chips"),
            ("Caf&eacute; &#8220;Sol&#x201d;", "&eacute;", "Café “Sol”"),
            ("A **bold** claim", "**bold**", "A bold claim"),
            ("An <em>odd</em> **turn**", "<em>", "An odd turn"),
            ("One<br>Two<br />three", "<br>", "One Two three"),
            ("<p class=\"x\">All of it</p>", "<p class=\"x\">", "All of it"),
            ("*The Post* and _The Times_", "*The Post*", "The Post and The Times"),
            ("***All*** of `ls` ~~gone~~", "***All***", "All of `ls` gone"),
            ("See [the list](https://example.org/a)", "[the list](https://example.org/a)", "See the list"),
            ("这是**重点**新闻", "**重点**", "这是重点新闻"),
            ("**A *b* c**", "**A *b* c**", "A b c"),
            ("The vote[^1] and after", "[^1]", "The vote and after"),
            ("A **bold ** claim", "**bold **", "A bold claim"),
            ("A ~~ gone ~~ claim", "~~ gone ~~", "A gone claim"),
            ("[The list](my list.pdf)", "[The list](my list.pdf)", "The list"),
            ("![The quay](my quay.jpg)!", "![The quay](my quay.jpg)", "The quay!"),
        ] {
            let found = line_markup(line).unwrap_or_else(|| panic!("{line}"));
            assert_eq!((found.written.as_str(), found.plain.as_str()), (written, plain), "{line}");
        }
        for line in [
            "AT&T; R&D & more",
            "5 * 3 * 2",
            "2*3*4",
            "2 ** 3 ** 4",
            "[sic](they meant the quay)",
            "M*A*S*H",
            "snake_case_name",
            "F***ing b***",
            "How <b> works",
            "x < y > z",
            "How `grep` works",
            "[sic] (again)",
            "**",
            "Is *this the end?",
            "a ~b~ c",
            "List<String> and <T>",
        ] {
            assert_eq!(line_markup(line), None, "{line}");
        }
    }
}
