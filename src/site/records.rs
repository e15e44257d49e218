//! Sorts records by type, and removes those that are not public.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use ahash::{HashMap, HashSet};
use rayon::prelude::*;

use crate::article::{Article, BodyScan, Layout, Page, SectionFile};
use crate::author::Author;
use crate::comment::CommentFile;
use crate::config::{Config, EditionId};
use crate::content_path::FRONT_PAGE;
use crate::read::{CopiedFile, Record};

use super::clock;
use super::first_pass::ArticleFacts;
use super::naming::Naming;
use super::references::References;
use super::state::{State, is_ever_public};

/// The records by type.
#[derive(Default)]
pub(super) struct Records {
    pub articles: Vec<Arc<Article>>,
    pub pages: Vec<Page>,
    pub authors: Vec<Author>,
    pub sections: Vec<SectionFile>,
    /// The files of the front pages, by edition.
    pub fronts: BTreeMap<EditionId, SectionFile>,
    pub files: Vec<CopiedFile>,
    pub comments: Vec<Arc<CommentFile>>,
}

/// The content that is not public at present.
#[derive(Default)]
pub(super) struct Unpublished {
    /// The articles and pages without a page and the files that are not copied, with their state.
    pub hidden: BTreeMap<String, State>,
    /// Names that only unlisted articles use, by [`crate::unicode::name_key`].
    pub dormant: BTreeSet<String>,
}

impl Records {
    pub(super) fn new(records: Vec<Record>, config: &Config) -> Records {
        let paths = config.edition_paths();
        let mut sorted = Records { articles: Vec::with_capacity(records.len()), ..Records::default() };
        for record in records {
            match record {
                Record::Article(article) => sorted.articles.push(article),
                Record::Page(page) => sorted.pages.push(*page),
                Record::Author(author) => sorted.authors.push(*author),
                Record::Section(section) if paths.of(&section.source).original == FRONT_PAGE => {
                    let edition = config.edition_named(section.front.language.as_deref());
                    sorted.fronts.insert(edition, *section);
                }
                Record::Section(section) => sorted.sections.push(*section),
                Record::Comments(comments) => sorted.comments.push(comments),
                Record::File(file) => sorted.files.push(file),
            }
        }
        sorted
    }

    /// The blocks of all fronts.
    pub(super) fn layouts<'r>(&'r self, config: &'r Config) -> impl Iterator<Item = Layout<'r>> {
        clock::layouts(self.fronts.values().chain(&self.sections), &self.authors, config)
    }

    /// Finds content that is not public, and removes its pages and files, but not its articles.
    pub(super) fn hide(&mut self, facts: &[ArticleFacts], config: &Config, drafts: bool) -> Unpublished {
        let mut unpublished = Unpublished::default();
        let mut files = HiddenFiles::default();
        let is_all_told =
            facts.iter().all(|look| look.has_text) && self.pages.iter().all(|page| !page.front.draft || drafts);
        // If everything is public, no file has to be looked up.
        let files_in_question = if is_all_told { &[][..] } else { &self.files[..] };
        let naming = Naming::new(files_in_question, config);
        for (article, look) in self.articles.iter().zip(facts).filter(|(_, look)| look.state != State::Published) {
            unpublished.dormant.extend(super::front::names_of(article));
            if !look.state.is_public() {
                unpublished.hidden.insert(article.source.to_string(), told_state(article, look.state));
            }
            if !look.has_text {
                files.add(&article.source, look.state, of_article(article).named(&naming));
                files.add(
                    &article.source,
                    look.state,
                    naming.matched(&article.source, &article.front.rare().publish.0),
                );
            }
        }
        self.pages.retain(|page| {
            let is_public = !page.front.draft || drafts;
            if !is_public {
                unpublished.hidden.insert(page.source.clone(), State::Draft);
                files.add(&page.source, State::Draft, of_page(page).named(&naming));
                files.add(&page.source, State::Draft, naming.matched(&page.source, &page.front.publish.0));
            }
            is_public
        });
        let states = self.hidden_files(&files, facts, &naming, config);
        self.files.retain(|file| !states.contains_key(&file.source));
        unpublished.hidden.extend(states);
        unpublished
    }

    /// Returns the files of articles that are not public, which are left out so that no name or picture leaks: those in
    /// their own folders, and other files that only they name.
    fn hidden_files(
        &self,
        hidden: &HiddenFiles,
        facts: &[ArticleFacts],
        naming: &Naming<'_>,
        config: &Config,
    ) -> BTreeMap<String, State> {
        if hidden.folders.is_empty() && hidden.files.is_empty() {
            return BTreeMap::new();
        }
        // An archive names very many files; only those that may be hidden are stored.
        let in_question: HashSet<&str> =
            self.files.iter().map(|file| file.source.as_str()).filter(|source| hidden.file(source).is_some()).collect();
        let mut shown = HashSet::default();
        if !in_question.is_empty() {
            let public = self.articles.par_iter().zip(facts).filter(|(_, look)| look.has_text);
            let of_articles = public.flat_map_iter(|(article, _)| of_article(article).named(naming));
            shown = of_articles.filter(|file| in_question.contains(file)).collect();
            shown.extend(self.patterns(facts).flat_map(|(source, patterns)| naming.matched(source, patterns)));
            shown.extend(self.other_texts().flat_map(|text| text.named(naming)));
            let of_config = References::of_config(config);
            shown.extend(of_config.written.iter().filter_map(|text| naming.named(of_config.source, text)));
        }
        let states = self.files.iter().filter_map(|file| {
            let unless_shown = || hidden.file(&file.source).filter(|_| !shown.contains(file.source.as_str()));
            let state = hidden.folder(&file.source).or_else(unless_shown)?;
            Some((file.source.clone(), state))
        });
        states.collect()
    }

    /// The patterns under `publish:` in public articles and in all other texts.
    fn patterns<'r>(&'r self, facts: &'r [ArticleFacts]) -> impl Iterator<Item = (&'r str, &'r [String])> {
        let public = self.articles.iter().zip(facts).filter(|(_, look)| look.has_text);
        let articles = public.map(|(article, _)| (&*article.source, &*article.front.rare().publish.0));
        let sections = self.sections.iter().chain(self.fronts.values());
        let sections = sections.map(|section| (section.source.as_str(), &*section.front.publish.0));
        let authors = self.authors.iter().map(|author| (author.source.as_str(), &*author.front.publish.0));
        let pages = self.pages.iter().map(|page| (page.source.as_str(), &*page.front.publish.0));
        articles.chain(sections).chain(authors).chain(pages)
    }

    /// The texts other than articles.
    fn other_texts(&self) -> impl Iterator<Item = Text<'_>> {
        let sections = self.sections.iter().chain(self.fronts.values()).map(|section| Text {
            source: &section.source,
            image: section.front.image.as_ref().map(|image| &*image.0.src),
            body: &section.body,
        });
        let authors = self.authors.iter().map(|author| Text {
            source: &author.source,
            image: author.front.image.as_ref().map(|image| &*image.0.src),
            body: &author.body,
        });
        self.pages.iter().map(of_page).chain(sections).chain(authors)
    }
}

/// Returns the reason why a link to an article leads nowhere. An article that was never public cannot be expired or
/// withdrawn.
fn told_state(article: &Article, state: State) -> State {
    match state {
        State::Expired | State::Withdrawn if article.front.draft => State::Draft,
        State::Expired | State::Withdrawn if !is_ever_public(article) => State::Embargoed,
        state => state,
    }
}

/// A text that may name files.
struct Text<'a> {
    source: &'a str,
    image: Option<&'a str>,
    body: &'a BodyScan,
}

impl<'a> Text<'a> {
    fn named<'n>(self, naming: &'a Naming<'n>) -> impl Iterator<Item = &'n str> + use<'a, 'n> {
        naming.named_by(self.source, self.image, self.body)
    }
}

fn of_article(article: &Article) -> Text<'_> {
    let image = article.front.image.as_ref().map(|image| &*image.0.src);
    Text { source: &article.source, image, body: &article.body }
}

fn of_page(page: &Page) -> Text<'_> {
    let image = page.front.image.as_ref().map(|image| &*image.0.src);
    Text { source: &page.source, image, body: &page.body }
}

/// The files of articles and pages whose texts are not published, with the state of their owners.
#[derive(Default)]
struct HiddenFiles {
    /// Their own folders, with a slash at the end.
    folders: HashMap<String, State>,
    /// The files they refer to.
    files: HashMap<String, State>,
}

impl HiddenFiles {
    /// Returns the reason why a file is hidden even if something else shows it: its path alone would reveal the story.
    fn folder(&self, source: &str) -> Option<State> {
        self.nearest(source).filter(|state| !state.is_public())
    }

    /// Returns the reason why a file is hidden unless something else shows it.
    fn file(&self, source: &str) -> Option<State> {
        self.files.get(source).copied().or_else(|| self.nearest(source).filter(|state| state.is_public()))
    }

    fn nearest(&self, source: &str) -> Option<State> {
        let mut folders = source.match_indices('/').map(|(end, slash)| &source[..end + slash.len()]);
        folders.find_map(|folder| self.folders.get(folder)).copied()
    }

    fn add<'f>(&mut self, source: &str, state: State, files: impl Iterator<Item = &'f str>) {
        let folder = source.strip_suffix("index.md").filter(|folder| folder.ends_with('/'));
        self.folders.extend(folder.map(|folder| (folder.to_owned(), state)));
        for file in files {
            let known = self.files.entry(file.to_owned()).or_insert(state);
            // Unpublished content must not leak, even if expired content refers to the same file.
            if matches!(state, State::Draft | State::Embargoed) {
                *known = state;
            }
        }
    }
}
