//! The lock of a target: a file that only one deploy can create, and that expires if its deploy is killed.

use serde::{Deserialize, Serialize};

use crate::hosts::StoredHeaders;
use crate::store::{Put, PutCondition, Store, Version};

use super::error::DeployError;

const NAME: &str = "lock.json";
/// The time for which a lock is valid, in seconds. It is renewed while a deploy is running.
const VALID: i64 = 600;
/// The age at which it is renewed, in seconds.
const RENEW: i64 = 120;

/// The deploy that holds a lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockOwner {
    /// A value that no other deploy has.
    pub id: String,
    /// A value that only deploys of the same project folder have, of which one runs at a time: a lock with it belongs to
    /// one that was killed.
    pub folder: String,
    /// The machine and user, for messages.
    pub name: String,
}

#[derive(Debug, Serialize, Deserialize)]
struct LockFile {
    id: String,
    folder: String,
    name: String,
    /// Seconds of Unix time.
    expires: i64,
}

/// A lock that this deploy holds.
pub(super) struct Lock<'s> {
    state: &'s dyn Store,
    owner: LockOwner,
    version: Version,
    taken: i64,
    keeps_conditions: bool,
}

impl<'s> Lock<'s> {
    /// Takes the lock. `now` is in seconds of Unix time; `breaks` takes a valid one away from its owner.
    pub(super) fn take(
        state: &'s dyn Store,
        owner: &LockOwner,
        now: i64,
        breaks: bool,
        keeps_conditions: bool,
    ) -> Result<Lock<'s>, DeployError> {
        let bytes = contents(owner, now)?;
        let lock = |version| Lock { state, owner: owner.clone(), version, taken: now, keeps_conditions };
        if let Put::Done(version) = state.put(NAME, &bytes, &StoredHeaders::private(), PutCondition::New)? {
            return Ok(lock(version));
        }
        let Some(stored) = state.get(NAME)? else { return Err(busy("another deploy has just ended")) };
        if stored.bytes == bytes {
            return Ok(lock(stored.version));
        }
        let other: Option<LockFile> = serde_json::from_slice(&stored.bytes).ok();
        if let Some(other) = other.as_ref().filter(|other| !breaks && other.folder != owner.folder) {
            let left = other.expires - now;
            if left > VALID + RENEW {
                let message = format!("the lock of {} is from the future: a clock is wrong by minutes", other.name);
                return Err(DeployError::new(message).hint("compare this machine's clock with the other's"));
            }
            if left > 0 {
                let message = format!("{} is deploying; its lock expires in {left} s unless it is renewed", other.name);
                return Err(busy(&message));
            }
        }
        match state.put(NAME, &bytes, &StoredHeaders::private(), PutCondition::Same(&stored.version))? {
            Put::Done(version) => Ok(lock(version)),
            Put::Refused => Err(busy("another deploy has just taken the lock")),
        }
    }

    /// Renews the lock if it is old enough. An error if another deploy has taken it away.
    pub(super) fn renew(&mut self, now: i64) -> Result<(), DeployError> {
        if now - self.taken < RENEW {
            return Ok(());
        }
        let bytes = contents(&self.owner, now)?;
        let condition = match self.keeps_conditions {
            true => PutCondition::Same(&self.version),
            false => PutCondition::Always,
        };
        match self.state.put(NAME, &bytes, &StoredHeaders::private(), condition)? {
            Put::Done(version) => {
                (self.version, self.taken) = (version, now);
                Ok(())
            }
            Put::Refused => match self.state.get(NAME)? {
                Some(stored) if stored.bytes == bytes => {
                    (self.version, self.taken) = (stored.version, now);
                    Ok(())
                }
                _ => Err(DeployError::new("another deploy has taken the lock of this target").hint("deploy again")),
            },
        }
    }

    /// Gives the lock back, unless it is no longer this deploy's.
    pub(super) fn release(self) -> Result<(), DeployError> {
        let stored = self.state.get(NAME)?;
        let lock: Option<LockFile> = stored.and_then(|stored| serde_json::from_slice(&stored.bytes).ok());
        if lock.is_some_and(|lock| lock.id == self.owner.id) {
            self.state.delete(NAME)?;
        }
        Ok(())
    }
}

fn contents(owner: &LockOwner, now: i64) -> Result<Vec<u8>, DeployError> {
    let LockOwner { id, folder, name } = owner.clone();
    let file = LockFile { id, folder, name, expires: now + VALID };
    serde_json::to_vec(&file).map_err(|error| DeployError::new(error.to_string()))
}

fn busy(message: &str) -> DeployError {
    DeployError::new(message).hint("deploy again when it is done, or with --break-lock if it was killed")
}
