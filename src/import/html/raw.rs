//! Writes HTML that Markdown can't say as HTML that Presswork keeps.

use super::converter::Converter;
use super::dom::{self, HtmlNode};
use crate::markdown::{hides, is_allowed_attribute, is_allowed_tag};

/// True if an element hides itself from readers.
pub(super) fn is_hidden(node: HtmlNode<'_>) -> bool {
    dom::attribute(node, "hidden").is_some() || dom::attribute(node, "style").is_some_and(hides)
}

/// The name under which an element is written: old names have new ones.
pub(super) fn written_name<'t>(node: HtmlNode<'t>) -> &'t str {
    match dom::name(node) {
        "acronym" => "abbr",
        "strike" => "s",
        "tt" => "code",
        "font" | "big" | "nobr" | "blink" | "label" | "output" | "button" => "span",
        name => name,
    }
}

/// The start tag of an element with the attributes that Presswork keeps; `None` if it keeps no such element. `id`
/// replaces the element's own, and `url` maps URLs or refuses them.
pub(super) fn start_tag(
    node: HtmlNode<'_>,
    id: Option<&str>,
    url: &mut dyn FnMut(&str) -> Option<String>,
) -> Option<String> {
    let name = written_name(node);
    if !is_allowed_tag(name, false) {
        return None;
    }
    let mut tag = format!("<{name}");
    let mut push = |name: &str, value: &str| {
        tag.extend([" ", name, "=\""]);
        push_attribute(&mut tag, value);
        tag.push('"');
    };
    if let Some(id) = id {
        push("id", id);
    }
    let element = node.value().as_element()?;
    for (attribute, value) in element.attrs() {
        let is_of_theme = matches!(attribute, "id" | "class" | "role" | "tabindex" | "srcset" | "sizes");
        if is_of_theme || !is_allowed_attribute(name, attribute) {
            continue;
        }
        match attribute {
            "href" | "src" | "poster" | "cite" => {
                if let Some(mapped) = url(value) {
                    push(attribute, &mapped);
                }
            }
            _ => push(attribute, value),
        }
    }
    let style = dom::attribute(node, "style").unwrap_or_default();
    if hides(style) && dom::attribute(node, "hidden").is_none() {
        push("hidden", "");
    } else if let Some(side) =
        alignment(node).filter(|_| matches!(name, "td" | "th") && element.attr("align").is_none())
    {
        push("align", side);
    }
    tag.push('>');
    Some(tag)
}

/// The side to which a cell's text is aligned: `left`, `center` or `right`.
pub(super) fn alignment<'t>(node: HtmlNode<'t>) -> Option<&'static str> {
    const SIDES: &[&str] = &["left", "center", "right"];
    let known = |word: &str| SIDES.iter().copied().find(|side| word.trim().eq_ignore_ascii_case(side));
    let style = dom::attribute(node, "style").unwrap_or_default();
    let declared = style.split(';').filter_map(|declaration| declaration.split_once(':'));
    let of_style = declared.filter(|(name, _)| name.trim().eq_ignore_ascii_case("text-align")).map(|(_, side)| side);
    let of_class = dom::classes(node).filter_map(|class| class.strip_prefix("has-text-align-"));
    of_style.chain(dom::attribute(node, "align")).chain(of_class).find_map(known)
}

/// Appends text as the value of an attribute in double quotes.
pub(super) fn push_attribute(out: &mut String, value: &str) {
    for letter in value.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            letter if letter.is_whitespace() => out.push(' '),
            letter if crate::control_characters::is_control(letter) => {}
            letter => out.push(letter),
        }
    }
}

fn push_text(out: &mut String, text: &str, is_code: bool) {
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            // An empty line would end the HTML.
            '\n' if is_code => out.push_str("&#10;"),
            '\t' if is_code => out.push('\t'),
            letter if dom::is_html_space(letter) => {
                if is_code || !out.ends_with([' ', '\n']) {
                    out.push(' ');
                }
            }
            letter if crate::control_characters::is_control(letter) => {}
            letter => out.push(letter),
        }
    }
}

/// Elements that begin a line of their own, to be easy to read.
const ON_OWN_LINES: &[&str] = &[
    "table",
    "caption",
    "thead",
    "tbody",
    "tfoot",
    "tr",
    "td",
    "th",
    "li",
    "dt",
    "dd",
    "figcaption",
    "p",
    "ul",
    "ol",
    "dl",
    "blockquote",
    "figure",
    "summary",
];

impl Converter<'_> {
    /// An element as HTML in one block, without empty lines.
    pub(super) fn raw_block(&mut self, node: HtmlNode<'_>) -> String {
        let mut out = String::new();
        self.push_raw(node, false, &mut out);
        let lines = out.lines().map(str::trim_end).filter(|line| !line.is_empty());
        lines.collect::<Vec<_>>().join("\n")
    }

    /// Appends a node as HTML; elements that Presswork removes leave their contents.
    pub(super) fn push_raw(&mut self, node: HtmlNode<'_>, is_code: bool, out: &mut String) {
        let name = match node.value() {
            scraper::Node::Text(text) => return push_text(out, text, is_code),
            scraper::Node::Element(_) => dom::name(node),
            _ => return,
        };
        match name {
            "script" | "style" | "template" => return self.notes.dropped(format!("`<{name}>`")),
            "iframe" | "embed" | "object" => return self.push_raw_frame(node, out),
            _ => {}
        }
        let id = self.own_id(node, false);
        let mut refused = 0;
        let is_image = name == "img";
        let own_url = if is_image { self.image_url(node) } else { None };
        if is_image && own_url.is_none() {
            return;
        }
        let tag = {
            let this = &mut *self;
            start_tag(node, id.as_deref(), &mut |url| {
                let mapped = match &own_url {
                    Some(url) => Some(url.clone()),
                    None if name == "a" => this.link(url),
                    None => this.file(url),
                };
                refused += usize::from(mapped.is_none());
                mapped
            })
        };
        if ON_OWN_LINES.contains(&name) && !is_code && !out.is_empty() && !out.ends_with('\n') {
            out.push('\n');
        }
        if let Some(tag) = &tag {
            out.push_str(tag);
        } else if name != "tbody" && name != "input" {
            self.notes.changed(format!("`<{name}>` in HTML that stays: only its contents remain"));
        }
        let is_void = matches!(name, "br" | "hr" | "img" | "wbr" | "source" | "track" | "col" | "input");
        for child in node.children() {
            self.push_raw(child, is_code || name == "pre", out);
        }
        if tag.is_some() && !is_void {
            out.extend(["</", written_name(node), ">"]);
        }
    }

    fn push_raw_frame(&mut self, node: HtmlNode<'_>, out: &mut String) {
        let source = dom::filled(node, "src").or_else(|| dom::filled(node, "data")).unwrap_or_default().to_owned();
        let Some(url) = self.link(&source) else { return };
        self.notes.changed("a frame in HTML that stays became a link");
        let title = dom::filled(node, "title").unwrap_or(&url).to_owned();
        out.push_str("<a href=\"");
        push_attribute(out, &url);
        out.push_str("\">");
        push_text(out, &title, false);
        out.push_str("</a>");
    }
}
