//! Brings readers' comments from WordPress, Disqus and Isso into the files of a project.
//!
//! Only approved comments come in, each under an id that is the same every time, so that running it again adds only new
//! ones. E-mail and IP addresses are never read into memory beyond the export itself.

mod addresses;
#[cfg(feature = "import")]
mod disqus;
mod isso;
mod merge;
#[cfg(feature = "comment-server")]
mod server;
#[cfg(feature = "import")]
mod wordpress;

use std::fmt;

use jiff::Timestamp;

#[cfg(feature = "import")]
pub use disqus::disqus;
pub use isso::isso_rows;
pub use merge::{CannotMerge, ChangedFile, Merged, NotMerged, merge};
#[cfg(feature = "comment-server")]
pub use server::isso_server;
#[cfg(feature = "import")]
pub use wordpress::wordpress;

/// The comments of an export.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Export {
    /// The approved comments, in the order of the export.
    pub comments: Vec<ExportedComment>,
    /// The number of comments that were left out: unapproved, spam, deleted, pingbacks, and those without text.
    pub left_out: usize,
}

/// An approved comment of an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportedComment {
    /// The URLs and ids of its page in the old system, the likeliest first.
    pub pages: Vec<String>,
    /// Its id here: the system and its number there, such as `wp-1204`.
    pub id: String,
    /// The id of the comment that it replies to.
    pub parent: Option<String>,
    /// The name of the writer.
    pub name: String,
    /// The writer's own site.
    pub url: Option<String>,
    /// The instant at which it was written.
    pub date: Timestamp,
    /// The text as Markdown.
    pub text: String,
    /// The name of the member of the newsroom who wrote it, as the export's list of users has it.
    pub staff: Option<String>,
}

/// The reason why an export cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadExport {
    /// One sentence without a full stop.
    pub message: String,
    /// The line, from 1, if it is known.
    pub line: Option<usize>,
}

impl BadExport {
    fn new(message: impl Into<String>) -> BadExport {
        BadExport { message: message.into(), line: None }
    }
}

impl fmt::Display for BadExport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "line {line}: {}", self.message),
            None => f.write_str(&self.message),
        }
    }
}

#[cfg(feature = "import")]
impl From<crate::import::ImportError> for BadExport {
    fn from(error: crate::import::ImportError) -> BadExport {
        BadExport { message: error.message, line: error.line }
    }
}

#[cfg(all(test, feature = "import"))]
mod tests;
