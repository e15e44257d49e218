//! The pipeline on one screen: discover, read, assemble, plan, render, commit.

mod configuring;
mod done;
mod fragments;
mod inputs;
mod inspecting;
mod left_out;
mod moved;
mod outputs;
mod project;
mod reading;
mod remembered;
mod reporting;
mod silent;
mod steady;

use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

pub use crate::commit::MachineError;
use crate::commit::{OutputFolder, OutputMode, WORK_FOLDER, resolved};
use crate::config::{Config, FILE, REDIRECTS_FILE};
use crate::diagnostic::{Code, Diagnostic, has_errors};
use crate::hosts::HostRules;
use crate::ledger::{Header, Ledger, Unusable, Writer};
use crate::manifest::Manifest;
use crate::plan::{Plan, plan};
use crate::read::Settings;
use crate::render::{self, Theme};
use crate::route::Route;
use crate::site::{Preview, Site, assemble};
use crate::source::{self, Sources, Stamp, discover};
use crate::view::resolve_pictures;

pub use inspecting::{Inspection, LastBuild, inspect, last_build};

pub use project::{Changes, Project};

use configuring::configure;
use moved::{History, Move};
use outputs::Job;
use reading::{Read, read_all};
use remembered::{Comparison, Remembered, places_in};
pub use reporting::report;
use silent::Texts;

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
    /// What is shown instead of the public site, when this is a preview; `now` and `drafts` decide what that is.
    pub preview: Option<Preview>,
    /// Whether a preview may take the place of a published site.
    pub force: bool,
    /// Whether every file of ours is written anew.
    pub clean: bool,
    /// Whether warnings stop the build.
    pub deny_warnings: bool,
    /// Whether everything is read and rendered, and compared with what is published.
    pub verify: bool,
    /// Whether old addresses of moved articles are added to `redirects.yaml`.
    pub keep_urls: bool,
    /// Whether to wait for another build of this project, or to stop when there is one.
    pub wait: bool,
}

impl BuildOptions {
    /// A build as `presswork build` does it without any option.
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
            wait: true,
        }
    }
}

/// What a build has published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Summary {
    /// Public articles.
    pub articles: usize,
    /// Files of the site.
    pub outputs: usize,
    /// Files that had to be rendered or copied to know what they hold.
    pub rendered: usize,
    /// Files that are new or have other bytes than before.
    pub written: usize,
    /// Files left as they were.
    pub unchanged: usize,
    /// Files removed because they are no longer part of the site.
    pub removed: usize,
    /// Files in `content/` that are not published because nothing refers to them, or for their names.
    pub unpublished: usize,
}

/// What a build has to say.
#[derive(Debug)]
pub struct Outcome {
    /// Everything found, ordered by file and place.
    pub diagnostics: Vec<Diagnostic>,
    /// What was published; `None` when something stopped the build and the output folder is as it was.
    pub summary: Option<Summary>,
    /// Why the build could not go by what earlier ones had found out.
    pub note: Option<String>,
}

/// Hears how far a build has come.
pub trait Progress: Sync {
    /// A phase begins that has so many items.
    fn begin(&self, phase: &'static str, items: usize);
    /// So many more items are done.
    fn advance(&self, items: usize);
    /// Does the work of rendering and staging one output, and may measure it.
    fn output(&self, _route: &Route, work: &mut dyn FnMut()) {
        work();
    }
}

/// The output folder in the project's folder, unless another one is named.
pub const OUTPUT: &str = "public";

/// The phase in which another build is waited for.
pub const WAITING: &str = "waiting for another build";

/// What a build says when it had to find out for itself which published files are Presswork's.
const LIST_MENDED: &str = "the list of published files, .presswork-manifest, was damaged, missing or not the last \
                           build's; a build that publishes writes it anew";

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
    let Some(config) = config else { return Ok(stopped(root, diagnostics, None)) };
    let output = options.output.clone().unwrap_or_else(|| root.join(OUTPUT));
    check_output(root, &output)?;
    let waiting = || progress.begin(WAITING, 0);
    let manner = OutputMode { is_clean: options.clean, is_preview: options.preview.is_some() };
    let publication = OutputFolder::open(root, &output, manner, options.wait.then_some(&waiting as &dyn Fn()))?;
    if manner.is_preview && !options.force {
        // Also through a link, and before anything has been made there.
        if let Some(published) = published_above(&output) {
            publication.abandon()?;
            return Err(published_there(root, &published));
        }
    }
    let task = Task { options, config: &config, output: &output, publication: &publication, progress };
    let mut result = task.run(diagnostics);
    if matches!(result, Ok(Work::Again)) {
        // With what `redirects.yaml` says now.
        let mut diagnostics = Vec::new();
        let changed = configure(root, options.base_url.as_deref())?.take(&mut diagnostics);
        let options = BuildOptions { keep_urls: false, ..options.clone() };
        let config = changed.as_ref().unwrap_or(&config);
        result = Task { options: &options, config, ..task }.run(diagnostics);
    }
    match result {
        // It is asked for only with `keep_urls`.
        Ok(Work::Again) => publication.abandon().map(|()| stopped(root, Vec::new(), None)),
        Ok(Work::Done(outcome)) => publication.abandon().map(|()| outcome),
        Ok(Work::Staged(work)) => publish(*work, publication, progress),
        Err(error) => {
            publication.abandon()?;
            Err(error)
        }
    }
}

/// The folder that is the output folder or has it inside, and that holds a published site: a server that shows it shows
/// what is inside too.
fn published_above(output: &Path) -> Option<PathBuf> {
    let output = std::path::absolute(output).unwrap_or_else(|_| output.to_owned());
    let is_published = |folder: &&Path| Manifest::read(folder).is_ok_and(|manifest| manifest.is_published());
    output.canonicalize().unwrap_or(output).ancestors().find(is_published).map(Path::to_owned)
}

/// What readers see must not be replaced by what only the newsroom may see.
fn published_there(root: &Path, output: &Path) -> MachineError {
    let message = "holds the published site, and this is a preview; name another folder, as in --output preview, or \
                   replace the published site with --force";
    MachineError(format!("{} {message}", output.strip_prefix(root).unwrap_or(output).display()))
}

/// Refuses an output folder among the sources, whose files the next build would read, and one around the project, where
/// an address of the site could be one of the project's own files.
fn check_output(root: &Path, output: &Path) -> Result<(), MachineError> {
    let (root, real_output) = (resolved(root), resolved(output));
    let own = [source::CONTENT, "themes", WORK_FOLDER, ".git", FILE, REDIRECTS_FILE];
    let own = own.into_iter().find(|own| real_output.starts_with(root.join(own)));
    let place = match own {
        Some(own) if real_output == root.join(own) => format!("the project's own {own}"),
        Some(own) => format!("in the project's folder {own}/"),
        None if real_output == root => "the project's own folder".to_owned(),
        None if root.starts_with(&real_output) => "around the project's folder".to_owned(),
        None => return Ok(()),
    };
    Err(MachineError(format!("the output folder {} is {place}; choose another with --output", output.display())))
}

/// What a build comes to before anything is moved.
enum Work {
    /// There is nothing to publish.
    Done(Outcome),
    /// `redirects.yaml` has been changed.
    Again,
    /// What is staged can be published.
    Staged(Box<Ready>),
}

/// Everything that publishing needs.
struct Ready {
    manifest: Manifest,
    staged: Vec<Route>,
    summary: Summary,
    diagnostics: Vec<Diagnostic>,
    note: Option<String>,
}

/// What every stage of one build is given.
struct Task<'a> {
    options: &'a BuildOptions,
    config: &'a Config,
    output: &'a Path,
    publication: &'a OutputFolder,
    progress: &'a dyn Progress,
}

/// What is there before anything is read: the theme, the files, and what is known of them.
struct Found {
    theme: Option<Theme>,
    sources: Sources,
    header: Header,
    remembered: Option<Remembered>,
    comparison: Comparison,
    note: Option<String>,
}

impl Task<'_> {
    /// The stages up to commit, by whoever holds the lock.
    fn run(&self, mut diagnostics: Vec<Diagnostic>) -> Result<Work, MachineError> {
        let &Task { options, config, publication, progress, .. } = self;
        let root = options.root.as_path();
        let Found { theme, sources, mut header, remembered, mut comparison, note } = self.look(&mut diagnostics);
        if let Some(remembered) = &remembered
            && let Some(stamps) = self.all_as_before(&header, remembered, &comparison)
        {
            return inputs::keep(options, &header, remembered, publication, &sources, stamps, note).map(Work::Done);
        }
        let mut writer = Writer::create(&publication.new_ledger()).map_err(no_ledger)?;
        let settings = Settings::from(config);
        let Read { records, hashes, articles, faulty, bodies, has_only_bodies } =
            read_all(root, &sources, &settings, remembered.as_ref(), &mut comparison, Some(&mut writer), progress)?
                .take(&mut diagnostics);
        progress.begin("assembling", records.len());
        let (assembled, ()) = rayon::join(
            || assemble(records, faulty, config, options.now, options.drafts),
            || remembered.iter().for_each(Remembered::index),
        );
        let mut site = assembled.take(&mut diagnostics);
        site.preview = options.preview;
        let assets = theme.as_ref().map(|theme| theme.assets.routes()).unwrap_or_default();
        progress.begin("planning", site.articles.len());
        // Without a usable theme nothing is made, but what a whole theme would make is checked.
        let theme_files = theme.as_ref().map(|theme| theme.names.as_slice()).unwrap_or_default();
        let has_template = |name: &str| theme.as_ref().is_none_or(|theme| theme.templates.has(name));
        let plan = plan(&site, config, &assets, theme_files, &has_template).take(&mut diagnostics);
        let (moves, untold) = {
            let verified = self.verified_ledger();
            let places = verified.as_ref().map(|ledger| places_in(ledger, &sources));
            let ledger = remembered.as_ref().map(|remembered| &remembered.ledger).or(verified.as_ref());
            let (known, digests) = (places.as_ref().unwrap_or(&comparison.known), &*comparison.digests);
            let texts = ledger.map(|ledger| Texts { ledger, known, digests, site: &site, now: options.now });
            rayon::join(
                || self.follow(ledger, &site, &plan, &sources, &diagnostics),
                || texts.map(|texts| texts.untold()).unwrap_or_default(),
            )
        };
        let Some(moves) = moves? else {
            // What comes next begins a ledger of its own.
            drop(writer);
            std::fs::remove_file(publication.new_ledger()).map_err(no_ledger)?;
            return Ok(Work::Again);
        };
        diagnostics.extend(moved::warnings(&moves));
        if options.preview.is_none() {
            diagnostics.extend(left_out::no_longer_published(&site, &plan, publication));
        }
        header.untold = untold;
        diagnostics.extend(silent::warnings(&header.untold, &site, config));
        let Some(mut theme) = theme else { return Ok(Work::Done(stopped(root, diagnostics, note))) };
        diagnostics.extend(resolve_pictures(&mut theme.options, &theme.pictures, config, &site, &plan));
        if !config.hosts.is_empty() || !plan.patterns().is_empty() {
            diagnostics.extend(HostRules::new(&plan, config, &theme.templates.uses).limits());
        }
        let is_faulty = self.stops(&diagnostics);
        // With the same records under the same circumstances every view is the same, but for those bodies.
        let is_alike = |remembered: &Remembered| remembered.is_alike(&header, options.now);
        let bodies = Some(&bodies).filter(|_| has_only_bodies && remembered.as_ref().is_some_and(is_alike));
        let job = Job {
            root,
            config,
            site: &site,
            plan: &plan,
            sources: &sources,
            known: &comparison.known,
            records: &hashes,
            articles: &articles,
            circumstances: header.inputs,
            remembered: remembered.as_ref(),
            bodies,
        };
        let printed = job
            .render_all(theme, (!is_faulty).then_some(publication), &mut comparison.digests, &mut writer, progress)?
            .take(&mut diagnostics);
        let (manifest, put) = rayon::join(
            || Manifest::new(plan.outputs.iter().map(|output| output.route.as_str())),
            // With errors no ledger is left, and no hash of a large file need be known for it.
            || match is_faulty {
                true => Ok(()),
                false => {
                    let left_out = left_out::sources(&site, &plan);
                    let is_unpublished = |source: &str| left_out.contains(source);
                    let known = inputs::known_sources(root, &sources, &comparison, is_unpublished, publication.began);
                    writer.add_sources(known)
                }
            },
        );
        put.map_err(no_ledger)?;
        let manifest = manifest.of_preview(options.preview.is_some());
        if !is_faulty {
            diagnostics.extend(publication.foreign_files(printed.routes()));
            if options.verify {
                diagnostics.extend(printed.differences(publication, &manifest));
            }
        }
        if is_faulty || self.stops(&diagnostics) {
            return Ok(Work::Done(stopped(root, diagnostics, note)));
        }
        let diagnostics = report(root, diagnostics);
        let unpublished = plan.unpublished().len() + sources.secrets.len();
        inputs::complete(&mut header, (&site, unpublished), &manifest, moves, &diagnostics);
        writer.finish(&header).map_err(no_ledger)?;
        let (articles, outputs, written) = (site.articles.len(), plan.outputs.len(), printed.staged.len());
        let (rendered, unchanged) = (printed.rendered, outputs - written);
        // Giving back the memory of a large archive takes a while, and nothing waits for it.
        rayon::spawn(move || drop((site, plan, sources, remembered)));
        let summary = Summary { articles, outputs, rendered, written, unchanged, removed: 0, unpublished };
        let staged = printed.staged.into_iter().map(|(route, _)| route).collect();
        Ok(Work::Staged(Box::new(Ready { manifest, staged, summary, diagnostics, note })))
    }

    /// Looks at the theme, the files and the last build's ledger, and compares them.
    fn look(&self, diagnostics: &mut Vec<Diagnostic>) -> Found {
        let &Task { options, config, output, publication, progress } = self;
        let root = options.root.as_path();
        progress.begin("looking", 0);
        let mut header = inputs::header(options, config, output);
        let ((theme, sources), (remembered, note)) = rayon::join(
            || (render::load(root, &config.theme, &config.theme_options), discover(root)),
            || recall(options, publication, &header),
        );
        let is_mended = publication.manifest_digest().is_none();
        let note = match note {
            Some(note) if is_mended => Some(format!("{note}; {LIST_MENDED}")),
            note => note.or_else(|| is_mended.then(|| LIST_MENDED.to_owned())),
        };
        let (theme, sources) = (theme.take(diagnostics), sources.take(diagnostics));
        inputs::add_theme(&mut header, theme.as_ref(), diagnostics);
        progress.begin("comparing", sources.files.len());
        let comparison = match &remembered {
            Some(remembered) => remembered.compare(root, &sources),
            None => Comparison::none(&sources),
        };
        Found { theme, sources, header, remembered, comparison, note }
    }

    /// The stamps of all published files, when everything is as the last build left it and would be made the same.
    fn all_as_before(&self, header: &Header, remembered: &Remembered, comparison: &Comparison) -> Option<Vec<Stamp>> {
        let known = &remembered.ledger.header;
        let is_alike = remembered.is_alike(header, self.options.now) && comparison.is_unchanged();
        let is_kept = !self.options.keep_urls || known.moved.is_empty();
        let is_published = self.publication.manifest_digest() == Some(known.manifest);
        (is_alike && is_kept && is_published).then(|| remembered.all_published()).flatten()
    }

    /// The addresses that nothing is at any more. `None` when they have been added to `redirects.yaml`.
    fn follow(
        &self,
        ledger: Option<&Ledger>,
        site: &Site,
        plan: &Plan,
        sources: &Sources,
        diagnostics: &[Diagnostic],
    ) -> Result<Option<Vec<Move>>, MachineError> {
        let &Task { options, config, .. } = self;
        let Some(ledger) = ledger else { return Ok(Some(Vec::new())) };
        let history = History { ledger, site, plan, sources, config, now: options.now };
        let moves = history.moves();
        let is_kept = options.keep_urls && moved::may_write(diagnostics) && history.keep_urls(&options.root, &moves)?;
        Ok((!is_kept).then_some(moves))
    }

    /// `--verify` goes by no ledger, and yet what only a ledger knows is not forgotten: old addresses and old texts.
    fn verified_ledger(&self) -> Option<Ledger> {
        if self.options.verify { Ledger::read(&self.publication.ledger()).ok() } else { None }
    }

    /// Whether nothing may be published. What `--verify` finds is mended, and stops nothing.
    fn stops(&self, diagnostics: &[Diagnostic]) -> bool {
        let is_warning = |found: &Diagnostic| found.code != Code::OutputDiffers;
        has_errors(diagnostics) || (self.options.deny_warnings && diagnostics.iter().any(is_warning))
    }
}

/// The last build's ledger, or why everything is done anew.
fn recall(options: &BuildOptions, publication: &OutputFolder, header: &Header) -> (Option<Remembered>, Option<String>) {
    if options.clean || options.verify {
        return (None, None);
    }
    match Ledger::read(&publication.ledger()) {
        Ok(ledger) => {
            let is_here = ledger.header.root == header.root && ledger.header.output == header.output;
            let note = (!is_here).then(|| {
                "the ledger was made for another project or output folder: every file is opened and compared".to_owned()
            });
            let trusts_stamps = is_here && !publication.was_interrupted;
            (Some(Remembered::new(ledger, header.settings, publication, trusts_stamps)), note)
        }
        // The first build of all needs no excuse.
        Err(Unusable::Missing) if publication.is_fresh() => (None, None),
        Err(why) => (None, Some(format!("everything is read and rendered again: {why}"))),
    }
}

fn no_ledger(error: io::Error) -> MachineError {
    MachineError(format!("cannot write the ledger: {error}"))
}

/// Moves what is staged into place.
fn publish(ready: Ready, publication: OutputFolder, progress: &dyn Progress) -> Result<Outcome, MachineError> {
    let Ready { manifest, staged, summary, diagnostics, note } = ready;
    progress.begin("publishing", staged.len());
    let removed = publication.commit(&manifest, &staged, &|items| progress.advance(items))?;
    Ok(Outcome { diagnostics, summary: Some(Summary { removed, ..summary }), note })
}

fn stopped(root: &Path, diagnostics: Vec<Diagnostic>, note: Option<String>) -> Outcome {
    Outcome { diagnostics: report(root, diagnostics), summary: None, note }
}
