//! Published copies of pictures, without the metadata that readers must not get, and the result of making smaller ones.

use xxhash_rust::xxh3::xxh3_128;

use crate::diagnostic::{Code, Diagnostic, Reported};
use crate::picture::{self, Cleaned};
use crate::read;
use crate::source::on_disk;

use super::{Contents, EditionRenderer, Rendered};

/// The version of what is removed and kept: a new one publishes all pictures again.
const RECIPE: u128 = 1;

/// The hash of everything that decides the bytes of a published copy, by the hash of the picture's bytes.
pub(super) fn fingerprint(digest: u128) -> u128 {
    super::combined([digest, RECIPE])
}

/// The result of making smaller pictures.
#[derive(Debug, Default)]
pub struct MadeVariants {
    /// The pictures of which none can be made, by their places in the site's files.
    pub failed: Vec<(usize, Diagnostic)>,
    /// The reason why the published site, which was asked for them, was of no help.
    pub note: Option<String>,
}

impl EditionRenderer<'_> {
    /// The published copy of a picture, by its place in the site's files.
    pub(super) fn picture(&self, at: usize, wanted: Option<u128>) -> Reported<Option<Rendered>> {
        let source = self.viewer.reader.copied_file(at);
        let failed = |diagnostic| Reported { value: None, diagnostics: vec![diagnostic] };
        let bytes = match std::fs::read(on_disk(self.root, source)) {
            Ok(bytes) => bytes,
            Err(error) => {
                return failed(Diagnostic::new(Code::UnreadableFile, source, format!("it cannot be read: {error}")));
            }
        };
        let fingerprint = Some(fingerprint(xxh3_128(&bytes)));
        let Some(Cleaned { bytes, damage }) = picture::cleaned(&bytes).filter(|_| fingerprint == wanted) else {
            return failed(read::changed(source));
        };
        let diagnostics = damage.map(|why| {
            Diagnostic::new(Code::DamagedPicture, source, format!("the picture is damaged: {why}"))
                .hint("export it again from the original; readers may see only part of it")
        });
        let contents = Contents::Bytes(bytes.into_owned());
        let rendered = Rendered { contents, fingerprint, parts: None };
        Reported { value: Some(rendered), diagnostics: diagnostics.into_iter().collect() }
    }
}
