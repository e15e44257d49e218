//! Decides what each straight mark becomes, based on its neighbours and the other marks.

use std::ops::Range;

use super::letters::{closes, is_cjk_punctuation, is_figure, is_hebrew, is_unspaced, opens};
use super::url_extent::url_length;
use crate::language::Quotes;

/// The bytes to replace, and the text to insert before them, instead of them and after them.
pub(super) type MarkReplacement = (Range<usize>, [&'static str; 3]);

/// The role of a straight mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum MarkRole {
    Open,
    Close,
    Apostrophe,
    Prime,
    /// Geresh or gershayim: a part of a Hebrew word.
    Hebrew,
    /// Stays as typed.
    Typed,
}

/// A straight mark and its neighbours.
#[derive(Debug, Clone, Copy)]
struct StraightMark {
    at: usize,
    is_double: bool,
    before: Option<char>,
    after: Option<char>,
    /// The first character after it that is not a straight mark.
    beyond: Option<char>,
}

/// Words that begin with an apostrophe in English, Dutch and German.
const ELIDED: &[&str] = &[
    "tis", "twas", "twere", "twill", "twould", "til", "till", "em", "cause", "bout", "round", "cept", "nuff", "neath",
    "nother", "cuz", "n", "s", "t", "m", "k", "r", "ns", "ne", "nen", "nem", "ner", "nes",
];

/// Particles that Hebrew attaches to the next word, also to a quoted one.
const HEBREW_PREFIXES: &str = "משהוכלב";

/// Finds the straight quotes of a text and their replacements.
pub(super) fn quotes(text: &str, quotes: &Quotes) -> Vec<MarkReplacement> {
    let marks = marks(text);
    if marks.is_empty() {
        return Vec::new();
    }
    let roles = MarkedLine::of(text, &marks).roles();
    let may_have_urls = may_have_urls(text);
    let mut found = Vec::with_capacity(marks.len());
    for (mark, role) in marks.iter().zip(roles) {
        let mut range = mark.at..mark.at + 1;
        if may_have_urls && !mark.is_double && is_in_url(text, mark.at, mark.at + 1) {
            continue;
        }
        let (before, set, after) = match (role, mark.is_double) {
            (MarkRole::Typed, _) => continue,
            (MarkRole::Open, true) => ("", quotes.open, padding(quotes.open, quotes)),
            (MarkRole::Open, false) => ("", quotes.inner_open, padding(quotes.inner_open, quotes)),
            (MarkRole::Close, true) => (padding(quotes.close, quotes), quotes.close, ""),
            (MarkRole::Close, false) => (padding(quotes.inner_close, quotes), quotes.inner_close, ""),
            (MarkRole::Apostrophe, _) => ("", "’", ""),
            (MarkRole::Prime, true) => ("", "″", ""),
            (MarkRole::Prime, false) => ("", "′", ""),
            (MarkRole::Hebrew, true) => ("", "״", ""),
            (MarkRole::Hebrew, false) => ("", "׳", ""),
        };
        // A typed space inside a guillemet is replaced by the right one.
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

/// The space between a mark and the quoted words.
fn padding(mark: &str, quotes: &Quotes) -> &'static str {
    if matches!(mark, "«" | "»") { quotes.padding } else { "" }
}

fn marks(text: &str) -> Vec<StraightMark> {
    let mut marks: Vec<StraightMark> = memchr::memchr2_iter(b'"', b'\'', text.as_bytes())
        .map(|at| StraightMark {
            at,
            is_double: text.as_bytes()[at] == b'"',
            before: text[..at].chars().next_back(),
            after: text[at + 1..].chars().next(),
            beyond: None,
        })
        .collect();
    let mut next: Option<StraightMark> = None;
    for mark in marks.iter_mut().rev() {
        let is_beside = next.as_ref().is_some_and(|next| next.at == mark.at + 1);
        mark.beyond = if is_beside { next.and_then(|next| next.beyond) } else { mark.after };
        next = Some(*mark);
    }
    marks
}

/// A line whose marks are assigned roles from first to last.
struct MarkedLine<'l> {
    text: &'l str,
    marks: &'l [StraightMark],
    /// For each mark, true if a later one of its kind can close a quotation.
    closed_later: Vec<bool>,
    /// For each mark, the next of its kind.
    next: Vec<Option<usize>>,
    /// For each mark, the number of later ones of its kind.
    later: Vec<usize>,
    roles: Vec<MarkRole>,
    is_double_open: bool,
    is_single_open: bool,
    /// True if a single quotation was open where the open double one begins.
    was_single_open: bool,
}

impl<'l> MarkedLine<'l> {
    fn of(text: &'l str, marks: &'l [StraightMark]) -> MarkedLine<'l> {
        let mut line = MarkedLine {
            text,
            marks,
            closed_later: vec![false; marks.len()],
            next: vec![None; marks.len()],
            later: vec![0; marks.len()],
            roles: Vec::with_capacity(marks.len()),
            is_double_open: false,
            is_single_open: false,
            was_single_open: false,
        };
        let mut later = [None, None];
        let mut closed = [false, false];
        let mut counted = [0, 0];
        for (number, mark) in marks.iter().enumerate().rev() {
            let kind = usize::from(mark.is_double);
            line.closed_later[number] = closed[kind];
            line.next[number] = later[kind];
            line.later[number] = counted[kind];
            counted[kind] += 1;
            closed[kind] |= mark.may_close();
            later[kind] = Some(number);
        }
        line
    }

    fn roles(mut self) -> Vec<MarkRole> {
        for number in 0..self.marks.len() {
            let mark = self.marks[number];
            let role = if mark.is_double { self.double(number, mark) } else { self.single(number, mark) };
            match (role, mark.is_double) {
                (MarkRole::Open, true) => (self.is_double_open, self.was_single_open) = (true, self.is_single_open),
                // What began inside it ends with it.
                (MarkRole::Close, true) => (self.is_double_open, self.is_single_open) = (false, self.was_single_open),
                (MarkRole::Open, false) => self.is_single_open = true,
                (MarkRole::Close, false) => self.is_single_open = false,
                _ => {}
            }
            self.roles.push(role);
        }
        self.roles
    }

    /// The character before a mark, after typesetting: an opening quotation mark counts as a bracket.
    fn before(&self, number: usize, mark: StraightMark) -> Option<char> {
        let previous = number.checked_sub(1).filter(|&previous| self.marks[previous].at + 1 == mark.at);
        match previous.and_then(|previous| self.roles.get(previous)) {
            Some(MarkRole::Open) => Some('('),
            Some(MarkRole::Close) => Some(')'),
            Some(_) => Some('x'),
            None => mark.before,
        }
    }

    fn double(&self, number: usize, mark: StraightMark) -> MarkRole {
        let before = self.before(number, mark);
        if let (Some(letter), Some(next)) = (mark.before, mark.after)
            && (is_hebrew(letter) || letter == '\'' && number > 0 && self.roles[number - 1] == MarkRole::Hebrew)
            && is_hebrew(next)
        {
            return if !self.is_double_open && self.is_quoted_in_hebrew(number, mark) {
                MarkRole::Open
            } else {
                MarkRole::Hebrew
            };
        }
        let is_measure = || self.is_double_open || !self.opens_after_measure(number, mark);
        if before.is_some_and(is_figure) && is_measure() {
            let is_before_the_last = self.next_only_closes(number) && !mark.beyond.is_none_or(closes_more);
            let is_closing = self.is_double_open && !is_before_the_last;
            return if is_closing { MarkRole::Close } else { MarkRole::Prime };
        }
        let is_last = self.next[number].is_none();
        match (before.is_none_or(opens), mark.beyond.is_none_or(closes)) {
            (true, false) => MarkRole::Open,
            (false, true) => MarkRole::Close,
            _ if self.is_double_open => MarkRole::Close,
            _ if is_last => MarkRole::Typed,
            _ => MarkRole::Open,
        }
    }

    /// True if a double mark after a digit opens a quotation in text without spaces, as in 第1"A"级, and is no inch mark,
    /// as in 24"和27"屏幕. Marks that are left over in pairs are quotations themselves.
    fn opens_after_measure(&self, number: usize, mark: StraightMark) -> bool {
        let Some(next) = self.next[number].map(|next| self.marks[next]) else { return false };
        let inside = &self.text[mark.at + 1..next.at];
        mark.beyond.is_some_and(is_unspaced) && !inside.ends_with(is_figure) && self.later[number] % 2 == 1
    }

    /// True if the next mark of this kind can close a quotation and can't open one.
    fn next_only_closes(&self, number: usize) -> bool {
        self.next[number].is_some_and(|next| {
            let next = self.marks[next];
            !next.before.is_none_or(opens) && next.beyond.is_none_or(closes)
        })
    }

    /// True if a mark between Hebrew letters opens a quotation after a particle, as in ב"הארץ", and is
    /// not part of an acronym, as in צה"ל.
    fn is_quoted_in_hebrew(&self, number: usize, mark: StraightMark) -> bool {
        let word = self.text[..mark.at].rsplit(|letter| !is_hebrew(letter)).next().unwrap_or_default();
        let is_prefix = (1..=3).contains(&word.chars().count()) && word.chars().all(|c| HEBREW_PREFIXES.contains(c));
        let rest = self.text[mark.at + 1..].chars().take_while(|&letter| is_hebrew(letter)).count();
        let is_closed = self.next[number].is_some_and(|next| self.marks[next].may_close());
        is_prefix && rest > 1 && is_closed
    }

    fn single(&self, number: usize, mark: StraightMark) -> MarkRole {
        let before = self.before(number, mark);
        if mark.before.is_some_and(is_hebrew) {
            let is_inside = mark.after.is_some_and(is_hebrew);
            return if !is_inside && self.is_single_open { MarkRole::Close } else { MarkRole::Hebrew };
        }
        if self.opens_after_digit(number, mark) {
            return MarkRole::Open;
        }
        if let Some(role) = self.in_word(mark) {
            return role;
        }
        if before.is_some_and(is_figure) && !self.is_single_open {
            return MarkRole::Prime;
        }
        // Two feet marks make an inch mark.
        if number > 0 && self.roles[number - 1] == MarkRole::Prime && self.marks[number - 1].at + 1 == mark.at {
            return MarkRole::Prime;
        }
        let is_beside_unspaced = mark.before.is_some_and(is_beside_marks) || mark.after.is_some_and(is_beside_marks);
        match (before.is_none_or(opens), mark.beyond.is_none_or(closes)) {
            (true, false) if self.is_elision(number, mark) => MarkRole::Apostrophe,
            (true, false) if self.closed_later[number] => MarkRole::Open,
            (true, false) => MarkRole::Apostrophe,
            (false, true) if self.is_single_open && !self.ends_elision(number, mark) => MarkRole::Close,
            (false, true) => MarkRole::Apostrophe,
            (true, true) if self.is_single_open => MarkRole::Close,
            (true, true) => MarkRole::Typed,
            (false, false) if is_beside_unspaced && self.is_single_open => MarkRole::Close,
            (false, false) if is_beside_unspaced && self.next[number].is_some() => MarkRole::Open,
            (false, false) => MarkRole::Apostrophe,
        }
    }

    /// True if a mark after a digit opens a quotation in text without spaces, as in 第1'A'级, and is no foot mark.
    fn opens_after_digit(&self, number: usize, mark: StraightMark) -> bool {
        let Some(next) = self.next[number].map(|next| self.marks[next]) else { return false };
        let inside = &self.text[mark.at + 1..next.at];
        mark.before.is_some_and(is_figure)
            && mark.after.is_some_and(char::is_alphabetic)
            && !inside.contains(char::is_whitespace)
            && !inside.ends_with(is_figure)
            && next.after.is_some_and(is_beside_marks)
            && !self.is_single_open
    }

    /// The role of a mark between two letters or digits of a script with spaces.
    fn in_word(&self, mark: StraightMark) -> Option<MarkRole> {
        let is_letter = |letter: &char| (letter.is_alphanumeric() && !is_unspaced(*letter)) || *letter == '\u{fffc}';
        let (before, after) = (mark.before.filter(is_letter)?, mark.after.filter(is_letter)?);
        if !is_figure(before) {
            return Some(MarkRole::Apostrophe);
        }
        let rest = &self.text[mark.at + 1..];
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let is_by = || matches!(after, 'x' | 'X' | '×') && rest[after.len_utf8()..].trim_start().starts_with(is_figure);
        let is_compass = || matches!(after, 'N' | 'S' | 'E' | 'W' | 'O') && !rest[1..].starts_with(char::is_alphabetic);
        Some(match is_figure(after) {
            // A Swiss thousands separator: 12'500.
            true if digits == 3 => MarkRole::Apostrophe,
            true => MarkRole::Prime,
            false if is_compass() || is_by() => MarkRole::Prime,
            false => MarkRole::Apostrophe,
        })
    }

    /// True if a mark before a word replaces letters: ’90s, ’tis, rock ’n’ roll.
    fn is_elision(&self, number: usize, mark: StraightMark) -> bool {
        let rest = &self.text[mark.at + 1..];
        let end = rest.find(|letter: char| !letter.is_alphanumeric()).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        let digits = word.bytes().take_while(u8::is_ascii_digit).count();
        if digits == 2 {
            return match &word[digits..] {
                "s" | "er" | "ern" => true,
                "" => !self.closed_later[number],
                _ => false,
            };
        }
        let is_known = ELIDED.iter().any(|elided| word.eq_ignore_ascii_case(elided));
        is_known
            && (!after.starts_with('\'') || word.eq_ignore_ascii_case("n") && self.is_between_words(mark, &after[1..]))
    }

    /// True for the first mark of `'n'` between two words with spaces, not of a quoted letter.
    fn is_between_words(&self, mark: StraightMark, after: &str) -> bool {
        let is_space = |letter: char| letter.is_whitespace() || matches!(letter, '-' | '‐' | '–');
        let is_word = |letter: Option<char>| letter.is_none_or(|letter| !is_beside_marks(letter));
        let before = &self.text[..mark.at];
        before.chars().next_back().is_none_or(is_space)
            && after.chars().next().is_none_or(is_space)
            && is_word(before.trim_end().chars().next_back())
            && is_word(after.trim_start().chars().next())
    }

    /// True for the second mark of `'n'`.
    fn ends_elision(&self, number: usize, mark: StraightMark) -> bool {
        let Some(previous) = number.checked_sub(1) else { return false };
        self.roles[previous] == MarkRole::Apostrophe
            && self.marks[previous].at + 2 == mark.at
            && mark.before == Some('n')
    }
}

/// True for letters and punctuation beside which a quotation begins and ends without spaces.
fn is_beside_marks(letter: char) -> bool {
    is_unspaced(letter) || is_cjk_punctuation(letter)
}

/// True if a mark between a digit and this character ends a quotation instead of marking a measure.
fn closes_more(letter: char) -> bool {
    !letter.is_whitespace() && closes(letter)
}

impl StraightMark {
    /// True if a quotation can end here.
    fn may_close(self) -> bool {
        let ends = |letter: char| closes(letter) || is_beside_marks(letter);
        !self.before.is_none_or(|letter| opens(letter) && letter != '-') && self.beyond.is_none_or(ends)
    }
}

/// Finds runs of hyphens and dots that stand for dashes and ellipses.
pub(super) fn dashes(text: &str) -> Vec<MarkReplacement> {
    let mut found = Vec::new();
    let bytes = text.as_bytes();
    let may_have_urls = may_have_urls(text);
    let mut at = 0;
    while let Some(skip) = memchr::memchr2(b'-', b'.', &bytes[at..]) {
        let start = at + skip;
        let length = bytes[start..].iter().take_while(|&&byte| byte == bytes[start]).count();
        at = start + length;
        if length < 2 || bytes[start] == b'.' && length < 3 {
            continue;
        }
        if (may_have_urls && is_in_url(text, start, at)) || is_in_path(text, start) {
            continue;
        }
        if bytes[start] == b'.' {
            found.extend((start..=at - 3).step_by(3).map(|dot| (dot..dot + 3, ["", "…", ""])));
            continue;
        }
        // Three hyphens make an em dash, two an en dash; longer runs combine these.
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

/// True if a text may contain a URL or e-mail address.
fn may_have_urls(text: &str) -> bool {
    ["://", "www.", "@", "xn--"].iter().any(|sign| memchr::memmem::find(text.as_bytes(), sign.as_bytes()).is_some())
}

/// The maximum distance searched for a URL on both sides of a mark, in bytes.
const MAX_URL: usize = 500;

/// True if a position is inside a URL, host name or email address.
fn is_in_url(text: &str, start: usize, end: usize) -> bool {
    let earliest = text.ceil_char_boundary(start.saturating_sub(MAX_URL));
    let before = text[earliest..start].rsplit(char::is_whitespace).next().unwrap_or_default();
    let after = &text[end..text.floor_char_boundary(end.saturating_add(MAX_URL))];
    if !after.starts_with(|letter: char| letter.is_alphanumeric() || letter == '/') {
        return false;
    }
    let url = ["://", "www."].into_iter().filter_map(|sign| before.rfind(sign)).max();
    let goes_on = |at: usize| {
        let url = &text[start - before.len() + at..end + after.len()];
        url_length(url).is_none_or(|length| length > before.len() - at + (end - start))
    };
    url.is_some_and(goes_on) || before.ends_with("xn") || is_in_email(before, after)
}

/// True if a mark is in an email address, by the text around it.
fn is_in_email(before: &str, after: &str) -> bool {
    let is_letter = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | '_' | '+' | '\'');
    let host = before.trim_end_matches(is_letter);
    if host.len() == before.len() || !after.starts_with(|letter: char| letter.is_ascii_alphanumeric()) {
        return false;
    }
    let domain = after.trim_start_matches(is_letter).strip_prefix('@').unwrap_or_default();
    let end = domain.find(|letter: char| !is_letter(letter)).unwrap_or(domain.len());
    domain[..end].contains('.') || host.strip_suffix('@').is_some_and(|local| local.ends_with(is_letter))
}

/// True if a position is in the path of a URL without a scheme: `example.org/a--b`.
fn is_in_path(text: &str, at: usize) -> bool {
    let earliest = text.ceil_char_boundary(at.saturating_sub(MAX_URL));
    let before = text[earliest..at].rsplit(char::is_whitespace).next().unwrap_or_default();
    let Some((host, _)) = before.split_once('/') else { return false };
    // What precedes it may be text without spaces.
    let host_start = host.rfind(|letter: char| !letter.is_ascii()).map_or(0, |at| host.ceil_char_boundary(at + 1));
    let name = host[host_start..].trim_start_matches(|letter: char| !letter.is_ascii_alphanumeric());
    let (host_start, host) = (host.len() - name.len(), name);
    let is_host = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b':');
    let domain = host.rsplit_once('.').map_or("", |(_, domain)| domain.split(':').next().unwrap_or_default());
    let url = &before[host_start..];
    url_length(url).is_none()
        && domain.len() > 1
        && domain.bytes().all(|byte| byte.is_ascii_alphabetic())
        && host.bytes().all(is_host)
}
