//! Files that change in all the ways in which editors, version control and people change them.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use super::preview::{Preview, paper, path_of, stamps, story, until};

#[test]
fn a_story_that_begins_as_an_empty_file_is_offered_once_it_has_text() {
    let preview = Preview::of(&paper(2), &[]);
    let mut open = preview.listen(&path_of(1));
    preview.write("content/world/born.md", "");
    open.next("problems");
    preview.write("content/world/born.md", story(7, "Text.").replace("Story 7", "Born"));
    let told = open.next("article");
    assert!(told.contains("\"Born\"") && told.contains("/world/2026/01/born/"), "{told}");
}

#[test]
fn an_older_story_is_not_offered_as_a_new_one() {
    let preview = Preview::of(&paper(3), &[]);
    let mut open = preview.listen("/");
    let path = |name: &str| preview.root.join("content").join(name);
    fs::rename(path("world"), path("planet")).unwrap();
    preview.wait("/planet/2026/01/story-1/", "the section's new name", |answer| answer.status == 200);
    fs::rename(path("planet"), path("world")).unwrap();
    preview.wait(&path_of(1), "the old name", |answer| answer.status == 200);
    let story = preview.read("content/world/story-2.md");
    fs::remove_file(path("world/story-2.md")).unwrap();
    preview.wait(&path_of(2), "no story", |answer| answer.status == 404);
    preview.write("content/world/story-2.md", story);
    preview.wait(&path_of(2), "the story again", |answer| answer.status == 200);
    preview.write("content/world/fresh.md", story_of("Fresh"));
    let told = open.next("article");
    assert!(told.contains("\"Fresh\""), "{told}");
}

#[test]
fn changes_are_found_by_polling_where_the_system_reports_none() {
    let mut files = paper(3);
    files.insert("content/static/hall.txt".into(), b"A hall.".to_vec());
    let preview = Preview::of(&files, &["--poll", "0.05"]);
    let mut open = preview.listen(&path_of(1));
    preview.write("content/world/story-1.md", story(1, "Changed."));
    open.next("reload");
    preview.wait_for(&path_of(1), "Changed.");
    // The same number of letters, perhaps within one tick of the clock.
    preview.write("content/world/story-1.md", story(1, "Chances."));
    preview.wait_for(&path_of(1), "Chances.");
    preview.write("content/world/new/index.md", story(9, "Text."));
    preview.wait("/world/2026/01/new/", "a story in a new folder", |answer| answer.status == 200);
    fs::remove_file(preview.root.join("content/world/story-2.md")).unwrap();
    preview.wait(&path_of(2), "no story", |answer| answer.status == 404);
    preview.write("site.yaml", preview.read("site.yaml").replace("The Paper", "The Other"));
    preview.wait_for("/", "The Other");
    let template = preview.read("themes/plain/templates/article.html");
    preview.write("themes/plain/templates/article.html", template.replace("<h1>", "<h1>New: "));
    preview.wait_for(&path_of(1), "<h1>New: ");
    // The system reported none of this, because no watch was set.
    if let Ok(open) = fs::read_dir(format!("/proc/{}/fd", preview.process())) {
        let links = open.filter_map(|entry| fs::read_link(entry.ok()?.path()).ok());
        assert!(!links.into_iter().any(|link| link.to_string_lossy().contains("inotify")));
    }
    assert_eq!(fs::read_to_string(&preview.said).unwrap(), "");
}

/// A story with this headline that resembles no other.
fn story_of(title: &str) -> String {
    story(9, "Text.").replace("Story 9", title)
}

#[test]
fn another_time_zone_changes_no_picture() {
    let mut files = paper(2);
    files.insert("content/static/hall.txt".into(), b"A hall.".to_vec());
    let preview = Preview::of(&files, &[]);
    let mut open = preview.listen(&path_of(1));
    let site = preview.read("site.yaml");
    preview.write("site.yaml", format!("{site}timezone: Asia/Tokyo\n"));
    preview.write("content/world/story-1.md", story(1, "Changed."));
    preview.wait_for(&path_of(1), "Changed.");
    open.next("reload");
    assert!(!open.passed.iter().any(|event| event.starts_with("file")), "{:?}", open.passed);
    preview.write("content/static/hall.txt", "B hall.");
    open.next("file");
}

#[test]
fn a_page_reloads_if_it_has_changed_and_no_other_page_does() {
    let preview = Preview::of(&paper(12), &[]);
    let (mut page, mut other) = (preview.listen(&path_of(1)), preview.listen(&path_of(2)));
    preview.write("content/world/story-1.md", story(1, "Other words."));
    page.next("reload");
    assert!(preview.get(&path_of(1)).text().contains("Other words."));
    // If the other page had been told to reload for this change, that event would have come first, with its old text.
    preview.write("content/world/story-2.md", story(2, "And these."));
    let told = other.next("reload");
    let now = preview.get(&path_of(2));
    assert!(
        now.text().contains("And these.") && now.header("etag").contains(&told),
        "{told} is not {}",
        now.header("etag")
    );
}

#[test]
fn a_headline_reaches_every_page_that_shows_it() {
    let preview = Preview::of(&paper(5), &[]);
    let mut front = preview.listen("/");
    preview.write("content/world/story-4.md", story(4, "Text.").replace("Story 4", "A new headline"));
    front.next("reload");
    for page in ["/", "/world/", "/authors/ana/", "/tags/tag-4/", &path_of(4)] {
        assert!(preview.get(page).text().contains("A new headline"), "{page}");
    }
}

#[test]
fn editors_that_save_by_renaming_are_followed() {
    let preview = Preview::of(&paper(3), &[]);
    for (at, backup) in ["story-1.md~", ".story-1.md.swp", "4913"].into_iter().enumerate() {
        let path = preview.root.join("content/world/story-1.md");
        let (new, old) = (path.with_file_name(format!(".story-1.md.{at}")), path.with_file_name(backup));
        fs::write(&new, story(1, &format!("Saved {at}."))).unwrap();
        // Like Vim: the old file is moved away, and the new one takes its place.
        fs::rename(&path, &old).unwrap();
        fs::rename(&new, &path).unwrap();
        fs::remove_file(&old).unwrap();
        preview.wait_for(&path_of(1), &format!("Saved {at}."));
    }
    // Like Emacs, with the file that it leaves.
    fs::write(preview.root.join("content/world/#story-2.md#"), story(2, "Unsaved.")).unwrap();
    preview.write("content/world/story-2.md", story(2, "Saved in place."));
    preview.wait_for(&path_of(2), "Saved in place.");
    assert_eq!(preview.get("/world/").text().matches("Story 2<").count(), 1);
}

#[test]
fn a_file_written_in_pieces_ends_complete() {
    let preview = Preview::of(&paper(3), &[]);
    let path = preview.root.join("content/world/story-1.md");
    let text = story(1, &"A paragraph. ".repeat(2_000));
    for end in (0..text.len()).step_by(997) {
        fs::write(&path, &text[..end]).unwrap();
    }
    fs::write(&path, text.clone() + "The end.\n").unwrap();
    preview.wait_for(&path_of(1), "The end.");
    let problems = preview.listen(&path_of(1));
    drop(problems);
    assert!(preview.get("/_presswork/").text().contains("0 errors"));
}

#[test]
fn a_file_of_the_same_size_with_its_old_date_is_noticed() {
    let preview = Preview::of(&paper(3), &[]);
    preview.wait_for(&path_of(1), "Text.");
    let path = preview.root.join("content/world/story-1.md");
    let modified = fs::metadata(&path).unwrap().modified().unwrap();
    fs::write(&path, story(1, "Words")).unwrap();
    crate::support::set_modified(&path, modified);
    preview.wait_for(&path_of(1), "Words");
}

#[test]
fn checking_out_another_branch_of_a_thousand_files_ends_in_its_state() {
    let preview = Preview::of(&paper(40), &[]);
    let git = |arguments: &[&str]| {
        let ran = Command::new("git").arg("-C").arg(&preview.root).args(arguments).output().unwrap();
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    };
    let identity = ["-c", "user.name=T", "-c", "user.email=t@example.org"];
    let commit = |message: &str| git(&[&identity[..], &["commit", "--quiet", "--all", "-m", message]].concat());
    git(&["init", "--quiet", "--initial-branch=main"]);
    git(&["add", "."]);
    commit("one");
    git(&["checkout", "--quiet", "-b", "other"]);
    for number in 0..1_000 {
        preview
            .write(&format!("content/local/{}/story-{number}.md", number % 9), story(number, "Of the other branch."));
    }
    fs::remove_file(preview.root.join("content/world/story-3.md")).unwrap();
    git(&["add", "."]);
    commit("other");
    preview.wait_for("/local/2026/01/story-999/", "Of the other branch.");
    for _ in 0..2 {
        git(&["checkout", "--quiet", "main"]);
        preview.wait("/local/2026/01/story-999/", "nothing", |answer| answer.status == 404);
        preview.wait_for(&path_of(3), "Story 3");
        until(|| (shown(&preview) == 40).then_some(()), || format!("{} stories", shown(&preview))).unwrap();
        git(&["checkout", "--quiet", "other"]);
        preview.wait("/world/2026/01/story-3/", "nothing", |answer| answer.status == 404);
        until(|| (shown(&preview) == 1_039).then_some(()), || format!("{} stories", shown(&preview))).unwrap();
    }
}

/// The number of stories on the desk.
fn shown(preview: &Preview) -> usize {
    let desk = preview.get("/_presswork/").text();
    let line = desk.lines().find(|line| line.contains(" shown")).unwrap_or_default();
    let digits = line.split_once("class=\"shows\">").map_or("", |(_, rest)| rest);
    digits.split(' ').next().and_then(|number| number.parse().ok()).unwrap_or_default()
}

#[test]
fn a_renamed_section_moves_with_its_stories() {
    let preview = Preview::of(&paper(6), &[]);
    preview.wait_for(&path_of(1), "Story 1");
    fs::rename(preview.root.join("content/world"), preview.root.join("content/planet")).unwrap();
    preview.wait_for("/planet/2026/01/story-1/", "Story 1");
    assert_eq!(preview.get(&path_of(1)).status, 404);
    preview.write("content/planet/story-1.md", story(1, "Written after the move."));
    preview.wait_for("/planet/2026/01/story-1/", "Written after the move.");
    fs::rename(preview.root.join("content/planet"), preview.root.join("content/world")).unwrap();
    preview.wait_for(&path_of(1), "Written after the move.");
}

#[test]
fn a_new_folder_is_watched_with_everything_added_to_it() {
    let preview = Preview::of(&paper(1), &[]);
    for round in 0..5 {
        for number in 0..8 {
            preview.write(&format!("content/local/{round}/deep/er/r{round}-{number}.md"), story(number, "Deep down."));
        }
    }
    for round in 0..5 {
        for number in 0..8 {
            preview.wait_for(&format!("/local/2026/01/r{round}-{number}/"), "Deep down.");
        }
    }
}

#[test]
fn all_content_may_go_and_come_back() {
    let preview = Preview::of(&paper(3), &[]);
    preview.wait_for(&path_of(1), "Story 1");
    let (content, away) = (preview.root.join("content"), preview.root.join("away"));
    fs::rename(&content, &away).unwrap();
    preview.wait("/_presswork/", "an error", |answer| answer.text().contains("unreadable-file"));
    fs::rename(&away, &content).unwrap();
    preview.wait("/_presswork/", "no error", |answer| answer.text().contains("0 errors"));
    preview.write("content/world/story-1.md", story(1, "Seen in the folder that came back."));
    preview.wait_for(&path_of(1), "Seen in the folder that came back.");
}

#[test]
fn a_new_story_is_offered_with_its_url() {
    let preview = Preview::of(&paper(2), &[]);
    let mut open = preview.listen(&path_of(1));
    preview
        .write("content/world/fresh.md", "---\ntitle: Fresh & new\ndate: 2026-01-09\nauthors: [ana]\n---\n\nText.\n");
    let told: serde_json::Value = serde_json::from_str(&open.next("article")).unwrap();
    assert_eq!(told["url"], "/world/2026/01/fresh/");
    assert_eq!(told["title"], "Fresh & new");
    assert_eq!(told["source"], "content/world/fresh.md");
}

#[test]
fn style_sheets_are_changed_in_place_and_templates_load_what_they_change() {
    let mut files = paper(3);
    files.insert("themes/mine/theme.yaml".into(), b"name: mine\nextends: plain\n".to_vec());
    files.insert("themes/mine/assets/site.css".into(), b"body { color: red }".to_vec());
    let link = "<link rel=\"stylesheet\" href=\"{{ assets['site.css'] }}\">";
    files.insert("themes/mine/templates/not-found.html".into(), format!("<h1>Lost</h1>{link}").into_bytes());
    files.insert("themes/mine/templates/page.html".into(), b"<h1>{{ content.title }}</h1>".to_vec());
    files.insert("site.yaml".into(), b"title: P\nbase_url: https://example.org/\ntheme: mine\n".to_vec());
    let preview = Preview::of(&files, &[]);
    let (mut lost, mut story) = (preview.listen("/nowhere/"), preview.listen(&path_of(1)));
    preview.write("themes/mine/assets/site.css", "body { color: blue }");
    let mut told: serde_json::Value = serde_json::from_str(&lost.next("styles")).unwrap();
    let sheets: Vec<(String, String)> = serde_json::from_value(told["sheets"].take()).unwrap();
    assert_eq!(sheets.len(), 1);
    assert_eq!(preview.get(&sheets[0].0).status, 404);
    assert!(preview.get(&sheets[0].1).text().contains("#00f"), "{}", preview.get(&sheets[0].1).text());
    preview.write("themes/mine/templates/not-found.html", format!("<h1>Lost, alas</h1>{link}"));
    lost.next("reload");
    preview.write("content/world/story-1.md", super::preview::story(1, "Changed."));
    let told = story.next("reload");
    assert!(
        preview.get(&path_of(1)).header("etag").contains(&told),
        "the story was not loaded again for anything else"
    );
}

#[test]
fn a_picture_that_is_replaced_is_reported() {
    let mut files = paper(1);
    files.insert("content/static/a.svg".into(), b"<svg/>".to_vec());
    let preview = Preview::of(&files, &[]);
    let mut open = preview.listen(&path_of(0));
    preview.write("content/static/a.svg", "<svg></svg>");
    let told: serde_json::Value = serde_json::from_str(&open.next("file")).unwrap();
    assert_eq!(told["url"], "/a.svg");
    assert_eq!(preview.get("/a.svg").text(), "<svg></svg>");
}

#[test]
fn nothing_is_written() {
    let preview = Preview::of(&paper(3), &[]);
    let before = stamps(&preview.root);
    preview.get("/");
    preview.get("/_presswork/?at=2027-01-01");
    preview.write("content/world/story-1.md", story(1, "Changed."));
    preview.wait_for(&path_of(1), "Changed.");
    let after = stamps(&preview.root);
    let differing: BTreeSet<_> =
        after.iter().filter(|(path, stamp)| before.get(*path) != Some(*stamp)).map(|(path, _)| path).collect();
    assert_eq!(differing.into_iter().collect::<Vec<_>>(), ["content/world/story-1.md"].map(std::path::Path::new));
    assert_eq!(before.len(), after.len());
}
