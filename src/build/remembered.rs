//! What the ledger tells about this build: which sources are as they were, and whether anything is to be done at all.

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

/// The last build, as far as it can be gone by.
#[derive(Debug)]
pub(super) struct Remembered {
    pub ledger: Ledger,
    /// Whether records of sources are what reading would give now.
    reads_alike: bool,
    /// Whether a file with its old stamp is the old file.
    trusts_stamps: bool,
    /// For each output whose published file is what the last build left there, that file's stamp now.
    published: Vec<Option<Stamp>>,
    /// Places of outputs by the hashes of their routes; made before the first is looked up.
    places: OnceLock<HashMap<u128, u32>>,
}

/// How the sources stand to the last build, in their order.
#[derive(Debug, Default)]
pub(super) struct Comparison {
    /// For each source that was there, its place in the ledger.
    pub known: Vec<Option<usize>>,
    /// The same for those whose bytes are as they were.
    pub same: Vec<Option<usize>>,
    /// The hash of each source's bytes, as far as it is known.
    pub digests: Vec<Option<u128>>,
    /// Whether a source that was there is gone.
    is_any_gone: bool,
}

impl Remembered {
    /// Goes by a ledger, and looks whether what was published is still there. `settings` is the hash of what reading
    /// depends on; without `trusts_stamps` every file is opened.
    pub(super) fn new(ledger: Ledger, settings: u128, publication: &OutputFolder, trusts_stamps: bool) -> Remembered {
        let outputs = (0..ledger.output_count()).into_par_iter().with_min_len(256);
        let published = outputs.map(|at| {
            let KnownOutput { route, facts, .. } = ledger.output(at)?;
            publication.holds(route, facts.hash, trusts_stamps.then_some(facts.stamp))
        });
        let published = published.collect();
        let reads_alike = ledger.header.settings == settings;
        Remembered { reads_alike, trusts_stamps, published, places: OnceLock::new(), ledger }
    }

    /// Goes by a ledger for nothing but what the sources say; of what was published nothing is known.
    pub(super) fn of_sources(ledger: Ledger, settings: u128, trusts_stamps: bool) -> Remembered {
        let published = vec![None; ledger.output_count()];
        let reads_alike = ledger.header.settings == settings;
        Remembered { reads_alike, trusts_stamps, published, places: OnceLock::new(), ledger }
    }

    /// Makes the table by which outputs are found, before the first is looked for.
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

    /// What is known of an output, and the stamp of the published file when it is what the last build left there.
    pub(super) fn output(&self, route: &Route) -> Option<(KnownOutput<'_>, Option<Stamp>)> {
        self.output_at(self.place(route)? as usize)
    }

    /// The same by its place.
    pub(super) fn output_at(&self, at: usize) -> Option<(KnownOutput<'_>, Option<Stamp>)> {
        Some((self.ledger.output(at)?, self.published.get(at).copied().flatten()))
    }

    /// Compares the sources with those of the last build: by their stamps, and where these differ by their bytes.
    pub(super) fn compare(&self, root: &Path, sources: &Sources) -> Comparison {
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

    /// Whether a build of the same sources would make the same site.
    pub(super) fn is_alike(&self, header: &Header, now: Timestamp) -> bool {
        let known = &self.ledger.header;
        self.reads_alike && known.inputs == header.inputs && known.window.contains(now)
    }

    /// The stamps of all published files, when each is what the last build left there.
    pub(super) fn all_published(&self) -> Option<Vec<Stamp>> {
        self.published.iter().copied().collect()
    }
}

/// For each source that was there, its place in a ledger.
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

/// What an output is found by.
fn hash(route: &str) -> u128 {
    xxh3_128(route.as_bytes())
}

impl Comparison {
    /// Whether all sources are as they were, and no other.
    pub(super) fn is_unchanged(&self) -> bool {
        !self.is_any_gone && self.same.iter().all(Option::is_some)
    }

    /// Whether the sources are those that were there, whatever they hold.
    pub(super) fn has_same_files(&self) -> bool {
        !self.is_any_gone && self.known.iter().all(Option::is_some)
    }

    /// What is known of sources without a ledger.
    pub(super) fn none(sources: &Sources) -> Comparison {
        let unknown = sources.files.len();
        Comparison {
            known: vec![None; unknown],
            same: vec![None; unknown],
            digests: vec![None; unknown],
            is_any_gone: false,
        }
    }
}
