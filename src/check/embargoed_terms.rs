//! The terms that must not appear in public: everything that the sources of hidden stories say and the public ones do
//! not.

use std::borrow::Cow;
use std::fs;
use std::io;
use std::ops::Range;
use std::path::PathBuf;

use ahash::{HashMap, HashSet};
use rayon::prelude::*;
use serde_json::Value;

use crate::markdown::{self, Options};
use crate::read::split;
use crate::route::BaseUrl;
use crate::site::State;
use crate::yaml;

use super::words::{HashedWord, ReadMode, WordRuns, words};

/// The number of words in a row that make a phrase distinctive.
const MIN_WORDS: usize = 6;
/// The same in characters of scripts without spaces between words.
const MIN_CHARACTERS: usize = 12;
/// A string of at least this many words counts as a title even if a public source contains it too.
const MIN_TITLE_WORDS: usize = 4;
/// The shortest single word to search for, in letters; shorter ones are everywhere.
const MIN_LETTERS: usize = 4;

/// Front-matter keys whose values are not the story's own words.
const IGNORED_KEYS: &[&str] = &[
    "date", "updated", "embargo", "expires", "kind", "language", "weight", "draft", "comments", "noindex", "slug",
    "aliases",
];

/// Front-matter keys whose values are headlines.
const HEADLINE_KEYS: &[&str] = &["title", "short_title", "seo_title"];

/// A source that is not public.
#[derive(Debug)]
pub(super) struct HiddenSource {
    /// The file, relative to the project's folder.
    pub path: String,
    pub state: State,
    pub text: String,
    /// The path segments that only this source would bring into URLs: its own, and its tags'.
    pub url_segments: Vec<String>,
    /// True if readers may know why it was withdrawn.
    pub is_reason_public: bool,
    /// True if the text is a comment in the source, which may itself be public.
    pub is_comment: bool,
    /// True if the text is one term, however short.
    pub is_whole: bool,
}

/// A source of public pages.
#[derive(Debug)]
pub(super) enum PublicSource {
    /// A content file: its path, its path relative to the project (which is as public), and the options to find its
    /// comments.
    File(PathBuf, String, Options),
    /// Any other text.
    Text(String),
}

impl PublicSource {
    /// Reads the text without comments; returns it with the end of its front matter.
    fn read(&self) -> io::Result<(Cow<'_, str>, usize)> {
        match self {
            PublicSource::Text(text) => Ok((text.into(), 0)),
            PublicSource::File(path, name, options) => {
                let text = fs::read_to_string(path)?;
                let front = body_start(&text);
                let mut open = String::with_capacity(text.len() + name.len() + 3);
                let mut at = 0;
                for comment in comments(&text, options) {
                    open.push_str(&text[at..comment.start]);
                    open.push('\n');
                    at = comment.end;
                }
                open.extend([&text[at..], "\n/", name, "\n"]);
                Ok((open.into(), front))
            }
        }
    }
}

/// The byte at which the body of a source begins.
fn body_start(text: &str) -> usize {
    split(text).ok().flatten().map_or(0, |front| front.body)
}

/// The byte ranges of a source's comments.
pub(super) fn comments(text: &str, options: &Options) -> impl Iterator<Item = Range<usize>> {
    let start = body_start(text);
    markdown::comments(&text[start..], options).into_iter().map(move |range| start + range.start..start + range.end)
}

/// A term to search for.
#[derive(Debug, Clone)]
pub(super) struct EmbargoedTerm {
    /// The index of its hidden source.
    pub owner: usize,
    /// The front-matter key; `None` for the body.
    pub key: Option<String>,
    /// True if it is a single word.
    pub is_single: bool,
    /// True if it counts even if a public source says it.
    is_title: bool,
}

/// A term found in a text.
struct TermMatch<'s> {
    /// The length in words.
    length: usize,
    hash: u64,
    term: &'s EmbargoedTerm,
    /// The offset in bytes.
    at: usize,
}

/// All terms to search for.
#[derive(Debug, Default)]
pub(super) struct EmbargoedTerms {
    /// The terms by number of words and then by hash.
    runs: Vec<(usize, HashMap<u64, EmbargoedTerm>)>,
    /// Path segments in lower case, with the index of their source.
    slugs: HashMap<String, usize>,
    /// The public site's host and path, without the scheme: `example.org`.
    host: String,
}

impl EmbargoedTerms {
    /// Collects the terms of hidden sources that no public source contains. `routes` are the public URLs.
    ///
    /// # Errors
    /// When a public source cannot be read.
    pub(super) fn new<'r>(
        hidden: &[HiddenSource],
        public: &[PublicSource],
        routes: impl Iterator<Item = &'r str>,
        base_url: &BaseUrl,
    ) -> io::Result<EmbargoedTerms> {
        let mut runs: HashMap<usize, HashMap<u64, EmbargoedTerm>> = HashMap::default();
        for (owner, hidden) in hidden.iter().enumerate() {
            collect(owner, hidden, &mut |length, hash, term| {
                runs.entry(length).or_default().entry(hash).or_insert(term);
            });
        }
        let mut terms = EmbargoedTerms { runs: runs.into_iter().collect(), ..EmbargoedTerms::default() };
        terms.host = base_url.origin().trim_start_matches("https://").trim_start_matches("http://").to_owned();
        terms.runs.sort_by_key(|(length, _)| *length);
        let own = base_url.prefix().split('/').chain(terms.host.split('.'));
        let routes = routes.flat_map(|route| route.split(['/', '.'])).chain(own);
        let parts: HashSet<String> = routes.map(str::to_lowercase).collect();
        let own = hidden.iter().enumerate();
        let own =
            own.flat_map(|(owner, hidden)| hidden.url_segments.iter().map(move |part| (part.to_lowercase(), owner)));
        terms.slugs = own.filter(|(slug, _)| !slug.is_empty() && !parts.contains(slug)).collect();
        terms.forget_common(public)?;
        Ok(terms)
    }

    /// Removes terms that public sources contain as well, since they reveal nothing. A title stays unless a public
    /// story has it too.
    fn forget_common(&mut self, public: &[PublicSource]) -> io::Result<()> {
        let read = public.par_iter().map(|public| {
            let (text, front) = public.read()?;
            let readings = [ReadMode::Raw, ReadMode::Shown].into_iter();
            let found = readings.flat_map(|reading| {
                let words = words(&text, reading);
                self.find(&words).map(|found| (found.length, found.hash, found.at < front)).collect::<Vec<_>>()
            });
            Ok((found.collect::<Vec<_>>(), self.named(&text)))
        });
        let read = read.collect::<io::Result<Vec<_>>>()?;
        let (said, named): (Vec<_>, Vec<_>) = read.into_iter().unzip();
        // A segment that public sources mention is public.
        for part in named.into_iter().flatten() {
            self.slugs.remove(&part);
        }
        for (length, hash, is_front) in said.into_iter().flatten() {
            let Some((_, runs)) = self.runs.iter_mut().find(|(known, _)| *known == length) else { continue };
            if runs.get(&hash).is_some_and(|term| is_front || !term.is_title) {
                runs.remove(&hash);
            }
        }
        Ok(())
    }

    /// Finds the terms among these words.
    fn find(&self, words: &[HashedWord]) -> impl Iterator<Item = TermMatch<'_>> {
        let all = WordRuns::new(words);
        let mut found = Vec::new();
        for (length, terms) in &self.runs {
            let here = all.of_length(*length);
            found.extend(
                here.filter_map(|(hash, at)| Some(TermMatch { length: *length, hash, term: terms.get(&hash)?, at })),
            );
        }
        found.into_iter()
    }

    /// Finds the terms in a text, with their offsets.
    pub(super) fn in_text(&self, text: &str, reading: ReadMode) -> Vec<(&EmbargoedTerm, usize)> {
        let words = words(text, reading);
        // Markup has words of its own, such as a class named `story`.
        let shortest = if reading == ReadMode::Shown { 1 } else { 2 };
        self.find(&words).filter(|found| found.length >= shortest).map(|found| (found.term, found.at)).collect()
    }

    /// Finds the hidden sources whose URLs a text mentions, with the offsets.
    pub(super) fn segments_in(&self, text: &str) -> Vec<(usize, usize)> {
        if self.slugs.is_empty() {
            return Vec::new();
        }
        let found = parts(text).filter_map(|(start, part)| Some((self.source_of_segment(part)?, start)));
        found.filter(|&(_, start)| !self.is_elsewhere(text, start)).collect()
    }

    /// The hidden path segments that a text mentions.
    fn named(&self, text: &str) -> Vec<String> {
        let named = parts(text).filter_map(|(_, part)| self.slug(part));
        named.map(|(slug, _)| slug.clone()).collect()
    }

    /// True if the URL belongs to another host.
    fn is_elsewhere(&self, text: &str, start: usize) -> bool {
        let before = &text[..start];
        let begin = before.rfind(|letter: char| letter.is_whitespace() || "\"'<>()=".contains(letter));
        let address = &before[begin.map_or(0, |at| at + 1)..];
        address.split_once("://").is_some_and(|(_, rest)| !rest.starts_with(self.host.as_str()))
    }

    /// The index of the hidden source that a path segment belongs to.
    pub(super) fn source_of_segment(&self, part: &str) -> Option<usize> {
        self.slug(part).map(|(_, &owner)| owner)
    }

    fn slug(&self, part: &str) -> Option<(&String, &usize)> {
        let decoded = percent_encoding::percent_decode_str(part).decode_utf8_lossy().to_lowercase();
        let stem = decoded.split('.').next().unwrap_or_default();
        self.slugs.get_key_value(&*decoded).or_else(|| self.slugs.get_key_value(stem))
    }
}

/// The possible path segments in a text, with their offsets: what follows a slash, or a quote if it continues like a
/// path.
fn parts(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let ends = |c: char| c.is_whitespace() || "/\"'?#<>()\\&,;".contains(c);
    let starts = memchr::memchr3_iter(b'/', b'"', b'\'', text.as_bytes());
    // An end tag is not a URL.
    let starts = starts.filter(|&at| at == 0 || text.as_bytes()[at - 1] != b'<');
    starts.filter_map(move |at| {
        let rest = &text[at + 1..];
        let part = &rest[..rest.find(ends).unwrap_or(rest.len())];
        let is_path = || part.contains('.') || rest[part.len()..].starts_with('/');
        (text.as_bytes()[at] == b'/' || is_path()).then_some((at + 1, part))
    })
}

/// Adds the terms of a hidden source.
fn collect(owner: usize, hidden: &HiddenSource, add: &mut dyn FnMut(usize, u64, EmbargoedTerm)) {
    if hidden.is_whole {
        let words = words(&hidden.text, ReadMode::Shown);
        let term = EmbargoedTerm { owner, key: None, is_single: false, is_title: false };
        let whole = WordRuns::new(&words).of_length(words.len()).next();
        return whole.into_iter().for_each(|(hash, _)| add(words.len(), hash, term.clone()));
    }
    if hidden.is_comment {
        return runs_of(&hidden.text, &mut |length, hash| {
            add(length, hash, EmbargoedTerm { owner, key: None, is_single: false, is_title: false });
        });
    }
    let front = split(&hidden.text).ok().flatten();
    let body = front.map_or(0, |front| front.body);
    runs_of(&hidden.text[body..], &mut |length, hash| {
        add(length, hash, EmbargoedTerm { owner, key: None, is_single: false, is_title: false });
    });
    let parsed = front.and_then(|front| yaml::parse::<Value>(front.yaml).ok());
    let Some(Value::Object(mapping)) = parsed else { return };
    let may_be_mentioned = !matches!(hidden.state, State::Draft | State::Embargoed);
    for (key, value) in &mapping {
        let is_reason_public = hidden.is_reason_public && key == "withdrawn";
        if IGNORED_KEYS.contains(&key.as_str()) || is_reason_public {
            continue;
        }
        for text in texts(value) {
            let words = words(text, ReadMode::Raw);
            if words.len() > 2 * MIN_WORDS {
                runs_of(text, &mut |length, hash| {
                    add(
                        length,
                        hash,
                        EmbargoedTerm { owner, key: Some(key.clone()), is_single: false, is_title: false },
                    );
                });
            } else if is_distinctive(text, &words)
                && let Some((hash, _)) = WordRuns::new(&words).of_length(words.len()).next()
            {
                let is_title = HEADLINE_KEYS.contains(&key.as_str()) && is_long(&words) && !may_be_mentioned;
                add(
                    words.len(),
                    hash,
                    EmbargoedTerm { owner, key: Some(key.clone()), is_single: words.len() == 1, is_title },
                );
            }
        }
    }
}

/// Adds the runs of words of a longer text: every second one, so that each longer passage contains some.
fn runs_of(text: &str, add: &mut dyn FnMut(usize, u64)) {
    let words = words(text, ReadMode::Shown);
    let runs = WordRuns::new(&words);
    if words.len() < MIN_WORDS && is_long(&words) {
        runs.of_length(words.len()).for_each(|(hash, _)| add(words.len(), hash));
    }
    for (length, is_dense) in [(MIN_WORDS, false), (MIN_CHARACTERS, true)] {
        for (start, (hash, _)) in runs.of_length(length).enumerate().step_by(2) {
            let characters = words[start..start + length].iter().filter(|word| word.is_character).count();
            if (2 * characters >= length) == is_dense {
                add(length, hash);
            }
        }
    }
}

fn is_long(words: &[HashedWord]) -> bool {
    let characters = words.iter().filter(|word| word.is_character).count();
    words.len() - characters >= MIN_TITLE_WORDS || characters >= 2 * MIN_TITLE_WORDS
}

/// True if a short string is distinctive: a number or a date is not.
fn is_distinctive(text: &str, words: &[HashedWord]) -> bool {
    let letters = text.chars().filter(|letter| letter.is_alphanumeric()).count();
    text.chars().any(char::is_alphabetic) && (words.len() > 1 || letters >= MIN_LETTERS)
}

/// All strings in a value.
fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(values) => values.iter().flat_map(texts).collect(),
        Value::Object(values) => values.values().flat_map(texts).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) => Vec::new(),
    }
}
