//! Questions to the tree of parsed HTML.

use ego_tree::NodeRef;
use ego_tree::iter::Edge;

/// A node of the tree.
pub(super) type HtmlNode<'t> = NodeRef<'t, scraper::Node>;

/// Elements that begin a block of their own (HTML, section 15.3), and those that can only become one in Markdown, in
/// alphabetical order.
#[rustfmt::skip]
const BLOCKS: &[&str] = &[
    "address", "article", "aside", "audio", "blockquote", "body", "canvas", "caption", "center", "dd", "details",
    "dialog", "dir", "div", "dl", "dt", "embed", "fieldset", "figcaption", "figure", "footer", "form", "frameset",
    "h1", "h2", "h3", "h4", "h5", "h6", "header", "hgroup", "hr", "html", "iframe", "legend", "li", "listing",
    "main", "map", "math", "menu", "nav", "noscript", "object", "ol", "optgroup", "p", "plaintext", "pre", "script",
    "search", "section", "select", "style", "summary", "svg", "table", "tbody", "td", "template", "textarea",
    "tfoot", "th", "thead", "tr", "ul", "video", "xmp",
];

fn is_block_name(name: &str) -> bool {
    BLOCKS.binary_search(&name).is_ok()
}

/// Elements whose contents are not text for readers.
const UNREAD: &[&str] = &["script", "style", "template", "head", "title"];

/// The lower-case name of an element; empty for text, comments and the like.
pub(super) fn name<'t>(node: HtmlNode<'t>) -> &'t str {
    match node.value() {
        scraper::Node::Element(element) => element.name(),
        _ => "",
    }
}

/// The value of an attribute, without character references.
pub(super) fn attribute<'t>(node: HtmlNode<'t>, name: &str) -> Option<&'t str> {
    node.value().as_element()?.attr(name)
}

/// The value of an attribute without surrounding spaces, if anything is left.
pub(super) fn filled<'t>(node: HtmlNode<'t>, name: &str) -> Option<&'t str> {
    attribute(node, name).map(str::trim).filter(|value| !value.is_empty())
}

/// The classes of an element.
pub(super) fn classes<'t>(node: HtmlNode<'t>) -> impl Iterator<Item = &'t str> {
    attribute(node, "class").unwrap_or_default().split_ascii_whitespace()
}

/// True if an element has one of these classes.
pub(super) fn has_class(node: HtmlNode<'_>, wanted: &[&str]) -> bool {
    classes(node).any(|class| wanted.contains(&class))
}

/// The elements inside a node, in document order.
pub(super) fn elements<'t>(node: HtmlNode<'t>) -> impl Iterator<Item = HtmlNode<'t>> {
    node.descendants().skip(1).filter(|inside| inside.value().is_element())
}

/// The first element inside a node that has one of these names.
pub(super) fn first<'t>(node: HtmlNode<'t>, names: &[&str]) -> Option<HtmlNode<'t>> {
    elements(node).find(|inside| names.contains(&name(*inside)))
}

/// The first element inside a node that has one of these classes.
pub(super) fn first_of_class<'t>(node: HtmlNode<'t>, wanted: &[&str]) -> Option<HtmlNode<'t>> {
    elements(node).find(|inside| has_class(*inside, wanted))
}

/// The children of a node that are elements.
pub(super) fn child_elements<'t>(node: HtmlNode<'t>) -> impl Iterator<Item = HtmlNode<'t>> {
    node.children().filter(|child| child.value().is_element())
}

/// True if a node makes a block: by its name, or because it holds one.
pub(super) fn is_block(node: HtmlNode<'_>) -> bool {
    let is_named = |node: HtmlNode<'_>| is_block_name(name(node));
    is_named(node) || (node.value().is_element() && elements(node).any(is_named))
}

/// True for text that is only white space, for comments and for other nodes that nobody sees.
pub(super) fn is_blank(node: HtmlNode<'_>) -> bool {
    match node.value() {
        scraper::Node::Text(text) => text.trim_matches(is_html_space).is_empty(),
        scraper::Node::Element(_) => false,
        _ => true,
    }
}

/// White space that HTML collapses, which the no-break space is not (HTML, section 13.1.1).
pub(super) fn is_html_space(letter: char) -> bool {
    matches!(letter, ' ' | '\t' | '\n' | '\r' | '\u{c}')
}

/// The text of a node as it is written in HTML, with line breaks as line ends.
pub(super) fn raw_text(node: HtmlNode<'_>) -> String {
    let mut text = String::new();
    let mut unread = 0_usize;
    for edge in node.traverse() {
        match edge {
            Edge::Open(inside) => match inside.value() {
                scraper::Node::Text(written) if unread == 0 => text.push_str(written),
                scraper::Node::Element(element) if UNREAD.contains(&element.name()) => unread += 1,
                scraper::Node::Element(element) if element.name() == "br" => text.push('\n'),
                _ => {}
            },
            Edge::Close(inside) if UNREAD.contains(&name(inside)) => unread = unread.saturating_sub(1),
            // Words of neighbouring blocks stay apart.
            Edge::Close(inside) if is_block_name(name(inside)) => text.push('\n'),
            Edge::Close(_) => {}
        }
    }
    text
}

/// The text of a node on one line.
pub(super) fn text(node: HtmlNode<'_>) -> String {
    one_line(&raw_text(node))
}

/// A text on one line, without surrounding spaces.
pub(super) fn one_line(text: &str) -> String {
    let words = text.split(is_html_space).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

/// True if a node has nothing to read, see or hear.
pub(super) fn is_empty(node: HtmlNode<'_>) -> bool {
    const SHOWN: &[&str] = &["img", "iframe", "video", "audio", "embed", "object", "svg", "hr", "input", "canvas"];
    !SHOWN.contains(&name(node)) && first(node, SHOWN).is_none() && raw_text(node).trim().is_empty()
}

#[cfg(test)]
mod tests {
    #[test]
    fn blocks_are_in_order() {
        assert!(super::BLOCKS.is_sorted());
    }
}
