//! Everyday edits, one by one: the outputs that each must change, and those that it must not touch.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use presswork::build::{Phase, Progress};
use tempfile::TempDir;

use super::generate::png;
use crate::support::{self, Built, Call, newsroom, plain_theme, snapshot, stamps, touched};
use crate::tree::{self, Tree, difference};

mod files;

/// A project whose files are written one by one.
struct Project {
    _folder: TempDir,
    root: PathBuf,
}

impl Project {
    fn new(files: &[(&str, &str)]) -> Project {
        Project::of(&plain_theme().clone())
            .with(&[("site.yaml", SETTINGS), ("content/authors/ana.md", ANA)])
            .with(files)
    }

    fn of(sources: &Tree) -> Project {
        let folder = support::scratch();
        let root = folder.path().join("site");
        tree::write(&root, sources).unwrap();
        Project { _folder: folder, root }
    }

    fn with(self, files: &[(&str, &str)]) -> Project {
        files.iter().for_each(|(path, text)| self.write(path, text));
        self
    }

    fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn remove(&self, path: &str) {
        fs::remove_file(self.root.join(path)).unwrap();
    }

    /// Builds, and removes the warnings of moves.
    fn build(&self) -> Built {
        support::run(&self.root, &Call::default()).without_moves()
    }

    /// Builds and returns the outputs that were written, replaced or removed, except the manifest.
    #[track_caller]
    fn touches(&self) -> Vec<String> {
        let before = stamps(&self.root.join("public"));
        let built = self.build();
        assert_eq!((built.code, &built.diagnostics), (0, &Vec::new()), "{built:?}");
        let mut touched = touched(&before, &stamps(&self.root.join("public")));
        touched.retain(|path| path != tree::MANIFEST);
        touched
    }

    #[track_caller]
    fn page(&self, path: &str) -> String {
        fs::read_to_string(self.root.join("public").join(path)).unwrap()
    }

    /// True if the output folder is the same as after a clean build of the present sources.
    #[track_caller]
    fn assert_clean(&self) {
        self.assert_clean_after("");
    }

    #[track_caller]
    fn assert_clean_after(&self, after: &str) {
        let fresh = support::scratch();
        let mut sources = tree::read(&self.root).unwrap();
        sources.retain(|path, _| !path.starts_with("public") && !path.starts_with(".presswork"));
        tree::write(fresh.path(), &sources).unwrap();
        assert_eq!(support::run(fresh.path(), &Call::default()).code, 0);
        let wanted = snapshot(&fresh.path().join("public"));
        assert_eq!(difference(&wanted, &snapshot(&self.root.join("public"))), None, "{after}");
    }
}

const SETTINGS: &str = "title: The Test\nbase_url: https://example.org/\ntheme: plain\n";
const ANA: &str = "---\nname: Ana Lopes\n---\n";
const TARGET: &str = "---\ntitle: Target\ndate: 2026-05-01\nauthors: ana\n---\n\nThe target.\n";

fn referrer(link: &str) -> String {
    format!("---\ntitle: Referrer\ndate: 2026-05-02\nauthors: ana\n---\n\nAs [reported]({link}).\n")
}

fn with_link() -> Project {
    let project = Project::new(&[("content/world/target.md", TARGET)]);
    project.write("content/culture/referrer.md", referrer("/world/target.md"));
    project.write("content/authors/sam.md", "---\nname: Sam\n---\n\nSee [his story](/world/target.md).\n");
    project.write("content/pages/about.md", "---\ntitle: About\n---\n\n[Our best](/world/target.md).\n");
    project.write("content/world/_index.md", "---\ntitle: World\n---\n\nRead [this](target.md).\n");
    assert_eq!(project.build().code, 0);
    project
}

/// Every page whose text links to the target.
const REFERRERS: [&str; 4] =
    ["culture/2026/05/referrer/index.html", "authors/sam/index.html", "about/index.html", "world/index.html"];

#[test]
fn a_link_follows_its_target() {
    let project = with_link();
    let same_file = TARGET.replace("authors", "slug: elsewhere\nauthors");
    project.write("content/world/target.md", same_file);
    let touched = project.touches();
    for page in REFERRERS {
        assert!(project.page(page).contains("href=\"/world/2026/05/elsewhere/\""), "{page}");
        assert!(touched.iter().any(|path| path == page), "{page}: {touched:?}");
    }
    project.assert_clean();
    // The section's URL is part of the target's.
    project.write("content/world/_index.md", "---\ntitle: World\nslug: globe\n---\n\nRead [this](target.md).\n");
    project.touches();
    assert!(project.page(REFERRERS[0]).contains("href=\"/globe/2026/05/elsewhere/\""));
    project.assert_clean();
}

#[test]
fn a_target_that_disappears_is_an_error_in_each_referrer() {
    let sources =
        ["content/authors/sam.md", "content/culture/referrer.md", "content/pages/about.md", "content/world/_index.md"];
    let hidden = TARGET.replace("authors", "draft: true\nauthors");
    for (gone, code) in [(None, "broken-link"), (Some(&hidden), "unpublished-link")] {
        let project = with_link();
        let before = snapshot(&project.root.join("public"));
        match gone {
            None => project.remove("content/world/target.md"),
            Some(text) => project.write("content/world/target.md", text),
        }
        // The second time, nothing at all has changed.
        for _ in 0..2 {
            let built = project.build();
            assert_eq!((built.code, built.diagnostics.len()), (1, 4), "{built:?}");
            for (line, path) in built.diagnostics.iter().zip(sources) {
                let found: serde_json::Value = serde_json::from_str(line).unwrap();
                assert_eq!((found["code"].as_str(), found["severity"].as_str()), (Some(code), Some("error")), "{line}");
                assert!(built.diagnostics.iter().any(|line| line.contains(path)), "{path}: {built:?}");
                assert!(found["line"].as_u64() > Some(3) && found["column"].as_u64() > Some(1), "{line}");
            }
            assert_eq!(difference(&before, &snapshot(&project.root.join("public"))), None);
        }
        project.write("content/world/target.md", TARGET);
        assert_eq!(project.touches(), Vec::<String>::new());
    }
}

#[test]
fn a_link_by_url_follows_too() {
    let project = Project::new(&[("content/world/target.md", TARGET)]);
    project.write("content/culture/referrer.md", referrer("/world/2026/05/target/"));
    assert_eq!(project.build().code, 0);
    let before = snapshot(&project.root.join("public"));
    project.write("content/world/target.md", TARGET.replace("05-01", "06-01"));
    let built = project.build();
    assert_eq!((built.code, built.diagnostics.len()), (1, 1), "{built:?}");
    assert!(built.diagnostics[0].contains("content/culture/referrer.md"), "{built:?}");
    assert_eq!(difference(&before, &snapshot(&project.root.join("public"))), None);
    let with_alias = TARGET.replace("05-01", "06-01").replace("authors", "aliases: /world/2026/05/target/\nauthors");
    project.write("content/world/target.md", with_alias);
    assert_eq!(project.build().code, 0);
    project.assert_clean();
}

#[test]
fn a_link_with_the_same_target_for_another_reason_is_still_tracked() {
    let renamed = |keys: &str| TARGET.replace("authors", &format!("{keys}\nauthors"));
    let old_name = "aliases: /world/target.md";
    let project = Project::new(&[("content/world/target.md", TARGET)]);
    project.write("content/culture/referrer.md", referrer("/world/target.md"));
    assert_eq!(project.build().code, 0);
    // The URL stays the same, and the link now leads to an alias and not to a source.
    project.remove("content/world/target.md");
    project.write("content/world/renamed.md", renamed(&format!("slug: target\n{old_name}")));
    assert!(!project.touches().contains(&REFERRERS[0].to_owned()));
    project.assert_clean();
    project.write("content/world/renamed.md", renamed("slug: target"));
    let built = project.build();
    assert_eq!((built.code, built.diagnostics.len()), (1, 1), "{built:?}");
    assert!(built.diagnostics[0].contains("content/culture/referrer.md"), "{built:?}");
    project.write("content/world/renamed.md", renamed(&format!("slug: elsewhere\n{old_name}")));
    project.touches();
    assert!(project.page(REFERRERS[0]).contains("href=\"/world/2026/05/elsewhere/\""));
    project.assert_clean();
}

/// A way in which a story disappears, and its name.
type Way<'a> = (&'a str, &'a dyn Fn(&Project));

#[test]
fn deletions_reach_readers() {
    let story =
        "---\ntitle: Vanishing\ndate: 2026-05-03\nauthors: ana\ntags: [Once]\nseries: Gone\n---\n\nUnique words.\n";
    let moved = |project: &Project| project.write("content/culture/elsewhere.md", story);
    let ways: [Way; 5] = [
        ("removed", &|project| project.remove("content/world/vanishing.md")),
        ("moved", &|project| {
            project.remove("content/world/vanishing.md");
            moved(project);
        }),
        ("draft", &|project| project.write("content/world/vanishing.md", story.replace("tags", "draft: true\ntags"))),
        ("withdrawn", &|project| {
            let text = story.replace("tags", "withdrawn: {date: 2026-06-01}\ntags");
            project.write("content/world/vanishing.md", text);
        }),
        ("expired", &|project| {
            project.write("content/world/vanishing.md", story.replace("tags", "expires: 2026-06-01\ntags"));
        }),
    ];
    for (way, delete) in ways {
        let project = Project::new(&[("content/world/target.md", TARGET), ("content/world/vanishing.md", story)]);
        assert_eq!(project.build().code, 0);
        assert!(project.page("latest/index.html").contains("Vanishing"), "{way}");
        delete(&project);
        assert_eq!(project.build().code, 0, "{way}");
        let mut public = snapshot(&project.root.join("public"));
        let page = public.remove(Path::new("world/2026/05/vanishing/index.html"));
        assert_eq!(page.is_some(), way == "withdrawn", "{way}");
        if let Some(tombstone) = page {
            let tombstone = String::from_utf8_lossy(&tombstone).into_owned();
            assert!(tombstone.contains("Withdrawn 2026-06-01") && !tombstone.contains("Vanishing"), "{tombstone}");
        }
        for (path, bytes) in &public {
            let text = String::from_utf8_lossy(bytes);
            let is_list_of_files = way == "withdrawn" && path.as_path() == Path::new(".presswork-manifest");
            assert!(is_list_of_files || !text.contains("world/2026/05/vanishing"), "{way}: {}", path.display());
            let is_shown = ["Vanishing", "Unique words"].iter().any(|words| text.contains(words));
            assert!(!is_shown || way == "moved", "{way}: {}", path.display());
        }
        project.assert_clean();
    }
}

/// Warnings about a page that is not rendered again name the file that now contains its text.
#[test]
fn a_warning_follows_its_file() {
    let text = TARGET.replace("The target.", "<script>x</script>\n\n[The scan](/files/scan.pdf)");
    let project = Project::new(&[("content/world/target.md", &text)]);
    let paths = |built: &Built| built.diagnostics.iter().filter(|line| line.contains("world/target.md")).count();
    assert_eq!(paths(&project.build()), 2);
    assert_eq!(paths(&project.build()), 2);
    let public = snapshot(&project.root.join("public"));
    project.remove("content/world/target.md");
    project.write("content/world/target/index.md", &text);
    for _ in 0..2 {
        let built = project.build();
        assert_eq!((built.code, paths(&built), built.diagnostics.len()), (0, 0, 2), "{built:?}");
        assert!(built.diagnostics.iter().all(|line| line.contains("world/target/index.md")), "{built:?}");
    }
    assert_eq!(difference(&public, &snapshot(&project.root.join("public"))), None);
    // One more line in the front matter moves the text below.
    let lines = |built: &Built| built.diagnostics.iter().map(|line| line_of(line)).collect::<Vec<_>>();
    let before = lines(&project.build());
    project.write("content/world/target/index.md", text.replace("authors", "# Somebody's note.\nauthors"));
    let after = lines(&project.build());
    assert_eq!(after, before.iter().map(|line| line + 1).collect::<Vec<_>>());
}

fn line_of(diagnostic: &str) -> u64 {
    let found: serde_json::Value = serde_json::from_str(diagnostic).unwrap();
    found["line"].as_u64().unwrap()
}

#[test]
fn a_corrected_typo_changes_its_page_and_feeds() {
    let project = Project::of(&newsroom::sources(200, "first"));
    assert_eq!(project.build().code, 0);
    let path = newsroom::path_of(60, "");
    // The first paragraph is also the summary, which cards may show: the typo is in the second.
    project.write(&path, newsroom::story(60, "first") + "\nA sceond paragraph.\n");
    project.touches();
    project.write(&path, newsroom::story(60, "first") + "\nA second paragraph.\n");
    let touched = project.touches();
    let page = "world/2022/07/story-60/index.html";
    assert!(touched.iter().all(|path| path == page || support::is_feed(path)), "{touched:?}");
    // It is not among the newest of its section, but of its authors and tags.
    assert_eq!(touched, support::holding(&project.root.join("public"), "A second paragraph."));
    assert_eq!(touched.len(), 1 + 3 * 6, "{touched:?}");
    project.assert_clean();
}

#[test]
fn a_new_story_touches_few_files() {
    let project = Project::of(&newsroom::sources(300, "first"));
    assert_eq!(project.build().code, 0);
    for number in 0..12 {
        let text = newsroom::story(number, "first").replace("date: 2022-", "date: 2026-");
        project.write(&format!("content/business/new-{number}.md"), text.replace("date: 2021-", "date: 2026-"));
        let mut touched = project.touches();
        let feeds = touched.iter().filter(|path| support::is_feed(path)).count();
        // Those of the site, the section, two authors and four tags.
        assert!(feeds <= 3 * 8, "{feeds}: {touched:#?}");
        touched.retain(|path| !support::is_feed(path));
        assert!(touched.len() <= 40, "{}: {touched:#?}", touched.len());
    }
    project.assert_clean();
}

#[test]
fn touched_files_are_not_changed() {
    let project = Project::of(&newsroom::sources(60, "first"));
    assert_eq!(project.build().code, 0);
    let bytes = fs::read(project.root.join(newsroom::path_of(7, ""))).unwrap();
    project.write(&newsroom::path_of(7, ""), bytes);
    assert_eq!(project.touches(), Vec::<String>::new());
    for entry in walkdir::WalkDir::new(&project.root).into_iter().map(Result::unwrap) {
        let is_source = !entry.path().starts_with(project.root.join("public"));
        if is_source && entry.file_type().is_file() {
            support::set_modified(entry.path(), std::time::SystemTime::UNIX_EPOCH);
        }
    }
    assert_eq!(project.touches(), Vec::<String>::new());
}

#[test]
fn a_fresh_clone_is_left_alone() {
    let project = Project::of(&newsroom::sources(60, "first"));
    assert_eq!(project.build().code, 0);
    let aside = project.root.with_extension("old");
    fs::rename(&project.root, &aside).unwrap();
    support::copy(&aside, &project.root, false);
    assert_eq!(project.touches(), Vec::<String>::new());
    let bytes = fs::read(project.root.join(newsroom::path_of(7, ""))).unwrap();
    project.write(&newsroom::path_of(7, ""), [bytes, b"\nMore.\n".to_vec()].concat());
    assert_eq!(project.touches(), support::holding(&project.root.join("public"), "<p>More.</p>"));
    project.assert_clean();
}

#[test]
fn redirects_and_the_files_for_hosts_follow() {
    let project = Project::new(&[("content/world/target.md", TARGET), ("content/world/other.md", &referrer("/old/"))]);
    project.write("site.yaml", format!("{SETTINGS}hosts: [netlify, nginx, s3]\n"));
    project.write("redirects.yaml", "/old/: https://example.com/\n");
    let steps: [(&str, &str, String); 6] = [
        ("an entry that leads elsewhere", "redirects.yaml", "/old/: /world/target.md\n".to_owned()),
        ("one more", "redirects.yaml", "/old/: /world/target.md#end\n/gone/: gone\n".to_owned()),
        ("a target that moves", "content/world/target.md", TARGET.replace("05-01", "06-01")),
        ("an alias", "content/world/target.md", TARGET.replace("authors", "aliases: /older/\nauthors")),
        (
            "a withdrawn story",
            "content/world/target.md",
            TARGET.replace("authors", "aliases: /older/\nwithdrawn: {date: 2026-06-01}\nauthors"),
        ),
        ("other headers", "site.yaml", format!("{SETTINGS}hosts: [netlify, nginx]\nheaders: {{X-A: b}}\n")),
    ];
    assert_eq!(project.build().code, 0);
    for (what, path, text) in steps {
        if what == "a withdrawn story" {
            project.write("content/world/other.md", referrer("/world/other.md"));
        }
        project.write(path, text);
        assert_eq!(project.build().code, 0, "{what}");
        project.assert_clean_after(what);
    }
    let rules = project.page("_redirects");
    for gone in ["/gone/", "/old/", "/older/"] {
        assert!(rules.contains(&format!("\n{gone} /410.html 410!\n")), "{gone}: {rules}");
    }
    assert!(rules.contains("\n/world/2026/05/target/ /world/2026/05/target/index.html 410!\n"), "{rules}");
    project.remove("redirects.yaml");
    assert_eq!(project.build().code, 0);
    project.assert_clean();
}

#[test]
fn urls_of_front_matter_follow_their_targets() {
    // The author's profiles are in the head of the author's page.
    let headed = ("themes/plain/theme.yaml", "name: plain\n");
    let project = Project::new(&[("content/world/target.md", TARGET), headed]);
    let story = |title: &str, keys: &str| format!("---\ntitle: {title}\ndate: 2026-05-02\n{keys}---\n\nText.\n");
    project.write("content/culture/guest.md", story("Guest", "authors: {name: G, url: /world/target.md}\n"));
    let source = "authors: ana\nsources: {name: S, url: /world/target.md}\n";
    project.write("content/culture/source.md", story("Source", source));
    project.write("content/authors/sam.md", "---\nname: Sam\nurl: /world/target.md\n---\n");
    project.write("content/culture/sam.md", story("Signed", "authors: sam\n"));
    assert_eq!(project.build().code, 0);
    let pages = ["culture/2026/05/guest/index.html", "culture/2026/05/source/index.html", "authors/sam/index.html"];
    for address in ["elsewhere", "farther"] {
        project.write("content/world/target.md", TARGET.replace("authors", &format!("slug: {address}\nauthors")));
        let touched = project.touches();
        for page in pages {
            assert!(project.page(page).contains(&format!("href=\"/world/2026/05/{address}/\"")), "{page}");
            assert!(touched.iter().any(|path| path == page), "{page}: {touched:?}");
        }
        project.assert_clean();
    }
    // A link to an expired story becomes plain text, and a link to something that never existed is an error in each
    // file.
    project.write("content/world/target.md", TARGET.replace("authors", "expires: 2026-06-01\nauthors"));
    assert_eq!((project.build().code, project.build().diagnostics.len()), (0, 3));
    for page in pages {
        assert!(!project.page(page).contains("/world/2026/05/"), "{page}");
    }
    project.assert_clean();
    project.remove("content/world/target.md");
    assert_eq!((project.build().code, project.build().diagnostics.len()), (1, 3));
}

#[test]
fn a_renamed_heading_is_missed_by_pages_that_are_not_rendered() {
    let with_heading = |heading: &str| format!("{TARGET}\n## {heading}\n");
    let project = Project::new(&[("content/world/target.md", &with_heading("The result"))]);
    project.write("content/culture/referrer.md", referrer("/world/target.md#the-result"));
    project.write("content/authors/sam.md", "---\nname: Sam\n---\n\nSee [it](/world/target.md#the-result).\n");
    let source = "sources: [{name: It, url: /world/2026/05/target/#the-result}]";
    let cites = referrer("/world/target.md").replace("authors: ana", &format!("authors: ana\n{source}"));
    project.write("content/culture/cites.md", cites);
    assert_eq!((project.build().code, project.build().diagnostics.len()), (0, 0));
    let files = ["content/authors/sam.md", "content/culture/cites.md", "content/culture/referrer.md"];
    for round in ["first", "again"] {
        project.write("content/world/target.md", with_heading("The outcome"));
        // Repeated if nothing is rendered at all, and if the story changes elsewhere.
        for text in ["", "", "\nMore.\n"] {
            project.write("content/world/target.md", with_heading("The outcome") + text);
            let built = project.build();
            assert_eq!((built.code, built.diagnostics.len()), (0, 3), "{round}: {built:?}");
            for (line, file) in built.diagnostics.iter().zip(files) {
                assert!(line.contains(file) && line.contains("unknown-fragment"), "{round}: {built:?}");
            }
        }
        project.write("content/world/target.md", with_heading("The result"));
        assert_eq!(project.build().diagnostics, Vec::<String>::new(), "{round}");
        project.assert_clean_after("a heading is renamed");
    }
}
