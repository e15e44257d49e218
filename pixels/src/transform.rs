//! Crops, resizes and turns pixels, and converts their colours.

use fast_image_resize::images::TypedImage;
use fast_image_resize::pixels::U8x4;
use fast_image_resize::{FilterType, ResizeAlg, ResizeOptions, Resizer};
use moxcms::{ColorProfile, DataColorSpace, Layout, TransformOptions};

use super::{Area, CHANNELS, Pixels};

/// A part of a picture in another size. `scale` is that of the pixels to the coordinates of the part.
pub(super) fn resized(
    resizer: &mut Resizer,
    pixels: &mut Pixels,
    area: Area,
    scale: f64,
    (width, height): (u32, u32),
) -> Result<Pixels, String> {
    let side = |start: u32, length: u32, whole: u32| {
        let start = (f64::from(start) * scale).min(f64::from(whole));
        (start, (f64::from(length) * scale).min(f64::from(whole) - start))
    };
    let (left, across) = side(area.x, area.width, pixels.width);
    let (top, down) = side(area.y, area.height, pixels.height);
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3));
    let options = options.crop(left, top, across, down);
    let options = options.use_alpha(pixels.has_alpha);
    let mut bytes = vec![0; width as usize * height as usize * CHANNELS];
    // Both are of one type, since the resizer is compiled for each.
    let source = TypedImage::<U8x4>::from_buffer(pixels.width, pixels.height, &mut pixels.bytes);
    let source = source.map_err(|error| error.to_string())?;
    let mut target = TypedImage::<U8x4>::from_buffer(width, height, &mut bytes).map_err(|error| error.to_string())?;
    resizer.resize_typed(&source, &mut target, &options).map_err(|error| error.to_string())?;
    Ok(Pixels { bytes, width, height, has_alpha: pixels.has_alpha })
}

/// Pixels turned and mirrored as their orientation says (Exif 2.32, section 4.6.4).
pub(super) fn turned(pixels: Pixels, orientation: u8) -> Pixels {
    if orientation <= 1 {
        return pixels;
    }
    let Pixels { bytes, width, height, has_alpha } = pixels;
    let (across, down) = (width as usize, height as usize);
    let (new_across, new_down) = if orientation >= 5 { (down, across) } else { (across, down) };
    let mut turned = Vec::with_capacity(bytes.len());
    for y in 0..new_down {
        for x in 0..new_across {
            let (from_x, from_y) = match orientation {
                2 => (across - 1 - x, y),
                3 => (across - 1 - x, down - 1 - y),
                4 => (x, down - 1 - y),
                5 => (y, x),
                6 => (y, down - 1 - x),
                7 => (across - 1 - y, down - 1 - x),
                8 => (across - 1 - y, x),
                _ => (x, y),
            };
            let at = (from_y * across + from_x) * CHANNELS;
            turned.extend_from_slice(&bytes[at..at + CHANNELS]);
        }
    }
    Pixels { bytes: turned, width: new_across as u32, height: new_down as u32, has_alpha }
}

/// Pixels converted from a colour profile to sRGB. A profile of other colours than RGB was used up by the decoder.
pub(super) fn converted(mut pixels: Pixels, profile: &[u8]) -> Result<Pixels, String> {
    let unusable = |error: moxcms::CmsError| format!("its colour profile cannot be used: {error}");
    // Browsers ignore a damaged profile, too.
    let Ok(profile) = ColorProfile::new_from_slice(profile) else { return Ok(pixels) };
    if profile.color_space != DataColorSpace::Rgb {
        return Ok(pixels);
    }
    let srgb = ColorProfile::new_srgb();
    let transform = profile
        .create_transform_8bit(Layout::Rgba, &srgb, Layout::Rgba, TransformOptions::default())
        .map_err(unusable)?;
    let mut bytes = vec![0; pixels.bytes.len()];
    transform.transform(&pixels.bytes, &mut bytes).map_err(unusable)?;
    pixels.bytes = bytes;
    Ok(pixels)
}
