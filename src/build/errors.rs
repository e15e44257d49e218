//! All errors of a project, without publishing anything.

use std::path::Path;

use jiff::Timestamp;
use rayon::prelude::*;

use crate::commit::MachineError;
use crate::diagnostic::{Diagnostic, Reported};
use crate::plan::{Class, Output};

use super::draft::Draft;
use super::outputs::PART;
use super::{Project, report};

/// The site as of an instant, with the errors and warnings of the project and of all its pages. Known errors are left out.
/// No value is returned if the configuration or the theme can't be used.
///
/// # Errors
/// Only machine errors.
pub fn find_errors(root: &Path, now: Timestamp) -> Result<Reported<Option<Draft>>, MachineError> {
    let Reported { value, diagnostics } = Project::open(root)?;
    let Some(project) = value else { return Ok(Reported { value: None, diagnostics }) };
    let mut draft = project.at(now);
    let mut diagnostics: Vec<Diagnostic> = draft.report();
    let config = std::sync::Arc::clone(&draft.config);
    {
        let Some(renderer) = draft.renderer().map_err(MachineError)? else {
            return Ok(Reported { value: None, diagnostics });
        };
        let renderer = renderer.take(&mut diagnostics);
        let outputs = &renderer.viewer().reader.everything().1.outputs;
        let wanted: Vec<&Output> = outputs.iter().filter(|output| output.class() == Class::Content).collect();
        for part in wanted.chunks(PART) {
            let of_part = part
                .par_iter()
                .flat_map_iter(|output| renderer.render(output, renderer.prepare(output)).diagnostics.into_iter());
            diagnostics.extend(of_part.collect::<Vec<_>>());
            renderer.forget();
        }
    }
    config.known_errors.settle(&mut diagnostics, &crate::config::FoundErrors::default());
    Ok(Reported { value: Some(draft), diagnostics: report(root, diagnostics) })
}
