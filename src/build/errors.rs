//! All errors of a project, without publishing anything.

use std::path::Path;

use jiff::Timestamp;

use crate::commit::MachineError;
use crate::config::FoundErrors;
use crate::diagnostic::{Diagnostic, Reported};

use super::draft::Draft;
use super::page_errors::of_pages;
use super::{Project, report};

/// The site as of an instant, with the errors and warnings of the project and of all its pages. Errors that don't
/// stop a build are left out.
/// No value is returned if the configuration or the theme can't be used.
///
/// # Errors
/// Only machine errors.
pub fn find_errors(root: &Path, now: Timestamp) -> Result<Reported<Option<Draft>>, MachineError> {
    let Reported { value, diagnostics } = Project::open(root)?;
    let Some(project) = value else { return Ok(Reported { value: None, diagnostics }) };
    let mut draft = project.at(now);
    let mut diagnostics: Vec<Diagnostic> = draft.report();
    if draft.theme.is_none() {
        return Ok(Reported { value: None, diagnostics });
    }
    diagnostics.extend(of_pages(&mut draft, usize::MAX).map_err(MachineError)?.into_iter().flatten());
    let config = std::sync::Arc::clone(&draft.config);
    config.settle(&mut diagnostics, |source| draft.site.published(source), &FoundErrors::default());
    Ok(Reported { value: Some(draft), diagnostics: report(root, diagnostics) })
}
