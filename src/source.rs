//! Discovers the project's source files, with their kinds and stamps, without opening any.

mod patterns;
mod unwanted;

use std::borrow::Cow;
use std::fs::Metadata;
use std::path::{Path, PathBuf};

use borsh::{BorshDeserialize, BorshSerialize};
use rayon::prelude::*;
use unicode_normalization::UnicodeNormalization;
use walkdir::WalkDir;

use crate::content_path::{
    AUTHORS, COMMENTS, COMMENTS_FOLDER, CONTENT, PAGES, STATIC, below_content, in_content, is_comments,
};
use crate::diagnostic::{Code, Diagnostic, Reported};
use crate::unicode::composed;

pub use patterns::PublishPattern;
pub use unwanted::{Unwanted, unwanted};

/// The kind of a file, determined by its location.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SourceKind {
    /// `name.md` or `name/index.md` in a section.
    Article,
    /// `_index.md` of a section or the front page.
    Section,
    /// `authors/<id>.md`.
    Author,
    /// `pages/**.md`.
    Page,
    /// `comments/**.yaml` beside `content/`, or `comments.yaml` or `comments.fr.yaml` in a story's folder.
    Comments,
    /// Anything below `static/`, copied unchanged.
    Static,
    /// An image or other file beside the text that uses it.
    Asset,
}

impl SourceKind {
    /// True if the file is copied unchanged.
    pub fn is_copied(self) -> bool {
        matches!(self, SourceKind::Static | SourceKind::Asset)
    }
}

/// The size and times of a file. While they stay the same, the file isn't opened again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Stamp {
    /// Length in bytes.
    pub size: u64,
    /// The time of the last change to its bytes, in nanoseconds since 1970.
    pub modified: i64,
    /// The time of the last change to its bytes or metadata, in nanoseconds since 1970; 0 if the system
    /// doesn't report it.
    pub changed: i64,
}

impl Stamp {
    /// The stamp of a file.
    pub fn of(metadata: &Metadata) -> Stamp {
        let (modified, changed) = times(metadata);
        Stamp { size: metadata.len(), modified, changed }
    }

    /// The stamp without the metadata time, which changes when a file is moved.
    #[must_use]
    pub fn of_bytes(self) -> Stamp {
        Stamp { changed: 0, ..self }
    }

    /// True if the file last changed before `instant`, in nanoseconds since 1970. A later change could
    /// be followed by another within the same tick of the file system's clock, with the same stamp.
    pub fn is_before(&self, instant: i64) -> bool {
        self.modified.max(self.changed) < instant
    }
}

#[cfg(unix)]
fn times(metadata: &Metadata) -> (i64, i64) {
    use std::os::unix::fs::MetadataExt;
    (nanoseconds(metadata.mtime(), metadata.mtime_nsec()), nanoseconds(metadata.ctime(), metadata.ctime_nsec()))
}

#[cfg(unix)]
fn nanoseconds(seconds: i64, rest: i64) -> i64 {
    seconds.saturating_mul(1_000_000_000).saturating_add(rest)
}

#[cfg(not(unix))]
fn times(metadata: &Metadata) -> (i64, i64) {
    let since_1970 = metadata.modified().ok().and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
    (since_1970.and_then(|time| i64::try_from(time.as_nanos()).ok()).unwrap_or_default(), 0)
}

/// An open folder for looking up many files, so that its path is resolved only once.
#[derive(Debug)]
pub struct OpenFolder {
    path: PathBuf,
    #[cfg(unix)]
    open: Option<std::fs::File>,
}

impl OpenFolder {
    /// Opens a folder, which may be missing.
    pub fn open(path: &Path) -> OpenFolder {
        OpenFolder {
            path: path.to_owned(),
            #[cfg(unix)]
            open: std::fs::File::open(path).ok(),
        }
    }

    /// The stamp of a file in it; `None` if there is none. A symbolic link is not a file.
    pub fn stamp(&self, file: &str) -> Option<Stamp> {
        #[cfg(unix)]
        if let Some(open) = &self.open {
            return stamp_at(open, file);
        }
        let metadata = std::fs::symlink_metadata(self.path.join(file)).ok().filter(Metadata::is_file)?;
        Some(Stamp::of(&metadata))
    }
}

#[cfg(unix)]
fn stamp_at(folder: &std::fs::File, file: &str) -> Option<Stamp> {
    use rustix::fs::{AtFlags, FileType, statat};
    let found = statat(folder, file, AtFlags::SYMLINK_NOFOLLOW).ok()?;
    // The types of these fields differ between systems.
    #[allow(clippy::useless_conversion, clippy::unnecessary_fallible_conversions, reason = "not on every system")]
    let time = |seconds, rest| Some(nanoseconds(i64::try_from(seconds).ok()?, i64::try_from(rest).ok()?));
    (FileType::from_raw_mode(found.st_mode) == FileType::RegularFile).then_some(Stamp {
        size: u64::try_from(found.st_size).ok()?,
        modified: time(found.st_mtime, found.st_mtime_nsec)?,
        changed: time(found.st_ctime, found.st_ctime_nsec)?,
    })
}

/// One file of the project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// Its path relative to the project folder, with `/` separators: `content/world/vote.md`. It is in
    /// Unicode normalization form C, whatever the file system uses; [`on_disk`] finds the file.
    pub path: String,
    /// Its kind.
    pub kind: SourceKind,
    /// Its stamp; `None` if the file system reports an error.
    pub stamp: Option<Stamp>,
}

/// All files of the project, sorted by path.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// The files.
    pub files: Vec<SourceFile>,
    /// Files and folders in `content/static/` that are never published because they contain secrets.
    pub secrets: Vec<String>,
}

impl Sources {
    /// The place of a file, by its path.
    pub fn place(&self, path: &str) -> Option<usize> {
        self.files.binary_search_by(|file| file.path.as_str().cmp(path)).ok()
    }
}

/// Walks `content/` and `comments/` below `root`. Symbolic links are not followed. Hidden files are skipped, but in
/// `content/static/` only those with secrets, since files such as `.well-known` belong there.
pub fn discover(root: &Path) -> Reported<Sources> {
    let refused = |diagnostics| Reported { value: Sources::default(), diagnostics: not_a_folder(diagnostics) };
    match std::fs::symlink_metadata(root.join(CONTENT)) {
        Ok(metadata) if metadata.is_symlink() => return refused(vec![symlink(CONTENT.to_owned())]),
        Ok(metadata) if !metadata.is_dir() => return refused(Vec::new()),
        // Walking reports missing and unreadable folders.
        _ => {}
    }
    let comments = root.join(COMMENTS_FOLDER);
    let has_comments = comments.symlink_metadata().is_ok();
    let walks = std::iter::once(root.join(CONTENT)).chain(has_comments.then_some(comments));
    let mut found = walk_files(root, walks.map(|folder| WalkDir::new(folder).min_depth(1)));
    found.diagnostics.extend(["static", "authors", "pages"].into_iter().filter_map(|name| misplaced(root, name)));
    found
}

/// Reports a folder that other generators have beside `content/`, and Presswork in it. With both, the outer one is
/// probably meant for something else.
fn misplaced(root: &Path, name: &str) -> Option<Diagnostic> {
    let right = in_content(name);
    let is_there = root.join(name).is_dir() && !root.join(&right).exists();
    is_there.then(|| {
        Diagnostic::new(Code::MisplacedFolder, name, format!("nothing in `{name}/` is published"))
            .hint(format!("move the folder to `{right}/`"))
    })
}

/// Finds the files at a path in `content/`: the file, or all files of the folder, as [`discover`] would.
/// Returns none for a missing or skipped path.
pub fn discover_at(root: &Path, path: &str) -> Reported<Sources> {
    if path == CONTENT {
        return discover(root);
    }
    let is_walked = |folder: &str| {
        let metadata = on_disk(root, folder).symlink_metadata();
        metadata.is_ok_and(|metadata| metadata.is_dir()) && !is_ignored(folder, true)
    };
    let is_below = below_content(path).is_some() || is_in_comments(path);
    let is_there = || on_disk(root, path).symlink_metadata().is_ok();
    if !is_below || !is_there() || !crate::route::folders(path).all(is_walked) {
        return Reported::clean(Sources::default());
    }
    walk_files(root, [WalkDir::new(on_disk(root, path))])
}

fn walk_files(root: &Path, walks: impl IntoIterator<Item = WalkDir>) -> Reported<Sources> {
    let mut found: Vec<FoundFile> = Vec::new();
    let mut diagnostics = Vec::new();
    let mut secrets = Vec::new();
    for walk in walks {
        let mut walk = walk.follow_links(false).into_iter();
        while let Some(entry) = walk.next() {
            let Ok(entry) = entry.map_err(|error| diagnostics.push(unreadable(&error, root))) else { continue };
            let (kind, path) = (entry.file_type(), relative(entry.path(), root));
            let shown = path.as_deref().map_or_else(|_| Cow::Owned(shown(entry.path(), root)), Cow::Borrowed);
            if is_ignored(&shown, kind.is_dir()) {
                if is_in_static(&shown) && unwanted::is_secret(&entry.file_name().to_string_lossy()) {
                    secrets.push(shown.into_owned());
                }
                if kind.is_dir() {
                    walk.skip_current_dir();
                }
                continue;
            }
            match path {
                _ if kind.is_dir() => {}
                Ok(path) if kind.is_symlink() => diagnostics.push(symlink(path)),
                Ok(path) if kind.is_file() && is_misnamed(&path) => diagnostics.push(misnamed(path)),
                // Notes to colleagues may be there too.
                Ok(path) if is_in_comments(&path) && !is_comments(&path) => {}
                Ok(path) if kind.is_file() => found.push(FoundFile::new(path)),
                Ok(path) => diagnostics.push(special(path)),
                Err(diagnostic) => diagnostics.push(diagnostic),
            }
        }
    }
    found.par_sort_unstable_by(|a, b| (&a.file.path, &a.on_disk).cmp(&(&b.file.path, &b.on_disk)));
    found.dedup_by(|second, first| {
        let is_same = second.file.path == first.file.path;
        if is_same {
            diagnostics.push(alike(&first.file.path));
        }
        is_same
    });
    let folder = OpenFolder::open(root);
    found.par_iter_mut().for_each(|FoundFile { file, on_disk }| {
        file.stamp = folder.stamp(on_disk.as_deref().unwrap_or(&file.path));
    });
    let files = found.into_iter().map(|found| found.file).collect();
    secrets.sort_unstable();
    Reported { value: Sources { files, secrets }, diagnostics }
}

/// A file found by the walk.
struct FoundFile {
    file: SourceFile,
    /// Its path on disk, if that is in another normalization form.
    on_disk: Option<String>,
}

impl FoundFile {
    fn new(on_disk: String) -> FoundFile {
        let (path, on_disk) = match composed(&on_disk) {
            Cow::Borrowed(_) => (on_disk, None),
            Cow::Owned(path) => (path, Some(on_disk)),
        };
        FoundFile { file: SourceFile { kind: kind(&path), path, stamp: None }, on_disk }
    }
}

/// The error for two files whose names look the same.
fn alike(path: &str) -> Diagnostic {
    Diagnostic::new(Code::BadFileName, path, "two files have this name, in different forms of Unicode")
        .hint("their names look the same; compare the files and remove or rename one")
}

/// The location of a source on disk: `path` is relative to `root` and in Unicode normalization form C,
/// but the file system may use another form. Archives packed on a Mac use form D.
pub fn on_disk(root: &Path, path: &str) -> PathBuf {
    let as_given = root.join(path);
    if path.is_ascii() || as_given.symlink_metadata().is_ok() {
        return as_given;
    }
    let decomposed = root.join(path.nfd().collect::<String>());
    if decomposed.symlink_metadata().is_ok() {
        return decomposed;
    }
    // Paths of the command line may be absolute, and in any form.
    let path = composed(path);
    let parts: Vec<&str> = path.split('/').collect();
    let start = if path.starts_with('/') { Path::new("/") } else { root };
    find(start, &parts).unwrap_or(as_given)
}

/// Finds a path whose folders and file may each be in a different form.
fn find(folder: &Path, parts: &[&str]) -> Option<PathBuf> {
    let Some((name, rest)) = parts.split_first() else { return Some(folder.to_owned()) };
    if matches!(*name, "" | "." | "..") {
        return find(&if *name == ".." { folder.join(name) } else { folder.to_owned() }, rest);
    }
    // Most folders are in ASCII, and those above a project may not be readable.
    let named = folder.join(name);
    if name.is_ascii() {
        return named.symlink_metadata().ok().and_then(|_| find(&named, rest));
    }
    let is_named =
        |path: &Path| path.file_name().and_then(|found| found.to_str()).is_some_and(|it| composed(it) == *name);
    let entries = std::fs::read_dir(folder).ok()?.flatten().map(|entry| entry.path());
    let mut named: Vec<PathBuf> = entries.filter(|path| is_named(path)).collect();
    named.sort_unstable();
    named.iter().find_map(|path| find(path, rest))
}

/// True if a file or folder is ignored, by its path below the project folder: operating system files,
/// secrets, and outside `content/static/` everything hidden.
fn is_ignored(path: &str, is_folder: bool) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let is_hidden = name.starts_with('.') && (!is_in_static(path) || unwanted::is_secret(name));
    is_hidden || unwanted::is_system_file(name) || (is_folder && name.ends_with('~'))
}

fn is_in_static(path: &str) -> bool {
    path.starts_with(STATIC)
}

/// True for the folder of comments beside the content folder, and for paths in it.
fn is_in_comments(path: &str) -> bool {
    path == COMMENTS_FOLDER || path.starts_with(COMMENTS)
}

fn shown(path: &Path, root: &Path) -> String {
    path.strip_prefix(root).unwrap_or(path).to_string_lossy().replace('\\', "/")
}

fn relative(path: &Path, root: &Path) -> Result<String, Diagnostic> {
    let below = path.strip_prefix(root).unwrap_or(path);
    let parts: Option<Vec<&str>> = below.components().map(|part| part.as_os_str().to_str()).collect();
    parts.map(|parts| parts.join("/")).ok_or_else(|| {
        let shown = shown(path, root);
        Diagnostic::new(Code::BadFileName, shown, "the file's name is not valid UTF-8").hint("rename the file")
    })
}

fn symlink(path: String) -> Diagnostic {
    Diagnostic::new(Code::SymlinkIgnored, path, "symbolic links are not followed")
        .hint("copy the file here instead; a link could publish files from outside the project")
}

/// A Markdown file with another extension would be published unchanged, including front matter and
/// drafts. A file of comments with another extension would be left out.
fn is_misnamed(path: &str) -> bool {
    let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension);
    let is_markdown = ["md", "markdown", "mdown", "mkd"].iter().any(|known| known.eq_ignore_ascii_case(extension));
    let is_yaml = ["yaml", "yml"].iter().any(|known| known.eq_ignore_ascii_case(extension));
    let is_list = is_in_comments(path) && is_yaml && extension != "yaml";
    is_markdown && extension != "md" && !path.starts_with(STATIC) && !is_in_comments(path) || is_list
}

fn misnamed(path: String) -> Diagnostic {
    if is_in_comments(&path) {
        return Diagnostic::new(Code::BadFileName, path, "a file of comments must end in `.yaml`").hint("rename it");
    }
    let message = "a Markdown file must end in `.md` here";
    Diagnostic::new(Code::BadFileName, path, message)
        .hint("rename it, or move it into content/static/ to publish it as it is")
}

fn not_a_folder(mut diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    diagnostics.push(
        Diagnostic::new(Code::UnreadableFile, CONTENT, "it is not a folder").hint("articles go in the folder content/"),
    );
    diagnostics
}

fn special(path: String) -> Diagnostic {
    Diagnostic::new(Code::UnreadableFile, path, "it is neither a file nor a folder")
}

fn unreadable(error: &walkdir::Error, root: &Path) -> Diagnostic {
    let path = error.path().map_or_else(|| CONTENT.to_owned(), |path| shown(path, root));
    let why = error.io_error().map_or_else(|| error.to_string(), ToString::to_string);
    let diagnostic = Diagnostic::new(Code::UnreadableFile, path.clone(), format!("it cannot be read: {why}"));
    if path == CONTENT {
        diagnostic.hint("articles are in content/; run the build in the project folder")
    } else {
        diagnostic
    }
}

fn kind(path: &str) -> SourceKind {
    let below = below_content(path).unwrap_or(path);
    let name = below.rsplit('/').next().unwrap_or(below);
    if path.starts_with(STATIC) {
        SourceKind::Static
    } else if is_comments(path) {
        SourceKind::Comments
    } else if !name.ends_with(".md") || unwanted::is_conflict_copy(name) {
        SourceKind::Asset
    } else if path.starts_with(AUTHORS) {
        SourceKind::Author
    } else if path.starts_with(PAGES) {
        SourceKind::Page
    } else if name == "_index.md" || name.starts_with("_index.") {
        SourceKind::Section
    } else {
        SourceKind::Article
    }
}

/// Hashes a path for tables in memory; not stable between versions.
pub fn hash(path: &str) -> u64 {
    xxhash_rust::xxh3::xxh3_64(path.as_bytes())
}

/// Resolves a reference in a source: relative to the file's folder, or to `content/` with a leading
/// slash. `None` if it points outside `content/`.
pub fn resolve(from: &str, reference: &str) -> Option<String> {
    let is_rooted = reference.starts_with('/');
    let below = if is_rooted { "" } else { below_content(from).unwrap_or("") };
    let folder = below.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut path = String::with_capacity(CONTENT.len() + 1 + folder.len() + 1 + reference.len());
    path.push_str(CONTENT);
    walk(&mut path, folder)?;
    walk(&mut path, reference)?;
    if path.len() == CONTENT.len() {
        path.push('/');
    }
    Some(path)
}

/// Joins a folder and a relative reference. `None` if it points outside the folder's root.
pub fn join(folder: &str, reference: &str) -> Option<String> {
    let mut path = String::with_capacity(1 + folder.len() + 1 + reference.len());
    walk(&mut path, folder)?;
    walk(&mut path, reference)?;
    Some(path.split_off(path.len().min(1)))
}

/// Appends the parts of a reference to a path, each with a leading slash. `None` if it goes above the
/// path's root, which has no slash.
fn walk(path: &mut String, reference: &str) -> Option<()> {
    for part in reference.as_bytes().split(|&byte| byte == b'/') {
        match part {
            b"" | b"." => {}
            b".." => path.truncate(path.rfind('/')?),
            part => {
                path.push('/');
                path.push_str(std::str::from_utf8(part).ok()?);
            }
        }
    }
    Some(())
}
