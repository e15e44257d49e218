//! Makes stories of articles, and puts them into chronological order.

use std::sync::Arc;

use hashbrown::HashTable;
use jiff::Timestamp;
use rayon::prelude::*;

use crate::article::Article;
use crate::date::Moment;
use crate::diagnostic::Diagnostic;

use super::clock::Rules;
use super::first_pass::FirstPass;
use super::people::Directory;
use super::retracted::without_content;
use super::sections::Tree;
use super::state::{State, is_emptied, state as state_of};
use super::{ArticleId, Languages, Related, Story, ids};

/// The stories, oldest first.
pub(super) struct PublicStories {
    pub stories: Vec<Story>,
    /// The place of each story's article among the articles.
    pub places: Vec<u32>,
    /// The stories by their files.
    pub by_source: HashTable<ArticleId>,
}

/// The data kept for each story until all are in order.
struct Aside {
    /// The order of stories: by instant (often a day); then by weight, heavier ones later; then by the place of the
    /// file, which follows its path.
    key: (Timestamp, i64, u32),
    diagnostics: Box<[Diagnostic]>,
}

/// Gives every public article its section, credits and language. An article outside every section is left out.
pub(super) fn collect(
    articles: Vec<Arc<Article>>,
    first_pass: &FirstPass,
    sections: &Tree,
    people: &Directory<'_>,
    languages: &Languages,
    (now, rules): (Timestamp, Rules),
    diagnostics: &mut Vec<Diagnostic>,
) -> PublicStories {
    // Articles are processed in the order of files, which is their order in memory, and sorted by time afterwards: any
    // other order takes several times as long.
    let told = articles.into_par_iter().zip(&first_pass.facts).enumerate().map(|(place, (article, look))| {
        let key = (article.dates.published.instant, article.front.rare().weight, place as u32);
        let mut diagnostics = Vec::new();
        let story = story(article, look.state, sections, people, languages, (now, rules), &mut diagnostics);
        (story, Aside { key, diagnostics: diagnostics.into_boxed_slice() })
    });
    let (mut stories, mut asides): (Vec<Option<Story>>, Vec<Aside>) = (Vec::new(), Vec::new());
    told.unzip_into_vecs(&mut stories, &mut asides);
    asides.par_sort_unstable_by_key(|aside| aside.key);
    // The rank of each file's story.
    let mut ranks = vec![0; stories.len()];
    let mut places = Vec::with_capacity(stories.len());
    for (aside, rank) in asides.into_iter().zip(0u32..) {
        let (.., place) = aside.key;
        ranks[place as usize] = rank;
        diagnostics.extend(aside.diagnostics);
        if stories[place as usize].is_some() {
            places.push(place);
        }
    }
    #[expect(clippy::filter_map_identity, reason = "unlike `flatten`, it makes no other list")]
    let stories: Vec<Story> = arranged(stories, ranks).into_iter().filter_map(|story| story).collect();
    let hash = |id: ArticleId| first_pass.facts[places[id.0 as usize] as usize].hash;
    let mut by_source = HashTable::with_capacity(stories.len());
    for id in ids(&stories) {
        by_source.insert_unique(hash(id), id, |&id| hash(id));
    }
    PublicStories { stories, places, by_source }
}

/// Returns the story of an article as of `now`; `None` if it isn't public or has no section.
fn story(
    mut article: Arc<Article>,
    state: State,
    sections: &Tree,
    people: &Directory<'_>,
    languages: &Languages,
    (now, rules): (Timestamp, Rules),
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Story> {
    let language = article.front.rare().language.as_deref();
    let (language, edition) = (languages.of(language), languages.edition(language));
    if !state.is_public() {
        // Errors that would appear when the article opens are reported now, while an editor can still correct them.
        if state == State::Embargoed {
            people.credits(edition, &article, diagnostics);
        }
        return None;
    }
    let has_ahead = has_ahead(&article, now);
    if has_ahead {
        hold_back(Arc::make_mut(&mut article), now);
    }
    let is_emptied = is_emptied(&article, state);
    if is_emptied {
        article = Arc::new(without_content(&article));
    }
    let section = sections.of_article(edition, &article, diagnostics)?;
    let credits = people.credits(edition, &article, diagnostics);
    Some(Story {
        is_as_written: !has_ahead && !is_emptied,
        state,
        unpublished: Some(state_of(&article, now, false)).filter(|real| !real.is_public()),
        language,
        edition,
        original: None,
        translations: Box::default(),
        section,
        authors: credits.authors,
        contributors: credits.contributors,
        wire: credits.wire,
        tags: Box::default(),
        terms: Box::default(),
        series: None,
        older: None,
        newer: None,
        related: Related::default(),
        commenting: rules.comments.state(&article, now),
        article,
    })
}

/// True if an article contains anything dated ahead. Hardly any does; all others share their records unchanged.
pub(super) fn has_ahead(article: &Article, now: Timestamp) -> bool {
    let dates = &article.dates;
    let more = dates.rare().corrections.iter().chain(&dates.rare().notes);
    dates.updated.iter().chain(&dates.rare().retracted).chain(more).any(|date| date.instant > now)
}

/// Removes content dated ahead: an update, a correction, a note or a retraction appears when it is due.
fn hold_back(article: &mut Article, now: Timestamp) {
    article.dates.updated = article.dates.updated.filter(|updated| updated.instant <= now);
    if let (Some(front), Some(dates)) = (article.front.rare_mut(), article.dates.rare_mut()) {
        retain_due(&mut front.corrections, &mut dates.corrections, now);
        retain_due(&mut front.notes, &mut dates.notes, now);
        dates.retracted = dates.retracted.filter(|retracted| retracted.instant <= now);
    }
}

fn retain_due<T>(entries: &mut Vec<T>, dates: &mut Vec<Moment>, now: Timestamp) {
    let mut due = dates.iter().map(|date| date.instant <= now);
    entries.retain(|_| due.next().unwrap_or(true));
    dates.retain(|date| date.instant <= now);
}

/// Moves every value to its rank in place: allocating another list would cost more than swapping.
fn arranged<T>(mut values: Vec<T>, mut ranks: Vec<u32>) -> Vec<T> {
    for at in 0..values.len() {
        while ranks[at] as usize != at {
            let rank = ranks[at] as usize;
            values.swap(at, rank);
            ranks.swap(at, rank);
        }
    }
    values
}
