//! Chooses where in `content/` to create a file: checks sections and authors, and never leaves the folder.

use std::fs;
use std::io;
use std::path::Path;

use walkdir::{DirEntry, WalkDir};

use super::super::Failure;
use super::super::shared::shown;
use crate::content_path::{AUTHORS, CONTENT, below_content, in_content};
use crate::diagnostic::did_you_mean;
use crate::route::{Route, SlugStyle, check_slug, slugify};
use crate::source::on_disk;
use crate::unicode::composed;

/// Folders in `content/` that are not sections.
const NO_SECTIONS: &[&str] = &["authors", "pages", "static"];

/// The largest number of names in a hint.
const LISTED: usize = 20;

/// Checks the path of a section.
fn check_section(section: &str) -> Result<(), Failure> {
    let refused = |why: &str| Failure::new(format!("`{section}` is not a valid section: {why}"));
    let hint = "write its path inside content/, such as local or world/africa";
    Route::file(section).map_err(|error| refused(&error.to_string()).hint(hint))?;
    let first = section.split('/').next().unwrap_or(section);
    if NO_SECTIONS.contains(&first) {
        return Err(refused(&format!("content/{first}/ has another purpose")));
    }
    if section.split('/').any(is_ignored) {
        return Err(refused("the build ignores folders whose name begins with `.` or ends with `~`"));
    }
    Ok(())
}

/// The folder of a new section, relative to the root. The parts of its path become slugs, since they are its URL; a path
/// of slugs stays as it is.
pub(super) fn new_section_folder(root: &Path, section: &str, slugs: SlugStyle) -> Result<String, Failure> {
    let given = &*composed(section.strip_suffix('/').unwrap_or(section));
    check_section(given)?;
    let parts: Vec<String> = given.split('/').map(|part| slugify(part, slugs)).collect();
    if parts.iter().any(String::is_empty) {
        return Err(Failure::new(format!("no URL can be made from `{given}`"))
            .hint("write its path in letters or digits, and the name for readers with --title"));
    }
    let section = &*parts.join("/");
    check_section(section)?;
    for part in section.split('/') {
        check_slug(part).map_err(|why| {
            Failure::new(format!("`{section}` is not a valid section: {why}")).hint("choose another name")
        })?;
    }
    let folder = in_content(section);
    refuse_links(root, &folder)?;
    if root.join(&folder).join("index.md").is_file() {
        return Err(Failure::new(format!("{folder} is the folder of an article")).hint("choose another name"));
    }
    Ok(folder)
}

/// The folder of an existing section, or of the first section of a new site, relative to the root.
pub(super) fn section_folder(root: &Path, section: &str) -> Result<String, Failure> {
    let section = &*composed(section.strip_suffix('/').unwrap_or(section));
    check_section(section)?;
    let refused = |why: &str| Failure::new(format!("`{section}` is not a valid section: {why}"));
    let folder = in_content(section);
    // The name as the disk has it, in whatever normalization form.
    let path = on_disk(root, &folder);
    let folder = path.strip_prefix(root).ok().and_then(Path::to_str).map_or(folder, str::to_owned);
    refuse_links(root, &folder)?;
    if path.join("index.md").is_file() {
        return Err(refused("it is the folder of an article"));
    }
    let is_first = !path.exists() && !section.contains('/') && sections(root).is_empty();
    if path.is_dir() || is_first {
        return Ok(folder);
    }
    if path.exists() {
        return Err(refused(&format!("{folder} is a file")));
    }
    Err(unknown_section(section, &sections(root)))
}

fn unknown_section(section: &str, known: &[String]) -> Failure {
    let below_content = below_content(section).unwrap_or(section);
    let guess = did_you_mean(below_content, known.iter().map(String::as_str));
    let mut hint = guess.map_or(String::new(), |text| text + " ");
    if !known.is_empty() {
        hint.push_str(&format!("sections: {}; ", list(known)));
    }
    let folders: Vec<String> = below_content.split('/').map(|folder| slugify(folder, SlugStyle::Ascii)).collect();
    if folders.iter().all(|folder| !folder.is_empty()) {
        hint.push_str(&format!("to start a new one: presswork new section {}", folders.join("/")));
    }
    Failure::new(format!("unknown section `{section}`")).hint(hint)
}

/// The sections of the site by their paths in `content/`: its folders, and nested ones with an `_index.md`.
fn sections(root: &Path) -> Vec<String> {
    let content = root.join(CONTENT);
    let folders = WalkDir::new(&content).min_depth(1).sort_by_file_name().into_iter();
    let may_be = |entry: &DirEntry| entry.file_type().is_dir() && !is_hidden(entry) && !is_reserved(entry);
    folders
        .filter_entry(may_be)
        .flatten()
        .filter(|entry| entry.depth() == 1 || entry.path().join("_index.md").is_file())
        .filter_map(|entry| relative(&content, entry.path()))
        .collect()
}

fn is_hidden(entry: &DirEntry) -> bool {
    is_ignored(&entry.file_name().to_string_lossy())
}

fn is_ignored(name: &str) -> bool {
    name.starts_with('.') || name.ends_with('~')
}

fn is_reserved(entry: &DirEntry) -> bool {
    entry.depth() == 1 && NO_SECTIONS.iter().any(|name| entry.file_name() == *name)
}

/// Checks that every author has a file, and removes duplicates.
pub(super) fn check_authors(root: &Path, ids: Vec<String>) -> Result<Vec<String>, Failure> {
    let known = author_ids(root);
    let mut checked: Vec<String> = Vec::new();
    for id in ids {
        let id = composed(&id).into_owned();
        if !known.contains(&id) {
            return Err(unknown_author(&id, &known));
        }
        if !checked.contains(&id) {
            checked.push(id);
        }
    }
    Ok(checked)
}

fn unknown_author(id: &str, known: &[String]) -> Failure {
    let slug = slugify(id, SlugStyle::Ascii);
    let candidates = || known.iter().map(String::as_str);
    let guess = did_you_mean(id, candidates()).or_else(|| did_you_mean(&slug, candidates()));
    let mut hint = guess.map_or(String::new(), |text| text + " ");
    if !known.is_empty() {
        hint.push_str(&format!("authors: {}; ", list(known)));
    }
    hint.push_str("to add an author: presswork new author \"Full Name\"");
    Failure::new(format!("no author `{id}` in content/authors/")).hint(hint)
}

/// The ids of all authors: their files' paths in `content/authors/`, without `.md`.
pub(in crate::cli) fn author_ids(root: &Path) -> Vec<String> {
    let folder = root.join(AUTHORS);
    let files = WalkDir::new(&folder).min_depth(1).sort_by_file_name().into_iter();
    files
        .filter_entry(|entry| !is_hidden(entry))
        .flatten()
        .filter(|entry| entry.file_type().is_file())
        .filter_map(|entry| relative(&folder, entry.path())?.strip_suffix(".md").map(str::to_owned))
        .collect()
}

fn relative(folder: &Path, path: &Path) -> Option<String> {
    let parts: Option<Vec<&str>> = path.strip_prefix(folder).ok()?.iter().map(|part| part.to_str()).collect();
    Some(composed(&parts?.join("/")).into_owned())
}

fn list(names: &[String]) -> String {
    let listed = names.iter().take(LISTED).map(String::as_str).collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(LISTED) {
        0 => listed,
        more => format!("{listed} and {more} more"),
    }
}

/// Refuses a path that passes through a symbolic link, which may lead anywhere and which the build would not follow.
pub(super) fn refuse_links(root: &Path, relative: &str) -> Result<(), Failure> {
    let mut path = root.to_path_buf();
    for part in relative.split('/') {
        path.push(part);
        match fs::symlink_metadata(&path) {
            Ok(metadata) if metadata.is_symlink() => {
                let why = format!("{} is a symbolic link", shown(&path));
                return Err(Failure::new(why).hint("Presswork does not follow symbolic links; use a folder"));
            }
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(Failure::file("read", &path, &error)),
            _ => {}
        }
    }
    Ok(())
}
