//! Errors of the machine and of others: a full disk, folders without write permission, unrelated files in the way.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{command, said};
use crate::support::{self, Call, newsroom, snapshot};
use crate::tree::{Tree, difference};

/// A folder with its own file system, unmounted at the end.
struct Disk(PathBuf);

impl Disk {
    fn mount(folder: &Path, bytes: usize) -> Option<Disk> {
        let size = format!("size={bytes}");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(folder).output();
        mounted.is_ok_and(|output| output.status.success()).then(|| Disk(folder.to_owned()))
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

/// Publishes the first edition and changes the sources to the second.
fn between_editions(root: &Path) -> [Tree; 2] {
    let sources = ["first", "second"].map(|edition| newsroom::sources(10, edition));
    crate::tree::write(root, &sources[0]).unwrap();
    assert_eq!(support::run(root, &Call::default()).code, 0);
    newsroom::publish_sources(root, &sources[0], &sources[1]);
    sources.map(|sources| newsroom::clean(&sources))
}

#[test]
fn a_full_disk_is_an_error_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let Some(_disk) = Disk::mount(folder.path(), 16 << 20) else {
        eprintln!("skipped: no file system can be mounted here");
        return;
    };
    let root = folder.path().join("site");
    let clean = between_editions(&root);
    let before = snapshot(&root.join("public"));
    let mut failed = 0;
    // With less and less space the build fails at a different step each time.
    for room in [0, 1, 2, 3, 5, 8, 16, 40, 100, 200, 300, 350, 370, 380, 384, 388, 392, 400, 420, 450, 500, 600] {
        leave_room(folder.path(), room << 12);
        let (code, _, err) = said(command(&root, &[]).output().unwrap());
        let after = snapshot(&root.join("public"));
        if code == Some(0) {
            assert_eq!(difference(&clean[1], &after), None, "{room} blocks were enough");
            break;
        }
        failed += 1;
        assert_eq!(code, Some(2), "{room} blocks: {err}");
        assert!(err.starts_with("error: ") && err.contains("No space left on device"), "{room} blocks: {err}");
        assert_eq!(difference(&before, &after), None, "{room} blocks: {err}");
    }
    assert!(failed > 5, "the disk was hardly ever full");
    let _ = fs::remove_file(folder.path().join("filler"));
    assert_eq!(support::run(&root, &Call::default()).code, 0);
    assert_eq!(difference(&clean[1], &snapshot(&root.join("public"))), None);
}

/// Fills the disk until this many bytes are left.
fn leave_room(folder: &Path, room: u64) {
    let filler = folder.join("filler");
    let _ = fs::remove_file(&filler);
    let chunk = vec![0; 1 << 12];
    let mut file = fs::File::create(&filler).unwrap();
    while std::io::Write::write_all(&mut file, &chunk).is_ok() {}
    let length = file.metadata().unwrap().len();
    file.set_len(length.saturating_sub(room)).unwrap();
}

/// Runs the program as a user subject to permissions: this user, or "nobody" if this is root.
struct Bound {
    as_nobody: bool,
    program: PathBuf,
}

const NOBODY: u32 = 65534;

impl Bound {
    /// `None` if root cannot become another user here.
    fn new(folder: &Path) -> Option<Bound> {
        let program = PathBuf::from(env!("CARGO_BIN_EXE_presswork"));
        if folder.metadata().unwrap().uid() != 0 {
            return Some(Bound { as_nobody: false, program });
        }
        fs::set_permissions(folder, Permissions::from_mode(0o755)).unwrap();
        // The program may be in a folder that no other user can read.
        let copy = folder.join("presswork");
        if fs::hard_link(&program, &copy).is_err() {
            fs::copy(&program, &copy).unwrap();
        }
        let bound = Bound { as_nobody: true, program: copy };
        let tried = bound.command().arg("--version").output();
        tried.is_ok_and(|output| output.status.success()).then_some(bound)
    }

    fn command(&self) -> Command {
        let mut command = match self.as_nobody {
            true => Command::new("setpriv"),
            false => Command::new(&self.program),
        };
        if self.as_nobody {
            let nobody = NOBODY.to_string();
            command.args(["--reuid", &nobody, "--regid", &nobody, "--clear-groups"]).arg(&self.program);
        }
        command
    }

    fn build(&self, root: &Path) -> (Option<i32>, String, String) {
        said(
            self.command()
                .args(["build", "--now", "2026-11-22", "--allow-removals", "99", "--root"])
                .arg(root)
                .output()
                .unwrap(),
        )
    }

    /// Gives everything below a folder to the user of the program.
    fn own(&self, folder: &Path) {
        for entry in walkdir::WalkDir::new(folder).into_iter().map(Result::unwrap) {
            if self.as_nobody {
                chown(entry.path(), Some(NOBODY), Some(NOBODY)).unwrap();
            }
        }
    }
}

#[test]
fn a_folder_without_write_permission_is_an_error_and_changes_nothing() {
    let folder = support::scratch();
    let Some(bound) = Bound::new(folder.path()) else {
        eprintln!("skipped: root may write everywhere, and cannot become another user here");
        return;
    };
    // The second edition writes to each of these, or removes files from it.
    for closed in ["public", "public/world", "public/world/2022/01", "public/assets", "public/tags/tag-0", ".presswork"]
    {
        let root = folder.path().join("site");
        let clean = between_editions(&root);
        bound.own(&root);
        let before = snapshot(&root.join("public"));
        let path = root.join(closed);
        fs::set_permissions(&path, Permissions::from_mode(0o555)).unwrap();
        if closed == ".presswork" {
            // The lock exists already and could still be opened.
            fs::remove_file(path.join("lock")).unwrap();
        }
        let (code, _, err) = bound.build(&root);
        let after = snapshot(&root.join("public"));
        fs::set_permissions(&path, Permissions::from_mode(0o755)).unwrap();
        assert_eq!(code, Some(2), "{closed}: {err}");
        assert!(
            err.starts_with("error: ") && err.contains("Permission denied") && err.contains(closed),
            "{closed}: {err}"
        );
        assert_eq!(difference(&before, &after), None, "{closed}: {err}");
        assert_eq!(bound.build(&root).0, Some(0));
        assert_eq!(difference(&clean[1], &snapshot(&root.join("public"))), None, "{closed}");
        fs::remove_dir_all(&root).unwrap();
    }
}

#[test]
fn an_unchanged_folder_need_not_be_writable() {
    let folder = support::scratch();
    let Some(bound) = Bound::new(folder.path()) else {
        eprintln!("skipped: root may write everywhere, and cannot become another user here");
        return;
    };
    let root = folder.path().join("site");
    let sources = newsroom::sources(10, "first");
    crate::tree::write(&root, &sources).unwrap();
    assert_eq!(support::run(&root, &Call::default()).code, 0);
    bound.own(&root);
    let closed = root.join("public/about");
    fs::set_permissions(&closed, Permissions::from_mode(0o555)).unwrap();
    let changed = newsroom::story(1, "first").replace("The text", "Another text");
    fs::write(root.join(newsroom::path_of(1, "-first")), changed).unwrap();
    let (code, _, err) = bound.build(&root);
    fs::set_permissions(&closed, Permissions::from_mode(0o755)).unwrap();
    assert_eq!(code, Some(0), "{err}");
}

#[test]
fn a_foreign_file_in_the_way_is_reported_and_nothing_changes() {
    // Paths that the second edition needs: a file and a folder, neither of which exists.
    for foreign in ["world/2022/01/story-8-second", "world/asia/2022/01/story-3/index.html", "assets/site.css"] {
        let folder = support::scratch();
        let root = folder.path().join("site");
        let clean = between_editions(&root);
        let foreign = match foreign {
            "assets/site.css" => {
                let hashed = clean[1].keys().find(|path| path.starts_with("assets")).unwrap();
                hashed.to_string_lossy().into_owned()
            }
            other => other.to_owned(),
        };
        let path = root.join("public").join(&foreign);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, "not ours").unwrap();
        let before = snapshot(&root.join("public"));
        for _ in 0..2 {
            let (code, out, err) = said(command(&root, &["--format", "json"]).output().unwrap());
            assert_eq!(code, Some(1), "{foreign}: {out}{err}");
            assert!(out.contains("foreign-file") && out.contains(&foreign), "{foreign}: {out}");
            assert_eq!(difference(&before, &snapshot(&root.join("public"))), None, "{foreign}");
        }
        fs::remove_file(&path).unwrap();
        assert_eq!(said(command(&root, &[]).output().unwrap()).0, Some(0));
        assert_eq!(difference(&clean[1], &snapshot(&root.join("public"))), None, "{foreign}");
    }
}

/// An output that somebody has replaced with something else is restored, if nothing of theirs is lost.
#[test]
fn an_empty_folder_at_an_outputs_path_is_no_obstacle() {
    let folder = support::scratch();
    let sources = newsroom::sources(4, "first");
    crate::tree::write(folder.path(), &sources).unwrap();
    assert_eq!(support::run(folder.path(), &Call::default()).code, 0);
    let page = folder.path().join("public/about/index.html");
    fs::remove_file(&page).unwrap();
    fs::create_dir(&page).unwrap();
    let (code, _, err) = said(command(folder.path(), &[]).output().unwrap());
    assert_eq!(code, Some(0), "{err}");
    assert_eq!(difference(&newsroom::clean(&sources), &snapshot(&folder.path().join("public"))), None);
}
