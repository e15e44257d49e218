//! Views shared by many pages: each is made, hashed and converted for templates only once.

use std::hash::Hash;
use std::sync::{Arc, OnceLock};

use serde::{Serialize, Serializer};
use tera::Value;

use crate::reader::{note_all, record};

use super::cache::Cache;
use super::fingerprint::fingerprint;

/// A view of type `T` that several pages show. For templates it serializes as the view, for fingerprints as the view's
/// own fingerprint. Both are computed on first use and then kept.
#[derive(Debug)]
pub struct Shown<T>(Arc<Inner<T>>);

#[derive(Debug)]
struct Inner<T> {
    view: T,
    /// The keys that were read to make it.
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
    /// Shares a view. If it cannot be serialized, the page that shows it reports the error.
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

/// Views shared by several outputs, by key. Whoever uses one is recorded as having read the keys it was made from.
#[derive(Debug)]
pub struct SharedViews<K, T>(Cache<K, Shown<T>>);

impl<K: Eq + Hash + Send, T: Serialize + Send + Sync> SharedViews<K, T> {
    /// Creates an empty cache.
    pub fn new() -> SharedViews<K, T> {
        SharedViews(Cache::new())
    }

    /// Returns the view of a key; makes it if it is missing.
    pub fn get(&self, key: K, make: impl FnOnce() -> T) -> Shown<T> {
        let shown = self.0.get(key, || {
            let (view, keys) = record(make);
            Shown::reading(view, keys)
        });
        note_all(&shown.0.keys);
        shown
    }

    /// The number of views used since [`SharedViews::age`] was last called.
    pub fn young(&self) -> usize {
        self.0.young()
    }

    /// Drops the views that were not used since the last call.
    pub fn age(&self) {
        self.0.age();
    }
}

impl<K: Eq + Hash + Send, T: Serialize + Send + Sync> Default for SharedViews<K, T> {
    fn default() -> Self {
        SharedViews::new()
    }
}
