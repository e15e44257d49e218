//! Turns a body's Markdown into HTML: links, pictures, embeds, footnotes and raw HTML that is safe to publish.

mod anchors;
mod comments;
mod embeds;
mod escape;
mod events;
mod footnotes;
mod headings;
#[cfg(feature = "highlight")]
mod highlight;
mod ids;
mod inserted;
mod labels;
mod leftovers;
mod portable;
mod raw;
mod recordings;
mod rewrite;
mod sanitize;
mod setting;
mod tables;
mod targets;
mod text_only;
mod walk;
mod writer;

use serde::Deserialize;

use crate::config::{Config, HeadingLevels, HtmlPolicy};
use crate::diagnostic::Code;
use crate::language::{Language, Quotes};

use embeds::Node;
use footnotes::Note;
use headings::Levels;
use ids::Ids;
use labels::Scope;

pub use anchors::{Anchors, LinkFound, anchors};
pub use comments::comments;
pub use portable::{is_blank, plain, rebased, without_hidden};
pub use recordings::{Recording, recording_type, recordings};
pub use tables::{RowHtml, TableHtml, tables};
pub use text_only::text_only;
pub use walk::{Standing, Visitor, walk};

/// How deep blocks and spans may stand in each other; beyond it neither browsers nor HTML parsers are reliable.
pub const MAX_NESTING: usize = 100;

/// How deep paired embeds may stand in each other.
pub const MAX_EMBED_NESTING: usize = 10;

/// What a body may ask of its surroundings while it is turned to HTML.
pub trait Context {
    /// The URL that a link's destination means (a source path such as `../world/vote.md#result`, a root-relative
    /// URL or a `#fragment`), or why there is none. Absolute URLs are not asked for.
    fn link(&self, destination: &str) -> Result<String, Fault>;

    /// The picture that a destination means, or why there is none. Absolute URLs are not asked for.
    fn image(&self, destination: &str) -> Result<ImageTarget, Fault>;

    /// Renders an embed, or says why it cannot.
    fn embed(&self, call: &EmbedCall<'_>) -> Result<String, Fault>;

    /// Whether the theme has the embed and whether it takes a body; `None` when it does not have it.
    fn embed_kind(&self, name: &str) -> Option<EmbedKind>;

    /// What readers call something, by its key: `alert_note`. Nothing is written where there is no word.
    fn word(&self, _key: &str) -> Option<String> {
        None
    }

    /// The names of all embeds, for "did you mean".
    fn embed_names(&self) -> Vec<String>;

    /// Whether something else on the body's page may have an `id`.
    fn is_id_taken(&self, _id: &str) -> bool {
        false
    }

    /// Whether something else on the body's page may have an `id` that begins like this one and goes on differently.
    fn is_id_prefix_taken(&self, _id: &str) -> bool {
        false
    }

    /// What the body's ids begin with, so that other bodies on its page have others: `author:lin-tan:`.
    fn id_prefix(&self) -> &str {
        ""
    }

    /// The absolute URL of the page that the text stands on, for a text that is read elsewhere: then all of its URLs
    /// are absolute.
    fn base(&self) -> Option<&str> {
        None
    }
}

/// A picture that a body shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageTarget {
    /// Where it is.
    pub url: String,
    /// Its width in pixels, when known.
    pub width: Option<u32>,
    /// Its height in pixels, when known.
    pub height: Option<u32>,
}

/// Whether an embed takes a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmbedKind {
    /// Never: `{{< name >}}`.
    Single,
    /// Always: `{{< name >}}…{{< /name >}}`.
    Paired,
    /// Both ways of writing it are right.
    Either,
}

/// One call of an embed.
#[derive(Debug, Clone, PartialEq)]
pub struct EmbedCall<'a> {
    /// The embed's name.
    pub name: &'a str,
    /// The arguments in the order in which they are written; no key twice.
    pub arguments: Vec<(String, Argument)>,
    /// The HTML of what stands between the tags of a paired call.
    pub body: Option<String>,
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

/// Something wrong in a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The kind.
    pub code: Code,
    /// One sentence, no full stop.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl Fault {
    /// A fault without a hint.
    pub fn new(code: Code, message: impl Into<String>) -> Fault {
        Fault { code, message: message.into(), hint: None }
    }

    /// Says what to do.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Fault {
        self.hint = Some(hint.into());
        self
    }
}

/// A fault and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// What is wrong.
    pub fault: Fault,
    /// The first byte of the place in the body's text.
    pub start: usize,
    /// The byte after its last.
    pub end: usize,
}

/// How bodies are turned to HTML.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// What happens to raw HTML.
    pub html: HtmlPolicy,
    /// Whether straight quotes become curly ones, `--` a dash and `...` an ellipsis.
    pub smart_punctuation: bool,
    /// The quotation marks of the text's language.
    pub quotes: Quotes,
    /// Whether code in a language that is known is marked up; never without the feature `highlight`.
    pub highlight_code: bool,
    /// Which levels headings have.
    pub heading_levels: HeadingLevels,
    /// Where footnotes stand; a text that is read elsewhere than on its page has them at its end in any case.
    pub footnotes: Footnotes,
}

impl Options {
    /// Those of a site, for a text in a language.
    pub fn new(config: &Config, footnotes: Footnotes, language: &Language) -> Options {
        let Config { html, heading_levels, smart_punctuation, highlight_code, .. } = *config;
        Options { html, heading_levels, smart_punctuation, quotes: language.quotes(), highlight_code, footnotes }
    }
}

/// Where the footnotes of a page stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Footnotes {
    /// In a list behind the text.
    #[default]
    End,
    /// Behind the block of text that first refers to each, so that a style sheet can put it into the margin.
    Beside,
}

/// A body as HTML.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Body {
    /// The HTML, without what was faulty.
    pub html: String,
    /// What is wrong, in the order of the text.
    pub faults: Vec<Placed>,
    /// Whether more of it than URLs is made for its page: elsewhere the text stands in another way.
    pub is_for_page: bool,
    /// Links with a fragment, in the order of the text; none of a text that is read elsewhere than on its page.
    pub links: Vec<Link>,
}

/// A link with a fragment, and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Where it leads, as it is published.
    pub url: String,
    /// The first byte of the place in the body's text.
    pub start: usize,
    /// The byte after its last.
    pub end: usize,
}

/// Turns a body's Markdown into HTML.
pub fn render(text: &str, options: &Options, context: &dyn Context) -> Body {
    let mut ids = Ids::new(context.id_prefix());
    // Few texts need what is known only at their end: which ids their authors write, and where links to them lead.
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

/// One pass for the ids that authors write, one for links to ids that had to be others, and one to write them.
const MAX_PASSES: usize = 3;

fn pass<'a>(text: &'a str, options: &'a Options, context: &'a dyn Context, ids: Ids) -> (Session<'a>, String) {
    let mut session = Session::new(text, options, context, false);
    session.ids = ids;
    // Embeds are written in braces, and most bodies have none.
    if memchr::memchr(b'{', text.as_bytes()).is_some() {
        session.nodes = embeds::find(&mut session);
    }
    let html = writer::region(&mut session, &embeds::Region::whole(text));
    (session, html)
}

/// Turns one line of Markdown (a caption, a correction) into HTML without a block around it; marks that begin
/// a block (`#`, `-`, `>`) are plain text.
pub fn render_inline(text: &str, options: &Options, context: &dyn Context) -> Body {
    let line = text.replace(['\n', '\r'], " ");
    let mut session = Session::new(&line, options, context, true);
    session.nodes = embeds::find(&mut session);
    let html = writer::region(&mut session, &embeds::Region::whole(&line));
    session.finish(html)
}

/// What all parts of one body share while it is rendered.
struct Session<'a> {
    text: &'a str,
    options: &'a Options,
    context: &'a dyn Context,
    /// One line without blocks.
    inline: bool,
    /// Whether what is wrong is reported: a walk leaves that to the page.
    reports: bool,
    nodes: Vec<Node<'a>>,
    ids: Ids,
    levels: Levels,
    links: Vec<Link>,
    notes: Vec<Note>,
    /// The footnotes of the regions that are being written, from the outermost to the innermost.
    scopes: Vec<Scope>,
    faults: Vec<Placed>,
    embed_depth: usize,
    /// The place of the first markup that was taken out of raw HTML.
    removed: Option<(usize, usize, String)>,
    /// See [`Body::is_for_page`].
    is_for_page: bool,
    /// How many bytes of code have been marked up.
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
            scopes: Vec::new(),
            faults: Vec::new(),
            embed_depth: 0,
            removed: None,
            is_for_page: false,
            #[cfg(feature = "highlight")]
            code_marked: 0,
        }
    }

    /// Whether each footnote stands behind the block that first refers to it.
    fn has_notes_beside(&self) -> bool {
        self.options.footnotes == Footnotes::Beside && self.context.base().is_none()
    }

    fn sanitized(&self) -> bool {
        self.options.html == HtmlPolicy::Sanitized
    }

    fn fault(&mut self, fault: Fault, start: usize, end: usize) {
        self.faults.push(Placed { fault, start, end });
    }

    /// The id that an author wrote at a place, or another where something else of the page has it, which is reported.
    fn own_id(&mut self, written: &str, start: usize, end: usize) -> Option<String> {
        let ids::Given { id, wanted, is_taken } = self.ids.of_author(written, self.context)?;
        if is_taken {
            let found = self.text.get(start..end).and_then(|text| text.rfind(written)).map(|at| start + at);
            let (start, end) = found.map_or((start, end), |at| (at, at + written.len()));
            let message = format!("the page has the id `{wanted}` elsewhere, so this one is `{id}`");
            self.fault(Fault::new(Code::TakenId, message).hint("give it another id"), start, end);
        }
        Some(id)
    }

    /// Notes that something was taken out; the first place is reported.
    fn note_removed(&mut self, start: usize, end: usize, what: String) {
        if self.removed.as_ref().is_none_or(|(first, ..)| start < *first) {
            self.removed = Some((start, end, what));
        }
    }

    fn finish(mut self, mut html: String) -> Body {
        if !self.has_notes_beside() {
            let page = self.context.base().unwrap_or_default();
            footnotes::push_section(&mut html, &self.notes, footnotes::Anchors { page, prefix: self.ids.prefix() });
        }
        if let Some((start, end, what)) = self.removed.take() {
            let fault = Fault::new(Code::HtmlRemoved, format!("{what} was taken out of the HTML"))
                .hint("use Markdown or an embed, or set `html: trusted` when only trusted people write");
            self.fault(fault, start, end);
        }
        self.faults.sort_by_key(|placed| (placed.start, placed.end));
        Body { html, faults: self.faults, is_for_page: self.is_for_page, links: self.links }
    }
}
