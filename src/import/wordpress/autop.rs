//! Paragraphs and line breaks of classic texts, which WordPress stores as line ends.

/// Elements whose line ends mean nothing here.
const VERBATIM: &[&str] = &["pre", "script", "style", "textarea", "svg", "math", "select", "iframe", "object"];

/// Elements within a line; around the tags of all others, line ends mean nothing.
const INLINE: &[&str] = &[
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "br", "cite", "code", "data", "del", "dfn", "em", "font", "i",
    "img", "ins", "kbd", "label", "mark", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time",
    "tt", "u", "var", "wbr", "button", "input",
];

/// The text with its empty lines as paragraphs and its line ends as `<br>`, as WordPress publishes it.
pub(super) fn with_paragraphs(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut out = String::with_capacity(text.len() + text.len() / 16 + 8);
    out.push_str("<p>");
    let mut rest = text.as_str();
    // True if the last thing written is the tag of a block, or nothing.
    let mut is_after_block = true;
    while !rest.is_empty() {
        let Some(at) = next_tag(rest) else {
            push_text(&mut out, rest, is_after_block, true);
            break;
        };
        let (before, tag) = rest.split_at(at);
        let (length, name) = extent(tag);
        let is_block = !name.is_empty() && !INLINE.contains(&name.as_str());
        let is_comment = tag.starts_with("<!--");
        push_text(&mut out, before, is_after_block, is_block);
        is_after_block = is_block || (is_comment && is_after_block && before.trim().is_empty());
        let mut end = length;
        if VERBATIM.contains(&name.as_str()) && !tag.starts_with("</") {
            end = verbatim_end(tag, length, &name);
        }
        out.push_str(&tag[..end]);
        rest = &tag[end..];
    }
    out.push_str("</p>");
    out
}

/// The place of the next tag or comment.
fn next_tag(text: &str) -> Option<usize> {
    let is_tag = |at: &usize| text[at + 1..].starts_with(|c: char| c.is_ascii_alphabetic() || c == '/' || c == '!');
    memchr::memchr_iter(b'<', text.as_bytes()).find(is_tag)
}

/// The length of the tag or comment at the start, and the lower-case name of its element.
fn extent(tag: &str) -> (usize, String) {
    if tag.starts_with("<!--") {
        return (tag.find("-->").map_or(tag.len(), |end| end + 3), String::new());
    }
    let name = tag.trim_start_matches(['<', '/']);
    let name = name.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or(name).to_ascii_lowercase();
    let mut quote = None;
    for (at, letter) in tag.char_indices() {
        match (quote, letter) {
            (None, '>') => return (at + 1, name),
            // A quote without an end would take the whole text.
            (None, '"' | '\'') if window(tag, at + 1).contains(letter) => quote = Some(letter),
            (Some(open), letter) if open == letter => quote = None,
            _ => {}
        }
    }
    (tag.len(), name)
}

/// The longest value of an attribute that is looked at, in bytes. It keeps the search linear.
const LONGEST_VALUE: usize = 8_192;

fn window(text: &str, start: usize) -> &str {
    &text[start..text.floor_char_boundary(start + LONGEST_VALUE)]
}

fn verbatim_end(text: &str, start: usize, name: &str) -> usize {
    let ends = text[start..]
        .match_indices("</")
        .map(|(at, _)| start + at)
        .find(|at| text.get(at + 2..at + 2 + name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name)));
    ends.map_or(text.len(), |at| text[at..].find('>').map_or(text.len(), |end| at + end + 1))
}

/// Appends text between tags. Line ends beside the tag of a block mean nothing.
fn push_text(out: &mut String, text: &str, is_after_block: bool, is_before_block: bool) {
    let text = if is_after_block { text.trim_start_matches(['\n', ' ', '\t']) } else { text };
    let text = if is_before_block { text.trim_end_matches(['\n', ' ', '\t']) } else { text };
    let mut lines = text.split('\n').peekable();
    let mut empty = 0;
    let mut is_first = true;
    while let Some(line) = lines.next() {
        let is_empty_line = line.trim_matches([' ', '\t']).is_empty();
        if is_empty_line && !is_first && lines.peek().is_some() {
            empty += 1;
            continue;
        }
        if !is_first {
            out.push_str(if empty > 0 { "</p>\n<p>" } else { "<br>\n" });
        }
        out.push_str(line);
        (empty, is_first) = (0, false);
    }
}

#[cfg(test)]
mod tests {
    use super::with_paragraphs;

    #[test]
    fn line_ends_become_paragraphs_and_breaks() {
        for (text, html) in [
            ("One\ntwo\n\nthree", "<p>One<br>\ntwo</p>\n<p>three</p>"),
            ("<h2>A</h2>\nText <b>b\nc</b>", "<p><h2>A</h2>Text <b>b<br>\nc</b></p>"),
            ("<pre>a\n\nb</pre>\n\nc", "<p><pre>a\n\nb</pre>c</p>"),
            ("<ul>\n<li>a</li>\n</ul>", "<p><ul><li>a</li></ul></p>"),
            ("a\n \n\nb", "<p>a</p>\n<p>b</p>"),
            ("a < b", "<p>a < b</p>"),
            ("", "<p></p>"),
        ] {
            assert_eq!(with_paragraphs(text), html, "{text}");
        }
    }
}
