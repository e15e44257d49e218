//! Tracks the open elements around a piece of text, as an HTML parser does.

use std::borrow::Cow;

use pulldown_cmark::TagEnd;

use super::{Visitor, Walk};
use crate::markdown::css_urls::css_urls;
use crate::markdown::hidden_style::TextProperties;
use crate::markdown::placeholders::{self, OPEN, Segment};
use crate::markdown::raw_html::token::{self, HtmlTag, HtmlToken};
use crate::markdown::{escape, sanitize, srcset};

/// The role of a text in its story.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TextRole {
    /// A paragraph of the story.
    Prose,
    /// A paragraph in an element that may be a box or may wrap the whole story: `<div>`.
    Wrapped,
    /// A heading, quote, list, table, caption, note, aside or deletion.
    Apart,
}

/// The extent to which an element hides its contents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Visibility {
    Prose,
    Wrapper,
    Apart,
    /// Shows files but no text: `<video>`.
    Silent,
    Hidden,
}

/// True for inline elements that don't change their text's role.
fn is_plain(name: &str) -> bool {
    matches!(
        name,
        "a" | "abbr"
            | "acronym"
            | "b"
            | "bdi"
            | "bdo"
            | "big"
            | "cite"
            | "code"
            | "data"
            | "dfn"
            | "em"
            | "font"
            | "i"
            | "ins"
            | "kbd"
            | "label"
            | "mark"
            | "nobr"
            | "q"
            | "ruby"
            | "rb"
            | "samp"
            | "small"
            | "span"
            | "strong"
            | "sub"
            | "sup"
            | "time"
            | "tt"
            | "u"
            | "var"
    )
}

/// True for inline elements that strike out their text.
fn is_struck(name: &str) -> bool {
    matches!(name, "del" | "s" | "strike")
}

/// True for inline elements that show no text, or only as a fallback (HTML, section 4.12).
fn is_silent(name: &str) -> bool {
    matches!(name, "audio" | "canvas" | "map" | "object" | "picture" | "rp" | "rt" | "rtc" | "svg" | "video")
}

/// True for inline elements that show a file.
fn is_media(name: &str) -> bool {
    matches!(name, "audio" | "canvas" | "embed" | "iframe" | "img" | "object" | "picture" | "svg" | "video")
}

/// True for elements that may wrap any part of a page.
fn is_wrapper(name: &str) -> bool {
    matches!(name, "article" | "body" | "center" | "div" | "html" | "main" | "section")
}

/// True for elements that readers don't see, or not as text.
fn is_never_seen(name: &str) -> bool {
    token::RAW_TEXT.contains(&name)
        || matches!(name, "datalist" | "head" | "noscript" | "option" | "select" | "template")
}

/// True for elements that an HTML parser reopens after the block in which they were left open (HTML,
/// section 13.2.4.3).
fn is_formatting(name: &str) -> bool {
    matches!(
        name,
        "a" | "b" | "big" | "code" | "em" | "font" | "i" | "nobr" | "s" | "small" | "strike" | "strong" | "tt" | "u"
    )
}

/// Elements that end where the next of their group begins, and the elements that separate groups.
const GROUPS: &[(&[&str], &[&str])] = &[
    (&["li"], &["ol", "ul", "menu"]),
    (&["dt", "dd"], &["dl"]),
    (&["td", "th"], &["table"]),
    (&["option"], &["select", "datalist"]),
];

/// Attributes with a URL.
const TARGETS: &[&str] = &["action", "background", "cite", "data", "formaction", "href", "longdesc", "poster", "src"];
/// True for elements whose tags match nothing outside them (HTML, section 13.2.4.2).
fn is_scope(name: &str) -> bool {
    matches!(name, "button" | "caption" | "object" | "table" | "td" | "template" | "th" | EMBED)
}

/// Stands for an embed's output around its body; no tag has this name.
const EMBED: &str = "{{<";

/// Stands for a comment that does not end in its block; no tag has this name.
const COMMENT: &str = "!--";

/// More open elements than a body may have; deeper nesting is rejected when its page is rendered.
const MAX_OPEN: usize = 256;

struct OpenElement {
    name: Cow<'static, str>,
    kind: Visibility,
    /// The inherited properties that hide its text.
    unseen: TextProperties,
}

/// The open elements, outermost first.
pub(super) struct Elements {
    stack: Vec<OpenElement>,
    /// True if HTML is published as written, so that an open `<script>` goes on in the next block. Sanitizing ends it.
    is_trusted: bool,
}

/// The HTML element of a Markdown block or span, where it matters for a walk.
pub(super) fn of_markdown(tag: &TagEnd) -> Option<&'static str> {
    Some(match tag {
        TagEnd::Paragraph => "p",
        TagEnd::Heading(_) => "h2",
        TagEnd::BlockQuote(_) => "blockquote",
        TagEnd::CodeBlock => "pre",
        TagEnd::List(_) => "ul",
        TagEnd::Item => "li",
        TagEnd::DefinitionList => "dl",
        TagEnd::DefinitionListTitle => "dt",
        TagEnd::DefinitionListDefinition => "dd",
        TagEnd::Table => "table",
        TagEnd::TableHead | TagEnd::TableRow => "tr",
        TagEnd::TableCell => "td",
        TagEnd::Strikethrough => "del",
        _ => return None,
    })
}

/// True if an element is inline.
pub(super) fn is_in_line(name: &str) -> bool {
    is_plain(name)
        || is_struck(name)
        || is_silent(name)
        || matches!(name, "br" | "img" | "wbr" | "source" | "track" | "param" | "area" | "embed" | "input")
}

/// True if the element ends the line of text before and after it.
pub(super) fn ends_line(name: &str) -> bool {
    !is_in_line(name) && !is_never_seen(name)
}

/// True if the element is independent of its surroundings.
fn is_closed_off(name: &str) -> bool {
    matches!(name, "template" | EMBED)
}

fn kind(name: &str) -> Visibility {
    match name {
        "p" => Visibility::Prose,
        _ if is_plain(name) => Visibility::Prose,
        _ if is_wrapper(name) => Visibility::Wrapper,
        _ if is_silent(name) => Visibility::Silent,
        _ if is_never_seen(name) => Visibility::Hidden,
        _ => Visibility::Apart,
    }
}

impl Elements {
    pub(super) fn new(is_trusted: bool) -> Elements {
        Elements { stack: Vec::new(), is_trusted }
    }

    pub(super) fn len(&self) -> usize {
        self.stack.len()
    }

    fn kind(&self) -> Visibility {
        self.stack.iter().map(|open| open.kind).max().unwrap_or(Visibility::Prose)
    }

    /// The role of text here; `None` if readers don't see it.
    pub(super) fn role(&self) -> Option<TextRole> {
        if !self.unseen().is_empty() {
            return None;
        }
        match self.kind() {
            Visibility::Prose => Some(TextRole::Prose),
            Visibility::Wrapper => Some(TextRole::Wrapped),
            Visibility::Apart => Some(TextRole::Apart),
            Visibility::Silent | Visibility::Hidden => None,
        }
    }

    /// True if readers see pictures here.
    pub(super) fn shows_files(&self) -> bool {
        self.kind() < Visibility::Hidden && !self.unseen().has(TextProperties::VISIBILITY)
    }

    /// The inherited properties that hide text here.
    fn unseen(&self) -> TextProperties {
        self.stack.last().map_or(TextProperties::default(), |open| open.unseen)
    }

    /// True if the text here is in italics or small print.
    pub(super) fn is_emphasized(&self) -> bool {
        self.stack.iter().any(|open| matches!(&*open.name, "em" | "i" | "small"))
    }

    /// True in an element that shows nothing unless a script copies it.
    pub(super) fn is_in_template(&self) -> bool {
        self.stack.iter().any(|open| open.name == "template")
    }

    /// True if the text here is code.
    pub(super) fn is_code(&self) -> bool {
        self.stack.iter().any(|open| matches!(&*open.name, "pre" | "code"))
    }

    /// Opens an element, after closing those that end implicitly.
    pub(super) fn open(&mut self, name: Cow<'static, str>, is_hidden: bool) {
        // Inside `<script>` and its like tags are text, and end nothing.
        let is_text = self.is_raw_text();
        if is_text && self.is_trusted {
            return;
        }
        if !is_text && ends_line(&name) {
            // A paragraph ends where a block begins.
            self.close("p");
        }
        let group = GROUPS.iter().find(|(group, _)| group.contains(&&*name)).filter(|_| !is_text);
        if let Some((group, limits)) = group {
            self.close_up_to(|name| group.contains(&name), |name| limits.contains(&name) || is_closed_off(name));
        }
        if self.stack.len() < MAX_OPEN && !token::is_void(&name) {
            let kind = if is_hidden { Visibility::Hidden } else { kind(&name) };
            let unseen = self.unseen();
            self.stack.push(OpenElement { name, kind, unseen });
        }
    }

    /// Sets the inherited properties with which the element that has just begun hides its text, and shows it.
    fn set_text_properties(&mut self, name: &str, (hidden, shown): (TextProperties, TextProperties)) {
        if let Some(open) = self.stack.last_mut().filter(|open| open.name == name) {
            open.unseen = open.unseen.without(shown).with(hidden);
        }
    }

    /// True inside an element whose contents are not HTML.
    fn is_raw_text(&self) -> bool {
        self.stack.last().is_some_and(|open| token::RAW_TEXT.contains(&&*open.name) || open.name == COMMENT)
    }

    /// Ends a comment that an earlier block began, and returns the rest of a block after it; nothing if it goes on.
    fn after_comment<'h>(&mut self, html: &'h str) -> &'h str {
        if self.stack.last().is_none_or(|open| open.name != COMMENT) {
            return html;
        }
        let Some((_, rest)) = html.split_once("-->") else { return "" };
        self.stack.pop();
        rest
    }

    /// Makes the element that has just begun a text of its own.
    fn set_apart(&mut self, name: &str) {
        if let Some(open) = self.stack.last_mut().filter(|open| open.name == name) {
            open.kind = open.kind.max(Visibility::Apart);
        }
    }

    /// Opens an element that the page loses, so that it ends no other there.
    fn open_removed(&mut self, name: String) {
        if self.stack.len() < MAX_OPEN && !token::is_void(&name) {
            let unseen = self.unseen();
            self.stack.push(OpenElement { name: Cow::Owned(name), kind: Visibility::Hidden, unseen });
        }
    }

    /// Closes the innermost element with this name and everything open in it. An inline tag closes
    /// nothing beyond its block.
    pub(super) fn close(&mut self, name: &str) {
        if self.is_raw_text() && self.stack.last().is_some_and(|open| open.name != name) {
            return;
        }
        let is_in_line_itself = is_in_line(name);
        let is_beyond = |open: &str| match name {
            "p" => is_scope(open),
            _ => is_closed_off(open) || (is_in_line_itself && !is_in_line(open)),
        };
        self.close_up_to(|open| open == name, is_beyond);
    }

    /// Closes the innermost element that `is_meant` selects, unless one that `stops` selects is open
    /// inside it.
    fn close_up_to(&mut self, is_meant: impl Fn(&str) -> bool, stops: impl Fn(&str) -> bool) {
        let found = self.stack.iter().rposition(|open| is_meant(&open.name) || stops(&open.name));
        if let Some(at) = found.filter(|&at| is_meant(&self.stack[at].name)) {
            self.truncate(at);
        }
    }

    /// Closes all elements from an index on, except hidden ones, which continue in the next block.
    pub(super) fn truncate(&mut self, length: usize) {
        let mut at = 0;
        self.stack.retain(|open| {
            at += 1;
            at <= length || (open.kind == Visibility::Hidden && is_formatting(&open.name))
        });
    }

    /// Opens an embed's output around its body.
    pub(super) fn enclose(&mut self) {
        let unseen = self.unseen();
        self.stack.push(OpenElement { name: Cow::Borrowed(EMBED), kind: Visibility::Apart, unseen });
    }
}

impl<V: Visitor> Walk<'_, '_, V> {
    /// Walks over raw HTML.
    pub(super) fn raw(&mut self, html: &str) {
        let html = self.elements.after_comment(html);
        for token in token::tokens(html) {
            match token {
                HtmlToken::Text(range) => self.raw_text(&html[range]),
                HtmlToken::Other(range) => self.unseen(&html[range]),
                // The rest is part of the tag, or published as written.
                HtmlToken::Unfinished(_) => {}
                HtmlToken::Tag(tag) if tag.closing => {
                    if ends_line(&tag.name) {
                        self.end_block();
                    } else if tag.name == "q" {
                        self.quotation_mark(true);
                    }
                    self.elements.close(&tag.name);
                }
                HtmlToken::Tag(tag) => self.tag(html, &tag),
            }
        }
    }

    fn raw_text(&mut self, text: &str) {
        let is_seen = self.role();
        for segment in placeholders::segments(text) {
            match (segment, is_seen) {
                (Segment::Text(text), Some(role)) if text.contains('&') => {
                    self.visitor.text(&escape::decoded_text(text), role);
                }
                (Segment::Text(text), Some(role)) => self.visitor.text(text, role),
                (Segment::Text(_), None) => {}
                (Segment::Node(number), _) => self.node(number),
            }
        }
    }

    /// Visits a comment, declaration or instruction, or the contents of a script or style sheet.
    fn unseen(&mut self, text: &str) {
        let is_trusted = !self.session.sanitized();
        if !text.starts_with(['<']) {
            if is_trusted {
                self.visitor.possible_names(text);
                if self.elements.stack.last().is_some_and(|open| open.name == "style") {
                    css_urls(text).for_each(|url| self.reference(url));
                }
            }
        } else if is_trusted && text.starts_with("<!--") && !text.ends_with("-->") {
            // A browser treats everything after it as the comment.
            self.elements.open(Cow::Borrowed(COMMENT), true);
        }
    }

    /// Visits a start tag.
    fn tag(&mut self, html: &str, tag: &HtmlTag) {
        let name = tag.name.as_str();
        let sanitized = self.session.sanitized();
        let is_published = !sanitized || sanitize::is_allowed_tag(name, false);
        let is_pixel = tag.is_pixel(html);
        let is_closed = name == "dialog" && tag.attributes.iter().all(|attribute| attribute.name != "open");
        let is_hidden = is_closed || tag.is_hidden(html);
        for attribute in &tag.attributes {
            let value = escape::decode(&html[attribute.value.clone()]);
            if is_published && !value.is_empty() && !value.contains(OPEN) {
                let is_kept = !sanitized || sanitize::is_allowed_attribute(name, &attribute.name);
                self.attribute(name, &attribute.name, &value, is_kept && !is_hidden && !is_pixel);
                if is_kept && attribute.name == "srcset" {
                    srcset::candidates(&value).for_each(|source| self.reference(source.url));
                } else if is_kept && TARGETS.contains(&&*attribute.name) {
                    self.reference(value.trim());
                } else if is_kept {
                    self.visitor.possible_names(&value);
                    self.name_files(name, &attribute.name, &value);
                }
            }
        }
        if name == "br" {
            self.visitor.space();
        } else if ends_line(name) {
            self.end_block();
        } else if name == "q" {
            self.quotation_mark(false);
        } else if is_media(name) {
            self.visitor.media();
        }
        if is_published {
            self.elements.open(Cow::Owned(tag.name.clone()), is_hidden);
            // Sanitizing removes styles.
            if !sanitized {
                self.elements.set_text_properties(name, tag.text_properties(html));
            }
            if tag.is_caption(html) {
                self.elements.set_apart(name);
            }
        } else if is_hidden || is_never_seen(name) {
            self.elements.open_removed(tag.name.clone());
        }
    }

    /// Visits the files that other attributes of trusted HTML name: those of a style, and those that a script will show, such
    /// as `data-src`.
    fn name_files(&mut self, element: &str, attribute: &str, value: &str) {
        if self.session.sanitized() {
            return;
        }
        match attribute {
            "style" => css_urls(value).for_each(|url| self.reference(url)),
            "content" if element == "meta" => self.reference(value.trim()),
            "data-srcset" => srcset::candidates(value).for_each(|source| self.reference(source.url)),
            _ if attribute.starts_with("data-") && !value.contains(['{', '<', '\n']) => self.reference(value.trim()),
            _ => {}
        }
    }

    /// Visits the mark that browsers show at the start or end of `<q>`.
    fn quotation_mark(&mut self, is_end: bool) {
        let depth = self.elements.stack.iter().filter(|open| open.name == "q").count();
        let Some(role) = self.elements.role().filter(|_| depth > 0 || !is_end) else { return };
        let quotes = &self.session.options.quotes;
        let mark = match (is_end, depth % 2 == usize::from(is_end)) {
            (false, true) => quotes.open,
            (false, false) => quotes.inner_open,
            (true, true) => quotes.close,
            (true, false) => quotes.inner_close,
        };
        self.visitor.text(mark, role);
    }

    /// Visits an attribute, which may name a file that the page shows.
    fn attribute(&mut self, element: &str, name: &str, value: &str, is_seen: bool) {
        if !is_seen || !self.elements.shows_files() {
            return;
        }
        match (element, name) {
            ("img" | "source", "srcset") => {
                srcset::candidates(value).for_each(|source| self.visitor.shown_file(source.url));
            }
            ("img" | "source" | "video" | "audio", "src") | ("video", "poster") => {
                self.visitor.shown_file(value.trim())
            }
            _ => {}
        }
    }
}
