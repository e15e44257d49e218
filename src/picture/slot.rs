//! Slots: the places of a theme's pages that show pictures, and the variants of a picture that fill them.

use borsh::{BorshDeserialize, BorshSerialize};
use xxhash_rust::xxh3::Xxh3;

/// The version of how variants are made: a new one gives all of them other bytes under other names.
const RECIPE: u32 = 1;

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

/// The relation of width to height.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Ratio(pub u32, pub u32);

impl Ratio {
    /// Parses `3:2`. Each number is at most 100.
    pub fn parse(written: &str) -> Option<Ratio> {
        let (width, height) = written.split_once(':')?;
        let side = |text: &str| text.trim().parse::<u32>().ok().filter(|side| (1..=100).contains(side));
        Some(Ratio(side(width)?, side(height)?))
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

/// A part of a picture, in pixels as seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, BorshSerialize, BorshDeserialize)]
pub struct CropArea {
    /// The left edge.
    pub x: u32,
    /// The upper edge.
    pub y: u32,
    /// The width, at least 1.
    pub width: u32,
    /// The height, at least 1.
    pub height: u32,
}

/// The share of what is cut off that lies left of and above the rest, in thousandths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FocusPoint {
    x: u32,
    y: u32,
}

impl FocusPoint {
    /// The default: people's heads are in the upper third of most pictures.
    pub const UPPER_THIRD: FocusPoint = FocusPoint { x: 500, y: 333 };

    /// Reads a focus of front matter, which is a CSS `object-position` of one or two words or percentages.
    pub fn parse(focus: &str) -> FocusPoint {
        let share = |word: &str| match word {
            "left" | "top" => Some(0),
            "right" | "bottom" => Some(1_000),
            "center" => Some(500),
            word => word.strip_suffix('%').and_then(|share| share.parse::<f64>().ok()).map(|share| {
                // At most 100 %, as `is_focus` has checked.
                (share * 10.0).clamp(0.0, 1_000.0).round() as u32
            }),
        };
        let is_upright = |word: &str| matches!(word, "top" | "bottom");
        let words: Vec<&str> = focus.split_ascii_whitespace().collect();
        let (x, y) = match *words {
            [word] if is_upright(word) => ("center", word),
            [word] => (word, "center"),
            [first, second] if is_upright(first) || matches!(second, "left" | "right") => (second, first),
            [first, second] => (first, second),
            _ => ("center", "center"),
        };
        FocusPoint { x: share(x).unwrap_or(500), y: share(y).unwrap_or(500) }
    }
}

impl CropArea {
    /// The largest part of a picture with a shape, placed by a focus point.
    pub fn of((width, height): (u32, u32), shape: Option<Ratio>, focus: FocusPoint) -> CropArea {
        let Some(Ratio(across, down)) = shape else { return CropArea { x: 0, y: 0, width, height } };
        let scaled = |side: u32, by: u32, over: u32| {
            let scaled = (u64::from(side) * u64::from(by) + u64::from(over) / 2) / u64::from(over);
            u32::try_from(scaled).unwrap_or(u32::MAX).max(1)
        };
        let (kept_width, kept_height) = match u64::from(width) * u64::from(down) > u64::from(height) * u64::from(across)
        {
            true => (scaled(height, across, down).min(width), height),
            false => (width, scaled(width, down, across).min(height)),
        };
        let place = |rest: u32, share: u32| (u64::from(rest) * u64::from(share) / 1_000) as u32;
        CropArea {
            x: place(width - kept_width, focus.x),
            y: place(height - kept_height, focus.y),
            width: kept_width,
            height: kept_height,
        }
    }
}

/// Everything that decides the bytes of a variant besides the bytes of its picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Recipe {
    /// The part of the picture that it shows.
    pub area: CropArea,
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
    pub fn new(area: CropArea, width: u32, format: VariantFormat, max_bytes: Option<u32>) -> Option<Recipe> {
        let rounded = u64::from(area.height) * u64::from(width) + u64::from(area.width) / 2;
        let height = u32::try_from(rounded / u64::from(area.width.max(1))).ok()?.max(1);
        (width <= MAX_SIDE && height <= MAX_SIDE).then_some(Recipe { area, width, height, format, max_bytes })
    }

    /// The name of the variant of a picture, by the hash of the picture's bytes.
    pub fn key(&self, digest: u128) -> u128 {
        let Recipe { area: CropArea { x, y, width: across, height: down }, width, height, format, max_bytes } = *self;
        let mut hasher = Xxh3::new();
        hasher.update(&digest.to_le_bytes());
        let quality = u32::from(format.quality());
        let numbers = [RECIPE, x, y, across, down, width, height, format as u32, quality, max_bytes.unwrap_or(0)];
        numbers.iter().for_each(|number| hasher.update(&number.to_le_bytes()));
        hasher.digest128()
    }
}

/// The widths at which a part of a picture is offered in a slot: those of the slot that it has pixels for, and its own if
/// it is narrower than the slot's largest. It is never enlarged. Empty if it is too small for any.
pub fn widths(slot: &Slot, area: CropArea) -> Vec<u32> {
    let mut widths: Vec<u32> = slot.widths.iter().copied().filter(|width| *width <= area.width).collect();
    let (Some(&largest), Some(&wanted)) = (widths.last(), slot.widths.last()) else { return Vec::new() };
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
    use super::*;

    #[test]
    fn parts_lie_in_their_pictures_and_have_the_shape() {
        for size in [(1, 1), (3, 1_000), (1_000, 3), (1_600, 900), (3_000, 4_000), (u32::MAX, 7)] {
            for shape in [Ratio(1, 1), Ratio(16, 9), Ratio(40, 21), Ratio(1, 100)] {
                for focus in ["top", "left", "100% 100%", "30.5% 70%", "bottom right"] {
                    let area = CropArea::of(size, Some(shape), FocusPoint::parse(focus));
                    let (right, lower) =
                        (u64::from(area.x) + u64::from(area.width), u64::from(area.y) + u64::from(area.height));
                    assert!(right <= u64::from(size.0) && lower <= u64::from(size.1), "{size:?} {shape:?} {focus}");
                    assert!(area.width == size.0 || area.height == size.1, "{size:?} {shape:?}: {area:?}");
                }
            }
        }
    }

    #[test]
    fn a_focus_is_read_as_browsers_do() {
        let point = |focus| (FocusPoint::parse(focus).x, FocusPoint::parse(focus).y);
        assert_eq!(point("top"), (500, 0));
        assert_eq!(point("left"), (0, 500));
        assert_eq!(point("top right"), (1_000, 0));
        assert_eq!(point("right top"), (1_000, 0));
        assert_eq!(point("25% 12.5%"), (250, 125));
    }

    #[test]
    fn pictures_are_never_enlarged() {
        let slot =
            |widths: &[u32]| Slot { widths: widths.to_vec(), name: SlotName::Lead, ..Slot::built_in()[0].clone() };
        let of = |width: u32| {
            let area = CropArea::of((width, 100), None, FocusPoint::UPPER_THIRD);
            widths(&slot(&[400, 800, 1600]), area)
        };
        assert_eq!(of(399), [0u32; 0]);
        assert_eq!(of(400), [400]);
        assert_eq!(of(430), [400]);
        assert_eq!(of(700), [400, 700]);
        assert_eq!(of(5_000), [400, 800, 1600]);
    }
}
