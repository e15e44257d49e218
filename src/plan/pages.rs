//! Routes of everything that is made from the graph: listings, overviews, the archive, and aliases.

use rayon::prelude::*;

use crate::config::Config;
use crate::diagnostic::{Code, Diagnostic};
use crate::read::alias_route;
use crate::route::Route;
use crate::site::{ArticleId, AuthorId, SectionId, Site};

use super::{Listing, Month, Output, PagePart, Paging, Place, Plan, Subject, Year, bad_route};

/// The stories of a listing, oldest first.
pub fn stories(site: &Site, listing: Listing) -> &[ArticleId] {
    match listing {
        Listing::Latest => &site.latest,
        Listing::Section(id) => &site.section(id).stories,
        Listing::Author(id) => &site.person(id).stories,
        Listing::Term(taxonomy, term) => &site.taxonomies[taxonomy].terms[term].stories,
    }
}

/// Every listing with all its pages.
pub(super) fn listings(plan: &mut Plan, site: &Site, config: &Config, diagnostics: &mut Vec<Diagnostic>) {
    for (section, at) in site.sections.iter().zip(0..) {
        let source =
            section.file.as_ref().map_or_else(|| format!("content/{}", section.id), |file| file.source.clone());
        let id = SectionId(at);
        if let Some(file) = &section.file {
            plan.place(&file.source, Place::Section(id));
        }
        add(plan, site, config, Listing::Section(id), &format!("{}/", section.path), &source, diagnostics);
    }
    for (person, at) in site.authors.iter().zip(0..) {
        let slug = person.author.front.slug.as_deref().unwrap_or(&person.author.id);
        plan.place(&person.author.source, Place::Author(AuthorId(at)));
        let listing = Listing::Author(AuthorId(at));
        add(plan, site, config, listing, &format!("authors/{slug}/"), &person.author.source, diagnostics);
    }
    for (index, taxonomy) in site.taxonomies.iter().enumerate() {
        for (at, term) in taxonomy.terms.iter().enumerate() {
            let path = format!("{}/{}/", taxonomy.name, term.slug);
            add(plan, site, config, Listing::Term(index, at), &path, &term.source, diagnostics);
        }
    }
    if !site.latest.is_empty() {
        add(plan, site, config, Listing::Latest, "latest/", "site.yaml", diagnostics);
    }
}

fn add(
    plan: &mut Plan,
    site: &Site,
    config: &Config,
    listing: Listing,
    path: &str,
    source: &str,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let paging = Paging { count: stories(site, listing).len(), size: config.page_size };
    for part in paging.parts() {
        match Route::page(&format!("{path}{}", part.path())) {
            Ok(route) => {
                if part == PagePart::Front {
                    plan.listings.insert(listing, (route.clone(), paging));
                }
                plan.add(route, Subject::Listing(listing, part));
            }
            Err(why) => diagnostics.push(bad_route(source, path, &why)),
        }
    }
}

/// Pages that exist once.
pub(super) fn overviews(plan: &mut Plan, site: &Site, config: &Config) {
    for (at, series) in site.series.iter().enumerate() {
        plan.add_once(&format!("series/{}/", series.slug), Subject::Series(at));
    }
    if !site.series.is_empty() {
        plan.add_once("series/", Subject::AllSeries);
    }
    for (at, taxonomy) in site.taxonomies.iter().enumerate().filter(|(_, taxonomy)| !taxonomy.terms.is_empty()) {
        plan.add_once(&format!("{}/", taxonomy.name), Subject::Terms(at));
    }
    if !site.authors.is_empty() {
        plan.add_once("authors/", Subject::Staff);
    }
    archive(plan, site, config);
    if let Ok(route) = Route::file("404.html") {
        plan.others.insert(Subject::NotFound, route.clone());
        plan.add(route, Subject::NotFound);
    }
    plan.add_once("", Subject::Front);
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
            plan.add(month.route.clone(), Subject::Month(at, index));
        }
        plan.add(year.route.clone(), Subject::Year(at));
    }
    if !years.is_empty() {
        plan.add_once("archive/", Subject::Archive);
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
    for (at, leaf) in site.pages.iter().enumerate() {
        let Some(target) = plan.place_of(plan.leaf(at).path()) else { continue };
        let aliases = leaf.page.front.aliases.0.iter().map(String::as_str);
        leading_to(target, aliases, &leaf.page.source, plan, &mut found, diagnostics);
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
        match alias_route(alias) {
            Ok(route) => {
                if plan.place_of(route.path()).is_none() {
                    plan.aliases.insert(route.path().into(), target);
                }
                found.push(Output { route, subject: Subject::Alias(target as usize) });
            }
            Err(why) => {
                let message = format!("`{alias}` is no alias: {why}");
                diagnostics.push(Diagnostic::new(Code::BadAlias, source, message).in_key("aliases", alias));
            }
        }
    }
}
