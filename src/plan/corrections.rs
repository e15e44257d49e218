//! Routes of the corrections page, which lists all amendments in pages, unless the newsroom has its own.

use ahash::HashSet;
use rayon::prelude::*;

use crate::config::{Config, EditionId};
use crate::route::{Route, folders};
use crate::site::Site;

use super::{Output, OutputKind, PagePart, Paging, Plan, gone};

/// The folder of the page and of its feeds.
pub(super) const FOLDER: &str = "corrections/";
/// The template of the page.
pub(super) const TEMPLATE: &str = "corrections.html";

/// Adds the pages if there is anything to show, the theme has the template, and nothing of the newsroom's own is in the
/// way. A standalone page at the same URL becomes the introduction of the list.
pub(super) fn corrections(plan: &mut Plan, site: &Site, config: &Config, has_template: bool) {
    let edition = config.edition.id;
    let amendments = &site.edition(edition).amendments;
    let folder = config.edition_path(FOLDER);
    if amendments.is_empty() || !config.corrections.has_page || !has_template {
        return;
    }
    let paging = Paging { count: amendments.len(), size: config.page_size };
    let pages = paging.parts().map(|part| Some((part, Route::page(&[&folder, part.path().as_str()].concat()).ok()?)));
    let Some(pages) = pages.collect::<Option<Vec<(PagePart, Route)>>>() else { return };
    let Some((_, front)) = pages.last() else { return };
    let introduction = plan.pages.iter().position(|standalone| standalone == front);
    let formats =
        config.feeds.formats.iter().map(|format| Route::file(&[folder.as_str(), format.file_name()].concat()).ok());
    let routes: Vec<Route> = pages.iter().map(|(_, route)| route.clone()).chain(formats.flatten()).collect();
    if is_taken(plan, site, config, &routes, introduction) {
        return;
    }
    // The introduction links to the archive pages, so it comes after them.
    let place = introduction.and_then(|at| plan.outputs.iter().position(|output| output.kind == OutputKind::Page(at)));
    let mut introduction_output = place.map(|place| plan.outputs.remove(place));
    plan.introductions.extend(introduction.map(|at| (edition, at)));
    for (part, route) in pages {
        let is_front = part == PagePart::Front;
        plan.others.insert(OutputKind::Corrections(edition, part), route.clone());
        let output = introduction_output.take_if(|_| is_front).unwrap_or_else(|| {
            let newest = amendments[paging.range(part)].last().map(|amendment| amendment.story);
            let output = Output::new(route, OutputKind::Corrections(edition, part)).in_edition(edition);
            output.showing(newest).in_sitemap(is_front)
        });
        plan.add(output);
    }
    plan.corrections.insert(edition, paging);
}

/// True if one of these routes belongs to the newsroom: to a file, a page, an alias or an entry of `redirects.yaml`.
pub(super) fn is_taken(
    plan: &Plan,
    site: &Site,
    config: &Config,
    routes: &[Route],
    introduction: Option<usize>,
) -> bool {
    let own: HashSet<String> = routes.iter().map(|route| route.collision_key().into_owned()).collect();
    let own_folders: HashSet<&str> = own.iter().flat_map(|route| folders(route)).collect();
    let is_in_way = |route: &Route| {
        let key = route.collision_key();
        own.contains(&*key) || own_folders.contains(&*key) || folders(&key).any(|folder| own.contains(folder))
    };
    let is_other = |kind: OutputKind| introduction.is_none_or(|at| kind != OutputKind::Page(at));
    let of_pages = site.pages.iter().flat_map(|standalone| standalone.page.front.aliases.0.iter().map(String::as_str));
    let leads_here = |alias: &str| gone::path_of(alias).is_some_and(|route| is_in_way(&route));
    plan.outputs.par_iter().any(|output| is_other(output.kind) && is_in_way(&output.route))
        || site.articles.par_iter().any(|story| story.article.front.aliases.iter().any(|alias| leads_here(alias)))
        || of_pages.into_iter().any(leads_here)
        || config.redirects.iter().any(|entry| is_in_way(&entry.route))
}

impl Plan {
    /// The paging of an edition's corrections page; `None` without one.
    pub fn corrections(&self, edition: EditionId) -> Option<Paging> {
        self.corrections.get(&edition).copied()
    }

    /// The standalone page that introduces an edition's list of corrections, by its place in [`Site::pages`].
    pub fn introduction(&self, edition: EditionId) -> Option<usize> {
        self.introductions.get(&edition).copied()
    }
}
