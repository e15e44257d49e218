//! Texts changed after publication: the warning until readers are informed, and changes that are no silent edits.

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

    /// The warnings about silent edits in a build at an instant; no other diagnostic is allowed.
    fn at(&self, instant: &str) -> Vec<String> {
        let call = Call { at: instant.to_owned(), ..Call::default() };
        messages(&support::run(&self.root, &call).diagnostics)
    }

    /// Builds twice, and the warnings are repeated.
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
    // Further edits of the same story, and of another one, keep the original text for comparison.
    paper.write("content/news/other.md", &story("", "Another stories."));
    paper.story("", &format!("{} Really.", changed()));
    paper.says(&["8 words"]);
    let correction = |date: &str| format!("corrections: [{{date: {date}, text: It was enough.}}]\n");
    // A correction dated in the future informs nobody yet.
    paper.story(&correction("2026-12-01"), &changed());
    paper.says(&[MANY]);
    assert_eq!(paper.at("2026-12-01T00:00:00Z"), Vec::<String>::new());
    // From then on, that is the text that readers know.
    paper.story(&correction("2026-11-21"), BODY);
    paper.says(&[MANY]);
}

#[test]
fn an_update_a_note_or_a_revert_ends_the_warning() {
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
    // Readers have been informed about that text; another one is new to them, even the very first.
    paper.story("updated: 2026-05-06\n", BODY);
    paper.says(&[MANY]);
    paper.story("updated: 2026-05-06\n", &changed());
    paper.says(&[]);
}

#[test]
fn a_few_typos_are_no_silent_edit_but_any_changed_figure_is() {
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
    // A date before the story's own informs nobody.
    paper.story("updated: 2026-05-01\n", &BODY.replace("13", "14"));
    let said = support::run(&paper.root, &Call::default()).diagnostics;
    assert!(said.iter().any(|line| line.contains("silent-edit")), "{said:#?}");
    paper.story("", BODY);
    paper.says(&[]);
}

#[test]
fn the_configuration_sets_the_threshold_for_typos() {
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
fn a_story_that_was_a_draft_in_between_has_still_changed() {
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
fn a_correction_that_replaces_another_counts_by_its_date() {
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
fn unpublished_text_may_change() {
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
fn verifying_keeps_the_history_and_a_lost_ledger_loses_it() {
    let paper = Paper::new();
    paper.story("", &changed());
    let verified = || messages(&support::verify(&paper.root, &Call::default()).diagnostics).len();
    assert_eq!((verified(), verified()), (1, 1));
    paper.says(&[MANY]);
    fs::remove_file(paper.root.join(".presswork/ledger")).unwrap();
    paper.says(&[]);
}
