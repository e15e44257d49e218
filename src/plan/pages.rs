//! Routes of everything that is made from the graph: listings, overviews, the archive, and aliases.

use crate::config::Config;
use crate::diagnostic::Diagnostic;
use crate::read::alias_route;
use crate::route::Route;
use crate::site::{ArticleId, AuthorId, SectionId, Site};

use super::{Listing, Month, PagePart, Paging, Plan, Subject, Year, bad_route};

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
            plan.section_of_source.insert(file.source.clone(), id);
        }
        add(plan, site, config, Listing::Section(id), &format!("{}/", section.path), &source, diagnostics);
    }
    for (person, at) in site.authors.iter().zip(0..) {
        let slug = person.author.front.slug.as_deref().unwrap_or(&person.author.id);
        plan.author_of_source.insert(person.author.source.clone(), AuthorId(at));
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
    for &id in &site.latest {
        let date = site.story(id).article.dates.published.in_zone(&config.timezone);
        let (year, month) = (date.year(), date.month());
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
    let stories = site.articles.iter().zip(&plan.articles);
    let articles = stories.filter(|(story, _)| !story.article.front.aliases.is_empty()).map(|(story, route)| {
        let aliases: Vec<&str> = story.article.front.aliases.iter().map(AsRef::as_ref).collect();
        (aliases, &*story.article.source, route)
    });
    let leaves = site.pages.iter().zip(&plan.leaves).map(|(leaf, route)| {
        let aliases: Vec<&str> = leaf.page.front.aliases.0.iter().map(String::as_str).collect();
        (aliases, leaf.page.source.as_str(), route)
    });
    let mut found = Vec::new();
    for (aliases, source, target) in articles.chain(leaves).filter(|(aliases, ..)| !aliases.is_empty()) {
        let Some(&target) = plan.by_path.get(target.path()) else { continue };
        for alias in aliases {
            match alias_route(alias) {
                Ok(route) => {
                    plan.by_path.entry(route.path().into()).or_insert(target);
                    found.push((route, Subject::Alias(target as usize)));
                }
                Err(why) => diagnostics.push(
                    Diagnostic::new(crate::diagnostic::Code::BadAlias, source, format!("`{alias}` is no alias: {why}"))
                        .in_key("aliases", alias),
                ),
            }
        }
    }
    for (route, subject) in found {
        plan.add(route, subject);
    }
}
