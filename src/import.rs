//! Imports the archive of another system as a Presswork project, and accounts for every item and every old URL.
//!
//! ```text
//! source ─► survey ─► layout ─► items ─► writer ─► staging ─► verify
//!           facts     file and  texts,   front     moves      builds, looks up
//!           of all    URL of    one by   matter,   all files  every old URL
//!           items     each      one      links     at once
//! ```
//!
//! - A system is an [`ArchiveSource`]: it gives a [`Survey`] of what there is, without texts, and then the items in
//!   batches, so that an archive need not fit into memory. Systems of text files are a `Dialect` of
//!   `files::TextArchive`.
//! - `layout` decides each file and URL from the survey alone: `patterns` finds the permalink patterns that keep the
//!   most addresses, a story that fits none has `url`, everything else is an alias or an entry of `redirects.yaml`. No
//!   name leaves the project's folder: names are made by `names::safe_name`, files checked by `Route::file`.
//! - Sources leave links as they were. `links` rewrites them, by old URL, by path in the source and by absolute URL.
//! - `staging` writes new and changed files into a hidden folder and moves them when all are written.
//!   `import-state.json` has the hash of each file as an import wrote it, so that the next one knows what was edited
//!   here.
//! - `verify` renders the whole project without publishing it. Errors of texts go into `known-errors.yaml`
//!   (`config::KnownErrors`), which builds and the preview take out of their diagnostics; the plan answers for old
//!   URLs.
//! - `old_pages` compares each story with its page in the built old site. With `check`, the writer measures the files
//!   as they are in the project and `staging` writes nothing but the reports.
//! - HTML is read by `import::html` where it becomes Markdown and by `markdown::html_text` where only its words count;
//!   XML by `import::xml_stream`.
//! - Another system is a `Source` or a `Dialect`, a variant of `System`, a chapter of `docs/MOVING.md` and a folder in
//!   `tests/imports/` or `tests/exports/`.
//! - Nothing is lost silently: what isn't converted exactly is an `ImportNote` with its place.

pub mod model;
pub mod dates;
pub mod notes;
pub mod options;
mod names;
mod patterns;
pub mod layout;
pub mod links;
mod yaml_text;
mod front;
mod site_file;
mod redirects;
mod state;
mod bodies;
mod comment_file;
mod terms;
pub mod words;
pub mod report;
mod staging;
mod text_file;
pub(crate) mod xml_stream;
mod old_site;
mod parity;
mod page;
mod project_text;
mod old_pages;
mod verify;
mod fetch;
mod writer;
pub mod html;
pub mod files;
mod hugo;
mod jekyll;
mod zola;
mod eleventy;
mod plain;
pub mod ghost;
pub mod wordpress;
mod run;

use std::fmt;

use layout::ImportLayout;
use model::{SourceItem, Survey};
use notes::Notes;

pub use options::{ImportOptions, System};
pub use run::{Imported, run};

/// An archive of another system.
///
/// Both functions must give the same for the same input, whatever the order of directory entries and the number of
/// threads.
pub trait ArchiveSource {
    /// Reads what there is: the site, its sections, people, terms and media, and of each item the facts that decide its
    /// file and URL, but not its text.
    ///
    /// # Errors
    /// If the archive as a whole can't be read. A single item that can't be read is an item with the state
    /// [`SourceState::Skipped`](model::SourceState::Skipped).
    fn survey(&mut self, notes: &mut Notes) -> Result<Survey, ImportError>;

    /// Passes every item that the survey doesn't skip to `sink`, in the survey's order, in batches of any size. Links in
    /// bodies may stay as the old site had them: the writer rewrites them.
    ///
    /// # Errors
    /// Those of the sink, and those of reading the archive.
    fn items(&mut self, layout: &ImportLayout, notes: &mut Notes, sink: &mut dyn ItemSink) -> Result<(), ImportError>;
}

/// The receiver of items: it writes them.
pub trait ItemSink {
    /// Takes a batch. Larger batches are written by more threads; a few hundred items are enough.
    ///
    /// # Errors
    /// If a file can't be written.
    fn put(&mut self, items: Vec<SourceItem>) -> Result<(), ImportError>;
}

/// The reason that an import stops: the archive can't be read, or the project can't be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportError {
    /// One sentence without a full stop.
    pub message: String,
    /// The file, if the error is in one.
    pub path: Option<String>,
    /// The line in the file, from 1.
    pub line: Option<usize>,
    /// The column in characters, from 1.
    pub column: Option<usize>,
    /// The fix.
    pub hint: Option<String>,
}

impl ImportError {
    /// An error without a place.
    pub fn new(message: impl Into<String>) -> ImportError {
        ImportError { message: message.into(), path: None, line: None, column: None, hint: None }
    }

    /// A failed operation on a file or folder, with the system's reason.
    pub fn file(verb: &str, path: &std::path::Path, error: &std::io::Error) -> ImportError {
        ImportError::new(format!("cannot {verb} {}: {error}", path.display()))
    }

    /// Sets the place.
    #[must_use]
    pub fn at(mut self, path: impl Into<String>, line: Option<usize>, column: Option<usize>) -> ImportError {
        (self.path, self.line, self.column) = (Some(path.into()), line, column);
        self
    }

    /// Sets the hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> ImportError {
        self.hint = Some(hint.into());
        self
    }
}

impl fmt::Display for ImportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(path) = &self.path {
            write!(f, "{path}:")?;
            for number in [self.line, self.column].into_iter().flatten() {
                write!(f, "{number}:")?;
            }
            write!(f, " ")?;
        }
        f.write_str(&self.message)
    }
}
