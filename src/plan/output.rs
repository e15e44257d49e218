//! A planned output with the facts that other stages need.

use crate::config::{self, EditionId};
use crate::content_path::in_content;
use crate::route::Route;
use crate::site::{ArticleId, AuthorId, SectionId, Site};

use super::{Class, FeedSource, Listing, OutputKind, Plan};

/// One file to be written. Its facts are planned with its route, and no other stage works them out again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// The path below the output folder.
    pub route: Route,
    /// Its kind.
    pub kind: OutputKind,
    /// The file of the project that an editor opens to change it. Lists of several files have none.
    pub source: Option<SourceRef>,
    /// The edition that it belongs to; the main one for what all share.
    pub edition: EditionId,
    /// The newest story that it shows.
    pub newest: Option<ArticleId>,
    /// Its text version, by its place in [`super::Plan::outputs`].
    pub text_version: Option<u32>,
    /// True if the sitemap of pages lists it.
    pub is_in_sitemap: bool,
}

/// A file of the project that something is made from, by its place in the [`Site`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SourceRef {
    /// An article.
    Article(ArticleId),
    /// A standalone page.
    Page(usize),
    /// A file that is copied.
    File(usize),
    /// An author's file.
    Author(AuthorId),
    /// A section's `_index.md`.
    Section(SectionId),
    /// The `_index.md` of an edition's front page.
    Front(EditionId),
}

impl SourceRef {
    /// Its path below the project's folder; `None` for a section or front page without a file.
    pub fn path(self, site: &Site) -> Option<&str> {
        match self {
            SourceRef::Article(id) => Some(&site.story(id).article.source),
            SourceRef::Page(at) => Some(&site.pages[at].page.source),
            SourceRef::File(at) => Some(&site.files[at].source),
            SourceRef::Author(id) => Some(&site.person(id).author.source),
            SourceRef::Section(id) => site.section(id).file.as_ref().map(|file| file.source.as_str()),
            SourceRef::Front(edition) => site.edition(edition).front.as_ref().map(|file| file.source.as_str()),
        }
    }
}

impl Output {
    /// An output of which nothing else is known yet.
    pub(super) fn new(route: Route, kind: OutputKind) -> Output {
        Output {
            route,
            kind,
            source: None,
            edition: EditionId::MAIN,
            newest: None,
            text_version: None,
            is_in_sitemap: false,
        }
    }

    /// The same with the file that it is made from.
    pub(super) fn made_from(self, source: impl Into<Option<SourceRef>>) -> Output {
        Output { source: source.into(), ..self }
    }

    /// The same in an edition.
    pub(super) fn in_edition(self, edition: EditionId) -> Output {
        Output { edition, ..self }
    }

    /// The same with the newest story that it shows.
    pub(super) fn showing(self, newest: impl Into<Option<ArticleId>>) -> Output {
        Output { newest: newest.into(), ..self }
    }

    /// The same, listed in the sitemap of pages or not.
    pub(super) fn in_sitemap(self, is_in_sitemap: bool) -> Output {
        Output { is_in_sitemap, ..self }
    }

    /// The class of its kind.
    pub fn class(&self) -> Class {
        self.kind.class()
    }

    /// The path of its source below the project's folder.
    pub fn source_path<'s>(&self, site: &'s Site) -> Option<&'s str> {
        self.source?.path(site)
    }

    /// The article whose page it is.
    pub fn article(&self) -> Option<ArticleId> {
        match (self.class(), self.source) {
            (Class::Content, Some(SourceRef::Article(id))) => Some(id),
            _ => None,
        }
    }

    /// True for the page of a story, and for a standalone page.
    pub fn is_story(&self) -> bool {
        self.class() == Class::Content && matches!(self.source, Some(SourceRef::Article(_) | SourceRef::Page(_)))
    }

    /// Its place among the smaller pictures, if it is one.
    pub fn variant(&self) -> Option<usize> {
        match self.kind {
            OutputKind::Variant(at) => Some(at),
            _ => None,
        }
    }

    /// The file of the project that it is a copy of, by its place in [`Site::files`].
    pub fn copied_file(&self) -> Option<usize> {
        match self.source {
            Some(SourceRef::File(at)) => Some(at),
            _ => None,
        }
    }
}

/// The file that an editor changes to move an output: its source, or else the one that gives it its URL.
pub(super) fn file_to_change(plan: &Plan, site: &Site, output: &Output) -> String {
    if let Some(path) = output.source_path(site) {
        return path.to_owned();
    }
    match output.kind {
        OutputKind::Alias(target) => file_to_change(plan, site, &plan.outputs[target]),
        OutputKind::TextVersion(at) => file_to_change(plan, site, &plan.outputs[at]),
        OutputKind::Redirect(_) => config::REDIRECTS_FILE.to_owned(),
        OutputKind::Listing(listing, _) | OutputKind::Feed(FeedSource::Listing(listing), _) => match listing {
            Listing::Section(id) => {
                let section = site.section(id);
                let file = section.file.as_ref().map(|file| file.source.clone());
                file.unwrap_or_else(|| in_content(&section.id))
            }
            Listing::Author(id) => site.person(id).author.source.clone(),
            Listing::Term(taxonomy, term) => site.taxonomies[taxonomy].terms[term].source.clone(),
            Listing::Latest(_) => config::FILE.to_owned(),
        },
        OutputKind::Series(at) | OutputKind::Feed(FeedSource::Series(at), _) => site.series[at].source.clone(),
        _ => config::FILE.to_owned(),
    }
}
