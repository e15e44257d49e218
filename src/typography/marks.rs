//! Decides what each straight mark stands for, by what stands beside it and by the marks before and after it.

use std::ops::Range;

use super::letters::{closes, is_hebrew, is_unspaced, opens};
use crate::language::Quotes;

/// What is put in the place of some bytes: what stands before it, it, and what stands after it.
pub(super) type Found = (Range<usize>, [&'static str; 3]);

/// What a mark turns out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Open,
    Close,
    Apostrophe,
    Prime,
    /// Geresh or gershayim: a part of a Hebrew word.
    Hebrew,
    /// It stays as it is typed.
    Typed,
}

/// A straight mark and what stands beside it.
#[derive(Debug, Clone, Copy)]
struct Mark {
    at: usize,
    is_double: bool,
    before: Option<char>,
    after: Option<char>,
    /// The first character after it that is no mark.
    beyond: Option<char>,
}

/// Words that begin with an apostrophe: English, Dutch and German.
const ELIDED: &[&str] = &[
    "tis", "twas", "twere", "twill", "twould", "til", "till", "em", "cause", "bout", "round", "cept", "nuff", "neath",
    "nother", "cuz", "n", "s", "t", "m", "k", "r", "ns", "ne", "nen", "nem", "ner", "nes",
];

/// Particles that Hebrew writes before a word without a space, also before a quoted one.
const HEBREW_PREFIXES: &str = "משהוכלב";

/// Finds the quotes of a text and what each becomes.
pub(super) fn quotes(text: &str, quotes: &Quotes) -> Vec<Found> {
    let marks = marks(text);
    if marks.is_empty() {
        return Vec::new();
    }
    let roles = Line::of(text, &marks).roles();
    let has_addresses = has_addresses(text);
    let mut found = Vec::with_capacity(marks.len());
    for (mark, role) in marks.iter().zip(roles) {
        let mut range = mark.at..mark.at + 1;
        if has_addresses && !mark.is_double && is_in_address(text, mark.at, mark.at + 1) {
            continue;
        }
        let (before, set, after) = match (role, mark.is_double) {
            (Role::Typed, _) => continue,
            (Role::Open, true) => ("", quotes.open, padding(quotes.open, quotes)),
            (Role::Open, false) => ("", quotes.inner_open, padding(quotes.inner_open, quotes)),
            (Role::Close, true) => (padding(quotes.close, quotes), quotes.close, ""),
            (Role::Close, false) => (padding(quotes.inner_close, quotes), quotes.inner_close, ""),
            (Role::Apostrophe, _) => ("", "’", ""),
            (Role::Prime, true) => ("", "″", ""),
            (Role::Prime, false) => ("", "′", ""),
            (Role::Hebrew, true) => ("", "״", ""),
            (Role::Hebrew, false) => ("", "׳", ""),
        };
        // A space that was typed inside a guillemet becomes the one that belongs there.
        let is_space = |letter: &char| matches!(letter, ' ' | '\u{a0}' | '\u{202f}');
        if !after.is_empty()
            && let Some(space) = mark.after.filter(is_space)
        {
            range.end += space.len_utf8();
        }
        if !before.is_empty()
            && let Some(space) = mark.before.filter(is_space)
        {
            range.start -= space.len_utf8();
        }
        found.push((range, [before, set, after]));
    }
    found
}

/// What stands between a mark and the words that it encloses.
fn padding(mark: &str, quotes: &Quotes) -> &'static str {
    if matches!(mark, "«" | "»") { quotes.padding } else { "" }
}

fn marks(text: &str) -> Vec<Mark> {
    let mut marks: Vec<Mark> = memchr::memchr2_iter(b'"', b'\'', text.as_bytes())
        .map(|at| Mark {
            at,
            is_double: text.as_bytes()[at] == b'"',
            before: text[..at].chars().next_back(),
            after: text[at + 1..].chars().next(),
            beyond: None,
        })
        .collect();
    let mut next: Option<Mark> = None;
    for mark in marks.iter_mut().rev() {
        let is_beside = next.as_ref().is_some_and(|next| next.at == mark.at + 1);
        mark.beyond = if is_beside { next.and_then(|next| next.beyond) } else { mark.after };
        next = Some(*mark);
    }
    marks
}

/// One line whose marks are given their roles from the first to the last.
struct Line<'l> {
    text: &'l str,
    marks: &'l [Mark],
    /// For each mark, whether one of its kind that can close a quotation comes later.
    closed_later: Vec<bool>,
    /// For each mark, the next of its kind.
    next: Vec<Option<usize>>,
    roles: Vec<Role>,
    is_double_open: bool,
    is_single_open: bool,
}

impl<'l> Line<'l> {
    fn of(text: &'l str, marks: &'l [Mark]) -> Line<'l> {
        let mut line = Line {
            text,
            marks,
            closed_later: vec![false; marks.len()],
            next: vec![None; marks.len()],
            roles: Vec::with_capacity(marks.len()),
            is_double_open: false,
            is_single_open: false,
        };
        let mut later = [None, None];
        let mut closed = [false, false];
        for (number, mark) in marks.iter().enumerate().rev() {
            let kind = usize::from(mark.is_double);
            line.closed_later[number] = closed[kind];
            line.next[number] = later[kind];
            closed[kind] |= mark.may_close();
            later[kind] = Some(number);
        }
        line
    }

    fn roles(mut self) -> Vec<Role> {
        for number in 0..self.marks.len() {
            let mark = self.marks[number];
            let role = if mark.is_double { self.double(number, mark) } else { self.single(number, mark) };
            let open = if mark.is_double { &mut self.is_double_open } else { &mut self.is_single_open };
            match role {
                Role::Open => *open = true,
                Role::Close => *open = false,
                _ => {}
            }
            self.roles.push(role);
        }
        self.roles
    }

    /// The character before a mark, as it is set: a quotation that opens there is like a bracket.
    fn before(&self, number: usize, mark: Mark) -> Option<char> {
        let previous = number.checked_sub(1).filter(|&previous| self.marks[previous].at + 1 == mark.at);
        match previous.and_then(|previous| self.roles.get(previous)) {
            Some(Role::Open) => Some('('),
            Some(Role::Close) => Some(')'),
            Some(_) => Some('x'),
            None => mark.before,
        }
    }

    fn double(&self, number: usize, mark: Mark) -> Role {
        let before = self.before(number, mark);
        if let (Some(letter), Some(next)) = (mark.before, mark.after)
            && (is_hebrew(letter) || letter == '\'' && number > 0 && self.roles[number - 1] == Role::Hebrew)
            && is_hebrew(next)
        {
            return if !self.is_double_open && self.is_quoted_in_hebrew(number, mark) {
                Role::Open
            } else {
                Role::Hebrew
            };
        }
        let is_unspaced_after = mark.beyond.is_some_and(is_unspaced);
        if before.is_some_and(|letter| letter.is_ascii_digit()) && !(is_unspaced_after && self.next[number].is_some()) {
            let is_before_the_last = self.next_only_closes(number) && !mark.beyond.is_none_or(closes_more);
            let is_closing = self.is_double_open && !is_before_the_last;
            return if is_closing { Role::Close } else { Role::Prime };
        }
        let is_last = self.next[number].is_none();
        match (before.is_none_or(opens), mark.beyond.is_none_or(closes)) {
            (true, false) => Role::Open,
            (false, true) => Role::Close,
            _ if self.is_double_open => Role::Close,
            _ if is_last => Role::Typed,
            _ => Role::Open,
        }
    }

    /// Whether the next mark of the kind can close a quotation and cannot open one.
    fn next_only_closes(&self, number: usize) -> bool {
        self.next[number].is_some_and(|next| {
            let next = self.marks[next];
            !next.before.is_none_or(opens) && next.beyond.is_none_or(closes)
        })
    }

    /// Whether a mark between Hebrew letters opens a quotation after a particle, as in ב"הארץ", and is not a part of
    /// an acronym, as in צה"ל.
    fn is_quoted_in_hebrew(&self, number: usize, mark: Mark) -> bool {
        let word = self.text[..mark.at].rsplit(|letter| !is_hebrew(letter)).next().unwrap_or_default();
        let is_prefix = (1..=3).contains(&word.chars().count()) && word.chars().all(|c| HEBREW_PREFIXES.contains(c));
        let rest = self.text[mark.at + 1..].chars().take_while(|&letter| is_hebrew(letter)).count();
        let is_closed = self.next[number].is_some_and(|next| self.marks[next].may_close());
        is_prefix && rest > 1 && is_closed
    }

    fn single(&self, number: usize, mark: Mark) -> Role {
        let before = self.before(number, mark);
        if mark.before.is_some_and(is_hebrew) {
            let is_inside = mark.after.is_some_and(is_hebrew);
            return if !is_inside && self.is_single_open { Role::Close } else { Role::Hebrew };
        }
        if let Some(role) = self.in_word(mark) {
            return role;
        }
        if before.is_some_and(|letter| letter.is_ascii_digit()) && !self.is_single_open {
            return Role::Prime;
        }
        // Two feet marks are one inch mark.
        if number > 0 && self.roles[number - 1] == Role::Prime && self.marks[number - 1].at + 1 == mark.at {
            return Role::Prime;
        }
        let is_beside_unspaced = mark.before.is_some_and(is_unspaced) || mark.after.is_some_and(is_unspaced);
        match (before.is_none_or(opens), mark.beyond.is_none_or(closes)) {
            (true, false) if self.is_elision(number, mark) => Role::Apostrophe,
            (true, false) if self.closed_later[number] => Role::Open,
            (true, false) => Role::Apostrophe,
            (false, true) if self.is_single_open && !self.ends_elision(number, mark) => Role::Close,
            (false, true) => Role::Apostrophe,
            (true, true) if self.is_single_open => Role::Close,
            (true, true) => Role::Typed,
            (false, false) if is_beside_unspaced && self.is_single_open => Role::Close,
            (false, false) if is_beside_unspaced && self.next[number].is_some() => Role::Open,
            (false, false) => Role::Apostrophe,
        }
    }

    /// What a mark between two letters or digits of a spaced script is.
    fn in_word(&self, mark: Mark) -> Option<Role> {
        let is_letter = |letter: &char| (letter.is_alphanumeric() && !is_unspaced(*letter)) || *letter == '\u{fffc}';
        let (before, after) = (mark.before.filter(is_letter)?, mark.after.filter(is_letter)?);
        if !before.is_ascii_digit() {
            return Some(Role::Apostrophe);
        }
        let rest = &self.text[mark.at + 1..];
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let is_compass = || matches!(after, 'N' | 'S' | 'E' | 'W' | 'O') && !rest[1..].starts_with(char::is_alphabetic);
        Some(match after.is_ascii_digit() {
            // Thousands in Switzerland: 12'500.
            true if digits == 3 => Role::Apostrophe,
            true => Role::Prime,
            false if is_compass() => Role::Prime,
            false => Role::Apostrophe,
        })
    }

    /// Whether a mark before a word stands for letters that are left out: ’90s, ’tis, rock ’n’ roll.
    fn is_elision(&self, number: usize, mark: Mark) -> bool {
        let rest = &self.text[mark.at + 1..];
        let end = rest.find(|letter: char| !letter.is_alphanumeric()).unwrap_or(rest.len());
        let (word, behind) = rest.split_at(end);
        let digits = word.bytes().take_while(u8::is_ascii_digit).count();
        if digits == 2 {
            return match &word[digits..] {
                "s" => true,
                "" => !self.closed_later[number],
                _ => false,
            };
        }
        let is_known = ELIDED.iter().any(|elided| word.eq_ignore_ascii_case(elided));
        is_known && (!behind.starts_with('\'') || word.eq_ignore_ascii_case("n"))
    }

    /// Whether it is the second mark of `'n'`.
    fn ends_elision(&self, number: usize, mark: Mark) -> bool {
        let Some(previous) = number.checked_sub(1) else { return false };
        self.roles[previous] == Role::Apostrophe && self.marks[previous].at + 2 == mark.at && mark.before == Some('n')
    }
}

/// Whether a digit's mark that stands before this character ends a quotation rather than a measure.
fn closes_more(letter: char) -> bool {
    !letter.is_whitespace() && closes(letter)
}

impl Mark {
    /// Whether a quotation can end here.
    fn may_close(self) -> bool {
        let ends = |letter: char| closes(letter) || is_unspaced(letter);
        !self.before.is_none_or(|letter| opens(letter) && letter != '-') && self.beyond.is_none_or(ends)
    }
}

/// Finds runs of hyphens and dots that stand for dashes and ellipses.
pub(super) fn dashes(text: &str) -> Vec<Found> {
    let mut found = Vec::new();
    let bytes = text.as_bytes();
    let has_addresses = has_addresses(text);
    let mut at = 0;
    while let Some(skip) = memchr::memchr2(b'-', b'.', &bytes[at..]) {
        let start = at + skip;
        let length = bytes[start..].iter().take_while(|&&byte| byte == bytes[start]).count();
        at = start + length;
        if length < 2 || bytes[start] == b'.' && length < 3 || (has_addresses && is_in_address(text, start, at)) {
            continue;
        }
        if bytes[start] == b'.' {
            found.extend((start..=at - 3).step_by(3).map(|dot| (dot..dot + 3, ["", "…", ""])));
            continue;
        }
        // Three hyphens are an em dash, two an en dash; longer runs are made of those.
        let (ems, ens) = match length % 6 {
            0 | 3 => (length / 3, 0),
            2 | 4 => (0, length / 2),
            1 => (length / 3 - 1, 2),
            _ => (length / 3, 1),
        };
        let starts = (0..ems).map(|em| (start + 3 * em, 3, "—"));
        let starts = starts.chain((0..ens).map(|en| (start + 3 * ems + 2 * en, 2, "–")));
        found.extend(starts.map(|(start, length, dash)| (start..start + length, ["", dash, ""])));
    }
    found
}

/// Whether a text may have an address in it at all.
fn has_addresses(text: &str) -> bool {
    ["://", "www.", "@", "xn--"].iter().any(|sign| memchr::memmem::find(text.as_bytes(), sign.as_bytes()).is_some())
}

/// How far an address is looked for on both sides of a mark, in bytes.
const MAX_ADDRESS: usize = 500;

/// Whether a place lies in something that machines read: a URL, the name of a host, an e-mail address.
fn is_in_address(text: &str, start: usize, end: usize) -> bool {
    let earliest = text.floor_char_boundary(start.saturating_sub(MAX_ADDRESS));
    let latest = text.floor_char_boundary(end.saturating_add(MAX_ADDRESS));
    let before = text[earliest..start].rsplit(char::is_whitespace).next().unwrap_or_default();
    let after = text[end..latest].split(char::is_whitespace).next().unwrap_or_default();
    let is_inside = after.starts_with(|letter: char| letter.is_alphanumeric() || letter == '/');
    let is_url = before.contains("://") || before.contains("www.");
    is_inside && (is_url || before.ends_with("xn") || after.contains('@') && after.contains('.'))
}
