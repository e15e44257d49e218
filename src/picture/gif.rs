//! GIF (version 89a): its blocks, and a copy with only those that show the picture, all frames of an animation included.

use super::{Blocks, NewBlocks};

/// The signature, the size of the screen, and the flags, background and aspect ratio that follow.
const START: usize = 13;
const EXTENSION: u8 = 0x21;
const IMAGE: u8 = 0x2c;
const END: u8 = 0x3b;
/// The labels of extensions (GIF 89a, appendix A).
const GRAPHIC_CONTROL: u8 = 0xf9;
const APPLICATION: u8 = 0xff;

/// The application extensions that decide how a picture looks: two names of the number of repetitions, and the colour
/// profile.
const SHOWN: &[&[u8; 11]] = &[b"NETSCAPE2.0", b"ANIMEXTS1.0", b"ICCRGBG1012"];
/// The application extension with XMP, which is not cut into sub-blocks (XMP specification, part 3, section 1.1.2).
const XMP: &[u8; 11] = b"XMP DataXMP";
/// The length of the trailer after a packet: whichever of its bytes a reader takes for the length of a sub-block, it
/// arrives at the end.
const XMP_TRAILER: usize = 258;

/// A block of a file with all of its bytes.
struct GifBlock<'b> {
    kind: GifBlockKind<'b>,
    whole: &'b [u8],
}

/// The kind of a block.
enum GifBlockKind<'b> {
    Image,
    GraphicControl,
    /// An application extension, with its name.
    Application(&'b [u8]),
    /// A comment, a text, or an extension that nobody knows.
    Other,
}

/// Iterates over the blocks between the first colour table and the end.
struct GifBlocks<'b> {
    rest: &'b [u8],
    /// True once the end of the picture was met.
    is_complete: bool,
}

/// The bytes before the first block: the screen with its colour table; `None` if they are not all there.
fn screen(bytes: &[u8]) -> Option<&[u8]> {
    let table = bytes.get(10).map(|&flags| colour_table(flags))?;
    bytes.get(..START + table)
}

/// The length of the colour table that flags announce.
fn colour_table(flags: u8) -> usize {
    if flags & 0x80 == 0 { 0 } else { 3 << (usize::from(flags & 7) + 1) }
}

/// The length of sub-blocks, with the empty one that ends them.
fn sub_blocks(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        let length = usize::from(*bytes.get(at)?);
        at += 1 + length;
        if length == 0 {
            return Some(at);
        }
    }
}

impl<'b> Iterator for GifBlocks<'b> {
    type Item = GifBlock<'b>;

    fn next(&mut self) -> Option<GifBlock<'b>> {
        let (kind, start) = match *self.rest {
            [END, ..] => {
                self.is_complete = true;
                return None;
            }
            // Position and size, then the flags, a colour table, and the size of codes.
            [IMAGE, _, _, _, _, _, _, _, _, flags, ..] => (GifBlockKind::Image, 10 + colour_table(flags) + 1),
            [EXTENSION, GRAPHIC_CONTROL, ..] => (GifBlockKind::GraphicControl, 2),
            [EXTENSION, APPLICATION, 11, ref rest @ ..] => {
                (GifBlockKind::Application(rest.get(..11).unwrap_or_default()), 2)
            }
            [EXTENSION, _, ..] => (GifBlockKind::Other, 2),
            _ => return None,
        };
        let length = start + sub_blocks(self.rest.get(start..)?)?;
        let (whole, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(GifBlock { kind, whole })
    }
}

fn blocks_of(bytes: &[u8]) -> GifBlocks<'_> {
    let start = screen(bytes).map_or(bytes.len(), <[u8]>::len);
    GifBlocks { rest: &bytes[start..], is_complete: false }
}

pub(super) fn blocks(bytes: &[u8]) -> Blocks<'_> {
    let is_xmp = |block: &GifBlock<'_>| matches!(block.kind, GifBlockKind::Application(name) if name == XMP);
    let xmp = blocks_of(bytes).find(is_xmp).and_then(|block| {
        // After the introducer, the label, a length and the name.
        block.whole.get(14..block.whole.len().checked_sub(XMP_TRAILER)?)
    });
    Blocks { xmp, ..Blocks::default() }
}

/// The file with the replacement of its metadata, and the reason if it is damaged.
pub(super) fn cleaned(bytes: &[u8], replacement: &NewBlocks) -> (Vec<u8>, Option<&'static str>) {
    let Some(screen) = screen(bytes) else { return (bytes.to_vec(), Some("there is no picture in it")) };
    let mut kept = Vec::with_capacity(bytes.len());
    kept.extend_from_slice(screen);
    if let Some(xmp) = &replacement.xmp {
        kept.extend([EXTENSION, APPLICATION, 11]);
        kept.extend_from_slice(XMP);
        kept.extend_from_slice(xmp);
        kept.push(1);
        kept.extend((0..=u8::MAX).rev());
        kept.push(0);
    }
    let mut blocks = blocks_of(bytes);
    let mut has_picture = false;
    for GifBlock { kind, whole } in &mut blocks {
        let is_shown = match kind {
            GifBlockKind::Image | GifBlockKind::GraphicControl => true,
            GifBlockKind::Application(name) => SHOWN.iter().any(|shown| shown.as_slice() == name),
            GifBlockKind::Other => false,
        };
        has_picture |= matches!(kind, GifBlockKind::Image);
        if is_shown {
            kept.extend_from_slice(whole);
        }
    }
    // Many programs leave the last byte out, and browsers don't miss it.
    kept.push(END);
    let damage = match (blocks.is_complete || blocks.rest.is_empty(), has_picture) {
        (true, true) => None,
        (_, true) => Some("the file ends before the picture does"),
        (_, false) => Some("there is no picture in it"),
    };
    (kept, damage)
}
