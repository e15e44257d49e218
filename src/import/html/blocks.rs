//! Blocks of HTML as blocks of Markdown.

use super::converter::Converter;
use super::dom::{self, HtmlNode};
use super::escaping;
use super::pieces::{self, Piece, TextMark};
use super::raw;
use super::writing;

/// Elements that only group blocks. Their classes and styles belong to the old site's theme.
const GROUPS: &[&str] = &[
    "address",
    "article",
    "body",
    "center",
    "dialog",
    "div",
    "fieldset",
    "footer",
    "form",
    "header",
    "hgroup",
    "html",
    "legend",
    "main",
    "map",
    "nav",
    "optgroup",
    "search",
    "section",
    "select",
    "canvas",
    "figcaption",
    "summary",
    "label",
    "noframes",
];

impl Converter<'_> {
    /// The blocks that nodes make: text between blocks is a paragraph.
    pub(super) fn blocks<'t>(&mut self, nodes: impl Iterator<Item = HtmlNode<'t>>) -> Vec<String> {
        let mut blocks = Vec::new();
        let mut run: Vec<HtmlNode<'t>> = Vec::new();
        for node in nodes {
            if dom::is_block(node) {
                self.paragraph(&std::mem::take(&mut run), &mut blocks);
                self.block(node, &mut blocks);
            } else {
                run.push(node);
            }
        }
        self.paragraph(&run, &mut blocks);
        blocks
    }

    /// Writes a run of text as paragraphs.
    pub(super) fn paragraph(&mut self, nodes: &[HtmlNode<'_>], blocks: &mut Vec<String>) {
        if nodes.iter().all(|node| dom::is_blank(*node)) {
            return;
        }
        if self.around.is_empty()
            && !self.options.is_comment
            && let Some(picture) = self.lone_picture(nodes)
        {
            blocks.push(picture);
            return;
        }
        let run = self.run(nodes);
        for paragraph in pieces::paragraphs(run, true) {
            if let [Piece::Text(text)] = &paragraph[..] {
                if text.chars().all(|letter| letter.is_whitespace() || letter == '\u{200b}') {
                    continue;
                }
                if let Some(url) = self.service_url(text) {
                    blocks.push(url);
                    continue;
                }
            }
            let markdown = match self.options.is_comment {
                true => writing::without_html(&paragraph),
                false => writing::markdown(&paragraph),
            };
            if !markdown.trim().is_empty() {
                blocks.push(markdown);
            }
        }
    }

    /// The Markdown for a URL of a service alone in a paragraph: where no embed can be, a link.
    pub(super) fn service_url(&mut self, text: &str) -> Option<String> {
        let url = text.trim();
        let is_url = url.starts_with("http") && !url.contains(dom::is_html_space);
        if !is_url || !crate::markdown::is_service_url(url) {
            return None;
        }
        let url = escaping::clean_url(url)?;
        Some(if self.depth == 0 { url } else { format!("<{url}>") })
    }

    fn block(&mut self, node: HtmlNode<'_>, blocks: &mut Vec<String>) {
        if self.options.is_comment {
            return self.comment_block(node, blocks);
        }
        let name = dom::name(node);
        if name != "script" && name != "details" && raw::is_hidden(node) {
            return self.hidden(node, blocks);
        }
        if self.card(node, blocks) || self.footnotes_block(node) {
            return;
        }
        match name {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => self.heading(node, blocks),
            "p" => self.group(node, blocks),
            "ul" | "ol" | "menu" | "dir" => self.list(node, blocks),
            "dl" => self.definitions(node, blocks),
            "blockquote" => self.quote(node, blocks),
            "pre" | "listing" | "xmp" | "plaintext" => self.preformatted(node, blocks),
            "hr" => blocks.push("---".to_owned()),
            "table" => self.table(node, None, blocks),
            "figure" => self.figure(node, blocks),
            "details" => self.details(node, blocks),
            "iframe" | "embed" | "object" | "frameset" => self.frame(node, blocks),
            "video" | "audio" => self.recording(node, blocks),
            "script" => self.script(node, blocks),
            "noscript" => self.noscript(node, blocks),
            "style" | "template" => self.notes.dropped(format!("`<{name}>`")),
            "svg" | "math" => self.notes.dropped(format!("`<{name}>`")),
            "textarea" => self.notes.dropped("a form field"),
            "aside" => self.aside(node, blocks),
            "li" | "dt" | "dd" | "caption" | "td" | "th" | "tr" | "thead" | "tbody" | "tfoot" => {
                self.group(node, blocks)
            }
            _ if GROUPS.contains(&name) => {
                if name == "form" {
                    self.notes.changed("a form: only its words remain");
                }
                self.group(node, blocks);
            }
            _ => self.marked_group(node, name, blocks),
        }
    }

    /// The blocks inside a node, after an anchor for links to it.
    fn group(&mut self, node: HtmlNode<'_>, blocks: &mut Vec<String>) {
        let anchor = self.own_id(node, false);
        let first = blocks.len();
        let language = dom::filled(node, "lang").or_else(|| dom::filled(node, "dir"));
        let inside = self.blocks(node.children());
        if language.is_some() && !inside.is_empty() && dom::name(node) != "body" {
            let tag = raw::start_tag(node, None, &mut |_| None).filter(|_| dom::name(node) != "p");
            let (open, close) = match &tag {
                Some(tag) => (tag.clone(), format!("</{}>", raw::written_name(node))),
                None => (div_tag(node), "</div>".to_owned()),
            };
            self.notes.kept("a block with a language or direction of its own");
            blocks.push(open);
            blocks.extend(inside);
            blocks.push(close);
        } else {
            blocks.extend(inside);
        }
        self.put_anchor(anchor, blocks, first);
    }

    /// Puts an anchor for an id before the blocks from `first` on.
    pub(super) fn put_anchor(&mut self, id: Option<String>, blocks: &mut Vec<String>, first: usize) {
        if let Some(id) = id {
            blocks.insert(first.min(blocks.len()), format!("<div id=\"{id}\"></div>"));
        }
    }

    /// An element within a line that holds blocks: its mark goes around the text of each.
    pub(super) fn marked_group(&mut self, node: HtmlNode<'_>, name: &str, blocks: &mut Vec<String>) {
        let mark = match name {
            "strong" | "b" => Some(TextMark::Strong),
            "em" | "i" => Some(TextMark::Emphasis),
            "del" | "s" | "strike" => Some(TextMark::Strike),
            "a" => {
                let url = dom::filled(node, "href").and_then(|href| self.link(href));
                url.map(|url| TextMark::Link { url, title: String::new() })
            }
            _ => None,
        };
        let is_marked = mark.is_some();
        self.around.extend(mark);
        self.group(node, blocks);
        if is_marked {
            self.around.pop();
        }
    }

    fn hidden(&mut self, node: HtmlNode<'_>, blocks: &mut Vec<String>) {
        if dom::is_empty(node) {
            return;
        }
        self.notes.kept("a hidden block");
        let inside = self.blocks(node.children());
        if !inside.is_empty() {
            blocks.push("<div hidden>".to_owned());
            blocks.extend(inside);
            blocks.push("</div>".to_owned());
        }
    }

    fn heading(&mut self, node: HtmlNode<'_>, blocks: &mut Vec<String>) {
        let level = dom::name(node)[1..].parse().unwrap_or(2);
        let nodes: Vec<HtmlNode<'_>> = node.children().collect();
        if nodes.iter().any(|inside| dom::is_block(*inside)) {
            // A picture or a block in a heading.
            let text = dom::text(node);
            if text.is_empty() {
                return self.group(node, blocks);
            }
        }
        let run = self.run(&nodes);
        let paragraphs = pieces::paragraphs(run, false);
        let Some(line) = paragraphs.first() else { return };
        if !line.iter().any(|piece| {
            matches!(piece, Piece::Text(text) if !text.trim().is_empty()) || matches!(piece, Piece::Code(_))
        }) {
            // A heading without words would not be published, its picture would be lost.
            if line.iter().any(|piece| matches!(piece, Piece::Image { .. })) {
                blocks.push(writing::markdown(line));
            }
            return;
        }
        let mut text = writing::line(line);
        // `{…}` and `#` at the end would be the heading's attributes and closing marks.
        if text.ends_with('}') || (text.ends_with('#') && !text.ends_with("\\#")) {
            text.insert(text.len() - 1, '\\');
        }
        let id = self.own_id(node, true).map(|id| format!(" {{#{id}}}")).unwrap_or_default();
        blocks.push(format!("{} {text}{id}", "#".repeat(level)));
    }

    fn quote(&mut self, node: HtmlNode<'_>, blocks: &mut Vec<String>) {
        if self.service_quote(node, blocks) {
            return;
        }
        if dom::filled(node, "cite").is_some() {
            self.notes.changed("the `cite` of a quote");
        }
        self.plain_quote(node, blocks);
    }

    pub(super) fn plain_quote(&mut self, node: HtmlNode<'_>, blocks: &mut Vec<String>) {
        self.depth += 1;
        let inside = self.blocks(node.children());
        self.depth -= 1;
        if !inside.is_empty() {
            blocks.push(prefixed(&inside.join("\n\n"), "> ", "> "));
        }
    }

    fn preformatted(&mut self, node: HtmlNode<'_>, blocks: &mut Vec<String>) {
        let is_verse = dom::has_class(node, &["wp-block-verse"]);
        if is_verse {
            let run = self.run_of_verse(node);
            blocks.extend(pieces::paragraphs(run, true).iter().map(|paragraph| writing::markdown(paragraph)));
            return;
        }
        const PLAIN: &[&str] = &["code", "span", "br", "font", "div", "samp", "tt"];
        if dom::elements(node).any(|inside| !PLAIN.contains(&dom::name(inside))) {
            self.notes.kept("`<pre>` with marks inside");
            blocks.push(self.raw_block(node));
            return;
        }
        blocks.extend(code_block(node));
    }

    /// A poem: its line ends are line breaks.
    fn run_of_verse(&mut self, node: HtmlNode<'_>) -> Vec<Piece> {
        let nodes: Vec<HtmlNode<'_>> = node.children().collect();
        let mut run = Vec::new();
        for piece in self.run(&nodes) {
            let Piece::Text(text) = piece else {
                run.push(piece);
                continue;
            };
            for (number, line) in text.split('\n').enumerate() {
                if number > 0 {
                    run.push(Piece::Break);
                }
                let words = line.trim_start_matches(' ');
                // Only no-break spaces indent a line.
                let indent = "\u{a0}".repeat(if number > 0 { line.len() - words.len() } else { 0 });
                run.push(Piece::Text(format!("{indent}{words}")));
            }
        }
        run
    }

    pub(super) fn details(&mut self, node: HtmlNode<'_>, blocks: &mut Vec<String>) {
        let summary = dom::child_elements(node).find(|child| dom::name(*child) == "summary");
        let is_open = dom::attribute(node, "open").is_some();
        let title = summary.map(dom::text).unwrap_or_default();
        let inside = self.blocks(node.children().filter(|child| dom::name(*child) != "summary"));
        self.push_details(&title, is_open, inside, blocks);
    }

    /// Writes a block that readers open.
    pub(super) fn push_details(&mut self, title: &str, is_open: bool, inside: Vec<String>, blocks: &mut Vec<String>) {
        let mut start = String::from(if is_open { "<details open>" } else { "<details>" });
        start.push_str("\n<summary>");
        raw::push_attribute(&mut start, title);
        start.push_str("</summary>");
        self.notes.kept("`<details>`");
        blocks.push(start);
        blocks.extend(inside);
        blocks.push("</details>".to_owned());
    }

    fn aside(&mut self, node: HtmlNode<'_>, blocks: &mut Vec<String>) {
        let inside = self.blocks(node.children());
        self.push_aside("", inside, blocks);
    }

    /// Writes a box beside the story.
    pub(super) fn push_aside(&mut self, title: &str, inside: Vec<String>, blocks: &mut Vec<String>) {
        if inside.is_empty() {
            return;
        }
        if self.depth > 0 {
            return blocks.extend(inside);
        }
        let arguments = if title.is_empty() { Vec::new() } else { vec![("title", title)] };
        blocks.push(paired_call("aside", &arguments, &inside.join("\n\n")));
    }

    fn noscript(&mut self, node: HtmlNode<'_>, blocks: &mut Vec<String>) {
        // The parser leaves it as text. A picture in it is a copy of one that a script loads.
        let html: String =
            node.children().filter_map(|child| child.value().as_text().map(|text| text.to_string())).collect();
        let fragment = scraper::Html::parse_fragment(&html);
        let root = fragment.tree.root();
        let is_copy = dom::text(root).is_empty() && dom::first(root, &["iframe", "video", "audio"]).is_none();
        if !is_copy {
            let inside = self.blocks(root.children());
            blocks.extend(inside);
        }
    }
}

/// The text of a block of code between fences; `None` if it has none.
pub(super) fn code_block(node: HtmlNode<'_>) -> Option<String> {
    let text = dom::raw_text(node);
    // The element itself ends with a line end, as do blocks inside it.
    let text = text.trim_end();
    let text = text.strip_prefix('\n').unwrap_or(text);
    if text.trim().is_empty() {
        return None;
    }
    let language = language(node).or_else(|| dom::child_elements(node).find_map(language)).unwrap_or_default();
    let fence = "`".repeat(escaping::longest_run(text, '`').max(2) + 1);
    let text = text.replace('\r', "");
    let text = crate::control_characters::without(&text);
    Some(format!("{fence}{language}\n{text}\n{fence}"))
}

/// A `<div>` with the language and direction of another element.
fn div_tag(node: HtmlNode<'_>) -> String {
    let mut tag = String::from("<div");
    for name in ["lang", "dir"] {
        if let Some(value) = dom::filled(node, name) {
            tag.extend([" ", name, "=\""]);
            raw::push_attribute(&mut tag, value);
            tag.push('"');
        }
    }
    tag.push('>');
    tag
}

/// The language of code, as highlighters write it into classes and attributes.
fn language(node: HtmlNode<'_>) -> Option<String> {
    let of_class = dom::classes(node).find_map(|class| {
        ["language-", "lang-", "brush:", "highlight-source-"].iter().find_map(|prefix| class.strip_prefix(prefix))
    });
    let of_brush = dom::classes(node).skip_while(|class| *class != "brush:").nth(1);
    let found = of_class.filter(|word| !word.is_empty()).or(of_brush).or_else(|| dom::filled(node, "lang"));
    let word = found.or_else(|| dom::filled(node, "data-lang"))?.trim_end_matches(';');
    let is_plain = word.chars().all(|letter| letter.is_ascii_alphanumeric() || "+-#._".contains(letter));
    (is_plain && !word.is_empty() && word != "none").then(|| word.to_ascii_lowercase())
}

/// Lines with a prefix, another one before the first; empty lines get no trailing space.
pub(super) fn prefixed(text: &str, first: &str, others: &str) -> String {
    let mut out = String::with_capacity(text.len() + 64);
    for (number, line) in text.split('\n').enumerate() {
        let prefix = if number == 0 { first } else { others };
        if number > 0 {
            out.push('\n');
        }
        out.push_str(if line.is_empty() { prefix.trim_end() } else { prefix });
        out.push_str(line);
    }
    out
}

/// A call of an embed. Its values are text.
pub(super) fn call(name: &str, arguments: &[(&str, &str)]) -> String {
    let mut out = format!("{{{{< {name}");
    for (key, value) in arguments {
        out.extend([" ", key, "=\""]);
        for letter in dom::one_line(value).chars() {
            match letter {
                '"' | '\\' | '{' => out.extend(['\\', letter]),
                letter if crate::control_characters::is_control(letter) => {}
                letter => out.push(letter),
            }
        }
        out.push('"');
    }
    out.push_str(" >}}");
    out
}

/// A call of an embed around Markdown.
pub(super) fn paired_call(name: &str, arguments: &[(&str, &str)], inside: &str) -> String {
    format!("{}\n{inside}\n{{{{< /{name} >}}}}", call(name, arguments))
}
