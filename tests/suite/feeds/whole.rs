//! The parts of stories in feeds other than their text: everything around it on the page, and recordings.

use feed_rs::model::{Entry, Feed};

use super::{FORMATS, Project, SETTINGS, html, story, title};

/// A story with everything around its text.
const RICH: &str = "date: 2026-10-07 09:00\nupdated: 2026-10-07 10:00\nauthors: ana\nkind: opinion\nkicker: On the quay\n\
    deck: Whose harbour <is> it?\ndateline: MOMBASA\nseries: Tides\n\
    image: {src: gate.png, alt: \"The \\\"old\\\" gate\", caption: The gate & its keeper, credit: Ana L.}\n\
    corrections:\n  - {date: 2026-10-08 14:00, text: \"We gave <12> ships; there are 13.\"}\n\
    notes:\n  - {kind: editors-note, date: 2026-10-09, text: The port disputes this.}\n\
    sources: [{name: The port's books, url: /about/}, A clerk]\n";

fn project(more: &str) -> Project {
    let project = Project::new(&[("content/pages/about.md", "---\ntitle: About\n---\n\nWe.\n")]);
    project.write("site.yaml", format!("{SETTINGS}{more}"));
    project.write("content/world/gate.png", "no picture");
    project.write("content/world/gate.md", story("The gate", RICH, "The body *text*.\n\nIts end."));
    project.build();
    project
}

#[track_caller]
fn entry<'f>(feed: &'f Feed, name: &str) -> &'f Entry {
    feed.entries.iter().find(|entry| title(entry) == name).unwrap()
}

const FIGURE: &str = "<figure><img src=\"https://example.org/news/world/gate.png\" alt=\"The “old” gate\">\
    <figcaption>The gate &amp; its keeper <small>Ana L.</small></figcaption></figure>\n";
const HEAD: &str = "<p><strong>Opinion</strong> On the quay</p>\n<p>This is the author’s opinion.</p>\n\
    <p><strong>Whose harbour &lt;is&gt; it?</strong></p>\n\
    <p>Series: <a href=\"https://example.org/news/series/tides/\">Tides</a></p>\n";
const NOTICES: &str = "<p><strong>Editor’s note</strong> <time datetime=\"2026-10-09T00:00:00+08:00\">October 9, 2026</time>: \
    The port disputes this.</p>\n<p><strong>Correction</strong> \
    <time datetime=\"2026-10-08T14:00:00+08:00\">October 8, 2026, 2:00\u{202f}PM</time>: \
    We gave &lt;12&gt; ships; there are 13.</p>\n";
const TEXT: &str = "<p>MOMBASA — The body <em>text</em>.</p>\n<p>Its end.</p>\n";
const SOURCES: &str = "<p>Sources</p>\n<ul>\n<li><a href=\"https://example.org/news/about/\">The port’s books</a></li>\n\
    <li>A clerk</li>\n</ul>\n";

#[test]
fn a_text_version_has_the_order_of_its_page() {
    let above = [FIGURE, HEAD, NOTICES, TEXT, SOURCES].concat();
    let below = [FIGURE, HEAD, TEXT, NOTICES, SOURCES].concat();
    for (more, wanted) in [("", above), ("corrections: {position: below}\n", below)] {
        let project = project(more);
        for (feed, format) in project.feeds("world/").iter().zip(FORMATS) {
            let gate = entry(feed, "The gate");
            assert_eq!(html(gate).unwrap().trim(), wanted.trim(), "{format}");
            let categories: Vec<&str> = gate.categories.iter().map(|category| category.term.as_str()).collect();
            assert_eq!(categories, ["World", "Opinion"], "{format}");
        }
        assert_eq!(project.touches(), Vec::<String>::new());
    }
}

#[test]
fn strings_around_a_text_are_in_the_language_of_the_story() {
    let project = project("");
    let german = "date: 2026-10-07\nlanguage: de\nkind: sponsored\ndateline: KIEL\ncorrections: [{date: 2026-10-08, text: Neu.}]";
    project.write("content/world/kiel.md", story("Kiel", german, "## Zuerst\n\nDann."));
    project.build();
    for (feed, format) in project.feeds("").iter().zip(FORMATS) {
        let kiel = entry(feed, "Kiel");
        let text = html(kiel).unwrap();
        assert!(text.starts_with("<p><strong>Anzeige</strong></p>\n<p>Für diesen Beitrag hat"), "{format}: {text}");
        assert!(text.contains("<p><strong>Korrektur</strong> <time"), "{format}: {text}");
        assert!(text.contains(">8. Oktober 2026</time>: Neu.</p>"), "{format}: {text}");
        // If a text does not begin with words, the dateline comes before it.
        assert!(text.contains("<p>KIEL –</p>\n<h2"), "{format}: {text}");
        assert!(kiel.categories.iter().any(|category| category.term == "Anzeige"), "{format}");
    }
}

#[test]
fn an_edit_around_the_text_reaches_the_feeds() {
    let project = project("");
    for (old, new) in
        [("its keeper", "the keeper"), ("there are 13", "there are 14"), ("MOMBASA", "LAMU"), ("/about/", "/about/#we")]
    {
        project
            .write("content/world/gate.md", story("The gate", &RICH.replace(old, new), "The body *text*.\n\nIts end."));
        let touched = project.touches();
        for format in FORMATS {
            assert!(touched.contains(&format!("world/{format}")), "{new}: {touched:?}");
        }
    }
    // The same happens when a page moves.
    project.write("content/world/gate.md", story("The gate", &RICH.replace("/about/", "../pages/about.md"), "Text."));
    project.build();
    project.write("content/pages/about.md", "---\ntitle: About\nslug: us\n---\n\nWe.\n");
    project.build();
    assert!(html(&project.feeds("")[0].entries[0]).unwrap().contains("https://example.org/news/us/"));
}

#[test]
fn descriptions_of_rss_are_html_and_other_summaries_text() {
    let words = "It said <b>no</b> & 5 &lt; 6, \"so\" & 'thus'";
    let more = format!(
        "date: 2026-10-07\nsummary: {}\ncorrections: [{{date: 2026-10-08, text: {}}}]",
        serde_json::json!(words),
        serde_json::json!(words)
    );
    for settings in ["smart_punctuation: false\n", "smart_punctuation: false\nfeeds: {content: summary}\n"] {
        let project = project(settings);
        project.write("content/world/words.md", story("Words", &more, "He wrote \\<script\\> and left."));
        project.build();
        let escaped = "It said &lt;b&gt;no&lt;/b&gt; &amp; 5 &amp;lt; 6, &quot;so&quot; &amp; 'thus'";
        for folder in ["", "corrections/"] {
            let rss = project.read(&format!("{folder}rss.xml")).unwrap();
            let document = roxmltree::Document::parse(&rss).unwrap();
            let items = document.descendants().filter(|node| node.has_tag_name("item"));
            let items = items
                .filter(|item| item.descendants().any(|node| node.text().is_some_and(|text| text.contains("Words"))));
            let descriptions = items.flat_map(|item| item.children().filter(|node| node.has_tag_name("description")));
            let descriptions: Vec<&str> = descriptions.filter_map(|node| node.text()).collect();
            assert_eq!(descriptions.len(), 1, "{folder}");
            assert!(descriptions[0].contains(escaped), "{folder}: {}", descriptions[0]);
            let atom = project.read(&format!("{folder}atom.xml")).unwrap();
            assert!(
                super::parsed(&atom)
                    .entries
                    .iter()
                    .any(|entry| { entry.summary.as_ref().is_some_and(|summary| summary.content.contains(words)) }),
                "{folder}: {atom}"
            );
            let json: serde_json::Value =
                serde_json::from_str(&project.read(&format!("{folder}feed.json")).unwrap()).unwrap();
            let items = json["items"].as_array().unwrap();
            assert!(items.iter().any(|item| item["summary"] == words), "{folder}: {json}");
        }
    }
}

#[test]
fn feeds_of_summaries_show_corrections_and_kinds() {
    let project = project("feeds: {content: summary}\n");
    let wanted = [
        "Opinion: This is the author’s opinion.",
        "The body text.",
        "Editor’s note October 9, 2026: The port disputes this.",
        "Correction October 8, 2026, 2:00\u{202f}PM: We gave <12> ships; there are 13.",
    ];
    let [rss, atom, json] = FORMATS.map(|format| project.read(format).unwrap());
    let rss = roxmltree::Document::parse(&rss).unwrap();
    let item = rss.descendants().find(|node| node.has_tag_name("item")).unwrap();
    let description = item.children().find(|node| node.has_tag_name("description")).unwrap().text().unwrap();
    let paragraphs = wanted.map(|words| format!("<p>{}</p>", words.replace('<', "&lt;").replace('>', "&gt;"))).concat();
    assert_eq!(description, paragraphs);
    assert_eq!(super::parsed(&atom).entries[0].summary.as_ref().unwrap().content, wanted.join("\n\n"));
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["items"][0]["content_text"], wanted.join("\n\n"));
    assert_eq!(json["items"][0]["summary"], "The body text.");
}

/// Recordings as RSS, Atom and JSON Feed have them: URL, length and type.
fn enclosures(project: &Project, name: &str) -> [Vec<(String, Option<u64>, String)>; 3] {
    let [rss, atom, json] = FORMATS.map(|format| project.read(format).unwrap());
    let of_xml = |text: &str, entry: &str, element: &str, url: &str| {
        let document = roxmltree::Document::parse(text).unwrap();
        let is_title = |node: &roxmltree::Node| node.tag_name().name() == "title" && node.text() == Some(name);
        let entry = document
            .descendants()
            .find(|node| node.tag_name().name() == entry && node.children().any(|node| is_title(&node)));
        let links =
            entry.unwrap().children().filter(|node| node.tag_name().name() == element && node.has_attribute("type"));
        let links = links.filter(|node| node.attribute("rel").is_none_or(|rel| rel == "enclosure"));
        let value = |node: &roxmltree::Node, name: &str| node.attribute(name).map(str::to_owned);
        let all = links.map(|node| {
            let length = value(&node, "length").map(|length| length.parse().unwrap());
            (value(&node, url).unwrap(), length, value(&node, "type").unwrap())
        });
        all.collect::<Vec<_>>()
    };
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let item = json["items"].as_array().unwrap().iter().find(|item| item["title"] == name).unwrap().clone();
    let attachments = item["attachments"].as_array().cloned().unwrap_or_default();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let attachments =
        attachments.iter().map(|one| (text(&one["url"]), one["size_in_bytes"].as_u64(), text(&one["mime_type"])));
    [of_xml(&rss, "item", "enclosure", "url"), of_xml(&atom, "entry", "link", "href"), attachments.collect()]
}

#[test]
fn recordings_are_enclosures() {
    let body = "{{< audio src=\"Der Turm.mp3\" title=\"The talk\" >}}\n\n\
        <video controls poster=\"gate.png\"><source src=\"boat.webm\" type=\"video/webm\"><source src=\"boat.mp4\"></video>\n\n\
        <audio src=\"https://cdn.example.net/talk.m4a?a=1&amp;b=2\"></audio>\n\n\
        <!-- <audio src=\"secret.mp3\"></audio> -->\n\n`<audio src=\"code.mp3\">`, [a file](other.mp3).\n";
    let front = "date: 2026-10-07\nauthors: ana";
    for settings in ["", "feeds: {content: summary}\n", "html: trusted\n"] {
        let project = project(settings);
        for (name, length) in [("Der Turm.mp3", 1_234), ("boat.webm", 99), ("boat.mp4", 9), ("other.mp3", 7)] {
            project.write(&format!("content/world/{name}"), vec![b'x'; length]);
        }
        project.write("content/world/talk.md", story("Talk", front, body));
        project.write("content/world/silent.md", story("Silent", front, "Nothing is heard; [a file](other.mp3)."));
        project.build();
        let own = |name: &str, length, kind: &str| {
            (format!("https://example.org/news/world/{name}"), Some(length), kind.to_owned())
        };
        let away = ("https://cdn.example.net/talk.m4a?a=1&b=2".to_owned(), None, "audio/mp4".to_owned());
        let all = vec![own("Der%20Turm.mp3", 1_234, "audio/mpeg"), own("boat.webm", 99, "video/webm"), away.clone()];
        assert_eq!(enclosures(&project, "Talk"), [all[..1].to_vec(), all.clone(), all], "{settings}");
        assert_eq!(enclosures(&project, "Silent"), [vec![], vec![], vec![]], "{settings}");
        assert_eq!(project.touches(), Vec::<String>::new(), "{settings}");
        // The length of a file on another host is unknown.
        project.write(
            "content/world/away.md",
            story("Away", front, "<audio src=\"https://cdn.example.net/talk.m4a?a=1&amp;b=2\"></audio>"),
        );
        // Another recording under the same name has another length.
        project.write("content/world/Der Turm.mp3", vec![b'y'; 4_321]);
        let touched = project.touches();
        assert!(FORMATS.iter().all(|format| touched.contains(&(*format).to_owned())), "{settings}: {touched:?}");
        assert_eq!(enclosures(&project, "Talk")[0], [own("Der%20Turm.mp3", 4_321, "audio/mpeg")], "{settings}");
        assert_eq!(enclosures(&project, "Away")[0], [(away.0.clone(), Some(0), away.2.clone())], "{settings}");
        assert_eq!(enclosures(&project, "Away")[2], [away], "{settings}");
    }
}
