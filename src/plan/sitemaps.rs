//! Sitemaps: one for each month of publication, one for news, and one for listings and pages, split at the limits.
//!
//! The limits are those of sitemaps.org (<https://www.sitemaps.org/protocol.html>) and of Google's news sitemap
//! (<https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap>).

use rayon::prelude::*;

use crate::article::Article;
use crate::config::{self, Config, EditionId};
use crate::diagnostic::{Code, Diagnostic};
use crate::route::Route;
use crate::site::{self, ArticleId, Site, Story};

use super::{Output, OutputKind, Plan, bad_route};

/// URLs in one sitemap.
pub const MAX_URLS: usize = 50_000;
/// Bytes of one sitemap, not compressed.
pub const MAX_BYTES: usize = 52_428_800;
/// Stories in one news sitemap.
pub const MAX_NEWS: usize = 1_000;
/// Pictures of one URL.
pub const MAX_IMAGES: usize = 1_000;
/// A URL in a sitemap is shorter than this, in characters.
pub const MAX_URL: usize = 2_048;

/// An upper bound for the bytes around the entries.
const FRAME_BYTES: usize = 1_024;
/// An upper bound for the bytes around one URL or picture.
const ENTRY_BYTES: usize = 256;
/// The length of the longest escape in XML: `&quot;`.
const ESCAPED: usize = 6;
/// The length of a percent-encoded byte.
const PERCENT_ENCODED: usize = 3;

/// The file that lists the sitemaps.
const INDEX: &str = "sitemap.xml";
/// The name of the news sitemap.
const NEWS: &str = "sitemap-news";
pub(super) const ROBOTS: &str = "robots.txt";

/// One sitemap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sitemap {
    /// The path below the output folder.
    pub route: Route,
    /// The edition whose pages it lists.
    pub edition: EditionId,
    /// The entries.
    pub entries: SitemapEntries,
}

/// The entries of a sitemap, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SitemapEntries {
    /// Stories of one month, oldest first.
    Month(Vec<ArticleId>),
    /// Pages other than stories, by their places in [`Plan::outputs`].
    Pages(Vec<usize>),
    /// Stories of the last 48 hours, oldest first.
    News(Vec<ArticleId>),
    /// Without recent stories, the newest one or the front page, without a `news:news` part. The file stays where search
    /// engines look for it, and the schema of sitemaps requires at least one URL
    /// (<https://www.sitemaps.org/schemas/sitemap/0.9/sitemap.xsd>).
    NoNews(Option<ArticleId>),
}

/// Adds every sitemap, their index, and `robots.txt`, which lists them.
pub(super) fn sitemaps(plan: &mut Plan, site: &Site, config: &Config, diagnostics: &mut Vec<Diagnostic>) {
    if config.sitemaps {
        for config in config.editions() {
            months(plan, site, config, diagnostics);
        }
        for config in config.editions() {
            pages(plan, config, diagnostics);
        }
        for config in config.editions() {
            news(plan, site, config, diagnostics);
        }
        if let Ok(route) = Route::file(INDEX) {
            plan.add_named(Output::new(route, OutputKind::SitemapIndex));
        }
    }
    if config.robots.is_some() && !plan.is_supplied(ROBOTS) {
        plan.add_file(ROBOTS, OutputKind::Robots);
    }
}

fn months(plan: &mut Plan, site: &Site, config: &Config, diagnostics: &mut Vec<Diagnostic>) {
    let indexed = |stories: &[ArticleId]| stories.iter().copied().filter(|&id| is_indexed(site.story(id))).collect();
    let years = plan.years.iter().filter(|year| year.edition == config.edition.id);
    let months = years.flat_map(|year| {
        let name = |month: i8| format!("sitemap-{:04}-{month:02}", year.year);
        year.months.iter().map(move |month| (name(month.month), indexed(&month.stories)))
    });
    for (name, stories) in months.collect::<Vec<(String, Vec<ArticleId>)>>() {
        let (stories, long): (Vec<_>, Vec<_>) = stories.into_iter().partition(|&id| is_short(config, plan.article(id)));
        diagnostics.extend(long.into_iter().map(|id| too_long(plan, site, config, id)));
        let weights: Vec<usize> = stories.par_iter().map(|&id| weight(plan, config, site.story(id), id)).collect();
        plan.add_sitemaps(config, (&name, MAX_URLS), stories, &weights, SitemapEntries::Month, diagnostics);
    }
}

fn pages(plan: &mut Plan, config: &Config, diagnostics: &mut Vec<Diagnostic>) {
    let is_wanted = |at: &usize| {
        let output = &plan.outputs[*at];
        output.is_in_sitemap && output.edition == config.edition.id && is_short(config, &output.route)
    };
    let pages: Vec<usize> = (0..plan.outputs.len()).filter(is_wanted).collect();
    let weight = |&at: &usize| {
        let output = &plan.outputs[at];
        ENTRY_BYTES + bound(config, &output.route) + alternates(plan, config, output.kind)
    };
    let weights: Vec<usize> = pages.iter().map(weight).collect();
    plan.add_sitemaps(config, ("sitemap-pages", MAX_URLS), pages, &weights, SitemapEntries::Pages, diagnostics);
}

fn news(plan: &mut Plan, site: &Site, config: &Config, diagnostics: &mut Vec<Diagnostic>) {
    let edition = site.edition(config.edition.id);
    if edition.latest.is_empty() {
        return;
    }
    let is_news = |id: &ArticleId| site::is_news(&site.story(*id).article) && is_short(config, plan.article(*id));
    let news: Vec<ArticleId> = edition.news.iter().copied().filter(is_news).collect();
    if news.is_empty() {
        let newest = edition.latest.iter().rev().copied().find(is_news);
        plan.add_sitemap(config, NEWS, SitemapEntries::NoNews(newest), diagnostics);
        return;
    }
    let weight = |&id: &ArticleId| {
        let titles = config.title.len() + site.story(id).article.front.title.len();
        2 * ENTRY_BYTES + bound(config, plan.article(id)) + ESCAPED * titles
    };
    let weights: Vec<usize> = news.iter().map(weight).collect();
    plan.add_sitemaps(config, (NEWS, MAX_NEWS), news, &weights, SitemapEntries::News, diagnostics);
}

fn is_indexed(story: &Story) -> bool {
    story.is_listed() && site::is_indexed(&story.article)
}

/// True if a route's URL is short enough for a sitemap.
fn is_short(config: &Config, route: &Route) -> bool {
    bound(config, route) < MAX_URL || config.base_url.url(route).len() < MAX_URL
}

fn too_long(plan: &Plan, site: &Site, config: &Config, id: ArticleId) -> Diagnostic {
    let length = config.base_url.url(plan.article(id)).len();
    let message = format!("its URL has {length} characters, but sitemaps allow fewer than {MAX_URL}");
    let hint = "shorten its `slug:`, its section's name or the permalink";
    Diagnostic::new(Code::LongUrl, &*site.story(id).article.source, message).hint(hint)
}

/// An upper bound for the bytes of a route's URL.
fn bound(config: &Config, route: &Route) -> usize {
    base(config) + PERCENT_ENCODED * route.as_str().len()
}

fn base(config: &Config) -> usize {
    ESCAPED * (config.base_url.origin().len() + PERCENT_ENCODED * config.base_url.prefix().len())
}

/// An upper bound for the bytes of a story's entry.
fn weight(plan: &Plan, config: &Config, story: &Story, id: ArticleId) -> usize {
    let route = plan.article(id);
    let article = &story.article;
    let image = |reference: &str| {
        let on_site = base(config) + PERCENT_ENCODED * (route.as_str().len() + article.source.len() + reference.len());
        // A page may show it in another size, whose name is shorter than `ENTRY_BYTES`.
        2 * ENTRY_BYTES + on_site.max(ESCAPED * reference.len())
    };
    let alternates = alternates(plan, config, OutputKind::Article(id));
    ENTRY_BYTES + bound(config, route) + alternates + pictures(article).map(image).sum::<usize>()
}

/// An upper bound for the bytes of the links to the same page in other editions.
fn alternates(plan: &Plan, config: &Config, kind: OutputKind) -> usize {
    let links = plan.counterparts(kind).map(|page| ENTRY_BYTES + bound(config, page.route));
    // The default for readers of all other languages repeats one of them.
    2 * links.sum::<usize>()
}

/// The files that an article may show, as written: the lead picture, then those in its text.
pub fn pictures(article: &Article) -> impl Iterator<Item = &str> {
    let lead = article.front.image.as_ref().map(|image| &*image.0.src);
    lead.into_iter().chain(article.body.files.iter().map(AsRef::as_ref)).take(MAX_IMAGES)
}

impl Plan {
    /// The sitemaps, in the order of their index.
    pub fn sitemaps(&self) -> &[Sitemap] {
        &self.sitemaps
    }

    /// Adds as many sitemaps as the limits require, each with at most `limit` entries: `NAME.xml`, `NAME-2.xml`, …
    fn add_sitemaps<T: Copy>(
        &mut self,
        config: &Config,
        (name, limit): (&str, usize),
        entries: Vec<T>,
        weights: &[usize],
        make: impl Fn(Vec<T>) -> SitemapEntries,
        diagnostics: &mut Vec<Diagnostic>,
    ) {
        for (number, part) in parts(weights, limit).into_iter().enumerate().filter(|(_, part)| !part.is_empty()) {
            let number = if number == 0 { String::new() } else { format!("-{}", number + 1) };
            self.add_sitemap(config, &format!("{name}{number}"), make(entries[part].to_vec()), diagnostics);
        }
    }

    fn add_sitemap(&mut self, config: &Config, name: &str, entries: SitemapEntries, diagnostics: &mut Vec<Diagnostic>) {
        let edition = config.edition.id;
        let path = config.edition_path(&format!("{name}.xml"));
        match Route::file(&path) {
            Ok(route) => {
                let output = Output::new(route.clone(), OutputKind::Sitemap(self.sitemaps.len()));
                self.add(output.in_edition(edition));
                self.sitemaps.push(Sitemap { route, edition, entries });
            }
            Err(why) => diagnostics.push(bad_route(config::FILE, &path, &why)),
        }
    }
}

/// Splits entries of these sizes in bytes, so that no part has more than `limit` entries or is too large.
fn parts(weights: &[usize], limit: usize) -> Vec<std::ops::Range<usize>> {
    let mut parts = Vec::new();
    let (mut start, mut bytes) = (0, FRAME_BYTES);
    for (at, weight) in weights.iter().enumerate() {
        if at - start == limit || (bytes + weight > MAX_BYTES && at > start) {
            parts.push(start..at);
            (start, bytes) = (at, FRAME_BYTES);
        }
        bytes += weight;
    }
    parts.push(start..weights.len());
    parts
}
