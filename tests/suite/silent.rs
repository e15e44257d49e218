//! Texts that are changed after publication: the warning until readers are told, and what is no silent edit.

use std::fs;
use std::path::PathBuf;

use crate::support::{self, Call};
use crate::tree;
use tempfile::TempDir;

const VOTE: &str = "content/news/vote.md";
const BODY: &str = "The council voted on Monday: 13 members were for it, and 12 were against it.";

/// A small paper that has been published once.
struct Paper {
    _folder: TempDir,
    root: PathBuf,
}

impl Paper {
    fn new() -> Paper {
        let folder = support::scratch();
        let root = folder.path().join("paper");
        tree::write(&root, support::plain_theme()).unwrap();
        let paper = Paper { _folder: folder, root };
        paper.write("site.yaml", SETTINGS);
        paper.story("", BODY);
        paper.write("content/news/other.md", &story("", "Another story."));
        paper.says(&[]);
        paper
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Rewrites the story.
    fn story(&self, more: &str, body: &str) {
        self.write(VOTE, &story(more, body));
    }

    /// What a build at an instant says of silent edits; nothing else may be said.
    fn at(&self, instant: &str) -> Vec<String> {
        let call = Call { at: instant.to_owned(), ..Call::default() };
        messages(&support::run(&self.root, &call).diagnostics)
    }

    /// Builds twice, and whatever is said is said again.
    #[track_caller]
    fn says(&self, wanted: &[&str]) {
        for _ in 0..2 {
            let said = self.at("2026-11-22T12:00:00Z");
            assert_eq!(said.len(), wanted.len(), "{said:#?}");
            assert!(said.iter().zip(wanted).all(|(said, wanted)| said.contains(wanted)), "{said:#?}");
        }
    }
}

const SETTINGS: &str =
    "title: Paper\nbase_url: https://example.org/\ntheme: plain\nfeeds: false\nrobots: false\nsitemaps: false\n";
const MANY: &str = "7 words of its text or more have changed";

fn story(more: &str, body: &str) -> String {
    format!("---\ntitle: The vote\ndate: 2026-05-04\nauthors: {{name: Ana}}\n{more}---\n{body}\n")
}

fn messages(diagnostics: &[String]) -> Vec<String> {
    let message = |line: &String| {
        let found: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!((&found["code"], &found["severity"]), (&"silent-edit".into(), &"warning".into()), "{line}");
        assert_eq!(found["path"], VOTE);
        assert!(found["hint"].as_str().unwrap().contains("presswork correct content/news/vote.md"));
        found["message"].as_str().unwrap().to_owned()
    };
    diagnostics.iter().map(message).collect()
}

fn changed() -> String {
    format!("{BODY} Nobody knows whether that will be enough.")
}

#[test]
fn a_silent_edit_is_reported_until_readers_are_informed() {
    let paper = Paper::new();
    paper.story("", &changed());
    paper.says(&[MANY]);
    // Another edit of the same story, and of another one, keep what the text was.
    paper.write("content/news/other.md", &story("", "Another stories."));
    paper.story("", &format!("{} Really.", changed()));
    paper.says(&["8 words"]);
    let correction = |date: &str| format!("corrections: [{{date: {date}, text: It was enough.}}]\n");
    // A correction that has yet to come tells nobody.
    paper.story(&correction("2026-12-01"), &changed());
    paper.says(&[MANY]);
    assert_eq!(paper.at("2026-12-01T00:00:00Z"), Vec::<String>::new());
    // From then on, that is the text that readers know.
    paper.story(&correction("2026-11-21"), BODY);
    paper.says(&[MANY]);
}

#[test]
fn an_update_a_note_or_going_back_ends_it() {
    let paper = Paper::new();
    for more in [
        "updated: 2026-05-05\n",
        "updated: 2026-05-06\n",
        "notes: [{kind: clarification, date: 2026-05-07, text: So.}]\nupdated: 2026-05-06\n",
    ] {
        paper.story("", BODY);
        fs::remove_dir_all(paper.root.join(".presswork")).unwrap();
        paper.at("2026-11-22T12:00:00Z");
        paper.story("", &changed());
        paper.says(&[MANY]);
        paper.story(more, &changed());
        paper.says(&[]);
    }
    // Readers have been told of that text; another one is news to them, also the first of all.
    paper.story("updated: 2026-05-06\n", BODY);
    paper.says(&[MANY]);
    paper.story("updated: 2026-05-06\n", &changed());
    paper.says(&[]);
}

#[test]
fn typos_pass_until_they_are_many_and_figures_never_do() {
    let paper = Paper::new();
    paper.story("", &BODY.replace("council", "Council"));
    paper.says(&[]);
    paper.story("", &BODY.replace("council voted on Monday", "Council, *votes*, at Mondays"));
    paper.says(&[]);
    paper.story(
        "",
        &BODY.replace("council voted on Monday", "Council votes at Mondays").replace("members were", "member was"),
    );
    paper.says(&["6 words"]);
    paper.story("", &BODY.replace("13", "14"));
    paper.says(&["a figure in its text has changed"]);
    // What is dated before the story tells of nothing.
    paper.story("updated: 2026-05-01\n", &BODY.replace("13", "14"));
    let said = support::run(&paper.root, &Call::default()).diagnostics;
    assert!(said.iter().any(|line| line.contains("silent-edit")), "{said:#?}");
    paper.story("", BODY);
    paper.says(&[]);
}

#[test]
fn the_configuration_says_how_much_is_a_typo() {
    let paper = Paper::new();
    paper.story("", &changed());
    paper.says(&[MANY]);
    for (corrections, wanted) in
        [("{silent_edits: 7}", 0), ("{silent_edits: false}", 0), ("false", 0), ("{silent_edits: 6}", 1)]
    {
        paper.write("site.yaml", &format!("{SETTINGS}corrections: {corrections}\n"));
        assert_eq!(paper.at("2026-11-22T12:00:00Z").len(), wanted, "{corrections}");
    }
}

#[test]
fn a_story_that_was_a_draft_for_a_while_has_changed_all_the_same() {
    let paper = Paper::new();
    paper.story("draft: true\n", &changed());
    paper.says(&[]);
    paper.story("draft: true\n", &format!("{} Really.", changed()));
    paper.says(&[]);
    paper.story("", &changed());
    paper.says(&[MANY]);
    paper.story("draft: true\n", BODY);
    paper.says(&[]);
    paper.story("", BODY);
    paper.says(&[]);
}

#[test]
fn a_correction_in_the_place_of_another_counts_by_its_date() {
    let paper = Paper::new();
    let correction = |date: &str| format!("corrections: [{{date: {date}, text: It was enough.}}]\n");
    paper.story(&correction("2026-05-06"), BODY);
    paper.says(&[]);
    paper.story(&correction("2026-05-06"), &changed());
    paper.says(&[MANY]);
    paper.story(&correction("2026-05-07"), &changed());
    paper.says(&[]);
}

#[test]
fn what_readers_have_not_read_may_change() {
    let paper = Paper::new();
    paper.story("draft: true\n", BODY);
    paper.says(&[]);
    paper.story("draft: true\n", &changed());
    paper.says(&[]);
    paper.story("", BODY);
    paper.says(&[]);
    // A moved file is the same story.
    fs::create_dir_all(paper.root.join("content/world")).unwrap();
    fs::rename(paper.root.join("content/news/other.md"), paper.root.join("content/world/other.md")).unwrap();
    let said = support::run(&paper.root, &Call::default()).diagnostics;
    assert!(said.iter().all(|line| line.contains("moved-url")), "{said:#?}");
}

#[test]
fn verifying_forgets_nothing_and_a_lost_ledger_does() {
    let paper = Paper::new();
    paper.story("", &changed());
    let verified = || messages(&support::verify(&paper.root, &Call::default()).diagnostics).len();
    assert_eq!((verified(), verified()), (1, 1));
    paper.says(&[MANY]);
    fs::remove_file(paper.root.join(".presswork/ledger")).unwrap();
    paper.says(&[]);
}
