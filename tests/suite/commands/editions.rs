//! `presswork new translation`, and `presswork status --translations`.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::{new_site, run, tree};

const STORY: &str = "---\ntitle: The vote\ndeck: It was close\ndate: 2020-05-04 09:30\nauthors: {name: Ana}\n\
                     slug: the-vote\naliases: /old/vote/\ntags:\n- Council\ncorrections:\n- date: 2020-05-05\n  text: It was 12.\n\
                     ---\n\nThe council voted.\n";

/// A site with a story and a French edition.
fn bilingual() -> (TempDir, PathBuf) {
    let (keep, root) = new_site();
    fs::write(root.join("content/local/vote.md"), STORY).unwrap();
    add_settings(&root, "languages: [{language: fr}]\n");
    (keep, root)
}

fn add_settings(root: &Path, settings: &str) {
    let file = root.join("site.yaml");
    let known = fs::read_to_string(&file).unwrap();
    fs::write(file, format!("{known}\n{settings}")).unwrap();
}

#[test]
fn a_translation_has_what_both_have_in_common_and_is_published_when_it_is_written() {
    let (_keep, root) = bilingual();
    run(&root, &["new", "translation", "local/vote", "--language", "fr", "--translator", "jane-doe"])
        .exits(0)
        .prints("content/local/vote.fr.md\n");
    let path = root.join("content/local/vote.fr.md");
    let text = fs::read_to_string(&path).unwrap();
    for kept in ["title: The vote\n", "deck: It was close\n", "date: 2020-05-04T09:30", "tags:\n- Council\n"] {
        assert!(text.contains(kept), "{kept}: {text}");
    }
    for kept in ["corrections:\n- date: 2020-05-05\n", "contributors: {translation: [jane-doe]}\n", "translated_from: "]
    {
        assert!(text.contains(kept), "{kept}: {text}");
    }
    assert!(!text.contains("slug:") && !text.contains("aliases:") && text.contains("draft: true\n"), "{text}");
    run(&root, &["build"]).exits(0);
    assert!(!root.join("public/fr/local").exists(), "a draft is not public");
    run(&root, &["publish", "content/local/vote.fr.md"]).exits(2).says("write the story first");
    let written = text.replace("Write the story here.\n\nThe council voted.", "Le conseil a voté.");
    fs::write(&path, written).unwrap();
    run(&root, &["publish", "content/local/vote.fr.md"]).exits(0);
    run(&root, &["build"]).exits(0);
    let pages = tree(&root.join("public/fr/local")).into_keys();
    assert!(pages.into_iter().any(|path| path.ends_with("vote/index.html")), "the story is published");
}

#[test]
fn translations_of_nothing_new_are_refused() {
    let (_keep, root) = bilingual();
    let new = |file: &str, language: &str| run(&root, &["new", "translation", file, "--language", language]);
    new("local/vote", "de").exits(2).says("no edition in `de`");
    new("local/vote", "en").exits(2).says("in this edition itself");
    new("local/vote", "fr").exits(0);
    new("local/vote", "fr").exits(2).says("already exists");
    new("local/vote.fr", "en").exits(2).says("is a translation");
    run(&root, &["new", "translation", "local/vote", "--language", "fr", "--translator", "nobody"]).exits(2);
}

#[test]
fn the_status_of_translations_tells_what_is_missing_or_old() {
    let (_keep, root) = bilingual();
    let status = |arguments: &[&str]| {
        let all = [&["status", "--translations", "--at", "2020-05-10"], arguments].concat();
        run(&root, &all).exits(0).out
    };
    let line = |text: String| text.lines().find(|line| line.contains("The vote")).unwrap_or_default().to_owned();
    assert!(line(status(&[])).contains("en: original") && line(status(&[])).contains("fr: missing"));
    let front = "---\ntitle: Le vote\ndate: 2020-05-04 12:00\nauthors: {name: Ana}\n";
    fs::write(root.join("content/local/vote.fr.md"), format!("{front}---\n\nLe conseil a voté.\n")).unwrap();
    assert!(line(status(&[])).contains("fr: uncorrected"));
    let json = line(status(&["--format", "json"]));
    assert!(
        json.contains("{\"language\":\"fr\",\"state\":\"uncorrected\",\"path\":\"content/local/vote.fr.md\"}"),
        "{json}"
    );
    let current = format!("{front}translated_from: 2020-05-05\n---\n\nLe conseil a voté.\n");
    fs::write(root.join("content/local/vote.fr.md"), current).unwrap();
    assert!(line(status(&[])).contains("fr: current"));
    // An older story is listed only while a translation is out of date.
    assert_eq!(line(run(&root, &["status", "--translations", "--at", "2021-01-01"]).exits(0).out), "");
    let (_keep, alone) = new_site();
    run(&alone, &["status", "--translations"]).exits(2).says("only one edition");
}

#[test]
fn an_embargo_of_the_original_holds_back_its_translations_in_lists_too() {
    let (_keep, root) = bilingual();
    let original = STORY.replace("slug:", "embargo: 2030-01-01 08:00\nslug:");
    fs::write(root.join("content/local/vote.md"), original).unwrap();
    let text = "---\ntitle: Le vote\ndate: 2020-05-04\nauthors: {name: Ana}\n---\n\nLe conseil a voté.\n";
    fs::write(root.join("content/local/vote.fr.md"), text).unwrap();
    let status = run(&root, &["status"]).exits(0).out;
    let embargoed = status.split("Scheduled").nth(1).unwrap_or_default();
    assert!(embargoed.contains("The vote") && embargoed.contains("Le vote"), "{status}");
    let due = run(&root, &["due", "--at", "2029-12-31", "--within", "30d"]).out;
    assert!(due.contains("Le vote"), "{due}");
}
