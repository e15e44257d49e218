//! Puts rendered bytes into the output folder: staged first, then moved into place; knows nothing about news.

use std::collections::{BTreeSet, HashSet};
use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use crate::diagnostic::{Code, Diagnostic};
use crate::manifest::{self, Manifest};
use crate::render::Rendered;
use crate::route::Route;

/// The folder in the project for what Presswork keeps between builds and while one runs.
pub const WORK_FOLDER: &str = ".presswork";
/// Where outputs are staged inside the output folder, when the project lies on another file system.
const STAGING_IN_OUTPUT: &str = ".presswork-staging";

/// A fault of the machine: a full disk, a folder that may not be written.
#[derive(Debug)]
pub struct MachineError(pub String);

impl std::fmt::Display for MachineError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for MachineError {}

/// Says what could not be done to which path, and why.
fn cannot(what: &str, path: &Path, error: &io::Error) -> MachineError {
    MachineError(format!("cannot {what} {}: {error}", path.display()))
}

/// Why an output could not be staged.
#[derive(Debug)]
pub enum StageError {
    /// The machine's fault.
    Machine(MachineError),
    /// The file to be copied cannot be read: its owner can mend that.
    Source(Box<Diagnostic>),
}

/// What a commit did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Outputs.
    pub outputs: usize,
    /// Files that are new or have other bytes than before.
    pub written: usize,
    /// Files left as they were.
    pub unchanged: usize,
    /// Files that are no longer part of the site.
    pub removed: usize,
}

/// An output folder while a build works on it.
#[derive(Debug)]
pub struct Publication {
    output: PathBuf,
    staging: PathBuf,
    old: Manifest,
    is_fresh: bool,
    is_clean: bool,
    root: PathBuf,
    _lock: File,
}

impl Publication {
    /// Takes the project's lock, waiting for another build when there is one, and looks at the output folder. With
    /// `clean`, every file of ours is written anew.
    ///
    /// # Errors
    /// When the project or the output folder cannot be used.
    pub fn open(root: &Path, output: &Path, clean: bool, waiting: &dyn Fn()) -> Result<Publication, MachineError> {
        let work = root.join(WORK_FOLDER);
        for path in [work.clone(), work.join("lock")] {
            if is_symlink(&path) {
                return Err(MachineError(format!("{} is a symbolic link, which is not followed", path.display())));
            }
        }
        fs::create_dir_all(&work).map_err(|error| cannot("make the folder", &work, &error))?;
        let lock = lock(&work.join("lock"), waiting)?;
        if fs::metadata(output).is_ok_and(|metadata| !metadata.is_dir()) {
            return Err(MachineError(format!("the output folder {} is a file", output.display())));
        }
        let old = Manifest::read(output).map_err(|error| cannot("read", &output.join(manifest::FILE), &error))?;
        let staging =
            if is_same_file_system(&work, output) { work.join("staging") } else { output.join(STAGING_IN_OUTPUT) };
        remove_tree(&staging)?;
        let is_fresh = old.routes.is_empty() && is_empty(output);
        Ok(Publication {
            output: output.to_owned(),
            staging,
            old,
            is_fresh,
            is_clean: clean,
            root: root.to_owned(),
            _lock: lock,
        })
    }

    /// Makes the folders of the staged files, each once.
    ///
    /// # Errors
    /// When a folder cannot be made.
    pub fn prepare<'r>(&self, routes: impl Iterator<Item = &'r Route>) -> Result<(), MachineError> {
        if !(self.is_fresh || self.is_clean) {
            return Ok(());
        }
        let folders: BTreeSet<&str> =
            routes.filter_map(|route| route.as_str().rsplit_once('/')).map(|(folder, _)| folder).collect();
        // A folder's parent is often made at the same moment by another thread; then the way is made again from the top.
        folders.par_iter().try_for_each(|folder| {
            let path = self.staging.join(folder);
            match fs::create_dir(&path) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => fs::create_dir_all(&path),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
                other => other,
            }
            .map_err(|error| cannot("make the folder", &path, &error))
        })
    }

    /// Stages an output unless the same bytes are published already. Returns whether it was staged.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn stage(&self, route: &Route, rendered: &Rendered) -> Result<bool, StageError> {
        let compares = !self.is_fresh && !self.is_clean;
        let path = self.staging.join(route.as_str());
        match rendered {
            Rendered::Bytes(bytes) => {
                if compares && self.holds(route, bytes) {
                    return Ok(false);
                }
                write_new(&path, bytes).map_err(|error| StageError::Machine(cannot("write", &path, &error)))?;
            }
            Rendered::Copy(name) => {
                let source = self.root.join(name);
                if compares && is_same_file(&source, &self.output.join(route.as_str())) {
                    return Ok(false);
                }
                let mut from = File::open(&source).map_err(|error| {
                    let message = format!("it cannot be read: {error}");
                    StageError::Source(Box::new(Diagnostic::new(Code::UnreadableFile, name.as_str(), message)))
                })?;
                copy_new(&mut from, &path).map_err(|error| StageError::Machine(cannot("copy", &source, &error)))?;
            }
        }
        Ok(true)
    }

    fn holds(&self, route: &Route, bytes: &[u8]) -> bool {
        let path = self.output.join(route.as_str());
        fs::symlink_metadata(&path).is_ok_and(|metadata| metadata.is_file() && metadata.len() == bytes.len() as u64)
            && fs::read(&path).is_ok_and(|published| published == bytes)
    }

    /// Removes everything that was staged; the output folder stays as it was.
    ///
    /// # Errors
    /// When the staging folder cannot be removed.
    pub fn abandon(self) -> Result<(), MachineError> {
        remove_tree(&self.staging)
    }

    /// Files of others that stand where staged outputs belong; nothing has been moved yet.
    pub fn obstacles<'r>(&self, staged: impl Iterator<Item = &'r Route>) -> Vec<Diagnostic> {
        if self.is_fresh {
            return Vec::new();
        }
        let mut checked = HashSet::new();
        staged.filter_map(|route| self.obstacle(route, &mut checked)).map(|path| self.foreign(&path)).collect()
    }

    fn obstacle<'r>(&self, route: &'r Route, checked: &mut HashSet<&'r str>) -> Option<String> {
        let path = route.as_str();
        for (end, _) in path.match_indices('/') {
            let folder = &path[..end];
            if checked.insert(folder)
                && let Ok(metadata) = fs::symlink_metadata(self.output.join(folder))
                && !metadata.is_dir()
                && !self.is_ours(folder)
            {
                return Some(folder.to_owned());
            }
        }
        let metadata = fs::symlink_metadata(self.output.join(path)).ok()?;
        if metadata.is_dir() { self.foreign_below(path) } else { (!self.is_ours(path)).then(|| path.to_owned()) }
    }

    fn is_ours(&self, path: &str) -> bool {
        Route::file(path).is_ok_and(|route| self.old.routes.contains(&route))
    }

    /// A file in a folder that is not ours, when the folder must make way for a file.
    fn foreign_below(&self, folder: &str) -> Option<String> {
        let top = self.output.join(folder);
        let entries = walkdir::WalkDir::new(&top).follow_links(false).into_iter().flatten();
        let mut paths = entries.filter(|entry| !entry.file_type().is_dir()).filter_map(|entry| {
            entry.path().strip_prefix(&self.output).ok().map(|path| path.to_string_lossy().replace('\\', "/"))
        });
        paths.find(|path| !self.is_ours(path))
    }

    fn foreign(&self, path: &str) -> Diagnostic {
        let shown = self.output.join(path);
        let shown = shown.strip_prefix(&self.root).unwrap_or(&shown).to_string_lossy().replace('\\', "/");
        let message =
            format!("`{path}` in the output folder was not written by Presswork, and the site needs its place");
        Diagnostic::new(Code::ForeignFile, shown, message)
            .hint("move it away, or put it into content/static/ if it belongs to the site")
    }

    /// Moves everything staged into place, in the given order, and removes what is no longer part of the site.
    /// `all` are the routes of the whole site; `staged` those that were staged.
    ///
    /// # Errors
    /// When a file cannot be moved or removed; the next build goes on from there.
    pub fn commit(self, all: &[&Route], staged: &[&Route], moved: &dyn Fn(usize)) -> Result<Counts, MachineError> {
        fs::create_dir_all(&self.output).map_err(|error| cannot("make the folder", &self.output, &error))?;
        let routes: BTreeSet<Route> = all.iter().map(|&route| route.clone()).collect();
        let stale: Vec<Route> = self.old.routes.difference(&routes).cloned().collect();
        let write = |manifest: &Manifest| {
            manifest.write(&self.output).map_err(|error| cannot("write", &self.output.join(manifest::FILE), &error))
        };
        // Until all is done, both the old and the new files are ours: a build that is cut off leaves nothing behind
        // that the next one would not dare to replace.
        write(&Manifest { routes: routes.union(&self.old.routes).cloned().collect() })?;
        if self.is_clean {
            self.old.routes.iter().try_for_each(|route| self.remove(route))?;
        } else {
            self.make_way(staged, &stale)?;
        }
        self.move_all(staged, moved)?;
        stale.iter().try_for_each(|route| self.remove(route))?;
        write(&Manifest { routes })?;
        remove_tree(&self.staging)?;
        let (outputs, written) = (all.len(), staged.len());
        Ok(Counts { outputs, written, unchanged: outputs - written, removed: stale.len() })
    }

    /// Removes stale files whose name is to be a folder now, or whose folder is to be a file.
    fn make_way(&self, staged: &[&Route], stale: &[Route]) -> Result<(), MachineError> {
        if stale.is_empty() {
            return Ok(());
        }
        let files: HashSet<&str> = staged.iter().map(|route| route.as_str()).collect();
        let folders: HashSet<&str> = staged
            .iter()
            .flat_map(|route| route.as_str().match_indices('/').map(|(end, _)| &route.as_str()[..end]))
            .collect();
        let in_the_way = |route: &&Route| {
            let path = route.as_str();
            folders.contains(path) || path.match_indices('/').any(|(end, _)| files.contains(&path[..end]))
        };
        stale.iter().filter(in_the_way).try_for_each(|route| self.remove(route))
    }

    fn move_all(&self, staged: &[&Route], moved: &dyn Fn(usize)) -> Result<(), MachineError> {
        let mut folders: HashSet<&str> = HashSet::new();
        let mut whole: HashSet<&str> = HashSet::new();
        for route in staged {
            let path = route.as_str();
            moved(1);
            if ancestors(path).any(|folder| whole.contains(folder)) {
                continue;
            }
            // A folder that is not there yet is moved as a whole, with all that was staged for it.
            let new = ancestors(path).find(|folder| !folders.contains(folder) && !self.is_folder(folder, &mut folders));
            let unit = new.unwrap_or(path);
            let (from, to) = (self.staging.join(unit), self.output.join(unit));
            fs::rename(&from, &to).map_err(|error| cannot("move a file to", &to, &error))?;
            if let Some(folder) = new {
                whole.insert(folder);
            }
        }
        Ok(())
    }

    fn is_folder<'r>(&self, folder: &'r str, known: &mut HashSet<&'r str>) -> bool {
        let is_folder = fs::symlink_metadata(self.output.join(folder)).is_ok_and(|metadata| metadata.is_dir());
        if is_folder {
            known.insert(folder);
        }
        is_folder
    }

    /// Removes a file of ours, and the folders that are empty then.
    fn remove(&self, route: &Route) -> Result<(), MachineError> {
        let path = self.output.join(route.as_str());
        if ancestors(route.as_str()).any(|folder| is_symlink(&self.output.join(folder))) {
            return Ok(());
        }
        match fs::remove_file(&path) {
            Ok(()) => {}
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {}
            Err(error) => return Err(cannot("remove", &path, &error)),
        }
        let folders: Vec<&str> = ancestors(route.as_str()).collect();
        for folder in folders.into_iter().rev() {
            if fs::remove_dir(self.output.join(folder)).is_err() {
                break;
            }
        }
        Ok(())
    }
}

/// The folders above a route, from the top.
fn ancestors(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices('/').map(|(end, _)| &path[..end])
}

fn is_symlink(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink())
}

fn lock(path: &Path, waiting: &dyn Fn()) -> Result<File, MachineError> {
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)
        .map_err(|error| cannot("open the lock", path, &error))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            waiting();
            file.lock().map_err(|error| cannot("take the lock", path, &error))?;
        }
        Err(TryLockError::Error(error)) => return Err(cannot("take the lock", path, &error)),
    }
    Ok(file)
}

/// Whether a folder has nothing but hidden files, or is not there.
fn is_empty(folder: &Path) -> bool {
    let Ok(entries) = fs::read_dir(folder) else { return true };
    entries.flatten().all(|entry| entry.file_name().to_string_lossy().starts_with('.') && !entry.path().is_dir())
}

fn remove_tree(folder: &Path) -> Result<(), MachineError> {
    match fs::remove_dir_all(folder) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(cannot("remove", folder, &error)),
    }
}

fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = create(path)?;
    file.write_all(bytes)
}

fn create(path: &Path) -> io::Result<File> {
    match File::create(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder)?;
            }
            File::create(path)
        }
        other => other,
    }
}

fn copy_new(from: &mut File, path: &Path) -> io::Result<()> {
    io::copy(from, &mut create(path)?).map(drop)
}

fn is_same_file(one: &Path, other: &Path) -> bool {
    let (Ok(one_data), Ok(other_data)) = (fs::symlink_metadata(one), fs::symlink_metadata(other)) else { return false };
    one_data.is_file() && other_data.is_file() && one_data.len() == other_data.len() && {
        matches!((fs::read(one), fs::read(other)), (Ok(one), Ok(other)) if one == other)
    }
}

#[cfg(unix)]
fn is_same_file_system(one: &Path, other: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let device = |path: &Path| path.ancestors().find_map(|path| fs::metadata(path).ok()).map(|metadata| metadata.dev());
    device(one) == device(other)
}

#[cfg(not(unix))]
fn is_same_file_system(one: &Path, other: &Path) -> bool {
    other.starts_with(one.parent().unwrap_or(one))
}
