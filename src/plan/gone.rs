//! Plans the pages for gone content: tombstones of withdrawn stories, and the 410 page.

use std::borrow::Cow;
use std::collections::BTreeMap;

use ahash::{HashMap, HashSet};

use crate::config::{Config, OldPath};
use crate::diagnostic::Diagnostic;
use crate::old_url::{OldUrl, own_path};
use crate::route::{Route, folders};
use crate::site::{Gone, Site, State};
use crate::source::hash;

use super::{Class, Output, OutputKind, Plan, collisions, permalinks, text_version};

/// A route at which content is gone for good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GonePath {
    /// The route.
    pub route: Route,
    /// The page that readers see there: a tombstone, or the 410 page.
    pub page: Route,
}

/// Content that is no longer at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Removed {
    /// An expired or withdrawn story.
    Story(State),
    /// A list that no longer has any stories.
    List,
}

/// The page that hosts show for what is gone and has no tombstone.
const GONE_PAGE: &str = "410.html";

/// The paths of expired and withdrawn stories, and of lists that have become empty.
#[derive(Debug, Clone, Default)]
pub(super) struct RemovedPaths {
    stories: HashMap<Box<str>, State>,
    /// The fronts of lists, with a slash at the end.
    lists: HashSet<Box<str>>,
}

impl RemovedPaths {
    /// Collects the paths at which nothing else is now.
    pub(super) fn new(plan: &Plan, site: &Site, config: &Config) -> RemovedPaths {
        let mut removed = RemovedPaths::default();
        for gone in &site.gone {
            if gone.state != State::Retracted {
                let state = gone.state;
                removed.stories.extend(routes(gone, config).map(|route| (route.path().into(), state)));
            }
            removed.lists.extend(lists(gone, config).filter(|path| !plan.is_live(path)).map(Into::into));
        }
        removed
    }

    /// A hash of all paths, in any order.
    pub(super) fn hash(&self) -> u64 {
        let RemovedPaths { stories, lists } = self;
        let stories = stories.iter().map(|(path, state)| hash(path).rotate_left(*state as u32));
        stories.chain(lists.iter().map(|path| hash(path).rotate_left(32))).fold(0, u64::wrapping_add)
    }

    /// Adds an old path whose target is expired or withdrawn.
    pub(super) fn add(&mut self, route: &Route, state: State) {
        self.stories.insert(route.path().into(), state);
    }

    /// The content that was at a URL path below the site's root, with or without a slash at the end.
    pub(super) fn at(&self, path: &str) -> Option<Removed> {
        let bare = path.strip_suffix("index.html").unwrap_or(path).trim_end_matches('/');
        let folder = format!("{bare}/");
        let story = [path, bare, &folder].into_iter().find_map(|path| self.stories.get(path));
        // A list's later pages and feeds are gone with it.
        let belongs = |rest: &str| !rest.trim_end_matches('/').contains('/') || rest.starts_with("page/");
        let is_list = || {
            let mut ends = folder.match_indices('/').map(|(end, _)| folder.split_at(end + 1));
            ends.any(|(front, rest)| belongs(rest) && self.lists.contains(front))
        };
        story.map(|&state| Removed::Story(state)).or_else(|| is_list().then_some(Removed::List))
    }
}

/// The routes of an article that is gone: its own, then its aliases.
fn routes<'g>(gone: &'g Gone, config: &Config) -> impl Iterator<Item = Route> + use<'g> {
    let aliases = gone.aliases.iter().filter_map(|alias| path_of(alias));
    address(gone, config).into_iter().chain(aliases)
}

/// The route of an alias that is a path.
pub(super) fn path_of(alias: &str) -> Option<Route> {
    match OldUrl::parse(alias) {
        Ok(OldUrl::Path(route)) => Some(route),
        _ => None,
    }
}

fn address(gone: &Gone, config: &Config) -> Option<Route> {
    if let Some(url) = &gone.url {
        return own_path(url).ok();
    }
    let config = config.in_edition(gone.edition);
    let mut path = config.edition.path.clone();
    let pattern = gone.permalink.as_ref().unwrap_or(&config.permalink);
    permalinks::permalink(&mut path, pattern, &gone.section, gone.published, &gone.slug, config);
    Route::old_page(&path).ok()
}

/// The fronts of all lists that had the article and are not published without stories.
fn lists(gone: &Gone, config: &Config) -> impl Iterator<Item = String> {
    let config = config.in_edition(gone.edition);
    let edition = config.edition.path.clone();
    let date = config.timezone.to_datetime(gone.published.instant);
    let archive = ["archive/".to_owned(), format!("archive/{:04}/", date.year())];
    let month = format!("archive/{:04}/{:02}/", date.year(), date.month());
    let above = format!("{}/", gone.section);
    let sections: Vec<String> = above.match_indices('/').map(|(end, _)| above[..=end].to_owned()).collect();
    let terms = gone
        .terms
        .iter()
        .flat_map(|(list, name)| [format!("{list}/"), format!("{list}/{}/", config.term_slug(list, name))]);
    let terms: Vec<String> = terms.collect();
    let lists = archive.into_iter().chain([month, "latest/".to_owned()]).chain(sections).chain(terms);
    lists.map(move |list| [edition.as_str(), &list].concat())
}

impl Plan {
    /// The content that was at a URL path below the site's root, if it has expired or was withdrawn.
    pub fn removed_from(&self, path: &str) -> Option<Removed> {
        self.removed.at(path)
    }

    /// The routes at which content is gone for good, in order: entries of `redirects.yaml`, and withdrawn articles unless
    /// something else has their URLs now.
    pub fn gone(&self) -> &[GonePath] {
        &self.gone
    }
}

/// Finds all routes at which content is gone for good, checks that nothing else is there, and plans their pages. `said` are
/// those in `redirects.yaml`.
pub(super) fn gone(
    plan: &mut Plan,
    said: Vec<Route>,
    site: &Site,
    config: &Config,
    theme_assets: &[Route],
    diagnostics: &mut Vec<Diagnostic>,
) {
    if said.is_empty() && site.gone.iter().all(|gone| gone.state != State::Withdrawn) {
        return;
    }
    let live: HashMap<Cow<'_, str>, &Output> =
        plan.outputs.iter().map(|output| (output.route.collision_key(), output)).collect();
    let entries: HashMap<&Route, &OldPath> = config.redirects.iter().map(|entry| (&entry.route, entry)).collect();
    let mut found: BTreeMap<String, Route> = BTreeMap::new();
    for route in said {
        match (live.get(&route.collision_key()), entries.get(&route)) {
            (Some(output), Some(entry)) => {
                diagnostics.push(collisions::not_gone(plan, site, theme_assets, entry, output));
            }
            _ => drop(found.insert(route.collision_key().into_owned(), route)),
        }
    }
    let mut stones: BTreeMap<String, Option<usize>> = BTreeMap::new();
    for (at, gone) in site.gone.iter().enumerate().filter(|(_, gone)| gone.state == State::Withdrawn) {
        for route in routes(gone, config) {
            let key = route.collision_key().into_owned();
            match live.get(key.as_str()) {
                None => drop(found.entry(key).or_insert(route)),
                Some(output) if output.class() == Class::Redirect => {
                    diagnostics.push(collisions::redirects_from_withdrawn(plan, site, theme_assets, output));
                }
                Some(_) => {}
            }
        }
        if let Some(route) = address(gone, config) {
            let stone = stones.entry(route.collision_key().into_owned()).or_insert(Some(at));
            *stone = newer(site, *stone, at);
        }
    }
    let taken: HashSet<String> = live.keys().flat_map(|key| folders(key)).map(str::to_owned).collect();
    let has_room = |key: &str| !taken.contains(key) && folders(key).all(|folder| !live.contains_key(folder));
    let Ok(general) = Route::file(GONE_PAGE) else { return };
    let mut pages = Vec::new();
    let gone = found.into_iter().map(|(key, route)| {
        let stone = stones.get(&key).copied().flatten().filter(|_| has_room(&key));
        pages.extend(stone.map(|at| (route.clone(), OutputKind::Tombstone(at))));
        let page = if stone.is_some() { route.clone() } else { general.clone() };
        GonePath { route, page }
    });
    let gone: Vec<GonePath> = gone.collect();
    if !gone.is_empty() && !live.contains_key(&general.collision_key()) {
        pages.push((general.clone(), OutputKind::Gone));
    }
    plan.gone = with_text_versions(plan, gone);
    pages.into_iter().for_each(|(route, kind)| plan.add(Output::new(route, kind)));
}

/// The URL paths of withdrawn stories at which nothing else is, in lower case and without the slash at the end, as hosts
/// compare them.
pub(super) fn withdrawn(plan: &Plan, site: &Site, config: &Config) -> HashSet<String> {
    let answered: HashSet<&Route> = plan.gone.iter().map(|gone| &gone.route).collect();
    let withdrawn = site.gone.iter().filter(|gone| gone.state == State::Withdrawn);
    let routes = withdrawn.flat_map(|gone| routes(gone, config)).filter(|route| answered.contains(route));
    routes.map(|route| route.path().to_lowercase().trim_end_matches('/').to_owned()).collect()
}

/// Adds the same routes in the text edition.
fn with_text_versions(plan: &Plan, gone: Vec<GonePath>) -> Vec<GonePath> {
    if !plan.has_text {
        return gone;
    }
    let text_version = |gone: &GonePath| {
        let route = text_version::of(&gone.route).ok()?;
        let page = if gone.page == gone.route { route.clone() } else { gone.page.clone() };
        Some(GonePath { route, page })
    };
    let text_versions: Vec<GonePath> = gone.iter().filter_map(text_version).collect();
    gone.into_iter().chain(text_versions).collect()
}

/// Of two stories withdrawn from one URL, the one whose tombstone is shown: the later one, or none if either was withdrawn
/// for legal reasons, without a tombstone.
fn newer(site: &Site, stone: Option<usize>, at: usize) -> Option<usize> {
    let date = |at: usize| site.gone[at].tombstone.as_ref().map(|tombstone| tombstone.date);
    let known = stone?;
    let (one, other) = (date(known)?, date(at)?);
    Some(if other > one { at } else { known })
}
