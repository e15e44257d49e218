//! Routes of listings, overviews, the archive, and aliases.

use std::borrow::Cow;

use rayon::prelude::*;

use crate::config::{self, Config};
use crate::content_path::{FRONT_PAGE, in_content};
use crate::diagnostic::{Code, Diagnostic};
use crate::old_url::{OldUrl, OldUrlError};
use crate::route::{Route, RouteError};
use crate::site::{ArticleId, AuthorId, SectionId, Site};

use super::{Listing, Month, Output, OutputKind, PagePart, Paging, Plan, SourceRef, Year, bad_route};

/// The stories of a listing, oldest first.
pub fn stories(site: &Site, listing: Listing) -> &[ArticleId] {
    match listing {
        Listing::Latest => &site.latest,
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
        let (listing, path) = (Listing::Section(id), format!("{}/", section.path));
        all.push(ListingPlan { listing, path, source, source_path, is_in_sitemap });
    }
    for (person, at) in site.authors.iter().zip(0..) {
        let (id, author) = (AuthorId(at), &person.author);
        let slug = author.front.slug.as_deref().unwrap_or(&author.id);
        let source = SourceRef::Author(id);
        plan.place(&author.source, source);
        let path = format!("authors/{slug}/");
        all.push(ListingPlan::new(Listing::Author(id), path, author.source.as_str()).made_from(source));
    }
    for (index, taxonomy) in site.taxonomies.iter().enumerate() {
        for (at, term) in taxonomy.terms.iter().enumerate() {
            let path = format!("{}/{}/", taxonomy.name, term.slug);
            all.push(ListingPlan::new(Listing::Term(index, at), path, term.source.as_str()));
        }
    }
    if !site.latest.is_empty() {
        all.push(ListingPlan::new(Listing::Latest, "latest/".to_owned(), config::FILE));
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
    fn new(listing: Listing, path: String, source_path: &'a str) -> ListingPlan<'a> {
        ListingPlan { listing, path, source_path: source_path.into(), source: None, is_in_sitemap: true }
    }

    fn made_from(self, source: SourceRef) -> ListingPlan<'a> {
        ListingPlan { source: Some(source), ..self }
    }

    fn output(&self, part: PagePart, route: Route, site: &Site, paging: Paging) -> Output {
        let newest = stories(site, self.listing).get(paging.range(part)).and_then(|stories| stories.last().copied());
        // Older pages of a listing would change the sitemap with every story.
        let is_in_sitemap = self.is_in_sitemap && part == PagePart::Front;
        let output = Output::new(route, OutputKind::Listing(self.listing, part));
        output.made_from(self.source).showing(newest).in_sitemap(is_in_sitemap)
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

/// Adds the pages that exist once.
pub(super) fn overviews(plan: &mut Plan, site: &Site, config: &Config) {
    for (at, series) in site.series.iter().enumerate() {
        plan.add_overview(&format!("series/{}/", series.slug), OutputKind::Series(at));
    }
    if !site.series.is_empty() {
        plan.add_overview("series/", OutputKind::AllSeries);
    }
    for (at, taxonomy) in site.taxonomies.iter().enumerate().filter(|(_, taxonomy)| !taxonomy.terms.is_empty()) {
        plan.add_overview(&format!("{}/", taxonomy.name), OutputKind::Terms(at));
    }
    if !site.authors.is_empty() {
        plan.add_overview("authors/", OutputKind::Staff);
    }
    archive(plan, site, config);
    plan.add_file("404.html", OutputKind::NotFound);
    plan.place(FRONT_PAGE, SourceRef::Front);
    let file = site.front.as_ref();
    let is_indexed = !file.is_some_and(|file| file.front.noindex);
    let front = Output::new(Route::front(), OutputKind::Front).made_from(file.map(|_| SourceRef::Front));
    plan.add_named(front.in_sitemap(is_indexed));
}

fn archive(plan: &mut Plan, site: &Site, config: &Config) {
    let mut years: Vec<Year> = Vec::new();
    let dates = site.latest.par_iter().map(|&id| {
        let date = config.timezone.to_datetime(site.story(id).article.dates.published.instant);
        (id, date.year(), date.month())
    });
    for (id, year, month) in dates.collect::<Vec<_>>() {
        if years.last().is_none_or(|last| last.year != year) {
            let Ok(route) = Route::page(&format!("archive/{year:04}/")) else { continue };
            years.push(Year { year, route, months: Vec::new() });
        }
        let Some(current) = years.last_mut() else { continue };
        if current.months.last().is_none_or(|last| last.month != month) {
            let Ok(route) = Route::page(&format!("archive/{year:04}/{month:02}/")) else { continue };
            current.months.push(Month { month, route, stories: Vec::new() });
        }
        if let Some(month) = current.months.last_mut() {
            month.stories.push(id);
        }
    }
    for (at, year) in years.iter().enumerate() {
        for (index, month) in year.months.iter().enumerate() {
            let output = Output::new(month.route.clone(), OutputKind::Month(at, index));
            plan.add(output.showing(month.stories.last().copied()).in_sitemap(true));
        }
        plan.add(Output::new(year.route.clone(), OutputKind::Year(at)).in_sitemap(true));
    }
    if !years.is_empty() {
        plan.add_overview("archive/", OutputKind::Archive);
    }
    plan.years = years;
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
