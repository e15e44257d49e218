//! Plans the redirects of `redirects.yaml`, and the hosts' files that contain them.

use std::borrow::Cow;

use ahash::HashMap;
use percent_encoding::percent_decode_str;

use crate::config::{Config, Host, OldPath, REDIRECTS_FILE};
use crate::diagnostic::{Code, Diagnostic};
use crate::route::{Route, alias_route, encoded_url};
use crate::site::{Site, State};

use super::gone::Removed;
use super::links::LinkError;
use super::{Output, OutputKind, PartLink, Plan};

/// A host's answer to an old URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RedirectTarget {
    /// It is gone for good.
    Gone,
    /// A redirect to this URL: root-relative on this site or absolute, percent-encoded.
    To(String),
    /// A redirect from everything below the folder to the same path below this URL, which ends with a slash.
    Below(String),
}

/// The redirect of an old path in `redirects.yaml`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redirect {
    /// The old path as written.
    pub written: String,
    /// The page at the old path.
    pub from: Route,
    /// The target's URL: root-relative on this site, with query and fragment, or absolute; percent-encoded.
    pub url: String,
    /// The target by its place in [`Plan::outputs`], if it is on this site.
    pub target: Option<usize>,
}

/// The result of resolving an entry of `redirects.yaml`.
pub(super) enum ResolvedEntry {
    Redirects(Redirect),
    Gone,
    /// Its target is no longer public.
    Over(State),
    /// Its target has moved back to this path.
    Home,
}

impl Plan {
    /// A redirect of `redirects.yaml`, by its place.
    pub fn redirect(&self, at: usize) -> Option<&Redirect> {
        self.redirects.get(at)
    }

    /// The routes of all pages that redirect for hosts without redirect rules, and the URLs that they redirect to:
    /// root-relative on this site or absolute, percent-encoded.
    pub fn redirecting<'p>(&'p self, config: &'p Config) -> impl Iterator<Item = (&'p Route, String)> {
        self.outputs.iter().filter_map(|output| {
            let url = match output.kind {
                OutputKind::Alias(target) => config.base_url.path(&self.outputs.get(target)?.route),
                OutputKind::Redirect(at) => self.redirect(at)?.url.clone(),
                _ => return None,
            };
            Some((&output.route, url))
        })
    }

    /// The routes at which outputs were before: aliases, and old paths of `redirects.yaml` that lead to an output. Each has
    /// the output that is there now.
    pub fn old_routes(&self) -> impl Iterator<Item = (&Route, &Output)> {
        self.outputs.iter().filter_map(|output| {
            let target = match output.kind {
                OutputKind::Alias(target) => target,
                OutputKind::Redirect(at) => self.redirect(at)?.target?,
                _ => return None,
            };
            Some((&output.route, self.outputs.get(target)?))
        })
    }

    /// The hosts' files that Presswork writes. The others are the newsroom's own.
    pub fn host_files(&self) -> impl Iterator<Item = (Host, &'static str)> {
        self.outputs.iter().filter_map(|output| match output.kind {
            OutputKind::HostFile(host, name) => Some((host, name)),
            _ => None,
        })
    }

    /// The redirect of an old path to another site.
    pub(super) fn redirect_from(&self, below: &str) -> Option<&Redirect> {
        let route = alias_route(below).ok()?;
        self.redirects.iter().find(|redirect| redirect.target.is_none() && redirect.from == route)
    }
}

/// Adds the redirects of `redirects.yaml`, and returns the paths at which content is gone.
pub(super) fn redirects(
    plan: &mut Plan,
    site: &Site,
    config: &Config,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Route> {
    let mut gone = Vec::new();
    let old: HashMap<&str, &OldPath> = config.redirects.iter().map(|entry| (entry.route.path(), entry)).collect();
    let mut found = Vec::new();
    for entry in &config.redirects {
        match outcome(plan, site, config, &old, entry) {
            Ok(ResolvedEntry::Redirects(redirect)) => found.push((entry.route.clone(), redirect)),
            Ok(ResolvedEntry::Gone) => gone.push(entry.route.clone()),
            Ok(ResolvedEntry::Over(state)) => {
                plan.removed.add(&entry.route, state);
                gone.push(entry.route.clone());
            }
            Ok(ResolvedEntry::Home) => {}
            Err(problem) => diagnostics.push(problem),
        }
    }
    for (route, redirect) in found {
        if let Some(target) = redirect.target
            && plan.place_of(route.path()).is_none()
        {
            plan.aliases.insert(route.path().into(), target as u32);
        }
        plan.add(Output::new(route, OutputKind::Redirect(plan.redirects.len())));
        plan.redirects.push(redirect);
    }
    gone
}

/// The links to parts of pages among the targets of `redirects.yaml`.
pub(super) fn part_links(plan: &Plan, config: &Config) -> Vec<PartLink> {
    let paths = config.redirects.iter().map(|entry| (&entry.written, &entry.target));
    let patterns = config.patterns.iter().map(|entry| (&entry.written, &entry.target));
    let targets: HashMap<&str, &str> = paths
        .chain(patterns)
        .filter_map(|(written, target)| Some((written.as_str(), target.as_deref()?)))
        .filter(|(_, target)| target.contains('#'))
        .collect();
    let redirects = plan.redirects.iter().map(|redirect| (&redirect.written, &redirect.url));
    let patterns = plan.patterns.iter().filter_map(|pattern| match &pattern.to {
        RedirectTarget::To(url) => Some((&pattern.written, url)),
        RedirectTarget::Gone | RedirectTarget::Below(_) => None,
    });
    let links = redirects.chain(patterns).filter_map(|(written, url)| {
        let target = targets.get(written.as_str())?;
        let mut link = PartLink::new(plan.part(config, None, url)?, REDIRECTS_FILE, None);
        link.key = Some((written.clone(), (*target).to_owned()));
        Some(link)
    });
    links.collect()
}

pub(super) fn outcome(
    plan: &Plan,
    site: &Site,
    config: &Config,
    old: &HashMap<&str, &OldPath>,
    entry: &OldPath,
) -> Result<ResolvedEntry, Diagnostic> {
    let Some(written) = &entry.target else { return Ok(ResolvedEntry::Gone) };
    let reference = own(config, written);
    if reference.starts_with('/')
        && let Some(problem) = chain(plan, config, old, entry, reference)
    {
        return Err(problem);
    }
    let target = match plan.resolve(site, config, REDIRECTS_FILE, reference) {
        Ok(target) => target,
        // Readers at the old path see the same as at the article's own URL.
        Err(LinkError::Gone(Removed::Story(state))) => return Ok(ResolvedEntry::Over(state)),
        Err(LinkError::Gone(Removed::List)) => return Ok(ResolvedEntry::Over(State::Expired)),
        Err(error) => {
            let (code, message, hint) = error.required(reference).explain(reference);
            let problem = Diagnostic::new(code, REDIRECTS_FILE, message);
            return Err(problem.in_key(&*entry.written, &**written).hint_maybe(hint));
        }
    };
    let place = || {
        let below = path_of(&target.url).strip_prefix(config.base_url.prefix())?;
        plan.place_of(&percent_decode_str(below).decode_utf8_lossy())
    };
    let target_place = target.url.starts_with('/').then(place).flatten().map(|at| at as usize);
    let is_home = || target_place.is_some_and(|at| plan.outputs[at].route == entry.route);
    if path_of(reference).ends_with(".md") && is_home() {
        return Ok(ResolvedEntry::Home);
    }
    let (written, from, url) = (entry.written.clone(), entry.route.clone(), encoded_url(&target.url));
    Ok(ResolvedEntry::Redirects(Redirect { written, from, url, target: target_place }))
}

/// The path of a complete URL of this site; any other reference as it is.
pub(super) fn own<'r>(config: &Config, reference: &'r str) -> &'r str {
    let path = reference.strip_prefix(config.base_url.origin());
    match path {
        Some("") => "/",
        Some(path) if path.starts_with(config.base_url.prefix()) => path,
        _ => reference,
    }
}

/// A reference without query and fragment.
pub(super) fn path_of(reference: &str) -> &str {
    &reference[..reference.find(['?', '#']).unwrap_or(reference.len())]
}

/// The error for a target that redirects in turn: readers and search engines would be sent twice.
fn chain(
    plan: &Plan,
    config: &Config,
    old: &HashMap<&str, &OldPath>,
    entry: &OldPath,
    reference: &str,
) -> Option<Diagnostic> {
    let next = |reference: &str| old_path(plan, config, old, own(config, reference));
    let first = next(reference)?;
    let at = |code, message: String| {
        Diagnostic::new(code, REDIRECTS_FILE, message)
            .in_key(&*entry.written, entry.target.as_deref().unwrap_or(reference))
    };
    let (written, shown) = (&entry.written, reference.escape_debug());
    let mut found = first;
    for _ in 0..=old.len() {
        found = match found {
            Old::Entry(other) if other.route == entry.route => {
                let message = format!("the old path `{written}` redirects to itself");
                return Some(at(Code::BadRedirect, message).hint("redirect it to the story's current URL"));
            }
            Old::Entry(OldPath { target: None, .. }) => {
                let message = format!("`{written}` redirects to `{shown}`, which is gone");
                return Some(at(Code::RedirectChain, message).hint("write `gone` here too"));
            }
            Old::Entry(OldPath { target: Some(target), .. }) => match next(target) {
                Some(further) => further,
                None => return Some(chained(at, written, reference, target)),
            },
            Old::Alias(output) => {
                return Some(chained(at, written, reference, &config.base_url.path(&output.route)));
            }
        };
    }
    let message = format!("`{written}` redirects to `{shown}`, which redirects in a circle");
    Some(at(Code::RedirectChain, message).hint("redirect each of them to the story's current URL"))
}

fn chained(at: impl Fn(Code, String) -> Diagnostic, written: &str, reference: &str, last: &str) -> Diagnostic {
    let message = format!("`{written}` redirects to `{}`, which is itself an old path", reference.escape_debug());
    at(Code::RedirectChain, message).hint(format!("redirect it to `{}`", last.escape_debug()))
}

/// The source of an old path.
enum Old<'a> {
    Entry(&'a OldPath),
    Alias(&'a Output),
}

/// The old path that a reference points to, with or without the site's path prefix; `None` if a page is there.
fn old_path<'a>(plan: &'a Plan, config: &Config, old: &HashMap<&str, &'a OldPath>, reference: &str) -> Option<Old<'a>> {
    let path: Cow<'_, str> = percent_decode_str(path_of(reference)).decode_utf8_lossy();
    let below = path.strip_prefix(config.base_url.prefix());
    [Some(&*path), below].into_iter().flatten().find_map(|path| {
        let route = alias_route(path).ok()?;
        if plan.is_live(route.path()) {
            return None;
        }
        let alias = || Some(Old::Alias(plan.outputs.get(*plan.aliases.get(route.path())? as usize)?));
        old.get(route.path()).map(|&entry| Old::Entry(entry)).or_else(alias)
    })
}

/// Adds the files of the configured hosts, unless the newsroom has its own.
pub(super) fn host_files(plan: &mut Plan, config: &Config) {
    for &host in &config.hosts {
        for &name in host.files() {
            let Ok(route) = Route::file(name) else { continue };
            if !plan.is_supplied(name) {
                plan.add(Output::new(route, OutputKind::HostFile(host, name)));
            }
        }
    }
}
