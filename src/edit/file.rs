//! Replaces a file in one step.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The reason why a file was not replaced.
#[derive(Debug)]
pub enum ReplaceError {
    /// It may not be written.
    ReadOnly(PathBuf),
    /// Somebody saved it since it was read.
    Changed(PathBuf),
    /// An operation of the system failed: its verb, the file and the reason.
    System(&'static str, PathBuf, io::Error),
}

/// Replaces the file's text in one step. The new file has the owner, group and permissions of the old one.
///
/// # Errors
/// If the file is read-only, differs from `before`, or cannot be written.
pub fn replace(path: &Path, before: &str, after: &str) -> Result<(), ReplaceError> {
    let failed = |verb: &'static str, path: &Path| {
        let path = path.to_path_buf();
        move |error| ReplaceError::System(verb, path, error)
    };
    let metadata = fs::metadata(path).map_err(failed("read", path))?;
    if metadata.permissions().readonly() {
        return Err(ReplaceError::ReadOnly(path.to_path_buf()));
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    // Builds ignore names that begin with a dot.
    let beside = path.with_file_name(format!(".{name}.presswork-edit"));
    // An interrupted run may have left its file.
    match fs::remove_file(&beside) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed("remove", &beside)(error)),
        _ => {}
    }
    let created = OpenOptions::new().write(true).create_new(true).open(&beside);
    let mut file = created.map_err(failed("write", &beside))?;
    let written = file.write_all(after.as_bytes()).and_then(|()| file.sync_all());
    let owned = written.and_then(|()| keep_owner(&file, &metadata));
    let is_same = fs::read(path).is_ok_and(|bytes| bytes == before.as_bytes());
    let done = match owned {
        Ok(_) if !is_same => Ok(()),
        Ok(true) => file.set_permissions(metadata.permissions()).and_then(|()| fs::rename(&beside, path)),
        // In a shared folder, only writing into another user's file leaves it theirs. The temporary file holds the
        // whole text until that is done.
        Ok(false) => fs::write(path, after),
        Err(error) => Err(error),
    };
    // After a rename it no longer exists.
    let _ = fs::remove_file(&beside);
    done.map_err(failed("write", path))?;
    if is_same { Ok(()) } else { Err(ReplaceError::Changed(path.to_path_buf())) }
}

/// Gives a new file the owner and group of the old one. Returns `false` if this user may not.
#[cfg(unix)]
fn keep_owner(file: &fs::File, old: &fs::Metadata) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;
    let new = file.metadata()?;
    if (new.uid(), new.gid()) == (old.uid(), old.gid()) {
        return Ok(true);
    }
    match std::os::unix::fs::fchown(file, Some(old.uid()), Some(old.gid())) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Ok(false),
        Err(error) => Err(error),
    }
}

/// On other systems a new file inherits the owner, as the old one did.
#[cfg(not(unix))]
fn keep_owner(_: &fs::File, _: &fs::Metadata) -> io::Result<bool> {
    Ok(true)
}
