//! Ghost's cards as the HTML that Ghost publishes for them.

use serde_json::Value;

use super::markup::{HtmlText, text_of};

/// Cards that are never part of a published page: newsletters, forms for members, and marks of the editor.
const LEFT_OUT: &[(&str, &str)] = &[
    ("email", "a card for newsletters only"),
    ("email-cta", "a card for newsletters only"),
    ("signup", "a form to sign up"),
    ("paywall", "the mark where the part for members begins"),
    ("collection", "a list of posts that Ghost fills"),
    ("tk", "a reminder"),
    ("zwnj", "a reminder"),
];

/// Appends a card. Returns false if the kind is unknown.
pub(super) fn push(kind: &str, data: &Value, out: &mut HtmlText) -> bool {
    if let Some((_, subject)) = LEFT_OUT.iter().find(|(name, _)| *name == kind) {
        if !matches!(kind, "tk" | "zwnj") {
            out.dropped.push(format!("card `{kind}`: {subject}"));
        }
        return true;
    }
    if is_hidden(data) {
        out.dropped.push(format!("card `{kind}`: it isn't shown to everyone on the web"));
        return true;
    }
    match kind {
        "image" => image(data, out),
        "gallery" => gallery(data, out),
        "embed" => embed(data, out),
        "bookmark" => bookmark(data, out),
        "file" => file(data, out),
        "audio" | "video" => recording(kind, data, out),
        "code" | "codeblock" | "html" | "markdown" | "card-markdown" | "hr" | "horizontalrule" => {
            source(kind, data, out)
        }
        "callout" | "toggle" | "button" | "header" | "product" | "call-to-action" => boxed(kind, data, out),
        _ => return false,
    }
    true
}

/// Text that writers type as code, HTML or Markdown, and rules.
fn source(kind: &str, data: &Value, out: &mut HtmlText) {
    let text = |key: &str| text_of(data, key);
    match kind {
        "code" | "codeblock" => {
            out.raw("<pre><code class=\"language-").text(&text("language")).raw("\">");
            out.text(&text("code")).raw("</code></pre>").caption(&text("caption"));
        }
        "html" => {
            out.raw(&text("html"));
        }
        "markdown" | "card-markdown" => {
            let markdown = text("markdown");
            let parser = pulldown_cmark::Parser::new_ext(&markdown, pulldown_cmark::Options::all());
            let mut html = String::new();
            pulldown_cmark::html::push_html(&mut html, parser);
            out.raw(&html);
        }
        _ => {
            out.raw("<hr>");
        }
    }
}

fn recording(kind: &str, data: &Value, out: &mut HtmlText) {
    let text = |key: &str| text_of(data, key);
    if kind == "audio" {
        out.raw("<div class=\"kg-card kg-audio-card\"><div class=\"kg-audio-title\">").text(&text("title"));
        out.raw("</div><audio src=\"").text(&text("src")).raw("\"></audio></div>");
        return;
    }
    out.raw("<figure class=\"kg-card kg-video-card\"><video controls src=\"").text(&text("src")).raw("\"");
    let posters = [text("customThumbnailSrc"), text("thumbnailSrc")];
    if let Some(poster) = posters.iter().find(|poster| !poster.is_empty()) {
        out.raw(" poster=\"").text(poster).raw("\"");
    }
    out.raw("></video>").caption(&text("caption")).raw("</figure>");
}

/// Boxes and buttons.
fn boxed(kind: &str, data: &Value, out: &mut HtmlText) {
    let text = |key: &str| text_of(data, key);
    match kind {
        "callout" => {
            out.raw("<div class=\"kg-card kg-callout-card\"><p>").text(&text("calloutEmoji")).raw(" ");
            out.raw(&text("calloutText")).raw("</p></div>");
        }
        "toggle" => {
            out.raw("<div class=\"kg-card kg-toggle-card\"><h4 class=\"kg-toggle-heading-text\">")
                .raw(&text("heading"));
            out.raw("</h4><div class=\"kg-toggle-content\">").raw(&text("content")).raw("</div></div>");
        }
        "button" => {
            out.link(&text("buttonUrl"), &text("buttonText"));
        }
        "header" => {
            let heading = Some(text("heading")).filter(|text| !text.is_empty()).unwrap_or_else(|| text("header"));
            out.raw("<h2>").raw(&heading).raw("</h2><p>").raw(&text("subheader")).raw("</p>");
            out.link(&text("buttonUrl"), &text("buttonText"));
        }
        "product" => {
            out.raw("<div>").image(&text("productImageSrc"), &text("productTitle"));
            out.raw("<h4>").raw(&text("productTitle")).raw("</h4><p>").raw(&text("productDescription")).raw("</p>");
            out.link(&text("productUrl"), &text("productButton")).raw("</div>");
        }
        _ => {
            out.raw("<div class=\"kg-card kg-callout-card\">").image(&text("imageUrl"), "");
            out.raw(&text("textValue")).link(&text("buttonUrl"), &text("buttonText")).raw("</div>");
        }
    }
}

/// True if a card is only for newsletters or for members.
fn is_hidden(data: &Value) -> bool {
    let Some(visibility) = data.get("visibility") else { return false };
    let is_false = |path: &str| visibility.pointer(path) == Some(&Value::Bool(false));
    is_false("/web/nonMember") || is_false("/showOnWeb")
}

fn image(data: &Value, out: &mut HtmlText) {
    let text = |key: &str| text_of(data, key);
    let width = text("cardWidth");
    let class = if matches!(width.as_str(), "wide" | "full") { format!(" kg-width-{width}") } else { String::new() };
    out.raw(&format!("<figure class=\"kg-card kg-image-card{class}\">"));
    let href = text("href");
    if !href.is_empty() {
        out.raw("<a href=\"").text(&href).raw("\">");
    }
    out.image(&text("src"), &text("alt"));
    if !href.is_empty() {
        out.raw("</a>");
    }
    out.caption(&text("caption")).raw("</figure>");
}

fn gallery(data: &Value, out: &mut HtmlText) {
    out.raw("<figure class=\"kg-card kg-gallery-card\">");
    for picture in data.get("images").and_then(Value::as_array).into_iter().flatten() {
        out.raw("<figure>");
        out.image(&text_of(picture, "src"), &text_of(picture, "alt"));
        out.caption(&text_of(picture, "caption")).raw("</figure>");
    }
    out.caption(&text_of(data, "caption")).raw("</figure>");
}

/// An embed: the page of a service by its URL, anything else by its HTML.
fn embed(data: &Value, out: &mut HtmlText) {
    let (url, html) = (text_of(data, "url"), text_of(data, "html"));
    out.raw("<figure class=\"kg-card kg-embed-card\">");
    if crate::markdown::is_service_url(&url) || html.is_empty() {
        out.raw("<div class=\"wp-block-embed__wrapper\">").text(&url).raw("</div>");
    } else {
        out.raw(&html);
    }
    out.caption(&text_of(data, "caption")).raw("</figure>");
}

fn bookmark(data: &Value, out: &mut HtmlText) {
    let metadata = data.get("metadata").unwrap_or(&Value::Null);
    let text = |key: &str| text_of(metadata, key);
    out.raw("<figure class=\"kg-card kg-bookmark-card\"><a class=\"kg-bookmark-container\" href=\"");
    out.text(&text_of(data, "url")).raw("\"><div class=\"kg-bookmark-content\">");
    for (class, key) in
        [("title", "title"), ("description", "description"), ("author", "author"), ("publisher", "publisher")]
    {
        out.raw(&format!("<div class=\"kg-bookmark-{class}\">")).text(&text(key)).raw("</div>");
    }
    out.raw("</div></a>");
    out.caption(&text_of(data, "caption")).raw("</figure>");
}

fn file(data: &Value, out: &mut HtmlText) {
    let text = |key: &str| text_of(data, key);
    out.raw("<div class=\"kg-card kg-file-card\"><a class=\"kg-file-card-container\" href=\"")
        .text(&text("src"))
        .raw("\">");
    for (class, key) in [("title", "fileTitle"), ("caption", "fileCaption"), ("filename", "fileName")] {
        out.raw(&format!("<div class=\"kg-file-card-{class}\">")).text(&text(key)).raw("</div>");
    }
    out.raw("</a></div>");
}
