//! Sorts the diagnostics of all stages for reading.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::diagnostic::{Code, Diagnostic};
use crate::read;

/// Diagnostics with their places, in order, each once.
pub fn report(root: &Path, mut diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    read::place(root, &mut diagnostics);
    diagnostics.sort_by(|a, b| a.order().cmp(&b.order()));
    diagnostics.dedup();
    merge_template_errors(diagnostics)
}

/// Merges the errors of a template that fails on many pages into one.
fn merge_template_errors(diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let place = |d: &Diagnostic| (d.path.clone(), d.line, d.column, d.code);
    let is_template = |d: &Diagnostic| match d.code {
        Code::TemplateFailed | Code::PageTooLarge => true,
        Code::UnknownFragment | Code::TakenId => d.path.ends_with(".html"),
        _ => false,
    };
    let mut counts: BTreeMap<_, usize> = BTreeMap::new();
    for diagnostic in diagnostics.iter().filter(|d| is_template(d)) {
        *counts.entry(place(diagnostic)).or_default() += 1;
    }
    let mut seen = BTreeSet::new();
    let mut merged = diagnostics;
    merged.retain(|d| !is_template(d) || seen.insert(place(d)));
    for diagnostic in merged.iter_mut().filter(|d| is_template(d)) {
        let others = counts.get(&place(diagnostic)).map_or(0, |count| count - 1);
        if others > 0 {
            diagnostic.message.push_str(&format!(", and {others} more"));
        }
    }
    merged
}
