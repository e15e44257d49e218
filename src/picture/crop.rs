//! Crops: the part of a picture that a slot of another shape shows.

use borsh::{BorshDeserialize, BorshSerialize};

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

/// The most of a [`CropShares`]: a per cent has two decimals.
const WHOLE: u32 = 10_000;

/// The part of a picture that an editor has chosen for a slot, in hundredths of a per cent of the picture's width and height
/// as seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, BorshSerialize, BorshDeserialize)]
pub struct CropShares {
    left: u32,
    top: u32,
    width: u32,
    height: u32,
}

/// The reason why four numbers are not a part of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoCrop {
    /// A number is below 0 or above 100, or not a number.
    OutOfRange,
    /// Its width or height is 0.
    Empty,
    /// It reaches beyond the right edge of the picture.
    TooWide,
    /// It reaches beyond the lower edge of the picture.
    TooHigh,
}

impl CropShares {
    /// A part by the distances of its left and upper edges from those of the picture, its width and its height, all in per
    /// cent of the picture's width or height.
    ///
    /// # Errors
    /// If that is not inside the picture.
    pub fn new(percent: [f64; 4]) -> Result<CropShares, NoCrop> {
        if percent.iter().any(|number| !(0.0..=100.0).contains(number)) {
            return Err(NoCrop::OutOfRange);
        }
        let [left, top, width, height] = percent.map(|number| (number * 100.0).round() as u32);
        match () {
            () if width == 0 || height == 0 => Err(NoCrop::Empty),
            () if left + width > WHOLE => Err(NoCrop::TooWide),
            () if top + height > WHOLE => Err(NoCrop::TooHigh),
            () => Ok(CropShares { left, top, width, height }),
        }
    }

    /// The left and upper edges, the width and the height in per cent.
    pub fn percent(self) -> [f64; 4] {
        [self.left, self.top, self.width, self.height].map(|share| f64::from(share) / 100.0)
    }
}

/// The choice of an editor: the part of a picture that a slot shows. Without either, the program chooses.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Framing<'f> {
    /// The point that crops keep, as [`FocusPoint::parse`] reads it.
    pub focus: Option<&'f str>,
    /// The part; it takes precedence over the point.
    pub crop: Option<CropShares>,
}

/// The moment at which the place of a crop is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Placement {
    /// From the beginning.
    Known,
    /// When the picture is decoded: the crop is moved to what draws the eye.
    Attention,
}

/// The part of a picture that a slot shows, as far as it follows from the header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Crop {
    /// The part, or one of the same size.
    pub area: CropArea,
    /// The moment at which its place is known; until then, the part is only as large as this.
    pub placement: Placement,
}

/// The place of a crop if nobody has chosen one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DefaultPlace {
    /// A third from the top, where the faces of portraits are.
    UpperThird,
    /// At what draws the eye.
    Attention,
}

impl Crop {
    /// The part of a picture of `size` pixels that is shown in a shape, or in the picture's own if there is none.
    pub fn of(size: (u32, u32), shape: Option<Ratio>, framing: Framing<'_>, default: DefaultPlace) -> Crop {
        let known = |area| Crop { area, placement: Placement::Known };
        if let Some(shares) = framing.crop {
            return known(CropArea::around(size, shape, shares));
        }
        let focus = framing.focus.map_or(FocusPoint::UPPER_THIRD, FocusPoint::parse);
        let area = CropArea::of(size, shape, focus);
        let is_whole = (area.width, area.height) == size;
        match framing.focus.is_none() && default == DefaultPlace::Attention && !is_whole {
            true => Crop { area, placement: Placement::Attention },
            false => known(area),
        }
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

    /// The distances from the left and the upper edge in per cent.
    pub fn percent(self) -> [f64; 2] {
        [self.x, self.y].map(|share| f64::from(share) / 10.0)
    }

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

    /// The smallest part of a picture with a shape that holds the chosen one, or else the largest that there is around its
    /// centre; without a shape, the chosen part.
    pub fn around((width, height): (u32, u32), shape: Option<Ratio>, shares: CropShares) -> CropArea {
        let CropShares { left, top, width: across, height: down } = shares;
        let (x, kept_width) = span(width, left, across);
        let (y, kept_height) = span(height, top, down);
        let Some(Ratio(over, under)) = shape else {
            return CropArea { x, y, width: kept_width, height: kept_height };
        };
        let largest = CropArea::of((width, height), shape, FocusPoint::UPPER_THIRD);
        let is_wide = u64::from(kept_width) * u64::from(under) > u64::from(kept_height) * u64::from(over);
        let (wanted_width, wanted_height) = match is_wide {
            true => (kept_width, scaled(kept_width, under, over)),
            false => (scaled(kept_height, over, under), kept_height),
        };
        let (wanted_width, wanted_height) = match wanted_width > largest.width || wanted_height > largest.height {
            true => (largest.width, largest.height),
            false => (wanted_width, wanted_height),
        };
        // Twice the centre, so that half a pixel counts.
        let place = |start: u32, kept: u32, wanted: u32, whole: u32| {
            let start = (2 * i64::from(start) + i64::from(kept) - i64::from(wanted)) / 2;
            u32::try_from(start.clamp(0, i64::from(whole - wanted))).unwrap_or(0)
        };
        CropArea {
            x: place(x, kept_width, wanted_width, width),
            y: place(y, kept_height, wanted_height, height),
            width: wanted_width,
            height: wanted_height,
        }
    }
}

/// A side in another relation, rounded; at least 1.
fn scaled(side: u32, by: u32, over: u32) -> u32 {
    let scaled = (u64::from(side) * u64::from(by) + u64::from(over) / 2) / u64::from(over);
    u32::try_from(scaled).unwrap_or(u32::MAX).max(1)
}

/// The start and the length in pixels of a part of a side, at least one pixel long.
fn span(side: u32, start: u32, length: u32) -> (u32, u32) {
    let pixels = |share: u32| {
        let pixels = (u64::from(side) * u64::from(share) + u64::from(WHOLE) / 2) / u64::from(WHOLE);
        u32::try_from(pixels).unwrap_or(side)
    };
    let start = pixels(start).min(side.saturating_sub(1));
    let end = pixels(length).saturating_add(start).clamp(start + 1, side.max(1));
    (start, end - start)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn crops_lie_in_their_pictures_and_have_the_shape_of_the_slot(
            size in (1..20_000u32, 1..20_000u32),
            shape in (1..=100u32, 1..=100u32),
            left in 0.0..100.0f64, top in 0.0..100.0f64, right in 0.0..=1.0f64, lower in 0.0..=1.0f64,
        ) {
            let percent = [left, top, (100.0 - left) * right, (100.0 - top) * lower];
            let Ok(shares) = CropShares::new(percent) else { return Ok(()) };
            let (width, height) = (f64::from(size.0), f64::from(size.1));
            let whole = CropArea::around(size, None, shares);
            let area = CropArea::around(size, Some(Ratio(shape.0, shape.1)), shares);
            for CropArea { x, y, width, height } in [whole, area] {
                prop_assert!(width > 0 && height > 0 && x + width <= size.0 && y + height <= size.1);
            }
            // A side differs from the exact one by half a pixel at most, but if the other one has less than a pixel.
            let exact = f64::from(area.width) * f64::from(shape.1) / f64::from(shape.0);
            let tolerance = 0.51 + 0.51 * f64::from(shape.1) / f64::from(shape.0);
            prop_assert!((f64::from(area.height) - exact).abs() <= tolerance.max(1.0), "{size:?} {shape:?}: {area:?}");
            // Either the chosen part is in it, or there is no larger one.
            let holds = area.x <= whole.x && area.x + area.width >= whole.x + whole.width
                && area.y <= whole.y && area.y + area.height >= whole.y + whole.height;
            prop_assert!(holds || area.width == size.0 || area.height == size.1, "{whole:?} is not in {area:?}");
            let (x, y) = (f64::from(whole.x) - left * width / 100.0, f64::from(whole.y) - top * height / 100.0);
            prop_assert!(x.abs() <= 1.0 + width / 10_000.0 && y.abs() <= 1.0 + height / 10_000.0);
        }
    }

    #[test]
    fn only_parts_of_the_picture_are_crops() {
        assert_eq!(CropShares::new([0.0, 0.0, 100.0, 100.0]).map(CropShares::percent), Ok([0.0, 0.0, 100.0, 100.0]));
        assert_eq!(
            CropShares::new([33.33, 12.5, 66.67, 0.01]).map(CropShares::percent),
            Ok([33.33, 12.5, 66.67, 0.01])
        );
        for outside in [-0.1, 100.1, f64::NAN, f64::INFINITY] {
            assert_eq!(CropShares::new([outside, 0.0, 50.0, 50.0]), Err(NoCrop::OutOfRange));
        }
        assert_eq!(CropShares::new([0.0, 0.0, 0.001, 50.0]), Err(NoCrop::Empty));
        assert_eq!(CropShares::new([50.0, 0.0, 50.1, 50.0]), Err(NoCrop::TooWide));
        assert_eq!(CropShares::new([0.0, 90.0, 50.0, 20.0]), Err(NoCrop::TooHigh));
    }

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
}
