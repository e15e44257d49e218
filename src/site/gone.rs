//! Keeps of articles that are over where they were and, of withdrawn ones, what readers are told there.

use std::sync::Arc;

use crate::article::Article;
use crate::config::Config;
use crate::date::Moment;
use crate::language::Language;

use super::Languages;
use super::sections::Tree;
use super::state::{State, is_ever_public};
use super::survey::Survey;

/// What is left of an article that was public: what its address was made of.
#[derive(Debug, Clone)]
pub struct Gone {
    /// Expired or withdrawn; retracted, where only lists have lost it.
    pub state: State,
    /// The URL path of its section, without slashes at the ends.
    pub section: String,
    /// When it was first published.
    pub published: Moment,
    /// The last part of its address.
    pub slug: Box<str>,
    /// Old paths that led to it.
    pub aliases: Box<[Box<str>]>,
    /// What it was listed under: its taxonomies and their terms, and its series.
    pub terms: Vec<(String, String)>,
    /// What stands at its address now.
    pub tombstone: Option<Tombstone>,
}

/// What readers are told of a story that has been taken back.
#[derive(Debug, Clone)]
pub struct Tombstone {
    /// When it was withdrawn.
    pub date: Moment,
    /// Why.
    pub reason: Option<Box<str>>,
    /// The language in which the story was told.
    pub language: Language,
}

/// What readers have seen and see no more, in the order of the articles.
pub(super) fn collect(
    articles: &[Arc<Article>],
    survey: &Survey,
    sections: &Tree,
    languages: &Languages,
    config: &Config,
) -> Vec<Gone> {
    let is_over = |state| matches!(state, State::Expired | State::Withdrawn | State::Retracted);
    let over = articles.iter().zip(&survey.looks).filter(|(_, look)| is_over(look.state));
    over.filter(|(article, _)| is_ever_public(article))
        .filter_map(|(article, look)| {
            Some(Gone {
                state: look.state,
                section: sections.path_of(&article.source, config.slugs)?,
                published: article.dates.published,
                slug: article.slug.clone(),
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

/// None where the law has it that nothing be said.
fn tombstone(article: &Article, languages: &Languages) -> Option<Tombstone> {
    let withdrawal = article.front.rare().withdrawn.as_ref().filter(|withdrawal| !withdrawal.legal)?;
    let reason = withdrawal.reason.as_deref().map(str::trim).filter(|reason| !reason.is_empty());
    Some(Tombstone {
        date: article.dates.rare().withdrawn?,
        reason: reason.map(Into::into),
        language: languages.of(article.front.rare().language.as_deref()),
    })
}
