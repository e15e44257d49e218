//! Finds Markdown in blocks of HTML, where it has no effect up to the next empty line: `<div>**bold**</div>`.

use std::ops::Range;

use super::{BodyProblem, Code, MAX_LINK, MAX_SHOWN, is_file, is_url, shown};
use crate::markdown::block_elements::is_within_word;
use crate::markdown::plain_line::{footnote, link_parts, span};
use crate::markdown::raw_html::token::{HtmlToken, is_void, tokens};

/// Elements whose text is code, drawing or formula.
const NO_PROSE: &[&str] =
    &["code", "kbd", "math", "pre", "samp", "script", "style", "svg", "template", "textarea", "tt", "var", "button"];
/// More open elements than a text has; deeper nesting is reported elsewhere.
const MAX_OPEN: usize = 100;
/// Elements that can't contain what an empty line would make of their text: a paragraph.
const LINES: &[&str] = &["p", "h1", "h2", "h3", "h4", "h5", "h6", "summary", "dt", "legend"];

/// Returns the problems of a block of HTML, at most one after each tag of a block, since one empty line mends
/// all that follows.
pub(in crate::markdown) fn find(html: &str) -> Vec<(Range<usize>, BodyProblem)> {
    let bytes = html.as_bytes();
    let may_have = memchr::memchr3(b'*', b'_', b'[', bytes).or_else(|| memchr::memchr3(b'~', b'`', b'#', bytes));
    let may_have_lines = || ["\n- ", "\n+ ", "\n> ", "\n1. ", "\n|"].iter().any(|line| html.contains(line));
    if may_have.is_none() && !may_have_lines() {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut open: Vec<String> = Vec::new();
    let mut last_tag: Option<Range<usize>> = None;
    let mut is_reported = false;
    for token in tokens(html) {
        match token {
            HtmlToken::Tag(tag) => {
                let is_prose = !NO_PROSE.contains(&tag.name.as_str());
                if is_prose && (is_void(&tag.name) || is_within_word(&tag.name)) {
                    continue;
                }
                if !tag.closing {
                    open.extend((open.len() < MAX_OPEN).then(|| tag.name.clone()));
                } else if let Some(at) = open.iter().rposition(|name| *name == tag.name) {
                    open.truncate(at);
                }
                (last_tag, is_reported) = (Some(tag.range), false);
            }
            HtmlToken::Text(range) if !is_reported && !open.iter().any(|name| NO_PROSE.contains(&name.as_str())) => {
                let Some(mark) = MarkInHtml::first(&html[range.clone()]) else { continue };
                let place = range.start + mark.range.start..range.start + mark.range.end;
                let tag = last_tag.clone().map(|tag| &html[tag]);
                found.push((place.clone(), mark.problem(&html[place], tag, open.last().map(String::as_str))));
                is_reported = true;
            }
            _ => {}
        }
    }
    found
}

/// Markdown in a text of HTML.
struct MarkInHtml {
    range: Range<usize>,
    /// The HTML that does the same, if it is short.
    html: Option<String>,
}

impl MarkInHtml {
    /// The first in a text.
    fn first(text: &str) -> Option<MarkInHtml> {
        let mut start = 0;
        let mut before = "";
        for line in text.split_inclusive('\n') {
            let words = line.trim();
            let next = text[start + line.len()..].lines().next().unwrap_or_default().trim();
            if is_line_of_block(words, before.trim(), next) {
                let indent = line.len() - line.trim_start().len();
                return Some(MarkInHtml { range: start + indent..start + indent + words.len(), html: None });
            }
            if let Some(MarkInHtml { range, html }) = MarkInHtml::in_line(line) {
                return Some(MarkInHtml { range: start + range.start..start + range.end, html });
            }
            (start, before) = (start + line.len(), line);
        }
        None
    }

    fn in_line(line: &str) -> Option<MarkInHtml> {
        let mut at = 0;
        while let Some(skip) = line[at..].find(['*', '_', '~', '[', '`']) {
            at += skip;
            let rest = &line[at..line.floor_char_boundary(at.saturating_add(MAX_LINK))];
            let mark = rest.chars().next()?;
            let before = line[..at].chars().next_back();
            let run = rest.len() - rest.trim_start_matches(mark).len();
            let found = match mark {
                '[' => MarkInHtml::link(rest, before == Some('!')),
                '`' => code(rest, run),
                _ => span(rest, mark, before).map(|(length, text)| (length, emphasis(mark, run, &text))),
            };
            if let Some((length, html)) = found {
                let start = at - usize::from(mark == '[' && before == Some('!'));
                return Some(MarkInHtml { range: start..at + length, html });
            }
            at += if mark == '[' { 1 } else { run };
        }
        None
    }

    /// The length of a link, picture or reference to a footnote, and its HTML.
    fn link(rest: &str, is_image: bool) -> Option<(usize, Option<String>)> {
        if let Some((length, _)) = footnote(rest) {
            return Some((length, None));
        }
        let (label, url) = link_parts(rest)?;
        let is_meant = is_image || is_url(url) || is_file(url) || !url.contains(char::is_whitespace);
        let html = match is_image {
            true => format!("<img src=\"{}\" alt=\"{}\">", shown(url), shown(label)),
            false => format!("<a href=\"{}\">{}</a>", shown(url), shown(label)),
        };
        is_meant.then(|| (label.len() + url.len() + "[]()".len(), Some(html)))
    }

    fn problem(self, written: &str, tag: Option<&str>, element: Option<&str>) -> BodyProblem {
        let message =
            format!("`{}` is published as typed: up to an empty line this is HTML", shown(written).escape_debug());
        let tag = tag.map(|tag| match tag.find([' ', '\n', '\t']) {
            Some(end) => format!("`{}>`", &tag[..end]),
            None => format!("`{tag}`"),
        });
        let is_line = element.is_some_and(|name| LINES.contains(&name));
        let hint = match (tag, self.html) {
            (Some(_), Some(html)) if is_line => format!("write HTML: `{html}`"),
            // A list or a second paragraph in one would end it.
            (Some(tag), None) if element == Some("p") => {
                format!("delete {tag} and its end tag, and put an empty line before and after the text")
            }
            (Some(tag), None) if is_line => format!("write HTML, or move it out of {tag}"),
            (Some(tag), Some(html)) => format!("put an empty line after {tag}, or write HTML: `{html}`"),
            (Some(tag), None) => format!("put an empty line after {tag}"),
            (None, _) => "put an empty line before it".to_owned(),
        };
        BodyProblem::new(Code::LeftoverMarkup, message).hint(hint)
    }
}

/// The length and HTML of code in backticks.
fn code(rest: &str, run: usize) -> Option<(usize, Option<String>)> {
    let (code, _) = rest[run..].split_once('`')?;
    let is_code = run == 1 && !code.trim().is_empty() && code.trim() == code && code.len() <= MAX_SHOWN;
    is_code.then(|| (code.len() + 2, Some(format!("<code>{code}</code>"))))
}

fn emphasis(mark: char, run: usize, text: &str) -> Option<String> {
    let text = shown(text.trim());
    Some(match (mark, run) {
        ('~', _) => format!("<del>{text}</del>"),
        (_, 1) => format!("<em>{text}</em>"),
        (_, 2) => format!("<strong>{text}</strong>"),
        _ => format!("<strong><em>{text}</em></strong>"),
    })
}

/// True for a line of a heading, quote, list, table or code of Markdown. One line with a dash is speech.
fn is_line_of_block(line: &str, before: &str, next: &str) -> bool {
    let begins_item = |line: &str| {
        let number = line.trim_start_matches(|letter: char| letter.is_ascii_digit());
        ["- ", "* ", "+ "].iter().any(|mark| line.starts_with(mark))
            || number.len() < line.len() && [". ", ") "].iter().any(|mark| number.starts_with(mark))
    };
    let words = line.trim_start_matches('#');
    let is_heading = (1..=6).contains(&(line.len() - words.len()))
        && words.starts_with(' ')
        && words.trim_start().starts_with(char::is_alphabetic);
    let is_delimiter = line.starts_with('|') && line.contains("--") && line.bytes().all(|byte| b"|-: ".contains(&byte));
    is_heading
        || line.starts_with("> ") && line.contains(char::is_alphabetic)
        || line.starts_with("```")
        || is_delimiter
        || begins_item(line) && (begins_item(before) || begins_item(next))
}
