//! Works through a list with several threads, and hands each result to one that writes it down.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

use crate::store::Interrupt;

use super::error::DeployError;

/// Calls `work` for each item, some at the same time, and `done` in this thread for each that has succeeded. After an error
/// or an interruption nothing new is begun, what has begun is finished, and the first error is returned.
pub(super) fn each<T: Sync, R: Send>(
    items: &[T],
    workers: usize,
    interrupt: &Interrupt,
    work: impl Fn(&T) -> Result<R, DeployError> + Sync,
    mut done: impl FnMut(&T, R) -> Result<(), DeployError>,
) -> Result<(), DeployError> {
    let (next, has_failed) = (AtomicUsize::new(0), AtomicBool::new(false));
    let (send, results) = mpsc::channel();
    let take = || {
        let may_go_on = !has_failed.load(Ordering::Relaxed) && !interrupt.is_set();
        may_go_on.then(|| next.fetch_add(1, Ordering::Relaxed)).filter(|&at| at < items.len())
    };
    let first_error = thread::scope(|scope| {
        for _ in 0..workers.clamp(1, items.len().max(1)) {
            let send = send.clone();
            let (work, take, has_failed) = (&work, &take, &has_failed);
            scope.spawn(move || {
                while let Some(at) = take() {
                    let result = work(&items[at]);
                    has_failed.fetch_or(result.is_err(), Ordering::Relaxed);
                    // The receiver lives until all senders are gone.
                    let _ = send.send((at, result));
                }
            });
        }
        drop(send);
        let mut first_error = None;
        for (at, result) in results {
            let written = result.and_then(|result| done(&items[at], result));
            if let Err(error) = written {
                has_failed.store(true, Ordering::Relaxed);
                first_error.get_or_insert(error);
            }
        }
        first_error
    });
    match first_error {
        Some(error) => Err(error),
        None if next.load(Ordering::Relaxed) < items.len() => {
            Err(DeployError::new("interrupted").hint("deploy again to continue"))
        }
        None => Ok(()),
    }
}
