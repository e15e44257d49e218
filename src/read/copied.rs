//! Reads the header of a file that is published without a template: a picture, a recording, a document.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use borsh::{BorshDeserialize, BorshSerialize};
use xxhash_rust::xxh3::xxh3_128;

use crate::diagnostic::{Code, Diagnostic, Reported};
use crate::media::{has_size, is_picture_file, recording_type};
use crate::picture::{self, Codec, Orientation, PictureTexts, PixelKind, Rights, Unsuited};
use crate::source::{SourceFile, SourceKind, on_disk};

/// A file that is published without a template. Pictures lose what readers must not get, all others are copied unchanged.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct CopiedFile {
    /// Its path relative to the project folder.
    pub source: String,
    /// True if it is in `content/static/`.
    pub is_static: bool,
    /// Width and height in pixels as seen, for bitmap images.
    pub size: Option<(u32, u32)>,
    /// The length in bytes, for audio and video.
    pub bytes: Option<u64>,
    /// The facts about a picture whose metadata can be removed.
    pub picture: Option<Box<PictureFile>>,
}

/// A picture of the project whose metadata can be removed.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct PictureFile {
    /// The hash of its bytes.
    pub digest: u128,
    /// Its format, whatever its name says.
    pub codec: Codec,
    /// How its pixels must be turned to be seen upright.
    pub orientation: Orientation,
    /// Whose picture it is, according to the file.
    pub rights: Rights,
    /// The texts for readers in the file.
    pub texts: PictureTexts,
    /// The variants that can be made of its pixels.
    pub kind: PixelKind,
    /// The reason why browsers don't show it as it is meant.
    pub unsuited: Option<Unsuited>,
}

/// The largest picture, in bytes: it is held in memory while its metadata is removed.
pub const MAX_PICTURE: u64 = 256 << 20;

/// Reads what is known about a file.
pub(super) fn copied_file(root: &Path, file: &SourceFile) -> Reported<CopiedFile> {
    let path = on_disk(root, &file.path);
    let length = || fs::metadata(&path).ok().map(|about| about.len());
    let mut read = CopiedFile {
        source: file.path.clone(),
        is_static: file.kind == SourceKind::Static,
        size: None,
        bytes: recording_type(&file.path).and_then(|_| length()),
        picture: None,
    };
    if !is_picture_file(&file.path) {
        return Reported::clean(read);
    }
    // An unreadable file is reported when it is published.
    if let Ok(Some(bytes)) = picture_bytes(&path) {
        if bytes.len() as u64 > MAX_PICTURE {
            let message = format!("it is a picture of more than {} MiB", MAX_PICTURE >> 20);
            let diagnostic = Diagnostic::new(Code::UnreadableFile, &file.path, message);
            return Reported { value: read, diagnostics: vec![diagnostic.hint("save a smaller version of it")] };
        }
        if let Some(picture::PictureHeader { codec, size, orientation, rights, texts, kind, unsuited }) =
            picture::header(&bytes)
        {
            let digest = xxh3_128(&bytes);
            read.size = size.filter(|_| has_size(&file.path));
            read.picture = Some(Box::new(PictureFile { digest, codec, orientation, rights, texts, kind, unsuited }));
            return Reported::clean(read);
        }
    }
    if has_size(&file.path) {
        let size = imagesize::size(&path).ok();
        read.size = size.and_then(|size| Some((size.width.try_into().ok()?, size.height.try_into().ok()?)));
    }
    Reported::clean(read)
}

/// The bytes of a file, up to one more than a picture may have; `None` if it is no picture whose metadata can be removed.
fn picture_bytes(path: &Path) -> io::Result<Option<Vec<u8>>> {
    let mut file = File::open(path)?;
    let mut bytes = Vec::new();
    (&mut file).take(256).read_to_end(&mut bytes)?;
    if Codec::of(&bytes).is_none() {
        return Ok(None);
    }
    file.take(MAX_PICTURE).read_to_end(&mut bytes)?;
    Ok(Some(bytes))
}
