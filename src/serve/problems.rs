//! What is wrong, as the preview shows it: each problem with its place, the line that is meant and the way to an editor.

use std::collections::BTreeMap;
use std::path::{Component, Path};

use serde::Serialize;

use crate::diagnostic::{Diagnostic, Severity};
use crate::source::on_disk;
use crate::source_snippet::SnippetReader;

use super::editor::Editor;

/// So many problems are shown; nobody reads more.
const MOST: usize = 50;

/// One problem.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// `error` or `warning`.
    pub severity: &'static str,
    /// Its code.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// The file, relative to the project's folder.
    pub path: String,
    /// Its line, from 1.
    pub line: Option<usize>,
    /// The column in characters, from 1.
    pub column: Option<usize>,
    /// What to do about it.
    pub hint: Option<String>,
    /// The line.
    pub snippet: Option<Line>,
    /// Opens the file in the editor.
    pub editor: Option<String>,
    /// Other places.
    pub related: Vec<String>,
}

/// A line, in three parts: before what is meant, that, and behind it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// What stands before it.
    pub before: String,
    /// What is meant; empty when the whole line is.
    pub meant: String,
    /// What stands behind it.
    pub behind: String,
}

/// Problems, and how many there are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Problems {
    /// The first of them.
    pub shown: Vec<Problem>,
    /// How many more there are.
    pub more: usize,
    /// In how many files.
    pub files: usize,
}

/// Makes problems of diagnostics, which come in order.
pub struct Reporter<'a> {
    /// The project's folder.
    pub root: &'a Path,
    /// What opens files.
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
                Some(Line { before: snippet.before, meant: snippet.meant, behind: snippet.after })
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

    /// What opens a file of the project.
    pub fn link(&self, path: &str, line: Option<usize>, column: Option<usize>) -> Option<String> {
        let file = on_disk(self.root, below(path)?);
        self.editor.filter(|_| file.is_file()).map(|editor| editor.link(&file, line, column))
    }

    fn source(&self, path: &str) -> Option<SnippetReader> {
        SnippetReader::read(&on_disk(self.root, below(path)?))
    }
}

/// A path that stays in the project's folder.
fn below(path: &str) -> Option<&str> {
    let is_below = Path::new(path).components().all(|part| matches!(part, Component::Normal(_)));
    (!path.is_empty() && is_below).then_some(path)
}
