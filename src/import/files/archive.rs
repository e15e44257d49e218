//! The part that all archives of text files share: reading, batches, authors, notes. What is particular to a system is
//! its [`Dialect`].

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use rayon::prelude::*;
use serde_json::Value;

use crate::import::html::{HtmlNoteKind, HtmlOptions, convert};
use crate::import::layout::ImportLayout;
use crate::import::model::{
    ArchiveFile, ItemFacts, ItemKind, MediaPlace, OldRedirect, SectionFacts, SourceItem, SourceState, Survey,
};
use crate::import::notes::{ImportNoteKind, Notes};
use crate::import::options::ImportOptions;
use crate::import::{ArchiveSource, ImportError, ItemSink};
use crate::route::{SlugStyle, slugify};

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
    /// A template that lists other texts, by its old URL, which redirects to the archive.
    List(String),
    /// A file like any other: the system copied it as it was.
    File,
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
    /// True if its body has no words besides calls of templates.
    pub is_blank: bool,
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
    /// The places of files that look like texts and were copied as they are.
    copied: BTreeSet<usize>,
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
        let folder = Folder::open(root, &options.into, options.system)?;
        let calls = CallTable::read(&[options.into.as_path(), Path::new(root)])?;
        let (authors, copied) = (AuthorBook::default(), BTreeSet::new());
        Ok(TextArchive { folder, dialect, authors, calls, copied, files: Vec::new() })
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
                    texts.push(self.text_facts(at, &facts, document));
                    self.files.push((facts.id.clone(), at));
                    survey.items.push(*facts);
                }
                Placed::Section(section) => survey.sections.push(*section),
                Placed::Front(body) => survey.site.front_body = body,
                Placed::Author(id) => self.authors.add_profile(&id, document.front, &document.body),
                Placed::Term(taxonomy, name) => {
                    let taxonomy = Some(taxonomy).filter(|taxonomy| taxonomy != "tags");
                    survey.terms.push(crate::import::model::SourceTerm { taxonomy, name, ..Default::default() });
                }
                Placed::File => {
                    self.copied.insert(at);
                }
                Placed::List(url) => {
                    let to = Some(ARCHIVE.to_owned());
                    survey.redirects.push(OldRedirect { from: url, to, place: file.path.clone() });
                    survey.items.push(skipped(file, "it is a template that lists other texts"));
                    self.files.push((file.path.clone(), at));
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

    /// The facts about a text that is a story or page, whose authors are learned.
    fn text_facts(&mut self, file: usize, facts: &ItemFacts, document: TextDocument) -> TextFacts {
        let mut fields = Fields(document.front);
        for key in ["authors", "author"] {
            self.authors.learn(fields.0.get(key));
        }
        fields.0.retain(|_, value| !super::fields::is_empty(value));
        let words = super::calls::without_calls(&document.body);
        let is_blank = !words.contains(char::is_alphanumeric);
        let is_public = facts.state == SourceState::Public;
        TextFacts { file, fields, is_public, is_blank, section: facts.section.clone() }
    }

    /// Finds the terms of public texts. A page without a text at a term's URL was that term's list, as blogs write it.
    fn used_terms(&self, texts: &[TextFacts], survey: &mut Survey) {
        let public = texts.par_iter().filter(|text| text.is_public);
        let found = public.map(|text| {
            let (mut item, mut none) = (SourceItem::default(), Notes::default());
            let mut fields = text.fields.clone();
            self.dialect.special_keys(&mut fields, &mut item, &self.folder.files[text.file].path, &mut none);
            item_of(&mut item, fields, &self.authors, "", &mut none);
            let series = item.series.map(|(series, _)| ("series".to_owned(), vec![series]));
            let tags = ("tags".to_owned(), item.tags);
            item.taxonomies.into_iter().chain(series).chain([tags]).collect::<Vec<_>>()
        });
        let found: Vec<_> = found.collect();
        let terms = found.into_iter().flatten();
        survey.used_terms =
            terms.flat_map(|(taxonomy, names)| names.into_iter().map(move |name| (taxonomy.clone(), name))).collect();
        let lists: BTreeSet<String> =
            survey.used_terms.iter().map(|(taxonomy, name)| term_path(taxonomy, name)).collect();
        survey
            .redirects
            .retain_mut(|redirect| redirect.to.as_deref() != Some(ARCHIVE) || leads_to_list(redirect, &lists));
        let empty: BTreeSet<&str> =
            texts.iter().filter(|text| text.is_blank).map(|text| self.folder.files[text.file].path.as_str()).collect();
        for item in
            survey.items.iter_mut().filter(|item| item.kind == ItemKind::Page && empty.contains(item.id.as_str()))
        {
            let path = item.url.as_deref().unwrap_or_default().trim_matches('/').trim_end_matches(".html");
            let is_of_term =
                path.split_once('/').is_some_and(|(taxonomy, name)| lists.contains(&term_path(taxonomy, name)));
            if is_of_term || MADE_LISTS.contains(&path) {
                item.state = SourceState::Skipped("a list without a text, which has its own page here".to_owned());
            }
        }
    }

    fn media(&self, survey: &mut Survey) {
        let items = survey.items.iter().filter(|item| item.has_files);
        let folder_of = |item: &ItemFacts| Some(item.path_in_source.as_deref()?.rsplit_once('/')?.0.to_owned());
        let index = ItemIndex { folders: items.filter_map(|item| Some((folder_of(item)?, item))).collect() };
        let files = self.folder.files.iter().enumerate();
        let files = files.filter(|(at, file)| self.copied.contains(at) || !self.dialect.is_text(file));
        let media = files.filter_map(|(_, file)| {
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
        self.used_terms(&texts, &mut survey);
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

/// The list of all stories, to which other lists redirect.
const ARCHIVE: &str = "/archive/";

/// Lets the redirect of a list lead to the same list here. False if that has the same URL.
fn leads_to_list(redirect: &mut OldRedirect, lists: &BTreeSet<String>) -> bool {
    let path = redirect.from.trim_matches('/');
    let stem = path.trim_end_matches("index.html").trim_end_matches(".html").trim_end_matches('/').to_owned();
    let term = stem.split_once('/').map(|(taxonomy, name)| term_path(taxonomy, name));
    let here = term.filter(|term| lists.contains(term));
    let is_same = here.as_deref() == Some(path) || MADE_LISTS.contains(&path);
    if let Some(here) = here {
        redirect.to = Some(format!("/{here}/"));
    }
    !is_same
}

/// Lists that every project has.
const MADE_LISTS: &[&str] = &["archive", "authors", "latest", "series", "tags"];

/// The path of a term's page, for comparisons.
fn term_path(taxonomy: &str, name: &str) -> String {
    format!("{taxonomy}/{}", slugify(name, SlugStyle::Unicode))
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
