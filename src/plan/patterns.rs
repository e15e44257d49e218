//! Plans redirects of old URLs that only hosts can follow: paths with a query, and everything below a folder.

use std::collections::BTreeMap;

use ahash::{HashMap, HashSet};
use percent_encoding::percent_decode_str;

use crate::article::Article;
use crate::config::{Config, OldPath, OldPattern, REDIRECTS_FILE, REST};
use crate::diagnostic::{Code, Diagnostic};
use crate::old_url::{OldUrl, QueryUrl};
use crate::route::{Route, encoded_url, folders};
use crate::site::{Site, State};

use super::redirects::{RedirectTarget, ResolvedEntry, outcome, own, path_of};
use super::{Class, Plan, collisions, gone};

/// The redirect of an old URL that only hosts can follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RedirectPattern {
    /// The old URL as written.
    pub written: String,
    /// A query or a folder.
    pub from: OldUrl,
    /// Its target.
    pub to: RedirectTarget,
}

impl Plan {
    /// The redirects that only hosts can follow, in order of precedence: queries, then folders, the deepest first.
    pub fn patterns(&self) -> &[RedirectPattern] {
        &self.patterns
    }
}

/// An alias in front matter, and the page to which it belongs; no page if the story is gone.
pub(super) struct Alias<'a> {
    pub(super) written: &'a str,
    pub(super) source: &'a str,
    pub(super) from: OldUrl,
    pub(super) target: Option<&'a Route>,
}

/// The aliases of withdrawn stories.
pub(super) fn of_gone<'a>(site: &'a Site) -> impl Iterator<Item = Alias<'a>> {
    let withdrawn = site.gone.iter().filter(|gone| gone.state == State::Withdrawn);
    withdrawn.flat_map(|gone| gone.aliases.iter()).filter_map(|alias| of(alias, "", None))
}

/// The aliases of an article.
pub(super) fn of_article<'a>(article: &'a Article, target: &'a Route) -> impl Iterator<Item = Alias<'a>> {
    article.front.aliases.iter().filter_map(move |alias| of(alias, &article.source, Some(target)))
}

/// Parses an alias that is more than a path.
pub(super) fn of<'a>(written: &'a str, source: &'a str, target: Option<&'a Route>) -> Option<Alias<'a>> {
    let from = OldUrl::parse(written).ok().filter(|from| !matches!(from, OldUrl::Path(_)))?;
    Some(Alias { written, source, from, target })
}

/// All patterns of a site.
pub(super) fn patterns(
    plan: &Plan,
    site: &Site,
    config: &Config,
    theme_assets: &[Route],
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<RedirectPattern> {
    let withdrawn = gone::withdrawn(plan, site, config);
    let mut found = PatternCollector { config, withdrawn, patterns: Vec::new(), known: BTreeMap::new() };
    let old: HashMap<&str, &OldPath> = config.redirects.iter().map(|entry| (entry.route.path(), entry)).collect();
    for entry in &config.patterns {
        let at = |problem: Diagnostic| problem.in_key(&*entry.written, &*entry.written);
        match target_of(plan, site, config, &old, entry) {
            Ok(to) => found.add(&entry.written, REDIRECTS_FILE, entry.from.clone(), to, &at, diagnostics),
            Err(problem) => diagnostics.push(problem),
        }
    }
    let articles = site.articles.iter().zip(0..).filter(|(story, _)| !story.article.front.aliases.is_empty());
    let articles =
        articles.flat_map(|(story, id)| of_article(&story.article, plan.article(crate::site::ArticleId(id))));
    let pages = site.pages.iter().enumerate().flat_map(|(at, standalone)| {
        let aliases = standalone.page.front.aliases.0.iter();
        aliases.filter_map(move |alias| of(alias, &standalone.page.source, Some(plan.page(at))))
    });
    // Gone stories come last: another target of the same URL takes precedence.
    for Alias { written, source, from, target } in articles.chain(pages).chain(of_gone(site)) {
        let at = |problem: Diagnostic| problem.in_key("aliases", written);
        match target {
            Some(target) => {
                let to = RedirectTarget::To(config.base_url.path(target));
                found.add(written, source, from, to, &at, diagnostics);
            }
            None if found.known.contains_key(&without_case(&from)) => {}
            None => found.add(written, source, from, RedirectTarget::Gone, &at, diagnostics),
        }
    }
    let mut patterns = found.patterns;
    covered(plan, site, theme_assets, &mut patterns, diagnostics);
    let depth = |pattern: &RedirectPattern| match &pattern.from {
        OldUrl::Below(folder) => folder.matches('/').count(),
        _ => usize::MAX,
    };
    patterns.sort_by(|one, other| depth(other).cmp(&depth(one)).then_with(|| one.from.cmp(&other.from)));
    patterns
}

struct PatternCollector<'a> {
    config: &'a Config,
    /// The URL paths of withdrawn stories in lower case, without the slash at the end.
    withdrawn: HashSet<String>,
    patterns: Vec<RedirectPattern>,
    /// The old URLs so far in lower case, as hosts compare them, and their sources.
    known: BTreeMap<OldUrl, String>,
}

impl PatternCollector<'_> {
    fn add(
        &mut self,
        written: &str,
        source: &str,
        from: OldUrl,
        to: RedirectTarget,
        at: &dyn Fn(Diagnostic) -> Diagnostic,
        diagnostics: &mut Vec<Diagnostic>,
    ) {
        let code = if source == REDIRECTS_FILE { Code::BadRedirect } else { Code::BadAlias };
        if let Some(other) = self.known.insert(without_case(&from), source.to_owned()) {
            let message = format!("`{}` is given twice", written.escape_debug());
            diagnostics.push(at(Diagnostic::new(code, source, message)).related("the other", other).hint("keep one"));
            return;
        }
        // Some hosts pass the query on and would redirect here again.
        if let (OldUrl::Query(query), RedirectTarget::To(url)) = (&from, &to)
            && path_of(url) == self.config.base_url.path_of(&query.path)
        {
            let message = format!("`{}` redirects to its own path", written.escape_debug());
            let problem = at(Diagnostic::new(code, source, message));
            diagnostics.push(problem.hint("redirect it to the story's current URL"));
            return;
        }
        if let (OldUrl::Query(query), RedirectTarget::To(_)) = (&from, &to)
            && self.withdrawn.contains(query.path.to_lowercase().trim_end_matches('/'))
        {
            diagnostics.push(at(collisions::query_of_withdrawn(source, written, &query.path)));
            return;
        }
        self.patterns.push(RedirectPattern { written: written.to_owned(), from, to });
    }
}

fn without_case(address: &OldUrl) -> OldUrl {
    match address {
        OldUrl::Query(query) => OldUrl::Query(QueryUrl {
            path: query.path.to_lowercase(),
            parameters: query.parameters.iter().map(|(name, value)| (name.clone(), value.to_lowercase())).collect(),
        }),
        OldUrl::Below(folder) => OldUrl::Below(folder.to_lowercase()),
        OldUrl::Path(route) => OldUrl::Path(route.clone()),
    }
}

/// The target of an entry of `redirects.yaml`.
fn target_of(
    plan: &Plan,
    site: &Site,
    config: &Config,
    old: &HashMap<&str, &OldPath>,
    entry: &OldPattern,
) -> Result<RedirectTarget, Diagnostic> {
    let Some(target) = &entry.target else { return Ok(RedirectTarget::Gone) };
    let problem =
        |code, message: String| Diagnostic::new(code, REDIRECTS_FILE, message).in_key(&*entry.written, target);
    let url = match target.strip_suffix(REST) {
        Some(before) => match own(config, before) {
            path if path.starts_with('/') => {
                let below = path.strip_prefix(config.base_url.prefix()).unwrap_or(path.trim_start_matches('/'));
                RedirectTarget::Below(config.base_url.path_of(&percent_decode_str(below).decode_utf8_lossy()))
            }
            url => RedirectTarget::Below(encoded_url(url)),
        },
        None => {
            let path = OldPath { written: entry.written.clone(), route: Route::front(), target: Some(target.clone()) };
            match outcome(plan, site, config, old, &path)? {
                ResolvedEntry::Redirects(redirect) => RedirectTarget::To(redirect.url),
                ResolvedEntry::Home => RedirectTarget::To(config.base_url.path(&Route::front())),
                ResolvedEntry::Gone | ResolvedEntry::Over(_) => RedirectTarget::Gone,
            }
        }
    };
    let (RedirectTarget::To(to) | RedirectTarget::Below(to)) = &url else { return Ok(url) };
    // A target below an old folder would redirect again, perhaps forever.
    let decoded = percent_decode_str(path_of(to)).decode_utf8_lossy();
    let below = decoded.strip_prefix(&*percent_decode_str(config.base_url.prefix()).decode_utf8_lossy());
    let is_below = |folder: &str| below.is_some_and(|below| below.starts_with(folder));
    let shown = target.escape_debug();
    for other in &config.patterns {
        let OldUrl::Below(folder) = &other.from else { continue };
        if !is_below(folder) || matches!(&url, RedirectTarget::To(_)) && other.written != entry.written {
            continue;
        }
        return Err(match other.written == entry.written {
            true => problem(Code::BadRedirect, format!("`{}` redirects to itself", entry.written))
                .hint("redirect it to the stories' current URLs"),
            false => {
                let message =
                    format!("`{}` redirects to `{shown}`, which is inside the old `{}`", entry.written, other.written);
                problem(Code::RedirectChain, message).hint("redirect it to the stories' current URLs")
            }
        });
    }
    Ok(url)
}

/// Removes old folders that contain a page of this site, since hosts disagree on which takes precedence.
fn covered(
    plan: &Plan,
    site: &Site,
    theme_assets: &[Route],
    patterns: &mut Vec<RedirectPattern>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let folder = |pattern: &RedirectPattern| match &pattern.from {
        OldUrl::Below(folder) => Some(folder.trim_end_matches('/').to_lowercase()),
        _ => None,
    };
    let mut old: HashSet<String> = patterns.iter().filter_map(folder).collect();
    if old.is_empty() {
        return;
    }
    for output in &plan.outputs {
        // These have rules of their own, which come first.
        if matches!(output.class(), Class::Redirect | Class::Tombstone | Class::TextVersion) {
            continue;
        }
        let route = output.route.collision_key();
        let Some(found) = folders(&route).find(|above| old.contains(*above)) else { continue };
        // One error for a folder, not one for each page in it.
        old.remove(found);
        let is_it = |pattern: &RedirectPattern| folder(pattern).is_some_and(|folder| folder == found);
        if let Some(at) = patterns.iter().position(is_it) {
            let pattern = patterns.remove(at);
            diagnostics.push(collisions::below_old(plan, site, theme_assets, &pattern.written, output));
        }
    }
}
