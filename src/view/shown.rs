//! Views that many pages show, made into a template's value once and shared.

use std::collections::HashMap;
use std::hash::Hash;
use std::marker::PhantomData;
use std::sync::{Mutex, PoisonError};

use ahash::RandomState;
use serde::{Serialize, Serializer};
use tera::Value;

/// A view of type `T` as templates see it. It serializes as the view does, and costs nothing to repeat.
#[derive(Debug)]
pub struct Shown<T> {
    value: Result<Value, String>,
    of: PhantomData<fn() -> T>,
}

impl<T> Clone for Shown<T> {
    fn clone(&self) -> Self {
        Shown { value: self.value.clone(), of: PhantomData }
    }
}

impl<T: Serialize> Shown<T> {
    /// Makes the value. A view that cannot be shown is reported by whoever shows it.
    pub fn new(view: &T) -> Shown<T> {
        Shown { value: Value::try_from_serializable(view).map_err(|error| error.to_string()), of: PhantomData }
    }
}

impl<T> Serialize for Shown<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.value {
            Ok(value) => value.serialize(serializer),
            Err(message) => Err(serde::ser::Error::custom(message)),
        }
    }
}

/// What has been made already, by key, for any number of threads.
#[derive(Debug)]
pub struct Cache<K, V> {
    shards: Vec<Mutex<HashMap<K, V, RandomState>>>,
    hasher: RandomState,
}

const SHARDS: usize = 32;

impl<K: Eq + Hash, V: Clone> Cache<K, V> {
    /// An empty one.
    pub fn new() -> Cache<K, V> {
        Cache { shards: (0..SHARDS).map(|_| Mutex::default()).collect(), hasher: RandomState::new() }
    }

    /// The value of a key, made now if it is not there. Two threads may make it at once; both make the same.
    pub fn get(&self, key: K, make: impl FnOnce() -> V) -> V {
        let shard = &self.shards[self.hasher.hash_one(&key) as usize % SHARDS];
        if let Some(value) = shard.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return value.clone();
        }
        let value = make();
        shard.lock().unwrap_or_else(PoisonError::into_inner).insert(key, value.clone());
        value
    }

    /// Forgets everything.
    pub fn clear(&self) {
        for shard in &self.shards {
            *shard.lock().unwrap_or_else(PoisonError::into_inner) = HashMap::default();
        }
    }
}

impl<K: Eq + Hash, V: Clone> Default for Cache<K, V> {
    fn default() -> Self {
        Cache::new()
    }
}
