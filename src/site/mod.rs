//! Assembles all metadata and the instant into the site: who signs what, what is listed where, what is near what.

mod front;
mod people;
mod related;
mod sections;
mod state;
mod taxonomies;

use std::collections::{BTreeMap, BTreeSet};

use ahash::HashMap;

use jiff::Timestamp;

use crate::article::{Article, BodyScan, Guest, Page};
use crate::author::Author;
use crate::config::Config;
use crate::diagnostic::{Diagnostic, Reported};
use crate::language::Language;
use crate::read::{Asset, Record};
use crate::source;

pub use front::{Block, Subject};
pub use sections::Section;
pub use state::{State, state};
pub use taxonomies::{Series, Taxonomy, Term};

/// The place of an article in [`Site::articles`]; higher is newer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ArticleId(pub u32);
/// The place of an author in [`Site::authors`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AuthorId(pub u32);
/// The place of a section in [`Site::sections`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SectionId(pub u32);

/// Who is credited, with what is known of her.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Signer {
    /// Somebody with an author page.
    Author(AuthorId),
    /// Somebody named on the spot.
    Guest(Guest),
}

/// A public article in its place among the others.
#[derive(Debug, Clone)]
pub struct Story {
    /// What its file says.
    pub article: Article,
    /// Published, or retracted.
    pub state: State,
    /// Its language.
    pub language: Language,
    /// The nearest section above its file.
    pub section: SectionId,
    /// Who signs, in order.
    pub authors: Vec<Signer>,
    /// Who else worked on it, by role.
    pub contributors: Vec<(String, Vec<Signer>)>,
    /// The agency that supplied it.
    pub wire: Option<Signer>,
    /// For each taxonomy of [`Site::taxonomies`] that it has terms in: the taxonomy, and the terms, as listed.
    pub terms: Vec<(usize, Vec<u32>)>,
    /// The series, and the number of the part in it.
    pub series: Option<(usize, u32)>,
    /// The next older story of the section.
    pub older: Option<ArticleId>,
    /// The next newer story of the section.
    pub newer: Option<ArticleId>,
    /// Stories about the same.
    pub related: Vec<ArticleId>,
}

impl Story {
    /// Whether listings show it.
    pub fn is_listed(&self) -> bool {
        self.state == State::Published
    }
}

/// An author, and what she has worked on.
#[derive(Debug, Clone)]
pub struct Person {
    /// What her file says.
    pub author: Author,
    /// The language of her name and biography.
    pub language: Language,
    /// What she signed, contributed to or supplied, oldest first.
    pub stories: Vec<ArticleId>,
}

/// A standalone page.
#[derive(Debug, Clone)]
pub struct Leaf {
    /// What its file says.
    pub page: Page,
    /// Its language.
    pub language: Language,
}

/// Everything public, and how it hangs together.
#[derive(Debug, Clone)]
pub struct Site {
    /// Public articles, oldest first.
    pub articles: Vec<Story>,
    /// What listings show, oldest first.
    pub latest: Vec<ArticleId>,
    /// Everybody with a file, by id.
    pub authors: Vec<Person>,
    /// Sections, parents before children, by weight, then by title.
    pub sections: Vec<Section>,
    /// Tags first, then the configured ones in their order.
    pub taxonomies: Vec<Taxonomy>,
    /// Series, by title.
    pub series: Vec<Series>,
    /// Standalone pages.
    pub pages: Vec<Leaf>,
    /// Files that are copied.
    pub files: Vec<Asset>,
    /// The front page's blocks.
    pub blocks: Vec<Block>,
    /// What `content/_index.md` says.
    pub front: Option<crate::article::SectionFile>,
    /// Articles and pages that have no page now, by source, and why.
    pub hidden: BTreeMap<String, State>,
    /// Tags, series and top-level folders of articles that no listing shows now, in lower case: they are not unknown.
    pub dormant: BTreeSet<String>,
    /// Sources that could not be read; what refers to them is not at fault for that.
    pub faulty: BTreeSet<String>,
    by_source: HashMap<String, ArticleId>,
}

impl Site {
    /// The story of an id.
    pub fn story(&self, id: ArticleId) -> &Story {
        &self.articles[id.0 as usize]
    }

    /// The author of an id.
    pub fn person(&self, id: AuthorId) -> &Person {
        &self.authors[id.0 as usize]
    }

    /// The section of an id.
    pub fn section(&self, id: SectionId) -> &Section {
        &self.sections[id.0 as usize]
    }

    /// The public article that a source file holds.
    pub fn article_of(&self, source: &str) -> Option<ArticleId> {
        self.by_source.get(source).copied()
    }

    /// Every language that a page is in.
    pub fn languages<'a>(&'a self, config: &'a Config) -> impl Iterator<Item = &'a Language> {
        let stories = self.articles.iter().map(|story| &story.language);
        let others =
            self.authors.iter().map(|person| &person.language).chain(self.pages.iter().map(|leaf| &leaf.language));
        let sections = self.sections.iter().map(|section| &section.language);
        std::iter::once(&config.language).chain(stories).chain(others).chain(sections)
    }
}

/// Puts all records together as of `now`.
pub fn assemble(
    records: Vec<Record>,
    faulty: BTreeSet<String>,
    config: &Config,
    now: Timestamp,
    drafts: bool,
) -> Reported<Site> {
    let mut diagnostics = Vec::new();
    let mut sorted = Sorted::new(records);
    let mut hidden = BTreeMap::new();
    let mut hidden_files = Hidden::default();
    let mut dormant = BTreeSet::new();
    sorted.articles.retain(|article| {
        let state = state(article, now, drafts);
        if state != State::Published {
            dormant.extend(front::names_of(article));
        }
        if !state.is_public() {
            hidden.insert(article.source.clone(), state);
            hidden_files.add(&article.source, files_of(article));
        }
        state.is_public()
    });
    sorted.pages.retain(|page| {
        let is_public = !page.front.draft || drafts;
        if !is_public {
            hidden.insert(page.source.clone(), State::Draft);
            let references = page.front.image.iter().map(|image| &image.0.src).chain(&page.body.files);
            hidden_files.add(&page.source, references.filter_map(|file| source::resolve(&page.source, file)));
        }
        is_public
    });
    sorted.drop_files_of(&hidden_files);

    let people = people::Directory::new(sorted.authors, &faulty, config);
    let sections = sections::Tree::new(sorted.sections, &sorted.articles, config, &mut diagnostics);
    let mut articles = Vec::with_capacity(sorted.articles.len());
    sorted.articles.sort_by(|a, b| {
        let order = a.dates.published.instant.cmp(&b.dates.published.instant);
        // Of stories of one instant (often a day), the heavier one stands before the others: later in this order.
        order.then(a.front.weight.cmp(&b.front.weight)).then_with(|| a.source.cmp(&b.source))
    });
    for article in sorted.articles {
        let Some(section) = sections.of_article(&article, &mut diagnostics) else { continue };
        let credits = people.credits(&article, &mut diagnostics);
        let language = language_of(article.front.language.as_deref(), config);
        let state = state(&article, now, drafts);
        articles.push(Story {
            state,
            language,
            section,
            authors: credits.authors,
            contributors: credits.contributors,
            wire: credits.wire,
            terms: Vec::new(),
            series: None,
            older: None,
            newer: None,
            related: Vec::new(),
            article,
        });
    }
    let latest: Vec<ArticleId> = ids(&articles).filter(|id| articles[id.0 as usize].is_listed()).collect();
    let taxonomies = taxonomies::classify(&mut articles, config, &mut diagnostics);
    let series = taxonomies::number_series(&mut articles, config, &mut diagnostics);
    let sections = sections.fill(&mut articles);
    related::relate(&mut articles, &taxonomies);
    let authors = people.fill(&articles);
    let by_source = ids(&articles).map(|id| (articles[id.0 as usize].article.source.clone(), id)).collect();
    let pages = sorted
        .pages
        .into_iter()
        .map(|page| Leaf { language: language_of(page.front.language.as_deref(), config), page })
        .collect();
    let mut site = Site {
        articles,
        latest,
        authors,
        sections,
        taxonomies,
        series,
        pages,
        files: sorted.files,
        blocks: Vec::new(),
        front: sorted.front,
        hidden,
        dormant,
        faulty,
        by_source,
    };
    site.blocks = front::lay_out(&site, now, &mut diagnostics);
    Reported { value: site, diagnostics }
}

fn ids(articles: &[Story]) -> impl Iterator<Item = ArticleId> + use<> {
    (0..articles.len() as u32).map(ArticleId)
}

/// The language of a front matter's tag (which `read` has checked), or the site's.
fn language_of(tag: Option<&str>, config: &Config) -> Language {
    tag.and_then(|tag| Language::parse(tag).ok()).unwrap_or_else(|| config.language.clone())
}

/// Records by what they are.
#[derive(Default)]
struct Sorted {
    articles: Vec<Article>,
    pages: Vec<Page>,
    authors: Vec<Author>,
    sections: Vec<crate::article::SectionFile>,
    front: Option<crate::article::SectionFile>,
    files: Vec<Asset>,
}

impl Sorted {
    fn new(records: Vec<Record>) -> Sorted {
        let mut sorted = Sorted::default();
        for record in records {
            match record {
                Record::Article(article) => sorted.articles.push(*article),
                Record::Page(page) => sorted.pages.push(*page),
                Record::Author(author) => sorted.authors.push(*author),
                Record::Section(section) if section.source == "content/_index.md" => sorted.front = Some(*section),
                Record::Section(section) => sorted.sections.push(*section),
                Record::File(file) => sorted.files.push(file),
            }
        }
        sorted
    }

    /// Leaves out files of articles that are not public, so that no name or picture leaks: what lies in their own
    /// folders, and what of other files only they refer to.
    fn drop_files_of(&mut self, hidden: &Hidden) {
        if hidden.folders.is_empty() && hidden.files.is_empty() {
            return;
        }
        let mut shown = BTreeSet::new();
        self.articles.iter().for_each(|article| shown.extend(files_of(article)));
        for (source, image, body) in self.other_texts() {
            let references = image.into_iter().chain(body.files.iter().map(String::as_str));
            shown.extend(references.filter_map(|reference| source::resolve(source, reference)));
        }
        let is_hidden = |file: &Asset| {
            hidden.folders.iter().any(|folder| file.source.starts_with(folder.as_str()))
                || (hidden.files.contains(&file.source) && !shown.contains(&file.source))
        };
        self.files.retain(|file| !is_hidden(file));
    }

    /// Source, picture and body of what is no article.
    fn other_texts(&self) -> impl Iterator<Item = (&str, Option<&str>, &BodyScan)> {
        let pages = self.pages.iter().map(|page| {
            (page.source.as_str(), page.front.image.as_ref().map(|image| image.0.src.as_str()), &page.body)
        });
        let sections = self.sections.iter().chain(&self.front).map(|section| {
            (section.source.as_str(), section.front.image.as_ref().map(|image| image.0.src.as_str()), &section.body)
        });
        let authors =
            self.authors.iter().map(|author| (author.source.as_str(), author.front.image.as_deref(), &author.body));
        pages.chain(sections).chain(authors)
    }
}

/// What belongs to articles and pages that are not public.
#[derive(Default)]
struct Hidden {
    /// Their own folders.
    folders: Vec<String>,
    /// What they refer to.
    files: BTreeSet<String>,
}

impl Hidden {
    fn add(&mut self, source: &str, files: impl Iterator<Item = String>) {
        self.folders.extend(source.strip_suffix("index.md").map(str::to_owned));
        self.files.extend(files);
    }
}

/// The sources that an article shows or links to.
fn files_of(article: &Article) -> impl Iterator<Item = String> {
    let image = article.front.image.as_ref().map(|image| image.0.src.as_str());
    let references = image.into_iter().chain(article.body.files.iter().map(String::as_str));
    references.filter_map(|reference| source::resolve(&article.source, reference))
}

/// A diagnostic about a key of an article's front matter.
fn about(article: &Article, code: crate::diagnostic::Code, key: &str, value: &str, message: String) -> Diagnostic {
    Diagnostic::new(code, article.source.as_str(), message).in_key(key, value)
}
