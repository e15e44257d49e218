//! The ledger of the last build in the state of a target, so that a fresh clone renders and puts only what has changed since.
//!
//! It is kept as a base and up to two differences: a large one to the base, which is written now and then, and a small one to
//! that result, which each deploy writes again. So a deploy moves little, and reading it takes three calls.

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_128;

use super::delta;
use super::error::DeployError;
use super::objects::{SegmentRef, Segments};

/// The ledger of a generation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerRef {
    /// The hash of its bytes, in hexadecimal.
    pub hash: String,
    /// The base, the difference to it, and the difference to that; the last two may be missing.
    pub parts: Vec<SegmentRef>,
}

/// The size up to which the small difference is written again, in bytes.
const SMALL: u64 = 64 << 10;

/// Loads the ledger.
pub(super) fn load(segments: &Segments<'_>, ledger: &LedgerRef) -> Result<Vec<u8>, DeployError> {
    let bytes = assemble(segments, &ledger.parts)?;
    match hash(&bytes) == ledger.hash {
        true => Ok(bytes),
        false => Err(damaged()),
    }
}

fn assemble(segments: &Segments<'_>, parts: &[SegmentRef]) -> Result<Vec<u8>, DeployError> {
    let Some((base, differences)) = parts.split_first() else { return Err(damaged()) };
    differences.iter().try_fold(segments.get(base)?, |bytes, difference| {
        delta::apply(&bytes, &segments.get(difference)?).ok_or_else(damaged)
    })
}

/// Saves the ledger; `old` is that of the generation before.
pub(super) fn save(segments: &Segments<'_>, old: Option<&LedgerRef>, ledger: &[u8]) -> Result<LedgerRef, DeployError> {
    let hash = hash(ledger);
    let whole = || Ok(LedgerRef { hash: hash.clone(), parts: vec![segments.put(ledger)?] });
    let Some(old) = old else { return whole() };
    if old.hash == hash {
        return Ok(old.clone());
    }
    // A state that cannot be read is written anew.
    let Ok(base) = assemble(segments, &old.parts[..old.parts.len().min(1)]) else { return whole() };
    if let [base_part, large, ..] = old.parts.as_slice()
        && let Ok(before) = assemble(segments, &old.parts[..2])
    {
        let difference = segments.pack(&delta::difference(&before, ledger))?;
        if difference.len() as u64 <= SMALL.max(large.entries / 8) {
            let small = segments.put_packed(&difference)?;
            return Ok(LedgerRef { hash, parts: vec![base_part.clone(), large.clone(), small] });
        }
    }
    let difference = segments.pack(&delta::difference(&base, ledger))?;
    match old.parts.first() {
        Some(part) if (difference.len() as u64) < part.entries / 4 => {
            Ok(LedgerRef { hash, parts: vec![part.clone(), segments.put_packed(&difference)?] })
        }
        _ => whole(),
    }
}

fn hash(bytes: &[u8]) -> String {
    format!("{:032x}", xxh3_128(bytes))
}

fn damaged() -> DeployError {
    DeployError::new("the ledger in the state of the target is damaged")
        .hint("build the site on this machine, and deploy it with --no-build")
}
