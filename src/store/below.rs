//! A folder of another store.

use crate::hosts::StoredHeaders;

use super::{Put, PutCondition, Store, StoreError, StoredFile};

/// The part of a store whose names begin with a folder.
pub struct Below<'s> {
    store: &'s dyn Store,
    /// The folder, with a slash at the end.
    folder: String,
}

impl<'s> Below<'s> {
    /// Creates the store of everything in a folder, which is named without a slash at the end.
    pub fn new(store: &'s dyn Store, folder: &str) -> Below<'s> {
        Below { store, folder: format!("{folder}/") }
    }

    fn name(&self, name: &str) -> String {
        [self.folder.as_str(), name].concat()
    }
}

impl Store for Below<'_> {
    fn get(&self, name: &str) -> Result<Option<StoredFile>, StoreError> {
        self.store.get(&self.name(name))
    }

    fn put(
        &self,
        name: &str,
        bytes: &[u8],
        headers: &StoredHeaders,
        condition: PutCondition<'_>,
    ) -> Result<Put, StoreError> {
        self.store.put(&self.name(name), bytes, headers, condition)
    }

    fn delete(&self, name: &str) -> Result<(), StoreError> {
        self.store.delete(&self.name(name))
    }

    fn concurrency(&self) -> usize {
        self.store.concurrency()
    }

    fn address(&self) -> String {
        format!("{}/{}", self.store.address(), self.folder.trim_end_matches('/'))
    }
}
