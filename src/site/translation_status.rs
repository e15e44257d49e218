//! Translations that are out of date: their originals were updated, corrected or retracted.

use std::collections::BTreeSet;
use std::sync::Arc;

use ahash::HashMap;
use jiff::{SignedDuration, Timestamp};

use crate::article::Article;
use crate::config::{Config, EditionId};
use crate::date::Moment;
use crate::diagnostic::{Code, Diagnostic};

use super::state::{State, state};
use super::translations::{Originals, originals};

/// The state of a story in an edition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TranslationState {
    /// The edition has the original.
    Original,
    /// There is none.
    Missing,
    /// It is a draft, or not public yet.
    Pending,
    /// It has the latest version of the original.
    Current,
    /// The original was updated later.
    Stale,
    /// It lacks a correction.
    Uncorrected,
    /// It stands although the original was retracted.
    Unretracted,
    /// It is retracted, withdrawn or expired.
    Gone,
}

impl TranslationState {
    /// The word for it, in tables and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            TranslationState::Original => "original",
            TranslationState::Missing => "missing",
            TranslationState::Pending => "pending",
            TranslationState::Current => "current",
            TranslationState::Stale => "stale",
            TranslationState::Uncorrected => "uncorrected",
            TranslationState::Unretracted => "unretracted",
            TranslationState::Gone => "gone",
        }
    }

    /// True if an editor has something to do.
    pub fn is_open(self) -> bool {
        !matches!(self, TranslationState::Original | TranslationState::Current | TranslationState::Gone)
    }
}

/// An original with its state in each edition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TranslationStatus {
    /// The source of the original.
    pub source: String,
    /// Its headline.
    pub title: String,
    /// The date of publication.
    pub published: Timestamp,
    /// The state in each edition, in their order, with the source of the translation.
    pub editions: Vec<(TranslationState, Option<String>)>,
}

/// The version of the original that a translation has: its stamp, or else its own last change. A day counts to its end.
fn version(translation: &Article) -> Timestamp {
    let dates = &translation.dates;
    let stamp = dates.rare().translated_from;
    let moment = stamp.unwrap_or_else(|| dates.modified().unwrap_or(dates.published).max(dates.published));
    let rest_of_day = SignedDuration::from_secs(if moment.has_time { 0 } else { 24 * 60 * 60 - 1 });
    moment.instant.checked_add(rest_of_day).unwrap_or(moment.instant)
}

/// The state of a translation that readers can see, and the change of the original that it lacks.
fn compare(original: &Article, translation: &Article) -> (TranslationState, Option<Moment>) {
    let retracted = original.dates.rare().retracted;
    if retracted.is_some() {
        let is_settled =
            translation.dates.rare().retracted.is_some() || translation.front.rare().translation_stands.is_some();
        let state = if is_settled { TranslationState::Current } else { TranslationState::Unretracted };
        return (state, retracted);
    }
    let version = version(translation);
    let is_later = |moment: &&Moment| moment.instant > version;
    let correction = original.dates.rare().corrections.iter().filter(is_later).max_by_key(|moment| moment.instant);
    if let Some(&correction) = correction {
        return (TranslationState::Uncorrected, Some(correction));
    }
    match original.dates.updated.as_ref().filter(is_later) {
        Some(&updated) => (TranslationState::Stale, Some(updated)),
        None => (TranslationState::Current, None),
    }
}

/// Reports translations that lack a change of their originals. What is dated ahead counts too, so that time alone causes
/// nothing.
pub(super) fn check(articles: &[Arc<Article>], originals: &Originals, diagnostics: &mut Vec<Diagnostic>) {
    let mut all: Vec<(u32, u32)> = originals.iter().map(|(&at, &original)| (at, original)).collect();
    all.sort_unstable();
    for (at, original) in all {
        let (translation, original) = (&articles[at as usize], &articles[original as usize]);
        if translation.front.draft || translation.dates.rare().withdrawn.is_some() {
            continue;
        }
        let (code, message, hint) = match compare(original, translation).0 {
            TranslationState::Unretracted => (
                Code::UnretractedTranslation,
                "the original was retracted, but this translation stands",
                "retract it with `presswork retract`, or write `translation_stands:` with the reason why it stays",
            ),
            TranslationState::Uncorrected => (
                Code::UncorrectedTranslation,
                "the translation lacks a correction of its original",
                "correct it, and set `translated_from:` to the present time",
            ),
            TranslationState::Stale => (
                Code::StaleTranslation,
                "the original was updated after it was translated",
                "translate the change, and set `translated_from:` to the present time",
            ),
            _ => continue,
        };
        let diagnostic = Diagnostic::new(code, &*translation.source, message).in_key("title", "").hint(hint);
        diagnostics.push(diagnostic.related("the original", original.source.to_string()));
    }
}

/// Lists the originals with their states in all editions at `now`, the newest first.
pub fn translation_status(mut articles: Vec<Arc<Article>>, config: &Config, now: Timestamp) -> Vec<TranslationStatus> {
    articles.sort_by(|one, other| one.source.cmp(&other.source));
    let found = originals(&articles, &BTreeSet::new(), config, &mut Vec::new());
    let edition = |at: u32| config.edition_named(articles[at as usize].front.rare().language.as_deref());
    let mut translations: HashMap<(u32, EditionId), u32> = HashMap::default();
    translations.extend(found.iter().map(|(&at, &original)| ((original, edition(at)), at)));
    let is_original = |at: &u32| !found.contains_key(at);
    let mut all: Vec<TranslationStatus> = (0..articles.len() as u32)
        .filter(is_original)
        .filter(|&at| state(&articles[at as usize], now, false).is_public())
        .map(|at| {
            let original = &articles[at as usize];
            let own = edition(at);
            let editions = config.editions().map(|of| {
                if of.edition.id == own {
                    return (TranslationState::Original, Some(original.source.to_string()));
                }
                match translations.get(&(at, of.edition.id)).map(|&at| &articles[at as usize]) {
                    None => (TranslationState::Missing, None),
                    Some(translation) => {
                        let state = match state(translation, now, false) {
                            State::Draft | State::Embargoed => TranslationState::Pending,
                            State::Published => compare(original, translation).0,
                            State::Retracted | State::Expired | State::Withdrawn => TranslationState::Gone,
                        };
                        (state, Some(translation.source.to_string()))
                    }
                }
            });
            TranslationStatus {
                source: original.source.to_string(),
                title: original.front.title.to_string(),
                published: original.dates.published.instant,
                editions: editions.collect(),
            }
        })
        .collect();
    all.sort_by(|one, other| (other.published, &one.source).cmp(&(one.published, &other.source)));
    all
}
