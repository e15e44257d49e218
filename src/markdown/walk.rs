//! Walks over a body as readers see it, for summaries, word counts and the files that a page shows.
//!
//! The walk reads the events from which the page is written and follows raw HTML, so a visitor sees only
//! what the page shows.

mod elements;

use std::collections::HashSet;

use pulldown_cmark::{CodeBlockKind, Event, LinkType, Tag, TagEnd};

use super::embeds::{self, Region};
use super::events::{self, ParsedRegion};
use super::parser::{Located, until_end};
use super::placeholders::{self, OPEN, Segment};
use super::{
    Argument, BodyProblem, Context, EmbedCall, EmbedKind, ImageTarget, MAX_EMBED_NESTING, Options, SERVICE_EMBED,
    Session, footnote_labels,
};
use crate::diagnostic::Code;
use elements::Elements;

pub use elements::TextRole;

/// Receives what readers see, in text order, footnotes last.
pub trait Visitor {
    /// Text, in pieces that may end within a word; any run of white space stands for one space.
    fn text(&mut self, text: &str, role: TextRole);

    /// Code, inline or in a block.
    fn code(&mut self, code: &str, role: TextRole);

    /// A URL or email address as its own link text.
    fn url(&mut self, url: &str, role: TextRole);

    /// A space or line break within a block.
    fn space(&mut self);

    /// The boundary of a block.
    fn end_block(&mut self);

    /// The text from here on is in italics or small print, as lines below pictures are, or no longer.
    fn emphasis(&mut self, _is_open: bool) {}

    /// A picture, video or audio file in a line of text.
    fn media(&mut self);

    /// An embed in a paragraph; `is_block` is true if it is known to end the paragraph.
    fn embed(&mut self, is_block: bool);

    /// The name of an embed.
    fn call(&mut self, embed: &str);

    /// The URL of a frame that the page loads if readers ask for it.
    fn frame(&mut self, url: &str);

    /// A picture, video or audio file that the page shows, as written.
    fn shown_file(&mut self, file: &str);

    /// The target of a link or image, or another attribute's value.
    fn reference(&mut self, target: &str);

    /// Code that may name files: a script, a style sheet, an argument of an embed.
    fn possible_names(&mut self, code: &str);

    /// A caption, title or credit of an embed, as written.
    fn caption(&mut self, _text: &str) {}
}

/// Walks over a body's text. Problems are reported when its page is rendered, not here.
pub fn walk(text: &str, options: &Options, visitor: &mut impl Visitor) {
    let mut session = Session::new(text, options, &WalkContext, false);
    session.reports = false;
    session.nodes = embeds::find(&mut session);
    let mut walk = Walk {
        elements: Elements::new(!session.sanitized()),
        session,
        visitor,
        images: 0,
        emphasis: 0,
        is_emphasized: false,
        in_url: false,
        html: None,
    };
    walk.region(&Region::whole(text));
}

/// The context of a walk: every embed may have a body, and nothing is resolved.
pub(super) struct WalkContext;

impl WalkContext {
    fn nothing<T>() -> Result<T, BodyProblem> {
        Err(BodyProblem::new(Code::BrokenLink, "a walk resolves nothing"))
    }
}

impl Context for WalkContext {
    fn link(&self, _: &str) -> Result<String, BodyProblem> {
        WalkContext::nothing()
    }

    fn image(&self, _: &str) -> Result<ImageTarget, BodyProblem> {
        WalkContext::nothing()
    }

    fn embed(&self, _: &EmbedCall<'_>) -> Result<String, BodyProblem> {
        WalkContext::nothing()
    }

    fn embed_kind(&self, _: &str) -> Option<EmbedKind> {
        Some(EmbedKind::Either)
    }

    fn embed_names(&self) -> Vec<String> {
        Vec::new()
    }
}

/// The default theme's embeds, all of which are blocks. A walk has no theme; of other embeds, the visitor
/// judges by the text before them.
const BLOCK_EMBEDS: &[&str] = &[
    SERVICE_EMBED,
    "aside",
    "audio",
    "bluesky",
    "chart",
    "document",
    "figure",
    "gallery",
    "map",
    "mastodon",
    "newsletter",
    "pull-quote",
    "timeline",
    "video",
    "vimeo",
    "x",
    "youtube",
];

/// The arguments of these embeds that readers see as text.
const CAPTIONS: &[&str] = &["author", "caption", "credit", "note", "title"];

struct Walk<'a, 'v, V> {
    session: Session<'a>,
    visitor: &'v mut V,
    /// The open elements, Markdown's and those of raw HTML.
    elements: Elements,
    /// The number of open images; text inside them is alternative text.
    images: usize,
    /// The number of open `*…*`.
    emphasis: usize,
    /// The last state of emphasis that the visitor was told.
    is_emphasized: bool,
    /// True if the open link is a URL in angle brackets.
    in_url: bool,
    /// The raw HTML of the open block.
    html: Option<String>,
}

impl<V: Visitor> Walk<'_, '_, V> {
    /// Walks over a region and those of its footnotes that the text refers to.
    fn region(&mut self, region: &Region) {
        let (text, places) = events::text(&self.session, region);
        let parsed = ParsedRegion::new(&mut self.session, &text, &places);
        let mut notes: Vec<(String, Vec<Located<'_>>)> = Vec::new();
        let mut referred = HashSet::new();
        self.events(&mut parsed.events(), &mut notes, &mut referred);
        while let Some(at) = notes.iter().position(|(label, _)| referred.contains(label)) {
            let (label, events) = notes.remove(at);
            // Only the first of two footnotes with one name is published.
            notes.retain(|(other, _)| *other != label);
            let open = self.open("aside");
            self.events(&mut events.into_iter(), &mut notes, &mut referred);
            self.elements.truncate(open);
        }
        self.end_block();
        self.session.scopes.pop();
    }

    fn events<'t>(
        &mut self,
        events: &mut impl Iterator<Item = Located<'t>>,
        notes: &mut Vec<(String, Vec<Located<'t>>)>,
        referred: &mut HashSet<String>,
    ) {
        while let Some((event, _)) = events.next() {
            match event {
                Event::Start(Tag::FootnoteDefinition(label)) => {
                    let inside = until_end(events, |tag| matches!(tag, TagEnd::FootnoteDefinition));
                    notes.push((footnote_labels::folded(&label), inside));
                }
                Event::FootnoteReference(label) => {
                    referred.insert(footnote_labels::folded(&label));
                }
                Event::Start(tag) => self.start(&tag),
                Event::End(tag) => self.end(tag),
                Event::Text(text) => self.text(&text),
                Event::Code(code) if self.images == 0 => {
                    if let Some(role) = self.role() {
                        self.visitor.code(&code, role);
                    }
                }
                Event::SoftBreak | Event::HardBreak => self.visitor.space(),
                Event::Html(html) => match &mut self.html {
                    Some(block) => block.push_str(&html),
                    None => self.raw(&html),
                },
                Event::InlineHtml(html) => self.raw(&html),
                _ => {}
            }
        }
    }

    fn text(&mut self, text: &str) {
        if self.images > 0 {
            return;
        }
        let role = self.role();
        if self.session.nodes.is_empty() || !text.contains(OPEN) {
            return self.seen_text(text, role);
        }
        for segment in placeholders::segments(text) {
            match segment {
                Segment::Text(text) => self.seen_text(text, role),
                // Hidden embeds name files, too.
                Segment::Node(number) => self.node(number),
            }
        }
    }

    fn seen_text(&mut self, text: &str, role: Option<TextRole>) {
        let Some(role) = role else { return };
        if self.elements.is_code() {
            self.visitor.code(text, role);
        } else if self.in_url {
            self.visitor.url(text, role);
        } else {
            self.visitor.text(text, role);
        }
    }

    /// The role of text here; `None` if readers don't see it. Tells the visitor if emphasis has begun or ended.
    fn role(&mut self) -> Option<TextRole> {
        let role = self.elements.role()?;
        let is_emphasized = self.emphasis > 0 || self.elements.is_emphasized();
        if is_emphasized != self.is_emphasized {
            self.is_emphasized = is_emphasized;
            self.visitor.emphasis(is_emphasized);
        }
        Some(role)
    }

    /// Visits the target of a link, an image or an embed. The page loses a `<template>` with its contents, unless its HTML
    /// is trusted.
    fn reference(&mut self, target: &str) {
        match self.session.sanitized() && self.elements.is_in_template() {
            true => self.visitor.possible_names(target),
            false => self.visitor.reference(target),
        }
    }

    fn start(&mut self, tag: &Tag<'_>) {
        match tag {
            Tag::Image { dest_url, .. } => {
                if self.elements.shows_files() {
                    self.visitor.shown_file(dest_url);
                }
                self.reference(dest_url);
                self.visitor.media();
                self.images += 1;
            }
            Tag::Link { link_type, dest_url, .. } => {
                self.in_url = matches!(link_type, LinkType::Autolink | LinkType::Email);
                self.reference(dest_url);
            }
            Tag::Emphasis => self.emphasis += 1,
            Tag::HtmlBlock => self.html = Some(String::new()),
            Tag::CodeBlock(CodeBlockKind::Fenced(_) | CodeBlockKind::Indented) => {
                self.open("pre");
            }
            tag => {
                if let Some(name) = elements::of_markdown(&tag.to_end()) {
                    self.open(name);
                }
            }
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Image => self.images = self.images.saturating_sub(1),
            TagEnd::Link => self.in_url = false,
            TagEnd::Emphasis => self.emphasis = self.emphasis.saturating_sub(1),
            TagEnd::HtmlBlock => {
                if let Some(html) = self.html.take() {
                    self.raw(&html);
                    self.end_block();
                }
            }
            tag => {
                if let Some(name) = elements::of_markdown(&tag) {
                    self.close(name);
                }
            }
        }
    }

    /// Opens an element of Markdown. Returns how many were open before.
    fn open(&mut self, name: &'static str) -> usize {
        let before = self.elements.len();
        self.elements.open(name.into(), false);
        if elements::ends_line(name) {
            self.end_block();
        }
        before
    }

    fn close(&mut self, name: &str) {
        if elements::ends_line(name) {
            self.end_block();
        }
        self.elements.close(name);
    }

    /// Ends a block. In an embed within a paragraph, the paragraph continues afterwards.
    fn end_block(&mut self) {
        if self.session.embed_depth == 0 { self.visitor.end_block() } else { self.visitor.space() }
    }

    /// Visits an embed: the names in its arguments, and its body, which isn't prose of the story.
    fn node(&mut self, number: usize) {
        let Some(call) = self.session.nodes.get(number).and_then(|node| node.call.clone()) else { return };
        let is_block = BLOCK_EMBEDS.contains(&call.name);
        self.interrupt(is_block);
        self.visitor.call(call.name);
        for (name, value) in &call.arguments {
            if let Argument::Text(value) = value {
                if call.is_service() && name == "src" {
                    self.visitor.frame(value);
                }
                if self.elements.shows_files() {
                    self.visitor.shown_file(value);
                }
                self.reference(value);
                self.visitor.possible_names(value);
                if self.elements.shows_files() && CAPTIONS.contains(&name.as_str()) && BLOCK_EMBEDS.contains(&call.name)
                {
                    self.visitor.caption(value);
                }
            }
        }
        let Some(inside) = Region::body(&self.session, number) else { return };
        if self.session.embed_depth == MAX_EMBED_NESTING {
            return;
        }
        let (images, emphasis) = (std::mem::take(&mut self.images), std::mem::take(&mut self.emphasis));
        let html = self.html.take();
        self.session.embed_depth += 1;
        let before = self.elements.len();
        self.elements.enclose();
        self.region(&inside);
        self.elements.truncate(before);
        self.session.embed_depth -= 1;
        (self.images, self.emphasis, self.html) = (images, emphasis, html);
        self.interrupt(is_block);
    }

    /// Interrupts a paragraph with an embed that readers see.
    fn interrupt(&mut self, is_block: bool) {
        if self.elements.role().is_none() {
            return;
        }
        if self.session.embed_depth == 0 { self.visitor.embed(is_block) } else { self.visitor.space() }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::BLOCK_EMBEDS;

    #[test]
    fn all_embeds_of_the_default_theme_are_documented() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/themes/broadsheet/embeds");
        let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let names: BTreeSet<String> =
            names.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect();
        let known: BTreeSet<String> = BLOCK_EMBEDS.iter().map(|name| (*name).to_owned()).collect();
        assert_eq!(names, known);
    }
}
