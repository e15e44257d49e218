//! Encodes pixels.

use super::{CHANNELS, Format, Pixels, Recipe};

/// The qualities that are tried one after the other until a variant is small enough.
const QUALITIES: [u8; 5] = [80, 70, 60, 45, 30];

/// A picture as its recipe wants it.
pub(super) fn encoded(pixels: &Pixels, recipe: &Recipe) -> Result<Vec<u8>, String> {
    let first = recipe.quality;
    let mut encoded = at_quality(pixels, recipe.format, first)?;
    let Some(most) = recipe.max_bytes else { return Ok(encoded) };
    for quality in QUALITIES.into_iter().filter(|&quality| quality < first) {
        if encoded.len() <= most as usize {
            break;
        }
        encoded = at_quality(pixels, recipe.format, quality)?;
    }
    Ok(encoded)
}

fn at_quality(pixels: &Pixels, format: Format, quality: u8) -> Result<Vec<u8>, String> {
    let &Pixels { width, height, has_alpha, ref bytes } = pixels;
    let mut encoded = Vec::new();
    match format {
        Format::WebP => {
            let mut config = webp::WebPConfig::new().map_err(|()| "libwebp has another version")?;
            config.quality = f32::from(quality);
            config.method = 4;
            let encoder = webp::Encoder::from_rgba(bytes, width, height);
            let made = encoder.encode_advanced(&config).map_err(|error| format!("WebP: {error:?}"))?;
            encoded.extend_from_slice(&made);
        }
        Format::Jpeg => {
            let opaque = if has_alpha { &on_white(bytes) } else { bytes };
            let mut encoder = jpeg_encoder::Encoder::new(&mut encoded, quality);
            encoder.set_progressive(true);
            encoder.set_optimized_huffman_tables(true);
            encoder.set_sampling_factor(jpeg_encoder::SamplingFactor::F_2_2);
            let side =
                |length: u32| u16::try_from(length).map_err(|_| "a JPEG file has at most 65,535 pixels on a side");
            let (width, height) = (side(width)?, side(height)?);
            encoder.encode(opaque, width, height, jpeg_encoder::ColorType::Rgba).map_err(|error| error.to_string())?;
        }
        Format::Png => {
            let mut encoder = png::Encoder::new(&mut encoded, width, height);
            encoder.set_color(png::ColorType::Rgba);
            encoder.set_depth(png::BitDepth::Eight);
            encoder.set_compression(png::Compression::High);
            let mut writer = encoder.write_header().map_err(|error| error.to_string())?;
            writer.write_image_data(bytes).map_err(|error| error.to_string())?;
            writer.finish().map_err(|error| error.to_string())?;
        }
    }
    Ok(encoded)
}

/// Pixels with alpha on white.
fn on_white(bytes: &[u8]) -> Vec<u8> {
    let blend = |colour: u8, alpha: u8| {
        let (colour, alpha) = (u32::from(colour), u32::from(alpha));
        ((colour * alpha + 255 * (255 - alpha) + 127) / 255) as u8
    };
    let pixels = bytes.chunks_exact(CHANNELS);
    let blended = pixels.flat_map(|pixel| {
        let [red, green, blue] = [pixel[0], pixel[1], pixel[2]].map(|colour| blend(colour, pixel[3]));
        [red, green, blue, u8::MAX]
    });
    blended.collect()
}
