//! The amount that a build renders: only what has changed.

use std::fs;
use std::time::SystemTime;

use super::{Project, build};
use crate::support::{self, newsroom, snapshot};
use crate::tree::difference;

#[test]
fn a_build_without_changes_renders_nothing() {
    let project = Project::new(40);
    let cold = project.build(&["--clean"]).exits(0);
    assert!(cold.number("rendered") > 40);
    for _ in 0..2 {
        let said = project.build(&[]).exits(0).says_nothing().renders(0);
        assert_eq!((said.number("written"), said.number("removed")), (0, 0));
        assert_eq!(said.number("unchanged"), said.number("outputs"));
    }
    // No story changes its state on these days, and nothing on a page depends on the time of the build.
    project.build(&["--now", "2027-01-01"]).exits(0).renders(0);
    project.assert_clean();
}

#[test]
fn touched_files_render_nothing() {
    let project = Project::new(40);
    for entry in walkdir::WalkDir::new(&project.root).into_iter().map(Result::unwrap) {
        let is_source = !entry.path().starts_with(project.root.join("public"));
        if is_source && entry.file_type().is_file() && entry.path() != project.ledger() {
            support::set_modified(entry.path(), SystemTime::UNIX_EPOCH);
        }
    }
    let (said, touched) = project.touches();
    said.says_nothing().renders(0);
    assert_eq!(touched, Vec::<String>::new());
}

/// A CI job that restores `.presswork/` and `public/` into a fresh clone has different times and inodes throughout.
#[test]
fn a_fresh_clone_renders_nothing() {
    let project = Project::new(40);
    let (path, story) = (newsroom::path_of(5, ""), newsroom::story(5, "first"));
    project.write(&path, format!("{story}\nA sceond paragraph.\n"));
    project.build(&[]).exits(0);
    let aside = project.folder.path().join("aside");
    fs::rename(&project.root, &aside).unwrap();
    support::copy(&aside, &project.root, false);
    let (said, touched) = project.touches();
    said.says_nothing().renders(0);
    assert_eq!(touched, Vec::<String>::new());
    // Now its stamps are known again.
    project.build(&[]).exits(0).says_nothing().renders(0);
    fs::remove_dir_all(&project.root).unwrap();
    support::copy(&aside, &project.root, false);
    project.write(&path, format!("{story}\nA second paragraph.\n"));
    let (said, touched) = project.touches();
    assert_eq!(touched, support::holding(&project.root.join("public"), "A second paragraph."));
    said.says_nothing().renders(touched.len() as u64);
    assert_eq!(difference(&project.clean_now(), &snapshot(&project.root.join("public"))), None);
}

#[test]
fn a_corrected_typo_renders_its_page_and_feeds() {
    let project = Project::new(120);
    let path = newsroom::path_of(60, "");
    project.write(&path, newsroom::story(60, "first") + "\nA sceond paragraph.\n");
    project.build(&[]).exits(0);
    project.write(&path, newsroom::story(60, "first") + "\nA second paragraph.\n");
    let (said, touched) = project.touches();
    assert_eq!(touched, support::holding(&project.root.join("public"), "A second paragraph."));
    assert_eq!(touched.iter().filter(|path| !support::is_feed(path)).count(), 1, "{touched:?}");
    said.says_nothing().renders(touched.len() as u64);
}

#[test]
fn an_unrelated_edit_renders_no_feed() {
    let project = Project::new(120);
    project.write("content/pages/about.md", "---\ntitle: About\n---\n\nAbout all of us.\n");
    let (said, touched) = project.touches();
    said.says_nothing().renders(1);
    assert_eq!(touched, ["about/index.html"]);
    // Nor does a change of the hash of all records; the sitemap lists the new page.
    project.write("content/pages/new.md", "---\ntitle: Another page\nnoindex: true\n---\n\nAnother.\n");
    let (said, touched) = project.touches();
    said.says_nothing().renders(1);
    assert_eq!(touched, ["new/index.html"]);
    // A theme may list the pages for readers on every page.
    project.write("content/pages/new.md", "---\ntitle: Another page\n---\n\nAnother.\n");
    let (said, touched) = project.touches();
    assert!(said.number("rendered") > 100, "{}", said.number("rendered"));
    assert_eq!(touched, ["sitemap-pages.xml"]);
}

#[test]
fn other_blocks_of_a_front_render_its_first_page_alone() {
    let project = Project::new(120);
    let lay_out = |path: &str, front: &str, blocks: &str| {
        project.write(path, format!("---\n{front}\nblocks: [{blocks}]\n---\n"));
        project.touches()
    };
    for (path, front, page) in [
        ("content/business/_index.md", "title: The Business", "business/index.html"),
        ("content/authors/author-3.md", "name: Author 3", "authors/author-3/index.html"),
    ] {
        lay_out(path, front, "{heading: Old, kind: news, limit: 2}");
        let (said, touched) = lay_out(path, front, "{heading: New, style: lead, limit: 3}");
        said.says_nothing();
        assert_eq!(touched, [page]);
    }
    assert_eq!(difference(&project.clean_now(), &snapshot(&project.root.join("public"))), None);
}

#[test]
fn a_new_story_renders_few_pages() {
    let project = Project::new(300);
    let add = |number: usize| {
        let text = newsroom::story(number, "first").replace("date: 2022-", "date: 2026-");
        project.write(&format!("content/business/new-{number}.md"), text);
        project.touches()
    };
    // The first story of a year changes the year that a theme may print on every page.
    let (said, touched) = add(0);
    assert!(said.number("rendered") > 100 && touched.len() <= 64, "{}", touched.len());
    for number in 1..7 {
        let (said, mut touched) = add(number);
        assert!(said.number("rendered") <= 40 + 3 * 8, "{}", said.number("rendered"));
        touched.retain(|path| !support::is_feed(path));
        assert!(touched.len() <= 40, "{}: {touched:#?}", touched.len());
    }
    assert_eq!(difference(&project.clean_now(), &snapshot(&project.root.join("public"))), None);
}

#[test]
fn only_an_output_that_was_lost_is_rendered_again() {
    let project = Project::new(40);
    for path in ["about/index.html", "large.txt", "index.html"] {
        let path = project.root.join("public").join(path);
        fs::remove_file(&path).unwrap();
        let (said, touched) = project.touches();
        said.says_nothing().renders(1);
        assert_eq!(touched.len(), 1, "{touched:?}");
        project.assert_clean();
    }
    fs::write(project.root.join("public/about/index.html"), "by hand").unwrap();
    project.build(&[]).exits(0).renders(1);
    project.assert_clean();
    fs::remove_dir_all(project.root.join("public")).unwrap();
    project.build(&[]).exits(0);
    project.assert_clean();
    project.build(&[]).exits(0).says_nothing().renders(0);
}

#[test]
fn a_failed_build_keeps_what_the_last_one_rendered() {
    let project = Project::new(40);
    let path = newsroom::path_of(5, "");
    project.write(&path, newsroom::story(5, "first") + "\n[gone](gone.md)\n");
    for _ in 0..2 {
        assert_eq!(project.build(&[]).exits(1).lines.len(), 1);
        project.assert_clean();
    }
    project.write(&path, newsroom::story(5, "first"));
    let (said, touched) = project.touches();
    assert_eq!(touched, Vec::<String>::new());
    assert!(said.number("rendered") <= 1, "{}", said.number("rendered"));
    project.assert_clean();
}

/// A build repeats warnings even if it does not look at the sources that caused them.
#[test]
fn warnings_are_repeated_without_rendering() {
    let project = Project::new(10);
    let text = newsroom::story(5, "first").replace("authors: [author-5, author-6]\n", "");
    project.write(&newsroom::path_of(5, ""), text + "\n<script>x</script>\n\n[The scan](/files/scan.pdf)\n");
    let codes = |said: &super::Said| -> Vec<String> {
        let codes = said.lines.iter().filter_map(|line| line["code"].as_str());
        codes.map(str::to_owned).collect()
    };
    let first = project.build(&[]).exits(0);
    assert_eq!(codes(&first).len(), 3, "{:?}", first.lines);
    let again = project.build(&[]).exits(0).renders(0);
    assert_eq!(again.lines[..3], first.lines[..3]);
    project.build(&["--deny-warnings"]).exits(1);
}

#[test]
fn each_output_folder_is_its_own() {
    let project = Project::new(10);
    let other = project.root.join("other");
    let arguments = ["--output".to_owned(), other.to_string_lossy().into_owned()];
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    build(&project.root, &arguments).exits(0);
    assert_eq!(difference(&project.clean, &snapshot(&other)), None);
    build(&project.root, &arguments).exits(0).says_nothing().renders(0);
    project.build(&[]).exits(0);
    project.assert_clean();
    project.build(&[]).exits(0).says_nothing().renders(0);
}

/// Sources and outputs are processed in batches; the border between two batches makes no difference.
#[test]
fn more_files_than_are_handled_at_once() {
    let project = Project::new(10);
    let file = |number: usize| format!("content/static/many/{}/{number}.txt", number % 90);
    for number in 0..9_000 {
        let path = project.root.join(file(number));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, format!("{number}")).unwrap();
    }
    project.build(&[]).exits(0);
    project.build(&[]).exits(0).says_nothing().renders(0);
    let changed = [0, 1, 4_000, 4_095, 4_096, 4_097, 8_191, 8_192, 8_193, 8_999];
    for number in changed {
        project.write(&file(number), format!("changed {number}"));
    }
    fs::remove_file(project.root.join(file(5_000))).unwrap();
    let (said, touched) = project.touches();
    let said = said.says_nothing().renders(changed.len() as u64);
    assert_eq!((said.number("removed"), touched.len()), (1, changed.len() + 1), "{touched:?}");
    assert_eq!(difference(&project.clean_now(), &snapshot(&project.root.join("public"))), None);
}

/// A comment changes its story's page, its feed, and the numbers on cards where the site wants them.
#[test]
fn a_comment_touches_its_story_alone() {
    let comment = |id: &str| format!("- {{id: {id}, name: Noor, date: 2022-01-01, text: A zqcommentqz}}\n");
    let project = Project::new(120);
    let settings = fs::read_to_string(project.root.join("site.yaml")).unwrap();
    let path = newsroom::path_of(60, "").replace("content/", "comments/").replace(".md", ".yaml");
    fs::create_dir_all(project.root.join(&path).parent().unwrap()).unwrap();
    let page = || support::holding(&project.root.join("public"), "zqcommentqz");
    project.write(&path, format!("comments:\n{}", comment("a")));
    let (said, touched) = project.touches();
    said.says_nothing().renders(1);
    assert_eq!((touched.len(), touched), (1, page()));
    project.write(&path, format!("comments:\n{}{}", comment("a"), comment("b")));
    let (said, touched) = project.touches();
    said.says_nothing().renders(1);
    assert_eq!(touched, page());
    // With a feed and numbers, which this theme does not show, nothing else is written.
    project.write("site.yaml", format!("{settings}comments: {{feeds: true, counts: true}}\n"));
    project.build(&[]).exits(0);
    project.write(&path, format!("comments:\n{}{}{}", comment("a"), comment("b"), comment("c")));
    let (_, touched) = project.touches();
    assert_eq!((touched.len(), touched), (2, page()));
    assert_eq!(difference(&project.clean_now(), &snapshot(&project.root.join("public"))), None);
    // A file without comments is as if it were not there.
    fs::remove_file(project.root.join(&path)).unwrap();
    project.write("site.yaml", &settings);
    project.build(&[]).exits(0);
    project.assert_clean();
}
