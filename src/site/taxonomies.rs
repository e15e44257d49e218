//! Topics across sections: tags, the configured taxonomies, and series.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use ahash::HashMap;

use crate::article::Article;
use crate::config::{self, Config, EditionId};
use crate::diagnostic::{Code, Diagnostic, did_you_mean};
use crate::route::check_slug;
use crate::unicode::{clean, composed, name_key};
use crate::yaml;

use super::first_pass::FirstPass;
use super::sections::readable;
use super::{ArticleId, Story, about};

/// A way to group stories: tags, or one of the configured ones.
#[derive(Debug, Clone)]
pub struct Taxonomy {
    /// `tags`, or the configured name; also the first part of its URLs.
    pub name: String,
    /// The label in the singular.
    pub singular: String,
    /// The label in the plural.
    pub plural: String,
    /// Its terms, ordered by title.
    pub terms: Vec<Term>,
}

/// One topic in one edition.
#[derive(Debug, Clone)]
pub struct Term {
    /// The edition.
    pub edition: EditionId,
    /// The title from `site.yaml`, or the name as written in its oldest story.
    pub title: String,
    /// The name as written in its oldest story, to locate it for messages.
    pub written: String,
    /// The last segment of its URL.
    pub slug: String,
    /// Its stories, oldest first.
    pub stories: Vec<ArticleId>,
    /// The source of its oldest story, for messages.
    pub source: String,
}

/// A project in several parts, in one edition.
#[derive(Debug, Clone)]
pub struct Series {
    /// The edition.
    pub edition: EditionId,
    /// Its name.
    pub title: String,
    /// The name as written in its oldest story, to locate it for messages.
    pub written: String,
    /// The last segment of its URL.
    pub slug: String,
    /// Its parts, in order.
    pub parts: Vec<ArticleId>,
    /// The source of its oldest story, for messages.
    pub source: String,
}

/// A taxonomy being filled.
struct Filling {
    taxonomy: Taxonomy,
    by_identity: HashMap<(EditionId, String), u32>,
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
        edition: EditionId,
        article: &Article,
        config: &Config,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Box<[u32]> {
        let mut terms = Vec::with_capacity(names.len());
        for name in names {
            let term = self.term(name, edition, article, "taxonomies", config, diagnostics);
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
        edition: EditionId,
        article: &Article,
        key: &str,
        config: &Config,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Option<u32> {
        let identity = (edition, name_key(name));
        if let Some(&term) = self.by_identity.get(&identity) {
            return Some(term);
        }
        let taxonomy = self.taxonomy.name.as_str();
        let slug = usable_slug(taxonomy, name, article, key, config, diagnostics)?;
        let term = self.taxonomy.terms.len() as u32;
        let title = title_of(taxonomy, name, config.in_edition(edition)).unwrap_or_else(|| clean(name));
        let (written, source) = (name.to_owned(), article.source.to_string());
        self.taxonomy.terms.push(Term { edition, title, written, slug, stories: Vec::new(), source });
        self.by_identity.insert(identity, term);
        Some(term)
    }
}

/// Returns the slug of a term; reports it if it cannot be used.
fn usable_slug(
    taxonomy: &str,
    name: &str,
    article: &Article,
    key: &str,
    config: &Config,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<String> {
    let slug = config.term_slug(taxonomy, name);
    let shown = name.escape_debug();
    if slug.is_empty() {
        let message = format!("no slug can be made from `{shown}`");
        let hint = match clean(name).is_empty() {
            true => "delete the empty item".to_owned(),
            false => format!("give it one in site.yaml: `{}`", slug_line(taxonomy, name, "a-slug")),
        };
        diagnostics.push(about(article, Code::EmptySlug, key, name, message).hint(hint));
        return None;
    }
    if let Err(why) = check_slug(&slug) {
        let message = format!("`{slug}`, made from `{shown}`, is not a valid slug: {why}");
        let hint = format!("give it another in site.yaml: `{}`", slug_line(taxonomy, name, &format!("{slug}-1")));
        diagnostics.push(about(article, Code::BadSlug, key, name, message).hint(hint));
        return None;
    }
    Some(slug)
}

/// Returns the line of `site.yaml` that sets the slug of a term.
pub fn slug_line(taxonomy: &str, name: &str, slug: &str) -> String {
    format!("terms: {{{taxonomy}: {{{}: {slug}}}}}", yaml::flow_text(&clean(name)))
}

fn title_of(taxonomy: &str, name: &str, config: &Config) -> Option<String> {
    let term = config.terms.get(taxonomy, name)?;
    term.titles.get(config.language.tag()).or(term.title.as_ref()).cloned()
}

/// Splits a list that was written as one text: `Ports, Labour`. Commas inside numbers do not separate.
pub(super) fn listed(name: &str) -> Vec<&str> {
    let letters: Vec<(usize, char)> = name.char_indices().collect();
    let is_digit = |at: Option<usize>| at.and_then(|at| letters.get(at)).is_some_and(|(_, letter)| letter.is_numeric());
    let mut names = Vec::new();
    let mut start = 0;
    for (index, &(at, letter)) in letters.iter().enumerate() {
        let is_in_number = letter == ',' && is_digit(index.checked_sub(1)) && is_digit(Some(index + 1));
        if matches!(letter, ',' | ';' | '，' | '；' | '、' | '،' | '؛') && !is_in_number {
            names.push(&name[start..at]);
            start = at + letter.len_utf8();
        }
    }
    names.push(&name[start..]);
    names.into_iter().map(str::trim).filter(|name| !name.is_empty()).collect()
}

/// Warns of terms that appear to be several: "Ports, Labour" is hardly one topic. If it is, naming it in `site.yaml`
/// silences the warning.
fn check_commas(taxonomy: &Taxonomy, config: &Config, diagnostics: &mut Vec<Diagnostic>) {
    for term in &taxonomy.terms {
        let names = listed(&term.written);
        if names.len() < 2 || config.terms.get(&taxonomy.name, &term.written).is_some() {
            continue;
        }
        let list = names.iter().map(|name| yaml::flow_text(&clean(name))).collect::<Vec<_>>().join(", ");
        let (key, line) = match &*taxonomy.name {
            "tags" => ("tags", format!("tags: [{list}]")),
            name => ("taxonomies", format!("taxonomies: {{{name}: [{list}]}}")),
        };
        let count = match term.stories.len() {
            1 => String::new(),
            stories => format!(", in {stories} stories"),
        };
        let message = format!("`{}` counts as one term of {}{count}", term.written.escape_debug(), taxonomy.name);
        let own = slug_line(&taxonomy.name, &term.written, &term.slug);
        let hint =
            format!("if it is {} terms, write `{line}`; if it is one, say so in site.yaml: `{own}`", names.len());
        let diagnostic = Diagnostic::new(Code::CommaInTerm, &*term.source, message);
        diagnostics.push(diagnostic.in_key(key, &*term.written).hint(hint));
    }
}

/// Warns of terms in `site.yaml` that no story has. Stories that are not public also count.
pub(super) fn check_terms(
    config: &Config,
    taxonomies: &[Taxonomy],
    series: &[Series],
    dormant: &BTreeSet<String>,
    faulty: &BTreeSet<String>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    // A story with errors may be the one that has a term.
    if !faulty.is_empty() {
        return;
    }
    for term in config.terms.iter() {
        let key = name_key(&term.name);
        let names: Vec<&str> = match &*term.taxonomy {
            "series" => series.iter().map(|series| &*series.written).collect(),
            name => {
                let terms = taxonomies.iter().filter(|taxonomy| taxonomy.name == name).flat_map(|of| &of.terms);
                terms.map(|term| &*term.written).collect()
            }
        };
        if dormant.contains(&key) || names.iter().any(|name| name_key(name) == key) {
            continue;
        }
        let message = format!("no story has `{}` in its {}", term.name.escape_debug(), term.taxonomy);
        let hint = did_you_mean(&term.name, names).unwrap_or_else(|| "remove it from `terms`".to_owned());
        let diagnostic = Diagnostic::new(Code::UnusedTerm, config::FILE, message);
        diagnostics.push(diagnostic.in_key("terms", &*term.name).hint(hint));
    }
}

/// Gives every story its terms and every term its stories.
pub(super) fn classify(
    articles: &mut [Story],
    first_pass: &FirstPass,
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
    // The terms found for the names of tags.
    let names = first_pass.names.len();
    let mut meanings: Vec<Option<u32>> = vec![None; names * config.editions().count()];
    for ((story, &place), id) in articles.iter_mut().zip(places).zip((0..).map(ArticleId)) {
        if !story.is_listed() {
            continue;
        }
        let article = &story.article;
        let own = first_pass.tags_of(place);
        let mut terms = Vec::with_capacity(own.len());
        for &name in own {
            let meaning = &mut meanings[usize::from(story.edition.0) * names + name as usize];
            if meaning.is_none() {
                *meaning =
                    tags.term(&first_pass.names[name as usize], story.edition, article, "tags", config, diagnostics);
            }
            terms.extend(meaning.filter(|term| !terms.contains(term)));
        }
        tags.file(id, &terms);
        story.tags = terms.into_boxed_slice();
        // Articles are in another order in memory; few have to be loaded.
        if !first_pass.facts[place as usize].has_taxonomies {
            continue;
        }
        let mut found = Vec::with_capacity(article.front.rare().taxonomies.0.len());
        for (name, names) in &article.front.rare().taxonomies.0 {
            let composed = composed(name);
            match config.taxonomies.iter().position(|taxonomy| taxonomy.name == *composed) {
                Some(index) => {
                    let terms = further[index].terms(&names.0, story.edition, article, config, diagnostics);
                    further[index].file(id, &terms);
                    found.push((index + 1, terms));
                }
                None => diagnostics.push(unknown_taxonomy(article, name, config)),
            }
        }
        found.sort_by_key(|(index, _)| *index);
        story.terms = found.into_boxed_slice();
    }
    let taxonomies: Vec<Taxonomy> = std::iter::once(tags).chain(further).map(Filling::finish).collect();
    taxonomies.iter().for_each(|taxonomy| check_commas(taxonomy, config, diagnostics));
    taxonomies
}

fn unknown_taxonomy(article: &Article, name: &str, config: &Config) -> Diagnostic {
    let hint = did_you_mean(name, config.taxonomies.iter().map(|taxonomy| taxonomy.name.as_str()));
    let hint = hint.unwrap_or_else(|| "declare it under `taxonomies` in site.yaml".to_owned());
    let message = format!("unknown taxonomy `{}`", name.escape_debug());
    about(article, Code::UnknownTaxonomy, "taxonomies", name, message).hint(hint)
}

/// Orders the parts of every series: by their given numbers, the others after them by date.
pub(super) fn number_series(
    articles: &mut [Story],
    first_pass: &FirstPass,
    places: &[u32],
    config: &Config,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Series> {
    let mut found: BTreeMap<(EditionId, String), Series> = BTreeMap::new();
    let in_series = |&(at, _): &(usize, &Story)| first_pass.facts[places[at] as usize].has_series;
    for (at, story) in articles.iter().enumerate().filter(in_series) {
        let Some(series) = story.article.front.rare().series.as_ref().filter(|_| story.is_listed()) else { continue };
        let name = series.0.id.trim();
        let entry = match found.entry((story.edition, name_key(name))) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => {
                let Some(slug) = usable_slug("series", name, &story.article, "series", config, diagnostics) else {
                    continue;
                };
                let own = clean(name);
                let is_written_as_slug = !own.contains(' ') && own.to_lowercase() == own;
                let own = if is_written_as_slug { readable(&own) } else { own };
                let title = title_of("series", name, config.in_edition(story.edition)).unwrap_or(own);
                let (written, source) = (name.to_owned(), story.article.source.to_string());
                place.insert(Series { edition: story.edition, title, written, slug, parts: Vec::new(), source })
            }
        };
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
        articles[id.0 as usize].article.front.rare().series.as_ref().and_then(|series| series.0.part)
    };
    series.parts.sort_by_key(|&id| (written(id, articles).unwrap_or(u32::MAX), id));
    let mut last: Option<(u32, ArticleId)> = None;
    for &id in &series.parts {
        let part = written(id, articles);
        if let (Some(part), Some((number, other))) = (part, last)
            && part == number
        {
            let other = articles[other.0 as usize].article.source.to_string();
            let message = format!("another article already has part {part} of this series");
            let article = &articles[id.0 as usize].article;
            diagnostics.push(
                about(article, Code::DuplicatePart, "series", &part.to_string(), message)
                    .related("the other one", other)
                    .hint("give each article of the series its own part, or omit `part` to order them by date"),
            );
        }
        let number = part.unwrap_or_else(|| last.map_or(1, |(number, _)| number.saturating_add(1)));
        articles[id.0 as usize].series = Some((index, number));
        last = Some((number, id));
    }
}
