//! The ids of stories: they survive edits, and no other story changes them.

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;

use super::lists::newsroom;
use super::{FORMATS, Project, SETTINGS, page, parsed, story, title};
use crate::support::{self, Call};

/// The ids in a feed, sorted.
fn ids(project: &Project, format: &str) -> Vec<String> {
    let feed = parsed(&project.read(format).unwrap());
    let mut ids: Vec<String> = feed.entries.into_iter().map(|entry| entry.id).collect();
    ids.sort();
    ids
}

#[test]
fn ids_survive_new_urls_and_titles() {
    let project = newsroom();
    let before = ids(&project, "rss.xml");
    assert!(FORMATS.iter().all(|format| ids(&project, format) == before));
    project.write("site.yaml", format!("{SETTINGS}permalink: \"{{year}}/{{slug}}.html\"\nslugs: unicode\n"));
    let wired = "date: 2026-05-01 08:00\nwire: agency\nslug: another";
    std::fs::remove_file(project.root.join("content/world/wired.md")).unwrap();
    project.write("content/world/2026-05-01-wired/index.md", story("Another title", wired, "From afar, again."));
    project.build();
    assert_eq!(ids(&project, "rss.xml"), before);
    let feed = parsed(&project.read("rss.xml").unwrap());
    let moved = feed.entries.iter().find(|entry| title(entry) == "Another title").unwrap();
    assert_eq!(page(&moved.links), "https://example.org/news/2026/another.html");
}

#[test]
fn ids_made_of_names_alone_survive_a_move_to_another_folder() {
    let project = newsroom();
    project.write("site.yaml", format!("{SETTINGS}feeds: {{ids: name}}\n"));
    project.build();
    let before = ids(&project, "rss.xml");
    assert!(before.contains(&"tag:example.org,2026-05-02:dock".to_owned()), "{before:?}");
    let wired = project.root.join("content/world/wired.md");
    std::fs::rename(wired, project.root.join("content/business/2026-05-01-wired.md")).unwrap();
    project.build();
    assert_eq!(ids(&project, "rss.xml"), before);
}

#[test]
fn an_id_of_its_own_stays_and_belongs_to_one_story() {
    let project = newsroom();
    let own = |guid: &str| format!("date: 2026-11-13\nslug: a\nguid: \"{guid}\"");
    let pinned = "https://old.example.org/?p=417&x";
    project.write("content/world/briefing.md", story("World briefing", &own(pinned), "Words."));
    project.write("content/business/briefing.md", story("Business briefing", "date: 2026-11-13\nslug: b", "Words."));
    project.build();
    for format in FORMATS {
        let feed = parsed(&project.read(format).unwrap());
        let entry = |name: &str| feed.entries.iter().find(|entry| title(entry) == name).unwrap().id.clone();
        assert_eq!(entry("World briefing"), pinned, "{format}");
        assert_eq!(entry("Business briefing"), "tag:example.org,2026-11-13:business/briefing", "{format}");
    }
    // An id given to one story may not be generated for another, and no id may occur twice, even in a draft.
    let draft = format!("{}\ndraft: true", own(pinned));
    for front in [own("tag:example.org,2026-11-13:business/briefing"), draft] {
        project.write("content/world/copy.md", story("Copy", &front.replace("slug: a", "slug: c"), "Words."));
        let built = support::run(&project.root, &Call::default());
        assert_eq!(built.code, 1, "{built:?}");
        assert!(built.diagnostics.iter().any(|line| line.contains("duplicate-id")), "{built:?}");
    }
}

#[test]
fn a_new_story_changes_its_own_id_and_not_that_of_a_published_one() {
    let project = newsroom();
    project.write("site.yaml", format!("{SETTINGS}feeds: {{ids: name}}\n"));
    project.write("content/world/briefing.md", story("World briefing", "date: 2026-11-13\nslug: a", "Words."));
    project.build();
    // Of the two, its file is the first by name.
    project.write("content/business/briefing.md", story("Business briefing", "date: 2026-11-13\nslug: b", "Words."));
    let built = support::run(&project.root, &Call::default());
    assert_eq!(built.code, 1, "{built:?}");
    let error = built.diagnostics.iter().find(|line| line.contains("duplicate-id")).unwrap();
    assert!(error.contains("\"path\":\"content/business/briefing.md\""), "{error}");
    assert!(error.contains("add `guid: tag:example.org,2026-11-13:business/briefing"), "{error}");
}

#[test]
fn ids_survive_a_move_to_another_host() {
    let project = newsroom();
    let before = ids(&project, "rss.xml");
    let settings = SETTINGS.replace("https://example.org/news", "https://www.example.net:8443");
    project.write("site.yaml", format!("{settings}feeds: {{authority: example.org}}\n"));
    project.build();
    assert_eq!(ids(&project, "rss.xml"), before);
    project.write("site.yaml", settings);
    project.build();
    assert!(ids(&project, "rss.xml").iter().all(|id| id.starts_with("tag:www.example.net,")));
}

/// Files with the same name, the same day, or both; each has its own slug.
const FILES: [&str; 6] = [
    "content/world/briefing.md",
    "content/business/briefing.md",
    "content/business/ports/briefing/index.md",
    "content/world/2026-10-07-markets.md",
    "content/business/2026-10-07-markets.md",
    "content/business/markets-2.md",
];

/// A change of one of the files between two builds.
#[derive(Debug, Clone, Copy)]
enum Edit {
    /// Writes it, with a time of that day.
    Write(u8),
    Delete,
    Draft,
    Embargo,
    Expire,
    Retract,
    Withdraw,
}

fn edit() -> impl Strategy<Value = Edit> {
    prop_oneof![
        4 => (0u8..24).prop_map(Edit::Write),
        2 => Just(Edit::Delete),
        1 => Just(Edit::Draft),
        1 => Just(Edit::Embargo),
        1 => Just(Edit::Expire),
        1 => Just(Edit::Retract),
        1 => Just(Edit::Withdraw),
    ]
}

/// The text of a file after an edit; `None` when it is deleted.
fn edited(at: usize, edit: Edit) -> Option<String> {
    let date = |hour: u8| format!("date: 2026-10-07 {hour:02}:30");
    let more = match edit {
        Edit::Write(hour) => date(hour),
        Edit::Delete => return None,
        Edit::Draft => format!("{}\ndraft: true", date(9)),
        Edit::Embargo => format!("{}\nembargo: 2026-10-08 12:00", date(8)),
        Edit::Expire => format!("{}\nexpires: 2026-10-09 12:00", date(7)),
        Edit::Retract => format!("{}\nretracted: {{date: 2026-10-09, reason: Forged}}", date(6)),
        Edit::Withdraw => format!("{}\nwithdrawn: {{date: 2026-10-09, legal: true}}", date(5)),
    };
    Some(story(&format!("Story {at}"), &format!("{more}\nauthors: ana\nslug: story-{at}"), "Words."))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10, ..ProptestConfig::default() })]

    /// A published story keeps its id, whatever other stories come, go or change, and whatever the time.
    #[test]
    fn no_story_changes_the_id_of_another(edits in vec((0..FILES.len(), edit(), 7u8..11), 1..12)) {
        let project = Project::new(&[]);
        project.write("site.yaml", format!("{SETTINGS}outputs: [ninjs]\nfeeds: {{lists: [site]}}\n"));
        project.write("content/world/first.md", story("First", "date: 2026-10-01\nauthors: ana", "Words."));
        let mut known: BTreeMap<String, String> = BTreeMap::new();
        for (at, edit, day) in edits {
            match edited(at, edit) {
                Some(text) => project.write(FILES[at], text),
                None => drop(std::fs::remove_file(project.root.join(FILES[at]))),
            }
            let call = Call { at: format!("2026-10-{day:02}T20:00:00Z"), ..Call::default() };
            let built = support::run(&project.root, &call);
            prop_assert_eq!(built.code, 0, "{:?}", built);
            for format in FORMATS {
                let mut unique = std::collections::BTreeSet::new();
                for entry in parsed(&project.read(format).unwrap()).entries {
                    prop_assert!(unique.insert(entry.id.clone()), "{} twice", entry.id);
                    let id = known.entry(title(&entry).to_owned()).or_insert_with(|| entry.id.clone());
                    prop_assert_eq!(&*id, &entry.id, "{}", format);
                    let address = page(&entry.links).strip_prefix("https://example.org/news/").unwrap();
                    let json = project.read(&format!("{address}article.json")).unwrap();
                    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
                    prop_assert_eq!(json["uri"].as_str(), Some(entry.id.as_str()));
                }
            }
        }
    }
}
