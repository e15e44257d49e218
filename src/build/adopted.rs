//! The ledger of a build that was made elsewhere: it lets a build of a fresh clone render only what has changed since, although
//! the published files are not on this machine.

use std::fs;
use std::io;
use std::path::Path;

use crate::commit::{MachineError, WORK_FOLDER, ledger_of};
use crate::ledger::{Facts, Header, Ledger, Unusable, Writer};
use crate::manifest::{self, Manifest};
use crate::source::Stamp;

use super::{OUTPUT, inputs, no_ledger};

/// The stamp of a file that is on no machine in particular.
const NOWHERE: Stamp = Stamp { size: 0, modified: 0, changed: 0 };

/// The ledger of the last build without anything that holds on this machine alone: folders, and the times of files.
///
/// # Errors
/// If there is no such ledger, or the copy cannot be written.
pub fn portable_ledger(root: &Path) -> Result<Vec<u8>, MachineError> {
    let ledger = Ledger::read(&ledger_of(root)).map_err(|why| MachineError(why.to_string()))?;
    let path = root.join(WORK_FOLDER).join("ledger.portable");
    remove(&path)?;
    let header = Header { root: String::new(), output: String::new(), ..ledger.header.clone() };
    let written = (|| {
        let mut writer = Writer::create(&path)?;
        (0..ledger.source_count()).try_for_each(|at| writer.add_record(ledger.encoded(at)))?;
        for known in ledger.outputs() {
            let facts = Facts { stamp: NOWHERE, ..known.facts };
            writer.add_output(&known.encode_with(&facts)?)?;
        }
        writer.add_keys(ledger.encoded_keys())?;
        writer.add_sources(ledger.sources().map(|source| (source.path, None, source.digest)))?;
        writer.finish(&header)?;
        fs::read(&path)
    })();
    let bytes = written.map_err(no_ledger)?;
    remove(&path)?;
    Ok(bytes)
}

/// Makes a portable ledger that of this project: the next build into its own output folder that may rely on files elsewhere
/// ([`super::BuildOptions::published_elsewhere`]) begins from it.
///
/// # Errors
/// Only machine errors. Inside: the reason why this program cannot use the ledger, and nothing has changed.
pub fn adopt_ledger(root: &Path, bytes: Vec<u8>) -> Result<Result<(), Unusable>, MachineError> {
    let output = root.join(OUTPUT);
    let (root_name, output_name) = (inputs::folder(root), inputs::absolute(&output));
    let ledger = match Ledger::of_other_folder(bytes, &root_name, &output_name) {
        Ok(bytes) => bytes,
        Err(why) => return Ok(Err(why)),
    };
    let work = root.join(WORK_FOLDER);
    let (path, new) = (ledger_of(root), work.join("ledger.adopted"));
    let failed = |path: &Path, error: &io::Error| MachineError(format!("cannot write {}: {error}", path.display()));
    fs::create_dir_all(&work).map_err(|error| failed(&work, &error))?;
    fs::create_dir_all(&output).map_err(|error| failed(&output, &error))?;
    fs::write(&new, ledger).map_err(|error| failed(&new, &error))?;
    let adopted = Ledger::read(&new).map_err(|why| MachineError(why.to_string()))?;
    let manifest = Manifest::new(adopted.outputs().map(|known| known.route));
    // What an earlier build has left here, and is not part of that site, would later be in the way as a file of others.
    let old = Manifest::read(&output).map_err(|error| failed(&output, &error))?;
    for stale in old.without(&manifest) {
        remove(&output.join(stale))?;
    }
    let (list, new_list) = (output.join(manifest::FILE), work.join("manifest.adopted"));
    remove(&new_list)?;
    manifest.write(&new_list).map_err(|error| failed(&new_list, &error))?;
    // Without a ledger everything is rendered, so the order of these two makes an interruption harmless. The output folder
    // may be on another file system, so the list is copied: half a copy is noticed by its hash.
    remove(&path)?;
    fs::copy(&new_list, &list).map_err(|error| failed(&list, &error))?;
    remove(&new_list)?;
    fs::rename(&new, &path).map_err(|error| failed(&path, &error))?;
    Ok(Ok(()))
}

fn remove(path: &Path) -> Result<(), MachineError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(MachineError(format!("cannot remove {}: {error}", path.display())))
        }
        _ => Ok(()),
    }
}
