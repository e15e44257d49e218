//! Crops: where they go if nobody has chosen one.

use presswork_pixels::{Area, attention_map};
use proptest::prelude::*;

/// A drawn picture: a subject of `subject` pixels on an even ground.
struct Drawing {
    size: (u32, u32),
    subject: Area,
    ground: [u8; 3],
    colour: [u8; 3],
}

impl Drawing {
    /// The pixels. Stripes across the subject give it detail, and noise of a few levels is everywhere.
    fn pixels(&self) -> Vec<u8> {
        let Drawing { size: (width, height), subject, ground, colour } = self;
        let is_inside = |at: u32, start: u32, length: u32| (start..start + length).contains(&at);
        let pixel = |x: u32, y: u32| {
            let is_subject = is_inside(x, subject.x, subject.width) && is_inside(y, subject.y, subject.height);
            let is_dark = (x + y) / (subject.width / 6).max(1) % 2 == 1;
            let noise = (x.wrapping_mul(31) ^ y.wrapping_mul(17)) as u8 % 4;
            let channel = |at: usize| match (is_subject, is_dark) {
                (true, true) => colour[at] / 2,
                (true, false) => colour[at],
                (false, _) => ground[at],
            };
            [channel(0).saturating_add(noise), channel(1).saturating_add(noise), channel(2).saturating_add(noise), 255]
        };
        (0..*height).flat_map(|y| (0..*width).flat_map(move |x| pixel(x, y))).collect()
    }
}

/// The largest area with a shape, a third from the start of what is cut off.
fn default_area((width, height): (u32, u32), (across, down): (u32, u32)) -> Area {
    let (kept_width, kept_height) = match u64::from(width) * u64::from(down) > u64::from(height) * u64::from(across) {
        true => ((height * across / down).clamp(1, width), height),
        false => (width, (width * down / across).clamp(1, height)),
    };
    Area { x: (width - kept_width) / 3, y: (height - kept_height) / 3, width: kept_width, height: kept_height }
}

fn holds(area: Area, subject: Area) -> bool {
    area.x <= subject.x
        && area.y <= subject.y
        && area.x + area.width >= subject.x + subject.width
        && area.y + area.height >= subject.y + subject.height
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Wherever it stands, a subject is not cut off if there is room for it.
    #[test]
    fn a_subject_at_the_edge_survives(
        is_upright in any::<bool>(), at in 0.0..=1.0f64, side in 40..70u32,
        colour in prop::array::uniform3(150..255u8), ground in prop::array::uniform3(20..90u8),
    ) {
        let size = if is_upright { (150, 400) } else { (400, 150) };
        let place = |whole: u32| (f64::from(whole - side) * at) as u32;
        let (x, y) = if is_upright { (50, place(400)) } else { (place(400), 50) };
        let subject = Area { x, y, width: side, height: side };
        let drawing = Drawing { size, subject, ground, colour };
        let map = attention_map(&drawing.pixels(), size);
        for shape in [(1, 1), (4, 5), (5, 4)] {
            let given = default_area(size, shape);
            let found = map.moved(given, size);
            prop_assert!(holds(found, subject), "{subject:?} is cut off by {found:?}");
        }
    }

    /// Whatever the pixels are, a crop keeps its size and is inside the picture.
    #[test]
    fn crops_stay_in_the_picture_and_keep_their_size(
        size in (1..300u32, 1..300u32), shape in (1..20u32, 1..20u32),
        bytes in prop::collection::vec(any::<u8>(), 0..4_000),
    ) {
        let given = default_area(size, shape);
        // Of a damaged file, pixels may be missing.
        let found = attention_map(&bytes, size).moved(given, size);
        prop_assert_eq!((found.width, found.height), (given.width, given.height));
        prop_assert!(found.x + found.width <= size.0 && found.y + found.height <= size.1, "{:?}", found);
        prop_assert_eq!(attention_map(&bytes, size).moved(given, size), found);
    }
}

#[test]
fn where_nothing_draws_the_eye_a_crop_stays_where_it_is() {
    for size in [(1, 1), (7, 300), (300, 7), (3_000, 2_000)] {
        let map = attention_map(&[90, 90, 90, 255].repeat(size.0 as usize * size.1 as usize), size);
        let given = default_area(size, (1, 1));
        assert_eq!(map.moved(given, size), given);
    }
}
