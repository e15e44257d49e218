//! `presswork due` and `status`: their answers to editors and timers.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::TempDir;

use super::{Ran, new_site, run, tree};

fn json_lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect()
}

/// A site with one story that is published on 1 December at 08:00, in Lisbon's time zone.
pub(super) fn embargoed() -> (TempDir, PathBuf) {
    let (folder, root) = new_site();
    let text = fs::read_to_string(root.join("site.yaml")).unwrap();
    let lines = text.lines().map(|line| if line.starts_with("timezone:") { "timezone: Europe/Lisbon" } else { line });
    fs::write(root.join("site.yaml"), lines.collect::<Vec<_>>().join("\n") + "\n").unwrap();
    fs::remove_file(root.join("content/local/welcome.md")).unwrap();
    story(&root, "vote", "title: Harbour vote\nembargo: 2026-12-01 08:00\n");
    (folder, root)
}

pub(super) fn story(root: &Path, name: &str, lines: &str) {
    let text = format!("---\n{lines}date: 2026-11-01\nauthors: jane-doe\nnoindex: true\n---\nWords.\n");
    fs::write(root.join(format!("content/local/{name}.md")), text).unwrap();
}

pub(super) fn due(root: &Path, at: &str, more: &[&str]) -> Ran {
    run(root, &[&["due", "--at", at], more].concat())
}

#[test]
fn the_next_change_is_shown_with_its_story() {
    let (_keep, root) = embargoed();
    run(&root, &["build", "--now", "2026-11-20"]).exits(0);
    let said = due(&root, "2026-12-01T04:40", &[]).exits(0);
    let expected = "\
The site changes next on Tue 2026-12-01 08:00 (Europe/Lisbon), in 3 h 20 min:
  is published  Harbour vote  content/local/vote.md
";
    assert_eq!((said.out.as_str(), said.err.as_str()), (expected, ""));
    let said = due(&root, "2026-11-30T12:00", &["--within", "2d"]).exits(0).out;
    let expected = "\
Until Wed 2026-12-02 12:00 the site changes (Europe/Lisbon):
Tue 2026-12-01 08:00, in 20 h
  is published  Harbour vote  content/local/vote.md
";
    assert_eq!(said, expected);
    let said = due(&root, "2026-11-20T12:00", &["--within", "36h"]).exits(0).out;
    assert_eq!(said, "No changes are scheduled until Sun 2026-11-22 00:00.\n");
    fs::remove_file(root.join("content/local/vote.md")).unwrap();
    let said = due(&root, "2026-11-20T12:00", &[]).exits(0).out;
    assert_eq!(said, "No changes are scheduled.\n");
}

#[test]
fn overdue_changes_have_their_own_exit_code() {
    let (_keep, root) = embargoed();
    let unknown = due(&root, "2026-12-01T09:00", &[]).exits(0);
    assert!(unknown.out.starts_with("The time of the last build is unknown: there is no ledger"), "{}", unknown.out);
    due(&root, "2026-12-01T09:00", &["--quiet"]).exits(0);
    due(&root, "2026-12-01T09:00", &["--quiet", "--or-unknown"]).exits(3);
    run(&root, &["build", "--now", "2026-11-20"]).exits(0);
    for at in ["2026-12-01T07:59:59", "2026-11-20T00:00"] {
        due(&root, at, &["--quiet"]).exits(0);
        due(&root, at, &[]).exits(0);
    }
    let expected = "\
OVERDUE: the published site was built as of Fri 2026-11-20 00:00. Since then it should have changed:
Tue 2026-12-01 08:00, 20 min ago
  is published  Harbour vote  content/local/vote.md
Run `presswork build`.

No changes are scheduled.
";
    assert_eq!(due(&root, "2026-12-01T08:20", &[]).exits(3).out, expected);
    let quiet = due(&root, "2026-12-01T08:00", &["--quiet"]).exits(3);
    assert_eq!((quiet.out.as_str(), quiet.err.as_str()), ("", ""));
    run(&root, &["build", "--now", "2026-12-01T08:00"]).exits(0);
    due(&root, "2026-12-01T08:00", &[]).exits(0);
    let early =
        due(&root, "2026-12-01T07:00", &[]).exits(3).prints("AHEAD OF TIME").prints("built as of Tue 2026-12-01 08:00");
    assert!(early.out.contains("in 1 h\n  is published  Harbour vote"), "{}", early.out);
    run(&root, &["build", "--now", "2026-12-01T08:00", "--output", "elsewhere"]).exits(0);
    let current = due(&root, "2026-12-01T08:00", &[]).exits(0).out;
    assert_eq!(current, "No changes are scheduled.\n", "a build into another folder publishes nothing");
    run(&root, &["build", "--at", "2026-12-05", "--force"]).exits(0);
    due(&root, "2026-12-01T08:00", &[]).exits(0).prints("a preview has replaced it");
    due(&root, "2026-12-01T08:00", &["--quiet", "--or-unknown"]).exits(3);
}

/// A cache that restores the ledger without the published files, or the other way round, has no site.
#[test]
fn a_ledger_of_missing_files_is_not_trusted() {
    let (_keep, root) = embargoed();
    let words = "The time of the last build is unknown: what the last build published is not in the output folder";
    let build = || run(&root, &["build", "--now", "2026-11-20"]).exits(0);
    let unknown = || {
        due(&root, "2026-11-21", &[]).exits(0).prints(words);
        due(&root, "2026-11-21", &["--quiet"]).exits(0);
        due(&root, "2026-11-21", &["--quiet", "--or-unknown"]).exits(3);
    };
    build();
    due(&root, "2026-11-21", &["--quiet", "--or-unknown"]).exits(0);
    fs::remove_dir_all(root.join("public")).unwrap();
    unknown();
    build();
    let manifest = root.join("public/.presswork-manifest");
    let text = fs::read_to_string(&manifest).unwrap();
    fs::write(&manifest, text + "z.html\n").unwrap();
    unknown();
    fs::remove_file(&manifest).unwrap();
    unknown();
}

/// A story that an editor adds with an old date is an edit to be built, not a change that a timer has missed.
#[test]
fn a_story_that_is_added_with_an_old_date_is_not_overdue() {
    let (_keep, root) = embargoed();
    run(&root, &["build", "--now", "2026-11-20"]).exits(0);
    run(&root, &["build", "--now", "2026-11-22"]).exits(0);
    story(&root, "late", "title: Added later\nembargo: 2026-11-21 08:00\n");
    let said = due(&root, "2026-11-23", &[]).exits(0).out;
    assert!(said.starts_with("The site changes next on Tue 2026-12-01 08:00"), "{said}");
    let said = due(&root, "2026-12-01T09:00", &[]).exits(3).prints("OVERDUE").out;
    assert!(said.contains("Harbour vote") && !said.contains("Added later"), "{said}");
}

#[test]
fn json_lists_the_same_changes() {
    let (_keep, root) = embargoed();
    run(&root, &["build", "--now", "2026-11-20"]).exits(0);
    let lines = json_lines(&due(&root, "2026-12-01T07:00", &["--format", "json"]).exits(0).out);
    let change = serde_json::json!({
        "at": "2026-12-01T08:00:00+00:00", "in_seconds": 3600, "what": "published",
        "path": "content/local/vote.md", "title": "Harbour vote",
    });
    let end = serde_json::json!({
        "next": "2026-12-01T08:00:00+00:00", "in_seconds": 3600, "published": "2026-11-20T00:00:00+00:00",
        "is_ahead": false, "overdue": [], "fails": [], "tried": 1, "instants": 1,
    });
    assert_eq!(lines, [change, end]);
    let lines = json_lines(&due(&root, "2026-12-01T09:00", &["--format", "json"]).exits(3).out);
    assert_eq!((lines.len(), &lines[0]["next"]), (1, &Value::Null));
    assert_eq!(
        (&lines[0]["overdue"][0]["what"], &lines[0]["overdue"][0]["in_seconds"]),
        (&"published".into(), &(-3600).into())
    );
}

#[test]
fn a_future_error_is_reported_in_advance() {
    let (_keep, root) = embargoed();
    story(&root, "other", "title: Another\nslug: vote\n");
    run(&root, &["build", "--now", "2026-11-20"]).exits(0);
    let failing = due(&root, "2026-11-20", &[]).exits(1).prints("The site changes next on Tue 2026-12-01 08:00");
    failing
        .says("From Tue 2026-12-01 08:00 on (in 11 days 8 h) the site cannot be built")
        .says("error[route-collision]");
    let lines = json_lines(&due(&root, "2026-11-20", &["--format", "json"]).exits(1).out);
    assert_eq!(lines[1]["fails"][0]["error"]["code"], "route-collision");
    assert_eq!(lines[1]["fails"][0]["at"], "2026-12-01T08:00:00+00:00");
    // Existing errors are reported as by a build.
    let now = due(&root, "2026-12-02", &[]).exits(1).says("error[route-collision]");
    assert_eq!(now.out, "");
    due(&root, "2026-12-02", &["--quiet"]).exits(1).says("route-collision");
}

/// The change comes after many others.
#[test]
fn an_error_after_many_changes_is_reported_too() {
    let (_keep, root) = embargoed();
    for hour in 0..48 {
        let embargo = format!("2026-11-{} {:02}:00", 24 + hour / 24, hour % 24);
        story(&root, &format!("story-{hour}"), &format!("title: Story {hour}\nembargo: {embargo}\n"));
    }
    story(&root, "other", "title: Another\nslug: vote\n");
    let failing = due(&root, "2026-11-20", &["--within", "30d"]).exits(1);
    failing.says("From Tue 2026-12-01 08:00 on").says("error[route-collision]");
    let lines = json_lines(&due(&root, "2026-11-20", &["--within", "30d", "--format", "json"]).exits(1).out);
    assert_eq!((&lines[49]["tried"], &lines[49]["instants"]), (&49.into(), &49.into()));
}

#[test]
fn checking_writes_nothing() {
    let (_keep, root) = embargoed();
    run(&root, &["build", "--now", "2026-11-20"]).exits(0);
    story(&root, "new", "title: New\n");
    let before = tree(&root);
    due(&root, "2026-12-02", &[]).exits(3);
    run(&root, &["status", "--at", "2026-12-02"]).exits(0);
    run(&root, &["schedule", "--for", "cron", "--output", "-"]).exits(0);
    assert_eq!(tree(&root), before);
    fs::remove_dir_all(root.join(".presswork")).unwrap();
    due(&root, "2026-12-02", &[]).exits(0);
    assert!(!root.join(".presswork").exists());
}

#[test]
fn status_shows_the_state_of_each_pending_story() {
    let (_keep, root) = embargoed();
    fs::write(root.join("content/authors/lin-tan.md"), "---\nname: 林檎\n---\n").unwrap();
    let text = |lines: &str| format!("---\ndate: 2026-11-01\n{lines}---\nWords.\n");
    let write =
        |name: &str, lines: &str| fs::write(root.join(format!("content/local/{name}.md")), text(lines)).unwrap();
    write("draft", "title: 選挙の日\nauthors: [lin-tan, {name: A Guest}]\ndraft: true\n");
    write("short", "title: Only today\nexpires: 2026-11-23\nauthors: lin-tan\n");
    write("late", "title: Later\nexpires: 2027-11-23\nauthors: lin-tan\n");
    write("wrong", "title: Wrong\nretracted: {date: 2026-11-10, reason: It was}\nauthors: lin-tan\n");
    write("gone", "title: Gone\nwithdrawn: {date: 2026-11-11 10:00}\nauthors: lin-tan\n");
    write("mended", "title: Mended\ncorrections: [{date: 2026-11-21, text: It is 21}]\nauthors: lin-tan\n");
    write("old", "title: Old\nnotes: [{kind: clarification, date: 2026-10-01, text: So}]\nauthors: lin-tan\n");
    let said = run(&root, &["status", "--at", "2026-11-22"]).exits(0).out;
    let expected = "\
Drafts
  選挙の日  林檎, A Guest  content/local/draft.md

Scheduled
  Harbour vote  Tue 2026-12-01 08:00 (in 9 days 8 h)  Jane Doe  content/local/vote.md

Expiring
  Only today  Mon 2026-11-23 00:00 (in 1 day)  林檎  content/local/short.md

Retracted
  Wrong  Tue 2026-11-10 00:00 (12 days ago)  林檎  content/local/wrong.md

Withdrawn
  Gone  Wed 2026-11-11 10:00 (10 days 14 h ago)  林檎  content/local/gone.md

Recent corrections
  Mended  Sat 2026-11-21 00:00 (1 day ago)  林檎  content/local/mended.md
";
    assert_eq!(said, expected);
    let lines = json_lines(&run(&root, &["status", "--at", "2026-11-22", "--format", "json"]).exits(0).out);
    let groups: Vec<&str> = lines.iter().map(|line| line["group"].as_str().unwrap()).collect();
    assert_eq!(groups, ["draft", "embargoed", "expiring", "retracted", "withdrawn", "corrected"]);
    let guest = serde_json::json!({
        "group": "draft", "title": "選挙の日", "path": "content/local/draft.md", "authors": ["林檎", "A Guest"],
        "at": null, "in_seconds": null,
    });
    assert_eq!(lines[0], guest);
}

#[test]
fn status_shows_upcoming_stories_and_those_that_never_come() {
    let (_keep, root) = embargoed();
    story(&root, "vote", "title: Harbour vote\nembargo: 2026-12-01 08:00\nexpires: 2026-11-28\n");
    story(&root, "off", "title: Called off\nembargo: 2026-12-01 08:00\nwithdrawn: {date: 2026-11-29}\n");
    story(&root, "wrong", "title: Wrong\nretracted: {date: 2027-03-01, reason: It was}\nbyline: By our own man\n");
    let text = |lines: &str| format!("---\ndate: 2026-11-01\n{lines}---\nWords.\n");
    let write =
        |name: &str, lines: &str| fs::write(root.join(format!("content/local/{name}.md")), text(lines)).unwrap();
    write("back", "title: Taken back\nwithdrawn: {date: 2027-03-02}\nwire: {name: Agence France}\n");
    write("over", "title: Over\nexpires: 2026-11-20\n");
    write("long-over", "title: Long over\nexpires: 2026-11-02\n");
    let status = |more: &[&str]| run(&root, &[&["status", "--at", "2026-11-22", "--within", "14d"], more].concat());
    let expected = "\
Never public: expires before publication
  Harbour vote  Sat 2026-11-28 00:00 (in 6 days)  Jane Doe  content/local/vote.md
  Called off    Sun 2026-11-29 00:00 (in 7 days)  Jane Doe  content/local/off.md

To be retracted
  Wrong  Mon 2027-03-01 00:00 (in 99 days)  By our own man  content/local/wrong.md

To be withdrawn
  Taken back  Tue 2027-03-02 00:00 (in 100 days)  Agence France  content/local/back.md

Recently expired
  Over  Fri 2026-11-20 00:00 (2 days ago)  Paper  content/local/over.md
";
    assert_eq!(status(&[]).exits(0).out, expected);
    let lines = json_lines(&status(&["--format", "json"]).exits(0).out);
    let groups: Vec<&str> = lines.iter().map(|line| line["group"].as_str().unwrap()).collect();
    assert_eq!(groups, ["never-public", "never-public", "retracting", "withdrawing", "expired"]);
    // `due` lists none of these embargoes either.
    let told = due(&root, "2026-11-22", &["--within", "60d"]).exits(0).out;
    assert!(!told.contains("Harbour vote") && !told.contains("Called off"), "{told}");
}

#[test]
fn a_status_without_stories_says_so() {
    let (_keep, root) = new_site();
    let said = run(&root, &["status"]).exits(0).out;
    assert_eq!(said, "No stories are pending, and none changed state recently.\n");
    assert_eq!(run(&root, &["status", "--format", "json"]).exits(0).out, "");
    fs::write(root.join("content/local/broken.md"), "---\ntitel: x\n---\n").unwrap();
    run(&root, &["status"]).exits(1).prints("No stories are pending").says("unknown-key").says("are not listed");
}

#[test]
fn impossible_times_are_refused() {
    let (_keep, root) = new_site();
    for span in ["7", "-7d", "soon", "0d"] {
        run(&root, &["due", &format!("--within={span}")]).exits(2).says("7d, 36h or 2w");
    }
    run(&root, &["due", "--within", "9000 years"]).exits(2).says("9999");
    run(&root, &["schedule"]).exits(2).says("--for");
}
