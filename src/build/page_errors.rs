//! The problems that only rendering finds.

use rayon::prelude::*;

use crate::diagnostic::Diagnostic;
use crate::plan::{Class, Output};

use super::draft::Draft;
use super::fragments::Fragments;
use super::outputs::PART;

/// Renders all pages, and returns the problems found in them and in the links to their parts. `None`, and nothing is
/// rendered, if there are more than `most`. There are none without a usable theme, which has been reported.
///
/// # Errors
/// If templates cannot receive the `extra` data of the configuration.
pub(super) fn of_pages(draft: &mut Draft, most: usize) -> Result<Option<Vec<Diagnostic>>, String> {
    let is_page = |output: &&Output| output.class() == Class::Content;
    if draft.plan.outputs.iter().filter(is_page).count() > most {
        return Ok(None);
    }
    let mut found = Vec::new();
    let Some(renderer) = draft.renderer()? else { return Ok(Some(found)) };
    let renderer = renderer.take(&mut found);
    let (_, plan) = renderer.viewer().reader.everything();
    let pages: Vec<&Output> = plan.outputs.iter().filter(is_page).collect();
    let mut fragments = Fragments::default();
    for part in pages.chunks(PART) {
        let rendered = part.par_iter().map(|output| {
            let rendered = renderer.render(output, renderer.prepare(output));
            (rendered.value.and_then(|rendered| rendered.parts), rendered.diagnostics)
        });
        for (output, (parts, of_page)) in part.iter().zip(rendered.collect::<Vec<_>>()) {
            found.extend(of_page);
            fragments.add_rendered(output, parts);
        }
        renderer.forget();
    }
    found.extend(fragments.missing(&renderer, None));
    Ok(Some(found))
}
