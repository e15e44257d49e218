//! Fronts: the stories of each block.

use std::collections::{BTreeMap, HashSet};

use jiff::Timestamp;

use crate::article::{self, Article, Kind, Layout};
use crate::config::{Config, EditionId, TermConfig};
use crate::content_path::{below_content, in_content, top_folder};
use crate::date::Moment;
use crate::diagnostic::{Code, Diagnostic, did_you_mean};
use crate::unicode::{composed, name_key};

use super::filling::FrontFilling;
use super::{ArticleId, AuthorId, Section, SectionId, Series, Site, Term};

/// The number of stories in a block without a `limit`.
const DEFAULT_LIMIT: usize = 6;

/// The number of stories at the top of a front page without blocks of its own.
const LEAD_LIMIT: usize = 5;

/// One block of a front.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrontBlock {
    /// The heading.
    pub heading: Option<String>,
    /// The style in which the theme shows it.
    pub style: String,
    /// The subject of its query, for a link from the heading.
    pub subject: Option<Subject>,
    /// Its stories; never empty.
    pub stories: Vec<ArticleId>,
}

/// The subject of a block's query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// A section.
    Section(SectionId),
    /// A tag, by its place.
    Tag(usize),
    /// A series, by its place.
    Series(usize),
}

/// A page that blocks can lay out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FrontId {
    /// The front page of an edition.
    Home(EditionId),
    /// The first page of a section.
    Section(SectionId),
    /// The first page of an author.
    Author(AuthorId),
    /// The first page of a term: the place of its taxonomy, and its own place in it.
    Term(usize, usize),
}

/// The blocks of each front. Other pages than the front page are missing if nothing lays them out.
pub type Fronts = BTreeMap<FrontId, Vec<FrontBlock>>;

/// Lays out the front page according to `content/_index.md`, or by default rules without it, and the first pages of the
/// sections, authors and terms that have blocks. An article shown by one block is not repeated by a later one of the
/// same page.
pub(super) fn lay_out(site: &Site, config: &Config, now: Timestamp, diagnostics: &mut Vec<Diagnostic>) -> Fronts {
    let home = home_layouts(site, config);
    let sections = site.sections.iter().zip(0..).filter_map(|(section, at)| {
        let file = section.file.as_ref()?;
        Some((FrontId::Section(SectionId(at)), file.layout()))
    });
    let borrowed = borrowed_sections(site);
    let authors = site.authors.iter().zip(0..).filter(|(person, _)| person.has_page);
    let authors = authors.map(|(person, at)| (FrontId::Author(AuthorId(at)), person.author.layout()));
    let terms = config.terms.iter().filter(|term| !term.blocks.is_empty());
    let terms = terms.flat_map(|term| term_fronts(site, term).into_iter().map(|id| (id, term.layout())));
    let written = home
        .chain(sections)
        .chain(borrowed)
        .chain(authors)
        .chain(terms)
        .filter(|(_, layout)| !layout.blocks.is_empty());
    let mut fronts: Fronts = written
        .map(|(id, layout)| (id, FrontBuilder::new(site, config, id, layout, now).lay_out(diagnostics)))
        .collect();
    for edition in config.editions().map(|config| config.edition.id) {
        fronts
            .entry(FrontId::Home(edition))
            .or_insert_with(|| by_default(site, FrontFilling::new(site, config, edition), edition));
    }
    fronts
}

/// The layouts of all front pages. An edition without a file of its own has the layout of the main one.
fn home_layouts<'s>(site: &'s Site, config: &'s Config) -> impl Iterator<Item = (FrontId, Layout<'s>)> {
    let main = site.edition(EditionId::MAIN).front.as_ref();
    config.editions().map(|config| config.edition.id).filter_map(move |id| {
        let file = site.edition(id).front.as_ref().or(main)?;
        Some((FrontId::Home(id), file.layout()))
    })
}

/// The layouts of sections without a file of their own that have one in the main edition.
fn borrowed_sections(site: &Site) -> impl Iterator<Item = (FrontId, Layout<'_>)> {
    let without = site.sections.iter().zip((0..).map(SectionId));
    let without = without.filter(|(section, _)| section.file.is_none() && section.edition != EditionId::MAIN);
    without.filter_map(|(section, at)| {
        let is_main = |other: &&Section| other.edition == EditionId::MAIN && other.id == section.id;
        let main = site.sections.iter().find(is_main)?;
        Some((FrontId::Section(at), main.file.as_ref()?.layout()))
    })
}

/// Returns the fronts of a term that `site.yaml` names, in each edition in which a listed story has it.
fn term_fronts(site: &Site, named: &TermConfig) -> Vec<FrontId> {
    let Some(taxonomy) = site.taxonomies.iter().position(|taxonomy| taxonomy.name == named.taxonomy) else {
        return Vec::new();
    };
    let key = name_key(&named.name);
    let terms = site.taxonomies[taxonomy].terms.iter().enumerate();
    terms.filter(|(_, term)| name_key(&term.written) == key).map(|(at, _)| FrontId::Term(taxonomy, at)).collect()
}

/// The edition of a front.
fn edition_of(site: &Site, id: FrontId) -> EditionId {
    match id {
        FrontId::Home(edition) => edition,
        FrontId::Section(id) => site.section(id).edition,
        FrontId::Author(id) => site.person(id).edition,
        FrontId::Term(taxonomy, term) => site.taxonomies[taxonomy].terms[term].edition,
    }
}

/// A front being laid out.
struct FrontBuilder<'s> {
    site: &'s Site,
    id: FrontId,
    edition: EditionId,
    /// True if the layout is that of another edition: subjects that this one lacks are then no error.
    is_borrowed: bool,
    filling: FrontFilling<'s>,
    layout: Layout<'s>,
    now: Timestamp,
    shown: HashSet<ArticleId>,
}

impl<'s> FrontBuilder<'s> {
    fn new(site: &'s Site, config: &'s Config, id: FrontId, layout: Layout<'s>, now: Timestamp) -> FrontBuilder<'s> {
        let edition = edition_of(site, id);
        let file = match id {
            FrontId::Home(edition) => site.edition(edition).front.as_ref().map(|file| &*file.source),
            FrontId::Section(id) => site.section(id).file.as_ref().map(|file| &*file.source),
            FrontId::Author(id) => Some(&*site.person(id).author.source).filter(|_| site.person(id).file_of == id),
            FrontId::Term(..) => Some(layout.source).filter(|_| edition == EditionId::MAIN),
        };
        let is_borrowed = file.is_none() && edition != EditionId::MAIN;
        let filling = FrontFilling::new(site, config, edition);
        FrontBuilder { site, id, edition, is_borrowed, filling, layout, now, shown: HashSet::new() }
    }

    fn lay_out(mut self, diagnostics: &mut Vec<Diagnostic>) -> Vec<FrontBlock> {
        let blocks = self.layout.blocks.iter().zip(self.layout.until);
        blocks.filter_map(|(block, until)| self.block(block, until, diagnostics)).collect()
    }

    fn block(
        &mut self,
        block: &article::Block,
        until: &[Option<Moment>],
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Option<FrontBlock> {
        let mut stories = Vec::new();
        for (pick, until) in block.pick.0.iter().zip(until) {
            let is_full = block.limit.is_some_and(|limit| stories.len() >= limit);
            if let Some(id) = self.picked(&pick.0.article, diagnostics).and_then(|id| self.in_edition(id))
                && until.is_none_or(|until| until.instant > self.now)
                && self.site.story(id).is_listed()
                && !is_full
                && self.shown.insert(id)
            {
                stories.push(id);
            }
        }
        let query = self.query(block, diagnostics)?;
        if query.is_asked || block.pick.0.is_empty() {
            let limit = block.limit.unwrap_or(DEFAULT_LIMIT).saturating_sub(stories.len());
            let from = if block.whole_site { &self.site.edition(self.edition).latest } else { self.own_stories() };
            let newest = from.iter().rev().copied().filter(|&id| query.finds(self.site, block, id));
            stories.extend(take_new(newest, limit, &mut self.shown));
            self.fill(block, &mut stories);
        }
        let style = block.style.clone().unwrap_or_else(|| "river".to_owned());
        let subject = query.subject;
        let heading = if self.is_borrowed { self.subject_title(subject) } else { block.heading.clone() };
        (!stories.is_empty()).then_some(FrontBlock { heading, style, subject, stories })
    }

    /// Fills a block up with stories of other editions.
    fn fill(&mut self, block: &article::Block, stories: &mut Vec<ArticleId>) {
        let (site, filling, id) = (self.site, self.filling, self.id);
        let lists = filling.editions().filter_map(|other| {
            let query = Query::silent(site, other, block)?;
            let own = || filling.page_of(id, other);
            let list = if block.whole_site { Some(site.edition(other).latest.as_slice()) } else { own() };
            Some((query, list?))
        });
        let lists: Vec<(Query<'_>, &[ArticleId])> = lists.collect();
        let is_wanted = |id: ArticleId| {
            let edition = site.story(id).edition;
            lists.iter().any(|(query, _)| query.edition == edition && query.finds(site, block, id))
        };
        let limit = block.limit.unwrap_or(DEFAULT_LIMIT);
        filling.complete(stories, limit, lists.iter().map(|(_, list)| *list), &mut self.shown, is_wanted);
    }

    /// The heading of a block whose own one is in the language of another edition.
    fn subject_title(&self, subject: Option<Subject>) -> Option<String> {
        Some(match subject? {
            Subject::Section(id) => self.site.section(id).title.clone(),
            Subject::Tag(at) => self.site.taxonomies.first()?.terms[at].title.clone(),
            Subject::Series(at) => self.site.series[at].title.clone(),
        })
    }

    /// A story as this front shows it: itself, or its translation for this edition.
    fn in_edition(&self, id: ArticleId) -> Option<ArticleId> {
        let story = self.site.story(id);
        if story.edition == self.edition {
            return Some(id);
        }
        let own = story.translations.iter().copied().find(|&other| self.site.story(other).edition == self.edition);
        own.or_else(|| self.filling.shows(id).then_some(id))
    }

    /// Returns the stories from which a block selects unless it says otherwise, oldest first.
    fn own_stories(&self) -> &'s [ArticleId] {
        let site = self.site;
        match self.id {
            FrontId::Home(edition) => &site.edition(edition).latest,
            FrontId::Section(id) => &site.section(id).stories,
            FrontId::Author(id) => &site.person(id).stories,
            FrontId::Term(taxonomy, term) => &site.taxonomies[taxonomy].terms[term].stories,
        }
    }

    /// Returns `None` for an unknown subject, which is reported.
    fn query(&self, block: &article::Block, diagnostics: &mut Vec<Diagnostic>) -> Option<Query<'s>> {
        let site = self.site;
        let mut found: Vec<(Option<Subject>, &'s [ArticleId])> = Vec::new();
        let mut add = |what: &str, name: &str, find: Find<'s>| {
            match find(site, self.edition, name) {
                Ok((subject, list)) => found.push((Some(subject), list)),
                // Stories of another edition fill the block.
                Err(_) if self.filling.editions().any(|other| find(site, other, name).is_ok()) => {
                    found.push((None, &[]));
                }
                // A subject that only unlisted articles have gives an empty block, not an error: the file need not
                // change with the clock.
                Err(_) if site.dormant.contains(&name_key(name.trim_matches('/'))) => return false,
                Err(_) if site.may_have_lost(what) || self.is_borrowed => return false,
                Err(hint) => {
                    let message = format!("unknown {what} `{}`", name.escape_debug());
                    let diagnostic = Diagnostic::new(Code::UnknownPick, self.layout.source, message);
                    diagnostics.push(diagnostic.in_key(self.layout.key, name).hint_maybe(hint));
                    return false;
                }
            }
            true
        };
        let mut is_known = true;
        if let Some(name) = &block.section {
            is_known &= add("section", name, section);
        }
        if let Some(name) = &block.tag {
            is_known &= add("tag", name, tag);
        }
        if let Some(name) = &block.series {
            is_known &= add("series", name, series);
        }
        let subject = found.first().and_then(|(subject, _)| *subject);
        if let Some(Subject::Section(other)) = subject
            && !block.whole_site
        {
            diagnostics.extend(self.is_apart_from(other).then(|| self.no_common_stories(other, block)));
        }
        let lists: Vec<&[ArticleId]> = found.into_iter().map(|(_, list)| list).collect();
        is_known.then(|| Query {
            edition: self.edition,
            is_asked: !lists.is_empty() || block.kind.is_some(),
            subject,
            lists,
        })
    }

    /// True for the front of a section that can never have a story in common with another one.
    fn is_apart_from(&self, other: SectionId) -> bool {
        let contains = |outer: SectionId, inner: SectionId| {
            let parent = |id: &SectionId| self.site.section(*id).parent;
            std::iter::successors(Some(inner), parent).any(|id| id == outer)
        };
        matches!(self.id, FrontId::Section(own) if !contains(own, other) && !contains(other, own))
    }

    fn no_common_stories(&self, other: SectionId, block: &article::Block) -> Diagnostic {
        let id = &self.site.section(other).id;
        let message = format!("no story of this page can be in the section `{id}`");
        let written = block.section.as_deref().unwrap_or(id);
        Diagnostic::new(Code::InvalidValue, self.layout.source, message)
            .in_key(self.layout.key, written)
            .hint("add `whole_site: true` to the block, and it selects from all stories of the site")
    }

    /// Returns the picked article: a path below `content/`, with or without a leading slash and `.md`.
    fn picked(&self, path: &str, diagnostics: &mut Vec<Diagnostic>) -> Option<ArticleId> {
        let (site, candidates) = (self.site, candidates(path));
        if let Some(id) = candidates.iter().find_map(|source| site.article_of(source)) {
            return Some(id);
        }
        // A pick that is not public yet, or no longer, is just left out: the file need not change with the clock.
        if candidates.iter().any(|source| site.hidden.contains_key(source) || site.faulty.contains(source)) {
            return None;
        }
        let below = below(path);
        let sources = site.articles.iter().filter_map(|story| below_content(&story.article.source));
        let hint = did_you_mean(below, sources).unwrap_or_else(|| "write the file's path inside content/".to_owned());
        let message = format!("unknown article `{}`", path.escape_debug());
        let diagnostic = Diagnostic::new(Code::UnknownPick, self.layout.source, message);
        diagnostics.push(diagnostic.in_key(self.layout.key, path).hint(hint));
        None
    }
}

fn take_new(ids: impl Iterator<Item = ArticleId>, limit: usize, shown: &mut HashSet<ArticleId>) -> Vec<ArticleId> {
    ids.filter(|&id| shown.insert(id)).take(limit).collect()
}

/// A block's query: a story must match every part.
struct Query<'s> {
    edition: EditionId,
    is_asked: bool,
    subject: Option<Subject>,
    lists: Vec<&'s [ArticleId]>,
}

impl<'s> Query<'s> {
    /// The query of a block in another edition; `None` if that has no such section, tag or series.
    fn silent(site: &'s Site, edition: EditionId, block: &article::Block) -> Option<Query<'s>> {
        let parts: [(&Option<String>, Find<'s>); 3] =
            [(&block.section, section), (&block.tag, tag), (&block.series, series)];
        let named = parts.into_iter().filter_map(|(name, find)| Some((name.as_deref()?, find)));
        let lists: Result<Vec<&[ArticleId]>, Option<String>> =
            named.map(|(name, find)| find(site, edition, name).map(|(_, list)| list)).collect();
        let lists = lists.ok()?;
        Some(Query { edition, is_asked: true, subject: None, lists })
    }

    fn finds(&self, site: &Site, block: &article::Block, id: ArticleId) -> bool {
        let is_kind = block.kind.is_none_or(|kind| site.story(id).article.front.kind == kind);
        is_kind && self.lists.iter().all(|list| list.contains(&id))
    }
}

type FoundList<'s> = Result<(Subject, &'s [ArticleId]), Option<String>>;

/// Finds a list of an edition by its name.
type Find<'s> = fn(&'s Site, EditionId, &str) -> FoundList<'s>;

fn section<'s>(site: &'s Site, edition: EditionId, name: &str) -> FoundList<'s> {
    let id = composed(name.trim_matches('/'));
    let at = site.sections.iter().position(|section| section.edition == edition && section.id == id);
    let at = at.ok_or_else(|| {
        // Editors may know a section by its title.
        let own = || site.sections.iter().filter(|section| section.edition == edition);
        let titled = own().find(|section| name_key(&section.title) == name_key(&id));
        let titled = titled.map(|section| format!("did you mean `{}`?", section.id));
        titled.or_else(|| did_you_mean(&id, own().map(|section| section.id.as_str())))
    })?;
    Ok((Subject::Section(SectionId(at as u32)), &site.sections[at].stories))
}

fn tag<'s>(site: &'s Site, edition: EditionId, name: &str) -> FoundList<'s> {
    let terms = site.taxonomies.first().map_or(&[][..], |tags| &tags.terms);
    let key = name_key(name);
    let is_meant = |term: &Term| name_key(&term.written) == key || name_key(&term.title) == key || term.slug == name;
    let at = terms.iter().position(|term| term.edition == edition && is_meant(term));
    let at = at.ok_or_else(|| did_you_mean(name, terms.iter().map(|term| term.title.as_str())))?;
    Ok((Subject::Tag(at), &terms[at].stories))
}

fn series<'s>(site: &'s Site, edition: EditionId, name: &str) -> FoundList<'s> {
    let key = name_key(name);
    let is_meant =
        |series: &Series| name_key(&series.written) == key || name_key(&series.title) == key || series.slug == name;
    let at = site.series.iter().position(|series| series.edition == edition && is_meant(series));
    let at = at.ok_or_else(|| {
        let slug = did_you_mean(name, site.series.iter().map(|series| series.slug.as_str()));
        slug.or_else(|| did_you_mean(name, site.series.iter().map(|series| series.title.as_str())))
    })?;
    Ok((Subject::Series(at), &site.series[at].parts))
}

/// Returns the names under which an article is filed, by [`name_key`].
pub(super) fn names_of(article: &Article) -> impl Iterator<Item = String> + '_ {
    let front = &article.front;
    let section = top_folder(&article.source);
    let names =
        front.tags.iter().map(AsRef::as_ref).chain(front.rare().series.as_ref().map(|series| series.0.id.as_str()));
    let terms = front.rare().taxonomies.0.iter().flat_map(|(_, terms)| terms.0.iter().map(String::as_str));
    names.chain(terms).chain(section).map(name_key)
}

fn below(path: &str) -> &str {
    let path = path.trim_start_matches('/');
    below_content(path).unwrap_or(path)
}

/// Returns the possible sources of a pick.
pub(super) fn candidates(path: &str) -> [String; 3] {
    let path = composed(path);
    let below = below(&path);
    [
        in_content(below),
        in_content(&format!("{below}.md")),
        in_content(&format!("{}/index.md", below.trim_end_matches('/'))),
    ]
}

/// The default front page: the newest story with a picture leads, with other new ones beside it, then the newest
/// stories, then each section if there are several.
fn by_default(site: &Site, filling: FrontFilling<'_>, edition: EditionId) -> Vec<FrontBlock> {
    let shown = &mut HashSet::new();
    let newest = || site.edition(edition).latest.iter().rev().copied();
    let has_image = |id: &ArticleId| site.story(*id).article.front.image.is_some();
    // Sponsored stories and press releases never lead the front page.
    let is_own = |id: &ArticleId| !matches!(site.story(*id).article.front.kind, Kind::Sponsored | Kind::PressRelease);
    let own = || newest().filter(is_own);
    let lead = own().take(DEFAULT_LIMIT).find(has_image).or_else(|| own().next());
    let mut blocks = Vec::new();
    let mut add = |heading: Option<String>, style: &str, subject, stories: Vec<ArticleId>| {
        if !stories.is_empty() {
            blocks.push(FrontBlock { heading, style: style.to_owned(), subject, stories });
        }
    };
    let mut leading = take_new(lead.into_iter().chain(own()), LEAD_LIMIT, shown);
    filling.complete(&mut leading, LEAD_LIMIT, filling.latest(), shown, |id| is_own(&id));
    add(None, "lead", None, leading);
    let is_main = |section: &Section| section.edition == edition && section.parent.is_none();
    let main = || site.sections.iter().zip(0..).filter(|(section, _)| is_main(section));
    // The only section has nothing else than the newest stories.
    let is_alone = main().count() == 1;
    let limit = if is_alone { 3 * DEFAULT_LIMIT } else { DEFAULT_LIMIT };
    let mut river = take_new(newest(), limit, shown);
    filling.complete(&mut river, limit, filling.latest(), shown, |_| true);
    add(None, "river", None, river);
    if !is_alone {
        for (section, at) in main() {
            let mut stories = take_new(section.stories.iter().rev().copied(), 4, shown);
            let same = filling.same_page(FrontId::Section(SectionId(at)));
            filling.complete(&mut stories, 4, same, shown, |_| true);
            add(Some(section.title.clone()), "row", Some(Subject::Section(SectionId(at))), stories);
        }
    }
    blocks
}
