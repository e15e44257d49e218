//! Related stories: the neighbours in an article's rarest tag.

use std::ops::Deref;

use rayon::prelude::*;

use super::{ArticleId, Story, Taxonomy};

/// The stories related to another one, newest first. There are few, and nearly every story has some.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Related {
    stories: [ArticleId; OLDER + NEWER],
    count: u8,
}

impl Default for Related {
    fn default() -> Related {
        Related { stories: [ArticleId(0); OLDER + NEWER], count: 0 }
    }
}

impl Deref for Related {
    type Target = [ArticleId];

    fn deref(&self) -> &[ArticleId] {
        &self.stories[..self.count.into()]
    }
}

impl FromIterator<ArticleId> for Related {
    /// Keeps as many as fit.
    fn from_iter<I: IntoIterator<Item = ArticleId>>(stories: I) -> Related {
        let mut related = Related::default();
        for (place, story) in related.stories.iter_mut().zip(stories) {
            *place = story;
            related.count += 1;
        }
        related
    }
}

/// The number of older neighbours to show, and of newer ones, if there are enough of both.
const OLDER: usize = 2;
const NEWER: usize = 1;

/// Gives every story its related ones. The rarity of a tag is its number of older stories, as at the time of
/// publication. So a new story changes only the related stories of its newest neighbours, however large the archive.
pub(super) fn relate(articles: &mut [Story], taxonomies: &[Taxonomy]) {
    let Some(tags) = taxonomies.first() else { return };
    let mut rarest: Vec<Option<(u32, usize)>> = vec![None; articles.len()];
    for (term, index) in tags.terms.iter().zip(0u32..) {
        for (position, id) in term.stories.iter().enumerate() {
            let best = &mut rarest[id.0 as usize];
            let is_alone = term.stories.len() == 1;
            if !is_alone && best.is_none_or(|(_, other)| position < other) {
                *best = Some((index, position));
            }
        }
    }
    articles.par_iter_mut().zip(&rarest).for_each(|(story, rarest)| {
        if let Some((term, position)) = *rarest {
            story.related = neighbours(&tags.terms[term as usize].stories, position);
        }
    });
}

/// Newest first: the next newer stories, then the next older ones; if one side is short, more of the other.
fn neighbours(stories: &[ArticleId], position: usize) -> Related {
    let wanted = OLDER + NEWER;
    let newer_there = stories.len() - position - 1;
    let older = position.min(wanted - NEWER.min(newer_there));
    let newer = newer_there.min(wanted - older);
    let newest = position + newer;
    (position - older..=newest).rev().filter(|&at| at != position).map(|at| stories[at]).collect()
}
