//! Amendments of public stories in the order of time: what the corrections page and its feeds list.

use std::fmt::Write;

use ahash::HashMap;
use jiff::tz::TimeZone;
use rayon::prelude::*;

use crate::article::NoteKind;
use crate::date::Moment;

use super::state::State;
use super::{ArticleId, Story, ids};

/// What sort of amendment it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AmendmentKind {
    /// Sets something right.
    Correction,
    /// Makes something clearer, or the editors speak.
    Note,
    /// Takes back the whole.
    Retraction,
}

/// A dated change of a story that readers are told of: a correction, a note, or its retraction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Amendment {
    /// When it was made.
    pub date: Moment,
    /// The story.
    pub story: ArticleId,
    /// Its sort.
    pub kind: AmendmentKind,
    /// Its place in the story's list of that sort.
    pub at: usize,
}

impl Amendment {
    /// The word for its sort in templates and anchors: `correction`, `clarification`, `editors-note` or `retraction`.
    pub fn word(&self, story: &Story) -> &'static str {
        match self.kind {
            AmendmentKind::Correction => "correction",
            AmendmentKind::Note => story
                .article
                .front
                .rare()
                .notes
                .get(self.at)
                .map_or(NoteKind::Clarification.as_str(), |note| note.kind.as_str()),
            AmendmentKind::Retraction => "retraction",
        }
    }

    /// What it says.
    pub fn text<'s>(&self, story: &'s Story) -> &'s str {
        let front = &story.article.front;
        let text = match self.kind {
            AmendmentKind::Correction => front.rare().corrections.get(self.at).map(|correction| &correction.text),
            AmendmentKind::Note => front.rare().notes.get(self.at).map(|note| &note.text),
            AmendmentKind::Retraction => front.rare().retracted.as_ref().map(|retraction| &retraction.reason),
        };
        text.map_or("", String::as_str)
    }
}

/// A story's amendments: corrections, notes, the retraction, each as listed.
pub fn of_story(id: ArticleId, story: &Story) -> Vec<Amendment> {
    let dates = &story.article.dates;
    let one = |kind| move |(at, &date): (usize, &Moment)| Amendment { date, story: id, kind, at };
    let retracted = dates.rare().retracted.as_ref().filter(|_| story.state == State::Retracted);
    let corrections = dates.rare().corrections.iter().enumerate().map(one(AmendmentKind::Correction));
    let notes = dates.rare().notes.iter().enumerate().map(one(AmendmentKind::Note));
    corrections.chain(notes).chain(retracted.into_iter().enumerate().map(one(AmendmentKind::Retraction))).collect()
}

/// The anchors of a story's amendments on its page: the sort and the local time, `correction-2026-05-06-1000`, and a
/// number where that is not one alone. The earlier of them comes first, so none changes when another is added or its
/// time comes.
pub fn anchors(amendments: &[Amendment], story: &Story, zone: &TimeZone) -> Vec<String> {
    let mut order: Vec<usize> = (0..amendments.len()).collect();
    order.sort_by_key(|&at| (amendments[at].date.instant, at));
    let mut anchors = vec![String::new(); amendments.len()];
    let mut taken: HashMap<String, usize> = HashMap::default();
    for at in order {
        let date = amendments[at].date;
        let local = date.in_zone(zone);
        let mut anchor = format!("{}-{}", amendments[at].word(story), local.date());
        // Writing to a String cannot fail.
        if date.has_time {
            let _ = write!(anchor, "-{:02}{:02}", local.hour(), local.minute());
        }
        let count = taken.entry(anchor.clone()).or_default();
        *count += 1;
        if *count > 1 {
            let _ = write!(anchor, "-no{count}");
        }
        anchors[at] = anchor;
    }
    anchors
}

/// All amendments, oldest first.
pub(super) fn collect(stories: &[Story]) -> Vec<Amendment> {
    let has_any = |id: &ArticleId| stories[id.0 as usize].article.dates.has_rare();
    let all: Vec<ArticleId> = ids(stories).filter(has_any).collect();
    let mut amendments: Vec<Amendment> =
        all.par_iter().flat_map_iter(|&id| of_story(id, &stories[id.0 as usize])).collect();
    amendments.par_sort_unstable_by_key(|one| (one.date.instant, one.story, one.kind, one.at));
    amendments
}
