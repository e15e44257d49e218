//! Moves staged files into place: only after everything has been written, and in an order that keeps the site whole for
//! readers.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::io;

use crate::manifest::{self, Manifest};
use crate::route::Route;

use super::files::{ancestors, is_symlink, may_write, remove_tree};
use super::{MachineError, OutputFolder, cannot};

impl OutputFolder {
    /// Moves all staged files into place, in the given order, removes files that are no longer part of the site, and
    /// replaces the ledger. `routes` are those of the whole site; `staged` those that were staged. Returns the number
    /// of removed files.
    ///
    /// # Errors
    /// When a file cannot be written, moved or removed. Foreseeable errors (a full disk, a folder that is not writable)
    /// are found before anything has moved; after any other error the next build continues from there.
    pub fn commit(self, routes: &Manifest, staged: &[Route], moved: &dyn Fn(usize)) -> Result<usize, MachineError> {
        let result = self.move_into_place(routes, staged, moved);
        if result.is_err() && !self.journal().exists() {
            // Nothing has moved. If removing the staged files fails too, report the first error; the next build removes
            // them.
            let _ = self.abandon();
        }
        result
    }

    fn move_into_place(
        &self,
        routes: &Manifest,
        staged: &[Route],
        moved: &dyn Fn(usize),
    ) -> Result<usize, MachineError> {
        fs::create_dir_all(&self.output).map_err(|error| cannot("create the folder", &self.output, &error))?;
        let stale = self.stale(routes);
        self.check_folders(staged.iter().map(|route| route.as_str()).chain(stale.iter().copied()))?;
        let manifest = self.output.join(manifest::FILE);
        // No route begins with the manifest's name, so no staged file has these names.
        let new_manifest = self.staging.join(format!("{}.new", manifest::FILE));
        let both = self.staging.join(format!("{}.both", manifest::FILE));
        // If no file is removed, the new manifest already covers the old files.
        let only_grows = stale.is_empty() && self.old.is_preview() == routes.is_preview();
        let journal = self.journal();
        // Write everything that takes disk space before moving anything. Until all is done, the manifest lists both old
        // and new files, so that the build after an interrupted one may replace them.
        if self.old != *routes {
            fs::create_dir_all(&self.staging).map_err(|error| cannot("create the folder", &self.staging, &error))?;
            write_manifest(routes, &new_manifest)?;
            if !only_grows {
                write_manifest(&self.old.union(routes), &both)?;
            }
            let first = if only_grows { &new_manifest } else { &both };
            fs::rename(first, &manifest).map_err(|error| cannot("move a file to", &manifest, &error))?;
        }
        fs::write(&journal, b"files are being moved into place\n")
            .map_err(|error| cannot("write", &journal, &error))?;
        if self.is_clean {
            self.old.routes().try_for_each(|route| self.remove(route))?;
        } else {
            self.make_way(staged, &stale)?;
        }
        self.move_all(staged, moved)?;
        stale.iter().try_for_each(|route| self.remove(route))?;
        if self.old != *routes && !only_grows {
            fs::rename(&new_manifest, &manifest).map_err(|error| cannot("move a file to", &manifest, &error))?;
        }
        self.replace_ledger()?;
        remove_tree(&self.staging)?;
        Ok(stale.len())
    }

    /// Checks that every existing folder is writable for the files to be moved into or out of it.
    fn check_folders<'r>(&self, routes: impl Iterator<Item = &'r str>) -> Result<(), MachineError> {
        let mut checked = HashSet::new();
        // Most folders of a first build do not exist yet, so folders below them need no check.
        let (mut there, mut missing) = (HashSet::new(), HashSet::new());
        for route in routes {
            let mut nearest = "";
            for folder in ancestors(route) {
                if missing.contains(folder) {
                    break;
                }
                if !there.contains(folder) {
                    if !self.is_folder(folder) {
                        missing.insert(folder);
                        break;
                    }
                    there.insert(folder);
                }
                nearest = folder;
            }
            if checked.insert(nearest) {
                let path = self.output.join(nearest);
                may_write(&path).map_err(|error| cannot("write into the folder", &path, &error))?;
            }
        }
        Ok(())
    }

    /// Removes stale files whose path becomes a folder, or whose folder becomes a file.
    fn make_way(&self, staged: &[Route], stale: &[&str]) -> Result<(), MachineError> {
        if stale.is_empty() {
            return Ok(());
        }
        let files: HashSet<&str> = staged.iter().map(|route| route.as_str()).collect();
        let folders: HashSet<&str> = staged
            .iter()
            .flat_map(|route| route.as_str().match_indices('/').map(|(end, _)| &route.as_str()[..end]))
            .collect();
        let in_the_way = |path: &&&str| {
            folders.contains(**path) || path.match_indices('/').any(|(end, _)| files.contains(&path[..end]))
        };
        stale.iter().filter(in_the_way).try_for_each(|path| self.remove(path))
    }

    fn move_all(&self, staged: &[Route], moved: &dyn Fn(usize)) -> Result<(), MachineError> {
        // Nobody reads a site that does not exist yet, and moving whole folders is much quicker.
        let runs = (!self.is_fresh && !self.is_clean).then(|| FolderRuns::new(staged));
        let mut folders: HashSet<&str> = HashSet::new();
        let mut whole: HashSet<&str> = HashSet::new();
        for route in staged {
            let path = route.as_str();
            moved(1);
            if ancestors(path).any(|folder| whole.contains(folder)) {
                continue;
            }
            // Move a new folder as a whole, with all its staged files, if the order of moves stays the same.
            let is_new = |folder: &str| !folders.contains(folder) && !self.is_folder(folder);
            let new: Vec<&str> = ancestors(path).skip_while(|folder| !is_new(folder)).collect();
            folders.extend(ancestors(path).filter(|folder| !new.contains(folder)));
            let unit = new.iter().find(|folder| runs.as_ref().is_none_or(|runs| runs.is_contiguous(folder))).copied();
            let above = new.iter().take_while(|folder| Some(**folder) != unit).last();
            if let Some(above) = above {
                let above = self.output.join(above);
                fs::create_dir_all(&above).map_err(|error| cannot("create the folder", &above, &error))?;
            }
            let (from, to) = (self.staging.join(unit.unwrap_or(path)), self.output.join(unit.unwrap_or(path)));
            if unit.is_none() && fs::symlink_metadata(&to).is_ok_and(|metadata| metadata.is_dir()) {
                // `foreign_files` has checked that it holds no files of others.
                remove_tree(&to)?;
            }
            fs::rename(&from, &to).map_err(|error| cannot("move a file to", &to, &error))?;
            whole.extend(unit);
        }
        Ok(())
    }

    fn is_folder(&self, folder: &str) -> bool {
        fs::symlink_metadata(self.output.join(folder)).is_ok_and(|metadata| metadata.is_dir())
    }

    /// Removes a published file and the folders that become empty.
    fn remove(&self, route: &str) -> Result<(), MachineError> {
        let path = self.output.join(route);
        if ancestors(route).any(|folder| is_symlink(&self.output.join(folder))) {
            return Ok(());
        }
        match fs::remove_file(&path) {
            Ok(()) => {}
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {}
            // A folder has already replaced it.
            Err(_) if path.is_dir() => {}
            Err(error) => return Err(cannot("remove", &path, &error)),
        }
        let folders: Vec<&str> = ancestors(route).collect();
        for folder in folders.into_iter().rev() {
            match fs::remove_dir(self.output.join(folder)) {
                // An interrupted build or a person removed it and left the folders above.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(_) => break,
                Ok(()) => {}
            }
        }
        Ok(())
    }
}

/// For each folder, the first and last index of its staged files in the order of moves, and their number.
struct FolderRuns<'r>(HashMap<&'r str, (usize, usize, usize)>);

impl<'r> FolderRuns<'r> {
    fn new(staged: &'r [Route]) -> FolderRuns<'r> {
        let mut runs = HashMap::new();
        for (at, route) in staged.iter().enumerate() {
            for folder in ancestors(route.as_str()) {
                let run = runs.entry(folder).or_insert((at, at, 0));
                (run.1, run.2) = (at, run.2 + 1);
            }
        }
        FolderRuns(runs)
    }

    /// True if the files of a folder are moved one after the other, with no others between them.
    fn is_contiguous(&self, folder: &str) -> bool {
        self.0.get(folder).is_some_and(|&(first, last, count)| last - first + 1 == count)
    }
}

fn write_manifest(manifest: &Manifest, path: &std::path::Path) -> Result<(), MachineError> {
    manifest.write(path).map_err(|error| cannot("write", path, &error))
}
