//! Makes smaller pictures of a picture: decodes it once, and crops, resizes and encodes it for each.
//!
//! The bytes of a made picture depend on the original and its recipe alone, never on which others are made with it.

mod attention;
mod decode;
mod encode;
mod transform;

use std::panic::{AssertUnwindSafe, catch_unwind};

use fast_image_resize::Resizer;

pub use attention::{AttentionMap, attention_map};

/// A file format that is decoded and encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// JPEG (ISO/IEC 10918-1); written progressive, without transparency.
    Jpeg,
    /// PNG (W3C, third edition).
    Png,
    /// WebP (RFC 9649); written lossy.
    WebP,
}

/// A part of a picture, in pixels as seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Area {
    /// The left edge.
    pub x: u32,
    /// The upper edge.
    pub y: u32,
    /// The width, at least 1.
    pub width: u32,
    /// The height, at least 1.
    pub height: u32,
}

/// The moment at which the place of an area is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placement {
    /// From the beginning.
    Known,
    /// When the original is decoded: the area is moved to what draws the eye.
    Attention,
}

/// Everything that decides the bytes of a made picture besides the original.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recipe {
    /// The part of the original that it shows.
    pub area: Area,
    /// The moment at which the place of that part is known.
    pub placement: Placement,
    /// Its width in pixels.
    pub width: u32,
    /// Its height in pixels.
    pub height: u32,
    /// Its format.
    pub format: Format,
    /// The quality from 0 to 100; PNG has none.
    pub quality: u8,
    /// The most bytes that it should have: for fewer bytes, the quality is lowered to 30 at least.
    pub max_bytes: Option<u32>,
}

/// A picture to make smaller ones of.
#[derive(Debug, Clone, Copy)]
pub struct Original<'b> {
    /// The bytes of its file.
    pub bytes: &'b [u8],
    /// Its format.
    pub format: Format,
    /// Width and height as seen, after turning.
    pub size: (u32, u32),
    /// How its pixels must be turned to be seen upright (Exif 2.32, section 4.6.4): 1 to 8, 1 for not at all.
    pub orientation: u8,
    /// The colour profile (ICC.1) of a WebP file. Decoders of the other formats find it themselves.
    pub profile: Option<&'b [u8]>,
}

/// Decoded pixels, eight bits each of red, green, blue and alpha. There is one kind alone, because the resizer is compiled
/// for each, which takes longer than everything else here.
struct Pixels {
    bytes: Vec<u8>,
    width: u32,
    height: u32,
    /// False if all pixels are opaque.
    has_alpha: bool,
}

/// The bytes of a pixel.
const CHANNELS: usize = 4;

/// The width to which large pictures are reduced before they are turned and their colours converted.
const WORKING_WIDTH: u32 = 2_400;
/// Pictures up to this width are never reduced first, so that what is left has at least 1.5 times the pixels.
const LARGE_WIDTH: u32 = 3_600;

impl Original<'_> {
    /// Makes pictures, in the order of their recipes. It takes about 12 bytes of memory for each pixel of the original.
    ///
    /// # Errors
    /// If the file is damaged, or differs in size from `size`.
    pub fn make(&self, recipes: &[Recipe]) -> Result<Vec<Vec<u8>>, String> {
        // A damaged file must not end the program, whatever mistake a decoder makes with it.
        let made = catch_unwind(AssertUnwindSafe(|| self.made(recipes)));
        made.unwrap_or_else(|_| Err("the decoder failed".to_owned()))
    }

    fn made(&self, recipes: &[Recipe]) -> Result<Vec<Vec<u8>>, String> {
        let mut decoded = self.decoded()?;
        let recipes = &*self.placed(&decoded.0, recipes);
        let mut resizer = Resizer::new();
        let (small, large): (Vec<usize>, Vec<usize>) = (0..recipes.len()).partition(|&at| self.is_small(&recipes[at]));
        let mut made: Vec<Vec<u8>> = vec![Vec::new(); recipes.len()];
        if !small.is_empty() {
            let (pixels, profile) = &mut decoded;
            // The stored picture may lie on its side.
            let (across, down) = reduced(self.size);
            let (width, height) = if self.swaps_sides() { (down, across) } else { (across, down) };
            let whole = Area { x: 0, y: 0, width: pixels.width, height: pixels.height };
            let reduced = transform::resized(&mut resizer, pixels, whole, 1.0, (width, height))?;
            let mut ready = self.ready(reduced, profile.as_deref())?;
            self.add(&mut resizer, &mut ready, recipes, &small, &mut made)?;
        }
        if !large.is_empty() {
            let (pixels, profile) = decoded;
            let mut ready = self.ready(pixels, profile.as_deref())?;
            self.add(&mut resizer, &mut ready, recipes, &large, &mut made)?;
        }
        Ok(made)
    }

    /// True if width and height change places.
    fn swaps_sides(&self) -> bool {
        self.orientation >= 5
    }

    /// True if a picture can be made from the reduced original.
    fn is_small(&self, recipe: &Recipe) -> bool {
        let width = u64::from(recipe.width) * u64::from(self.size.0) / u64::from(recipe.area.width.max(1));
        self.size.0 > LARGE_WIDTH && width * 3 <= u64::from(WORKING_WIDTH) * 2
    }

    /// The recipes with the places of all areas.
    fn placed(&self, stored: &Pixels, recipes: &[Recipe]) -> Vec<Recipe> {
        let mut recipes = recipes.to_vec();
        if recipes.iter().any(|recipe| recipe.placement == Placement::Attention) {
            let small = attention::reduced(&stored.bytes, (stored.width, stored.height));
            let map = AttentionMap::of(transform::turned(small, self.orientation));
            for recipe in recipes.iter_mut().filter(|recipe| recipe.placement == Placement::Attention) {
                recipe.area = map.moved(recipe.area, self.size);
            }
        }
        recipes
    }

    fn add(
        &self,
        resizer: &mut Resizer,
        ready: &mut Pixels,
        recipes: &[Recipe],
        wanted: &[usize],
        made: &mut [Vec<u8>],
    ) -> Result<(), String> {
        let scale = f64::from(ready.width) / f64::from(self.size.0.max(1));
        // Formats often share their pixels.
        let mut last: Option<((Area, u32, u32), Pixels)> = None;
        for &at in wanted {
            let recipe = &recipes[at];
            let shape = (recipe.area, recipe.width, recipe.height);
            let pixels = match last.take_if(|(known, _)| *known == shape) {
                Some((_, pixels)) => pixels,
                None => transform::resized(resizer, ready, recipe.area, scale, (recipe.width, recipe.height))?,
            };
            made[at] = encode::encoded(&pixels, recipe)?;
            last = Some((shape, pixels));
        }
        Ok(())
    }

    /// Turns pixels upright and converts their colours to sRGB.
    fn ready(&self, pixels: Pixels, profile: Option<&[u8]>) -> Result<Pixels, String> {
        let pixels = transform::turned(pixels, self.orientation);
        match profile {
            Some(profile) => transform::converted(pixels, profile),
            None => Ok(pixels),
        }
    }

    /// The pixels as they are stored, and the colour profile.
    fn decoded(&self) -> Result<(Pixels, Option<Vec<u8>>), String> {
        let (pixels, profile) = match self.format {
            Format::Jpeg => decode::jpeg(self.bytes)?,
            Format::Png => decode::png(self.bytes)?,
            Format::WebP => (decode::webp(self.bytes)?, self.profile.map(<[u8]>::to_vec)),
        };
        let (width, height) =
            if self.swaps_sides() { (pixels.height, pixels.width) } else { (pixels.width, pixels.height) };
        if (width, height) != self.size {
            return Err(format!("it has {width} × {height} pixels and not {} × {}", self.size.0, self.size.1));
        }
        if pixels.bytes.len() != pixels.width as usize * pixels.height as usize * CHANNELS {
            return Err("some of its pixels are missing".to_owned());
        }
        Ok((pixels, profile))
    }
}

/// The size of a large picture after it is reduced.
fn reduced((width, height): (u32, u32)) -> (u32, u32) {
    let reduced = u64::from(height) * u64::from(WORKING_WIDTH) / u64::from(width.max(1));
    (WORKING_WIDTH, u32::try_from(reduced).unwrap_or(u32::MAX).max(1))
}
