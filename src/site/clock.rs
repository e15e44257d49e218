//! The changes that time alone makes to a site: the instants at which it changes without an edit, and their effects.

use ahash::HashMap;
use jiff::{SignedDuration, Timestamp};

use crate::article::{Article, Kind, Layout, SectionFile};
use crate::author::Author;
use crate::config::{self, Breaking, Config, TermConfig};
use crate::read::Record;

use super::commenting::CommentRules;
use super::front;
use super::state::{State, is_ever_public, state};
use super::translations::with_shared_embargoes;

/// The period for which a story is news.
pub(super) const NEWS: SignedDuration = SignedDuration::from_hours(48);

/// The effect of a change on a story, in the order in which the changes of one instant are reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect {
    /// Its embargo ends, or its date arrives.
    Published,
    /// It is retracted: its page shows a notice, and nothing else shows the story.
    Retracted,
    /// It expires.
    Expired,
    /// It is withdrawn.
    Withdrawn,
    /// An update dated ahead becomes due.
    Updated,
    /// A correction dated ahead becomes due.
    Corrected,
    /// A note dated ahead becomes due.
    Noted,
    /// Its pick for a front ends.
    PickEnds,
    /// The breaking-news banner leaves the front page.
    BreakingEnds,
    /// It leaves the news sitemap.
    NewsEnds,
    /// Readers may no longer comment on it.
    CommentsClose,
}

impl Effect {
    /// The word for it in machine-readable output.
    pub fn as_str(self) -> &'static str {
        match self {
            Effect::Published => "published",
            Effect::Retracted => "retracted",
            Effect::Expired => "expired",
            Effect::Withdrawn => "withdrawn",
            Effect::Updated => "updated",
            Effect::Corrected => "corrected",
            Effect::Noted => "noted",
            Effect::PickEnds => "pick-ends",
            Effect::BreakingEnds => "breaking-ends",
            Effect::NewsEnds => "news-ends",
            Effect::CommentsClose => "comments-close",
        }
    }
}

impl Effect {
    /// The words for it after the story's title: `is published`.
    pub fn in_words(self) -> &'static str {
        match self {
            Effect::Published => "is published",
            Effect::Retracted => "is retracted",
            Effect::Expired => "expires",
            Effect::Withdrawn => "is withdrawn",
            Effect::Updated => "is updated",
            Effect::Corrected => "is corrected",
            Effect::Noted => "gets a note",
            Effect::PickEnds => "is no longer picked",
            Effect::BreakingEnds => "the breaking-news banner leaves the front page",
            Effect::NewsEnds => "leaves the news sitemap",
            Effect::CommentsClose => "its comments close",
        }
    }
}

/// A change that time alone makes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    /// The first instant at which the site is different.
    pub at: Timestamp,
    /// The effect.
    pub effect: Effect,
    /// The story's file; `site.yaml` for the breaking-news banner.
    pub source: String,
    /// The story's title; the breaking-news banner itself.
    pub title: String,
}

/// The settings besides an article's own file that determine its changes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rules {
    /// True if drafts and embargoed articles are shown.
    pub drafts: bool,
    /// True if there is a news sitemap.
    has_news: bool,
    /// True if the site has several editions.
    pub has_editions: bool,
    /// The rules for comments.
    pub comments: CommentRules,
}

impl Rules {
    pub(super) fn new(config: &Config, drafts: bool) -> Rules {
        Rules {
            drafts,
            has_news: config.sitemaps,
            has_editions: config.has_editions(),
            comments: CommentRules::from(&config.comments),
        }
    }
}

/// True if search engines should index a story here. For a syndicated one they should index the original.
pub fn is_indexed(article: &Article) -> bool {
    !article.front.noindex && article.front.rare().canonical.is_none()
}

/// True if a story belongs in the news sitemap while it is new. Sponsored content does not (Google's policies for
/// publishers).
pub fn is_news(article: &Article) -> bool {
    is_indexed(article) && article.front.kind != Kind::Sponsored
}

/// Reports every instant at which an article changes, in no order, several times if several things change then. If only
/// hidden content changes, and links to it at most, there is no effect that readers could see.
pub(super) fn steps(article: &Article, rules: Rules, mut report: impl FnMut(Timestamp, Option<Effect>)) {
    let dates = &article.dates;
    let around = |at: Timestamp| {
        let before = at.checked_sub(SignedDuration::from_nanos(1)).ok()?;
        Some((state(article, before, rules.drafts), state(article, at, rules.drafts)))
    };
    let rare = [dates.rare().embargo, dates.rare().expires, dates.rare().retracted, dates.rare().withdrawn];
    for at in [Some(dates.published)].into_iter().chain(rare).flatten().map(|moment| moment.instant) {
        // A date without effect on the state (the embargo of a draft) changes nothing.
        if let Some((before, after)) = around(at).filter(|(before, after)| before != after) {
            let shows = before.is_public() || after.is_public() || leaves_a_trace(article, after);
            report(at, shows.then(|| effect(after)).flatten());
        }
    }
    // A notice that becomes due appears on a page that already exists.
    let stays = |at: Timestamp| around(at).is_some_and(|(before, after)| before.is_public() && after.is_public());
    let updated = dates.updated.iter().map(|moment| (Effect::Updated, moment.instant));
    let corrections = dates.rare().corrections.iter().map(|moment| (Effect::Corrected, moment.instant));
    let notes = dates.rare().notes.iter().map(|moment| (Effect::Noted, moment.instant));
    for (effect, at) in updated.chain(corrections).chain(notes).filter(|&(_, at)| stays(at)) {
        report(at, Some(effect));
    }
    if rules.has_news
        && is_news(article)
        && let Ok(old) = dates.published.instant.checked_add(NEWS)
        && around(old) == Some((State::Published, State::Published))
    {
        report(old, Some(Effect::NewsEnds));
    }
    if let Some(closing) = rules.comments.closing(article)
        && around(closing) == Some((State::Published, State::Published))
    {
        report(closing, Some(Effect::CommentsClose));
    }
}

/// True if the withdrawal of a story that was no longer readable may still be visible: in a tombstone, the 410 page, or
/// rules for hosts. Only the plan knows whether another story has already caused the same.
fn leaves_a_trace(article: &Article, after: State) -> bool {
    after == State::Withdrawn && is_ever_public(article)
}

/// The change that brings an article into a state.
fn effect(after: State) -> Option<Effect> {
    match after {
        State::Published => Some(Effect::Published),
        State::Retracted => Some(Effect::Retracted),
        State::Expired => Some(Effect::Expired),
        State::Withdrawn => Some(Effect::Withdrawn),
        State::Draft | State::Embargoed => None,
    }
}

/// Returns every change after `after` and no later than `until`, in order of time.
///
/// The end of a pick is included if its story is public then. Only the assembled site knows whether a front
/// shows another story instead ([`super::Site::ends_picks`]).
pub fn changes(records: &[Record], config: &Config, drafts: bool, after: Timestamp, until: Timestamp) -> Vec<Change> {
    let rules = Rules::new(config, drafts);
    let is_in_span = |at: Timestamp| after < at && at <= until;
    let mut found = Vec::new();
    let shared = with_shared_embargoes(records, config);
    for article in &shared {
        steps(article, rules, |at, effect| {
            if let Some(effect) = effect.filter(|_| is_in_span(at)) {
                found.push(change(at, effect, article));
            }
        });
    }
    let sections = records.iter().filter_map(|record| match record {
        Record::Section(section) => Some(&**section),
        _ => None,
    });
    let authors = records.iter().filter_map(|record| match record {
        Record::Author(author) => Some(&**author),
        _ => None,
    });
    let picks = layouts(sections, authors, config).flat_map(picks);
    let ends: Vec<(&str, Timestamp)> = picks.filter(|&(_, at)| is_in_span(at)).collect();
    if !ends.is_empty() {
        let by_source: HashMap<&str, &Article> = shared.iter().map(|article| (&*article.source, &**article)).collect();
        for (path, at) in ends {
            let candidates = front::candidates(path);
            let picked = candidates.iter().find_map(|source| by_source.get(source.as_str()));
            found.extend(
                picked
                    .filter(|article| is_listed_around(article, at, rules))
                    .map(|article| change(at, Effect::PickEnds, article)),
            );
        }
    }
    if let Some((line, at)) = breaking_ends(config).filter(|&(_, at)| is_in_span(at)) {
        let (source, title) = (config::FILE.to_owned(), line.text.clone());
        found.push(Change { at, effect: Effect::BreakingEnds, source, title });
    }
    found.sort_unstable();
    found.dedup();
    found
}

fn change(at: Timestamp, effect: Effect, article: &Article) -> Change {
    Change { at, effect, source: article.source.to_string(), title: article.front.title.to_string() }
}

/// True if listings show an article just before an instant and from it on.
fn is_listed_around(article: &Article, at: Timestamp, rules: Rules) -> bool {
    let before = at.checked_sub(SignedDuration::from_nanos(1));
    let is_listed = |at| state(article, at, rules.drafts) == State::Published;
    is_listed(at) && before.is_ok_and(is_listed)
}

/// Returns the breaking-news banner and the instant at which it ends, if it does.
pub(super) fn breaking_ends(config: &Config) -> Option<(&Breaking, Timestamp)> {
    let line = config.breaking.as_ref()?;
    Some((line, line.until.as_ref()?.instant))
}

/// Returns the blocks of all fronts: of the front page and the sections, the authors and the terms.
pub(super) fn layouts<'a>(
    sections: impl IntoIterator<Item = &'a SectionFile>,
    authors: impl IntoIterator<Item = &'a Author>,
    config: &'a Config,
) -> impl Iterator<Item = Layout<'a>> {
    let sections = sections.into_iter().map(SectionFile::layout);
    let authors = authors.into_iter().map(Author::layout);
    sections.chain(authors).chain(config.terms.iter().map(TermConfig::layout))
}

/// Returns a front's picks that end, as written, with the instants at which they do.
pub(super) fn picks(layout: Layout<'_>) -> impl Iterator<Item = (&str, Timestamp)> {
    let blocks = layout.blocks.iter().zip(layout.until);
    blocks.flat_map(|(block, until)| {
        let picks = block.pick.0.iter().zip(until);
        picks.filter_map(|(pick, until)| Some((pick.0.article.as_str(), until.as_ref()?.instant)))
    })
}
