//! The feeds of a site, the stories that they list, and the parts that stay the same when a story moves.

use super::{FORMATS, Project, SETTINGS, html, page, parsed, story, title};
use crate::support;

/// Stories with everything that feeds show.
pub fn newsroom() -> Project {
    let project = Project::new(&[
        ("content/world/_index.md", "---\ntitle: The World\ndescription: From abroad\n---\n"),
        ("content/world/sinica/_index.md", "---\ntitle: 中国\nlanguage: zh-Hans\n---\n"),
        ("content/pages/about.md", "---\ntitle: About\n---\n\nWe.\n"),
    ]);
    let rich = "date: 2026-05-02 09:30\nupdated: 2026-05-04T01:00:00Z\nauthors: [ana, {name: Guest G., url: \
        \"https://example.com/g\"}, desk]\ntags: [Ports, Rail & Road]\ntaxonomies: {region: [East Asia]}\n\
        summary: What it says & means\nimage: {src: dock.png, alt: Cranes, caption: At dawn, credit: Ana L.}\nkind: sponsored";
    project.write("content/world/dock/index.md", story("Dock", rich, "Long ago.\n\nNow *this*."));
    project.write("content/world/dock/dock.png", png(40, 30));
    let wired = "date: 2026-05-01\nwire: agency\ncanonical: https://example.com/original/\nseries: Harbour lights";
    project.write("content/world/wired.md", story("Wired", wired, "From afar."));
    project.write("content/business/alone.md", story("Alone", "date: 1999-12-31T23:59:59-05:00", "Nobody signs."));
    let chinese = "date: 2026-06-01\nauthors: ana\nlanguage: zh-Hans";
    project.write("content/world/sinica/vote.md", story("投票", chinese, "今天投票。"));
    let retracted =
        "date: 2026-06-02\nauthors: ana\nretracted: {date: 2026-06-03, reason: Forged}\nseries: Harbour lights";
    project.write("content/world/forged.md", story("Forged", retracted, "A lie."));
    project.write("content/world/draft.md", story("Draft", "date: 2026-06-02\nauthors: ana\ndraft: true", "Not yet."));
    project.build();
    project
}

/// The header of a PNG picture of this size.
fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    bytes.extend(width.to_be_bytes());
    bytes.extend(height.to_be_bytes());
    bytes.extend([8, 2, 0, 0, 0, 0, 0, 0]);
    bytes
}

#[test]
fn feeds_have_the_data_of_the_sources() {
    let project = newsroom();
    for (feed, format) in project.feeds("").into_iter().zip(FORMATS) {
        assert_eq!(feed.title.as_ref().unwrap().content, "The Test", "{format}");
        assert_eq!(page(&feed.links), "https://example.org/news/");
        assert_eq!(feed.language.as_deref().unwrap_or("en"), "en");
        let titles: Vec<&str> = feed.entries.iter().map(title).collect();
        assert_eq!(titles, ["投票", "Dock", "Wired", "Alone"], "{format}");
        if format != "feed.json" {
            assert_eq!(feed.updated.unwrap().to_rfc3339(), "2026-05-31T16:00:00+00:00", "{format}");
        }
        let dock = &feed.entries[1];
        assert_eq!(dock.id, "tag:example.org,2026-05-02:world/dock");
        assert_eq!(page(&dock.links), "https://example.org/news/world/2026/05/dock/");
        assert_eq!(dock.published.unwrap().to_rfc3339(), "2026-05-02T01:30:00+00:00");
        let summary = if format == "rss.xml" { "What it says &amp; means" } else { "What it says & means" };
        assert_eq!(dock.summary.as_ref().unwrap().content, summary, "{format}");
        let text = "<p>Long ago.</p>\n<p>Now <em>this</em>.</p>";
        assert!(html(dock).unwrap().trim().ends_with(text), "{format}");
        let names: Vec<&str> = dock.authors.iter().filter_map(|person| person.name.as_deref()).collect();
        assert_eq!(names, ["Ana Lopes", "Guest G.", "The Desk"], "{format}");
        let categories: Vec<&str> = dock.categories.iter().map(|category| category.term.as_str()).collect();
        assert_eq!(categories, ["The World", "Ports", "Rail & Road", "East Asia", "Sponsored"], "{format}");
        if format != "rss.xml" {
            assert_eq!(dock.updated.unwrap().to_rfc3339(), "2026-05-04T01:00:00+00:00", "{format}");
            let urls: Vec<Option<&str>> = dock.authors.iter().map(|person| person.uri.as_deref()).collect();
            let own = "https://example.org/news/authors";
            let wanted = [format!("{own}/ana/"), "https://example.com/g".to_owned(), format!("{own}/desk/")];
            assert_eq!(urls, wanted.iter().map(|url| Some(url.as_str())).collect::<Vec<_>>(), "{format}");
        }
        if format != "feed.json" {
            let media = &dock.media[0];
            let content = &media.content[0];
            assert_eq!(content.url.as_ref().unwrap().as_str(), "https://example.org/news/world/2026/05/dock/dock.png");
            assert_eq!((content.width, content.height), (Some(40), Some(30)), "{format}");
            assert_eq!(media.description.as_ref().unwrap().content, "Cranes");
            assert_eq!(media.title.as_ref().unwrap().content, "At dawn");
            assert_eq!(media.credits[0].entity, "Ana L.");
        }
        let signs = |at: usize| feed.entries[at].authors[0].name.clone().unwrap();
        assert_eq!((signs(2), signs(3)), ("Agency".to_owned(), "The Test".to_owned()), "{format}");
        assert_eq!(page(&feed.entries[2].links), "https://example.org/news/world/2026/05/wired/");
        assert_eq!(feed.entries[3].published.unwrap().to_rfc3339(), "2000-01-01T04:59:59+00:00");
    }
}

/// Checks the parts that `feed-rs` does not return.
#[test]
fn each_format_follows_its_specification() {
    let project = newsroom();
    let rss = project.read("rss.xml").unwrap();
    let document = roxmltree::Document::parse(&rss).unwrap();
    let texts = |name: &str| -> Vec<&str> {
        document.descendants().filter(|node| node.tag_name().name() == name).filter_map(|node| node.text()).collect()
    };
    assert_eq!(
        texts("pubDate")[1..],
        ["Sat, 02 May 2026 09:30:00 +0800", "Fri, 01 May 2026 00:00:00 +0800", "Sat, 01 Jan 2000 12:59:59 +0800"]
    );
    assert_eq!(texts("lastBuildDate"), ["Mon, 01 Jun 2026 00:00:00 +0800"]);
    assert_eq!(texts("creator"), ["Ana Lopes", "Ana Lopes", "Guest G.", "The Desk", "Agency", "The Test"]);
    let guids = document.descendants().filter(|node| node.has_tag_name("guid"));
    assert!(guids.map(|guid| guid.attribute("isPermaLink")).all(|is| is == Some("false")));
    let atom = ("http://www.w3.org/2005/Atom", "link");
    let own = document.descendants().find(|node| node.has_tag_name(atom)).unwrap();
    assert_eq!((own.attribute("rel"), own.attribute("href")), (Some("self"), Some("https://example.org/news/rss.xml")));
    assert!(rss.contains("<?xml-stylesheet type=\"text/css\" href=\"/news/feeds.css\"?>"), "{rss}");

    let atom = project.read("atom.xml").unwrap();
    let document = roxmltree::Document::parse(&atom).unwrap();
    let own = document.descendants().find(|node| node.attribute("rel") == Some("self")).unwrap();
    assert_eq!(own.attribute("href"), Some("https://example.org/news/atom.xml"));
    let entries: Vec<_> = document.descendants().filter(|node| node.tag_name().name() == "entry").collect();
    let language = (roxmltree::NS_XML_URI, "lang");
    assert_eq!(entries[0].attribute(language), Some("zh-Hans"));
    assert_eq!(entries[1].attribute(language), Some("en"));

    let json: serde_json::Value = serde_json::from_str(&project.read("feed.json").unwrap()).unwrap();
    assert_eq!(json["version"], "https://jsonfeed.org/version/1.1");
    assert_eq!(json["feed_url"], "https://example.org/news/feed.json");
    assert_eq!(json["home_page_url"], "https://example.org/news/");
    let dock = &json["items"][1];
    assert_eq!(dock["date_published"], "2026-05-02T09:30:00+08:00");
    assert_eq!(dock["date_modified"], "2026-05-04T09:00:00+08:00");
    assert_eq!(dock["authors"][0]["avatar"], "https://example.org/news/authors/ana.svg");
    assert_eq!(dock["image"], "https://example.org/news/world/2026/05/dock/dock.png");
    assert_eq!((&json["items"][0]["language"], &dock["language"]), (&"zh-Hans".into(), &"en".into()));
}

#[test]
fn every_list_has_feeds_and_the_opml_names_them() {
    let project = newsroom();
    let lists = [
        ("", "The Test", 4),
        ("corrections/", "Corrections – The Test", 1),
        ("world/", "The World – The Test", 3),
        ("world/sinica/", "中国 – The Test", 1),
        ("business/", "Business – The Test", 1),
        ("authors/ana/", "Ana Lopes – The Test", 2),
        ("authors/agency/", "Agency – The Test", 1),
        ("authors/desk/", "The Desk – The Test", 1),
        ("tags/ports/", "Ports – The Test", 1),
        ("tags/rail-road/", "Rail & Road – The Test", 1),
        ("region/east-asia/", "East Asia – The Test", 1),
        ("series/harbour-lights/", "Harbour lights – The Test", 1),
    ];
    for (folder, name, stories) in lists {
        for feed in project.feeds(folder) {
            assert_eq!(feed.title.unwrap().content, name);
            assert_eq!(feed.entries.len(), stories, "{folder}");
            assert_eq!(page(&feed.links), format!("https://example.org/news/{folder}"));
        }
    }
    assert_eq!(project.feed_paths().len(), lists.len() * 3, "{:?}", project.feed_paths());
    let section = &project.feeds("world/sinica/")[0];
    assert_eq!(section.language.as_deref(), Some("zh-hans"));
    assert_eq!(project.feeds("world/")[0].description.as_ref().unwrap().content, "From abroad");
    let opml = project.read("feeds.opml").unwrap();
    let opml = roxmltree::Document::parse(&opml).unwrap();
    assert_eq!(opml.root_element().attribute("version"), Some("2.0"));
    let outlines: Vec<_> = opml.descendants().filter(|node| node.has_attribute("xmlUrl")).collect();
    for (folder, name, _) in lists {
        let url = format!("https://example.org/news/{folder}rss.xml");
        let outline = outlines.iter().find(|outline| outline.attribute("xmlUrl") == Some(url.as_str())).expect(folder);
        assert_eq!(outline.attribute("type"), Some("rss"));
        assert_eq!(outline.attribute("text"), name.strip_suffix(" – The Test").or(Some("The Test")));
        assert_eq!(outline.attribute("htmlUrl"), Some(format!("https://example.org/news/{folder}").as_str()));
    }
    assert_eq!(outlines.len(), lists.len());
    let groups = opml.descendants().filter(|node| node.has_tag_name("outline") && !node.has_attribute("xmlUrl"));
    let groups: Vec<&str> = groups.filter_map(|group| group.attribute("text")).collect();
    assert_eq!(groups, ["Sections", "Staff", "Tags", "Regions", "Series"]);
}

#[test]
fn the_configuration_chooses_feeds() {
    let project = newsroom();
    let with = |feeds: &str| {
        project.write("site.yaml", format!("{SETTINGS}feeds: {feeds}\n"));
        project.build();
        project.feed_paths()
    };
    assert_eq!(with("false"), Vec::<String>::new());
    assert!(project.read("feeds.opml").is_none() && project.read("feeds.css").is_none());
    assert_eq!(with("{formats: [atom], lists: [site, series]}"), ["atom.xml", "series/harbour-lights/atom.xml"]);
    assert!(project.read("feeds.opml").unwrap().contains("https://example.org/news/atom.xml"));
    assert_eq!(with("{lists: [tags, taxonomies], min_articles: 2}"), Vec::<String>::new());
    assert_eq!(with("{formats: [json], items: 2, lists: [site]}"), ["feed.json"]);
    assert_eq!(parsed(&project.read("feed.json").unwrap()).entries.len(), 2);
    assert!(project.read("feeds.opml").unwrap().contains("https://example.org/news/feed.json"));
    with("{content: summary}");
    for path in project.feed_paths() {
        let text = project.read(&path).unwrap();
        assert!(!text.contains("Now <em>this") && !text.contains("content:encoded>"), "{path}");
        parsed(&text);
    }
    let json: serde_json::Value = serde_json::from_str(&project.read("feed.json").unwrap()).unwrap();
    assert_eq!(json["items"][1]["summary"], "What it says & means");
    assert!(json["items"][1].get("content_html").is_none());
}

#[test]
fn feeds_are_in_the_language_of_the_site() {
    let project = newsroom();
    project.write("site.yaml", SETTINGS.replace("The Test", "الاختبار").replace("timezone", "language: ar\ntimezone"));
    project.build();
    let style = project.read("feeds.css").unwrap();
    assert!(style.contains("direction: rtl") && style.contains("content: \"هذه خلاصة"), "{style}");
    for (feed, format) in project.feeds("").iter().zip(FORMATS) {
        assert_eq!(feed.language.as_deref(), Some("ar"), "{format}");
        assert_eq!(feed.title.as_ref().unwrap().content, "الاختبار");
    }
    // A section may have one of its own.
    let section = &project.feeds("world/sinica/")[1];
    assert_eq!(section.title.as_ref().unwrap().content, "中国 – الاختبار");
    assert_eq!(section.language.as_deref().map(str::to_lowercase).as_deref(), Some("zh-hans"));
}

#[test]
fn a_new_story_touches_the_feeds_of_its_lists() {
    let project = newsroom();
    let old = "date: 1990-01-01\nauthors: ana\ntags: [Rare]";
    project.write("content/world/old.md", story("Old", old, "Text."));
    project.build();
    let new = "date: 2026-07-01\nauthors: desk\ntags: [Ports]";
    project.write("content/business/new.md", story("New", new, "Text."));
    let mut touched = project.touches();
    touched.retain(|path| support::is_feed(path));
    let lists = ["", "authors/desk/", "business/", "tags/ports/"];
    let mut wanted: Vec<String> =
        lists.iter().flat_map(|list| FORMATS.map(|format| format!("{list}{format}"))).collect();
    wanted.sort();
    touched.sort();
    assert_eq!(touched, wanted);
    assert_eq!(project.touches(), Vec::<String>::new());
    // A headline is in the feeds, and the list of feeds contains nothing about stories.
    project.write("content/business/new.md", story("Newer", new, "Text."));
    let touched = project.touches();
    assert!(wanted.iter().all(|path| touched.contains(path)), "{touched:?}");
    assert!(!touched.iter().any(|path| path.starts_with("feeds.")), "{touched:?}");
}

#[test]
fn every_amendment_is_an_entry_that_keeps_its_id() {
    let project = newsroom();
    let with = |amendments: &str| {
        project
            .write("content/world/weir.md", format!("---\ntitle: Weir\ndate: 2026-05-01\n{amendments}\n---\nWater.\n"));
        project.build();
        let mut feeds = project.feeds("corrections/");
        feeds.iter_mut().for_each(|feed| feed.entries.retain(|entry| entry.id.contains(":world/weir#")));
        let ids = |feed: &feed_rs::model::Feed| feed.entries.iter().map(|entry| entry.id.clone()).collect::<Vec<_>>();
        assert!(feeds.iter().all(|feed| ids(feed) == ids(&feeds[0])), "all formats tell the same");
        feeds
    };
    let correction = |date: &str, text: &str| format!("{{date: {date}, text: \"{text}\"}}");
    let one = correction("2026-05-10 10:00", "13 & <b>not</b> 12");
    let feeds = with(&format!("corrections: [{one}]"));
    let id = "tag:example.org,2026-05-01:world/weir#correction-2026-05-10-1000";
    for feed in &feeds {
        let entry = &feed.entries[0];
        assert_eq!((entry.id.as_str(), title(entry)), (id, "Correction: Weir"));
        assert_eq!(html(entry), Some("<p>13 &amp; &lt;b&gt;not&lt;/b&gt; 12</p>"));
        let page = "https://example.org/news/world/2026/05/weir/";
        assert_eq!(entry.links[0].href, format!("{page}#correction-2026-05-10-1000"));
        assert!(project.read("world/2026/05/weir/index.html").unwrap().contains("id=\"correction-2026-05-10-1000\""));
    }
    // Whatever other stories come earlier, later or at the same time, the first keeps its id.
    let others =
        [correction("2026-05-10 10:00", "Too"), correction("2026-05-11", "Later"), correction("2026-05-02", "Earlier")];
    let note = "notes: [{kind: editors-note, date: 2026-05-12, text: Looked into}]";
    let feeds = with(&format!("corrections: [{one}, {}]\n{note}", others.join(", ")));
    let texts: Vec<_> =
        feeds[0].entries.iter().map(|entry| (title(entry), entry.id.rsplit('#').next().unwrap())).collect();
    assert_eq!(
        texts[..3],
        [
            ("Editor’s note: Weir", "editors-note-2026-05-12"),
            ("Correction: Weir", "correction-2026-05-11"),
            ("Correction: Weir", "correction-2026-05-10-1000-no2"),
        ]
    );
    assert_eq!(
        feeds[0].entries.iter().find(|entry| entry.id == id).and_then(html),
        Some("<p>13 &amp; &lt;b&gt;not&lt;/b&gt; 12</p>")
    );
}
