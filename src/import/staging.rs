//! Writes the files of a project into a hidden folder first, and moves them when all are written: an import that fails
//! leaves the project as it was.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::ImportError;
use super::files::calls::CALLS_FILE;
use super::state::{ImportState, STATE_FILE, hash};

/// The hidden folder in the project's folder; a build ignores it.
const STAGING: &str = ".presswork-import";

/// The folder of a project that a build fills, and in which an import keeps fetched files.
pub(super) const CACHE: &str = ".presswork";

/// The state of a file compared with the last import.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FileState {
    /// It wasn't there.
    New,
    /// It was there as the last import wrote it, and the source has changed.
    Changed,
    /// It is there with these bytes.
    Same,
    /// It was edited here since the last import; the source hasn't changed.
    Edited,
    /// It was edited here, and the source has changed: it stays as it is here.
    Conflict,
    /// It was removed here since the last import, and stays removed.
    Removed,
}

/// The files that an import writes.
#[derive(Debug)]
pub(super) struct Staging {
    project: PathBuf,
    folder: PathBuf,
    /// The memory of the last import.
    last: ImportState,
    is_dry: bool,
}

impl Staging {
    /// Prepares a project's folder, which must be new, empty, or that of an earlier import.
    ///
    /// # Errors
    /// If it is another folder, or can't be read or written.
    pub fn open(project: &Path, is_dry: bool) -> Result<Staging, ImportError> {
        let last = ImportState::read(project)?;
        if last.is_none() && !is_empty(project)? {
            let message = format!("{} is not empty, and not the project of an earlier import", project.display());
            return Err(ImportError::new(message).hint("choose a new folder with --into"));
        }
        let folder = project.join(STAGING);
        let staging = Staging { project: project.to_owned(), folder, last: last.unwrap_or_default(), is_dry };
        // The folder is created with its first file, so that an archive that can't be read leaves no trace.
        if !is_dry {
            staging.clear()?;
        }
        Ok(staging)
    }

    /// True if the folder is the project of an earlier import.
    pub fn is_import(&self) -> bool {
        !self.last.files.is_empty()
    }

    /// Removes the hidden folder.
    ///
    /// # Errors
    /// If it can't be removed.
    pub fn clear(&self) -> Result<(), ImportError> {
        match fs::remove_dir_all(&self.folder) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(ImportError::file("remove", &self.folder, &error))
            }
            _ => Ok(()),
        }
    }

    /// Stages a file with these bytes, unless it stays as it is. Returns its hash.
    ///
    /// # Errors
    /// If it can't be written.
    pub fn put(&self, path: &str, bytes: &[u8]) -> Result<(FileState, String), ImportError> {
        let new = hash(bytes);
        let state = self.state(path, &new)?;
        if matches!(state, FileState::New | FileState::Changed) && !self.is_dry {
            self.write(path, |target| fs::write(target, bytes))?;
        }
        Ok((state, new))
    }

    /// Stages a copy of a file.
    ///
    /// # Errors
    /// If it can't be read or written.
    pub fn copy(&self, path: &str, from: &Path) -> Result<(FileState, String), ImportError> {
        let metadata = fs::symlink_metadata(from).map_err(|error| ImportError::file("read", from, &error))?;
        if !metadata.is_file() {
            return Err(ImportError::new(format!("{} is not a file", from.display())));
        }
        // Files of several gigabytes are compared by their size alone.
        let new = match metadata.len() {
            0..=MAX_HASHED => hash(&fs::read(from).map_err(|error| ImportError::file("read", from, &error))?),
            size => format!("{size}"),
        };
        let state = self.state(path, &new)?;
        if matches!(state, FileState::New | FileState::Changed) && !self.is_dry {
            self.write(path, |target| fs::copy(from, target).map(drop))?;
        }
        Ok((state, new))
    }

    fn state(&self, path: &str, new: &str) -> Result<FileState, ImportError> {
        let last = self.last.files.get(path);
        let target = self.project.join(path);
        let here = match fs::symlink_metadata(&target) {
            Ok(metadata) if metadata.is_file() && metadata.len() > MAX_HASHED => Some(format!("{}", metadata.len())),
            Ok(metadata) if metadata.is_file() => {
                Some(hash(&fs::read(&target).map_err(|error| ImportError::file("read", &target, &error))?))
            }
            Ok(_) => Some(String::new()),
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => None,
            Err(error) => return Err(ImportError::file("read", &target, &error)),
        };
        Ok(match (here, last) {
            (None, Some(_)) => FileState::Removed,
            (None, None) => FileState::New,
            (Some(here), _) if here == new => FileState::Same,
            (Some(here), Some(last)) if here == *last => FileState::Changed,
            (Some(_), Some(last)) if last == new => FileState::Edited,
            (Some(_), _) => FileState::Conflict,
        })
    }

    fn write(&self, path: &str, write: impl Fn(&Path) -> io::Result<()>) -> Result<(), ImportError> {
        let target = self.folder.join(path);
        match write(&target) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let folder = target.parent().unwrap_or(&self.folder);
                fs::create_dir_all(folder).map_err(|error| ImportError::file("create", folder, &error))?;
                write(&target).map_err(|error| ImportError::file("write", &target, &error))
            }
            done => done.map_err(|error| ImportError::file("write", &target, &error)),
        }
    }

    /// Moves the staged files into place and writes the memory of this import. `files` has the hash of every file, also
    /// of those that stayed as they were.
    ///
    /// # Errors
    /// If a file can't be moved. What is in place then stays, and the next import continues.
    pub fn commit(&self, staged: &[String], files: BTreeMap<String, String>) -> Result<(), ImportError> {
        if self.is_dry {
            return Ok(());
        }
        let mut ready = BTreeSet::new();
        for path in staged {
            let target = self.project.join(path);
            if let Some((folder, _)) = path.rsplit_once('/')
                && ready.insert(folder.to_owned())
            {
                self.prepare(folder)?;
            }
            fs::rename(self.folder.join(path), &target).map_err(|error| ImportError::file("write", &target, &error))?;
        }
        let mut state = ImportState { files };
        for (path, hash) in &self.last.files {
            state.files.entry(path.clone()).or_insert_with(|| hash.clone());
        }
        self.replace(STATE_FILE, &state.text())?;
        self.clear()
    }

    /// Writes a file at the top of the project, or replaces it as a whole.
    ///
    /// # Errors
    /// If it can't be written; an old one then stays.
    pub fn replace(&self, name: &str, text: &str) -> Result<(), ImportError> {
        self.replace_with(name, |target| fs::write(target, text))
    }

    /// The same with a function that writes the new file.
    ///
    /// # Errors
    /// If it can't be written; an old one then stays.
    pub fn replace_with(&self, name: &str, write: impl Fn(&Path) -> io::Result<()>) -> Result<(), ImportError> {
        self.write(name, write)?;
        let target = self.project.join(name);
        fs::rename(self.folder.join(name), &target).map_err(|error| ImportError::file("write", &target, &error))
    }

    /// Creates a folder of the project. A symbolic link on the way could lead anywhere.
    fn prepare(&self, folder: &str) -> Result<(), ImportError> {
        let mut path = self.project.clone();
        for part in folder.split('/') {
            path.push(part);
            if fs::symlink_metadata(&path).is_ok_and(|metadata| metadata.is_symlink()) {
                let message = format!("{} is a symbolic link", path.display());
                return Err(ImportError::new(message).hint("use a folder; an import does not follow symbolic links"));
            }
        }
        fs::create_dir_all(&path).map_err(|error| ImportError::file("create", &path, &error))
    }

    /// Files of the last import that this one has no longer.
    pub fn no_longer<'s>(&'s self, files: &'s BTreeMap<String, String>) -> impl Iterator<Item = &'s str> {
        self.last.files.keys().filter(|path| !files.contains_key(*path)).map(String::as_str)
    }
}

/// The largest file that is compared by its bytes.
const MAX_HASHED: u64 = 256 * 1024 * 1024;

fn is_empty(folder: &Path) -> Result<bool, ImportError> {
    match fs::read_dir(folder) {
        // The table of calls may be written before the first import.
        Ok(mut entries) => Ok(entries.all(|entry| {
            entry.is_ok_and(|entry| [STAGING, CALLS_FILE, CACHE].iter().any(|name| entry.file_name() == *name))
        })),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(error) => Err(ImportError::file("read", folder, &error)),
    }
}
