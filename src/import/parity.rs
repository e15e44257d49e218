//! Compares the old site's URLs with those of the project.

use std::collections::{BTreeMap, BTreeSet};

use ahash::HashMap;

use crate::build::Draft;
use crate::content_path::FRONT_PAGE;
use crate::old_url::OldUrl;
use crate::plan::LinkError;

use super::layout::{ImportLayout, OldReference, url_key};
use super::model::{SourceState, Survey};
use super::report::{OldUrlReport, UrlState};

/// The answer of the project at each old URL: those of the survey's public items, sections, people, terms and files, and
/// those of the old site, if they are known. Those at which there is nothing come first.
pub(super) fn old_urls(survey: &Survey, layout: &ImportLayout, draft: &Draft, of_site: &[String]) -> Vec<OldUrlReport> {
    let lookup = Lookup::new(draft);
    let mut urls: BTreeSet<String> = BTreeSet::new();
    let path = |url: &str| match layout.base.read(url)? {
        OldReference::Here { path, query: Some(query), .. } => Some(format!("{path}?{query}")),
        OldReference::Here { path, query: None, .. } => Some(path),
        OldReference::Elsewhere => None,
    };
    for (facts, target) in survey.items.iter().zip(&layout.items) {
        let Some(file) = &target.file else { continue };
        let is_read = target.state == SourceState::Public && !draft.site.hidden.contains_key(file.as_str());
        if is_read {
            urls.extend(facts.url.iter().chain(&facts.other_urls).filter_map(|url| path(url)));
        }
    }
    for section in &survey.sections {
        urls.extend(section.url.iter().chain(&section.other_urls).filter_map(|url| path(url)));
    }
    let people = survey.people.iter().flat_map(|person| &person.old_urls);
    let terms = survey.terms.iter().flat_map(|term| &term.old_urls);
    let files = survey.media.iter().filter(|file| file.file.is_some()).flat_map(|file| &file.old_urls);
    urls.extend(people.chain(terms).chain(files).chain(of_site).filter_map(|url| path(url)));
    let mut reports: Vec<OldUrlReport> = urls.into_iter().map(|url| lookup.report(url)).collect();
    reports.sort_by(|one, other| {
        (std::cmp::Reverse(one.state), &one.url).cmp(&(std::cmp::Reverse(other.state), &other.url))
    });
    reports
}

/// The routes of a project.
struct Lookup<'a> {
    draft: &'a Draft,
    /// The targets of pages that redirect, by [`url_key`].
    redirects: HashMap<String, String>,
    gone: BTreeSet<String>,
    /// The targets of URLs with a query.
    queries: BTreeMap<OldUrl, ()>,
}

impl<'a> Lookup<'a> {
    fn new(draft: &'a Draft) -> Lookup<'a> {
        let redirecting = draft.plan.redirecting(&draft.config);
        Lookup {
            redirects: redirecting.map(|(route, url)| (url_key(route.path()), url)).collect(),
            gone: draft.plan.gone().iter().map(|gone| url_key(gone.route.path())).collect(),
            queries: draft.plan.patterns().iter().map(|pattern| (pattern.from.clone(), ())).collect(),
            draft,
        }
    }

    fn report(&self, url: String) -> OldUrlReport {
        let (state, leads_to) = self.state(&url);
        OldUrlReport { state, url: format!("/{url}"), leads_to }
    }

    fn state(&self, url: &str) -> (UrlState, Option<String>) {
        let (path, query) = url.split_once('?').map_or((url, None), |(path, query)| (path, Some(query)));
        if query.is_some() {
            let known = OldUrl::parse(&format!("/{url}")).ok().filter(|parsed| self.queries.contains_key(parsed));
            if known.is_some() {
                return (UrlState::Redirected, None);
            }
        }
        let key = url_key(path);
        if let Some(target) = self.redirects.get(&key) {
            return (UrlState::Redirected, Some(target.clone()));
        }
        if self.gone.contains(&key) {
            return (UrlState::Gone, None);
        }
        let folder = if key.is_empty() { String::new() } else { format!("{key}/") };
        let found = [path, &key, &folder].into_iter().find(|path| self.draft.plan.file_at(path).is_some());
        match found {
            Some(_) => (UrlState::Same, None),
            None if self.is_over(&folder) => (UrlState::Gone, None),
            None if is_list_page(&key) => (UrlState::List, None),
            None => (UrlState::Unknown, None),
        }
    }
}

impl Lookup<'_> {
    /// True if a story that has expired was at this path.
    fn is_over(&self, path: &str) -> bool {
        let Draft { plan, site, config, .. } = self.draft;
        matches!(plan.resolve(site, config, FRONT_PAGE, &format!("/{path}")), Err(LinkError::Gone(_)))
    }
}

/// True for a later page of a list, `tags/ports/page/2`, whose contents change with every story.
fn is_list_page(key: &str) -> bool {
    let mut parts = key.rsplit('/');
    let last = parts.next().unwrap_or_default();
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let before = parts.next();
    (is_number(last) && before == Some("page")) || last.strip_prefix("page").is_some_and(is_number)
}
