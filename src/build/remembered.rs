//! What the ledger tells about this build: which sources are as they were, and whether anything is to be done at all.

use std::path::Path;

use ahash::HashMap;
use rayon::prelude::*;
use xxhash_rust::xxh3::xxh3_128;

use crate::commit::{Publication, hash_of_file};
use crate::ledger::{Header, KnownOutput, Ledger};
use crate::route::Route;
use crate::source::{SourceFile, Sources, Stamp};

/// The last build, as far as it can be gone by.
#[derive(Debug)]
pub(super) struct Remembered {
    pub ledger: Ledger,
    /// Whether records of sources are what reading would give now.
    reads_alike: bool,
    /// Whether a file with its old stamp is the old file.
    trusts_stamps: bool,
    /// Places of outputs by the hashes of their routes.
    outputs: HashMap<u128, u32>,
}

/// How the sources stand to the last build, in their order.
#[derive(Debug, Default)]
pub(super) struct Comparison {
    /// For each source whose bytes are as they were, its place in the ledger.
    pub same: Vec<Option<usize>>,
    /// The hash of each source's bytes, as far as it is known.
    pub digests: Vec<Option<u128>>,
    /// Whether a source that was there is gone.
    is_any_gone: bool,
}

impl Remembered {
    /// Goes by a ledger. `settings` is the hash of what reading depends on; without `trusts_stamps` every file is
    /// opened.
    pub(super) fn new(ledger: Ledger, settings: u128, trusts_stamps: bool) -> Remembered {
        let outputs =
            ledger.outputs.iter().zip(0..).map(|(output, at)| (xxh3_128(output.route.as_bytes()), at)).collect();
        Remembered { reads_alike: ledger.header.settings == settings, trusts_stamps, outputs, ledger }
    }

    /// What is known of an output.
    pub(super) fn output(&self, route: &Route) -> Option<&KnownOutput> {
        let at = *self.outputs.get(&xxh3_128(route.as_str().as_bytes()))?;
        self.ledger.outputs.get(at as usize).filter(|known| known.route == route.as_str())
    }

    /// Whether the published file is what the last build left there, and its stamp now.
    pub(super) fn published(&self, publication: &Publication, known: &KnownOutput) -> Option<Stamp> {
        publication.holds(&known.route, known.hash, self.trusts_stamps.then_some(known.stamp))
    }

    /// Compares the sources with those of the last build: by their stamps, and where these differ by their bytes.
    pub(super) fn compare(&self, root: &Path, sources: &Sources) -> Comparison {
        let known = &self.ledger.sources;
        let mut next = 0;
        let mut met = 0;
        let places: Vec<Option<usize>> = sources
            .files
            .iter()
            .map(|file| {
                while known.get(next).is_some_and(|source| source.path < file.path) {
                    next += 1;
                }
                let place = known.get(next).filter(|source| source.path == file.path).map(|_| next);
                met += usize::from(place.is_some());
                place
            })
            .collect();
        let compared: Vec<(Option<usize>, Option<u128>)> = sources
            .files
            .par_iter()
            .zip(&places)
            .with_min_len(256)
            .map(|(file, &place)| {
                let digest = place.and_then(|place| self.digest(root, file, place));
                (place.filter(|&place| self.reads_alike && digest == Some(known[place].digest)), digest)
            })
            .collect();
        let (same, digests) = compared.into_iter().unzip();
        Comparison { same, digests, is_any_gone: met < known.len() }
    }

    /// The hash of a source's bytes.
    fn digest(&self, root: &Path, file: &SourceFile, place: usize) -> Option<u128> {
        let known = &self.ledger.sources[place];
        if self.trusts_stamps && known.stamp.is_some() && known.stamp == file.stamp {
            return Some(known.digest);
        }
        hash_of_file(&root.join(&file.path)).ok()
    }

    /// Whether a build of these sources and inputs would leave everything as it is, published files aside.
    pub(super) fn is_current(&self, comparison: &Comparison, header: &Header, now: i128) -> bool {
        let known = &self.ledger.header;
        self.reads_alike
            && known.inputs == header.inputs
            && known.holds_at(now)
            && !comparison.is_any_gone
            && comparison.same.iter().all(Option::is_some)
    }

    /// The stamps of all published files, when each is what the last build left there.
    pub(super) fn all_published(&self, publication: &Publication) -> Option<Vec<Stamp>> {
        let outputs = self.ledger.outputs.par_iter().with_min_len(256);
        outputs.map(|known| self.published(publication, known)).collect()
    }
}

impl Comparison {
    /// What is known of sources without a ledger.
    pub(super) fn none(sources: &Sources) -> Comparison {
        let unknown = sources.files.len();
        Comparison { same: vec![None; unknown], digests: vec![None; unknown], is_any_gone: false }
    }
}
