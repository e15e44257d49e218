//! Tables: with lines of cells in Markdown, others as HTML.

use super::converter::Converter;
use super::dom::{self, HtmlNode};
use super::pieces;
use super::raw;
use super::writing;

/// Elements that a cell of a table in Markdown can't hold.
const TOO_MUCH: &[&str] = &[
    "ul",
    "ol",
    "dl",
    "table",
    "pre",
    "blockquote",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "figure",
    "iframe",
    "video",
    "audio",
    "hr",
    "details",
    "form",
    "object",
    "embed",
    "script",
    "svg",
];

impl Converter<'_> {
    /// Writes a table. `caption` is one that stands outside the table, in its figure.
    pub(super) fn table(&mut self, node: HtmlNode<'_>, caption: Option<HtmlNode<'_>>, blocks: &mut Vec<String>) {
        let caption_inside = dom::child_elements(node).find(|child| dom::name(*child) == "caption");
        let has_caption = caption.or(caption_inside).is_some_and(|caption| !dom::text(caption).is_empty());
        let rows: Vec<HtmlNode<'_>> = rows(node).collect();
        if rows.is_empty() {
            let inside = self.blocks(node.children());
            return blocks.extend(inside);
        }
        if is_layout(node, &rows) {
            // A table that only puts things side by side.
            self.notes.changed("a table for layout became paragraphs");
            for row in &rows {
                for cell in dom::child_elements(*row) {
                    let inside = self.blocks(cell.children());
                    blocks.extend(inside);
                }
            }
            return;
        }
        if !has_caption
            && is_simple(&rows)
            && let Some(markdown) = self.pipes(&rows)
        {
            blocks.push(markdown);
            return;
        }
        self.notes.kept("a table that Markdown can't say");
        match caption {
            Some(caption) => {
                let mut html = format!("<figure>\n{}\n", self.raw_block(node));
                html.push_str(&self.raw_block(caption));
                html.push_str("\n</figure>");
                blocks.push(html);
            }
            None => blocks.push(self.raw_block(node)),
        }
    }

    /// A table in lines; `None` if a cell has more than one line of text.
    fn pipes(&mut self, rows: &[HtmlNode<'_>]) -> Option<String> {
        let mut lines = Vec::new();
        self.depth += 1;
        let mut is_sound = true;
        for (number, row) in rows.iter().enumerate() {
            let mut line = String::from("|");
            for cell in dom::child_elements(*row) {
                let nodes: Vec<HtmlNode<'_>> = match dom::child_elements(cell).next() {
                    Some(inside) if matches!(dom::name(inside), "p" | "div") => inside.children().collect(),
                    _ => cell.children().collect(),
                };
                let run = self.run(&nodes);
                let paragraphs = pieces::paragraphs(run, false);
                is_sound &= paragraphs.len() <= 1;
                let text = paragraphs.first().map(|pieces| writing::line(pieces)).unwrap_or_default();
                // A backslash before a bar would have two meanings.
                let has_both = text.contains('|') && text.contains('\\');
                is_sound &= !text.contains('\n') && !has_both;
                line.extend([" ", &text.replace('|', "\\|"), " |"]);
            }
            lines.push(line);
            if number == 0 {
                lines.push(alignments(rows));
            }
        }
        self.depth -= 1;
        is_sound.then(|| lines.join("\n"))
    }
}

/// The rows of a table, but not of tables inside it.
fn rows<'t>(table: HtmlNode<'t>) -> impl Iterator<Item = HtmlNode<'t>> {
    dom::child_elements(table).flat_map(|child| match dom::name(child) {
        "tr" => vec![child],
        "thead" | "tbody" | "tfoot" => dom::child_elements(child).filter(|row| dom::name(*row) == "tr").collect(),
        _ => Vec::new(),
    })
}

/// True if the table has one cell, or is marked as one without meaning.
fn is_layout(table: HtmlNode<'_>, rows: &[HtmlNode<'_>]) -> bool {
    let cells = rows.iter().map(|row| dom::child_elements(*row).count()).sum::<usize>();
    cells <= 1 || dom::attribute(table, "role") == Some("presentation")
}

/// True if each row has one cell for each column, the first row and no other is a header, and all cells are lines of text.
fn is_simple(rows: &[HtmlNode<'_>]) -> bool {
    let [header, others @ ..] = rows else { return false };
    let width = dom::child_elements(*header).count();
    let is_in_head = header.parent().is_some_and(|parent| dom::name(parent) == "thead");
    let is_header = is_in_head || dom::child_elements(*header).all(|cell| dom::name(cell) == "th");
    let is_even = rows.iter().all(|row| dom::child_elements(*row).count() == width);
    let has_others = others.iter().any(|row| {
        let is_of_head = row.parent().is_some_and(|parent| matches!(dom::name(parent), "thead" | "tfoot"));
        is_of_head || dom::child_elements(*row).any(|cell| dom::name(cell) == "th")
    });
    let cells = || rows.iter().flat_map(|row| dom::child_elements(*row));
    let spans = |cell: HtmlNode<'_>| {
        ["colspan", "rowspan"].iter().any(|name| dom::filled(cell, name).is_some_and(|count| count != "1"))
    };
    let is_line = |cell: HtmlNode<'_>| {
        let blocks = dom::child_elements(cell).filter(|inside| dom::is_block(*inside)).count();
        let is_alone =
            blocks == 0 || (blocks == 1 && cell.children().filter(|node| !dom::is_blank(*node)).count() == 1);
        is_alone && dom::first(cell, TOO_MUCH).is_none()
    };
    let nested = |cell: HtmlNode<'_>| {
        let inside = dom::child_elements(cell).next();
        inside.is_some_and(|inside| dom::is_block(inside) && dom::elements(inside).any(dom::is_block))
    };
    width > 0
        && is_header
        && is_even
        && !has_others
        && cells().all(|cell| !spans(cell) && is_line(cell) && !nested(cell))
}

/// The line below the header: a column is aligned as its cells are, if all of them agree.
fn alignments(rows: &[HtmlNode<'_>]) -> String {
    let width = rows.first().map_or(0, |row| dom::child_elements(*row).count());
    let mut line = String::from("|");
    for column in 0..width {
        let mut sides = rows.iter().filter_map(|row| dom::child_elements(*row).nth(column)).map(raw::alignment);
        let first = sides.next().flatten();
        let side = first.filter(|_| sides.all(|side| side == first));
        line.push_str(match side {
            Some("left") => ":---|",
            Some("center") => ":---:|",
            Some("right") => "---:|",
            _ => "---|",
        });
    }
    line
}
