//! Slots: the places of a theme's pages that show pictures, and the variants of a picture that fill them.

use xxhash_rust::xxh3::Xxh3;

use super::crop::{Crop, CropArea, Placement, Ratio};

/// The version of how variants are made: a new one gives all of them other bytes under other names.
const RECIPE: u32 = 1;
/// The version of how a crop is moved to what draws the eye (`pixels/src/attention.rs`): a new one gives the variants that
/// are cropped so other bytes under other names.
const ATTENTION: u32 = 1;

/// A place where pages show pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SlotName {
    /// The lead picture of a story, a page or a section.
    Lead,
    /// The lead picture of a story in lists.
    Card,
    /// A picture in a text.
    Inline,
    /// The portrait of an author.
    Portrait,
    /// Link previews in social networks and messengers.
    Social,
    /// Search results.
    Search,
}

impl SlotName {
    /// The slots that a theme may declare, by their names in `theme.yaml`.
    pub const DECLARED: [(&'static str, SlotName); 4] = [
        ("lead", SlotName::Lead),
        ("card", SlotName::Card),
        ("inline", SlotName::Inline),
        ("portrait", SlotName::Portrait),
    ];
}

/// The format of a variant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum VariantFormat {
    /// WebP, lossy.
    WebP,
    /// JPEG; PNG for a picture with transparency.
    Jpeg,
    /// PNG.
    Png,
}

impl VariantFormat {
    /// The extension of its files.
    pub fn extension(self) -> &'static str {
        match self {
            VariantFormat::WebP => "webp",
            VariantFormat::Jpeg => "jpg",
            VariantFormat::Png => "png",
        }
    }

    /// The media type.
    pub fn media_type(self) -> &'static str {
        match self {
            VariantFormat::WebP => "image/webp",
            VariantFormat::Jpeg => "image/jpeg",
            VariantFormat::Png => "image/png",
        }
    }

    /// The quality from 0 to 100 at which pictures look alike in all formats (78 by SSIMULACRA2, at 1,600 pixels).
    pub fn quality(self) -> u8 {
        match self {
            VariantFormat::WebP => 83,
            VariantFormat::Jpeg | VariantFormat::Png => 80,
        }
    }
}

/// A slot with everything that decides its variants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    /// Its name.
    pub name: SlotName,
    /// The shapes that a picture is cropped to, each a set of variants of its own; `None` for the picture's own shape.
    pub shapes: Vec<Option<Ratio>>,
    /// The widths in pixels, smallest first.
    pub widths: Vec<u32>,
    /// The width at which pages show the picture, for the attribute `sizes` of `<img>`.
    pub sizes: String,
    /// The formats, the preferred ones first.
    pub formats: Vec<VariantFormat>,
    /// The most bytes of a variant, for readers that refuse larger ones.
    pub max_bytes: Option<u32>,
}

impl Slot {
    /// The slots that follow from what other programs show, for themes that declare any slot.
    pub fn built_in() -> [Slot; 2] {
        // Facebook, X, LinkedIn and messengers crop to 1.91:1; some of them give up above 300 kB.
        let social = Slot {
            name: SlotName::Social,
            shapes: vec![Some(Ratio(40, 21))],
            widths: vec![600, 1200],
            sizes: String::new(),
            formats: vec![VariantFormat::Jpeg],
            // The rights that the file says are added to its pixels.
            max_bytes: Some(290_000),
        };
        // <https://developers.google.com/search/docs/appearance/structured-data/article>
        let shapes = [Ratio(16, 9), Ratio(4, 3), Ratio(1, 1)].map(Some).to_vec();
        let search = Slot { name: SlotName::Search, shapes, max_bytes: None, ..social.clone() };
        [social, search]
    }

    /// True if only the largest variant is of use.
    pub fn wants_one_size(&self) -> bool {
        matches!(self.name, SlotName::Social | SlotName::Search)
    }
}

/// Everything that decides the bytes of a variant besides the bytes of its picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Recipe {
    /// The part of the picture that it shows.
    pub crop: Crop,
    /// Its width in pixels, at most that of the part.
    pub width: u32,
    /// Its height in pixels.
    pub height: u32,
    /// Its format.
    pub format: VariantFormat,
    /// The most bytes that it may have.
    pub max_bytes: Option<u32>,
}

/// The most pixels on one side of a variant: WebP allows 16,383.
const MAX_SIDE: u32 = 16_000;

impl Recipe {
    /// The variant of a part at one width; `None` if it would be too high.
    pub fn new(crop: Crop, width: u32, format: VariantFormat, max_bytes: Option<u32>) -> Option<Recipe> {
        let area = crop.area;
        let rounded = u64::from(area.height) * u64::from(width) + u64::from(area.width) / 2;
        let height = u32::try_from(rounded / u64::from(area.width.max(1))).ok()?.max(1);
        (width <= MAX_SIDE && height <= MAX_SIDE).then_some(Recipe { crop, width, height, format, max_bytes })
    }

    /// The name of the variant of a picture, by the hash of the picture's bytes.
    pub fn key(&self, digest: u128) -> u128 {
        let Recipe { crop, width, height, format, max_bytes } = *self;
        let CropArea { x, y, width: across, height: down } = crop.area;
        let mut hasher = Xxh3::new();
        hasher.update(&digest.to_le_bytes());
        let quality = u32::from(format.quality());
        let numbers = [RECIPE, x, y, across, down, width, height, format as u32, quality, max_bytes.unwrap_or(0)];
        numbers.iter().for_each(|number| hasher.update(&number.to_le_bytes()));
        match crop.placement {
            Placement::Known => {}
            Placement::Attention => hasher.update(&ATTENTION.to_le_bytes()),
        }
        hasher.digest128()
    }
}

/// The widths at which a part of a picture is offered in a slot: those of the slot that it has pixels for, and its own if
/// it is narrower than the slot's largest. It is never enlarged. Empty if it is too small for any, unless an editor has
/// chosen it, since the whole picture would show what they have cut off.
pub fn widths(slot: &Slot, area: CropArea, is_chosen: bool) -> Vec<u32> {
    let mut widths: Vec<u32> = slot.widths.iter().copied().filter(|width| *width <= area.width).collect();
    let (Some(&largest), Some(&wanted)) = (widths.last(), slot.widths.last()) else {
        return if is_chosen { vec![area.width] } else { Vec::new() };
    };
    // A few pixels more are not worth another file.
    if largest < wanted && u64::from(area.width) * 10 > u64::from(largest) * 11 {
        widths.push(area.width);
    }
    if slot.wants_one_size() {
        widths.drain(..widths.len() - 1);
    }
    widths
}

#[cfg(test)]
mod tests {
    use super::super::crop::FocusPoint;
    use super::*;

    #[test]
    fn pictures_are_never_enlarged() {
        let slot =
            |widths: &[u32]| Slot { widths: widths.to_vec(), name: SlotName::Lead, ..Slot::built_in()[0].clone() };
        let of = |width: u32| {
            let area = CropArea::of((width, 100), None, FocusPoint::UPPER_THIRD);
            widths(&slot(&[400, 800, 1600]), area, false)
        };
        assert_eq!(of(399), [0u32; 0]);
        assert_eq!(of(400), [400]);
        assert_eq!(of(430), [400]);
        assert_eq!(of(700), [400, 700]);
        assert_eq!(of(5_000), [400, 800, 1600]);
    }
}
