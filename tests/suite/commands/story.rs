//! `presswork publish`, `retract` and `withdraw`: each changes a story's front matter and nothing else.

use std::fs;
use std::path::PathBuf;

use super::{new_site, run};

const DRAFT: &str = "---\n# By the night desk\ntitle: 'Flood' # working title\ndate: 2026-05-04\nauthors: [jane-doe]\ndraft: true\n---\nIt rained.\n";

/// A new site with a story, and the story's file.
fn site_with(text: &str) -> (tempfile::TempDir, PathBuf, PathBuf) {
    let (keep, root) = new_site();
    let story = root.join("content/local/flood.md");
    fs::write(&story, text).unwrap();
    (keep, root, story)
}

#[test]
fn a_draft_is_published_now_or_at_a_time() {
    let (_keep, root, story) = site_with(DRAFT);
    run(&root, &["build"]).exits(0).prints("1 article, ");
    run(&root, &["publish", "local/flood.md"])
        .exits(0)
        .prints("content/local/flood.md\n")
        .says("`presswork build` publishes it");
    let text = fs::read_to_string(&story).unwrap();
    let date = text.lines().find_map(|line| line.strip_prefix("date: ")).unwrap();
    // The next build publishes it, so the date is not in the future; and it is later than the old date.
    assert!(date.parse::<jiff::Timestamp>().unwrap() > "2026-05-05T00:00:00Z".parse().unwrap(), "{date}");
    assert_eq!(text.replace(date, "2026-05-04"), DRAFT.replace("draft: true\n", ""));
    run(&root, &["build"]).exits(0).prints("2 articles, ");
    run(&root, &["publish", "local/flood.md"]).exits(2).says("is published already");

    let (_keep, root, story) = site_with(DRAFT);
    run(&root, &["publish", "content/local/flood.md", "--at", "2099-01-02"])
        .exits(0)
        .says("the first build after that");
    let text = fs::read_to_string(&story).unwrap();
    assert_eq!(text, DRAFT.replace("draft: true\n", "").replace("2026-05-04", "2099-01-02"));
    run(&root, &["build"]).exits(0).prints("1 article, ");
    // It is scheduled, so it can be published earlier.
    run(&root, &["publish", "local/flood.md", "--at", "2026-05-04 10:00"]).exits(0);
    run(&root, &["build"]).exits(0).prints("2 articles, ");
    run(&root, &["publish", "local/flood.md", "--at", "soon"]).exits(2);
}

#[test]
fn a_page_is_published_as_a_story_is() {
    let (_keep, root) = new_site();
    run(&root, &["new", "page", "Ethics"]).exits(0).says("write the page, then run presswork publish pages/ethics\n");
    let path = root.join("content/pages/ethics.md");
    run(&root, &["publish", "pages/ethics"]).exits(2).says("was not changed").says("write the page first");
    let written = fs::read_to_string(&path).unwrap().replace("Write the page here.", "We pay for our lunch.");
    fs::write(&path, &written).unwrap();
    run(&root, &["publish", "pages/ethics", "--at", "2099-01-01"]).exits(2).says("has no date");
    assert_eq!(fs::read_to_string(&path).unwrap(), written);
    run(&root, &["publish", "pages/ethics"])
        .exits(0)
        .prints("content/pages/ethics.md\n")
        .says("`presswork build` publishes it");
    assert_eq!(fs::read_to_string(&path).unwrap(), written.replace("draft: true\n", ""));
    run(&root, &["build", "--deny-warnings"]).exits(0);
    assert!(fs::read_to_string(root.join("public/ethics/index.html")).unwrap().contains("We pay for our lunch."));
    run(&root, &["publish", "pages/ethics.md"]).exits(2).says("is published already");
    run(&root, &["publish", "pages/ethic"]).exits(2).says("did you mean `pages/ethics`?");
    run(&root, &["publish", "Ethics"]).exits(2).says("the page with this title is pages/ethics.md");
    run(&root, &["publish", "authors/jane-doe"]).exits(2).says("is not an article or a page");
    run(&root, &["retract", "pages/ethics", "An error"]).exits(2).says("is not an article\n");
}

#[test]
fn a_draft_dated_ahead_keeps_its_date() {
    let text = DRAFT.replace("2026-05-04", "2099-01-02 06:00");
    let (_keep, root, story) = site_with(&text);
    run(&root, &["publish", "local/flood.md"]).exits(0).says("run the command again");
    assert_eq!(fs::read_to_string(&story).unwrap(), text.replace("draft: true\n", ""));
    run(&root, &["build"]).exits(0).prints("1 article, ");
    run(&root, &["publish", "local/flood.md"]).exits(0).says("`presswork build` publishes it");
    run(&root, &["build"]).exits(0).prints("2 articles, ");
}

#[test]
fn a_story_without_its_text_is_not_published() {
    let (_keep, root, story) = site_with(&DRAFT.replace("It rained.", "Write the story here."));
    run(&root, &["publish", "local/flood.md"]).exits(2).says("was not changed").says("write the story first");
    assert!(fs::read_to_string(&story).unwrap().contains("draft: true"));
}

#[test]
fn an_embargo_is_a_promise() {
    let (_keep, root, story) = site_with(&DRAFT.replace("draft: true", "embargo: 2099-01-01 06:00"));
    let before = fs::read_to_string(&story).unwrap();
    run(&root, &["publish", "local/flood.md"]).exits(2).says("under embargo until 2099-01-01 06:00");
    assert_eq!(fs::read_to_string(&story).unwrap(), before);
    run(&root, &["publish", "local/flood.md", "--at", "2099-01-01 06:00"]).exits(0);
}

#[test]
fn a_story_is_retracted_and_withdrawn_with_its_reason() {
    let published = DRAFT.replace("draft: true\n", "");
    let (_keep, root, story) = site_with(&published);
    run(&root, &["build"]).exits(0).prints("2 articles, ");
    run(&root, &["retract", "local/flood.md", "The \"documents\" are forged."]).exits(0).says("retracted on");
    let text = fs::read_to_string(&story).unwrap();
    let (before, added) = text.split_once("retracted:\n").unwrap();
    assert!(published.starts_with(before) && added.ends_with("---\nIt rained.\n"), "{text}");
    assert!(added.contains("\n  reason: \"The \\\"documents\\\" are forged.\"\n"), "{text}");
    run(&root, &["build", "--deny-warnings"]).exits(0);
    let page =
        |root: &PathBuf| fs::read_to_string(root.join("public/local/2026/05/flood/index.html")).unwrap_or_default();
    assert!(page(&root).contains("are forged") && !page(&root).contains("It rained"));
    run(&root, &["retract", "local/flood.md", "Again."]).exits(2).says("is retracted already");
    // A retracted story can still be withdrawn.
    run(&root, &["withdraw", "local/flood.md", "It named a minor."]).exits(0);
    run(&root, &["build", "--deny-warnings"]).exits(0);
    run(&root, &["withdraw", "local/flood.md"]).exits(2).says("is withdrawn already");

    let (_keep, root, story) = site_with(&published);
    run(&root, &["build"]).exits(0);
    run(&root, &["withdraw", "local/flood.md", "--legal", "--date", "2026-05-05"]).exits(0);
    let text = fs::read_to_string(&story).unwrap();
    assert!(text.contains("withdrawn:\n  date: 2026-05-05\n  legal: true\n---\n"), "{text}");
    run(&root, &["build", "--deny-warnings"]).exits(0);
    assert_eq!(page(&root), "");
}

#[test]
fn a_story_is_withdrawn_in_the_minute_of_its_publication() {
    let (_keep, root, story) = site_with(DRAFT);
    for (publish, take_back) in [("publish", "withdraw"), ("publish", "retract")] {
        fs::write(&story, DRAFT.replace("2026-05-04\n", "2026-05-04\nslug: ours\n")).unwrap();
        run(&root, &[publish, "local/flood.md"]).exits(0);
        run(&root, &["build"]).exits(0);
        run(&root, &[take_back, "local/flood.md", "It named a minor."]).exits(0);
        let text = fs::read_to_string(&story).unwrap();
        let (_, date) = text.rsplit_once("\n  date: ").unwrap();
        // With its offset, another time zone doesn't move it.
        assert!(date[..25].contains('T') && date[19..20].contains(['+', '-']), "{text}");
        run(&root, &["build", "--deny-warnings"]).exits(0);
        let pages = super::tree(&root.join("public"));
        let page = pages.iter().find(|(path, _)| path.ends_with("ours/index.html")).unwrap();
        let page = String::from_utf8_lossy(page.1).into_owned();
        assert!(page.contains("It named a minor") && !page.contains("It rained"), "{page}");
    }
}

#[test]
fn names_are_found_in_every_form_of_unicode() {
    let (composed, decomposed) = ("caf\u{e9}/na\u{ef}ve", "cafe\u{301}/nai\u{308}ve");
    for (disk, given) in
        [(composed, decomposed), (decomposed, composed), (composed, composed), (decomposed, decomposed)]
    {
        let (_keep, root, story) = site_with(DRAFT);
        let moved = root.join(format!("content/local/{disk}.md"));
        fs::create_dir_all(moved.parent().unwrap()).unwrap();
        fs::rename(&story, &moved).unwrap();
        let absolute = root.canonicalize().unwrap().join(format!("content/local/{given}.md"));
        let absolute = absolute.to_str().unwrap().to_owned();
        run(&root, &["publish", &format!("local/{given}")]).exits(0);
        for given in [format!("local/{given}.md"), format!("./content/local/../local/{given}"), absolute] {
            run(&root, &["correct", &given, "It rained."]).exits(0);
        }
    }
}

#[test]
fn a_story_that_is_not_found_is_suggested() {
    let (_keep, root, _) = site_with(DRAFT);
    run(&root, &["publish", "local/flod"]).exits(2).says("did you mean `local/flood`?");
    run(&root, &["publish", "content/local/flodd.md"]).exits(2).says("did you mean `local/flood`?");
    run(&root, &["retract", "flood", "Wrong."]).exits(2).says("the story with this title is local/flood.md");
    run(&root, &["retract", "Flood", "Wrong."]).exits(2).says("the story with this title is local/flood.md");
}

#[test]
fn an_unpublished_story_cannot_be_withdrawn() {
    let (_keep, root, story) = site_with(DRAFT);
    run(&root, &["retract", "local/flood.md", "Wrong."]).exits(2).says("nobody has read it yet");
    run(&root, &["withdraw", "local/flood.md"]).exits(2).says("nobody has read it yet");
    run(&root, &["retract", "local/flood.md", " "]).exits(2).says("tell readers why");
    run(&root, &["withdraw", "local/flood.md", "Why", "--legal"]).exits(2);
    run(&root, &["publish", "pages/about.md"]).exits(2).says("is published already");
    run(&root, &["publish", "local/nowhere.md"]).exits(2).says("there is no file");
    assert_eq!(fs::read_to_string(&story).unwrap(), DRAFT);
    // If the format cannot be changed, the error says what to write.
    fs::write(&story, "---\n{title: A, date: 2026-05-04, authors: jane-doe, draft: true}\n---\nText.\n").unwrap();
    run(&root, &["publish", "local/flood.md"]).exits(2).says("was not changed").says("remove `draft:`");
}

#[test]
fn a_story_is_found_by_its_folder_or_its_name_with_and_without_md() {
    let (_keep, root, story) = site_with(DRAFT);
    run(&root, &["publish", "local/flood"]).exits(0).prints("content/local/flood.md\n");
    fs::create_dir(root.join("content/local/flood")).unwrap();
    fs::rename(&story, root.join("content/local/flood/index.md")).unwrap();
    for given in ["local/flood", "local/flood/", "local/flood.md", "content/local/flood/index.md"] {
        run(&root, &["correct", given, "It rained twice."]).exits(0).prints("content/local/flood/index.md\n");
    }
    run(&root, &["correct", "local/flod.md", "It rained."]).exits(2).says("there is no file local/flod.md");
}
