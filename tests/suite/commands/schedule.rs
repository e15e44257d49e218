//! `presswork schedule`: the files for timers.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::clock::{embargoed, story};
use super::{run, tree};

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
fn a_service_that_stays_is_written_in_place_of_a_timer() {
    let (_keep, root) = embargoed();
    let paths = run(&root, &["schedule", "--for", "systemd", "--watch", "--output", "units"]).exits(0).out;
    assert_eq!(paths, "units/presswork-watch.service\n");
    let unit = fs::read_to_string(root.join("units/presswork-watch.service")).unwrap();
    assert!(unit.contains(" build --watch --root ") && unit.contains("Restart=always"), "{unit}");
    run(&root, &["schedule", "--for", "cron", "--watch"]).exits(2).says("--watch is for systemd");
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
    // Time alone makes a warning: a story that has expired is linked.
    let old = "---\ntitle: Old\ndate: 2020-01-01\nexpires: 2020-01-02\nauthors: jane-doe\n---\nWords.\n";
    fs::write(root.join("content/local/old.md"), old).unwrap();
    let linked = "---\ntitle: Linked\ndate: 2020-01-01\nauthors: jane-doe\n---\nSee [the old story](old.md).\n";
    fs::write(root.join("content/local/linked.md"), linked).unwrap();
    run(&root, &["build", "--deny-warnings", "--output", "../elsewhere"]).exits(1).says("link-to-gone");
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
    assert!(runner.join("public/local/2020/01/linked/index.html").exists());
}

/// GitHub cancels the waiting run of a group when another one is queued.
#[test]
fn a_push_to_another_branch_cancels_no_publication() {
    let (_keep, root) = embargoed();
    let workflow = run(&root, &["schedule", "--for", "github-actions", "--output", "-"]).exits(0).out;
    assert!(workflow.contains("\n  group: publish-${{ github.ref }}\n"), "{workflow}");
    assert!(workflow.contains("          ref: ${{ github.ref }}\n"), "{workflow}");
    assert!(!workflow.contains("due --quiet"), "what is published is always built: {workflow}");
    assert!(workflow.contains("presswork build\n"), "time alone makes warnings, which stop no publication: {workflow}");
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
