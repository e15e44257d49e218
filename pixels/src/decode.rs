//! Decodes files to pixels as they are stored.

use std::io::Cursor;

use ::png::Transformations;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::{CHANNELS, Pixels};

/// The pixels and the colour profile.
type Decoded = (Pixels, Option<Vec<u8>>);

pub(super) fn jpeg(bytes: &[u8]) -> Result<Decoded, String> {
    let options = DecoderOptions::default().set_max_width(65_535).set_max_height(65_535);
    let options = options.jpeg_set_out_colorspace(ColorSpace::RGBA);
    let mut decoder = zune_jpeg::JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    let pixels = decoder.decode().map_err(|error| error.to_string())?;
    let (width, height) = decoder.dimensions().ok_or("it has no size")?;
    let (width, height) = (width as u32, height as u32);
    Ok((Pixels { bytes: pixels, width, height, has_alpha: false }, decoder.icc_profile()))
}

pub(super) fn png(bytes: &[u8]) -> Result<Decoded, String> {
    let mut decoder = ::png::Decoder::new(Cursor::new(bytes));
    decoder.set_transformations(Transformations::EXPAND | Transformations::ALPHA | Transformations::STRIP_16);
    let mut reader = decoder.read_info().map_err(|error| error.to_string())?;
    let length = reader.output_buffer_size().ok_or("it is too large")?;
    let mut stored = vec![0; length];
    let info = reader.next_frame(&mut stored).map_err(|error| error.to_string())?;
    stored.truncate(info.buffer_size());
    let profile = reader.info().icc_profile.as_ref().map(|profile| profile.to_vec());
    let bytes: Vec<u8> = match info.color_type {
        ::png::ColorType::Rgba => stored,
        ::png::ColorType::GrayscaleAlpha => {
            stored.chunks_exact(2).flat_map(|pair| [pair[0], pair[0], pair[0], pair[1]]).collect()
        }
        other => return Err(format!("its colours were not expanded but are {other:?}")),
    };
    let has_alpha = has_alpha(&bytes);
    Ok((Pixels { bytes, width: info.width, height: info.height, has_alpha }, profile))
}

pub(super) fn webp(bytes: &[u8]) -> Result<Pixels, String> {
    let picture = ::webp::Decoder::new(bytes).decode().ok_or("libwebp cannot decode it")?;
    let (width, height, has_alpha) = (picture.width(), picture.height(), picture.is_alpha());
    let bytes = match has_alpha {
        true => picture.to_vec(),
        false => picture.chunks_exact(3).flat_map(|pixel| [pixel[0], pixel[1], pixel[2], u8::MAX]).collect(),
    };
    Ok(Pixels { bytes, width, height, has_alpha })
}

/// True if a pixel is not opaque.
fn has_alpha(bytes: &[u8]) -> bool {
    bytes.chunks_exact(CHANNELS).any(|pixel| pixel[3] != u8::MAX)
}
