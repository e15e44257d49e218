//! What must not be found in public: everything that the sources of hidden stories say and the public ones do not.

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

use super::words::{Reading, Runs, Word, words};

/// So many words in a row are nobody's common phrase.
const RUN: usize = 6;
/// The same in characters of scripts without blanks between words.
const CHARACTERS: usize = 12;
/// A text of at least so many words is a title of its own, also where something public says it too.
const TITLE: usize = 4;
/// A single word that is looked for has at least so many letters; shorter ones are everywhere.
const LETTERS: usize = 4;

/// Keys of front matter whose values are not the story's own words.
const COMMON: &[&str] = &[
    "date", "updated", "embargo", "expires", "kind", "language", "weight", "draft", "comments", "noindex", "slug",
    "aliases",
];

/// Keys of front matter whose values name the story.
const HEADLINES: &[&str] = &["title", "short_title", "seo_title"];

/// The source of something that is not public.
#[derive(Debug)]
pub(super) struct Hidden {
    /// The file, relative to the project's folder.
    pub path: String,
    pub state: State,
    pub text: String,
    /// Parts of addresses that would be only because of it: its own, and its tags'.
    pub addresses: Vec<String>,
    /// Whether the reason why it is gone may be known.
    pub is_told: bool,
    /// Whether the text is what comments in the source say, which may itself be public.
    pub is_comment: bool,
}

/// Something that public pages are made of.
#[derive(Debug)]
pub(super) enum Open {
    /// A content file: its path, the path as others name it, which is as public, and how its comments are found.
    File(PathBuf, String, Options),
    /// Any other text.
    Text(String),
}

impl Open {
    /// Its text without comments, and where its front matter ends.
    fn read(&self) -> io::Result<(Cow<'_, str>, usize)> {
        match self {
            Open::Text(text) => Ok((text.into(), 0)),
            Open::File(path, name, options) => {
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

/// Where the body of a source begins.
fn body_start(text: &str) -> usize {
    split(text).ok().flatten().map_or(0, |front| front.body)
}

/// The bytes of a source's comments.
pub(super) fn comments(text: &str, options: &Options) -> impl Iterator<Item = Range<usize>> {
    let start = body_start(text);
    markdown::comments(&text[start..], options).into_iter().map(move |range| start + range.start..start + range.end)
}

/// Something that is looked for.
#[derive(Debug, Clone)]
pub(super) struct Secret {
    /// Whose, by the place among the hidden.
    pub of: usize,
    /// The key of the front matter; `None` for the text.
    pub key: Option<String>,
    /// Whether it is one word.
    pub is_single: bool,
    /// Whether it counts even where a public source says it.
    is_title: bool,
}

/// A secret in a text.
struct Found<'s> {
    /// In words.
    length: usize,
    hash: u64,
    secret: &'s Secret,
    /// In bytes from the start of the text.
    at: usize,
}

/// Everything that is looked for.
#[derive(Debug, Default)]
pub(super) struct Secrets {
    /// By the number of words, and then by their hash.
    runs: Vec<(usize, HashMap<u64, Secret>)>,
    /// Parts of addresses, in lower case, and whose they are.
    slugs: HashMap<String, usize>,
    /// Where the public site is, without the scheme: `example.org`.
    host: String,
}

impl Secrets {
    /// Collects what hidden files say, without what open ones say too. `routes` are the public addresses.
    ///
    /// # Errors
    /// When an open file cannot be read.
    pub(super) fn new<'r>(
        hidden: &[Hidden],
        open: &[Open],
        routes: impl Iterator<Item = &'r str>,
        base_url: &BaseUrl,
    ) -> io::Result<Secrets> {
        let mut runs: HashMap<usize, HashMap<u64, Secret>> = HashMap::default();
        for (of, hidden) in hidden.iter().enumerate() {
            collect(of, hidden, &mut |length, hash, secret| {
                runs.entry(length).or_default().entry(hash).or_insert(secret);
            });
        }
        let mut secrets = Secrets { runs: runs.into_iter().collect(), ..Secrets::default() };
        secrets.host = base_url.origin().trim_start_matches("https://").trim_start_matches("http://").to_owned();
        secrets.runs.sort_by_key(|(length, _)| *length);
        let own = base_url.prefix().split('/').chain(secrets.host.split('.'));
        let routes = routes.flat_map(|route| route.split(['/', '.'])).chain(own);
        let parts: HashSet<String> = routes.map(str::to_lowercase).collect();
        let own = hidden.iter().enumerate();
        let own = own.flat_map(|(of, hidden)| hidden.addresses.iter().map(move |part| (part.to_lowercase(), of)));
        secrets.slugs = own.filter(|(slug, _)| !slug.is_empty() && !parts.contains(slug)).collect();
        secrets.forget_common(open)?;
        Ok(secrets)
    }

    /// Forgets what public sources say as well: it tells nothing. A title counts unless a public story bears it too.
    fn forget_common(&mut self, open: &[Open]) -> io::Result<()> {
        let read = open.par_iter().map(|open| {
            let (text, front) = open.read()?;
            let readings = [Reading::Raw, Reading::Shown].into_iter();
            let found = readings.flat_map(|reading| {
                let words = words(&text, reading);
                self.find(&words).map(|found| (found.length, found.hash, found.at < front)).collect::<Vec<_>>()
            });
            Ok((found.collect::<Vec<_>>(), self.named(&text)))
        });
        let read = read.collect::<io::Result<Vec<_>>>()?;
        let (said, named): (Vec<_>, Vec<_>) = read.into_iter().unzip();
        // What public sources name is no secret, whatever it is there.
        for part in named.into_iter().flatten() {
            self.slugs.remove(&part);
        }
        for (length, hash, is_front) in said.into_iter().flatten() {
            let Some((_, runs)) = self.runs.iter_mut().find(|(of, _)| *of == length) else { continue };
            if runs.get(&hash).is_some_and(|secret| is_front || !secret.is_title) {
                runs.remove(&hash);
            }
        }
        Ok(())
    }

    /// The secrets among these words.
    fn find(&self, words: &[Word]) -> impl Iterator<Item = Found<'_>> {
        let all = Runs::new(words);
        let mut found = Vec::new();
        for (length, secrets) in &self.runs {
            let here = all.of_length(*length);
            found.extend(
                here.filter_map(|(hash, at)| Some(Found { length: *length, hash, secret: secrets.get(&hash)?, at })),
            );
        }
        found.into_iter()
    }

    /// The secrets that a text holds, and where.
    pub(super) fn in_text(&self, text: &str, reading: Reading) -> Vec<(&Secret, usize)> {
        let words = words(text, reading);
        // Markup has words of its own, as a class has that is named `story`.
        let shortest = if reading == Reading::Shown { 1 } else { 2 };
        self.find(&words).filter(|found| found.length >= shortest).map(|found| (found.secret, found.at)).collect()
    }

    /// The hidden stories whose addresses a text names, and where.
    pub(super) fn addresses_in(&self, text: &str) -> Vec<(usize, usize)> {
        if self.slugs.is_empty() {
            return Vec::new();
        }
        let found = parts(text).filter_map(|(start, part)| Some((self.address(part)?, start)));
        found.filter(|&(_, start)| !self.is_elsewhere(text, start)).collect()
    }

    /// The secret parts of addresses that a text names.
    fn named(&self, text: &str) -> Vec<String> {
        let named = parts(text).filter_map(|(_, part)| self.slug(part));
        named.map(|(slug, _)| slug.clone()).collect()
    }

    /// Whether an address is one of another host.
    fn is_elsewhere(&self, text: &str, start: usize) -> bool {
        let before = &text[..start];
        let begin = before.rfind(|letter: char| letter.is_whitespace() || "\"'<>()=".contains(letter));
        let address = &before[begin.map_or(0, |at| at + 1)..];
        address.split_once("://").is_some_and(|(_, rest)| !rest.starts_with(self.host.as_str()))
    }

    /// Whose part of an address this is.
    pub(super) fn address(&self, part: &str) -> Option<usize> {
        self.slug(part).map(|(_, &of)| of)
    }

    fn slug(&self, part: &str) -> Option<(&String, &usize)> {
        let decoded = percent_encoding::percent_decode_str(part).decode_utf8_lossy().to_lowercase();
        let stem = decoded.split('.').next().unwrap_or_default();
        self.slugs.get_key_value(&*decoded).or_else(|| self.slugs.get_key_value(stem))
    }
}

/// What may be parts of addresses in a text, and where: what stands behind a slash, and behind a quote when it goes on
/// like a path.
fn parts(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let ends = |c: char| c.is_whitespace() || "/\"'?#<>()\\&,;".contains(c);
    let starts = memchr::memchr3_iter(b'/', b'"', b'\'', text.as_bytes());
    // An end tag is no address.
    let starts = starts.filter(|&at| at == 0 || text.as_bytes()[at - 1] != b'<');
    starts.filter_map(move |at| {
        let rest = &text[at + 1..];
        let part = &rest[..rest.find(ends).unwrap_or(rest.len())];
        let is_path = || part.contains('.') || rest[part.len()..].starts_with('/');
        (text.as_bytes()[at] == b'/' || is_path()).then_some((at + 1, part))
    })
}

/// Gives everything that a hidden file says.
fn collect(of: usize, hidden: &Hidden, add: &mut dyn FnMut(usize, u64, Secret)) {
    if hidden.is_comment {
        return runs_of(&hidden.text, &mut |length, hash| {
            add(length, hash, Secret { of, key: None, is_single: false, is_title: false });
        });
    }
    let front = split(&hidden.text).ok().flatten();
    let body = front.map_or(0, |front| front.body);
    runs_of(&hidden.text[body..], &mut |length, hash| {
        add(length, hash, Secret { of, key: None, is_single: false, is_title: false });
    });
    let parsed = front.and_then(|front| yaml::parse::<Value>(front.yaml).ok());
    let Some(Value::Object(mapping)) = parsed else { return };
    let may_be_mentioned = !matches!(hidden.state, State::Draft | State::Embargoed);
    for (key, value) in &mapping {
        let is_told = hidden.is_told && key == "withdrawn";
        if COMMON.contains(&key.as_str()) || is_told {
            continue;
        }
        for text in texts(value) {
            let words = words(text, Reading::Raw);
            if words.len() > 2 * RUN {
                runs_of(text, &mut |length, hash| {
                    add(length, hash, Secret { of, key: Some(key.clone()), is_single: false, is_title: false });
                });
            } else if is_telling(text, &words)
                && let Some((hash, _)) = Runs::new(&words).of_length(words.len()).next()
            {
                let is_title = HEADLINES.contains(&key.as_str()) && is_long(&words) && !may_be_mentioned;
                add(words.len(), hash, Secret { of, key: Some(key.clone()), is_single: words.len() == 1, is_title });
            }
        }
    }
}

/// Runs of a text of several sentences: every second one, so that each piece of the text that is not short holds some.
fn runs_of(text: &str, add: &mut dyn FnMut(usize, u64)) {
    let words = words(text, Reading::Shown);
    let runs = Runs::new(&words);
    if words.len() < RUN && is_long(&words) {
        runs.of_length(words.len()).for_each(|(hash, _)| add(words.len(), hash));
    }
    for (length, is_dense) in [(RUN, false), (CHARACTERS, true)] {
        for (start, (hash, _)) in runs.of_length(length).enumerate().step_by(2) {
            let characters = words[start..start + length].iter().filter(|word| word.is_character).count();
            if (2 * characters >= length) == is_dense {
                add(length, hash);
            }
        }
    }
}

fn is_long(words: &[Word]) -> bool {
    let characters = words.iter().filter(|word| word.is_character).count();
    words.len() - characters >= TITLE || characters >= 2 * TITLE
}

/// Whether a short text says anything by itself: a number or a date does not.
fn is_telling(text: &str, words: &[Word]) -> bool {
    let letters = text.chars().filter(|letter| letter.is_alphanumeric()).count();
    text.chars().any(char::is_alphabetic) && (words.len() > 1 || letters >= LETTERS)
}

/// All texts of a value.
fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(values) => values.iter().flat_map(texts).collect(),
        Value::Object(values) => values.values().flat_map(texts).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) => Vec::new(),
    }
}
