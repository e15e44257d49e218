//! Plans the variants of pictures: one exists because a story, a page or an author puts a picture into a slot of the theme.

use std::collections::BTreeSet;

use ahash::HashMap;
use rayon::prelude::*;

use crate::article::{BodyScan, Image};
use crate::config::Config;
use crate::diagnostic::{Code, Diagnostic};
use crate::picture::crop::{Crop, CropShares, DefaultPlace, Framing};
use crate::picture::slot::{Recipe, Slot, SlotName, VariantFormat};
use crate::picture::{PixelKind, slot};
use crate::read::FramedPicture;
use crate::route::{Route, SlugStyle, slugify};
use crate::site::Site;

use super::{Output, OutputKind, Plan};

/// The folder of the variants, with a slash at its end. All files of the theme's folder may be cached for ever.
pub const VARIANTS: &str = "assets/pictures/";
/// The most letters of a picture's name in the names of its variants.
const MAX_STEM: usize = 40;
/// The most pixels of a picture that variants are made of: decoding it takes about twelve bytes for each.
const MAX_PIXELS: u64 = 120_000_000;

/// A variant to be made.
#[derive(Debug, Clone)]
pub struct Variant {
    /// Its picture, by its place in [`Site::files`].
    pub file: usize,
    /// Everything else that decides its bytes.
    pub recipe: Recipe,
    /// The name of its file among all variants.
    pub key: u128,
}

impl Variant {
    /// Its path below the root of the site, by the path of its picture.
    pub fn path(&self, source: &str) -> String {
        path(source, &self.recipe, self.key)
    }
}

/// A picture in one slot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PictureRendition {
    /// The slot.
    pub slot: SlotName,
    /// The focus that the front matter asks for.
    pub focus: Option<Box<str>>,
    /// The part that the front matter asks for.
    pub crop: Option<CropShares>,
    /// The attribute `sizes` of `<img>`.
    pub sizes: Box<str>,
    /// The variants: by format, the preferred one first, and by width, the smallest first.
    pub variants: Vec<PlannedVariant>,
}

impl PictureRendition {
    /// The choice of an editor that it shows.
    pub fn framing(&self) -> Framing<'_> {
        Framing { focus: self.focus.as_deref(), crop: self.crop }
    }
}

/// A variant as pages refer to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedVariant {
    /// Its format.
    pub format: VariantFormat,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Its file.
    pub route: Route,
}

/// A picture in a slot, as a text puts it there.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Use<'s> {
    file: usize,
    slot: SlotName,
    framing: Framing<'s>,
}

/// A reference to a picture in a text.
struct PlacedPicture<'s> {
    from: &'s str,
    reference: &'s str,
    /// The picture in front matter; `None` for one in a text.
    framed: Option<FramedPicture<'s>>,
    slots: &'static [SlotName],
}

/// The slots of lead pictures. Stories are also cards in lists.
const OF_STORY: &[SlotName] = &[SlotName::Lead, SlotName::Card, SlotName::Social, SlotName::Search];
const OF_PAGE: &[SlotName] = &[SlotName::Lead, SlotName::Social];
const OF_TEXT: &[SlotName] = &[SlotName::Inline];
const OF_AUTHOR: &[SlotName] = &[SlotName::Portrait];

/// Adds the variants of all pictures to a plan, and reports pictures that most browsers don't show. References that lead
/// nowhere are reported elsewhere.
pub(super) fn variants(
    plan: &mut Plan,
    site: &Site,
    config: &Config,
    slots: &[Slot],
    diagnostics: &mut Vec<Diagnostic>,
) {
    check_suited(plan, site, config, diagnostics);
    if slots.is_empty() || !cfg!(feature = "pictures") || site.files.iter().all(|file| file.picture.is_none()) {
        return;
    }
    let placed = placed(site);
    let resolve = |placed: &PlacedPicture<'_>| plan.resolve(site, config, placed.from, placed.reference).ok()?.file;
    let files: Vec<Option<usize>> = placed.par_iter().map(resolve).collect();
    let mut uses: BTreeSet<Use<'_>> = BTreeSet::new();
    let mut too_large: BTreeSet<usize> = BTreeSet::new();
    for (placed, file) in placed.iter().zip(files) {
        let Some(file) = file.filter(|&file| has_variants(site, file)) else { continue };
        if pixels(site, file) <= MAX_PIXELS {
            let framing = |slot| placed.framed.map_or_else(Framing::default, |picture| picture.framing(slot));
            let used = |&slot: &SlotName| Use { file, slot, framing: framing(slot) };
            uses.extend(placed.slots.iter().map(used));
        } else if too_large.insert(file) {
            diagnostics.push(too_many_pixels(site, file, placed));
        }
    }
    let mut planner = VariantPlanner { site, slots, routes: HashMap::default(), found: Vec::new() };
    for used in uses {
        for rendition in planner.renditions(&used) {
            plan.renditions.entry(used.file).or_default().push(rendition);
        }
    }
    for (route, variant) in planner.found {
        plan.add(Output::new(route, OutputKind::Variant(plan.variants.len())));
        plan.variants.push(variant);
    }
    plan.index();
}

/// Reports the pictures that most browsers don't show as they are meant, each at its first place.
fn check_suited(plan: &Plan, site: &Site, config: &Config, diagnostics: &mut Vec<Diagnostic>) {
    let unsuited = |file: usize| site.files[file].picture.as_ref().and_then(|picture| picture.unsuited);
    if !(0..site.files.len()).any(|file| unsuited(file).is_some()) {
        return;
    }
    let mut reported: BTreeSet<usize> = BTreeSet::new();
    for PlacedPicture { from, reference, .. } in placed(site) {
        let file = plan.resolve(site, config, from, reference).ok().and_then(|target| target.file);
        let Some((file, why)) = file.and_then(|file| Some((file, unsuited(file)?))) else { continue };
        if reported.insert(file) {
            let source = &site.files[file].source;
            let message = format!("`{source}` {}", why.describe());
            let diagnostic = Diagnostic::new(Code::UnsuitedPicture, from, message).in_key("image", reference);
            diagnostics.push(diagnostic.hint("export it as a JPEG file with the colours of screens (sRGB)"));
        }
    }
}

/// Every picture of the public site, in the order of the site.
fn placed(site: &Site) -> Vec<PlacedPicture<'_>> {
    fn lead<'s>(from: &'s str, image: Option<&'s Image>, slots: &'static [SlotName]) -> Option<PlacedPicture<'s>> {
        let framed = image.map(FramedPicture::Lead);
        framed.map(|framed| PlacedPicture { from, reference: framed.src(), framed: Some(framed), slots })
    }
    fn text<'s>(from: &'s str, body: &'s BodyScan) -> impl Iterator<Item = PlacedPicture<'s>> {
        body.files.iter().map(move |file| PlacedPicture { from, reference: file, framed: None, slots: OF_TEXT })
    }
    let mut placed = Vec::new();
    for story in &site.articles {
        let article = &story.article;
        placed.extend(lead(&article.source, article.front.image.as_ref().map(|image| &image.0), OF_STORY));
        placed.extend(text(&article.source, &article.body));
    }
    for standalone in &site.pages {
        let page = &standalone.page;
        placed.extend(lead(&page.source, page.front.image.as_ref().map(|image| &image.0), OF_PAGE));
        placed.extend(text(&page.source, &page.body));
    }
    for section in site.sections.iter().filter_map(|section| section.file.as_ref()).chain(site.front_files()) {
        placed.extend(lead(&section.source, section.front.image.as_ref().map(|image| &image.0), OF_PAGE));
        placed.extend(text(&section.source, &section.body));
    }
    for (_, person) in site.author_files() {
        let author = &person.author;
        let portrait = author.front.image.as_ref().map(|image| &image.0);
        placed.extend(portrait.map(|portrait| PlacedPicture {
            from: &author.source,
            reference: &portrait.src,
            framed: Some(FramedPicture::Portrait(portrait)),
            slots: OF_AUTHOR,
        }));
        placed.extend(text(&author.source, &author.body));
    }
    placed
}

fn has_variants(site: &Site, file: usize) -> bool {
    let picture = site.files[file].picture.as_ref();
    picture.is_some_and(|picture| picture.kind != PixelKind::Fixed) && site.files[file].size.is_some()
}

fn pixels(site: &Site, file: usize) -> u64 {
    site.files[file].size.map_or(0, |(width, height)| u64::from(width) * u64::from(height))
}

fn too_many_pixels(site: &Site, file: usize, placed: &PlacedPicture<'_>) -> Diagnostic {
    let (width, height) = site.files[file].size.unwrap_or_default();
    let source = &site.files[file].source;
    let message = format!("`{source}` has {width} × {height} pixels, too many to make smaller pictures of it");
    Diagnostic::new(Code::PictureTooLarge, placed.from, message)
        .in_key("image", placed.reference)
        .related("the picture", source.clone())
        .hint(format!("at most {} million; it is published as it is", MAX_PIXELS / 1_000_000))
}

/// Plans each variant once, however many slots and texts share it.
struct VariantPlanner<'s> {
    site: &'s Site,
    slots: &'s [Slot],
    /// The routes by keys.
    routes: HashMap<u128, Route>,
    found: Vec<(Route, Variant)>,
}

impl VariantPlanner<'_> {
    /// The variants of a picture in a slot, one set for each shape.
    fn renditions(&mut self, used: &Use<'_>) -> Vec<PictureRendition> {
        let file = &self.site.files[used.file];
        let (Some(picture), Some(size), Some(slot)) =
            (&file.picture, file.size, self.slots.iter().find(|slot| slot.name == used.slot))
        else {
            return Vec::new();
        };
        let is_transparent = picture.kind == PixelKind::Transparent;
        let framing = used.framing;
        let default = match used.slot {
            SlotName::Portrait => DefaultPlace::UpperThird,
            _ => DefaultPlace::Attention,
        };
        let mut renditions = Vec::new();
        for &shape in &slot.shapes {
            let crop = Crop::of(size, shape, framing, default);
            let widths = slot::widths(slot, crop.area, framing.crop.is_some());
            let mut variants = Vec::new();
            for &format in &slot.formats {
                // Link previews show transparent pictures on black or white, as they like.
                let is_kept_clear = is_transparent && format == VariantFormat::Jpeg && !slot.wants_one_size();
                let format = if is_kept_clear { VariantFormat::Png } else { format };
                let recipes = widths.iter().filter_map(|&width| Recipe::new(crop, width, format, slot.max_bytes));
                variants.extend(recipes.filter_map(|recipe| self.variant(used.file, picture.digest, recipe)));
            }
            if !variants.is_empty() {
                let (focus, sizes) = (framing.focus.map(Into::into), slot.sizes.as_str().into());
                renditions.push(PictureRendition { slot: slot.name, focus, crop: framing.crop, sizes, variants });
            }
        }
        renditions
    }

    fn variant(&mut self, file: usize, digest: u128, recipe: Recipe) -> Option<PlannedVariant> {
        let key = recipe.key(digest);
        let Recipe { width, height, format, .. } = recipe;
        let known = self.routes.get(&key).cloned();
        let route = match known {
            Some(route) => route,
            None => {
                let route = Route::file(&path(&self.site.files[file].source, &recipe, key)).ok()?;
                self.routes.insert(key, route.clone());
                self.found.push((route.clone(), Variant { file, recipe, key }));
                route
            }
        };
        Some(PlannedVariant { format, width, height, route })
    }
}

/// The path of a variant: the name of its picture, so that people know it again, its width, and the start of its key.
fn path(source: &str, recipe: &Recipe, key: u128) -> String {
    let name = source.rsplit('/').next().unwrap_or(source);
    let stem = slugify(name.rsplit_once('.').map_or(name, |(stem, _)| stem), SlugStyle::Ascii);
    let stem: String = stem.chars().take(MAX_STEM).collect();
    let stem = Some(stem.trim_matches('-')).filter(|stem| !stem.is_empty()).unwrap_or("picture");
    format!("{VARIANTS}{stem}-{}.{:010x}.{}", recipe.width, key >> 88, recipe.format.extension())
}

impl Plan {
    /// The variants of a picture, by its place in [`Site::files`].
    pub fn renditions(&self, file: usize) -> &[PictureRendition] {
        self.renditions.get(&file).map_or(&[], Vec::as_slice)
    }

    /// The first place that uses a picture: a source, and the reference in it.
    pub fn place_of_picture(&self, site: &Site, config: &Config, file: usize) -> Option<(String, String)> {
        let is_here = |placed: &PlacedPicture<'_>| {
            let target = self.resolve(site, config, placed.from, placed.reference);
            target.is_ok_and(|target| target.file == Some(file))
        };
        let found = placed(site).into_iter().find(is_here)?;
        Some((found.from.to_owned(), found.reference.to_owned()))
    }

    /// All variants, in the order of their pictures.
    pub fn variants(&self) -> &[Variant] {
        &self.variants
    }

    /// A variant, by its place among all.
    pub fn variant(&self, at: usize) -> &Variant {
        &self.variants[at]
    }
}
