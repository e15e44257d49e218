//! WebP: its chunks, and a copy with only those that show the picture.

use super::{Blocks, NewBlocks, PixelKind};

/// `RIFF`, a length, `WEBP`.
const START: usize = 12;
/// The chunks that decide how a picture looks (RFC 9649, section 2), those of animations included.
const SHOWN: &[&[u8; 4]] = &[b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"];
/// The flags of `VP8X` that announce Exif and XMP.
const HAS_EXIF: u8 = 0x08;
const HAS_XMP: u8 = 0x04;
/// The flag of `VP8X` that announces transparency.
const HAS_ALPHA: u8 = 0x10;

/// A chunk, without the byte that pads it to an even length.
struct WebPChunk<'b> {
    name: &'b [u8; 4],
    data: &'b [u8],
}

/// The whole chunks.
fn chunks(bytes: &[u8]) -> impl Iterator<Item = WebPChunk<'_>> {
    let mut rest = bytes.get(START..).unwrap_or_default();
    std::iter::from_fn(move || {
        let (name, after) = rest.split_first_chunk()?;
        let (length, after) = after.split_first_chunk()?;
        let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
        let data = after.get(..length)?;
        rest = after.get(length.next_multiple_of(2)..).unwrap_or_default();
        Some(WebPChunk { name, data })
    })
}

pub(super) fn blocks(bytes: &[u8]) -> Blocks<'_> {
    let mut blocks = Blocks::default();
    for WebPChunk { name, data } in chunks(bytes) {
        match name {
            b"EXIF" => blocks.exif = blocks.exif.or(Some(data)),
            b"XMP " => blocks.xmp = blocks.xmp.or(Some(data)),
            _ => {}
        }
    }
    blocks
}

/// The file with the replacement of its metadata, and the reason if it is damaged.
pub(super) fn cleaned(bytes: &[u8], replacement: &NewBlocks) -> (Vec<u8>, Option<&'static str>) {
    let mut kept = Vec::with_capacity(bytes.len());
    kept.extend_from_slice(&bytes[..START.min(bytes.len())]);
    let mut has_picture = false;
    let is_extended = chunks(bytes).any(|chunk| chunk.name == b"VP8X");
    // Only the extended format may hold metadata.
    let header = match is_extended || (replacement.exif.is_none() && replacement.xmp.is_none()) {
        true => None,
        false => extended_header(bytes, replacement),
    };
    let added = (is_extended || header.is_some()).then_some(replacement);
    header.iter().for_each(|header| add(&mut kept, b"VP8X", header));
    for WebPChunk { name, data } in chunks(bytes).filter(|chunk| SHOWN.contains(&chunk.name)) {
        match (name, data.split_first()) {
            (b"VP8X", Some((flags, rest))) => {
                let flags = flags & !(HAS_EXIF | HAS_XMP) | flags_of(replacement);
                add(&mut kept, name, &[&[flags], rest].concat());
            }
            _ => add(&mut kept, name, data),
        }
        has_picture |= matches!(name, b"VP8 " | b"VP8L" | b"ANMF");
    }
    if let Some(NewBlocks { exif, xmp }) = added {
        exif.iter().for_each(|block| add(&mut kept, b"EXIF", block));
        xmp.iter().for_each(|block| add(&mut kept, b"XMP ", block));
    }
    let length = kept.len().saturating_sub(8) as u32;
    if let Some(place) = kept.get_mut(4..8) {
        place.copy_from_slice(&length.to_le_bytes());
    }
    (kept, (!has_picture).then_some("there is no picture in it"))
}

/// The flags that announce metadata.
fn flags_of(replacement: &NewBlocks) -> u8 {
    let exif = if replacement.exif.is_some() { HAS_EXIF } else { 0 };
    let xmp = if replacement.xmp.is_some() { HAS_XMP } else { 0 };
    exif | xmp
}

/// The header that makes a simple file an extended one.
fn extended_header(bytes: &[u8], replacement: &NewBlocks) -> Option<Vec<u8>> {
    let size = imagesize::blob_size(bytes).ok()?;
    let side = |length: usize| u32::try_from(length.checked_sub(1)?).ok();
    let (width, height) = (side(size.width)?, side(size.height)?);
    let alpha = if kind(bytes) == PixelKind::Transparent { HAS_ALPHA } else { 0 };
    let flags = [flags_of(replacement) | alpha, 0, 0, 0];
    Some([&flags[..], &width.to_le_bytes()[..3], &height.to_le_bytes()[..3]].concat())
}

/// The variants that can be made of the pixels.
pub(super) fn kind(bytes: &[u8]) -> PixelKind {
    let mut kind = PixelKind::Fixed;
    for WebPChunk { name, data } in chunks(bytes) {
        match (name, data) {
            (b"ANIM" | b"ANMF", _) => return PixelKind::Fixed,
            (b"VP8X", [flags, ..]) if flags & HAS_ALPHA != 0 => kind = PixelKind::Transparent,
            // Lossless data begins with a signature, 14 bits each of width and height, and a bit for alpha.
            (b"VP8L", [_, _, _, _, last, ..]) if last & 0x10 != 0 => kind = PixelKind::Transparent,
            (b"VP8 " | b"VP8L", _) if kind == PixelKind::Fixed => kind = PixelKind::Opaque,
            _ => {}
        }
    }
    kind
}

/// The colour profile.
#[cfg(feature = "pictures")]
pub(super) fn profile(bytes: &[u8]) -> Option<&[u8]> {
    chunks(bytes).find(|chunk| chunk.name == b"ICCP").map(|chunk| chunk.data)
}

fn add(kept: &mut Vec<u8>, name: &[u8; 4], data: &[u8]) {
    kept.extend_from_slice(name);
    kept.extend((data.len() as u32).to_le_bytes());
    kept.extend_from_slice(data);
    kept.resize(kept.len().next_multiple_of(2), 0);
}
