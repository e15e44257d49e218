//! Plans every output of a site, with its route and facts, without templates or the disk.

mod link_targets;
mod collisions;
mod corrections;
mod counterparts;
mod feeds;
mod fragments;
mod gone;
mod kind;
mod links;
mod formats;
mod redirects;
mod output;
mod pages;
mod paging;
mod patterns;
mod permalinks;
mod pictures;
mod preview;
mod published;
mod search;
mod sitemaps;
mod suggestions;
mod text_version;
mod well_known;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use ahash::{HashMap, HashSet};
use hashbrown::HashTable;
use rayon::prelude::*;

use crate::config::{Config, EditionId};
use crate::diagnostic::{Code, Diagnostic, Reported};
use crate::picture::slot::Slot;
use crate::route::Route;
use crate::site::{ArticleId, Site};
use crate::source::hash;

use counterparts::Counterparts;
use gone::RemovedPaths;
use suggestions::SuggestedTargets;

pub use counterparts::Counterpart;
pub use feeds::{feed_stories, needs_text, newest_amendments};
pub use fragments::{LinkedPart, PartLink, by_part};
pub use gone::{GonePath, Removed};
pub use kind::{Class, FeedSource, Listing, OutputKind};
pub use links::{LinkError, LinkTarget};
pub use output::{Output, SourceRef};
pub use pages::stories;
pub use paging::{PagePart, Paging};
pub use patterns::RedirectPattern;
pub use pictures::{PictureRendition, PlannedVariant, VARIANTS, Variant};
pub use published::UnpublishedFile;
pub use redirects::{Redirect, RedirectTarget};
pub use search::{SEARCH, SEARCH_INDEX, SearchSegment, SegmentFile};
pub use sitemaps::{MAX_BYTES, MAX_IMAGES, MAX_NEWS, MAX_URL, MAX_URLS, Sitemap, SitemapEntries, pictures};
pub use well_known::SECURITY;

/// A year of the archive.
#[derive(Debug, Clone)]
pub struct Year {
    /// The edition.
    pub edition: EditionId,
    /// The year, in the site's time zone.
    pub year: i16,
    /// Its page.
    pub route: Route,
    /// Its months that have stories, oldest first.
    pub months: Vec<Month>,
}

/// A month of the archive.
#[derive(Debug, Clone)]
pub struct Month {
    /// The month, from 1.
    pub month: i8,
    /// Its page.
    pub route: Route,
    /// Its stories, oldest first.
    pub stories: Vec<ArticleId>,
}

/// Every output in the order of publication: pages come before the pages that link to them.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    /// The outputs.
    pub outputs: Vec<Output>,
    /// The years of each edition's archive, oldest first.
    pub years: Vec<Year>,
    /// The place of the first article among the outputs. The others follow in the order of the site.
    first_article: usize,
    pages: Vec<Route>,
    files: Vec<Option<Route>>,
    /// The smaller pictures, in the order of their pictures.
    variants: Vec<Variant>,
    /// The pictures in slots, by their places among the site's files.
    renditions: HashMap<usize, Vec<PictureRendition>>,
    /// Files that no public page refers to.
    unpublished: Vec<UnpublishedFile>,
    /// All sources but articles, by path.
    places: HashMap<Box<str>, SourceRef>,
    /// The hashes of all folders that a reference may name instead of their `_index.md` or `index.md`.
    folders: HashSet<u64>,
    listings: HashMap<Listing, (Route, Paging)>,
    corrections: HashMap<EditionId, Paging>,
    /// The standalone pages that introduce the corrections.
    introductions: HashMap<EditionId, usize>,
    feeds: Vec<FeedSource>,
    /// The parts of the search index.
    segments: Vec<SearchSegment>,
    /// The pages on which readers search, by edition.
    search_pages: BTreeMap<EditionId, Route>,
    sitemaps: Vec<Sitemap>,
    /// The same pages in several editions.
    counterparts: Counterparts,
    others: HashMap<OutputKind, Route>,
    /// Outputs by URL path; the first of a collision wins.
    by_path: HashTable<u32>,
    /// The number of outputs in that table.
    indexed: usize,
    /// Old paths at which no output is, and the places of their targets.
    aliases: HashMap<Box<str>, u32>,
    /// The redirects of `redirects.yaml`.
    redirects: Vec<Redirect>,
    /// Routes at which content is gone for good.
    gone: Vec<GonePath>,
    /// Old URLs that only hosts can redirect.
    patterns: Vec<RedirectPattern>,
    /// Paths of content that is no longer public.
    removed: RemovedPaths,
    /// True if there is a text edition.
    has_text: bool,
    /// Links of front matter and configuration to parts of pages.
    pub part_links: Vec<PartLink>,
    /// The targets that broken references may mean.
    suggestions: OnceLock<SuggestedTargets>,
}

impl Plan {
    /// The page of an article.
    pub fn article(&self, id: ArticleId) -> &Route {
        &self.outputs[self.first_article + id.0 as usize].route
    }

    /// A standalone page, by its place.
    pub fn page(&self, at: usize) -> &Route {
        &self.pages[at]
    }

    /// The route of a file of the project, by its place.
    pub fn file(&self, at: usize) -> Option<&Route> {
        self.files.get(at)?.as_ref()
    }

    /// The front of a listing.
    pub fn listing(&self, listing: Listing) -> Option<&Route> {
        self.listings.get(&listing).map(|(route, _)| route)
    }

    /// The files of the project that are not published because nothing public refers to them, in order.
    pub fn unpublished(&self) -> &[UnpublishedFile] {
        &self.unpublished
    }

    /// The paging of a listing.
    pub fn paging(&self, listing: Listing) -> Option<Paging> {
        self.listings.get(&listing).map(|&(_, paging)| paging)
    }

    /// The route of an output that exists once.
    pub fn route(&self, kind: OutputKind) -> Option<&Route> {
        self.others.get(&kind)
    }

    /// The route of the page or file made from a source; `None` if it has none.
    pub fn route_of_source(&self, source: &str, site: &Site) -> Option<&Route> {
        if let Some(id) = site.article_of(source) {
            return Some(self.article(id));
        }
        match self.places.get(source) {
            Some(&SourceRef::Article(id)) => Some(self.article(id)),
            Some(&SourceRef::File(at)) => self.file(at),
            Some(&SourceRef::Page(at)) => Some(self.page(at)),
            Some(&SourceRef::Author(id)) => self.listing(Listing::Author(id)),
            Some(&SourceRef::Section(id)) => self.listing(Listing::Section(id)),
            Some(&SourceRef::Front(edition)) => self.route(OutputKind::Front(edition)),
            None => None,
        }
    }

    /// The identity of a source in the site, if it is public.
    pub fn source_ref(&self, source: &str, site: &Site) -> Option<SourceRef> {
        site.article_of(source).map(SourceRef::Article).or_else(|| self.places.get(source).copied())
    }

    /// The route of a folder's `_index.md` or `index.md`.
    fn route_of_folder(&self, folder: &str, site: &Site) -> Option<&Route> {
        if !self.folders.contains(&hash(folder)) {
            return None;
        }
        let inside = |name: &str| self.route_of_source(&[folder, "/", name].concat(), site);
        inside("_index.md").or_else(|| inside("index.md"))
    }

    /// The place of a source among the project's files, if it is one.
    pub fn file_of_source(&self, source: &str) -> Option<usize> {
        match self.places.get(source) {
            Some(&SourceRef::File(at)) => Some(at),
            _ => None,
        }
    }

    /// Records what a source becomes.
    fn place(&mut self, source: &str, place: SourceRef) {
        self.folders.extend(folder_of(source).map(hash));
        self.places.insert(source.into(), place);
    }

    /// The output at a URL path below the site's root (decoded, without a leading slash).
    pub fn output_at(&self, path: &str) -> Option<&Output> {
        let found = self.place_of(path).or_else(|| self.place_of(path.strip_suffix("index.html")?));
        found.and_then(|at| self.outputs.get(at as usize))
    }

    /// The place among [`Plan::outputs`] of the file that a host would send for such a path, including redirects.
    pub fn file_at(&self, path: &str) -> Option<usize> {
        let is_here = |output: &Output| output.route.path() == path;
        let indexed = self.by_path.find(hash(path), |&at| is_here(&self.outputs[at as usize])).map(|&at| at as usize);
        // Redirects are planned after all other outputs, and there are few.
        let after = || self.outputs.iter().skip(self.indexed).position(is_here).map(|at| self.indexed + at);
        indexed.or_else(after).or_else(|| self.file_at(path.strip_suffix("index.html")?))
    }

    /// True if an output, and not just an alias, is at a URL path.
    fn is_live(&self, path: &str) -> bool {
        self.live_at(path).is_some()
    }

    /// The output, and no alias, at a URL path.
    fn live_at(&self, path: &str) -> Option<&Output> {
        let found = self.by_path.find(hash(path), |&at| self.outputs[at as usize].route.path() == path);
        found.map(|&at| &self.outputs[at as usize])
    }

    fn place_of(&self, path: &str) -> Option<u32> {
        let found = self.by_path.find(hash(path), |&at| self.outputs[at as usize].route.path() == path);
        found.or_else(|| self.aliases.get(path)).copied()
    }

    /// Every URL path of a page, for suggestions.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        let paths = self.by_path.iter().map(|&at| self.outputs[at as usize].route.path());
        paths.chain(self.aliases.keys().map(AsRef::as_ref))
    }

    /// True if the newsroom has its own file at this path, which takes precedence.
    fn is_supplied(&self, path: &str) -> bool {
        self.files.iter().flatten().any(|route| route.collision_key() == path)
    }

    fn add(&mut self, output: Output) {
        self.outputs.push(output);
    }

    /// Adds an output that [`Plan::route`] finds again.
    fn add_named(&mut self, output: Output) {
        self.others.insert(output.kind, output.route.clone());
        self.add(output);
    }

    /// Adds a file that each edition has once.
    fn add_edition_file(&mut self, config: &Config, path: &str, kind: OutputKind) {
        if let Ok(route) = Route::file(&config.edition_path(path)) {
            self.add_named(Output::new(route, kind).in_edition(config.edition.id));
        }
    }

    /// Adds a file that exists once.
    fn add_file(&mut self, path: &str, kind: OutputKind) {
        if let Ok(route) = Route::file(path) {
            self.add_named(Output::new(route, kind));
        }
    }

    /// Adds an overview page that each edition has once.
    fn add_overview(&mut self, config: &Config, path: &str, kind: OutputKind) {
        if let Ok(route) = Route::page(&config.edition_path(path)) {
            self.add_named(Output::new(route, kind).in_edition(config.edition.id).in_sitemap(true));
        }
    }
}

/// Plans all outputs. `theme_assets` are the routes of the theme's files; `theme_files` are names in its templates and style
/// sheets that may be files of the project; `slots` are its picture slots; `has_template` is true if the theme has an
/// optional template.
pub fn plan(
    site: &Site,
    config: &Config,
    theme_assets: &[Route],
    theme_files: &[String],
    slots: &[Slot],
    has_template: &dyn Fn(&str) -> bool,
) -> Reported<Plan> {
    let mut plan = Plan::default();
    let mut diagnostics = Vec::new();
    for (at, route) in theme_assets.iter().enumerate() {
        plan.add(Output::new(route.clone(), OutputKind::ThemeAsset(at)));
    }
    let articles = permalinks::articles(site, config, &mut diagnostics);
    let folders = site.articles.par_iter().filter_map(|story| folder_of(&story.article.source));
    plan.folders = folders.map(hash).collect();
    permalinks::pages(&mut plan, site, config, &mut diagnostics);
    permalinks::files(&mut plan, site, config, theme_files, &articles, &mut diagnostics);
    plan.first_article = plan.outputs.len();
    // Listings add about half as many.
    plan.outputs.reserve(articles.len() + articles.len() / 2);
    plan.outputs.extend(articles.into_iter().zip((0..).map(ArticleId)).map(|(route, id)| {
        let output = Output::new(route, OutputKind::Article(id)).in_edition(site.story(id).edition);
        output.made_from(SourceRef::Article(id)).showing(id)
    }));
    formats::articles(&mut plan, site, config, &mut diagnostics);
    formats::comment_feeds(&mut plan, site, config);
    permalinks::page_outputs(&mut plan, site);
    pages::listings(&mut plan, site, config, &mut diagnostics);
    for config in config.editions() {
        corrections::corrections(&mut plan, site, config, has_template(corrections::TEMPLATE));
        pages::overviews(&mut plan, site, config);
    }
    feeds::feeds(&mut plan, site, config, &mut diagnostics);
    for config in config.editions() {
        formats::llms(&mut plan, config);
    }
    search::search(&mut plan, site, config, has_template(search::TEMPLATE), &mut diagnostics);
    sitemaps::sitemaps(&mut plan, site, config, &mut diagnostics);
    well_known::files(&mut plan, config);
    preview::outputs(&mut plan, site);
    plan.has_text = text_version::is_wanted(config, has_template(text_version::TEMPLATE), &mut diagnostics);
    text_version::add_all(&mut plan, 0, site, &mut diagnostics);
    plan.index();
    plan.counterparts = Counterparts::new(&plan, site, config);
    pictures::variants(&mut plan, site, config, slots, &mut diagnostics);
    plan.removed = RemovedPaths::new(&plan, site, config);
    pages::aliases(&mut plan, site, &mut diagnostics);
    let gone = redirects::redirects(&mut plan, site, config, &mut diagnostics);
    redirects::host_files(&mut plan, config);
    plan.part_links = links::check_metadata(&plan, site, config, &mut diagnostics);
    let first = plan.outputs.len();
    gone::gone(&mut plan, gone, site, config, theme_assets, &mut diagnostics);
    text_version::add_all(&mut plan, first, site, &mut diagnostics);
    plan.patterns = patterns::patterns(&plan, site, config, theme_assets, &mut diagnostics);
    let links = redirects::part_links(&plan, config);
    plan.part_links.extend(links);
    collisions::check(&plan, site, theme_assets, &mut diagnostics);
    Reported { value: plan, diagnostics }
}

impl Plan {
    /// Indexes the outputs by path; the first of a collision wins.
    fn index(&mut self) {
        let outputs = &self.outputs;
        let hashes: Vec<u64> = outputs.par_iter().map(|output| hash(output.route.path())).collect();
        let mut by_path = HashTable::with_capacity(outputs.len());
        for (at, &hash) in (0u32..).zip(&hashes) {
            let path = outputs[at as usize].route.path();
            let is_same = |&other: &u32| hashes[other as usize] == hash && outputs[other as usize].route.path() == path;
            by_path.entry(hash, is_same, |&at| hashes[at as usize]).or_insert(at);
        }
        self.by_path = by_path;
        self.indexed = self.outputs.len();
    }
}

/// The folder that a reference may name instead of this source.
fn folder_of(source: &str) -> Option<&str> {
    source.strip_suffix("/index.md").or_else(|| source.strip_suffix("/_index.md"))
}

/// The error for a source whose route is not valid.
fn bad_route(source: &str, path: &str, why: &crate::route::RouteError) -> Diagnostic {
    let message = format!("`{}` is not a valid path: {why}", path.escape_debug());
    Diagnostic::new(Code::BadSlug, source, message).hint("choose another slug, file name or permalink")
}
