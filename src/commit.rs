//! Writes rendered bytes into the output folder: staged first, then moved into place. Knows nothing about news.

mod files;
mod state_files;
mod moving;

use std::collections::{BTreeSet, HashSet};
use std::fs::{self, File, Metadata};
use std::io;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use xxhash_rust::xxh3::xxh3_128;

use crate::diagnostic::{Code, Diagnostic};
use crate::manifest::{self, Manifest};
use crate::render::Contents;
use crate::route::Route;
use crate::source::{OpenFolder, Stamp, on_disk};

use files::{
    CopyError, content_stamp, copy_new, is_empty, is_same_file_system, is_symlink, link_new, lock, remove_file,
    remove_special, remove_tree, write_new,
};

use state_files::StateFiles;

pub use crate::content_path::WORK_FOLDER;
pub use files::{hash_of_file, resolved};

const LOCK: &str = "lock";
const NEW_LEDGER: &str = "ledger.new";
/// The staging folder inside the output folder, for projects on another file system.
const STAGING_IN_OUTPUT: &str = ".presswork-staging";

/// The ledger of the last build into the project's own output folder.
pub fn ledger_of(root: &Path) -> PathBuf {
    root.join(WORK_FOLDER).join(state_files::LEDGER)
}

/// An error of the machine: a full disk, a folder that is not writable.
#[derive(Debug)]
pub struct MachineError(pub String);

impl std::fmt::Display for MachineError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for MachineError {}

/// Creates an error from an action, a path and the reason.
fn cannot(what: &str, path: &Path, error: &io::Error) -> MachineError {
    MachineError(format!("cannot {what} {}: {error}", path.display()))
}

/// The reason why an output could not be staged.
#[derive(Debug)]
pub enum StageError {
    /// An error of the machine.
    Machine(MachineError),
    /// The source file cannot be read; its owner can fix that.
    Source(Box<Diagnostic>),
}

/// The comparison of a published file with the rendered bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Published {
    /// It has the same bytes and is left alone.
    Same,
    /// It does not exist.
    Missing,
    /// It has other bytes.
    Different,
}

impl Published {
    /// The state of a file that must be replaced or is missing.
    fn replacing(old: Option<&Metadata>) -> Published {
        if old.is_some() { Published::Different } else { Published::Missing }
    }
}

/// An output that was compared with the published file, and staged unless both are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Staged {
    /// The comparison with the published file.
    pub published: Published,
    /// The hash of its bytes (xxh3, 128 bit).
    pub hash: u128,
    /// The length and modification time, which moving the file into place keeps.
    pub stamp: Stamp,
}

/// The mode of writing an output folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutputMode {
    /// True to write every file again.
    pub is_clean: bool,
    /// True if the build is a preview.
    pub is_preview: bool,
}

/// The output folder of a running build.
#[derive(Debug)]
pub struct OutputFolder {
    output: PathBuf,
    folder: OpenFolder,
    staging: PathBuf,
    work: PathBuf,
    state_files: StateFiles,
    old: Manifest,
    is_fresh: bool,
    is_clean: bool,
    root: PathBuf,
    /// The time at which this build began, by the file system's clock, in nanoseconds since 1970.
    pub began: i64,
    /// True if the last build was interrupted while it moved files into place.
    pub was_interrupted: bool,
    _lock: File,
}

impl OutputFolder {
    /// Takes the project's lock and inspects the output folder. If another build holds the lock, calls `waiting` and
    /// waits; without `waiting`, fails.
    ///
    /// # Errors
    /// When the project or the output folder cannot be used, or another build is running.
    pub fn open(
        root: &Path,
        output: &Path,
        mode: OutputMode,
        waiting: Option<&dyn Fn()>,
    ) -> Result<OutputFolder, MachineError> {
        let work = root.join(WORK_FOLDER);
        for path in [work.clone(), work.join(LOCK)] {
            if is_symlink(&path) {
                return Err(MachineError(format!("{} is a symbolic link, which is not followed", path.display())));
            }
        }
        fs::create_dir_all(&work).map_err(|error| cannot("create the folder", &work, &error))?;
        let (lock, began) = lock(&work.join(LOCK), waiting)?;
        let state_files = StateFiles::new(root, output, mode.is_preview);
        for name in [NEW_LEDGER, &state_files.ledger, &state_files.journal] {
            remove_special(&work.join(name))?;
        }
        if fs::metadata(output).is_ok_and(|metadata| !metadata.is_dir()) {
            return Err(MachineError(format!("the output folder {} is a file", output.display())));
        }
        let old = Manifest::read(output).map_err(|error| cannot("read", &output.join(manifest::FILE), &error))?;
        let staging =
            if is_same_file_system(&work, output) { work.join("staging") } else { output.join(STAGING_IN_OUTPUT) };
        // Remove what an interrupted build left.
        remove_file(&work.join(NEW_LEDGER))?;
        remove_tree(&staging)?;
        state_files.remove_stale(&work)?;
        let is_empty = is_empty(output);
        let folder = OpenFolder::open(output);
        let old = if is_empty || state_files.is_last_manifest(&work, &old) {
            old
        } else {
            state_files.published(&work, output, &folder, old)
        };
        let is_fresh = old.is_empty() && is_empty;
        Ok(OutputFolder {
            output: output.to_owned(),
            folder,
            staging,
            was_interrupted: work.join(&state_files.journal).exists(),
            work,
            state_files,
            old,
            is_fresh,
            is_clean: mode.is_clean,
            root: root.to_owned(),
            began,
            _lock: lock,
        })
    }

    /// The ledger of the last build of this kind into this output folder.
    pub fn ledger(&self) -> PathBuf {
        self.work.join(&self.state_files.ledger)
    }

    fn journal(&self) -> PathBuf {
        self.work.join(&self.state_files.journal)
    }

    /// The path of this build's new ledger, which replaces the last one when everything is in place.
    pub fn new_ledger(&self) -> PathBuf {
        self.work.join(NEW_LEDGER)
    }

    /// Replaces the last ledger with this build's.
    ///
    /// # Errors
    /// When it cannot be moved.
    pub fn replace_ledger(&self) -> Result<(), MachineError> {
        let (new, ledger) = (self.new_ledger(), self.ledger());
        fs::rename(&new, &ledger).map_err(|error| cannot("move a file to", &ledger, &error))?;
        remove_file(&self.journal())
    }

    /// True if nothing was published here yet.
    pub fn is_fresh(&self) -> bool {
        self.is_fresh
    }

    /// True if Presswork published a file at this route.
    pub fn has_published(&self, route: &str) -> bool {
        self.old.contains(route)
    }

    /// The routes of the published stories and pages, in order; none in a preview, or if an earlier version of Presswork,
    /// which did not mark them, wrote the manifest.
    pub fn published_stories(&self) -> impl Iterator<Item = &str> {
        self.old.stories().filter(|_| self.old.is_published())
    }

    /// The hash of the published routes, if the manifest exists and is intact.
    pub fn manifest_digest(&self) -> Option<u128> {
        (!self.old.is_damaged()).then(|| self.old.digest())
    }

    /// Returns the stamp of a published file if its bytes have this hash. If its stamp is the known one, the file is
    /// not opened.
    pub fn holds(&self, route: &str, hash: u128, known: Option<Stamp>) -> Option<Stamp> {
        let stamp = self.folder.stamp(route)?.of_bytes();
        if known == Some(stamp) {
            return Some(stamp);
        }
        (hash_of_file(&self.output.join(route)).ok()? == hash).then_some(stamp)
    }

    /// True if nothing is at a route.
    pub fn lacks(&self, route: &str) -> bool {
        self.folder.stamp(route).is_none() && fs::symlink_metadata(self.output.join(route)).is_err()
    }

    /// Creates the folders of the staged files, each once.
    ///
    /// # Errors
    /// When a folder cannot be created.
    pub fn prepare<'r>(&self, routes: impl Iterator<Item = &'r Route>) -> Result<(), MachineError> {
        if !(self.is_fresh || self.is_clean) {
            return Ok(());
        }
        let folders: BTreeSet<&str> =
            routes.filter_map(|route| route.as_str().rsplit_once('/')).map(|(folder, _)| folder).collect();
        // Another thread often creates the parent at the same moment; then start again from the top.
        folders.par_iter().try_for_each(|folder| {
            let path = self.staging.join(folder);
            match fs::create_dir(&path) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => fs::create_dir_all(&path),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
                other => other,
            }
            .map_err(|error| cannot("create the folder", &path, &error))
        })
    }

    /// Stages an output unless the same bytes are published already.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn stage(&self, route: &Route, contents: &Contents) -> Result<Staged, StageError> {
        match contents {
            Contents::Bytes(bytes) => self.stage_bytes(route, bytes).map_err(StageError::Machine),
            Contents::Copy(name) => self.stage_copy(route, name),
            Contents::Kept(path) => self.stage_kept(route, path).map_err(StageError::Machine),
        }
    }

    fn stage_bytes(&self, route: &Route, bytes: &[u8]) -> Result<Staged, MachineError> {
        let (hash, old) = (xxh3_128(bytes), self.published(route));
        if let Some(old) = &old
            && old.len() == bytes.len() as u64
            && fs::read(self.output.join(route.as_str())).is_ok_and(|old| old == bytes)
        {
            return Ok(Staged { published: Published::Same, hash, stamp: content_stamp(old) });
        }
        let path = self.staging.join(route.as_str());
        let stamp = write_new(&path, bytes).map_err(|error| cannot("write", &path, &error))?;
        Ok(Staged { published: Published::replacing(old.as_ref()), hash, stamp })
    }

    fn stage_copy(&self, route: &Route, name: &str) -> Result<Staged, StageError> {
        let source = on_disk(&self.root, name);
        let unreadable = |error: io::Error| {
            let message = format!("it cannot be read: {error}");
            StageError::Source(Box::new(Diagnostic::new(Code::UnreadableFile, name, message)))
        };
        let mut from = File::open(&source).map_err(unreadable)?;
        let length = from.metadata().map_err(unreadable)?.len();
        let old = self.published(route);
        if let Some(old) = old.as_ref().filter(|old| old.len() == length) {
            let hash = hash_of_file(&source).map_err(unreadable)?;
            if hash_of_file(&self.output.join(route.as_str())).is_ok_and(|published| published == hash) {
                return Ok(Staged { published: Published::Same, hash, stamp: content_stamp(old) });
            }
        }
        let path = self.staging.join(route.as_str());
        let (hash, stamp) = copy_new(&mut from, &path).map_err(|error| match error {
            CopyError::Read(error) => unreadable(error),
            CopyError::Write(error) => StageError::Machine(cannot("write", &path, &error)),
        })?;
        Ok(Staged { published: Published::replacing(old.as_ref()), hash, stamp })
    }

    /// Stages a file that is kept between builds: as another name of it, if the file system allows that.
    fn stage_kept(&self, route: &Route, kept: &Path) -> Result<Staged, MachineError> {
        let unreadable = |error: io::Error| cannot("read", kept, &error);
        let old = self.published(route);
        let hash = hash_of_file(kept).map_err(unreadable)?;
        if let Some(old) = &old
            && hash_of_file(&self.output.join(route.as_str())).is_ok_and(|published| published == hash)
        {
            return Ok(Staged { published: Published::Same, hash, stamp: content_stamp(old) });
        }
        let path = self.staging.join(route.as_str());
        let stamp = link_new(kept, &path).map_err(|error| cannot("write", &path, &error))?;
        Ok(Staged { published: Published::replacing(old.as_ref()), hash, stamp })
    }

    /// The published file at a route, unless everything is written again.
    fn published(&self, route: &Route) -> Option<Metadata> {
        // A folder without published files may hold hidden files of others.
        if self.is_clean || (self.is_fresh && !route.as_str().starts_with('.')) {
            return None;
        }
        fs::symlink_metadata(self.output.join(route.as_str())).ok().filter(Metadata::is_file)
    }

    /// Removes everything that was staged; the output folder stays as it was.
    ///
    /// # Errors
    /// When the staging folder cannot be removed.
    pub fn abandon(self) -> Result<(), MachineError> {
        remove_file(&self.new_ledger())?;
        remove_tree(&self.staging)
    }

    /// Reports files of others in the way of staged outputs; nothing has been moved yet.
    pub fn foreign_files<'r>(&self, staged: impl Iterator<Item = &'r Route>) -> Vec<Diagnostic> {
        let mut checked = HashSet::new();
        let staged = staged.filter(|route| !self.is_fresh || route.as_str().starts_with('.'));
        staged.filter_map(|route| self.foreign_file(route, &mut checked)).map(|path| self.foreign(&path)).collect()
    }

    fn foreign_file<'r>(&self, route: &'r Route, checked: &mut HashSet<&'r str>) -> Option<String> {
        let path = route.as_str();
        for (end, _) in path.match_indices('/') {
            let folder = &path[..end];
            if checked.insert(folder)
                && let Ok(metadata) = fs::symlink_metadata(self.output.join(folder))
                && !metadata.is_dir()
                && !self.old.contains(folder)
            {
                return Some(folder.to_owned());
            }
        }
        let metadata = fs::symlink_metadata(self.output.join(path)).ok()?;
        if metadata.is_dir() {
            self.foreign_file_below(path)
        } else {
            (!self.old.contains(path)).then(|| path.to_owned())
        }
    }

    /// A file of others in a folder that must make way for a file.
    fn foreign_file_below(&self, folder: &str) -> Option<String> {
        let top = self.output.join(folder);
        let entries = walkdir::WalkDir::new(&top).follow_links(false).into_iter().flatten();
        let mut paths = entries.filter(|entry| !entry.file_type().is_dir()).filter_map(|entry| {
            entry.path().strip_prefix(&self.output).ok().map(|path| path.to_string_lossy().replace('\\', "/"))
        });
        paths.find(|path| !self.old.contains(path))
    }

    fn foreign(&self, path: &str) -> Diagnostic {
        let message =
            format!("`{path}` in the output folder was not written by Presswork, but the site needs that path");
        Diagnostic::new(Code::ForeignFile, self.shown(path), message)
            .hint("move it elsewhere, or into content/static/ if it belongs to the site")
    }

    /// The path of a published file for messages: relative to the project's folder if it is inside.
    pub fn shown(&self, route: &str) -> String {
        let path = self.output.join(route);
        path.strip_prefix(&self.root).unwrap_or(&path).to_string_lossy().replace('\\', "/")
    }

    /// Published files that are no longer part of the site, whose routes are `routes`.
    pub fn stale(&self, routes: &Manifest) -> Vec<&str> {
        self.old.without(routes)
    }
}
