//! Records what one output reads. Each thread prepares or renders one output at a time.

use std::cell::RefCell;

thread_local! {
    /// The numbers of the keys read so far, if this thread is recording.
    static READ: RefCell<Option<Vec<u32>>> = const { RefCell::new(None) };
}

/// Runs a function and returns the numbers of the keys that it reads, sorted, each once. They don't count as read by
/// the caller. Recordings may nest: a thread that waits for others may take up another output meanwhile. But the
/// function itself must not read on other threads.
pub fn record<T>(run: impl FnOnce() -> T) -> (T, Vec<u32>) {
    let mut recording = Recording::begin();
    let value = run();
    let mut keys = recording.end();
    keys.sort_unstable();
    keys.dedup();
    (value, keys)
}

/// Adds keys to the recording of this thread, if there is one.
pub fn note_all(keys: &[u32]) {
    READ.with_borrow_mut(|read| {
        if let Some(read) = read {
            read.extend_from_slice(keys);
        }
    });
}

/// True if this thread is recording.
pub(super) fn is_recording() -> bool {
    READ.with_borrow(Option::is_some)
}

/// Adds a key to the recording of this thread.
pub(super) fn note(key: u32) {
    READ.with_borrow_mut(|read| {
        if let Some(read) = read
            && read.last() != Some(&key)
        {
            read.push(key);
        }
    });
}

/// A recording, and the one that it interrupts, which goes on after it even if the function panics.
struct Recording {
    outer: Option<Vec<u32>>,
}

impl Recording {
    fn begin() -> Recording {
        Recording { outer: READ.replace(Some(Vec::with_capacity(64))) }
    }

    fn end(&mut self) -> Vec<u32> {
        READ.take().unwrap_or_default()
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        READ.set(self.outer.take());
    }
}
