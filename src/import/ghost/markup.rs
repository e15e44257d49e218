//! HTML in the making, for documents that are stored as data.

use serde_json::Value;

/// HTML that is being written, and what was left out of it.
#[derive(Debug, Default)]
pub(super) struct HtmlText {
    pub html: String,
    /// Cards that were left out, with the reason.
    pub dropped: Vec<String>,
    /// Kinds of nodes and cards that are unknown.
    pub unknown: Vec<String>,
}

impl HtmlText {
    /// Appends HTML.
    pub fn raw(&mut self, html: &str) -> &mut HtmlText {
        self.html.push_str(html);
        self
    }

    /// Appends text, also as the value of an attribute in double quotes.
    pub fn text(&mut self, text: &str) -> &mut HtmlText {
        for letter in text.chars() {
            match letter {
                '&' => self.html.push_str("&amp;"),
                '<' => self.html.push_str("&lt;"),
                '>' => self.html.push_str("&gt;"),
                '"' => self.html.push_str("&quot;"),
                letter => self.html.push(letter),
            }
        }
        self
    }

    /// Appends a picture, if it has a file.
    pub fn image(&mut self, src: &str, alt: &str) -> &mut HtmlText {
        if !src.is_empty() {
            self.raw("<img src=\"").text(src).raw("\" alt=\"").text(alt).raw("\">");
        }
        self
    }

    /// Appends a caption, which is HTML, if there is one.
    pub fn caption(&mut self, html: &str) -> &mut HtmlText {
        if !html.is_empty() {
            self.raw("<figcaption>").raw(html).raw("</figcaption>");
        }
        self
    }

    /// Appends a link in a paragraph of its own, if it has words.
    pub fn link(&mut self, url: &str, words: &str) -> &mut HtmlText {
        if !words.is_empty() {
            self.raw("<p><a href=\"").text(url).raw("\">").raw(words).raw("</a></p>");
        }
        self
    }
}

/// The text of a key, empty for anything else.
pub(super) fn text_of(data: &Value, key: &str) -> String {
    match data.get(key) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}
