//! The metadata of pictures: how a file is to be turned, whose picture it is, and a copy without what readers must not get.
//!
//! Cameras and phones write more into a file than its picture: the place, serial numbers, the owner's name, an uncropped
//! thumbnail. A published picture keeps what shows it as intended (colour profile, orientation, animation) and what says
//! whose it is (creator, credit, copyright, licence); everything else is left out, and its pixels are copied.
//!
//! A picture's record has the hash of its bytes, so that a changed file with an equal size is published again.
//!
//! - Smaller pictures are planned from headers alone (`plan/pictures.rs`): a variant is an output whose route holds a
//!   hash of the picture's bytes and of its recipe (`picture/slot.rs`), so pages never wait for pixels, and a variant
//!   needs no trace. The slots of a picture are part of the answer to a reference to it.
//! - A crop that no editor has chosen is moved to what draws the eye when the picture is decoded (`Placement::Attention`);
//!   its size is known before, and its place follows from the picture's bytes.
//! - Variants are made after all pages, those of a picture together (`render/variants.rs`), in parallel within a memory
//!   budget. The bytes of one depend on picture and recipe alone, never on which others are missing. They are kept by
//!   key in `.presswork/pictures` (`picture/store.rs`), written by rename, and linked into the staging folder.
//! - Decoders and encoders are in a crate of their own, `pixels/`, which knows nothing of Presswork: tests compile it
//!   optimized, and programs without the feature `pictures` don't compile it at all.

pub mod crop;
#[cfg(feature = "pictures")]
mod encode;
mod exif;
#[cfg(all(feature = "pictures", feature = "comment-server"))]
mod fetch;
mod gif;
mod iptc;
mod isobmff;
mod jpeg;
mod png;
pub mod slot;
mod store;
mod texts;
mod webp;
mod xmp;

use std::borrow::Cow;

use borsh::{BorshDeserialize, BorshSerialize};

#[cfg(feature = "pictures")]
pub use encode::Original;
#[cfg(all(feature = "pictures", feature = "comment-server"))]
pub use fetch::{WantedVariant, fetch_variants};
pub use store::{KeptVariant, VariantStore};
pub use texts::PictureTexts;

use texts::Statements;

/// A file format whose metadata can be read and removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum Codec {
    /// JPEG (ISO/IEC 10918-1).
    Jpeg,
    /// PNG (W3C, third edition), also animated.
    Png,
    /// WebP (RFC 9649).
    WebP,
    /// GIF, also animated.
    Gif,
    /// AVIF, HEIC and other pictures in boxes (ISO/IEC 23008-12).
    Boxes,
}

impl Codec {
    /// The format of a file, by its first bytes; its name may be wrong.
    pub fn of(bytes: &[u8]) -> Option<Codec> {
        match bytes {
            [0xff, 0xd8, 0xff, ..] => Some(Codec::Jpeg),
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some(Codec::Png),
            [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some(Codec::Gif),
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(Codec::WebP),
            _ => isobmff::is_picture(bytes).then_some(Codec::Boxes),
        }
    }
}

/// The variants that can be made of a file's pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum PixelKind {
    /// Variants without transparency.
    Opaque,
    /// Variants with transparency.
    Transparent,
    /// None: it is animated, or of a kind that is not decoded.
    Fixed,
}

/// A reason why most browsers don't show a picture as it is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum Unsuited {
    /// Its colours are those of printing.
    Cmyk,
    /// Its colours have so many bits; 8 is what browsers decode.
    Depth(u8),
    /// Its JPEG process is one that browsers don't decode: lossless, hierarchical or arithmetic.
    Process,
    /// It is HEIC, which only Safari decodes.
    Heic,
}

impl Unsuited {
    /// The reason as the end of a sentence.
    pub fn describe(self) -> String {
        match self {
            Unsuited::Cmyk => "has the colours of printing (CMYK), which browsers show wrongly".to_owned(),
            Unsuited::Depth(bits) => format!("is a JPEG file with {bits} bits a colour, which browsers do not show"),
            Unsuited::Process => "is a lossless or arithmetic JPEG file, which browsers do not show".to_owned(),
            Unsuited::Heic => "is HEIC, which most browsers do not show".to_owned(),
        }
    }
}

/// How the pixels of a file must be turned to be seen upright (Exif 2.32, section 4.6.4): 1 to 8, 1 for not at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Orientation(u8);

impl Orientation {
    /// As stored.
    pub const UPRIGHT: Orientation = Orientation(1);

    /// An orientation by its number; `None` for a number that has no meaning.
    pub fn new(number: u16) -> Option<Orientation> {
        u8::try_from(number).ok().filter(|number| (1..=8).contains(number)).map(Orientation)
    }

    /// The number.
    pub fn number(self) -> u8 {
        self.0
    }

    /// True if width and height change places.
    pub fn swaps_sides(self) -> bool {
        self.0 >= 5
    }
}

/// The statements of a file on whose picture it is. Texts are without control characters and at most 2,000 characters long.
#[derive(Debug, Clone, Default, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Rights {
    /// The photographers or artists (IPTC 2:80, XMP `dc:creator`, Exif `Artist`).
    pub creators: Vec<String>,
    /// The credit line (IPTC 2:110, XMP `photoshop:Credit`).
    pub credit: Option<String>,
    /// The copyright notice (IPTC 2:116, XMP `dc:rights`, Exif `Copyright`).
    pub copyright: Option<String>,
    /// The terms of use (XMP `xmpRights:UsageTerms`).
    pub terms: Option<String>,
    /// The URL of the licence or the rights statement (XMP `xmpRights:WebStatement`).
    pub licence_url: Option<String>,
    /// The URL at which a licence can be bought (XMP `plus:LicensorURL`).
    pub licensor_url: Option<String>,
    /// The kind of source, such as a camera or a generative model: a URI of the IPTC vocabulary "digital source type"
    /// (XMP `Iptc4xmpExt:DigitalSourceType`).
    pub source_type: Option<String>,
}

impl Rights {
    /// True if the file says nothing.
    pub fn is_empty(&self) -> bool {
        *self == Rights::default()
    }

    /// Fills what is still missing from another source.
    fn fill(&mut self, other: Rights) {
        if self.creators.is_empty() {
            self.creators = other.creators;
        }
        let fill = |own: &mut Option<String>, other| *own = own.take().or(other);
        fill(&mut self.credit, other.credit);
        fill(&mut self.copyright, other.copyright);
        fill(&mut self.terms, other.terms);
        fill(&mut self.licence_url, other.licence_url);
        fill(&mut self.licensor_url, other.licensor_url);
        fill(&mut self.source_type, other.source_type);
    }
}

/// The facts that a file's header gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PictureHeader {
    /// The format.
    pub codec: Codec,
    /// Width and height in pixels as seen, after turning; `None` if they cannot be read.
    pub size: Option<(u32, u32)>,
    /// How stored pixels must be turned. Pictures in boxes are turned by their decoder.
    pub orientation: Orientation,
    /// Whose picture it is.
    pub rights: Rights,
    /// The texts for readers in it.
    pub texts: PictureTexts,
    /// The variants that can be made of its pixels.
    pub kind: PixelKind,
    /// The reason why browsers don't show it as it is meant.
    pub unsuited: Option<Unsuited>,
}

/// A file without what readers must not get.
#[derive(Debug)]
pub struct Cleaned<'b> {
    /// The bytes to publish; borrowed if nothing had to be removed.
    pub bytes: Cow<'b, [u8]>,
    /// The reason why the file ends early or cannot be shown; what could not be read is left out.
    pub damage: Option<&'static str>,
}

/// The metadata blocks of a file, each without the header of its segment or chunk.
#[derive(Debug, Default)]
struct Blocks<'b> {
    exif: Option<&'b [u8]>,
    xmp: Option<&'b [u8]>,
    iptc: Option<Cow<'b, [u8]>>,
}

/// The blocks that replace all metadata of a file.
#[derive(Debug, Default)]
struct NewBlocks {
    /// Exif without the header of its segment.
    exif: Option<Vec<u8>>,
    xmp: Option<Vec<u8>>,
}

/// The longest metadata block that is read; a longer one is left out unread.
const MAX_BLOCK: usize = 4 << 20;
/// The longest text that is kept, in characters.
const MAX_TEXT: usize = 2_000;

/// Reads the header of a picture; `None` if the bytes are of no format that is known here.
pub fn header(bytes: &[u8]) -> Option<PictureHeader> {
    let codec = Codec::of(bytes)?;
    let statements = read_blocks(codec, &blocks(codec, bytes));
    let orientation = statements.orientation.unwrap_or(Orientation::UPRIGHT);
    let size = imagesize::blob_size(bytes).ok();
    let size = size.and_then(|size| Some((size.width.try_into().ok()?, size.height.try_into().ok()?)));
    let size = size.map(|(width, height)| if orientation.swaps_sides() { (height, width) } else { (width, height) });
    let kind = match codec {
        Codec::Jpeg => jpeg::kind(bytes),
        Codec::Png => png::kind(bytes),
        Codec::WebP => webp::kind(bytes),
        Codec::Gif | Codec::Boxes => PixelKind::Fixed,
    };
    let unsuited = match codec {
        Codec::Jpeg => jpeg::unsuited(bytes),
        Codec::Boxes if !isobmff::is_avif(bytes) => Some(Unsuited::Heic),
        _ => None,
    };
    let texts = statements.texts();
    Some(PictureHeader { codec, size, orientation, rights: statements.rights, texts, kind, unsuited })
}

/// Removes everything from a picture that readers must not get; `None` if the bytes are of no format that is known here.
pub fn cleaned(bytes: &[u8]) -> Option<Cleaned<'_>> {
    let codec = Codec::of(bytes)?;
    let Statements { orientation, rights, .. } = read_blocks(codec, &blocks(codec, bytes));
    let replacement = replacement(orientation.unwrap_or(Orientation::UPRIGHT), &rights);
    let (kept, damage) = match codec {
        Codec::Jpeg => jpeg::cleaned(bytes, &replacement),
        Codec::Png => png::cleaned(bytes, &replacement),
        Codec::WebP => webp::cleaned(bytes, &replacement),
        Codec::Gif => gif::cleaned(bytes, &replacement),
        Codec::Boxes => isobmff::cleaned(bytes, &replacement),
    };
    let bytes = if kept == bytes { Cow::Borrowed(bytes) } else { Cow::Owned(kept) };
    Some(Cleaned { bytes, damage })
}

/// An encoded picture with its rights. The file is one that an encoder has just made.
#[cfg(feature = "pictures")]
fn with_rights(bytes: Vec<u8>, rights: &Rights) -> Vec<u8> {
    if rights.is_empty() {
        return bytes;
    }
    let replacement = replacement(Orientation::UPRIGHT, rights);
    match Codec::of(&bytes) {
        Some(Codec::Jpeg) => jpeg::cleaned(&bytes, &replacement).0,
        Some(Codec::Png) => png::cleaned(&bytes, &replacement).0,
        Some(Codec::WebP) => webp::cleaned(&bytes, &replacement).0,
        Some(Codec::Gif | Codec::Boxes) | None => bytes,
    }
}

/// The rights of a picture as the blocks that are added to a file: Exif and XMP, each if there is something to say.
fn replacement(orientation: Orientation, rights: &Rights) -> NewBlocks {
    NewBlocks { exif: exif::write(orientation, rights), xmp: xmp::write(rights) }
}

fn blocks(codec: Codec, bytes: &[u8]) -> Blocks<'_> {
    let mut blocks = match codec {
        Codec::Jpeg => jpeg::blocks(bytes),
        Codec::Png => png::blocks(bytes),
        Codec::WebP => webp::blocks(bytes),
        Codec::Gif => gif::blocks(bytes),
        Codec::Boxes => isobmff::blocks(bytes),
    };
    blocks.exif = blocks.exif.filter(|block| block.len() <= MAX_BLOCK);
    blocks.xmp = blocks.xmp.filter(|block| block.len() <= MAX_BLOCK);
    blocks
}

/// Reads the blocks. XMP is the newest and most exact of the three, Exif the least exact.
fn read_blocks(codec: Codec, blocks: &Blocks<'_>) -> Statements {
    let mut statements = blocks.xmp.map(xmp::read).unwrap_or_default();
    if let Some(iptc) = &blocks.iptc {
        statements.fill(iptc::read(iptc));
    }
    statements.fill(blocks.exif.map(exif::read).unwrap_or_default());
    // Readers of boxes must ignore the orientation of Exif (ISO/IEC 23008-12, 6.5.10).
    statements.orientation = statements.orientation.filter(|_| codec != Codec::Boxes);
    statements
}

/// A text of a file as it may be kept; `None` if nothing is left.
fn text(written: &str) -> Option<String> {
    let spaced: String = written.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    let kept: String = spaced.trim().chars().take(MAX_TEXT).collect();
    let kept = kept.trim_end();
    (!kept.is_empty()).then(|| kept.to_owned())
}

/// Decodes text that is UTF-8 in newer files and Latin-1 in older ones.
fn decoded(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|&byte| char::from(byte)).collect(),
    }
}
