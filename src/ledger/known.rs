//! What the ledger holds of each source and output, understood where it stands.

use std::io;
use std::ops::Range;

use borsh::{BorshDeserialize, BorshSerialize};

use crate::diagnostic::Diagnostic;
use crate::plan::PartLink;
use crate::render::Parts;
use crate::source::Stamp;

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
    /// The hash of what its bytes depend on; `None` for a copied file.
    pub fingerprint: Option<u128>,
    /// What it is made from, where that is quicker to tell than the fingerprint.
    pub made_from: Option<MadeFrom>,
    /// The source whose page it is, by its place among the ledger's; `None` where it is not a single one's.
    pub source: Option<u32>,
}

/// What an output is made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct MadeFrom {
    /// The hash of what its views are made from.
    pub views: u128,
    /// The hash of its texts and of what they refer to.
    pub texts: u128,
    /// Which stories its text links to, one of 64 bits for each source; `None` when it refers to other things of this
    /// site too.
    pub linked: Option<u64>,
}

/// An output as it was published.
#[derive(Debug, Clone, Copy)]
pub struct KnownOutput<'l> {
    /// Where.
    pub route: &'l str,
    /// What is known of it.
    pub facts: Facts,
    /// Everything else: the two below.
    rest: &'l [u8],
    /// What links can lead to in it.
    parts: &'l [u8],
    /// What its body refers to, and what was said of it.
    said: &'l [u8],
}

impl<'l> KnownOutput<'l> {
    /// What its body refers to.
    pub fn references(&self) -> Vec<&'l str> {
        take_texts(&mut { self.said }).unwrap_or_default()
    }

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
        let mut rest = self.said;
        take_texts(&mut rest).and_then(|_| borsh::from_slice(rest).ok()).unwrap_or_default()
    }

    /// As the next ledger holds it, with what is known of it then.
    ///
    /// # Errors
    /// When it is too large to be kept.
    pub fn encode_with(&self, facts: &Facts) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::with_capacity(128 + self.route.len() + self.rest.len());
        self.route.serialize(&mut bytes)?;
        facts.serialize(&mut bytes)?;
        bytes.extend_from_slice(self.rest);
        Ok(bytes)
    }

    pub(super) fn decode(bytes: &'l [u8]) -> Option<KnownOutput<'l>> {
        let mut rest = bytes;
        let route = take_text(&mut rest)?;
        let facts = Facts::deserialize(&mut rest).ok()?;
        let (parts, said) = take(rest)?;
        Some(KnownOutput { route, facts, rest, parts, said })
    }
}

/// An output as the ledger holds it: its route, what is known of it, its parts, what its body refers to, and what was said
/// of it.
///
/// # Errors
/// When it is too large to be kept.
pub fn encode_output(
    route: &str,
    facts: &Facts,
    parts: &Option<Parts>,
    references: &[String],
    diagnostics: &[Diagnostic],
) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(192);
    (route, facts, borsh::to_vec(parts)?, references, diagnostics).serialize(&mut bytes)?;
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

/// A list of texts as borsh has it, without copying them.
fn take_texts<'l>(bytes: &mut &'l [u8]) -> Option<Vec<&'l str>> {
    let (count, rest) = bytes.split_first_chunk()?;
    *bytes = rest;
    (0..u32::from_le_bytes(*count)).map(|_| take_text(bytes)).collect()
}
