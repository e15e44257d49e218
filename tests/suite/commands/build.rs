//! `presswork build`: its report, its summary, its exit code.

use std::fs;

use serde_json::Value;

use super::{new_site, run, tree};

fn json_lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect()
}

#[test]
fn a_broken_configuration_is_reported_with_its_place() {
    let (_keep, root) = new_site();
    fs::write(root.join("site.yaml"), "titel: x\nbase_url: https://example.org/\n").unwrap();
    for arguments in [&["new", "author", "A"][..], &["build"]] {
        let ran =
            run(&root, arguments).exits(1).says("error[").says("site.yaml:1:1").says("1 │ titel: x").says("^^^^^");
        assert_eq!(ran.out, "");
    }
}

/// An article with an unknown author, on its fourth line.
const BROKEN: &str = "---\ntitle: Vote\ndate: 2026-01-02\nauthors: [jane-dor]\n---\n\nText.\n";

/// An article without a byline.
const UNSIGNED: &str = "---\ntitle: Vote\ndate: 2026-01-02\n---\n\nText.\n";

#[test]
fn the_last_line_says_what_happened() {
    let (_keep, root) = new_site();
    let shape = |line: &str| -> String {
        let words = line.split(' ').map(|word| if word.starts_with(|c: char| c.is_ascii_digit()) { "N" } else { word });
        words.collect::<Vec<_>>().join(" ")
    };
    let first = run(&root, &["build"]).exits(0).prints("1 article, ");
    assert_eq!(first.out.lines().count(), 1);
    assert_eq!(shape(first.out.trim_end()), "N article, N files: N written, N unchanged, N removed in N s");
    run(&root, &["build"]).exits(0).prints(": 0 written, ");
    let quiet = run(&root, &["build", "--quiet"]).exits(0);
    assert_eq!((quiet.out.as_str(), quiet.err.as_str()), ("", ""));
}

#[test]
fn after_an_error_the_output_is_as_it_was() {
    let (_keep, root) = new_site();
    run(&root, &["build"]).exits(0);
    let before = tree(&root.join("public"));
    fs::write(root.join("content/local/vote.md"), BROKEN).unwrap();
    fs::write(root.join("content/local/welcome.md"), UNSIGNED).unwrap();
    let expected = "\
error[unknown-author]: unknown author `jane-dor`
  ┌ content/local/vote.md:4:11
4 │ authors: [jane-dor]
  │           ^^^^^^^^
  hint: did you mean `jane-doe`?";
    for more in [&[][..], &["--quiet"], &["--clean"]] {
        let ran = run(&root, &[&["build"], more].concat()).exits(1).says(expected);
        assert_eq!(ran.out, "");
        let last = ran.err.lines().last().unwrap();
        assert!(last.ends_with("nothing was published; public/ is unchanged"), "{last}");
        assert_eq!(tree(&root.join("public")), before);
    }
}

#[test]
fn json_has_one_object_a_line() {
    let (_keep, root) = new_site();
    let lines = json_lines(&run(&root, &["build", "--format", "json"]).exits(0).out);
    let keys: Vec<&String> = lines[0].as_object().unwrap().keys().collect();
    let mut expected = ["articles", "outputs", "written", "unchanged", "removed", "rendered", "seconds", "unpublished"];
    expected.sort_unstable();
    let mut sorted = keys.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, expected);
    assert_eq!((lines.len(), lines[0]["articles"].as_u64()), (1, Some(1)));

    fs::write(root.join("content/local/vote.md"), BROKEN).unwrap();
    let lines = json_lines(&run(&root, &["build", "--format", "json"]).exits(1).out);
    assert_eq!(lines.len(), 1);
    assert_eq!(lines[0]["code"], "unknown-author");
    assert_eq!(lines[0]["severity"], "error");
    assert_eq!(lines[0]["path"], "content/local/vote.md");
    assert_eq!((lines[0]["line"].as_u64(), lines[0]["column"].as_u64()), (Some(4), Some(11)));
    assert!(lines[0]["message"].is_string() && lines[0]["hint"].is_string());
}

#[test]
fn warnings_can_be_denied_or_kept_quiet() {
    let (_keep, root) = new_site();
    fs::write(root.join("content/local/vote.md"), UNSIGNED).unwrap();
    run(&root, &["build", "--deny-warnings", "--quiet"])
        .exits(1)
        .says("warning[no-author]")
        .says("nothing was published");
    assert!(!root.join("public/index.html").exists());
    run(&root, &["build"]).exits(0).says("warning[no-author]").prints("2 articles, ");
    let quiet = run(&root, &["build", "--quiet"]).exits(0);
    assert_eq!((quiet.out.as_str(), quiet.err.as_str()), ("", ""));
    let lines = json_lines(&run(&root, &["build", "--format", "json"]).exits(0).out);
    assert_eq!((lines.len(), lines[0]["severity"].as_str()), (2, Some("warning")));
}

#[test]
fn output_base_url_and_instant_can_be_chosen() {
    let (keep, root) = new_site();
    let arguments = ["build", "--output", "../elsewhere", "--base-url", "https://example.net/news/", "--threads", "1"];
    run(&root, &arguments).exits(0);
    assert!(!root.join("public").exists());
    let front = fs::read_to_string(keep.path().join("elsewhere/index.html")).unwrap();
    assert!(front.contains("https://example.net/news/"), "{front}");
    run(&root, &["build", "--at", "2001-01-01"]).exits(0).prints("0 articles, ");
}

#[test]
fn a_root_or_output_that_cannot_be_is_a_machine_error() {
    let (_keep, root) = new_site();
    run(&root, &["build", "--root", "nowhere"]).exits(2).says("nowhere");
    fs::write(root.join("file"), "").unwrap();
    run(&root, &["build", "--output", "file"]).exits(2).says("file");
    assert_eq!(fs::read(root.join("file")).unwrap(), b"");
}

#[test]
fn timings_name_the_phases_and_the_slowest_outputs() {
    let (_folder, paper) = new_site();
    let first = run(&paper, &["build", "--timings"]).exits(0);
    for line in ["phase ", "reading ", "assembling ", "rendering ", "publishing ", "in all ", "the 10 outputs", "ms  /"]
    {
        assert!(first.err.contains(line), "no `{line}` in {}", first.err);
    }
    let second = run(&paper, &["build", "--timings", "--format", "json"]).exits(0);
    assert!(!second.err.contains("rendering"), "nothing was to be rendered: {}", second.err);
    assert_eq!(json_lines(&second.out).last().unwrap()["rendered"], 0);
}

#[test]
fn a_build_without_a_ledger_says_so_once() {
    let (_folder, paper) = new_site();
    assert_eq!(run(&paper, &["build"]).exits(0).err, "");
    assert_eq!(run(&paper, &["build"]).exits(0).err, "");
    fs::remove_dir_all(paper.join(".presswork")).unwrap();
    run(&paper, &["build"]).exits(0).says("note: everything is read and rendered again: there is no ledger");
    fs::remove_dir_all(paper.join(".presswork")).unwrap();
    assert_eq!(run(&paper, &["build", "--quiet"]).exits(0).err, "");
}

#[test]
fn hidden_files_of_others_are_in_the_way_too() {
    let (_folder, paper) = new_site();
    fs::create_dir_all(paper.join("public")).unwrap();
    fs::create_dir_all(paper.join("content/static")).unwrap();
    fs::write(paper.join("public/.htaccess"), "mine").unwrap();
    fs::write(paper.join("public/.gitignore"), "*").unwrap();
    fs::write(paper.join("content/static/.htaccess"), "the site's").unwrap();
    run(&paper, &["build"]).exits(1).says("foreign-file");
    assert_eq!(fs::read_to_string(paper.join("public/.htaccess")).unwrap(), "mine");
    fs::write(paper.join("public/.htaccess"), "the site's").unwrap();
    run(&paper, &["build"]).exits(0);
}

#[test]
fn the_output_folder_cannot_be_among_the_sources() {
    let (_folder, paper) = new_site();
    for folder in [
        ".",
        "..",
        "/",
        "public/../..",
        "content",
        "content/static/site",
        "themes/x",
        ".presswork",
        "./public/../content/new",
    ] {
        let ran = run(&paper, &["build", "--output", folder]).exits(2);
        assert!(ran.err.contains("choose another with --output"), "{folder}: {}", ran.err);
    }
    run(&paper, &["build", "--output", "site"]).exits(0);
    run(&paper, &["build", "--clean", "--verify"]).exits(2);
}

#[test]
fn differences_that_verify_finds_are_fixed_even_with_denied_warnings() {
    let (_folder, paper) = new_site();
    run(&paper, &["build"]).exits(0);
    fs::write(paper.join("public/index.html"), "by hand").unwrap();
    run(&paper, &["build", "--verify", "--deny-warnings"]).exits(0).says("output-differs");
    assert_ne!(fs::read_to_string(paper.join("public/index.html")).unwrap(), "by hand");
}

#[test]
fn languages_that_the_theme_does_not_speak_are_named_once_and_deny_nothing() {
    let (_keep, root) = new_site();
    for (name, language) in [("a", "cs"), ("b", "cs"), ("c", "is"), ("d", "pt-BR")] {
        let front = format!("---\ntitle: Story {name}\ndate: 2026-01-02\nauthors: [jane-doe]\nlanguage: {language}\n");
        let path = root.join(format!("content/local/{name}.md"));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, format!("{front}---\n\nText.\n")).unwrap();
    }
    let ran = run(&root, &["build", "--deny-warnings"]).exits(0);
    let note = "note: the theme broadsheet has no strings in `cs`, `is`: ";
    assert_eq!((ran.err.matches(note).count(), ran.err.matches("note:").count()), (1, 1), "{}", ran.err);
    let quiet = run(&root, &["build", "--clean", "--quiet"]).exits(0);
    assert_eq!(quiet.err, "");
}
