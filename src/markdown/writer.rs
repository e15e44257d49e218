//! Writes the HTML of a body from the events of the Markdown parser.

mod blocks;
mod code;
mod inlines;

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::{Entry, RandomState};
use std::hash::BuildHasher;
use std::ops::Range;

use pulldown_cmark::{Alignment, Event, Tag, TagEnd};

use super::comments;
use super::embeds::{self, Region};
use super::events::{self, Located, ParsedRegion, until_end};
use super::footnote_labels;
use super::footnotes::Footnote;
use super::placeholders::{self, Segment, SourceMap};
use super::raw_html::{HtmlChunk, Nesting};
use super::{BodyProblem, EmbedCall, MAX_EMBED_NESTING, MAX_NESTING, Session, footnotes, sanitize};
use crate::diagnostic;
use blocks::{OpenHeading, OpenParagraph};
use code::CodeBlock;
use inlines::OpenImage;

/// Renders a region, adding its footnotes to the session's.
pub(super) fn region(session: &mut Session<'_>, region: &Region) -> String {
    let (text, places) = events::text(session, region);
    let parsed = ParsedRegion::new(session, &text, &places);
    let mut writer = HtmlWriter::new(session, places, text.len());
    writer.comments = comments::starts(&text);
    let mut definitions = HashMap::new();
    let rendered = writer.run(&mut parsed.events(), &mut definitions).and_then(|()| {
        let html = std::mem::take(&mut writer.out);
        writer.notes(definitions)?;
        writer.place_notes();
        Ok(writer.published(html))
    });
    let html = rendered.unwrap_or_default();
    let HtmlWriter { places, .. } = writer;
    parsed.report_leftovers(session, &places);
    session.scopes.pop();
    html
}

/// The body is nested too deeply to be rendered; already reported.
pub(super) struct TooDeep;

/// Footnotes by label, each with its place.
type Definitions<'t> = HashMap<String, (Range<usize>, Vec<Located<'t>>)>;

/// The state while one region is written.
pub(super) struct HtmlWriter<'s, 'a> {
    pub(super) session: &'s mut Session<'a>,
    pub(super) places: SourceMap,
    pub(super) out: String,
    /// True if the region contains raw HTML, so all of it must be sanitized.
    pub(super) raw_seen: bool,
    pub(super) nesting: Nesting,
    /// An inline `<script>` and the start of its contents.
    pub(super) cut: Option<(String, usize)>,
    /// HTML of embeds and of footnotes beside the text, inserted after sanitizing.
    slots: Vec<String>,
    nonce: u64,
    /// True if footnotes follow the block that has just ended: in the text itself, not in embeds and
    /// footnotes.
    gathers_notes: bool,
    /// The slot of each footnote beside the text.
    homes: Vec<usize>,
    depth: usize,
    links: Vec<bool>,
    /// The number of open emphasis spans.
    spans: usize,
    image: Option<OpenImage>,
    heading: Option<OpenHeading>,
    paragraph: Option<OpenParagraph>,
    html: Option<HtmlChunk>,
    code: Option<CodeBlock>,
    alignments: Vec<Alignment>,
    column: usize,
    table_head: bool,
    cell: bool,
    guarded: bool,
    /// The starts of comments in the region's text.
    pub(super) comments: Vec<usize>,
}

impl<'s, 'a> HtmlWriter<'s, 'a> {
    fn new(session: &'s mut Session<'a>, places: SourceMap, size: usize) -> HtmlWriter<'s, 'a> {
        let guarded = session.inline;
        let gathers_notes = session.has_notes_beside() && session.embed_depth == 0;
        HtmlWriter {
            session,
            places,
            out: String::with_capacity(size + size / 4),
            raw_seen: false,
            nesting: Nesting::default(),
            cut: None,
            slots: Vec::new(),
            nonce: 0,
            gathers_notes,
            homes: Vec::new(),
            depth: 0,
            links: Vec::new(),
            spans: 0,
            image: None,
            heading: None,
            paragraph: None,
            html: None,
            code: None,
            alignments: Vec::new(),
            column: 0,
            table_head: false,
            cell: false,
            guarded,
            comments: Vec::new(),
        }
    }

    fn run<'t>(
        &mut self,
        mut events: impl Iterator<Item = Located<'t>>,
        definitions: &mut Definitions<'t>,
    ) -> Result<(), TooDeep> {
        let has_embeds = !self.session.nodes.is_empty();
        while let Some((event, range)) = events.next() {
            match event {
                Event::Start(Tag::FootnoteDefinition(label)) => {
                    let mut inside = until_end(&mut events, |tag| matches!(tag, TagEnd::FootnoteDefinition));
                    inside.pop();
                    match definitions.entry(footnote_labels::folded(&label)) {
                        Entry::Vacant(entry) => {
                            entry.insert((range, inside));
                        }
                        Entry::Occupied(_) => self.unused(&range, "another footnote has the same name"),
                    }
                }
                Event::Start(Tag::Paragraph) if has_embeds => {
                    let inside = until_end(&mut events, |tag| matches!(tag, TagEnd::Paragraph));
                    let only_embeds = is_only_embeds(&inside);
                    self.event(Event::Start(Tag::Paragraph), range)?;
                    if only_embeds {
                        self.become_embeds();
                    }
                    for (event, range) in inside {
                        self.event(event, range)?;
                    }
                }
                event => self.event(event, range)?,
            }
            if self.gathers_notes && self.depth == 0 && self.session.notes.len() > self.homes.len() {
                self.reserve_notes();
            }
        }
        Ok(())
    }

    fn event(&mut self, event: Event<'_>, range: Range<usize>) -> Result<(), TooDeep> {
        match event {
            Event::Start(tag) => {
                self.depth += 1;
                if self.depth > MAX_NESTING {
                    return Err(self.too_deep(&range));
                }
                self.start(tag, range);
            }
            Event::End(tag) => {
                self.depth -= 1;
                self.end(tag);
            }
            Event::Html(html) => match &mut self.html {
                Some(chunk) => chunk.push(&html, range.start),
                None => self.inline_html(&html, range),
            },
            Event::Rule => {
                self.fresh_line();
                self.out.push_str("<hr>\n");
            }
            Event::TaskListMarker(is_done) => self.task(is_done),
            other => {
                if matches!(other, Event::Text(_)) && self.code.is_none() {
                    self.check_comments(&range);
                }
                self.inline(other, range);
            }
        }
        Ok(())
    }

    fn too_deep(&mut self, range: &Range<usize>) -> TooDeep {
        let (start, end) = self.places.original(range);
        let line = self.session.text[start..end].find('\n').map_or(end, |at| start + at);
        let problem = BodyProblem::new(
            diagnostic::Code::InvalidValue,
            format!("the text is nested more than {MAX_NESTING} levels deep"),
        );
        self.session.report(problem, start, line);
        TooDeep
    }

    /// Starts a new line, since each block begins on its own.
    fn fresh_line(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with('\n') {
            self.out.push('\n');
        }
    }

    /// Renders the footnotes that the text refers to, including those that only footnotes refer to.
    fn notes(&mut self, mut definitions: Definitions<'_>) -> Result<(), TooDeep> {
        self.gathers_notes = false;
        let mut nested = HashMap::new();
        let mut next = 0;
        // Rendering a footnote may refer to further ones, which are appended to the order.
        while let Some((label, index)) = self.session.scopes.last().and_then(|scope| scope.order.get(next).cloned()) {
            next += 1;
            self.session.levels.restart();
            let (_, events) = definitions.remove(label.as_str()).unwrap_or_default();
            self.run(events.into_iter(), &mut nested)?;
            for (label, note) in nested.drain() {
                definitions.entry(label).or_insert(note);
            }
            let html = std::mem::take(&mut self.out);
            let html = self.published(html);
            if let Some(note) = self.session.notes.get_mut(index) {
                note.html = html;
            }
            // Footnotes that only this one refers to go with it.
            if let Some(&home) = self.homes.get(index) {
                self.homes.resize(self.session.notes.len(), home);
            }
        }
        for (range, _) in definitions.into_values() {
            self.unused(&range, "the text does not refer to it");
        }
        Ok(())
    }

    /// Reports a footnote that isn't published.
    fn unused(&mut self, range: &Range<usize>, why: &str) {
        let (start, end) = self.places.original(range);
        let text = &self.session.text[start..end];
        let end = text.find("]:").map_or(start, |at| start + at + 1);
        let message = format!("this footnote is not published: {why}");
        let problem = BodyProblem::new(diagnostic::Code::UnusedFootnote, message);
        let hint = format!("write `{}` where it belongs", &self.session.text[start..end]);
        self.session.report(problem.hint(hint), start, end);
    }

    /// Reserves a slot, after the block that has just ended, for the footnotes first referred to in it.
    /// Their texts and reference counts are known only at the end.
    fn reserve_notes(&mut self) {
        self.fresh_line();
        let slot = self.push_slot(String::new());
        self.out.push('\n');
        self.homes.resize(self.session.notes.len(), slot);
        self.session.is_for_page = true;
    }

    /// Puts the footnotes into their slots.
    fn place_notes(&mut self) {
        for (index, &home) in self.homes.iter().enumerate() {
            if let (Some(note), Some(slot)) = (self.session.notes.get(index), self.slots.get_mut(home)) {
                slot.push_str(if slot.is_empty() { "" } else { "\n" });
                footnotes::push_aside(slot, index + 1, note, self.session.ids.prefix());
            }
        }
    }

    /// The innermost scope that defines a footnote, or else the current one.
    fn scope(&self, label: &str) -> Option<usize> {
        let scopes = &self.session.scopes;
        scopes.iter().rposition(|scope| scope.defined.contains(label)).or(scopes.len().checked_sub(1))
    }

    /// The number of a footnote that has been referred to.
    pub(super) fn number(&self, label: &str) -> Option<usize> {
        let label = footnote_labels::folded(label);
        let scope = self.session.scopes.get(self.scope(&label)?)?;
        scope.numbers.get(&label).map(|index| index + 1)
    }

    /// Records a reference to a footnote. Returns the footnote's number and the number of references so
    /// far.
    pub(super) fn refer(&mut self, label: &str) -> (usize, usize) {
        let index = match self.number(label) {
            Some(number) => number - 1,
            None => {
                let (label, index) = (footnote_labels::folded(label), self.session.notes.len());
                self.session.notes.push(Footnote::default());
                let scope = self.scope(&label);
                if let Some(scope) = scope.and_then(|scope| self.session.scopes.get_mut(scope)) {
                    scope.numbers.insert(label.clone(), index);
                    scope.order.push((label, index));
                }
                index
            }
        };
        let occurrence = self.session.notes.get_mut(index).map_or(1, |note| {
            note.references += 1;
            note.references
        });
        (index + 1, occurrence)
    }

    /// Renders the embed of a placeholder.
    pub(super) fn node(&mut self, number: usize, block: bool) {
        let Some(node) = self.session.nodes.get(number) else {
            return;
        };
        let (range, tag) = (node.range.clone(), node.tag.clone());
        let Some(call) = node.call.clone() else {
            super::escape::text(&mut self.out, &self.session.text[range]);
            return;
        };
        let body = match Region::body(self.session, number) {
            None => None,
            Some(_) if self.session.embed_depth == MAX_EMBED_NESTING => {
                let message = format!("embeds are nested more than {MAX_EMBED_NESTING} levels deep");
                self.session.report(BodyProblem::new(diagnostic::Code::EmbedSyntax, message), tag.start, tag.end);
                return;
            }
            Some(inside) => {
                self.session.embed_depth += 1;
                let html = region(self.session, &inside);
                self.session.embed_depth -= 1;
                Some(if block { html } else { without_paragraph(html) })
            }
        };
        let has_blocks = body.as_ref().is_some_and(|html| html.ends_with(">\n"));
        let html = if call.known {
            let context = self.session.context;
            match context.embed(&EmbedCall { name: call.name, arguments: call.arguments, body }) {
                Ok(html) => html,
                Err(problem) => {
                    self.session.report(problem, tag.start, tag.end);
                    return;
                }
            }
        } else {
            body.unwrap_or_default()
        };
        let is_block = call.known && !block && embeds::is_block(&html);
        if let Some(around) = self.line_around().filter(|_| is_block) {
            let message = format!("the embed `{}` is a block, which cannot be inside {around}", call.name);
            let problem = BodyProblem::new(diagnostic::Code::EmbedSyntax, message).hint("put it on a line of its own");
            self.session.report(problem, tag.start, tag.end);
        }
        self.place(html, (is_block || has_blocks) && !block);
    }

    /// Describes the open element that can neither contain a block nor be ended before one, if any.
    fn line_around(&self) -> Option<&'static str> {
        match () {
            () if self.heading.is_some() => Some("a heading"),
            () if !self.links.is_empty() => Some("a link"),
            () if self.spans > 0 => Some("emphasis"),
            () if self.cell => Some("a table"),
            () => None,
        }
    }

    /// Inserts an embed's HTML; blocks end the paragraph around them.
    fn place(&mut self, html: String, splits: bool) {
        let splits = splits && self.split_paragraph();
        if self.session.sanitized() {
            self.push_slot(html);
        } else {
            self.out.push_str(&html);
        }
        if splits {
            self.out.push_str("\n<p>");
        }
    }

    /// Reserves a slot for `html` and returns its index.
    fn push_slot(&mut self, html: String) -> usize {
        if self.slots.is_empty() {
            self.nonce = RandomState::new().hash_one(self.out.len());
        }
        let number = self.slots.len();
        let mark = format!("{}{:x}.{number}{}", placeholders::OPEN, self.nonce, placeholders::CLOSE);
        self.slots.push(html);
        self.out.push_str(&mark);
        number
    }

    /// Returns HTML for publication: sanitized if it contains raw HTML, with all slots filled.
    fn published(&self, html: String) -> String {
        let html = if self.raw_seen { sanitize::clean(&html) } else { html };
        if self.slots.is_empty() {
            return html;
        }
        let mark = format!("{}{:x}.", placeholders::OPEN, self.nonce);
        let mut parts = html.split(mark.as_str());
        let mut out = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (number, text) = part.split_once(placeholders::CLOSE).unwrap_or((part, ""));
            let slot = number.parse().ok().and_then(|number: usize| self.slots.get(number));
            out.push_str(slot.map_or("", String::as_str));
            out.push_str(text);
        }
        out
    }

    /// The text as written, where placeholders have no meaning.
    pub(super) fn restored<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if self.session.nodes.is_empty() || !text.contains(placeholders::OPEN) {
            return Cow::Borrowed(text);
        }
        let original =
            |number: usize| self.session.nodes.get(number).map_or("", |node| &self.session.text[node.range.clone()]);
        let pieces = placeholders::segments(text).map(|segment| match segment {
            Segment::Text(text) => text.to_owned(),
            Segment::Node(number) => original(number).to_owned(),
        });
        Cow::Owned(pieces.collect())
    }
}

/// True if a paragraph contains only embeds.
fn is_only_embeds(events: &[Located<'_>]) -> bool {
    let blank = |segment: Segment<'_>| matches!(segment, Segment::Text(text) if !text.trim().is_empty());
    events.iter().all(|(event, _)| match event {
        Event::Text(text) => !placeholders::segments(text).any(blank),
        Event::SoftBreak | Event::HardBreak | Event::End(TagEnd::Paragraph) => true,
        _ => false,
    })
}

/// Removes the tags of a body that is one paragraph.
fn without_paragraph(html: String) -> String {
    let inside = html.strip_prefix("<p>").and_then(|rest| rest.strip_suffix("</p>\n"));
    match inside {
        Some(inside) if !inside.contains("<p>") => inside.to_owned(),
        _ => html,
    }
}
