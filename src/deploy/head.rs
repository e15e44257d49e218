//! The head of a target: the small file that says which generation of the site is online.

use serde::{Deserialize, Serialize};

use crate::hosts::StoredHeaders;
use crate::store::{Put, PutCondition, Store, Version};

use super::commit::SourceCommit;
use super::error::DeployError;
use super::objects::SegmentRef;
use super::travel::LedgerRef;

/// The name of the head in the place of the state.
const NAME: &str = "head.json";
/// The format that this program writes and reads.
const FORMAT: u32 = 1;

/// The state of a target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The format of this file.
    pub(super) format: u32,
    /// The number of this state; each deploy adds one.
    pub generation: u64,
    /// The URL of the site that is online.
    pub site: String,
    /// The instant as of which it was built, in seconds of Unix time.
    pub as_of: i64,
    /// The time of the deploy, in seconds of Unix time.
    pub deployed: i64,
    /// The commit that it was built from, if it was in a Git repository.
    pub commit: Option<SourceCommit>,
    /// The segments that list all objects.
    pub segments: Vec<SegmentRef>,
    /// The ledger of the build, for fresh clones.
    #[serde(default)]
    pub ledger: Option<LedgerRef>,
    /// The generation before, while its files are kept.
    pub previous: Option<PreviousGeneration>,
    /// True if the store has been seen to keep conditions.
    pub keeps_conditions: bool,
}

/// The state that a rollback restores.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviousGeneration {
    /// Its number.
    pub generation: u64,
    /// The instant as of which it was built.
    pub as_of: i64,
    /// Its commit.
    pub commit: Option<SourceCommit>,
    /// The segments of its objects.
    pub segments: Vec<SegmentRef>,
    /// The ledger of its build.
    #[serde(default)]
    pub ledger: Option<LedgerRef>,
    /// The segment with the files that were kept to restore it.
    pub kept: SegmentRef,
}

impl Head {
    /// The head of a target to which nothing has been deployed.
    pub(super) fn empty(site: &str) -> Head {
        Head {
            format: FORMAT,
            generation: 0,
            site: site.to_owned(),
            as_of: i64::MIN,
            deployed: i64::MIN,
            commit: None,
            segments: Vec::new(),
            ledger: None,
            previous: None,
            keeps_conditions: false,
        }
    }

    /// All segments that it needs.
    pub(super) fn segments(&self) -> impl Iterator<Item = &SegmentRef> {
        let ledgers = self.ledger.iter().chain(self.previous.iter().filter_map(|previous| previous.ledger.as_ref()));
        let previous = self.previous.iter().flat_map(|previous| previous.segments.iter().chain([&previous.kept]));
        self.segments.iter().chain(previous).chain(ledgers.flat_map(|ledger| &ledger.parts))
    }

    /// Loads the head; `None` before the first deploy.
    pub(super) fn load(state: &dyn Store) -> Result<Option<(Head, Version)>, DeployError> {
        let Some(stored) = state.get(NAME)? else { return Ok(None) };
        let place = || format!("{NAME} in {}", state.address());
        let head: Head = serde_json::from_slice(&stored.bytes)
            .map_err(|error| DeployError::new(format!("{} cannot be read: {error}", place())))?;
        if head.format != FORMAT {
            let message = format!("{} has format {}, and this program knows {FORMAT}", place(), head.format);
            return Err(
                DeployError::new(message).hint("use the version of Presswork that deployed last, or a newer one")
            );
        }
        Ok(Some((head, stored.version)))
    }

    /// Replaces the head, if it still has this version.
    pub(super) fn save(&self, state: &dyn Store, old: Option<&Version>) -> Result<Version, DeployError> {
        let bytes = serde_json::to_vec(self).map_err(|error| DeployError::new(error.to_string()))?;
        let condition = match (old, self.keeps_conditions) {
            (_, false) => PutCondition::Always,
            (None, true) => PutCondition::New,
            (Some(version), true) => PutCondition::Same(version),
        };
        if let Put::Done(version) = state.put(NAME, &bytes, &StoredHeaders::private(), condition)? {
            return Ok(version);
        }
        // A call that was repeated may have succeeded the first time.
        match state.get(NAME)? {
            Some(stored) if stored.bytes == bytes => Ok(stored.version),
            _ => Err(DeployError::new("another deploy has replaced the head of this target").hint("deploy again")),
        }
    }
}
