//! The outputs that a build may have to render, with everything that rendering needs.

use std::path::Path;

use crate::plan::{Output, Plan};
use crate::site::Site;
use crate::source::{Sources, Stamp, on_disk};

use super::baseline::Baseline;
use super::done::Done;

/// The outputs to render, and their inputs.
pub(super) struct Job<'a> {
    pub root: &'a Path,
    pub site: &'a Site,
    pub plan: &'a Plan,
    pub sources: &'a Sources,
    /// For each source that the last build knew, its place in the ledger.
    pub known: &'a [Option<usize>],
    /// The hashes of the sources' records without their texts.
    pub records: &'a [Option<u128>],
    /// The places of the articles among the sources.
    pub articles: &'a [u32],
    /// The hash of everything else that the site depends on except the clock.
    pub circumstances: u128,
    pub remembered: Option<&'a Baseline>,
}

impl Job<'_> {
    /// True if the last build had the same sources in the same order.
    pub(super) fn has_same_sources(&self) -> bool {
        let count = self.remembered.map(|remembered| remembered.ledger.source_count());
        count == Some(self.known.len()) && self.known.iter().enumerate().all(|(at, known)| *known == Some(at))
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
    pub(super) fn source_place(&self, file: usize) -> Option<usize> {
        self.sources.place(&self.site.files[file].source)
    }

    /// True if a copied file has changed since its size in pixels was read.
    pub(super) fn has_changed(&self, output: &Output) -> bool {
        let Some(file) = output.copied_file() else { return false };
        let known = self.source_place(file).and_then(|place| self.sources.files[place].stamp);
        let now = std::fs::symlink_metadata(on_disk(self.root, &self.site.files[file].source));
        known != now.ok().map(|metadata| Stamp::of(&metadata))
    }

    /// Takes the digest of a source from its copy.
    pub(super) fn learn_digest(&self, output: &Output, done: &Done, digests: &mut [Option<u128>]) {
        // The published copy of a picture has other bytes.
        if let (Some(file), Some((hash, _))) = (output.copied_file(), &done.known)
            && self.site.files[file].picture.is_none()
            && let Some(place) = self.source_place(file)
        {
            digests[place] = Some(*hash);
        }
    }
}
