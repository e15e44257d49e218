//! The lists of each edition.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::article::SectionFile;
use crate::config::{Config, EditionId};

use super::{SiteEdition, Story, amendments, ids, window};

/// Collects the lists of all editions. `fronts` are the files of their front pages.
pub(super) fn collect(
    articles: &[Story],
    mut fronts: BTreeMap<EditionId, SectionFile>,
    config: &Config,
    now: Timestamp,
) -> Vec<SiteEdition> {
    let mut editions: Vec<SiteEdition> = config
        .editions()
        .map(|of| SiteEdition { front: fronts.remove(&of.edition.id), ..SiteEdition::default() })
        .collect();
    for id in ids(articles) {
        let story = &articles[id.0 as usize];
        if story.is_listed()
            && let Some(edition) = editions.get_mut(usize::from(story.edition.0))
        {
            edition.latest.push(id);
        }
    }
    for amendment in amendments::collect(articles) {
        let edition = articles[amendment.story.0 as usize].edition;
        if let Some(edition) = editions.get_mut(usize::from(edition.0)) {
            edition.amendments.push(amendment);
        }
    }
    for edition in &mut editions {
        edition.news = window::news(articles, &edition.latest, now);
    }
    editions
}
