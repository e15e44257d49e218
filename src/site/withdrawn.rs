//! Keeps of withdrawn articles where they were, and nothing else.

use crate::article::Article;
use crate::config::Config;
use crate::date::Moment;

use super::sections::Tree;
use super::state::State;
use super::survey::Survey;

/// What is left of an article that was taken back: what its address was made of.
#[derive(Debug, Clone)]
pub struct Withdrawn {
    /// The URL path of its section, without slashes at the ends.
    pub section: String,
    /// When it was first published.
    pub published: Moment,
    /// The last part of its address.
    pub slug: Box<str>,
    /// Old paths that led to it.
    pub aliases: Box<[Box<str>]>,
}

/// Whether it was public before it was withdrawn: the address of a story that nobody has read tells of it.
pub(super) fn was_public(article: &Article) -> bool {
    let dates = &article.dates;
    dates.withdrawn.is_some_and(|end| {
        let embargo = dates.embargo.is_none_or(|embargo| embargo.instant < end.instant);
        !article.front.draft && embargo && dates.published.instant < end.instant
    })
}

/// The withdrawn among all articles that readers have seen, in their order.
pub(super) fn collect(articles: &[Box<Article>], survey: &Survey, sections: &Tree, config: &Config) -> Vec<Withdrawn> {
    let withdrawn = articles.iter().zip(&survey.looks).filter(|(_, look)| look.state == State::Withdrawn);
    withdrawn
        .filter(|(article, _)| was_public(article))
        .filter_map(|(article, _)| {
            Some(Withdrawn {
                section: sections.path_of(&article.source, config.slugs)?,
                published: article.dates.published,
                slug: article.slug.clone(),
                aliases: article.front.aliases.clone(),
            })
        })
        .collect()
}
