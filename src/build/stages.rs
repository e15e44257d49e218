//! The steps of a build's stages.

use std::path::Path;
use std::sync::Arc;

use crate::commit::{MachineError, OutputFolder};
use crate::config::Config;
use crate::diagnostic::{Code, Diagnostic, has_errors};
use crate::ledger::{Header, Ledger, Unusable, Writer};
use crate::manifest::Manifest;
use crate::source::{Sources, Stamp};
use crate::view::Viewer;

use super::baseline::{Baseline, Comparison, places_in};
use super::draft::Draft;
use super::job::Job;
use super::losses::Losses;
use super::moved::{self, History};
use super::outputs::RenderedOutputs;
use super::progress::{Phase, Progress};
use super::project::Project;
use super::reading::Read;
use super::silent::{self, Texts};
use super::{BuildOptions, Outcome, Summary, inputs, left_out, no_ledger, removals};

/// The note of a build that had to work out for itself which published files are Presswork's.
const LIST_REPAIRED: &str = "the list of published files, .presswork-manifest, was damaged, missing or not the last \
                             build's; a build that publishes rewrites it";

/// The context that every stage of one build shares.
#[derive(Clone, Copy)]
pub(super) struct Task<'a> {
    pub options: &'a BuildOptions,
    /// True if the old URLs of moved articles are added to `redirects.yaml`.
    pub keep_urls: bool,
    pub output: &'a Path,
    pub publication: &'a OutputFolder,
    pub progress: &'a dyn Progress,
}

/// A project whose sources have not been read yet, and the last build's data about it.
pub(super) struct Opened {
    pub project: Project,
    pub baseline: Option<Baseline>,
    pub comparison: Comparison,
    /// The header of the next ledger.
    pub header: Header,
    /// The reason why everything is done again, if so.
    pub note: Option<String>,
}

impl Task<'_> {
    /// Loads the theme, the list of the sources and the last build's ledger, and compares them.
    pub(super) fn open(&self, config: Arc<Config>, diagnostics: Vec<Diagnostic>) -> Opened {
        let &Task { options, output, publication, progress, .. } = self;
        progress.begin(Phase::Scanning, 0);
        let mut header = inputs::header(options, &config, output);
        let (project, (baseline, note)) =
            rayon::join(|| Project::scan(&options.root, config, diagnostics), || self.recall(&header));
        let is_repaired = publication.manifest_digest().is_none();
        let note = match note {
            Some(note) if is_repaired => Some(format!("{note}; {LIST_REPAIRED}")),
            note => note.or_else(|| is_repaired.then(|| LIST_REPAIRED.to_owned())),
        };
        inputs::add_theme(&mut header, project.theme.as_deref(), &project.findings.all());
        progress.begin(Phase::Comparing, project.sources.files.len());
        let comparison = Comparison::new(baseline.as_ref(), &options.root, &project.sources);
        Opened { project, baseline, comparison, header, note }
    }

    /// The last build's ledger, or the reason why everything is done again.
    fn recall(&self, header: &Header) -> (Option<Baseline>, Option<String>) {
        let &Task { options, publication, .. } = self;
        if options.clean || options.verify {
            return (None, None);
        }
        match Ledger::read(&publication.ledger()) {
            Ok(ledger) => {
                let is_here = ledger.header.root == header.root && ledger.header.output == header.output;
                let note = (!is_here).then(|| {
                    "the ledger was made for another project or output folder: every file is opened and compared"
                        .to_owned()
                });
                let trusts_stamps = is_here && !publication.was_interrupted;
                (
                    Some(Baseline::new(
                        ledger,
                        header.settings,
                        publication,
                        trusts_stamps,
                        options.published_elsewhere,
                    )),
                    note,
                )
            }
            // The very first build needs no explanation.
            Err(Unusable::Missing) if publication.is_fresh() => (None, None),
            Err(why) => (None, Some(format!("everything is read and rendered again: {why}"))),
        }
    }

    /// The outcome of a build that would change nothing: sources, settings and published files are the same as after
    /// the last build. `None` for all other builds.
    pub(super) fn unchanged(&self, opened: &mut Opened) -> Result<Option<Outcome>, MachineError> {
        let Opened { project, baseline, comparison, header, note } = opened;
        let Some(baseline) = baseline else { return Ok(None) };
        let Some(stamps) = self.published_stamps(header, baseline, comparison) else { return Ok(None) };
        let &Task { options, publication, .. } = self;
        inputs::keep(options, header, baseline, publication, &project.sources, stamps, note.take()).map(Some)
    }

    /// The stamps of all published files, if nothing has changed since the last build and the result would be the same.
    fn published_stamps(&self, header: &Header, baseline: &Baseline, comparison: &Comparison) -> Option<Vec<Stamp>> {
        let known = &baseline.ledger.header;
        let is_alike = baseline.is_alike(header, self.options.now) && comparison.is_unchanged();
        let is_kept = !self.keep_urls || known.moved.is_empty();
        let is_published = self.publication.manifest_digest() == Some(known.manifest);
        (is_alike && is_kept && is_published && self.has_all_online()).then(|| baseline.all_published()).flatten()
    }

    /// True if all stories and pages that readers have at a deploy's target are published here, too.
    fn has_all_online(&self) -> bool {
        let online = &self.options.stories_online;
        if online.is_empty() {
            return true;
        }
        let here: ahash::HashSet<&str> = self.publication.published_stories().collect();
        online.iter().all(|route| here.contains(route.as_str()))
    }

    /// Finds the URLs that lead nowhere any more, the stories that would disappear, the texts that have changed without a
    /// note, and the files that are no longer published. Returns the number of stories and notices that must not disappear;
    /// `None` if old URLs have been added to `redirects.yaml`.
    pub(super) fn compare(
        &self,
        draft: &mut Draft,
        sources: &Sources,
        baseline: Option<&Baseline>,
        comparison: &Comparison,
        header: &mut Header,
    ) -> Result<Option<usize>, MachineError> {
        let &Task { options, publication, .. } = self;
        // `--verify` and `--clean` rely on no ledger, but only a ledger knows the old URLs and texts.
        let verified = if options.verify || options.clean { Ledger::read(&publication.ledger()).ok() } else { None };
        let places = verified.as_ref().map(|ledger| places_in(ledger, sources));
        let mut found = Vec::new();
        let ledger = baseline.map(|baseline| &baseline.ledger).or(verified.as_ref());
        // The ledger of another project says nothing about the stories of this one.
        let here = ledger.filter(|ledger| ledger.header.root == header.root && ledger.header.output == header.output);
        let mut losses = Losses::default();
        if options.preview.is_none() {
            losses.removals = removals::unrecorded(draft, publication, &options.stories_online, here);
        }
        if let Some(ledger) = ledger {
            let (known, digests) = (places.as_ref().unwrap_or(&comparison.known), &*comparison.digests);
            let history = History::new(ledger, draft, sources, options.now);
            let texts = Texts { ledger, known, digests, site: &draft.site, now: options.now };
            let (moves, unannounced) = rayon::join(|| history.moves(), || texts.unannounced());
            let may_write = self.keep_urls && moved::may_write(&draft.diagnostics);
            if may_write && history.keep_urls(&options.root, &moves)? {
                return Ok(None);
            }
            if options.preview.is_none() && here.is_some() {
                losses.removals.extend(history.removals(&moves, digests, known));
                losses.notices = history.lost_notices(digests, known);
                found.extend(history.early_publication(digests, known));
            }
            if !options.clean {
                // The error already names the moves.
                let is_named = losses.refused(options.allow_removals) > 0 && !losses.removals.is_empty();
                found.extend((!is_named).then(|| moved::warnings(&moves)).into_iter().flatten());
                found.extend(silent::warnings(&unannounced, &draft.site, &draft.config));
                header.moved = moves.into_iter().map(|moved| moved.old).collect();
                header.unannounced = unannounced;
            }
        }
        let refused = losses.refused(options.allow_removals);
        found.extend(losses.errors(refused));
        let Draft { site, plan, diagnostics, .. } = draft;
        diagnostics.extend(found);
        if options.preview.is_none() {
            diagnostics.extend(left_out::no_longer_published(site, plan, publication));
        }
        Ok(Some(refused))
    }

    /// The outputs to render, and the data of the last build about them.
    pub(super) fn job<'j>(
        &'j self,
        viewer: &'j Viewer<'_>,
        sources: &'j Sources,
        read: &'j Read,
        known: &'j [Option<usize>],
        header: &Header,
        baseline: Option<&'j Baseline>,
    ) -> Job<'j> {
        let (site, plan) = viewer.reader.everything();
        Job {
            root: &self.options.root,
            site,
            plan,
            sources,
            known,
            records: &read.hashes,
            articles: &read.articles,
            circumstances: header.inputs,
            remembered: baseline,
        }
    }

    /// The list of the site's files. Meanwhile the sources are added to the new ledger, if there will be one.
    pub(super) fn manifest(
        &self,
        draft: &Draft,
        sources: &Sources,
        comparison: &Comparison,
        writer: Option<&mut Writer>,
    ) -> Result<Manifest, MachineError> {
        let &Task { options, publication, .. } = self;
        let Draft { root, site, plan, .. } = draft;
        let (manifest, added) = rayon::join(
            || {
                let stories =
                    plan.outputs.iter().filter(|output| output.is_story()).map(|output| output.route.as_str());
                Manifest::new(plan.outputs.iter().map(|output| output.route.as_str())).with_stories(stories)
            },
            || {
                let Some(writer) = writer else { return Ok(()) };
                let left_out = left_out::sources(site, plan);
                let is_unpublished = |source: &str| left_out.contains(source);
                writer.add_sources(inputs::known_sources(root, sources, comparison, is_unpublished, publication.began))
            },
        );
        added.map_err(no_ledger)?;
        Ok(manifest.of_preview(options.preview.is_some()))
    }

    /// Checks that no foreign file is in the way, and with `--verify` lists the published files that differed.
    pub(super) fn check_published(
        &self,
        rendered: &RenderedOutputs,
        manifest: &Manifest,
        diagnostics: &mut Vec<Diagnostic>,
    ) {
        diagnostics.extend(self.publication.foreign_files(rendered.routes()));
        if self.options.verify {
            diagnostics.extend(rendered.differences(self.publication, manifest));
        }
    }

    /// True if nothing may be published. Differences that `--verify` finds are repaired and stop nothing.
    pub(super) fn stops(&self, diagnostics: &[Diagnostic]) -> bool {
        let is_warning = |found: &Diagnostic| found.code != Code::OutputDiffers;
        has_errors(diagnostics) || (self.options.deny_warnings && diagnostics.iter().any(is_warning))
    }
}

impl Summary {
    /// The summary of a build that has not been committed yet, so that nothing has been removed.
    pub(super) fn new(draft: &Draft, rendered: &RenderedOutputs, unpublished: usize) -> Summary {
        let (outputs, written) = (draft.plan.outputs.len(), rendered.staged.len());
        Summary {
            articles: draft.site.articles.len(),
            outputs,
            rendered: rendered.rendered,
            written,
            unchanged: outputs - written,
            removed: 0,
            unpublished,
        }
    }
}
