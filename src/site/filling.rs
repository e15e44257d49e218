//! `fill_from`: untranslated stories of other editions on the fronts of an edition.

use std::collections::HashSet;

use crate::config::{Config, EditionId};
use crate::unicode::name_key;

use super::{ArticleId, FrontId, Section, Site};

/// The stories of other editions with which an edition fills its fronts, after its own ones.
#[derive(Clone, Copy)]
pub(super) struct FrontFilling<'s> {
    site: &'s Site,
    edition: EditionId,
    /// The editions that they come from, in the order of preference.
    from: &'s [EditionId],
}

impl<'s> FrontFilling<'s> {
    pub(super) fn new(site: &'s Site, config: &'s Config, edition: EditionId) -> FrontFilling<'s> {
        FrontFilling { site, edition, from: &config.in_edition(edition).edition.fill_from }
    }

    /// The editions that the stories come from.
    pub(super) fn editions(self) -> impl Iterator<Item = EditionId> + use<'s> {
        self.from.iter().copied()
    }

    /// True if the edition shows a story of another one: it has none of the story's translations, and no edition that it
    /// prefers has one.
    pub(super) fn shows(self, id: ArticleId) -> bool {
        let story = self.site.story(id);
        let Some(rank) = self.from.iter().position(|&other| other == story.edition) else { return false };
        let is_better = |&other: &ArticleId| {
            let edition = self.site.story(other).edition;
            edition == self.edition || self.from[..rank].contains(&edition)
        };
        story.is_listed() && !story.translations.iter().any(is_better)
    }

    /// All stories of each of the editions, oldest first.
    pub(super) fn latest(self) -> impl Iterator<Item = &'s [ArticleId]> {
        self.editions().map(move |other| self.site.edition(other).latest.as_slice())
    }

    /// The stories of the same page in each of the editions that have it, oldest first.
    pub(super) fn same_page(self, front: FrontId) -> impl Iterator<Item = &'s [ArticleId]> {
        self.editions().filter_map(move |other| self.page_of(front, other))
    }

    /// The stories of the same page in another edition, oldest first.
    pub(super) fn page_of(self, front: FrontId, other: EditionId) -> Option<&'s [ArticleId]> {
        let site = self.site;
        let stories = match front {
            FrontId::Home(_) => &site.edition(other).latest,
            FrontId::Section(id) => {
                let is_same = |section: &&Section| section.edition == other && section.id == site.section(id).id;
                &site.sections.iter().find(is_same)?.stories
            }
            FrontId::Author(id) => {
                let id = &site.person(id).author.id;
                &site.authors.iter().find(|person| person.edition == other && person.author.id == *id)?.stories
            }
            FrontId::Term(taxonomy, at) => {
                let terms = &site.taxonomies.get(taxonomy)?.terms;
                let key = name_key(&terms.get(at)?.written);
                &terms.iter().find(|term| term.edition == other && name_key(&term.written) == key)?.stories
            }
        };
        Some(stories)
    }

    /// Adds the newest wanted stories of these lists until there are `limit`, each story once on a front.
    pub(super) fn complete(
        self,
        stories: &mut Vec<ArticleId>,
        limit: usize,
        lists: impl Iterator<Item = &'s [ArticleId]>,
        shown: &mut HashSet<ArticleId>,
        is_wanted: impl Fn(ArticleId) -> bool,
    ) {
        let missing = limit.saturating_sub(stories.len());
        if missing == 0 {
            return;
        }
        let mut found: Vec<ArticleId> = Vec::new();
        for list in lists {
            let wanted = list.iter().rev().copied();
            found.extend(wanted.filter(|&id| self.shows(id) && !shown.contains(&id) && is_wanted(id)).take(missing));
        }
        found.sort_unstable_by(|one, other| other.cmp(one));
        stories.extend(found.into_iter().filter(|&id| shown.insert(id)).take(missing));
    }
}
