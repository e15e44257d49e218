//! Blocks of WordPress: `<!-- wp:name {"key": …} -->…<!-- /wp:name -->` around the HTML of each.

use std::collections::BTreeMap;

use serde_json::Value;

use super::autop::with_paragraphs;

/// The greatest depth of reusable blocks inside others.
const MAX_DEPTH: usize = 4;

/// Blocks of themes and plugins that hold no text of the story.
const SILENT: &[&str] = &["footnotes", "spacer", "page-break", "nextpage", "more", "block", "social-link"];

/// Returns the HTML of a text with blocks, without their comments and with the contents of reusable blocks. `unknown`
/// gets the name of each block that WordPress fills when it shows the page.
pub(super) fn html(text: &str, reusable: &BTreeMap<u64, String>, unknown: &mut dyn FnMut(&str)) -> String {
    let mut out = String::with_capacity(text.len());
    push(text, reusable, 0, unknown, &mut out);
    out
}

/// True if a text has blocks.
pub(super) fn has_blocks(text: &str) -> bool {
    text.contains("<!-- wp:")
}

/// A comment that begins or ends a block.
struct Delimiter<'t> {
    name: &'t str,
    data: &'t str,
    is_end: bool,
    is_alone: bool,
}

fn push(text: &str, reusable: &BTreeMap<u64, String>, depth: usize, unknown: &mut dyn FnMut(&str), out: &mut String) {
    let mut rest = text;
    let mut open = 0_usize;
    loop {
        let at = memchr::memmem::find(rest.as_bytes(), b"<!--").unwrap_or(rest.len());
        let (before, comment) = rest.split_at(at);
        match open {
            // Text outside all blocks is classic text.
            0 if !before.trim().is_empty() => out.push_str(&with_paragraphs(before)),
            _ => out.push_str(before),
        }
        if comment.is_empty() {
            return;
        }
        let end = comment.find("-->").map_or(comment.len(), |end| end + 3);
        let (comment, after) = comment.split_at(end);
        rest = after;
        let Some(delimiter) = delimiter(comment) else {
            out.push_str(comment);
            continue;
        };
        if delimiter.is_end {
            open = open.saturating_sub(1);
        } else if !delimiter.is_alone {
            open += 1;
        } else if delimiter.name == "block" {
            let id = serde_json::from_str::<Value>(delimiter.data).ok().and_then(|data| data.get("ref")?.as_u64());
            match id.and_then(|id| reusable.get(&id)).filter(|_| depth < MAX_DEPTH) {
                Some(inside) => push(inside, reusable, depth + 1, unknown, out),
                None => unknown("block"),
            }
        } else if !dynamic(&delimiter, out) && !SILENT.contains(&delimiter.name) {
            unknown(delimiter.name);
        }
    }
}

/// Writes a block without HTML of its own that still says something. True if it is one.
fn dynamic(delimiter: &Delimiter<'_>, out: &mut String) -> bool {
    let data: Value = serde_json::from_str(delimiter.data).unwrap_or_default();
    let text = |key: &str| data.get(key).and_then(Value::as_str).unwrap_or_default();
    match delimiter.name {
        // Old exports have embeds without HTML.
        "embed" | "core-embed/youtube" | "core-embed/twitter" if !text("url").is_empty() => {
            out.push_str("<div class=\"wp-block-embed__wrapper\">");
            super::expansions::push_escaped(out, text("url"));
            out.push_str("</div>");
            true
        }
        "separator" => {
            out.push_str("<hr>");
            true
        }
        _ => false,
    }
}

fn delimiter(comment: &str) -> Option<Delimiter<'_>> {
    let inside = comment.strip_prefix("<!--")?.strip_suffix("-->")?.trim();
    let (inside, is_end) = inside.strip_prefix('/').map_or((inside, false), |rest| (rest, true));
    let inside = inside.strip_prefix("wp:")?;
    let (inside, is_alone) = inside.strip_suffix('/').map_or((inside, false), |rest| (rest.trim_end(), true));
    let name_end = inside.find(|c: char| c.is_whitespace() || c == '{').unwrap_or(inside.len());
    let (name, data) = inside.split_at(name_end);
    let name = name.strip_prefix("core/").unwrap_or(name);
    Some(Delimiter { name, data: data.trim(), is_end, is_alone })
}

#[cfg(test)]
mod tests {
    use super::html;
    use std::collections::BTreeMap;

    #[test]
    fn comments_of_blocks_go_and_reusable_blocks_come() {
        let reusable = BTreeMap::from([(7, "<!-- wp:paragraph --><p>R</p><!-- /wp:paragraph -->".to_owned())]);
        let text = "<!-- wp:group {\"a\":1} --><div><!-- wp:paragraph --><p>A</p><!-- /wp:paragraph --></div><!-- /wp:group -->\
                    <!-- wp:block {\"ref\":7} /--><!-- wp:acme/quiz {\"id\":1} /--><!-- kept --><!-- wp:more -->\n<!--more-->\n<!-- /wp:more -->";
        let mut unknown = Vec::new();
        let found = html(text, &reusable, &mut |name| unknown.push(name.to_owned()));
        assert_eq!(found, "<div><p>A</p></div><p>R</p><!-- kept -->\n<!--more-->\n");
        assert_eq!(unknown, ["acme/quiz"]);
    }

    #[test]
    fn a_block_in_itself_ends() {
        let reusable = BTreeMap::from([(7, "x<!-- wp:block {\"ref\":7} /-->".to_owned())]);
        let found = html("<!-- wp:block {\"ref\":7} /-->", &reusable, &mut |_| {});
        assert_eq!(found.matches('x').count(), super::MAX_DEPTH);
    }
}
