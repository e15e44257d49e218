//! Numbers for keys, so that traces are short lists of numbers.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use ahash::{HashMap, RandomState};
use rayon::prelude::*;

use crate::site::ArticleId;

use super::Key;
use super::asked::Questions;

/// The numbers of all keys that have been read. A key keeps its number in the next build.
///
/// Most keys are stories, their texts and comments, and references, so these have tables of their own: those of stories
/// are in lists, and references beside their questions.
#[derive(Debug)]
pub(super) struct KeyNumbers {
    stories: Vec<AtomicU32>,
    texts: Vec<AtomicU32>,
    threads: Vec<AtomicU32>,
    /// All other keys.
    shards: Vec<Mutex<HashMap<Key, u32>>>,
    hasher: RandomState,
    /// Unused numbers below `next`.
    free: Mutex<Vec<u32>>,
    next: AtomicU32,
}

const SHARDS: usize = 32;
/// The number of a story or text that has none.
const NONE: u32 = u32::MAX;

impl KeyNumbers {
    /// Prepares for a site with this many stories.
    pub(super) fn new(stories: usize) -> KeyNumbers {
        let unused = || (0..stories).map(|_| AtomicU32::new(NONE)).collect();
        KeyNumbers {
            stories: unused(),
            texts: unused(),
            threads: unused(),
            shards: (0..SHARDS).map(|_| Mutex::default()).collect(),
            hasher: RandomState::new(),
            free: Mutex::default(),
            next: AtomicU32::new(0),
        }
    }

    /// Prepares for the keys of the last build, of which there were `count`.
    pub(super) fn begin_restoring(&self, count: usize) {
        debug_assert_eq!(self.next.load(Ordering::Relaxed), 0, "keys get their old numbers before any is read");
        self.next.store(count as u32, Ordering::Relaxed);
    }

    /// Gives a key the number that it had in the last build. A number without a key is free for a new one.
    pub(super) fn restore(&self, key: Option<Key>, number: u32, questions: &Questions) {
        match key {
            None => self.free_number(number),
            Some(Key::Target(id)) => drop(questions.number(id, || number)),
            Some(key) => match self.in_list(key) {
                Some(place) => place.store(number, Ordering::Relaxed),
                None => drop(self.shard(&key).insert(key, number)),
            },
        }
    }

    /// The number of a key; a new one if it has none.
    pub(super) fn of(&self, key: Key, questions: &Questions) -> u32 {
        if let Key::Target(id) = key {
            return questions.number(id, || self.new_number());
        }
        let Some(place) = self.in_list(key) else {
            return *self.shard(&key).entry(key).or_insert_with(|| self.new_number());
        };
        match place.load(Ordering::Relaxed) {
            NONE => {
                let number = self.new_number();
                let set = place.compare_exchange(NONE, number, Ordering::Relaxed, Ordering::Relaxed);
                // Another thread may have been faster.
                set.map_or_else(
                    |known| {
                        self.free_number(number);
                        known
                    },
                    |_| number,
                )
            }
            number => number,
        }
    }

    fn new_number(&self) -> u32 {
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner).pop();
        free.unwrap_or_else(|| self.next.fetch_add(1, Ordering::Relaxed))
    }

    fn free_number(&self, number: u32) {
        self.free.lock().unwrap_or_else(PoisonError::into_inner).push(number);
    }

    /// The number of all numbers, used or not.
    pub(super) fn count(&self) -> usize {
        self.next.load(Ordering::Relaxed) as usize
    }

    /// The keys with the numbers that `is_needed` selects, in the order of their numbers.
    pub(super) fn keys(&self, questions: &Questions, is_needed: impl Fn(u32) -> bool) -> Vec<(u32, Key)> {
        let mut keys = Vec::new();
        let mut add = |key: Key, number: u32| {
            if number != NONE && is_needed(number) {
                keys.push((number, key));
            }
        };
        for (at, ((story, text), thread)) in (0..).zip(self.stories.iter().zip(&self.texts).zip(&self.threads)) {
            add(Key::Story(ArticleId(at)), story.load(Ordering::Relaxed));
            add(Key::Text(ArticleId(at)), text.load(Ordering::Relaxed));
            add(Key::Thread(ArticleId(at)), thread.load(Ordering::Relaxed));
        }
        questions.numbered(|id, number| add(Key::Target(id), number));
        for shard in &self.shards {
            let shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
            shard.iter().for_each(|(key, number)| add(*key, *number));
        }
        keys.par_sort_unstable_by_key(|(number, _)| *number);
        keys
    }

    /// The place of a key's number in one of the lists.
    fn in_list(&self, key: Key) -> Option<&AtomicU32> {
        match key {
            Key::Story(ArticleId(at)) => self.stories.get(at as usize),
            Key::Text(ArticleId(at)) => self.texts.get(at as usize),
            Key::Thread(ArticleId(at)) => self.threads.get(at as usize),
            _ => None,
        }
    }

    fn shard(&self, key: &Key) -> MutexGuard<'_, HashMap<Key, u32>> {
        let shard = &self.shards[self.hasher.hash_one(key) as usize % SHARDS];
        shard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
