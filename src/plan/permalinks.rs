//! Routes of articles, standalone pages and the files beside them.

use std::fmt::Write;

use ahash::{HashMap, HashSet};
use rayon::prelude::*;

use crate::config::{Config, Permalink, PermalinkPart};
use crate::content_path::{PAGES, below_content};
use crate::date::Moment;
use crate::diagnostic::{Code, Diagnostic};
use crate::old_url::{OldUrlError, own_path};
use crate::read::CopiedFile;
use crate::route::{Route, RouteError, slugify};
use crate::site::Site;

use super::published::unpublished;
use super::{Output, OutputKind, Plan, SourceRef, bad_route};

/// Routes of all articles.
pub(super) fn articles(site: &Site, config: &Config, diagnostics: &mut Vec<Diagnostic>) -> Vec<Route> {
    let routes = site.articles.par_iter().map_init(String::new, |path, story| {
        if let Some(url) = &story.article.front.rare().url {
            // Checked when it was read.
            return own_path(url).map_err(|error| Box::new(bad_own_path(&story.article.source, url, error)));
        }
        path.clear();
        let config = config.in_edition(story.edition);
        path.push_str(&config.edition.path);
        let section = site.section(story.section);
        let pattern = section.permalink.as_ref().unwrap_or(&config.permalink);
        permalink(path, pattern, &section.path, story.article.dates.published, &story.article.slug, config);
        Route::page(path).map_err(|why| Box::new(bad_route(&story.article.source, path, &why)))
    });
    let routes: Vec<Result<Route, Box<Diagnostic>>> = routes.collect();
    let routes = routes.into_iter().map(|route| {
        route.unwrap_or_else(|problem| {
            diagnostics.push(*problem);
            Route::front()
        })
    });
    routes.collect()
}

fn bad_own_path(source: &str, url: &str, error: OldUrlError) -> Diagnostic {
    let message = format!("`{}` is not a valid URL of a page here: {}", url.escape_debug(), error.why);
    Diagnostic::new(Code::InvalidValue, source, message).in_key("url", url).hint_maybe(error.hint)
}

/// Writes the path of an article by a pattern.
pub(super) fn permalink(
    path: &mut String,
    pattern: &Permalink,
    section: &str,
    published: Moment,
    slug: &str,
    config: &Config,
) {
    let date = || config.timezone.to_datetime(published.instant);
    for part in pattern.parts() {
        // Writing to a String cannot fail.
        let _ = match part {
            PermalinkPart::Text(text) => path.write_str(text),
            PermalinkPart::Section => path.write_str(section),
            PermalinkPart::Year => write!(path, "{:04}", date().year()),
            PermalinkPart::Month => write!(path, "{:02}", date().month()),
            PermalinkPart::Day => write!(path, "{:02}", date().day()),
            PermalinkPart::Slug => path.write_str(slug),
        };
    }
}

/// Routes of standalone pages: `content/pages/legal/terms.md` becomes `/legal/terms/`, unless it has a `url`.
pub(super) fn pages(plan: &mut Plan, site: &Site, config: &Config, diagnostics: &mut Vec<Diagnostic>) {
    for (at, standalone) in site.pages.iter().enumerate() {
        let below = standalone.original.strip_prefix(PAGES).unwrap_or(&standalone.original);
        let below = below.strip_suffix("/index.md").or_else(|| below.strip_suffix(".md")).unwrap_or(below);
        let folders = below.rsplit_once('/').map_or("", |(folders, _)| folders);
        let mut path = config.in_edition(standalone.edition).edition.path.clone();
        for folder in folders.split('/').filter(|folder| !folder.is_empty()) {
            path.push_str(&slugify(folder, config.slugs));
            path.push('/');
        }
        path.push_str(&standalone.page.slug);
        path.push('/');
        let own = standalone.page.front.url.as_deref().and_then(|url| own_path(url).ok());
        match own.map_or_else(|| Route::page(&path), Ok) {
            Ok(route) => {
                plan.place(&standalone.page.source, SourceRef::Page(at));
                plan.pages.push(route);
            }
            Err(why) => {
                diagnostics.push(bad_route(&standalone.page.source, &path, &why));
                plan.pages.push(Route::front());
            }
        }
    }
}

/// Adds the standalone pages.
pub(super) fn page_outputs(plan: &mut Plan, site: &Site) {
    for (at, standalone) in site.pages.iter().enumerate() {
        if plan.places.contains_key(standalone.page.source.as_str()) {
            let output = Output::new(plan.pages[at].clone(), OutputKind::Page(at)).made_from(SourceRef::Page(at));
            plan.add(output.in_edition(standalone.edition).in_sitemap(!standalone.page.front.noindex));
        }
    }
}

/// Adds the published files of the project: those in `static/` at the root, those next to an `index.md` next to its page,
/// others at their path below `content/`.
pub(super) fn files(
    plan: &mut Plan,
    site: &Site,
    config: &Config,
    theme_files: &[String],
    articles: &[Route],
    diagnostics: &mut Vec<Diagnostic>,
) {
    let paths = file_paths(plan, site, articles);
    plan.unpublished = unpublished(site, config, theme_files, (plan, articles), &paths, diagnostics);
    let left_out: HashSet<usize> = plan.unpublished.iter().map(|left_out| left_out.file).collect();
    for (at, (file, path)) in site.files.iter().zip(&paths).enumerate() {
        if left_out.contains(&at) {
            plan.files.push(None);
            continue;
        }
        let route = Route::file(path).map_err(|why| diagnostics.push(bad_file_name(&file.source, &why))).ok();
        if let Some(route) = &route {
            plan.add(Output::new(route.clone(), OutputKind::File(at)).made_from(SourceRef::File(at)));
        }
        plan.place(&file.source, SourceRef::File(at));
        plan.files.push(route);
    }
}

/// The path of each file below the site's root, if it is published.
fn file_paths(plan: &Plan, site: &Site, articles: &[Route]) -> Vec<String> {
    let mut bundles: HashMap<&str, String> = HashMap::default();
    if !site.files.iter().all(|file| file.is_static) {
        bundles = bundles_of(plan, site, articles);
    }
    let path = |file: &CopiedFile| {
        let below = below_content(&file.source).unwrap_or(&file.source);
        let beside = || bundle_of(&file.source, &bundles).map(|(beside, inside)| format!("{beside}{inside}"));
        match below.strip_prefix("static/") {
            Some(below) => below.to_owned(),
            None => beside().unwrap_or_else(|| below.to_owned()),
        }
    };
    site.files.iter().map(path).collect()
}

/// The source folders of articles and pages, each with the folder in which its files are published.
fn bundles_of<'s>(plan: &Plan, site: &'s Site, articles: &[Route]) -> HashMap<&'s str, String> {
    let sources = site.articles.iter().map(|story| &*story.article.source).zip(articles);
    let pages = site.pages.iter().map(|standalone| standalone.page.source.as_str()).zip(&plan.pages);
    let folders = sources.chain(pages);
    folders.filter_map(|(source, route)| Some((source.strip_suffix("/index.md")?, beside(route)))).collect()
}

fn bad_file_name(source: &str, why: &RouteError) -> Diagnostic {
    let message = format!("the file cannot be published under its name: {why}");
    Diagnostic::new(Code::BadFileName, source, message).hint("rename the file")
}

/// The folder in which a file is published with its page, and the file's path inside it.
fn bundle_of<'s, 'b>(source: &'s str, bundles: &'b HashMap<&str, String>) -> Option<(&'b str, &'s str)> {
    let mut folder = source;
    while let Some((above, _)) = folder.rsplit_once('/') {
        if let Some(beside) = bundles.get(above) {
            return Some((beside, &source[above.len() + 1..]));
        }
        folder = above;
    }
    None
}

/// The folder, with a slash, in which an article's files are published: its page's own, or `name/` for `name.html`.
fn beside(route: &Route) -> String {
    match route.as_str().strip_suffix("index.html") {
        Some(folder) if folder.is_empty() || folder.ends_with('/') => folder.to_owned(),
        _ => format!("{}/", route.as_str().trim_end_matches(".html")),
    }
}
