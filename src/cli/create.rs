//! Creates files and folders that commands have been asked for. Nothing is replaced, and nothing half-written stays.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::Failure;
use super::shared::shown;

/// Creates a file that must not exist yet; removes it again on failure.
pub(super) fn create_file(path: &Path, bytes: impl AsRef<[u8]>) -> Result<(), Failure> {
    let mut file = match OpenOptions::new().write(true).create_new(true).open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(exists(path)),
        Err(error) => return Err(Failure::file("create", path, &error)),
    };
    file.write_all(bytes.as_ref()).and_then(|()| file.sync_all()).map_err(|error| {
        let _ = fs::remove_file(path);
        Failure::file("write", path, &error)
    })
}

/// Creates a folder and its parents and returns the new ones, outermost first; removes them again on failure.
pub(super) fn create_folders(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let is_missing = |path: &&Path| !path.as_os_str().is_empty() && !path.exists();
    let mut made: Vec<PathBuf> = folder.ancestors().take_while(is_missing).map(Path::to_path_buf).collect();
    made.reverse();
    match fs::create_dir_all(folder) {
        Ok(()) => Ok(made),
        Err(error) => {
            remove_folders(&made);
            Err(Failure::file("create", folder, &error))
        }
    }
}

/// Removes new folders, as far as they are empty.
pub(super) fn remove_folders(made: &[PathBuf]) {
    for folder in made.iter().rev() {
        let _ = fs::remove_dir(folder);
    }
}

pub(super) fn exists(path: &Path) -> Failure {
    Failure::new(format!("{} already exists", shown(path))).hint("edit that file, or choose another name")
}

/// Creates a file and the folders above it; removes all of them again on failure.
pub(super) fn create_with_folders(path: &Path, bytes: impl AsRef<[u8]>) -> Result<(), Failure> {
    let made = create_folders(path.parent().unwrap_or(Path::new("")))?;
    create_file(path, bytes).inspect_err(|_| remove_folders(&made))
}
