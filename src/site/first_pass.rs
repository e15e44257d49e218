//! A first pass over all articles, to collect the data needed before stories can be made.

use std::collections::BTreeSet;
use std::sync::Arc;

use ahash::HashMap;
use jiff::Timestamp;
use rayon::prelude::*;

use crate::article::Article;
use crate::content_path::top_folder;
use crate::source::hash;

use super::clock::Rules;
use super::state::{State, is_emptied, state};
use super::window::{self, Window};

/// The data of all articles. A place is the position of an article among them.
pub(super) struct FirstPass {
    /// True if the articles are ordered by path.
    is_ordered: bool,
    /// The data of each article.
    pub facts: Vec<ArticleFacts>,
    /// The period in which every article keeps its state.
    pub window: Window,
    /// The top-level folders of public articles.
    pub folders: BTreeSet<String>,
    /// The sources of public articles that name a language, with it; none on a site with one edition.
    pub elsewhere: Vec<(String, String)>,
    /// The languages that public and withdrawn articles name.
    pub languages: BTreeSet<String>,
    /// The names of tags as written in listed articles, each once.
    pub names: Vec<String>,
    tags: Vec<Tags>,
    part: usize,
}

/// The data of one article.
#[derive(Clone, Copy)]
pub(super) struct ArticleFacts {
    /// The hash by which its source is found.
    pub hash: u64,
    pub state: State,
    /// True if its text and pictures are published.
    pub has_text: bool,
    pub has_taxonomies: bool,
    pub has_series: bool,
}

/// The tags of the articles of one part.
#[derive(Default)]
struct Tags {
    /// For each article, the start of its tags.
    starts: Vec<u32>,
    /// The places of their names: first within the part, finally among all.
    tags: Vec<u32>,
}

/// More parts balance the work better; fewer repeat the same names less often.
const PARTS_A_THREAD: usize = 4;

impl FirstPass {
    /// Sorts all articles by path, and collects the data of each as of `now`.
    pub(super) fn of_all(articles: &mut [Arc<Article>], now: Timestamp, rules: Rules) -> FirstPass {
        let first_pass = FirstPass::new(articles, now, rules);
        if first_pass.is_ordered {
            return first_pass;
        }
        articles.par_sort_by(|a, b| a.source.cmp(&b.source));
        FirstPass::new(articles, now, rules)
    }

    fn new(articles: &[Arc<Article>], now: Timestamp, rules: Rules) -> FirstPass {
        let part = articles.len().div_ceil(rayon::current_num_threads() * PARTS_A_THREAD).max(1);
        let parts: Vec<Part<'_>> = articles.par_chunks(part).map(|part| Part::new(part, now, rules)).collect();
        let mut first_pass = FirstPass {
            is_ordered: articles.chunks(part).zip(articles.chunks(part).skip(1)).all(|(one, next)| {
                one.last().zip(next.first()).is_none_or(|(last, first)| last.source <= first.source)
            }),
            facts: Vec::with_capacity(articles.len()),
            window: Window::default(),
            folders: BTreeSet::new(),
            elsewhere: Vec::new(),
            languages: BTreeSet::new(),
            names: Vec::new(),
            tags: Vec::with_capacity(parts.len()),
            part,
        };
        let mut by_name: HashMap<&str, u32> = HashMap::default();
        let mut meanings: Vec<Vec<u32>> = Vec::with_capacity(parts.len());
        for part in parts {
            first_pass.is_ordered &= part.is_ordered;
            first_pass.facts.extend(part.facts);
            first_pass.window = first_pass.window.and(part.window);
            first_pass.folders.extend(part.folders.into_iter().map(str::to_owned));
            let owned = |(language, source): (&str, &str)| (language.to_owned(), source.to_owned());
            first_pass.elsewhere.extend(part.elsewhere.into_iter().map(owned));
            first_pass.languages.extend(part.languages.into_iter().map(str::to_owned));
            let meaning = part.names.into_iter().map(|name| {
                *by_name.entry(name).or_insert_with(|| {
                    first_pass.names.push(name.to_owned());
                    first_pass.names.len() as u32 - 1
                })
            });
            meanings.push(meaning.collect());
            first_pass.tags.push(part.tags);
        }
        first_pass.tags.par_iter_mut().zip(meanings).for_each(|(part, meaning)| {
            part.tags.iter_mut().for_each(|tag| *tag = meaning[*tag as usize]);
        });
        first_pass
    }

    /// Returns the tags of an article by its place, as places of their names.
    pub(super) fn tags_of(&self, place: u32) -> &[u32] {
        let Tags { starts, tags } = &self.tags[place as usize / self.part];
        let at = place as usize % self.part;
        &tags[starts[at] as usize..starts.get(at + 1).map_or(tags.len(), |&end| end as usize)]
    }
}

/// The data of some articles.
struct Part<'a> {
    is_ordered: bool,
    facts: Vec<ArticleFacts>,
    window: Window,
    folders: BTreeSet<&'a str>,
    elsewhere: Vec<(&'a str, &'a str)>,
    languages: BTreeSet<&'a str>,
    names: Vec<&'a str>,
    tags: Tags,
}

impl<'a> Part<'a> {
    fn new(articles: &'a [Arc<Article>], now: Timestamp, rules: Rules) -> Part<'a> {
        let mut part = Part {
            is_ordered: articles.is_sorted_by(|one, next| one.source <= next.source),
            facts: Vec::with_capacity(articles.len()),
            window: Window::default(),
            folders: BTreeSet::new(),
            elsewhere: Vec::new(),
            languages: BTreeSet::new(),
            names: Vec::new(),
            tags: Tags { starts: Vec::with_capacity(articles.len()), tags: Vec::with_capacity(articles.len() * 4) },
        };
        let mut by_name: HashMap<&str, u32> = HashMap::default();
        for article in articles {
            let front = &article.front;
            let state = state(article, now, rules.drafts);
            let (has_taxonomies, has_series) = (!front.rare().taxonomies.0.is_empty(), front.rare().series.is_some());
            let has_text = state.is_public() && !is_emptied(article, state);
            part.facts.push(ArticleFacts { hash: hash(&article.source), state, has_text, has_taxonomies, has_series });
            part.window = part.window.and(window::of_article(article, now, rules));
            part.tags.starts.push(part.tags.tags.len() as u32);
            if state.is_public() {
                match front.rare().language.as_deref().filter(|_| rules.has_editions) {
                    Some(language) => part.elsewhere.push((language, &article.source)),
                    None => part.folders.extend(top_folder(&article.source)),
                }
            }
            // A tombstone uses the language of its story.
            if state.is_public() || state == State::Withdrawn {
                part.languages.extend(front.rare().language.as_deref());
            }
            if state != State::Published {
                continue;
            }
            for name in &front.tags {
                let tag = *by_name.entry(name).or_insert_with(|| {
                    part.names.push(name);
                    part.names.len() as u32 - 1
                });
                part.tags.tags.push(tag);
            }
        }
        part
    }
}
