//! Published stories never disappear by accident: a build that would remove them stops.

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::support;
use crate::tree::{self, Tree};

mod early;
mod slips;

/// A paper of five stories in two sections, published once.
pub(crate) struct Paper {
    _folder: TempDir,
    pub(crate) root: PathBuf,
}

/// The result of a build.
pub(crate) struct Built {
    code: i32,
    pub(crate) diagnostics: Vec<Value>,
    err: String,
}

impl Built {
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Built {
        assert_eq!(self.code, code, "{:?} {}", self.diagnostics, self.err);
        self
    }

    pub(crate) fn codes(&self) -> Vec<&str> {
        self.diagnostics.iter().filter_map(|found| found["code"].as_str()).collect()
    }

    /// Message and hint of the error.
    #[track_caller]
    pub(crate) fn stop(&self) -> (&str, &str) {
        let error = self.diagnostics.iter().find(|found| found["code"] == "stories-removed");
        let error = error.unwrap_or_else(|| panic!("no error: {:?}", self.diagnostics));
        (error["message"].as_str().unwrap(), error["hint"].as_str().unwrap())
    }
}

pub(crate) const SETTINGS: &str = "title: Paper\nbase_url: https://example.org/\ntheme: plain\nfeeds: false\nrobots: false\n\
                        sitemaps: false\n";
pub(crate) const NOW: &str = "2026-11-22T12:00:00Z";
const STORIES: [&str; 5] = ["news/one", "news/two", "news/three", "world/four", "world/five"];

pub(crate) fn story(more: &str) -> String {
    format!("---\ntitle: A story\nauthors: ana\n{more}---\nThe council voted.\n")
}

impl Paper {
    /// All stories are of one day: west of Greenwich their local time is in the future.
    pub(crate) fn new() -> Paper {
        let at = |place: usize| format!("date: 2026-11-22 {:02}:00\nslug: s{place}\n", place + 7);
        let stories: Vec<(&str, String)> = STORIES.iter().enumerate().map(|(place, name)| (*name, at(place))).collect();
        Paper::of(&stories)
    }

    /// A paper of these stories, each with its name and lines of front matter, published once.
    pub(crate) fn of(stories: &[(&str, String)]) -> Paper {
        let folder = support::scratch();
        let root = folder.path().join("paper");
        tree::write(&root, support::plain_theme()).unwrap();
        let paper = Paper { _folder: folder, root };
        paper.write("site.yaml", SETTINGS);
        paper.write("content/authors/ana.md", "---\nname: Ana\n---\n");
        for (name, more) in stories {
            paper.write(&source(name), &story(more));
        }
        paper.build(&[]).exits(0);
        paper
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn change(&self, name: &str, change: impl Fn(&str) -> String) {
        let text = fs::read_to_string(self.root.join(source(name))).unwrap();
        self.write(&source(name), &change(&text));
    }

    pub(crate) fn add(&self, name: &str, front: &str) {
        self.change(name, |text| text.replacen("---\n", &format!("---\n{front}\n"), 1));
    }

    pub(crate) fn remove(&self, name: &str) {
        fs::remove_file(self.root.join(source(name))).unwrap();
    }

    pub(crate) fn build(&self, more: &[&str]) -> Built {
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
    pub(crate) fn pages(&self) -> Tree {
        let mut pages = tree::read(&self.root.join("public")).unwrap();
        pages.retain(|path, _| path.components().nth(1).is_some_and(|part| part.as_os_str() == "2026"));
        pages.retain(|path, _| !path.starts_with("archive"));
        pages
    }
}

pub(crate) fn source(name: &str) -> String {
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
    assert!(hint.ends_with("with `--allow-removals 5`"), "{hint}");
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
        // The place is that of the date.
        let error = &built.diagnostics[0];
        assert_eq!((&error["path"], &error["line"]), (&source(STORIES[0]).into(), &4.into()), "{error}");
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
fn a_date_in_the_past_stops_the_build_if_the_url_changes() {
    for date in ["2026-10-21 07:00", "2006-11-22 07:00", "2025-01-22 07:00", "2026-09-30"] {
        let paper = Paper::new();
        let before = paper.pages();
        paper.change(STORIES[0], |text| text.replace("2026-11-22 07:00", date));
        let built = paper.build(&[]).exits(1);
        assert!(built.stop().1.starts_with("run `presswork build --keep-urls`"), "{:?}", built.stop());
        assert_eq!(paper.pages(), before);
        // The URL has the month alone.
        paper.change(STORIES[0], |text| text.replace(date, "2026-11-12"));
        paper.build(&[]).exits(0);
        assert_eq!(paper.pages().len(), before.len());
    }
}

#[test]
fn a_story_whose_url_another_story_takes_is_missed() {
    let paper = Paper::new();
    let before = paper.pages();
    paper.remove(STORIES[0]);
    paper.change(STORIES[1], |text| text.replace("slug: s1", "slug: s0\naliases: /news/2026/11/s1/"));
    let built = paper.build(&[]).exits(1);
    assert_eq!(built.stop().0, "a published story would no longer be at its URL");
    assert_eq!(paper.pages(), before);
    let built = paper.build(&["--allow-removals", "1"]).exits(0);
    assert_eq!(built.codes(), ["deleted-story"]);
}

#[test]
fn a_story_expires_on_time_whatever_else_was_edited() {
    let paper = Paper::new();
    paper.add(STORIES[0], "expires: 2026-11-22 13:00");
    paper.build(&[]).exits(0);
    paper.change(STORIES[0], |text| text.replace("The council voted.", "The council has voted."));
    paper.build(&["--now", "2026-11-22T14:00:00Z"]).exits(0);
    assert_eq!(paper.pages().len(), STORIES.len() - 1);
}

#[test]
fn a_mistyped_year_is_not_excused_by_another_edit_that_moves_the_url() {
    let edits: [fn(&str) -> String; 3] = [
        |text| text.replace("slug: s0", "slug: new"),
        |text| text.replace("slug: s0", "slug: new\ntags: votes"),
        |text| text.replace("slug: s0\n", ""),
    ];
    for edit in edits {
        for year in ["2006", "2062"] {
            let paper = Paper::new();
            let before = paper.pages();
            paper.change(STORIES[0], |text| edit(text).replace("2026", year));
            paper.build(&[]).exits(1).stop();
            assert_eq!(paper.pages(), before);
        }
    }
    let paper = Paper::new();
    fs::rename(paper.root.join(source(STORIES[0])), paper.root.join("content/world/one.md")).unwrap();
    paper.change("world/one", |text| text.replace("2026", "2006"));
    paper.build(&[]).exits(1).stop();
    // A URL of its own is meant, whatever the date.
    let paper = Paper::new();
    paper.change(STORIES[0], |text| text.replace("slug: s0", "url: /new/").replace("2026", "2006"));
    paper.build(&[]).exits(0);
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

/// A paper of three sections; `opinion` has one story, and the URL of `news/late` depends on the time zone.
fn of_three_sections() -> Paper {
    let stories = [
        ("news/one", "2026-11-22 07:00"),
        ("news/late", "2026-10-31T23:30:00+00:00"),
        ("opinion/six", "2026-11-20 08:00"),
        ("world/bundle/index", "2026-11-20 09:00"),
        ("world/four", "2026-11-20 10:00"),
    ];
    Paper::of(&stories.map(|(name, date)| (name, format!("date: {date}\n"))))
}

#[test]
fn one_story_does_not_move_because_of_a_folder_or_the_time_zone() {
    let rename = |paper: &Paper, from: &str, to: &str| {
        let content = paper.root.join("content");
        fs::create_dir_all(content.join(to).parent().unwrap()).unwrap();
        fs::rename(content.join(from), content.join(to)).unwrap();
    };
    for slip in ["zone", "permalink", "section", "bundle", "index"] {
        let paper = of_three_sections();
        let before = paper.pages();
        match slip {
            "zone" => paper.write("site.yaml", &format!("{SETTINGS}timezone: Asia/Tokyo\n")),
            "permalink" => {
                paper.remove("news/one");
                paper.write("redirects.yaml", "/news/2026/11/one/: gone\n");
                paper.build(&[]).exits(0);
                paper.write("content/news/_index.md", "---\nslug: city\n---\n");
            }
            "section" => rename(&paper, "opinion", "views"),
            "index" => rename(&paper, "opinion/six.md", "views/six.md"),
            _ => rename(&paper, "world/bundle", "world/parcel"),
        }
        let built = paper.build(&[]).exits(1);
        let message = built.stop().0;
        assert_eq!(message, "a published story would no longer be at its URL", "{slip}");
        assert_eq!(built.codes(), ["stories-removed"], "{slip}");
        assert_eq!(paper.pages().len(), before.len() - usize::from(slip == "permalink"), "{slip}");
    }
    // A file is renamed, moved to another section, or gets another slug.
    let paper = of_three_sections();
    rename(&paper, "world/four.md", "world/vier.md");
    assert_eq!(paper.build(&[]).exits(0).codes(), ["moved-url"]);
    rename(&paper, "news/one.md", "world/one.md");
    assert_eq!(paper.build(&[]).exits(0).codes(), ["moved-url", "moved-url"]);
    paper.add("world/bundle/index", "slug: parcel");
    assert_eq!(paper.build(&[]).exits(0).codes(), ["moved-url", "moved-url", "moved-url"]);
}

#[test]
fn a_story_that_expires_early_by_another_time_zone_stays() {
    let paper = of_three_sections();
    paper.add("news/one", "expires: 2026-11-22 15:00");
    paper.build(&[]).exits(0);
    let before = paper.pages();
    paper.write("site.yaml", &format!("{SETTINGS}timezone: Asia/Tokyo\n"));
    paper.write("redirects.yaml", "/news/2026/10/late/: /news/late.md\n");
    let built = paper.build(&[]).exits(1);
    assert!(built.stop().1.starts_with("no file has been edited"), "{:?}", built.stop());
    assert_eq!(paper.pages(), before);
}

#[test]
fn without_a_ledger_the_list_of_published_files_knows_the_stories() {
    for damage in ["deleted", "truncated"] {
        let paper = Paper::new();
        let before = paper.pages();
        let ledger = paper.root.join(".presswork/ledger");
        let lose = || match damage {
            "deleted" => fs::remove_dir_all(paper.root.join(".presswork")).unwrap(),
            _ => fs::write(&ledger, &fs::read(&ledger).unwrap()[..100]).unwrap(),
        };
        lose();
        paper.build(&[]).exits(0);
        lose();
        paper.write("site.yaml", &format!("{SETTINGS}timezone: America/Los_Angeles\n"));
        let built = paper.build(&[]).exits(1);
        assert_eq!(built.stop().0, "5 published stories would no longer be at their URLs");
        assert!(
            built.stop().1.starts_with("there is no ledger of the build that published them"),
            "{:?}",
            built.stop()
        );
        paper.build(&["--clean"]).exits(1);
        assert_eq!(paper.pages(), before);
        // What the files say needs no permission.
        paper.write("site.yaml", SETTINGS);
        paper.remove(STORIES[0]);
        paper.write("redirects.yaml", "/news/2026/11/s0/: gone\n");
        paper.add(STORIES[1], "withdrawn: {date: 2026-11-22 11:00, reason: An error}");
        paper.add(STORIES[3], "expires: 2026-11-22 11:30");
        paper.build(&[]).exits(0);
        lose();
        paper.write("site.yaml", &format!("{SETTINGS}timezone: America/Los_Angeles\n"));
        paper.build(&["--allow-removals", "2"]).exits(0);
    }
}

#[test]
fn errors_of_a_file_are_not_taken_for_a_move() {
    let paper = Paper::new();
    let of_section = "---\nslug: city\n---\n";
    paper.write("content/world/_index.md", of_section);
    paper.build(&["--keep-urls"]).exits(0);
    let before = paper.pages();
    let slug =
        |text: &str| text.replace("slug: s0", "slug: [s0").replace("The council voted.", &"Other words. ".repeat(9));
    paper.change(STORIES[0], slug);
    paper.write("content/world/_index.md", "---\nslug: city\ntitle: [\n---\n");
    let built = paper.build(&[]).exits(1);
    let others = built.codes().into_iter().filter(|code| !["invalid-yaml", "invalid-value"].contains(code));
    assert_eq!(others.collect::<Vec<_>>(), [] as [&str; 0], "{:?}", built.diagnostics);
    assert_eq!(paper.pages(), before);
}

#[test]
fn a_story_that_expires_before_its_date_is_explained() {
    let paper = Paper::new();
    paper.add(STORIES[0], "expires: 2026-11-20");
    let mut command = Command::new(env!("CARGO_BIN_EXE_presswork"));
    command.args(["build", "--now", NOW, "--root"]).arg(&paper.root);
    let err = String::from_utf8(command.stdin(Stdio::null()).output().unwrap().stderr).unwrap();
    assert!(err.contains("`/news/2026/11/s0/` would disappear: it expires before its date"), "{err}");
    assert!(err.contains("content/news/one.md:2:1"), "{err}");
}

/// `script` of util-linux runs the program on a terminal.
#[cfg(target_os = "linux")]
#[test]
fn on_a_terminal_the_question_comes_before_the_result() {
    for (answer, is_published) in [("no\n", false), ("yes\n", true)] {
        let paper = Paper::new();
        paper.remove("news/one");
        let build =
            format!("'{}' build --now {NOW} --root '{}'", env!("CARGO_BIN_EXE_presswork"), paper.root.display());
        let mut script = Command::new("script");
        script.args(["-qec", &build, "/dev/null"]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let Ok(mut script) = script.spawn() else {
            eprintln!("skipped: no script");
            return;
        };
        script.stdin.as_mut().unwrap().write_all(answer.as_bytes()).unwrap();
        let output = script.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let (before, after) = said.split_once("Go on, although 1 URL would lead nowhere?").expect(&said);
        assert!(!before.contains("nothing was published"), "{said}");
        assert_eq!(after.contains("nothing was published"), !is_published, "{said}");
        assert_eq!(paper.pages().len(), if is_published { 4 } else { 5 }, "{said}");
    }
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
