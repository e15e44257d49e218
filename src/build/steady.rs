//! Which stories are where the last build published them. What refers to nothing else needs no second look: its links are
//! as true as they were.

use rayon::prelude::*;
use xxhash_rust::xxh3::xxh3_64;

use crate::plan::{Hinge, OutputKind, Plan};
use crate::route::Route;
use crate::site::{ArticleId, Site};

use super::baseline::Baseline;

/// Sources, by their hashes: each has one of 64 bits. Two sets without a common bit have no common source.
pub(super) type Bits = u64;

/// The stories' pages of the last build.
#[derive(Debug)]
pub(super) struct Steady {
    /// The place of each story's page among the ledger's outputs.
    pages: Vec<Option<u32>>,
    /// The sources whose pages are elsewhere than they were, or new, or gone.
    moved: Bits,
}

impl Steady {
    /// Compares the plan with the last build. `story_was` and `page_was` give the places of
    /// sources in the ledger: those of stories, and of standalone pages by theirs.
    pub(super) fn new(
        remembered: &Baseline,
        site: &Site,
        plan: &Plan,
        story_was: &(dyn Fn(ArticleId) -> Option<u32> + Sync),
        page_was: &dyn Fn(usize) -> Option<u32>,
    ) -> Steady {
        let ledger = &remembered.ledger;
        let source_at = |at: u32| ledger.output(at as usize).and_then(|known| known.facts.source);
        // The place of the page, and of the source when that has stayed there.
        let find = |route: &Route, was: Option<u32>| {
            let page = remembered.place(route);
            (page, was.filter(|_| page.and_then(source_at) == was))
        };
        let stories: Vec<(Option<u32>, Option<u32>)> = (0..site.articles.len())
            .into_par_iter()
            .with_min_len(256)
            .map(|at| ArticleId(at as u32))
            .map(|id| find(plan.article(id), story_was(id)))
            .collect();
        let mut has_stayed = vec![false; ledger.source_count()];
        let mut moved = 0;
        for (story, &(_, stayed)) in site.articles.iter().zip(&stories) {
            match stayed {
                Some(source) => has_stayed[source as usize] = true,
                None => moved |= bit(&story.article.source),
            }
        }
        for (at, standalone) in site.pages.iter().enumerate() {
            match find(plan.page(at), page_was(at)).1 {
                Some(source) => has_stayed[source as usize] = true,
                None => moved |= bit(&standalone.page.source),
            }
        }
        let gone = |at: usize| {
            let source = ledger.output(at)?.facts.source? as usize;
            let has_gone = has_stayed.get(source).is_some_and(|stayed| !stayed);
            has_gone.then(|| ledger.source(source).map_or(Bits::MAX, |source| bit(source.path)))
        };
        moved |= (0..ledger.output_count()).into_par_iter().filter_map(gone).reduce(|| 0, |some, more| some | more);
        Steady { pages: stories.into_iter().map(|(page, _)| page).collect(), moved }
    }

    /// The place of a story's page among the ledger's outputs.
    pub(super) fn page(&self, id: ArticleId) -> Option<usize> {
        self.pages[id.0 as usize].map(|at| at as usize)
    }

    /// Whether all of these sources are where they were.
    pub(super) fn has(&self, linked: Bits) -> bool {
        linked & self.moved == 0
    }
}

/// What a story's text refers to, when that is stories alone, and whatever is the same in every build.
pub(super) fn linked<'r>(
    kind: OutputKind,
    site: &Site,
    plan: &Plan,
    mut references: impl Iterator<Item = &'r str>,
) -> Option<Bits> {
    let OutputKind::Article(id) = kind else { return None };
    let from = &site.story(id).article.source;
    references.try_fold(0, |linked, reference| match plan.hinge(site, from, reference) {
        Hinge::Nothing => Some(linked),
        Hinge::Story(source) => Some(linked | bit(&source)),
        Hinge::More => None,
    })
}

fn bit(source: &str) -> Bits {
    1 << (xxh3_64(source.as_bytes()) % u64::from(Bits::BITS))
}
