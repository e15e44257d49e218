//! The pipeline on one screen: discover, read, assemble, plan, render, commit.

mod inputs;
mod moved;
mod outputs;
mod reading;
mod remembered;

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Component, Path, PathBuf};

use jiff::Timestamp;

pub use crate::commit::MachineError;
use crate::commit::{Publication, WORK_FOLDER, hash_of_file};
use crate::config::{self, Config, OldPath};
use crate::diagnostic::{Code, Diagnostic, Reported, has_errors};
use crate::hosts::Rules;
use crate::ledger::{Header, Ledger, Unusable, Writer};
use crate::manifest::Manifest;
use crate::plan::plan;
use crate::read::{self, Settings};
use crate::render;
use crate::route::{BaseUrl, Route};
use crate::site::assemble;
use crate::source::{self, Role, discover};

use moved::History;
use outputs::Job;
use reading::{Read, read_all};
use remembered::{Comparison, Remembered};

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
    /// Whether everything is read and rendered, and compared with what is published.
    pub verify: bool,
    /// Whether old addresses of moved articles are added to `redirects.yaml`.
    pub keep_urls: bool,
    /// Whether to wait for another build of this project, or to stop when there is one.
    pub wait: bool,
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

/// The phase in which another build is waited for.
pub const WAITING: &str = "waiting for another build";

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
    let Some(mut config) = config else { return Ok(stopped(root, diagnostics, None)) };
    let output = options.output.clone().unwrap_or_else(|| root.join("public"));
    check_output(root, &output)?;
    let waiting = || progress.begin(WAITING, 0);
    let publication = Publication::open(root, &output, options.clean, options.wait.then_some(&waiting as &dyn Fn()))?;
    let mut result = build_locked(options, &config, &output, &publication, diagnostics, progress);
    if matches!(result, Ok(Work::Again)) {
        // With what `redirects.yaml` says now.
        let mut diagnostics = Vec::new();
        if let Some(changed) = configure(root, options.base_url.as_deref())?.take(&mut diagnostics) {
            config = changed;
        }
        let options = BuildOptions { keep_urls: false, ..options.clone() };
        result = build_locked(&options, &config, &output, &publication, diagnostics, progress);
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

/// Refuses an output folder among the sources: what is published there would be read by the next build.
fn check_output(root: &Path, output: &Path) -> Result<(), MachineError> {
    let real = |path: &Path| {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        // The part that is there, with links resolved, and then what is still to be made.
        let there = path.ancestors().find_map(|there| Some((there, there.canonicalize().ok()?)));
        let (there, mut real) = there.unwrap_or((Path::new(""), PathBuf::new()));
        for part in path.strip_prefix(there).unwrap_or(&path).components() {
            match part {
                Component::ParentDir => drop(real.pop()),
                part => real.push(part),
            }
        }
        real
    };
    let (root, real_output) = (real(root), real(output));
    let own = [source::CONTENT, "themes", WORK_FOLDER].into_iter().find(|own| real_output.starts_with(root.join(own)));
    let place = match own {
        Some(own) => format!("in the project's folder {own}/"),
        None if real_output == root => "the project's own folder".to_owned(),
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

/// The stages up to commit, by whoever holds the lock.
fn build_locked(
    options: &BuildOptions,
    config: &Config,
    output: &Path,
    publication: &Publication,
    mut diagnostics: Vec<Diagnostic>,
    progress: &dyn Progress,
) -> Result<Work, MachineError> {
    let root = options.root.as_path();
    progress.begin("looking", 0);
    let settings = Settings { zone: config.timezone.clone(), slugs: config.slugs };
    let mut header = inputs::header(options, config, output);
    let ((theme, sources), (remembered, note)) =
        rayon::join(|| (render::load(root, &config.theme), discover(root)), || recall(options, publication, &header));
    let (theme, sources) = (theme.take(&mut diagnostics), sources.take(&mut diagnostics));
    inputs::add_theme(&mut header, theme.as_ref(), &diagnostics);
    progress.begin("comparing", sources.files.len());
    let mut comparison = match &remembered {
        Some(remembered) => remembered.compare(root, &sources),
        None => Comparison::none(&sources),
    };
    if let Some(remembered) = &remembered
        && remembered.is_alike(&header, options.now.as_nanosecond())
        && comparison.is_unchanged()
        && let Some(stamps) = remembered.all_published()
        && publication.manifest_digest() == remembered.ledger.header.manifest
        && (!options.keep_urls || remembered.ledger.header.moved.is_empty())
    {
        return inputs::keep(options, &header, remembered, publication, &sources, stamps, note).map(Work::Done);
    }
    let mut writer = Writer::create(&publication.new_ledger()).map_err(no_ledger)?;
    let Read { records, faulty, bodies, has_only_bodies } =
        read_all(root, &sources, &settings, remembered.as_ref(), &mut comparison, &mut writer, progress)?
            .take(&mut diagnostics);
    progress.begin("assembling", records.len());
    let site = assemble(records, faulty, config, options.now, options.drafts).take(&mut diagnostics);
    let assets = theme.as_ref().map(|theme| theme.assets.routes()).unwrap_or_default();
    progress.begin("planning", site.articles.len());
    let plan = plan(&site, config, &assets).take(&mut diagnostics);
    let verified = options.verify.then(|| Ledger::read(&publication.ledger()).ok()).flatten();
    let history = remembered.as_ref().map(|remembered| &remembered.ledger).or(verified.as_ref());
    let history =
        history.map(|ledger| History { ledger, site: &site, plan: &plan, sources: &sources, config, now: options.now });
    let moves = history.as_ref().map(History::moves).unwrap_or_default();
    if options.keep_urls
        && moved::may_write(&diagnostics)
        && let Some(history) = &history
        && history.keep_urls(root, &moves)?
    {
        // What comes next begins a ledger of its own.
        drop(writer);
        std::fs::remove_file(publication.new_ledger()).map_err(no_ledger)?;
        return Ok(Work::Again);
    }
    diagnostics.extend(moved::warnings(&moves));
    let Some(theme) = theme else { return Ok(Work::Done(stopped(root, diagnostics, note))) };
    if !config.hosts.is_empty() {
        diagnostics.extend(Rules::new(&plan, config, &theme.templates.uses).limits(&plan));
    }
    // What `--verify` finds is mended, and stops nothing.
    let is_warning = |found: &Diagnostic| found.code != Code::OutputDiffers;
    let stops = |diagnostics: &[Diagnostic]| {
        has_errors(diagnostics) || (options.deny_warnings && diagnostics.iter().any(is_warning))
    };

    let is_faulty = stops(&diagnostics);
    // With the same records under the same circumstances every view is the same, but for those bodies.
    let is_alike = |remembered: &Remembered| remembered.is_alike(&header, options.now.as_nanosecond());
    let bodies = Some(&bodies).filter(|_| has_only_bodies && remembered.as_ref().is_some_and(is_alike));
    let job =
        Job { root, config, site: &site, plan: &plan, sources: &sources, remembered: remembered.as_ref(), bodies };
    let printed = job
        .render_all(theme, (!is_faulty).then_some(publication), &mut comparison.digests, &mut writer, progress)?
        .take(&mut diagnostics);
    let manifest = Manifest::new(plan.outputs.iter().map(|output| output.route.as_str()));
    if !is_faulty {
        diagnostics.extend(publication.obstacles(printed.staged.iter()));
        if options.verify {
            diagnostics.extend(inputs::differences(publication, &printed, &manifest));
        }
    }
    if is_faulty || stops(&diagnostics) {
        return Ok(Work::Done(stopped(root, diagnostics, note)));
    }
    let diagnostics = report(root, diagnostics);
    // What differed is mended now; the next build has nothing to say of it.
    let lasting = diagnostics.iter().filter(|found| found.code != Code::OutputDiffers).cloned().collect();
    let moved = moves.into_iter().map(|moved| moved.old).collect();
    inputs::complete(&mut header, &site, &manifest, moved, lasting);
    let known = sources.files.iter().zip(&comparison.digests).map(|(file, &digest)| {
        // Files of stories that are not public have not been copied, and nothing has told their bytes.
        let digest = digest.or_else(|| hash_of_file(&root.join(&file.path)).ok());
        match file.stamp.filter(|stamp| stamp.is_before(publication.began)) {
            Some(stamp) => (file.path.as_str(), digest.map(|_| stamp), digest.unwrap_or_default()),
            // Who says that it did not change behind its reading? A text is what was read; a copy is read again.
            None if is_copied(file.role) => (file.path.as_str(), None, 0),
            None => (file.path.as_str(), None, digest.unwrap_or_default()),
        }
    });
    writer.finish(known, &header).map_err(no_ledger)?;
    let (outputs, written) = (plan.outputs.len(), printed.staged.len());
    let removed = publication.stale(&manifest).len();
    let unchanged = outputs - written;
    let articles = site.articles.len();
    let summary = Summary { articles, outputs, rendered: printed.rendered, written, unchanged, removed };
    // Giving back the memory of a large archive takes a while, and nothing waits for it.
    rayon::spawn(move || drop((site, plan, sources, remembered)));
    Ok(Work::Staged(Box::new(Ready { manifest, staged: printed.staged, summary, diagnostics, note })))
}

fn is_copied(role: Role) -> bool {
    matches!(role, Role::Static | Role::Asset)
}

/// The last build's ledger, or why everything is done anew.
fn recall(options: &BuildOptions, publication: &Publication, header: &Header) -> (Option<Remembered>, Option<String>) {
    if options.clean || options.verify {
        return (None, None);
    }
    match Ledger::read(&publication.ledger()) {
        Ok(ledger) => {
            let is_here = ledger.header.root == header.root && ledger.header.output == header.output;
            let note = (!is_here).then(|| {
                "the ledger was made for another project or output folder: every file is opened and compared".to_owned()
            });
            let trusts_stamps = is_here && !publication.was_cut_off;
            (Some(Remembered::new(ledger, header.settings, publication, trusts_stamps)), note)
        }
        // The first build of all needs no excuse.
        Err(Unusable::Missing) if publication.is_fresh() => (None, None),
        Err(why) => (None, Some(format!("everything is read and rendered anew: {why}"))),
    }
}

fn no_ledger(error: io::Error) -> MachineError {
    MachineError(format!("cannot write the ledger: {error}"))
}

/// Moves what is staged into place.
fn publish(ready: Ready, publication: Publication, progress: &dyn Progress) -> Result<Outcome, MachineError> {
    let Ready { manifest, staged, summary, diagnostics, note } = ready;
    progress.begin("publishing", staged.len());
    publication.commit(&manifest, &staged, &|items| progress.advance(items))?;
    Ok(Outcome { diagnostics, summary: Some(summary), note })
}

fn stopped(root: &Path, diagnostics: Vec<Diagnostic>, note: Option<String>) -> Outcome {
    Outcome { diagnostics: report(root, diagnostics), summary: None, note }
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

/// Reads `redirects.yaml`, if there is one.
fn redirects(root: &Path) -> Reported<Vec<OldPath>> {
    let path = root.join(config::REDIRECTS_FILE);
    if path.symlink_metadata().is_err() {
        return Reported::clean(Vec::new());
    }
    if !path.is_file() {
        let special = Diagnostic::new(Code::UnreadableFile, config::REDIRECTS_FILE, "it is not a file");
        return Reported { value: Vec::new(), diagnostics: vec![special] };
    }
    match read::text(root, config::REDIRECTS_FILE) {
        Ok(text) => config::parse_redirects(&text),
        Err(diagnostic) => Reported { value: Vec::new(), diagnostics: vec![diagnostic] },
    }
}

/// Reads `site.yaml`, and `redirects.yaml` beside it.
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
    if let Some(config) = &mut reported.value {
        let redirects = redirects(root);
        config.redirects = redirects.value;
        reported.diagnostics.extend(redirects.diagnostics);
    }
    if let (Some(config), Some(url)) = (&mut reported.value, base_url) {
        config.base_url = BaseUrl::parse(url).map_err(|why| MachineError(format!("`{url}` is no base URL: {why}")))?;
    }
    Ok(reported)
}
