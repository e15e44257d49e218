//! A folder of this machine as a store: files are written beside it and renamed, so that no reader gets a part.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::hosts::StoredHeaders;

use super::{PRIVATE_FOLDER, Put, PutCondition, Store, StoreError, StoreErrorKind, StoredFile, Version};

/// A folder of this machine. Its web server sets headers, so those given are ignored.
#[derive(Debug)]
pub struct FolderStore {
    root: PathBuf,
    next: AtomicU64,
}

/// The folder for unfinished files, in the private folder.
const UNFINISHED: &str = "unfinished";
/// The file that is locked while a condition is checked, in the private folder.
const LOCK: &str = "store.lock";

impl FolderStore {
    /// Uses a folder, which is created when the first file is put.
    pub fn new(root: PathBuf) -> FolderStore {
        FolderStore { root, next: AtomicU64::new(0) }
    }

    /// The path of a file. No name of a site leaves its folder; this makes it impossible.
    fn path(&self, name: &str) -> Result<PathBuf, StoreError> {
        let is_inside = !name.is_empty() && name.split('/').all(|part| !matches!(part, "" | "." | ".."));
        if is_inside && !name.contains('\0') {
            return Ok(self.root.join(name));
        }
        Err(StoreError::new(StoreErrorKind::Permanent, format!("`{}` is not a file's name", name.escape_debug())))
    }

    fn unfinished(&self) -> PathBuf {
        self.root.join(PRIVATE_FOLDER).join(UNFINISHED)
    }

    /// Writes an unfinished file.
    fn write(&self, bytes: &[u8]) -> Result<PathBuf, StoreError> {
        let folder = self.unfinished();
        fs::create_dir_all(&folder).map_err(|error| failed("create", &folder, &error))?;
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let path = folder.join(format!("{}-{number}", std::process::id()));
        let written = File::create(&path).and_then(|mut file| file.write_all(bytes));
        written.map_err(|error| {
            // The error that matters is the first one; `tidy` removes what is left.
            let _ = fs::remove_file(&path);
            failed("write", &path, &error)
        })?;
        Ok(path)
    }

    /// Keeps others from changing anything under a condition until the lock is dropped.
    fn lock(&self) -> Result<File, StoreError> {
        let folder = self.root.join(PRIVATE_FOLDER);
        let path = folder.join(LOCK);
        fs::create_dir_all(&folder).map_err(|error| failed("create", &folder, &error))?;
        let file = File::create(&path).map_err(|error| failed("write", &path, &error))?;
        file.lock().map_err(|error| failed("lock", &path, &error))?;
        Ok(file)
    }

    fn is_met(&self, path: &Path, condition: PutCondition<'_>) -> Result<bool, StoreError> {
        match condition {
            PutCondition::Always => Ok(true),
            PutCondition::New => Ok(path.symlink_metadata().is_err()),
            PutCondition::Same(version) => Ok(read(path)?.is_some_and(|bytes| Version(bytes) == *version)),
        }
    }
}

impl Store for FolderStore {
    fn get(&self, name: &str) -> Result<Option<StoredFile>, StoreError> {
        let bytes = read(&self.path(name)?)?;
        Ok(bytes.map(|bytes| StoredFile { version: Version(bytes.clone()), bytes }))
    }

    fn put(
        &self,
        name: &str,
        bytes: &[u8],
        _headers: &StoredHeaders,
        condition: PutCondition<'_>,
    ) -> Result<Put, StoreError> {
        let path = self.path(name)?;
        let _lock = match condition {
            PutCondition::Always => None,
            PutCondition::New | PutCondition::Same(_) => Some(self.lock()?),
        };
        if !self.is_met(&path, condition)? {
            return Ok(Put::Refused);
        }
        let unfinished = self.write(bytes)?;
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(|error| {
                let _ = fs::remove_file(&unfinished);
                in_the_way(folder).unwrap_or_else(|| failed("create", folder, &error))
            })?;
        }
        fs::rename(&unfinished, &path).map_err(|error| {
            let _ = fs::remove_file(&unfinished);
            match path.is_dir() {
                true => is_in_the_way("folder", &path),
                false => failed("write", &path, &error),
            }
        })?;
        Ok(Put::Done(Version(bytes.to_vec())))
    }

    fn delete(&self, name: &str) -> Result<(), StoreError> {
        let path = self.path(name)?;
        match fs::remove_file(&path) {
            // A folder has taken the place of a file that was deleted before.
            Err(error) if is_missing(&error) || path.is_dir() => return Ok(()),
            other => other.map_err(|error| failed("remove", &path, &error))?,
        }
        // Folders that this leaves empty go too; the first that is not empty ends it.
        let folders = path.ancestors().skip(1).take_while(|folder| *folder != self.root);
        folders.map(fs::remove_dir).take_while(Result::is_ok).for_each(drop);
        Ok(())
    }

    fn tidy(&self) -> Result<(), StoreError> {
        let folder = self.unfinished();
        match fs::remove_dir_all(&folder) {
            Err(error) if !is_missing(&error) => Err(failed("remove", &folder, &error)),
            _ => Ok(()),
        }
    }

    fn concurrency(&self) -> usize {
        2
    }

    fn address(&self) -> String {
        self.root.display().to_string()
    }
}

/// The bytes of a file; `None` if no file has this name.
fn read(path: &Path) -> Result<Option<Vec<u8>>, StoreError> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if is_missing(&error) || error.kind() == io::ErrorKind::IsADirectory => Ok(None),
        Err(error) => Err(failed("read", path, &error)),
    }
}

/// The error for a file that is where a folder should be.
fn in_the_way(folder: &Path) -> Option<StoreError> {
    folder.ancestors().find(|part| part.is_file()).map(|file| is_in_the_way("file", file))
}

fn is_in_the_way(kind: &str, path: &Path) -> StoreError {
    let message =
        format!("the {kind} {} is in the way, and Presswork does not know that it put it there", path.display());
    StoreError::new(StoreErrorKind::Permanent, message)
}

fn is_missing(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

fn failed(action: &str, path: &Path, error: &io::Error) -> StoreError {
    let kind = match error.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => StoreErrorKind::Denied,
        io::ErrorKind::Interrupted | io::ErrorKind::NotFound => StoreErrorKind::Temporary,
        _ => StoreErrorKind::Permanent,
    };
    StoreError::new(kind, format!("cannot {action} {}: {error}", path.display()))
}
