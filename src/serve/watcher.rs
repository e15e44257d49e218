//! Watches the project's folders and reports which files may have changed.
//!
//! Notifications only say where to look. Where some may be missing (a queue that overflowed, a new folder that is being
//! filled), everything is looked at once more after a quiet moment.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use notify::event::{AccessKind, AccessMode, EventKind};
use notify::{Config, Event, RecommendedWatcher, RecursiveMode, Watcher};

use crate::build::MachineError;
use crate::config::{FILE, KNOWN_ERRORS_FILE, REDIRECTS_FILE};
use crate::content_path::{COMMENTS_FOLDER, CONTENT};

use super::poller::Poller;

/// Editors write a file in several steps. It is read after this long without a notification.
const QUIET: Duration = Duration::from_millis(12);
/// The most of these pauses before readers are shown something.
const MOST_STEPS: usize = 12;
/// Everything is looked at after this long without a notification, when some may have been missed.
const SETTLED: Duration = Duration::from_millis(400);
/// The default pause between two polls, where the system does not report changes.
const POLL: Duration = Duration::from_secs(1);

/// A notification of the system.
type Notification = Result<Event, notify::Error>;

/// A possible change.
#[derive(Debug, PartialEq, Eq)]
pub enum FileEvent {
    /// These files and folders may have changed.
    Changed(BTreeSet<PathBuf>),
    /// Anything may have changed.
    Unknown,
}

/// Watches a project and calls `report` for every possible change. With `poll`, the files are checked with this pause
/// between two checks; without, the system reports changes.
///
/// # Errors
/// If no thread can be started. Where the system cannot report changes, files are polled and `say` gets a message.
pub fn watch(
    root: &Path,
    poll: Option<Duration>,
    report: impl Fn(FileEvent) + Send + 'static,
    say: impl Fn(&str) + Send + 'static,
) -> Result<(), MachineError> {
    let root = root.to_owned();
    let run = move || {
        let (notification, notifications) = mpsc::channel();
        let watcher = match poll {
            Some(pause) => return poll_files(&root, pause, &report),
            None => watcher(&root, notification),
        };
        match watcher {
            Ok(watcher) => {
                // For changes before the watch began.
                report(FileEvent::Unknown);
                FolderWatch { root, watcher, notifications }.run(&report);
            }
            Err(error) => {
                say(&format!(
                    "the system cannot report changes ({error}), so all files are checked every {} s; `--poll` does that without \
                     this message, and `--poll SECONDS` sets the pause",
                    POLL.as_secs()
                ));
                poll_files(&root, POLL, &report);
            }
        }
    };
    let spawned = thread::Builder::new().name("watcher".to_owned()).spawn(run);
    spawned.map(drop).map_err(|error| MachineError(format!("cannot start a thread: {error}")))
}

/// Checks all files again and again.
fn poll_files(root: &Path, pause: Duration, report: &dyn Fn(FileEvent)) {
    let mut poller = Poller::new(root);
    // For changes before the watch began.
    report(FileEvent::Unknown);
    loop {
        thread::sleep(pause);
        let changed = poller.look();
        if !changed.is_empty() {
            report(FileEvent::Changed(changed));
        }
    }
}

fn watcher(root: &Path, notification: mpsc::Sender<Notification>) -> Result<Box<dyn Watcher>, notify::Error> {
    let mut watcher: Box<dyn Watcher> = Box::new(RecommendedWatcher::new(notification, Config::default())?);
    watch_folders(&mut *watcher, root)?;
    Ok(watcher)
}

/// Watches the project's folder itself, and everything in the folders of content and themes. The output folder and those
/// of other tools do not matter and may be very large.
fn watch_folders(watcher: &mut dyn Watcher, root: &Path) -> Result<(), notify::Error> {
    watcher.watch(root, RecursiveMode::NonRecursive)?;
    for folder in [CONTENT, COMMENTS_FOLDER, "themes", "i18n"] {
        let folder = root.join(folder);
        if folder.symlink_metadata().is_ok_and(|metadata| metadata.is_dir()) {
            watcher.watch(&folder, RecursiveMode::Recursive)?;
        }
    }
    Ok(())
}

struct FolderWatch {
    root: PathBuf,
    watcher: Box<dyn Watcher>,
    notifications: Receiver<Notification>,
}

/// Notifications that have not been reported yet.
#[derive(Default)]
struct Batch {
    paths: BTreeSet<PathBuf>,
    /// True if notifications have been lost.
    is_lost: bool,
    /// True if folders may be new: files in them may have changed before they were watched.
    has_folders: bool,
}

impl FolderWatch {
    fn run(mut self, report: &dyn Fn(FileEvent)) {
        let mut is_unsettled = false;
        loop {
            let first = match is_unsettled {
                true => self.notifications.recv_timeout(SETTLED),
                false => self.notifications.recv().map_err(|_| RecvTimeoutError::Disconnected),
            };
            let mut batch = Batch::default();
            match first {
                Ok(notification) => self.note(notification, &mut batch),
                Err(RecvTimeoutError::Timeout) => {
                    is_unsettled = false;
                    report(FileEvent::Unknown);
                    continue;
                }
                Err(RecvTimeoutError::Disconnected) => return,
            }
            for _ in 0..MOST_STEPS {
                match self.notifications.recv_timeout(QUIET) {
                    Ok(notification) => self.note(notification, &mut batch),
                    Err(_) => break,
                }
                while let Ok(notification) = self.notifications.try_recv() {
                    self.note(notification, &mut batch);
                }
            }
            if batch.has_folders || batch.is_lost {
                is_unsettled = true;
                // `content/` itself may have been replaced. What cannot be watched is looked at after the quiet moment.
                let _ = watch_folders(&mut *self.watcher, &self.root);
            }
            if batch.is_lost {
                report(FileEvent::Unknown);
            } else if !batch.paths.is_empty() {
                report(FileEvent::Changed(batch.paths));
            }
        }
    }

    fn note(&self, notification: Notification, batch: &mut Batch) {
        let Ok(event) = notification else {
            batch.is_lost = true;
            return;
        };
        if event.need_rescan() {
            batch.is_lost = true;
        }
        if is_reading(event.kind) {
            return;
        }
        for path in event.paths {
            if self.is_relevant(&path) {
                batch.has_folders |= path.is_dir();
                batch.paths.insert(path);
            }
        }
    }

    /// True if a file can matter to the site.
    fn is_relevant(&self, path: &Path) -> bool {
        let Ok(below) = path.strip_prefix(&self.root) else { return false };
        let Some(Component::Normal(first)) = below.components().next() else { return false };
        let first = first.to_string_lossy();
        let is_file = below.components().count() == 1
            && [FILE, REDIRECTS_FILE, KNOWN_ERRORS_FILE].into_iter().any(|name| first == name);
        is_file || [CONTENT, COMMENTS_FOLDER, "themes", "i18n"].iter().any(|folder| first == *folder)
    }
}

/// True if a file has only been read.
fn is_reading(kind: EventKind) -> bool {
    match kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write)) => false,
        EventKind::Access(_) => true,
        _ => false,
    }
}
