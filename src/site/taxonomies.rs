//! Topics across sections: tags, the configured taxonomies, and series.

use std::collections::BTreeMap;

use ahash::HashMap;

use crate::article::Article;
use crate::config::Config;
use crate::diagnostic::{Code, Diagnostic, did_you_mean};
use crate::route::{folded, slugify};

use super::sections::readable;
use super::survey::Survey;
use super::{ArticleId, Story, about};

/// A way to group stories: tags, or one of the configured ones.
#[derive(Debug, Clone)]
pub struct Taxonomy {
    /// `tags`, or the configured name; also the first part of its URLs.
    pub name: String,
    /// Heading of one term.
    pub singular: String,
    /// Heading of all.
    pub plural: String,
    /// Its terms, ordered by title.
    pub terms: Vec<Term>,
}

/// One topic.
#[derive(Debug, Clone)]
pub struct Term {
    /// As its oldest story writes it.
    pub title: String,
    /// The last part of its URL.
    pub slug: String,
    /// Its stories, oldest first.
    pub stories: Vec<ArticleId>,
    /// The source of its oldest story, to name in messages.
    pub source: String,
}

/// A project in several parts.
#[derive(Debug, Clone)]
pub struct Series {
    /// Its name.
    pub title: String,
    /// The last part of its URL.
    pub slug: String,
    /// Its parts, in order.
    pub parts: Vec<ArticleId>,
    /// The source of its oldest story, to name in messages.
    pub source: String,
}

/// Spellings that differ only in case, blanks, hyphens or Unicode normalization are one term.
fn identity(name: &str) -> String {
    let words: Vec<&str> =
        name.split(|c: char| c.is_whitespace() || c == '-' || c == '_').filter(|word| !word.is_empty()).collect();
    folded(&words.join(" "))
}

/// A taxonomy being filled.
struct Filling {
    taxonomy: Taxonomy,
    by_identity: HashMap<String, u32>,
}

impl Filling {
    fn new(name: &str, singular: &str, plural: &str) -> Filling {
        let taxonomy = Taxonomy {
            name: name.to_owned(),
            singular: singular.to_owned(),
            plural: plural.to_owned(),
            terms: Vec::new(),
        };
        Filling { taxonomy, by_identity: HashMap::default() }
    }

    fn terms(
        &mut self,
        names: &[String],
        article: &Article,
        config: &Config,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Box<[u32]> {
        let mut terms = Vec::with_capacity(names.len());
        for name in names {
            let term = self.term(name, article, "taxonomies", config, diagnostics);
            terms.extend(term.filter(|term| !terms.contains(term)));
        }
        terms.into_boxed_slice()
    }

    /// Files a story under its terms.
    fn file(&mut self, story: ArticleId, terms: &[u32]) {
        for &term in terms {
            self.taxonomy.terms[term as usize].stories.push(story);
        }
    }

    fn finish(mut self) -> Taxonomy {
        self.taxonomy.terms.iter_mut().for_each(|term| term.stories.shrink_to_fit());
        self.taxonomy
    }

    fn term(
        &mut self,
        name: &str,
        article: &Article,
        key: &str,
        config: &Config,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Option<u32> {
        let identity = identity(name);
        if let Some(&term) = self.by_identity.get(&identity) {
            return Some(term);
        }
        let slug = slugify(name, config.slugs);
        if slug.is_empty() {
            diagnostics.push(empty_slug(article, key, name));
            return None;
        }
        let term = self.taxonomy.terms.len() as u32;
        let title = name.split_whitespace().collect::<Vec<_>>().join(" ");
        self.taxonomy.terms.push(Term { title, slug, stories: Vec::new(), source: article.source.to_string() });
        self.by_identity.insert(identity, term);
        Some(term)
    }
}

fn empty_slug(article: &Article, key: &str, name: &str) -> Diagnostic {
    let message = format!("nothing is left of `{}` when it is made a slug", name.escape_debug());
    about(article, Code::EmptySlug, key, name, message).hint("use letters or digits, or `slugs: unicode` in site.yaml")
}

/// Gives every story its terms and every term its stories.
pub(super) fn classify(
    articles: &mut [Story],
    survey: &Survey,
    places: &[u32],
    config: &Config,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Taxonomy> {
    let mut tags = Filling::new("tags", "Tag", "Tags");
    let mut further: Vec<Filling> = config
        .taxonomies
        .iter()
        .map(|taxonomy| Filling::new(&taxonomy.name, &taxonomy.singular, &taxonomy.plural))
        .collect();
    // The terms that names of tags have turned out to mean.
    let mut meanings: Vec<Option<u32>> = vec![None; survey.names.len()];
    for ((story, &place), id) in articles.iter_mut().zip(places).zip((0..).map(ArticleId)) {
        if !story.is_listed() {
            continue;
        }
        let article = &story.article;
        let own = survey.tags_of(place);
        let mut terms = Vec::with_capacity(own.len());
        for &name in own {
            let meaning = &mut meanings[name as usize];
            if meaning.is_none() {
                *meaning = tags.term(&survey.names[name as usize], article, "tags", config, diagnostics);
            }
            terms.extend(meaning.filter(|term| !terms.contains(term)));
        }
        tags.file(id, &terms);
        story.tags = terms.into_boxed_slice();
        // Articles lie in memory in another order; few need be fetched.
        if !survey.looks[place as usize].has_taxonomies {
            continue;
        }
        let mut found = Vec::with_capacity(article.front.taxonomies.0.len());
        for (name, names) in &article.front.taxonomies.0 {
            match config.taxonomies.iter().position(|taxonomy| taxonomy.name == *name) {
                Some(index) => {
                    let terms = further[index].terms(&names.0, article, config, diagnostics);
                    further[index].file(id, &terms);
                    found.push((index + 1, terms));
                }
                None => diagnostics.push(unknown_taxonomy(article, name, config)),
            }
        }
        found.sort_by_key(|(index, _)| *index);
        story.terms = found.into_boxed_slice();
    }
    std::iter::once(tags).chain(further).map(Filling::finish).collect()
}

fn unknown_taxonomy(article: &Article, name: &str, config: &Config) -> Diagnostic {
    let hint = did_you_mean(name, config.taxonomies.iter().map(|taxonomy| taxonomy.name.as_str()));
    let hint = hint.unwrap_or_else(|| "declare it under `taxonomies` in site.yaml".to_owned());
    let message = format!("no taxonomy `{}`", name.escape_debug());
    about(article, Code::UnknownTaxonomy, "taxonomies", name, message).hint(hint)
}

/// Orders the parts of every series: by the number that was written, the others by date behind them.
pub(super) fn number_series(
    articles: &mut [Story],
    survey: &Survey,
    places: &[u32],
    config: &Config,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Series> {
    let mut found: BTreeMap<String, Series> = BTreeMap::new();
    let in_series = |&(at, _): &(usize, &Story)| survey.looks[places[at] as usize].has_series;
    for (at, story) in articles.iter().enumerate().filter(in_series) {
        let Some(series) = story.article.front.series.as_ref().filter(|_| story.is_listed()) else { continue };
        let name = series.0.id.trim();
        let slug = slugify(name, config.slugs);
        if slug.is_empty() {
            diagnostics.push(empty_slug(&story.article, "series", name));
            continue;
        }
        let is_written_as_slug = !name.contains(' ') && name.to_lowercase() == name;
        let title = if is_written_as_slug { readable(name) } else { name.to_owned() };
        let source = story.article.source.to_string();
        let entry = found.entry(identity(name)).or_insert_with(|| Series { title, slug, parts: Vec::new(), source });
        entry.parts.push(ArticleId(at as u32));
    }
    let mut series: Vec<Series> = found.into_values().collect();
    for (index, series) in series.iter_mut().enumerate() {
        number_parts(series, index, articles, diagnostics);
    }
    series
}

fn number_parts(series: &mut Series, index: usize, articles: &mut [Story], diagnostics: &mut Vec<Diagnostic>) {
    let written = |id: ArticleId, articles: &[Story]| {
        articles[id.0 as usize].article.front.series.as_ref().and_then(|series| series.0.part)
    };
    series.parts.sort_by_key(|&id| (written(id, articles).unwrap_or(u32::MAX), id));
    let mut last: Option<(u32, ArticleId)> = None;
    for &id in &series.parts {
        let part = written(id, articles);
        if let (Some(part), Some((number, other))) = (part, last)
            && part == number
        {
            let other = articles[other.0 as usize].article.source.to_string();
            let message = format!("part {part} of this series is another article's already");
            let article = &articles[id.0 as usize].article;
            diagnostics.push(
                about(article, Code::DuplicatePart, "series", &part.to_string(), message)
                    .related("the other one", other)
                    .hint(
                        "give each article of a series a part of its own, or leave `part` out: then the date decides",
                    ),
            );
        }
        let number = part.unwrap_or_else(|| last.map_or(1, |(number, _)| number.saturating_add(1)));
        articles[id.0 as usize].series = Some((index, number));
        last = Some((number, id));
    }
}
