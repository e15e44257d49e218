//! Compares the answers that outputs read with those of the last build.

use std::sync::{Mutex, PoisonError};

use crate::commit::MachineError;
use crate::ledger::{KnownOutput, Trace, Writer, encode_key};
use crate::plan::{Output, SourceRef};
use crate::reader::{KnownKey, Names, SourcePlaces};
use crate::render::Renderer;
use crate::site::ArticleId;
use crate::source::SourceKind;

use super::outputs::Job;

/// The keys that outputs read in this build and in the last one.
pub(super) struct Traces<'j, 'a> {
    job: &'j Job<'j>,
    renderer: &'j Renderer<'a>,
    /// For each story, the place of its source.
    places: Vec<Option<u32>>,
    /// The present identity of each source of the last build.
    before: Vec<Option<SourceRef>>,
    names: Names,
    /// The keys of the last build, by their numbers.
    known: Vec<KnownKey>,
    /// True if the data that all outputs share is unchanged.
    has_same_frame: bool,
    /// The numbers of all keys that the outputs of this build have read.
    used: Mutex<Vec<bool>>,
}

/// The differences in an output's trace since the last build.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TraceChange {
    /// True if preparing it would read different answers.
    pub views: bool,
    /// True if rendering it would read different answers.
    pub texts: bool,
}

impl<'j, 'a> Traces<'j, 'a> {
    pub(super) fn new(job: &'j Job<'j>, renderer: &'j Renderer<'a>) -> Traces<'j, 'a> {
        let places = job.places();
        let records = places.iter().map(|place| place.and_then(|place| job.records[place as usize])).collect();
        let (names, before) = rayon::join(|| Names::new(job.site, records), || before(job, &places));
        let (used, known, has_same_frame) = (Mutex::default(), Vec::new(), false);
        let mut traces = Traces { job, renderer, places, before, names, known, has_same_frame, used };
        if let Some(baseline) = job.remembered {
            let header = &baseline.ledger.header;
            traces.has_same_frame = header.inputs == job.circumstances && header.shared == renderer.shared();
            let known = baseline.ledger.keys();
            let reader = &renderer.viewer().reader;
            traces.known = traces.with_sources(|sources| reader.compare(&known, sources, &traces.names));
        }
        traces
    }

    fn with_sources<T>(&self, run: impl FnOnce(&SourcePlaces<'_>) -> T) -> T {
        run(&SourcePlaces { place: &|source| self.place(source), before: &self.before })
    }

    /// The place of a source among all sources.
    pub(super) fn place(&self, source: SourceRef) -> Option<u32> {
        match source {
            SourceRef::Article(ArticleId(at)) => self.places[at as usize],
            source => self.job.place_of_source(source.path(self.job.site)?).and_then(|at| u32::try_from(at).ok()),
        }
    }

    /// Compares an output with the last build.
    pub(super) fn compare(&self, output: &Output, known: &KnownOutput<'_>) -> TraceChange {
        let has_changed =
            |trace: Trace<'_>| trace.keys().any(|key| self.known.get(key).is_none_or(|known| known.has_changed));
        let is_same = self.has_same_frame && known.facts.shape == output.shape(self.job.plan);
        TraceChange { views: !is_same || has_changed(known.views), texts: has_changed(known.texts) }
    }

    /// Keeps keys for the next build.
    pub(super) fn keep(&self, keys: impl Iterator<Item = usize>) {
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        for key in keys {
            if used.len() <= key {
                used.resize((key + 1).next_multiple_of(4_096), false);
            }
            used[key] = true;
        }
    }

    /// Writes the keys to the ledger.
    pub(super) fn write(self, writer: &mut Writer) -> Result<(), MachineError> {
        let used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        let reader = &self.renderer.viewer().reader;
        let parts =
            self.with_sources(|sources| reader.encode_keys(encode_key, &used, &self.known, sources, &self.names));
        parts.iter().try_for_each(|part| writer.add_keys(part)).map_err(super::no_ledger)
    }
}

/// The present identity of each source of the last build.
fn before(job: &Job<'_>, places: &[Option<u32>]) -> Vec<Option<SourceRef>> {
    let Some(baseline) = job.remembered else { return Vec::new() };
    let mut before = vec![None; baseline.ledger.source_count()];
    let mut set = |place: usize, source: SourceRef| {
        if let Some(known) = job.known[place] {
            before[known] = Some(source);
        }
    };
    for (place, id) in places.iter().zip((0..).map(ArticleId)) {
        if let Some(place) = place {
            set(*place as usize, SourceRef::Article(id));
        }
    }
    for (place, file) in job.sources.files.iter().enumerate().filter(|(_, file)| file.kind != SourceKind::Article) {
        if let Some(source) = job.plan.source_ref(&file.path, job.site) {
            set(place, source);
        }
    }
    before
}
