//! Runs an import: survey, layout, items, project, report.

use std::collections::BTreeMap;

use super::fetch::fetch_media;
use super::layout::ImportLayout;
use super::model::{ItemKind, SourceState, Survey};
use super::notes::Notes;
use super::old_site::urls_of;
use super::options::{ImportOptions, System};
use super::redirects::{OldUrls, redirects_file};
use super::report::{ImportNumbers, KeptFile, Report, ReportItem};
use super::site_file::site_file;
use super::staging::{FileState, Staging};
use super::terms::name_taxonomies;
use super::verify::verify;
use super::writer::ProjectWriter;
use super::{ArchiveSource, ImportError, eleventy, ghost, hugo, jekyll, plain, wordpress, zola};

/// The result of an import.
#[derive(Debug)]
pub struct Imported {
    /// The report.
    pub report: Report,
}

/// Opens the source.
fn open(options: &ImportOptions) -> Result<Box<dyn ArchiveSource>, ImportError> {
    match options.system {
        System::Ghost => Ok(Box::new(ghost::Ghost::open(options)?)),
        System::Hugo => Ok(Box::new(hugo::open(options)?)),
        System::Jekyll => Ok(Box::new(jekyll::open(options)?)),
        System::Zola => Ok(Box::new(zola::open(options)?)),
        System::Eleventy => Ok(Box::new(eleventy::open(options)?)),
        System::WordPress => Ok(Box::new(wordpress::WordPress::open(options)?)),
        System::Markdown => Ok(Box::new(plain::open(options)?)),
    }
}

/// Imports an archive.
///
/// # Errors
/// If the archive can't be read or the project can't be written; then the project is as it was.
pub fn run(options: &ImportOptions) -> Result<Imported, ImportError> {
    let mut notes = Notes::default();
    let mut source = open(options)?;
    let staging = Staging::open(&options.into, options.dry_run || options.check)?;
    if options.check && !staging.is_import() {
        let message = format!("{} is not the project of an earlier import", options.into.display());
        return Err(ImportError::new(message).hint("import first, then check"));
    }
    let mut survey = source.survey(&mut notes)?;
    name_taxonomies(&mut survey, &mut notes);
    if !options.dry_run {
        fetch_media(&mut survey, options, &mut notes)?;
    }
    let layout = ImportLayout::new(&survey, options.base_url.as_deref(), &mut notes);
    let written = write(options, source.as_mut(), &survey, &layout, &staging, &mut notes);
    match written {
        Ok(report) => Ok(Imported { report }),
        Err(error) => {
            // The first error is the one to report.
            let _ = staging.clear();
            Err(error)
        }
    }
}

fn write(
    options: &ImportOptions,
    source: &mut dyn ArchiveSource,
    survey: &Survey,
    layout: &ImportLayout,
    staging: &Staging,
    notes: &mut Notes,
) -> Result<Report, ImportError> {
    let mut writer = ProjectWriter::new(options, survey, layout, staging);
    source.items(layout, notes, &mut writer)?;
    writer.put_others()?;
    let redirects = OldUrls::new(survey, layout).collect(writer.terms.public(), notes);
    if !redirects.is_empty() {
        writer.put_file("redirects.yaml", &redirects_file(&redirects))?;
    }
    let of_items = layout.items.iter().filter(|item| item.file.is_some()).flat_map(|item| &item.aliases);
    let has_queries = redirects.keys().chain(of_items).any(|url| url.contains('?'));
    let site = site_file(survey, layout, options.base_url.as_deref(), writer.terms.taxonomies(), has_queries, notes);
    writer.put_file("site.yaml", &site)?;
    writer.put_file(".gitignore", "/public/\n/.presswork/\n")?;
    let ProjectWriter { measured, files, staged, kept, notes: of_items, .. } = writer;
    notes.extend(of_items);
    let items = survey.items.iter().zip(&layout.items).zip(measured);
    let items: Vec<ReportItem> = items
        .map(|((facts, target), text)| ReportItem {
            id: facts.id.clone(),
            place: facts.place.clone(),
            title: facts.title.clone(),
            file: target.file.clone().filter(|_| text.is_some()),
            old_url: facts.url.clone(),
            new_url: text.is_some().then(|| format!("/{}", target.path)),
            state: match &target.state {
                SourceState::Public => "public".to_owned(),
                SourceState::Draft(why) | SourceState::Skipped(why) => why.clone(),
            },
            text,
        })
        .collect();
    let mut numbers = count(survey, layout, &items);
    numbers.new = if options.check { 0 } else { staged.len() };
    numbers.files = layout.media.iter().flatten().count();
    let kept = kept_files(kept, staging, &files);
    let of_site = options.old_site.as_deref().map(urls_of).transpose()?.unwrap_or_default();
    staging.commit(&staged, files)?;
    let mut report = Report {
        system: options.system.as_str(),
        numbers,
        items,
        old_urls: Vec::new(),
        kept,
        errors: Vec::new(),
        notes: std::mem::take(notes).into_sorted(),
    };
    if !options.dry_run {
        verify(options, survey, layout, staging, &staged, &of_site, &mut report)?;
    }
    Ok(report)
}

fn count(survey: &Survey, layout: &ImportLayout, items: &[ReportItem]) -> ImportNumbers {
    let of_kind = |kind: ItemKind| {
        let pairs = items.iter().zip(&layout.items);
        pairs.filter(|(item, target)| item.file.is_some() && target.kind == kind).count()
    };
    ImportNumbers {
        stories: of_kind(ItemKind::Story),
        pages: of_kind(ItemKind::Page),
        drafts: layout.items.iter().filter(|item| matches!(item.state, SourceState::Draft(_))).count(),
        skipped: items.iter().filter(|item| item.file.is_none()).count(),
        authors: survey.people.len(),
        ..ImportNumbers::default()
    }
}

fn kept_files(kept: Vec<(String, FileState)>, staging: &Staging, files: &BTreeMap<String, String>) -> Vec<KeptFile> {
    let why = |state| match state {
        FileState::Conflict => "edited here, and changed in the source",
        FileState::Removed => "removed here",
        _ => "edited here",
    };
    let edited = kept.into_iter().map(|(file, state)| KeptFile { file, why: why(state) });
    let gone = staging.no_longer(files).map(|file| KeptFile { file: file.to_owned(), why: "no longer in the source" });
    let mut all: Vec<KeptFile> = edited.chain(gone).collect();
    all.sort_by(|one, other| one.file.cmp(&other.file));
    all
}
