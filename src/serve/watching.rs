//! Watches the project's folders and tells the keeper which files something has happened to.
//!
//! What has happened is never believed: it is only where to look. Where notifications may be missing (a queue that ran
//! over, a folder that was new and is being filled) everything is looked at once more when it has become quiet.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use notify::event::{AccessKind, AccessMode, EventKind};
use notify::{Config, Event, RecommendedWatcher, RecursiveMode, Watcher};

use crate::build::MachineError;
use crate::config::{FILE, REDIRECTS_FILE};
use crate::source::CONTENT;

use super::polling::Poller;

/// Editors write a file in several steps; so long nothing must happen before it is read.
const QUIET: Duration = Duration::from_millis(12);
/// However much goes on, readers are shown something after so many of those.
const MOST_STEPS: usize = 12;
/// When it has been quiet for so long behind changes that may not all have been told, everything is looked at.
const SETTLED: Duration = Duration::from_millis(400);
/// How often files are looked at where the system does not tell of changes and nobody has said how often.
const POLL: Duration = Duration::from_secs(1);

/// What is heard from the system.
type Heard = Result<Event, notify::Error>;

/// What the keeper is to look at.
#[derive(Debug, PartialEq, Eq)]
pub enum Look {
    /// These files and folders.
    At(BTreeSet<PathBuf>),
    /// Everything.
    Everywhere,
}

/// Watches a project until nobody listens any more; `tell` hears of every change. With `poll` the files are looked at
/// again and again, with such a pause between; without, the system is asked to tell of changes.
///
/// # Errors
/// When no thread can be had. Where the system's notifications cannot be had, files are polled and `say` is told so.
pub fn watch(
    root: &Path,
    poll: Option<Duration>,
    tell: impl Fn(Look) + Send + 'static,
    say: impl Fn(&str) + Send + 'static,
) -> Result<(), MachineError> {
    let root = root.to_owned();
    let run = move || {
        let (heard, hearing) = mpsc::channel();
        let watcher = match poll {
            Some(pause) => return poll_files(&root, pause, &tell),
            None => watcher(&root, heard),
        };
        match watcher {
            Ok(watcher) => {
                // What has changed before anybody watched.
                tell(Look::Everywhere);
                Watching { root, watcher, hearing }.run(&tell);
            }
            Err(error) => {
                say(&format!(
                    "the system does not tell of changes ({error}), so all files are looked at every {} s; `--poll` asks \
                     for that without this message, and `--poll SECONDS` for another pause",
                    POLL.as_secs()
                ));
                poll_files(&root, POLL, &tell);
            }
        }
    };
    let spawned = thread::Builder::new().name("watcher".to_owned()).spawn(run);
    spawned.map(drop).map_err(|error| MachineError(format!("cannot start a thread: {error}")))
}

/// Looks at all files again and again.
fn poll_files(root: &Path, pause: Duration, tell: &dyn Fn(Look)) {
    let mut poller = Poller::new(root);
    // What has changed before anybody watched.
    tell(Look::Everywhere);
    loop {
        thread::sleep(pause);
        let changed = poller.look();
        if !changed.is_empty() {
            tell(Look::At(changed));
        }
    }
}

fn watcher(root: &Path, heard: mpsc::Sender<Heard>) -> Result<Box<dyn Watcher>, notify::Error> {
    let mut watcher: Box<dyn Watcher> = Box::new(RecommendedWatcher::new(heard, Config::default())?);
    watch_folders(&mut *watcher, root)?;
    Ok(watcher)
}

/// Watches the project's folder itself, and what is below the folders of content and themes: what is built, or lies
/// in the folders of other tools, is not of interest and may be very much.
fn watch_folders(watcher: &mut dyn Watcher, root: &Path) -> Result<(), notify::Error> {
    watcher.watch(root, RecursiveMode::NonRecursive)?;
    for folder in [CONTENT, "themes"] {
        let folder = root.join(folder);
        if folder.symlink_metadata().is_ok_and(|metadata| metadata.is_dir()) {
            watcher.watch(&folder, RecursiveMode::Recursive)?;
        }
    }
    Ok(())
}

struct Watching {
    root: PathBuf,
    watcher: Box<dyn Watcher>,
    hearing: Receiver<Heard>,
}

/// What has been heard and not yet told.
#[derive(Default)]
struct Batch {
    paths: BTreeSet<PathBuf>,
    /// Whether notifications have been lost.
    is_lost: bool,
    /// Whether folders may be new, in which something may have happened before they were watched.
    has_folders: bool,
}

impl Watching {
    fn run(mut self, tell: &dyn Fn(Look)) {
        let mut is_unsettled = false;
        loop {
            let first = match is_unsettled {
                true => self.hearing.recv_timeout(SETTLED),
                false => self.hearing.recv().map_err(|_| RecvTimeoutError::Disconnected),
            };
            let mut batch = Batch::default();
            match first {
                Ok(heard) => self.note(heard, &mut batch),
                Err(RecvTimeoutError::Timeout) => {
                    is_unsettled = false;
                    tell(Look::Everywhere);
                    continue;
                }
                Err(RecvTimeoutError::Disconnected) => return,
            }
            for _ in 0..MOST_STEPS {
                match self.hearing.recv_timeout(QUIET) {
                    Ok(heard) => self.note(heard, &mut batch),
                    Err(_) => break,
                }
                while let Ok(heard) = self.hearing.try_recv() {
                    self.note(heard, &mut batch);
                }
            }
            if batch.has_folders || batch.is_lost {
                is_unsettled = true;
                // `content/` itself may be another one now. What cannot be watched is looked at when it has settled.
                let _ = watch_folders(&mut *self.watcher, &self.root);
            }
            if batch.is_lost {
                tell(Look::Everywhere);
            } else if !batch.paths.is_empty() {
                tell(Look::At(batch.paths));
            }
        }
    }

    fn note(&self, heard: Heard, batch: &mut Batch) {
        let Ok(event) = heard else {
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
            if self.is_of_interest(&path) {
                batch.has_folders |= path.is_dir();
                batch.paths.insert(path);
            }
        }
    }

    /// Whether a file can matter to the site.
    fn is_of_interest(&self, path: &Path) -> bool {
        let Ok(below) = path.strip_prefix(&self.root) else { return false };
        let Some(Component::Normal(first)) = below.components().next() else { return false };
        let first = first.to_string_lossy();
        let is_file = below.components().count() == 1 && (first == FILE || first == REDIRECTS_FILE);
        is_file || first == CONTENT || first == "themes"
    }
}

/// Whether somebody has only looked at a file.
fn is_reading(kind: EventKind) -> bool {
    match kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write)) => false,
        EventKind::Access(_) => true,
        _ => false,
    }
}
