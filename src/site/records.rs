//! Records by what they are, and which of them are public now.

use std::collections::{BTreeMap, BTreeSet};

use ahash::HashSet;
use jiff::Timestamp;
use rayon::prelude::*;

use crate::article::{Article, BodyScan, Page, SectionFile};
use crate::author::Author;
use crate::read::{Asset, Record};
use crate::source;

use super::state::{State, state};
use super::window::{self, Window};

/// Records by what they are.
#[derive(Default)]
#[expect(clippy::vec_box, reason = "articles are sorted and moved on, and large")]
pub(super) struct Records {
    /// Ordered by path.
    pub articles: Vec<Box<Article>>,
    pub pages: Vec<Page>,
    pub authors: Vec<Author>,
    pub sections: Vec<SectionFile>,
    pub front: Option<SectionFile>,
    pub files: Vec<Asset>,
}

/// What is not public now.
#[derive(Default)]
pub(super) struct Unpublished {
    /// Articles and pages without a page, and why.
    pub hidden: BTreeMap<String, State>,
    /// What only unlisted articles may be filed under, in lower case.
    pub dormant: BTreeSet<String>,
}

impl Records {
    pub(super) fn new(records: Vec<Record>) -> Records {
        let mut sorted = Records { articles: Vec::with_capacity(records.len()), ..Records::default() };
        for record in records {
            match record {
                Record::Article(article) => sorted.articles.push(article),
                Record::Page(page) => sorted.pages.push(*page),
                Record::Author(author) => sorted.authors.push(*author),
                Record::Section(section) if section.source == "content/_index.md" => sorted.front = Some(*section),
                Record::Section(section) => sorted.sections.push(*section),
                Record::File(file) => sorted.files.push(file),
            }
        }
        // Mostly they are, because files are read in the order of their paths.
        let is_ordered = sorted.articles.par_windows(2).all(|pair| pair[0].source <= pair[1].source);
        if !is_ordered {
            sorted.articles.par_sort_by(|a, b| a.source.cmp(&b.source));
        }
        sorted
    }

    /// Takes out what is not public at `now`, and says how long that stays so. The states are those of the articles
    /// that are left.
    pub(super) fn publish(&mut self, now: Timestamp, drafts: bool) -> (Unpublished, Vec<State>, Window) {
        let mut unpublished = Unpublished::default();
        let mut files = HiddenFiles::default();
        let nothing = || (Vec::new(), Window::default());
        let look = |(mut states, window): (Vec<State>, Window), article: &Box<Article>| {
            states.push(state(article, now, drafts));
            (states, window.and(window::of_article(article, now, drafts)))
        };
        let (states, window) = self.articles.par_iter().fold(nothing, look).reduce(nothing, |mut one, mut other| {
            one.0.append(&mut other.0);
            (one.0, one.1.and(other.1))
        });
        let window = window.and(window::of_picks(self.front.as_ref(), now));
        let mut next = states.iter();
        self.articles.retain(|article| {
            let state = next.next().copied().unwrap_or(State::Draft);
            if state != State::Published {
                unpublished.dormant.extend(super::front::names_of(article));
            }
            if !state.is_public() {
                unpublished.hidden.insert(article.source.to_string(), state);
                files.add(&article.source, files_of(article));
            }
            state.is_public()
        });
        self.pages.retain(|page| {
            let is_public = !page.front.draft || drafts;
            if !is_public {
                unpublished.hidden.insert(page.source.clone(), State::Draft);
                let image = page.front.image.iter().map(|image| &*image.0.src);
                let references = image.chain(page.body.files.iter().map(AsRef::as_ref));
                files.add(&page.source, references.filter_map(|file| source::resolve(&page.source, file)));
            }
            is_public
        });
        self.drop_files(&files);
        (unpublished, states.into_iter().filter(|state| state.is_public()).collect(), window)
    }

    /// Leaves out files of articles that are not public, so that no name or picture leaks: what lies in their own
    /// folders, and what of other files only they refer to.
    fn drop_files(&mut self, hidden: &HiddenFiles) {
        if hidden.folders.is_empty() && hidden.files.is_empty() {
            return;
        }
        // An archive refers to very many files; only what could be hidden is worth remembering.
        let in_question: HashSet<&str> = self
            .files
            .iter()
            .map(|file| file.source.as_str())
            .filter(|source| hidden.files.contains(*source))
            .collect();
        let mut shown = HashSet::default();
        if !in_question.is_empty() {
            let of_articles = self.articles.par_iter().flat_map_iter(|article| files_of(article));
            shown = of_articles.filter(|file| in_question.contains(file.as_str())).collect();
            for (source, image, body) in self.other_texts() {
                let references = image.into_iter().chain(body.files.iter().map(AsRef::as_ref));
                shown.extend(references.filter_map(|reference| source::resolve(source, reference)));
            }
        }
        let is_in_hidden_folder = |source: &str| {
            source.match_indices('/').any(|(end, slash)| hidden.folders.contains(&source[..end + slash.len()]))
        };
        self.files.retain(|file| {
            !is_in_hidden_folder(&file.source) && (!hidden.files.contains(&file.source) || shown.contains(&file.source))
        });
    }

    /// Source, picture and body of what is no article.
    fn other_texts(&self) -> impl Iterator<Item = (&str, Option<&str>, &BodyScan)> {
        let pages = self
            .pages
            .iter()
            .map(|page| (page.source.as_str(), page.front.image.as_ref().map(|image| &*image.0.src), &page.body));
        let sections = self.sections.iter().chain(&self.front).map(|section| {
            (section.source.as_str(), section.front.image.as_ref().map(|image| &*image.0.src), &section.body)
        });
        let authors =
            self.authors.iter().map(|author| (author.source.as_str(), author.front.image.as_deref(), &author.body));
        pages.chain(sections).chain(authors)
    }
}

/// What belongs to articles and pages that are not public.
#[derive(Default)]
struct HiddenFiles {
    /// Their own folders, with a slash at the end.
    folders: HashSet<String>,
    /// What they refer to.
    files: HashSet<String>,
}

impl HiddenFiles {
    fn add(&mut self, source: &str, files: impl Iterator<Item = String>) {
        self.folders.extend(source.strip_suffix("index.md").filter(|folder| folder.ends_with('/')).map(str::to_owned));
        self.files.extend(files);
    }
}

/// The sources that an article shows or links to.
fn files_of(article: &Article) -> impl Iterator<Item = String> {
    let image = article.front.image.as_ref().map(|image| &*image.0.src);
    let references = image.into_iter().chain(article.body.files.iter().map(AsRef::as_ref));
    references.filter_map(|reference| source::resolve(&article.source, reference))
}
