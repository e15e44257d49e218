//! The part that all archives of text files share: reading, batches, authors, notes. What is particular to a system is
//! its [`Dialect`].

use std::collections::BTreeMap;
use std::path::Path;

use rayon::prelude::*;
use serde_json::Value;

use crate::import::html::{HtmlNoteKind, HtmlOptions, convert};
use crate::import::layout::ImportLayout;
use crate::import::model::{
    ArchiveFile, ItemFacts, ItemKind, MediaPlace, SectionFacts, SourceItem, SourceState, Survey,
};
use crate::import::notes::{ImportNoteKind, Notes};
use crate::import::options::ImportOptions;
use crate::import::{ArchiveSource, ImportError, ItemSink};

use super::calls::CallTable;
use super::keys::item_of;
use super::{AuthorBook, Fields, Folder, FolderFile, TextDocument, read_document};

/// The number of items that are passed on together.
const BATCH: usize = 512;

/// The particulars of a system of text files.
pub trait Dialect: Send + Sync {
    /// Reads the configuration and data files: the site, people with profiles, taxonomies, redirects.
    ///
    /// # Errors
    /// If the configuration can't be read.
    fn configure(
        &mut self,
        folder: &Folder,
        survey: &mut Survey,
        authors: &mut AuthorBook,
        notes: &mut Notes,
    ) -> Result<(), ImportError>;

    /// True for a file that is read as a text.
    fn is_text(&self, file: &FolderFile) -> bool;

    /// Adds keys that a text has without writing them: defaults of its folder.
    fn complete(&self, _file: &FolderFile, _front: &mut serde_json::Map<String, Value>) {}

    /// Decides what a text is.
    fn place(&self, file: &FolderFile, document: &TextDocument, notes: &mut Notes) -> Placed;

    /// The place and the old URLs of a file that isn't a text; `None` if it belongs to the system. `items` are the texts'
    /// facts.
    fn media(&self, file: &FolderFile, items: &ItemIndex<'_>) -> Option<(MediaPlace, Vec<String>)>;

    /// Moves values of particular keys into the item, before the keys that all systems have are read.
    fn special_keys(&self, _fields: &mut Fields, _item: &mut SourceItem, _place: &str, _notes: &mut Notes) {}

    /// The body in Presswork's Markdown, or in HTML if [`Dialect::is_html`] says so.
    fn body(&self, text: &BodyText<'_>, layout: &ImportLayout, notes: &mut Notes) -> String;

    /// True if a file's body is HTML.
    fn is_html(&self, file: &FolderFile) -> bool {
        matches!(file.extension().as_str(), "html" | "htm")
    }

    /// Changes the survey when all texts are known: old URLs of terms, sections without stories.
    fn finish(&self, _survey: &mut Survey, _texts: &[TextFacts], _authors: &mut AuthorBook) {}
}

/// The body of a text and its place.
#[derive(Debug, Clone, Copy)]
pub struct BodyText<'a> {
    /// The file, relative to the source.
    pub path: &'a str,
    /// The body.
    pub body: &'a str,
    /// The front matter.
    pub document: &'a TextDocument,
    /// The calls of the user's `import.yaml`.
    pub calls: &'a CallTable,
}

/// The role of a text.
#[derive(Debug, Clone)]
pub enum Placed {
    /// A story or page.
    Item(Box<ItemFacts>),
    /// The text of a section.
    Section(Box<SectionFacts>),
    /// The text of the front page.
    Front(String),
    /// The profile of an author, by their id.
    Author(String),
    /// The page of a term: its taxonomy and name.
    Term(String, String),
    /// Nothing; the reason is listed.
    Nothing(String),
}

/// A text that is a story or page, with its front matter.
#[derive(Debug)]
pub struct TextFacts {
    /// The place in the folder's files.
    pub file: usize,
    /// The front matter.
    pub fields: Fields,
    /// True if it is public.
    pub is_public: bool,
    /// Its section.
    pub section: Option<String>,
}

/// The stories and pages by the folders that are theirs alone.
#[derive(Debug)]
pub struct ItemIndex<'a> {
    /// Each item with files beside it, by its folder without a slash at the end.
    pub folders: BTreeMap<String, &'a ItemFacts>,
}

/// An archive of text files.
pub struct TextArchive {
    folder: Folder,
    dialect: Box<dyn Dialect>,
    authors: AuthorBook,
    calls: CallTable,
    /// The ids of the items and the places of their files in the folder, in the survey's order.
    files: Vec<(String, usize)>,
}

impl TextArchive {
    /// Lists the folder and reads `import.yaml` in it or in the project's folder.
    ///
    /// # Errors
    /// If it can't be read.
    pub fn open(options: &ImportOptions, dialect: Box<dyn Dialect>) -> Result<TextArchive, ImportError> {
        let [root] = &options.sources[..] else {
            return Err(ImportError::new("the source is more than one folder").hint("pass the folder of the site"));
        };
        let folder = Folder::open(root, &options.into)?;
        let calls = CallTable::read(&[options.into.as_path(), Path::new(root)])?;
        Ok(TextArchive { folder, dialect, authors: AuthorBook::default(), calls, files: Vec::new() })
    }

    /// Reads all texts.
    fn documents(&self, notes: &mut Notes) -> Vec<(usize, Result<TextDocument, ImportError>)> {
        let texts = self.folder.files.par_iter().enumerate().filter(|(_, file)| self.dialect.is_text(file));
        let read = texts.map(|(at, file)| {
            let mut notes = Notes::default();
            let document = file.text(&mut notes).and_then(|text| read_document(&text, &file.path));
            (at, document, notes)
        });
        let read: Vec<_> = read.collect();
        let mut documents = Vec::with_capacity(read.len());
        for (at, document, found) in read {
            notes.extend(found);
            documents.push((at, document));
        }
        documents
    }

    fn place(
        &mut self,
        documents: Vec<(usize, Result<TextDocument, ImportError>)>,
        survey: &mut Survey,
        notes: &mut Notes,
    ) -> Vec<TextFacts> {
        let mut texts = Vec::new();
        for (at, document) in documents {
            let file = &self.folder.files[at];
            let document = match document {
                Ok(mut document) => {
                    self.dialect.complete(file, &mut document.front);
                    document
                }
                Err(error) => {
                    notes.add(ImportNoteKind::Unreadable, "file", &file.path, error.to_string());
                    survey.items.push(skipped(file, &error.to_string()));
                    self.files.push((file.path.clone(), at));
                    continue;
                }
            };
            for key in &document.repeated {
                let detail = format!("`{key}` is written twice; the last counts");
                notes.add(ImportNoteKind::Guessed, "repeated key", &file.path, detail);
            }
            match self.dialect.place(file, &document, notes) {
                Placed::Item(facts) => {
                    let mut fields = Fields(document.front);
                    if fields.0.contains_key("authors") || fields.0.contains_key("author") {
                        self.authors.learn(fields.0.get("authors"));
                        self.authors.learn(fields.0.get("author"));
                    }
                    fields.0.retain(|_, value| !super::fields::is_empty(value));
                    let is_public = facts.state == SourceState::Public;
                    texts.push(TextFacts { file: at, fields, is_public, section: facts.section.clone() });
                    survey.items.push(*facts);
                    self.files.push((file.path.clone(), at));
                }
                Placed::Section(section) => survey.sections.push(*section),
                Placed::Front(body) => survey.site.front_body = body,
                Placed::Author(id) => self.authors.add_profile(&id, document.front, &document.body),
                Placed::Term(taxonomy, name) => {
                    let taxonomy = Some(taxonomy).filter(|taxonomy| taxonomy != "tags");
                    survey.terms.push(crate::import::model::SourceTerm { taxonomy, name, ..Default::default() });
                }
                Placed::Nothing(why) => {
                    let mut facts = skipped(file, &why);
                    facts.title = Fields(document.front).text(&["title"]).unwrap_or(facts.title);
                    survey.items.push(facts);
                    self.files.push((file.path.clone(), at));
                }
            }
        }
        texts
    }

    fn media(&self, survey: &mut Survey) {
        let items = survey.items.iter().filter(|item| item.has_files);
        let folder_of = |item: &ItemFacts| Some(item.path_in_source.as_deref()?.rsplit_once('/')?.0.to_owned());
        let index = ItemIndex { folders: items.filter_map(|item| Some((folder_of(item)?, item))).collect() };
        let files = self.folder.files.iter().filter(|file| !self.dialect.is_text(file));
        let media = files.filter_map(|file| {
            let (place, old_urls) = self.dialect.media(file, &index)?;
            let (on_disk, path) = (Some(file.on_disk.clone()), Some(file.path.clone()));
            Some(ArchiveFile { place, file: on_disk, old_urls, path_in_source: path })
        });
        let media = media.collect();
        survey.media = media;
    }

    fn item(&self, id: &str, at: usize, layout: &ImportLayout) -> Result<(SourceItem, Notes), ImportError> {
        let file = &self.folder.files[at];
        let mut notes = Notes::default();
        // Notes on encoding and keys were made by the survey.
        let mut document = read_document(&file.text(&mut Notes::default())?, &file.path)?;
        self.dialect.complete(file, &mut document.front);
        let mut item = SourceItem { id: id.to_owned(), ..SourceItem::default() };
        let mut fields = Fields(document.front.clone());
        self.dialect.special_keys(&mut fields, &mut item, &file.path, &mut notes);
        item_of(&mut item, fields, &self.authors, &file.path, &mut notes);
        let text = BodyText { path: &file.path, body: &document.body, document: &document, calls: &self.calls };
        let body = self.dialect.body(&text, layout, &mut notes);
        item.body = match self.dialect.is_html(file) {
            true => html_body(&body, &file.path, &mut notes),
            false => body,
        };
        if item.source_text.is_none() {
            // A call in the line above link definitions would make them text.
            let source = super::calls::without_calls(&document.body);
            item.source_text = Some(match self.dialect.is_html(file) {
                true => crate::import::words::html_text(&source),
                false => crate::import::words::markdown_text(&source),
            });
        }
        Ok((item, notes))
    }
}

/// Converts HTML and notes what was lost.
pub fn html_body(html: &str, place: &str, notes: &mut Notes) -> String {
    let converted = convert(html, &HtmlOptions::default());
    for note in converted.notes {
        let kind = match note.kind {
            HtmlNoteKind::Dropped => ImportNoteKind::Dropped,
            HtmlNoteKind::Kept => ImportNoteKind::Kept,
            _ => ImportNoteKind::Converted,
        };
        notes.add(kind, note.subject, place, format!("{} times", note.count));
    }
    converted.markdown
}

impl ArchiveSource for TextArchive {
    fn survey(&mut self, notes: &mut Notes) -> Result<Survey, ImportError> {
        let mut survey = Survey::default();
        self.dialect.configure(&self.folder, &mut survey, &mut self.authors, notes)?;
        let documents = self.documents(notes);
        let texts = self.place(documents, &mut survey, notes);
        survey.people = self.authors.finish();
        self.dialect.finish(&mut survey, &texts, &mut self.authors);
        let people = self.authors.finish();
        survey.people = people;
        self.media(&mut survey);
        if survey.site.title.is_empty() {
            let name = self.folder.root.canonicalize().unwrap_or_else(|_| self.folder.root.clone());
            survey.site.title = name.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        }
        if survey.site.roots.is_empty() {
            survey.site.roots.push(String::new());
        }
        Ok(survey)
    }

    fn items(&mut self, layout: &ImportLayout, notes: &mut Notes, sink: &mut dyn ItemSink) -> Result<(), ImportError> {
        for batch in self.files.chunks(BATCH) {
            let is_wanted = |id: &str| layout.item(id).is_some_and(|item| item.file.is_some());
            let wanted = batch.par_iter().filter(|(id, _)| is_wanted(id));
            let read = wanted.map(|(id, at)| self.item(id, *at, layout));
            let mut items = Vec::with_capacity(batch.len());
            for read in read.collect::<Vec<_>>() {
                let (item, found) = read?;
                notes.extend(found);
                items.push(item);
            }
            sink.put(items)?;
        }
        Ok(())
    }
}

fn skipped(file: &FolderFile, why: &str) -> ItemFacts {
    ItemFacts {
        id: file.path.clone(),
        place: file.path.clone(),
        path_in_source: None,
        kind: ItemKind::Story,
        title: file.path.clone(),
        url: None,
        other_urls: Vec::new(),
        section: None,
        slug: String::new(),
        date: None,
        state: SourceState::Skipped(why.to_owned()),
        has_files: false,
    }
}

/// The value of a key in a map, by a path of keys with dots.
pub fn at_path<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    path.split('.').try_fold(value, |value, key| {
        let map = value.as_object()?;
        map.iter().find(|(name, _)| name.eq_ignore_ascii_case(key)).map(|(_, value)| value)
    })
}
