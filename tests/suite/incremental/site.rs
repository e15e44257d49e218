//! A model of a site from an editor's point of view, and its files.
//!
//! Texts refer to things that may move by marks that become paths when a file is written: `@s7@` is story 7
//! (`/world/vote.md`), `@r7@` the same relative to the file, `@u7@` its URL, `@p7@` its path as a pick of a front, `@a7@` the id of author 7, `@A7@` that author's file, `@g7@` page 7. So references follow when things move,
//! unless they are [frozen](Site::freeze).

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::theme;
use crate::support::{Call, plain_theme};
use crate::tree::Tree;

/// Front matter by key, as YAML, and the paragraphs after it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text {
    pub keys: BTreeMap<String, String>,
    pub body: Vec<String>,
}

impl Text {
    pub fn set(&mut self, key: &str, yaml: impl Into<String>) {
        self.keys.insert(key.to_owned(), yaml.into());
    }

    fn each_mut(&mut self) -> impl Iterator<Item = &mut String> {
        self.keys.values_mut().chain(&mut self.body)
    }

    fn written(&self) -> String {
        let keys: String = self.keys.iter().map(|(key, yaml)| format!("{key}: {yaml}\n")).collect();
        format!("---\n{keys}---\n\n{}\n", self.body.join("\n\n"))
    }
}

/// An article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Story {
    /// Below `content/`.
    pub folder: String,
    pub name: String,
    /// True if it is `name/index.md`.
    pub is_bundle: bool,
    pub text: Text,
    /// Replaces the text in the file while it is broken.
    pub broken: Option<String>,
}

impl Story {
    /// Its path below `content/`.
    pub fn path(&self) -> String {
        format!("{}/{}{}", self.folder, self.name, if self.is_bundle { "/index.md" } else { ".md" })
    }

    /// The folder of its file, below `content/`.
    pub fn home(&self) -> String {
        if self.is_bundle { format!("{}/{}", self.folder, self.name) } else { self.folder.clone() }
    }

    /// True if no key of its front matter ever hides it.
    pub fn is_plain(&self) -> bool {
        let keeps = ["draft", "embargo", "expires", "withdrawn", "retracted"];
        self.broken.is_none() && !keeps.iter().any(|key| self.text.keys.contains_key(*key))
    }
}

/// An author's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    pub id: String,
    pub text: Text,
}

/// A standalone page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Below `content/pages/`, without the ending.
    pub name: String,
    pub text: Text,
}

/// The whole project, and the options of its builds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// `site.yaml`.
    pub settings: BTreeMap<String, String>,
    /// `redirects.yaml`.
    pub redirects: BTreeMap<String, String>,
    pub stories: BTreeMap<u32, Story>,
    /// The comments on stories: each with a word, and true if it is hidden. They move with their stories.
    pub comments: BTreeMap<u32, Vec<(String, bool)>>,
    pub authors: BTreeMap<u32, Author>,
    pub pages: BTreeMap<u32, Page>,
    /// The `_index.md` of folders below `content/`.
    pub sections: BTreeMap<String, Text>,
    pub front: Option<Text>,
    /// Pictures and static files below `content/`.
    pub files: BTreeMap<String, Vec<u8>>,
    /// The version of each file of the theme `house`, below `themes/house/`.
    pub theme: BTreeMap<String, u32>,
    /// The theme that `house` extends.
    pub parent: &'static str,
    /// The hour of the build, counted from the first one.
    pub hour: i64,
    pub call: Call,
    /// The next free number of a story, an author or a page.
    pub next: u32,
}

impl Site {
    /// Returns an unused number.
    pub fn number(&mut self) -> u32 {
        self.next += 1;
        self.next
    }

    /// Every file of the project, by its path.
    pub fn tree(&self) -> Tree {
        let mut tree = plain_theme().clone();
        let mut add = |path: String, bytes: Vec<u8>| {
            tree.insert(PathBuf::from(path), bytes);
        };
        let settings: String = self.settings.iter().map(|(key, yaml)| format!("{key}: {yaml}\n")).collect();
        add("site.yaml".to_owned(), self.resolved(&settings, "").into_bytes());
        if !self.redirects.is_empty() {
            let redirects: String = self.redirects.iter().map(|(path, target)| format!("{path}: {target}\n")).collect();
            add("redirects.yaml".to_owned(), redirects.into_bytes());
        }
        for (path, text) in self.texts() {
            add(format!("content/{path}"), self.resolved(&text, &path).into_bytes());
        }
        for (number, comments) in &self.comments {
            if let Some(story) = self.stories.get(number) {
                let (path, text) = thread(story, comments);
                add(path, self.resolved(&text, "").into_bytes());
            }
        }
        for (path, bytes) in &self.files {
            add(format!("content/{path}"), bytes.clone());
        }
        for (path, &version) in &self.theme {
            add(format!("themes/house/{path}"), theme::file(path, version, self.parent).into_bytes());
        }
        add("themes/annex/theme.yaml".to_owned(), b"name: annex\nextends: house\n".to_vec());
        add("themes/annex/templates/month.html".to_owned(), b"<h1>{{ month.title }}</h1>{{ page.url }}\n".to_vec());
        tree
    }

    /// The text files of `content/` with their marks.
    fn texts(&self) -> Vec<(String, String)> {
        let stories =
            self.stories.values().map(|it| (it.path(), it.broken.clone().unwrap_or_else(|| it.text.written())));
        let authors = self.authors.values().map(|it| (format!("authors/{}.md", it.id), it.text.written()));
        let pages = self.pages.values().map(|it| (format!("pages/{}.md", it.name), it.text.written()));
        let sections = self.sections.iter().map(|(folder, text)| (format!("{folder}/_index.md"), text.written()));
        let front = self.front.iter().map(|text| ("_index.md".to_owned(), text.written()));
        stories.chain(authors).chain(pages).chain(sections).chain(front).collect()
    }

    fn texts_mut(&mut self) -> impl Iterator<Item = &mut Text> {
        let stories = self.stories.values_mut().map(|it| &mut it.text);
        let authors = self.authors.values_mut().map(|it| &mut it.text);
        let pages = self.pages.values_mut().map(|it| &mut it.text);
        stories.chain(authors).chain(pages).chain(self.sections.values_mut()).chain(&mut self.front)
    }

    /// A text of the file `from` with paths instead of marks.
    fn resolved(&self, text: &str, from: &str) -> String {
        let mut done = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find('@') {
            done.push_str(&rest[..at]);
            rest = &rest[at..];
            match mark(rest) {
                Some((kind, number, length)) => {
                    done.push_str(&self.meaning(kind, number, from));
                    rest = &rest[length..];
                }
                None => {
                    done.push('@');
                    rest = &rest[1..];
                }
            }
        }
        done + rest
    }

    /// The present value of a mark.
    fn meaning(&self, kind: char, number: u32, from: &str) -> String {
        let story = || self.stories.get(&number);
        let found = match kind {
            's' => story().map(|it| format!("/{}", it.path())),
            'p' => story().map(Story::path),
            'r' => story().map(|it| format!("{}{}", "../".repeat(from.matches('/').count()), it.path())),
            'u' => story().map(|it| self.url(it)),
            'a' => self.authors.get(&number).map(|it| it.id.clone()),
            'A' => self.authors.get(&number).map(|it| format!("/authors/{}.md", it.id)),
            _ => self.pages.get(&number).map(|it| format!("/pages/{}.md", it.name)),
        };
        found.unwrap_or_else(|| format!("/gone/{number}.md"))
    }

    /// The URL of a story, as far as this model knows how URLs are made.
    pub fn url(&self, story: &Story) -> String {
        let mut section = Vec::new();
        let parts: Vec<&str> = story.folder.split('/').collect();
        for end in 1..=parts.len() {
            let folder = parts[..end].join("/");
            let index = self.sections.get(&folder);
            if end == 1 || index.is_some() {
                let slug = index.and_then(|text| text.keys.get("slug")).cloned();
                section.push(slug.unwrap_or_else(|| parts[end - 1].to_owned()));
            }
        }
        let key = |key: &str| story.text.keys.get(key).map(String::as_str);
        let date = key("date").unwrap_or("2026-01-01");
        let pattern = self.settings.get("permalink").map_or("\"{section}/{year}/{month}/{slug}/\"", String::as_str);
        let path = pattern
            .trim_matches('"')
            .replace("{section}", &section.join("/"))
            .replace("{year}", &date[..4])
            .replace("{month}", &date[5..7])
            .replace("{day}", &date[8..10])
            .replace("{slug}", key("slug").unwrap_or(without_date(self.split_name(story).0)));
        format!("/{}{path}", self.edition_path(story))
    }

    /// Replaces the marks of these kinds and number with their present paths, which then stay the same when it moves.
    pub fn freeze(&mut self, kinds: &str, number: u32) {
        let frozen: Vec<(String, String)> = kinds
            .chars()
            .map(|kind| (kind, if kind == 'r' { 's' } else { kind }))
            .map(|(kind, shown)| (format!("@{kind}{number}@"), self.meaning(shown, number, "")))
            .collect();
        for (mark, meaning) in &frozen {
            for text in self.texts_mut().flat_map(Text::each_mut) {
                *text = text.replace(mark, meaning);
            }
        }
    }

    /// Removes all references to it from texts; front matter gets `instead` in its place.
    pub fn forget(&mut self, kinds: &str, number: u32, instead: &str) {
        let marks: Vec<String> = kinds.chars().map(|kind| format!("@{kind}{number}@")).collect();
        for text in self.texts_mut() {
            text.body.retain(|paragraph| !marks.iter().any(|mark| paragraph.contains(mark)));
            for yaml in text.keys.values_mut() {
                marks.iter().for_each(|mark| *yaml = yaml.replace(mark, instead));
            }
        }
    }
}

/// A name without the date that it begins with: `day` for `2026-07-12-day`.
fn without_date(name: &str) -> &str {
    if name.starts_with("2026-") { name.get("2026-07-12-".len()..).unwrap_or(name) } else { name }
}

/// The file of the comments on a story. Each replies to the one before the last.
fn thread(story: &Story, comments: &[(String, bool)]) -> (String, String) {
    let items = comments.iter().enumerate().map(|(at, (text, hidden))| {
        let parent = if at < 2 { String::new() } else { format!("  parent: c{}\n", at - 2) };
        format!(
            "- id: c{at}\n{parent}  name: Reader {at}\n  date: 2026-01-{:02}\n  text: {text}\n  hidden: {hidden}\n",
            at + 1
        )
    });
    let text = if comments.is_empty() { String::new() } else { format!("comments:\n{}", items.collect::<String>()) };
    (format!("comments/{}/{}.yaml", story.folder, story.name), text)
}

/// The kind and number of the mark that a text begins with, and the mark's length.
fn mark(text: &str) -> Option<(char, u32, usize)> {
    let inner = text.strip_prefix('@')?;
    let (inner, _) = inner.split_once('@')?;
    let kind = inner.chars().next().filter(|kind| "spruaAg".contains(*kind))?;
    let number = inner[1..].parse().ok()?;
    Some((kind, number, inner.len() + 2))
}
