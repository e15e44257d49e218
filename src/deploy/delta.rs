//! Differences between two versions of a large file: which parts of the old one are copied, and what is new between them.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use borsh::{BorshDeserialize, BorshSerialize};
use xxhash_rust::xxh3::xxh3_64;

/// A part of the new version.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
enum DeltaPiece {
    /// This many bytes of the old version, from here on.
    Copy(u64, u64),
    /// New bytes.
    Insert(Vec<u8>),
}

/// The size of the blocks by which equal parts are found.
const BLOCK: usize = 64;

/// The hashes of blocks are keys already.
#[derive(Default)]
struct Identity(u64);

impl Hasher for Identity {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.0 = self.0.rotate_left(8) ^ u64::from(*byte));
    }
    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

/// The way from an old version to a new one.
pub(super) fn difference(old: &[u8], new: &[u8]) -> Vec<u8> {
    let blocks = old.chunks_exact(BLOCK).enumerate();
    // Of equal blocks the first is used; the comparison below decides if it fits.
    let mut places: HashMap<u64, usize, BuildHasherDefault<Identity>> = HashMap::default();
    for (at, block) in blocks {
        places.entry(xxh3_64(block)).or_insert(at * BLOCK);
    }
    let mut pieces: Vec<DeltaPiece> = Vec::new();
    // The part of the new version that has no piece yet, and the place in the old version after the last copy.
    let (mut from, mut at, mut expected) = (0, 0, 0);
    while at + BLOCK <= new.len() {
        let block = &new[at..at + BLOCK];
        let found = match old.get(expected..expected + BLOCK) {
            // Most often the copy goes on after a few new bytes of the same length.
            Some(next) if next == block => Some(expected),
            _ => places.get(&xxh3_64(block)).copied().filter(|&place| &old[place..place + BLOCK] == block),
        };
        let Some(mut start) = found else {
            (at, expected) = (at + 1, expected + 1);
            continue;
        };
        let mut begins = at;
        while begins > from && start > 0 && new[begins - 1] == old[start - 1] {
            (begins, start) = (begins - 1, start - 1);
        }
        let length = new[begins..].iter().zip(&old[start..]).take_while(|(one, other)| one == other).count();
        if begins > from {
            pieces.push(DeltaPiece::Insert(new[from..begins].to_vec()));
        }
        pieces.push(DeltaPiece::Copy(start as u64, length as u64));
        (from, at, expected) = (begins + length, begins + length, start + length);
    }
    if from < new.len() {
        pieces.push(DeltaPiece::Insert(new[from..].to_vec()));
    }
    borsh::to_vec(&pieces).unwrap_or_default()
}

/// The new version; `None` if the difference is not one to this old version.
pub(super) fn apply(old: &[u8], difference: &[u8]) -> Option<Vec<u8>> {
    let pieces: Vec<DeltaPiece> = borsh::from_slice(difference).ok()?;
    let mut new = Vec::with_capacity(old.len());
    for piece in pieces {
        match piece {
            DeltaPiece::Copy(start, length) => {
                let (start, length) = (usize::try_from(start).ok()?, usize::try_from(length).ok()?);
                new.extend_from_slice(old.get(start..start.checked_add(length)?)?);
            }
            DeltaPiece::Insert(bytes) => new.extend_from_slice(&bytes),
        }
    }
    Some(new)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_difference_leads_to_the_new_version(
            old in proptest::collection::vec(0u8..4, 0..2_000),
            edits in proptest::collection::vec((0usize..2_000, 0usize..200, proptest::collection::vec(any::<u8>(), 0..100)), 0..6),
        ) {
            let mut new = old.clone();
            for (at, removed, inserted) in edits {
                let at = at.min(new.len());
                let end = (at + removed).min(new.len());
                new.splice(at..end, inserted);
            }
            prop_assert_eq!(apply(&old, &difference(&old, &new)), Some(new));
        }

        #[test]
        fn damaged_differences_are_no_panic(old in any::<Vec<u8>>(), bytes in any::<Vec<u8>>()) {
            let _ = apply(&old, &bytes);
        }
    }

    #[test]
    fn small_edits_have_small_differences() {
        let old: Vec<u8> = (0..200_000u32).flat_map(|number| xxh3_64(&number.to_le_bytes()).to_le_bytes()).collect();
        let mut new = old.clone();
        new.splice(700_000..700_010, b"a headline that is longer than before".iter().copied());
        new.splice(100_000..100_100, []);
        assert!(difference(&old, &new).len() < 400, "{}", difference(&old, &new).len());
        assert_eq!(apply(&old, &difference(&old, &new)), Some(new));
    }
}
