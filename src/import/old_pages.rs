//! Compares stories with the pages of the built old site.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Component, Path, PathBuf};

use percent_encoding::percent_decode_str;
use serde::Serialize;

use super::html::{OldPage, old_page};
use super::layout::{OldBase, OldReference};
use super::project_text::ProjectText;
use super::words::WordBag;
use crate::unicode::folded;

/// The largest page that is read, in bytes.
const MAX_PAGE: u64 = 32 << 20;

/// The folder of the built old site.
#[derive(Debug)]
pub(super) struct OldPages<'a> {
    folder: &'a Path,
    base: &'a OldBase,
}

/// A story compared with its old page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct PageComparison {
    /// The words of the old page's story. Some may be those of the old theme.
    pub words: usize,
    /// Those of them that the story has here.
    pub words_kept: usize,
    /// The links in the old page's story.
    pub links: usize,
    /// The links in the story here.
    pub links_here: usize,
    /// The pictures in the old page's story.
    pub pictures: usize,
    /// The pictures in the story here.
    pub pictures_here: usize,
    /// The authors that the old page names and the story here doesn't.
    pub authors_missing: Vec<String>,
    /// The days of publication that the old page names, if the story's isn't one of them.
    pub other_days: Vec<String>,
}

impl PageComparison {
    /// True if the story has less than its old page, or another date.
    pub(super) fn differs(&self) -> bool {
        let has_less =
            [(self.words_kept, self.words), (self.links_here, self.links), (self.pictures_here, self.pictures)];
        has_less.iter().any(|(here, there)| here < there)
            || !self.authors_missing.is_empty()
            || !self.other_days.is_empty()
    }
}

impl<'a> OldPages<'a> {
    /// The pages in a folder; `None` if it is a list of URLs.
    pub fn new(old_site: Option<&'a Path>, base: &'a OldBase) -> Option<OldPages<'a>> {
        old_site.filter(|path| path.is_dir()).map(|folder| OldPages { folder, base })
    }

    /// The page at an old URL.
    fn page(&self, url: &str) -> Option<OldPage> {
        let Some(OldReference::Here { path, .. }) = self.base.read(url) else { return None };
        let decoded = percent_decode_str(&path).decode_utf8_lossy().into_owned();
        let is_inside = Path::new(&decoded).components().all(|part| matches!(part, Component::Normal(_)));
        if !is_inside {
            return None;
        }
        let whole = decoded.trim_end_matches('/');
        let candidates = [format!("{whole}/index.html"), format!("{whole}.html"), whole.to_owned()];
        let found: Option<PathBuf> = candidates.iter().map(|name| self.folder.join(name)).find(|path| path.is_file());
        let found = found.filter(|path| fs::metadata(path).is_ok_and(|metadata| metadata.len() <= MAX_PAGE))?;
        Some(old_page(&String::from_utf8_lossy(&fs::read(found).ok()?)))
    }

    /// Compares a story with its page at `url`. `day` is the day of publication here. `None` if there is no such page.
    pub fn compare(&self, url: Option<&str>, here: &ProjectText<'_>, day: Option<String>) -> Option<PageComparison> {
        let page = self.page(url?)?;
        let (old, new) = (WordBag::of(&page.text), WordBag::of(&here.text));
        let names: BTreeSet<String> = here.authors.iter().map(|name| folded(name)).collect();
        let is_named = |name: &&String| names.iter().any(|known| known.contains(&folded(name)));
        Some(PageComparison {
            words: old.total(),
            words_kept: old.kept_in(&new),
            links: page.links,
            links_here: here.links(),
            pictures: page.pictures,
            pictures_here: here.pictures,
            authors_missing: page.authors.iter().filter(|name| !is_named(name)).cloned().collect(),
            other_days: match day {
                Some(day) if !page.days.is_empty() && !page.days.contains(&day) => page.days.into_iter().collect(),
                _ => Vec::new(),
            },
        })
    }
}
