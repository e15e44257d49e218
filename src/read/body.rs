//! Looks over a body once: how long it is, its first paragraph for summaries, what it shows and what it refers to.

use std::collections::BTreeSet;

use unicode_segmentation::GraphemeCursor;

use crate::article::{BodyScan, Sketch};
use crate::markdown::{self, Standing, Visitor};
use crate::route::scheme;

use super::mentions::Mentions;
use super::words::Words;

/// Longest excerpt, in characters: what search engines and cards show at most.
const EXCERPT_CHARACTERS: usize = 300;
/// No more of a paragraph than this is kept for an excerpt, in bytes.
const EXCERPT_BYTES: usize = 4_096;
/// Longest name of a file that is kept, in bytes.
const LONGEST_FILE: usize = 500;

/// Scans the body of `text` from byte `start`, and makes a sketch of its words; the excerpt only when it will be used.
pub(super) fn scan(
    text: &str,
    start: usize,
    line: usize,
    wants_excerpt: bool,
    options: &markdown::Options,
) -> (BodyScan, Sketch) {
    let body = &text[start..];
    let mut seen = Seen { lead: Lead { is_wanted: wants_excerpt, ..Lead::default() }, ..Seen::default() };
    seen.mentions.add_front(&text[..start]);
    // Only what is shown needs its marks: they make no words.
    let smart_punctuation = options.smart_punctuation && wants_excerpt;
    markdown::walk(body, &markdown::Options { smart_punctuation, ..*options }, &mut seen);
    let Seen { words, lead, files, references, mentions } = seen;
    let Words { words, characters, letters, sketch, .. } = words;
    let excerpt = lead.excerpt().map(String::into_boxed_str);
    let has_text = !body.trim_ascii().is_empty();
    let (line, files, mentions) = (line as u32, files.into(), mentions.into_lines());
    let references = references.into_iter().collect();
    (BodyScan { start, line, words, characters, letters, excerpt, has_text, files, references, mentions }, sketch)
}

/// What a walk has come across.
#[derive(Default)]
struct Seen {
    words: Words,
    lead: Lead,
    files: Vec<Box<str>>,
    references: BTreeSet<Box<str>>,
    mentions: Mentions,
}

impl Visitor for Seen {
    fn text(&mut self, text: &str, standing: Standing) {
        self.words.text(text);
        self.lead.add(text, standing);
    }

    fn code(&mut self, code: &str, standing: Standing) {
        self.words.code(code);
        self.lead.add(code, standing);
    }

    fn address(&mut self, address: &str, standing: Standing) {
        self.lead.add(address, standing);
    }

    fn space(&mut self) {
        self.words.end();
        self.lead.space();
    }

    fn end_block(&mut self) {
        self.words.end();
        self.lead.end();
    }

    fn shows(&mut self, file: &str) {
        let file = &file[..file.find(['#', '?']).unwrap_or(file.len())];
        if is_file(file) {
            self.files.push(file.into());
        }
    }

    fn refers(&mut self, target: &str) {
        self.mentions.add_target(target);
        if may_be_file(target) && !self.references.contains(target) {
            self.references.insert(target.into());
        }
    }

    fn may_name(&mut self, code: &str) {
        self.mentions.add_code(code);
    }
}

/// Whether a target may lead to a file of this site that is no source. A file need have no ending; on other sites, which
/// archives link to very often, only what has one is looked at: this site's own address is not known here.
fn may_be_file(target: &str) -> bool {
    let path = &target[..target.find(['?', '#']).unwrap_or(target.len())];
    let name = path.rsplit('/').next().unwrap_or(path);
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    let is_source = ending.as_deref() == Some("md");
    let is_whole = path.starts_with("//") || scheme(path).is_some();
    let is_of_web = || ["//", "http:", "https:"].iter().any(|start| begins_with(path, start));
    let is_page = || ending.as_deref().is_none_or(|ending| PAGES.contains(&ending));
    target.len() <= LONGEST_FILE && !name.is_empty() && !is_source && (!is_whole || (is_of_web() && !is_page()))
}

fn begins_with(text: &str, start: &str) -> bool {
    text.get(..start.len()).is_some_and(|beginning| beginning.eq_ignore_ascii_case(start))
}

/// Endings of pages: archives link to very many on other sites.
const PAGES: &[&str] = &["html", "htm", "shtml", "php", "asp", "aspx", "jsp"];

fn is_file(reference: &str) -> bool {
    let name = reference.rsplit('/').next().unwrap_or(reference);
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    let is_short = (1..=5).contains(&ending.len()) && reference.len() <= LONGEST_FILE;
    is_short && ending != "md" && ending.bytes().all(|byte| byte.is_ascii_alphanumeric()) && !reference.contains("://")
}

/// Finds the first paragraph in which something can be read.
#[derive(Default)]
struct Lead {
    is_wanted: bool,
    /// The paragraph that is being read, with single spaces.
    open: String,
    /// Whether some of it stands in a box.
    is_wrapped: bool,
    found: Option<String>,
    /// The first paragraph in a box, for texts that have no others.
    wrapped: Option<String>,
}

impl Lead {
    fn add(&mut self, text: &str, standing: Standing) {
        let is_lead = match standing {
            Standing::Prose => true,
            Standing::Wrapped => self.wrapped.is_none(),
            Standing::Apart => false,
        };
        if !self.is_wanted || !is_lead || self.open.len() >= EXCERPT_BYTES {
            return;
        }
        self.is_wrapped |= standing == Standing::Wrapped;
        for (number, word) in text[..text.floor_char_boundary(EXCERPT_BYTES)].split(char::is_whitespace).enumerate() {
            if number > 0 {
                self.space();
            }
            self.open.push_str(word);
        }
    }

    fn space(&mut self) {
        if !self.open.is_empty() && !self.open.ends_with(' ') {
            self.open.push(' ');
        }
    }

    fn end(&mut self) {
        if self.open.is_empty() {
            return;
        }
        let (open, is_wrapped) = (std::mem::take(&mut self.open), std::mem::take(&mut self.is_wrapped));
        if !open.contains(char::is_alphanumeric) {
            return;
        }
        if is_wrapped {
            self.wrapped = Some(open);
        } else {
            (self.found, self.is_wanted) = (Some(open), false);
        }
    }

    fn excerpt(mut self) -> Option<String> {
        self.end();
        let paragraph = self.found.or(self.wrapped)?;
        // A picture or an embed may have stood before these.
        let begin = paragraph.trim_start_matches([',', ';', ':', ' ', '，', '、', '；', '：', '،']);
        Some(shorten(begin.trim_end()))
    }
}

/// Cuts at the end of a word, or between any two characters that readers see (UAX #29) in scripts without spaces.
fn shorten(plain: &str) -> String {
    let Some((limit, _)) = plain.char_indices().nth(EXCERPT_CHARACTERS) else { return plain.to_owned() };
    let mut cursor = GraphemeCursor::new(limit, plain.len(), true);
    let mut boundary = || -> Option<usize> {
        if cursor.is_boundary(plain, 0).ok()? {
            return Some(limit);
        }
        let before = cursor.prev_boundary(plain, 0).ok().flatten().filter(|&at| at > 0);
        before.or_else(|| cursor.next_boundary(plain, 0).ok().flatten())
    };
    let cut = &plain[..boundary().unwrap_or(plain.len())];
    let end = cut.rfind(' ').filter(|&at| at > limit / 2).unwrap_or(cut.len());
    let kept = cut[..end].trim_end_matches([',', ';', ':', ' ', '.', '，', '、', '；', '：', '。', '،']);
    format!("{kept}…")
}
