//! Converts tables to Markdown, or keeps them as HTML if Markdown can't represent them.

use crate::markdown::{TableHtml, tables};

/// Stands for a table while the text around it is converted: noncharacters, which no published text
/// contains.
const OPEN: char = '\u{fdd0}';
const CLOSE: char = '\u{fdd1}';

/// Converts HTML to Markdown, using `convert` for everything but tables, whose cells it would lose.
pub(super) fn with_tables(html: &str, convert: &dyn Fn(&str) -> String) -> String {
    let tables = tables(html);
    if tables.is_empty() {
        return convert(html);
    }
    let mut around = String::with_capacity(html.len());
    let mut done = 0;
    for (number, table) in tables.iter().enumerate() {
        around.push_str(&html[done..table.range.start]);
        around.push_str(&format!("<p>{OPEN}{number}{CLOSE}</p>"));
        done = table.range.end;
    }
    around.push_str(&html[done..]);
    let text = convert(&around);
    let mut out = String::with_capacity(text.len() + html.len());
    for line in text.split_inclusive('\n') {
        let mark = line.split_once(OPEN).and_then(|(before, rest)| Some((before, rest.split_once(CLOSE)?)));
        let table = mark.and_then(|(_, (number, _))| tables.get(number.parse::<usize>().ok()?));
        let (Some((before, (_, after))), Some(table)) = (mark, table) else {
            out.push_str(line);
            continue;
        };
        // The prefix of quotes and lists goes before every line of the table; a list marker only before
        // the first.
        let further: String = before.chars().map(|letter| if letter == '>' { letter } else { ' ' }).collect();
        let written = written(html, table, convert);
        out.push_str(before);
        out.push_str(&written.replace('\n', &["\n", &further].concat()));
        out.push_str(after);
    }
    out
}

/// Converts a table, without the end of its last line.
fn written(html: &str, table: &TableHtml, convert: &dyn Fn(&str) -> String) -> String {
    let headings = table.rows.iter().take_while(|row| row.is_heading).count();
    let columns = table.rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
    if !table.is_grid || headings > 1 || columns == 0 {
        return on_one_line(&html[table.range.clone()]);
    }
    let cell = |place: std::ops::Range<usize>| {
        let text = convert(&html[place]).replace('|', "\\|");
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let line = |cells: Vec<String>| {
        let missing = std::iter::repeat_n(String::new(), columns - cells.len());
        format!("| {} |", cells.into_iter().chain(missing).collect::<Vec<_>>().join(" | "))
    };
    let mut rows = table.rows.iter().map(|row| line(row.cells.iter().cloned().map(cell).collect()));
    // A Markdown table needs a heading row.
    let heading = rows.by_ref().take(headings).next().unwrap_or_else(|| line(Vec::new()));
    let rule = line(vec!["---".to_owned(); columns]);
    let caption = table.caption.clone().map(|place| convert(&html[place])).filter(|text| !text.is_empty());
    let caption = caption.map(|text| text + "\n");
    caption.into_iter().chain([heading, rule]).chain(rows).collect::<Vec<_>>().join("\n")
}

/// HTML in Markdown ends at the first empty line, and in a quote would need a marker on each line.
fn on_one_line(html: &str) -> String {
    html.replace('\n', if html.contains("<pre") { "&#10;" } else { " " })
}
