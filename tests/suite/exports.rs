//! Exports of WordPress and Ghost become projects that build, say what they say, and leak nothing.
//!
//! Each folder of `tests/exports/` has an export and, in `expected/`, the files that the import writes and the notes of its
//! report. `UPDATE_EXPECTED=1 cargo test --test suite exports::` rewrites these.
#![allow(clippy::disallowed_methods, reason = "UPDATE_EXPECTED comes from the environment")]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use presswork::import::report::Report;
use presswork::import::{ImportError, ImportOptions, System, run};
use proptest::prelude::*;

use crate::support::{self, Call, scratch};
use crate::tree;

fn import(system: System, sources: Vec<PathBuf>, into: &Path, media: Option<PathBuf>) -> Result<Report, ImportError> {
    let options = ImportOptions {
        system,
        sources,
        into: into.to_owned(),
        media,
        base_url: None,
        old_site: None,
        dry_run: false,
        check: false,
        fetch_media: false,
        now: support::INSTANT.parse().unwrap(),
    };
    run(&options).map(|imported| imported.report)
}

/// Imports the export of a test and returns the project's folder and the report.
fn imported(name: &str, into: &Path) -> Report {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/exports").join(name);
    let system = if name.starts_with("ghost") { System::Ghost } else { System::WordPress };
    let mut sources: Vec<PathBuf> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    sources.retain(|path| path.is_file());
    sources.sort();
    let media = Some(folder.join("media")).filter(|media| media.is_dir());
    import(system, sources, into, media).unwrap()
}

/// The names of all folders with an export.
const ALL: &[&str] = &["ghost-lexical", "ghost-mobiledoc", "wordpress-blocks", "wordpress-classic"];

#[test]
fn exports_become_projects() {
    let update = std::env::var_os("UPDATE_EXPECTED").is_some_and(|value| value != "0");
    for name in ALL {
        let folder = scratch();
        let project = folder.path().join("site");
        let report = imported(name, &project);
        let mut notes = String::new();
        for note in &report.notes {
            writeln!(notes, "{}: {}: {}: {}", note.place, note.kind.as_str(), note.what, note.detail).unwrap();
        }
        for item in report.items.iter().filter(|item| item.state != "public") {
            writeln!(notes, "{}: {}", item.id, item.state).unwrap();
        }
        fs::write(project.join("notes.txt"), notes).unwrap();
        let mut written = tree::read(&project).unwrap();
        written.retain(|path, _| {
            path.extension().is_some_and(|end| ["md", "yaml", "txt"].iter().any(|wanted| end == *wanted))
        });
        let expected = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/exports").join(name).join("expected");
        if update {
            let _ = fs::remove_dir_all(&expected);
            tree::write(&expected, &written).unwrap();
        }
        let difference = tree::difference(&tree::read(&expected).unwrap(), &written);
        assert_eq!(difference, None, "{name}: UPDATE_EXPECTED=1 rewrites tests/exports/{name}/expected");
    }
}

/// Builds a project, except for files that the export only names.
fn built(project: &Path) -> PathBuf {
    let built = support::run(project, &Call::default());
    let errors: Vec<&String> =
        built.diagnostics.iter().filter(|line| line.contains("\"severity\":\"error\"")).collect();
    assert!(errors.is_empty() && built.code == 0, "{built:#?}");
    project.join("public")
}

#[test]
fn what_must_not_be_public_is_not() {
    for name in ["wordpress-classic", "ghost-lexical", "ghost-mobiledoc"] {
        let folder = scratch();
        let project = folder.path().join("site");
        imported(name, &project);
        let everywhere =
            ["secret.example", "203.0.113", "SECRETHASH", "SECRETKEY", "open sesame", "LETTERWORD", "root:x:0"];
        let published = ["LOCKEDWORD", "PRIVATEWORD", "DRAFTWORD", "OLDWORD", "MEMBERWORD"];
        // A newsletter is a draft in the project, as are posts for members.
        let drafts = ["LETTERWORD"];
        for word in everywhere.iter().filter(|word| !drafts.contains(word)) {
            assert_eq!(support::holding(&project, word), Vec::<String>::new(), "{word} is in the project of {name}");
        }
        let public = built(&project);
        for word in everywhere.iter().chain(&published) {
            assert_eq!(support::holding(&public, word), Vec::<String>::new(), "{word} is published by {name}");
        }
    }
}

#[test]
fn a_second_import_changes_nothing() {
    for name in ALL {
        let folder = scratch();
        let project = folder.path().join("site");
        imported(name, &project);
        // The report counts what is new.
        let files = || {
            let mut files = tree::read(&project).unwrap();
            files.retain(|path, _| !path.to_string_lossy().starts_with("import-report"));
            files
        };
        let before = files();
        let report = imported(name, &project);
        assert_eq!(report.numbers.new, 0, "{name}");
        assert_eq!(tree::difference(&before, &files()), None, "{name}");
    }
}

/// Imports a text as an export file.
fn of_text(system: System, text: &[u8]) -> Result<Report, ImportError> {
    let folder = scratch();
    let file = folder.path().join("export");
    fs::write(&file, text).unwrap();
    let into = folder.path().join("deep/site");
    let result = import(system, vec![file], &into, None);
    let outside: Vec<String> =
        tree::read(folder.path()).unwrap().keys().map(|path| path.to_string_lossy().into_owned()).collect();
    assert!(outside.iter().all(|path| path == "export" || path.starts_with("deep/site/")), "{outside:?}");
    result
}

fn wxr(item: &str) -> String {
    format!(
        "<rss><channel><title>T</title><wp:base_blog_url>https://e.example</wp:base_blog_url>{item}</channel></rss>"
    )
}

#[test]
fn hostile_exports_end_well() {
    let post = |content: &str, slug: &str| {
        wxr(&format!(
            "<item><title>x</title><link>https://e.example/{slug}/</link><wp:post_id>1</wp:post_id><wp:post_date>2024-01-01 10:00:00</wp:post_date><wp:post_name>{slug}</wp:post_name><wp:status>publish</wp:status><wp:post_type>post</wp:post_type><content:encoded>{content}</content:encoded></item>"
        ))
    };
    let laughs =
        format!("<!DOCTYPE r [<!ENTITY a \"{}\">]>{}", "x".repeat(1_000), post(&"&a;".repeat(1_000), "laughs"));
    let report = of_text(System::WordPress, laughs.as_bytes()).unwrap();
    assert_eq!(report.numbers.stories, 1);
    for slug in [
        "../../etc/passwd",
        "..",
        "con",
        "a/b/../../../c",
        "%2e%2e%2f",
        "\u{0}\u{202e}x",
        "-",
        "index",
        &"long".repeat(200),
    ] {
        let report = of_text(System::WordPress, post("text", slug).as_bytes()).unwrap();
        assert_eq!(report.numbers.stories, 1, "{slug}");
    }
    // Items without an id of their own are several all the same.
    let item = |title: &str| {
        format!(
            "<item><title>{title}</title><wp:status>publish</wp:status><wp:post_type>post</wp:post_type><wp:post_date>2024-01-01 10:00:00</wp:post_date></item>"
        )
    };
    let report = of_text(System::WordPress, wxr(&(item("One") + &item("Two"))).as_bytes()).unwrap();
    assert_eq!(report.numbers.stories, 2);
    let unclosed = post("<![CDATA[never closed", "unclosed");
    let report = of_text(System::WordPress, unclosed.as_bytes()).unwrap();
    assert!(report.numbers.unaccounted > 0);
    let long = format!("<![CDATA[{}]]>", "word ".repeat(2_000_000));
    let report = of_text(System::WordPress, post(&long, "long").as_bytes()).unwrap();
    assert_eq!(report.items[0].text.as_ref().and_then(|text| text.words_kept), Some(2_000_000));
    let latin = [wxr("").replace('T', "T\u{1}").as_bytes(), b"\xe9\xff"].concat();
    of_text(System::WordPress, &latin).unwrap();
}

#[test]
fn an_export_without_posts_is_a_site_without_stories() {
    let folder = scratch();
    let (file, into) = (folder.path().join("terms.xml"), folder.path().join("site"));
    let term = "<wp:tag><wp:tag_slug>ports</wp:tag_slug><wp:tag_name>Ports</wp:tag_name></wp:tag>";
    fs::write(&file, wxr(term)).unwrap();
    let report = import(System::WordPress, vec![file], &into, None).unwrap();
    assert_eq!((report.numbers.stories, report.numbers.unaccounted), (0, 0), "{:?}", report.errors);
    built(&into);
}

#[test]
fn files_that_are_no_exports_are_refused() {
    for (system, text) in [
        (System::WordPress, "<html><body>Not found</body></html>"),
        (System::WordPress, "{}"),
        (System::WordPress, ""),
        (System::Ghost, "<rss/>"),
        (System::Ghost, "{\"posts\": []}"),
    ] {
        let error = of_text(system, text.as_bytes()).unwrap_err();
        assert!(error.hint.is_some() && error.path.is_some(), "{error:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Damage at any place of an export ends in an error or a report, never in a panic or a file outside the folder.
    #[test]
    fn damaged_exports_end_well(name in prop::sample::select(ALL.to_vec()), at in 0.0..1.0, count in 0_usize..64, with in "[<>&\"{}\\[\\]a-z0-9\\x00]{0,8}") {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/exports").join(name);
        let (system, file) = if name.starts_with("ghost") { (System::Ghost, "export.json") } else { (System::WordPress, "export.xml") };
        let mut bytes = fs::read(folder.join(file)).unwrap();
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "any place will do")]
        let start = (bytes.len() as f64 * at) as usize;
        let end = (start + count).min(bytes.len());
        bytes.splice(start..end, with.bytes());
        let _ = of_text(system, &bytes);
    }
}
