//! Views of pictures in the sizes of a slot.

use crate::picture::crop::Framing;
use crate::picture::slot::{SlotName, VariantFormat};
use crate::plan::{PictureRendition, PlannedVariant};
use crate::reader::TargetFile;
use crate::route::{Route, absolute};

use super::Viewer;
use super::contract::{ImageView, PictureSourceView, ShareView};

/// The width in pixels of the file for browsers that choose none themselves: enough for a column of text, a card, or a
/// portrait in a byline.
fn usual_width(slot: SlotName) -> u32 {
    match slot {
        SlotName::Card => 480,
        SlotName::Portrait => 128,
        _ => 800,
    }
}

/// The picture of a file in a slot, as an editor has framed it, if it has variants there.
pub fn rendition<'f>(file: &TargetFile<'f>, slot: SlotName, framing: Framing<'_>) -> Option<&'f PictureRendition> {
    in_slot(file.renditions, slot, framing)
}

/// The variants of a slot and a framing among those of a picture.
pub fn in_slot<'f>(
    renditions: &'f [PictureRendition],
    slot: SlotName,
    framing: Framing<'_>,
) -> Option<&'f PictureRendition> {
    renditions.iter().find(|rendition| rendition.slot == slot && rendition.framing() == framing)
}

/// The variants of one format as the value of `srcset`.
pub fn srcset<'v>(variants: impl Iterator<Item = &'v PlannedVariant>, path: &dyn Fn(&Route) -> String) -> String {
    let candidates: Vec<String> =
        variants.map(|PlannedVariant { route, width, .. }| format!("{} {width}w", path(route))).collect();
    candidates.join(", ")
}

/// The variants that all browsers show, smallest first.
pub fn fallbacks(rendition: &PictureRendition) -> impl DoubleEndedIterator<Item = &PlannedVariant> {
    let last = rendition.variants.last().map(|variant| variant.format);
    rendition.variants.iter().filter(move |variant| Some(variant.format) == last)
}

/// The variants of formats that only newer browsers show, by format.
pub fn newer(rendition: &PictureRendition) -> impl Iterator<Item = (VariantFormat, Vec<&PlannedVariant>)> {
    let last = rendition.variants.last().map(|variant| variant.format);
    let mut formats: Vec<VariantFormat> = rendition.variants.iter().map(|variant| variant.format).collect();
    formats.dedup();
    formats
        .into_iter()
        .filter(move |format| Some(*format) != last)
        .map(|format| (format, rendition.variants.iter().filter(|variant| variant.format == format).collect()))
}

/// The file for browsers that choose none themselves.
pub fn usual(rendition: &PictureRendition) -> Option<&PlannedVariant> {
    let wanted = usual_width(rendition.slot);
    fallbacks(rendition).find(|variant| variant.width >= wanted).or_else(|| fallbacks(rendition).next_back())
}

impl<'a> Viewer<'a> {
    /// Puts a picture into a slot: its URLs become those of its variants, if it has any.
    pub(super) fn in_slot(
        &self,
        image: ImageView<'a>,
        file: Option<&TargetFile<'a>>,
        slot: SlotName,
        framing: &dyn Fn(SlotName) -> Framing<'a>,
    ) -> ImageView<'a> {
        let Some((file, rendition)) = file.and_then(|file| Some((file, rendition(file, slot, framing(slot))?))) else {
            return image;
        };
        let path = |route: &Route| self.path(route);
        let (Some(usual), Some(largest)) = (usual(rendition), fallbacks(rendition).next_back()) else { return image };
        let sources = newer(rendition).map(|(format, variants)| PictureSourceView {
            media_type: format.media_type(),
            srcset: srcset(variants.into_iter(), &path),
        });
        let share = |rendition: &PictureRendition| {
            let PlannedVariant { width, height, route, .. } = fallbacks(rendition).next_back()?;
            let url = absolute(self.config.base_url.origin(), &self.path(route));
            Some(ShareView { url, width: *width, height: *height })
        };
        let shared = |slot: SlotName| {
            let (of_slot, framing) = (file.renditions.iter(), framing(slot));
            of_slot.filter(move |rendition| rendition.slot == slot && rendition.framing() == framing)
        };
        let is_lead = slot == SlotName::Lead;
        ImageView {
            src: self.path(&usual.route),
            url: absolute(self.config.base_url.origin(), &self.path(&largest.route)),
            width: Some(largest.width),
            height: Some(largest.height),
            sources: sources.collect(),
            srcset: Some(srcset(fallbacks(rendition), &path)),
            sizes: Some(&rendition.sizes),
            social: shared(SlotName::Social).filter(|_| is_lead).find_map(share),
            search: shared(SlotName::Search).filter(|_| is_lead).filter_map(share).collect(),
            ..image
        }
    }
}
