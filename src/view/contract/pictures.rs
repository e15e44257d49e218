//! The views of pictures.

use serde::Serialize;

use super::super::documented::{Documented, views};

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
