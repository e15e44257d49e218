//! Old URLs: the warning until they work again, and `--keep-urls`.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::support;
use crate::tree;
use serde_json::Value;
use tempfile::TempDir;

const VOTE: &str = "content/news/vote.md";
const OLD: &str = "news/2026/05/vote/";

/// A small paper that has been published once.
struct Paper {
    _folder: TempDir,
    root: PathBuf,
}

/// The output of a build.
struct Said {
    code: i32,
    /// File, old and new URL of each warning about a move.
    moves: Vec<(String, String, String)>,
    /// The codes of everything else.
    others: Vec<String>,
    err: String,
    /// Message and hint of an error of the command itself.
    failure: String,
}

impl Said {
    #[track_caller]
    fn exits(self, code: i32) -> Said {
        assert_eq!(self.code, code, "{:?} {:?} {}", self.moves, self.others, self.err);
        self
    }

    #[track_caller]
    fn moved(self, wanted: &[(&str, &str, &str)]) -> Said {
        let moves: Vec<(&str, &str, &str)> = self.moves.iter().map(|(a, b, c)| (&**a, &**b, &**c)).collect();
        assert_eq!(moves, wanted, "{:?} {}", self.others, self.err);
        self
    }
}

impl Paper {
    fn new() -> Paper {
        let folder = support::scratch();
        let root = folder.path().join("paper");
        tree::write(&root, support::plain_theme()).unwrap();
        let paper = Paper { _folder: folder, root };
        let settings = "title: Paper\nbase_url: https://example.org/\ntheme: plain\nfeeds: false\nrobots: false\n\
                        sitemaps: false\n";
        paper.write("site.yaml", settings);
        paper.write("content/authors/ana.md", "---\nname: Ana\n---\n");
        paper.write(VOTE, &story("2026-05-04", "", "The council voted."));
        paper.write("content/news/other.md", &story("2026-05-05", "", "Another story."));
        paper.write("content/pages/about.md", "---\ntitle: About\n---\nAbout us.\n");
        paper.build(&[]).exits(0).moved(&[]);
        paper
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn rename(&self, from: &str, to: &str) {
        fs::create_dir_all(self.root.join(to).parent().unwrap()).unwrap();
        fs::rename(self.root.join(from), self.root.join(to)).unwrap();
    }

    fn redirects(&self) -> String {
        fs::read_to_string(self.root.join("redirects.yaml")).unwrap_or_default()
    }

    fn leads(&self, path: &str, to: &str) -> bool {
        let page = fs::read_to_string(self.root.join("public").join(path).join("index.html")).unwrap_or_default();
        page.contains(&format!("url={to}\""))
    }

    fn build(&self, more: &[&str]) -> Said {
        let mut command = Command::new(env!("CARGO_BIN_EXE_presswork"));
        command.args(["build", "--format", "json", "--allow-removals", "100", "--root"]);
        command.arg(&self.root).args(more).env("TZ", "UTC");
        if !more.contains(&"--now") {
            command.args(["--now", "2026-11-22"]);
        }
        let output = command.stdin(Stdio::null()).output().unwrap();
        let err = String::from_utf8(output.stderr).unwrap();
        assert!(!err.contains("panicked"), "{err}");
        let out = String::from_utf8(output.stdout).unwrap();
        let lines: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let (mut moves, mut others) = (Vec::new(), Vec::new());
        for line in lines.iter().filter(|line| line["code"].is_string()) {
            let text = |key: &str| line[key].as_str().unwrap_or_default().to_owned();
            if text("code") == "moved-url" {
                let message = text("message");
                let paths: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
                moves.push((text("path"), paths[0].to_owned(), paths[1].to_owned()));
                assert!(text("hint").contains(&format!("aliases: [{}]", paths[0])), "{line}");
            } else {
                others.push(text("code"));
            }
        }
        let failures = lines.iter().filter(|line| line["severity"] == "error" && line["code"].is_null());
        let failure = failures.map(|line| format!("{} {}", line["message"], line["hint"])).collect();
        Said { code: output.status.code().unwrap_or(-1), moves, others, err, failure }
    }
}

fn story(date: &str, more: &str, text: &str) -> String {
    format!("---\ntitle: A story\ndate: {date}\nauthors: ana\n{more}---\n{text}\n")
}

#[test]
fn a_moved_article_is_reported_until_its_old_url_works() {
    let paper = Paper::new();
    let warning = [(VOTE, "/news/2026/05/vote/", "/news/2026/05/ballot/")];
    paper.write(VOTE, &story("2026-05-04", "slug: ballot\n", "The council voted."));
    paper.build(&[]).exits(0).moved(&warning);
    // Builds with nothing to do warn too, and so do builds of other changes.
    paper.build(&[]).exits(0).moved(&warning);
    paper.write("content/news/other.md", &story("2026-05-05", "", "Another story, longer now."));
    paper.build(&[]).exits(0).moved(&warning);
    paper.build(&["--verify"]).exits(0).moved(&warning);
    paper.build(&["--deny-warnings"]).exits(1).moved(&warning);
    paper.write(VOTE, &story("2026-05-04", "slug: ballot\naliases: /news/2026/05/vote/\n", "The council voted."));
    paper.build(&[]).exits(0).moved(&[]);
    assert!(paper.leads(OLD, "/news/2026/05/ballot/"));
    // Removing an alias is the editor's own decision.
    paper.write(VOTE, &story("2026-05-04", "slug: ballot\n", "The council voted."));
    paper.build(&[]).exits(0).moved(&[]);
}

#[test]
fn a_move_is_reported_whatever_its_cause() {
    let paper = Paper::new();
    paper.write(VOTE, &story("2026-06-04", "", "The council voted."));
    paper.build(&[]).exits(0).moved(&[(VOTE, "/news/2026/05/vote/", "/news/2026/06/vote/")]);
    let paper = Paper::new();
    paper.write("content/pages/about.md", "---\ntitle: About\nslug: imprint\n---\nAbout us.\n");
    paper.build(&[]).exits(0).moved(&[("content/pages/about.md", "/about/", "/imprint/")]);
    let paper = Paper::new();
    paper.write("content/news/_index.md", "---\ntitle: News\nslug: latest-news\n---\n");
    paper.build(&[]).exits(0).moved(&[
        ("content/news/other.md", "/news/2026/05/other/", "/latest-news/2026/05/other/"),
        (VOTE, "/news/2026/05/vote/", "/latest-news/2026/05/vote/"),
    ]);
    let paper = Paper::new();
    let settings = fs::read_to_string(paper.root.join("site.yaml")).unwrap();
    paper.write("site.yaml", &format!("{settings}permalink: \"{{slug}}.html\"\n"));
    paper.build(&[]).exits(0).moved(&[
        ("content/news/other.md", "/news/2026/05/other/", "/other.html"),
        (VOTE, "/news/2026/05/vote/", "/vote.html"),
    ]);
}

#[test]
fn a_renamed_file_is_known_by_its_bytes_or_by_slug_and_date() {
    let paper = Paper::new();
    paper.rename("content/news", "content/world");
    paper.build(&[]).exits(0).moved(&[
        ("content/world/other.md", "/news/2026/05/other/", "/world/2026/05/other/"),
        ("content/world/vote.md", "/news/2026/05/vote/", "/world/2026/05/vote/"),
    ]);
    let paper = Paper::new();
    paper.rename(VOTE, "content/world/vote.md");
    paper.write("content/world/vote.md", &story("2026-05-04", "", "The council voted, and was sorry."));
    let once = [("content/world/vote.md", "/news/2026/05/vote/", "/world/2026/05/vote/")];
    paper.build(&[]).exits(0).moved(&once);
    // Renamed twice: both old URLs are missing.
    paper.rename("content/world/vote.md", "content/world/ballot.md");
    let twice = [
        ("content/world/ballot.md", "/news/2026/05/vote/", "/world/2026/05/ballot/"),
        ("content/world/ballot.md", "/world/2026/05/vote/", "/world/2026/05/ballot/"),
    ];
    paper.build(&[]).exits(0).moved(&twice);
    // Moved back: only the URL in between is missing.
    paper.rename("content/world/ballot.md", VOTE);
    paper.build(&[]).exits(0).moved(&[
        (VOTE, "/world/2026/05/ballot/", "/news/2026/05/vote/"),
        (VOTE, "/world/2026/05/vote/", "/news/2026/05/vote/"),
    ]);
}

#[test]
fn a_url_that_works_again_is_not_reported() {
    let paper = Paper::new();
    paper.write(VOTE, &story("2026-05-04", "slug: ballot\n", "The council voted."));
    paper.write("content/news/new.md", &story("2026-05-09", "slug: vote\n", "A new vote."));
    paper.build(&[]).exits(0).moved(&[]);
    let paper = Paper::new();
    paper.write(VOTE, &story("2026-05-04", "slug: ballot\n", "The council voted."));
    paper.write("redirects.yaml", "/news/2026/05/vote/: gone\n");
    paper.build(&[]).exits(0).moved(&[]);
    // A deleted or withdrawn story has not moved; a hidden one is remembered.
    let paper = Paper::new();
    fs::remove_file(paper.root.join("content/news/other.md")).unwrap();
    paper.write(VOTE, &story("2026-05-04", "draft: true\n", "The council voted."));
    paper.build(&[]).exits(0).moved(&[]);
    paper.write(VOTE, &story("2026-05-04", "slug: ballot\n", "The council voted."));
    paper.build(&[]).exits(0).moved(&[(VOTE, "/news/2026/05/vote/", "/news/2026/05/ballot/")]);
    paper.write(VOTE, &story("2026-05-04", "slug: ballot\nwithdrawn: {date: 2026-06-01}\n", "The council voted."));
    paper.build(&[]).exits(0).moved(&[]);
}

#[test]
fn a_moved_archive_is_reported_in_short_and_kept_whole() {
    let paper = Paper::new();
    for number in 0..120 {
        paper.write(&format!("content/news/story-{number}.md"), &story("2026-05-06", "", "Text."));
    }
    paper.build(&[]).exits(0).moved(&[]);
    let settings = fs::read_to_string(paper.root.join("site.yaml")).unwrap();
    paper.write("site.yaml", &format!("{settings}permalink: \"{{section}}/{{slug}}/\"\n"));
    let output = Command::new(env!("CARGO_BIN_EXE_presswork"))
        .args(["build", "--now", "2026-11-22", "--allow-removals", "122", "--root"])
        .arg(&paper.root)
        .output()
        .unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert_eq!(err.matches("[moved-url]").count(), 101, "{err}");
    assert!(err.contains("22 more old URLs lead nowhere"), "{err}");
    paper.build(&["--keep-urls"]).exits(0).moved(&[]);
    assert_eq!(paper.redirects().lines().filter(|line| line.starts_with('/')).count(), 122);
}

#[test]
fn drafts_in_previews_leave_no_old_urls() {
    let paper = Paper::new();
    paper.write("content/news/secret.md", &story("2026-05-04", "draft: true\n", "Not yet."));
    paper.write("content/news/soon.md", &story("2027-01-01", "", "Not yet either."));
    paper.build(&["--drafts", "--output", paper.root.join("preview").to_str().unwrap()]).exits(0).moved(&[]);
    paper.write("content/news/secret.md", &story("2026-05-04", "slug: told\n", "Not yet."));
    paper.write("content/news/soon.md", &story("2027-01-01", "slug: later\n", "Not yet either."));
    paper.build(&[]).exits(0).moved(&[]);
}

#[test]
fn a_clean_build_knows_no_history() {
    let paper = Paper::new();
    paper.write(VOTE, &story("2026-05-04", "slug: ballot\n", "The council voted."));
    paper.build(&["--clean"]).exits(0).moved(&[]);
}

#[test]
fn keep_urls_adds_to_redirects_and_builds_with_them() {
    let paper = Paper::new();
    paper.write(VOTE, &story("2026-05-04", "slug: ballot\n", "The council voted."));
    paper.build(&["--keep-urls"]).exits(0).moved(&[]);
    let once = paper.redirects();
    assert!(once.starts_with('#') && once.ends_with("\n/news/2026/05/vote/: /news/vote.md\n"), "{once}");
    assert!(paper.leads(OLD, "/news/2026/05/ballot/"));
    paper.build(&["--keep-urls"]).exits(0).moved(&[]);
    assert_eq!(paper.redirects(), once, "a second time adds nothing");
    // The next move needs no chain, because the entry names the source.
    paper.write(VOTE, &story("2026-05-04", "slug: poll\n", "The council voted."));
    paper.build(&["--keep-urls"]).exits(0).moved(&[]);
    assert!(paper.leads(OLD, "/news/2026/05/poll/") && paper.leads("news/2026/05/ballot/", "/news/2026/05/poll/"));
    // A file with another name is followed.
    paper.rename(VOTE, "content/world/poll.md");
    paper.build(&[]).exits(1);
    paper.build(&["--keep-urls"]).exits(0).moved(&[]);
    let text = paper.redirects();
    assert!(!text.contains("/news/vote.md") && text.matches(": /world/poll.md\n").count() == 3, "{text}");
    assert!(paper.leads(OLD, "/world/2026/05/poll/"));
}

#[test]
fn a_move_that_an_earlier_build_reported_can_still_be_kept() {
    let paper = Paper::new();
    paper.write(VOTE, &story("2026-05-04", "slug: ballot\n", "The council voted."));
    paper.build(&[]).exits(0).moved(&[(VOTE, "/news/2026/05/vote/", "/news/2026/05/ballot/")]);
    paper.build(&["--keep-urls"]).exits(0).moved(&[]);
    assert!(paper.leads(OLD, "/news/2026/05/ballot/"));
}

#[test]
fn comments_and_order_of_redirects_are_kept() {
    let paper = Paper::new();
    let before = "# Ours since 2009.\r\n/z/: gone  # for good\r\n\r\n\"/a b/\": '/news/vote.md#end' # moved\r\n/c/: /news/other.md";
    paper.write("redirects.yaml", before);
    paper.build(&[]).exits(0).moved(&[]);
    paper.rename(VOTE, "content/news/ballot.md");
    paper.build(&["--keep-urls"]).exits(0).moved(&[]);
    let wanted = "# Ours since 2009.\r\n/z/: gone  # for good\r\n\r\n\"/a b/\": '/news/ballot.md#end' # moved\r\n\
                  /c/: /news/other.md\r\n/news/2026/05/vote/: /news/ballot.md\r\n";
    assert_eq!(paper.redirects(), wanted);
}

#[test]
fn a_renamed_file_with_spaces_is_followed_too() {
    let paper = Paper::new();
    paper.write("content/news/two words.md", &story("2026-05-07", "slug: two\n", "Two words."));
    paper.write("redirects.yaml", "/a/: \"/news/two words.md\" # quoted\n");
    paper.build(&[]).exits(0).moved(&[]);
    paper.rename("content/news/two words.md", "content/news/three more words.md");
    paper.build(&["--keep-urls"]).exits(0).moved(&[]);
    assert_eq!(paper.redirects(), "/a/: \"/news/three more words.md\" # quoted\n");
}

#[test]
fn a_failed_write_is_reported_and_changes_nothing() {
    let paper = Paper::new();
    paper.write("redirects.yaml", "/a/: gone\n");
    paper.build(&[]).exits(0);
    fs::set_permissions(paper.root.join("redirects.yaml"), Permissions::from_mode(0o444)).unwrap();
    paper.write(VOTE, &story("2026-05-04", "slug: ballot\n", "The council voted."));
    let said = paper.build(&["--keep-urls"]).exits(2);
    assert!(said.failure.contains("redirects.yaml is not writable"), "{}", said.failure);
    assert!(!paper.root.join("public/news/2026/05/ballot").exists());
    fs::set_permissions(paper.root.join("redirects.yaml"), Permissions::from_mode(0o644)).unwrap();
    paper.write("redirects.yaml", "{/a/: gone}\n");
    let said = paper.build(&["--keep-urls"]).exits(2);
    assert!(said.failure.contains("add by hand: /news/2026/05/vote/: /news/vote.md"), "{}", said.failure);
    assert_eq!(paper.redirects(), "{/a/: gone}\n");
    // While there is another error, nothing is written either.
    paper.write("redirects.yaml", "/a/: gone\n");
    paper.write("content/news/other.md", &story("2026-05-05", "", "[A link](/nowhere.md)"));
    paper.write("content/news/bad.md", "---\ntitle: No date\n---\n");
    paper.build(&["--keep-urls"]).exits(1);
    assert_eq!(paper.redirects(), "/a/: gone\n");
}

#[test]
fn a_story_that_comes_back_needs_no_redirect_any_more() {
    let paper = Paper::new();
    paper.rename(VOTE, "content/news/ballot.md");
    paper.build(&["--keep-urls"]).exits(0).moved(&[]);
    assert!(paper.leads(OLD, "/news/2026/05/ballot/"));
    paper.rename("content/news/ballot.md", VOTE);
    paper.build(&["--keep-urls"]).exits(0).moved(&[]);
    paper.build(&["--clean"]).exits(0).moved(&[]);
    let page = fs::read_to_string(paper.root.join("public").join(OLD).join("index.html")).unwrap();
    assert!(page.contains("The council voted."), "{page}");
    assert!(paper.leads("news/2026/05/ballot/", &format!("/{OLD}")), "{}", paper.redirects());
}

#[test]
fn a_file_that_was_renamed_and_corrected_is_the_same_story() {
    let paper = Paper::new();
    fs::remove_file(paper.root.join(VOTE)).unwrap();
    paper.write("content/news/ballot.md", &story("2026-05-04", "", "The council has voted."));
    let warning = [("content/news/ballot.md", "/news/2026/05/vote/", "/news/2026/05/ballot/")];
    paper.build(&[]).exits(0).moved(&warning);
}

#[test]
fn a_full_url_of_the_site_counts_as_a_path() {
    let paper = Paper::new();
    for (entries, code) in [
        ("/a/: https://example.org/a/\n", "bad-redirect"),
        ("/a/: https://example.org/b/\n/b/: /news/vote.md\n", "redirect-chain"),
        ("/a/: https://example.org/nothing/\n", "broken-link"),
    ] {
        paper.write("redirects.yaml", entries);
        assert_eq!(paper.build(&[]).exits(1).others, [code], "{entries}");
    }
    paper.write("redirects.yaml", &format!("/a/: https://example.org/{OLD}#part\n"));
    paper.build(&[]).exits(0);
    assert!(paper.leads("a/", &format!("/{OLD}#part")));
}
