//! The amendments of public stories in chronological order, for the corrections page and its feeds.

use std::cmp::Reverse;
use std::fmt::Write;

use ahash::HashMap;
use jiff::tz::TimeZone;
use rayon::prelude::*;

use crate::article::NoteKind;
use crate::date::Moment;

use super::state::State;
use super::{ArticleId, Story, ids};

/// The kind of an amendment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AmendmentKind {
    /// Corrects an error.
    Correction,
    /// A clarification or an editors' note.
    Note,
    /// Retracts the whole story.
    Retraction,
}

/// A dated notice to readers about a change of a story: a correction, a note, or its retraction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Amendment {
    /// Its date.
    pub date: Moment,
    /// The story.
    pub story: ArticleId,
    /// Its kind.
    pub kind: AmendmentKind,
    /// Its place in the story's list of that kind.
    pub at: usize,
}

impl Amendment {
    /// The word for its kind in templates and anchors: `correction`, `clarification`, `editors-note` or `retraction`.
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

    /// Returns its text.
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

/// Returns a story's amendments: its corrections and notes, the newest first, then its retraction.
pub fn of_story(id: ArticleId, story: &Story) -> Vec<Amendment> {
    let dates = &story.article.dates;
    let one = |kind| move |(at, &date): (usize, &Moment)| Amendment { date, story: id, kind, at };
    let retracted = dates.rare().retracted.as_ref().filter(|_| story.state == State::Retracted);
    let corrections = dates.rare().corrections.iter().enumerate().map(one(AmendmentKind::Correction));
    let notes = dates.rare().notes.iter().enumerate().map(one(AmendmentKind::Note));
    let retraction = retracted.into_iter().enumerate().map(one(AmendmentKind::Retraction));
    let mut amendments: Vec<Amendment> = corrections.chain(notes).chain(retraction).collect();
    // Of two at the same time, the one listed later is the newer one.
    amendments.reverse();
    let is_retraction = |amendment: &Amendment| amendment.kind == AmendmentKind::Retraction;
    amendments.sort_by_key(|one| (is_retraction(one), Reverse(one.date.instant), one.kind));
    amendments
}

/// Returns the anchors of a story's amendments on its page: the kind and the local time, `correction-2026-05-06-1000`,
/// with a number unless that is unique. `amendments` are as [`of_story`] returns them. Numbers follow the order of time,
/// so that an anchor stays the same when later amendments are added.
pub fn anchors(amendments: &[Amendment], story: &Story, zone: &TimeZone) -> Vec<String> {
    let mut order: Vec<usize> = (0..amendments.len()).collect();
    order.sort_by_key(|&at| (amendments[at].date.instant, Reverse(at)));
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
