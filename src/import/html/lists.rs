//! Lists and definitions.

use super::blocks::prefixed;
use super::converter::Converter;
use super::dom::{self, HtmlNode};

impl Converter<'_> {
    pub(super) fn list(&mut self, node: HtmlNode<'_>, blocks: &mut Vec<String>) {
        let is_numbered = dom::name(node) == "ol";
        let has_own_numbers = dom::attribute(node, "reversed").is_some()
            || dom::filled(node, "type").is_some_and(|kind| is_numbered && kind != "1")
            || dom::child_elements(node).any(|item| dom::filled(item, "value").is_some());
        if is_numbered && has_own_numbers && !self.options.is_comment {
            self.notes.kept("a list with numbers of its own");
            blocks.push(self.raw_block(node));
            return;
        }
        let anchor = self.own_id(node, false).filter(|_| !self.options.is_comment);
        let start: u32 = dom::filled(node, "start").and_then(|start| start.parse().ok()).unwrap_or(1);
        self.depth += 1;
        let items = self.items(node);
        self.depth -= 1;
        if items.is_empty() {
            return;
        }
        // Two lists in a row would be one, if their marks were alike.
        let follows = |marks: &[&str]| {
            let mark = blocks.last().and_then(|last| last.lines().next()).unwrap_or_default();
            marks.iter().any(|one| mark.trim_start_matches(|c: char| c.is_ascii_digit()).starts_with(one))
        };
        let mark = match is_numbered {
            true if follows(&[". "]) => ")",
            true => ".",
            false if follows(&["- "]) => "*",
            false => "-",
        };
        let is_tight = items.iter().all(|item| item.is_tight);
        let lines: Vec<String> = items
            .iter()
            .zip(start..)
            .map(|(item, number)| {
                let first = if is_numbered { format!("{number}{mark} ") } else { format!("{mark} ") };
                prefixed(&item.text, &first, &" ".repeat(first.len()))
            })
            .collect();
        let first = blocks.len();
        blocks.push(lines.join(if is_tight { "\n" } else { "\n\n" }));
        self.put_anchor(anchor, blocks, first);
    }

    fn items(&mut self, node: HtmlNode<'_>) -> Vec<ListItem> {
        let mut items: Vec<ListItem> = Vec::new();
        for child in node.children().filter(|child| !dom::is_blank(*child)) {
            let name = dom::name(child);
            // A list directly inside a list belongs to the item before it.
            if matches!(name, "ul" | "ol")
                && let Some(last) = items.last_mut()
            {
                let inside = self.blocks(std::iter::once(child));
                last.text.push('\n');
                last.text.push_str(&inside.join("\n\n"));
                continue;
            }
            let item = if name == "li" { self.item(child) } else { self.blocks_as_item(std::iter::once(child)) };
            items.extend(item);
        }
        items
    }

    fn item(&mut self, node: HtmlNode<'_>) -> Option<ListItem> {
        let task = dom::first(node, &["input"]).filter(|input| dom::attribute(*input, "type") == Some("checkbox"));
        let anchor = self.own_id(node, false).filter(|_| !self.options.is_comment);
        let mut item = self.blocks_as_item(node.children())?;
        if let Some(input) = task {
            let mark = if dom::attribute(input, "checked").is_some() { "[x] " } else { "[ ] " };
            item.text.insert_str(0, mark);
        }
        if let Some(id) = anchor {
            item.text.insert_str(0, &format!("<span id=\"{id}\"></span>"));
        }
        Some(item)
    }

    fn blocks_as_item<'t>(&mut self, nodes: impl Iterator<Item = HtmlNode<'t>>) -> Option<ListItem> {
        let nodes: Vec<HtmlNode<'t>> = nodes.collect();
        let has_paragraph =
            nodes.iter().any(|node| matches!(dom::name(*node), "p" | "pre" | "blockquote" | "table" | "figure"));
        let blocks = self.blocks(nodes.into_iter());
        // Text and a nested list without an empty line between them.
        let is_list = |block: &String| {
            let rest = block.trim_start_matches(|c: char| c.is_ascii_digit());
            ["- ", "* ", ". ", ") "].iter().any(|mark| rest.starts_with(mark))
        };
        let is_tight = !has_paragraph && blocks.iter().skip(1).all(is_list) && blocks.len() <= 2;
        let is_tight = is_tight || (blocks.len() == 1 && !has_paragraph);
        let text = blocks.join(if is_tight { "\n" } else { "\n\n" });
        (!text.is_empty()).then_some(ListItem { text, is_tight })
    }

    pub(super) fn definitions(&mut self, node: HtmlNode<'_>, blocks: &mut Vec<String>) {
        // Groups of terms and definitions may be in a `<div>` each.
        let entries: Vec<HtmlNode<'_>> = dom::child_elements(node)
            .flat_map(|child| match dom::name(child) {
                "div" => dom::child_elements(child).collect(),
                _ => vec![child],
            })
            .collect();
        let names: Vec<&str> = entries.iter().map(|entry| dom::name(*entry)).collect();
        let has_text =
            |node: HtmlNode<'_>| node.children().any(|child| child.value().is_text() && !dom::is_blank(child));
        let is_in_entries =
            !has_text(node) && !dom::child_elements(node).any(|child| dom::name(child) == "div" && has_text(child));
        let is_simple = is_in_entries
            && names.first() == Some(&"dt")
            && names.last() == Some(&"dd")
            && names.iter().all(|name| matches!(*name, "dt" | "dd"))
            && names.windows(2).all(|pair| pair != ["dt", "dt"]);
        let is_plain = |entry: &HtmlNode<'_>| match dom::name(*entry) {
            "dt" => !dom::elements(*entry).any(dom::is_block) && !dom::text(*entry).is_empty(),
            _ => !dom::is_empty(*entry),
        };
        if !is_simple || !entries.iter().all(is_plain) {
            self.notes.kept("`<dl>`");
            blocks.push(self.raw_block(node));
            return;
        }
        self.depth += 1;
        let mut lines: Vec<String> = Vec::new();
        for entry in entries {
            let inside = self.blocks(entry.children()).join("\n\n");
            if dom::name(entry) == "dt" {
                if !lines.is_empty() {
                    lines.push(String::new());
                }
                lines.push(inside.replace("\\\n", "<br>").replace('\n', " "));
            } else {
                lines.push(prefixed(&inside, ": ", "  "));
            }
        }
        self.depth -= 1;
        blocks.push(lines.join("\n"));
    }
}

/// An item of a list.
struct ListItem {
    /// Its Markdown, without the mark.
    text: String,
    /// True if it is one paragraph, or one with a list.
    is_tight: bool,
}
