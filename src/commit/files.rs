//! File-system operations: lock, copy, hash, inspect.

use std::fs::{self, File, Metadata, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Component, Path, PathBuf};

use xxhash_rust::xxh3::Xxh3;

use crate::source::Stamp;

use super::{MachineError, cannot};

/// The folders of a route, outermost first.
pub(super) fn ancestors(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices('/').map(|(end, _)| &path[..end])
}

/// Makes a path absolute and resolves symbolic links in the part that exists.
pub fn resolved(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let there = path.ancestors().find_map(|there| Some((there, there.canonicalize().ok()?)));
    let (there, mut resolved) = there.unwrap_or((Path::new(""), PathBuf::new()));
    for part in path.strip_prefix(there).unwrap_or(&path).components() {
        match part {
            Component::ParentDir => drop(resolved.pop()),
            part => resolved.push(part),
        }
    }
    resolved
}

pub(super) fn is_symlink(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink())
}

/// Takes the lock; returns it with the time of the file system's clock.
pub(super) fn lock(path: &Path, waiting: Option<&dyn Fn()>) -> Result<(File, i64), MachineError> {
    let mut file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)
        .map_err(|error| cannot("open the lock", path, &error))?;
    match (file.try_lock(), waiting) {
        (Ok(()), _) => {}
        (Err(TryLockError::WouldBlock), Some(waiting)) => {
            waiting();
            file.lock().map_err(|error| cannot("take the lock", path, &error))?;
        }
        (Err(TryLockError::WouldBlock), None) => {
            return Err(MachineError(format!(
                "another build of this site is running: it holds the lock {}",
                path.display()
            )));
        }
        (Err(TryLockError::Error(error)), _) => return Err(cannot("take the lock", path, &error)),
    }
    let touched = file.write_all(b"lock\n").and_then(|()| file.metadata());
    let metadata = touched.map_err(|error| cannot("write", path, &error))?;
    Ok((file, Stamp::of(&metadata).modified))
}

/// True if a folder does not exist or has only hidden files.
pub(super) fn is_empty(folder: &Path) -> bool {
    let Ok(entries) = fs::read_dir(folder) else { return true };
    entries.flatten().all(|entry| entry.file_name().to_string_lossy().starts_with('.') && !entry.path().is_dir())
}

/// Removes a folder, pipe or link that occupies the path of one of our files.
pub(super) fn remove_special(path: &Path) -> Result<(), MachineError> {
    match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_dir() => remove_tree(path),
        Ok(metadata) if !metadata.is_file() => fs::remove_file(path).map_err(|error| cannot("remove", path, &error)),
        _ => Ok(()),
    }
}

/// Removes a file, if it exists.
pub(super) fn remove_file(path: &Path) -> Result<(), MachineError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(cannot("remove", path, &error)),
        _ => Ok(()),
    }
}

pub(super) fn remove_tree(folder: &Path) -> Result<(), MachineError> {
    match fs::remove_dir_all(folder) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(cannot("remove", folder, &error)),
    }
}

/// The stamp of a published file, which the ledger stores.
pub(super) fn content_stamp(metadata: &Metadata) -> Stamp {
    Stamp::of(metadata).of_bytes()
}

pub(super) fn write_new(path: &Path, bytes: &[u8]) -> io::Result<Stamp> {
    let mut file = create(path)?;
    file.write_all(bytes)?;
    Ok(content_stamp(&file.metadata()?))
}

pub(super) fn create(path: &Path) -> io::Result<File> {
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

/// Gives a file a second name, or copies it where that is not possible: on another file system, or after too many names.
pub(super) fn link_new(from: &Path, path: &Path) -> io::Result<Stamp> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    if fs::hard_link(from, path).is_err() {
        fs::copy(from, path)?;
    }
    Ok(content_stamp(&fs::metadata(path)?))
}

/// The side of a copy that failed.
pub(super) enum CopyError {
    Read(io::Error),
    Write(io::Error),
}

/// Copies a file; returns the hash of its bytes and the stamp of the copy.
pub(super) fn copy_new(from: &mut File, path: &Path) -> Result<(u128, Stamp), CopyError> {
    let mut to = create(path).map_err(CopyError::Write)?;
    let mut hasher = Xxh3::new();
    each_block(from, CopyError::Read, |block| {
        hasher.update(block);
        to.write_all(block).map_err(CopyError::Write)
    })?;
    let metadata = to.metadata().map_err(CopyError::Write)?;
    Ok((hasher.digest128(), content_stamp(&metadata)))
}

/// The hash of a file's bytes (xxh3, 128 bit), as [`super::Staged::hash`] is.
///
/// # Errors
/// When it cannot be read.
pub fn hash_of_file(path: &Path) -> io::Result<u128> {
    let mut hasher = Xxh3::new();
    each_block(
        &mut File::open(path)?,
        |error| error,
        |block| {
            hasher.update(block);
            Ok(())
        },
    )?;
    Ok(hasher.digest128())
}

/// The number of bytes to read at once: enough to make calls cheap, few enough for many threads.
const BLOCK: usize = 64 << 10;

pub(super) fn each_block<E>(
    from: &mut File,
    unreadable: impl Fn(io::Error) -> E,
    mut each: impl FnMut(&[u8]) -> Result<(), E>,
) -> Result<(), E> {
    let mut block = vec![0; BLOCK];
    loop {
        match from.read(&mut block) {
            Ok(0) => return Ok(()),
            Ok(length) => each(&block[..length])?,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(unreadable(error)),
        }
    }
}

/// Checks that files can be added to and removed from a folder.
#[cfg(unix)]
pub(super) fn may_write(folder: &Path) -> io::Result<()> {
    use rustix::fs::{Access, access};
    if !fs::symlink_metadata(folder)?.is_dir() {
        return Err(io::Error::from(io::ErrorKind::NotADirectory));
    }
    access(folder, Access::WRITE_OK | Access::EXEC_OK).map_err(io::Error::from)
}

/// Checks that the folder exists.
#[cfg(not(unix))]
pub(super) fn may_write(folder: &Path) -> io::Result<()> {
    fs::metadata(folder).map(drop)
}

#[cfg(unix)]
pub(super) fn is_same_file_system(one: &Path, other: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let device = |path: &Path| path.ancestors().find_map(|path| fs::metadata(path).ok()).map(|metadata| metadata.dev());
    device(one) == device(other) && mount(one) == mount(other)
}

/// The mount of a path: files cannot be renamed between two mounts, even of one device.
#[cfg(target_os = "linux")]
fn mount(path: &Path) -> Option<u64> {
    use rustix::fs::{AtFlags, CWD, StatxFlags, statx};
    let found = path.ancestors().find_map(|path| {
        let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
        statx(CWD, path, AtFlags::empty(), StatxFlags::MNT_ID).ok()
    });
    // Kernels before 5.8 do not report it.
    found.filter(|found| found.stx_mask & StatxFlags::MNT_ID.bits() != 0).map(|found| found.stx_mnt_id)
}

#[cfg(all(unix, not(target_os = "linux")))]
fn mount(_path: &Path) -> Option<u64> {
    None
}

#[cfg(not(unix))]
pub(super) fn is_same_file_system(one: &Path, other: &Path) -> bool {
    other.starts_with(one.parent().unwrap_or(one))
}
