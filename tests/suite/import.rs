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
        check: false,
        fetch_media: false,
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
    // An archive that can't be read leaves no trace.
    let fresh = scratch.path().join("fresh");
    fs::write(source.join("hugo.toml"), "title = \n").unwrap();
    assert!(run(&options(System::Hugo, &source, &fresh)).is_err());
    assert!(!fresh.exists());
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

/// A site of one story, and its built page.
fn small_site(folder: &Path) -> (PathBuf, PathBuf) {
    let (source, built) = (folder.join("source"), folder.join("built"));
    fs::create_dir_all(source.join("content/posts")).unwrap();
    fs::create_dir_all(built.join("posts/ferry")).unwrap();
    fs::write(source.join("hugo.yaml"), "baseURL: https://old.example/\ntitle: Old\n").unwrap();
    let story = "---\ntitle: A ferry\ndate: 2026-01-05\nauthors: [Ana Lopes]\n---\n\nThe ferry [sails](https://sea.example/) in May.\n";
    fs::write(source.join("content/posts/ferry.md"), story).unwrap();
    let page = "<!doctype html><meta name=author content='Mia Brandt'><nav>Home</nav><article>\
        <time class=dt-published datetime=2026-01-06></time><h1>A ferry</h1><p>The ferry <a href=https://sea.example/>sails</a> in May, \
        says Rosa.</p><img src=/ferry.jpg></article>";
    fs::write(built.join("posts/ferry/index.html"), page).unwrap();
    (source, built)
}

#[test]
fn stories_are_compared_with_the_pages_of_the_old_site() {
    let scratch = scratch();
    let (source, built) = small_site(scratch.path());
    let into = scratch.path().join("paper");
    let imported = run(&ImportOptions { old_site: Some(built), ..options(System::Hugo, &source, &into) }).unwrap();
    let item = &imported.report.items[0];
    let page = item.text.as_ref().unwrap().old_page.as_ref().unwrap();
    assert_eq!((page.words, page.words_kept), (9, 7));
    assert_eq!((page.links, page.links_here, page.pictures, page.pictures_here), (1, 1, 1, 0));
    assert_eq!(
        (&page.authors_missing[..], &page.other_days[..]),
        (&["Mia Brandt".to_owned()][..], &["2026-01-06".to_owned()][..])
    );
    let html = fs::read_to_string(into.join("import-report.html")).unwrap();
    assert!(html.contains("7 of 9") && html.contains("Mia Brandt"), "{html}");
}

#[test]
fn a_check_compares_the_project_as_it_was_edited() {
    let scratch = scratch();
    let (source, _) = small_site(scratch.path());
    let into = scratch.path().join("paper");
    let check = ImportOptions { check: true, ..options(System::Hugo, &source, &into) };
    let error = run(&check).unwrap_err();
    assert!(error.message.contains("not the project of an earlier import") && !into.exists(), "{error}");
    run(&options(System::Hugo, &source, &into)).unwrap();
    let words = |report: &presswork::import::report::Report| {
        let text = report.items[0].text.clone().unwrap();
        (text.state, text.words, text.words_kept)
    };
    assert_eq!(words(&run(&check).unwrap().report), ("same", Some(5), Some(5)));
    let story = into.join("content/posts/ferry.md");
    let text = fs::read_to_string(&story).unwrap();
    fs::write(&story, text.replace(" in May", " [soon](/nowhere/)")).unwrap();
    let before = support::snapshot(&into);
    let report = run(&check).unwrap().report;
    assert_eq!(words(&report), ("edited here", Some(5), Some(3)));
    // A new error isn't known.
    assert_eq!((report.errors.len(), report.numbers.unaccounted), (1, 1), "{:?}", report.errors);
    let mut after = support::snapshot(&into);
    for name in ["import-report.json", "import-report.html"] {
        after.insert(name.into(), before[Path::new(name)].clone());
    }
    assert!(before == after, "{:?}", tree::difference(&before, &after));
}

/// Answers each request with the file that `answer` has for its path, until `count` have been answered.
#[cfg(feature = "comment-server")]
fn old_server(count: usize, answer: fn(&str) -> (&'static str, &'static str)) -> (String, std::thread::JoinHandle<()>) {
    use std::io::{BufRead, BufReader, Write};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let serving = std::thread::spawn(move || {
        for _ in 0..count {
            let (mut stream, _) = listener.accept().unwrap();
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
            let first = lines.next().unwrap().unwrap();
            while lines.next().is_some_and(|line| !line.unwrap().is_empty()) {}
            let (head, body) = answer(first.split(' ').nth(1).unwrap());
            write!(stream, "HTTP/1.1 {head}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len())
                .unwrap();
        }
    });
    (url, serving)
}

#[test]
#[cfg(feature = "comment-server")]
fn files_are_fetched_from_the_old_site_alone() {
    let scratch = scratch();
    let (url, serving) = old_server(4, |path| match path {
        "/wp-content/uploads/a.jpg" => ("302 Found\r\nlocation: /moved/a.jpg", ""),
        "/moved/a.jpg" => ("200 OK\r\ncontent-type: image/jpeg", "bytes of a picture"),
        "/wp-content/uploads/b.jpg" => ("302 Found\r\nlocation: http://127.0.0.1:9/secret", ""),
        _ => ("200 OK\r\ncontent-type: text/html", "<h1>Log in</h1>"),
    });
    let attachment = |id: u32, file: &str| {
        format!(
            "<item><title>{file}</title><wp:post_id>{id}</wp:post_id><wp:post_type>attachment</wp:post_type>\
             <wp:attachment_url>{file}</wp:attachment_url></item>"
        )
    };
    let uploads = format!("{url}wp-content/uploads/");
    let files = [
        format!("{uploads}a.jpg"),
        format!("{uploads}b.jpg"),
        format!("{uploads}c.jpg"),
        "http://127.0.0.1:9/d.jpg".to_owned(),
    ];
    let shown: String = files.iter().map(|file| format!("<img src=\"{file}\" alt=\"A dock\">")).collect();
    let export = scratch.path().join("export.xml");
    let attachments: String = (10..).zip(&files).map(|(id, file)| attachment(id, file)).collect();
    fs::write(
        &export,
        format!(
            "<rss><channel><title>Old</title><wp:wxr_version>1.2</wp:wxr_version><wp:base_blog_url>{url}</wp:base_blog_url>\
             {attachments}<item><title>Docks</title><link>{url}docks/</link><wp:post_id>1</wp:post_id>\
             <wp:post_type>post</wp:post_type><wp:status>publish</wp:status><wp:post_date>2026-01-05 10:00:00</wp:post_date>\
             <wp:post_name>docks</wp:post_name><content:encoded><![CDATA[<p>Look</p>{shown}]]></content:encoded></item></channel></rss>"
        ),
    )
    .unwrap();
    let into = scratch.path().join("paper");
    let fetching = ImportOptions { fetch_media: true, ..options(System::WordPress, &export, &into) };
    let report = run(&fetching).unwrap().report;
    serving.join().unwrap();
    let pictures: Vec<String> = support::snapshot(&into.join("content"))
        .into_iter()
        .filter(|(_, bytes)| bytes == b"bytes of a picture")
        .map(|(path, _)| path.display().to_string())
        .collect();
    assert_eq!(pictures.len(), 1, "{pictures:?}");
    let missing: Vec<&str> =
        report.notes.iter().filter(|note| note.what == "file to fetch").map(|note| note.detail.as_str()).collect();
    assert_eq!(
        missing,
        ["the old site redirects to another site", "the old site answers with a page and not with a file"],
        "{:?}",
        report.notes
    );
}
