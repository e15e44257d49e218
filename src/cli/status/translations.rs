//! `presswork status --translations`: what is missing or old in each edition.

use std::process::ExitCode;

use jiff::Timestamp;
use serde::Serialize;

use super::super::shared::Format;
use super::super::{Failure, print, table};
use crate::build::Project;
use crate::site::{TranslationState, TranslationStatus, translation_status, with_shared_embargoes};

/// Prints the stories since `since`, and older ones with a translation that is out of date.
pub(super) fn run(project: &Project, now: Timestamp, since: Timestamp, format: Format) -> Result<ExitCode, Failure> {
    let config = &project.config;
    if !config.has_editions() {
        return Err(Failure::new("the site has only one edition").hint("`languages` in site.yaml adds others"));
    }
    let mut entries = translation_status(with_shared_embargoes(&project.records, config), config, now);
    let is_old = |state: TranslationState| state.is_open() && state != TranslationState::Missing;
    entries.retain(|entry| entry.published >= since || entry.editions.iter().any(|(state, _)| is_old(*state)));
    let languages: Vec<&str> = config.editions().map(|of| of.language.tag()).collect();
    match format {
        Format::Human => print(&mut anstream::stdout().lock(), &text(&entries, &languages, table::width()))?,
        Format::Json => print(&mut std::io::stdout().lock(), &json(&entries, &languages))?,
    }
    Ok(ExitCode::SUCCESS)
}

fn text(entries: &[TranslationStatus], languages: &[&str], width: usize) -> String {
    if entries.is_empty() {
        return "No story of this time, and no translation is out of date.\n".to_owned();
    }
    let row = |entry: &TranslationStatus| {
        let states = entry.editions.iter().zip(languages).map(|((state, _), tag)| format!("{tag}: {}", state.as_str()));
        std::iter::once(entry.title.clone()).chain(states).chain([entry.source.clone()]).collect()
    };
    let rows: Vec<Vec<String>> = entries.iter().map(row).collect();
    table::lines(&rows, "", 0, width)
}

/// A story as JSON.
#[derive(Serialize)]
struct TranslationLine<'a> {
    title: &'a str,
    path: &'a str,
    editions: Vec<EditionLine<'a>>,
}

/// The state of a story in an edition, as JSON.
#[derive(Serialize)]
struct EditionLine<'a> {
    language: &'a str,
    state: &'static str,
    path: Option<&'a str>,
}

fn json(entries: &[TranslationStatus], languages: &[&str]) -> String {
    let line = |entry: &TranslationStatus| {
        let editions = entry.editions.iter().zip(languages).map(|((state, path), language)| EditionLine {
            language,
            state: state.as_str(),
            path: path.as_deref(),
        });
        let line = TranslationLine { title: &entry.title, path: &entry.source, editions: editions.collect() };
        serde_json::to_string(&line).unwrap_or_default() + "\n"
    };
    entries.iter().map(line).collect()
}
