//! A site states how long it stays the same: at any instant in that window it is assembled the same, and at both ends
//! it is not.
//!
//! 256 cases; `PROPTEST_CASES=10000 cargo test --test suite window::` runs more.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use jiff::{SignedDuration, Timestamp};
use presswork::article::Article;
use presswork::config::{self, Config, EditionId};
use presswork::read::{Record, Settings, read_text};
use presswork::site::{Site, State, Window, assemble, state};
use presswork::source::{SourceFile, SourceKind};
use proptest::prelude::*;

/// Instants are multiples of a quarter of a day, so that dates often coincide.
const STEPS: u8 = 24;
/// The time for which a story is news.
const NEWS: SignedDuration = SignedDuration::from_hours(48);

fn instant(step: u8) -> Timestamp {
    let first: Timestamp = "2026-03-01T00:00:00Z".parse().unwrap();
    first + SignedDuration::from_hours(6 * i64::from(step))
}

fn config() -> Config {
    config::parse("title: The Test\nbase_url: https://example.org/\n").value.unwrap()
}

/// The dates of an article, as steps.
#[derive(Debug, Clone)]
struct Dated {
    published: u8,
    embargo: Option<u8>,
    expires: Option<u8>,
    retracted: Option<u8>,
    withdrawn: Option<u8>,
    draft: bool,
}

fn dated() -> impl Strategy<Value = Dated> {
    let seldom = || prop::option::weighted(0.3, 0..STEPS);
    let steps = (0..STEPS, seldom(), seldom(), seldom(), seldom(), prop::bool::weighted(0.2));
    steps.prop_map(|(published, embargo, expires, retracted, withdrawn, draft)| Dated {
        published,
        embargo,
        expires,
        retracted,
        withdrawn,
        draft,
    })
}

impl Dated {
    fn text(&self) -> String {
        let mut text = format!("---\ntitle: A story\ndate: {}\ndraft: {}\n", instant(self.published), self.draft);
        let plain = [("embargo", self.embargo), ("expires", self.expires)];
        for (key, step) in plain.into_iter().filter_map(|(key, step)| Some((key, step?))) {
            writeln!(text, "{key}: {}", instant(step)).unwrap();
        }
        let explained = [("retracted", self.retracted), ("withdrawn", self.withdrawn)];
        for (key, step) in explained.into_iter().filter_map(|(key, step)| Some((key, step?))) {
            writeln!(text, "{key}: {{date: {}, reason: It was wrong}}", instant(step)).unwrap();
        }
        text + "---\nWords.\n"
    }
}

fn record(path: &str, kind: SourceKind, text: &str, config: &Config) -> Record {
    let settings = Settings::from(config);
    let read = read_text(text, &SourceFile { path: path.to_owned(), kind, stamp: None }, &settings);
    read.value.unwrap_or_else(|| panic!("{text}\n{:?}", read.diagnostics))
}

/// The records of a site whose front page and section pick their first article until one instant.
fn records(articles: &[Dated], until: Option<u8>, config: &Config) -> Vec<Record> {
    let stories = articles.iter().enumerate().map(|(number, dated)| {
        record(&format!("content/world/story-{number}.md"), SourceKind::Article, &dated.text(), config)
    });
    let until = until.map(|step| format!(", until: {}", instant(step))).unwrap_or_default();
    let front = format!("---\nblocks:\n- pick: [{{article: world/story-0{until}}}]\n- limit: 2\n---\n");
    let fronts = ["content/_index.md", "content/world/_index.md"];
    stories.chain(fronts.map(|path| record(path, SourceKind::Section, &front, config))).collect()
}

fn articles(records: &[Record]) -> impl Iterator<Item = &Article> {
    records.iter().filter_map(|record| match record {
        Record::Article(article) => Some(&**article),
        _ => None,
    })
}

fn site(records: &[Record], now: Timestamp, drafts: bool) -> Site {
    assemble(records.to_vec(), BTreeSet::new(), &config(), now, drafts).value
}

/// Everything that depends on the clock: the public stories and their states, the hidden ones, the fronts, and the
/// news.
type Shown = (Vec<(String, State)>, BTreeMap<String, State>, Vec<Vec<u32>>, Vec<u32>);

fn shown(site: &Site) -> Shown {
    let public = site.articles.iter().map(|story| (story.article.source.to_string(), story.state)).collect();
    let blocks = site.fronts.values().flatten();
    let blocks = blocks.map(|block| block.stories.iter().map(|id| id.0).collect()).collect();
    (public, site.hidden.clone(), blocks, site.edition(EditionId::MAIN).news.iter().map(|id| id.0).collect())
}

/// The window, found by trying every instant.
fn tried(records: &[Record], until: Option<u8>, now: Timestamp, drafts: bool) -> Window {
    let states = |now| articles(records).map(|article| state(article, now, drafts)).collect::<Vec<_>>();
    let ages = |at: Timestamp, article: &Article| {
        article.dates.published.instant + NEWS == at && state(article, at, drafts) == State::Published
    };
    let changes = |&at: &Timestamp| {
        let before = at - SignedDuration::from_secs(1);
        let is_news_no_more = articles(records).any(|article| ages(at, article));
        states(before) != states(at) || until.is_some_and(|step| instant(step) == at) || is_news_no_more
    };
    let changes: Vec<Timestamp> = (0..STEPS + 8).map(instant).filter(changes).collect();
    Window { since: changes.iter().copied().rfind(|&at| at <= now), until: changes.into_iter().find(|&at| at > now) }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_site_does_not_change_within_its_window(
        stories in prop::collection::vec(dated(), 1..6),
        until in prop::option::of(0..STEPS),
        (step, minutes) in (0..STEPS, prop::sample::select(vec![0, 7])),
        drafts in any::<bool>(),
    ) {
        let records = records(&stories, until, &config());
        let now = instant(step) + SignedDuration::from_mins(minutes);
        let built = site(&records, now, drafts);
        prop_assert_eq!(built.window, tried(&records, until, now, drafts));
        prop_assert!(built.window.contains(now));
        let seconds = [-1, 0, 1].map(SignedDuration::from_secs);
        let instants = (0..=STEPS).flat_map(|step| seconds.map(|second| instant(step) + second));
        for other in instants.filter(|&other| built.window.contains(other)) {
            prop_assert_eq!(shown(&site(&records, other, drafts)), shown(&built), "at {}", other);
        }
    }
}

#[test]
fn hidden_stories_count_too() {
    let draft = Dated { published: 2, embargo: None, expires: None, retracted: None, withdrawn: Some(9), draft: true };
    let records = records(&[draft], None, &config());
    let window = site(&records, instant(4), false).window;
    assert_eq!(window, Window { since: None, until: Some(instant(9)) });
}

#[test]
fn a_story_is_news_for_two_days() {
    let story = Dated { published: 4, embargo: None, expires: None, retracted: None, withdrawn: None, draft: false };
    let records = records(&[story], None, &config());
    let second = SignedDuration::from_secs(1);
    let news = |now| site(&records, now, false).edition(EditionId::MAIN).news.len();
    let instants = [instant(4) - second, instant(4), instant(12) - second, instant(12)];
    assert_eq!(instants.map(news), [0, 1, 1, 0]);
}

#[test]
fn a_note_is_shown_from_its_date_on() {
    let config = config();
    let (due, ahead) = (instant(2), instant(6));
    let text = format!(
        "---\ntitle: A story\ndate: {}\nupdated: {ahead}\ncorrections: [{{date: {due}, text: One}}, {{date: {ahead}, \
         text: Two}}]\nnotes: [{{kind: editors-note, date: {ahead}, text: Three}}]\n---\nWords.\n",
        instant(1)
    );
    let records = [record("content/world/story.md", SourceKind::Article, &text, &config)];
    let told = |now: Timestamp| {
        let site = site(&records, now, false);
        let (front, dates) = (&site.articles[0].article.front, &site.articles[0].article.dates);
        assert_eq!(
            (front.rare().corrections.len(), front.rare().notes.len()),
            (dates.rare().corrections.len(), dates.rare().notes.len())
        );
        (front.rare().corrections.len(), front.rare().notes.len(), dates.updated.is_some())
    };
    assert_eq!(
        [told(due), told(ahead - SignedDuration::from_secs(1)), told(ahead)],
        [(1, 0, false), (1, 0, false), (2, 1, true)]
    );
    assert_eq!(site(&records, due, false).window, Window { since: Some(due), until: Some(ahead) });
}

#[test]
fn an_empty_site_stays_for_ever() {
    let window = site(&[], instant(4), false).window;
    assert_eq!(window, Window { since: None, until: None });
    assert!(window.contains(Timestamp::MIN) && window.contains(Timestamp::MAX));
}
