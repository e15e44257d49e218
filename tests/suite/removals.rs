//! Published stories never disappear by accident: a build that would remove them stops.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use proptest::prelude::*;
use serde_json::Value;
use tempfile::TempDir;

use crate::support;
use crate::tree::{self, Tree};

/// A paper of five stories in two sections, published once.
struct Paper {
    _folder: TempDir,
    root: PathBuf,
}

/// The result of a build.
struct Built {
    code: i32,
    diagnostics: Vec<Value>,
    err: String,
}

impl Built {
    #[track_caller]
    fn exits(self, code: i32) -> Built {
        assert_eq!(self.code, code, "{:?} {}", self.diagnostics, self.err);
        self
    }

    fn codes(&self) -> Vec<&str> {
        self.diagnostics.iter().filter_map(|found| found["code"].as_str()).collect()
    }

    /// Message and hint of the error.
    #[track_caller]
    fn stop(&self) -> (&str, &str) {
        let error = self.diagnostics.iter().find(|found| found["code"] == "stories-removed");
        let error = error.unwrap_or_else(|| panic!("no error: {:?}", self.diagnostics));
        (error["message"].as_str().unwrap(), error["hint"].as_str().unwrap())
    }
}

const SETTINGS: &str = "title: Paper\nbase_url: https://example.org/\ntheme: plain\nfeeds: false\nrobots: false\n\
                        sitemaps: false\n";
const NOW: &str = "2026-11-22T12:00:00Z";
const STORIES: [&str; 5] = ["news/one", "news/two", "news/three", "world/four", "world/five"];

fn story(more: &str) -> String {
    format!("---\ntitle: A story\nauthors: ana\n{more}---\nThe council voted.\n")
}

impl Paper {
    fn new() -> Paper {
        let folder = support::scratch();
        let root = folder.path().join("paper");
        tree::write(&root, support::plain_theme()).unwrap();
        let paper = Paper { _folder: folder, root };
        paper.write("site.yaml", SETTINGS);
        paper.write("content/authors/ana.md", "---\nname: Ana\n---\n");
        for (at, name) in STORIES.iter().enumerate() {
            // All on this day: west of Greenwich their local time is in the future.
            paper.write(&source(name), &story(&format!("date: 2026-11-22 {:02}:00\nslug: s{at}\n", at + 7)));
        }
        paper.build(&[]).exits(0);
        paper
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn change(&self, name: &str, change: impl Fn(&str) -> String) {
        let text = fs::read_to_string(self.root.join(source(name))).unwrap();
        self.write(&source(name), &change(&text));
    }

    fn add(&self, name: &str, front: &str) {
        self.change(name, |text| text.replacen("---\n", &format!("---\n{front}\n"), 1));
    }

    fn remove(&self, name: &str) {
        fs::remove_file(self.root.join(source(name))).unwrap();
    }

    fn build(&self, more: &[&str]) -> Built {
        let mut command = Command::new(env!("CARGO_BIN_EXE_presswork"));
        command.args(["build", "--format", "json", "--root"]).arg(&self.root).args(more);
        if !more.contains(&"--now") && !more.contains(&"--at") {
            command.args(["--now", NOW]);
        }
        let output = command.stdin(Stdio::null()).output().unwrap();
        let err = String::from_utf8(output.stderr).unwrap();
        assert!(!err.contains("panicked"), "{err}");
        let lines = String::from_utf8(output.stdout).unwrap();
        let lines = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let diagnostics = lines.filter(|line| line["severity"].is_string()).collect();
        Built { code: output.status.code().unwrap_or(-1), diagnostics, err }
    }

    /// The published stories.
    fn pages(&self) -> Tree {
        let mut pages = tree::read(&self.root.join("public")).unwrap();
        pages.retain(|path, _| path.components().nth(1).is_some_and(|part| part.as_os_str() == "2026"));
        pages.retain(|path, _| !path.starts_with("archive"));
        pages
    }
}

fn source(name: &str) -> String {
    format!("content/{name}.md")
}

#[test]
fn another_time_zone_unpublishes_nothing_unasked() {
    let paper = Paper::new();
    let before = paper.pages();
    paper.write("site.yaml", &format!("{SETTINGS}timezone: America/Los_Angeles\n"));
    let built = paper.build(&[]).exits(1);
    let (message, hint) = built.stop();
    assert_eq!(message, "5 published stories would no longer be at their URLs");
    assert!(hint.starts_with("no file has been edited: check `timezone` in site.yaml"), "{hint}");
    assert!(hint.ends_with("`presswork build --allow-removals 5`"), "{hint}");
    assert_eq!(paper.pages(), before);
    // A smaller number than that of the stories is not enough.
    paper.build(&["--allow-removals", "4"]).exits(1);
    // `--clean` does not forget which stories were published.
    paper.build(&["--clean"]).exits(1);
    paper.build(&["--verify"]).exits(1);
    assert_eq!(paper.pages(), before);
    paper.build(&["--allow-removals", "5"]).exits(0);
    assert!(paper.pages().is_empty());
}

#[test]
fn a_clock_that_was_put_back_removes_nothing() {
    let paper = Paper::new();
    let before = paper.pages();
    let built = paper.build(&["--now", "2026-11-21T12:00:00Z"]).exits(1);
    assert!(built.stop().0.starts_with("5 published stories"));
    assert_eq!(paper.pages(), before);
    // A preview shows the result, and replaces nothing.
    let preview = paper.root.join("preview");
    paper.build(&["--at", "2026-11-21T12:00:00Z", "--output", preview.to_str().unwrap()]).exits(0);
}

#[test]
fn a_deleted_file_stops_the_build_until_someone_decides() {
    let paper = Paper::new();
    let before = paper.pages();
    paper.remove("news/one");
    let built = paper.build(&[]).exits(1);
    let (message, hint) = built.stop();
    assert_eq!(message, "a published story would no longer be at its URL");
    assert!(hint.contains("restore the files") && hint.contains("`gone`"), "{hint}");
    assert_eq!(paper.pages(), before);
    // The removal is allowed once, and reported until the old URL works again.
    let built = paper.build(&["--allow-removals", "1"]).exits(0);
    assert_eq!(built.codes(), ["deleted-story"]);
    assert_eq!(paper.pages().len(), 4);
    let again = paper.build(&[]).exits(0);
    assert_eq!(again.codes(), ["deleted-story"]);
    let message = again.diagnostics[0]["message"].as_str().unwrap();
    assert_eq!(message, "the file of a published story is gone, and its URL `/news/2026/11/s0/` leads nowhere");
    paper.build(&["--deny-warnings"]).exits(1);
    paper.write("redirects.yaml", "/news/2026/11/s0/: gone\n");
    assert_eq!(paper.build(&["--deny-warnings"]).exits(0).codes(), [] as [&str; 0]);
}

#[test]
fn a_decision_in_the_files_needs_no_permission() {
    let paper = Paper::new();
    for name in &STORIES[..2] {
        paper.remove(name);
    }
    paper.write("redirects.yaml", "/news/2026/11/s0/: gone\n/news/2026/11/s1/: /world/five.md\n");
    paper.build(&[]).exits(0);
    let paper = Paper::new();
    for name in &STORIES[..3] {
        paper.add(name, "withdrawn: {date: 2026-11-22 11:00, reason: An error}");
    }
    paper.build(&[]).exits(0);
    // A story that expires at its date does what its file says.
    let paper = Paper::new();
    paper.add(STORIES[0], "expires: 2026-12-01");
    paper.add(STORIES[1], "expires: 2026-12-01");
    paper.build(&[]).exits(0);
    paper.build(&["--now", "2026-12-02T12:00:00Z"]).exits(0);
    // A typo is corrected in a story that has expired.
    paper.change(STORIES[0], |text| text.replace("voted", "has voted"));
    paper.build(&["--now", "2026-12-02T12:00:00Z"]).exits(0);
}

#[test]
fn one_story_may_become_a_draft_and_two_may_not() {
    let paper = Paper::new();
    paper.add(STORIES[0], "draft: true");
    paper.build(&[]).exits(0);
    assert_eq!(paper.pages().len(), 4);
    paper.add(STORIES[1], "draft: true");
    paper.add(STORIES[3], "draft: true");
    let built = paper.build(&[]).exits(1);
    assert!(built.stop().0.starts_with("2 published stories"));
    assert_eq!(paper.pages().len(), 4);
    paper.build(&["--allow-removals", "2"]).exits(0);
    assert_eq!(paper.pages().len(), 2);
}

#[test]
fn mistyped_dates_stop_the_build() {
    for date in ["2062-11-22 07:00", "2026-12-22 07:00"] {
        let paper = Paper::new();
        let before = paper.pages();
        paper.change(STORIES[0], |text| text.replace("2026-11-22 07:00", date));
        let built = paper.build(&[]).exits(1);
        assert!(built.stop().1.starts_with("check the dates"), "{:?}", built.stop());
        assert_eq!(paper.pages(), before);
    }
    let paper = Paper::new();
    let before = paper.pages();
    paper.add(STORIES[0], "expires: 2026-11-22 11:00");
    paper.build(&[]).exits(1);
    paper.change(STORIES[0], |text| text.replace("expires:", "embargo:").replace("11:00", "23:00"));
    paper.build(&[]).exits(1);
    assert_eq!(paper.pages(), before);
}

#[test]
fn a_moved_folder_stops_the_build_until_the_old_urls_redirect() {
    let paper = Paper::new();
    let before = paper.pages();
    fs::rename(paper.root.join("content/news"), paper.root.join("content/city")).unwrap();
    let built = paper.build(&[]).exits(1);
    assert!(built.stop().1.starts_with("run `presswork build --keep-urls` to redirect"), "{:?}", built.stop());
    assert_eq!(built.codes(), ["stories-removed"], "the error names the moves");
    assert_eq!(paper.pages(), before);
    paper.build(&["--keep-urls"]).exits(0);
    assert_eq!(paper.build(&[]).exits(0).codes(), [] as [&str; 0]);
}

#[test]
fn the_report_names_the_stories_and_the_reasons() {
    let paper = Paper::new();
    paper.remove("news/one");
    paper.add("news/two", "draft: true");
    let mut command = Command::new(env!("CARGO_BIN_EXE_presswork"));
    command.args(["build", "--now", NOW, "--root"]).arg(&paper.root);
    let output = command.stdin(Stdio::null()).output().unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    for words in [
        "error[stories-removed]: 2 published stories would no longer be at their URLs",
        "`/news/2026/11/s0/` would disappear: its file is gone",
        "`/news/2026/11/s1/` would disappear: it is a draft",
        "content/news/two.md",
        "--allow-removals 2",
        "nothing was published",
    ] {
        assert!(err.contains(words), "{words}: {err}");
    }
}

/// A mistake of an editor or operator.
#[derive(Debug, Clone)]
enum Slip {
    Zone(&'static str),
    Delete(usize),
    RenameSection(&'static str),
    Date(usize, &'static str),
    Draft(usize),
    Clock(&'static str),
}

fn slip() -> impl Strategy<Value = Slip> {
    prop_oneof![
        prop_oneof![Just("America/New_York"), Just("Pacific/Honolulu"), Just("Asia/Tokyo")].prop_map(Slip::Zone),
        (0..STORIES.len()).prop_map(Slip::Delete),
        prop_oneof![Just("news"), Just("world")].prop_map(Slip::RenameSection),
        (0..STORIES.len(), prop_oneof![Just("2062-11-22"), Just("2026-11-23"), Just("2027-01-01")])
            .prop_map(|(at, date)| Slip::Date(at, date)),
        (0..STORIES.len()).prop_map(Slip::Draft),
        prop_oneof![Just("2026-11-21T12:00:00Z"), Just("2026-11-22T09:30:00Z")].prop_map(Slip::Clock),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// After any mistakes a build either stops, or every page is where it was; a single draft is no mistake.
    #[test]
    fn mistakes_never_remove_a_page_without_an_error(slips in proptest::collection::vec(slip(), 1..4)) {
        let paper = Paper::new();
        let before = paper.pages();
        let mut now = NOW;
        let mut drafts = 0;
        for slip in &slips {
            match slip {
                Slip::Zone(zone) => paper.write("site.yaml", &format!("{SETTINGS}timezone: {zone}\n")),
                Slip::Delete(at) => {
                    let _ = fs::remove_file(paper.root.join(source(STORIES[*at])));
                }
                Slip::RenameSection(name) => {
                    let _ = fs::rename(
                        paper.root.join("content").join(name),
                        paper.root.join("content").join(format!("{name}-old")),
                    );
                }
                Slip::Date(at, date) => {
                    if paper.root.join(source(STORIES[*at])).exists() {
                        paper.change(STORIES[*at], |text| text.replace("2026-11-22", date));
                    }
                }
                Slip::Draft(at) => {
                    if paper.root.join(source(STORIES[*at])).exists() {
                        paper.change(STORIES[*at], |text| text.replace("draft: true\n", ""));
                        paper.add(STORIES[*at], "draft: true");
                        drafts += 1;
                    }
                }
                Slip::Clock(instant) => now = instant,
            }
        }
        let built = paper.build(&["--now", now]);
        let lost = before.keys().filter(|path| !paper.pages().contains_key(*path)).count();
        prop_assert!(built.code == 1 || lost == 0 || (lost == 1 && drafts > 0), "{slips:?}: {lost} lost");
        if built.code == 1 {
            prop_assert_eq!(paper.pages(), before);
        }
    }
}
