//! The example newsroom of this repository, built in a copy and served.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use presswork::build::{BuildOptions, NoProgress, build};
use presswork::cli::report;

use super::server::Server;
use crate::tree;

const INSTANT: &str = "2026-11-22T12:00:00Z";
const SECTIONS: [&str; 5] = ["World", "Politics", "Business", "Science", "Culture"];
const TITLES: &[&str] = &[
    "Ferry back in service",
    "Council votes to keep the night bus for another year after a long and noisy evening in the town hall",
    "Bakers ask for cheaper power",
    "What the tide gauge at the old pier has measured since 1911, and what it says about the next winter",
    "Library opens on Sundays",
    "Two bridges, one budget: the county must choose by March",
    "Harvest late, prices steady",
];
const TITLES_AR: &[&str] = &[
    "العبّارة تعود إلى الخدمة",
    "المجلس يصوّت على إبقاء حافلة الليل عامًا آخر بعد أمسية طويلة صاخبة في قاعة البلدية",
    "الخبّازون يطلبون كهرباء أرخص",
    "جسران وميزانية واحدة: على المحافظة أن تختار قبل مارس",
];
const DECKS_AR: &[&str] = &["غادر القارب الأول في السادسة وعلى متنه أحد عشر راكبًا", "هذا هو التغيير الثالث في عامين"];
const DECKS: &[&str] = &[
    "The first boat left at six with eleven passengers and a dog",
    "Nobody had expected so many speakers, and the last of them was heard at half past midnight",
    "It is the third change in two years",
];

/// A built site on its own host.
pub struct Newsroom {
    /// The front page's URL, with a slash at the end.
    pub front: String,
    public: PathBuf,
    _server: Server,
    _folder: tempfile::TempDir,
}

impl Newsroom {
    /// The newsroom at `/`, built once for all tests that run at the same time and change nothing in it.
    pub fn shared() -> Arc<Newsroom> {
        static LAST: Mutex<Weak<Newsroom>> = Mutex::new(Weak::new());
        let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
        last.upgrade().unwrap_or_else(|| {
            let newsroom = Arc::new(Newsroom::open("/"));
            *last = Arc::downgrade(&newsroom);
            newsroom
        })
    }

    /// Builds the newsroom for a host that serves it below `prefix` (`/` or `/news/`).
    pub fn open(prefix: &str) -> Newsroom {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let root = folder.path().join("newsroom");
        for part in ["content", "comments", "themes"].map(|part| (repository().join(part), root.join(part))) {
            if part.0.exists() {
                tree::copy(&part.0, &part.1, &[]).expect("the newsroom can be copied");
            }
        }
        for file in ["site.yaml", "redirects.yaml"] {
            std::fs::copy(repository().join(file), root.join(file)).expect("the newsroom can be copied");
        }
        let public = folder.path().join("public");
        let server = Server::start(public.clone(), prefix);
        let front = format!("{}{prefix}", server.origin());
        publish(&root, &public, &front);
        Newsroom { front, public, _server: server, _folder: folder }
    }

    /// A paper in a language (`en` or `ar`) with this many plain stories by one author in five sections, and no picture
    /// at all; every ninth story is in the other language.
    pub fn of_stories(stories: usize, language: &str) -> Newsroom {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let root = folder.path().join("newsroom");
        let write = |path: String, text: String| {
            let file = root.join(path);
            std::fs::create_dir_all(file.parent().expect("a folder")).expect("the folder can be made");
            std::fs::write(file, text).expect("the story can be written");
        };
        let navigation: String =
            SECTIONS.iter().map(|name| format!("  - {{title: {name}, url: /{}/}}\n", name.to_lowercase())).collect();
        write(
            "site.yaml".to_owned(),
            format!(
                "title: The Small Paper\nbase_url: https://example.org/\ntheme: broadsheet\nlanguage: {language}\nnavigation:\n{navigation}"
            ),
        );
        write("content/authors/ina-holm.md".to_owned(), "---\nname: Ina Holm\nrole: Reporter\n---\n".to_owned());
        for name in SECTIONS {
            write(format!("content/{}/_index.md", name.to_lowercase()), format!("---\ntitle: {name}\n---\n"));
        }
        for story in 0..stories {
            let section = SECTIONS[story % SECTIONS.len()].to_lowercase();
            let is_foreign = story % 9 == 8;
            let written = if is_foreign == (language == "ar") { "en" } else { "ar" };
            let (titles, decks) = if written == "ar" { (TITLES_AR, DECKS_AR) } else { (TITLES, DECKS) };
            let (title, deck) = (titles[story % titles.len()], decks[story % decks.len()]);
            let (day, hour) = (1 + (story * 7 / 20) % 28, story % 24);
            let month = 1 + (story / 80) % 11;
            write(
                format!("content/{section}/story-{story}.md"),
                format!(
                    "---\ntitle: \"{title}\"\ndeck: \"{deck}\"\ndate: 2026-{month:02}-{day:02}T{hour:02}:00:00Z\n\
                     language: {written}\nauthors: [ina-holm]\ntags: [council, {section} desk]\n---\n\n{deck}. The council meets on Monday.\n"
                ),
            );
        }
        if let Some(themes) = Some(repository().join("themes")).filter(|themes| themes.exists()) {
            tree::copy(&themes, &root.join("themes"), &[]).expect("the themes can be copied");
        }
        let public = folder.path().join("public");
        let server = Server::start(public.clone(), "/");
        let front = format!("{}/", server.origin());
        publish(&root, &public, &front);
        Newsroom { front, public, _server: server, _folder: folder }
    }

    /// A paper of these files in the default theme, with the author Ina Holm.
    pub fn of_files(site: &str, files: &[(String, String)]) -> Newsroom {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let root = folder.path().join("newsroom");
        let own = [
            ("site.yaml", format!("title: The Small Paper\nbase_url: https://example.org/\ntheme: broadsheet\n{site}")),
            ("content/authors/ina-holm.md", "---\nname: Ina Holm\n---\n".to_owned()),
        ];
        let all = own.iter().map(|(path, text)| (*path, text)).chain(files.iter().map(|(path, text)| (&**path, text)));
        for (path, text) in all {
            let file = root.join(path);
            std::fs::create_dir_all(file.parent().expect("a folder")).expect("the folder can be made");
            std::fs::write(file, text).expect("the file can be written");
        }
        let themes = repository().join("themes");
        if themes.exists() {
            tree::copy(&themes, &root.join("themes"), &[]).expect("the themes can be copied");
        }
        let public = folder.path().join("public");
        let server = Server::start(public.clone(), "/");
        let front = format!("{}/", server.origin());
        publish(&root, &public, &front);
        Newsroom { front, public, _server: server, _folder: folder }
    }

    /// A paper with one story of this text, at `news/2026/06/story/`, and files beside it.
    pub fn of_story(site: &str, body: &str, beside: &[(&str, &str)]) -> Newsroom {
        let front = "---\ntitle: The story\ndate: 2026-06-01\nauthors: ina-holm\n---\n";
        let mut files = vec![("content/news/story/index.md".to_owned(), format!("{front}{body}"))];
        files.extend(beside.iter().map(|(name, text)| (format!("content/news/story/{name}"), (*text).to_owned())));
        Newsroom::of_files(site, &files)
    }

    /// An Arabic paper with one story, at `news/2026/06/story/`, that takes comments for an Isso server, names a post on
    /// Mastodon, and has a thread of comments as hostile and as deep as readers make them.
    pub fn of_thread() -> Newsroom {
        let story = "---\ntitle: المجلس يصوّت\ndate: 2026-06-01\nauthors: ina-holm\ncomments_thread: \
                     https://mastodon.example/@ina/109\n---\n\nكان التصويت متقاربا.\n";
        let long = "w".repeat(400);
        let texts = [
            "نص عربي مع English words.",
            "See <https://example.org/a/very/long/path/that/is/wider/than/any/telephone/and/goes/on.html> <script>x</script>",
            "שלום \u{202e}turned",
            &*long,
            "> quoted\n\n1. one\n\n```\ncode that is wider than the page, by far, in one line of a fixed width\n```",
            "",
            "Z\u{489}\u{489}\u{489}\u{489}\u{489}\u{489}\u{489}\u{489}\u{489}\u{489}\u{489}",
            "ok",
        ];
        let mut thread = "comments:\n".to_owned();
        for (at, text) in texts.iter().enumerate() {
            let parent = at.checked_sub(1).map(|above| format!("    parent: isso-{above}\n")).unwrap_or_default();
            let name =
                if at == 5 { "staff: ina-holm".to_owned() } else { format!("name: Noor <b> {}", "n".repeat(at * 20)) };
            let text = serde_json::json!(if text.is_empty() { "A reply." } else { text });
            thread +=
                &format!("  - id: isso-{at}\n{parent}    {name}\n    date: 2026-06-02 08:0{at}\n    text: {text}\n");
        }
        let site = "language: ar\ncomments: {form: isso, server: \"https://comments.example/\", feeds: true, close_after: 3650d}\n";
        let files = [("content/news/story.md", story), ("comments/news/story.yaml", &thread)];
        Newsroom::of_files(site, &files.map(|(path, text)| (path.to_owned(), text.to_owned())))
    }

    /// The URL of a path of the site.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.front)
    }

    /// The path of a URL of the site, without a slash before it.
    pub fn path(&self, url: &str) -> String {
        url.strip_prefix(&self.front).unwrap_or(url).to_owned()
    }

    /// The URL of a page, which must exist.
    pub fn page(&self, path: &str) -> String {
        assert!(self.has(path), "there is no page `{path}`");
        self.url(path)
    }

    /// True if the site has a page at a path.
    pub fn has(&self, path: &str) -> bool {
        let file = if path.is_empty() || path.ends_with('/') { format!("{path}index.html") } else { path.to_owned() };
        self.public.join(file).is_file()
    }

    /// The folder with the built site.
    pub fn folder(&self) -> &Path {
        &self.public
    }

    /// The folder of its sources.
    #[cfg(all(feature = "serve", feature = "comment-server"))]
    pub fn root(&self) -> PathBuf {
        self._folder.path().join("newsroom")
    }

    /// Builds it again, with what has changed in its sources.
    #[cfg(all(feature = "serve", feature = "comment-server"))]
    pub fn publish_again(&self) {
        publish(&self.root(), &self.public, &self.front);
    }

    /// Every page of the site.
    pub fn pages(&self) -> Vec<String> {
        let files = tree::read(&self.public).expect("the built site");
        let pages = files.keys().filter(|path| path.extension().is_some_and(|extension| extension == "html"));
        pages.map(|path| self.url(&path.to_string_lossy().replace("index.html", ""))).collect()
    }

    /// Adds a file to the published ones, as an intruder would, and returns its URL.
    pub fn smuggle(&self, name: &str, text: &str) -> String {
        std::fs::write(self.public.join(name), text).expect("the file can be written");
        self.url(name)
    }

    /// URLs of pages whose `<html>` has one of these languages.
    pub fn pages_in(&self, languages: &[&str]) -> Vec<String> {
        let pages = tree::read(&self.public).expect("the built site");
        let is_in = |html: &[u8]| {
            let html = String::from_utf8_lossy(html);
            let tag = html.split_once("<html").and_then(|(_, rest)| rest.split_once('>')).map_or("", |(tag, _)| tag);
            languages.iter().any(|language| tag.contains(&format!("lang=\"{language}\"")))
        };
        let pages = pages.iter().filter(|(path, html)| path.ends_with("index.html") && is_in(html));
        pages.map(|(path, _)| self.url(&path.to_string_lossy().replace("index.html", ""))).collect()
    }
}

/// Gives a project the pictures in several sizes that earlier builds of tests made, as a newsroom's computer would have
/// them: encoding those of the example takes ten times as long as the rest of its build.
#[cfg(unix)]
fn share_pictures(root: &Path) {
    let (kept, work) = (Path::new(env!("CARGO_TARGET_TMPDIR")).join("pictures"), root.join(".presswork"));
    let pictures = work.join("pictures");
    if pictures.symlink_metadata().is_ok() {
        return;
    }
    for folder in [&kept, &work] {
        std::fs::create_dir_all(folder).expect("the folder can be made");
    }
    std::os::unix::fs::symlink(kept, pictures).expect("the link can be made");
}

#[cfg(not(unix))]
fn share_pictures(_root: &Path) {}

fn publish(root: &Path, public: &Path, front: &str) {
    share_pictures(root);
    let options = BuildOptions {
        output: Some(public.to_owned()),
        base_url: Some(front.to_owned()),
        ..BuildOptions::new(root.to_owned(), INSTANT.parse().expect("an instant"))
    };
    let outcome = build(&options, &NoProgress).unwrap_or_else(|error| panic!("the build could not run: {}", error.0));
    assert!(
        outcome.summary.is_some(),
        "the newsroom has errors:\n{}",
        report::to_plain_text(&outcome.diagnostics, root)
    );
}

/// The headlines in the newsroom's sources.
pub fn headlines() -> BTreeSet<String> {
    let files = tree::read(&repository().join("content")).expect("there is content");
    let title = |text: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix("title:"))?;
        Some(line.trim().trim_matches(['"', '\'']).to_owned())
    };
    let is_section = |path: &Path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("_index."));
    let articles = files.iter().filter(|(path, _)| {
        let shelf = path.starts_with("authors") || path.starts_with("pages") || is_section(path);
        !shelf && path.extension().is_some_and(|extension| extension == "md")
    });
    articles.filter_map(|(_, bytes)| title(&String::from_utf8_lossy(bytes))).collect()
}

/// The paper's name.
pub fn paper() -> String {
    let config = std::fs::read_to_string(repository().join("site.yaml")).expect("there is a site.yaml");
    let title = config.lines().find_map(|line| line.strip_prefix("title:"));
    title.expect("a title").trim().trim_matches(['"', '\'']).to_owned()
}

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
