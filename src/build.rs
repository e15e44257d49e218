//! Builds: open the project, assemble it as of an instant, compare it with the last build, render what has changed,
//! commit.

mod adopted;
mod baseline;
mod configuring;
mod done;
mod draft;
mod early;
mod errors;
mod fragments;
mod inputs;
mod job;
mod known;
mod last_build;
mod left_out;
mod live;
mod losses;
mod moved;
mod next_build;
mod online;
mod notices;
mod output_folder;
mod outputs;
mod page_errors;
mod progress;
mod project;
mod reading;
mod removals;
mod reporting;
mod silent;
mod stages;
mod traces;
mod written_dates;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;

use crate::commit::OutputFolder;
pub use crate::commit::{MachineError, ledger_of};
use crate::config::Config;
use crate::diagnostic::Diagnostic;
use crate::ledger::Writer;
use crate::manifest::Manifest;
use crate::route::Route;
use crate::site::Preview;

pub use adopted::{adopt_ledger, portable_ledger};
pub use draft::{AsOf, Draft};
pub use errors::find_errors;
pub use last_build::{LastBuild, last_build};
pub use live::{Changes, LiveProject};
pub use next_build::NextBuild;
pub use online::stories_missing;
pub use output_folder::OUTPUT;
pub use progress::{NoProgress, Phase, Progress};
pub use project::Project;
pub use reporting::report;

use baseline::Baseline;
use configuring::{configure, errors_elsewhere};
use known::KnownSoFar;
use project::check_root;
use stages::{Opened, Task};

/// The options of a build.
#[derive(Debug, Clone)]
pub struct BuildOptions {
    /// The project's folder.
    pub root: PathBuf,
    /// The output folder; default: `public` in the project's folder.
    pub output: Option<PathBuf>,
    /// A base URL to use instead of the configuration's.
    pub base_url: Option<String>,
    /// The instant that decides what is public.
    pub now: Timestamp,
    /// True if drafts and embargoed articles are shown.
    pub drafts: bool,
    /// The banner of a preview, when this is one; `now` and `drafts` decide what it shows.
    pub preview: Option<Preview>,
    /// True if a preview may replace a published site.
    pub force: bool,
    /// True if every file is written again.
    pub clean: bool,
    /// True if warnings stop the build.
    pub deny_warnings: bool,
    /// True if everything is read and rendered, and compared with the published files.
    pub verify: bool,
    /// True if the old URLs of moved articles are added to `redirects.yaml`.
    pub keep_urls: bool,
    /// The maximum number of published stories that the build may take away.
    pub allow_removals: usize,
    /// True if files that the ledger knows and the output folder lacks count as unchanged, because they are published
    /// elsewhere. The output folder then holds only what was rendered since.
    pub published_elsewhere: bool,
    /// The routes of stories and pages that readers have at a deploy's target: a machine without a record of them may not
    /// take them away either.
    pub stories_online: Vec<String>,
    /// True to wait for another running build of this project, false to stop.
    pub wait: bool,
}

impl BuildOptions {
    /// A build as by `presswork build` without any option.
    pub fn new(root: PathBuf, now: Timestamp) -> BuildOptions {
        BuildOptions {
            root,
            output: None,
            base_url: None,
            now,
            drafts: false,
            preview: None,
            force: false,
            clean: false,
            deny_warnings: false,
            verify: false,
            keep_urls: false,
            allow_removals: 0,
            published_elsewhere: false,
            stories_online: Vec::new(),
            wait: true,
        }
    }

    fn as_of(&self) -> AsOf {
        AsOf { now: self.now, drafts: self.drafts, preview: self.preview }
    }
}

/// The numbers of a build that has published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Summary {
    /// Public articles.
    pub articles: usize,
    /// Files of the site.
    pub outputs: usize,
    /// Files that were rendered or copied, if only to be compared.
    pub rendered: usize,
    /// Files that are new or whose bytes have changed.
    pub written: usize,
    /// Files left as they were.
    pub unchanged: usize,
    /// Files removed because they are no longer part of the site.
    pub removed: usize,
    /// Files in `content/` that are not published because nothing refers to them, or because of their names.
    pub unpublished: usize,
}

/// The result of a build.
#[derive(Debug)]
pub struct Outcome {
    /// All diagnostics, ordered by file and place.
    pub diagnostics: Vec<Diagnostic>,
    /// The numbers; `None` when something stopped the build and left the output folder as it was.
    pub summary: Option<Summary>,
    /// Notes, which need no change: the reason why the build could not rely on an earlier one, and the
    /// languages that the theme has no strings in.
    pub notes: Vec<String>,
    /// The number of published stories that the build was not allowed to take off the site.
    pub refused_removals: usize,
}

/// Builds the site and publishes it into the output folder, if nothing is wrong with it.
///
/// # Errors
/// Only machine errors. What is wrong with the site is in the outcome.
pub fn build(options: &BuildOptions, progress: &dyn Progress) -> Result<Outcome, MachineError> {
    let root = options.root.as_path();
    check_root(root)?;
    let mut diagnostics = Vec::new();
    let config = configure(root, options.base_url.as_deref())?.take(&mut diagnostics);
    let Some(config) = config.map(Arc::new) else {
        diagnostics.extend(errors_elsewhere(root));
        return Ok(stopped(root, diagnostics, Vec::new()));
    };
    let output = output_folder::checked(options)?;
    let publication = output_folder::lock(options, &output, progress)?;
    let task = Task { options, keep_urls: options.keep_urls, output: &output, publication: &publication, progress };
    match stage_or_repeat(&task, &config, diagnostics) {
        Ok(Work::Staged(staged)) => publish(*staged, publication, progress),
        Ok(Work::Done(outcome)) => publication.abandon().map(|()| outcome),
        Err(error) => publication.abandon().and(Err(error)),
    }
}

/// Stages a build; once more, with the new redirects, when `--keep-urls` has added some to `redirects.yaml`.
fn stage_or_repeat(task: &Task<'_>, config: &Arc<Config>, diagnostics: Vec<Diagnostic>) -> Result<Work, MachineError> {
    if let Some(work) = stage(task, Arc::clone(config), diagnostics)? {
        return Ok(work);
    }
    let options = task.options;
    let mut diagnostics = Vec::new();
    let changed = configure(&options.root, options.base_url.as_deref())?.take(&mut diagnostics);
    let config = changed.map_or_else(|| Arc::clone(config), Arc::new);
    let repeated = stage(&Task { keep_urls: false, ..*task }, config, diagnostics)?;
    repeated.ok_or_else(|| MachineError("redirects.yaml was changed twice".to_owned()))
}

/// The result of a build before anything is moved.
enum Work {
    /// There is nothing to publish.
    Done(Outcome),
    /// The staged files can be published.
    Staged(Box<StagedBuild>),
}

/// Everything that publishing needs.
struct StagedBuild {
    manifest: Manifest,
    routes: Vec<Route>,
    summary: Summary,
    diagnostics: Vec<Diagnostic>,
    notes: Vec<String>,
}

/// The stages before the commit. `None` when `redirects.yaml` has been changed, so that they have to be repeated.
fn stage(task: &Task<'_>, config: Arc<Config>, diagnostics: Vec<Diagnostic>) -> Result<Option<Work>, MachineError> {
    let &Task { options, publication, progress, .. } = task;
    let root = options.root.as_path();

    // Open the project, unless it is as the last build left it.
    let mut opened = task.open(config, diagnostics);
    if let Some(unchanged) = task.unchanged(&mut opened)? {
        return Ok(Some(Work::Done(unchanged)));
    }
    let Opened { mut project, baseline, mut comparison, mut header, note } = opened;
    let mut notes: Vec<String> = note.into_iter().collect();
    let mut writer = Writer::create(&publication.new_ledger()).map_err(no_ledger)?;
    let read = project.read(baseline.as_ref(), &mut comparison, Some(&mut writer), progress)?;

    // Assemble the site as of the instant.
    let (mut draft, ()) =
        rayon::join(|| project.take_draft(options.as_of(), progress), || baseline.iter().for_each(Baseline::index));

    // Compare it with the last build.
    let compared = task.compare(&mut draft, &project.sources, baseline.as_ref(), &comparison, &mut header)?;
    let Some(refused_removals) = compared else {
        // The next attempt begins a ledger of its own.
        drop(writer);
        std::fs::remove_file(publication.new_ledger()).map_err(no_ledger)?;
        return Ok(None);
    };

    // Render and stage what has changed. With errors, pages are rendered only to find the errors in them.
    let (known, mut diagnostics) = KnownSoFar::settled(&mut draft);
    let target = (!task.stops(&diagnostics)).then_some(publication);
    let Some(renderer) = draft.renderer().map_err(MachineError)? else {
        return Ok(Some(Work::Done(stopped(root, diagnostics, notes))));
    };
    let renderer = renderer.take(&mut diagnostics);
    notes.extend(renderer.viewer().untranslated());
    let job = task.job(renderer.viewer(), &project.sources, &read, &comparison.known, &header, baseline.as_ref());
    let rendered = job.render_all(&renderer, target, &mut comparison.digests, &mut writer, progress)?;
    let rendered = rendered.take(&mut diagnostics).noted(&mut notes);
    drop(renderer);

    // Finish the manifest and the ledger.
    let manifest = task.manifest(&draft, &project.sources, &comparison, target.map(|_| &mut writer))?;
    known.finish(&draft.site, &mut diagnostics, &mut notes);
    if target.is_some() {
        task.check_published(&rendered, &manifest, &mut diagnostics);
    }
    if target.is_none() || task.stops(&diagnostics) {
        let outcome = Outcome { refused_removals, ..stopped(root, diagnostics, notes) };
        return Ok(Some(Work::Done(outcome)));
    }
    let diagnostics = report(root, diagnostics);
    let summary = Summary::new(&draft, &rendered, draft.plan.unpublished().len() + project.sources.secrets.len());
    (header.shared, header.link_targets) = (rendered.shared, rendered.link_targets);
    inputs::complete(&mut header, &draft.site, &summary, &manifest, &diagnostics);
    writer.finish(&header).map_err(no_ledger)?;
    // Freeing a large archive takes a while, and nothing waits for it.
    rayon::spawn(move || drop((draft, project, baseline)));
    let routes = rendered.staged.into_iter().map(|(route, _)| route).collect();
    Ok(Some(Work::Staged(Box::new(StagedBuild { manifest, routes, summary, diagnostics, notes }))))
}

/// Moves the staged files into place.
fn publish(staged: StagedBuild, publication: OutputFolder, progress: &dyn Progress) -> Result<Outcome, MachineError> {
    let StagedBuild { manifest, routes, summary, diagnostics, notes } = staged;
    progress.begin(Phase::Publishing, routes.len());
    let removed = publication.commit(&manifest, &routes, &|items| progress.advance(items))?;
    Ok(Outcome { diagnostics, summary: Some(Summary { removed, ..summary }), notes, refused_removals: 0 })
}

/// The outcome of a build that publishes nothing.
fn stopped(root: &Path, diagnostics: Vec<Diagnostic>, notes: Vec<String>) -> Outcome {
    Outcome { diagnostics: report(root, diagnostics), summary: None, notes, refused_removals: 0 }
}

fn no_ledger(error: io::Error) -> MachineError {
    MachineError(format!("cannot write the ledger: {error}"))
}
