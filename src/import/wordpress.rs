//! WordPress: export files (WXR 1.0 to 1.2), read as a stream.

mod archive;
mod autop;
mod blocks;
mod comments;
mod dates;
mod expansions;
mod library;
mod menus;
mod old_pages;
mod people;
mod php;
mod shortcodes;
mod story;
mod wxr;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::layout::ImportLayout;
use super::model::{SourceItem, Survey};
use super::notes::{ImportNoteKind, Notes};
use super::options::ImportOptions;
use super::xml_stream::XmlStream;
use super::{ArchiveSource, ImportError, ItemSink};

use archive::Archive;
pub(crate) use comments::{CommentsOnItem, comments_of};
use wxr::WxrItem;

/// The element that holds the items of an export.
const CHANNEL: &str = "channel";

/// The number of items that are converted together.
const BATCH: usize = 256;

/// The number of bytes of texts that are converted together: a few very long posts fill a batch.
const BATCH_BYTES: usize = 16 * 1024 * 1024;

/// Export files of a WordPress site.
pub struct WordPress {
    files: Vec<PathBuf>,
    media: Option<PathBuf>,
    now: jiff::Timestamp,
    archive: Archive,
}

impl WordPress {
    /// Takes the export files.
    ///
    /// # Errors
    /// If there is none, or the folder with copies of uploaded files doesn't exist.
    pub fn open(options: &ImportOptions) -> Result<WordPress, ImportError> {
        if options.sources.is_empty() {
            return Err(
                ImportError::new("there is no export file").hint("in WordPress, choose Tools, Export, All content")
            );
        }
        if let Some(media) = options.media.as_deref().filter(|media| !media.is_dir()) {
            let hint = "pass a copy of the folder wp-content/uploads";
            return Err(ImportError::new(format!("there is no folder {}", media.display())).hint(hint));
        }
        Ok(WordPress {
            files: options.sources.clone(),
            media: options.media.clone(),
            now: options.now,
            archive: Archive::default(),
        })
    }
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

impl ArchiveSource for WordPress {
    fn survey(&mut self, notes: &mut Notes) -> Result<Survey, ImportError> {
        for path in &self.files {
            let name = name_of(path);
            let mut stream = XmlStream::open(path, CHANNEL)?;
            let mut elements = 0;
            loop {
                match stream.next() {
                    Ok(Some((element, line))) => {
                        elements += 1;
                        self.archive.add(element, &format!("{name}:{line}"), notes);
                    }
                    Ok(None) => break,
                    // What is whole is imported; the rest is accounted for by the note.
                    Err(error) if elements > 0 => {
                        let place = format!("{name}:{}", error.line.unwrap_or_default());
                        notes.add(ImportNoteKind::Unreadable, "end of an export file", &place, error.message);
                        break;
                    }
                    Err(error) => return Err(error),
                }
            }
            if elements == 0 {
                let error = ImportError::new("it is not a WordPress export: it has no `<channel>`");
                return Err(error.at(name, None, None).hint("in WordPress, choose Tools, Export, All content"));
            }
        }
        Ok(self.archive.survey(self.media.as_deref(), self.now, notes))
    }

    fn items(&mut self, _: &ImportLayout, notes: &mut Notes, sink: &mut dyn ItemSink) -> Result<(), ImportError> {
        let keys = std::mem::take(&mut self.archive.keys);
        let mut left: BTreeSet<String> =
            keys.into_iter().filter(|(_, is_wanted)| *is_wanted).map(|(key, _)| key).collect();
        let mut batch: Vec<(WxrItem, String)> = Vec::new();
        let mut bytes = 0;
        for path in &self.files {
            let name = name_of(path);
            let mut stream = XmlStream::open(path, CHANNEL)?;
            // The survey has noted where a damaged file ends.
            while let Ok(Some((element, line))) = stream.next() {
                if element.name != "item" {
                    continue;
                }
                let item = WxrItem::read(element);
                if !left.remove(&item.key()) {
                    continue;
                }
                bytes += item.content.len();
                batch.push((item, format!("{name}:{line}")));
                if batch.len() >= BATCH || bytes > BATCH_BYTES {
                    self.pass_on(std::mem::take(&mut batch), notes, sink)?;
                    bytes = 0;
                }
            }
        }
        self.pass_on(batch, notes, sink)
    }
}

impl WordPress {
    fn pass_on(
        &self,
        batch: Vec<(WxrItem, String)>,
        notes: &mut Notes,
        sink: &mut dyn ItemSink,
    ) -> Result<(), ImportError> {
        let converted: Vec<(SourceItem, Notes)> = batch
            .into_par_iter()
            .map(|(item, place)| {
                let mut notes = Notes::default();
                (story::item(&item, &self.archive, &place, &mut notes), notes)
            })
            .collect();
        let mut items = Vec::with_capacity(converted.len());
        for (item, of_item) in converted {
            notes.extend(of_item);
            items.push(item);
        }
        sink.put(items)
    }
}
