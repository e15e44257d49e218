//! The last build according to its ledger: which sources and published files are unchanged.

use std::path::Path;
use std::sync::OnceLock;

use ahash::HashMap;
use jiff::Timestamp;
use rayon::prelude::*;
use xxhash_rust::xxh3::xxh3_128;

use crate::commit::{OutputFolder, hash_of_file};
use crate::ledger::{Header, KnownOutput, KnownSource, Ledger};
use crate::route::Route;
use crate::source::{SourceFile, Sources, Stamp, on_disk};

/// The last build's ledger, as far as this build can rely on it.
#[derive(Debug)]
pub(super) struct Baseline {
    pub ledger: Ledger,
    /// True if reading an unchanged source again would produce the same record.
    reads_alike: bool,
    /// True if a file with an unchanged stamp is unchanged.
    trusts_stamps: bool,
    /// For each output whose published file is unchanged, that file's present stamp.
    published: Vec<Option<Stamp>>,
    /// Places of outputs by the hashes of their routes; made before the first is looked up.
    places: OnceLock<HashMap<u128, u32>>,
}

/// The sources compared with the last build, in their order.
#[derive(Debug, Default)]
pub(super) struct Comparison {
    /// For each source that the last build knew, its place in the ledger.
    pub known: Vec<Option<usize>>,
    /// The same for those whose bytes are unchanged.
    pub same: Vec<Option<usize>>,
    /// The hash of each source's bytes, if known.
    pub digests: Vec<Option<u128>>,
    /// True if a source has been removed.
    is_any_gone: bool,
}

impl Baseline {
    /// Uses a ledger, and checks which published files are unchanged. `settings` is the hash of everything that affects
    /// reading. Without `trusts_stamps` every file is opened; with `trusts_absent`, a file that is not there is unchanged.
    pub(super) fn new(
        ledger: Ledger,
        settings: u128,
        publication: &OutputFolder,
        trusts_stamps: bool,
        trusts_absent: bool,
    ) -> Baseline {
        let outputs = (0..ledger.output_count()).into_par_iter().with_min_len(256);
        let published = outputs.map(|at| {
            let KnownOutput { route, facts, .. } = ledger.output(at)?;
            let stamp = publication.holds(route, facts.hash, trusts_stamps.then_some(facts.stamp));
            stamp.or_else(|| (trusts_absent && publication.lacks(route)).then_some(facts.stamp))
        });
        let published = published.collect();
        let reads_alike = ledger.header.settings == settings;
        Baseline { reads_alike, trusts_stamps, published, places: OnceLock::new(), ledger }
    }

    /// Uses a ledger for the sources alone, and ignores the published files.
    pub(super) fn of_sources(ledger: Ledger, settings: u128, trusts_stamps: bool) -> Baseline {
        let published = vec![None; ledger.output_count()];
        let reads_alike = ledger.header.settings == settings;
        Baseline { reads_alike, trusts_stamps, published, places: OnceLock::new(), ledger }
    }

    /// Builds the table of outputs before the first lookup.
    pub(super) fn index(&self) {
        self.places();
    }

    fn places(&self) -> &HashMap<u128, u32> {
        if let Some(places) = self.places.get() {
            return places;
        }
        let hash_at = |at| self.ledger.output(at).map_or(0, |known| hash(known.route));
        let hashes = (0..self.ledger.output_count()).into_par_iter().with_min_len(256).map(hash_at);
        let hashes: Vec<u128> = hashes.collect();
        self.places.get_or_init(|| hashes.into_iter().zip(0..).collect())
    }

    /// The place of an output in the ledger.
    pub(super) fn place(&self, route: &Route) -> Option<u32> {
        let at = *self.places().get(&hash(route.as_str()))?;
        self.ledger.output(at as usize).filter(|known| known.route == route.as_str()).map(|_| at)
    }

    /// The entry of an output, and the stamp of its published file if that is unchanged.
    pub(super) fn output(&self, route: &Route) -> Option<(KnownOutput<'_>, Option<Stamp>)> {
        self.output_at(self.place(route)? as usize)
    }

    /// The same, by its place.
    pub(super) fn output_at(&self, at: usize) -> Option<(KnownOutput<'_>, Option<Stamp>)> {
        Some((self.ledger.output(at)?, self.published.get(at).copied().flatten()))
    }

    /// Compares the sources with those of the last build: by their stamps, and if these differ, by their bytes.
    fn compare(&self, root: &Path, sources: &Sources) -> Comparison {
        let places = places_in(&self.ledger, sources);
        let met = places.iter().flatten().count();
        let compared: Vec<(Option<usize>, Option<u128>)> = sources
            .files
            .par_iter()
            .zip(&places)
            .with_min_len(256)
            .map(|(file, &place)| {
                let Some(known) = place.and_then(|place| self.ledger.source(place)) else { return (None, None) };
                let digest = self.digest(root, file, &known);
                (place.filter(|_| self.reads_alike && digest == Some(known.digest)), digest)
            })
            .collect();
        let (same, digests) = compared.into_iter().unzip();
        Comparison { known: places, same, digests, is_any_gone: met < self.ledger.source_count() }
    }

    /// The hash of a source's bytes.
    fn digest(&self, root: &Path, file: &SourceFile, known: &KnownSource<'_>) -> Option<u128> {
        if self.trusts_stamps && known.stamp.is_some() && known.stamp == file.stamp {
            return Some(known.digest);
        }
        hash_of_file(&on_disk(root, &file.path)).ok()
    }

    /// True if a build of the same sources would make the same site.
    pub(super) fn is_alike(&self, header: &Header, now: Timestamp) -> bool {
        let known = &self.ledger.header;
        self.reads_alike && known.inputs == header.inputs && known.window.contains(now)
    }

    /// The stamps of all published files, if each is unchanged.
    pub(super) fn all_published(&self) -> Option<Vec<Stamp>> {
        self.published.iter().copied().collect()
    }
}

/// For each source that the last build knew, its place in a ledger.
pub(super) fn places_in(ledger: &Ledger, sources: &Sources) -> Vec<Option<usize>> {
    sources.files.par_chunks(1_024).flat_map_iter(|part| find(ledger, part)).collect()
}

/// The places of some sources in a ledger; both are in the order of their paths.
fn find(ledger: &Ledger, files: &[SourceFile]) -> impl Iterator<Item = Option<usize>> {
    let path = |at| ledger.source(at).map(|source| source.path);
    let (mut start, mut end) = (0, ledger.source_count());
    while let (Some(first), true) = (files.first(), start < end) {
        let middle = start + (end - start) / 2;
        if path(middle) < Some(&*first.path) { start = middle + 1 } else { end = middle }
    }
    let mut known = (start..ledger.source_count()).map(move |at| (at, path(at))).peekable();
    files.iter().map(move |file| {
        while known.next_if(|&(_, path)| path < Some(&*file.path)).is_some() {}
        known.next_if(|&(_, path)| path == Some(&*file.path)).map(|(at, _)| at)
    })
}

/// The key of an output in the table.
fn hash(route: &str) -> u128 {
    xxh3_128(route.as_bytes())
}

impl Comparison {
    /// True if no source has been added, changed or removed.
    pub(super) fn is_unchanged(&self) -> bool {
        !self.is_any_gone && self.same.iter().all(Option::is_some)
    }

    /// Compares the sources with the last build, if its ledger can be used.
    pub(super) fn new(baseline: Option<&Baseline>, root: &Path, sources: &Sources) -> Comparison {
        match baseline {
            Some(baseline) => baseline.compare(root, sources),
            None => Comparison::none(sources),
        }
    }

    /// The comparison without a ledger: every source is new.
    fn none(sources: &Sources) -> Comparison {
        let unknown = sources.files.len();
        Comparison {
            known: vec![None; unknown],
            same: vec![None; unknown],
            digests: vec![None; unknown],
            is_any_gone: false,
        }
    }
}
