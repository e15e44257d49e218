//! Renders a body's Markdown as HTML: links, images, embeds, footnotes, and raw HTML that is safe to
//! publish.

mod anchors;
mod block_elements;
mod broken_embeds;
mod comment_text;
mod comments;
mod css_urls;
mod embed_texts;
mod embeds;
mod escape;
mod events;
mod feed_html;
mod footnote_labels;
mod footnotes;
mod headings;
mod hidden_style;
#[cfg(feature = "highlight")]
mod highlight;
mod ids;
mod leftovers;
mod media_files;
mod parser;
mod parser_marks;
mod placeholders;
mod plain_line;
mod raw_html;
mod sanitize;
mod services;
mod srcset;
mod tables;
mod targets;
mod text_only;
mod typeset;
mod walk;
mod writer;

use serde::Deserialize;

use crate::config::{Config, HeadingLevels, HtmlPolicy};
use crate::diagnostic::{Code, RelatedPlace};
use crate::language::{Language, Quotes};

use embeds::EmbedNode;
use footnote_labels::FootnoteScope;
use footnotes::Footnote;
use headings::Levels;
use ids::Ids;

pub use anchors::{Anchors, FragmentLink, anchors};
pub use block_elements::is_within_word;
pub use comment_text::{CommentText, comment_text};
pub use comments::comments;
pub use feed_html::{is_empty_html, plain, rebased, without_hidden};
pub use hidden_style::hides;
pub use media_files::{MediaFile, media_files};
pub use plain_line::{LineMarkup, line_markup};
pub use raw_html::html_text;
#[cfg(feature = "import")]
pub use raw_html::without_deep_nesting;
pub use sanitize::{is_allowed_attribute, is_allowed_tag};
pub use services::is_service_url;
pub use tables::{RowHtml, TableHtml, tables};
pub use text_only::text_only;
pub use walk::{TextRole, Visitor, walk};

/// The maximum nesting depth of blocks and spans; beyond it, browsers and HTML parsers are unreliable.
pub const MAX_NESTING: usize = 100;

/// The maximum nesting depth of paired embeds.
pub const MAX_EMBED_NESTING: usize = 10;

/// The embed for URLs and frames of services. Calls can't name it, because their names begin with a letter.
pub const SERVICE_EMBED: &str = "_service";

/// The site and theme, as far as rendering a body needs them.
pub trait Context {
    /// Resolves a link's destination (a source path such as `../world/vote.md#result`, a root-relative
    /// URL or a `#fragment`) to a URL. Never called for absolute URLs.
    fn link(&self, destination: &str) -> Result<String, BodyProblem>;

    /// Resolves an image's destination. Never called for absolute URLs.
    fn image(&self, destination: &str) -> Result<ImageTarget, BodyProblem>;

    /// Renders an embed.
    fn embed(&self, call: &EmbedCall<'_>) -> Result<String, BodyProblem>;

    /// The kind of an embed; `None` if the theme doesn't have it.
    fn embed_kind(&self, name: &str) -> Option<EmbedKind>;

    /// The hint with the right call of an embed for a malformed one, which may have a body; `None` if the theme doesn't have it.
    fn call_hint(&self, _name: &str, _given: &[GivenArgument], _has_body: bool) -> Option<String> {
        None
    }

    /// True if this argument of embeds is text for readers.
    fn is_text_argument(&self, _name: &str) -> bool {
        false
    }

    /// The theme's string for a key such as `alert_note`. Without one, nothing is written.
    fn word(&self, _key: &str) -> Option<String> {
        None
    }

    /// Language and direction of a string of the theme if it is not in the text's language.
    fn language_of_word(&self, _word: &str) -> Option<(String, String)> {
        None
    }

    /// The names of all embeds, for "did you mean".
    fn embed_names(&self) -> Vec<String>;

    /// True if something else on the body's page may have this `id`.
    fn is_id_taken(&self, _id: &str) -> bool {
        false
    }

    /// True if something else on the body's page may have an `id` that begins like this one and
    /// continues differently.
    fn is_id_prefix_taken(&self, _id: &str) -> bool {
        false
    }

    /// The prefix of the body's ids, which keeps them apart from those of other bodies on the page:
    /// `author:lin-tan:`.
    fn id_prefix(&self) -> &str {
        ""
    }

    /// The absolute URL of the text's page if the text is read elsewhere, such as in a feed: then all
    /// its URLs become absolute.
    fn base(&self) -> Option<&str> {
        None
    }
}

/// An image in a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageTarget {
    /// Its URL.
    pub url: String,
    /// Its width in pixels, if known.
    pub width: Option<u32>,
    /// Its height in pixels, if known.
    pub height: Option<u32>,
    /// The same picture in several sizes, if it is published in more than one.
    pub sizes: Option<Box<ImageSizes>>,
    /// The credit that its file gives.
    pub credit: Option<String>,
}

/// An image in several sizes, for images of Markdown. Raw HTML shows what it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageSizes {
    /// The URL for browsers that choose none.
    pub url: String,
    /// Width and height in pixels of the largest.
    pub largest: (u32, u32),
    /// The media types and candidates of formats that only newer browsers show, the best first.
    pub sources: Vec<(&'static str, String)>,
    /// The candidates in a format that all browsers show.
    pub srcset: String,
    /// The width at which the page shows it: the attribute `sizes`.
    pub sizes: String,
}

/// The kinds of embeds, by their bodies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmbedKind {
    /// Never: `{{< name >}}`.
    Single,
    /// Always: `{{< name >}}…{{< /name >}}`.
    Paired,
    /// Optionally: both forms are valid.
    Either,
}

/// A call of an embed.
#[derive(Debug, Clone, PartialEq)]
pub struct EmbedCall<'a> {
    /// The embed's name.
    pub name: &'a str,
    /// The arguments in the order written; keys are unique.
    pub arguments: Vec<(String, Argument)>,
    /// The rendered HTML between the tags of a paired call.
    pub body: Option<String>,
}

/// An argument of an embed as far as it can be made out in a malformed call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenArgument {
    /// Its name, if it has one.
    pub key: Option<String>,
    /// Its value, without quotes.
    pub value: String,
}

/// The value of an embed's argument.
#[derive(Debug, Clone, PartialEq)]
pub enum Argument {
    /// `key="text"` or `key='text'`.
    Text(String),
    /// `key=12`.
    Integer(i64),
    /// `key=1.5`.
    Number(f64),
    /// `key=true` or `key=false`.
    Bool(bool),
}

/// An error or warning in a body, without its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BodyProblem {
    /// The diagnostic code.
    pub code: Code,
    /// One sentence, without a full stop.
    pub message: String,
    /// The fix.
    pub hint: Option<String>,
    /// Another place that belongs to it, such as the line in an embed's template.
    pub related: Option<Box<RelatedPlace>>,
    /// Other problems of the same place.
    pub others: Vec<BodyProblem>,
}

impl BodyProblem {
    /// Creates a problem without a hint.
    pub fn new(code: Code, message: impl Into<String>) -> BodyProblem {
        BodyProblem { code, message: message.into(), hint: None, related: None, others: Vec::new() }
    }

    /// Adds a hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> BodyProblem {
        self.hint = Some(hint.into());
        self
    }
}

/// A problem and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlacedProblem {
    /// The problem.
    pub problem: BodyProblem,
    /// The first byte of the place in the body's text.
    pub start: usize,
    /// The byte after the place.
    pub end: usize,
}

/// Settings for rendering bodies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Options {
    /// The policy for raw HTML.
    pub html: HtmlPolicy,
    /// True if straight quotes become curly, `--` a dash and `...` an ellipsis.
    pub smart_punctuation: bool,
    /// The quotation marks of the text's language.
    pub quotes: Quotes,
    /// True if emphasis is dots beside the letters, as in Chinese and Japanese; Latin words get none.
    pub emphasis_dots: bool,
    /// True if code in a known language is highlighted; ignored without the feature `highlight`.
    pub highlight_code: bool,
    /// True if URLs of known services on lines of their own become embeds, and their frames too.
    pub embed_urls: bool,
    /// The policy for heading levels.
    pub heading_levels: HeadingLevels,
    /// The placement of footnotes on the page; elsewhere they are always at the end.
    pub footnotes: FootnotePlacement,
}

impl Options {
    /// The options of a site for a text in this language.
    pub fn new(config: &Config, footnotes: FootnotePlacement, language: &Language) -> Options {
        let Config { html, heading_levels, smart_punctuation, highlight_code, embed_urls, .. } = *config;
        Options {
            html,
            smart_punctuation,
            quotes: language.quotes(),
            emphasis_dots: language.has_emphasis_dots(),
            highlight_code,
            embed_urls,
            heading_levels,
            footnotes,
        }
    }
}

/// The placement of a page's footnotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FootnotePlacement {
    /// In a list after the text.
    #[default]
    End,
    /// After the block that first refers to each, so that a style sheet can move it into the margin; in a
    /// list after the text if the margin is too short for all of them.
    Beside,
}

/// A body as HTML.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BodyHtml {
    /// The HTML, without anything that had an error.
    pub html: String,
    /// The problems, in text order.
    pub problems: Vec<PlacedProblem>,
    /// True if the body's HTML differs between its page and elsewhere in more than URLs.
    pub is_for_page: bool,
    /// Links with a fragment, in text order; empty if the text is read elsewhere.
    pub links: Vec<BodyLink>,
}

/// A link with a fragment, and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BodyLink {
    /// The URL as published.
    pub url: String,
    /// The first byte of the place in the body's text.
    pub start: usize,
    /// The byte after the place.
    pub end: usize,
}

/// Renders a body's Markdown as HTML.
pub fn render(text: &str, options: &Options, context: &dyn Context) -> BodyHtml {
    let mut ids = Ids::new(context.id_prefix());
    // A few texts need a second pass: their links and headings depend on ids that come later.
    for _ in 1..MAX_PASSES {
        let (session, html) = pass(text, options, context, ids);
        match session.ids.again() {
            Some(better) => ids = better,
            None => return session.finish(html),
        }
    }
    let (session, html) = pass(text, options, context, ids);
    session.finish(html)
}

/// One pass to collect author-written ids, one for links to renamed ids, and one to write them.
const MAX_PASSES: usize = 3;

fn pass<'a>(text: &'a str, options: &'a Options, context: &'a dyn Context, ids: Ids) -> (Session<'a>, String) {
    let mut session = Session::new(text, options, context, false);
    session.ids = ids;
    session.nodes = embeds::find(&mut session);
    let html = writer::region(&mut session, &embeds::Region::whole(text));
    (session, html)
}

/// Renders one line of Markdown (a caption, a correction) without a block around it. Block markers (`#`,
/// `-`, `>`) are plain text.
pub fn render_inline(text: &str, options: &Options, context: &dyn Context) -> BodyHtml {
    let line = text.replace(['\n', '\r'], " ");
    let mut session = Session::new(&line, options, context, true);
    session.nodes = embeds::find(&mut session);
    let html = writer::region(&mut session, &embeds::Region::whole(&line));
    session.finish(html)
}

/// The state shared by all parts of one body while it is rendered.
struct Session<'a> {
    text: &'a str,
    options: &'a Options,
    context: &'a dyn Context,
    /// True for a single line without blocks.
    inline: bool,
    /// True if problems are reported: `walk` leaves that to the page's rendering.
    reports: bool,
    nodes: Vec<EmbedNode<'a>>,
    ids: Ids,
    levels: Levels,
    links: Vec<BodyLink>,
    notes: Vec<Footnote>,
    /// True if the margin has no room for the footnotes.
    ends_with_notes: bool,
    /// The footnote scopes of the regions being written, outermost first.
    scopes: Vec<FootnoteScope>,
    problems: Vec<PlacedProblem>,
    embed_depth: usize,
    /// The number of open `<template>`s, which the page loses with all that is in them.
    templates: usize,
    /// The place and description of the first markup removed from raw HTML.
    removed: Option<(usize, usize, String)>,
    /// See [`BodyHtml::is_for_page`].
    is_for_page: bool,
    /// The number of bytes of highlighted code.
    #[cfg(feature = "highlight")]
    code_marked: usize,
}

impl<'a> Session<'a> {
    fn new(text: &'a str, options: &'a Options, context: &'a dyn Context, inline: bool) -> Session<'a> {
        Session {
            text,
            options,
            context,
            inline,
            reports: true,
            nodes: Vec::new(),
            ids: Ids::default(),
            levels: Levels::new(options.heading_levels),
            links: Vec::new(),
            notes: Vec::new(),
            ends_with_notes: false,
            scopes: Vec::new(),
            problems: Vec::new(),
            embed_depth: 0,
            templates: 0,
            removed: None,
            is_for_page: false,
            #[cfg(feature = "highlight")]
            code_marked: 0,
        }
    }

    /// True if each footnote follows the block that first refers to it.
    fn has_notes_beside(&self) -> bool {
        self.options.footnotes == FootnotePlacement::Beside && self.context.base().is_none() && !self.ends_with_notes
    }

    fn sanitized(&self) -> bool {
        self.options.html == HtmlPolicy::Sanitized
    }

    fn report(&mut self, mut problem: BodyProblem, start: usize, end: usize) {
        let others = std::mem::take(&mut problem.others);
        self.problems.push(PlacedProblem { problem, start, end });
        others.into_iter().for_each(|other| self.report(other, start, end));
    }

    /// The id that an author wrote, or another if it is taken, which is reported.
    fn own_id(&mut self, written: &str, start: usize, end: usize) -> Option<String> {
        let ids::AssignedId { id, wanted, is_taken } = self.ids.of_author(written, self.context)?;
        if is_taken {
            let found = self.text.get(start..end).and_then(|text| text.rfind(written)).map(|at| start + at);
            let (start, end) = found.map_or((start, end), |at| (at, at + written.len()));
            let message = format!("the id `{wanted}` is already used on the page, so this one becomes `{id}`");
            self.report(BodyProblem::new(Code::TakenId, message).hint("give it another id"), start, end);
        }
        Some(id)
    }

    /// Records removed markup; only the first place is reported.
    fn note_removed(&mut self, start: usize, end: usize, what: String) {
        if self.removed.as_ref().is_none_or(|(first, ..)| start < *first) {
            self.removed = Some((start, end, what));
        }
    }

    fn finish(mut self, mut html: String) -> BodyHtml {
        if !self.has_notes_beside() {
            let page = self.context.base().unwrap_or_default();
            footnotes::push_section(
                &mut html,
                &self.notes,
                footnotes::FootnoteUrls { page, prefix: self.ids.prefix() },
            );
        }
        if let Some((start, end, what)) = self.removed.take() {
            let problem = BodyProblem::new(Code::HtmlRemoved, format!("{what} was removed from the HTML"))
                .hint("use Markdown or an embed, or set `html: trusted` when only trusted people write");
            self.report(problem, start, end);
        }
        self.problems.sort_by_key(|placed| (placed.start, placed.end));
        BodyHtml { html, problems: self.problems, is_for_page: self.is_for_page, links: self.links }
    }
}
