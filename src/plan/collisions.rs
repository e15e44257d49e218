//! Checks that no two outputs would be the same file, and that no output's file is another's folder.

use std::borrow::Cow;

use ahash::{HashMap, HashSet};
use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use rayon::prelude::*;

use crate::config::{self, OldPath};
use crate::content_path::in_content;
use crate::diagnostic::{Code, Diagnostic};
use crate::route::{Route, folders};
use crate::site::{AuthorId, Person, SectionId, Series, Site, slug_line};
use crate::source::hash;
use crate::unicode::{clean, folded};

use super::kind::label;
use super::output::file_to_change;
use super::{FeedSource, Listing, Output, OutputKind, PagePart, Plan};

/// Reports every collision, also of routes that differ only in case or Unicode normalization.
pub(super) fn check(plan: &Plan, site: &Site, theme_assets: &[Route], diagnostics: &mut Vec<Diagnostic>) {
    if !may_collide(&plan.outputs) {
        return;
    }
    let mut files: HashMap<Cow<'_, str>, &Output> = HashMap::default();
    let mut reported = HashSet::default();
    for output in &plan.outputs {
        let Some(first) = files.insert(output.route.collision_key(), output) else { continue };
        let pages = (main_page(plan, output.kind), main_page(plan, first.kind));
        if !follows(plan, site, pages.0, pages.1) && reported.insert(pages) {
            diagnostics.push(collision(plan, site, theme_assets, output, first, "would be the same file"));
        }
    }
    let mut seen = HashSet::default();
    for output in &plan.outputs {
        let route = output.route.collision_key();
        for folder in folders(&route) {
            // A file in the place of a section's folder is one error, not one for each story.
            if let Some(first) = files.get(folder).filter(|first| seen.insert(&first.route)) {
                let what = "need the same name for a file and a folder";
                diagnostics.push(collision(plan, site, theme_assets, output, first, what));
            }
        }
    }
}

/// True if there may be a collision, by the hashes of the routes. There hardly ever is one, so this quick check is usually
/// all that is needed.
fn may_collide(outputs: &[Output]) -> bool {
    let keys: Vec<u64> = outputs.par_iter().map(|output| hash(&output.route.collision_key())).collect();
    let mut files: HashTable<u64> = HashTable::with_capacity(keys.len());
    for &key in &keys {
        match files.entry(key, |&other| other == key, |&key| key) {
            Entry::Occupied(_) => return true,
            Entry::Vacant(place) => drop(place.insert(key)),
        }
    }
    let is_file = |folder: &str| {
        let key = hash(folder);
        files.find(key, |&other| other == key).is_some()
    };
    outputs.par_iter().any(|output| {
        let route = output.route.collision_key();
        folders(&route).any(is_file)
    })
}

/// The page that an output moves with: feeds, later pages and other formats of a page have its URL.
fn main_page(plan: &Plan, kind: OutputKind) -> OutputKind {
    match kind {
        OutputKind::Listing(listing, _) | OutputKind::Feed(FeedSource::Listing(listing), _) => {
            OutputKind::Listing(listing, PagePart::Front)
        }
        OutputKind::Feed(FeedSource::Series(at), _) => OutputKind::Series(at),
        OutputKind::Ninjs(id) | OutputKind::Markdown(id) => OutputKind::Article(id),
        OutputKind::TextVersion(at) => main_page(plan, plan.outputs[at].kind),
        other => other,
    }
}

/// True if two pages collide only because their sections do.
fn follows(plan: &Plan, site: &Site, one: OutputKind, other: OutputKind) -> bool {
    let sections = |mut section: Option<SectionId>| {
        std::iter::from_fn(move || {
            let id = section?;
            section = site.section(id).parent;
            Some(id)
        })
    };
    let above = |kind| match kind {
        OutputKind::Article(id) => Some(site.story(id).section),
        OutputKind::Listing(Listing::Section(id), _) => site.section(id).parent,
        OutputKind::Alias(target) => match main_page(plan, plan.outputs[target].kind) {
            OutputKind::Article(id) => Some(site.story(id).section),
            _ => None,
        },
        _ => None,
    };
    let key = |id: SectionId| folded(&site.section(id).path);
    let one: Vec<SectionId> = sections(above(one)).collect();
    let same_name = |id: SectionId| one.iter().any(|&own| own != id && key(own) == key(id));
    sections(above(other)).any(same_name)
}

fn collision(plan: &Plan, site: &Site, assets: &[Route], output: &Output, first: &Output, what: &str) -> Diagnostic {
    // Pages made by the configuration cannot be renamed, but the outputs in their way can.
    let is_fixed = |output: &Output| file_to_change(plan, site, output) == config::FILE;
    let is_older = match (main_page(plan, output.kind), main_page(plan, first.kind)) {
        (OutputKind::Series(at), OutputKind::Series(other)) => {
            site.series[at].parts.iter().min() < site.series[other].parts.iter().min()
        }
        _ => false,
    };
    let is_turned = (is_fixed(output) && !is_fixed(first)) || is_older;
    let (output, first) = if is_turned { (first, output) } else { (output, first) };
    let (path, name) = named(plan, site, assets, output);
    let (other_path, other_name) = named(plan, site, assets, first);
    let routes = if output.route == first.route {
        format!("`/{}`", output.route.path())
    } else {
        format!("`/{}` and `/{}`", output.route.path(), first.route.path())
    };
    let message = format!("{name} and {other_name} {what}: {routes}");
    let leads = |output: &Output| matches!(output.kind, OutputKind::Redirect(_));
    let is_alias = |output: &Output| matches!(output.kind, OutputKind::Alias(_));
    let has_own_url = |output: &Output| matches!(written_route(plan, site, output), Some(("url", _)));
    let hint = match slug_hint(site, output) {
        _ if leads(output) || leads(first) => {
            "remove the entry from redirects.yaml, or give the other page another URL".to_owned()
        }
        // An alias is written out: no slug moves it.
        _ if is_alias(output) && is_alias(first) && path == other_path => "write the alias only once".to_owned(),
        _ if is_alias(output) && is_alias(first) => "remove the alias from one of them".to_owned(),
        _ if is_alias(output) => format!("remove the alias from {path}, or give the other page another URL"),
        _ if is_alias(first) => format!("remove the alias from {other_path}, or give the other page another URL"),
        // A slug moves no page that has a URL of its own.
        _ if has_own_url(first) && has_own_url(output) => "change the `url:` of one of them".to_owned(),
        _ if has_own_url(output) => format!("change the `url:` in {path}"),
        _ if has_own_url(first) => format!("change the `url:` in {other_path}"),
        Some(hint) => hint,
        _ if is_fixed(first) => "give it another `slug:` or name".to_owned(),
        _ => "give one of them another `slug:` or name".to_owned(),
    };
    let mut diagnostic =
        Diagnostic::new(Code::RouteCollision, path, message).related("the other", other_path).hint(hint);
    if let Some((key, value)) = written_route(plan, site, first) {
        diagnostic = diagnostic.related_in_key(key, value);
    }
    match written_route(plan, site, output) {
        Some((key, value)) => diagnostic.in_key(key, value),
        None => diagnostic,
    }
}

/// The hint for a page whose slug isn't in its own front matter. The older of two terms keeps its URL.
fn slug_hint(site: &Site, output: &Output) -> Option<String> {
    let in_config = |taxonomy: &str, name: &str, slug: &str, others: usize| {
        let line = slug_line(taxonomy, name, &format!("{slug}-{}", others + 1));
        Some(format!("give `{}` a slug of its own in site.yaml: `{line}`", clean(name)))
    };
    let in_file = |slug: &str, path: &str, others: usize| {
        Some(format!("for example, write `slug: {slug}-{}` in {path}", others + 1))
    };
    let (OutputKind::Listing(listing, _) | OutputKind::Feed(FeedSource::Listing(listing), _)) = output.kind else {
        let (OutputKind::Series(at) | OutputKind::Feed(FeedSource::Series(at), _)) = output.kind else { return None };
        let series = &site.series[at];
        let is_older =
            |other: &&Series| other.slug == series.slug && other.parts.iter().min() < series.parts.iter().min();
        return in_config("series", &series.written, &series.slug, site.series.iter().filter(is_older).count());
    };
    match listing {
        Listing::Term(taxonomy, at) => {
            let terms = &site.taxonomies[taxonomy].terms;
            let others = terms[..at]
                .iter()
                .filter(|other| other.slug == terms[at].slug && other.edition == terms[at].edition)
                .count();
            in_config(&site.taxonomies[taxonomy].name, &terms[at].written, &terms[at].slug, others)
        }
        Listing::Section(SectionId(at)) => {
            let section = &site.sections[at as usize];
            let others = site.sections[..at as usize].iter().filter(|other| other.path == section.path).count();
            let slug = section.path.rsplit('/').next().unwrap_or(&section.path);
            in_file(slug, &in_content(&format!("{}/_index.md", section.id)), others)
        }
        Listing::Author(AuthorId(at)) => {
            let author = &site.authors[at as usize].author;
            let slug = author.front.slug.as_deref().unwrap_or(&author.id);
            let is_same = |other: &&Person| other.author.front.slug.as_deref() == Some(slug);
            in_file(slug, &author.source, site.authors[..at as usize].iter().filter(is_same).count())
        }
        Listing::Latest(_) => None,
    }
}

/// The key that gives an output its route, and its value if known.
fn written_route<'s>(plan: &'s Plan, site: &'s Site, output: &Output) -> Option<(&'s str, &'s str)> {
    let slug = match output.kind {
        OutputKind::Redirect(at) => {
            return plan.redirects.get(at).map(|redirect| (&*redirect.written, &*redirect.written));
        }
        OutputKind::Alias(_) => return Some(("aliases", "")),
        OutputKind::Listing(Listing::Term(0, term), _) => {
            return Some(("tags", site.taxonomies.first()?.terms.get(term)?.written.as_str()));
        }
        OutputKind::Listing(Listing::Term(taxonomy, term), _) => {
            return Some(("taxonomies", site.taxonomies.get(taxonomy)?.terms.get(term)?.written.as_str()));
        }
        OutputKind::Listing(Listing::Section(id), _) => site.section(id).file.as_ref()?.front.slug.as_deref(),
        OutputKind::Listing(Listing::Author(id), _) => site.person(id).author.front.slug.as_deref(),
        OutputKind::Series(at) => return Some(("series", site.series[at].written.as_str())),
        OutputKind::Article(id) => {
            let article = &site.story(id).article;
            if let Some(url) = &article.front.rare().url {
                return Some(("url", url.as_str()));
            }
            article.front.has_slug.then_some(&*article.slug)
        }
        OutputKind::Page(at) => {
            let front = &site.pages[at].page.front;
            if let Some(url) = &front.url {
                return Some(("url", url.as_str()));
            }
            front.slug.as_deref()
        }
        _ => None,
    };
    slug.map(|slug| ("slug", slug))
}

/// The file that an editor changes to move an output, and the output's name.
fn named(plan: &Plan, site: &Site, assets: &[Route], output: &Output) -> (String, String) {
    (file_to_change(plan, site, output), label(plan, site, assets, output))
}

/// The error for an output at an old path that is marked as gone.
pub(super) fn not_gone(plan: &Plan, site: &Site, assets: &[Route], entry: &OldPath, live: &Output) -> Diagnostic {
    let (path, name) = named(plan, site, assets, live);
    let message = format!("`{}` is marked as gone, but {name} is there: `/{}`", entry.written, live.route.path());
    Diagnostic::new(Code::RouteCollision, config::REDIRECTS_FILE, message)
        .in_key(&*entry.written, &*entry.written)
        .related("the other", path)
        .hint("remove the entry from redirects.yaml, or give the other page another URL")
}

/// The error for an output below a folder that redirects as a whole.
pub(super) fn below_old(plan: &Plan, site: &Site, assets: &[Route], written: &str, live: &Output) -> Diagnostic {
    let (path, name) = named(plan, site, assets, live);
    let message = format!("`{written}` would hide {name}: `/{}`", live.route.path());
    Diagnostic::new(Code::RouteCollision, config::REDIRECTS_FILE, message)
        .in_key(written, written)
        .related("the other", path)
        .hint("list the old URLs below it one by one")
}

/// The error for a redirect with a query from the URL of a withdrawn story, which hosts would follow instead of answering
/// 410.
pub(super) fn query_of_withdrawn(source: &str, written: &str, path: &str) -> Diagnostic {
    let message = format!("`{}` redirects from the URL of a withdrawn story: `/{path}`", written.escape_debug());
    Diagnostic::new(Code::RouteCollision, source, message)
        .hint("remove it: that URL shows that the story has been withdrawn")
}

/// The error for a redirect from the URL of a withdrawn story: readers would not learn of the withdrawal, and search
/// engines would keep the story.
pub(super) fn redirects_from_withdrawn(plan: &Plan, site: &Site, assets: &[Route], live: &Output) -> Diagnostic {
    let (path, name) = named(plan, site, assets, live);
    let message = format!("{name} redirects from the URL of a withdrawn story: `/{}`", live.route.path());
    let diagnostic = Diagnostic::new(Code::RouteCollision, path, message);
    let diagnostic = match written_route(plan, site, live) {
        Some((key, value)) => diagnostic.in_key(key, value),
        None => diagnostic,
    };
    diagnostic.hint("remove it: that URL shows that the story has been withdrawn")
}
