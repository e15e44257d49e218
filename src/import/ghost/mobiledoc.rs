//! Documents of Ghost's editor from version 1 to 4 (Mobiledoc 0.3), as HTML.

use serde_json::Value;

use super::cards;
use super::markup::HtmlText;

/// Returns a document as HTML; `None` if it isn't one.
pub(super) fn html(document: &str) -> Option<HtmlText> {
    let document: Value = serde_json::from_str(document).ok()?;
    let sections = document.get("sections")?.as_array()?;
    let mut out = HtmlText::default();
    for section in sections {
        push(section, &document, &mut out);
    }
    Some(out)
}

fn push(section: &Value, document: &Value, out: &mut HtmlText) {
    let Some(parts) = section.as_array() else { return };
    let kind = parts.first().and_then(Value::as_u64);
    let second = parts.get(1);
    match kind {
        Some(1) => {
            let tag = element(second.and_then(Value::as_str).unwrap_or("p"));
            out.raw(&format!("<{tag}>"));
            markers(parts.get(2), document, out);
            out.raw(&format!("</{tag}>"));
        }
        Some(2) => {
            out.image(second.and_then(Value::as_str).unwrap_or_default(), "");
        }
        Some(3) => {
            let tag = if second.and_then(Value::as_str) == Some("ol") { "ol" } else { "ul" };
            out.raw(&format!("<{tag}>"));
            for item in parts.get(2).and_then(Value::as_array).into_iter().flatten() {
                out.raw("<li>");
                markers(Some(item), document, out);
                out.raw("</li>");
            }
            out.raw(&format!("</{tag}>"));
        }
        Some(10) => {
            let card = entry(document, "cards", second);
            let name = card.and_then(|card| card.get(0)?.as_str()).unwrap_or_default();
            let data = card.and_then(|card| card.get(1)).unwrap_or(&Value::Null);
            if !cards::push(name, data, out) {
                out.unknown.push(name.to_owned());
            }
        }
        _ => out.unknown.push("section".to_owned()),
    }
}

/// The entry of a list of the document at an index.
fn entry<'d>(document: &'d Value, list: &str, index: Option<&Value>) -> Option<&'d Value> {
    document.get(list)?.get(usize::try_from(index?.as_u64()?).ok()?)
}

fn element(tag: &str) -> &'static str {
    const KNOWN: &[&str] = &["p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "aside"];
    KNOWN.iter().find(|known| tag.eq_ignore_ascii_case(known)).copied().unwrap_or("p")
}

/// The text of a section: each marker opens and closes marks around its text.
fn markers(list: Option<&Value>, document: &Value, out: &mut HtmlText) {
    let mut open: Vec<&'static str> = Vec::new();
    for marker in list.and_then(Value::as_array).into_iter().flatten() {
        for index in marker.get(1).and_then(Value::as_array).into_iter().flatten() {
            open.push(start(entry(document, "markups", Some(index)), out));
        }
        match marker.get(0).and_then(Value::as_u64) {
            Some(0) => {
                out.text(marker.get(3).and_then(Value::as_str).unwrap_or_default());
            }
            _ => {
                let atom = entry(document, "atoms", marker.get(3));
                match atom.and_then(|atom| atom.get(0)?.as_str()) {
                    Some("soft-return") => out.raw("<br>"),
                    _ => out.text(atom.and_then(|atom| atom.get(1)?.as_str()).unwrap_or_default()),
                };
            }
        }
        let closed = marker.get(2).and_then(Value::as_u64).unwrap_or_default();
        for _ in 0..closed {
            if let Some(tag) = open.pop() {
                out.raw(&format!("</{tag}>"));
            }
        }
    }
    for tag in open.iter().rev() {
        out.raw(&format!("</{tag}>"));
    }
}

/// Opens a mark, and returns its element.
fn start(markup: Option<&Value>, out: &mut HtmlText) -> &'static str {
    const KNOWN: &[&str] = &["strong", "em", "b", "i", "s", "u", "code", "sub", "sup", "mark", "del"];
    let name = markup.and_then(|markup| markup.get(0)?.as_str()).unwrap_or_default();
    if name.eq_ignore_ascii_case("a") {
        let attributes = markup.and_then(|markup| markup.get(1)?.as_array());
        let value = |wanted: &str| {
            let pairs =
                attributes?.chunks(2).filter_map(|pair| Some((pair.first()?.as_str()?, pair.get(1)?.as_str()?)));
            pairs.into_iter().find(|(name, _)| *name == wanted).map(|(_, value)| value)
        };
        out.raw("<a href=\"").text(value("href").unwrap_or_default()).raw("\"");
        if let Some(rel) = value("rel") {
            out.raw(" rel=\"").text(rel).raw("\"");
        }
        out.raw(">");
        return "a";
    }
    let tag = KNOWN.iter().find(|known| name.eq_ignore_ascii_case(known)).copied().unwrap_or("span");
    out.raw(&format!("<{tag}>"));
    tag
}
