//! Feeds as feed readers see them: each is parsed by an independent parser and compared with the sources.

mod ids;
mod lists;
mod texts;
mod whole;

use std::fs;
use std::path::PathBuf;

use crate::support::{self, Built, Call, is_feed, snapshot, stamps, touched};
use crate::tree;
use feed_rs::model::{Entry, Feed};
use tempfile::TempDir;

/// The file names of the formats.
const FORMATS: [&str; 3] = ["rss.xml", "atom.xml", "feed.json"];
const SETTINGS: &str = "title: The Test\nbase_url: https://example.org/news/\ntimezone: Asia/Shanghai\n\
    taxonomies: [{name: region, singular: Region, plural: Regions}]\n";

/// A project in a temporary folder.
struct Project {
    _folder: TempDir,
    root: PathBuf,
}

impl Project {
    fn new(files: &[(&str, &str)]) -> Project {
        let folder = support::scratch();
        let root = folder.path().join("site");
        let project = Project { _folder: folder, root };
        project.write("site.yaml", SETTINGS);
        project.write("content/authors/ana.md", "---\nname: Ana Lopes\nimage: ana.svg\n---\n");
        project.write("content/authors/ana.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>");
        project.write("content/authors/desk.md", "---\nname: The Desk\nkind: organization\n---\n");
        project.write("content/authors/agency.md", "---\nname: Agency\nkind: wire\n---\n");
        files.iter().for_each(|(path, text)| project.write(path, text));
        project
    }

    fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    #[track_caller]
    fn build(&self) -> Built {
        let built = support::run(&self.root, &Call::default());
        assert_eq!((built.code, &built.problem), (0, &None), "{built:?}");
        built
    }

    /// Builds, and returns the outputs that were touched.
    #[track_caller]
    fn touches(&self) -> Vec<String> {
        let public = self.root.join("public");
        let before = stamps(&public);
        self.build();
        let mut touched = touched(&before, &stamps(&public));
        touched.retain(|path| path != tree::MANIFEST);
        touched
    }

    fn read(&self, path: &str) -> Option<String> {
        fs::read_to_string(self.root.join("public").join(path)).ok()
    }

    /// The feeds of a list in all formats, after a strict parser has read those in XML.
    #[track_caller]
    fn feeds(&self, folder: &str) -> Vec<Feed> {
        FORMATS.iter().map(|name| parsed(&self.read(&format!("{folder}{name}")).unwrap())).collect()
    }

    /// The paths of all feeds.
    fn feed_paths(&self) -> Vec<String> {
        let files = snapshot(&self.root.join("public"));
        files.keys().map(|path| path.display().to_string()).filter(|path| is_feed(path)).collect()
    }
}

/// A feed as a feed reader sees it.
#[track_caller]
fn parsed(text: &str) -> Feed {
    if text.starts_with('<') {
        roxmltree::Document::parse(text).unwrap();
    }
    feed_rs::parser::parse(text.as_bytes()).unwrap()
}

fn title(entry: &Entry) -> &str {
    &entry.title.as_ref().unwrap().content
}

/// The text of a story, in any format.
fn html(entry: &Entry) -> Option<&str> {
    entry.content.as_ref()?.body.as_deref()
}

/// The URL of the page of a list or story.
fn page(links: &[feed_rs::model::Link]) -> &str {
    let is_page = |link: &&feed_rs::model::Link| matches!(link.rel.as_deref(), None | Some("alternate"));
    &links.iter().find(is_page).unwrap().href
}

fn story(title: &str, more: &str, body: &str) -> String {
    format!("---\ntitle: {}\n{more}\n---\n\n{body}\n", serde_json::json!(title))
}
