//! Finds text that looks hidden, as comments and instructions are, but is published: `<!— note —>`, `<?php`.

use std::ops::Range;

use super::{BodyProblem, Code, FlatText, MAX_LINK, MAX_SHOWN, OBJECT, is_url};

/// The dashes that editing programs make of `--`, and those that people type instead.
const DASHES: [char; 4] = ['-', '–', '—', '―'];
/// The message about a comment that is none.
const SEEN: &str = "this looks like a comment, but readers see it";

/// True if a text may have any.
pub(super) fn may_be_in(text: &str) -> bool {
    ["<!", "< !", "<?", "<-", "<–", "<—", "<！", "＜", "<%", "&lt;!--", "&#60;!--", "/*"]
        .iter()
        .any(|mark| memchr::memmem::find(text.as_bytes(), mark.as_bytes()).is_some())
}

/// Returns the problems of a paragraph.
pub(super) fn find(flat: &FlatText, source: &str) -> Vec<(Range<usize>, BodyProblem)> {
    let text = flat.text.as_str();
    let found = memchr::memchr_iter(b'<', text.as_bytes()).filter_map(|at| {
        let rest = &text[at + 1..];
        // `<!--` itself is reported where comments are.
        let found = Some(rest)
            .filter(|rest| !rest.starts_with("!--"))
            .and_then(comment)
            .or_else(|| bracketed(rest))
            .or_else(|| instruction(rest));
        let (length, problem) = found.or_else(|| template(rest))?;
        Some((flat.source(at..at + 1 + length), problem))
    });
    let mut found: Vec<_> = found.collect();
    found.extend(text.match_indices('＜').filter_map(|(at, less)| {
        let (length, problem) = comment(&text[at + less.len()..])?;
        Some((flat.source(at..at + less.len() + length), problem))
    }));
    found.extend(of_style_sheets(flat));
    found.extend(escaped(flat, source));
    found.extend(definitions(flat));
    found
}

fn problem(words: &str) -> BodyProblem {
    let shown: String = words.replace(['\n', OBJECT], " ").chars().take(MAX_SHOWN).collect();
    BodyProblem::new(Code::LeftoverMarkup, SEEN).hint(format!("write `<!-- {shown} -->` with two hyphens at each end"))
}

/// A comment with another dash or a space too many, by the text after its `<`.
fn comment(rest: &str) -> Option<(usize, BodyProblem)> {
    let inner = rest.trim_start_matches(' ').strip_prefix(['!', '！'])?.trim_start_matches(' ');
    let words = inner.trim_start_matches(DASHES);
    if words.len() == inner.len() {
        return None;
    }
    let words = words.split(['>', '\n']).next()?.trim_end_matches(DASHES).trim();
    let length = rest.len() - inner.len() + (inner.len() - inner.trim_start_matches(DASHES).len());
    Some((length, problem(words)))
}

/// A comment without an exclamation mark, `<-- note -->`, or without dashes, `<! note >`, by the text after its `<`.
fn bracketed(rest: &str) -> Option<(usize, BodyProblem)> {
    let near = &rest[..rest.floor_char_boundary(MAX_LINK)];
    let inner = near.strip_prefix(['!', '！']).unwrap_or(near);
    let words = inner.trim_start_matches(DASHES);
    let end = match near.len() - inner.len() {
        // An arrow has one dash.
        0 if words.len() + 2 <= inner.len() => {
            ["-->", "–>", "—>", "->"].iter().filter_map(|end| words.find(end)).min()?
        }
        0 => return None,
        _ => words.find('>')?,
    };
    let words = words[..end].trim_end_matches(DASHES).trim();
    let length = inner[inner.len() - inner.trim_start_matches(DASHES).len()..].find('>')?;
    let length = near.len() - inner.trim_start_matches(DASHES).len() + length + 1;
    words.contains(char::is_alphabetic).then(|| (length, problem(words)))
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

/// A tag or comment of a server's template, `<%-- note --%>`, by the text after its `<`.
fn template(rest: &str) -> Option<(usize, BodyProblem)> {
    let inner = rest.strip_prefix('%')?;
    let end = inner[..inner.floor_char_boundary(MAX_LINK)].find("%>")?;
    let problem = BodyProblem::new(Code::LeftoverMarkup, "this tag of a template language is published as text");
    let hint = "delete it, or write `<!-- … -->` for a comment; if it is an example, write it as code, in backticks";
    Some((end + 3, problem.hint(hint)))
}

/// Lines that are comments in style sheets: `/* note */`.
fn of_style_sheets(flat: &FlatText) -> Vec<(Range<usize>, BodyProblem)> {
    let text = flat.text.as_str();
    let found = memchr::memmem::find_iter(text.as_bytes(), "/*").filter_map(|at| {
        let line = text[at..].lines().next()?.trim_end();
        let words = line.strip_prefix("/*")?.strip_suffix("*/")?;
        let is_line = at == 0 || text[..at].ends_with('\n');
        let is_comment = is_line && words.contains(char::is_alphabetic) && !words.contains("*/");
        is_comment.then(|| (flat.source(at..at + line.len()), problem(words.trim())))
    });
    found.collect()
}

/// Comments whose brackets a visual editor has escaped: `&lt;!-- note --&gt;`. With a backslash they are meant as text.
fn escaped(flat: &FlatText, source: &str) -> Vec<(Range<usize>, BodyProblem)> {
    let text = flat.text.as_str();
    let found = memchr::memmem::find_iter(text.as_bytes(), "\u{fffc}!--").filter_map(|at| {
        let place = flat.source(at..at + OBJECT.len_utf8());
        let is_reference =
            ["&lt;", "&#60;", "&#x3c;", "&#x3C;"].iter().any(|less| source[place.start..].starts_with(less));
        let words = &text[at + "\u{fffc}!--".len()..];
        let end = words.find("--").filter(|_| is_reference)?;
        Some((place.start..flat.source(at..at + "\u{fffc}!--".len()).end, problem(words[..end].trim())))
    });
    found.collect()
}

/// Lines that define no link, so that readers see them: `[comment]: # note`, since its title has no parentheses, and
/// definitions within a paragraph.
fn definitions(flat: &FlatText) -> Vec<(Range<usize>, BodyProblem)> {
    let mut found = Vec::new();
    let mut start = 0;
    for line in flat.text.split('\n') {
        let place = start..start + line.trim_end().len();
        start += line.len() + 1;
        let words = line.trim_start();
        // Where another comment defines the name, this one is a link.
        let link = || words.strip_prefix(OBJECT)?.split_once("\u{fffc}:");
        let Some((label, rest)) = words.strip_prefix('[').and_then(|rest| rest.split_once("]:")).or_else(link) else {
            continue;
        };
        let is_link = words.starts_with(OBJECT);
        let target = rest.split_whitespace().next().unwrap_or_default();
        if label.is_empty() || label.contains(['[', ']', OBJECT]) || label.starts_with('^') {
            continue;
        }
        let words = rest.trim_start()[target.len()..].trim().trim_matches(['(', ')', '"']);
        if matches!(target, "#" | "<>" | "//") && words.contains(char::is_alphabetic) {
            found.push((flat.source(place), problem(words)));
        } else if is_url(target) && !is_link {
            let problem =
                BodyProblem::new(Code::LeftoverMarkup, "this is published as text, not as a definition of a link");
            let hint = match place.start {
                0 => "write the title after the URL in quotes",
                _ => "put an empty line before it",
            };
            found.push((flat.source(place), problem.hint(hint)));
        }
    }
    found
}
