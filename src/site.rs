//! Assembles the site from all records as of an instant: authors, listings, related stories, and everything else that
//! connects them.

mod amendments;
mod clock;
mod commenting;
mod editions;
mod embeds;
mod file_uses;
mod filling;
mod front;
mod gone;
mod naming;
mod people;
mod picture_texts;
mod preview;
mod records;
mod references;
mod related;
mod text_replacement;
mod retracted;
mod sections;
mod security;
mod state;
mod stories;
mod story_ids;
mod first_pass;
mod taxonomies;
mod threads;
mod translation_status;
mod translations;
mod window;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use ahash::HashMap;
use hashbrown::HashTable;
use jiff::{SignedDuration, Timestamp};

use crate::article::{Article, Byline, Guest, Page, SectionFile};
use crate::author::Author;
use crate::config::{Config, EditionId};
use crate::diagnostic::{Diagnostic, Reported};
use crate::language::Language;
use crate::read::{CopiedFile, Record};
use crate::source::hash;

use first_pass::FirstPass;
use records::{Records, Unpublished};
use stories::PublicStories;

pub use amendments::{Amendment, AmendmentKind, anchors, of_story};
pub use clock::{Change, Effect, changes, is_indexed, is_news};
pub use commenting::Commenting;
pub use file_uses::uses_of_files;
pub use front::{FrontBlock, FrontId, Fronts, Subject};
pub use gone::{Gone, Tombstone};
pub use picture_texts::check_picture_texts;
pub use preview::Preview;
pub use references::References;
pub use related::Related;
pub use sections::Section;
pub use state::{State, has_been_public, has_opened, is_emptied, state};
pub use story_ids::{blame_new_story, story_id};
pub use taxonomies::{Series, Taxonomy, Term, slug_line};
pub use text_replacement::differ_only_in_text;
pub use threads::Thread;
pub use translation_status::{TranslationState, TranslationStatus, translation_status};
pub use translations::with_shared_embargoes;
pub use window::Window;

/// The place of an article in [`Site::articles`]; higher is newer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ArticleId(pub u32);
/// The place of an author in [`Site::authors`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AuthorId(pub u32);
/// The place of a section in [`Site::sections`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SectionId(pub u32);

/// A credited person or organization, resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Signer {
    /// An author with a page.
    Author(AuthorId),
    /// A person named in the story's front matter.
    Guest(Box<Guest>),
}

/// A public article with its connections to others.
#[derive(Debug, Clone)]
pub struct Story {
    /// The article.
    pub article: Arc<Article>,
    /// True if the article is the same as in its file: nothing in it is dated ahead or retracted.
    pub is_as_written: bool,
    /// Published, or retracted.
    pub state: State,
    /// In a preview, what keeps it from readers: it is a draft, or not public yet.
    pub unpublished: Option<State>,
    /// Its language.
    pub language: Language,
    /// The edition that lists it.
    pub edition: EditionId,
    /// The story that it is a translation of.
    pub original: Option<ArticleId>,
    /// The same story in other editions, the original included, in the order of the editions.
    pub translations: Box<[ArticleId]>,
    /// The section nearest to its file.
    pub section: SectionId,
    /// The authors, in the order of the byline.
    pub authors: Box<[Signer]>,
    /// The other contributors, by role.
    pub contributors: Box<[(String, Box<[Signer]>)]>,
    /// The agency that supplied it.
    pub wire: Option<Signer>,
    /// Its tags in the order listed: terms of the first of [`Site::taxonomies`].
    pub tags: Box<[u32]>,
    /// Its terms in other taxonomies: the taxonomy, and the terms in the order listed.
    pub terms: Box<[(usize, Box<[u32]>)]>,
    /// The series, and the number of the part in it.
    pub series: Option<(usize, u32)>,
    /// The next older story of the section.
    pub older: Option<ArticleId>,
    /// The next newer story of the section.
    pub newer: Option<ArticleId>,
    /// Related stories.
    pub related: Related,
    /// The rule for comments.
    pub commenting: Commenting,
}

impl Story {
    /// True if listings show it.
    pub fn is_listed(&self) -> bool {
        self.state == State::Published
    }

    /// Returns its byline.
    pub fn byline(&self) -> Byline<'_, Signer> {
        Byline::new(&self.authors, self.wire.as_ref())
    }

    /// True if its text is published: a retracted story loses its text, unless its front matter keeps it.
    pub fn has_body(&self) -> bool {
        !state::is_emptied(&self.article, self.state)
    }
}

/// An author in one edition, and the stories there that they have worked on.
#[derive(Debug, Clone)]
pub struct Person {
    /// The author's file: the edition's own, or that of the main edition.
    pub author: Author,
    /// The edition.
    pub edition: EditionId,
    /// The author whose file this is: the same one, or the one of the main edition.
    pub file_of: AuthorId,
    /// True if the edition has a page of the author.
    pub has_page: bool,
    /// The language of the name and biography.
    pub language: Language,
    /// The stories that they wrote, contributed to or supplied, oldest first.
    pub stories: Vec<ArticleId>,
}

/// A standalone page.
#[derive(Debug, Clone)]
pub struct StandalonePage {
    /// The page's file.
    pub page: Page,
    /// Its language.
    pub language: Language,
    /// Its edition.
    pub edition: EditionId,
    /// The path of the file of the main edition that it corresponds to.
    pub original: String,
}

/// The lists of one edition.
#[derive(Debug, Clone, Default)]
pub struct SiteEdition {
    /// The listed stories, oldest first.
    pub latest: Vec<ArticleId>,
    /// The stories of the last 48 hours for the news sitemap, oldest first.
    pub news: Vec<ArticleId>,
    /// The file of the front page.
    pub front: Option<SectionFile>,
    /// Corrections, notes and retractions of public articles, oldest first.
    pub amendments: Vec<Amendment>,
}

/// The public content and its connections.
#[derive(Debug, Clone)]
pub struct Site {
    /// Public articles, oldest first.
    pub articles: Vec<Story>,
    /// For each article, the place of its file among all articles, public or not, in the order of their paths.
    pub ranks: Vec<u32>,
    /// The lists of each edition, the main one first.
    pub editions: Vec<SiteEdition>,
    /// All authors with a file, by id; after those of the main edition, those of each other one.
    pub authors: Vec<Person>,
    /// Sections by edition; parents before children, by weight, then by title.
    pub sections: Vec<Section>,
    /// Tags first, then the configured ones in their order.
    pub taxonomies: Vec<Taxonomy>,
    /// The series, by title.
    pub series: Vec<Series>,
    /// The standalone pages.
    pub pages: Vec<StandalonePage>,
    /// The files to copy.
    pub files: Vec<CopiedFile>,
    /// The blocks of the front page and of other fronts.
    pub fronts: Fronts,
    /// True if the front page has the breaking-news banner of `site.yaml`.
    pub is_breaking: bool,
    /// The articles and pages without a page and the files that are not copied, by source, with their state.
    pub hidden: BTreeMap<String, State>,
    /// Former public content: its old URLs, and the notices published there.
    pub gone: Vec<Gone>,
    /// Terms, series and top-level folders that only unlisted articles use, by [`crate::unicode::name_key`], so that
    /// they do not count as unknown.
    pub dormant: BTreeSet<String>,
    /// Sources that could not be read; references to them are not reported.
    pub faulty: BTreeSet<String>,
    /// The published comments, by story.
    pub threads: HashMap<ArticleId, Thread>,
    /// The period in which the site stays the same without an edit.
    pub window: Window,
    /// The kind of preview; `None` for the public site.
    pub preview: Option<Preview>,
    languages: Vec<Language>,
    by_source: HashTable<ArticleId>,
}

impl Site {
    /// Returns the story with an id.
    pub fn story(&self, id: ArticleId) -> &Story {
        &self.articles[id.0 as usize]
    }

    /// Returns the lists of an edition.
    pub fn edition(&self, id: EditionId) -> &SiteEdition {
        &self.editions[usize::from(id.0)]
    }

    /// The authors with a file of their own, each once.
    pub fn author_files(&self) -> impl Iterator<Item = (AuthorId, &Person)> {
        let people = (0..).map(AuthorId).zip(&self.authors);
        people.filter(|(id, person)| person.file_of == *id)
    }

    /// The files of all front pages.
    pub fn front_files(&self) -> impl Iterator<Item = &SectionFile> {
        self.editions.iter().filter_map(|edition| edition.front.as_ref())
    }

    /// Returns the author with an id.
    pub fn person(&self, id: AuthorId) -> &Person {
        &self.authors[id.0 as usize]
    }

    /// Returns the section with an id.
    pub fn section(&self, id: SectionId) -> &Section {
        &self.sections[id.0 as usize]
    }

    /// Returns the public article of a source file.
    pub fn article_of(&self, source: &str) -> Option<ArticleId> {
        self.by_source.find(hash(source), |&id| *self.story(id).article.source == *source).copied()
    }

    /// The date of publication of a source's story, if it is public.
    pub fn published(&self, source: &str) -> Option<Timestamp> {
        self.article_of(source).map(|id| self.story(id).article.dates.published.instant)
    }

    /// True if a story with errors may have lost its tags or its series to them: then an unknown name is no error.
    pub fn may_have_lost(&self, what: &str) -> bool {
        let stories =
            self.faulty.iter().filter_map(|source| self.article_of(source)).map(|id| &self.story(id).article.front);
        match what {
            "tag" => stories.into_iter().any(|front| front.tags.is_empty()),
            "series" => stories.into_iter().any(|front| front.rare().series.is_none()),
            _ => false,
        }
    }

    /// Returns the blocks of a front; none for the first page of a list that nothing lays out.
    pub fn blocks(&self, front: FrontId) -> &[FrontBlock] {
        self.fronts.get(&front).map_or(&[], Vec::as_slice)
    }

    /// True if a front as of `instant`, the instant of assembly, differs from the one before because picks end then.
    pub fn ends_picks(&self, config: &Config, instant: Timestamp) -> bool {
        let before = instant.checked_sub(SignedDuration::from_nanos(1));
        before.is_ok_and(|before| front::lay_out(self, config, before, &mut Vec::new()) != self.fronts)
    }

    /// The languages of all pages, each once, the site's first.
    pub fn languages<'a>(&'a self, config: &'a Config) -> impl Iterator<Item = &'a Language> {
        std::iter::once(&config.language).chain(&self.languages)
    }
}

/// Assembles all records as of `now`.
pub fn assemble(
    records: Vec<Record>,
    faulty: BTreeSet<String>,
    config: &Config,
    now: Timestamp,
    drafts: bool,
) -> Reported<Site> {
    let mut diagnostics = Vec::new();
    let mut records = Records::new(records, config);
    translations::share_embargoes(&mut records.articles, config);
    let rules = clock::Rules::new(config, drafts);
    let first_pass = FirstPass::of_all(&mut records.articles, now, rules);
    diagnostics.extend(security::warning(config, now));
    story_ids::check(&records.articles, config, &mut diagnostics);
    let window = first_pass.window.and(window::of_fronts(records.layouts(config), config, now));
    let Unpublished { hidden, dormant } = records.hide(&first_pass.facts, config, drafts);
    let languages = Languages::new(&first_pass, &records, config);
    let originals = translations::originals(&records.articles, &faulty, config, &mut diagnostics);
    translation_status::check(&records.articles, &originals, &mut diagnostics);
    let people = people::Directory::new(records.authors, &faulty, &languages, config);
    let sections = sections::Tree::new(records.sections, &first_pass, config, &languages, &mut diagnostics);
    let gone = gone::collect(&records.articles, &first_pass, &sections, &languages, config);
    let PublicStories { stories: mut articles, places, by_source } =
        stories::collect(records.articles, &first_pass, &sections, &people, &languages, (now, rules), &mut diagnostics);
    translations::link(&mut articles, &places, &originals);
    let taxonomies = taxonomies::classify(&mut articles, &first_pass, &places, config, &mut diagnostics);
    let series = taxonomies::number_series(&mut articles, &first_pass, &places, config, &mut diagnostics);
    taxonomies::check_terms(config, &taxonomies, &series, &dormant, &faulty, &mut diagnostics);
    let sections = sections.fill(&mut articles);
    related::relate(&mut articles, &taxonomies);
    let authors = people.fill(&articles);
    let editions = editions::collect(&articles, records.fronts, config, now);
    let pages = records.pages.into_iter().map(|page| languages.standalone(page, config)).collect();
    let mut site = Site {
        articles,
        ranks: places,
        editions,
        authors,
        sections,
        taxonomies,
        series,
        pages,
        files: records.files,
        fronts: Fronts::new(),
        is_breaking: config.breaking.as_ref().is_some_and(|line| line.is_shown(now)),
        hidden,
        gone,
        dormant,
        faulty,
        threads: HashMap::default(),
        window,
        preview: None,
        languages: languages.others(),
        by_source,
    };
    site.fronts = front::lay_out(&site, config, now, &mut diagnostics);
    site.threads = threads::collect(records.comments, &site, &mut diagnostics);
    Reported { value: site, diagnostics }
}

fn ids(articles: &[Story]) -> impl Iterator<Item = ArticleId> + use<> {
    (0..articles.len() as u32).map(ArticleId)
}

/// The languages of a site: its own, those of its editions, and those that front matter names.
struct Languages {
    own: Language,
    named: HashMap<String, (Language, EditionId)>,
}

impl Languages {
    fn new(first_pass: &FirstPass, records: &Records, config: &Config) -> Languages {
        let mut tags: BTreeSet<&str> = first_pass.languages.iter().map(String::as_str).collect();
        tags.extend(records.pages.iter().filter_map(|page| page.front.language.as_deref()));
        tags.extend(records.authors.iter().filter_map(|author| author.front.language.as_deref()));
        tags.extend(records.sections.iter().filter_map(|section| section.front.language.as_deref()));
        tags.extend(config.others.iter().map(|other| other.language.tag()));
        let named = tags.into_iter().filter_map(|tag| {
            let language = Language::parse(tag).ok()?;
            let edition = config.edition_of(&language).unwrap_or_default();
            Some((tag.to_owned(), (language, edition)))
        });
        Languages { own: config.language.clone(), named: named.collect() }
    }

    /// Returns the edition to which a language of front matter belongs.
    fn edition(&self, tag: Option<&str>) -> EditionId {
        tag.and_then(|tag| self.named.get(tag)).map_or(EditionId::MAIN, |(_, edition)| *edition)
    }

    /// Adds its language to a standalone page.
    fn standalone(&self, page: Page, config: &Config) -> StandalonePage {
        let tag = page.front.language.as_deref();
        let original = config.edition_paths().of(&page.source).original.into_owned();
        StandalonePage { language: self.of(tag), edition: self.edition(tag), original, page }
    }

    /// Returns the language of a tag in front matter (which `read` has checked), or the site's.
    fn of(&self, tag: Option<&str>) -> Language {
        tag.and_then(|tag| self.named.get(tag)).map_or(&self.own, |(language, _)| language).clone()
    }

    /// Returns the languages other than the site's own, by tag, each once.
    fn others(self) -> Vec<Language> {
        let mut others: Vec<Language> =
            self.named.into_values().map(|(language, _)| language).filter(|language| *language != self.own).collect();
        others.sort_by(|a, b| a.tag().cmp(b.tag()));
        others.dedup();
        others
    }
}

/// Creates a diagnostic about a key of an article's front matter.
fn about(article: &Article, code: crate::diagnostic::Code, key: &str, value: &str, message: String) -> Diagnostic {
    Diagnostic::new(code, &*article.source, message).in_key(key, value)
}
