//! Finds changes by comparing the stamps of all files again and again, where the system reports none: on network mounts,
//! and in containers that share a folder with macOS or Windows.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use crate::config::{FILE, KNOWN_ERRORS_FILE, REDIRECTS_FILE};
use crate::content_path::{COMMENTS_FOLDER, CONTENT};
use crate::source::Stamp;

/// The number of times that a changed file is read again. Network mounts and FAT keep times in whole seconds, so a file
/// can change again within one second and keep its stamp.
const MORE_LOOKS: u8 = 3;

/// The stamps of a project's files when they were last checked.
#[derive(Debug)]
pub struct Poller {
    root: PathBuf,
    seen: BTreeMap<PathBuf, Stamp>,
    /// Files that have changed lately, and how many times they will be read again.
    fresh: BTreeMap<PathBuf, u8>,
}

impl Poller {
    /// Takes the stamps of a project's files.
    pub fn new(root: &Path) -> Poller {
        let root = root.to_owned();
        let seen = stamps(&root);
        Poller { root, seen, fresh: BTreeMap::new() }
    }

    /// The files that are new, gone, or may have changed since the last time.
    pub fn look(&mut self) -> BTreeSet<PathBuf> {
        let now = stamps(&self.root);
        let changed = now.iter().filter(|(path, stamp)| self.seen.get(*path) != Some(*stamp)).map(|(path, _)| path);
        let changed: BTreeSet<PathBuf> = changed.cloned().collect();
        let mut reported: BTreeSet<PathBuf> =
            self.fresh.keys().filter(|path| now.contains_key(*path)).cloned().collect();
        reported.extend(self.seen.keys().filter(|path| !now.contains_key(*path)).cloned());
        reported.extend(changed.iter().cloned());
        self.fresh.retain(|_, left| {
            *left -= 1;
            *left > 0
        });
        self.fresh.extend(changed.into_iter().map(|path| (path, MORE_LOOKS)));
        self.seen = now;
        reported
    }
}

/// The stamps of all files that the site can be made from. As everywhere in a project, links are not followed.
fn stamps(root: &Path) -> BTreeMap<PathBuf, Stamp> {
    let places = [FILE, REDIRECTS_FILE, KNOWN_ERRORS_FILE, CONTENT, COMMENTS_FOLDER, "themes", "i18n"]
        .map(|name| root.join(name));
    let entries = places.iter().flat_map(|place| WalkDir::new(place).into_iter().filter_map(Result::ok));
    let files = entries.filter(|entry| !entry.file_type().is_dir());
    files.filter_map(|entry| Some((entry.path().to_owned(), Stamp::of(&entry.metadata().ok()?)))).collect()
}

#[cfg(test)]
mod tests {
    use std::fs::{self, File};
    use std::time::{Duration, SystemTime};

    use super::*;

    #[test]
    fn changed_files_are_reported_and_no_others() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::create_dir_all(path("content/world")).unwrap();
        fs::create_dir_all(path("public")).unwrap();
        for name in ["site.yaml", "content/world/a.md", "content/world/b.md", "public/index.html"] {
            fs::write(path(name), "one").unwrap();
        }
        let mut poller = Poller::new(folder.path());
        let reported = |poller: &mut Poller| poller.look().into_iter().collect::<Vec<_>>();
        assert!(reported(&mut poller).is_empty());
        fs::write(path("content/world/a.md"), "another").unwrap();
        fs::write(path("public/index.html"), "another").unwrap();
        fs::remove_file(path("content/world/b.md")).unwrap();
        assert_eq!(reported(&mut poller), [path("content/world/a.md"), path("content/world/b.md")]);
        fs::write(path("content/world/new.md"), "new").unwrap();
        fs::write(path("site.yaml"), "longer").unwrap();
        let wanted = ["content/world/a.md", "content/world/new.md", "site.yaml"].map(path);
        assert_eq!(reported(&mut poller), wanted, "what has just changed is read again");
        for _ in 0..MORE_LOOKS {
            reported(&mut poller);
        }
        assert!(reported(&mut poller).is_empty(), "and not for ever");
    }

    #[test]
    fn a_second_change_with_the_same_stamp_is_found() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("content")).unwrap();
        let story = folder.path().join("content/a.md");
        let write = |text: &str| {
            fs::write(&story, text).unwrap();
            let second = SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
            File::options().write(true).open(&story).unwrap().set_modified(second).unwrap();
        };
        write("one");
        let mut poller = Poller::new(folder.path());
        write("three");
        assert!(poller.look().contains(&story));
        // As on a file system whose clock ticks once a second, and that knows no other time.
        poller.seen.values_mut().for_each(|stamp| *stamp = Stamp { changed: 0, ..*stamp });
        write("seven");
        assert!(poller.look().contains(&story));
    }
}
