//! Small random sites: likely ones, hostile ones, and ways to damage a file.

use std::fmt::{self, Write};
use std::path::PathBuf;

use proptest::prelude::*;
use proptest::sample::{Index, select};

use serde_json::json;

use crate::tree::Tree;

/// Files that every generated site has.
pub const FILES: &[&str] = &[
    "site.yaml",
    "redirects.yaml",
    "content/world/story.md",
    "content/world/_index.md",
    "content/authors/ana.md",
    "content/_index.md",
];

/// An article: the path and the front matter of its file.
#[derive(Debug, Clone)]
pub struct Story {
    /// Below `content/`.
    file: String,
    title: String,
    day: u8,
    slug: Option<String>,
    aliases: Vec<String>,
    tags: Vec<String>,
    authors: Vec<&'static str>,
    draft: bool,
    body: String,
}

impl Default for Story {
    fn default() -> Story {
        Story {
            file: "world/story.md".to_owned(),
            title: "A story".to_owned(),
            day: 7,
            slug: None,
            aliases: vec!["/old/story/".to_owned()],
            tags: vec!["ports".to_owned(), "Trade".to_owned()],
            authors: vec!["ana"],
            draft: false,
            body: "First *words*.\n\n## More\n\n- a [link](https://example.org/)\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"
                .to_owned(),
        }
    }
}

impl Story {
    /// JSON strings are valid YAML strings, with every character escaped.
    fn text(&self) -> String {
        let mut text = format!("---\ntitle: {}\ndate: 2026-03-{:02}\n", json!(self.title), self.day);
        if let Some(slug) = &self.slug {
            let _ = writeln!(text, "slug: {}", json!(slug));
        }
        let _ = writeln!(text, "aliases: {}\ntags: {}", json!(self.aliases), json!(self.tags));
        let _ = writeln!(text, "authors: {}\ndraft: {}\n---\n{}", json!(self.authors), self.draft, self.body);
        text
    }
}

/// The files of a site, printed as text when a property fails.
#[derive(Clone)]
pub struct Files(pub Tree);

impl fmt::Debug for Files {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = self.0.iter().map(|(path, bytes)| (path, String::from_utf8_lossy(bytes)));
        formatter.debug_map().entries(shown).finish()
    }
}

/// The files of a site with these stories. A later story replaces an earlier one with the same file.
pub fn site(stories: &[Story]) -> Tree {
    with_permalink("{section}/{year}/{month}/{slug}/", stories)
}

fn with_permalink(permalink: &str, stories: &[Story]) -> Tree {
    let config = format!(
        "title: The Test\nbase_url: https://example.org/\ntheme: plain\npage_size: 3\nslugs: unicode\npermalink: {}\n\
         hosts: [netlify, apache, nginx, caddy, vercel, firebase, s3]\n",
        json!(permalink)
    );
    let mut files: Tree = [
        ("site.yaml", config.as_str()),
        ("redirects.yaml", "# Old addresses.\n/old/: /world/\n/gone/: gone\n\"/a b/\": https://example.com/?q=1#x\n"),
        ("content/_index.md", "---\nblocks:\n  - {heading: World, section: world, limit: 2}\n---\n"),
        ("content/world/_index.md", "---\ntitle: World\n---\nFar away.\n"),
        ("content/authors/ana.md", "---\nname: Ana Lopes\nrole: Reporter\n---\nCovers ports.\n"),
        ("content/authors/sam.md", "---\nname: Sam Okafor\n---\n"),
    ]
    .into_iter()
    .map(|(path, text)| (PathBuf::from(path), text.as_bytes().to_vec()))
    .collect();
    for story in stories {
        files.insert(PathBuf::from("content").join(&story.file), story.text().into_bytes());
    }
    files
}

/// A site as people write them, sometimes with two stories that collide.
pub fn any_site() -> impl Strategy<Value = Files> {
    prop::collection::vec(any_story(), 0..12).prop_map(|stories| Files(site(&stories)))
}

fn any_story() -> impl Strategy<Value = Story> {
    let file = ("(world|business|world/asia)", "[a-d]{1,2}").prop_map(|(folder, name)| format!("{folder}/{name}.md"));
    let tags = prop::collection::vec("[a-c]{1,2}", 0..3);
    let authors = prop::sample::subsequence(vec!["ana", "sam"], 1..=2);
    let body = prop::collection::vec("[a-z]{1,6}", 0..20).prop_map(|words| words.join(" "));
    (file, "[A-Za-z ]{1,12}x", 1..=28_u8, tags, authors, prop::bool::weighted(0.2), body).prop_map(
        |(file, title, day, tags, authors, draft, body)| Story {
            slug: None,
            aliases: Vec::new(),
            file,
            title,
            day,
            tags,
            authors,
            draft,
            body,
        },
    )
}

/// A site with names that try to leave the output folder or collide.
pub fn hostile_site() -> impl Strategy<Value = Files> {
    let permalink = prop_oneof![
        3 => Just("{section}/{year}/{month}/{slug}/".to_owned()),
        1 => Just("{slug}.html".to_owned()),
        1 => hostile_path().prop_map(|path| format!("{path}{{slug}}/")),
        1 => hostile_path().prop_map(|path| format!("{{slug}}{path}.html")),
    ];
    let extra = prop::collection::vec(hostile_name(), 0..3);
    (permalink, prop::collection::vec(hostile_story(), 1..5), extra).prop_map(|(permalink, stories, extra)| {
        let mut files = with_permalink(&permalink, &stories);
        for name in extra {
            files.insert(PathBuf::from("content/static").join(&name), b"static".to_vec());
            files.insert(PathBuf::from("content/authors").join(name + ".md"), b"---\nname: X\n---\n".to_vec());
        }
        Files(files)
    })
}

fn hostile_story() -> impl Strategy<Value = Story> {
    let paths = || prop::collection::vec(hostile_path(), 0..2);
    (hostile_name(), prop::option::of(hostile_path()), paths(), paths()).prop_map(|(name, slug, aliases, tags)| Story {
        file: format!("world/{name}.md"),
        title: name,
        slug,
        aliases,
        tags,
        ..Story::default()
    })
}

/// Pieces of paths with a meaning for a file system, a URL or a reader.
const PIECES: &[&str] = &[
    "..",
    ".",
    "/",
    "//",
    "\\",
    "%2e",
    "%2F",
    "%00",
    "~",
    "a",
    "A",
    "ß",
    "ä",
    "a\u{308}",
    "İ",
    "新闻",
    "قصة",
    "😀",
    " ",
    "#",
    "?",
    "&",
    "<",
    "\"",
    "'",
    ":",
    "|",
    "*",
    "con",
    "index.html",
    "public",
    "C:",
    "\u{202e}",
    "\u{feff}",
    "-",
    "@OUTSIDE@/x",
];

/// Up to six pieces, as a path.
fn hostile_path() -> impl Strategy<Value = String> {
    prop::collection::vec(select(PIECES), 0..6).prop_map(|pieces| pieces.concat())
}

/// A hostile path as a single valid file name.
fn hostile_name() -> impl Strategy<Value = String> {
    let name = hostile_path().prop_map(|path| path.replace('/', ""));
    name.prop_filter("no file has this name", |name| !["", ".", ".."].contains(&name.as_str()))
}

/// One way to damage a file.
#[derive(Debug, Clone)]
pub enum Mutation {
    /// Inserts bytes.
    Insert(Index, Vec<u8>),
    /// Removes bytes.
    Remove(Index, usize),
    /// Overwrites bytes.
    Overwrite(Index, Vec<u8>),
    /// Cuts off the end.
    Truncate(Index),
    /// Repeats the bytes from one place on.
    Repeat(Index),
}

impl Mutation {
    /// Applies it.
    pub fn apply(self, bytes: &mut Vec<u8>) {
        let place = |index: Index| index.index(bytes.len() + 1);
        match self {
            Mutation::Insert(at, new) => {
                let at = place(at);
                bytes.splice(at..at, new);
            }
            Mutation::Remove(at, length) => {
                let at = place(at);
                bytes.drain(at..(at + length).min(bytes.len()));
            }
            Mutation::Overwrite(at, new) => {
                let at = place(at);
                bytes.splice(at..(at + new.len()).min(bytes.len()), new);
            }
            Mutation::Truncate(at) => bytes.truncate(place(at)),
            Mutation::Repeat(at) => bytes.extend_from_within(place(at)..),
        }
    }
}

/// Text with a special meaning in front matter, Markdown, embeds or templates.
const MARKS: &[&str] = &[
    "---\n",
    "\n---\n",
    "{{< x",
    " >}}",
    "{{ ",
    "{% raw %}",
    "[",
    "](",
    "<script>",
    "&",
    "*a",
    "&a [",
    "!!int",
    "\u{feff}",
    "\r\n",
    "\r",
    "\0",
    "```\n",
    "> > > ",
    "    ",
    "|",
    "[^1]",
    "[^1]: ",
    "<!--",
    ": ",
    "- ",
    "\t",
    "'",
    "\"",
    "2026-02-30",
    "ß",
    "😀",
];

/// Any damage.
pub fn mutation() -> impl Strategy<Value = Mutation> {
    let bytes = || {
        prop_oneof![
            2 => select(MARKS).prop_map(|mark| mark.as_bytes().to_vec()),
            1 => prop::collection::vec(any::<u8>(), 1..8),
        ]
    };
    prop_oneof![
        4 => (any::<Index>(), bytes()).prop_map(|(at, new)| Mutation::Insert(at, new)),
        2 => (any::<Index>(), bytes()).prop_map(|(at, new)| Mutation::Overwrite(at, new)),
        2 => (any::<Index>(), 1..30_usize).prop_map(|(at, length)| Mutation::Remove(at, length)),
        1 => any::<Index>().prop_map(Mutation::Truncate),
        1 => any::<Index>().prop_map(Mutation::Repeat),
    ]
}
