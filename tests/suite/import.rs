//! Golden imports: each folder of `tests/imports/` is a small archive with the project and the report that it gives.
//!
//! A folder `tests/imports/<system>-<behaviour>/` contains `source/`, the archive, and
//!
//! - `expected/`, the project with its report, compared byte by byte; `UPDATE_EXPECTED=1` rewrites it,
//! - `newer/` (optional): files that replace those of `source/` for a second import, after `edited/` (optional) has replaced
//!   files of the project; then `expected-again/` is the project after that.
//!
//! Every project must build without an error, and every old URL must answer.
#![allow(clippy::disallowed_methods, reason = "UPDATE_EXPECTED comes from the environment")]

use std::fs;
use std::path::{Path, PathBuf};

use presswork::import::{ImportOptions, System, run};

use crate::support::{self, Call, INSTANT, scratch};
use crate::tree::{self, Tree};

/// The systems by the beginnings of folders' names.
const SYSTEMS: &[(&str, System)] = &[
    ("hugo", System::Hugo),
    ("jekyll", System::Jekyll),
    ("zola", System::Zola),
    ("eleventy", System::Eleventy),
    ("markdown", System::Markdown),
];

/// Files that say the same as `import-report.json`, or only matter to the next import.
const NOT_COMPARED: &[&str] = &["import-report.html", "import-state.json"];

fn options(system: System, source: &Path, into: &Path) -> ImportOptions {
    ImportOptions {
        system,
        sources: vec![source.to_owned()],
        into: into.to_owned(),
        media: None,
        base_url: None,
        old_site: None,
        dry_run: false,
        now: INSTANT.parse().unwrap(),
    }
}

fn imports() -> Vec<(PathBuf, System)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/imports");
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let system = SYSTEMS.iter().find(|(start, _)| name.starts_with(start)).map(|(_, system)| *system);
        // Archives of other systems have tests of their own.
        found.extend(system.map(|system| (path.clone(), system)));
    }
    found.sort_by(|one, other| one.0.cmp(&other.0));
    found
}

fn project(into: &Path) -> Tree {
    let mut tree = support::snapshot(into);
    tree.retain(|path, _| {
        let is_output = path.starts_with("public") || path.starts_with(".presswork");
        !is_output && !NOT_COMPARED.iter().any(|name| path == Path::new(name))
    });
    tree
}

fn compare(expected: &Path, into: &Path, problems: &mut Vec<String>) {
    let found = project(into);
    if std::env::var_os("UPDATE_EXPECTED").is_some_and(|value| value != "0") {
        let _ = fs::remove_dir_all(expected);
        tree::write(expected, &found).unwrap();
        return;
    }
    let wanted = support::snapshot(expected);
    if let Some(difference) = tree::difference(&wanted, &found) {
        problems.push(format!("{}: {difference}", expected.display()));
    }
}

#[test]
fn every_archive_becomes_the_expected_project_and_builds() {
    let mut problems = Vec::new();
    for (folder, system) in imports() {
        let scratch = scratch();
        let (source, into) = (scratch.path().join("source"), scratch.path().join("paper"));
        support::copy(&folder.join("source"), &source, false);
        let first = run(&options(system, &source, &into)).unwrap();
        assert_eq!(first.report.errors, Vec::<String>::new(), "{}", folder.display());
        compare(&folder.join("expected"), &into, &mut problems);
        let built = support::run(&into, &Call::default());
        assert!(built.summary.is_some(), "{}: {:?}", folder.display(), built.diagnostics);
        if folder.join("newer").is_dir() {
            support::copy(&folder.join("newer"), &source, false);
            support::copy(&folder.join("edited"), &into, false);
            run(&options(system, &source, &into)).unwrap();
            compare(&folder.join("expected-again"), &into, &mut problems);
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn the_same_import_again_changes_nothing() {
    for (folder, system) in imports() {
        let scratch = scratch();
        let into = scratch.path().join("paper");
        let options = options(system, &folder.join("source"), &into);
        run(&options).unwrap();
        let before = support::snapshot(&into);
        let again = run(&options).unwrap();
        assert_eq!(again.report.numbers.new, 0, "{}", folder.display());
        let mut after = support::snapshot(&into);
        // The report says that nothing is new.
        for report in ["import-report.json", "import-report.html"] {
            after.insert(report.into(), before[Path::new(report)].clone());
        }
        assert!(before == after, "{:?}", tree::difference(&before, &after));
    }
}

#[test]
fn a_folder_with_other_files_is_refused_and_stays() {
    let scratch = scratch();
    let (source, into) = (scratch.path().join("source"), scratch.path().join("paper"));
    fs::create_dir_all(&source).unwrap();
    fs::create_dir_all(&into).unwrap();
    fs::write(source.join("a.md"), "# A\n").unwrap();
    fs::write(into.join("letter.txt"), "mine").unwrap();
    let error = run(&options(System::Markdown, &source, &into)).unwrap_err();
    assert!(error.message.contains("not empty"), "{error}");
    assert_eq!(support::snapshot(&into).len(), 1);
}

#[test]
fn nothing_is_written_outside_the_folder_and_nothing_on_a_dry_run() {
    let scratch = scratch();
    let (source, into) = (scratch.path().join("source"), scratch.path().join("paper"));
    fs::create_dir_all(source.join("content/posts")).unwrap();
    let front = "---\ntitle: \"../../escape\"\ndate: 2026-01-01\nslug: \"../../../escape\"\nurl: /../../escape/\naliases: [\"/../../a/\", \"/b\u{202e}c/\"]\n---\n![x](../../../../etc/passwd)\n";
    fs::write(source.join("content/posts/a.md"), front).unwrap();
    let dry = run(&ImportOptions { dry_run: true, ..options(System::Hugo, &source, &into) }).unwrap();
    assert_eq!(dry.report.numbers.stories, 1);
    assert!(!into.exists());
    run(&options(System::Hugo, &source, &into)).unwrap();
    let outside = support::snapshot(scratch.path());
    assert!(outside.keys().all(|path| path.starts_with("source") || path.starts_with("paper")), "{outside:?}");
    assert!(support::run(&into, &Call::default()).summary.is_some());
}
