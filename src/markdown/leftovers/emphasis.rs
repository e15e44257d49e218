//! Finds marks of emphasis that were published as text.

use std::ops::Range;

use pulldown_cmark::{Event, Tag, TagEnd};

use super::{BodyProblem, Code, FlatText, Located, OBJECT, shown};
use crate::typography::{is_cjk, is_cjk_punctuation, is_punctuation};

/// The maximum length of a mark: `***` is bold and italic.
const MAX_MARK: usize = 3;
/// The maximum length of the word after emphasis in hints, in characters.
const MAX_WORD: usize = 20;

/// A run of one of the marks, with its neighbours.
#[derive(Debug, Clone, Copy)]
struct EmphasisMark<'f> {
    start: usize,
    text: &'f str,
    before: Option<char>,
    after: Option<char>,
}

/// Finds pairs of marks that emphasize nothing, and marks without a partner.
pub(super) fn marks(flat: &FlatText, source: &str, events: &[Located<'_>]) -> Vec<(Range<usize>, BodyProblem)> {
    let text = flat.text.as_str();
    let mut found = Vec::new();
    // The marks of each kind that may still find a partner.
    let mut open: Vec<EmphasisMark<'_>> = Vec::new();
    let mut alone = Vec::new();
    for mark in all(text) {
        match open.iter().position(|earlier| earlier.text == mark.text) {
            None => open.push(mark),
            Some(at) => match pair(text, open[at], mark) {
                Some(hint) => {
                    let earlier = open.remove(at);
                    found.push(problem(flat, earlier.start..mark.end(), mark, hint));
                }
                None => alone.push(std::mem::replace(&mut open[at], mark)),
            },
        }
    }
    // After a word, asterisks may also refer to a note or replace letters.
    let has_bold = || events.iter().any(|(event, _)| matches!(event, Event::Start(Tag::Strong)));
    let has_note = || source.starts_with("** ") || source.contains("\n** ");
    for mark in alone.into_iter().chain(open) {
        if let Some(hint) = single(mark)
            && (mark.opens() || mark.text == "__" || has_bold() && !has_note())
        {
            found.push(problem(flat, mark.start..mark.end(), mark, hint));
        }
    }
    found
}

/// Finds marks that begin emphasis where a writer meant to end the same.
pub(super) fn nested(source: &str, events: &[Located<'_>]) -> Vec<(Range<usize>, BodyProblem)> {
    let mut found = Vec::new();
    // The numbers of open `<em>` and `<strong>`.
    let mut open = [0_usize; 2];
    for (event, range) in events {
        match event {
            Event::Start(tag @ (Tag::Emphasis | Tag::Strong)) => {
                let length = 1 + usize::from(matches!(tag, Tag::Strong));
                open[length - 1] += 1;
                let place = range.start..range.start + length;
                if open[length - 1] > 1 && ends_emphasis(source, &place) {
                    let mark = &source[place.clone()];
                    let message = format!("`{mark}` begins emphasis here and does not end the one before");
                    let problem = BodyProblem::new(Code::LeftoverMarkup, message);
                    let hint = "put a space after it, or the punctuation after it; `_` also needs the space beside \
                                Chinese and Japanese characters";
                    found.push((place, problem.hint(hint)));
                }
            }
            Event::End(TagEnd::Emphasis) => open[0] = open[0].saturating_sub(1),
            Event::End(TagEnd::Strong) => open[1] = open[1].saturating_sub(1),
            _ => {}
        }
    }
    found
}

/// True for a mark between punctuation and a letter.
fn ends_emphasis(source: &str, mark: &Range<usize>) -> bool {
    let (before, after) = (source[..mark.start].chars().next_back(), source[mark.end..].chars().next());
    let closes = |letter: char| is_punctuation(letter) && !begins_word(Some(letter));
    before.is_some_and(|letter| closes(letter) || is_cjk_punctuation(letter) || letter == '"')
        && after.is_some_and(char::is_alphanumeric)
}

fn problem(flat: &FlatText, range: Range<usize>, mark: EmphasisMark<'_>, hint: String) -> (Range<usize>, BodyProblem) {
    let effect = match mark.text {
        "*" | "_" => "emphasizes nothing",
        "~~" => "strikes out nothing",
        _ => "makes nothing bold",
    };
    let message = format!("`{}` is published as text: it {effect} here", mark.text);
    let escaped: String = mark.text.chars().flat_map(|letter| ['\\', letter]).collect();
    let hint = format!("{hint}; `{escaped}` is plain text");
    (flat.source(range), BodyProblem::new(Code::LeftoverMarkup, message).hint(hint))
}

/// Finds all marks in text order.
fn all(text: &str) -> Vec<EmphasisMark<'_>> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut next = 0;
    while let Some(skip) = memchr::memchr3(b'*', b'_', b'~', &bytes[next..]) {
        let start = next + skip;
        let length = bytes[start..].iter().take_while(|&&byte| byte == bytes[start]).count();
        next = start + length;
        let is_mark = if bytes[start] == b'~' { length == 2 } else { length <= MAX_MARK };
        if is_mark {
            let (before, after) = (text[..start].chars().next_back(), text[next..].chars().next());
            found.push(EmphasisMark { start, text: &text[start..next], before, after });
        }
    }
    found
}

impl EmphasisMark<'_> {
    fn end(&self) -> usize {
        self.start + self.text.len()
    }

    /// True if a writer may have meant emphasis to begin here.
    fn opens(&self) -> bool {
        is_edge(self.before) && self.after.is_some_and(|letter| !letter.is_whitespace())
    }
}

/// True for the start or end of a paragraph, spaces and punctuation.
fn is_edge(letter: Option<char>) -> bool {
    letter.is_none_or(|letter| !letter.is_alphanumeric())
}

/// True if a word begins after the character. Unlike a slash, these characters aren't part of URLs.
fn begins_word(before: Option<char>) -> bool {
    before
        .is_none_or(|letter| letter.is_whitespace() || is_cjk_punctuation(letter) || "([{\"'“„«‘‚—–¿¡".contains(letter))
}

/// Returns the fix for two marks that were meant as emphasis; `None` if they may be meant as text.
fn pair(text: &str, open: EmphasisMark<'_>, close: EmphasisMark<'_>) -> Option<String> {
    let mark = open.text;
    let inner = text.get(open.end()..close.start)?;
    let (first, last) = inner.chars().next().zip(inner.chars().next_back())?;
    let letters = inner.chars().filter(|letter| letter.is_alphabetic()).count();
    if first.is_whitespace() || last.is_whitespace() {
        // Powers of numbers also have spaces on both sides.
        let is_prose = mark.len() > 1 && (letters > 2 || inner.chars().any(is_cjk));
        // A single mark may be a sign or refer to a note.
        let is_emphasis = || mark == "*" && letters > 2 && begins_word(open.before) && !first.is_whitespace();
        let is_meant = is_prose && is_edge(open.before) || is_emphasis() && !inner.contains('\n');
        let is_end = is_edge(close.after) || inner.ends_with(' ');
        return (is_meant && is_end)
            .then(|| format!("remove the spaces inside: `{mark}{}{mark}`", shown(inner.trim())));
    }
    if mark.starts_with('_') && inner.chars().any(is_cjk) && (is_cjk_letter(open.before) || is_cjk_letter(close.after))
    {
        let stars = "*".repeat(mark.len());
        return Some(format!("write asterisks, which need no spaces around them: `{stars}{}{stars}`", shown(inner)));
    }
    // CommonMark 0.31.2, section 6.2: between punctuation and a letter, a mark opens or closes nothing.
    let is_letter = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
    let is_open_blocked = is_letter(open.before) && is_punctuation(first);
    let is_close_blocked = is_punctuation(last) && is_letter(close.after);
    // Single marks and those within words may be arithmetic or names.
    let is_sure = mark.starts_with("**") || mark == "~~" || (begins_word(open.before) && is_close_blocked);
    if letters == 0 || !is_sure || !(is_open_blocked || is_close_blocked) {
        return None;
    }
    if let Some(quoted) = inner.strip_prefix(first).and_then(|inner| inner.strip_suffix(last))
        && is_pair(first, last)
        && !quoted.is_empty()
    {
        return Some(format!("put the marks inside: `{first}{mark}{}{mark}{last}`", shown(quoted)));
    }
    let emphasis = format!("{mark}{}{mark}", shown(inner));
    Some(match is_close_blocked {
        true => {
            let word = text[close.end()..].split(char::is_whitespace).next().unwrap_or_default();
            let word: String = word.chars().take_while(|&letter| letter != OBJECT).take(MAX_WORD).collect();
            format!("put a space after it: `{emphasis} {word}`")
        }
        false => format!("put a space before it: ` {emphasis}`"),
    })
}

/// True for quotation marks or brackets that belong together.
fn is_pair(first: char, last: char) -> bool {
    matches!(
        (first, last),
        ('"', '"')
            | ('\'', '\'')
            | ('“', '”')
            | ('‘', '’')
            | ('„', '“' | '”')
            | ('‚', '‘' | '’')
            | ('«', '»')
            | ('»', '«')
            | ('‹', '›')
            | ('(', ')')
            | ('[', ']')
            | ('”', '”')
            | ('’', '’')
    )
}

fn is_cjk_letter(letter: Option<char>) -> bool {
    letter.is_some_and(|letter| is_cjk(letter) && !is_cjk_punctuation(letter))
}

/// Returns the fix for a mark without a partner; `None` if it may be meant as text.
fn single(mark: EmphasisMark<'_>) -> Option<String> {
    let has_space = |letter: Option<char>| letter.is_none_or(char::is_whitespace);
    // `__init__` is a name, also in Chinese text.
    let is_name = |letter: char| letter.is_ascii_alphanumeric();
    let neighbours = || mark.before.into_iter().chain(mark.after);
    let is_beside_cjk = || neighbours().any(is_cjk) && !neighbours().any(is_name);
    match mark.text {
        "__" if !has_space(mark.before) && !has_space(mark.after) && is_beside_cjk() => {
            return Some("write asterisks, which need no spaces around them: `**…**`".to_owned());
        }
        "**" | "***" => {}
        _ => return None,
    }
    let begins =
        |letter: char| letter.is_alphanumeric() || matches!(letter, '"' | '“' | '„' | '«' | '‘' | '(' | OBJECT);
    let ends_word = |letter: char| !letter.is_whitespace() && letter != '*';
    if mark.opens() && mark.after.is_some_and(begins) {
        return Some(format!("close it with `{}` after the last bold word", mark.text));
    }
    let is_end = mark.before.is_some_and(ends_word) && is_edge(mark.after) && mark.after != Some(OBJECT);
    let is_text = |letter: char| letter.is_alphabetic() || is_punctuation(letter);
    (is_end && mark.before.is_some_and(is_text))
        .then(|| format!("write `{}` before the first bold word too, or remove it", mark.text))
}
