//! Compares the answers that outputs read with those of the last build.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::commit::MachineError;
use crate::ledger::{KnownKeys, KnownOutput, Trace, Writer, encode_key};
use crate::plan::SourceRef;
use crate::reader::{KeysBefore, KnownKey, Names, SourcePlaces};
use crate::render::Renderer;
use crate::site::ArticleId;
use crate::source::SourceKind;

use super::job::Job;

/// The keys that outputs read in this build and in the last one.
pub(super) struct Traces<'j, 'a> {
    job: &'j Job<'j>,
    renderer: &'j Renderer<'a>,
    /// For each story, the place of its source.
    places: Vec<Option<u32>>,
    /// The present identity of each source of the last build.
    before: Vec<Option<SourceRef>>,
    names: Names,
    /// The last build's keys.
    keys_before: KnownKeys<'j>,
    /// The same keys compared with their present answers.
    known: Vec<KnownKey>,
    /// For each of these keys, true if an output of this build has read it. All other keys are new.
    used: Vec<AtomicBool>,
    /// True if the data that all outputs share is unchanged.
    has_same_frame: bool,
    /// True if all references lead where they did.
    has_same_link_targets: bool,
    /// The hash of [`crate::plan::Plan::link_targets`].
    link_targets: u64,
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
        let ((names, before), link_targets) =
            rayon::join(|| (Names::new(job.site, records), before(job, &places)), || job.plan.link_targets(job.site));
        let mut traces = Traces {
            job,
            renderer,
            places,
            before,
            names,
            keys_before: KnownKeys::default(),
            known: Vec::new(),
            used: Vec::new(),
            has_same_frame: false,
            has_same_link_targets: false,
            link_targets,
        };
        if let Some(baseline) = job.remembered {
            let header = &baseline.ledger.header;
            let has_same_inputs = header.inputs == job.circumstances;
            traces.has_same_frame = has_same_inputs && header.shared == renderer.shared();
            traces.has_same_link_targets =
                has_same_inputs && header.link_targets == link_targets && job.has_same_sources();
            traces.keys_before = baseline.ledger.keys();
            let (reader, keys) = (&renderer.viewer().reader, &traces.keys_before);
            let before = KeysBefore { count: keys.count(), entry: &|number| keys.get(number) };
            traces.known = traces.with_sources(|sources| reader.compare(&before, sources, &traces.names));
            traces.used = traces.known.iter().map(|_| AtomicBool::new(false)).collect();
        }
        traces
    }

    /// The hash of [`crate::plan::Plan::link_targets`].
    pub(super) fn link_targets(&self) -> u64 {
        self.link_targets
    }

    fn with_sources<T>(&self, run: impl FnOnce(&SourcePlaces<'_>) -> T) -> T {
        let has_same_link_targets = self.has_same_link_targets;
        run(&SourcePlaces { place: &|source| self.place(source), before: &self.before, has_same_link_targets })
    }

    /// The place of a source among all sources.
    pub(super) fn place(&self, source: SourceRef) -> Option<u32> {
        match source {
            SourceRef::Article(ArticleId(at)) => self.places[at as usize],
            source => self.job.sources.place(source.path(self.job.site)?).and_then(|at| u32::try_from(at).ok()),
        }
    }

    /// Compares an output with the last build. Its keys are kept for the next one.
    pub(super) fn compare(&self, known: &KnownOutput<'_>, shape: u64) -> TraceChange {
        let has_changed = |trace: Trace<'_>| {
            trace.keys().fold(false, |has_changed, key| {
                self.keep(key);
                has_changed | (self.known.get(key) != Some(&KnownKey::Same))
            })
        };
        let (views, texts) = (has_changed(known.views), has_changed(known.texts));
        TraceChange { views: views || !self.has_same_frame || known.facts.shape != shape, texts }
    }

    /// Keeps a key for the next build.
    pub(super) fn keep(&self, key: usize) {
        if let Some(used) = self.used.get(key) {
            used.store(true, Ordering::Relaxed);
        }
    }

    /// Writes the keys to the ledger.
    pub(super) fn write(self, writer: &mut Writer) -> Result<(), MachineError> {
        let is_used = |key: usize| self.used.get(key).is_none_or(|used| used.load(Ordering::Relaxed));
        let (reader, keys) = (&self.renderer.viewer().reader, &self.keys_before);
        let before = KeysBefore { count: keys.count(), entry: &|number| keys.get(number) };
        let mut write = |part: &[u8]| writer.add_keys(part);
        let written = self.with_sources(|sources| {
            let context = (sources, &self.names);
            reader.encode_keys(encode_key, &is_used, (&before, &self.known), context, &mut write)
        });
        written.map_err(super::no_ledger)
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
