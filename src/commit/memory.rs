//! What is kept of which output folder: each has a ledger and a journal of its own, and so have previews.

use std::fs;
use std::path::Path;

use rayon::prelude::*;
use xxhash_rust::xxh3::xxh3_64;

use crate::ledger::{KnownOutput, Ledger};
use crate::manifest::Manifest;
use crate::source::OpenFolder;

use super::files::{hash_of_file, remove_file, resolved};
use super::{MachineError, cannot};

/// The output folder that is the project's own.
const OWN: &str = "public";
/// The ledger of what is published there; others begin with it.
pub(super) const LEDGER: &str = "ledger";
/// It is there while files are moved into place; others begin with it.
const JOURNAL: &str = "moving";

/// The files in which something is kept of one output folder.
#[derive(Debug)]
pub(super) struct Memory {
    pub ledger: String,
    pub journal: String,
    is_own: bool,
}

impl Memory {
    /// Folders in the project's are named from there, so that a project that is moved still knows of them.
    pub(super) fn of(root: &Path, output: &Path, is_preview: bool) -> Memory {
        let (root, output) = (resolved(root), resolved(output));
        let is_own = output == resolved(&root.join(OWN));
        let path = output.strip_prefix(&root).unwrap_or(&output);
        let folder =
            if is_own { String::new() } else { format!("-{:016x}", xxh3_64(path.as_os_str().as_encoded_bytes())) };
        let preview = if is_preview { "-preview" } else { "" };
        let name = |start: &str| format!("{start}{folder}{preview}");
        Memory { ledger: name(LEDGER), journal: name(JOURNAL), is_own }
    }

    /// Whether a list of published files is the one that the last build has left, as far as a ledger tells.
    pub(super) fn agrees(&self, work: &Path, list: &Manifest) -> bool {
        let known = Ledger::read_header(&work.join(&self.ledger)).map(|header| header.manifest);
        !list.is_damaged() && !list.is_empty() && known.is_ok_and(|known| known == list.digest())
    }

    /// What is published in the output folder, when the list of it is not the last build's: what it names, unless it is
    /// damaged, and each file that the ledger names and that still holds the bytes that it knows. What is not as it stands
    /// there is to be written anew. Without a ledger there is nothing to go by but the list.
    pub(super) fn published(&self, work: &Path, output: &Path, folder: &OpenFolder, list: Manifest) -> Manifest {
        let Ok(ledger) = Ledger::read(&work.join(&self.ledger)) else { return list };
        let outputs = (0..ledger.output_count()).into_par_iter().filter_map(|at| ledger.output(at));
        let is_there = |known: &KnownOutput<'_>| {
            folder.stamp(known.route).is_some()
                && hash_of_file(&output.join(known.route)).is_ok_and(|hash| hash == known.facts.hash)
        };
        let routes: Vec<&str> = outputs.filter(is_there).map(|known| known.route).collect();
        let known = Manifest::new(routes.into_iter()).of_preview(list.is_preview());
        match (list.is_damaged() || list.is_empty(), known.is_empty()) {
            (_, true) => list,
            (true, false) => known.of_damaged(),
            (false, false) => match list.union(&known) {
                both if both == list => list,
                both => both.of_damaged(),
            },
        }
    }

    /// Removes what is kept of folders that are there no more; otherwise each folder that anybody has ever named would
    /// leave a ledger. Only builds into other folders add ledgers, so only they need to look.
    pub(super) fn forget_others(&self, work: &Path) -> Result<(), MachineError> {
        if self.is_own {
            return Ok(());
        }
        let entries = fs::read_dir(work).map_err(|error| cannot("read the folder", work, &error))?;
        let names = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok());
        for name in names.filter(|name| *name != self.ledger && name.starts_with("ledger-")) {
            let path = work.join(&name);
            // One that cannot be read tells nothing of any folder.
            let is_there = Ledger::read_header(&path).is_ok_and(|header| Path::new(&header.output).is_dir());
            if !is_there && path.is_file() {
                remove_file(&path)?;
                remove_file(&work.join(name.replacen(LEDGER, JOURNAL, 1)))?;
            }
        }
        Ok(())
    }
}
