//! Documents of Ghost's editor since version 5, as HTML.

use serde_json::Value;

use super::cards;
use super::markup::{HtmlText, text_of};

/// The greatest depth of nodes; deeper ones give their text alone.
const MAX_DEPTH: u32 = 100;

/// The bits of a text's format and their elements, outermost first.
const FORMATS: &[(u64, &str)] =
    &[(1, "strong"), (2, "em"), (4, "s"), (8, "u"), (128, "mark"), (32, "sub"), (64, "sup"), (16, "code")];

/// Returns a document as HTML; `None` if it isn't one.
pub(super) fn html(document: &str) -> Option<HtmlText> {
    // The parser itself refuses data that nests more deeply than 128.
    let document: Value = serde_json::from_str(document).ok()?;
    let root = document.get("root")?;
    let mut out = HtmlText::default();
    children(root, 0, &mut out);
    Some(out)
}

fn children(node: &Value, depth: u32, out: &mut HtmlText) {
    for child in node.get("children").and_then(Value::as_array).into_iter().flatten() {
        push(child, depth + 1, out);
    }
}

fn push(node: &Value, depth: u32, out: &mut HtmlText) {
    let kind = text_of(node, "type");
    if depth > MAX_DEPTH {
        return;
    }
    let element = match kind.as_str() {
        "text" | "extended-text" => return text(node, out),
        "linebreak" => {
            out.raw("<br>");
            return;
        }
        "tab" => {
            out.raw(" ");
            return;
        }
        "paragraph" => "p",
        "quote" | "extended-quote" | "aside" => "blockquote",
        "heading" | "extended-heading" => match text_of(node, "tag").as_str() {
            "h1" => "h1",
            "h3" => "h3",
            "h4" => "h4",
            "h5" => "h5",
            "h6" => "h6",
            _ => "h2",
        },
        "list" if text_of(node, "listType") == "number" => "ol",
        "list" => "ul",
        "listitem" => "li",
        "link" | "autolink" | "at-link" => {
            out.raw("<a href=\"").text(&text_of(node, "url")).raw("\"");
            for name in ["rel", "title"] {
                let value = text_of(node, name);
                if !value.is_empty() {
                    out.raw(&format!(" {name}=\"")).text(&value).raw("\"");
                }
            }
            out.raw(">");
            children(node, depth, out);
            out.raw("</a>");
            return;
        }
        kind => {
            if !cards::push(kind, node, out) {
                out.unknown.push(kind.to_owned());
                children(node, depth, out);
            }
            return;
        }
    };
    out.raw(&format!("<{element}"));
    let start = text_of(node, "start");
    if element == "ol" && !start.is_empty() && start != "1" {
        out.raw(" start=\"").text(&start).raw("\"");
    }
    out.raw(">");
    children(node, depth, out);
    out.raw(&format!("</{element}>"));
}

fn text(node: &Value, out: &mut HtmlText) {
    let format = node.get("format").and_then(Value::as_u64).unwrap_or_default();
    let elements: Vec<&str> =
        FORMATS.iter().filter(|(bit, _)| format & bit != 0).map(|(_, element)| *element).collect();
    for element in &elements {
        out.raw(&format!("<{element}>"));
    }
    out.text(&text_of(node, "text"));
    for element in elements.iter().rev() {
        out.raw(&format!("</{element}>"));
    }
}
