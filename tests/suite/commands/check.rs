//! `check --embargo`: searches the published site for content that is not public.

use std::fs;

use super::{new_article, new_site, run};

#[test]
fn a_site_not_built_since_a_withdrawal_still_has_the_story() {
    let (_keep, root) = new_site();
    run(&root, &["check", "--embargo"]).exits(2).says("build the site first");
    new_article(&root, "Two banks become one", &[]).exits(0);
    let path = root.join("content/local/two-banks-become-one.md");
    let text = fs::read_to_string(&path).unwrap();
    let text = text.replace("draft: true\n", "").replace("Write the story here.", "They have not said why.");
    fs::write(&path, &text).unwrap();
    run(&root, &["build"]).exits(0);
    run(&root, &["check", "--embargo"]).exits(0).prints("nothing is hidden now");
    fs::write(&path, text.replacen("---\n", "---\ndraft: true\n", 1)).unwrap();
    let ran = run(&root, &["check", "--embargo"]).exits(1).says("error[embargo-leak]: it contains the `title`");
    let ran = ran.says("public/index.html").says("content/local/two-banks-become-one.md");
    assert!(ran.out.is_empty(), "{}", ran.out);
    let ran = run(&root, &["check", "--embargo", "--format", "json"]).exits(1);
    let last = ran.out.lines().last().unwrap();
    assert!(last.starts_with("{\"hidden\":1,\"files\":"), "{last}");
    assert_eq!(ran.out.lines().count() - 1, ran.out.matches("\"code\":\"embargo-leak\"").count());
    run(&root, &["build"]).exits(0);
    run(&root, &["check", "--embargo"]).exits(0).prints("no trace of the one hidden story in ");
}

#[test]
fn without_options_it_lists_the_checks() {
    let here = tempfile::tempdir().unwrap();
    let ran = run(here.path(), &["check"]).exits(0).prints("presswork check --embargo ");
    let ran = ran.prints("presswork check --unpublished").prints("presswork build --verify");
    let json = run(here.path(), &["check", "--format", "json"]).exits(0);
    let commands =
        json.out.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["command"].take());
    let commands: Vec<_> = commands.collect();
    assert!(commands.contains(&"presswork check --embargo".into()), "{commands:?}");
    assert_eq!(commands.len(), ran.out.lines().count());
}

#[test]
fn any_folder_and_any_time_can_be_checked() {
    let (_keep, root) = new_site();
    new_article(&root, "Two banks become one", &[]).exits(0);
    run(&root, &["build", "--output", "elsewhere"]).exits(0);
    let long_ago = ["check", "--embargo", "--output", "elsewhere", "--at", "1999-01-01"];
    run(&root, &long_ago).exits(1).says("elsewhere/index.html").says("which is not public yet");
    run(&root, &["check", "--at", "2026-12-01"]).exits(0).prints("presswork check --embargo ");
    run(&root, &["check", "--embargo", "--at", "soon"]).exits(2).says("--at");
    fs::write(root.join("site.yaml"), "title: [\n").unwrap();
    run(&root, &["check", "--embargo", "--output", "elsewhere"]).exits(1).says("site.yaml");
}

/// A script that asks for JSON gets JSON, whatever the error.
#[test]
fn with_format_json_everything_is_json() {
    let (_keep, root) = new_site();
    let json = |arguments: &[&str], code: i32| {
        let ran = run(&root, &[arguments, &["--format", "json"]].concat()).exits(code);
        let lines = ran.out.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
        (lines.collect::<Vec<_>>(), ran.err)
    };
    let (lines, err) = json(&["check", "--embargo"], 2);
    assert_eq!((lines.len(), err.as_str()), (1, ""));
    assert!(lines[0]["message"].as_str().unwrap().contains("there is no folder"), "{lines:?}");
    assert!(lines[0]["hint"].as_str().unwrap().contains("build the site first"), "{lines:?}");
    let (lines, err) = json(&["check", "--embargo", "--at", "soon"], 2);
    assert_eq!((lines.len(), lines[0]["severity"].as_str(), err.as_str()), (1, Some("error"), ""));
    run(&root, &["build"]).exits(0);
    let settings = fs::read_to_string(root.join("site.yaml")).unwrap();
    fs::write(root.join("site.yaml"), "title: [\nbase_url: https://example.org/\n").unwrap();
    let (lines, err) = json(&["check", "--embargo"], 1);
    assert_eq!((lines.len(), lines[0]["path"].as_str(), err.as_str()), (1, Some("site.yaml"), ""));
    fs::write(root.join("site.yaml"), settings).unwrap();
    fs::write(root.join("content/local/odd.md"), "---\ntitel: x\n---\n").unwrap();
    let (lines, _) = json(&["check", "--embargo"], 1);
    assert!(lines.iter().any(|line| line["code"] == "unknown-key"), "{lines:?}");
    fs::remove_dir_all(root.join("content")).unwrap();
    fs::write(root.join("content"), "").unwrap();
    for command in [&["check", "--embargo"][..], &["build"], &["due"], &["status"]] {
        let ran = run(&root, &[command, &["--format=json"]].concat());
        assert!(ran.out.lines().all(|line| serde_json::from_str::<serde_json::Value>(line).is_ok()), "{}", ran.out);
        assert!(ran.code == 0 || !ran.out.is_empty(), "{command:?}: {}", ran.err);
    }
}

#[test]
fn files_that_are_not_published_are_listed_with_the_reasons() {
    let (_keep, root) = new_site();
    run(&root, &["check", "--unpublished"]).exits(0).says("every file in content/ is published");
    for name in ["local/tape.docx", "local/vote.md.bak", "local/plan.csv~", "static/.env", "static/.notes"] {
        let path = root.join("content").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "secret").unwrap();
    }
    run(&root, &["build"]).exits(0).says("5 files in content/ are not published");
    // The second build finds nothing to do, and reports the same.
    run(&root, &["build"]).exits(0).says("`presswork check --unpublished` lists them");
    let quiet = run(&root, &["build", "--quiet"]).exits(0);
    assert_eq!((quiet.out.as_str(), quiet.err.as_str()), ("", ""));
    let ran = run(&root, &["check", "--unpublished"]).exits(0).says("5 files in content/ are not published");
    let ran = ran.prints("content/local/tape.docx: no page refers to it");
    let ran = ran.prints("content/local/vote.md.bak: its name is that of a copy of an article");
    let ran = ran.prints("content/local/plan.csv~: its name is that of a backup");
    ran.prints("content/static/.env: it may contain passwords")
        .prints("content/static/.notes: its name begins with a dot");
    let ran = run(&root, &["check", "--unpublished", "--format", "json"]).exits(0);
    assert!(ran.out.lines().all(|line| serde_json::from_str::<serde_json::Value>(line).is_ok()), "{}", ran.out);
    assert_eq!(ran.out.lines().count(), 5);
    run(&root, &["check", "--unpublished", "--embargo"]).exits(2);
}
