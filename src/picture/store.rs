//! The files of variants, by their keys: each is encoded once, and kept apart from the output folder and its ledger.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// The folder of the variants in the folder for what Presswork keeps between builds.
const FOLDER: &str = "pictures";

/// A folder of variants. A file in it never changes, so several builds may use it at once.
#[derive(Debug, Clone)]
pub struct VariantStore {
    folder: PathBuf,
}

/// A file that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptVariant {
    /// The variant's key.
    pub key: u128,
    /// The file.
    pub path: PathBuf,
    /// Its length.
    pub bytes: u64,
}

/// Tells the unfinished files of this process apart.
static NUMBER: AtomicU64 = AtomicU64::new(0);

impl VariantStore {
    /// The variants in the folder for what Presswork keeps between builds.
    pub fn new(work: &Path) -> VariantStore {
        VariantStore { folder: work.join(FOLDER) }
    }

    fn path(&self, key: u128, extension: &str) -> PathBuf {
        // Folders of many thousand files are slow on some systems.
        self.folder.join(format!("{:02x}", key >> 120)).join(format!("{key:032x}.{extension}"))
    }

    /// The file of a variant, if it has been made.
    pub fn find(&self, key: u128, extension: &str) -> Option<PathBuf> {
        let path = self.path(key, extension);
        // After a power failure a file may be empty.
        fs::symlink_metadata(&path).is_ok_and(|about| about.is_file() && about.len() > 0).then_some(path)
    }

    /// All files that are kept, in no particular order. Files of other names are left out, such as unfinished ones.
    ///
    /// # Errors
    /// If the folder cannot be read.
    pub fn all(&self) -> io::Result<Vec<KeptVariant>> {
        let mut kept = Vec::new();
        for folder in entries(&self.folder)? {
            if !folder.file_type()?.is_dir() {
                continue;
            }
            for file in entries(&folder.path())? {
                let path = file.path();
                let stem = path.file_stem().and_then(|stem| stem.to_str()).filter(|stem| stem.len() == 32);
                if let Some(key) = stem.and_then(|stem| u128::from_str_radix(stem, 16).ok()) {
                    kept.push(KeptVariant { key, bytes: file.metadata()?.len(), path });
                }
            }
        }
        Ok(kept)
    }

    /// Keeps a variant. A file of that name is always a whole one.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn keep(&self, key: u128, extension: &str, bytes: &[u8]) -> io::Result<PathBuf> {
        let path = self.path(key, extension);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let unfinished = path.with_extension(format!("{}-{number}.new", std::process::id()));
        let moved = fs::write(&unfinished, bytes).and_then(|()| fs::rename(&unfinished, &path));
        if let Err(error) = moved {
            // What is left of it would never be looked at again; the error that matters is the first one.
            let _ = fs::remove_file(&unfinished);
            return Err(error);
        }
        Ok(path)
    }
}

/// The entries of a folder; none if there is no such folder.
fn entries(folder: &Path) -> io::Result<Vec<fs::DirEntry>> {
    match fs::read_dir(folder) {
        Ok(entries) => entries.collect(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}
