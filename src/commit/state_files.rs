//! The state files of each output folder: a ledger and a journal, separate ones for previews.

use std::fs;
use std::path::Path;

use rayon::prelude::*;
use xxhash_rust::xxh3::xxh3_64;

use crate::ledger::{KnownOutput, Ledger};
use crate::manifest::Manifest;
use crate::source::OpenFolder;

use super::files::{hash_of_file, remove_file, resolved};
use super::{MachineError, cannot};

/// The project's own output folder.
const OWN: &str = "public";
/// The ledger of the project's own output folder; the names of others begin with it.
pub(super) const LEDGER: &str = "ledger";
/// The journal, which exists while files are moved into place; the names of others begin with it.
const JOURNAL: &str = "moving";

/// The state files of one output folder.
#[derive(Debug)]
pub(super) struct StateFiles {
    pub ledger: String,
    pub journal: String,
    is_own: bool,
}

impl StateFiles {
    /// Folders inside the project are named relative to it, so that moving the project keeps their state.
    pub(super) fn new(root: &Path, output: &Path, is_preview: bool) -> StateFiles {
        let (root, output) = (resolved(root), resolved(output));
        let is_own = output == resolved(&root.join(OWN));
        let path = output.strip_prefix(&root).unwrap_or(&output);
        let folder =
            if is_own { String::new() } else { format!("-{:016x}", xxh3_64(path.as_os_str().as_encoded_bytes())) };
        let preview = if is_preview { "-preview" } else { "" };
        let name = |start: &str| format!("{start}{folder}{preview}");
        StateFiles { ledger: name(LEDGER), journal: name(JOURNAL), is_own }
    }

    /// True if the manifest is the one that the last build left, as far as a ledger can show.
    pub(super) fn is_last_manifest(&self, work: &Path, list: &Manifest) -> bool {
        let known = Ledger::read_header(&work.join(&self.ledger)).map(|header| header.manifest);
        !list.is_damaged() && !list.is_empty() && known.is_ok_and(|known| known == list.digest())
    }

    /// The files in the output folder if the manifest is not the last build's: those that it names, unless it is
    /// damaged, and each file in the ledger that still has the recorded bytes. Other files are written again. Without a
    /// ledger, only the manifest counts.
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

    /// Removes the state files of folders that no longer exist; otherwise each folder ever used would leave a ledger.
    /// Only builds into other folders add ledgers, so only they need to look.
    pub(super) fn remove_stale(&self, work: &Path) -> Result<(), MachineError> {
        if self.is_own {
            return Ok(());
        }
        let entries = fs::read_dir(work).map_err(|error| cannot("read the folder", work, &error))?;
        let names = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok());
        for name in names.filter(|name| *name != self.ledger && name.starts_with("ledger-")) {
            let path = work.join(&name);
            // An unreadable ledger does not name its folder.
            let is_there = Ledger::read_header(&path).is_ok_and(|header| Path::new(&header.output).is_dir());
            if !is_there && path.is_file() {
                remove_file(&path)?;
                remove_file(&work.join(name.replacen(LEDGER, JOURNAL, 1)))?;
            }
        }
        Ok(())
    }
}
