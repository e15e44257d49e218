//! A folder of Markdown files, with or without front matter.

use super::ImportError;
use super::files::data::author_profiles;
use super::files::facts::{TextPath, facts_of, rooted, text_path};
use super::files::{
    AuthorBook, BodyText, Dialect, Fields, Folder, FolderFile, ItemIndex, Placed, TextArchive, TextDocument,
};
use super::layout::ImportLayout;
use super::model::{MediaPlace, SectionFacts, Survey};
use super::notes::Notes;
use super::options::ImportOptions;

/// Opens a folder of Markdown files.
///
/// # Errors
/// If it can't be read.
pub(super) fn open(options: &ImportOptions) -> Result<TextArchive, ImportError> {
    TextArchive::open(options, Box::new(PlainFolder))
}

/// A folder of Markdown files.
#[derive(Debug)]
struct PlainFolder;

impl Dialect for PlainFolder {
    fn configure(
        &mut self,
        folder: &Folder,
        _survey: &mut Survey,
        authors: &mut AuthorBook,
        notes: &mut Notes,
    ) -> Result<(), ImportError> {
        for (id, profile) in author_profiles(folder, "", notes) {
            authors.add_profile(&id, profile, "");
        }
        Ok(())
    }

    fn is_text(&self, file: &FolderFile) -> bool {
        file.is_markdown()
    }

    fn place(&self, file: &FolderFile, document: &TextDocument, notes: &mut Notes) -> Placed {
        let path = text_path(&file.path);
        let mut fields = Fields(document.front.clone());
        if let Some(id) = file.path.strip_prefix("authors/").and_then(|path| path.strip_suffix(".md")) {
            return Placed::Author(id.to_owned());
        }
        if path.name == "_index" {
            if path.folder.is_empty() {
                return Placed::Front(document.body.clone());
            }
            return Placed::Section(Box::new(SectionFacts {
                path: path.folder,
                title: fields.text(&["title"]),
                description: fields.text(&["description", "summary"]),
                body: document.body.clone(),
                path_in_source: Some(file.path.clone()),
                ..SectionFacts::default()
            }));
        }
        let url = fields.text(&["url", "permalink", "path"]).map(|url| rooted(&url));
        let path = TextPath { folder: path.folder.trim_start_matches("pages/").to_owned(), ..path };
        let facts = facts_of(file, document, &path, url, notes);
        Placed::Item(Box::new(facts))
    }

    fn media(&self, file: &FolderFile, items: &ItemIndex<'_>) -> Option<(MediaPlace, Vec<String>)> {
        let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        if let Some(item) = items.folders.get(folder) {
            let name = file.path[folder.len() + 1..].to_owned();
            return Some((MediaPlace::Beside { item: item.id.clone(), name }, Vec::new()));
        }
        let below = file.path.strip_prefix("static/").unwrap_or(&file.path);
        Some((MediaPlace::Static(below.to_owned()), Vec::new()))
    }

    fn body(&self, text: &BodyText<'_>, _layout: &ImportLayout, _notes: &mut Notes) -> String {
        text.body.to_owned()
    }
}
