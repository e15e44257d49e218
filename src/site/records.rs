//! Records by what they are, without what is not public.

use std::collections::{BTreeMap, BTreeSet};

use ahash::{HashMap, HashSet};
use rayon::prelude::*;

use crate::article::{Article, BodyScan, Page, SectionFile};
use crate::author::Author;
use crate::read::{Asset, Record};
use crate::source;

use super::state::State;
use super::survey::Look;

/// Records by what they are.
#[derive(Default)]
#[expect(clippy::vec_box, reason = "articles are sorted and moved on, and large")]
pub(super) struct Records {
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
    /// Articles and pages without a page, files that are not copied, and why.
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
                Record::Section(section) if section.source == super::front::SOURCE => sorted.front = Some(*section),
                Record::Section(section) => sorted.sections.push(*section),
                Record::File(file) => sorted.files.push(file),
            }
        }
        sorted
    }

    /// Finds what is not public, takes out its pages and files, and leaves its articles.
    pub(super) fn hide(&mut self, looks: &[Look], drafts: bool) -> Unpublished {
        let mut unpublished = Unpublished::default();
        let mut files = HiddenFiles::default();
        for (article, look) in self.articles.iter().zip(looks).filter(|(_, look)| look.state != State::Published) {
            unpublished.dormant.extend(super::front::names_of(article));
            if !look.state.is_public() {
                unpublished.hidden.insert(article.source.to_string(), look.state);
            }
            if !look.is_told {
                files.add(&article.source, look.state, files_of(article));
            }
        }
        self.pages.retain(|page| {
            let is_public = !page.front.draft || drafts;
            if !is_public {
                unpublished.hidden.insert(page.source.clone(), State::Draft);
                let image = page.front.image.iter().map(|image| &*image.0.src);
                let references = image.chain(page.body.files.iter().map(AsRef::as_ref));
                files.add(
                    &page.source,
                    State::Draft,
                    references.filter_map(|file| source::resolve(&page.source, file)),
                );
            }
            is_public
        });
        self.drop_files(&files, looks, &mut unpublished.hidden);
        unpublished
    }

    /// Leaves out files of articles that are not public, so that no name or picture leaks: what lies in their own
    /// folders, and what of other files only they refer to.
    fn drop_files(&mut self, hidden: &HiddenFiles, looks: &[Look], states: &mut BTreeMap<String, State>) {
        if hidden.folders.is_empty() && hidden.files.is_empty() {
            return;
        }
        // An archive refers to very many files; only what could be hidden is worth remembering.
        let in_question: HashSet<&str> = self
            .files
            .iter()
            .map(|file| file.source.as_str())
            .filter(|source| hidden.files.contains_key(*source))
            .collect();
        let mut shown = HashSet::default();
        if !in_question.is_empty() {
            let public = self.articles.par_iter().zip(looks).filter(|(_, look)| look.is_told);
            let of_articles = public.flat_map_iter(|(article, _)| files_of(article));
            shown = of_articles.filter(|file| in_question.contains(file.as_str())).collect();
            for (source, image, body) in self.other_texts() {
                let references = image.into_iter().chain(body.files.iter().map(AsRef::as_ref));
                shown.extend(references.filter_map(|reference| source::resolve(source, reference)));
            }
        }
        let of_folder = |source: &str| {
            let mut folders = source.match_indices('/').map(|(end, slash)| &source[..end + slash.len()]);
            folders.find_map(|folder| hidden.folders.get(folder))
        };
        self.files.retain(|file| {
            let of_file = || hidden.files.get(&file.source).filter(|_| !shown.contains(&file.source));
            let state = of_folder(&file.source).or_else(of_file);
            states.extend(state.map(|&state| (file.source.clone(), state)));
            state.is_none()
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

/// What belongs to articles and pages that are not told, and why they are not.
#[derive(Default)]
struct HiddenFiles {
    /// Their own folders, with a slash at the end.
    folders: HashMap<String, State>,
    /// What they refer to.
    files: HashMap<String, State>,
}

impl HiddenFiles {
    fn add(&mut self, source: &str, state: State, files: impl Iterator<Item = String>) {
        let folder = source.strip_suffix("index.md").filter(|folder| folder.ends_with('/'));
        self.folders.extend(folder.map(|folder| (folder.to_owned(), state)));
        for file in files {
            let known = self.files.entry(file).or_insert(state);
            // What waits for its time must not be told of, whatever else is over.
            if matches!(state, State::Draft | State::Embargoed) {
                *known = state;
            }
        }
    }
}

/// The sources that an article shows or links to.
fn files_of(article: &Article) -> impl Iterator<Item = String> {
    let image = article.front.image.as_ref().map(|image| &*image.0.src);
    let references = image.into_iter().chain(article.body.files.iter().map(AsRef::as_ref));
    references.filter_map(|reference| source::resolve(&article.source, reference))
}
