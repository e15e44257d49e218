//! The objects of a target: all files that Presswork has put there, kept as segments that are named by their contents.
//!
//! A deploy that changes a few files adds a small segment. Segments of similar size are merged, so that there are never many
//! of them, and the large ones are hardly ever written again.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use borsh::{BorshDeserialize, BorshSerialize};
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_128;

use crate::hosts::StoredHeaders;
use crate::plan::Class;
use crate::store::{PutCondition, Store};

use super::error::DeployError;

/// The state of an object of the target, as far as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub(super) enum ObjectState {
    /// It is part of the site.
    Live,
    /// It is no longer part of the site and stays for readers with old pages, since then, in seconds of Unix time.
    Retired(i64),
    /// It is about to be deleted, and may be gone.
    Doomed,
    /// An interrupted deploy may have put it or not.
    Uncertain,
}

/// An object of the target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub(super) struct ObjectEntry {
    /// The hash of its bytes.
    pub hash: u128,
    /// The hash of its headers.
    pub headers: u64,
    /// The class of the output that it is.
    pub class: Class,
    /// True for the page of a story, and for a standalone page.
    pub is_story: bool,
    /// The hash of that source, which differs if its text does; 0 for other files.
    pub text: u64,
    /// Its state, as far as it is known.
    pub state: ObjectState,
}

/// All objects by route.
pub(super) type Objects = BTreeMap<String, ObjectEntry>;

/// A segment: objects by route; `None` for one that is gone.
type ObjectSegment = BTreeMap<String, Option<ObjectEntry>>;

/// The name of a segment, and its size.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SegmentRef {
    /// The hash of its bytes, in hexadecimal.
    pub name: String,
    /// The number of its entries.
    pub entries: u64,
}

impl SegmentRef {
    /// Its name in the place of the state.
    pub(super) fn path(&self) -> String {
        format!("segments/{}", self.name)
    }
}

/// The segments of a target in its state, with copies in the project's folder, since their bytes never change.
pub(super) struct Segments<'s> {
    pub state: &'s dyn Store,
    /// The folder of the copies.
    pub cache: PathBuf,
}

impl Segments<'_> {
    /// Loads all objects.
    pub(super) fn load(&self, refs: &[SegmentRef]) -> Result<Objects, DeployError> {
        let mut objects = Objects::new();
        for segment in refs {
            for (route, entry) in self.read(segment)? {
                match entry {
                    Some(entry) => drop(objects.insert(route, entry)),
                    None => drop(objects.remove(&route)),
                }
            }
        }
        Ok(objects)
    }

    fn read(&self, segment: &SegmentRef) -> Result<ObjectSegment, DeployError> {
        borsh::from_slice(&self.get(segment)?)
            .map_err(|error| DeployError::new(format!("{} cannot be read: {error}", segment.path())))
    }

    /// The unpacked bytes of a segment.
    pub(super) fn get(&self, segment: &SegmentRef) -> Result<Vec<u8>, DeployError> {
        let is_whole = |bytes: &Vec<u8>| name(bytes) == segment.name;
        let copy = self.cache.join(&segment.name);
        let cached = fs::read(&copy).ok().filter(is_whole);
        let bytes = match cached {
            Some(bytes) => bytes,
            None => {
                let stored = self.state.get(&segment.path())?.map(|stored| stored.bytes).filter(is_whole);
                let bytes = stored.ok_or_else(|| {
                    DeployError::new(format!("{} in {} is missing or damaged", segment.path(), self.state.address()))
                        .hint("delete head.json there, and deploy with --take-over: every file is put again")
                })?;
                self.keep(&copy, &bytes)?;
                bytes
            }
        };
        let damaged = |error: io::Error| DeployError::new(format!("{} cannot be read: {error}", segment.path()));
        let mut text = Vec::new();
        DeflateDecoder::new(&*bytes).read_to_end(&mut text).map_err(damaged)?;
        Ok(text)
    }

    fn keep(&self, copy: &Path, bytes: &[u8]) -> Result<(), DeployError> {
        let failed = |error| DeployError::new(format!("cannot write {}: {error}", copy.display()));
        fs::create_dir_all(&self.cache).and_then(|()| fs::write(copy, bytes)).map_err(failed)
    }

    /// Saves the difference between two states of the target, whose segments are `refs`. Returns the segments of the new
    /// state.
    pub(super) fn save(
        &self,
        refs: &[SegmentRef],
        old: &Objects,
        new: &Objects,
    ) -> Result<Vec<SegmentRef>, DeployError> {
        let changed = new.iter().filter(|(route, entry)| old.get(*route) != Some(*entry));
        let gone = old.keys().filter(|route| !new.contains_key(*route));
        let mut segment: ObjectSegment = changed.map(|(route, entry)| (route.clone(), Some(*entry))).collect();
        segment.extend(gone.map(|route| (route.clone(), None)));
        let mut refs = refs.to_vec();
        if segment.is_empty() {
            return Ok(refs);
        }
        while let Some(last) = refs.last().filter(|last| last.entries <= 2 * segment.len() as u64) {
            let mut merged = self.read(last)?;
            merged.extend(segment);
            segment = merged;
            refs.pop();
        }
        if refs.is_empty() {
            segment.retain(|_, entry| entry.is_some());
        }
        refs.push(self.write(&segment)?);
        Ok(refs)
    }

    /// Writes a segment.
    fn write(&self, segment: &ObjectSegment) -> Result<SegmentRef, DeployError> {
        let text = borsh::to_vec(segment)
            .map_err(|error| DeployError::new(format!("cannot write the list of files: {error}")))?;
        let written = self.put(&text)?;
        Ok(SegmentRef { entries: segment.len() as u64, ..written })
    }

    /// Packs bytes and puts them; the number of entries is that of the packed bytes.
    pub(super) fn put(&self, bytes: &[u8]) -> Result<SegmentRef, DeployError> {
        self.put_packed(&self.pack(bytes)?)
    }

    /// Packs bytes. Ledgers are large, and better compression takes several times as long.
    pub(super) fn pack(&self, bytes: &[u8]) -> Result<Vec<u8>, DeployError> {
        let mut encoder = DeflateEncoder::new(Vec::with_capacity(bytes.len() / 2), Compression::fast());
        let packed = encoder.write_all(bytes).and_then(|()| encoder.finish());
        packed.map_err(|error| DeployError::new(format!("cannot pack the state: {error}")))
    }

    /// Puts packed bytes.
    pub(super) fn put_packed(&self, packed: &[u8]) -> Result<SegmentRef, DeployError> {
        let segment = SegmentRef { name: name(packed), entries: packed.len() as u64 };
        self.state.put(&segment.path(), packed, &StoredHeaders::private(), PutCondition::Always)?;
        self.keep(&self.cache.join(&segment.name), packed)?;
        Ok(segment)
    }

    /// Removes a segment that no head names any more, and its copy.
    pub(super) fn remove(&self, segment: &SegmentRef) -> Result<(), DeployError> {
        self.state.delete(&segment.path())?;
        let copy = self.cache.join(&segment.name);
        match fs::remove_file(&copy) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(DeployError::new(format!("cannot remove {}: {error}", copy.display())))
            }
            _ => Ok(()),
        }
    }
}

fn name(bytes: &[u8]) -> String {
    format!("{:032x}", xxh3_128(bytes))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::store::FolderStore;

    fn object(hash: u8) -> ObjectEntry {
        let (headers, is_story, text) = (0, false, 0);
        ObjectEntry { hash: hash.into(), headers, class: Class::Copy, is_story, text, state: ObjectState::Live }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]
        #[test]
        fn every_state_is_loaded_as_it_was_saved(
            steps in proptest::collection::vec(proptest::collection::btree_map(0u8..40, proptest::option::of(any::<u8>()), 0..12), 1..12),
        ) {
            let folder = tempfile::tempdir().unwrap();
            let state = FolderStore::new(folder.path().join("state"));
            let (mut refs, mut objects) = (Vec::new(), Objects::new());
            for (number, step) in steps.into_iter().enumerate() {
                let old = objects.clone();
                for (route, hash) in step {
                    let route = format!("{route}/index.html");
                    match hash {
                        Some(hash) => drop(objects.insert(route, object(hash))),
                        None => drop(objects.remove(&route)),
                    }
                }
                // Each step is another machine, without copies of its own.
                let segments = Segments { state: &state, cache: folder.path().join(number.to_string()) };
                refs = segments.save(&refs, &old, &objects).unwrap();
                prop_assert_eq!(&segments.load(&refs).unwrap(), &objects);
                prop_assert!(refs.len() <= 6, "{} segments for {} objects", refs.len(), objects.len());
            }
        }
    }

    #[test]
    fn a_damaged_segment_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let state = FolderStore::new(folder.path().join("state"));
        let segments = |cache: &str| Segments { state: &state, cache: folder.path().join(cache) };
        let objects = Objects::from([("a".to_owned(), object(1))]);
        let refs = segments("one").save(&[], &Objects::new(), &objects).unwrap();
        // A damaged copy is read again from the state.
        fs::write(folder.path().join("one").join(&refs[0].name), "damaged").unwrap();
        assert_eq!(segments("one").load(&refs).unwrap(), objects);
        state.put(&refs[0].path(), b"damaged", &StoredHeaders::private(), PutCondition::Always).unwrap();
        assert!(segments("two").load(&refs).unwrap_err().message.contains("missing or damaged"));
    }
}
