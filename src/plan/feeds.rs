//! Routes of feeds: next to the page of their list, or at the root for the whole site.

use crate::config::{Config, EditionId, FeedContent, FeedOwner};
use crate::diagnostic::Diagnostic;
use crate::media::recording_type;
use crate::route::Route;
use crate::site::{Amendment, ArticleId, AuthorId, SectionId, Site, Story};

use super::{FeedSource, Listing, Output, OutputKind, PagePart, Plan, bad_route, stories};

/// The list of all feeds (OPML 2.0).
const OPML: &str = "feeds.opml";
/// The style sheet with which browsers show feeds.
const STYLE: &str = "feeds.css";

/// Adds every feed, the list of them, and their style sheet.
pub(super) fn feeds(plan: &mut Plan, site: &Site, config: &Config, diagnostics: &mut Vec<Diagnostic>) {
    if config.feeds.formats.is_empty() {
        return;
    }
    plan.feeds = sources(plan, site, config).collect();
    if plan.feeds.is_empty() {
        return;
    }
    for feed_source in plan.feeds.clone() {
        let edition = edition_of(site, feed_source);
        let Some(folder) = plan.folder_of(feed_source, config) else { continue };
        let newest = newest_story(site, feed_source);
        for &format in &config.feeds.formats {
            let path = [folder.as_str(), format.file_name()].concat();
            match Route::file(&path) {
                Ok(route) => {
                    let output = Output::new(route, OutputKind::Feed(feed_source, format)).in_edition(edition);
                    plan.add_named(output.showing(newest));
                }
                Err(why) => diagnostics.push(bad_route(crate::config::FILE, &path, &why)),
            }
        }
    }
    for config in config.editions() {
        plan.add_edition_file(config, OPML, OutputKind::Opml(config.edition.id));
    }
    plan.add_file(STYLE, OutputKind::FeedStyle);
}

/// All lists that have feeds, the site first.
fn sources<'s>(plan: &Plan, site: &'s Site, config: &'s Config) -> impl Iterator<Item = FeedSource> + use<'s> {
    let has = |owner: FeedOwner| config.feeds.lists.contains(&owner);
    let editions = || config.editions().map(|config| config.edition.id);
    let has_stories = |id: &EditionId| has(FeedOwner::Site) && !site.edition(*id).latest.is_empty();
    let latest = editions().filter(has_stories).map(Listing::Latest);
    let sections = (0..site.sections.len() as u32).filter(move |_| has(FeedOwner::Sections));
    let authors = (0..site.authors.len() as u32).filter(move |_| has(FeedOwner::Authors));
    let terms = site.taxonomies.iter().enumerate().flat_map(move |(at, taxonomy)| {
        let owner = if at == 0 { FeedOwner::Tags } else { FeedOwner::Taxonomies };
        let terms = taxonomy.terms.iter().enumerate();
        terms
            .filter(move |(_, term)| has(owner) && term.stories.len() >= config.feeds.min_articles)
            .map(move |(index, _)| Listing::Term(at, index))
    });
    let has_corrections = |id: &EditionId| has(FeedOwner::Corrections) && plan.corrections(*id).is_some();
    let corrections = editions().filter(has_corrections).map(FeedSource::Corrections);
    let latest: Vec<FeedSource> = latest.map(FeedSource::Listing).chain(corrections).collect();
    let listings = sections.map(|at| Listing::Section(SectionId(at)));
    let listings = listings.chain(authors.map(|at| Listing::Author(AuthorId(at)))).chain(terms);
    let listings = listings.filter(|&listing| !stories(site, listing).is_empty()).map(FeedSource::Listing);
    latest
        .into_iter()
        .chain(listings)
        .chain((0..site.series.len()).filter(move |_| has(FeedOwner::Series)).map(FeedSource::Series))
}

/// The stories of a feed, newest first.
pub fn feed_stories(site: &Site, config: &Config, feed_source: FeedSource) -> Vec<ArticleId> {
    let newest = |stories: &[ArticleId]| stories.iter().rev().take(config.feeds.items).copied().collect();
    match feed_source {
        FeedSource::Listing(listing) => newest(stories(site, listing)),
        FeedSource::Series(at) => {
            let mut parts = site.series[at].parts.clone();
            parts.sort_unstable();
            newest(&parts)
        }
        // It has entries for amendments, not for stories.
        FeedSource::Corrections(_) => Vec::new(),
    }
}

/// The newest story of a list that has feeds. All formats of one list hold the same texts.
fn newest_story(site: &Site, feed_source: FeedSource) -> Option<ArticleId> {
    match feed_source {
        FeedSource::Listing(listing) => stories(site, listing).last().copied(),
        FeedSource::Series(at) => site.series[at].parts.iter().max().copied(),
        FeedSource::Corrections(_) => None,
    }
}

/// True if a feed needs the text of a story: to include it, or, with summaries, to find audio and video in it.
pub fn needs_text(story: &Story, config: &Config) -> bool {
    let names = || story.article.body.mentions.split(['\n', '\t']);
    config.feeds.content == FeedContent::Full || names().any(|name| recording_type(name).is_some())
}

impl Output {
    /// The stories whose texts are part of an output that isn't their page, in its order.
    pub fn held_texts(&self, site: &Site, config: &Config) -> Vec<ArticleId> {
        match self.kind {
            OutputKind::Feed(feed_source, _) => {
                let mut stories = feed_stories(site, config, feed_source);
                stories.retain(|&id| needs_text(site.story(id), config));
                stories
            }
            OutputKind::Ninjs(id) | OutputKind::Markdown(id) if site.story(id).has_body() => vec![id],
            _ => Vec::new(),
        }
    }
}

/// The edition of a list that has feeds.
pub(super) fn edition_of(site: &Site, feed_source: FeedSource) -> EditionId {
    match feed_source {
        FeedSource::Listing(Listing::Latest(edition)) | FeedSource::Corrections(edition) => edition,
        FeedSource::Listing(Listing::Section(id)) => site.section(id).edition,
        FeedSource::Listing(Listing::Author(id)) => site.person(id).edition,
        FeedSource::Listing(Listing::Term(taxonomy, term)) => site.taxonomies[taxonomy].terms[term].edition,
        FeedSource::Series(at) => site.series[at].edition,
    }
}

/// The entries of the corrections feed of an edition, newest first.
pub fn newest_amendments<'s>(
    site: &'s Site,
    config: &Config,
    edition: EditionId,
) -> impl Iterator<Item = &'s Amendment> + use<'s> {
    site.edition(edition).amendments.iter().rev().take(config.feeds.items)
}

impl Plan {
    /// All lists that have feeds; the site comes first if it has one.
    pub fn feeds(&self) -> &[FeedSource] {
        &self.feeds
    }

    /// The lists of one edition that have feeds.
    pub fn feeds_of(&self, site: &Site, edition: EditionId) -> impl Iterator<Item = FeedSource> {
        self.feeds.iter().copied().filter(move |&feed_source| edition_of(site, feed_source) == edition)
    }

    /// The folder of a list's page, with a slash at the end. An edition's own is that of its front page.
    fn folder_of(&self, feed_source: FeedSource, config: &Config) -> Option<String> {
        let route = match feed_source {
            FeedSource::Listing(Listing::Latest(edition)) => {
                return Some(config.in_edition(edition).edition.path.clone());
            }
            FeedSource::Listing(listing) => self.listing(listing)?,
            FeedSource::Series(at) => self.route(OutputKind::Series(at))?,
            FeedSource::Corrections(edition) => self.route(OutputKind::Corrections(edition, PagePart::Front))?,
        };
        Some(route.path().to_owned())
    }
}
