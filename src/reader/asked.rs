//! Questions with words in them: references, and URLs of this site. Keys name them by their hashes.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::{Mutex, MutexGuard, PoisonError};

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

/// A question.
#[derive(Debug)]
pub(super) struct Asked {
    /// The file with the reference; `None` for `site.yaml` and for URLs.
    pub from: Option<SourceRef>,
    /// The reference or URL.
    pub text: String,
}

/// All questions that have been asked, and the numbers of the references among them.
#[derive(Debug)]
pub(super) struct Questions {
    shards: Vec<Mutex<QuestionShard>>,
    /// The hashes of answers that stay as first computed.
    fixed: Mutex<HashMap<AskedId, u64>>,
}

/// A part of the questions. An archive has hundreds of thousands, so all texts are in one string.
#[derive(Debug, Default)]
struct QuestionShard {
    entries: HashMap<AskedId, QuestionEntry, BuildHasherDefault<IdHasher>>,
    /// For each question, the file with it, and the start of its text.
    asked: Vec<(Option<SourceRef>, usize)>,
    texts: String,
}

/// The number of a reference as a key, and the place of its question; each may be missing.
#[derive(Debug, Clone, Copy)]
struct QuestionEntry {
    number: u32,
    asked: u32,
}

const NONE: u32 = u32::MAX;
const UNKNOWN: QuestionEntry = QuestionEntry { number: NONE, asked: NONE };

const SHARDS: usize = 32;

impl Default for Questions {
    fn default() -> Questions {
        Questions { shards: (0..SHARDS).map(|_| Mutex::default()).collect(), fixed: Mutex::default() }
    }
}

impl Questions {
    /// Adds a question, if it is new.
    pub(super) fn add(&self, from: Option<SourceRef>, text: &str) -> AskedId {
        let id = AskedId::new(from, text);
        let mut shard = self.shard(id);
        let QuestionShard { entries, asked, texts } = &mut *shard;
        let entry = entries.entry(id).or_insert(UNKNOWN);
        if entry.asked == NONE {
            entry.asked = asked.len() as u32;
            asked.push((from, texts.len()));
            texts.push_str(text);
        }
        id
    }

    /// A question that has been added.
    pub(super) fn get(&self, id: AskedId) -> Option<Asked> {
        let shard = self.shard(id);
        let at = shard.entries.get(&id).filter(|entry| entry.asked != NONE)?.asked as usize;
        let (from, start) = shard.asked[at];
        let end = shard.asked.get(at + 1).map_or(shard.texts.len(), |&(_, end)| end);
        Some(Asked { from, text: shard.texts[start..end].to_owned() })
    }

    /// True if a question has been added.
    pub(super) fn has(&self, id: AskedId) -> bool {
        self.shard(id).entries.get(&id).is_some_and(|entry| entry.asked != NONE)
    }

    /// The number of a reference as a key; the one from `new` if it has none.
    pub(super) fn number(&self, ReferenceId(id): ReferenceId, new: impl FnOnce() -> u32) -> u32 {
        let mut shard = self.shard(id);
        let entry = shard.entries.entry(id).or_insert(UNKNOWN);
        if entry.number == NONE {
            entry.number = new();
        }
        entry.number
    }

    /// All references with numbers.
    pub(super) fn numbered(&self, mut each: impl FnMut(ReferenceId, u32)) {
        for shard in &self.shards {
            let shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
            let numbered = shard.entries.iter().filter(|(_, entry)| entry.number != NONE);
            numbered.for_each(|(id, entry)| each(ReferenceId(*id), entry.number));
        }
    }

    /// Makes room for about this many references.
    pub(super) fn reserve(&self, count: usize) {
        for shard in &self.shards {
            shard.lock().unwrap_or_else(PoisonError::into_inner).entries.reserve(count / SHARDS + count / SHARDS / 8);
        }
    }

    /// The hash of an answer: the first one, if it was fixed before.
    pub(super) fn fixed(&self, id: AskedId, hash: u64) -> u64 {
        *self.fixed.lock().unwrap_or_else(PoisonError::into_inner).entry(id).or_insert(hash)
    }

    fn shard(&self, id: AskedId) -> MutexGuard<'_, QuestionShard> {
        // The tables in the shards use the other bits.
        let shard = &self.shards[(id.0 >> 32) as usize % SHARDS];
        shard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Uses an id, which is a hash, as its own hash.
#[derive(Debug, Default)]
struct IdHasher(u64);

impl Hasher for IdHasher {
    fn write(&mut self, bytes: &[u8]) {
        self.0 = xxh3_64(bytes);
    }

    fn write_u64(&mut self, id: u64) {
        self.0 = id;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

fn seed(from: SourceRef) -> u64 {
    let (kind, at) = match from {
        SourceRef::Article(id) => (1, id.0 as usize),
        SourceRef::Page(at) => (2, at),
        SourceRef::File(at) => (3, at),
        SourceRef::Author(id) => (4, id.0 as usize),
        SourceRef::Section(id) => (5, id.0 as usize),
        SourceRef::Front(edition) => (6, usize::from(edition.0)),
    };
    xxh3_64(&[[kind, 0, 0, 0, 0, 0, 0, 0], (at as u64).to_le_bytes()].concat())
}
