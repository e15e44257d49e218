//! The memory of an import: the hash of each file as it was written, so that the next import knows what was edited here.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::ImportError;

/// The file's name in the project's folder.
pub(super) const STATE_FILE: &str = "import-state.json";

/// The memory of an import.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct ImportState {
    /// The xxh3 hash of each file as an import wrote it, in hexadecimal, by path in the project.
    pub files: BTreeMap<String, String>,
}

impl ImportState {
    /// Reads the memory of an earlier import; `None` if there was none.
    ///
    /// # Errors
    /// If the file can't be read or isn't one.
    pub fn read(project: &Path) -> Result<Option<ImportState>, ImportError> {
        let path = project.join(STATE_FILE);
        match fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes).map(Some).map_err(|error| {
                ImportError::new(format!("it is not the memory of an import: {error}"))
                    .at(STATE_FILE, Some(error.line()), Some(error.column()))
                    .hint("restore it from your version control, or import into a new folder")
            }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(ImportError::file("read", &path, &error)),
        }
    }

    /// The file's text: sorted, one file on each line, so that version control shows what changed.
    pub fn text(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }
}

/// The hash of a file's bytes.
pub(super) fn hash(bytes: &[u8]) -> String {
    format!("{:032x}", xxhash_rust::xxh3::xxh3_128(bytes))
}
