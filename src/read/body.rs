//! Looks over a body once: how long it is, and its first paragraph for summaries.

use pulldown_cmark::{Event, Options, Parser, TagEnd};

use crate::article::{BodyScan, Sketch};

use super::mentions::mentions;

/// Longest excerpt, in characters: what search engines and cards show at most.
const EXCERPT_CHARACTERS: usize = 300;
/// No more of a paragraph than this is looked at for an excerpt, in bytes.
const EXCERPT_BYTES: usize = 4_096;

/// Scans the body of `text` from byte `start`; the excerpt only when it will be used.
pub fn scan(text: &str, start: usize, line: usize, wants_excerpt: bool) -> BodyScan {
    let body = &text[start..];
    let (words, characters) = count(body);
    let excerpt = if wants_excerpt { excerpt(body).map(String::into_boxed_str) } else { None };
    let has_text = !body.trim_ascii().is_empty();
    let (files, mentions) = (files(body), mentions(text, start));
    BodyScan { start, line: line as u32, words, characters, excerpt, has_text, files, mentions }
}

/// The words of a body.
pub fn sketch(body: &str) -> Sketch {
    Sketch::of(body, is_ideographic)
}

/// Files of this site that a body shows, for sitemaps: what stands behind `](` or `="` and has an ending.
fn files(body: &str) -> Box<[Box<str>]> {
    let behind = |mark: &'static str, ends: fn(u8) -> bool| {
        let starts = memchr::memmem::find_iter(body.as_bytes(), mark).map(move |at| at + mark.len());
        starts.map(move |at| {
            let rest = &body[at..];
            &rest[..rest.bytes().position(ends).unwrap_or(rest.len())]
        })
    };
    let in_markdown = behind("](", |byte| matches!(byte, b')' | b' ' | b'\n' | b'#' | b'?'));
    let in_html = behind("=\"", |byte| matches!(byte, b'"' | b'\n' | b'#' | b'?'));
    in_markdown.chain(in_html).filter(|reference| is_file(reference)).map(Box::from).collect()
}

fn is_file(reference: &str) -> bool {
    let name = reference.rsplit('/').next().unwrap_or(reference);
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    let is_short = (1..=5).contains(&ending.len()) && reference.len() <= 500;
    is_short && ending != "md" && ending.bytes().all(|byte| byte.is_ascii_alphanumeric()) && !reference.contains("://")
}

/// Words of spaced scripts, and characters of Han, Kana and Hangul. Markup counts as it stands: a reading time in
/// minutes does not notice it.
fn count(body: &str) -> (u32, u32) {
    let mut count = Count::default();
    let mut rest = body;
    while let Some((chunk, _)) = rest.as_bytes().split_first_chunk::<CHUNK>() {
        let end = if chunk.is_ascii() {
            count.add_ascii(chunk);
            CHUNK
        } else {
            let end = rest.ceil_char_boundary(CHUNK);
            rest[..end].chars().for_each(|letter| count.add(letter));
            end
        };
        rest = &rest[end..];
    }
    rest.chars().for_each(|letter| count.add(letter));
    (count.words, count.characters)
}

/// Bytes looked at together: enough for vector instructions.
const CHUNK: usize = 64;

#[derive(Default)]
struct Count {
    words: u32,
    characters: u32,
    in_word: bool,
}

impl Count {
    /// A word begins where a word's letter follows something else. Written without branches and over a fixed length,
    /// so that the compiler looks at many letters at once: archives have gigabytes of them.
    fn add_ascii(&mut self, chunk: &[u8; CHUNK]) {
        let mut letters = [u8::from(self.in_word); CHUNK + 1];
        for (is_letter, &byte) in letters[1..].iter_mut().zip(chunk) {
            *is_letter = is_in_word(byte);
        }
        let mut starts = 0;
        for at in 0..CHUNK {
            starts += letters[at + 1] & (letters[at] ^ 1);
        }
        self.words += u32::from(starts);
        self.in_word = letters[CHUNK] == 1;
    }

    fn add(&mut self, letter: char) {
        if is_ideographic(letter) {
            self.characters += 1;
            self.in_word = false;
            return;
        }
        let is_word = letter.is_alphanumeric() || letter == '\'' || (self.in_word && letter == '’');
        self.words += u32::from(is_word && !self.in_word);
        self.in_word = is_word;
    }
}

/// 1 for letters, digits and the apostrophe of ASCII, else 0.
fn is_in_word(byte: u8) -> u8 {
    let is_letter = (byte | 0x20).wrapping_sub(b'a') < 26;
    let is_digit = byte.wrapping_sub(b'0') < 10;
    u8::from(is_letter | is_digit | (byte == b'\''))
}

/// Han, Kana and Hangul (Unicode 16 blocks).
fn is_ideographic(letter: char) -> bool {
    matches!(letter, '\u{1100}'..='\u{11ff}' | '\u{3041}'..='\u{30ff}' | '\u{3130}'..='\u{318f}' | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}')
}

/// Plain text of the first paragraph.
fn excerpt(body: &str) -> Option<String> {
    let paragraph = paragraphs(body).find(|paragraph| is_prose(paragraph))?;
    let paragraph = &paragraph[..paragraph.floor_char_boundary(EXCERPT_BYTES)];
    let plain = plain_text(paragraph);
    (!plain.is_empty()).then(|| shorten(&plain))
}

fn paragraphs(body: &str) -> impl Iterator<Item = &str> {
    let mut rest = body;
    let mut in_fence = false;
    std::iter::from_fn(move || {
        loop {
            rest = rest.trim_start_matches(['\n', '\r']);
            if rest.is_empty() {
                return None;
            }
            let end = blank_line(rest).unwrap_or(rest.len());
            let (paragraph, behind) = rest.split_at(end);
            rest = behind;
            let fences = paragraph.lines().filter(|line| is_code_fence(line)).count();
            let was_in_fence = in_fence;
            in_fence ^= fences % 2 == 1;
            if !was_in_fence && fences == 0 {
                return Some(paragraph);
            }
        }
    })
}

fn blank_line(text: &str) -> Option<usize> {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if line.trim_ascii().is_empty() {
            return Some(at.max(line.len()));
        }
        at += line.len();
    }
    None
}

fn is_code_fence(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("```") || line.starts_with("~~~")
}

/// Whether a block of lines is a paragraph and not a heading, list, quote, table, picture, embed or raw HTML.
fn is_prose(block: &str) -> bool {
    let line = block.trim_start_matches([' ', '\t']);
    if block.starts_with("    ") || block.starts_with('\t') || line.trim_ascii().is_empty() {
        return false;
    }
    let is_numbered = || {
        let rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
        rest.len() < line.len() && (rest.starts_with(". ") || rest.starts_with(") "))
    };
    let marks = ["#", ">", "|", "![", "[^", "{{<", "<", "- ", "* ", "+ ", "---", "***", "___", "===", ": "];
    !marks.iter().any(|mark| line.starts_with(mark)) && !is_numbered() && !is_setext_heading(block)
}

fn is_setext_heading(block: &str) -> bool {
    block.lines().nth(1).is_some_and(|line| {
        let line = line.trim();
        !line.is_empty() && (line.bytes().all(|b| b == b'=') || line.bytes().all(|b| b == b'-'))
    })
}

/// The words of a Markdown paragraph without its markup.
fn plain_text(paragraph: &str) -> String {
    let mut plain = String::with_capacity(paragraph.len());
    let mut embed_free = paragraph;
    let without_embeds;
    if paragraph.contains("{{<") {
        without_embeds = remove_embeds(paragraph);
        embed_free = &without_embeds;
    }
    let without_notes;
    if embed_free.contains("[^") {
        without_notes = remove_notes(embed_free);
        embed_free = &without_notes;
    }
    let mut in_image = 0usize;
    let mut in_code = false;
    for event in Parser::new_ext(embed_free, Options::ENABLE_STRIKETHROUGH | Options::ENABLE_FOOTNOTES) {
        match event {
            Event::Text(text) | Event::Code(text) if in_image == 0 && !in_code => plain.push_str(&text),
            // What no reader sees.
            Event::InlineHtml(tag) | Event::Html(tag) => {
                let tag = tag.to_ascii_lowercase();
                in_code = (in_code || tag.starts_with("<script") || tag.starts_with("<style"))
                    && !(tag.contains("</script") || tag.contains("</style"));
            }
            Event::SoftBreak | Event::HardBreak => plain.push(' '),
            Event::Start(pulldown_cmark::Tag::Image { .. }) => in_image += 1,
            Event::End(TagEnd::Image) => in_image = in_image.saturating_sub(1),
            _ => {}
        }
    }
    let words: Vec<&str> = plain.split_whitespace().collect();
    words.join(" ")
}

/// Takes out the marks of footnotes, whose texts stand elsewhere.
fn remove_notes(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("[^") {
        kept.push_str(before);
        match behind.split_once(']').filter(|(label, _)| !label.is_empty() && !label.contains(char::is_whitespace)) {
            Some((_, behind)) => rest = behind,
            None => {
                kept.push_str("[^");
                rest = behind;
            }
        }
    }
    kept.push_str(rest);
    kept
}

fn remove_embeds(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("{{<") {
        kept.push_str(before);
        match behind.split_once(">}}") {
            Some((_, behind)) => rest = behind,
            None => return kept,
        }
    }
    kept.push_str(rest);
    kept
}

/// Cuts at a word's end, or anywhere in scripts without blanks.
fn shorten(plain: &str) -> String {
    let Some((limit, _)) = plain.char_indices().nth(EXCERPT_CHARACTERS) else { return plain.to_owned() };
    let cut = &plain[..limit];
    let end = cut.rfind(' ').filter(|&at| at > limit / 2).unwrap_or(limit);
    format!("{}…", cut[..end].trim_end_matches([',', ';', ':', ' ', '.']))
}
