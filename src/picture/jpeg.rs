//! JPEG: its segments, and a copy with only those that show the picture.

use std::borrow::Cow;

use memchr::memchr;

use super::{Blocks, NewBlocks, PixelKind, Unsuited, exif, iptc};

const XMP: &[u8] = b"http://ns.adobe.com/xap/1.0/\0";
const ICC: &[u8] = b"ICC_PROFILE\0";
const PHOTOSHOP: &[u8] = b"Photoshop 3.0\0";
const JFIF: &[u8] = b"JFIF\0";
const ADOBE: &[u8] = b"Adobe";

/// Markers (ISO/IEC 10918-1, table B.1).
const START: u8 = 0xd8;
const END: u8 = 0xd9;
const SCAN: u8 = 0xda;
const APP0: u8 = 0xe0;
const APP1: u8 = 0xe1;
const APP2: u8 = 0xe2;
const APP13: u8 = 0xed;
const APP14: u8 = 0xee;
const COMMENT: u8 = 0xfe;

/// The longest data of a segment: its length is a 16-bit number that counts itself.
const MAX_SEGMENT: usize = 0xffff - 2;
/// The length of a JFIF segment up to its thumbnail.
const JFIF_LENGTH: usize = 14;

/// A segment, with the entropy-coded data that follows it.
struct JpegSegment<'b> {
    marker: u8,
    data: &'b [u8],
    scan: &'b [u8],
}

/// Iterates over the segments up to the end of the first picture; what follows it is another one, or a film.
struct JpegSegments<'b> {
    rest: &'b [u8],
    /// True once the end of the picture was met.
    is_complete: bool,
}

impl<'b> JpegSegments<'b> {
    fn new(bytes: &'b [u8]) -> JpegSegments<'b> {
        JpegSegments { rest: bytes.get(2..).unwrap_or_default(), is_complete: false }
    }
}

impl<'b> Iterator for JpegSegments<'b> {
    type Item = JpegSegment<'b>;

    fn next(&mut self) -> Option<JpegSegment<'b>> {
        if self.is_complete {
            return None;
        }
        // Any number of fill bytes may precede a marker.
        let start = self.rest.iter().position(|&byte| byte != 0xff).filter(|&fill| fill > 0)?;
        let (&marker, rest) = self.rest.get(start..)?.split_first()?;
        if marker == END {
            self.is_complete = true;
            return None;
        }
        let (length, after) = rest.split_first_chunk()?;
        let length = usize::from(u16::from_be_bytes(*length)).checked_sub(2)?;
        // A truncated segment of tables is of no use.
        let (data, after) = after.split_at_checked(length)?;
        let scan = if marker == SCAN { entropy_coded(after) } else { &[] };
        self.rest = &after[scan.len()..];
        Some(JpegSegment { marker, data, scan })
    }
}

/// The data up to the next marker that is not part of it: in it, 0xff is followed by zero or a restart marker.
fn entropy_coded(bytes: &[u8]) -> &[u8] {
    let mut at = 0;
    while let Some(found) = memchr(0xff, bytes.get(at..).unwrap_or_default()) {
        match bytes.get(at + found + 1) {
            Some(0x00 | 0xd0..=0xd7) => at += found + 2,
            Some(0xff) => at += found + 1,
            Some(_) => return &bytes[..at + found],
            None => break,
        }
    }
    bytes
}

pub(super) fn blocks(bytes: &[u8]) -> Blocks<'_> {
    let mut blocks = Blocks::default();
    for JpegSegment { marker, data, .. } in JpegSegments::new(bytes).take_while(|segment| segment.marker != SCAN) {
        match marker {
            APP1 if data.starts_with(exif::HEADER) => blocks.exif = blocks.exif.or(Some(data)),
            APP1 => blocks.xmp = blocks.xmp.or(data.strip_prefix(XMP)),
            APP13 => {
                let block = data.strip_prefix(PHOTOSHOP).and_then(iptc::of_photoshop);
                blocks.iptc = blocks.iptc.or(block.map(Cow::Borrowed));
            }
            _ => {}
        }
    }
    blocks
}

/// The first frame: its marker, and its data, which begin with the number of bits a colour.
fn frame(bytes: &[u8]) -> Option<JpegSegment<'_>> {
    // Frames: 0xc0 to 0xcf without tables (c4), arithmetic conditions (cc) and the extension of JPEG (c8).
    let is_frame = |marker: u8| matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc);
    JpegSegments::new(bytes).find(|segment| is_frame(segment.marker))
}

/// The variants that can be made of the pixels: only baseline and progressive files are decoded, with 8 bits a colour and at
/// most three colours.
pub(super) fn kind(bytes: &[u8]) -> PixelKind {
    if frame(bytes).is_some() && unsuited(bytes).is_none() { PixelKind::Opaque } else { PixelKind::Fixed }
}

/// The reason why browsers don't show a file as it is meant. A file without a frame is damaged.
pub(super) fn unsuited(bytes: &[u8]) -> Option<Unsuited> {
    let JpegSegment { marker, data, .. } = frame(bytes)?;
    // After the number of bits, two bytes each of height and width, and the number of colours.
    match (marker, data) {
        (0xc0..=0xc2, [8, _, _, _, _, 4, ..]) => Some(Unsuited::Cmyk),
        (0xc0..=0xc2, [8, ..]) => None,
        (0xc0..=0xc2, [bits, ..]) => Some(Unsuited::Depth(*bits)),
        _ => Some(Unsuited::Process),
    }
}

/// The file with the replacement of its metadata, and the reason if it is damaged.
pub(super) fn cleaned(bytes: &[u8], replacement: &NewBlocks) -> (Vec<u8>, Option<&'static str>) {
    let mut kept = Vec::with_capacity(bytes.len());
    kept.extend([0xff, START]);
    let mut segments = JpegSegments::new(bytes);
    let mut is_replaced = false;
    let mut has_scan = false;
    for JpegSegment { marker, data, scan } in &mut segments {
        // JFIF wants to be first.
        let is_jfif = marker == APP0 && data.starts_with(JFIF);
        if !is_replaced && !is_jfif {
            add_replacement(&mut kept, replacement);
            is_replaced = true;
        }
        match marker {
            APP0 if data.starts_with(JFIF) && data.len() > JFIF_LENGTH => {
                // The last two bytes before the thumbnail are its width and height.
                add(&mut kept, marker, &[&data[..JFIF_LENGTH - 2], &[0, 0]].concat());
            }
            APP0 if data.starts_with(JFIF) => add(&mut kept, marker, data),
            APP2 if data.starts_with(ICC) => add(&mut kept, marker, data),
            APP14 if data.starts_with(ADOBE) => add(&mut kept, marker, data),
            APP0..=0xef | COMMENT => {}
            marker => add(&mut kept, marker, data),
        }
        kept.extend_from_slice(scan);
        has_scan |= marker == SCAN;
    }
    let damage = match (segments.is_complete, has_scan) {
        (true, true) => None,
        (_, true) => Some("the file ends before the picture does"),
        (_, false) => Some("there is no picture in it"),
    };
    if damage.is_none() {
        kept.extend([0xff, END]);
    }
    (kept, damage)
}

fn add(kept: &mut Vec<u8>, marker: u8, data: &[u8]) {
    kept.extend([0xff, marker]);
    kept.extend(((data.len() + 2) as u16).to_be_bytes());
    kept.extend_from_slice(data);
}

fn add_replacement(kept: &mut Vec<u8>, replacement: &NewBlocks) {
    let blocks = [(exif::HEADER, &replacement.exif), (XMP, &replacement.xmp)];
    for (header, block) in blocks.into_iter().filter_map(|(header, block)| Some((header, block.as_ref()?))) {
        if header.len() + block.len() <= MAX_SEGMENT {
            add(kept, APP1, &[header, block].concat());
        }
    }
}
