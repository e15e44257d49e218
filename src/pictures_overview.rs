//! Lists the pictures of a project: where each is used, what it weighs, and the smaller ones that are kept of it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;

use crate::build::{AsOf, Draft, Project};
use crate::commit::WORK_FOLDER;
use crate::media::{is_for_web, is_picture_file};
use crate::picture::{KeptVariant, VariantStore};
use crate::plan::Variant;
use crate::read::{CopiedFile, Record};
use crate::site::{State, uses_of_files};
use crate::source::on_disk;

/// The pictures of a project.
#[derive(Debug)]
pub struct PicturesOverview<'p> {
    /// The pictures, by path.
    pub pictures: Vec<ListedPicture<'p>>,
    /// The kept smaller pictures that no page shows any more, not even one of a draft.
    pub stale: Vec<KeptVariant>,
}

/// A picture of the project.
#[derive(Debug)]
pub struct ListedPicture<'p> {
    /// Its file.
    pub file: &'p CopiedFile,
    /// The length of the file in bytes.
    pub bytes: u64,
    /// True if it is published.
    pub is_published: bool,
    /// The state of the story that it belongs to, if that isn't public.
    pub hidden: Option<State>,
    /// The sources that refer to it, public or not.
    pub used_in: BTreeSet<&'p str>,
    /// The smaller ones that public pages show.
    pub variants: VariantTotals,
}

/// The smaller pictures of a picture.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct VariantTotals {
    /// How many pages show.
    pub planned: usize,
    /// How many of them have been made.
    pub made: usize,
    /// The bytes of those.
    pub bytes: u64,
}

impl ListedPicture<'_> {
    /// True if no source refers to it.
    pub fn is_unused(&self) -> bool {
        self.used_in.is_empty()
    }
}

/// Lists the pictures of a project. `public` is the draft of the site as readers see it.
///
/// # Errors
/// If a file or the folder of the smaller pictures cannot be read.
pub fn pictures_overview<'p>(project: &'p Project, public: &'p Draft) -> io::Result<PicturesOverview<'p>> {
    let store = VariantStore::new(&project.root.join(WORK_FOLDER));
    let kept = store.all()?;
    let sizes: BTreeMap<u128, u64> = kept.iter().map(|variant| (variant.key, variant.bytes)).collect();
    let variants = totals(public, &sizes);
    let mut uses = uses_of_files(&project.records, &project.config);
    let left_out: BTreeSet<&str> =
        public.plan.unpublished().iter().map(|left_out| public.site.files[left_out.file].source.as_str()).collect();
    let mut pictures = Vec::new();
    for file in project.records.iter().filter_map(picture) {
        let source = file.source.as_str();
        let hidden = public.site.hidden.get(source).copied();
        pictures.push(ListedPicture {
            file,
            bytes: fs::metadata(on_disk(&project.root, source))?.len(),
            is_published: hidden.is_none() && !left_out.contains(source),
            hidden,
            used_in: uses.remove(source).unwrap_or_default(),
            variants: variants.get(source).copied().unwrap_or_default(),
        });
    }
    Ok(PicturesOverview { pictures, stale: stale(project, public, kept) })
}

fn picture(record: &Record) -> Option<&CopiedFile> {
    match record {
        Record::File(file) if is_for_web(&file.source) || is_picture_file(&file.source) => Some(file),
        _ => None,
    }
}

/// The smaller pictures of each picture, by its path.
fn totals<'d>(public: &'d Draft, sizes: &BTreeMap<u128, u64>) -> BTreeMap<&'d str, VariantTotals> {
    let mut totals: BTreeMap<&str, VariantTotals> = BTreeMap::new();
    for Variant { file, key, .. } in public.plan.variants() {
        let of_picture = totals.entry(public.site.files[*file].source.as_str()).or_default();
        of_picture.planned += 1;
        if let Some(bytes) = sizes.get(key) {
            of_picture.made += 1;
            of_picture.bytes += bytes;
        }
    }
    totals
}

/// The kept files that neither the public site nor a preview of all drafts shows.
fn stale(project: &Project, public: &Draft, mut kept: Vec<KeptVariant>) -> Vec<KeptVariant> {
    let keys = |draft: &Draft| -> BTreeSet<u128> { draft.plan.variants().iter().map(|variant| variant.key).collect() };
    let shown = keys(public);
    kept.retain(|variant| !shown.contains(&variant.key));
    if !kept.is_empty() {
        // Embargoed stories, too: their pictures are made when somebody looks at them in the preview.
        let later = keys(&project.as_of(AsOf { drafts: true, ..public.as_of }));
        kept.retain(|variant| !later.contains(&variant.key));
    }
    kept
}
