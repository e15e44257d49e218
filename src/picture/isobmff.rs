//! AVIF and HEIC: pictures in the boxes of ISO/IEC 14496-12, with metadata as items of their own (ISO/IEC 23008-12).
//!
//! Items are found by their places in the file, so nothing may be moved: what is removed is written over.

use std::ops::Range;

use ahash::HashMap;

use super::{Blocks, NewBlocks, xmp};

/// The brands of pictures and of sequences of pictures.
const BRANDS: &[&[u8; 4]] =
    &[b"avif", b"avis", b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"miaf"];
/// Those of pictures that are coded as HEVC.
const HEIC: &[&[u8; 4]] = &[b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"];
/// An Exif block that says nothing, after the offset that begins the item.
const NO_EXIF: &[u8] = b"\0\0\0\0II*\0\x08\0\0\0\0\0\0\0\0\0";
/// The most places that are read of all items together; a picture has a few, even in many tiles.
const MAX_EXTENTS: usize = 100_000;

/// A box: its type, and the place of its content in the file.
#[derive(Clone)]
struct Frame {
    kind: [u8; 4],
    /// The place of the type.
    at: usize,
    content: Range<usize>,
}

/// True if a file begins with the brands of a picture.
pub(super) fn is_picture(bytes: &[u8]) -> bool {
    let Some(first) = frames(bytes, 0..bytes.len()).next().filter(|frame| &frame.kind == b"ftyp") else {
        return false;
    };
    let brands = bytes.get(first.content).unwrap_or_default().chunks_exact(4).take(32).enumerate();
    // The second is a version.
    brands.filter(|(at, _)| *at != 1).any(|(_, brand)| BRANDS.iter().any(|known| known.as_slice() == brand))
}

/// True if a picture is AVIF, or of a kind that isn't known better: a sequence in boxes without a brand for its codec.
pub(super) fn is_avif(bytes: &[u8]) -> bool {
    let first = frames(bytes, 0..bytes.len()).next();
    let brands = first.and_then(|first| bytes.get(first.content)).unwrap_or_default().chunks_exact(4).take(32);
    !brands.into_iter().any(|brand| HEIC.iter().any(|known| known.as_slice() == brand))
}

/// The boxes in a part of the file, up to the first damaged one.
fn frames(bytes: &[u8], part: Range<usize>) -> impl Iterator<Item = Frame> {
    let mut at = part.start;
    std::iter::from_fn(move || {
        let head = bytes.get(at..part.end)?;
        let (size, rest) = head.split_first_chunk()?;
        let (kind, rest) = rest.split_first_chunk::<4>()?;
        let (start, length) = match u32::from_be_bytes(*size) {
            0 => (8, head.len()),
            1 => (16, usize::try_from(u64::from_be_bytes(*rest.first_chunk()?)).ok()?),
            size => (8, usize::try_from(size).ok()?),
        };
        if length < start || length > head.len() {
            return None;
        }
        let frame = Frame { kind: *kind, at: at + 4, content: at + start..at + length };
        at += length;
        Some(frame)
    })
}

/// Reads numbers of a box one after the other.
struct BoxFields<'b>(&'b [u8]);

impl BoxFields<'_> {
    /// The next number of so many bytes, at most 8; a number of no bytes is 0.
    fn number(&mut self, length: usize) -> Option<u64> {
        let (bytes, rest) = self.0.split_at_checked(length.min(8))?;
        self.0 = rest;
        Some(bytes.iter().fold(0, |number, &byte| number << 8 | u64::from(byte)))
    }

    /// The next text, which ends with NUL.
    fn text(&mut self) -> Option<&[u8]> {
        let end = self.0.iter().position(|&byte| byte == 0)?;
        let (text, rest) = self.0.split_at(end);
        self.0 = &rest[1..];
        Some(text)
    }
}

/// The kind of an item that may have to go.
#[derive(Clone, Copy, PartialEq, Eq)]
enum BoxItem {
    Exif,
    Xmp,
    /// A smaller picture, perhaps of what was cropped later.
    Thumbnail,
}

/// The items that may have to go, with the places of their bytes.
fn items(bytes: &[u8]) -> Vec<(BoxItem, Vec<Range<usize>>)> {
    let Some(meta) = frames(bytes, 0..bytes.len()).find(|frame| &frame.kind == b"meta") else { return Vec::new() };
    // `meta` begins with a version and flags.
    let inside: Vec<Frame> = frames(bytes, meta.content.start.saturating_add(4)..meta.content.end).collect();
    let content = |kind: &[u8; 4]| {
        let frame = inside.iter().find(|frame| &frame.kind == kind)?;
        Some(&bytes[frame.content.clone()])
    };
    let mut kinds = inside.iter().find(|frame| &frame.kind == b"iinf").map(|it| kinds(bytes, it)).unwrap_or_default();
    kinds.extend(content(b"iref").map(thumbnails).unwrap_or_default());
    let data = inside.iter().find(|frame| &frame.kind == b"idat").map(|frame| frame.content.clone());
    let mut places = content(b"iloc").and_then(|content| places(content, bytes.len(), data)).unwrap_or_default();
    // Each item is looked up once, however often a file names it.
    let mut found: Vec<(BoxItem, Vec<Range<usize>>)> = Vec::new();
    for (id, kind) in kinds {
        if let Some(of_item) = places.remove(&id) {
            found.push((kind, of_item));
        }
    }
    found
}

/// The ids of the items with metadata (`iinf`).
fn kinds(bytes: &[u8], frame: &Frame) -> Vec<(u64, BoxItem)> {
    let content = bytes.get(frame.content.clone()).unwrap_or_default();
    let start = if content.first() == Some(&0) { 6 } else { 8 };
    let entries = frames(bytes, frame.content.start + start..frame.content.end);
    let kind = |entry: Frame| {
        let mut fields = BoxFields(bytes.get(entry.content)?);
        let version = fields.number(1)?;
        fields.number(3)?;
        let id = fields.number(if version < 3 { 2 } else { 4 })?;
        fields.number(2)?;
        match &(fields.number(4)? as u32).to_be_bytes() {
            b"Exif" => Some((id, BoxItem::Exif)),
            b"mime" => {
                fields.text()?;
                (fields.text()? == b"application/rdf+xml").then_some((id, BoxItem::Xmp))
            }
            _ => None,
        }
    };
    entries.filter(|entry| &entry.kind == b"infe").filter_map(kind).collect()
}

/// The ids of the items that are thumbnails of others (`iref`).
fn thumbnails(content: &[u8]) -> Vec<(u64, BoxItem)> {
    let length = if content.first() == Some(&0) { 2 } else { 4 };
    let references = frames(content, 4..content.len()).filter(|frame| &frame.kind == b"thmb");
    let ids = references.filter_map(|frame| BoxFields(&content[frame.content]).number(length));
    ids.map(|id| (id, BoxItem::Thumbnail)).collect()
}

/// The places of all items (`iloc`), by their ids. `data` is the place of the items that are in the box `idat`.
fn places(content: &[u8], end: usize, data: Option<Range<usize>>) -> Option<HashMap<u64, Vec<Range<usize>>>> {
    let mut fields = BoxFields(content);
    let version = fields.number(1)?;
    fields.number(3)?;
    let (sizes, more) = (fields.number(1)? as usize, fields.number(1)? as usize);
    let (offset_size, length_size, base_size) = (sizes >> 4, sizes & 15, more >> 4);
    let index_size = if version == 0 { 0 } else { more & 15 };
    let count = fields.number(if version < 2 { 2 } else { 4 })?;
    let mut places: HashMap<u64, Vec<Range<usize>>> = HashMap::default();
    let mut known = 0;
    for _ in 0..count {
        let Some(id) = fields.number(if version < 2 { 2 } else { 4 }) else { break };
        let is_in_data = version > 0 && fields.number(2)? & 15 == 1;
        fields.number(2)?;
        let base = fields.number(base_size)?;
        let extents = fields.number(2)?;
        for _ in 0..extents {
            fields.number(index_size)?;
            let (offset, length) = (fields.number(offset_size)?, fields.number(length_size)?);
            let origin = if is_in_data { data.as_ref().map_or(end, |data| data.start) } else { 0 };
            let start = usize::try_from(base.checked_add(offset)?).ok()?.checked_add(origin)?;
            let stop = if length == 0 { end } else { start.checked_add(usize::try_from(length).ok()?)? };
            if start < stop && stop <= end {
                places.entry(id).or_default().push(start..stop);
                known += 1;
            }
            if known > MAX_EXTENTS {
                return Some(places);
            }
            if index_size + offset_size + length_size == 0 {
                break;
            }
        }
    }
    Some(places)
}

/// Places without overlaps, so that no byte is written over twice, however a file repeats itself.
fn merged<'p>(places: impl Iterator<Item = &'p Range<usize>>) -> impl Iterator<Item = Range<usize>> {
    let mut sorted: Vec<Range<usize>> = places.cloned().collect();
    sorted.sort_unstable_by_key(|place| place.start);
    let mut end = 0;
    sorted.into_iter().filter_map(move |place| {
        let start = place.start.max(end);
        end = end.max(place.end);
        (start < place.end).then_some(start..place.end)
    })
}

pub(super) fn blocks(bytes: &[u8]) -> Blocks<'_> {
    let mut blocks = Blocks::default();
    for (kind, places) in items(bytes) {
        let [place] = &*places else { continue };
        let block = bytes.get(place.clone());
        match kind {
            // The item begins with the place of the block in the rest of it.
            BoxItem::Exif => {
                let block = block.and_then(|block| {
                    let (start, rest) = block.split_first_chunk()?;
                    rest.get(usize::try_from(u32::from_be_bytes(*start)).ok()?..)
                });
                blocks.exif = blocks.exif.or(block);
            }
            BoxItem::Xmp => blocks.xmp = blocks.xmp.or(block),
            BoxItem::Thumbnail => {}
        }
    }
    blocks
}

/// The file with its metadata written over, and the reason if it is damaged.
pub(super) fn cleaned(bytes: &[u8], replacement: &NewBlocks) -> (Vec<u8>, Option<&'static str>) {
    let mut kept = bytes.to_vec();
    let items = items(bytes);
    for (filler, is_it) in [(0, false), (b' ', true)] {
        let of_filler = items.iter().filter(|(kind, _)| (*kind == BoxItem::Xmp) == is_it);
        merged(of_filler.flat_map(|(_, places)| places)).for_each(|place| kept[place].fill(filler));
    }
    // Readers take the first block of each kind.
    let mut is_written = [false; 2];
    let exif = replacement.exif.as_ref().map(|block| [&[0; 4], block.as_slice()].concat());
    for (kind, places) in items {
        let (wanted, fallback, is_written) = match kind {
            BoxItem::Exif => (exif.as_deref(), NO_EXIF, &mut is_written[0]),
            BoxItem::Xmp => (replacement.xmp.as_deref(), [].as_slice(), &mut is_written[1]),
            BoxItem::Thumbnail => continue,
        };
        let [place] = &*places else { continue };
        let wanted = wanted.filter(|_| !*is_written).unwrap_or(fallback);
        *is_written = true;
        let written = [wanted, xmp::bare(wanted), fallback].into_iter().find(|block| block.len() <= place.len());
        if let Some(written) = written {
            kept[place.start..place.start + written.len()].copy_from_slice(written);
        }
    }
    let mut has_picture = false;
    for frame in frames(bytes, 0..bytes.len()) {
        has_picture |= matches!(&frame.kind, b"mdat" | b"moov");
        if matches!(&frame.kind, b"uuid" | b"free" | b"skip" | b"udta") {
            kept[frame.at..frame.at + 4].copy_from_slice(b"free");
            kept[frame.content].fill(0);
        }
    }
    (kept, (!has_picture).then_some("there is no picture in it"))
}
