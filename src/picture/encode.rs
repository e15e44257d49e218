//! Makes the variants of a picture: `presswork_pixels` does the work, and each variant says whose picture it is.

use std::borrow::Cow;

use presswork_pixels::{Area, Format};

use super::crop::{CropArea, Placement};
use super::slot::{Recipe, VariantFormat};
use super::{Codec, Orientation, Rights, cleaned, webp, with_rights};

/// A picture to make variants of.
#[derive(Debug, Clone, Copy)]
pub struct Original<'b> {
    /// The bytes of its file.
    pub bytes: &'b [u8],
    /// Its format.
    pub codec: Codec,
    /// Width and height as seen.
    pub size: (u32, u32),
    /// How its pixels must be turned to be seen upright.
    pub orientation: Orientation,
    /// Whose picture it is; every variant says so.
    pub rights: &'b Rights,
}

impl Original<'_> {
    /// Makes variants, in the order of their recipes.
    ///
    /// # Errors
    /// If the file is damaged, or differs from its header.
    pub fn variants(&self, recipes: &[Recipe]) -> Result<Vec<Vec<u8>>, String> {
        // Decoders refuse files for damage in metadata that they don't need.
        let bytes = &*cleaned(self.bytes).map_or(Cow::Borrowed(self.bytes), |cleaned| cleaned.bytes);
        let (format, profile) = match self.codec {
            Codec::Jpeg => (Format::Jpeg, None),
            Codec::Png => (Format::Png, None),
            Codec::WebP => (Format::WebP, webp::profile(bytes)),
            Codec::Gif | Codec::Boxes => return Err("this format is not decoded".to_owned()),
        };
        let (size, orientation) = (self.size, self.orientation.number());
        let original = presswork_pixels::Original { bytes, format, size, orientation, profile };
        let made = original.make(&recipes.iter().map(of_pixels).collect::<Vec<_>>())?;
        Ok(made.into_iter().map(|bytes| with_rights(bytes, self.rights)).collect())
    }
}

fn of_pixels(recipe: &Recipe) -> presswork_pixels::Recipe {
    let &Recipe { crop, width, height, format, max_bytes } = recipe;
    let CropArea { x, y, width: across, height: down } = crop.area;
    let quality = format.quality();
    let format = match format {
        VariantFormat::WebP => Format::WebP,
        VariantFormat::Jpeg => Format::Jpeg,
        VariantFormat::Png => Format::Png,
    };
    let area = Area { x, y, width: across, height: down };
    let placement = match crop.placement {
        Placement::Known => presswork_pixels::Placement::Known,
        Placement::Attention => presswork_pixels::Placement::Attention,
    };
    presswork_pixels::Recipe { area, placement, width, height, format, quality, max_bytes }
}
