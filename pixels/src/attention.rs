//! Moves a crop to what draws the eye: detail, above all where colours stand out or may be those of skin.
//!
//! A small copy of the picture gets a weight for each pixel. The crop, which keeps its size, goes where the sum of the weights
//! in it is largest; weights count less towards its edges, so that what matters is not cut through. Only whole numbers and the
//! basic operations of floating-point numbers are used, which give the same on all machines.

use super::{Area, CHANNELS, Pixels};

/// The longer side of the small copy, about, in pixels.
const SMALL: u32 = 96;
/// The pixels that are averaged for one of the small copy, along each side.
const SAMPLES: usize = 4;
/// The largest difference of brightness between neighbours that counts: beyond it are letters and window frames.
const MOST_DETAIL: i32 = 96;
/// The number of places that are tried besides the given one.
const PLACES: u32 = 64;
/// The part of a sum that is left for a crop at the far end from its given place.
const AWAY: f64 = 0.15;

/// A small copy of a picture with the weight of each of its pixels.
#[derive(Debug)]
pub struct AttentionMap {
    width: usize,
    weights: Vec<u32>,
}

/// Weighs a picture of four bytes a pixel (red, green, blue, alpha), row by row from the top left, and of `size` pixels. Bytes
/// that are missing count as transparent.
pub fn attention_map(bytes: &[u8], size: (u32, u32)) -> AttentionMap {
    AttentionMap::of(reduced(bytes, size))
}

/// A small copy of a picture. Transparent pixels are white in it.
pub(super) fn reduced(bytes: &[u8], (width, height): (u32, u32)) -> Pixels {
    let step = width.max(height).div_ceil(SMALL).max(1);
    let (across, down) = ((width / step).max(1), (height / step).max(1));
    let mut small = Vec::with_capacity(across as usize * down as usize * CHANNELS);
    for row in 0..down {
        for column in 0..across {
            small.extend(average(
                bytes,
                width as usize,
                (column * step) as usize,
                (row * step) as usize,
                step as usize,
            ));
        }
    }
    Pixels { bytes: small, width: across, height: down, has_alpha: false }
}

/// The average colour of a square.
fn average(bytes: &[u8], width: usize, left: usize, top: usize, side: usize) -> [u8; CHANNELS] {
    let taken = side.min(SAMPLES);
    let mut sums = [0u32; 3];
    for row in 0..taken {
        for column in 0..taken {
            let (x, y) = (left + column * side / taken, top + row * side / taken);
            let at = (y * width + x) * CHANNELS;
            let pixel = bytes.get(at..at + CHANNELS).unwrap_or(&[0; CHANNELS]);
            let alpha = u32::from(pixel[3]);
            for (sum, &colour) in sums.iter_mut().zip(pixel) {
                *sum += (u32::from(colour) * alpha + 255 * (255 - alpha)) / 255;
            }
        }
    }
    let count = (taken * taken) as u32;
    let [red, green, blue] = sums.map(|sum| (sum / count).min(255) as u8);
    [red, green, blue, u8::MAX]
}

/// A colour as weights need it.
#[derive(Clone, Copy)]
struct Colour {
    red: i32,
    green: i32,
    blue: i32,
}

impl Colour {
    fn of(pixel: &[u8]) -> Colour {
        let channel = |at: usize| pixel.get(at).copied().map_or(0, i32::from);
        Colour { red: channel(0), green: channel(1), blue: channel(2) }
    }

    fn brightness(self) -> i32 {
        (77 * self.red + 150 * self.green + 29 * self.blue) / 256
    }

    /// The distance of the strongest channel from the weakest.
    fn saturation(self) -> i32 {
        self.red.max(self.green).max(self.blue) - self.red.min(self.green).min(self.blue)
    }

    fn distance(self, other: Colour) -> i32 {
        (self.red - other.red).abs() + (self.green - other.green).abs() + (self.blue - other.blue).abs()
    }

    /// True for colours in the range of people's skin, which is the same for all complexions if brightness is left out (Chai
    /// and Ngan, "Face segmentation using skin-color map", 1999).
    fn may_be_skin(self) -> bool {
        let blue = 128 + (-43 * self.red - 85 * self.green + 128 * self.blue) / 256;
        let red = 128 + (128 * self.red - 107 * self.green - 21 * self.blue) / 256;
        (77..=127).contains(&blue) && (133..=173).contains(&red)
    }
}

impl AttentionMap {
    /// Weighs the pixels of a small picture.
    pub(super) fn of(small: Pixels) -> AttentionMap {
        let (width, height) = (small.width as usize, small.height as usize);
        let colours: Vec<Colour> = small.bytes.chunks_exact(CHANNELS).map(Colour::of).collect();
        let count = colours.len().max(1) as i64;
        let mean = |channel: fn(&Colour) -> i32| {
            (colours.iter().map(|colour| i64::from(channel(colour))).sum::<i64>() / count) as i32
        };
        let mean = Colour { red: mean(|it| it.red), green: mean(|it| it.green), blue: mean(|it| it.blue) };
        let colour_at = |x: usize, y: usize| colours.get(y * width + x).copied().unwrap_or(mean);
        let weight = |at: usize| {
            let (x, y) = (at % width.max(1), at / width.max(1));
            let brightness = |x: usize, y: usize| colour_at(x, y).brightness();
            let across = brightness((x + 1).min(width - 1), y) - brightness(x.saturating_sub(1), y);
            let down = brightness(x, (y + 1).min(height - 1)) - brightness(x, y.saturating_sub(1));
            let detail = (across.abs() + down.abs()).min(MOST_DETAIL);
            let colour = colour_at(x, y);
            let skin = if colour.may_be_skin() { 48 } else { 0 };
            let weight = detail * (16 + colour.distance(mean) / 8 + colour.saturation() / 8 + skin);
            weight.unsigned_abs()
        };
        AttentionMap { width, weights: (0..colours.len()).map(weight).collect() }
    }

    /// The area of the same size that draws the eye most, in a picture of `size` pixels. Where nothing does, it is the given
    /// one. An area that has neither the width nor the height of the picture stays where it is.
    pub fn moved(&self, area: Area, size: (u32, u32)) -> Area {
        let rows = self.weights.chunks(self.width.max(1));
        if area.height == size.1 && area.width < size.0 {
            let mut columns = vec![0u64; self.width];
            for row in rows {
                columns.iter_mut().zip(row).for_each(|(sum, &weight)| *sum += u64::from(weight));
            }
            Area { x: best_place(&columns, size.0, area.x, area.width), ..area }
        } else if area.width == size.0 && area.height < size.1 {
            let count = rows.len().max(1) as u64;
            // Heads are above.
            let sums = rows.enumerate().map(|(at, row)| {
                let sum: u64 = row.iter().map(|&weight| u64::from(weight)).sum();
                sum * (5 * count - 2 * at as u64) / count
            });
            Area { y: best_place(&sums.collect::<Vec<_>>(), size.1, area.y, area.height), ..area }
        } else {
            area
        }
    }
}

/// The start of the part of a side where the sum of the weights is largest. `given` is where it starts if nothing has a weight.
fn best_place(weights: &[u64], side: u32, given: u32, length: u32) -> u32 {
    let free = side - length;
    let cell = f64::from(side) / weights.len().max(1) as f64;
    let score = |start: u32| {
        let inside = weights.iter().enumerate().map(|(at, &weight)| {
            let middle = (at as f64 + 0.5) * cell;
            // -1 at the start of the part, 1 at its end.
            let place = 2.0 * (middle - f64::from(start)) / f64::from(length) - 1.0;
            if place.abs() <= 1.0 { weight as f64 * (1.0 - 0.6 * place * place) } else { 0.0 }
        });
        let away = f64::from(start.abs_diff(given)) / f64::from(free.max(1));
        inside.sum::<f64>() * (1.0 - AWAY * away)
    };
    let places = (0..=PLACES).map(|step| (u64::from(free) * u64::from(step) / u64::from(PLACES)) as u32);
    let best = places
        .map(|start| (start, score(start)))
        .fold((given, score(given)), |best, next| if next.1 > best.1 { next } else { best });
    best.0
}
