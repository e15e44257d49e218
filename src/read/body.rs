//! Scans a body: word count, first paragraph for summaries, media files and references.

use std::collections::BTreeSet;

use crate::article::{BodyScan, Sketch};
use crate::markdown::{self, TextRole, Visitor};
use crate::route::scheme;

use super::excerpt::ExcerptFinder;
use super::mentions::Mentions;
use super::words::WordCounter;

/// The maximum length of a file name, in bytes.
const LONGEST_FILE: usize = 500;

/// Scans the body of `text` from byte `start`. The excerpt is made only if it will be used.
pub(super) fn scan(
    text: &str,
    start: usize,
    line: usize,
    wants_excerpt: bool,
    options: &markdown::Options,
) -> (BodyScan, Sketch) {
    let body = &text[start..];
    let mut visitor = BodyVisitor { excerpt: ExcerptFinder::new(wants_excerpt), ..BodyVisitor::default() };
    visitor.mentions.add_front(&text[..start]);
    // Quotation marks only matter in the excerpt: they don't change the words, which a test compares.
    let smart_punctuation = options.smart_punctuation && wants_excerpt;
    markdown::walk(body, &markdown::Options { smart_punctuation, ..*options }, &mut visitor);
    let BodyVisitor { words, excerpt, files, embeds, frames, references, mentions } = visitor;
    let WordCounter { words, characters, letters, sketch, .. } = words;
    let excerpt = excerpt.excerpt().map(String::into_boxed_str);
    let has_text = !body.trim_ascii().is_empty();
    let (line, files, mentions) = (line as u32, files.into(), mentions.into_lines());
    let (embeds, frames) = (embeds.into_iter().collect(), frames.into_iter().collect());
    let references = references.into_iter().collect();
    let scan = BodyScan {
        start,
        line,
        words,
        characters,
        letters,
        excerpt,
        has_text,
        files,
        embeds,
        frames,
        references,
        mentions,
    };
    (scan, sketch)
}

/// Collects a body's words, files and references during a walk.
#[derive(Default)]
struct BodyVisitor {
    words: WordCounter,
    excerpt: ExcerptFinder,
    files: Vec<Box<str>>,
    embeds: BTreeSet<Box<str>>,
    frames: BTreeSet<Box<str>>,
    references: BTreeSet<Box<str>>,
    mentions: Mentions,
}

impl Visitor for BodyVisitor {
    fn text(&mut self, text: &str, role: TextRole) {
        self.words.text(text);
        self.excerpt.add(text, role);
    }

    fn code(&mut self, code: &str, role: TextRole) {
        self.words.code(code);
        self.excerpt.add(code, role);
    }

    fn url(&mut self, url: &str, role: TextRole) {
        self.excerpt.add(url, role);
    }

    fn space(&mut self) {
        self.words.end();
        self.excerpt.end_line();
    }

    fn emphasis(&mut self, is_open: bool) {
        self.excerpt.emphasize(is_open);
    }

    fn end_block(&mut self) {
        self.words.end();
        self.excerpt.end();
    }

    fn media(&mut self) {
        self.words.end();
        self.excerpt.leave_gap();
    }

    fn embed(&mut self, is_block: bool) {
        self.words.end();
        if is_block || !self.excerpt.expects_word() {
            self.excerpt.end();
        }
        self.excerpt.leave_gap();
    }

    fn call(&mut self, embed: &str) {
        if !self.embeds.contains(embed) {
            self.embeds.insert(embed.into());
        }
    }

    fn frame(&mut self, url: &str) {
        // `https://host/…`
        let origin = url.match_indices('/').nth(2).map_or(url, |(end, _)| &url[..end]);
        self.frames.insert(origin.into());
    }

    fn shown_file(&mut self, file: &str) {
        let file = &file[..file.find(['#', '?']).unwrap_or(file.len())];
        if is_file(file) {
            self.files.push(file.into());
        }
    }

    fn reference(&mut self, target: &str) {
        // Most links lead to other sources, and those name no files.
        if target.ends_with(".md") && memchr::memchr3(b'%', b'?', b'#', target.as_bytes()).is_none() {
            return;
        }
        self.mentions.add_target(target);
        if may_be_file(target) && !self.references.contains(target) {
            self.references.insert(target.into());
        }
    }

    fn possible_names(&mut self, code: &str) {
        self.mentions.add_code(code);
    }
}

/// True if a target may be a file of this site other than a source. On other sites, to which archives
/// link very often, only URLs with a file extension count, because this site's own URL isn't known here.
fn may_be_file(target: &str) -> bool {
    let path = &target[..target.find(['?', '#']).unwrap_or(target.len())];
    let name = path.rsplit('/').next().unwrap_or(path);
    let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
    let is_source = extension.as_deref() == Some("md");
    let is_whole = path.starts_with("//") || scheme(path).is_some();
    let is_of_web = || ["//", "http:", "https:"].iter().any(|start| begins_with(path, start));
    let is_page = || extension.as_deref().is_none_or(|extension| PAGE_EXTENSIONS.contains(&extension));
    target.len() <= LONGEST_FILE && !name.is_empty() && !is_source && (!is_whole || (is_of_web() && !is_page()))
}

fn begins_with(text: &str, start: &str) -> bool {
    text.get(..start.len()).is_some_and(|beginning| beginning.eq_ignore_ascii_case(start))
}

/// Extensions of web pages, which archives link to very often on other sites.
const PAGE_EXTENSIONS: &[&str] = &["html", "htm", "shtml", "php", "asp", "aspx", "jsp"];

fn is_file(reference: &str) -> bool {
    let name = reference.rsplit('/').next().unwrap_or(reference);
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    let is_short = (1..=5).contains(&extension.len()) && reference.len() <= LONGEST_FILE;
    is_short
        && extension != "md"
        && extension.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && !reference.contains("://")
}
