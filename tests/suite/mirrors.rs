//! Stories in other formats beside their pages, and `llms.txt`: valid, and with the data of the sources.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use boon::{Compiler, SchemaIndex, Schemas};
use scraper::{Html, Selector};
use serde_json::{Value, json};

use crate::metadata::newsroom::{self, HOSTILE, Newsroom, files};
use crate::support;

const VOTE: &str = "world/2026/05/vote/";

/// The site of the metadata tests, with all `outputs`.
fn mirrored() -> &'static Newsroom {
    static NEWSROOM: OnceLock<Newsroom> = OnceLock::new();
    NEWSROOM.get_or_init(|| {
        let site = format!("{}outputs: [ninjs, markdown, llms]\n", newsroom::SITE);
        let mut files: Vec<(&str, &str)> = files();
        files.retain(|(path, _)| *path != "site.yaml");
        files.push(("site.yaml", &site));
        Newsroom::build(&files, None)
    })
}

/// The IPTC's schema, compiled. Its only reference to another schema, for places on earth, accepts everything.
struct Ninjs {
    schemas: Schemas,
    index: SchemaIndex,
}

impl Ninjs {
    fn new() -> Ninjs {
        const URL: &str = "http://www.iptc.org/std/ninjs/ninjs-schema_3.0.json";
        let schema: Value = serde_json::from_str(include_str!("../data/ninjs-schema_3.0.json")).unwrap();
        let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
        compiler.enable_format_assertions();
        compiler.add_resource(URL, schema).unwrap();
        compiler.add_resource("https://geojson.org/schema/GeoJSON.json", json!({})).unwrap();
        let index = compiler.compile(URL, &mut schemas).unwrap();
        Ninjs { schemas, index }
    }

    /// The first error in a document.
    fn error(&self, document: &Value) -> Option<String> {
        self.schemas.validate(document, self.index).err().map(|error| format!("{error:#}"))
    }
}

fn ninjs(path: &str) -> Value {
    serde_json::from_str(&mirrored().bytes(&format!("{path}article.json"))).unwrap()
}

#[test]
fn every_story_is_valid_ninjs() {
    let schema = Ninjs::new();
    let stories = mirrored().files(".json");
    let stories: Vec<&String> = stories.iter().filter(|path| path.ends_with("article.json")).collect();
    assert_eq!(stories.len(), files().iter().filter(|(path, _)| path.starts_with("content/world/")).count());
    for path in stories {
        let story: Value = serde_json::from_str(&mirrored().bytes(path)).unwrap();
        assert_eq!(schema.error(&story), None, "{path}");
    }
    assert_eq!(schema.error(&json!({"uri": "https://example.org/"})), None);
    assert!(schema.error(&json!({"uri": "not a URI"})).is_some(), "formats are checked");
    assert!(schema.error(&json!({"uri": "https://example.org/", "unknown": 1})).is_some(), "properties are checked");
}

#[test]
fn ninjs_has_the_data_of_the_source() {
    let story = ninjs(VOTE);
    assert_eq!(story["uri"], "tag:example.org,2026-05-04:world/vote");
    assert_eq!(story["headlines"][0]["value"], "The vote & what it \"means\" <today>");
    assert_eq!(story["firstCreated"], "2026-05-04T09:30:00+08:00");
    assert_eq!(story["versionCreated"], "2026-05-06T18:05:00+08:00");
    assert_eq!(story["by"], "Lin \"Tan\" & Co, The Data Desk and Gabe Guest");
    assert_eq!(story["located"], "SINGAPORE");
    assert_eq!(story["copyrightHolder"], "Harbour & Hill Press");
    assert_eq!(story["bodies"][0]["value"], "<p>The council voted on Monday.</p>\n");
    let sources: Vec<(&str, &str)> = story["infoSources"]
        .as_array()
        .unwrap()
        .iter()
        .map(|source| (source["role"].as_str().unwrap(), source["name"].as_str().unwrap()))
        .collect();
    let wanted = [
        ("author", "Lin \"Tan\" & Co"),
        ("author", "The Data Desk"),
        ("author", "Gabe Guest"),
        ("editing", "Ed Itor"),
        ("translation", "Tra Duttore"),
        ("photography", "The Data Desk"),
        ("publisher", "Harbour & Hill Press"),
    ];
    assert_eq!(sources, wanted);
    let picture = json!({
        "name": "lead", "rel": "lead", "uri": "https://example.org/world/2026/05/vote/harbour.png", "type": "picture",
        "descriptions": [
            {"role": "caption", "contentType": "text/plain", "value": "The harbour"},
            {"role": "alt", "contentType": "text/plain", "value": "Cranes \"at dusk\""},
        ],
        "by": "Wei Chen",
        "renditions": [{
            "name": "original", "href": "https://example.org/world/2026/05/vote/harbour.png",
            "contentType": "image/png", "width": 4, "height": 3,
        }],
    });
    let subjects = story["subjects"].as_array().unwrap().iter();
    let subjects: Vec<&str> = subjects.map(|subject| subject["name"].as_str().unwrap()).collect();
    assert_eq!(subjects, ["World", "Council", "Ports & ships", "Harbour lights"]);
    assert_eq!(story["associations"], json!([picture]));
    assert_eq!(ninjs("world/2026/04/retracted/")["pubStatus"], "canceled");
    assert_eq!(ninjs("world/2026/04/hostile/")["headlines"][0]["value"], HOSTILE);
}

/// The head of a story in Markdown, and its text as HTML.
fn markdown(path: &str) -> (BTreeMap<String, Value>, Html) {
    let text = mirrored().bytes(&format!("{path}index.md"));
    let (head, body) = text.strip_prefix("---\n").unwrap().split_once("\n---\n").unwrap();
    let mut html = String::new();
    pulldown_cmark::html::push_html(&mut html, pulldown_cmark::Parser::new(body));
    (presswork::yaml::parse(head).ok().unwrap(), Html::parse_fragment(&html))
}

fn texts(html: &Html, selector: &str) -> Vec<String> {
    html.select(&Selector::parse(selector).unwrap()).map(|element| element.text().collect()).collect()
}

#[test]
fn markdown_has_the_data_of_the_source() {
    let (head, body) = markdown(VOTE);
    let wanted = json!({
        "title": "The vote & what it \"means\" <today>",
        "byline": "By Lin \"Tan\" & Co, The Data Desk and Gabe Guest",
        "published": "2026-05-04T09:30:00+08:00", "updated": "2026-05-06T18:05:00+08:00",
        "url": "https://example.org/world/2026/05/vote/", "publisher": "Harbour & Hill Press", "language": "en", "kind": "news", "section": "World",
        "tags": ["Council", "Ports & ships"], "series": "Harbour lights",
        "sources": [{"name": "The minutes", "url": "https://example.com/minutes?a=1&b=2"}, "An official"],
        "corrections": [{"date": "2026-05-05T00:00:00+08:00", "text": "It was Tuesday."}],
        "dateline": "SINGAPORE",
        "image": {"url": "https://example.org/world/2026/05/vote/harbour.png", "alt": "Cranes \"at dusk\"",
            "caption": "The harbour", "credit": "Wei Chen"},
    });
    assert_eq!(json!(head), wanted);
    assert_eq!(texts(&body, "h1"), ["The vote & what it \"means\" <today>"]);
    assert_eq!(texts(&body, "p"), ["SINGAPORE — The council voted on Monday."]);
    let (head, _) = markdown("world/2026/04/syndicated/");
    assert_eq!(head["canonical"], "https://original.example.com/story?id=1&x=2");
}

#[test]
fn no_title_is_markup() {
    let (head, body) = markdown("world/2026/04/hostile/");
    assert_eq!(head["title"], HOSTILE);
    let plain: String = HOSTILE.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(texts(&body, "h1").iter().map(|text| words(text)).collect::<Vec<_>>(), [words(&plain)]);
    assert_eq!(texts(&body, "script").len(), 0);
    let llms = mirrored().bytes("llms.txt");
    let mut html = String::new();
    pulldown_cmark::html::push_html(&mut html, pulldown_cmark::Parser::new(&llms));
    let html = Html::parse_fragment(&html);
    assert_eq!(texts(&html, "script").len(), 0);
    assert!(texts(&html, "a").iter().any(|text| words(text) == words(&plain)));
}

#[test]
fn llms_txt_lists_public_stories() {
    let text = mirrored().bytes("llms.txt");
    assert!(text.starts_with("# Harbour \\& Hill\n\n> News from where the land ends.\n\n## "), "{text}");
    let mut html = String::new();
    pulldown_cmark::html::push_html(&mut html, pulldown_cmark::Parser::new(&text));
    let html = Html::parse_fragment(&html);
    let links: Vec<&str> = html.select(&Selector::parse("a").unwrap()).filter_map(|link| link.attr("href")).collect();
    assert!(links.iter().all(|link| link.starts_with("https://")), "{links:#?}");
    let stories: Vec<&&str> = links.iter().filter(|link| link.ends_with("/index.md")).collect();
    assert_eq!(*stories[0], "https://example.org/world/2026/05/vote/index.md");
    assert_eq!(*stories[1], "https://example.org/world/2026/04/hostile/index.md");
    assert!(links.contains(&"https://example.org/world/") && links.contains(&"https://example.org/ethics/"));
    for hidden in ["unlisted", "retracted"] {
        assert!(!text.contains(hidden), "{hidden}");
    }
}

#[test]
fn the_page_links_to_its_other_formats() {
    let page = mirrored().page(VOTE);
    let formats = page.feeds();
    assert_eq!(formats[0], ("application/json", "ninjs", "/world/2026/05/vote/article.json"));
    assert_eq!(formats[1], ("text/markdown", "Markdown", "/world/2026/05/vote/index.md"));
    assert_eq!(newsroom::newsroom().page(VOTE).feeds()[0].0, "application/rss+xml");
}

#[test]
fn an_edit_reaches_every_format_and_no_other_story() {
    let site = "title: One\nbase_url: https://example.org\nfeeds: false\noutputs: [ninjs, markdown, llms]\n";
    let story = |text: &str| format!("---\ntitle: A\ndate: 2026-05-04\nauthors: ana\n---\n{text}\n");
    let (first, second) = (story("First."), story("Second one."));
    let sources = [
        ("site.yaml", site),
        ("content/authors/ana.md", "---\nname: Ana\n---\n"),
        ("content/news/one.md", first.as_str()),
        ("content/news/two.md", first.as_str()),
    ];
    let newsroom = Newsroom::build(&sources, None);
    let before = newsroom.stamps();
    newsroom.edit("content/news/one.md", &second);
    let touched = support::touched(&before, &newsroom.stamps());
    let mirrors: Vec<&String> =
        touched.iter().filter(|path| path.starts_with("news/")).filter(|path| !path.ends_with(".html")).collect();
    assert_eq!(mirrors, ["news/2026/05/one/article.json", "news/2026/05/one/index.md"]);
    assert!(newsroom.bytes("news/2026/05/one/index.md").contains("Second one."));
    assert!(newsroom.bytes("news/2026/05/one/article.json").contains("Second one."));
    newsroom.edit("content/authors/ana.md", "---\nname: Ana López\n---\n");
    assert!(newsroom.bytes("news/2026/05/two/article.json").contains("Ana López"));
    assert!(newsroom.bytes("news/2026/05/two/index.md").contains("Ana López"));
}

/// Tables as people write them: with row headings, without any headings, with characters that would end a cell.
const TABLES: &str = r#"
{{< chart data="water.csv" title="Water" unit=" m" >}}

> | Quoted | `a\|b` |
> |--------|--------|
> | x      | *y*   |

- In a list

  | Ward | Votes |
  |------|-------|
  | Hill | 12    |

<table><caption>No heads</caption><tr><th>Ferry</th><td>1</td></tr><tr><th>Hill</th><td>2 | 3</td></tr></table>

<table><thead><tr><th>A</th><th>B</th></tr></thead><tbody><tr><th colspan="2">Both</th></tr>
<tr><td>1</td><td>2</td></tr></tbody></table>
"#;

#[test]
fn every_cell_of_a_table_stays_where_it_was() {
    let story = format!("---\ntitle: A\ndate: 2026-05-04\nauthors: ana\n---\n{TABLES}");
    let newsroom = Newsroom::build(
        &[
            ("site.yaml", "title: One\nbase_url: https://example.org\noutputs: [markdown]\n"),
            ("content/authors/ana.md", "---\nname: Ana\n---\n"),
            ("content/news/one.md", story.as_str()),
            ("content/news/water.csv", "Year,Mains,Reclaimed\n2022,3.1,0.2\n2023,,0.6\n"),
        ],
        None,
    );
    let text = newsroom.bytes("news/2026/05/one/index.md");
    let body = text.split_once("\n---\n").unwrap().1;
    let mut html = String::new();
    let parser = pulldown_cmark::Parser::new_ext(body, pulldown_cmark::Options::ENABLE_TABLES);
    pulldown_cmark::html::push_html(&mut html, parser);
    let cells = |html: &Html| -> Vec<Vec<Vec<String>>> {
        let select = |selector: &str| Selector::parse(selector).unwrap();
        let tables: Vec<_> = html.select(&select("table")).map(|table| table.html()).collect();
        let rows = |table: &String| {
            let table = Html::parse_fragment(table);
            let (row, cell) = (select("tr"), select("th, td"));
            table.select(&row).map(|row| row.select(&cell).map(|cell| cell.text().collect()).collect()).collect()
        };
        tables.iter().map(rows).collect()
    };
    let mut wanted = cells(&Html::parse_document(&newsroom.bytes("news/2026/05/one/index.html")));
    assert_eq!(wanted.len(), 5, "{text}");
    // Markdown has no tables without headings.
    wanted[3].insert(0, vec![String::new(); 2]);
    assert_eq!(cells(&Html::parse_fragment(&html)), wanted, "{text}");
    assert!(!text.contains("- Mains"), "a legend means nothing without the drawing: {text}");
    assert!(text.contains("| 2022 | 3.1 m | 0.2 m |\n| 2023 |  | 0.6 m |"), "{text}");
    assert!(html.contains("<blockquote>\n<table>") && html.contains("<p>No heads</p>"), "{html}");
}
