//! The ledger's entries for sources and outputs, decoded in place.

use std::io;
use std::ops::Range;

use borsh::{BorshDeserialize, BorshSerialize};

use crate::diagnostic::Diagnostic;
use crate::plan::{Class, PartLink};
use crate::render::Parts;
use crate::source::Stamp;

use super::traces::{self, Trace};

/// A source as it was when it was last read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownSource<'l> {
    /// The file, relative to the project's folder.
    pub path: &'l str,
    /// Its stamp; `None` if the file may have changed since without changing its stamp.
    pub stamp: Option<Stamp>,
    /// The hash of its bytes.
    pub digest: u128,
}

/// The facts about an output besides its route and its diagnostics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Facts {
    /// The published file's stamp.
    pub stamp: Stamp,
    /// The hash of its bytes.
    pub hash: u128,
    /// The hash of its prepared data; `None` for a copied file.
    pub fingerprint: Option<u128>,
    /// The shape of the output.
    pub shape: u64,
    /// The class of the output, which decides when it is deployed.
    pub class: Class,
    /// The source whose page it is, by its place in the ledger; `None` if it is not the page of a single source.
    pub source: Option<u32>,
}

/// An output as it was last published.
#[derive(Debug, Clone, Copy)]
pub struct KnownOutput<'l> {
    /// Its route.
    pub route: &'l str,
    /// The facts about it.
    pub facts: Facts,
    /// The keys read while it was prepared.
    pub views: Trace<'l>,
    /// The keys read while it was rendered.
    pub texts: Trace<'l>,
    /// The parts that links can point to, encoded.
    parts: &'l [u8],
    /// Its diagnostics, encoded.
    said: &'l [u8],
}

impl<'l> KnownOutput<'l> {
    /// Returns the hashes of the page's ids; `None` if it was not made from a template.
    pub fn ids(&self) -> Option<Vec<u32>> {
        self.parts().map(|parts| parts.ids)
    }

    /// Returns its links to parts of other pages.
    pub fn part_links(&self) -> Vec<PartLink> {
        // Few pages have any. Their number comes first, after the byte that says whether there are parts.
        match self.parts.get(1..5) {
            None | Some([0, 0, 0, 0]) => Vec::new(),
            Some(_) => self.parts().map(|parts| parts.links).unwrap_or_default(),
        }
    }

    fn parts(&self) -> Option<Parts> {
        borsh::from_slice(self.parts).ok().flatten()
    }

    /// Returns the diagnostics from rendering it.
    pub fn diagnostics(&self) -> Vec<Diagnostic> {
        borsh::from_slice(self.said).unwrap_or_default()
    }

    /// Encodes it for the next ledger, with its present facts.
    ///
    /// # Errors
    /// If it is too large.
    pub fn encode_with(&self, facts: &Facts) -> io::Result<Vec<u8>> {
        self.encode(facts, self.views.bytes)
    }

    /// Encodes it for the next ledger, with its present facts and the keys that preparing it has read this time.
    ///
    /// # Errors
    /// If it is too large.
    pub fn encode_reading(&self, facts: &Facts, views: &[u32]) -> io::Result<Vec<u8>> {
        self.encode(facts, &traces::encode(views))
    }

    fn encode(&self, facts: &Facts, views: &[u8]) -> io::Result<Vec<u8>> {
        let sizes = [self.route.len(), views.len(), self.texts.bytes.len(), self.parts.len(), self.said.len()];
        let mut bytes = Vec::with_capacity(96 + sizes.iter().sum::<usize>());
        (self.route, facts, views, self.texts.bytes, self.parts).serialize(&mut bytes)?;
        bytes.extend_from_slice(self.said);
        Ok(bytes)
    }

    pub(super) fn decode(bytes: &'l [u8]) -> Option<KnownOutput<'l>> {
        let mut rest = bytes;
        let route = take_text(&mut rest)?;
        let facts = Facts::deserialize(&mut rest).ok()?;
        let (views, rest) = take(rest)?;
        let (texts, rest) = take(rest)?;
        let (parts, said) = take(rest)?;
        Some(KnownOutput { route, facts, views: Trace { bytes: views }, texts: Trace { bytes: texts }, parts, said })
    }
}

/// The keys that an output read, as sorted numbers.
#[derive(Debug, Default)]
pub struct KeysRead {
    /// The keys read while it was prepared.
    pub views: Vec<u32>,
    /// The keys read while it was rendered.
    pub texts: Vec<u32>,
}

/// Encodes an output for the ledger: its route, its facts, the keys it read, its parts, and its diagnostics.
///
/// # Errors
/// If it is too large.
pub fn encode_output(
    route: &str,
    facts: &Facts,
    read: &KeysRead,
    parts: &Option<Parts>,
    diagnostics: &[Diagnostic],
) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(192);
    let (views, texts) = (traces::encode(&read.views), traces::encode(&read.texts));
    (route, facts, views, texts, borsh::to_vec(parts)?, diagnostics).serialize(&mut bytes)?;
    Ok(bytes)
}

/// A source, and the length of its record in bytes.
pub(super) struct RawSource<'l> {
    pub known: KnownSource<'l>,
    pub length: u32,
}

impl<'l> RawSource<'l> {
    pub(super) fn decode(rest: &mut &'l [u8]) -> Option<RawSource<'l>> {
        let path = take_text(rest)?;
        let (stamp, digest, length) = BorshDeserialize::deserialize(rest).ok()?;
        Some(RawSource { known: KnownSource { path, stamp, digest }, length })
    }
}

/// The keys that outputs read, by number.
#[derive(Debug, Clone, Default)]
pub struct KnownKeys<'l> {
    bytes: &'l [u8],
    /// The start of each key. They take little space, since there are very many.
    starts: Vec<u32>,
}

impl<'l> KnownKeys<'l> {
    /// Finds the keys. Those beyond four gigabytes are left out, so that whatever has read them is rendered again.
    pub(super) fn new(bytes: &'l [u8]) -> KnownKeys<'l> {
        let mut starts = Vec::new();
        let mut rest = bytes;
        while let (Some((_, after)), Ok(start)) = (take(rest), u32::try_from(bytes.len() - rest.len())) {
            starts.push(start);
            rest = after;
        }
        KnownKeys { bytes, starts }
    }

    /// Returns how many numbers there are.
    pub fn count(&self) -> usize {
        self.starts.len()
    }

    /// Returns the name of a key and the hash of its answer; `None` for unused numbers.
    pub fn get(&self, number: usize) -> Option<(&'l [u8], u64)> {
        let (key, _) = take(self.bytes.get(*self.starts.get(number)? as usize..)?)?;
        key.split_first_chunk().map(|(hash, name)| (name, u64::from_le_bytes(*hash)))
    }
}

/// Returns the offsets of consecutive values; `skip` returns the bytes after the first.
pub(super) fn offsets<'l>(
    bytes: &'l [u8],
    range: Range<usize>,
    mut skip: impl FnMut(&'l [u8]) -> Option<&'l [u8]>,
) -> Option<Vec<usize>> {
    let mut offsets = Vec::new();
    let mut rest = &bytes[range.clone()];
    while !rest.is_empty() {
        offsets.push(range.end - rest.len());
        rest = skip(rest)?;
    }
    Some(offsets)
}

/// Splits bytes that begin with their length from the rest.
pub(super) fn take(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk()?;
    rest.split_at_checked(u32::from_le_bytes(*length) as usize)
}

/// Decodes a borsh string without copying it.
fn take_text<'l>(bytes: &mut &'l [u8]) -> Option<&'l str> {
    let (text, rest) = take(bytes)?;
    *bytes = rest;
    std::str::from_utf8(text).ok()
}
