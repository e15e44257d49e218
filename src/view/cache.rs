//! A cache in two generations.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};

use ahash::RandomState;
use rayon::prelude::*;

/// A cache by key, for any number of threads.
#[derive(Debug)]
pub struct Cache<K, V> {
    shards: Vec<Mutex<Shard<K, V>>>,
    hasher: RandomState,
}

/// The values used since [`Cache::age`] was last called, and those used only before that.
#[derive(Debug)]
struct Shard<K, V> {
    young: HashMap<K, V, RandomState>,
    old: HashMap<K, V, RandomState>,
}

const SHARDS: usize = 32;

impl<K: Eq + Hash, V: Clone> Shard<K, V> {
    fn get(&mut self, key: &K) -> Option<V> {
        if let Some(value) = self.young.get(key) {
            return Some(value.clone());
        }
        let (key, value) = self.old.remove_entry(key)?;
        self.young.insert(key, value.clone());
        Some(value)
    }
}

impl<K: Eq + Hash + Send, V: Clone + Send> Cache<K, V> {
    /// Creates an empty cache.
    pub fn new() -> Cache<K, V> {
        let shard = || Mutex::new(Shard { young: HashMap::default(), old: HashMap::default() });
        Cache { shards: (0..SHARDS).map(|_| shard()).collect(), hasher: RandomState::new() }
    }

    /// Returns the value of a key; makes it if it is missing. Two threads may make it at once, with the same result.
    pub fn get(&self, key: K, make: impl FnOnce() -> V) -> V {
        if let Some(value) = self.find(&key) {
            return value;
        }
        let value = make();
        self.put(key, value.clone());
        value
    }

    /// Returns the value of a key.
    pub fn find(&self, key: &K) -> Option<V> {
        self.shard(key).get(key)
    }

    /// Adds a value, or replaces the one of the key.
    pub fn put(&self, key: K, value: V) {
        self.shard(&key).young.insert(key, value);
    }

    fn shard(&self, key: &K) -> MutexGuard<'_, Shard<K, V>> {
        self.shards[self.hasher.hash_one(key) as usize % SHARDS].lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The number of values used since [`Cache::age`] was last called.
    pub fn young(&self) -> usize {
        let young = |shard: &Mutex<Shard<K, V>>| shard.lock().unwrap_or_else(PoisonError::into_inner).young.len();
        self.shards.iter().map(young).sum()
    }

    /// Drops the values that were not used since the last call.
    pub fn age(&self) {
        self.shards.par_iter().for_each(|shard| {
            let mut shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
            shard.old = std::mem::take(&mut shard.young);
        });
    }
}

impl<K: Eq + Hash + Send, V: Clone + Send> Default for Cache<K, V> {
    fn default() -> Self {
        Cache::new()
    }
}
