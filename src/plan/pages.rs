//! Routes of listings, overviews, the archive, and aliases.

use std::borrow::Cow;

use rayon::prelude::*;

use crate::config::{self, Config, EditionId};
use crate::content_path::{FRONT_PAGE, in_content};
use crate::diagnostic::{Code, Diagnostic};
use crate::old_url::{OldUrl, OldUrlError};
use crate::route::{Route, RouteError};
use crate::site::{ArticleId, AuthorId, SectionId, Site};

use super::{Listing, Month, Output, OutputKind, PagePart, Paging, Plan, SourceRef, Year, bad_route};

/// The stories of a listing, oldest first.
pub fn stories(site: &Site, listing: Listing) -> &[ArticleId] {
    match listing {
        Listing::Latest(edition) => &site.edition(edition).latest,
        Listing::Section(id) => &site.section(id).stories,
        Listing::Author(id) => &site.person(id).stories,
        Listing::Term(taxonomy, term) => &site.taxonomies[taxonomy].terms[term].stories,
    }
}

/// A listing whose pages are to be planned.
struct ListingPlan<'a> {
    listing: Listing,
    /// The URL path of its first page.
    path: String,
    /// The file that an editor would change, for messages.
    source_path: Cow<'a, str>,
    source: Option<SourceRef>,
    edition: EditionId,
    /// True if the sitemap of pages lists its front.
    is_in_sitemap: bool,
}

/// Adds every listing with all its pages.
pub(super) fn listings(plan: &mut Plan, site: &Site, config: &Config, diagnostics: &mut Vec<Diagnostic>) {
    let mut all = Vec::new();
    for (section, at) in site.sections.iter().zip(0..) {
        let id = SectionId(at);
        let source = section.file.as_ref().map(|_| SourceRef::Section(id));
        let source_path = match &section.file {
            Some(file) => Cow::Borrowed(file.source.as_str()),
            None => Cow::Owned(in_content(&section.id)),
        };
        if let Some(file) = &section.file {
            plan.place(&file.source, SourceRef::Section(id));
        }
        let is_in_sitemap = !section.file.as_ref().is_some_and(|file| file.front.noindex);
        let edition = section.edition;
        let path = config.in_edition(edition).edition_path(&format!("{}/", section.path));
        let listing = Listing::Section(id);
        all.push(ListingPlan { listing, path, source, edition, source_path, is_in_sitemap });
    }
    for (person, at) in site.authors.iter().zip(0..) {
        let (id, author) = (AuthorId(at), &person.author);
        let slug = author.front.slug.as_deref().unwrap_or(&author.id);
        let source = SourceRef::Author(person.file_of);
        if person.file_of == id {
            plan.place(&author.source, source);
        }
        if person.has_page {
            let path = config.in_edition(person.edition).edition_path(&format!("authors/{slug}/"));
            let listed = ListingPlan::new(Listing::Author(id), person.edition, path, author.source.as_str());
            all.push(listed.made_from(source));
        }
    }
    for (index, taxonomy) in site.taxonomies.iter().enumerate() {
        for (at, term) in taxonomy.terms.iter().enumerate() {
            let path = config.in_edition(term.edition).edition_path(&format!("{}/{}/", taxonomy.name, term.slug));
            all.push(ListingPlan::new(Listing::Term(index, at), term.edition, path, term.source.as_str()));
        }
    }
    for config in config.editions().filter(|of| !site.edition(of.edition.id).latest.is_empty()) {
        let edition = config.edition.id;
        let path = config.edition_path("latest/");
        all.push(ListingPlan::new(Listing::Latest(edition), edition, path, config::FILE));
    }
    let paging =
        |listed: &ListingPlan<'_>| Paging { count: stories(site, listed.listing).len(), size: config.page_size };
    let pages: Vec<Vec<_>> = all.par_iter().map(|listed| listed.pages(paging(listed))).collect();
    for (listed, pages) in all.iter().zip(pages) {
        for (part, route) in pages {
            match route {
                Ok(route) => {
                    if part == PagePart::Front {
                        plan.listings.insert(listed.listing, (route.clone(), paging(listed)));
                    }
                    plan.add(listed.output(part, route, site, paging(listed)));
                }
                Err(why) => diagnostics.push(bad_route(&listed.source_path, &listed.path, &why)),
            }
        }
    }
}

impl<'a> ListingPlan<'a> {
    fn new(listing: Listing, edition: EditionId, path: String, source_path: &'a str) -> ListingPlan<'a> {
        ListingPlan { listing, path, source_path: source_path.into(), source: None, edition, is_in_sitemap: true }
    }

    fn made_from(self, source: SourceRef) -> ListingPlan<'a> {
        ListingPlan { source: Some(source), ..self }
    }

    fn output(&self, part: PagePart, route: Route, site: &Site, paging: Paging) -> Output {
        let newest = stories(site, self.listing).get(paging.range(part)).and_then(|stories| stories.last().copied());
        // Older pages of a listing would change the sitemap with every story.
        let is_in_sitemap = self.is_in_sitemap && part == PagePart::Front;
        let output = Output::new(route, OutputKind::Listing(self.listing, part));
        output.in_edition(self.edition).made_from(self.source).showing(newest).in_sitemap(is_in_sitemap)
    }

    fn pages(&self, paging: Paging) -> Vec<(PagePart, Result<Route, RouteError>)> {
        let mut path = self.path.clone();
        let pages = paging.parts().map(|part| {
            path.truncate(self.path.len());
            part.add_to(&mut path);
            (part, Route::page(&path))
        });
        pages.collect()
    }
}

/// Adds the pages that an edition has once.
pub(super) fn overviews(plan: &mut Plan, site: &Site, config: &Config) {
    let edition = config.edition.id;
    let own = site.series.iter().enumerate().filter(|(_, series)| series.edition == edition);
    for (at, series) in own.clone() {
        plan.add_overview(config, &format!("series/{}/", series.slug), OutputKind::Series(at));
    }
    if own.count() > 0 {
        plan.add_overview(config, "series/", OutputKind::AllSeries(edition));
    }
    for (at, taxonomy) in site.taxonomies.iter().enumerate() {
        if taxonomy.terms.iter().any(|term| term.edition == edition) {
            plan.add_overview(config, &format!("{}/", taxonomy.name), OutputKind::Terms(edition, at));
        }
    }
    if site.authors.iter().any(|person| person.edition == edition && person.has_page) {
        plan.add_overview(config, "authors/", OutputKind::Staff(edition));
    }
    archive(plan, site, config);
    plan.add_edition_file(config, "404.html", OutputKind::NotFound(edition));
    let file = site.edition(edition).front.as_ref();
    if config.edition.is_main() {
        plan.place(FRONT_PAGE, SourceRef::Front(edition));
    }
    if let Some(file) = file {
        plan.place(&file.source, SourceRef::Front(edition));
    }
    let is_indexed = !file.is_some_and(|file| file.front.noindex);
    let front = Output::new(config.front_route(), OutputKind::Front(edition)).in_edition(edition);
    let front = front.made_from(file.map(|_| SourceRef::Front(edition)));
    plan.add_named(front.in_sitemap(is_indexed));
}

fn archive(plan: &mut Plan, site: &Site, config: &Config) {
    let edition = config.edition.id;
    let mut years: Vec<Year> = Vec::new();
    let dates = site.edition(edition).latest.par_iter().map(|&id| {
        let date = config.timezone.to_datetime(site.story(id).article.dates.published.instant);
        (id, date.year(), date.month())
    });
    for (id, year, month) in dates.collect::<Vec<_>>() {
        if years.last().is_none_or(|last| last.year != year) {
            let Ok(route) = Route::page(&config.edition_path(&format!("archive/{year:04}/"))) else { continue };
            years.push(Year { edition, year, route, months: Vec::new() });
        }
        let Some(current) = years.last_mut() else { continue };
        if current.months.last().is_none_or(|last| last.month != month) {
            let path = config.edition_path(&format!("archive/{year:04}/{month:02}/"));
            let Ok(route) = Route::page(&path) else { continue };
            current.months.push(Month { month, route, stories: Vec::new() });
        }
        if let Some(month) = current.months.last_mut() {
            month.stories.push(id);
        }
    }
    let first = plan.years.len();
    for (at, year) in (first..).zip(&years) {
        for (index, month) in year.months.iter().enumerate() {
            let output = Output::new(month.route.clone(), OutputKind::Month(at, index));
            plan.add(output.in_edition(edition).showing(month.stories.last().copied()).in_sitemap(true));
        }
        plan.add(Output::new(year.route.clone(), OutputKind::Year(at)).in_edition(edition).in_sitemap(true));
    }
    if !years.is_empty() {
        plan.add_overview(config, "archive/", OutputKind::Archive(edition));
    }
    plan.years.extend(years);
}

/// Adds the redirects from aliases.
pub(super) fn aliases(plan: &mut Plan, site: &Site, diagnostics: &mut Vec<Diagnostic>) {
    let articles = (0..site.articles.len() as u32).into_par_iter().map(ArticleId);
    let articles: Vec<ArticleId> = articles.filter(|&id| !site.story(id).article.front.aliases.is_empty()).collect();
    let mut found = Vec::new();
    for id in articles {
        let article = &site.story(id).article;
        let Some(target) = plan.place_of(plan.article(id).path()) else { continue };
        let aliases = article.front.aliases.iter().map(AsRef::as_ref);
        leading_to(target, aliases, &article.source, plan, &mut found, diagnostics);
    }
    for (at, standalone) in site.pages.iter().enumerate() {
        let Some(target) = plan.place_of(plan.page(at).path()) else { continue };
        let aliases = standalone.page.front.aliases.0.iter().map(String::as_str);
        leading_to(target, aliases, &standalone.page.source, plan, &mut found, diagnostics);
    }
    plan.outputs.extend(found);
}

fn leading_to<'a>(
    target: u32,
    aliases: impl Iterator<Item = &'a str>,
    source: &str,
    plan: &mut Plan,
    found: &mut Vec<Output>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    for alias in aliases {
        match OldUrl::parse(alias) {
            Ok(OldUrl::Path(route)) => {
                if plan.place_of(route.path()).is_none() {
                    plan.aliases.insert(route.path().into(), target);
                }
                found.push(Output::new(route, OutputKind::Alias(target as usize)));
            }
            // Only hosts can redirect these: see `patterns`.
            Ok(_) => {}
            Err(OldUrlError { why, .. }) => {
                let message = format!("`{alias}` is not a valid alias: {why}");
                diagnostics.push(Diagnostic::new(Code::BadAlias, source, message).in_key("aliases", alias));
            }
        }
    }
}
