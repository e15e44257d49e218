//! `due` against brute force: a site built at many instants changes exactly at those that `due` lists.
//!
//! 8 cases; `PROPTEST_CASES=500 cargo test --test suite due::` runs more.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use crate::support::{Call, run, scratch, snapshot};
use crate::tree;
use jiff::{SignedDuration, Timestamp};
use presswork::build::{Project, last_build};
use presswork::schedule::{Freshness, instants, upcoming_changes};
use presswork::site::{Change, Effect};
use proptest::prelude::*;

/// Instants are multiples of an eighth of a day, so that dates often coincide.
const STEPS: u8 = 24;

fn instant(step: u8) -> Timestamp {
    let first: Timestamp = "2026-03-01T00:00:00Z".parse().unwrap();
    first + SignedDuration::from_hours(3 * i64::from(step))
}

/// The dates in a story's front matter.
#[derive(Debug, Clone)]
struct StorySpec {
    published: u8,
    dates: Vec<(&'static str, u8)>,
    /// True if the withdrawal has legal reasons, and if a retraction keeps the text.
    is_legal: bool,
    keeps_body: bool,
    lines: Vec<&'static str>,
}

fn story_spec() -> impl Strategy<Value = StorySpec> {
    let keys = ["embargo", "expires", "retracted", "withdrawn", "updated", "corrections", "notes"];
    let dates = prop::sample::subsequence(keys.to_vec(), 0..4)
        .prop_flat_map(|keys| keys.into_iter().map(|key| (Just(key), 0..STEPS)).collect::<Vec<_>>());
    let lines = ["draft: true", "noindex: true", "kind: sponsored", "canonical: https://example.net/a"];
    let lines = prop_oneof![3 => Just(Vec::new()), 2 => prop::sample::subsequence(lines.to_vec(), 1)];
    // Many stories are withdrawn after they have expired.
    let over =
        (0..STEPS, 0..STEPS).prop_map(|(one, other)| vec![("expires", one.min(other)), ("withdrawn", one.max(other))]);
    let dates = prop_oneof![4 => dates, 1 => over];
    (0..STEPS, dates, any::<[bool; 2]>(), lines).prop_map(|(published, dates, [is_legal, keeps_body], lines)| {
        StorySpec { published, dates, is_legal, keeps_body, lines }
    })
}

impl StorySpec {
    fn new(published: u8, dates: &[(&'static str, u8)], lines: &[&'static str]) -> StorySpec {
        let (dates, lines) = (dates.to_vec(), lines.to_vec());
        StorySpec { published, dates, is_legal: false, keeps_body: false, lines }
    }

    fn date(&self, wanted: &str) -> Option<u8> {
        self.dates.iter().find_map(|&(key, step)| (key == wanted).then_some(step))
    }

    /// True if its withdrawal may change no file: it was no longer public, its URL may say nothing, and another story
    /// may already need the 410 page.
    fn may_go_unnoticed(&self, change: &Change) -> bool {
        let has_expired = self.date("expires") <= self.date("withdrawn") && self.date("expires").is_some();
        change.effect == Effect::Withdrawn && has_expired
    }

    fn text(&self, number: usize) -> String {
        let mut text =
            format!("---\ntitle: Story {number}\ndate: {}\nauthors: [{{name: Ann}}]\n", instant(self.published));
        self.lines.iter().for_each(|line| writeln!(text, "{line}").unwrap());
        for &(key, step) in &self.dates {
            let at = instant(step);
            let value = match key {
                "retracted" => format!("{{date: {at}, reason: It was wrong, keep_body: {}}}", self.keeps_body),
                "withdrawn" => format!("{{date: {at}, reason: It was wrong, legal: {}}}", self.is_legal),
                "corrections" => format!("[{{date: {at}, text: It was 12}}]"),
                "notes" => format!("[{{kind: editors-note, date: {at}, text: A note}}]"),
                _ => at.to_string(),
            };
            writeln!(text, "{key}: {value}").unwrap();
        }
        text + "---\nWords of the story.\n"
    }
}

fn write(root: &Path, stories: &[StorySpec], until: &[Option<u8>], more: &str) {
    fs::create_dir_all(root.join("content/world")).unwrap();
    let config = format!("title: The Test\nbase_url: https://example.org/\n{more}");
    fs::write(root.join("site.yaml"), config).unwrap();
    for (number, story) in stories.iter().enumerate() {
        fs::write(root.join(format!("content/world/story-{number}.md")), story.text(number)).unwrap();
    }
    let picks = until.iter().zip(0..stories.len()).map(|(until, number)| {
        let until = until.map(|step| format!(", until: {}", instant(step))).unwrap_or_default();
        format!("{{article: world/story-{number}{until}}}")
    });
    let picks = picks.collect::<Vec<_>>().join(", ");
    // With a heading a block shows the source of its stories, so that another block gives another page.
    let front =
        format!("---\nblocks:\n- pick: [{picks}]\n  limit: 2\n- section: world\n  heading: World\n  limit: 2\n---\n");
    // The section's own front has one block less, so that picks may end there and not on the front page.
    let section = format!("---\nblocks:\n- pick: [{picks}]\n  limit: 1\n- {{heading: New, limit: 1}}\n---\n");
    for (path, text) in [("content/_index.md", front), ("content/world/_index.md", section)] {
        fs::write(root.join(path), if until.is_empty() { String::new() } else { text }).unwrap();
    }
}

/// The published site as of an instant.
fn tree_at(root: &Path, at: Timestamp) -> tree::Tree {
    let built = run(root, &Call { at: at.to_string(), ..Call::default() });
    assert_eq!((built.code, &built.problem), (0, &None), "{:?}", built.diagnostics);
    snapshot(&root.join("public"))
}

/// The instants worth a build: every one in a source or a change, and the second before it, so that anything that
/// happens between two of them shows too.
fn tried(stories: &[StorySpec], until: &[Option<u8>], changes: &[Change]) -> BTreeSet<Timestamp> {
    let dates = stories.iter().flat_map(|story| story.dates.iter().map(|&(_, step)| step).chain([story.published]));
    let steps = dates.chain(until.iter().copied().flatten()).chain([0, STEPS + 16]);
    let instants = steps.map(instant).chain(changes.iter().map(|change| change.at));
    instants.flat_map(|at| [at - SignedDuration::from_secs(1), at]).collect()
}

#[expect(clippy::disallowed_methods, reason = "who runs tests says how many")]
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(8)
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        cases: cases(),
        ..ProptestConfig::default()
    })]

    #[test]
    fn a_site_changes_exactly_when_due_says_so(
        stories in prop::collection::vec(story_spec(), 1..5),
        until in prop::collection::vec(prop::option::of(0..STEPS), 0..4),
        more in prop::sample::select(vec!["", "sitemaps: false\n", "hosts: [netlify]\n", "feeds: false\n"]),
    ) {
        let folder = scratch();
        let root = folder.path();
        write(root, &stories, &until, more);
        let changes = Project::open(root).unwrap().value.unwrap().changes(Timestamp::MIN, Timestamp::MAX);
        let mut last = None;
        for at in tried(&stories, &until, &changes) {
            let tree = tree_at(root, at);
            if let Some((before, known)) = last.replace((at, tree.clone())) {
                let named: Vec<&Change> = changes.iter().filter(|change| before < change.at && change.at <= at).collect();
                let differing = tree::difference(&known, &tree);
                let story = |change: &Change| {
                    let name = change.source.trim_start_matches("content/world/story-").trim_end_matches(".md");
                    &stories[name.parse::<usize>().unwrap()]
                };
                let is_certain = |change: &&Change| !story(change).may_go_unnoticed(change);
                prop_assert!(known == tree || !named.is_empty(), "at {}: nothing and {:?}", at, differing);
                prop_assert!(known != tree || !named.iter().any(is_certain), "at {}: {:?} and nothing", at, named);
            }
            // The published site is neither overdue nor early, whenever it was built; a second earlier it was early.
            let (project, published) = (Project::open(root).unwrap().value.unwrap(), last_build(root).unwrap());
            prop_assert_eq!(Freshness::new(&project, published, at), Freshness::Current);
            for change in changes.iter().filter(|change| change.at == at) {
                let before = Freshness::new(&project, published, at - SignedDuration::from_secs(1));
                prop_assert!(before.differences().contains(change), "{:?}", before);
            }
        }
    }
}

/// The story brings the 410 page with it, and nothing is published at its own URL.
#[test]
fn a_legal_withdrawal_of_an_expired_story_is_a_change() {
    let folder = scratch();
    let over =
        StorySpec { is_legal: true, ..StorySpec::new(1, &[("expires", 3), ("withdrawn", 5)], &["noindex: true"]) };
    write(folder.path(), &[over], &[], "");
    let changes = Project::open(folder.path()).unwrap().value.unwrap().changes(instant(4), Timestamp::MAX);
    assert_eq!(
        changes.iter().map(|change| (change.at, change.effect)).collect::<Vec<_>>(),
        [(instant(5), Effect::Withdrawn)]
    );
    let (before, after) = (tree_at(folder.path(), instant(4)), tree_at(folder.path(), instant(5)));
    assert!(!before.contains_key(Path::new("410.html")) && after.contains_key(Path::new("410.html")));
}

/// The changes of a site with one story, published on Sunday the first.
fn changes_of(lines: &[(&'static str, u8)], more: &[&'static str], config: &str) -> Vec<(Timestamp, Effect)> {
    let folder = scratch();
    let story = StorySpec::new(1, lines, more);
    write(folder.path(), &[story], &[], config);
    let changes = Project::open(folder.path()).unwrap().value.unwrap().changes(Timestamp::MIN, Timestamp::MAX);
    changes.into_iter().map(|change| (change.at, change.effect)).collect()
}

#[test]
fn a_date_overridden_by_another_has_no_effect() {
    assert_eq!(changes_of(&[("embargo", 5)], &["draft: true"], ""), []);
    assert_eq!(changes_of(&[("withdrawn", 5)], &["draft: true"], "hosts: [netlify]\n"), []);
    assert_eq!(changes_of(&[("embargo", 6), ("expires", 4)], &[], ""), []);
    let told = changes_of(&[("embargo", 6), ("updated", 4), ("corrections", 6)], &["noindex: true"], "");
    assert_eq!(told, [(instant(6), Effect::Published)]);
}

#[test]
fn a_story_leaves_the_news_sitemap_only_if_it_is_in_one() {
    let (out, old) = ((instant(1), Effect::Published), (instant(17), Effect::NewsEnds));
    assert_eq!(changes_of(&[], &[], ""), [out, old]);
    for line in ["noindex: true", "kind: sponsored", "canonical: https://example.net/a"] {
        assert_eq!(changes_of(&[], &[line], ""), [out], "{line}");
    }
    assert_eq!(changes_of(&[], &[], "sitemaps: false\n"), [out]);
    assert_eq!(changes_of(&[("embargo", 20)], &[], ""), [(instant(20), Effect::Published)]);
}

#[test]
fn a_pick_ends_only_where_another_story_takes_its_place() {
    let folder = scratch();
    let story = |published| StorySpec::new(published, &[], &["noindex: true"]);
    let ends = |stories: &[StorySpec], until: &[Option<u8>]| {
        write(folder.path(), stories, until, "");
        let changes = Project::open(folder.path()).unwrap().value.unwrap().changes(instant(4), Timestamp::MAX);
        changes.into_iter().map(|change| (change.at, change.effect, change.source)).collect::<Vec<_>>()
    };
    let source = "content/world/story-0.md".to_owned();
    assert_eq!(ends(&[story(1), story(2)], &[Some(6), None]), [(instant(6), Effect::PickEnds, source)]);
    // The pick of a story that is published later shows nothing.
    let hidden = StorySpec::new(1, &[("embargo", 8)], &["noindex: true"]);
    let published = (instant(8), Effect::Published, "content/world/story-0.md".to_owned());
    assert_eq!(ends(&[hidden, story(2)], &[Some(6), None]), [published]);
}

#[test]
fn the_next_change_is_the_first_of_all() {
    let folder = scratch();
    let stories = [9, 5, 5].map(|published| StorySpec::new(published, &[], &["noindex: true"]));
    write(folder.path(), &stories, &[], "");
    let project = Project::open(folder.path()).unwrap().value.unwrap();
    let sources = |changes: Vec<Change>| changes.into_iter().map(|change| change.source).collect::<Vec<_>>();
    let next = upcoming_changes(&project, instant(4), None);
    assert_eq!(sources(next), ["content/world/story-1.md", "content/world/story-2.md"]);
    let all = upcoming_changes(&project, instant(4), Some(instant(9)));
    assert_eq!(instants(&all).collect::<Vec<_>>(), [instant(5), instant(9)]);
    assert_eq!(upcoming_changes(&project, instant(9), None), []);
}
