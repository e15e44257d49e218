//! Writes the items of an archive as files of the project, and measures what became of each.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;

use rayon::prelude::*;

use crate::comment::RefusedComment;

use super::bodies::prepared;
use super::front::{author_file, item_file, section_file};
use super::layout::ImportLayout;
use super::links::{Origin, Resolver, rewrite};
use super::model::{SourceItem, SourceState, Survey};
use super::notes::{ImportNoteKind, Notes};
use super::old_pages::OldPages;
use super::options::ImportOptions;
use super::project_text::ProjectText;
use super::report::Measured;
use super::staging::{FileState, Staging};
use super::terms::TermBook;
use super::words::WordBag;
use super::{ImportError, ItemSink, comment_file};

/// Writes a project.
pub(super) struct ProjectWriter<'a> {
    options: &'a ImportOptions,
    survey: &'a Survey,
    layout: &'a ImportLayout,
    staging: &'a Staging,
    /// The terms of all items so far.
    pub terms: TermBook,
    /// The measures of each item, in the survey's order.
    pub measured: Vec<Option<Measured>>,
    /// The hash of every file.
    pub files: BTreeMap<String, String>,
    /// The files to move into place.
    pub staged: Vec<String>,
    /// The files that differ from what the source says, with the reason.
    pub kept: Vec<(String, FileState)>,
    /// The notes of items.
    pub notes: Notes,
}

impl<'a> ProjectWriter<'a> {
    /// A writer for an archive.
    pub fn new(
        options: &'a ImportOptions,
        survey: &'a Survey,
        layout: &'a ImportLayout,
        staging: &'a Staging,
    ) -> ProjectWriter<'a> {
        ProjectWriter {
            options,
            survey,
            layout,
            staging,
            terms: TermBook::new(layout.slugs),
            measured: vec![None; survey.items.len()],
            files: BTreeMap::new(),
            staged: Vec::new(),
            kept: Vec::new(),
            notes: Notes::default(),
        }
    }

    /// Writes a file of the project that is no item.
    ///
    /// # Errors
    /// If it can't be written.
    pub fn put_file(&mut self, path: &str, text: &str) -> Result<(), ImportError> {
        let (state, hash) = self.staging.put(path, text.as_bytes())?;
        self.note(path, state, hash);
        Ok(())
    }

    fn note(&mut self, path: &str, state: FileState, hash: String) {
        match state {
            FileState::New | FileState::Changed => self.staged.push(path.to_owned()),
            FileState::Same => {}
            FileState::Edited | FileState::Conflict | FileState::Removed => self.kept.push((path.to_owned(), state)),
        }
        self.files.insert(path.to_owned(), hash);
    }

    /// Writes sections, authors and media files.
    ///
    /// # Errors
    /// If one can't be written.
    pub fn put_others(&mut self) -> Result<(), ImportError> {
        let (survey, layout) = (self.survey, self.layout);
        for target in &layout.sections {
            let facts = target.facts.and_then(|at| survey.sections.get(at));
            let text = match facts {
                Some(facts) => {
                    let origin =
                        Origin { path: facts.path_in_source.as_deref(), url: facts.url.as_deref(), file: None };
                    let place = facts.path_in_source.as_deref().unwrap_or(&facts.path);
                    let body = self.body(&facts.body, origin, place);
                    section_file(target, Some(&super::model::SectionFacts { body, ..facts.clone() }))
                }
                None => section_file(target, None),
            };
            self.put_file(&format!("content/{}/_index.md", target.folder), &text)?;
        }
        for (person, id) in survey.people.iter().zip(&layout.people) {
            let resolver = Resolver { layout, roots: &survey.site.roots, origin: Origin::default() };
            let biography = self.body(&person.biography, Origin::default(), &person.name);
            let image =
                person.image.as_deref().map(|image| resolver.resolve(image).unwrap_or_else(|| image.to_owned()));
            let text = author_file(&super::model::SourcePerson { biography, image, ..person.clone() });
            self.put_file(&format!("content/authors/{id}.md"), &text)?;
        }
        if !survey.site.front_body.trim().is_empty() {
            let body = self.body(&survey.site.front_body, Origin::default(), "the front page");
            self.put_file("content/_index.md", &format!("---\n---\n\n{}\n", body.trim()))?;
        } else if !self.files.keys().any(|path| path.starts_with("content/")) {
            // An export of files or terms alone is a project too, and a build needs the folder.
            self.put_file("content/_index.md", "---\n---\n")?;
        }
        self.put_media()
    }

    fn body(&mut self, body: &str, origin: Origin<'_>, place: &str) -> String {
        let resolver = Resolver { layout: self.layout, roots: &self.survey.site.roots, origin };
        rewrite(&prepared(body, place, &mut self.notes), &resolver)
    }

    fn put_media(&mut self) -> Result<(), ImportError> {
        let (survey, layout, staging) = (self.survey, self.layout, self.staging);
        let files = survey.media.par_iter().zip(&layout.media);
        let copied = files.filter_map(|(media, path)| {
            let path = path.as_ref()?;
            let Some(from) = &media.file else { return Some((path, Err(None))) };
            Some((path, staging.copy(path, from).map_err(Some)))
        });
        for (path, copied) in copied.collect::<Vec<_>>() {
            match copied {
                Ok((state, hash)) => self.note(path, state, hash),
                Err(Some(error)) => return Err(error),
                Err(None) => self.notes.add(ImportNoteKind::Missing, "file", path, "the archive only names it"),
            }
        }
        Ok(())
    }
}

/// An item that has been written.
struct WrittenItem {
    at: usize,
    path: String,
    state: FileState,
    hash: String,
    measured: Measured,
    notes: Notes,
    /// The file with readers' comments.
    comments: Option<(String, FileState, String)>,
}

impl ItemSink for ProjectWriter<'_> {
    fn put(&mut self, mut items: Vec<SourceItem>) -> Result<(), ImportError> {
        for item in &mut items {
            let Some(at) = self.layout.index_of(&item.id) else { continue };
            let facts = &self.survey.items[at];
            self.terms.merge(item, facts.state == SourceState::Public, &facts.place, &mut self.notes);
        }
        let (options, survey, layout, staging) = (self.options, self.survey, self.layout, self.staging);
        let written: Vec<Result<Option<WrittenItem>, ImportError>> =
            items.into_par_iter().map(|item| write(item, options, survey, layout, staging)).collect();
        for written in written {
            let Some(WrittenItem { at, path, state, hash, measured, notes, comments }) = written? else { continue };
            self.notes.extend(notes);
            self.note(&path, state, hash);
            if let Some((path, state, hash)) = comments {
                self.note(&path, state, hash);
            }
            if let Some(place) = self.measured.get_mut(at) {
                *place = Some(measured);
            }
        }
        Ok(())
    }
}

/// The files beside an item that it doesn't name: they keep their addresses only if it says so.
fn unnamed(files: &[String], item: &SourceItem) -> Vec<String> {
    let body = crate::import::bodies::without_comments(&item.body);
    let is_named = |name: &str| {
        let is_image = item.image.as_ref().is_some_and(|image| image.src == name);
        // A script that names a file isn't published.
        let is_for_scripts = [".js", ".css", ".json", ".csv"].iter().any(|end| name.ends_with(end));
        is_image || (is_reference(&body, name) && !is_for_scripts)
    };
    let left =
        files.iter().filter(|name| !is_named(name)).filter(|name| !name.contains(['*', '?', '{', '}', '[', ']']));
    left.cloned().collect()
}

/// True if a text refers to a file beside it: as the target of a link or picture, in an attribute or in an argument.
fn is_reference(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        let (before, after) = (&text[..at], &text[at + name.len()..]);
        let before = before.strip_suffix("./").unwrap_or(before);
        let is_target = before.ends_with("](") && after.starts_with([')', ' ', '#', '?']);
        is_target || (before.ends_with("](<") && after.starts_with('>')) || is_value(before, after)
    })
}

/// True between the quotation marks of an attribute or argument.
fn is_value(before: &str, after: &str) -> bool {
    ['"', '\''].into_iter().any(|mark| {
        let Some(before) = before.strip_suffix(mark) else { return false };
        before.ends_with('=') && after.starts_with([mark, '#', '?'])
    })
}

fn write(
    mut item: SourceItem,
    options: &ImportOptions,
    survey: &Survey,
    layout: &ImportLayout,
    staging: &Staging,
) -> Result<Option<WrittenItem>, ImportError> {
    let Some(at) = layout.index_of(&item.id) else { return Ok(None) };
    let (Some(facts), Some(target)) = (survey.items.get(at), layout.items.get(at)) else { return Ok(None) };
    let Some(path) = target.file.clone() else { return Ok(None) };
    let mut notes = Notes::default();
    let origin =
        Origin { path: facts.path_in_source.as_deref(), url: facts.url.as_deref(), file: target.file.as_deref() };
    let resolver = Resolver { layout, roots: &survey.site.roots, origin };
    item.body = rewrite(&prepared(&item.body, &facts.place, &mut notes), &resolver);
    item.publish = unnamed(layout.beside(at), &item);
    if let Some(picture) = &mut item.image {
        let src = picture.src.trim();
        picture.src = resolver.resolve(src).unwrap_or_else(|| src.to_owned());
    }
    let (state, hash) = staging.put(&path, item_file(facts, &item, target, layout).as_bytes())?;
    let here = match options.check || matches!(state, FileState::Edited | FileState::Conflict) {
        true => in_project(&path, options, survey, layout, &mut notes)?,
        false => ProjectText::of_item(&item, &facts.title, survey),
    };
    let mut measured = Measured { pictures: here.pictures, authors: here.author_count, ..Measured::default() };
    if let Some(text) = &item.source_text {
        let (source, kept) = (WordBag::of(text), WordBag::of(here.body_text()));
        (measured.words, measured.words_kept) = (Some(source.total()), Some(source.kept_in(&kept)));
    }
    let is_public = target.state == SourceState::Public;
    let old_pages = OldPages::new(options.old_site.as_deref(), &layout.base).filter(|_| is_public);
    let day = facts.date.map(|date| date.day_in(&layout.zone).to_string());
    measured.old_page = old_pages.and_then(|pages| pages.compare(facts.url.as_deref(), &here, day));
    measured.state = match state {
        FileState::New => "new",
        FileState::Changed => "changed",
        FileState::Same => "same",
        FileState::Edited | FileState::Conflict => "edited here",
        FileState::Removed => "removed here",
    };
    let mut comments = None;
    let mut drop_comments = |why: String| notes.add(ImportNoteKind::Dropped, "comments", &facts.place, why);
    match comment_file::text(&item.comments, layout) {
        Ok((text, refused)) => {
            for RefusedComment { id, reason } in refused {
                drop_comments(format!("`{id}` {reason}"));
            }
            if let Some((text, path)) = text.zip(comment_file::path(&path)) {
                let (state, hash) = staging.put(&path, text.as_bytes())?;
                comments = Some((path, state, hash));
            }
        }
        Err(error) => drop_comments(error.to_string()),
    }
    Ok(Some(WrittenItem { at, path, state, hash, measured, notes, comments }))
}

/// The text of a file of the project; of none if it has been removed.
fn in_project(
    path: &str,
    options: &ImportOptions,
    survey: &Survey,
    layout: &ImportLayout,
    notes: &mut Notes,
) -> Result<ProjectText<'static>, ImportError> {
    let on_disk = options.into.join(path);
    let text = match fs::read_to_string(&on_disk) {
        Ok(text) => text,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Ok(ProjectText::default());
        }
        Err(error) => return Err(ImportError::file("read", &on_disk, &error)),
    };
    Ok(ProjectText::of_file(&text, path, survey, layout).unwrap_or_else(|error| {
        notes.add(ImportNoteKind::Unreadable, "file of the project", path, error.to_string());
        ProjectText::default()
    }))
}
