//! Finds Markdown mistakes that were published as text, so that readers see brackets, asterisks and
//! URLs.

mod emphasis;
mod foreign;
pub(super) mod in_html;
mod lookalikes;
mod picture_marks;

use std::cell::RefCell;
use std::ops::Range;

use pulldown_cmark::{Event, LinkType, Tag, TagEnd};

use super::BodyProblem;
use super::parser::Located;
use crate::diagnostic::Code;
use crate::media::picture_type;
use crate::urls::whole_url;

/// Stands for anything but plain text: code, links, escaped characters.
const OBJECT: char = '\u{fffc}';
/// The maximum length of labels and URLs in hints, in characters.
const MAX_SHOWN: usize = 60;
/// The maximum length of links to look for, in bytes.
const MAX_LINK: usize = 2_000;

/// The maximum number of words in a file name; more are a sentence: `[sic](they meant the quay)`.
const MAX_WORDS: usize = 3;

/// The problems found so far, with their byte ranges.
#[derive(Debug, Default)]
pub(super) struct Leftovers(RefCell<Vec<(Range<usize>, BodyProblem)>>);

/// True if a text may contain such mistakes.
pub(super) fn may_be_in(text: &str) -> bool {
    let has = |mark: &str| memchr::memmem::find(text.as_bytes(), mark.as_bytes()).is_some();
    memchr::memchr2(b'*', b'_', text.as_bytes()).is_some()
        || text.starts_with('#')
        || [
            "](", "] (", "]\n(", "][", ")[", "~~", "［", "］", "】", "〕", "（", "[^", "\n#", "！", "! [", "[[",
            "\n:::", "]:",
        ]
        .into_iter()
        .any(has)
        || foreign::may_be_in(text)
        || lookalikes::may_be_in(text)
}

impl Leftovers {
    /// Returns the problems in text order.
    pub fn take(self) -> Vec<(Range<usize>, BodyProblem)> {
        let mut found = self.0.into_inner();
        found.sort_by_key(|(range, _)| range.start);
        found
    }

    /// Checks a paragraph.
    pub fn check_paragraph(&self, source: &str, events: &[Located<'_>]) {
        let mut begins_line = true;
        let mut depth = 0_usize;
        let is_suspicious = events.iter().any(|(event, _)| match event {
            Event::Text(text) => {
                let bytes = text.as_bytes();
                // 0xE3 and 0xEF begin the full-width brackets.
                let is_mark = memchr::memchr3(b']', b'*', b'_', bytes).is_some()
                    || memchr::memchr3(b'~', 0xe3, 0xef, bytes).is_some()
                        && text.contains(['~', '［', '］', '】', '〕']);
                is_mark
                    || memchr::memchr(b'<', bytes).is_some()
                    || memchr::memchr3(b'{', b'%', b'=', bytes).is_some() && foreign::may_be_in(text)
                    || (std::mem::take(&mut begins_line) && text.starts_with(['#', ':']))
                    || text.starts_with("!--")
            }
            Event::SoftBreak | Event::HardBreak => {
                begins_line = true;
                false
            }
            Event::Start(Tag::Emphasis | Tag::Strong) => {
                depth += 1;
                depth > 1
            }
            Event::Start(Tag::Link { dest_url, .. }) => picture_type(dest_url).is_some() || &**dest_url == "#",
            Event::End(TagEnd::Emphasis | TagEnd::Strong) => {
                depth = depth.saturating_sub(1);
                false
            }
            _ => false,
        });
        if !is_suspicious {
            return;
        }
        let flat = FlatText::of(source, events);
        let mut found = self.0.borrow_mut();
        found.extend(links(&flat));
        found.extend(swapped(&flat));
        found.extend(references(&flat));
        found.extend(emphasis::marks(&flat, source, events));
        found.extend(emphasis::nested(source, events));
        found.extend(notes(&flat));
        found.extend(headings(&flat));
        found.extend(lookalikes::find(&flat, source));
        found.extend(picture_marks::find(source, events));
        found.extend(foreign::find(&flat));
    }
}

/// The plain text of a paragraph, with a map to the source.
struct FlatText {
    text: String,
    /// The start of each stretch, in the text and in the source.
    places: Vec<(usize, usize)>,
}

impl FlatText {
    fn of(source: &str, events: &[Located<'_>]) -> FlatText {
        let mut flat = FlatText { text: String::new(), places: Vec::new() };
        let mut images = 0_usize;
        let mut in_address = false;
        for (event, range) in events {
            match event {
                Event::Start(Tag::Link { link_type, .. }) => {
                    in_address = matches!(link_type, LinkType::Autolink | LinkType::Email);
                }
                Event::End(TagEnd::Link) => in_address = false,
                Event::Start(Tag::Image { .. }) => images += 1,
                Event::End(TagEnd::Image) => images = images.saturating_sub(1),
                _ if images > 0 => continue,
                Event::Start(Tag::Emphasis | Tag::Strong | Tag::Strikethrough) => continue,
                Event::End(TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough) => continue,
                _ => {}
            }
            flat.places.push((flat.text.len(), range.start));
            match event {
                Event::Text(text) if !in_address && source.get(range.clone()) == Some(&**text) => {
                    flat.push_text(source, text, range.start)
                }
                Event::SoftBreak | Event::HardBreak => flat.text.push('\n'),
                _ => flat.text.push(OBJECT),
            }
        }
        flat
    }

    fn push_text(&mut self, source: &str, text: &str, start: usize) {
        let is_escaped =
            source[..start].ends_with('\\') && text.starts_with(|first: char| first.is_ascii_punctuation());
        if is_escaped {
            self.text.push(OBJECT);
            self.places.push((self.text.len(), start + 1));
        }
        self.text.push_str(&text[usize::from(is_escaped)..]);
    }

    /// Returns the source bytes of a stretch of text.
    fn source(&self, range: Range<usize>) -> Range<usize> {
        let original = |at: usize| {
            let next = self.places.partition_point(|&(text, _)| text <= at);
            let Some(&(text, source)) = next.checked_sub(1).and_then(|last| self.places.get(last)) else { return 0 };
            // The object character may be longer than the text that it replaces.
            let is_object = self.text[text..].starts_with(OBJECT) && at - text < OBJECT.len_utf8();
            source + if is_object { 0 } else { at - text }
        };
        let start = original(range.start);
        start..original(range.end.saturating_sub(1)).max(start) + 1
    }
}

/// A link or image with wrong syntax: its label, and the text between its parentheses.
struct MalformedLink<'f> {
    range: Range<usize>,
    is_image: bool,
    label: &'f str,
    target: &'f str,
    is_closed: bool,
}

impl MalformedLink<'_> {
    fn problem(&self, flat: &FlatText, hint: String) -> (Range<usize>, BodyProblem) {
        let what = if self.is_image { "a picture" } else { "a link" };
        let message = format!("this is published as text, not as {what}");
        (flat.source(self.range.clone()), BodyProblem::new(Code::LeftoverMarkup, message).hint(hint))
    }

    /// The correct syntax for the link, with this target.
    fn with(&self, target: &str) -> String {
        let mark = if self.is_image { "!" } else { "" };
        format!("`{mark}[{}]({})`", shown(self.label), shown(target))
    }
}

/// Text for a hint: without object characters, and shortened.
fn shown(text: &str) -> String {
    let plain = text.replace([OBJECT, '\n'], " ");
    match plain.char_indices().nth(MAX_SHOWN) {
        Some((end, _)) => format!("{}…", &plain[..end]),
        None => plain,
    }
}

/// Finds links and images with wrong brackets or parentheses.
fn links(flat: &FlatText) -> Vec<(Range<usize>, BodyProblem)> {
    let text = flat.text.as_str();
    let mut found = Vec::new();
    let mut done = 0;
    for (at, bracket) in text.match_indices([']', '］', '】', '〕']) {
        if at < done {
            continue;
        }
        let after = &text[at + bracket.len()..];
        let target = after.trim_start_matches([' ', '\n']);
        let gap = &after[..after.len() - target.len()];
        let Some(opening) = target.chars().next().filter(|&letter| matches!(letter, '(' | '（')) else { continue };
        let target_start = text.len() - target.len() + opening.len_utf8();
        let Some(link) = link(text, at, target_start) else {
            found.extend(unopened(flat, at, target_start).filter(|_| gap.is_empty() && bracket == "]"));
            continue;
        };
        let is_label_wide = !text[link.range.start..].trim_start_matches(['!', '！']).starts_with('[');
        let is_wide = bracket != "]" || opening == '（' || is_label_wide;
        let hint = match () {
            () if is_wide => is_url(link.target).then(|| format!("write ASCII brackets: {}", link.with(link.target))),
            () if gap.contains('\n') => is_url(link.target)
                .then(|| format!("remove the line break between the brackets: {}", link.with(link.target))),
            () if !gap.is_empty() => is_url(link.target)
                .then(|| format!("remove the space between the brackets: {}", link.with(link.target))),
            () => reason(&link),
        };
        if let Some(hint) = hint {
            done = link.range.end;
            found.push(link.problem(flat, hint));
        }
    }
    found
}

/// Returns the start of the label that ends at `end`: the bracket that its closing bracket belongs to.
fn label_start(text: &str, end: usize) -> Option<usize> {
    let earliest = text.ceil_char_boundary(end.saturating_sub(MAX_LINK));
    let mut depth = 0_usize;
    for (at, letter) in text[earliest..end].char_indices().rev() {
        match letter {
            ']' | '］' | '】' | '〕' => depth += 1,
            '[' | '［' | '【' | '〔' if depth == 0 => return Some(earliest + at),
            '[' | '［' | '【' | '〔' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// Returns the link whose label ends at `label_end` and whose target begins at `target_start`.
fn link(text: &str, label_end: usize, target_start: usize) -> Option<MalformedLink<'_>> {
    let open = label_start(text, label_end)?;
    let bracket = text[open..].chars().next()?;
    let is_image = text[..open].ends_with(['!', '！']);
    let mark = text[..open].chars().next_back().filter(|_| is_image).map_or(0, char::len_utf8);
    let rest = &text[target_start..];
    let rest = &rest[..rest.floor_char_boundary(MAX_LINK)];
    let close = rest.find([')', '）', '\n']).filter(|&at| !rest[at..].starts_with('\n'));
    let end = close.or_else(|| rest.find(['\n'])).unwrap_or(rest.len());
    let length = close.and_then(|at| rest[at..].chars().next()).map_or(0, char::len_utf8);
    Some(MalformedLink {
        range: open - mark..target_start + end + length,
        is_image,
        label: &text[open + bracket.len_utf8()..label_end],
        target: &rest[..end],
        is_closed: close.is_some(),
    })
}

/// Returns the problem of a link without an opening bracket.
fn unopened(flat: &FlatText, label_end: usize, target_start: usize) -> Option<(Range<usize>, BodyProblem)> {
    let text = flat.text.as_str();
    let line = text[..label_end].rsplit('\n').next().unwrap_or_default();
    let target = &text[target_start..];
    let target = &target[..target.find([')', '\n']).filter(|&end| target[end..].starts_with(')'))?];
    // The bracket may be escaped, so that all of it is meant as text.
    if line.contains(OBJECT) || target.len() > MAX_LINK {
        return None;
    }
    let problem = BodyProblem::new(Code::LeftoverMarkup, "this is published as text, not as a link");
    let hint = format!("write `[` before the words of the link: `[…]({})`; `\\]` is plain text", shown(target));
    Some((flat.source(label_end..target_start + target.len() + 1), problem.hint(hint)))
}

/// Returns advice for a link with ASCII brackets and no gap; `None` if it may be meant as text.
fn reason(link: &MalformedLink<'_>) -> Option<String> {
    let target = link.target.trim();
    let url = target.split(char::is_whitespace).next().unwrap_or_default();
    if let Some(url) = target.strip_prefix('<').filter(|url| !url.contains('>')) {
        return Some(format!("close the angle bracket: {}", link.with(&format!("<{url}>"))));
    }
    let is_meant = link.is_image || is_url(url) || is_file(target);
    if is_meant && target.contains(['“', '”', '„', '«', '»', '‘', '’']) && target.contains(' ') {
        let title = target[url.len()..].trim().trim_matches(|letter| "“”„«»‘’\"' ".contains(letter));
        return Some(format!("write straight quotes around the title: {}", link.with(&format!("{url} \"{title}\""))));
    }
    if is_meant && target.contains('(') {
        let opened = target.matches('(').count();
        let whole = format!("<{target}{}>", ")".repeat(opened));
        return Some(format!("write a URL with parentheses in angle brackets: {}", link.with(&whole)));
    }
    if !link.is_closed {
        return is_meant.then(|| "close the URL with `)`".to_owned());
    }
    if target.contains(char::is_whitespace) {
        if let Some(meant) = whole_url(target).filter(|_| !link.is_image) {
            return Some(meant.hint(&link.with(&meant.url)));
        }
        let is_sentence = target.split_whitespace().count() > MAX_WORDS;
        if is_sentence && !is_meant {
            return None;
        }
        let (url, title) = split_title(target);
        let hint = format!("write a URL with spaces in angle brackets: {}", link.with(&format!("<{url}>{title}")));
        return Some(if is_meant || is_file(url) { hint } else { format!("{hint}; `\\[` is plain text") });
    }
    if target.is_empty() {
        return Some("write the URL between the parentheses".to_owned());
    }
    let has_link = link.label.contains(OBJECT) && is_url(target);
    has_link.then(|| "a link cannot contain another link: end the first one before it".to_owned())
}

/// Splits a target into its URL and its title with the space before it.
fn split_title(target: &str) -> (&str, &str) {
    let start = target.find([' ', '\t']).and_then(|_| {
        let quote = target.chars().next_back().filter(|quote| matches!(quote, '"' | '\''))?;
        let start = target.find(&format!(" {quote}"))?;
        (start + 2 < target.len()).then_some(start)
    });
    let (url, title) = target.split_at(start.unwrap_or(target.len()));
    (url.trim_end(), title)
}

/// Finds links and images by reference whose definition is missing: `[text][name]`.
fn references(flat: &FlatText) -> Vec<(Range<usize>, BodyProblem)> {
    let text = flat.text.as_str();
    let mut found = Vec::new();
    for (at, mark) in text.match_indices("][") {
        let Some(open) = label_start(text, at).filter(|&open| text[open..].starts_with('[')) else { continue };
        let label = &text[open + 1..at];
        let rest = &text[at + mark.len()..];
        let rest = &rest[..rest.floor_char_boundary(MAX_LINK)];
        let Some(name) = rest.split_once([']', '[', '\n']).map(|(name, _)| name) else { continue };
        let is_image = text[..open].ends_with('!');
        // `[1][2]` are notes, and `list[i][j]` is code.
        let is_text = !is_image
            && (!label.contains(char::is_alphabetic) || text[..open].ends_with(|c: char| c.is_alphanumeric()));
        if !rest[name.len()..].starts_with(']') || is_text || label.starts_with('^') || name.starts_with('^') {
            continue;
        }
        let (what, kind) = if is_image { ("an image", "!") } else { ("a link", "") };
        let wanted = shown(if name.trim().is_empty() { label } else { name });
        let message = format!("this is published as text, not as {what}: `{wanted}` is not defined");
        let hint =
            format!("define it on a line of its own: `[{wanted}]: https://…`, or write `{kind}[{}](…)`", shown(label));
        let range = open - kind.len()..at + mark.len() + name.len() + 1;
        found.push((flat.source(range), BodyProblem::new(Code::LeftoverMarkup, message).hint(hint)));
    }
    found
}

/// True if the target begins as URLs do.
fn is_url(target: &str) -> bool {
    let target = target.trim();
    let starts = ["http://", "https://", "mailto:", "tel:", "www.", "/", "./", "../"];
    let is_word = target.len() > 1 && !target.contains(char::is_whitespace);
    is_word && (starts.iter().any(|start| target.starts_with(start)) || is_file(target))
}

/// True if the target ends with a file extension.
pub(super) fn is_file(target: &str) -> bool {
    const EXTENSIONS: &[&str] = &["md", "html", "htm", "pdf", "mp3", "mp4", "csv", "xlsx", "docx", "zip", "txt"];
    let extension =
        target.rsplit_once('.').map_or("", |(_, extension)| extension.split(['#', '?']).next().unwrap_or_default());
    EXTENSIONS.iter().any(|known| extension.eq_ignore_ascii_case(known)) || picture_type(target).is_some()
}

/// Finds links with swapped brackets: `(text)[url]`.
fn swapped(flat: &FlatText) -> Vec<(Range<usize>, BodyProblem)> {
    let text = flat.text.as_str();
    let mut found = Vec::new();
    for (at, mark) in text.match_indices([')', '）']) {
        let start = at + mark.len();
        let Some(bracket) = text[start..].chars().next().filter(|letter| matches!(letter, '[' | '［' | '【')) else {
            continue;
        };
        let start = start + bracket.len_utf8();
        let rest = &text[start..];
        let rest = &rest[..rest.floor_char_boundary(MAX_LINK)];
        let earliest = text.ceil_char_boundary(at.saturating_sub(MAX_LINK));
        let (Some(open), Some(end)) = (text[earliest..at].rfind(['(', '（', '\n']), rest.find([']', '］', '】', '\n']))
        else {
            continue;
        };
        let open = earliest + open;
        let closing = rest[end..].chars().next().filter(|letter| *letter != '\n').map_or(0, char::len_utf8);
        let opening = text[open..].chars().next().filter(|letter| *letter != '\n').map_or(0, char::len_utf8);
        if opening > 0 && closing > 0 && is_url(&rest[..end]) {
            let link = MalformedLink {
                range: open..start + end + closing,
                is_image: false,
                label: &text[open + opening..at],
                target: &rest[..end],
                is_closed: true,
            };
            found.push(link.problem(flat, format!("swap the brackets: {}", link.with(link.target))));
        }
    }
    found
}

/// Finds footnote references whose names contain spaces.
fn notes(flat: &FlatText) -> Vec<(Range<usize>, BodyProblem)> {
    let text = flat.text.as_str();
    let mut found = Vec::new();
    for (at, mark) in text.match_indices("[^") {
        let rest = &text[at + mark.len()..];
        let rest = &rest[..rest.floor_char_boundary(MAX_SHOWN)];
        let Some(label) = rest.split_once([']', '\n', OBJECT]).map(|(label, _)| label) else { continue };
        let is_name = label.trim_start().starts_with(char::is_alphanumeric) && rest[label.len()..].starts_with(']');
        if is_name && label.contains(char::is_whitespace) {
            let problem = BodyProblem::new(Code::LeftoverMarkup, "this is published as text, not as a footnote");
            let better = label.split_whitespace().collect::<Vec<_>>().join("-");
            let hint = format!("remove the spaces from the footnote's name: `[^{better}]`");
            found.push((flat.source(at..at + mark.len() + label.len() + 1), problem.hint(hint)));
        }
    }
    found
}

/// Finds lines that begin with `#` and were meant as headings, not hashtags.
fn headings(flat: &FlatText) -> Vec<(Range<usize>, BodyProblem)> {
    let mut found = Vec::new();
    let mut start = 0;
    for line in flat.text.split('\n') {
        let words = line.trim_start_matches('#');
        let level = line.len() - words.len();
        let is_word = words.starts_with(|letter: char| letter.is_alphabetic() || level > 1 && letter.is_numeric());
        let is_title = || {
            let is_hashtag = |word: &str| word.starts_with('#');
            let ends_sentence = words.trim_end().ends_with(['.', '!', '?', '…', ':', ',', ';', '。', '！', '？']);
            let first = words.split_whitespace().next().unwrap_or_default();
            // `#PlainSummit2018` and `#NewsDay`: titles are not written so.
            let is_compound = first.chars().skip(1).any(|letter| letter.is_uppercase() || letter.is_numeric())
                && first.chars().any(char::is_lowercase);
            let has_hashtags = is_compound || words.split_whitespace().any(is_hashtag);
            start == 0 && words.contains(' ') && !ends_sentence && !has_hashtags
        };
        if is_word && (2..=6).contains(&level) || level == 1 && is_word && is_title() {
            let marks = &line[..level];
            let problem = BodyProblem::new(Code::LeftoverMarkup, "this is published as text, not as a heading");
            let hint = format!("put a space after `{marks}`: `{marks} {}`; `\\{marks}` is plain text", shown(words));
            found.push((flat.source(start..start + line.trim_end().len()), problem.hint(hint)));
        }
        start += line.len() + 1;
    }
    found
}
