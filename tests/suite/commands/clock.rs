//! `presswork due`, `status` and `schedule`: their answers to editors and timers, and the files for the timers.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use super::{Ran, new_site, run, tree};

fn json_lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect()
}

/// A site with one story that is published on 1 December at 08:00, in Lisbon's time zone.
fn embargoed() -> (TempDir, PathBuf) {
    let (folder, root) = new_site();
    let text = fs::read_to_string(root.join("site.yaml")).unwrap();
    let lines = text.lines().map(|line| if line.starts_with("timezone:") { "timezone: Europe/Lisbon" } else { line });
    fs::write(root.join("site.yaml"), lines.collect::<Vec<_>>().join("\n") + "\n").unwrap();
    fs::remove_file(root.join("content/local/welcome.md")).unwrap();
    story(&root, "vote", "title: Harbour vote\nembargo: 2026-12-01 08:00\n");
    (folder, root)
}

fn story(root: &Path, name: &str, lines: &str) {
    let text = format!("---\n{lines}date: 2026-11-01\nauthors: jane-doe\nnoindex: true\n---\nWords.\n");
    fs::write(root.join(format!("content/local/{name}.md")), text).unwrap();
}

fn due(root: &Path, at: &str, more: &[&str]) -> Ran {
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
    due(&root, "2026-12-01T08:00", &[]).exits(0).prints("a preview stands in its place");
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

Embargoed until
  Harbour vote  Tue 2026-12-01 08:00 (in 9 days 8 h)  Jane Doe  content/local/vote.md

Expiring
  Only today  Mon 2026-11-23 00:00 (in 1 day)  林檎  content/local/short.md

Retracted
  Wrong  Tue 2026-11-10 00:00 (12 days ago)  林檎  content/local/wrong.md

Withdrawn
  Gone  Wed 2026-11-11 10:00 (10 days 14 h ago)  林檎  content/local/gone.md

Recently corrected or noted
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

#[test]
fn a_schedule_names_every_instant_once() {
    let (_keep, root) = embargoed();
    story(&root, "more", "title: More\nembargo: 2026-12-01 08:00\nexpires: 2026-12-01 08:02:30\n");
    let schedule = |more: &[&str]| run(&root, &[&["schedule", "--at", "2026-11-20"], more].concat());
    let paths = schedule(&["--for", "systemd", "--output", "units"]).exits(0).out;
    assert_eq!(paths, "units/presswork.service\nunits/presswork.timer\n");
    let timer = fs::read_to_string(root.join("units/presswork.timer")).unwrap();
    let instants: Vec<&str> = timer.lines().filter(|line| line.starts_with("OnCalendar=2")).collect();
    assert_eq!(instants, ["OnCalendar=2026-12-01 08:00:00 UTC", "OnCalendar=2026-12-01 08:02:30 UTC"]);
    // Five minutes apart, and never early.
    let workflow = schedule(&["--for", "github-actions", "--output", "-"]).exits(0).out;
    let instants: Vec<&str> = workflow.lines().filter(|line| line.contains("- cron:")).map(str::trim).collect();
    assert_eq!(instants, ["- cron: \"17 3 * * *\"", "- cron: \"0 8 1 12 *\"", "- cron: \"5 8 1 12 *\""]);
    schedule(&["--for", "gitlab"]).exits(0).prints("presswork-schedules.sh");
    let script = fs::read_to_string(root.join("presswork-schedules.sh")).unwrap();
    assert!(script.ends_with("add '2026-12-01 08:00 UTC' '0 8 1 12 *'\nadd '2026-12-01 08:05 UTC' '5 8 1 12 *'\n"));
    schedule(&["--for", "systemd", "--output", "-"]).exits(2).says("--output");
    for text in [timer, workflow, script, fs::read_to_string(root.join("presswork-clock.gitlab-ci.yml")).unwrap()] {
        assert!(!text.contains("@MARK@") && !text.contains("INSTANTS") && !text.contains("@SCHEDULE"), "{text}");
    }
}

#[test]
fn foreign_files_are_kept() {
    let (_keep, root) = embargoed();
    fs::write(root.join("presswork.cron"), "mine\n").unwrap();
    run(&root, &["schedule", "--for", "cron"]).exits(2).says("Presswork did not write").says("--force");
    assert_eq!(fs::read_to_string(root.join("presswork.cron")).unwrap(), "mine\n");
    run(&root, &["schedule", "--for", "cron", "--force"]).exits(0);
    run(&root, &["schedule", "--for", "cron"]).exits(0);
    let (first, second) = (["schedule", "--for", "gitlab"], fs::read_to_string(root.join("presswork.cron")).unwrap());
    assert!(second.starts_with("# Written by `presswork schedule`"));
    run(&root, &first).exits(0);
    run(&root, &first).exits(0);
}

#[test]
fn a_check_finds_what_a_schedule_misses() {
    let (_keep, root) = embargoed();
    let check = |at: &str| run(&root, &["schedule", "--for", "github-actions", "--check", "--at", at]);
    check("2026-11-20").exits(1).says("is missing");
    run(&root, &["schedule", "--for", "github-actions", "--at", "2026-11-20"]).exits(0);
    check("2026-11-20").exits(0);
    // Past runs may stay.
    check("2026-12-20").exits(0);
    story(&root, "more", "title: More\nembargo: 2026-12-02 09:30\n");
    check("2026-11-20")
        .exits(1)
        .says("has no run for Wed 2026-12-02 09:30: “More” is published (content/local/more.md)");
    let path = root.join(".github/workflows/presswork-clock.yml");
    run(&root, &["schedule", "--for", "github-actions", "--at", "2026-11-20"]).exits(0);
    fs::write(&path, fs::read_to_string(&path).unwrap() + "# mine\n").unwrap();
    check("2026-11-20").exits(1).says("differs from what would be written now");
}

/// The news sitemap drops each story after 48 hours. A daily run does that; nobody commits a workflow for each story.
#[test]
fn an_ordinary_story_needs_no_new_schedule() {
    let (_keep, root) = embargoed();
    let news = "---\ntitle: Fire\ndate: 2026-11-20 09:00\nauthors: jane-doe\n---\nWords.\n";
    for timer in ["systemd", "gitlab", "github-actions", "cron"] {
        let path = root.join("content/local/fire.md");
        let _ = fs::remove_file(&path);
        let schedule = |more: &[&str]| run(&root, &[&["schedule", "--for", timer], more].concat());
        schedule(&["--at", "2026-11-20T09:30"]).exits(0);
        fs::write(&path, news).unwrap();
        schedule(&["--at", "2026-11-20T10:00", "--check"]).exits(0);
        let expiring = news.replace("authors", "expires: 2026-11-25 18:00\nauthors");
        fs::write(&path, expiring).unwrap();
        let code = if timer == "cron" { 0 } else { 1 };
        schedule(&["--at", "2026-11-20T10:00", "--check"]).exits(code);
    }
    // If a file's schedule contains no run, the error is the missing run and not invalid YAML.
    fs::remove_file(root.join("content/local/vote.md")).unwrap();
    fs::remove_file(root.join("content/local/fire.md")).unwrap();
    let schedule =
        |more: &[&str]| run(&root, &[&["schedule", "--for", "github-actions", "--at", "2026-11-20"], more].concat());
    schedule(&[]).exits(0);
    story(&root, "vote", "title: Harbour vote\nembargo: 2026-12-01 08:00\n");
    schedule(&["--check"]).exits(1).says("has no run for Tue 2026-12-01 08:00: “Harbour vote” is published");
}

/// A self-hosted runner restores the cache of an older build, and a schedule starts its pipeline.
#[cfg(target_os = "linux")]
#[test]
fn a_scheduled_pipeline_never_publishes_an_old_cache() {
    let (folder, root) = embargoed();
    let shell = |script: &str, at: &Path| {
        let mut command = Command::new("/bin/sh");
        command.args(["-ec", script]).current_dir(at).env("CI_DEFAULT_BRANCH", "main");
        let ran = command.env("CI_PIPELINE_SOURCE", "schedule").output().unwrap();
        assert!(ran.status.success(), "{script}\n{}", String::from_utf8_lossy(&ran.stderr));
    };
    if Command::new("git").arg("--version").output().is_err() {
        return;
    }
    run(&root, &["schedule", "--for", "gitlab", "--at", "2026-11-20"]).exits(0);
    let commit = "git add . && git -c user.name=x -c user.email=x@example.org commit -qm site";
    shell(&format!("git init -q -b main . && {commit}"), &root);
    let runner = folder.path().join("runner");
    shell(&format!("git clone -q '{}' '{}'", root.display(), runner.display()), folder.path());
    run(&runner, &["build"]).exits(0);
    // Stories that the runner's cache doesn't contain, and a pipeline that had to wait: its commit is an old one.
    story(&root, "resigned", "title: Minister resigns\n");
    fs::remove_file(root.join("content/authors/jane-doe.md")).unwrap();
    fs::write(root.join("content/authors/jane-doe.md"), "---\nname: Jane R. Doe\n---\n").unwrap();
    shell(commit, &root);
    fs::create_dir_all(runner.join(".program/bin")).unwrap();
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_presswork"), runner.join(".program/bin/presswork")).unwrap();
    let job = fs::read_to_string(runner.join("presswork-clock.gitlab-ci.yml")).unwrap();
    let script = job.split_once("\n  script:\n").unwrap().1.split_once("\n  artifacts:").unwrap().0;
    let commands: Vec<&str> = script.lines().filter_map(|line| line.trim().strip_prefix("- ")).collect();
    assert_eq!(commands.len(), 4, "{script}");
    shell(&commands.join("\n"), &runner);
    let story = runner.join("public/local/2026/11/resigned/index.html");
    assert!(fs::read_to_string(story).unwrap().contains("Jane R. Doe"));
}

/// GitHub cancels the waiting run of a group when another one is queued.
#[test]
fn a_push_to_another_branch_cancels_no_publication() {
    let (_keep, root) = embargoed();
    let workflow = run(&root, &["schedule", "--for", "github-actions", "--output", "-"]).exits(0).out;
    assert!(workflow.contains("\n  group: publish-${{ github.ref }}\n"), "{workflow}");
    assert!(workflow.contains("          ref: ${{ github.ref }}\n"), "{workflow}");
    assert!(!workflow.contains("due --quiet"), "what is published is always built: {workflow}");
}

#[test]
fn a_check_ignores_runs_that_change_nothing() {
    let (_keep, root) = embargoed();
    for timer in ["systemd", "gitlab", "github-actions", "cron"] {
        let schedule = |more: &[&str]| run(&root, &[&["schedule", "--for", timer], more].concat());
        schedule(&["--at", "2026-11-20", "--within", "90d"]).exits(0);
        // A shorter time than the file's, and one without any changes.
        schedule(&["--at", "2026-11-20", "--within", "30d", "--check"]).exits(0);
        schedule(&["--at", "2026-12-20", "--check"]).exits(0);
        schedule(&["--at", "2026-12-20"]).exits(0);
        schedule(&["--at", "2026-12-20", "--check"]).exits(0);
    }
    run(&root, &["schedule", "--for", "systemd", "--at", "2026-11-20", "--check"]).exits(1).says("has no run for");
    run(&root, &["schedule", "--for", "systemd", "--program", "/elsewhere", "--check"]).exits(1);
}

/// GitLab returns a hundred schedules at a time.
#[cfg(target_os = "linux")]
#[test]
fn all_old_schedules_of_gitlab_are_replaced() {
    let (folder, root) = embargoed();
    if Command::new("jq").arg("--version").output().is_err() {
        return;
    }
    run(&root, &["schedule", "--for", "gitlab", "--at", "2026-11-20"]).exits(0);
    let bin = folder.path().join("bin");
    fs::create_dir(&bin).unwrap();
    let curl = "#!/bin/sh
case \"$*\" in
*page=1) echo '[{\"id\":1,\"description\":\"presswork clock: a\"},{\"id\":2,\"description\":\"mine\"}]' ;;
*page=2) echo '[{\"id\":3,\"description\":\"presswork clock: b\"},{\"id\":4,\"description\":null}]' ;;
*page=*) echo '[]' ;;
*) echo \"$*\" >> \"${0%/*}/calls\" ;;
esac
";
    fs::write(bin.join("curl"), curl).unwrap();
    assert!(Command::new("chmod").args(["+x".as_ref(), bin.join("curl").as_os_str()]).status().unwrap().success());
    let script = format!("PATH=\"{}:$PATH\" exec sh presswork-schedules.sh", bin.display());
    let mut command = Command::new("/bin/sh");
    command.args(["-c", &script]).current_dir(&root).env("GITLAB_TOKEN", "x").env("GITLAB_PROJECT", "paper/site");
    let ran = command.output().unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    let calls = fs::read_to_string(bin.join("calls")).unwrap();
    let calls: Vec<&str> = calls.lines().collect();
    assert_eq!(calls.len(), 4, "{calls:?}");
    assert!(calls[0].contains("DELETE") && calls[0].ends_with("paper%2Fsite/pipeline_schedules/1"), "{calls:?}");
    assert!(calls[1].contains("DELETE") && calls[1].ends_with("/pipeline_schedules/3"), "{calls:?}");
    assert!(calls[2].contains("POST") && calls[2].contains("cron=17 3 * * *"), "{calls:?}");
    assert!(calls[3].contains("POST") && calls[3].contains("cron=0 8 1 12 *"), "{calls:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn the_line_for_cron_works_in_any_folder() {
    let (folder, root) = embargoed();
    let odd = folder.path().join("it's \"100%\" $HOME");
    fs::rename(&root, &odd).unwrap();
    let line = run(&odd, &["schedule", "--for", "cron", "--output", "-"]).exits(0).out;
    let command = line.lines().last().unwrap().strip_prefix("* * * * * ").unwrap();
    assert!(!command.replace("\\%", "").contains('%'), "cron ends a command at %: {command}");
    let command = command.replace("\\%", "%");
    let tick = || Command::new("/bin/sh").args(["-c", &command]).output().unwrap();
    if Command::new("flock").arg("--version").output().is_err() {
        return;
    }
    let first = tick();
    assert!(first.status.success(), "{}", String::from_utf8_lossy(&first.stderr));
    assert!(odd.join("public/index.html").exists(), "it was not known when the site was published");
    let before = tree(&odd);
    assert!(tick().status.success());
    assert_eq!(tree(&odd), before);
}
