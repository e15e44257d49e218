//! `tolerate:` in `site.yaml`: errors that don't stop a build, by code, folder and date.

use jiff::Timestamp;
use serde::Deserialize;

use crate::content_path::{CONTENT, in_content};
use crate::date::{Moment, WrittenDate};
use crate::diagnostic::{Code, Diagnostic, Severity, did_you_mean};
use crate::lenient::{OneOrMany, TextOr};
use crate::unicode::composed;

use super::known_errors::{may_be_known, names_of_known};
use super::{Config, ConfigCheck, FoundErrors};

/// One entry of `tolerate:`, as the file writes it: a code, or a mapping.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenTolerance {
    #[serde(deserialize_with = "crate::lenient::required::text")]
    code: String,
    #[serde(default)]
    files: OneOrMany<String>,
    before: Option<WrittenDate>,
}

impl From<String> for WrittenTolerance {
    fn from(code: String) -> WrittenTolerance {
        WrittenTolerance { code, files: OneOrMany::default(), before: None }
    }
}

/// The entries as the file writes them.
pub(super) type WrittenTolerances = Vec<TextOr<WrittenTolerance>>;

/// Errors of one code that don't stop a build.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tolerance {
    /// The code.
    pub code: Code,
    /// The files and folders that may have such errors, below the project's folder: `content/archive`; all if empty.
    pub files: Vec<String>,
    /// The instant before which the file's story must have been published.
    pub before: Option<Moment>,
}

impl Tolerance {
    /// True if this error doesn't stop a build.
    fn covers(&self, error: &Diagnostic, published: impl Fn(&str) -> Option<Timestamp>) -> bool {
        let is_in = |file: &String| {
            error.path.strip_prefix(&**file).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        self.code == error.code
            && (self.files.is_empty() || self.files.iter().any(is_in))
            && self.before.is_none_or(|before| published(&error.path).is_some_and(|date| date < before.instant))
    }
}

impl Config {
    /// Takes the errors that don't stop a build out of a list, and notes them as found: those of `known-errors.yaml`, and
    /// those that `tolerate` names. `published` returns the date of a story by its source.
    pub fn settle(
        &self,
        diagnostics: &mut Vec<Diagnostic>,
        published: impl Fn(&str) -> Option<Timestamp>,
        found: &FoundErrors,
    ) {
        self.known_errors.settle(diagnostics, found);
        if self.tolerate.is_empty() {
            return;
        }
        diagnostics.retain(|error| {
            let is_tolerated = error.severity == Severity::Error
                && self.tolerate.iter().any(|tolerance| tolerance.covers(error, &published));
            if is_tolerated {
                found.tolerate(error.code);
            }
            !is_tolerated
        });
    }
}

impl ConfigCheck<'_> {
    /// Checks `tolerate:`.
    pub(super) fn tolerances(&mut self, written: WrittenTolerances, zone: &jiff::tz::TimeZone) -> Vec<Tolerance> {
        let checked = written.into_iter().filter_map(|TextOr(entry)| {
            let WrittenTolerance { code, files, before } = entry;
            let code = self.tolerated_code(&code);
            let files = files.0.iter().filter_map(|file| self.tolerated_files(file)).collect();
            let before = before.map(|date| self.moment("tolerate", &date, zone));
            Some(Tolerance { code: code?, files, before: before.unwrap_or_default() })
        });
        checked.collect()
    }

    fn tolerated_code(&mut self, written: &str) -> Option<Code> {
        let code = Code::ALL.iter().copied().find(|code| code.as_str() == written);
        let shown = written.escape_debug();
        let (message, hint) = match code {
            Some(code) if may_be_known(code) => return Some(code),
            Some(code) if code.severity() == Severity::Warning => {
                (format!("`{shown}` is a warning"), "remove it: warnings don't stop a build".to_owned())
            }
            Some(_) => (format!("`{shown}` cannot be tolerated"), format!("these can: {}", names_of_known())),
            None => {
                let near = did_you_mean(written, Code::ALL.iter().map(|code| code.as_str()));
                let hint = near.unwrap_or_else(|| format!("these can be tolerated: {}", names_of_known()));
                (format!("there is no error `{shown}`"), hint)
            }
        };
        self.report("tolerate", written, message, Some(hint));
        None
    }

    /// A file or folder as a path below the project's folder.
    fn tolerated_files(&mut self, written: &str) -> Option<String> {
        let path = composed(written.trim());
        let path = path.trim_matches('/');
        let below = path.strip_prefix(CONTENT).and_then(|below| below.strip_prefix('/')).unwrap_or(path);
        if below.is_empty() || below.contains('*') || below.split('/').any(|part| matches!(part, "" | "." | "..")) {
            let message = format!("`{}` is not a folder or file in content/", written.escape_debug());
            let hint = "write a path inside content/, such as archive/ or news/2009/vote.md".to_owned();
            self.report("tolerate", written, message, Some(hint));
            return None;
        }
        Some(in_content(below))
    }
}
