//! Sitemaps, their index and `robots.txt`, read by an XML parser and checked against the rules of sitemaps.org and of
//! Google's news and picture sitemaps.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use crate::support::{self, Call, run, scratch, stamps, touched};
use presswork::plan::{MAX_BYTES, MAX_IMAGES, MAX_NEWS, MAX_URL, MAX_URLS};
use tempfile::TempDir;

const PROTOCOL: &str = "http://www.sitemaps.org/schemas/sitemap/0.9";
const IMAGES: &str = "http://www.google.com/schemas/sitemap-image/1.1";
const NEWS: &str = "http://www.google.com/schemas/sitemap-news/0.9";

/// A project whose theme has one line.
struct Project {
    folder: TempDir,
}

impl Project {
    fn new(settings: &str) -> Project {
        let project = Project { folder: scratch() };
        project.write(
            "site.yaml",
            format!(
                "title: The Test & Tribune\nbase_url: https://example.org/news/\ntimezone: Asia/Kolkata\ntheme: bare\n\
             feeds: false\n{settings}"
            ),
        );
        fs::create_dir(project.root().join("content")).unwrap();
        project.write("themes/bare/theme.yaml", "name: bare\n");
        for template in presswork::render::REQUIRED {
            project.write(&format!("themes/bare/templates/{template}"), "<p>{{ page.title }}</p>\n");
        }
        project
    }

    fn root(&self) -> &Path {
        self.folder.path()
    }

    fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.root().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn story(&self, name: &str, front: &str) {
        self.write(&format!("content/world/{name}.md"), format!("---\ntitle: {name}\n{front}\n---\nWords.\n"));
    }

    fn build(&self) -> Vec<String> {
        self.build_at(support::INSTANT)
    }

    #[track_caller]
    fn build_at(&self, at: &str) -> Vec<String> {
        let built = run(self.root(), &Call { at: at.to_owned(), ..Call::default() });
        assert!(built.code == 0 && built.problem.is_none(), "{built:?}");
        built.diagnostics
    }

    fn published(&self, path: &str) -> PathBuf {
        self.root().join("public").join(path)
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.published(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// The entries of a sitemap, checked against the rules for all of them.
    fn sitemap(&self, name: &str) -> Vec<Entry> {
        let text = self.read(name);
        assert!(text.len() <= MAX_BYTES, "{name} has {} bytes", text.len());
        let document = roxmltree::Document::parse(&text).unwrap();
        let root = document.root_element();
        assert!(root.has_tag_name((PROTOCOL, "urlset")));
        let entries: Vec<Entry> = root.children().filter(roxmltree::Node::is_element).map(Entry::new).collect();
        assert!(entries.len() <= MAX_URLS);
        for entry in &entries {
            assert!(entry.loc.starts_with("https://example.org/news/") && entry.loc.len() < MAX_URL, "{}", entry.loc);
            assert!(entry.images.len() <= MAX_IMAGES);
            if let Some(changed) = &entry.changed {
                // W3C: a complete date with hours, minutes, seconds and an offset.
                assert!(changed.parse::<jiff::Timestamp>().is_ok() && changed.ends_with("+05:30"), "{changed}");
            }
        }
        entries
    }

    /// The sitemaps in the index, with their last changes.
    fn index(&self) -> BTreeMap<String, Option<String>> {
        let text = self.read("sitemap.xml");
        let document = roxmltree::Document::parse(&text).unwrap();
        let root = document.root_element();
        assert!(root.has_tag_name((PROTOCOL, "sitemapindex")));
        let sitemaps = root.children().filter(roxmltree::Node::is_element).map(|sitemap| {
            assert!(sitemap.has_tag_name((PROTOCOL, "sitemap")));
            let loc = child(sitemap, PROTOCOL, "loc").unwrap();
            (loc.strip_prefix("https://example.org/news/").unwrap().to_owned(), child(sitemap, PROTOCOL, "lastmod"))
        });
        sitemaps.collect()
    }
}

struct Entry {
    loc: String,
    changed: Option<String>,
    images: Vec<String>,
    news: Option<Newsy>,
}

#[derive(Debug, PartialEq)]
struct Newsy {
    name: String,
    language: String,
    date: String,
    title: String,
}

fn child(node: roxmltree::Node<'_, '_>, namespace: &str, name: &str) -> Option<String> {
    let found = node.children().find(|child| child.has_tag_name((namespace, name)))?;
    Some(found.text().unwrap_or_default().to_owned())
}

impl Entry {
    fn new(url: roxmltree::Node<'_, '_>) -> Entry {
        assert!(url.has_tag_name((PROTOCOL, "url")));
        let element = |namespace, name| url.children().find(move |child| child.has_tag_name((namespace, name)));
        let known = ["loc", "lastmod", "image", "news"];
        let names = url.children().filter(roxmltree::Node::is_element).map(|child| child.tag_name().name().to_owned());
        assert!(names.into_iter().all(|name| known.contains(&name.as_str())), "no changefreq, no priority");
        let images = url.children().filter(|child| child.has_tag_name((IMAGES, "image")));
        let news = element(NEWS, "news").map(|news| {
            let publication = news.children().find(|child| child.has_tag_name((NEWS, "publication"))).unwrap();
            Newsy {
                name: child(publication, NEWS, "name").unwrap(),
                language: child(publication, NEWS, "language").unwrap(),
                date: child(news, NEWS, "publication_date").unwrap(),
                title: child(news, NEWS, "title").unwrap(),
            }
        });
        Entry {
            loc: child(url, PROTOCOL, "loc").unwrap(),
            changed: child(url, PROTOCOL, "lastmod"),
            images: images.map(|image| child(image, IMAGES, "loc").unwrap()).collect(),
            news,
        }
    }
}

fn locs(entries: &[Entry]) -> Vec<&str> {
    entries.iter().map(|entry| entry.loc.strip_prefix("https://example.org/news/").unwrap()).collect()
}

#[test]
fn a_month_lists_its_stories_with_their_last_change_and_pictures() {
    let project = Project::new("");
    project.write("content/static/img/lead.jpg", "jpg");
    project.write("content/static/img/inside.png", "png");
    project.write("content/static/notes.pdf", "pdf");
    let text = "---\ntitle: Flood\ndate: 2026-03-31 23:30\nimage: /static/img/lead.jpg\n\
        corrections: [{date: 2026-05-04 08:00, text: The river is the Ganga}]\n---\n\
        ![In it](/static/img/inside.png)\n![Again](/static/img/lead.jpg)\n[Notes](/static/notes.pdf)\n";
    project.write("content/world/flood.md", text);
    project.story(
        "updated",
        "date: 2026-03-02T10:00:00Z\nupdated: 2026-04-01 12:00\nimage: https://cdn.example/a.jpg?a=1&b=2",
    );
    project.story("april", "date: 2026-04-01 00:10\nimage: //cdn.example/b.jpg");
    project.build();
    let march = project.sitemap("sitemap-2026-03.xml");
    assert_eq!(locs(&march), ["world/2026/03/updated/", "world/2026/03/flood/"]);
    assert_eq!(march[0].changed.as_deref(), Some("2026-04-01T12:00:00+05:30"));
    assert_eq!(march[0].images, ["https://cdn.example/a.jpg?a=1&b=2"]);
    assert_eq!(march[1].changed.as_deref(), Some("2026-05-04T08:00:00+05:30"));
    assert_eq!(march[1].images, ["https://example.org/news/img/lead.jpg", "https://example.org/news/img/inside.png"]);
    let april = project.sitemap("sitemap-2026-04.xml");
    assert_eq!(locs(&april), ["world/2026/04/april/"]);
    assert_eq!(april[0].images, ["https://cdn.example/b.jpg"]);
    let index = project.index();
    assert_eq!(index["sitemap-2026-03.xml"].as_deref(), Some("2026-05-04T08:00:00+05:30"));
    assert_eq!(index["sitemap-2026-04.xml"].as_deref(), Some("2026-04-01T00:10:00+05:30"));
    assert_eq!(index.len(), 4, "{index:?}");
}

#[test]
fn pictures_that_the_page_hides_are_not_listed() {
    let project = Project::new("");
    let names = ["a", "b", "c", "d", "e", "f"];
    for name in names {
        project.write(&format!("content/static/img/{name}.png"), "x");
    }
    let text = "---\ntitle: Flood\ndate: 2026-03-31 23:30\n---\n\
        One <img src=\"/static/img/a.png\" alt=\"\" hidden> two <img src=\"/static/img/b.png\" alt=\"\" style=\"display: none\">\n\
        <picture hidden><source srcset=\"/static/img/c.png\"><img src=\"/static/img/d.png\" alt=\"\"></picture>\n\
        <picture><source srcset=\"/static/img/e.png\"><img src=\"/static/img/f.png\" alt=\"\"></picture>\n";
    project.write("content/world/flood.md", text);
    project.build();
    let entries = project.sitemap("sitemap-2026-03.xml");
    let shown = ["e", "f"].map(|name| format!("https://example.org/news/img/{name}.png"));
    assert_eq!(entries[0].images, shown);
}

#[test]
fn noindex_and_syndicated_pages_are_in_no_sitemap() {
    let project = Project::new("");
    for (name, front) in [
        ("hidden", "noindex: true"),
        ("syndicated", "canonical: https://elsewhere.example/a"),
        ("wrong", "retracted: {date: 2026-11-22, reason: It was wrong}"),
        ("gone", "withdrawn: {date: 2026-11-22}"),
        ("draft", "draft: true"),
        ("later", "embargo: 2027-01-01"),
        ("over", "expires: 2026-11-22"),
        ("shown", "tags: [Ports]"),
    ] {
        project.story(name, &format!("date: 2026-11-21\n{front}"));
    }
    project.write("content/secret/_index.md", "---\ntitle: Secret\nnoindex: true\n---\n");
    project.write("content/pages/plain.md", "---\ntitle: Plain\nupdated: 2026-01-02\n---\nWords.\n");
    project.write("content/pages/quiet.md", "---\ntitle: Quiet\nnoindex: true\n---\nWords.\n");
    project.build();
    assert_eq!(locs(&project.sitemap("sitemap-2026-11.xml")), ["world/2026/11/shown/"]);
    assert_eq!(locs(&project.sitemap("sitemap-news.xml")), ["world/2026/11/shown/"]);
    let pages = project.sitemap("sitemap-pages.xml");
    let mut found = locs(&pages);
    found.sort_unstable();
    let wanted =
        ["", "archive/", "archive/2026/", "archive/2026/11/", "latest/", "plain/", "tags/", "tags/ports/", "world/"];
    assert_eq!(found, wanted);
    let plain = pages.iter().find(|entry| entry.loc.ends_with("/plain/")).unwrap();
    assert_eq!(plain.changed.as_deref(), Some("2026-01-02T00:00:00+05:30"));
}

#[test]
fn news_is_younger_than_48_hours_at_the_instant_of_the_build() {
    let project = Project::new("");
    project.story("old", "date: 2026-11-20T12:00:00Z");
    project.story("young", "date: 2026-11-20T12:00:01Z");
    project.story("chinese", "date: 2026-11-22T08:00:00Z\nlanguage: zh-TW");
    project.story("simplified", "date: 2026-11-22T09:00:00Z\nlanguage: zh");
    project.story("german", "date: 2026-11-22T10:00:00Z\nlanguage: de-AT");
    project.story("paid", "date: 2026-11-22T11:00:00Z\nkind: sponsored");
    project.build();
    let news = project.sitemap("sitemap-news.xml");
    let of = |entry: &Entry| entry.news.as_ref().map(|news| (news.title.clone(), news.language.clone())).unwrap();
    let wanted = [("young", "en"), ("chinese", "zh-tw"), ("simplified", "zh-cn"), ("german", "de")];
    assert_eq!(news.iter().map(of).collect::<Vec<_>>(), wanted.map(|(a, b)| (a.to_owned(), b.to_owned())));
    let first = news[0].news.as_ref().unwrap();
    assert_eq!((first.name.as_str(), first.date.as_str()), ("The Test & Tribune", "2026-11-20T17:30:01+05:30"));
    // The same sources, a day and two days later: stories are news no longer, and nothing else is touched.
    let before = stamps(&project.root().join("public"));
    project.build_at("2026-11-23T12:00:00Z");
    let after = stamps(&project.root().join("public"));
    assert_eq!(touched(&before, &after), ["sitemap-news.xml"].map(str::to_owned));
    assert_eq!(project.sitemap("sitemap-news.xml").len(), 3);
    // Nothing is news any more: the newest story is listed, but not as news. The index gives its own last change.
    let before = stamps(&project.root().join("public"));
    project.build_at("2026-11-25T12:00:00Z");
    assert_eq!(touched(&before, &stamps(&project.root().join("public"))), ["sitemap-news.xml"].map(str::to_owned));
    let news = project.sitemap("sitemap-news.xml");
    assert_eq!((locs(&news), news[0].news.is_some()), (vec!["world/2026/11/german/"], false));
    assert_eq!(project.index()["sitemap-news.xml"].as_deref(), Some("2026-11-22T15:30:00+05:30"));
}

#[test]
fn a_news_sitemap_without_a_valid_story_lists_the_front_page() {
    let project = Project::new("");
    project.story("paid", "date: 2026-11-22T11:00:00Z\nkind: sponsored");
    project.story("kept-out", "date: 2026-11-22T11:00:00Z\nnoindex: true");
    project.build();
    let news = project.sitemap("sitemap-news.xml");
    assert_eq!((news.len(), &*news[0].loc, news[0].news.is_some()), (1, "https://example.org/news/", false));
}

#[test]
fn a_news_sitemap_is_split_after_a_thousand_stories() {
    let project = Project::new("");
    for number in 0..=MAX_NEWS {
        project.story(&format!("story-{number:04}"), "date: 2026-11-22");
    }
    project.build();
    let (first, second) = (project.sitemap("sitemap-news.xml"), project.sitemap("sitemap-news-2.xml"));
    assert_eq!((first.len(), second.len()), (1_000, 1));
    assert!(project.index().contains_key("sitemap-news-2.xml"));
    let robots = project.read("robots.txt");
    assert!(robots.ends_with(
        "\nSitemap: https://example.org/news/sitemap.xml\nSitemap: https://example.org/news/sitemap-news.xml\n\
         Sitemap: https://example.org/news/sitemap-news-2.xml\n"
    ));
    assert_eq!(project.sitemap("sitemap-2026-11.xml").len(), 1_001);
}

#[test]
fn a_month_of_50_001_stories_takes_two_sitemaps() {
    let project = Project::new("page_size: 1000\n");
    for number in 0..=MAX_URLS {
        project.story(&format!("s{number}"), "date: 2001-02-03");
    }
    project.build();
    let (first, second) = (project.sitemap("sitemap-2001-02.xml"), project.sitemap("sitemap-2001-02-2.xml"));
    assert_eq!((first.len(), second.len()), (50_000, 1));
    let index = project.index();
    assert!(index.contains_key("sitemap-2001-02.xml") && index.contains_key("sitemap-2001-02-2.xml"));
}

#[test]
fn a_month_of_more_than_50_mib_is_split() {
    let project = Project::new("");
    let names: Vec<String> = (0..MAX_IMAGES + 5).map(|number| format!("{}-{number}.jpg", "long".repeat(45))).collect();
    names.iter().for_each(|name| project.write(&format!("content/static/img/{name}"), ""));
    let text: String = names.iter().fold(String::new(), |mut text, name| {
        writeln!(text, "![](/static/img/{name})").unwrap();
        text
    });
    // 1,000 pictures of over 260 bytes each: 210 stories have more than 50 MiB.
    for number in 0..210 {
        let front = format!("---\ntitle: Story {number}\ndate: 2020-02-02\n---\n");
        project.write(&format!("content/world/story-{number}.md"), front + &text);
    }
    project.build();
    let parts: Vec<String> = project.index().into_keys().filter(|name| name.starts_with("sitemap-2020-02")).collect();
    let bytes: usize = parts.iter().map(|name| project.read(name).len()).sum();
    assert!(bytes > MAX_BYTES, "{bytes} bytes are no reason to split");
    let entries: Vec<Entry> = parts.iter().flat_map(|name| project.sitemap(name)).collect();
    assert!(parts.len() > 1 && entries.len() == 210, "{parts:?}");
    assert!(entries.iter().all(|entry| entry.images.len() == MAX_IMAGES));
}

#[test]
fn publishing_a_story_touches_its_month_the_index_and_the_news() {
    let project = Project::new("");
    for (name, date) in [("one", "2025-01-05"), ("two", "2025-02-05"), ("three", "2026-11-20")] {
        project.story(name, &format!("date: {date}\ntags: [Ports]"));
    }
    project.build();
    let maps = |paths: Vec<String>| paths.into_iter().filter(|path| path.ends_with(".xml")).collect::<Vec<_>>();
    let before = stamps(&project.root().join("public"));
    project.story("four", "date: 2026-11-22 09:00\ntags: [Ports]");
    project.build();
    let after = stamps(&project.root().join("public"));
    let wanted = ["sitemap-2026-11.xml", "sitemap-news.xml", "sitemap.xml"];
    assert_eq!(maps(touched(&before, &after)), wanted.map(str::to_owned));
    // A typo in a text touches none.
    project.write("content/world/one.md", "---\ntitle: one\ndate: 2025-01-05\ntags: [Ports]\n---\nOther words.\n");
    project.build();
    assert_eq!(maps(touched(&after, &stamps(&project.root().join("public")))), Vec::<String>::new());
}

#[test]
fn hostile_titles_and_names_leave_the_xml_whole() {
    let project = Project::new("smart_punctuation: false\n");
    let title = "\"]]> </news:title><script>&amp; \\uFFFE \\U0001F600 \\u202e 'q' \\\"\"";
    project.write("content/world/x.md", format!("---\ntitle: {title}\ndate: 2026-11-22\nslug: 雨-é\n---\nWords.\n"));
    project.write("content/static/img/a & b's.jpg", "jpg");
    project.story("picture", "date: 2026-11-22\nimage: \"/static/img/a & b's.jpg\"");
    project.build();
    let news = project.sitemap("sitemap-news.xml");
    let title = &news.iter().find(|entry| !entry.loc.ends_with("/picture/")).unwrap().news.as_ref().unwrap().title;
    assert_eq!(title, "]]> </news:title><script>&amp;  \u{1f600} \u{202e} 'q' \"");
    let month = project.sitemap("sitemap-2026-11.xml");
    assert!(month.iter().any(|entry| entry.loc == "https://example.org/news/world/2026/11/%E9%9B%A8-%C3%A9/"));
    let picture = month.iter().find(|entry| entry.loc.ends_with("/picture/")).unwrap();
    assert_eq!(picture.images, ["https://example.org/news/img/a%20%26%20b%27s.jpg"]);
}

#[test]
fn robots_txt_follows_the_configuration() {
    let project = Project::new("sitemaps: false\n");
    project.story("one", "date: 2026-01-01");
    project.build();
    assert_eq!(project.read("robots.txt"), "User-agent: *\nAllow: /news/\n");
    assert!(!project.published("sitemap.xml").exists() && !project.published("sitemap-news.xml").exists());
    let settings = "robots:\n  ai: deny\n  disallow: [/search/, /print/*.pdf$, /news/old/, /älter/]\n";
    let project = Project::new(settings);
    project.build();
    let robots = project.read("robots.txt");
    let (all, rest) = robots.split_once("\n\n").unwrap();
    let wanted = "User-agent: *\nDisallow: /news/search/\nDisallow: /news/print/*.pdf$\nDisallow: /news/old/\n\
                  Disallow: /news/%C3%A4lter/\nAllow: /news/";
    assert_eq!(all, wanted, "crawlers read it at the root of the host: its paths are those of the host");
    let (crawlers, maps) = rest.split_once("\n\n").unwrap();
    let rules: Vec<&str> = crawlers.lines().collect();
    assert!(rules.len() > 20 && rules.last() == Some(&"Disallow: /news/"));
    for known in ["GPTBot", "ClaudeBot", "CCBot", "Google-Extended", "Bytespider"] {
        assert!(rules.contains(&format!("User-agent: {known}").as_str()), "{known}");
    }
    assert_eq!(maps, "Sitemap: https://example.org/news/sitemap.xml\n");
}

#[test]
fn a_newsrooms_own_robots_txt_counts() {
    let project = Project::new("");
    project.write("content/static/robots.txt", "User-agent: *\nDisallow: /\n");
    project.build();
    assert_eq!(project.read("robots.txt"), "User-agent: *\nDisallow: /\n");
    let project = Project::new("robots: false\n");
    project.build();
    assert!(!project.published("robots.txt").exists());
}
