//! The filter that cuts a story's text after a paragraph, for what stands between two of them.

use memchr::memmem;
use tera::{Kwargs, State, TeraResult, Value};

/// Elements without content (HTML, section 13.1.2).
const VOID: &[&str] =
    &["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"];
/// Elements whose content has no tags.
const RAW: &[&str] = &["script", "style", "textarea", "title"];

/// `{{ article.body | cut(paragraphs=3) }}`: two strings of HTML, what comes before and after the end of the third
/// paragraph that is in no other element. With fewer paragraphs, or nothing after them, the second is empty.
///
/// # Errors
/// If `paragraphs` is missing or no whole number.
pub(super) fn cut(html: &str, arguments: Kwargs, _: &State<'_>) -> TeraResult<Value> {
    let paragraphs = arguments.must_get::<usize>("paragraphs")?;
    let end = end_of_paragraph(html, paragraphs).filter(|&end| !html[end..].trim().is_empty());
    let (before, after) = html.split_at(end.unwrap_or(html.len()));
    Ok(Value::from(vec![Value::safe_string(before), Value::safe_string(after)]))
}

/// The end of the paragraph with this number, counted from 1, of those in no other element.
fn end_of_paragraph(html: &str, number: usize) -> Option<usize> {
    let (mut at, mut depth, mut count) = (0, 0_usize, 0);
    while let Some(tag) = html[at..].find('<') {
        at += tag;
        let rest = &html[at..];
        if rest.starts_with("<!--") {
            at += memmem::find(rest.as_bytes(), b"-->")? + 3;
            continue;
        }
        let is_end = rest.starts_with("</");
        let name = tag_name(rest);
        if name.is_empty() {
            at += 1;
            continue;
        }
        at += tag_end(rest)?;
        if is_end {
            depth = depth.saturating_sub(1);
            count += usize::from(depth == 0 && name == "p");
            if depth == 0 && name == "p" && count == number {
                return Some(at);
            }
        } else if RAW.contains(&&*name) {
            let close = format!("</{name}");
            let inside = html[at..].to_ascii_lowercase().find(&close)?;
            at += inside + tag_end(&html[at + inside..])?;
        } else if !VOID.contains(&&*name) && !html[..at].ends_with("/>") {
            depth += 1;
        }
    }
    None
}

/// The name of the tag at the beginning, in lower case; empty if there is none.
fn tag_name(rest: &str) -> String {
    let name = rest[1..].strip_prefix('/').unwrap_or(&rest[1..]);
    let end = name.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '-').unwrap_or(name.len());
    let is_name = name.starts_with(|letter: char| letter.is_ascii_alphabetic());
    if is_name { name[..end].to_ascii_lowercase() } else { String::new() }
}

/// The length of the tag at the beginning; a `>` inside quotes doesn't end it.
fn tag_end(rest: &str) -> Option<usize> {
    let mut quote = None;
    for (at, letter) in rest.char_indices() {
        match (quote, letter) {
            (None, '>') => return Some(at + 1),
            (None, '"' | '\'') => quote = Some(letter),
            (Some(open), letter) if open == letter => quote = None,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::end_of_paragraph;

    #[test]
    fn paragraphs_inside_other_elements_do_not_count() {
        let html = "<p>One<br>two <img alt=\"</p>\"></p>\n<!-- <p></p> --><blockquote><p>Quoted</p></blockquote>\n\
                    <script>\"<p></p>\"</script><svg><path d=\"M0\"/></svg><h2>H</h2><p>Two < three</p>\n<p>Three</p>";
        let before = |number| end_of_paragraph(html, number).map(|end| &html[..end]);
        assert!(before(1).is_some_and(|text| text.ends_with("<img alt=\"</p>\"></p>")));
        assert!(before(2).is_some_and(|text| text.ends_with("<p>Two < three</p>")));
        assert_eq!(before(3), Some(html));
        assert_eq!(before(4), None);
        assert_eq!(end_of_paragraph("<p>unclosed", 1), None);
        assert_eq!(end_of_paragraph("<p title=\"x", 1), None);
    }
}
