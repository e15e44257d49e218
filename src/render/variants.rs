//! Smaller pictures: made once, all of a picture at the same time, and kept by their keys.

use std::sync::{Condvar, Mutex, PoisonError};

use ahash::HashMap;
use rayon::prelude::*;
use xxhash_rust::xxh3::xxh3_128;

use crate::diagnostic::{Code, Diagnostic, RelatedPlace, Reported};
use crate::picture::Original;
use crate::picture::slot::Recipe;
#[cfg(feature = "comment-server")]
use crate::picture::{WantedVariant, fetch_variants};
use crate::plan::Variant;
use crate::read;
use crate::source::on_disk;

use super::{Contents, EditionRenderer, MadeVariants, Rendered};

/// The memory in bytes for pictures that are decoded at the same time. A single one may take more.
const MEMORY: usize = 1 << 30;

impl EditionRenderer<'_> {
    /// The file of a variant, by its place among the plan's, which is made unless that was done before.
    pub(super) fn variant(&self, at: usize) -> Reported<Option<Rendered>> {
        let variant = self.viewer.reader.variant(at);
        let contents = match self.kept(variant) {
            Some(contents) => Ok(contents),
            None => self.made(variant.file, &[variant]).map(|mut made| match made.pop() {
                Some(bytes) => self.keep(variant, bytes),
                None => Contents::Bytes(Vec::new()),
            }),
        };
        match contents {
            Ok(contents) => Reported::clean(Some(Rendered { contents, fingerprint: Some(variant.key), parts: None })),
            Err(diagnostic) => Reported { value: None, diagnostics: vec![*diagnostic] },
        }
    }

    fn kept(&self, variant: &Variant) -> Option<Contents> {
        self.variants.find(variant.key, variant.recipe.format.extension()).map(Contents::Kept)
    }

    /// Keeps a variant for later builds. If that fails, for example because the disk is full, the next build makes it
    /// again; writing it to the output folder reports the reason.
    fn keep(&self, variant: &Variant, bytes: Vec<u8>) -> Contents {
        match self.variants.keep(variant.key, variant.recipe.format.extension(), &bytes) {
            Ok(path) => Contents::Kept(path),
            Err(_) => Contents::Bytes(bytes),
        }
    }

    /// Makes those of the wanted variants that are not kept yet, several pictures at a time, unless the published site has
    /// them. `done` is called with each number of finished variants.
    pub fn make_variants(&self, wanted: &[usize], done: &(dyn Fn(usize) + Sync)) -> MadeVariants {
        let wanted = wanted.iter().map(|&at| self.viewer.reader.variant(at));
        let (kept, missing): (Vec<&Variant>, Vec<&Variant>) = wanted.partition(|variant| self.kept(variant).is_some());
        done(kept.len());
        let note = self.fetch(&missing, done);
        let mut by_picture: HashMap<usize, Vec<&Variant>> = HashMap::default();
        for variant in missing.into_iter().filter(|variant| self.kept(variant).is_none()) {
            by_picture.entry(variant.file).or_default().push(variant);
        }
        let mut by_picture: Vec<(usize, Vec<&Variant>)> = by_picture.into_iter().collect();
        by_picture.sort_unstable_by_key(|(file, _)| *file);
        let budget = MemoryBudget::default();
        let failed = by_picture.par_iter().with_max_len(1).filter_map(|(file, variants)| {
            let cost = self.viewer.reader.copied(*file).size.map_or(0, |(width, height)| memory(width, height));
            let made = budget.with(cost, || self.made(*file, variants));
            done(variants.len());
            match made {
                Ok(made) => {
                    variants.iter().zip(made).for_each(|(variant, bytes)| drop(self.keep(variant, bytes)));
                    None
                }
                Err(diagnostic) => Some((*file, *diagnostic)),
            }
        });
        MadeVariants { failed: failed.collect(), note }
    }

    /// Takes variants from the published site, if the configuration says so. Returns a note on why some were not taken.
    #[cfg(feature = "comment-server")]
    fn fetch(&self, missing: &[&Variant], done: &(dyn Fn(usize) + Sync)) -> Option<String> {
        let base = self.viewer.config.pictures.fetch_from.as_deref().filter(|_| !missing.is_empty())?;
        let paths: Vec<String> =
            missing.iter().map(|variant| variant.path(&self.viewer.reader.copied(variant.file).source)).collect();
        let wanted = missing.iter().zip(&paths);
        let wanted: Vec<WantedVariant<'_>> =
            wanted.map(|(variant, path)| WantedVariant { path, recipe: &variant.recipe, key: variant.key }).collect();
        let why = fetch_variants(base, &wanted, &self.variants, done)?;
        Some(format!("smaller pictures are made here, because they cannot be fetched: {why}"))
    }

    /// Takes nothing.
    #[cfg(not(feature = "comment-server"))]
    fn fetch(&self, missing: &[&Variant], _: &(dyn Fn(usize) + Sync)) -> Option<String> {
        let is_wanted = self.viewer.config.pictures.fetch_from.is_some() && !missing.is_empty();
        let why = "smaller pictures are made here, because this program was built without the feature `comment-server`, which                    has the HTTP client";
        is_wanted.then(|| why.to_owned())
    }

    /// Makes variants of one picture.
    fn made(&self, file: usize, variants: &[&Variant]) -> Result<Vec<Vec<u8>>, Box<Diagnostic>> {
        let copied = self.viewer.reader.copied(file);
        let source = copied.source.as_str();
        let bytes = std::fs::read(on_disk(self.root, source)).map_err(|error| {
            Box::new(Diagnostic::new(Code::UnreadableFile, source, format!("it cannot be read: {error}")))
        })?;
        let picture = copied.picture.as_ref().filter(|picture| picture.digest == xxh3_128(&bytes));
        let (Some(picture), Some(size)) = (picture, copied.size) else { return Err(Box::new(read::changed(source))) };
        let (codec, orientation, rights) = (picture.codec, picture.orientation, &picture.rights);
        let original = Original { bytes: &bytes, codec, size, orientation, rights };
        let recipes: Vec<Recipe> = variants.iter().map(|variant| variant.recipe).collect();
        original.variants(&recipes).map_err(|why| {
            let message = format!("the picture cannot be decoded: {why}");
            let hint = "export it again from the original, or use another picture";
            let mut diagnostic = Diagnostic::new(Code::UnusablePicture, source, message).hint(hint);
            // After an error nothing is published, so it doesn't matter that the whole site is read.
            let (site, plan) = self.viewer.reader.everything();
            diagnostic.related.extend(plan.place_of_picture(site, self.viewer.config, file).map(
                |(path, reference)| {
                    let key_value = Some(("image".to_owned(), reference));
                    RelatedPlace { message: "it is used here".to_owned(), path, line: None, column: None, key_value }
                },
            ));
            Box::new(diagnostic)
        })
    }
}

/// The bytes that decoding a picture takes, about: its pixels, a turned or converted copy, and its largest variant.
fn memory(width: u32, height: u32) -> usize {
    (width as usize).saturating_mul(height as usize).saturating_mul(12)
}

/// Lets only so many pictures be decoded at once that they fit into [`MEMORY`].
#[derive(Default)]
struct MemoryBudget {
    used: Mutex<usize>,
    freed: Condvar,
}

impl MemoryBudget {
    /// Does work that takes so many bytes, when there is room for it.
    fn with<T>(&self, cost: usize, work: impl FnOnce() -> T) -> T {
        let cost = cost.min(MEMORY);
        {
            let used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
            // Nothing that is waited for here waits for another thread.
            let wait = self.freed.wait_while(used, |used| *used > 0 && *used + cost > MEMORY);
            *wait.unwrap_or_else(PoisonError::into_inner) += cost;
        }
        let done = work();
        *self.used.lock().unwrap_or_else(PoisonError::into_inner) -= cost;
        self.freed.notify_all();
        done
    }
}
