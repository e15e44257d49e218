//! Routes of everything that is made from the graph: listings, overviews, the archive, and aliases.

use std::borrow::Cow;

use rayon::prelude::*;

use crate::config::{self, Config};
use crate::diagnostic::{Code, Diagnostic};
use crate::old_url::{OldUrl, OldUrlError};
use crate::route::{Route, RouteError};
use crate::site::{ArticleId, AuthorId, SectionId, Site};

use super::{Listing, Month, Output, OutputKind, PagePart, Paging, Place, Plan, Year, bad_route};

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
struct Listed<'a> {
    listing: Listing,
    /// The URL path of its front.
    path: String,
    /// The file that an editor would change, for messages.
    source: Cow<'a, str>,
}

/// Every listing with all its pages.
pub(super) fn listings(plan: &mut Plan, site: &Site, config: &Config, diagnostics: &mut Vec<Diagnostic>) {
    let mut all = Vec::new();
    for (section, at) in site.sections.iter().zip(0..) {
        let listing = Listing::Section(SectionId(at));
        let source = match &section.file {
            Some(file) => Cow::Borrowed(file.source.as_str()),
            None => Cow::Owned(format!("content/{}", section.id)),
        };
        if let Some(file) = &section.file {
            plan.place(&file.source, Place::Section(SectionId(at)));
        }
        all.push(Listed { listing, path: format!("{}/", section.path), source });
    }
    for (person, at) in site.authors.iter().zip(0..) {
        let author = &person.author;
        let slug = author.front.slug.as_deref().unwrap_or(&author.id);
        plan.place(&author.source, Place::Author(AuthorId(at)));
        let listing = Listing::Author(AuthorId(at));
        all.push(Listed { listing, path: format!("authors/{slug}/"), source: author.source.as_str().into() });
    }
    for (index, taxonomy) in site.taxonomies.iter().enumerate() {
        for (at, term) in taxonomy.terms.iter().enumerate() {
            let path = format!("{}/{}/", taxonomy.name, term.slug);
            all.push(Listed { listing: Listing::Term(index, at), path, source: term.source.as_str().into() });
        }
    }
    if !site.latest.is_empty() {
        all.push(Listed { listing: Listing::Latest, path: "latest/".to_owned(), source: config::FILE.into() });
    }
    let paging = |listed: &Listed<'_>| Paging { count: stories(site, listed.listing).len(), size: config.page_size };
    let pages: Vec<Vec<_>> = all.par_iter().map(|listed| listed.pages(paging(listed))).collect();
    for (listed, pages) in all.iter().zip(pages) {
        for (part, route) in pages {
            match route {
                Ok(route) => {
                    if part == PagePart::Front {
                        plan.listings.insert(listed.listing, (route.clone(), paging(listed)));
                    }
                    plan.add(route, OutputKind::Listing(listed.listing, part));
                }
                Err(why) => diagnostics.push(bad_route(&listed.source, &listed.path, &why)),
            }
        }
    }
}

impl Listed<'_> {
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

/// Pages that exist once.
pub(super) fn overviews(plan: &mut Plan, site: &Site, config: &Config) {
    for (at, series) in site.series.iter().enumerate() {
        plan.add_once(&format!("series/{}/", series.slug), OutputKind::Series(at));
    }
    if !site.series.is_empty() {
        plan.add_once("series/", OutputKind::AllSeries);
    }
    for (at, taxonomy) in site.taxonomies.iter().enumerate().filter(|(_, taxonomy)| !taxonomy.terms.is_empty()) {
        plan.add_once(&format!("{}/", taxonomy.name), OutputKind::Terms(at));
    }
    if !site.authors.is_empty() {
        plan.add_once("authors/", OutputKind::Staff);
    }
    archive(plan, site, config);
    if let Ok(route) = Route::file("404.html") {
        plan.others.insert(OutputKind::NotFound, route.clone());
        plan.add(route, OutputKind::NotFound);
    }
    plan.add_once("", OutputKind::Front);
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
            plan.add(month.route.clone(), OutputKind::Month(at, index));
        }
        plan.add(year.route.clone(), OutputKind::Year(at));
    }
    if !years.is_empty() {
        plan.add_once("archive/", OutputKind::Archive);
    }
    plan.years = years;
}

/// Pages at old paths that lead to the new ones.
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
                found.push(Output { route, kind: OutputKind::Alias(target as usize) });
            }
            // No page can stand there.
            Ok(_) => {}
            Err(OldUrlError { why, .. }) => {
                let message = format!("`{alias}` is not a valid alias: {why}");
                diagnostics.push(Diagnostic::new(Code::BadAlias, source, message).in_key("aliases", alias));
            }
        }
    }
}
