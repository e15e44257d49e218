//! Collects expired and withdrawn articles with their old URLs, and the notices shown there.

use std::sync::Arc;

use crate::article::Article;
use crate::config::{Config, EditionId, Permalink};
use crate::date::Moment;
use crate::language::Language;

use super::Languages;
use super::first_pass::FirstPass;
use super::sections::Tree;
use super::state::{State, is_ever_public};

/// The remains of an article that was public, with the parts of its URL.
#[derive(Debug, Clone)]
pub struct Gone {
    /// The edition that listed it.
    pub edition: EditionId,
    /// Expired or withdrawn; or retracted, if it only left listings.
    pub state: State,
    /// The URL path of its section, without slashes at the ends.
    pub section: String,
    /// The date of first publication.
    pub published: Moment,
    /// The last segment of its URL.
    pub slug: Box<str>,
    /// The pattern of its URL, if it is not the site's.
    pub permalink: Option<Permalink>,
    /// Its URL path, if it has one of its own.
    pub url: Option<String>,
    /// Old paths that redirected to it.
    pub aliases: Box<[Box<str>]>,
    /// The terms under which it was listed, with their taxonomies, and its series.
    pub terms: Vec<(String, String)>,
    /// The notice now at its URL.
    pub tombstone: Option<Tombstone>,
}

/// The notice to readers about a withdrawn story.
#[derive(Debug, Clone)]
pub struct Tombstone {
    /// The date of the withdrawal.
    pub date: Moment,
    /// The reason.
    pub reason: Option<Box<str>>,
    /// The language of the story.
    pub language: Language,
}

/// Returns the articles that readers can no longer find where they were, in the order of articles.
pub(super) fn collect(
    articles: &[Arc<Article>],
    first_pass: &FirstPass,
    sections: &Tree,
    languages: &Languages,
    config: &Config,
) -> Vec<Gone> {
    let is_over = |state| matches!(state, State::Expired | State::Withdrawn | State::Retracted);
    let over = articles.iter().zip(&first_pass.facts).filter(|(_, look)| is_over(look.state));
    over.filter(|(article, _)| is_ever_public(article))
        .filter_map(|(article, look)| {
            let edition = languages.edition(article.front.rare().language.as_deref());
            Some(Gone {
                edition,
                state: look.state,
                section: sections.path_of(edition, &article.source, config.slugs)?,
                published: article.dates.published,
                slug: article.slug.clone(),
                permalink: sections.permalink_of(edition, &article.source),
                url: article.front.rare().url.clone(),
                aliases: article.front.aliases.clone(),
                terms: terms(article),
                tombstone: (look.state == State::Withdrawn).then(|| tombstone(article, languages)).flatten(),
            })
        })
        .collect()
}

fn terms(article: &Article) -> Vec<(String, String)> {
    let front = &article.front;
    let tags = front.tags.iter().map(|tag| ("tags", &**tag));
    let further = front
        .rare()
        .taxonomies
        .0
        .iter()
        .flat_map(|(taxonomy, terms)| terms.0.iter().map(move |term| (taxonomy.as_str(), term.as_str())));
    let series = front.rare().series.iter().map(|series| ("series", series.0.id.trim()));
    tags.chain(further).chain(series).map(|(list, name)| (list.to_owned(), name.to_owned())).collect()
}

/// Returns the notice; `None` if nothing may be published for legal reasons.
fn tombstone(article: &Article, languages: &Languages) -> Option<Tombstone> {
    let withdrawal = article.front.rare().withdrawn.as_ref().filter(|withdrawal| !withdrawal.legal)?;
    let reason = withdrawal.reason.as_deref().map(str::trim).filter(|reason| !reason.is_empty());
    Some(Tombstone {
        date: article.dates.rare().withdrawn?,
        reason: reason.map(Into::into),
        language: languages.of(article.front.rare().language.as_deref()),
    })
}
