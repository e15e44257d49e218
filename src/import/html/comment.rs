//! Readers' comments, which may have marks, links, lists, quotes and code, and nothing else.

use super::converter::Converter;
use super::dom::{self, HtmlNode};
use super::pieces::{Piece, TextMark};
use crate::urls::is_complete_url;

/// Elements whose text nobody sees.
const UNSEEN: &[&str] = &["script", "style", "template", "title", "iframe", "object", "noscript", "svg", "math"];

/// The text of a reader's comment as Markdown. The words of elements that comments can't have stay; pictures, frames, rules and
/// scripts go.
///
/// ```
/// use presswork::import::html::comment;
/// assert_eq!(comment("<p>See <a href=\"https://example.org/\">the <b>dock</b></a></p><hr><u>Now</u>"),
///     "See [the **dock**](https://example.org/)\n\nNow");
/// ```
pub fn comment(html: &str) -> String {
    let shallow = crate::markdown::without_deep_nesting(html);
    let fragment = scraper::Html::parse_fragment(&shallow);
    let options = super::HtmlOptions { is_comment: true, ..super::HtmlOptions::default() };
    let mut converter = Converter::new(&options);
    // A URL on a line of its own is a link.
    converter.depth = 1;
    converter.blocks(super::content(&fragment)).join("\n\n")
}

impl Converter<'_> {
    /// A block of a comment.
    pub(super) fn comment_block(&mut self, node: HtmlNode<'_>, blocks: &mut Vec<String>) {
        match dom::name(node) {
            name if UNSEEN.contains(&name) => {}
            "ul" | "ol" | "menu" | "dir" => self.list(node, blocks),
            "blockquote" => self.plain_quote(node, blocks),
            "pre" | "listing" | "xmp" | "plaintext" => blocks.extend(super::blocks::code_block(node)),
            // A rule in a quote would be text.
            "hr" => {}
            name @ ("strong" | "b" | "em" | "i" | "del" | "s" | "strike" | "a") => {
                self.marked_group(node, name, blocks);
            }
            _ => {
                let inside = self.blocks(node.children());
                blocks.extend(inside);
            }
        }
    }

    /// A part of a line of a comment.
    pub(super) fn comment_inline(&mut self, node: HtmlNode<'_>, pieces: &mut Vec<Piece>) {
        let mark = match dom::name(node) {
            name if UNSEEN.contains(&name) => return,
            "br" => return pieces.push(Piece::Break),
            "img" => {
                let alt = dom::one_line(dom::attribute(node, "alt").unwrap_or_default());
                if dom::has_class(node, &["emoji", "wp-smiley"]) && !alt.is_empty() {
                    pieces.push(Piece::Text(alt));
                }
                return;
            }
            "code" | "tt" | "kbd" | "samp" => {
                let code = dom::one_line(&dom::raw_text(node));
                if !code.is_empty() {
                    pieces.push(Piece::Code(code));
                }
                return;
            }
            "a" => {
                let url = dom::filled(node, "href").and_then(super::escaping::clean_url);
                let url = url.filter(|url| is_complete_url(url));
                url.map(|url| TextMark::Link { url, title: String::new() })
            }
            "strong" | "b" => Some(TextMark::Strong),
            "em" | "i" => Some(TextMark::Emphasis),
            "del" | "s" | "strike" => Some(TextMark::Strike),
            _ => None,
        };
        pieces.extend(mark.clone().map(Piece::Open));
        for child in node.children() {
            self.inline(child, pieces);
        }
        pieces.extend(mark.map(Piece::Close));
    }
}
