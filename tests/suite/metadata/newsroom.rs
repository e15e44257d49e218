//! A site with one story for each piece of metadata, built once with Broadsheet.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use tempfile::TempDir;

use super::page::Page;
use crate::support::{self, Call, Stamp};
use crate::tree;

/// Its `site.yaml`.
pub const SITE: &str = "title: Harbour & Hill
base_url: https://example.org
timezone: Asia/Singapore
description: News from where the land ends.
page_size: 3
smart_punctuation: false
publisher:
  name: Harbour & Hill Press
  url: https://press.example.com/
  logo: /logo.svg
  same_as: [https://x.com/harbourhill, https://example.social/@harbour]
  policies: {ethics: /ethics/, ownership: https://press.example.com/owners, cookies: /ethics/}
";

const LIN: &str = "---
name: Lin \"Tan\" & Co
native_name: 譚林
role: Technology reporter
location: Singapore
url: https://lin.example.com/
image: lin.png
links: {mastodon: \"@lin@example.social\", x: lintan}
---
Lin covers &lt;ships> & chips.
";

const VOTE: &str = "---
title: The vote & what it \"means\" <today>
summary: In one sentence, with \"quotes\".
date: 2026-05-04 09:30
updated: 2026-05-06 18:05
authors: [lin, desk, {name: Gabe Guest, url: https://guest.example.com/, role: Professor}]
contributors:
  editing: {name: Ed Itor}
  translation: [{name: Tra Duttore, url: https://example.com/tra}]
  photography: desk
tags: [Council, Ports & ships]
series: {id: Harbour lights, part: 2}
dateline: SINGAPORE
image: {src: harbour.png, alt: 'Cranes \"at dusk\"', caption: The harbour, credit: Wei Chen}
corrections: [{date: 2026-05-05, text: It was Tuesday.}]
sources: [{name: The minutes, url: 'https://example.com/minutes?a=1&b=2'}, An official]
---
The council voted on Monday.
";

/// A title of 140 characters.
pub const LONG_TITLE: &str = "A headline that goes on and on, past what anybody reads, past what any search engine shows, \
                              and past a hundred and ten characters as well.";

/// A text that tries to break out of every context.
pub const HOSTILE: &str = "]]> </script><script>alert(1)</script> <!-- & &amp; \"double\" 'single' \u{202e}RTL \u{200f}\
                           \u{1f5de}\u{fe0f} \u{2028}\u{2029} line end </head>";

/// A project that was built.
pub struct Newsroom {
    folder: TempDir,
    call: Call,
}

/// The site that most tests use.
pub fn newsroom() -> &'static Newsroom {
    static NEWSROOM: OnceLock<Newsroom> = OnceLock::new();
    NEWSROOM.get_or_init(|| Newsroom::build(&files(), None))
}

/// Its sources, except the pictures.
pub fn files() -> Vec<(&'static str, &'static str)> {
    static STORIES: OnceLock<Vec<(String, String)>> = OnceLock::new();
    let mut files = vec![
        ("site.yaml", SITE),
        ("content/authors/lin.md", LIN),
        ("content/authors/desk.md", "---\nname: The Data Desk\nkind: organization\n---\n"),
        ("content/world/vote/index.md", VOTE),
        ("content/pages/ethics.md", "---\ntitle: How we work\nupdated: 2026-03-01\n---\nWith care.\n"),
        ("content/static/logo.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>"),
    ];
    let stories = STORIES.get_or_init(stories).iter();
    files.extend(stories.map(|(path, text)| (path.as_str(), text.as_str())));
    files
}

fn stories() -> Vec<(String, String)> {
    let mut stories = Vec::new();
    let mut add = |name: &str, day: usize, keys: &str, text: &str| {
        let front = format!("date: 2026-04-{day:02} 08:00\n{keys}");
        stories.push((format!("content/world/{name}.md"), format!("---\n{front}\n---\n{text}\n")));
    };
    let kinds =
        ["analysis", "opinion", "review", "feature", "interview", "obituary", "press-release", "sponsored", "live"];
    for (at, kind) in kinds.into_iter().enumerate() {
        add(kind, at + 1, &format!("title: The {kind}\nkind: {kind}\nauthors: lin"), "Words.");
    }
    add("wire", 11, "title: Wired\nwire: {name: Archipelago, url: https://wire.example.com/}", "Words.");
    add("unsigned", 12, "title: Unsigned", "Words.");
    add("own-line", 13, "title: Own line\nauthors: lin\nbyline: By our own", "Words.");
    let original = "canonical: 'https://original.example.com/story?id=1&x=2'";
    add("syndicated", 14, &format!("title: Syndicated\nauthors: lin\n{original}"), "Words.");
    let reason = "retracted: {date: 2026-05-01, reason: The <documents> were forged.}";
    add("retracted", 15, &format!("title: Retracted\nauthors: lin\n{reason}"), "Words.");
    add("unlisted", 16, "title: Unlisted\nauthors: lin\nnoindex: true", "Words.");
    add("long", 17, &format!("title: \"{LONG_TITLE}\"\nseo_title: Short for search\nauthors: lin"), "Words.");
    add("zh", 18, "title: 投票\nlanguage: zh-Hant\nauthors: lin", "議會星期一投票。");
    let escaped = ['\u{2028}', '\u{2029}'];
    let hostile = escaped.iter().fold(serde_json::to_string(HOSTILE).unwrap(), |text, &letter| {
        text.replace(letter, &format!("\\u{:04x}", u32::from(letter)))
    });
    let keys = format!(
        "title: {hostile}\nsummary: {hostile}\ndateline: {hostile}\nauthors: [{{name: {hostile}}}]\ntags: [{hostile}]\n\
         slug: hostile\ncorrections: [{{date: 2026-04-20, text: {hostile}}}]"
    );
    add("hostile", 19, &keys, "Words.");
    stories
}

impl Newsroom {
    /// Builds a site of these files.
    pub fn build(files: &[(&str, &str)], base_url: Option<&str>) -> Newsroom {
        let folder = support::scratch();
        write(&folder.path().join("content/_index.md"), b"");
        for (path, text) in files {
            write(&folder.path().join(path), text.as_bytes());
        }
        if files.len() > 10 {
            let harbour = include_bytes!("harbour.png");
            write(&folder.path().join("content/world/vote/harbour.png"), harbour);
            let lin = include_bytes!("../contract/site/content/authors/ana.png");
            write(&folder.path().join("content/authors/lin.png"), lin);
        }
        let newsroom = Newsroom { folder, call: Call { base_url: base_url.map(str::to_owned), ..Call::default() } };
        newsroom.run();
        newsroom
    }

    fn run(&self) {
        let built = support::run(self.folder.path(), &self.call);
        assert_eq!((built.code, built.problem), (0, None), "{:#?}", built.diagnostics);
    }

    /// Changes a file and builds again.
    pub fn edit(&self, path: &str, text: &str) {
        write(&self.folder.path().join(path), text.as_bytes());
        self.run();
    }

    /// The text of a page by its path below the site: `world/` or `404.html`.
    pub fn bytes(&self, path: &str) -> String {
        let file = if path.is_empty() || path.ends_with('/') { format!("{path}index.html") } else { path.to_owned() };
        fs::read_to_string(self.folder.path().join("public").join(&file)).unwrap_or_else(|why| panic!("{file}: {why}"))
    }

    /// A page by its path below the site.
    pub fn page(&self, path: &str) -> Page {
        Page::parse(&self.bytes(path))
    }

    /// The paths of all files with this ending.
    pub fn files(&self, ending: &str) -> Vec<String> {
        let built = tree::read(&self.folder.path().join("public")).unwrap();
        built.keys().filter_map(|path| path.to_str()).filter(|path| path.ends_with(ending)).map(str::to_owned).collect()
    }

    /// The stamps of all files of the output.
    pub fn stamps(&self) -> BTreeMap<PathBuf, Stamp> {
        support::stamps(&self.folder.path().join("public"))
    }

    /// The paths of all pages that templates have made.
    pub fn pages(&self) -> Vec<String> {
        let built = tree::read(&self.folder.path().join("public")).unwrap();
        let pages = built.iter().filter(|(path, _)| path.extension().is_some_and(|ending| ending == "html"));
        let pages = pages.filter(|(_, bytes)| !String::from_utf8_lossy(bytes).contains("http-equiv=\"refresh\""));
        pages.map(|(path, _)| path.to_str().unwrap().trim_end_matches("index.html").to_owned()).collect()
    }
}

fn write(path: &Path, bytes: &[u8]) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}
