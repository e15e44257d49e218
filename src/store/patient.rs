//! A store that tries again when trying again may help, and counts the calls.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use crate::hosts::StoredHeaders;

use super::{Put, PutCondition, Store, StoreError, StoreErrorKind, StoredFile};

/// The signal with which a user stops a command at the next safe place.
#[derive(Debug, Clone, Default)]
pub struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// Stops the command at the next safe place.
    pub fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// True if the command should stop.
    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// The flag itself, for a signal handler.
    pub fn flag(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.0)
    }
}

/// The number of attempts at one call.
const ATTEMPTS: u32 = 6;
/// The pause before the second attempt; each further one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
/// The time after which a pause looks for an interruption.
const SLICE: Duration = Duration::from_millis(50);

/// A store whose calls are repeated with growing pauses while their errors are temporary. A call that is repeated may have
/// been carried out the first time: a refused condition then says nothing.
pub struct Patient {
    store: Box<dyn Store>,
    interrupt: Interrupt,
    calls: AtomicU64,
}

impl Patient {
    /// Wraps a store.
    pub fn new(store: Box<dyn Store>, interrupt: Interrupt) -> Patient {
        Patient { store, interrupt, calls: AtomicU64::new(0) }
    }

    /// Returns the number of calls so far, repeated ones included.
    pub fn calls(&self) -> u64 {
        self.calls.load(Ordering::Relaxed)
    }

    fn repeat<T>(&self, call: impl Fn() -> Result<T, StoreError>) -> Result<T, StoreError> {
        let mut pause = FIRST_PAUSE;
        for _ in 1..ATTEMPTS {
            self.calls.fetch_add(1, Ordering::Relaxed);
            match call() {
                Err(error) if error.kind == StoreErrorKind::Temporary => self.wait(pause)?,
                other => return other,
            }
            pause *= 2;
        }
        self.calls.fetch_add(1, Ordering::Relaxed);
        call()
    }

    fn wait(&self, pause: Duration) -> Result<(), StoreError> {
        let mut left = pause;
        while !left.is_zero() {
            if self.interrupt.is_set() {
                return Err(StoreError::new(StoreErrorKind::Interrupted, "interrupted"));
            }
            std::thread::sleep(left.min(SLICE));
            left = left.saturating_sub(SLICE);
        }
        Ok(())
    }
}

impl Store for Patient {
    fn get(&self, name: &str) -> Result<Option<StoredFile>, StoreError> {
        self.repeat(|| self.store.get(name))
    }

    fn put(
        &self,
        name: &str,
        bytes: &[u8],
        headers: &StoredHeaders,
        condition: PutCondition<'_>,
    ) -> Result<Put, StoreError> {
        self.repeat(|| self.store.put(name, bytes, headers, condition))
    }

    fn delete(&self, name: &str) -> Result<(), StoreError> {
        self.repeat(|| self.store.delete(name))
    }

    fn tidy(&self) -> Result<(), StoreError> {
        self.store.tidy()
    }

    fn concurrency(&self) -> usize {
        self.store.concurrency()
    }

    fn address(&self) -> String {
        self.store.address()
    }
}
