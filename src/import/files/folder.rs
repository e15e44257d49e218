//! The files of a source folder.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use crate::import::ImportError;
use crate::import::notes::{ImportNoteKind, Notes};
use crate::import::options::System;
use crate::unicode::composed;

/// Folders at the top that hold no source: tools, caches, themes, built sites.
fn skipped(system: System) -> &'static [&'static str] {
    match system {
        System::Hugo => &["public", "resources", "themes", "vendor", "_vendor", "bower_components", "target"],
        System::Zola => &["public", "themes", "target"],
        System::Jekyll => &["_site", "vendor", "bower_components"],
        // The folder of the built site is named in the configuration.
        System::Eleventy => &["_site", "bower_components"],
        _ => &["vendor", "bower_components", "_site", "public", "resources", "themes", "target"],
    }
}

/// The largest text file: larger ones are data, not articles.
const MAX_TEXT: u64 = 32 * 1024 * 1024;

/// A source folder with its files.
#[derive(Debug, Clone)]
pub struct Folder {
    /// The folder.
    pub root: PathBuf,
    /// Its files, sorted by path.
    pub files: Vec<FolderFile>,
}

/// A file in a source folder.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FolderFile {
    /// Its path relative to the folder, with `/` separators, in Unicode normalization form C.
    pub path: String,
    /// Its location.
    pub on_disk: PathBuf,
}

impl FolderFile {
    /// Its extension in lower case.
    pub fn extension(&self) -> String {
        let name = self.path.rsplit('/').next().unwrap_or(&self.path);
        name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase()).unwrap_or_default()
    }

    /// True for Markdown.
    pub fn is_markdown(&self) -> bool {
        matches!(self.extension().as_str(), "md" | "markdown" | "mdown" | "mkd" | "mdx")
    }

    /// True if it begins with these bytes; false if it can't be read.
    pub fn starts_with(&self, bytes: &[u8]) -> bool {
        let mut start = Vec::with_capacity(bytes.len());
        let file = fs::File::open(&self.on_disk);
        let read = file.and_then(|file| file.take(bytes.len() as u64).read_to_end(&mut start));
        read.is_ok() && start == bytes
    }

    /// Reads it as text. Bytes that are no UTF-8 are read as Windows-1252, which old archives have, and noted.
    ///
    /// # Errors
    /// If it can't be read, or is larger than any article.
    pub fn text(&self, notes: &mut Notes) -> Result<String, ImportError> {
        let metadata = fs::metadata(&self.on_disk).map_err(|error| ImportError::file("read", &self.on_disk, &error))?;
        if metadata.len() > MAX_TEXT {
            let message = format!("it is larger than {} MiB", MAX_TEXT / 1024 / 1024);
            return Err(ImportError::new(message).at(&self.path, None, None));
        }
        let bytes = fs::read(&self.on_disk).map_err(|error| ImportError::file("read", &self.on_disk, &error))?;
        match String::from_utf8(bytes) {
            Ok(text) => Ok(text),
            Err(error) => {
                notes.add(
                    ImportNoteKind::Guessed,
                    "encoding",
                    &self.path,
                    "it is not UTF-8; it was read as Windows-1252",
                );
                let decode = |byte: u8| {
                    let letter = char::from(byte);
                    crate::control_characters::from_windows_1252(letter).unwrap_or(letter)
                };
                Ok(error.into_bytes().into_iter().map(decode).collect())
            }
        }
    }
}

impl Folder {
    /// Lists a folder. Hidden files, symbolic links, tools and built sites are left out, and so is `except`, the
    /// project's own folder.
    ///
    /// # Errors
    /// If it can't be read.
    pub fn open(root: &Path, except: &Path, system: System) -> Result<Folder, ImportError> {
        if !root.is_dir() {
            let hint = "pass the folder of the site";
            return Err(ImportError::new(format!("there is no folder {}", root.display())).hint(hint));
        }
        let except = fs::canonicalize(except).ok();
        let mut files = Vec::new();
        let walk = WalkDir::new(root).follow_links(false).min_depth(1).into_iter().filter_entry(|entry| {
            let name = entry.file_name().to_string_lossy();
            let is_skipped = entry.file_type().is_dir()
                && ((entry.depth() == 1 && skipped(system).contains(&&*name)) || name == "node_modules");
            let is_hidden = name.starts_with('.') && name != ".well-known";
            let is_project = || except.is_some() && fs::canonicalize(entry.path()).ok() == except;
            let is_left_out = entry.file_type().is_dir() && is_project();
            !is_hidden && !is_skipped && !is_left_out
        });
        for entry in walk {
            let entry = entry.map_err(|error| {
                let path = error.path().map_or_else(|| root.to_owned(), Path::to_path_buf);
                ImportError::new(format!("cannot read {}: {error}", path.display()))
            })?;
            if !entry.file_type().is_file() {
                continue;
            }
            let below = entry.path().strip_prefix(root).unwrap_or(entry.path());
            let parts: Vec<String> = below.iter().map(|part| part.to_string_lossy().into_owned()).collect();
            files.push(FolderFile { path: composed(&parts.join("/")).into_owned(), on_disk: entry.into_path() });
        }
        files.sort_unstable();
        Ok(Folder { root: root.to_owned(), files })
    }

    /// The file at a path.
    pub fn file(&self, path: &str) -> Option<&FolderFile> {
        self.files.binary_search_by(|file| file.path.as_str().cmp(path)).ok().and_then(|at| self.files.get(at))
    }

    /// The files below a folder; the path ends with a slash.
    pub fn below<'f>(&'f self, folder: &'f str) -> impl Iterator<Item = &'f FolderFile> {
        self.files.iter().filter(move |file| file.path.starts_with(folder))
    }
}
