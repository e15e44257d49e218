//! Reads a page of the old site's output: the words, links, pictures, authors and days that its readers saw.

use std::collections::BTreeSet;

use ego_tree::iter::Edge;
use serde_json::Value;

use super::dom::{self, HtmlNode};

/// Classes of elements that hold a story's text, the narrowest first.
const TEXT_CLASSES: &[&[&str]] = &[
    &["e-content", "entry-content", "gh-content", "kg-canvas"],
    &["post-content", "article-content", "article-body", "article__body", "post-body", "story-body", "post__content"],
];
/// Parts of a page that are no part of its story.
const FRAMES: &[&str] = &["nav", "footer", "form", "button", "noscript", "script", "style", "template", "svg"];

/// A page as its readers saw it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OldPage {
    /// The text of the story, or of the whole page if no element holds it.
    pub text: String,
    /// The number of links in it, without those to its own parts.
    pub links: usize,
    /// The number of pictures in it.
    pub pictures: usize,
    /// The names of authors in the metadata.
    pub authors: BTreeSet<String>,
    /// The days of publication in the metadata, `2019-05-03`, as written.
    pub days: BTreeSet<String>,
}

/// Reads a page.
pub fn old_page(html: &str) -> OldPage {
    let document = scraper::Html::parse_document(html);
    let root = document.tree.root();
    let mut page = OldPage::default();
    metadata(root, &mut page);
    content(story(root), &mut page);
    page
}

/// The element that holds the story.
fn story(root: HtmlNode<'_>) -> HtmlNode<'_> {
    let is_body = |node: &HtmlNode<'_>| {
        dom::attribute(*node, "itemprop")
            .is_some_and(|names| names.split_ascii_whitespace().any(|name| name == "articleBody"))
    };
    let by_property = dom::elements(root).find(is_body);
    let by_class = || TEXT_CLASSES.iter().find_map(|classes| dom::first_of_class(root, classes));
    let by_name = || ["article", "main", "body"].iter().find_map(|name| dom::first(root, &[name]));
    by_property.or_else(by_class).or_else(by_name).unwrap_or(root)
}

fn content(story: HtmlNode<'_>, page: &mut OldPage) {
    let mut outside = 0_usize;
    for edge in story.traverse() {
        match edge {
            Edge::Open(node) if FRAMES.contains(&dom::name(node)) => outside += 1,
            Edge::Close(node) if FRAMES.contains(&dom::name(node)) => outside = outside.saturating_sub(1),
            _ if outside > 0 => {}
            Edge::Open(node) => {
                match dom::name(node) {
                    "img" => page.pictures += 1,
                    "a" if dom::filled(node, "href").is_some_and(|href| !href.starts_with('#')) => page.links += 1,
                    _ => {}
                }
                match node.value() {
                    scraper::Node::Text(text) => page.text.push_str(text),
                    scraper::Node::Element(element) if !crate::markdown::is_within_word(element.name()) => {
                        page.text.push(' ');
                    }
                    _ => {}
                }
            }
            Edge::Close(node) if !crate::markdown::is_within_word(dom::name(node)) && node.value().is_element() => {
                page.text.push(' ');
            }
            Edge::Close(_) => {}
        }
    }
}

fn metadata(root: HtmlNode<'_>, page: &mut OldPage) {
    for node in dom::elements(root) {
        match dom::name(node) {
            "meta" => {
                let name =
                    dom::attribute(node, "property").or_else(|| dom::attribute(node, "name")).unwrap_or_default();
                let content = dom::filled(node, "content").unwrap_or_default();
                match name {
                    "author" => page.authors.extend(name_of(content)),
                    "article:published_time" | "datePublished" | "dcterms.date" => page.days.extend(day_of(content)),
                    _ => {}
                }
            }
            "script" if dom::attribute(node, "type") == Some("application/ld+json") => {
                let json: String =
                    node.children().filter_map(|text| text.value().as_text().map(|text| text.to_string())).collect();
                if let Ok(data) = serde_json::from_str::<Value>(&json) {
                    linked_data(&data, page, 0);
                }
            }
            _ if dom::attribute(node, "itemprop") == Some("datePublished")
                || dom::has_class(node, &["dt-published"]) =>
            {
                let written = dom::filled(node, "datetime").or_else(|| dom::filled(node, "content"));
                page.days.extend(written.and_then(day_of));
            }
            _ => {}
        }
    }
}

/// The deepest structured data that is read.
const MAX_DEPTH: usize = 8;

/// Authors and dates of structured data (<https://schema.org/Article>).
fn linked_data(data: &Value, page: &mut OldPage, depth: usize) {
    if depth > MAX_DEPTH {
        return;
    }
    match data {
        Value::Array(items) => items.iter().for_each(|item| linked_data(item, page, depth + 1)),
        Value::Object(map) => {
            let kinds =
                map.get("@type").map(|kind| crate::import::files::fields::texts_of(kind, None)).unwrap_or_default();
            if kinds.iter().any(|kind| kind.ends_with("Article") || kind.ends_with("Posting")) {
                page.days.extend(map.get("datePublished").and_then(Value::as_str).and_then(day_of));
                let authors =
                    map.get("author").map(|value| value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]));
                for author in authors.into_iter().flatten() {
                    let name = author.as_str().or_else(|| author.get("name").and_then(Value::as_str));
                    page.authors.extend(name.and_then(name_of));
                }
            }
            if let Some(graph) = map.get("@graph") {
                linked_data(graph, page, depth + 1);
            }
        }
        _ => {}
    }
}

fn name_of(text: &str) -> Option<String> {
    Some(dom::one_line(text)).filter(|name| !name.is_empty() && !name.contains("://"))
}

/// The day of a date as HTML writes it.
fn day_of(text: &str) -> Option<String> {
    let day = text.trim().get(..10)?;
    day.parse::<jiff::civil::Date>().ok().map(|day| day.to_string())
}

#[cfg(test)]
mod tests {
    use super::old_page;

    #[test]
    fn a_page_is_its_story_and_metadata() {
        let page = old_page(
            "<!doctype html><head><meta property=article:published_time content=2019-05-03T10:00:00+02:00>\
             <script type=application/ld+json>{\"@graph\":[{\"@type\":\"NewsArticle\",\"author\":[{\"name\":\"Ana Lopes\"}]}]}\
             </script></head><nav>Menu</nav><article><header>Vote</header><div class=entry-content><p>The <b>c</b>ranes\
             <a href=/a>stand</a><a href=#b>b</a><img src=x><form>Mail</form></div></article>",
        );
        assert_eq!(page.text.split_whitespace().collect::<Vec<_>>(), ["The", "cranesstandb"]);
        assert_eq!((page.links, page.pictures), (1, 1));
        assert!(page.authors.contains("Ana Lopes") && page.days.contains("2019-05-03"));
    }
}
