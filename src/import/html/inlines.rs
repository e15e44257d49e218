//! Elements within a line as pieces of a paragraph.

use super::converter::Converter;
use super::dom::{self, HtmlNode};
use super::pieces::{Piece, TextMark};
use super::raw;

/// Elements that stay HTML within a line, since Markdown can't say them.
const KEPT: &[&str] = &[
    "abbr", "bdi", "bdo", "cite", "data", "dfn", "ins", "kbd", "mark", "q", "rp", "rt", "ruby", "samp", "small", "sub",
    "sup", "time", "u", "var", "wbr",
];

/// Attributes that give an element within a line a meaning.
const MEANINGFUL: &[&str] = &["dir", "lang", "title", "hidden", "datetime", "cite"];

/// Values of `rel` that search engines act on, which a link in Markdown can't have.
const POLICIES: &[&str] = &["nofollow", "sponsored", "ugc"];

impl Converter<'_> {
    /// The pieces of nodes that make one run of text, inside the marks around them.
    pub(super) fn run(&mut self, nodes: &[HtmlNode<'_>]) -> Vec<Piece> {
        let mut pieces: Vec<Piece> = self.around.iter().cloned().map(Piece::Open).collect();
        for node in nodes {
            self.inline(*node, &mut pieces);
        }
        pieces.extend(self.around.iter().rev().cloned().map(Piece::Close));
        pieces
    }

    pub(super) fn inline(&mut self, node: HtmlNode<'_>, pieces: &mut Vec<Piece>) {
        if let scraper::Node::Text(text) = node.value() {
            pieces.push(Piece::Text(text.to_string()));
            return;
        }
        if self.options.is_comment {
            return self.comment_inline(node, pieces);
        }
        let name = dom::name(node);
        match name {
            "" => {}
            "br" => pieces.push(Piece::Break),
            "a" => self.anchor(node, pieces),
            "img" => self.image(node, pieces),
            "picture" => {
                if let Some(image) = dom::first(node, &["img"]) {
                    self.image(image, pieces);
                }
            }
            "code" | "tt" => self.code(node, pieces),
            _ => self.styled(node, name, pieces),
        }
    }

    fn children(&mut self, node: HtmlNode<'_>, pieces: &mut Vec<Piece>) {
        for child in node.children() {
            self.inline(child, pieces);
        }
    }

    /// An element that marks its text.
    fn styled(&mut self, node: HtmlNode<'_>, name: &str, pieces: &mut Vec<Piece>) {
        if self.footnote_reference(node, pieces) {
            return;
        }
        let is_meaningful = MEANINGFUL.iter().any(|wanted| dom::attribute(node, wanted).is_some());
        let id = self.own_id(node, false);
        let mark = match name {
            _ if raw::is_hidden(node) => None,
            "strong" | "b" if !is_meaningful => Some(TextMark::Strong),
            "em" | "i" if !is_meaningful => Some(TextMark::Emphasis),
            "del" | "s" | "strike" if !is_meaningful => Some(TextMark::Strike),
            _ => None,
        };
        if let Some(id) = id.as_ref().filter(|_| mark.is_some()) {
            pieces.push(Piece::Tag(format!("<span id=\"{id}\">")));
            pieces.push(Piece::Tag("</span>".to_owned()));
        }
        if let Some(mark) = mark {
            pieces.push(Piece::Open(mark.clone()));
            self.children(node, pieces);
            pieces.push(Piece::Close(mark));
            return;
        }
        let is_empty_element = matches!(name, "wbr" | "input");
        let is_kept = KEPT.contains(&name) || is_meaningful || id.is_some() || raw::is_hidden(node);
        if !is_kept || (dom::is_empty(node) && id.is_none() && !is_empty_element) {
            self.children(node, pieces);
            return;
        }
        let Some(tag) = self.start_tag(node, id.as_deref()) else {
            self.children(node, pieces);
            return;
        };
        let end = format!("</{}>", raw::written_name(node));
        pieces.push(Piece::Tag(tag));
        if !is_empty_element {
            self.children(node, pieces);
            pieces.push(Piece::Tag(end));
        }
    }

    fn code(&mut self, node: HtmlNode<'_>, pieces: &mut Vec<Piece>) {
        let is_plain = dom::elements(node).all(|inside| matches!(dom::name(inside), "span" | "code" | "br" | "font"));
        let code = dom::one_line(&dom::raw_text(node));
        if code.is_empty() {
            self.children(node, pieces);
        } else if is_plain {
            // Two pieces side by side would be one with the marks between them.
            match pieces.last_mut() {
                Some(Piece::Code(before)) => before.push_str(&code),
                _ => pieces.push(Piece::Code(code)),
            }
        } else {
            pieces.push(Piece::Tag("<code>".to_owned()));
            self.children(node, pieces);
            pieces.push(Piece::Tag("</code>".to_owned()));
        }
    }

    fn anchor(&mut self, node: HtmlNode<'_>, pieces: &mut Vec<Piece>) {
        if self.footnote_reference(node, pieces) {
            return;
        }
        if let Some(id) = self.own_id(node, false) {
            pieces.push(Piece::Tag(format!("<span id=\"{id}\">")));
            pieces.push(Piece::Tag("</span>".to_owned()));
        }
        let Some(url) = dom::filled(node, "href").and_then(|href| self.link(href)) else {
            self.children(node, pieces);
            return;
        };
        if has_policy(node) {
            let mut tag = String::from("<a href=\"");
            raw::push_attribute(&mut tag, &url);
            tag.push_str("\" rel=\"");
            let rel = dom::attribute(node, "rel").unwrap_or_default();
            let kept: Vec<&str> = rel.split_ascii_whitespace().filter(|word| POLICIES.contains(word)).collect();
            tag.push_str(&kept.join(" "));
            tag.push_str("\">");
            self.notes.kept("a link with `rel`");
            pieces.push(Piece::Tag(tag));
            self.children(node, pieces);
            pieces.push(Piece::Tag("</a>".to_owned()));
            return;
        }
        let mark = TextMark::Link { url, title: self.title(node) };
        pieces.push(Piece::Open(mark.clone()));
        self.children(node, pieces);
        pieces.push(Piece::Close(mark));
    }

    /// The title of a link or picture, unless it repeats the text.
    pub(super) fn title(&self, node: HtmlNode<'_>) -> String {
        let title = dom::one_line(dom::attribute(node, "title").unwrap_or_default());
        let is_repeated =
            title == dom::text(node) || dom::filled(node, "alt").is_some_and(|alt| dom::one_line(alt) == title);
        if is_repeated { String::new() } else { title }
    }

    fn image(&mut self, node: HtmlNode<'_>, pieces: &mut Vec<Piece>) {
        let alt = dom::one_line(dom::attribute(node, "alt").unwrap_or_default());
        if dom::has_class(node, &["emoji", "wp-smiley"]) && !alt.is_empty() {
            pieces.push(Piece::Text(alt));
            return;
        }
        let Some(url) = self.image_url(node) else { return };
        pieces.push(Piece::Image { alt, url, title: self.title(node) });
    }

    /// The URL of a picture, also of one that a script loads; `None`, with a note, if it has none or only counts readers.
    pub(super) fn image_url(&mut self, node: HtmlNode<'_>) -> Option<String> {
        let is_pixel = |name: &str| dom::filled(node, name).is_some_and(|size| matches!(size, "0" | "1" | "1px"));
        if is_pixel("width") && is_pixel("height") {
            self.notes.dropped("a picture of one pixel");
            return None;
        }
        let sources = ["src", "data-src", "data-lazy-src", "data-original", "data-orig-file"];
        let written = sources.iter().filter_map(|name| dom::filled(node, name));
        let written = written.filter(|url| !is_data(url)).map(str::to_owned).next().or_else(|| {
            let list = dom::filled(node, "srcset").or_else(|| dom::filled(node, "data-srcset"))?;
            list.split_whitespace().next().map(|url| url.trim_end_matches(',').to_owned())
        });
        match written {
            Some(url) => self.file(&url),
            None => {
                self.notes.dropped("a picture without a file");
                None
            }
        }
    }

    /// The start tag of an element that stays HTML.
    fn start_tag(&mut self, node: HtmlNode<'_>, id: Option<&str>) -> Option<String> {
        let name = raw::written_name(node);
        let tag = raw::start_tag(node, id, &mut |url| self.link(url))?;
        self.notes.kept(format!("`<{name}>`"));
        Some(tag)
    }
}

fn is_data(url: &str) -> bool {
    url.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("data:"))
}

fn has_policy(node: HtmlNode<'_>) -> bool {
    let rel = dom::attribute(node, "rel").unwrap_or_default();
    rel.split_ascii_whitespace().any(|word| POLICIES.contains(&word))
}
