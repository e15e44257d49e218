//! A folder of Markdown files, with or without front matter.

use serde_json::Value;

use super::dates::SourceDate;
use super::files::{AuthorBook, Document, Fields, Folder, FolderFile, read_document};
use super::layout::Layout;
use super::model::{Item, ItemFacts, ItemKind, ItemState, MediaFile, MediaPlace, SiteFacts, Survey};
use super::notes::{NoteKind, Notes};
use super::options::ImportOptions;
use super::{ImportError, ItemSink, Source};

/// The number of items that are passed on together.
const BATCH: usize = 256;

/// A folder of Markdown files.
#[derive(Debug)]
pub struct PlainFolder {
    folder: Folder,
    authors: AuthorBook,
}

impl PlainFolder {
    /// Lists the folder.
    ///
    /// # Errors
    /// If it can't be read.
    pub fn open(options: &ImportOptions) -> Result<PlainFolder, ImportError> {
        let [root] = &options.sources[..] else {
            return Err(ImportError::new("a folder of Markdown files is one folder").hint("pass one folder"));
        };
        Ok(PlainFolder { folder: Folder::open(root, &options.into)?, authors: AuthorBook::default() })
    }
}

impl Source for PlainFolder {
    fn survey(&mut self, notes: &mut Notes) -> Result<Survey, ImportError> {
        let folder = self.folder.clone();
        let texts: Vec<&FolderFile> = folder.files.iter().filter(|file| file.is_markdown()).collect();
        let mut documents = Vec::new();
        for file in &texts {
            documents.push(file.text(notes).and_then(|text| read_document(&text, &file.path)));
        }
        for document in documents.iter().flatten() {
            self.authors.learn(document.front.get("authors").or_else(|| document.front.get("author")));
        }
        let items = texts.iter().zip(&documents).map(|(file, document)| match document {
            Ok(document) => facts(file, document),
            Err(error) => {
                notes.add(NoteKind::Unreadable, "file", &file.path, error.to_string());
                skipped(file, &error.to_string())
            }
        });
        let items = items.collect();
        let media = folder.files.iter().filter(|file| !file.is_markdown());
        let media = media.map(|file| MediaFile {
            place: MediaPlace::Static(file.path.clone()),
            file: Some(file.on_disk.clone()),
            old_urls: Vec::new(),
            path_in_source: Some(file.path.clone()),
        });
        let title = folder.root.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let site = SiteFacts { title, roots: vec![String::new()], ..SiteFacts::default() };
        Ok(Survey { site, people: self.authors.finish(), items, media: media.collect(), ..Survey::default() })
    }

    fn items(&mut self, _: &Layout, notes: &mut Notes, sink: &mut dyn ItemSink) -> Result<(), ImportError> {
        let texts: Vec<&FolderFile> = self.folder.files.iter().filter(|file| file.is_markdown()).collect();
        for batch in texts.chunks(BATCH) {
            let mut items = Vec::new();
            for file in batch {
                let text = file.text(&mut Notes::default())?;
                if let Ok(document) = read_document(&text, &file.path) {
                    items.push(self.item(file, document, notes));
                }
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
        state: ItemState::Skipped(why.to_owned()),
        has_files: false,
    }
}

/// The first heading of a text.
fn first_heading(body: &str) -> Option<String> {
    let line = body.lines().find(|line| !line.trim().is_empty())?;
    line.strip_prefix("# ").map(|heading| heading.trim().trim_end_matches('#').trim().to_owned())
}

fn facts(file: &FolderFile, document: &Document) -> ItemFacts {
    let mut fields = Fields(document.front.clone());
    let stem = file.path.rsplit_once('.').map_or(file.path.as_str(), |(stem, _)| stem);
    let (folder, name) = stem.rsplit_once('/').unwrap_or(("", stem));
    let (day, rest) = crate::content_path::dated_name(name);
    let title = fields.text(&["title"]).or_else(|| first_heading(&document.body));
    let date = fields.date(&["date", "published"]).and_then(Result::ok);
    let date = date.or_else(|| day.and_then(|_| SourceDate::parse(&name[..10])));
    let is_draft = fields.flag(&["draft"]).unwrap_or(false) || fields.flag(&["published"]) == Some(false);
    ItemFacts {
        id: file.path.clone(),
        place: file.path.clone(),
        path_in_source: Some(file.path.clone()),
        kind: if date.is_some() { ItemKind::Story } else { ItemKind::Page },
        title: title.unwrap_or_else(|| rest.replace(['-', '_'], " ")),
        url: None,
        other_urls: fields.texts(&["aliases"], None),
        section: Some(folder.to_owned()).filter(|folder| !folder.is_empty()),
        slug: fields.text(&["slug"]).unwrap_or_else(|| rest.to_owned()),
        date,
        state: if is_draft { ItemState::Draft("a draft".to_owned()) } else { ItemState::Public },
        has_files: false,
    }
}

impl PlainFolder {
    fn item(&self, file: &FolderFile, document: Document, notes: &mut Notes) -> Item {
        for key in &document.repeated {
            notes.add(
                NoteKind::Guessed,
                "repeated key",
                &file.path,
                format!("`{key}` is written twice; the last counts"),
            );
        }
        let mut fields = Fields(document.front);
        let authors: Option<Value> = fields.take(&["authors", "author"]);
        let byline = self.authors.credit(authors.as_ref(), &file.path, notes);
        for key in ["title", "date", "slug", "aliases", "draft", "published"] {
            fields.take(&[key]);
        }
        Item {
            id: file.path.clone(),
            deck: fields.text(&["deck", "subtitle"]),
            summary: fields.text(&["summary", "description"]),
            tags: fields.texts(&["tags", "tag", "keywords"], Some(',')),
            authors: byline.authors,
            byline: byline.byline,
            image: fields.picture(&["image", "cover", "featured_image", "thumbnail"]),
            extra: fields.into_extra(),
            source_text: Some(super::words::markdown_text(&document.body)),
            body: document.body,
            ..Item::default()
        }
    }
}
