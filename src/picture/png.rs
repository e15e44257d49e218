//! PNG: its chunks, and a copy with only those that show the picture.

use flate2::Crc;

use super::{Blocks, NewBlocks, PixelKind};

const SIGNATURE: usize = 8;
/// The keyword and the empty fields of an uncompressed `iTXt` chunk with XMP.
const XMP: &[u8] = b"XML:com.adobe.xmp\0\0\0\0\0";
/// The chunks that decide how a picture looks (PNG, third edition, section 11), those of animations included. All others
/// hold texts and times, or belong to the program that wrote them.
const SHOWN: &[&[u8; 4]] = &[
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"cICP", b"mDCV",
    b"cLLI", b"bKGD", b"hIST", b"pHYs", b"sPLT", b"acTL", b"fcTL", b"fdAT",
];

/// A chunk.
struct PngChunk<'b> {
    name: &'b [u8; 4],
    data: &'b [u8],
    /// All of its bytes, with length and checksum.
    whole: &'b [u8],
}

/// The chunks up to the last whole one, or to the end of the picture.
fn chunks(bytes: &[u8]) -> impl Iterator<Item = PngChunk<'_>> {
    let mut rest = bytes.get(SIGNATURE..).unwrap_or_default();
    std::iter::from_fn(move || {
        let (length, after) = rest.split_first_chunk()?;
        let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
        let (name, after) = after.split_first_chunk()?;
        let data = after.get(..length)?;
        let (whole, after) = rest.split_at_checked(length.checked_add(12)?)?;
        rest = if name == b"IEND" { &[] } else { after };
        Some(PngChunk { name, data, whole })
    })
}

pub(super) fn blocks(bytes: &[u8]) -> Blocks<'_> {
    let mut blocks = Blocks::default();
    for PngChunk { name, data, .. } in chunks(bytes) {
        match name {
            b"eXIf" => blocks.exif = blocks.exif.or(Some(data)),
            b"iTXt" => blocks.xmp = blocks.xmp.or(data.strip_prefix(XMP)),
            _ => {}
        }
    }
    blocks
}

/// The variants that can be made of the pixels.
pub(super) fn kind(bytes: &[u8]) -> PixelKind {
    let mut kind = PixelKind::Opaque;
    for PngChunk { name, data, .. } in chunks(bytes) {
        match (name, data) {
            (b"acTL", _) => return PixelKind::Fixed,
            // The tenth byte is the colour type: 4 and 6 have alpha.
            (b"tRNS", _) | (b"IHDR", [_, _, _, _, _, _, _, _, _, 4 | 6, ..]) => kind = PixelKind::Transparent,
            (b"IDAT", _) => return kind,
            _ => {}
        }
    }
    PixelKind::Fixed
}

/// The file with the replacement of its metadata, and the reason if it is damaged.
pub(super) fn cleaned(bytes: &[u8], replacement: &NewBlocks) -> (Vec<u8>, Option<&'static str>) {
    let mut kept = Vec::with_capacity(bytes.len());
    kept.extend_from_slice(&bytes[..SIGNATURE.min(bytes.len())]);
    let mut has_data = false;
    let mut is_complete = false;
    for chunk in chunks(bytes) {
        if chunk.name == b"IDAT" && !has_data {
            has_data = true;
            // Where the picture begins, all of them may stand.
            let xmp = replacement.xmp.as_ref().map(|block| [XMP, block].concat());
            replacement.exif.iter().for_each(|block| add(&mut kept, b"eXIf", block));
            xmp.iter().for_each(|block| add(&mut kept, b"iTXt", block));
        }
        if SHOWN.contains(&chunk.name) {
            kept.extend_from_slice(chunk.whole);
        }
        is_complete |= chunk.name == b"IEND";
    }
    let damage = match (is_complete, has_data) {
        (true, true) => None,
        (_, true) => Some("the file ends before the picture does"),
        (_, false) => Some("there is no picture in it"),
    };
    (kept, damage)
}

fn add(kept: &mut Vec<u8>, name: &[u8; 4], data: &[u8]) {
    kept.extend((data.len() as u32).to_be_bytes());
    kept.extend_from_slice(name);
    kept.extend_from_slice(data);
    // The checksum is that of zlib (PNG, annex D).
    let mut checksum = Crc::new();
    checksum.update(name);
    checksum.update(data);
    kept.extend(checksum.sum().to_be_bytes());
}
