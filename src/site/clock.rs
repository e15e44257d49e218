//! What time alone changes: the instants from which a site is another without any edit, and what happens then.

use ahash::HashMap;
use jiff::{SignedDuration, Timestamp};

use crate::article::{Article, Kind, SectionFile};
use crate::config::{self, Breaking, Config};
use crate::content_path::FRONT_PAGE;
use crate::read::Record;

use super::front;
use super::state::{State, is_ever_public, state};

/// How long a story is news.
pub(super) const NEWS: SignedDuration = SignedDuration::from_hours(48);

/// What happens to a story, in the order in which changes of one instant are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum What {
    /// Its embargo is over, or its date has come.
    Published,
    /// Its page says that it was wrong, and nothing else shows it.
    Retracted,
    /// Its time is over.
    Expired,
    /// It is taken back.
    Withdrawn,
    /// An update that was dated ahead is told.
    Updated,
    /// A correction that was dated ahead is told.
    Corrected,
    /// A note that was dated ahead is told.
    Noted,
    /// It leaves the place on the front page that somebody picked for it.
    PickEnds,
    /// The breaking line leaves the front page.
    BreakingEnds,
    /// It leaves the news sitemap.
    NewsEnds,
}

impl What {
    /// The word that machines are told.
    pub fn as_str(self) -> &'static str {
        match self {
            What::Published => "published",
            What::Retracted => "retracted",
            What::Expired => "expired",
            What::Withdrawn => "withdrawn",
            What::Updated => "updated",
            What::Corrected => "corrected",
            What::Noted => "noted",
            What::PickEnds => "pick-ends",
            What::BreakingEnds => "breaking-ends",
            What::NewsEnds => "news-ends",
        }
    }
}

impl What {
    /// What happens, behind the story's title: `is published`.
    pub fn in_words(self) -> &'static str {
        match self {
            What::Published => "is published",
            What::Retracted => "is retracted",
            What::Expired => "expires",
            What::Withdrawn => "is withdrawn",
            What::Updated => "is updated",
            What::Corrected => "is corrected",
            What::Noted => "gets a note",
            What::PickEnds => "its pick on the front page ends",
            What::BreakingEnds => "the breaking line leaves the front page",
            What::NewsEnds => "leaves the news sitemap",
        }
    }
}

/// One change that time alone makes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    /// The first instant at which the site is another.
    pub at: Timestamp,
    /// What happens.
    pub what: What,
    /// The story's file; `site.yaml` for the breaking line.
    pub source: String,
    /// The story's title; the breaking line itself.
    pub title: String,
}

/// What decides, besides an article's own file, which of its changes there are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rules {
    /// Whether drafts and embargoed articles are shown.
    pub drafts: bool,
    /// Whether there is a news sitemap.
    has_news: bool,
}

impl Rules {
    pub(super) fn new(config: &Config, drafts: bool) -> Rules {
        Rules { drafts, has_news: config.sitemaps }
    }
}

/// Whether search engines should find a story here. A syndicated one belongs to whoever wrote it.
pub fn is_indexed(article: &Article) -> bool {
    !article.front.noindex && article.front.rare().canonical.is_none()
}

/// Whether the news sitemap has a story while it is new. What is paid for is no news (Google's policies for
/// publishers).
pub fn is_news(article: &Article) -> bool {
    is_indexed(article) && article.front.kind != Kind::Sponsored
}

/// Tells every instant at which something about an article changes, in no order; more than once when much happens
/// then. Where only what is hidden changes, and with it at most what is said of links to it, nothing happens that
/// readers could see.
pub(super) fn steps(article: &Article, rules: Rules, mut tell: impl FnMut(Timestamp, Option<What>)) {
    let dates = &article.dates;
    let around = |at: Timestamp| {
        let before = at.checked_sub(SignedDuration::from_nanos(1)).ok()?;
        Some((state(article, before, rules.drafts), state(article, at, rules.drafts)))
    };
    let seldom = [dates.rare().embargo, dates.rare().expires, dates.rare().retracted, dates.rare().withdrawn];
    for at in [Some(dates.published)].into_iter().chain(seldom).flatten().map(|moment| moment.instant) {
        // A date that another one outweighs (the embargo of a draft) changes nothing.
        if let Some((before, after)) = around(at).filter(|(before, after)| before != after) {
            let shows = before.is_public() || after.is_public() || leaves_a_trace(article, after);
            tell(at, shows.then(|| what(after)).flatten());
        }
    }
    // What is dated ahead is told by a page that is there already.
    let stays = |at: Timestamp| around(at).is_some_and(|(before, after)| before.is_public() && after.is_public());
    let updated = dates.updated.iter().map(|moment| (What::Updated, moment.instant));
    let corrections = dates.rare().corrections.iter().map(|moment| (What::Corrected, moment.instant));
    let notes = dates.rare().notes.iter().map(|moment| (What::Noted, moment.instant));
    for (what, at) in updated.chain(corrections).chain(notes).filter(|&(_, at)| stays(at)) {
        tell(at, Some(what));
    }
    if rules.has_news
        && is_news(article)
        && let Ok(old) = dates.published.instant.checked_add(NEWS)
        && around(old) == Some((State::Published, State::Published))
    {
        tell(old, Some(What::NewsEnds));
    }
}

/// Whether something may tell of the withdrawal of a story that nobody could read any more in any case: a tombstone, the
/// 410 page, hosts. Whether another story has brought that about already, only the plan could tell.
fn leaves_a_trace(article: &Article, after: State) -> bool {
    after == State::Withdrawn && is_ever_public(article)
}

/// What it is that brings an article into a state.
fn what(after: State) -> Option<What> {
    match after {
        State::Published => Some(What::Published),
        State::Retracted => Some(What::Retracted),
        State::Expired => Some(What::Expired),
        State::Withdrawn => Some(What::Withdrawn),
        State::Draft | State::Embargoed => None,
    }
}

/// Every change behind `after` and no later than `until`, in the order of time.
///
/// The end of a pick is among them when its story is public then; whether the front page shows another one instead only
/// the assembled site can tell ([`super::Site::ends_picks`]).
pub fn changes(records: &[Record], config: &Config, drafts: bool, after: Timestamp, until: Timestamp) -> Vec<Change> {
    let rules = Rules::new(config, drafts);
    let is_in_span = |at: Timestamp| after < at && at <= until;
    let mut found = Vec::new();
    for article in articles(records) {
        steps(article, rules, |at, what| {
            if let Some(what) = what.filter(|_| is_in_span(at)) {
                found.push(change(at, what, article));
            }
        });
    }
    let front = records.iter().find_map(|record| match record {
        Record::Section(section) if section.source == FRONT_PAGE => Some(&**section),
        _ => None,
    });
    let ends: Vec<(&str, Timestamp)> = front.into_iter().flat_map(picks).filter(|&(_, at)| is_in_span(at)).collect();
    if !ends.is_empty() {
        let by_source: HashMap<&str, &Article> = articles(records).map(|article| (&*article.source, article)).collect();
        for (path, at) in ends {
            let candidates = front::candidates(path);
            let picked = candidates.iter().find_map(|source| by_source.get(source.as_str()));
            found.extend(
                picked
                    .filter(|article| is_listed_around(article, at, rules))
                    .map(|article| change(at, What::PickEnds, article)),
            );
        }
    }
    if let Some((line, at)) = breaking_ends(config).filter(|&(_, at)| is_in_span(at)) {
        let (source, title) = (config::FILE.to_owned(), line.text.clone());
        found.push(Change { at, what: What::BreakingEnds, source, title });
    }
    found.sort_unstable();
    found.dedup();
    found
}

fn articles(records: &[Record]) -> impl Iterator<Item = &Article> {
    records.iter().filter_map(|record| match record {
        Record::Article(article) => Some(&**article),
        _ => None,
    })
}

fn change(at: Timestamp, what: What, article: &Article) -> Change {
    Change { at, what, source: article.source.to_string(), title: article.front.title.to_string() }
}

/// Whether listings show an article just before an instant, and from it on.
fn is_listed_around(article: &Article, at: Timestamp, rules: Rules) -> bool {
    let before = at.checked_sub(SignedDuration::from_nanos(1));
    let is_listed = |at| state(article, at, rules.drafts) == State::Published;
    is_listed(at) && before.is_ok_and(is_listed)
}

/// The breaking line, and when it ends, if it does.
pub(super) fn breaking_ends(config: &Config) -> Option<(&Breaking, Timestamp)> {
    let line = config.breaking.as_ref()?;
    Some((line, line.until.as_ref()?.instant))
}

/// The front page's picks that end, as they are written, and when.
pub(super) fn picks(front: &SectionFile) -> impl Iterator<Item = (&str, Timestamp)> {
    let blocks = front.front.blocks.iter().zip(&front.until);
    blocks.flat_map(|(block, until)| {
        let picks = block.pick.0.iter().zip(until);
        picks.filter_map(|(pick, until)| Some((pick.0.article.as_str(), until.as_ref()?.instant)))
    })
}
