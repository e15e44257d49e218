//! The pipeline on one screen: discover, read, assemble, plan, render, commit.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rayon::prelude::*;

pub use crate::commit::MachineError;
use crate::commit::{Counts, Publication, StageError};
use crate::config::{self, Config};
use crate::diagnostic::{Code, Diagnostic, Reported, has_errors};
use crate::plan::{Output, Plan, Subject, plan, stories};
use crate::read::{self, Record, Settings};
use crate::render::{self, Renderer, Theme};
use crate::route::{BaseUrl, Route};
use crate::site::{ArticleId, Site, assemble};
use crate::source::{Sources, discover};
use crate::view::Viewer;

/// What a build depends on besides the sources.
#[derive(Debug, Clone)]
pub struct BuildOptions {
    /// The project's folder.
    pub root: PathBuf,
    /// The output folder; default: `public` in the project's folder.
    pub output: Option<PathBuf>,
    /// Another address than the configuration's.
    pub base_url: Option<String>,
    /// The instant that decides what is public.
    pub now: Timestamp,
    /// Whether drafts and embargoed articles are shown.
    pub drafts: bool,
    /// Whether every file of ours is written anew.
    pub clean: bool,
    /// Whether warnings stop the build.
    pub deny_warnings: bool,
}

/// What a build has published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Summary {
    /// Public articles.
    pub articles: usize,
    /// Files of the site.
    pub outputs: usize,
    /// Files that are new or have other bytes than before.
    pub written: usize,
    /// Files left as they were.
    pub unchanged: usize,
    /// Files removed because they are no longer part of the site.
    pub removed: usize,
}

/// What a build has to say.
#[derive(Debug)]
pub struct Outcome {
    /// Everything found, ordered by file and place.
    pub diagnostics: Vec<Diagnostic>,
    /// What was published; `None` when something stopped the build and the output folder is as it was.
    pub summary: Option<Summary>,
}

/// Hears how far a build has come.
pub trait Progress: Sync {
    /// A phase begins that has so many items.
    fn begin(&self, phase: &'static str, items: usize);
    /// So many more items are done.
    fn advance(&self, items: usize);
}

/// Builds the site and publishes it into the output folder, if nothing is wrong with it.
///
/// # Errors
/// Only faults of the machine; what is wrong with the site is in the outcome.
pub fn build(options: &BuildOptions, progress: &dyn Progress) -> Result<Outcome, MachineError> {
    let root = options.root.as_path();
    if !root.is_dir() {
        return Err(MachineError(format!("there is no folder {}", root.display())));
    }
    let mut diagnostics = Vec::new();
    let config = configure(root, options.base_url.as_deref())?.take(&mut diagnostics);
    let Some(config) = config else { return Ok(stopped(root, diagnostics)) };
    let theme = render::load(root, &config.theme).take(&mut diagnostics);

    let sources = discover(root).take(&mut diagnostics);
    let (records, faulty) = read_all(root, &sources, &config, progress).take(&mut diagnostics);
    let site = assemble(records, faulty, &config, options.now, options.drafts).take(&mut diagnostics);
    let assets = theme.as_ref().map(|theme| theme.assets.routes()).unwrap_or_default();
    let plan = plan(&site, &config, &assets).take(&mut diagnostics);
    let Some(theme) = theme else { return Ok(stopped(root, diagnostics)) };
    let output = options.output.clone().unwrap_or_else(|| root.join("public"));
    let stops =
        |diagnostics: &[Diagnostic]| has_errors(diagnostics) || (options.deny_warnings && !diagnostics.is_empty());

    if stops(&diagnostics) {
        render_all(root, &config, &site, &plan, theme, None, progress)?.take(&mut diagnostics);
        return Ok(stopped(root, diagnostics));
    }
    let publication =
        Publication::open(root, &output, options.clean, &|| progress.begin("waiting for another build", 0))?;
    let staged = render_all(root, &config, &site, &plan, theme, Some(&publication), progress);
    let staged = match staged {
        Ok(staged) => staged.take(&mut diagnostics),
        Err(error) => {
            publication.abandon()?;
            return Err(error);
        }
    };
    diagnostics.extend(publication.obstacles(staged.iter().copied()));
    if stops(&diagnostics) {
        publication.abandon()?;
        return Ok(stopped(root, diagnostics));
    }
    let all: Vec<&Route> = plan.outputs.iter().map(|output| &output.route).collect();
    progress.begin("publishing", staged.len());
    let Counts { outputs, written, unchanged, removed } =
        publication.commit(&all, &staged, &|items| progress.advance(items))?;
    let summary = Summary { articles: site.articles.len(), outputs, written, unchanged, removed };
    Ok(Outcome { diagnostics: report(root, diagnostics), summary: Some(summary) })
}

fn stopped(root: &Path, diagnostics: Vec<Diagnostic>) -> Outcome {
    Outcome { diagnostics: report(root, diagnostics), summary: None }
}

/// Diagnostics with their places, in order, each once.
fn report(root: &Path, mut diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    read::place(root, &mut diagnostics);
    diagnostics.sort_by(|a, b| a.order().cmp(&b.order()));
    diagnostics.dedup();
    merge_template_faults(diagnostics)
}

/// A template that fails on every page is one fault and not ten thousand.
fn merge_template_faults(diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let place = |d: &Diagnostic| (d.path.clone(), d.line, d.column);
    let is_template = |d: &Diagnostic| matches!(d.code, Code::TemplateFailed | Code::PageTooLarge);
    let mut counts: BTreeMap<_, usize> = BTreeMap::new();
    for diagnostic in diagnostics.iter().filter(|d| is_template(d)) {
        *counts.entry(place(diagnostic)).or_default() += 1;
    }
    let mut seen = BTreeSet::new();
    let mut merged = diagnostics;
    merged.retain(|d| !is_template(d) || seen.insert(place(d)));
    for diagnostic in merged.iter_mut().filter(|d| is_template(d)) {
        let others = counts.get(&place(diagnostic)).map_or(0, |count| count - 1);
        if others > 0 {
            diagnostic.message.push_str(&format!(", and {others} more"));
        }
    }
    merged
}

/// Reads `site.yaml`.
fn configure(root: &Path, base_url: Option<&str>) -> Result<Reported<Option<Config>>, MachineError> {
    let path = root.join(config::FILE);
    if !path.exists() {
        let hint = "a project has a site.yaml with `title:` and `base_url:`; `presswork new site NAME` makes one";
        let missing = Diagnostic::new(Code::BadConfig, config::FILE, "there is no site.yaml here").hint(hint);
        return Ok(Reported { value: None, diagnostics: vec![missing] });
    }
    if !path.is_file() {
        let special = Diagnostic::new(Code::UnreadableFile, config::FILE, "it is not a file");
        return Ok(Reported { value: None, diagnostics: vec![special] });
    }
    let text = match read::text(root, config::FILE) {
        Ok(text) => text,
        Err(diagnostic) => return Ok(Reported { value: None, diagnostics: vec![diagnostic] }),
    };
    let mut reported = config::parse(&text);
    if let (Some(config), Some(url)) = (&mut reported.value, base_url) {
        config.base_url = BaseUrl::parse(url).map_err(|why| MachineError(format!("`{url}` is no base URL: {why}")))?;
    }
    Ok(reported)
}

/// Reads every source; also the paths of those that say nothing usable.
fn read_all(
    root: &Path,
    sources: &Sources,
    config: &Config,
    progress: &dyn Progress,
) -> Reported<(Vec<Record>, BTreeSet<String>)> {
    progress.begin("reading", sources.files.len());
    let settings = Settings { zone: config.timezone.clone(), slugs: config.slugs };
    let read: Vec<Reported<Option<Record>>> = sources
        .files
        .par_iter()
        .map(|file| {
            let record = read::read(root, file, &settings);
            progress.advance(1);
            record
        })
        .collect();
    let mut diagnostics = Vec::new();
    let mut records = Vec::with_capacity(read.len());
    let mut faulty = BTreeSet::new();
    for (file, reported) in sources.files.iter().zip(read) {
        match reported.take(&mut diagnostics) {
            Some(record) => records.push(record),
            None => {
                faulty.insert(file.path.clone());
            }
        }
    }
    Reported { value: (records, faulty), diagnostics }
}

/// Renders every output and stages it; without a publication, renders what may be faulty and keeps nothing.
fn render_all<'p>(
    root: &Path,
    config: &Config,
    site: &Site,
    plan: &'p Plan,
    theme: Theme,
    publication: Option<&Publication>,
    progress: &dyn Progress,
) -> Result<Reported<Vec<&'p Route>>, MachineError> {
    let Theme { mut templates, assets, strings } = theme;
    let mut diagnostics = Vec::new();
    let before = Viewer::new(config, site, plan, &strings, &[]).map_err(MachineError)?;
    Renderer::share(&before, &mut templates, &assets).map_err(MachineError)?;
    let biographies = render::biographies(root, config, site, plan, &templates, &strings).take(&mut diagnostics);
    let viewer = Viewer::new(config, site, plan, &strings, &biographies).map_err(MachineError)?;
    let renderer = Renderer::new(&viewer, &templates, &assets, root);
    let wanted: Vec<&Output> =
        plan.outputs.iter().filter(|output| publication.is_some() || may_be_faulty(output.subject)).collect();
    progress.begin("rendering", wanted.len());
    if let Some(publication) = publication {
        publication.prepare(wanted.iter().map(|output| &output.route))?;
    }
    // Pages that show the same stories are rendered together, so that what they share is made once and can be
    // forgotten soon. The order changes no byte.
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by_cached_key(|&at| newest(wanted[at].subject, site, plan));
    let mut is_staged = vec![false; wanted.len()];
    for generation in order.chunks(GENERATION) {
        let rendered: Vec<(usize, bool, Vec<Diagnostic>)> = generation
            .par_iter()
            .map(|&at| {
                let output = wanted[at];
                let Reported { value, mut diagnostics } = renderer.render(output);
                let is_staged = match (publication, value) {
                    (Some(publication), Some(rendered)) => match publication.stage(&output.route, &rendered) {
                        Ok(is_staged) => is_staged,
                        Err(StageError::Machine(error)) => return Err(error),
                        Err(StageError::Source(diagnostic)) => {
                            diagnostics.push(*diagnostic);
                            false
                        }
                    },
                    _ => false,
                };
                progress.advance(1);
                Ok((at, is_staged, diagnostics))
            })
            .collect::<Result<_, MachineError>>()?;
        for (at, staged, found) in rendered {
            is_staged[at] = staged;
            diagnostics.extend(found);
        }
        viewer.forget();
    }
    let staged =
        wanted.iter().zip(is_staged).filter(|(_, is_staged)| *is_staged).map(|(output, _)| &output.route).collect();
    Ok(Reported { value: staged, diagnostics })
}

/// Outputs rendered before what they share is forgotten.
const GENERATION: usize = 8_192;

/// The newest story that an output shows, which puts outputs in the order of time.
fn newest(subject: Subject, site: &Site, plan: &Plan) -> Option<ArticleId> {
    match subject {
        Subject::Article(id) => Some(id),
        Subject::Listing(listing, part) => {
            let range = plan.paging(listing)?.range(part);
            stories(site, listing).get(range)?.last().copied()
        }
        Subject::Month(year, month) => plan.years[year].months[month].stories.last().copied(),
        _ => None,
    }
}

/// What has a body that an editor wrote.
fn may_be_faulty(subject: Subject) -> bool {
    matches!(subject, Subject::Article(_) | Subject::Leaf(_) | Subject::Front | Subject::Listing(..))
}
