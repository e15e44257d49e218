//! A page as programs that read its head see it.

use scraper::{Html, Selector};
use serde_json::Value;

/// A built page.
pub struct Page {
    html: Html,
    graph: Vec<Value>,
}

impl Page {
    /// Parses a page. Each script of structured data is one object with one type, which the simplest programs
    /// understand.
    pub fn parse(text: &str) -> Page {
        let html = Html::parse_document(text);
        assert_eq!(html.errors.iter().filter(|error| error.contains("control")).count(), 0, "{:?}", html.errors);
        let scripts: Vec<String> = select(&html, "head > script[type='application/ld+json']")
            .map(|script| script.text().collect::<String>())
            .collect();
        let graph = scripts.iter().map(|script| {
            let Value::Object(mut object) = serde_json::from_str(script).unwrap() else {
                panic!("no object: {script}")
            };
            assert_eq!(object.remove("@context").unwrap(), "https://schema.org");
            assert!(object["@type"].is_string(), "{script}");
            Value::Object(object)
        });
        let graph = graph.collect();
        Page { html, graph }
    }

    /// All nodes of the structured data.
    pub fn nodes(&self) -> &[Value] {
        &self.graph
    }

    /// The one node of a type.
    pub fn node(&self, kind: &str) -> &Value {
        let found: Vec<&Value> = self.graph.iter().filter(|node| node["@type"] == kind).collect();
        assert_eq!(found.len(), 1, "{kind} in {:#?}", self.graph);
        found[0]
    }

    /// Name or property and content of every `meta` of the head, in order.
    pub fn metas(&self) -> Vec<(String, String)> {
        let metas = select(&self.html, "head > meta").map(|meta| {
            let name = ["name", "property"].iter().find_map(|key| meta.attr(key)).unwrap_or("charset");
            (name.to_owned(), meta.attr("content").unwrap_or_default().to_owned())
        });
        metas.collect()
    }

    /// The contents of every `meta` of a name.
    pub fn metas_of(&self, name: &str) -> Vec<String> {
        self.metas().into_iter().filter(|(found, _)| found == name).map(|(_, content)| content).collect()
    }

    /// The targets of the links in the head with this relation.
    pub fn links(&self, relation: &str) -> Vec<String> {
        self.attributes(&format!("head > link[rel='{relation}']"), "href")
    }

    /// Type, title and URL of the feeds in the head.
    pub fn feeds(&self) -> Vec<(&str, &str, &str)> {
        let alternates = select(&self.html, "head > link[rel='alternate']");
        alternates
            .map(|link| {
                let attribute = |name| link.attr(name).unwrap();
                (attribute("type"), attribute("title"), attribute("href"))
            })
            .collect()
    }

    /// The text of the `title`.
    pub fn title(&self) -> String {
        self.texts("head > title").concat()
    }

    /// The number of scripts.
    pub fn scripts(&self) -> usize {
        select(&self.html, "script").count()
    }

    /// The texts of the elements that a selector matches.
    pub fn texts(&self, selector: &str) -> Vec<String> {
        select(&self.html, selector).map(|element| element.text().collect()).collect()
    }

    /// An attribute of the elements that a selector matches.
    pub fn attributes(&self, selector: &str, name: &str) -> Vec<String> {
        select(&self.html, selector).filter_map(|element| element.attr(name)).map(str::to_owned).collect()
    }

    /// Checks that every URL of this site in the structured data is absolute and below the site's.
    pub fn check_urls(&self, site: &str) {
        self.graph.iter().for_each(|node| check(node, site));
        for name in ["og:url", "og:image"] {
            for url in self.metas_of(name) {
                assert!(url.starts_with("https://"), "{name}: {url}");
            }
        }
    }
}

fn check(value: &Value, site: &str) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                if let (true, Some(url)) = (matches!(key.as_str(), "url" | "@id" | "item" | "logo"), value.as_str()) {
                    assert!(url.starts_with("https://") && !url[8..].contains("//"), "{key}: {url}");
                    let elsewhere = !url.starts_with("https://example.org") && !url.contains("/paper");
                    assert!(elsewhere || url.starts_with(site), "{key}: {url}");
                }
                check(value, site);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| check(item, site)),
        _ => {}
    }
}

fn select<'h>(html: &'h Html, selector: &str) -> impl Iterator<Item = scraper::ElementRef<'h>> {
    let selector = Selector::parse(selector).unwrap();
    html.select(&selector).collect::<Vec<_>>().into_iter()
}
