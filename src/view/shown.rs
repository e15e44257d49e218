//! Views that many pages show: made once, hashed once, and made a template's value once.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use ahash::RandomState;
use rayon::prelude::*;
use serde::{Serialize, Serializer};
use tera::Value;

use crate::reader::{note_all, record};

use super::fingerprint::fingerprint;

/// A view of type `T` that several pages show. For templates it serializes as the view does, for fingerprints as the
/// view's own fingerprint; both are made when they are first wanted, and cost nothing to repeat.
#[derive(Debug)]
pub struct Shown<T>(Arc<Inner<T>>);

#[derive(Debug)]
struct Inner<T> {
    view: T,
    /// The keys that making it read.
    keys: Box<[u32]>,
    fingerprint: OnceLock<Result<u128, String>>,
    value: OnceLock<Result<Value, String>>,
}

impl<T> Clone for Shown<T> {
    fn clone(&self) -> Self {
        Shown(Arc::clone(&self.0))
    }
}

impl<T: Serialize> Shown<T> {
    /// Shares a view. One that cannot be shown is reported by whoever shows it.
    pub fn new(view: T) -> Shown<T> {
        Shown::reading(view, Vec::new())
    }

    fn reading(view: T, keys: Vec<u32>) -> Shown<T> {
        Shown(Arc::new(Inner { view, keys: keys.into(), fingerprint: OnceLock::new(), value: OnceLock::new() }))
    }

    /// The view itself.
    pub fn view(&self) -> &T {
        &self.0.view
    }
}

impl<T: Serialize> Serialize for Shown<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Inner { view, fingerprint: hash, value, .. } = &*self.0;
        if serializer.is_human_readable() {
            let value = value.get_or_init(|| Value::try_from_serializable(view).map_err(|error| error.to_string()));
            value.as_ref().map_err(serde::ser::Error::custom)?.serialize(serializer)
        } else {
            let hash = hash.get_or_init(|| fingerprint(view).map_err(|error| error.to_string()));
            serializer.serialize_u128(*hash.as_ref().map_err(serde::ser::Error::custom)?)
        }
    }
}

/// Views that several outputs show, by key. Whoever is given one has read what making it read.
#[derive(Debug)]
pub struct SharedViews<K, T>(Cache<K, Shown<T>>);

impl<K: Eq + Hash + Send, T: Serialize + Send + Sync> SharedViews<K, T> {
    /// None yet.
    pub fn new() -> SharedViews<K, T> {
        SharedViews(Cache::new())
    }

    /// The view of a key, made now if it is not there.
    pub fn get(&self, key: K, make: impl FnOnce() -> T) -> Shown<T> {
        let shown = self.0.get(key, || {
            let (view, keys) = record(make);
            Shown::reading(view, keys)
        });
        note_all(&shown.0.keys);
        shown
    }

    /// The number of views that have been wanted since some were last forgotten.
    pub fn young(&self) -> usize {
        self.0.young()
    }

    /// Forgets those that nobody has wanted since the last time.
    pub fn age(&self) {
        self.0.age();
    }
}

impl<K: Eq + Hash + Send, T: Serialize + Send + Sync> Default for SharedViews<K, T> {
    fn default() -> Self {
        SharedViews::new()
    }
}

/// What has been made already, by key, for any number of threads.
#[derive(Debug)]
struct Cache<K, V> {
    shards: Vec<Mutex<Shard<K, V>>>,
    hasher: RandomState,
}

/// What was wanted since the cache was last told to forget, and what was wanted only before that.
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
    /// An empty one.
    fn new() -> Cache<K, V> {
        let shard = || Mutex::new(Shard { young: HashMap::default(), old: HashMap::default() });
        Cache { shards: (0..SHARDS).map(|_| shard()).collect(), hasher: RandomState::new() }
    }

    /// The value of a key, made now if it is not there. Two threads may make it at once; both make the same.
    fn get(&self, key: K, make: impl FnOnce() -> V) -> V {
        let shard = &self.shards[self.hasher.hash_one(&key) as usize % SHARDS];
        if let Some(value) = shard.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return value;
        }
        let value = make();
        shard.lock().unwrap_or_else(PoisonError::into_inner).young.insert(key, value.clone());
        value
    }

    /// How much has been wanted since the last time that something was forgotten.
    fn young(&self) -> usize {
        let young = |shard: &Mutex<Shard<K, V>>| shard.lock().unwrap_or_else(PoisonError::into_inner).young.len();
        self.shards.iter().map(young).sum()
    }

    /// Forgets what nobody has wanted since the last time.
    fn age(&self) {
        self.shards.par_iter().for_each(|shard| {
            let mut shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
            shard.old = std::mem::take(&mut shard.young);
        });
    }
}
