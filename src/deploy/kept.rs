//! The files that a deploy replaces or deletes, kept in one segment so that it can be rolled back.

use std::collections::HashMap;

use xxhash_rust::xxh3::xxh3_128;

use crate::store::{Interrupt, Store};

use super::error::DeployError;
use super::objects::{SegmentRef, Segments};
use super::plan::DeployPlan;
use super::waves;

/// The most files that are kept. A larger change, such as another theme, is undone by deploying the older commit.
const MOST_FILES: usize = 1_000;
/// The most bytes that are kept.
const MOST_BYTES: usize = 64 << 20;

/// Keeps what a plan replaces or deletes. A file that is not what Presswork put there is left out. Without a segment, the note
/// says why.
pub(super) fn keep(
    target: &dyn Store,
    segments: &Segments<'_>,
    interrupt: &Interrupt,
    plan: &DeployPlan,
) -> Result<Result<SegmentRef, String>, DeployError> {
    let replaced = plan.puts.iter().filter_map(|item| Some((item.route.as_str(), item.replaces?)));
    let deleted = plan.deletes.iter().filter_map(|(route, _, hash)| Some((route.as_str(), (*hash)?)));
    let files: Vec<(&str, u128)> = replaced.chain(deleted).collect();
    if files.len() > MOST_FILES {
        return Ok(Err(format!("{} files change, too many to keep: this deploy cannot be rolled back", files.len())));
    }
    let mut kept: Vec<(u128, Vec<u8>)> = Vec::with_capacity(files.len());
    let mut total = 0;
    let work = |&(route, hash): &(&str, u128)| {
        let stored = target.get(route)?;
        Ok(stored.map(|stored| stored.bytes).filter(|bytes| xxh3_128(bytes) == hash))
    };
    let done = |&(_, hash): &(&str, u128), bytes: Option<Vec<u8>>| {
        let Some(bytes) = bytes else { return Ok(()) };
        total += bytes.len();
        if total <= MOST_BYTES {
            kept.push((hash, bytes));
        }
        Ok(())
    };
    waves::each(&files, target.concurrency(), interrupt, work, done)?;
    if total > MOST_BYTES {
        return Ok(Err("the files that change are too large to keep: this deploy cannot be rolled back".to_owned()));
    }
    // The order in which files arrive must not decide the name.
    kept.sort_unstable_by_key(|(hash, _)| *hash);
    let bytes = borsh::to_vec(&kept).map_err(|error| DeployError::new(format!("cannot keep old files: {error}")))?;
    segments.put(&bytes).map(Ok)
}

/// Reads what was kept, by hash.
pub(super) fn read(segments: &Segments<'_>, kept: &SegmentRef) -> Result<HashMap<u128, Vec<u8>>, DeployError> {
    let files: Vec<(u128, Vec<u8>)> = borsh::from_slice(&segments.get(kept)?)
        .map_err(|error| DeployError::new(format!("what was kept cannot be read: {error}")))?;
    Ok(files.into_iter().collect())
}
