//! Footnotes as programs write them in HTML: references with links, and a list at the end.

use std::collections::HashSet;

use super::blocks::prefixed;
use super::converter::Converter;
use super::dom::{self, HtmlNode};
use super::pieces::Piece;

/// A footnote of the text.
pub(super) struct NoteNode<'t> {
    label: String,
    node: HtmlNode<'t>,
}

/// The longest text of a reference, in characters: a number between brackets.
const LONGEST_REFERENCE: usize = 8;

/// Links back to the text, which Markdown's footnotes have anyway.
const BACK: &[&str] = &["↩", "↩︎", "↩\u{fe0e}", "^", "↑", "⏎", "[back]"];

impl Converter<'_> {
    /// Finds the footnotes of a text: those that the options name, and lists in which each item is referred to.
    pub(super) fn collect_footnotes<'t>(&mut self, root: HtmlNode<'t>) -> Vec<NoteNode<'t>> {
        for (id, _) in self.options.footnotes {
            let label = (self.footnotes.len() + 1).to_string();
            self.footnotes.insert(id.clone(), label);
        }
        let mut found = Vec::new();
        for list in dom::elements(root).filter(|node| is_list(*node)) {
            let items: Vec<HtmlNode<'t>> = dom::elements(list).filter(|item| dom::name(*item) == "li").collect();
            let ids: Vec<&str> = items.iter().filter_map(|item| id_of(*item)).collect();
            let inside: HashSet<_> = list.descendants().map(|node| node.id()).collect();
            let links = dom::elements(root).filter(|link| dom::name(*link) == "a" && !inside.contains(&link.id()));
            let targets: HashSet<&str> =
                links.filter_map(|link| dom::attribute(link, "href")?.strip_prefix('#')).collect();
            let is_complete = !ids.is_empty() && ids.len() == items.len() && ids.iter().all(|id| targets.contains(id));
            if !is_complete || ids.iter().any(|id| self.footnotes.contains_key(*id)) {
                continue;
            }
            for (item, id) in items.into_iter().zip(ids) {
                let label = (self.footnotes.len() + 1).to_string();
                self.footnotes.insert(id.to_owned(), label.clone());
                found.push(NoteNode { label, node: item });
            }
        }
        found
    }

    /// True if a block is a list of footnotes that have been collected.
    pub(super) fn footnotes_block(&self, node: HtmlNode<'_>) -> bool {
        let mut items = dom::elements(node).filter(|item| dom::name(*item) == "li").peekable();
        is_list(node)
            && items.peek().is_some()
            && items.all(|item| id_of(item).is_some_and(|id| self.footnotes.contains_key(id)))
    }

    /// Writes a reference to a footnote. True if the node was one, or a link back from a note.
    pub(super) fn footnote_reference(&mut self, node: HtmlNode<'_>, pieces: &mut Vec<Piece>) -> bool {
        if self.footnotes.is_empty() {
            return false;
        }
        let is_candidate = matches!(dom::name(node), "sup" | "a" | "span");
        let text = if is_candidate { dom::text(node) } else { return false };
        let link = if dom::name(node) == "a" { Some(node) } else { dom::first(node, &["a"]) };
        let target = link.and_then(|link| dom::attribute(link, "href")?.strip_prefix('#'));
        let is_back = dom::has_class(node, &["footnote-backref", "reversefootnote"])
            || dom::attribute(node, "role") == Some("doc-backlink")
            || (target.is_some() && BACK.contains(&text.as_str()));
        if is_back {
            return true;
        }
        let of_data = dom::filled(node, "data-fn").and_then(|id| self.footnotes.get(id));
        let label = of_data.or_else(|| self.footnotes.get(target?)).cloned();
        match label {
            Some(label) if text.chars().count() <= LONGEST_REFERENCE => {
                pieces.push(Piece::Footnote(label));
                true
            }
            _ => false,
        }
    }

    /// The definitions of all footnotes.
    pub(super) fn footnote_definitions(&mut self, nodes: Vec<NoteNode<'_>>) -> Vec<String> {
        let mut definitions = Vec::new();
        for (id, html) in self.options.footnotes {
            let Some(label) = self.footnotes.get(id).cloned() else { continue };
            let fragment = scraper::Html::parse_fragment(html);
            let blocks = self.blocks(super::content(&fragment));
            definitions.extend(definition(&label, &blocks));
        }
        for NoteNode { label, node } in nodes {
            let blocks = self.blocks(node.children());
            definitions.extend(definition(&label, &blocks));
        }
        definitions
    }
}

fn definition(label: &str, blocks: &[String]) -> Option<String> {
    let text = blocks.join("\n\n");
    (!text.is_empty()).then(|| prefixed(&text, &format!("[^{label}]: "), "    "))
}

/// True for an element that holds only footnotes.
fn is_list(node: HtmlNode<'_>) -> bool {
    dom::has_class(
        node,
        &["footnotes", "wp-block-footnotes", "footnote-list", "easy-footnotes-wrapper", "modern-footnotes-list"],
    ) || dom::attribute(node, "role") == Some("doc-endnotes")
}

fn id_of<'t>(item: HtmlNode<'t>) -> Option<&'t str> {
    dom::filled(item, "id").or_else(|| dom::elements(item).find_map(|inside| dom::filled(inside, "id")))
}
