//! Renders the outputs that are not what the last build left, and stages those whose bytes are new.

use std::path::Path;

use rayon::prelude::*;

use crate::commit::{MachineError, OutputFolder, Published, StageError, Staged};
use crate::diagnostic::{Code, Diagnostic, Reported};
use crate::ledger::{Facts, KeysRead, KnownOutput, Writer, encode_output};
use crate::manifest::Manifest;
use crate::plan::{Class, Output, Plan, SourceRef};
use crate::read;
use crate::reader::record;
use crate::render::{Parts, PreparedOutput, Rendered, Renderer};
use crate::route::Route;
use crate::site::Site;
use crate::source::{Sources, Stamp, on_disk};

use super::baseline::Baseline;
use super::done::{Done, Tally, keep};
use super::traces::{Difference, Traces};
use super::{Phase, Progress};

/// Outputs rendered together; those behind them wait for the last of these.
const PART: usize = 512;

/// So many stories are made for several outputs to show before those are forgotten that have not been wanted since the
/// last time: the fronts of rare tags show stories of all years, which no output beside them shows.
const MOST_HELD: usize = 6_144;

/// What is to be rendered, and with what.
pub(super) struct Job<'a> {
    pub root: &'a Path,
    pub site: &'a Site,
    pub plan: &'a Plan,
    pub sources: &'a Sources,
    /// For each source that was there, its place in the ledger.
    pub known: &'a [Option<usize>],
    /// The hashes of the sources' records.
    pub records: &'a [Option<u128>],
    /// The places of the articles among the sources.
    pub articles: &'a [u32],
    /// The hash of everything else that the site depends on besides the clock.
    pub circumstances: u128,
    pub remembered: Option<&'a Baseline>,
}

/// What has been rendered.
#[derive(Default)]
pub(super) struct Printed {
    /// The routes that were staged, in the order in which they are published, and what was there.
    pub staged: Vec<(Route, Published)>,
    /// How many outputs had to be rendered.
    pub rendered: usize,
    /// The hash of what all pages share.
    pub shared: u128,
}

impl Printed {
    /// The routes that were staged.
    pub(super) fn routes(&self) -> impl Iterator<Item = &Route> {
        self.staged.iter().map(|(route, _)| route)
    }

    /// What `--verify` found: published files that are not what the sources say.
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
    /// Renders what has to be and stages it; without a publication, renders what may be faulty and keeps nothing.
    pub(super) fn render_all(
        &self,
        renderer: &Renderer<'_>,
        publication: Option<&OutputFolder>,
        digests: &mut [Option<u128>],
        writer: &mut Writer,
        progress: &dyn Progress,
    ) -> Result<Reported<Printed>, MachineError> {
        let &Job { plan, .. } = self;
        let viewer = renderer.viewer();
        let press = Press { job: self, renderer, traces: Traces::new(self, renderer), publication };
        let wanted: Vec<&Output> =
            plan.outputs.iter().filter(|output| publication.is_some() || output.class() == Class::Content).collect();
        progress.begin(Phase::Rendering, wanted.len());
        if let Some(publication) = publication {
            publication.prepare(wanted.iter().map(|output| &output.route))?;
        }
        // Pages that show the same stories are rendered together, so that what they share is made once and can be
        // forgotten soon. The order changes no byte.
        let mut order: Vec<usize> = (0..wanted.len()).collect();
        order.par_sort_by_key(|&at| wanted[at].newest);
        let mut tally = Tally::new(&wanted);
        let mut done: Vec<Done> = Vec::new();
        for part in order.chunks_mut(PART) {
            // What holds stories' texts comes behind their pages, with which the texts are made.
            let is_feed = |at: usize| wanted[at].class() == Class::Feed;
            part.sort_by_key(|&at| is_feed(at));
            let pages = part.partition_point(|&at| !is_feed(at));
            let (pages, documents) = part.split_at(pages);
            // The ledger is written meanwhile.
            let (next, kept) = rayon::join(
                || {
                    let mut next = press.part(&wanted, pages, digests, progress)?;
                    next.extend(press.part(&wanted, documents, digests, progress)?);
                    Ok(next)
                },
                || keep(&done, writer),
            );
            kept?;
            tally.add(std::mem::replace(&mut done, next?));
            done.iter().for_each(|done| self.learn_digest(wanted[done.at], done, digests));
            if viewer.held() >= MOST_HELD {
                viewer.forget();
            }
        }
        keep(&done, writer)?;
        tally.add(done);
        if publication.is_some() {
            press.traces.write(writer)?;
        }
        let Tally { published, rendered, mut diagnostics, fragments, .. } = tally;
        diagnostics.extend(fragments.missing(renderer, self.remembered));
        let changed = wanted.iter().zip(published).filter(|(_, published)| *published != Published::Same);
        let staged = changed.map(|(output, published)| (output.route.clone(), published)).collect();
        Ok(Reported { value: Printed { staged, rendered, shared: renderer.shared() }, diagnostics })
    }

    /// The place of each story's source among the sources.
    pub(super) fn places(&self) -> Vec<Option<u32>> {
        let places: Vec<Option<u32>> =
            self.site.ranks.iter().map(|&at| self.articles.get(at as usize).copied()).collect();
        debug_assert!(self.site.articles.iter().zip(&places).all(|(story, place)| {
            place.is_some_and(|place| self.sources.files[place as usize].path == *story.article.source)
        }));
        places
    }

    /// The place of a file of the site among the sources.
    fn source_place(&self, file: usize) -> Option<usize> {
        self.place_of_source(&self.site.files[file].source)
    }

    pub(super) fn place_of_source(&self, path: &str) -> Option<usize> {
        self.sources.files.binary_search_by(|source| source.path.as_str().cmp(path)).ok()
    }

    /// Whether a file that has been copied is no longer the one whose size in pixels was read.
    fn has_changed(&self, output: &Output) -> bool {
        let Some(file) = output.copied_file() else { return false };
        let known = self.source_place(file).and_then(|place| self.sources.files[place].stamp);
        let now = std::fs::symlink_metadata(on_disk(self.root, &self.site.files[file].source));
        known != now.ok().map(|metadata| Stamp::of(&metadata))
    }

    /// Takes the digest of a source from its copy.
    fn learn_digest(&self, output: &Output, done: &Done, digests: &mut [Option<u128>]) {
        if let (Some(file), Some((hash, _))) = (output.copied_file(), &done.known)
            && let Some(place) = self.source_place(file)
        {
            digests[place] = Some(*hash);
        }
    }
}

/// Does outputs one by one.
struct Press<'p, 'a> {
    job: &'p Job<'p>,
    renderer: &'p Renderer<'a>,
    traces: Traces<'p, 'a>,
    publication: Option<&'p OutputFolder>,
}

impl Press<'_, '_> {
    /// Does some of the outputs, by their places, in parallel.
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

    /// Leaves one output as it is, or renders and stages it.
    fn one(&self, output: &Output, at: usize, digests: &[Option<u128>]) -> Result<Done, MachineError> {
        let known = self.known(output);
        let difference = known.as_ref().map(|(known, _)| self.traces.compare(output, known));
        if let (Some((known, facts)), Some(Difference { views: false, texts: false })) = (&known, difference)
            && known.facts.fingerprint.is_some()
        {
            debug_assert!(self.is_prepared_alike(output, known), "/{}", output.route.path());
            return self.left(at, known, facts, None);
        }
        let (prepared, views) = record(|| self.renderer.prepare(output));
        if let (Some((known, facts)), Some(Difference { texts: false, .. })) = (&known, difference)
            && self.is_same(&prepared, known, digests)
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

    /// An output whose published file is as it was left, with the facts as they are now.
    fn known(&self, output: &Output) -> Option<(KnownOutput<'_>, Facts)> {
        let (known, published) = self.job.remembered?.output(&output.route)?;
        let stamp = if self.publication.is_some() { published? } else { known.facts.stamp };
        let facts = Facts { stamp, shape: output.shape(self.job.plan), source: self.source(output), ..known.facts };
        Some((known, facts))
    }

    /// True if an output has been prepared as it was by the last build.
    fn is_same(&self, prepared: &PreparedOutput<'_>, known: &KnownOutput<'_>, digests: &[Option<u128>]) -> bool {
        match prepared {
            PreparedOutput::File(at) => {
                self.job.source_place(*at).and_then(|place| digests[place]) == Some(known.facts.hash)
            }
            prepared => {
                let fingerprint = known.facts.fingerprint;
                fingerprint.is_some() && self.renderer.fingerprint(prepared) == fingerprint
            }
        }
    }

    /// True if preparing an output reads what it did, and gives what it gave. Its trace says so.
    fn is_prepared_alike(&self, output: &Output, known: &KnownOutput<'_>) -> bool {
        let (prepared, views) = record(|| self.renderer.prepare(output));
        let reads_alike = known.views.keys().eq(views.iter().map(|key| *key as usize));
        reads_alike && self.renderer.fingerprint(&prepared) == known.facts.fingerprint
    }

    /// The place of the source whose page an output is, so that the next build knows where the source was.
    fn source(&self, output: &Output) -> Option<u32> {
        match output.source.filter(|_| output.class() == Class::Content)? {
            source @ (SourceRef::Article(_) | SourceRef::Page(_)) => self.traces.place(source),
            _ => None,
        }
    }

    /// An output that is left as it is; `views` is what it reads now, if that may be different.
    fn left(
        &self,
        at: usize,
        known: &KnownOutput<'_>,
        facts: &Facts,
        views: Option<&[u32]>,
    ) -> Result<Done, MachineError> {
        let encoded = match views {
            Some(views) => {
                self.traces.keep(views.iter().map(|key| *key as usize));
                known.encode_reading(facts, views)
            }
            None => {
                self.traces.keep(known.views.keys());
                known.encode_with(facts)
            }
        };
        self.traces.keep(known.texts.keys());
        Ok(Done {
            at,
            known: Some((facts.hash, encoded.map_err(super::no_ledger)?)),
            diagnostics: known.diagnostics(),
            published: Published::Same,
            was_rendered: false,
            parts: Some(Parts { ids: Vec::new(), links: known.part_links() }),
        })
    }

    /// The ledger's entry for an output that has been rendered.
    fn known_of(
        &self,
        output: &Output,
        read: &KeysRead,
        rendered: &Rendered,
        staged: &Staged,
        diagnostics: &[Diagnostic],
    ) -> Result<Vec<u8>, MachineError> {
        self.traces.keep(read.views.iter().chain(&read.texts).map(|key| *key as usize));
        let (stamp, hash, fingerprint) = (staged.stamp, staged.hash, rendered.fingerprint);
        let facts = Facts { stamp, hash, fingerprint, shape: output.shape(self.job.plan), source: self.source(output) };
        encode_output(output.route.as_str(), &facts, read, &rendered.parts, diagnostics).map_err(super::no_ledger)
    }
}
