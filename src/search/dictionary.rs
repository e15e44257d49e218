//! The files of the index: terms with the stories that have them, compressed.
//!
//! A file is a zlib stream (RFC 1950), whose checksum finds damage. In it are a number and as many bytes of titles, as
//! JSON, then the terms in the order of their bytes. Each has the number of bytes that it shares with the term before, its
//! other bytes after their number, the number of its stories, and those after the number of their bytes: for each story
//! the distance from the one before, minus one and times eight, plus its weight. Numbers are in LEB128.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;

/// A story that has a term: its place in the segment, and the weight of the term in it, from 0 to 7.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Posting {
    /// The place in the segment.
    pub story: u32,
    /// The weight.
    pub weight: u8,
}

/// The contents of a file of the index.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TermFile {
    /// The titles of the segment's stories as JSON, if it is a small segment.
    pub titles: String,
    /// The terms, with their stories in order.
    pub terms: BTreeMap<String, Vec<Posting>>,
}

/// The error for a file that isn't part of an index, or is damaged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DamagedIndex;

impl fmt::Display for DamagedIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a file of the search index is damaged")
    }
}

impl std::error::Error for DamagedIndex {}

/// Encodes a file. `terms` are in the order of their bytes.
pub fn encode<'t>(titles: &str, terms: impl Iterator<Item = (&'t str, &'t [Posting])>) -> Vec<u8> {
    let mut bytes = Vec::new();
    put(titles.len(), &mut bytes);
    bytes.extend_from_slice(titles.as_bytes());
    let mut before: &[u8] = &[];
    let mut stories = Vec::new();
    for (term, postings) in terms {
        let term = term.as_bytes();
        let shared = term.iter().zip(before).take_while(|(one, other)| one == other).count();
        put(shared, &mut bytes);
        put(term.len() - shared, &mut bytes);
        bytes.extend_from_slice(&term[shared..]);
        before = term;
        stories.clear();
        let mut next = 0;
        for posting in postings {
            put(((posting.story - next) as usize) << 3 | usize::from(posting.weight & 7), &mut stories);
            next = posting.story + 1;
        }
        put(postings.len(), &mut bytes);
        put(stories.len(), &mut bytes);
        bytes.extend_from_slice(&stories);
    }
    compress(&bytes)
}

/// Compresses a file.
pub fn compress(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::with_capacity(bytes.len() / 2), Compression::new(6));
    // Writing to memory cannot fail.
    encoder.write_all(bytes).and_then(|()| encoder.finish()).unwrap_or_default()
}

/// The maximum length of a file before compression, so that a damaged one can't fill the memory.
const LONGEST: u64 = 64 << 20;

/// Decompresses a file.
///
/// # Errors
/// If it is damaged.
pub fn decompress(bytes: &[u8]) -> Result<Vec<u8>, DamagedIndex> {
    let mut out = Vec::new();
    let read = ZlibDecoder::new(bytes).take(LONGEST).read_to_end(&mut out);
    read.map(|_| out).map_err(|_| DamagedIndex)
}

/// Decodes a file.
///
/// # Errors
/// If it is damaged.
pub fn decode(bytes: &[u8]) -> Result<TermFile, DamagedIndex> {
    let bytes = decompress(bytes)?;
    let mut rest = Bytes(&bytes);
    let length = rest.number()?;
    let titles = rest.text(length)?;
    let mut terms = BTreeMap::new();
    let mut term: Vec<u8> = Vec::new();
    while !rest.0.is_empty() {
        let (shared, length) = (rest.number()?, rest.number()?);
        if shared > term.len() {
            return Err(DamagedIndex);
        }
        term.truncate(shared);
        term.extend_from_slice(rest.take(length)?);
        let (count, length) = (rest.number()?, rest.number()?);
        let mut stories = Bytes(rest.take(length)?);
        let mut postings = Vec::with_capacity(count.min(length));
        let mut next = 0u32;
        for _ in 0..count {
            let number = stories.number()?;
            let story = u32::try_from(number >> 3).ok().and_then(|gap| next.checked_add(gap)).ok_or(DamagedIndex)?;
            postings.push(Posting { story, weight: (number & 7) as u8 });
            next = story.checked_add(1).ok_or(DamagedIndex)?;
        }
        let name = String::from_utf8(term.clone()).map_err(|_| DamagedIndex)?;
        terms.insert(name, postings);
    }
    Ok(TermFile { titles, terms })
}

fn put(mut number: usize, bytes: &mut Vec<u8>) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

struct Bytes<'b>(&'b [u8]);

impl<'b> Bytes<'b> {
    fn number(&mut self) -> Result<usize, DamagedIndex> {
        let mut number = 0usize;
        for (at, &byte) in self.0.iter().enumerate().take(5) {
            number |= usize::from(byte & 0x7f) << (7 * at);
            if byte < 0x80 {
                self.0 = &self.0[at + 1..];
                return Ok(number);
            }
        }
        Err(DamagedIndex)
    }

    fn take(&mut self, length: usize) -> Result<&'b [u8], DamagedIndex> {
        let (taken, rest) = self.0.split_at_checked(length).ok_or(DamagedIndex)?;
        self.0 = rest;
        Ok(taken)
    }

    fn text(&mut self, length: usize) -> Result<String, DamagedIndex> {
        String::from_utf8(self.take(length)?.to_vec()).map_err(|_| DamagedIndex)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn files_are_read_as_written(
            titles in ".{0,40}",
            terms in prop::collection::btree_map("[a-c学ข]{1,6}", prop::collection::btree_map(0u32..5_000, 0u8..8, 0..40), 0..40),
        ) {
            let terms: BTreeMap<String, Vec<Posting>> = terms
                .into_iter()
                .map(|(term, stories)| (term, stories.into_iter().map(|(story, weight)| Posting { story, weight }).collect()))
                .collect();
            let bytes = encode(&titles, terms.iter().map(|(term, postings)| (term.as_str(), postings.as_slice())));
            prop_assert_eq!(decode(&bytes), Ok(TermFile { titles, terms }));
        }

        #[test]
        fn damaged_files_are_refused(cut in 0usize..200, flip in 0usize..1_600) {
            let postings: Vec<Posting> = (0..300).map(|at| Posting { story: 3 * at, weight: (at % 8) as u8 }).collect();
            let bytes = encode("[]", [("harbour", postings.as_slice()), ("harbours", &postings[..7])].into_iter());
            prop_assert_eq!(decode(&bytes[..cut.min(bytes.len() - 1)]), Err(DamagedIndex));
            let mut flipped = bytes.clone();
            let at = flip / 8 % flipped.len();
            flipped[at] ^= 1 << (flip % 8);
            // Some bits of the header mean nothing to a reader.
            prop_assert!(at < 2 || decode(&flipped).is_err() || decode(&flipped) == decode(&bytes));
        }

        #[test]
        fn any_bytes_are_read_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = decode(&compress(&bytes));
        }
    }
}
