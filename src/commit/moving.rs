//! Moves what is staged into place: nothing before everything has been written, and in an order that keeps readers whole.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::io;

use crate::manifest::{self, Manifest};
use crate::route::Route;

use super::files::{ancestors, is_symlink, may_write, remove_tree};
use super::{MachineError, Publication, cannot};

impl Publication {
    /// Moves everything staged into place, in the given order, removes what is no longer part of the site, and lets
    /// the new ledger take the place of the old one. `routes` are those of the whole site; `staged` those that were
    /// staged. Returns how many files were removed.
    ///
    /// # Errors
    /// When a file cannot be written, moved or removed. What can be foreseen (a full disk, a folder that may not be
    /// written) is found before anything has moved; after anything else the next build goes on from there.
    pub fn commit(self, routes: &Manifest, staged: &[Route], moved: &dyn Fn(usize)) -> Result<usize, MachineError> {
        let result = self.put_in_place(routes, staged, moved);
        if result.is_err() && !self.journal().exists() {
            // Nothing has moved. That what was staged cannot be removed would be another fault of the same machine; the
            // first is the one to tell, and the next build removes it.
            let _ = self.abandon();
        }
        result
    }

    fn put_in_place(&self, routes: &Manifest, staged: &[Route], moved: &dyn Fn(usize)) -> Result<usize, MachineError> {
        fs::create_dir_all(&self.output).map_err(|error| cannot("create the folder", &self.output, &error))?;
        let stale = self.stale(routes);
        self.check_folders(staged.iter().map(|route| route.as_str()).chain(stale.iter().copied()))?;
        let manifest = self.output.join(manifest::FILE);
        // No route begins with the manifest's name, so nothing that is staged has these.
        let new_manifest = self.staging.join(format!("{}.new", manifest::FILE));
        let both = self.staging.join(format!("{}.both", manifest::FILE));
        // When no file goes, what is ours until all is done is what will be.
        let only_grows = stale.is_empty() && self.old.is_preview() == routes.is_preview();
        let journal = self.journal();
        // Everything that takes room on the disk is written before anything is moved. Until all is done, both the old
        // and the new files are ours: a build that is cut off leaves nothing behind that the next one would not dare
        // to replace.
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

    /// Whether every folder that is there can take what is to be moved into it or out of it.
    fn check_folders<'r>(&self, routes: impl Iterator<Item = &'r str>) -> Result<(), MachineError> {
        let mut checked = HashSet::new();
        // Most folders of a first build are not there yet, and nothing below them need be looked for.
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

    /// Removes stale files whose name is to be a folder now, or whose folder is to be a file.
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
        // Nobody reads a site that is not there yet, and moving its folders as they are is much quicker.
        let runs = (!self.is_fresh && !self.is_clean).then(|| Runs::of(staged));
        let mut folders: HashSet<&str> = HashSet::new();
        let mut whole: HashSet<&str> = HashSet::new();
        for route in staged {
            let path = route.as_str();
            moved(1);
            if ancestors(path).any(|folder| whole.contains(folder)) {
                continue;
            }
            // A folder that is not there yet is moved as a whole, with all that was staged for it, if that comes to the
            // same as moving one after the other.
            let is_new = |folder: &str| !folders.contains(folder) && !self.is_folder(folder);
            let new: Vec<&str> = ancestors(path).skip_while(|folder| !is_new(folder)).collect();
            folders.extend(ancestors(path).filter(|folder| !new.contains(folder)));
            let unit = new.iter().find(|folder| runs.as_ref().is_none_or(|runs| runs.is_one(folder))).copied();
            let above = new.iter().take_while(|folder| Some(**folder) != unit).last();
            if let Some(above) = above {
                let above = self.output.join(above);
                fs::create_dir_all(&above).map_err(|error| cannot("create the folder", &above, &error))?;
            }
            let (from, to) = (self.staging.join(unit.unwrap_or(path)), self.output.join(unit.unwrap_or(path)));
            if unit.is_none() && fs::symlink_metadata(&to).is_ok_and(|metadata| metadata.is_dir()) {
                // Nobody's files are in it: that has been looked at before.
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

    /// Removes a file of ours, and the folders that are empty then.
    fn remove(&self, route: &str) -> Result<(), MachineError> {
        let path = self.output.join(route);
        if ancestors(route).any(|folder| is_symlink(&self.output.join(folder))) {
            return Ok(());
        }
        match fs::remove_file(&path) {
            Ok(()) => {}
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {}
            // A folder has taken its place by now.
            Err(_) if path.is_dir() => {}
            Err(error) => return Err(cannot("remove", &path, &error)),
        }
        let folders: Vec<&str> = ancestors(route).collect();
        for folder in folders.into_iter().rev() {
            match fs::remove_dir(self.output.join(folder)) {
                // A build that was cut off, or somebody's hand, has removed it and left those above it.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(_) => break,
                Ok(()) => {}
            }
        }
        Ok(())
    }
}

/// Of each folder, the first and the last of its staged files in the order in which they are moved, and how many there
/// are.
struct Runs<'r>(HashMap<&'r str, (usize, usize, usize)>);

impl<'r> Runs<'r> {
    fn of(staged: &'r [Route]) -> Runs<'r> {
        let mut runs = HashMap::new();
        for (at, route) in staged.iter().enumerate() {
            for folder in ancestors(route.as_str()) {
                let run = runs.entry(folder).or_insert((at, at, 0));
                (run.1, run.2) = (at, run.2 + 1);
            }
        }
        Runs(runs)
    }

    /// Whether the files of a folder are moved one behind the other, with no others between them.
    fn is_one(&self, folder: &str) -> bool {
        self.0.get(folder).is_some_and(|&(first, last, count)| last - first + 1 == count)
    }
}

fn write_manifest(manifest: &Manifest, path: &std::path::Path) -> Result<(), MachineError> {
    manifest.write(path).map_err(|error| cannot("write", path, &error))
}
