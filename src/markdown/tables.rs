//! Finds the tables in HTML, for formats that write them differently.

use std::ops::Range;

use super::block_elements::ends_paragraph;
use super::raw_html::token::{HtmlTag, HtmlToken, tokens};

/// True for elements that a cell of a Markdown table can't contain, because it has one line. A paragraph can be one line.
fn needs_lines(name: &str) -> bool {
    ends_paragraph(name) && name != "p" || matches!(name, "dd" | "dt" | "li")
}

/// A table that isn't nested in another.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TableHtml {
    /// Its bytes in the text.
    pub range: Range<usize>,
    /// The bytes inside its caption.
    pub caption: Option<Range<usize>>,
    /// Its rows in order.
    pub rows: Vec<RowHtml>,
    /// True if it is a simple grid: no cell spans others or contains blocks.
    pub is_grid: bool,
}

/// A row of a table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RowHtml {
    /// The bytes inside each cell.
    pub cells: Vec<Range<usize>>,
    /// True if it is in the table's head, or contains only header cells.
    pub is_heading: bool,
}

/// Returns the tables of a text whose elements are all closed.
pub fn tables(html: &str) -> Vec<TableHtml> {
    let mut found = Vec::new();
    if memchr::memmem::find(html.as_bytes(), b"<table").is_none() {
        return found;
    }
    let mut open: Option<OpenTable> = None;
    for token in tokens(html) {
        let HtmlToken::Tag(tag) = token else { continue };
        let is_over = match &mut open {
            Some(table) => table.tag(html, &tag),
            None => {
                open = (tag.name == "table" && !tag.closing).then(|| OpenTable::at(tag.range.start));
                false
            }
        };
        if is_over {
            found.extend(open.take().map(|table| table.found));
        }
    }
    found
}

/// A table whose end hasn't been found yet.
struct OpenTable {
    found: TableHtml,
    /// The number of open tables in its cells.
    nested: usize,
    in_head: bool,
    /// The start and element of the open cell or caption.
    cell: Option<(usize, String)>,
    /// True if the open row has a data cell.
    has_data: bool,
    /// True if something makes it more than a grid.
    is_spoilt: bool,
}

impl OpenTable {
    fn at(start: usize) -> OpenTable {
        let found = TableHtml { range: start..start, ..TableHtml::default() };
        OpenTable { found, nested: 0, in_head: false, cell: None, has_data: false, is_spoilt: false }
    }

    /// Processes a tag. Returns true if it ends the table.
    fn tag(&mut self, html: &str, tag: &HtmlTag) -> bool {
        let name = tag.name.as_str();
        if name == "table" {
            match (tag.closing, self.nested) {
                (true, 0) => {
                    self.found.is_grid = !self.is_spoilt;
                    self.found.range.end = tag.range.end;
                    return true;
                }
                (true, _) => self.nested -= 1,
                (false, _) => (self.nested, self.is_spoilt) = (self.nested + 1, true),
            }
            return false;
        }
        if self.nested > 0 {
            return false;
        }
        match (name, tag.closing) {
            ("thead", closing) => self.in_head = !closing,
            ("tr", false) => {
                self.found.rows.push(RowHtml { is_heading: self.in_head, ..RowHtml::default() });
                self.has_data = false;
            }
            ("tr", true) => {
                let has_data = self.has_data;
                if let Some(row) = self.found.rows.last_mut() {
                    row.is_heading |= !has_data && !row.cells.is_empty();
                }
            }
            ("td" | "th" | "caption", false) => self.open_cell(html, tag),
            ("td" | "th" | "caption", true) => self.close_cell(tag),
            _ => self.is_spoilt |= self.cell.is_some() && needs_lines(name),
        }
        false
    }

    fn open_cell(&mut self, html: &str, tag: &HtmlTag) {
        let spans = tag.attributes.iter().any(|attribute| {
            matches!(attribute.name.as_str(), "colspan" | "rowspan") && html[attribute.value.clone()].trim() != "1"
        });
        self.is_spoilt |= spans || self.cell.is_some();
        self.has_data |= tag.name == "td";
        self.cell = Some((tag.range.end, tag.name.clone()));
    }

    fn close_cell(&mut self, tag: &HtmlTag) {
        let open = self.cell.take().filter(|(_, name)| *name == tag.name);
        match (open, self.found.rows.last_mut()) {
            (Some((start, name)), _) if name == "caption" => self.found.caption = Some(start..tag.range.start),
            (Some((start, _)), Some(row)) => row.cells.push(start..tag.range.start),
            _ => self.is_spoilt = true,
        }
    }
}
