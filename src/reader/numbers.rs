//! Numbers for keys, so that traces are short lists of numbers.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use ahash::{HashMap, RandomState};

use super::Key;

/// The numbers of all keys that have been read. A key keeps its number in the next build.
#[derive(Debug)]
pub(super) struct KeyNumbers {
    shards: Vec<Mutex<HashMap<Key, u32>>>,
    hasher: RandomState,
    /// Unused numbers below `next`.
    free: Mutex<Vec<u32>>,
    next: AtomicU32,
}

const SHARDS: usize = 32;

impl Default for KeyNumbers {
    fn default() -> KeyNumbers {
        KeyNumbers {
            shards: (0..SHARDS).map(|_| Mutex::default()).collect(),
            hasher: RandomState::new(),
            free: Mutex::default(),
            next: AtomicU32::new(0),
        }
    }
}

impl KeyNumbers {
    /// Prepares for the keys of the last build, of which there were `count`.
    pub(super) fn begin_restoring(&self, count: usize) {
        debug_assert_eq!(self.next.load(Ordering::Relaxed), 0, "keys get their old numbers before any is read");
        self.next.store(count as u32, Ordering::Relaxed);
        for shard in &self.shards {
            shard.lock().unwrap_or_else(PoisonError::into_inner).reserve(count / SHARDS + count / SHARDS / 4);
        }
    }

    /// Gives a key the number that it had in the last build. A number without a key is free for a new one.
    pub(super) fn restore(&self, key: Option<Key>, number: u32) {
        match key {
            Some(key) => drop(self.shard(&key).insert(key, number)),
            None => self.free.lock().unwrap_or_else(PoisonError::into_inner).push(number),
        }
    }

    /// The number of a key; a new one if it has none.
    pub(super) fn of(&self, key: Key) -> u32 {
        *self.shard(&key).entry(key).or_insert_with(|| {
            let free = self.free.lock().unwrap_or_else(PoisonError::into_inner).pop();
            free.unwrap_or_else(|| self.next.fetch_add(1, Ordering::Relaxed))
        })
    }

    /// All keys by their numbers.
    pub(super) fn all(&self) -> Vec<Option<Key>> {
        let mut all = vec![None; self.next.load(Ordering::Relaxed) as usize];
        for shard in &self.shards {
            for (key, number) in &*shard.lock().unwrap_or_else(PoisonError::into_inner) {
                all[*number as usize] = Some(*key);
            }
        }
        all
    }

    fn shard(&self, key: &Key) -> MutexGuard<'_, HashMap<Key, u32>> {
        let shard = &self.shards[self.hasher.hash_one(key) as usize % SHARDS];
        shard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
