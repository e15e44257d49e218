//! Proves the result: builds the project without publishing it, notes the errors of old texts as known, and looks up every
//! old URL.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::build::find_errors;
use crate::config::{KNOWN_ERRORS_FILE, known_errors_file, may_be_known, with_known_errors};
use crate::diagnostic::{Diagnostic, Severity};

use super::ImportError;
use super::layout::ImportLayout;
use super::model::Survey;
use super::notes::ImportNoteKind;
use super::options::ImportOptions;
use super::page::page;
use super::parity::old_urls;
use super::report::{Report, UrlState};
use super::staging::Staging;

/// The names of the reports in the project's folder.
const REPORTS: [&str; 2] = ["import-report.json", "import-report.html"];

/// Completes the report and writes it. `staged` are the files that this import has written.
///
/// # Errors
/// If the project can't be read or the reports can't be written.
pub(super) fn verify(
    options: &ImportOptions,
    survey: &Survey,
    layout: &ImportLayout,
    staging: &Staging,
    staged: &[String],
    of_site: &[String],
    report: &mut Report,
) -> Result<(), ImportError> {
    let root = options.into.as_path();
    let found = find_errors(root, options.now).map_err(|error| ImportError::new(error.0))?;
    let written: BTreeSet<&str> = staged.iter().map(String::as_str).collect();
    let errors = found.diagnostics.into_iter().filter(|found| found.severity == Severity::Error);
    let (known, others): (Vec<Diagnostic>, Vec<Diagnostic>) =
        errors.partition(|error| !options.check && may_be_known(error.code) && written.contains(error.path.as_str()));
    report.numbers.known_errors = add_known(root, staging, &known)?;
    report.errors = others.iter().map(|error| format!("{}: {}", error.path, error.message)).collect();
    if let Some(draft) = found.value {
        // The site is not needed for the report, which takes as much memory.
        report.old_urls = old_urls(survey, layout, &draft, of_site);
    }
    let count = |state: UrlState| report.old_urls.iter().filter(|url| url.state == state).count();
    let numbers = [UrlState::Same, UrlState::Redirected, UrlState::Gone, UrlState::List, UrlState::Unknown].map(count);
    let [same, redirected, gone, lists, unknown] = numbers;
    let total = report.old_urls.len();
    let unread = report.notes.iter().filter(|note| note.kind == ImportNoteKind::Unreadable).count();
    let lost = report.items.iter().filter(|item| item.file.is_none() && item.state == "public").count();
    let numbers = &mut report.numbers;
    (numbers.same, numbers.redirected, numbers.gone, numbers.lists) = (same, redirected, gone, lists);
    (numbers.unknown, numbers.old_urls) = (unknown, total);
    numbers.unaccounted = unread + lost + unknown + report.errors.len();
    let [json, html] = REPORTS;
    staging.replace_with(json, |target| report.write_json(fs::File::create(target)?))?;
    staging.replace(html, &page(report))?;
    staging.clear()
}

/// Adds errors to `known-errors.yaml`. Returns the number of entries.
fn add_known(root: &Path, staging: &Staging, errors: &[Diagnostic]) -> Result<usize, ImportError> {
    let path = root.join(KNOWN_ERRORS_FILE);
    let old = match fs::read_to_string(&path) {
        Ok(text) => Some(text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => return Err(ImportError::file("read", &path, &error)),
    };
    let (text, count) = match &old {
        Some(old) => with_known_errors(old, errors.iter()),
        None => known_errors_file(errors.iter()),
    };
    if !errors.is_empty() && old.as_deref() != Some(text.as_str()) {
        staging.replace(KNOWN_ERRORS_FILE, &text)?;
    }
    Ok(count)
}
