//! The views of pictures.

use serde::Serialize;

use super::super::documented::{Documented, views};
use crate::picture::Rights;
use crate::urls::is_complete_url;

views! {
    /// A picture.
    ImageView<'a> {
        /// URL for `src`.
        src: String,
        /// Absolute URL.
        url: String,
        /// The alternative text; empty for decorative pictures.
        alt: &'a str,
        /// The caption.
        caption: Option<&'a str>,
        /// The credit: the photographer, artist or agency.
        credit: Option<&'a str>,
        /// The statements of the picture's file on whose it is; only for pictures of this site whose metadata can be read.
        rights: Option<PictureRightsView<'a>>,
        /// The point that crops should keep, for `object-position`.
        focus: Option<&'a str>,
        /// Width in pixels, for bitmap images of this site.
        width: Option<u32>,
        /// Height in pixels, for bitmap images of this site.
        height: Option<u32>,
        /// The picture in the sizes of its slot, in formats that only newer browsers show, the best first; empty if it is published in one size.
        sources: Vec<PictureSourceView<'a>>,
        /// The picture in the sizes of its slot, for `srcset`, in a format that all browsers show.
        srcset: Option<String>,
        /// The width at which pages show the picture, for `sizes`.
        sizes: Option<&'a str>,
        /// The picture for link previews, 1200 × 630 pixels or smaller; only for lead pictures.
        social: Option<ShareView>,
        /// The picture for search results: 16:9, 4:3 and 1:1; only for lead pictures.
        search: Vec<ShareView>,
    }
    /// The statements of a picture's file on whose it is, from XMP, IPTC or Exif.
    PictureRightsView<'a> {
        /// The names of the photographers or artists.
        creators: Vec<&'a str>,
        /// The copyright notice.
        copyright: Option<&'a str>,
        /// The terms of use.
        terms: Option<&'a str>,
        /// The absolute URL of the licence or the rights statement.
        licence_url: Option<&'a str>,
        /// The absolute URL at which a licence can be bought.
        licensor_url: Option<&'a str>,
        /// The digital source type, by its name in the IPTC vocabulary: `digitalCapture`, `trainedAlgorithmicMedia`.
        source_type: Option<&'a str>,
        /// True if a generative model made or changed the picture.
        is_machine_made: bool,
    }
    /// One format of a picture in several sizes.
    PictureSourceView<'a> {
        /// The media type, for `type`.
        media_type: &'a str,
        /// The files with their widths, for `srcset`.
        srcset: String,
    }
    /// A picture of one size for other programs.
    ShareView {
        /// Absolute URL.
        url: String,
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
    }
}

impl<'a> From<&'a Rights> for PictureRightsView<'a> {
    fn from(rights: &'a Rights) -> PictureRightsView<'a> {
        // A page links to them, and anything may stand in a file.
        let url = |written: &'a Option<String>| written.as_deref().filter(|url| is_complete_url(url));
        PictureRightsView {
            creators: rights.creators.iter().map(String::as_str).collect(),
            copyright: rights.copyright.as_deref(),
            terms: rights.terms.as_deref(),
            licence_url: url(&rights.licence_url),
            licensor_url: url(&rights.licensor_url),
            source_type: rights.source_name(),
            is_machine_made: rights.is_machine_made(),
        }
    }
}
