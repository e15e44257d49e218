//! Writes the HTML of a body from the events of the Markdown parser.

mod blocks;
mod code;
mod comments;
mod inlines;
mod margin;
mod notes;
mod raw;
mod slots;

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::ops::Range;

use pulldown_cmark::{Event, Tag, TagEnd};

use super::broken_embeds;
use super::embed_texts;
use super::embeds::{self, Region};
use super::events::{self, ParsedRegion};
use super::footnote_labels;
use super::parser::{Located, until_end};
use super::placeholders::{self, Segment, SourceMap};
use super::raw_html::HtmlChunk;
use super::{BodyProblem, EmbedCall, MAX_EMBED_NESTING, MAX_NESTING, Session, sanitize};
use crate::diagnostic;
use blocks::{OpenHeading, OpenParagraph, TableState};
use code::CodeBlock;
use inlines::OpenImage;
use notes::NotesBeside;
use raw::RawHtml;
use slots::Slots;

/// Renders a region, adding its footnotes to the session's.
pub(super) fn region(session: &mut Session<'_>, region: &Region) -> String {
    let (text, places) = events::text(session, region);
    let parsed = ParsedRegion::new(session, &text, &places);
    let templates = session.templates;
    let mut writer = HtmlWriter::new(session, places, text.len());
    writer.raw.comments = super::comments::starts(&text);
    let mut definitions = HashMap::new();
    let rendered = writer.run(&mut parsed.events(), &mut definitions).and_then(|()| {
        let html = std::mem::take(&mut writer.out);
        writer.notes(definitions)?;
        writer.place_notes(&html);
        Ok(writer.published(html))
    });
    let html = rendered.unwrap_or_default();
    let HtmlWriter { places, .. } = writer;
    parsed.report_leftovers(session, &places);
    session.templates = templates;
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
    raw: RawHtml,
    slots: Slots,
    notes_beside: NotesBeside,
    depth: usize,
    links: Vec<bool>,
    /// The number of open emphasis spans.
    spans: usize,
    /// The number of open `<em>`.
    emphasis: usize,
    image: Option<OpenImage>,
    heading: Option<OpenHeading>,
    paragraph: Option<OpenParagraph>,
    html: Option<HtmlChunk>,
    code: Option<CodeBlock>,
    table: TableState,
    /// True until the guard before an inline text has been removed.
    guarded: bool,
}

impl<'s, 'a> HtmlWriter<'s, 'a> {
    fn new(session: &'s mut Session<'a>, places: SourceMap, size: usize) -> HtmlWriter<'s, 'a> {
        let guarded = session.inline;
        let notes_beside = NotesBeside::new(session);
        HtmlWriter {
            session,
            places,
            out: String::with_capacity(size + size / 4),
            raw: RawHtml::default(),
            slots: Slots::default(),
            notes_beside,
            depth: 0,
            links: Vec::new(),
            spans: 0,
            emphasis: 0,
            image: None,
            heading: None,
            paragraph: None,
            html: None,
            code: None,
            table: TableState::default(),
            guarded,
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
            if self.depth == 0 && self.notes_beside.lacks_slots(self.session) {
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

    /// Renders the embed of a placeholder.
    pub(super) fn node(&mut self, number: usize, block: bool) {
        let Some(node) = self.session.nodes.get(number) else {
            return;
        };
        if self.session.templates > 0 {
            return;
        }
        let (range, tag) = (node.range.clone(), node.tag.clone());
        let Some(call) = node.call.clone() else {
            super::escape::text(&mut self.out, &self.session.text[range]);
            return;
        };
        // Elsewhere a link takes the place of the frame.
        self.session.is_for_page |= call.is_service();
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
        let label = call.label().to_owned();
        let html = if call.known {
            let context = self.session.context;
            let call = EmbedCall { name: call.name, arguments: call.arguments, body };
            match context.embed(&call) {
                Ok(html) => {
                    embed_texts::check(self.session, &call, &html, &tag);
                    html
                }
                Err(problem) => {
                    self.session.report(problem, tag.start, tag.end);
                    let is_in_line = self.line_around().is_some();
                    // A block would not be valid there.
                    let call = EmbedCall { body: call.body.filter(|_| !(is_in_line && has_blocks)), ..call };
                    let html = broken_embeds::words(self.session, &call, !is_in_line);
                    let is_block = embeds::is_block(&html) || html.ends_with(">\n");
                    return self.place(html, is_block && !block);
                }
            }
        } else {
            body.unwrap_or_default()
        };
        let is_block = call.known && !block && embeds::is_block(&html);
        if let Some(around) = self.line_around().filter(|_| is_block) {
            let message = format!("the embed `{label}` is a block, which cannot be inside {around}");
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
            () if self.table.in_cell => Some("a table"),
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
        self.slots.reserve(&mut self.out, html)
    }

    /// Returns HTML for publication: sanitized if it contains raw HTML, with all slots filled.
    fn published(&self, html: String) -> String {
        self.slots.fill(if self.raw.is_seen { sanitize::clean(&html) } else { html })
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
    events.iter().all(|(event, _)| match event {
        Event::Text(text) => placeholders::are_all(text),
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
