//! Renders the outputs that may have changed since the last build, and stages those with new bytes.

use rayon::prelude::*;

use crate::commit::{MachineError, OutputFolder, Published, StageError, Staged};
use crate::diagnostic::{Code, Diagnostic, Reported, has_errors};
use crate::ledger::{Facts, KeysRead, KnownOutput, Writer, encode_output};
use crate::manifest::Manifest;
use crate::plan::{Class, Output};
use crate::read;
use crate::reader::record;
use crate::render::{MadeVariants, Parts, PreparedOutput, Rendered, Renderer};
use crate::route::Route;

use super::done::{Done, Tally, keep};
use super::job::Job;
use super::traces::{TraceChange, Traces};
use super::{Phase, Progress};

/// The number of outputs that are rendered together; the next ones wait for the last of these.
pub(super) const PART: usize = 512;

/// The number of stories shared by several outputs that are kept in memory. Beyond it, stories that were not used since
/// the last time are dropped: the fronts of rare tags show stories of all years that no other output nearby shows.
const MOST_HELD: usize = 6_144;

/// The rendered outputs.
#[derive(Default)]
pub(super) struct RenderedOutputs {
    /// The staged routes in the order of publication, with the previous state of each file.
    pub staged: Vec<(Route, Published)>,
    /// The number of outputs that had to be rendered.
    pub rendered: usize,
    /// The hash of what all pages share.
    pub shared: u128,
    /// The hash of everything that decides where references lead.
    pub link_targets: u64,
    /// Notes, which need no change.
    pub notes: Vec<String>,
}

impl RenderedOutputs {
    /// Moves the notes to `into`.
    pub(super) fn noted(mut self, into: &mut Vec<String>) -> RenderedOutputs {
        into.append(&mut self.notes);
        self
    }

    /// The staged routes.
    pub(super) fn routes(&self) -> impl Iterator<Item = &Route> {
        self.staged.iter().map(|(route, _)| route)
    }

    /// The differences found by `--verify`: published files that do not match their sources.
    pub(super) fn differences(&self, publication: &OutputFolder, manifest: &Manifest) -> Vec<Diagnostic> {
        if publication.is_fresh() {
            return Vec::new();
        }
        let differing = self.staged.iter().map(|(route, published)| match published {
            Published::Missing => (route.as_str(), "the published file was missing"),
            _ => (route.as_str(), "the published file was not what the sources say"),
        });
        let stale = publication.stale(manifest).into_iter();
        let stale = stale.map(|route| (route, "the published file is no longer part of the site"));
        let found = differing.chain(stale);
        found.map(|(route, message)| Diagnostic::new(Code::OutputDiffers, publication.shown(route), message)).collect()
    }
}

impl<'a> Job<'a> {
    /// Renders and stages all outputs that may have changed. Without a publication, it renders those that may have
    /// errors, and keeps nothing.
    pub(super) fn render_all(
        &self,
        renderer: &Renderer<'_>,
        publication: Option<&OutputFolder>,
        digests: &mut [Option<u128>],
        writer: &mut Writer,
        progress: &dyn Progress,
    ) -> Result<Reported<RenderedOutputs>, MachineError> {
        let &Job { plan, .. } = self;
        let builder = OutputBuilder { job: self, renderer, traces: Traces::new(self, renderer), publication };
        let wanted: Vec<&Output> =
            plan.outputs.iter().filter(|output| publication.is_some() || output.class() == Class::Content).collect();
        progress.begin(Phase::Rendering, wanted.len());
        if let Some(publication) = publication {
            publication.prepare(wanted.iter().map(|output| &output.route))?;
        }
        // Pages that show the same stories are rendered together, so that shared views are made once and can be dropped
        // soon. The order does not affect the bytes.
        let (variants, mut order): (Vec<usize>, Vec<usize>) =
            (0..wanted.len()).partition(|&at| wanted[at].variant().is_some());
        order.par_sort_by_key(|&at| wanted[at].newest);
        let mut tally = Tally::new(&wanted);
        let mut done: Vec<Done> = Vec::new();
        for part in order.chunks_mut(PART) {
            // Outputs that contain stories' texts come after the stories' pages, which produce the texts.
            let is_feed = |at: usize| wanted[at].class() == Class::Feed;
            part.sort_by_key(|&at| is_feed(at));
            let pages = part.partition_point(|&at| !is_feed(at));
            let (pages, documents) = part.split_at(pages);
            // Meanwhile the ledger is written.
            let (next, kept) = rayon::join(
                || {
                    let mut next = builder.part(&wanted, pages, digests, progress)?;
                    next.extend(builder.part(&wanted, documents, digests, progress)?);
                    Ok(next)
                },
                || keep(&done, writer),
            );
            kept?;
            tally.add(std::mem::replace(&mut done, next?));
            done.iter().for_each(|done| self.learn_digest(wanted[done.at], done, digests));
            if renderer.held() >= MOST_HELD {
                renderer.forget();
            }
        }
        keep(&done, writer)?;
        tally.add(done);
        let done = builder.pictures(&wanted, variants, &mut tally, progress)?;
        keep(&done, writer)?;
        tally.add(done);
        let link_targets = builder.traces.link_targets();
        if publication.is_some() {
            builder.traces.write(writer)?;
        }
        let Tally { published, rendered, mut diagnostics, notes, fragments, .. } = tally;
        diagnostics.extend(fragments.missing(renderer, self.remembered));
        let (staged, shared) = (staged(&wanted, &published), renderer.shared());
        Ok(Reported { value: RenderedOutputs { staged, rendered, shared, link_targets, notes }, diagnostics })
    }
}

/// The routes of the outputs with new bytes, in the order of publication: the files that pages load before the pages.
fn staged(wanted: &[&Output], published: &[Published]) -> Vec<(Route, Published)> {
    let changed = wanted.iter().zip(published).filter(|(_, published)| **published != Published::Same);
    let (assets, others): (Vec<_>, Vec<_>) = changed.partition(|(output, _)| output.class() == Class::Asset);
    assets.into_iter().chain(others).map(|(output, published)| (output.route.clone(), *published)).collect()
}

/// Processes outputs one by one.
struct OutputBuilder<'p, 'a> {
    job: &'p Job<'p>,
    renderer: &'p Renderer<'a>,
    traces: Traces<'p, 'a>,
    publication: Option<&'p OutputFolder>,
}

impl OutputBuilder<'_, '_> {
    /// Processes some of the outputs, by their places, in parallel.
    fn part(
        &self,
        wanted: &[&Output],
        part: &[usize],
        digests: &[Option<u128>],
        progress: &dyn Progress,
    ) -> Result<Vec<Done>, MachineError> {
        let one = |&at: &usize| {
            let mut done = None;
            let route = &wanted[at].route;
            progress.output(route, &mut || done = Some(self.one(wanted[at], at, digests)));
            progress.advance(1);
            done.unwrap_or_else(|| Err(MachineError(format!("/{} was not rendered", route.path()))))
        };
        part.par_iter().map(one).collect()
    }

    /// Makes and stages the smaller pictures that are not published yet, by the places of their outputs. Adds the errors of
    /// pictures that cannot be decoded. With errors in texts nothing is made, so that nobody waits for pictures to learn of
    /// them.
    fn pictures(
        &self,
        wanted: &[&Output],
        mut outputs: Vec<usize>,
        tally: &mut Tally<'_>,
        progress: &dyn Progress,
    ) -> Result<Vec<Done>, MachineError> {
        if has_errors(&tally.diagnostics) {
            return Ok(Vec::new());
        }
        let is_missing = |at: &&usize| self.known(wanted[**at]).is_none();
        let missing: Vec<usize> = outputs.iter().filter(is_missing).filter_map(|&at| wanted[at].variant()).collect();
        if !missing.is_empty() {
            // Each is made, and then staged.
            progress.begin(Phase::Encoding, missing.len() + outputs.len());
            let MadeVariants { failed, note } = self.renderer.make_variants(&missing, &|items| progress.advance(items));
            outputs.retain(|&at| {
                let file = wanted[at].variant().map(|variant| self.job.plan.variant(variant).file);
                failed.iter().all(|(failed, _)| Some(*failed) != file)
            });
            tally.diagnostics.extend(failed.into_iter().map(|(_, diagnostic)| diagnostic));
            tally.notes.extend(note);
        }
        let mut done = Vec::with_capacity(outputs.len());
        for part in outputs.chunks(PART) {
            done.extend(self.part(wanted, part, &[], progress)?);
        }
        Ok(done)
    }

    /// Keeps one output as it is, or renders and stages it.
    fn one(&self, output: &Output, at: usize, digests: &[Option<u128>]) -> Result<Done, MachineError> {
        let known = self.known(output);
        let difference = known.as_ref().map(|(known, facts)| self.traces.compare(known, facts.shape));
        if let (Some((known, facts)), Some(TraceChange { views: false, texts: false })) = (&known, difference)
            && known.facts.fingerprint.is_some()
        {
            debug_assert!(self.is_prepared_alike(output, known), "/{}", output.route.path());
            return self.left(at, known, facts, None);
        }
        let (prepared, views) = record(|| self.renderer.prepare(output));
        if let (Some((known, facts)), Some(TraceChange { texts: false, .. })) = (&known, difference)
            && self.is_same(output, &prepared, known, digests)
        {
            return self.left(at, known, facts, Some(&views));
        }
        let (Reported { value, mut diagnostics }, texts) = record(|| self.renderer.render(output, prepared));
        let read = KeysRead { views, texts };
        let mut done = Done::rendered(at);
        if let (Some(publication), Some(rendered)) = (self.publication, &value) {
            match publication.stage(&output.route, &rendered.contents) {
                Ok(_) if self.job.has_changed(output) => {
                    diagnostics.extend(output.source_path(self.job.site).map(read::changed));
                }
                Ok(staged) => {
                    done.published = staged.published;
                    done.known = Some((staged.hash, self.known_of(output, &read, rendered, &staged, &diagnostics)?));
                }
                Err(StageError::Machine(error)) => return Err(error),
                Err(StageError::Source(diagnostic)) => diagnostics.push(*diagnostic),
            }
        }
        done.parts = value.and_then(|rendered| rendered.parts);
        done.diagnostics = diagnostics;
        Ok(done)
    }

    /// The ledger's entry of an output whose published file is unchanged, with its present facts.
    fn known(&self, output: &Output) -> Option<(KnownOutput<'_>, Facts)> {
        let (known, published) = self.job.remembered?.output(&output.route)?;
        let stamp = if self.publication.is_some() { published? } else { known.facts.stamp };
        let shape = output.shape(self.job.plan);
        let facts = Facts { stamp, shape, class: output.class(), source: self.source(output), ..known.facts };
        Some((known, facts))
    }

    /// True if an output was prepared the same way by the last build.
    fn is_same(
        &self,
        output: &Output,
        prepared: &PreparedOutput<'_>,
        known: &KnownOutput<'_>,
        digests: &[Option<u128>],
    ) -> bool {
        match prepared {
            PreparedOutput::File(at) => {
                self.job.source_place(*at).and_then(|place| digests[place]) == Some(known.facts.hash)
            }
            prepared => {
                let fingerprint = known.facts.fingerprint;
                fingerprint.is_some() && self.renderer.fingerprint(output, prepared) == fingerprint
            }
        }
    }

    /// True if preparing an output has the same trace and the same result as in the last build.
    fn is_prepared_alike(&self, output: &Output, known: &KnownOutput<'_>) -> bool {
        let (prepared, views) = record(|| self.renderer.prepare(output));
        let reads_alike = known.views.keys().eq(views.iter().map(|key| *key as usize));
        reads_alike && self.renderer.fingerprint(output, &prepared) == known.facts.fingerprint
    }

    /// The place of the source whose page an output is, so that the next build can find the source's old URL.
    fn source(&self, output: &Output) -> Option<u32> {
        self.traces.place(output.source.filter(|_| output.is_story())?)
    }

    /// The result for an output that is kept as it is; `views` is its new trace, if that may be different.
    fn left(
        &self,
        at: usize,
        known: &KnownOutput<'_>,
        facts: &Facts,
        views: Option<&[u32]>,
    ) -> Result<Done, MachineError> {
        let encoded = match views {
            Some(views) => {
                views.iter().for_each(|key| self.traces.keep(*key as usize));
                known.encode_reading(facts, views)
            }
            None => known.encode_with(facts),
        };
        Ok(Done {
            at,
            known: Some((facts.hash, encoded.map_err(super::no_ledger)?)),
            diagnostics: known.diagnostics(),
            published: Published::Same,
            was_rendered: false,
            parts: Some(Parts { ids: Vec::new(), links: known.part_links() }),
        })
    }

    /// Encodes the ledger's entry of a rendered output.
    fn known_of(
        &self,
        output: &Output,
        read: &KeysRead,
        rendered: &Rendered,
        staged: &Staged,
        diagnostics: &[Diagnostic],
    ) -> Result<Vec<u8>, MachineError> {
        read.views.iter().chain(&read.texts).for_each(|key| self.traces.keep(*key as usize));
        let (stamp, hash, fingerprint) = (staged.stamp, staged.hash, rendered.fingerprint);
        let (shape, class, source) = (output.shape(self.job.plan), output.class(), self.source(output));
        let facts = Facts { stamp, hash, fingerprint, shape, class, source };
        encode_output(output.route.as_str(), &facts, read, &rendered.parts, diagnostics).map_err(super::no_ledger)
    }
}
