//! Structured data of pictures.

use serde::Serialize;

use crate::view::contract::{ImageView, PictureRightsView, ShareView};

/// The kinds of sources of pictures that schema.org has a name for, in the IPTC vocabulary: the name there is the same in
/// capitals, with a suffix (<https://schema.org/IPTCDigitalSourceEnumeration>).
const SOURCE_TYPES: &[&str] = &[
    "algorithmicMedia",
    "algorithmicallyEnhanced",
    "compositeCapture",
    "compositeSynthetic",
    "compositeWithTrainedAlgorithmicMedia",
    "dataDrivenMedia",
    "digitalArt",
    "digitalCapture",
    "minorHumanEdits",
    "multiFrameComputationalCapture",
    "negativeFilm",
    "positiveFilm",
    "print",
    "screenCapture",
    "trainedAlgorithmicMedia",
    "virtualRecording",
];

/// <https://schema.org/ImageObject>, with what search engines ask for about licences
/// (<https://developers.google.com/search/docs/appearance/structured-data/image-license-metadata>).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ImageObject<'v> {
    #[serde(rename = "@type")]
    kind: &'static str,
    url: &'v str,
    #[serde(skip_serializing_if = "Option::is_none")]
    width: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    height: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    caption: Option<&'v str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    credit_text: Option<&'v str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    creator: Vec<Creator<'v>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    copyright_notice: Option<&'v str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    license: Option<&'v str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    acquire_license_page: Option<&'v str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    digital_source_type: Option<String>,
}

/// Who made a picture. Files don't tell people from organizations.
#[derive(Serialize)]
struct Creator<'v> {
    #[serde(rename = "@type")]
    kind: &'static str,
    name: &'v str,
}

impl<'v> From<&'v ImageView<'_>> for ImageObject<'v> {
    fn from(image: &'v ImageView<'_>) -> ImageObject<'v> {
        let &ImageView { ref url, width, height, caption, credit, ref rights, .. } = image;
        let rights = rights.as_ref();
        let creators = rights.map(|rights| rights.creators.as_slice()).unwrap_or_default();
        let text = |of: fn(&PictureRightsView<'v>) -> Option<&'v str>| rights.and_then(of);
        ImageObject {
            kind: "ImageObject",
            url,
            width,
            height,
            caption,
            credit_text: credit,
            creator: creators.iter().map(|name| Creator { kind: "Person", name }).collect(),
            copyright_notice: text(|rights| rights.copyright),
            license: text(|rights| rights.licence_url),
            acquire_license_page: text(|rights| rights.licensor_url),
            digital_source_type: text(|rights| rights.source_type).and_then(source_type),
        }
    }
}

/// The name of a digital source type in schema.org.
fn source_type(name: &str) -> Option<String> {
    let name = SOURCE_TYPES.iter().find(|known| **known == name)?;
    let (first, rest) = name.split_at(1);
    Some(format!("https://schema.org/{}{rest}DigitalSource", first.to_uppercase()))
}

/// The lead picture of a story: in the three shapes that search engines ask for, if it has them.
pub(super) fn lead<'v>(image: &'v ImageView<'_>) -> Vec<ImageObject<'v>> {
    if image.search.is_empty() {
        return vec![ImageObject::from(image)];
    }
    let shapes = image.search.iter().map(|ShareView { url, width, height }| ImageObject {
        url,
        width: Some(*width),
        height: Some(*height),
        ..ImageObject::from(image)
    });
    shapes.collect()
}
