//! Folders as maps from path to bytes: read, written, copied and compared.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

/// The file that Presswork keeps for itself in the output folder.
pub const MANIFEST: &str = ".presswork-manifest";

/// Files below a folder by their path relative to it.
pub type Tree = BTreeMap<PathBuf, Vec<u8>>;

/// Every file below `folder` except the manifest; empty if there is no such folder. A symbolic link is read as its
/// target's path, so that an added or followed link shows.
pub fn read(folder: &Path) -> io::Result<Tree> {
    let mut tree = Tree::new();
    read_below(folder, Path::new(""), &mut tree, &mut |_, _| ())?;
    tree.remove(Path::new(MANIFEST));
    Ok(tree)
}

/// Adds the files below a folder, and calls `on_empty` for each folder without any.
pub fn read_below(
    folder: &Path,
    relative: &Path,
    tree: &mut Tree,
    on_empty: &mut dyn FnMut(&Path, &mut Tree),
) -> io::Result<()> {
    let is_top = relative == Path::new("");
    if is_top && folder.symlink_metadata().is_err() {
        return Ok(());
    }
    let mut is_empty = true;
    for entry in fs::read_dir(folder.join(relative))? {
        let entry = entry?;
        let path = relative.join(entry.file_name());
        let kind = entry.file_type()?;
        is_empty = false;
        if kind.is_dir() {
            read_below(folder, &path, tree, on_empty)?;
        } else if kind.is_symlink() {
            let target = fs::read_link(entry.path())?;
            tree.insert(path, format!("symbolic link to {}", target.display()).into_bytes());
        } else {
            tree.insert(path, fs::read(entry.path())?);
        }
    }
    if is_empty && !is_top {
        on_empty(relative, tree);
    }
    Ok(())
}

/// Writes the files of `tree` below `folder`.
pub fn write<'a>(folder: &Path, tree: impl IntoIterator<Item = (&'a PathBuf, &'a Vec<u8>)>) -> io::Result<()> {
    for (path, bytes) in tree {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap_or(folder))?;
        fs::write(path, bytes)?;
    }
    Ok(())
}

/// Copies everything from `from` to `to`; symbolic links stay links. Leaves out the top-level names in `without`.
pub fn copy(from: &Path, to: &Path, without: &[&str]) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (name, kind) = (entry.file_name(), entry.file_type()?);
        if without.iter().any(|left_out| name == *left_out) {
            continue;
        }
        if kind.is_dir() {
            copy(&entry.path(), &to.join(name), &[])?;
        } else if kind.is_symlink() {
            symlink(fs::read_link(entry.path())?, to.join(name))?;
        } else {
            fs::copy(entry.path(), to.join(name))?;
        }
    }
    Ok(())
}

/// Describes the differences between two trees: missing and extra files by name, changed ones by their first differing
/// line. `None` if they are equal.
pub fn difference(expected: &Tree, actual: &Tree) -> Option<String> {
    let mut report = String::new();
    for path in expected.keys().filter(|path| !actual.contains_key(*path)) {
        let _ = writeln!(report, "  missing: {}", path.display());
    }
    for (path, bytes) in actual {
        match expected.get(path) {
            None => {
                let _ = writeln!(report, "  not expected: {} ({} bytes)", path.display(), bytes.len());
            }
            Some(wanted) if wanted != bytes => {
                let _ = writeln!(report, "  differs: {}{}", path.display(), line_difference(wanted, bytes));
            }
            Some(_) => {}
        }
    }
    (!report.is_empty()).then_some(report)
}

/// The first line where two texts differ, as `:LINE` and both lines.
pub fn line_difference(expected: &[u8], actual: &[u8]) -> String {
    let (expected, actual) = (lines(expected), lines(actual));
    let same = expected.iter().zip(&actual).take_while(|(wanted, found)| wanted == found).count();
    let show = |line: Option<&&[u8]>| line.map_or("(the end)".to_owned(), |line| printable(line));
    format!(":{}\n    expected: {}\n    found:    {}", same + 1, show(expected.get(same)), show(actual.get(same)))
}

/// Lines with their ends, so that a missing or different line end is a difference.
fn lines(bytes: &[u8]) -> Vec<&[u8]> {
    bytes.split_inclusive(|&byte| byte == b'\n').collect()
}

/// A line in printable form: without its end, invisible bytes escaped, cut if it is long.
fn printable(line: &[u8]) -> String {
    const LONGEST: usize = 300;
    let text = match std::str::from_utf8(line) {
        Ok(text) => text.trim_end_matches('\n').escape_debug().to_string().replace("\\\"", "\"").replace("\\'", "'"),
        Err(_) => line.escape_ascii().to_string(),
    };
    let text = if line.ends_with(b"\n") { text } else { text + " (without a line end)" };
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
