//! Notes on what an import has dropped, converted with loss, guessed or merged, each with its place.

use serde::Serialize;

/// The treatment of a thing that has no exact equivalent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ImportNoteKind {
    /// It isn't in the project.
    Dropped,
    /// It is in the project, and something of it is lost.
    Converted,
    /// The source doesn't say; this is the most likely.
    Guessed,
    /// Two things are one now.
    Merged,
    /// It has another name now.
    Renamed,
    /// The source names a file or a target that isn't there.
    Missing,
    /// It stays as it was written, although Presswork does nothing with it.
    Kept,
    /// It can't be read.
    Unreadable,
}

impl ImportNoteKind {
    /// The word for it in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            ImportNoteKind::Dropped => "dropped",
            ImportNoteKind::Converted => "converted",
            ImportNoteKind::Guessed => "guessed",
            ImportNoteKind::Merged => "merged",
            ImportNoteKind::Renamed => "renamed",
            ImportNoteKind::Missing => "missing",
            ImportNoteKind::Kept => "kept",
            ImportNoteKind::Unreadable => "unreadable",
        }
    }
}

/// One note.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct ImportNote {
    /// The treatment.
    pub kind: ImportNoteKind,
    /// The kind of thing, the same for all alike, so that they can be counted: "shortcode `donate`".
    pub what: String,
    /// The place in the source: a file, with a line if it is known.
    pub place: String,
    /// The exact thing, and the reason.
    pub detail: String,
}

/// The notes of an import.
#[derive(Debug, Clone, Default)]
pub struct Notes(Vec<ImportNote>);

impl Notes {
    /// Adds a note. `what` is the same for all alike, `detail` says what exactly.
    pub fn add(&mut self, kind: ImportNoteKind, what: impl Into<String>, place: &str, detail: impl Into<String>) {
        let detail = detail.into();
        let short: String = detail.chars().take(MAX_DETAIL).collect();
        let detail = if short.len() < detail.len() { short + "…" } else { detail };
        self.0.push(ImportNote { kind, what: what.into(), place: place.to_owned(), detail });
    }

    /// Adds the notes of a part that was read by another thread.
    pub fn extend(&mut self, others: Notes) {
        self.0.extend(others.0);
    }

    /// All notes, sorted by kind, thing and place.
    pub fn into_sorted(self) -> Vec<ImportNote> {
        let mut notes = self.0;
        notes.sort_unstable();
        notes.dedup();
        notes
    }
}

/// The longest detail, in characters: a whole frame need not be repeated.
const MAX_DETAIL: usize = 300;
