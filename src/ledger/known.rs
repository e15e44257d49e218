//! What the ledger holds of each source and output, understood where it stands.

use std::io;
use std::ops::Range;

use borsh::{BorshDeserialize, BorshSerialize};

use crate::diagnostic::Diagnostic;
use crate::plan::PartLink;
use crate::render::Parts;
use crate::source::Stamp;

use super::traces::{self, Trace};

/// A source as it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownSource<'l> {
    /// The file, relative to the project's folder.
    pub path: &'l str,
    /// Its stamp; `None` when it may have changed since without the stamp's changing.
    pub stamp: Option<Stamp>,
    /// The hash of its bytes.
    pub digest: u128,
}

/// What is known of an output besides where it is and what was said of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Facts {
    /// The published file's stamp.
    pub stamp: Stamp,
    /// The hash of its bytes.
    pub hash: u128,
    /// The hash of what was prepared for it; `None` for a copied file.
    pub fingerprint: Option<u128>,
    /// The hash of its kind: see [`crate::plan::Output::shape`].
    pub shape: u64,
    /// The source whose page it is, by its place among the ledger's; `None` where it is not a single one's.
    pub source: Option<u32>,
}

/// An output as it was published.
#[derive(Debug, Clone, Copy)]
pub struct KnownOutput<'l> {
    /// Where.
    pub route: &'l str,
    /// What is known of it.
    pub facts: Facts,
    /// The keys that preparing it read.
    pub views: Trace<'l>,
    /// The keys that rendering it read.
    pub texts: Trace<'l>,
    /// What links can lead to in it.
    parts: &'l [u8],
    /// What was said of it.
    said: &'l [u8],
}

impl<'l> KnownOutput<'l> {
    /// The hashes of the page's ids; `None` for what no template made.
    pub fn ids(&self) -> Option<Vec<u32>> {
        self.parts().map(|parts| parts.ids)
    }

    /// Its links to parts of other pages.
    pub fn part_links(&self) -> Vec<PartLink> {
        // Few pages have any, and their number stands first, behind the byte that tells that there are parts.
        match self.parts.get(1..5) {
            None | Some([0, 0, 0, 0]) => Vec::new(),
            Some(_) => self.parts().map(|parts| parts.links).unwrap_or_default(),
        }
    }

    fn parts(&self) -> Option<Parts> {
        borsh::from_slice(self.parts).ok().flatten()
    }

    /// What rendering it had to say.
    pub fn diagnostics(&self) -> Vec<Diagnostic> {
        borsh::from_slice(self.said).unwrap_or_default()
    }

    /// As the next ledger holds it, with what is known of it then.
    ///
    /// # Errors
    /// When it is too large to be kept.
    pub fn encode_with(&self, facts: &Facts) -> io::Result<Vec<u8>> {
        self.encode(facts, self.views.bytes)
    }

    /// The same, with what preparing it has read this time.
    ///
    /// # Errors
    /// When it is too large to be kept.
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

/// The keys that an output read, by their numbers, sorted.
#[derive(Debug, Default)]
pub struct KeysRead {
    /// While it was prepared.
    pub views: Vec<u32>,
    /// While it was rendered.
    pub texts: Vec<u32>,
}

/// An output as the ledger holds it: its route, what is known of it, what it read, its parts, and what was said of it.
///
/// # Errors
/// When it is too large to be kept.
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

/// A source and how many bytes its record takes.
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

/// Where values begin that stand one behind the other; `skip` gives what is behind the first.
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

/// Bytes behind their number, and what follows them.
pub(super) fn take(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk()?;
    rest.split_at_checked(u32::from_le_bytes(*length) as usize)
}

/// A text as borsh has it, without copying it.
fn take_text<'l>(bytes: &mut &'l [u8]) -> Option<&'l str> {
    let (text, rest) = take(bytes)?;
    *bytes = rest;
    std::str::from_utf8(text).ok()
}
