//! Questions with words in them: references, and URLs of this site. Keys name them by their hashes.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use ahash::HashMap;
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

use crate::plan::SourceRef;

/// A question, by the hash of its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AskedId(u64);

/// A reference in a file, by the hash of both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ReferenceId(pub(super) AskedId);

impl AskedId {
    /// The id of a question.
    pub(super) fn new(from: Option<SourceRef>, text: &str) -> AskedId {
        AskedId(xxh3_64_with_seed(text.as_bytes(), from.map_or(0, seed)))
    }
}

/// A question, and the data kept about its answer.
#[derive(Debug)]
pub(super) struct Asked {
    /// The file with the reference; `None` for `site.yaml` and for URLs.
    pub from: Option<SourceRef>,
    /// The reference or URL.
    pub text: Box<str>,
    /// The hash of the answer, computed on first use.
    pub value: OnceLock<u64>,
}

/// All questions that have been asked.
#[derive(Debug)]
pub(super) struct Questions {
    shards: Vec<Mutex<HashMap<AskedId, Arc<Asked>>>>,
}

const SHARDS: usize = 32;

impl Default for Questions {
    fn default() -> Questions {
        Questions { shards: (0..SHARDS).map(|_| Mutex::default()).collect() }
    }
}

impl Questions {
    /// Adds a question, if it is new.
    pub(super) fn add(&self, from: Option<SourceRef>, text: &str) -> AskedId {
        let id = AskedId::new(from, text);
        let mut shard = self.shard(id).lock().unwrap_or_else(PoisonError::into_inner);
        shard.entry(id).or_insert_with(|| Arc::new(Asked { from, text: text.into(), value: OnceLock::new() }));
        id
    }

    /// A question that has been added.
    pub(super) fn get(&self, id: AskedId) -> Option<Arc<Asked>> {
        self.shard(id).lock().unwrap_or_else(PoisonError::into_inner).get(&id).cloned()
    }

    fn shard(&self, id: AskedId) -> &Mutex<HashMap<AskedId, Arc<Asked>>> {
        &self.shards[id.0 as usize % SHARDS]
    }
}

fn seed(from: SourceRef) -> u64 {
    let (kind, at) = match from {
        SourceRef::Article(id) => (1, id.0 as usize),
        SourceRef::Page(at) => (2, at),
        SourceRef::File(at) => (3, at),
        SourceRef::Author(id) => (4, id.0 as usize),
        SourceRef::Section(id) => (5, id.0 as usize),
        SourceRef::Front => (6, 0),
    };
    xxh3_64(&[[kind, 0, 0, 0, 0, 0, 0, 0], (at as u64).to_le_bytes()].concat())
}
