//! Raw HTML in Markdown: its links and pictures are resolved, and only what an article may hold is passed on.

mod nesting;
pub(super) mod token;

use std::ops::Range;

use super::escape;
use super::rewrite::{self, Piece};
use super::writer::Writer;
use super::{Fault, MAX_NESTING, sanitize, targets};
use crate::diagnostic::Code;
pub(super) use nesting::Nesting;
use token::{Attribute, Tag, Token};

/// Raw HTML that was gathered from one or more events.
#[derive(Default)]
pub(super) struct Chunk {
    text: String,
    /// Bytes of `text` and where they stand in the parsed text.
    lines: Vec<(usize, usize)>,
}

impl Chunk {
    /// Adds a line that stands at `at` in the parsed text.
    pub fn push(&mut self, html: &str, at: usize) {
        self.lines.push((self.text.len(), at));
        self.text.push_str(html);
    }

    /// The gathered text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Where bytes of it stand in the parsed text.
    pub fn place(&self, range: &Range<usize>) -> Range<usize> {
        let place = |at: usize| {
            let line = self.lines.partition_point(|&(begin, _)| begin <= at).saturating_sub(1);
            self.lines.get(line).map_or(0, |&(begin, original)| original + (at - begin))
        };
        let start = place(range.start);
        start..place(range.end.saturating_sub(1)).max(start) + usize::from(!range.is_empty())
    }
}

/// Whether a paragraph, heading or cell is open around the HTML.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Around {
    Block,
    Line,
    Cell,
}

impl Writer<'_, '_> {
    /// Writes raw HTML as the policy wants it.
    pub(super) fn raw(&mut self, chunk: &Chunk, around: Around) {
        if memchr::memmem::find(chunk.text.as_bytes(), b"<!--").is_some() {
            self.check_block_of_comments(chunk);
        }
        if self.session.sanitized() {
            self.raw_seen = true;
            for token in token::tokens(&chunk.text) {
                self.sanitized_token(chunk, token, around);
            }
        } else {
            for token in token::tokens(&chunk.text) {
                self.trusted_token(chunk, token);
            }
        }
    }

    fn sanitized_token(&mut self, chunk: &Chunk, token: Token, around: Around) {
        match token {
            Token::Text(range) if &chunk.text[range.clone()] == "<" => self.out.push_str("&lt;"),
            Token::Text(range) => self.raw_text(&chunk.text[range]),
            Token::Other(range) => {
                let text = &chunk.text[range.clone()];
                if !text.starts_with("<!--") {
                    self.removed(chunk, &range, "a declaration or script");
                }
            }
            Token::Unfinished(range) => {
                self.removed(chunk, &range, "an unfinished tag");
                self.literal(&chunk.text[range]);
            }
            Token::Tag(tag) => self.sanitized_tag(chunk, &tag, around),
        }
    }

    /// Text of an HTML block: character references stay, embeds are rendered.
    fn raw_text(&mut self, text: &str) {
        if self.session.nodes.is_empty() || !text.contains(rewrite::OPEN) {
            // In a text with embeds this was done when the placeholders came in.
            let is_foreign = self.session.sanitized() && text.contains([rewrite::OPEN, rewrite::CLOSE]);
            let text = if is_foreign { &text.replace([rewrite::OPEN, rewrite::CLOSE], "\u{fffd}") } else { text };
            self.out.push_str(text);
            return;
        }
        for piece in rewrite::pieces(text) {
            match piece {
                Piece::Text(text) => self.out.push_str(text),
                Piece::Node(number) => self.node(number, true),
            }
        }
    }

    fn literal(&mut self, text: &str) {
        let text = self.restored(text);
        escape::text(&mut self.out, &text);
    }

    fn removed(&mut self, chunk: &Chunk, range: &Range<usize>, what: &str) {
        let (start, end) = self.places.original(&chunk.place(range));
        self.session.note_removed(start, end, what.to_owned());
    }

    fn sanitized_tag(&mut self, chunk: &Chunk, tag: &Tag, around: Around) {
        let name = tag.name.as_str();
        let shown = self.session.levels.raw_name(name, tag.closing).unwrap_or(name);
        if !sanitize::is_allowed_tag(name, self.session.inline) {
            self.removed(chunk, &tag.range, &format!("`<{name}>`"));
            if name == "template" {
                // It goes when the HTML is cleaned, with all that is in it.
                self.out.push_str(if tag.closing { "</template>" } else { "<template>" });
            }
            self.cut_raw_text(tag);
            return;
        }
        if tag.closing {
            if around != Around::Cell {
                self.nesting.close(name);
            }
            self.out.push_str(&format!("</{shown}>"));
            return;
        }
        if around != Around::Cell && !self.nesting.open(name) {
            self.raw_too_deep(chunk, &tag.range);
            return;
        }
        self.out.push('<');
        self.out.push_str(shown);
        self.mark_hidden(chunk, tag);
        for (index, attribute) in tag.attributes.iter().enumerate() {
            let repeated = tag.attributes[..index].iter().any(|earlier| earlier.name == attribute.name);
            if repeated || !sanitize::is_allowed_attribute(name, &attribute.name) {
                self.removed(chunk, &tag.range, &format!("`{}` of `<{name}>`", self.restored(&attribute.name)));
                if attribute.name == "style" && sanitize::hides(&chunk.text[attribute.value.clone()]) {
                    // What was hidden must not appear because it is cleaned.
                    self.out.push_str(" hidden=\"\"");
                }
                continue;
            }
            let written = self.restored(&chunk.text[attribute.value.clone()]).into_owned();
            if let Some(value) = self.resolved(chunk, tag, attribute, &written) {
                self.out.push_str(&format!(" {}=\"{}\"", attribute.name, value));
            }
        }
        self.out.push('>');
    }

    /// Marks an element that the page hides, when the text is for elsewhere: an embed's template shows there what has
    /// `hidden` alone, and styles do not reach that far. The mark comes first, since the first of two attributes holds.
    fn mark_hidden(&mut self, chunk: &Chunk, tag: &Tag) {
        let hides = |attribute: &Attribute| match attribute.name.as_str() {
            "hidden" => true,
            "style" => sanitize::hides(&self.restored(&chunk.text[attribute.value.clone()])),
            _ => false,
        };
        if self.session.context.base().is_some() && tag.attributes.iter().any(hides) {
            self.out.push_str(" aria-hidden=\"true\"");
        }
    }

    fn raw_too_deep(&mut self, chunk: &Chunk, range: &Range<usize>) {
        if self.nesting.report() {
            let (start, end) = self.places.original(&chunk.place(range));
            let message =
                format!("raw HTML is nested more than {MAX_NESTING} levels deep, or leaves too many tags open");
            self.session.fault(Fault::new(Code::InvalidValue, message), start, end);
        }
    }

    /// In a line of text, `<script>` and its end come one by one; what stands between them is no text.
    fn cut_raw_text(&mut self, tag: &Tag) {
        if !token::RAW_TEXT.contains(&tag.name.as_str()) {
            return;
        }
        match self.cut.take() {
            Some((name, at)) if tag.closing && name == tag.name => self.out.truncate(at),
            _ if !tag.closing => self.cut = Some((tag.name.clone(), self.out.len())),
            other => self.cut = other,
        }
    }

    /// The attribute's value, escaped; `None` when it must not be published.
    fn resolved(&mut self, chunk: &Chunk, tag: &Tag, attribute: &Attribute, written: &str) -> Option<String> {
        let mut value = String::new();
        match (tag.name.as_str(), attribute.name.as_str()) {
            (_, "id") => {
                let (start, end) = self.places.original(&chunk.place(&attribute.value));
                let id = self.session.own_id(&escape::decode(written), start, end)?;
                escape::attribute(&mut value, &id);
            }
            (name, "href" | "src" | "poster" | "cite" | "srcset") => {
                let (start, end) = self.places.original(&chunk.place(&attribute.value));
                let target = escape::decode(written);
                if target.trim().is_empty() {
                    self.removed(chunk, &tag.range, &format!("the empty `{}` of `<{name}>`", attribute.name));
                    return None;
                }
                let picture =
                    matches!(name, "img" | "source") && attribute.name != "href" || attribute.name == "poster";
                match attribute.name.as_str() {
                    "srcset" => self.source_set(&target, start, end, &mut value)?,
                    "src" | "poster" if picture && name != "source" => {
                        escape::url(&mut value, &targets::image(self.session, target.trim(), start, end)?.url);
                    }
                    _ => escape::url(&mut value, &targets::link(self.session, target.trim(), start, end)?),
                }
            }
            _ => {
                value = written.replace('"', "&quot;").replace('<', "&lt;").replace('>', "&gt;");
                value = value.replace([rewrite::OPEN, rewrite::CLOSE], "\u{fffd}");
            }
        }
        Some(value)
    }

    /// The candidates of `srcset`, each a URL and a width or density.
    fn source_set(&mut self, written: &str, start: usize, end: usize, value: &mut String) -> Option<()> {
        for candidate in written.split(", ").flat_map(|part| part.split(",\n")) {
            let mut words = candidate.trim().trim_end_matches(',').split_ascii_whitespace();
            let Some(source) = words.next() else { continue };
            let target = targets::image(self.session, source, start, end)?;
            if !value.is_empty() {
                value.push_str(", ");
            }
            escape::url(value, &target.url);
            for word in words {
                value.push(' ');
                escape::attribute(value, word);
            }
        }
        Some(())
    }

    fn trusted_token(&mut self, chunk: &Chunk, token: Token) {
        match token {
            Token::Text(range) => self.raw_text(&chunk.text[range]),
            Token::Other(range) | Token::Unfinished(range) => {
                let text = self.restored(&chunk.text[range]).into_owned();
                self.out.push_str(&text);
            }
            Token::Tag(tag) => self.trusted_tag(chunk, &tag),
        }
    }

    /// Everything stays as it is but relative links and pictures.
    fn trusted_tag(&mut self, chunk: &Chunk, tag: &Tag) {
        let mut done = tag.range.start;
        if let Some(shown) = self.session.levels.raw_name(&tag.name, tag.closing) {
            self.out.push_str(if tag.closing { "</" } else { "<" });
            self.out.push_str(shown);
            done += 1 + usize::from(tag.closing) + shown.len();
        }
        if !tag.closing {
            let name_end = tag.range.start + 1 + tag.name.len();
            let before = self.restored(&chunk.text[done..name_end]).into_owned();
            self.out.push_str(&before);
            done = name_end;
            self.mark_hidden(chunk, tag);
        }
        for attribute in &tag.attributes {
            let written = self.restored(&chunk.text[attribute.value.clone()]).into_owned();
            if attribute.name == "id" {
                self.session.ids.keep(&escape::decode(&written));
            }
            let target = escape::decode(&written);
            let wanted = matches!((tag.name.as_str(), attribute.name.as_str()), ("a", "href") | ("img", "src"));
            if !wanted || !targets::is_internal(target.trim()) {
                continue;
            }
            if let Some(value) = self.resolved(chunk, tag, attribute, &written) {
                let before = self.restored(&chunk.text[done..attribute.quoted.start]).into_owned();
                self.out.push_str(&format!("{before}\"{value}\""));
                done = attribute.quoted.end;
            } else if !target.trim().is_empty() {
                let before = self.restored(&chunk.text[done..attribute.quoted.start]).into_owned();
                let before = before.trim_end().trim_end_matches('=').trim_end();
                self.out.push_str(before.trim_end_matches(|c: char| c.is_ascii_alphabetic()));
                done = attribute.quoted.end;
            }
        }
        let rest = self.restored(&chunk.text[done..tag.range.end]).into_owned();
        self.out.push_str(&rest);
    }
}
