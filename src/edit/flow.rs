//! Adds an item to a YAML list in brackets (flow style).

use std::ops::Range;

use super::replacement::ByteReplacement;

/// The parts of a list in brackets that matter for adding to it.
#[derive(Debug, Default)]
struct FlowList {
    /// The end of its opening bracket.
    open: usize,
    /// The end of its last item.
    last: Option<usize>,
    /// The end of a comma after the last item.
    comma: Option<usize>,
    /// The start of its closing bracket.
    close: usize,
}

/// Returns the possible replacements that add an item, as YAML, to the list in `range` of `yaml`.
pub(super) fn append(yaml: &str, range: Range<usize>, item: &str) -> Vec<Vec<ByteReplacement>> {
    let Some(list) = yaml.get(range.clone()).and_then(|text| scan_list(text, range.start)) else { return Vec::new() };
    let FlowList { open, last, comma, close } = list;
    let Some(last) = last else { return vec![vec![ByteReplacement::insert(open, item.to_owned())]] };
    let end = comma.unwrap_or(last);
    let Some(line_end) = yaml[end..close].find('\n').map(|at| end + at + 1) else {
        let separator = if comma.is_some() { " " } else { ", " };
        return vec![vec![ByteReplacement::insert(end, [separator, item].concat())]];
    };
    // Insert after a comment, which describes the last item.
    let line = &yaml[yaml[..last].rfind('\n').map_or(0, |at| at + 1)..];
    let indent = &line[..line.len() - line.trim_start_matches(' ').len()];
    let indent = if indent.is_empty() { "  " } else { indent };
    let newline = if yaml[..line_end].ends_with("\r\n") { "\r\n" } else { "\n" };
    let trailing = if comma.is_some() { "," } else { "" };
    let own_line = ByteReplacement::insert(line_end, [indent, item, trailing, newline].concat());
    let before: Option<ByteReplacement> = comma.is_none().then(|| ByteReplacement::insert(last, ",".to_owned()));
    vec![before.into_iter().chain([own_line]).collect()]
}

/// Scans a list from its opening bracket to the closing one.
fn scan_list(text: &str, start: usize) -> Option<FlowList> {
    let bytes = text.as_bytes();
    let mut list = FlowList::default();
    let (mut at, mut depth) = (0, 0usize);
    // Quotes begin a string only where a value may begin.
    let (mut may_begin, mut was_blank) = (true, true);
    while let Some(&byte) = bytes.get(at) {
        let from = at;
        at += 1;
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' => {
                was_blank = true;
                continue;
            }
            b'#' if was_blank => {
                at = text[from..].find('\n').map_or(text.len(), |end| from + end);
                continue;
            }
            b'[' | b'{' => {
                depth += 1;
                if depth == 1 {
                    list.open = start + at;
                    (may_begin, was_blank) = (true, false);
                    continue;
                }
            }
            b']' | b'}' => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    list.close = start + from;
                    return Some(list);
                }
            }
            b',' if depth == 1 => {
                list.comma = Some(start + at);
                (may_begin, was_blank) = (true, false);
                continue;
            }
            b'"' | b'\'' if may_begin => at = end_of_quoted(bytes, from)?,
            _ => {}
        }
        (may_begin, was_blank) = (matches!(byte, b'[' | b'{' | b',' | b':'), false);
        list.last = Some(start + at);
        list.comma = None;
    }
    None
}

/// The end of a quoted string that begins at `start`.
pub(super) fn end_of_quoted(bytes: &[u8], start: usize) -> Option<usize> {
    let quote = bytes[start];
    let mut at = start + 1;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\\' if quote == b'"' => at += 1,
            _ if byte == quote && quote == b'\'' && bytes.get(at + 1) == Some(&quote) => at += 1,
            _ if byte == quote => return Some(at + 1),
            _ => {}
        }
        at += 1;
    }
    None
}
