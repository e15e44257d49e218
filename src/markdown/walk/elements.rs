//! The open elements around a piece of text, as an HTML parser has them, and what follows for a walk.

use std::borrow::Cow;

use pulldown_cmark::TagEnd;

use super::{Visitor, Walk};
use crate::markdown::raw::token::{self, Tag, Token};
use crate::markdown::rewrite::{self, OPEN, Piece};
use crate::markdown::{escape, sanitize};

/// How a text stands in its story.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// A paragraph of the story.
    Prose,
    /// A paragraph in an element that may be a box, or that may be around the whole story: `<div>`.
    Wrapped,
    /// A heading, quote, list, table, caption, note or aside, or struck out.
    Apart,
}

/// How far an element hides what is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Prose,
    Wrapper,
    Apart,
    /// Shows files and no text: `<video>`.
    Silent,
    Hidden,
}

/// Elements that stand in a line and say nothing about their text.
const PLAIN: &[&str] = &[
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "dfn", "em", "font", "i", "ins", "kbd",
    "label", "mark", "nobr", "q", "ruby", "rb", "samp", "small", "span", "strong", "sub", "sup", "time", "tt", "u",
    "var",
];
/// Elements that stand in a line and whose text is struck out.
const STRUCK: &[&str] = &["del", "s", "strike"];
/// Elements that stand in a line and show no text, or only where a browser lacks something (HTML, section 4.12).
const SILENT: &[&str] = &["audio", "canvas", "map", "object", "picture", "rp", "rt", "rtc", "svg", "video"];
/// Elements around any part of a page.
const WRAPPERS: &[&str] = &["article", "body", "center", "div", "html", "main", "section"];
/// Elements that no reader sees, or not as text.
const HIDDEN: &[&str] = &[
    "datalist",
    "head",
    "iframe",
    "noembed",
    "noframes",
    "noscript",
    "option",
    "plaintext",
    "script",
    "select",
    "style",
    "template",
    "textarea",
    "title",
    "xmp",
];
/// Elements without contents (HTML, section 13.1.2).
const VOID: &[&str] =
    &["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"];
/// Elements that an HTML parser opens again after the block in which they were left open (HTML, section 13.2.4.3).
const FORMATTING: &[&str] =
    &["a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"];
/// Elements that end where the next of their group begins, and the elements that keep groups apart.
const GROUPS: &[(&[&str], &[&str])] = &[
    (&["li"], &["ol", "ul", "menu"]),
    (&["dt", "dd"], &["dl"]),
    (&["td", "th"], &["table"]),
    (&["option"], &["select", "datalist"]),
];

/// Attributes with a URL.
const TARGETS: &[&str] = &["action", "background", "cite", "data", "formaction", "href", "longdesc", "poster", "src"];
/// Elements in which a tag finds nothing that began outside (HTML, section 13.2.4.2).
const SCOPES: &[&str] = &["button", "caption", "object", "table", "td", "template", "th", EMBED];
/// Stands for what an embed makes of its body; no tag has this name.
const EMBED: &str = "{{<";

/// More open elements than a body may have; deeper ones are refused when its page is made.
const MAX_OPEN: usize = 256;

struct Open {
    name: Cow<'static, str>,
    kind: Kind,
}

/// The open elements, from the outermost to the innermost.
#[derive(Default)]
pub(super) struct Elements {
    stack: Vec<Open>,
}

/// The element that Markdown makes of its own block or span, where it matters for a walk.
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

/// Whether an element stands in a line of text.
pub(super) fn is_in_line(name: &str) -> bool {
    [PLAIN, STRUCK, SILENT].iter().any(|names| names.contains(&name)) || matches!(name, "br" | "img" | "wbr")
}

/// Whether a line of text ends where the element begins and ends.
pub(super) fn ends_line(name: &str) -> bool {
    !is_in_line(name) && !HIDDEN.contains(&name)
}

/// Whether nothing in the element has to do with what is around it.
fn is_closed_off(name: &str) -> bool {
    matches!(name, "template" | EMBED)
}

fn kind(name: &str) -> Kind {
    match name {
        "p" => Kind::Prose,
        _ if PLAIN.contains(&name) => Kind::Prose,
        _ if WRAPPERS.contains(&name) => Kind::Wrapper,
        _ if SILENT.contains(&name) => Kind::Silent,
        _ if HIDDEN.contains(&name) => Kind::Hidden,
        _ => Kind::Apart,
    }
}

impl Elements {
    pub(super) fn len(&self) -> usize {
        self.stack.len()
    }

    fn kind(&self) -> Kind {
        self.stack.iter().map(|open| open.kind).max().unwrap_or(Kind::Prose)
    }

    /// How text stands here; `None` where readers see none.
    pub(super) fn standing(&self) -> Option<Standing> {
        match self.kind() {
            Kind::Prose => Some(Standing::Prose),
            Kind::Wrapper => Some(Standing::Wrapped),
            Kind::Apart => Some(Standing::Apart),
            Kind::Silent | Kind::Hidden => None,
        }
    }

    /// Whether readers see pictures here.
    pub(super) fn shows_files(&self) -> bool {
        self.kind() < Kind::Hidden
    }

    /// Whether the text here is code.
    pub(super) fn is_code(&self) -> bool {
        self.stack.iter().any(|open| matches!(&*open.name, "pre" | "code"))
    }

    /// Opens an element, before which others end by themselves.
    pub(super) fn open(&mut self, name: Cow<'static, str>, is_hidden: bool) {
        if ends_line(&name) {
            // A paragraph ends where a block begins.
            self.close("p");
        }
        if let Some((group, limits)) = GROUPS.iter().find(|(group, _)| group.contains(&&*name)) {
            self.close_up_to(|name| group.contains(&name), |name| limits.contains(&name) || is_closed_off(name));
        }
        if self.stack.len() < MAX_OPEN && !VOID.contains(&&*name) {
            let kind = if is_hidden { Kind::Hidden } else { kind(&name) };
            self.stack.push(Open { name, kind });
        }
    }

    /// Closes the innermost element of a name, with all that are open in it. A tag of a line closes nothing beyond the
    /// block that it stands in.
    pub(super) fn close(&mut self, name: &str) {
        let is_in_line_itself = is_in_line(name);
        let is_beyond = |open: &str| match name {
            "p" => SCOPES.contains(&open),
            _ => is_closed_off(open) || (is_in_line_itself && !is_in_line(open)),
        };
        self.close_up_to(|open| open == name, is_beyond);
    }

    /// Closes the innermost element that is meant, if none that stops the search is open in it.
    fn close_up_to(&mut self, is_meant: impl Fn(&str) -> bool, stops: impl Fn(&str) -> bool) {
        let found = self.stack.iter().rposition(|open| is_meant(&open.name) || stops(&open.name));
        if let Some(at) = found.filter(|&at| is_meant(&self.stack[at].name)) {
            self.truncate(at);
        }
    }

    /// Closes all elements from a place on, but for hidden ones that go on in the next block.
    pub(super) fn truncate(&mut self, length: usize) {
        let mut at = 0;
        self.stack.retain(|open| {
            at += 1;
            at <= length || (open.kind == Kind::Hidden && FORMATTING.contains(&&*open.name))
        });
    }

    /// Opens what an embed makes of its body.
    pub(super) fn enclose(&mut self) {
        self.stack.push(Open { name: Cow::Borrowed(EMBED), kind: Kind::Apart });
    }
}

impl<V: Visitor> Walk<'_, '_, V> {
    /// Walks over raw HTML.
    pub(super) fn raw(&mut self, html: &str) {
        for token in token::tokens(html) {
            match token {
                Token::Text(range) => self.raw_text(&html[range]),
                Token::Other(range) => self.unseen(&html[range]),
                // What follows is part of the tag, or written as it stands.
                Token::Unfinished(_) => {}
                Token::Tag(tag) if tag.closing => {
                    if ends_line(&tag.name) {
                        self.end_block();
                    }
                    self.elements.close(&tag.name);
                }
                Token::Tag(tag) => self.tag(html, &tag),
            }
        }
    }

    fn raw_text(&mut self, text: &str) {
        let is_seen = self.elements.standing();
        for piece in rewrite::pieces(text) {
            match (piece, is_seen) {
                (Piece::Text(text), Some(standing)) if text.contains('&') => {
                    self.visitor.text(&escape::decoded_text(text), standing);
                }
                (Piece::Text(text), Some(standing)) => self.visitor.text(text, standing),
                (Piece::Text(_), None) => {}
                (Piece::Node(number), _) => self.node(number),
            }
        }
    }

    /// A comment, declaration or instruction, or what is in a script or style sheet.
    fn unseen(&mut self, text: &str) {
        let is_trusted = !self.session.sanitized();
        if !text.starts_with(['<']) {
            if is_trusted {
                self.visitor.may_name(text);
            }
        } else if is_trusted && text.starts_with("<!--") && !text.ends_with("-->") {
            // A browser takes everything after it for the comment.
            self.elements.open(Cow::Borrowed("!--"), true);
        }
    }

    /// A start tag.
    fn tag(&mut self, html: &str, tag: &Tag) {
        let name = tag.name.as_str();
        let sanitized = self.session.sanitized();
        let is_published = !sanitized || sanitize::is_allowed_tag(name, false);
        let mut is_hidden = name == "dialog";
        for attribute in &tag.attributes {
            let value = escape::decode(&html[attribute.value.clone()]);
            match attribute.name.as_str() {
                "hidden" => is_hidden = true,
                "style" => is_hidden |= sanitize::hides(&value),
                "open" if name == "dialog" => is_hidden = false,
                _ => {}
            }
            if is_published && !value.is_empty() && !value.contains(OPEN) {
                let is_kept = !sanitized || sanitize::is_allowed_attribute(name, &attribute.name);
                self.attribute(name, &attribute.name, &value, is_kept && !is_hidden);
                if is_kept && attribute.name == "srcset" {
                    sources(&value).for_each(|source| self.visitor.refers(source));
                } else if is_kept && TARGETS.contains(&&*attribute.name) {
                    self.visitor.refers(value.trim());
                } else if is_kept {
                    self.visitor.may_name(&value);
                }
            }
        }
        if name == "br" {
            self.visitor.space();
        } else if ends_line(name) {
            self.end_block();
        }
        if is_published || is_hidden || HIDDEN.contains(&name) {
            self.elements.open(Cow::Owned(tag.name.clone()), is_hidden);
        }
    }

    /// An attribute, which may name what the page shows.
    fn attribute(&mut self, element: &str, name: &str, value: &str, is_seen: bool) {
        if !is_seen || !self.elements.shows_files() {
            return;
        }
        match (element, name) {
            ("img" | "source", "srcset") => {
                sources(value).for_each(|source| self.visitor.shows(source));
            }
            ("img" | "source" | "video" | "audio", "src") | ("video", "poster") => self.visitor.shows(value.trim()),
            _ => {}
        }
    }
}

/// The URLs of a `srcset`.
fn sources(value: &str) -> impl Iterator<Item = &str> {
    let candidates = value.split(", ").flat_map(|part| part.split(",\n"));
    let sources = candidates.filter_map(|candidate| candidate.split_ascii_whitespace().next());
    sources.map(|source| source.trim_end_matches(','))
}
