//! Diagnostics as the preview shows them: each with its place, the offending line and a link to the editor.

use std::collections::BTreeMap;
use std::path::{Component, Path};

use serde::Serialize;

use crate::diagnostic::{Diagnostic, Severity};
use crate::source::on_disk;
use crate::source_snippet::SnippetReader;

use super::editor::Editor;

/// The most problems that are shown; nobody reads more.
const MOST: usize = 50;

/// One problem.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// `error` or `warning`.
    pub severity: &'static str,
    /// The diagnostic's code.
    pub code: &'static str,
    /// The message.
    pub message: String,
    /// The file, relative to the project's folder.
    pub path: String,
    /// The line, from 1.
    pub line: Option<usize>,
    /// The column in characters, from 1.
    pub column: Option<usize>,
    /// The hint for fixing it.
    pub hint: Option<String>,
    /// The text of the line.
    pub snippet: Option<ExcerptLine>,
    /// The link that opens the file in the editor.
    pub editor: Option<String>,
    /// Related places.
    pub related: Vec<String>,
}

/// An offending line in three parts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExcerptLine {
    /// The text before the offending part.
    pub before: String,
    /// The offending part; empty when it is the whole line.
    pub meant: String,
    /// The text after the offending part.
    pub after: String,
}

/// The first problems and the number of the others.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Problems {
    /// The first problems.
    pub shown: Vec<Problem>,
    /// The number of others.
    pub more: usize,
    /// The number of files with problems.
    pub files: usize,
}

/// Turns diagnostics, in order, into problems.
pub struct Reporter<'a> {
    /// The project's folder.
    pub root: &'a Path,
    /// The editor for links.
    pub editor: Option<&'a Editor>,
}

impl Reporter<'_> {
    /// The errors among diagnostics.
    pub fn errors(&self, diagnostics: &[Diagnostic]) -> Problems {
        let errors: Vec<&Diagnostic> = diagnostics.iter().filter(|found| found.severity == Severity::Error).collect();
        let files: std::collections::BTreeSet<&str> = errors.iter().map(|found| found.path.as_str()).collect();
        let shown = self.problems(errors.iter().copied().take(MOST));
        Problems { more: errors.len() - shown.len(), files: files.len(), shown }
    }

    /// Problems with their lines.
    pub fn problems<'d>(&self, diagnostics: impl Iterator<Item = &'d Diagnostic>) -> Vec<Problem> {
        let mut sources: BTreeMap<&str, Option<SnippetReader>> = BTreeMap::new();
        let problem = |found: &'d Diagnostic| {
            let source = sources.entry(&found.path).or_insert_with(|| self.source(&found.path));
            let snippet = found.line.zip(source.as_mut()).and_then(|(line, source)| {
                let snippet = source.snippet(line, found.column, found.length)?;
                Some(ExcerptLine { before: snippet.before, meant: snippet.meant, after: snippet.after })
            });
            let place = |path: &str, line: Option<usize>| line.map_or(path.to_owned(), |line| format!("{path}:{line}"));
            Problem {
                severity: found.severity.as_str(),
                code: found.code.as_str(),
                message: found.message.clone(),
                path: found.path.clone(),
                line: found.line,
                column: found.column,
                hint: found.hint.clone(),
                snippet,
                editor: self.link(&found.path, found.line, found.column),
                related: found
                    .related
                    .iter()
                    .map(|related| format!("{} {}", related.message, place(&related.path, related.line)))
                    .collect(),
            }
        };
        diagnostics.map(problem).collect()
    }

    /// The link that opens a file of the project in the editor.
    pub fn link(&self, path: &str, line: Option<usize>, column: Option<usize>) -> Option<String> {
        let file = on_disk(self.root, below(path)?);
        self.editor.filter(|_| file.is_file()).map(|editor| editor.link(&file, line, column))
    }

    fn source(&self, path: &str) -> Option<SnippetReader> {
        SnippetReader::read(&on_disk(self.root, below(path)?))
    }
}

/// The path, if it stays in the project's folder.
fn below(path: &str) -> Option<&str> {
    let is_below = Path::new(path).components().all(|part| matches!(part, Component::Normal(_)));
    (!path.is_empty() && is_below).then_some(path)
}
