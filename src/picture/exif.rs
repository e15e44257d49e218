//! Exif (CIPA DC-008): reads orientation, creator, copyright and that there is a camera, and writes a block with these alone.

use super::texts::Statements;
use super::{Orientation, Rights, decoded, text};

/// The header that precedes the block in JPEG files, and in WebP files of some programs.
pub(super) const HEADER: &[u8] = b"Exif\0\0";

/// The maker and the model of the camera.
const MAKE: u16 = 0x010f;
const MODEL: u16 = 0x0110;
const ORIENTATION: u16 = 0x0112;
const ARTIST: u16 = 0x013b;
const COPYRIGHT: u16 = 0x8298;
/// Types of values (TIFF 6.0, section 2).
const ASCII: u16 = 2;
const SHORT: u16 = 3;
/// The most entries that are read of a directory; cameras write a few dozen.
const MAX_ENTRIES: usize = 512;

/// The numbers of a block in its byte order.
struct TiffNumbers<'b> {
    bytes: &'b [u8],
    is_little: bool,
}

impl TiffNumbers<'_> {
    fn short(&self, at: usize) -> Option<u16> {
        let bytes = *self.bytes.get(at..)?.first_chunk()?;
        Some(if self.is_little { u16::from_le_bytes(bytes) } else { u16::from_be_bytes(bytes) })
    }

    fn long(&self, at: usize) -> Option<usize> {
        let bytes = *self.bytes.get(at..)?.first_chunk()?;
        let number = if self.is_little { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) };
        usize::try_from(number).ok()
    }
}

/// Reads a block. What is damaged is as if it were not there.
pub(super) fn read(block: &[u8]) -> Statements {
    let bytes = block.strip_prefix(HEADER).unwrap_or(block);
    let is_little = bytes.starts_with(b"II");
    let numbers = TiffNumbers { bytes, is_little };
    let mut found = Statements::default();
    let Some((directory, count)) = directory(&numbers) else { return found };
    for entry in (0..count).map(|at| directory + 2 + 12 * at) {
        match numbers.short(entry) {
            Some(ORIENTATION) if numbers.short(entry + 2) == Some(SHORT) => {
                found.orientation = numbers.short(entry + 8).and_then(Orientation::new);
            }
            Some(MAKE | MODEL) => found.has_camera = true,
            Some(ARTIST) => {
                let names = value(&numbers, entry).map(decoded).unwrap_or_default();
                // Several names are separated by semicolons.
                found.rights.creators = names.split([';', '\0']).filter_map(text).collect();
            }
            Some(COPYRIGHT) => {
                // The photographer's and the editor's are separated by NUL.
                let notice = value(&numbers, entry).map(decoded).unwrap_or_default();
                let notices: Vec<String> = notice.split('\0').filter_map(text).collect();
                found.rights.copyright = text(&notices.join("; "));
            }
            _ => {}
        }
    }
    found
}

/// The first directory, with the number of its entries.
fn directory(numbers: &TiffNumbers<'_>) -> Option<(usize, usize)> {
    if !numbers.is_little && !numbers.bytes.starts_with(b"MM") {
        return None;
    }
    let directory = numbers.long(4)?;
    let count = usize::from(numbers.short(directory)?);
    Some((directory, count.min(MAX_ENTRIES)))
}

/// The bytes of an entry's text.
fn value<'b>(numbers: &TiffNumbers<'b>, entry: usize) -> Option<&'b [u8]> {
    let length = numbers.long(entry + 4)?;
    let start = if length <= 4 { entry + 8 } else { numbers.long(entry + 8)? };
    numbers.bytes.get(start..start.checked_add(length)?)
}

/// Writes a block with orientation, creator and copyright, without a header; `None` if it would say nothing.
pub(super) fn write(orientation: Orientation, rights: &Rights) -> Option<Vec<u8>> {
    let artist = Some(rights.creators.join("; ")).filter(|names| !names.is_empty());
    let texts = [(ARTIST, artist), (COPYRIGHT, rights.copyright.clone())];
    let texts: Vec<(u16, Vec<u8>)> =
        texts.into_iter().filter_map(|(tag, text)| Some((tag, [text?.as_bytes(), b"\0"].concat()))).collect();
    let is_turned = orientation != Orientation::UPRIGHT;
    let count = texts.len() + usize::from(is_turned);
    if count == 0 {
        return None;
    }
    let mut block = b"II*\0\x08\0\0\0".to_vec();
    block.extend((count as u16).to_le_bytes());
    if is_turned {
        entry(&mut block, (ORIENTATION, SHORT), 1, [orientation.number(), 0, 0, 0]);
    }
    let mut values = Vec::new();
    let start = block.len() + 12 * texts.len() + 4;
    for (tag, text) in texts {
        let mut inline = [0; 4];
        if text.len() <= 4 {
            inline[..text.len()].copy_from_slice(&text);
        } else {
            inline = ((start + values.len()) as u32).to_le_bytes();
            values.extend_from_slice(&text);
            // Values begin at even places.
            values.resize(values.len().next_multiple_of(2), 0);
        }
        entry(&mut block, (tag, ASCII), text.len() as u32, inline);
    }
    block.extend([0; 4]);
    block.extend(values);
    Some(block)
}

fn entry(block: &mut Vec<u8>, (tag, kind): (u16, u16), count: u32, value: [u8; 4]) {
    block.extend(tag.to_le_bytes());
    block.extend(kind.to_le_bytes());
    block.extend(count.to_le_bytes());
    block.extend(value);
}
