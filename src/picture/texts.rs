//! The texts of a file that pages may show where an editor has written none: alternative text, caption, credit.

use borsh::{BorshDeserialize, BorshSerialize};

use super::{Orientation, Rights};

/// The texts for readers in a file, each on one line, and what they are about.
#[derive(Debug, Clone, Default, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct PictureTexts {
    /// The alternative text (XMP `Iptc4xmpCore:AltTextAccessibility`).
    pub alt: Option<Box<str>>,
    /// The caption (XMP `dc:description`, IPTC 2:120), unless a camera or a program has left its name there.
    pub caption: Option<Box<str>>,
    /// The line that names creators and supplier: `Hana Kurosawa/The Harbour Agency`.
    pub credit: Option<Box<str>>,
    /// True if a camera took the picture, as far as the file tells; a file without metadata doesn't tell.
    pub is_photograph: bool,
}

/// Everything that is read from a file's metadata.
#[derive(Debug, Default)]
pub(super) struct Statements {
    /// How stored pixels must be turned.
    pub orientation: Option<Orientation>,
    pub rights: Rights,
    pub alt: Option<String>,
    pub caption: Option<String>,
    /// True if it names the camera.
    pub has_camera: bool,
}

/// The captions that cameras and programs write by themselves, in lower case, or their beginnings.
const NO_CAPTIONS: &[&str] = &[
    "created with gimp",
    "dcim\\",
    "default",
    "digital camera",
    "exif_jpeg_picture",
    "konica minolta digital camera",
    "minolta digital camera",
    "olympus digital camera",
    "samsung camera pictures",
    "screenshot",
    "sony dsc",
];

/// The kinds of source of pictures that a camera took (IPTC NewsCodes, "digital source type").
const CAMERA_SOURCES: &[&str] = &[
    "algorithmicallyEnhanced",
    "compositeCapture",
    "computationalCapture",
    "digitalCapture",
    "humanEdits",
    "minorHumanEdits",
    "multiFrameComputationalCapture",
    "negativeFilm",
    "positiveFilm",
    "print",
];

/// The kinds of source of pictures that a generative model made or changed.
const MODEL_SOURCES: &[&str] =
    &["compositeSynthetic", "compositeWithTrainedAlgorithmicMedia", "trainedAlgorithmicMedia"];

impl Rights {
    /// The last part of [`Rights::source_type`], which names it: `digitalCapture`.
    pub fn source_name(&self) -> Option<&str> {
        self.source_type.as_deref()?.rsplit(['/', ':']).next()
    }

    /// True if a generative model made or changed the picture, as its file says.
    pub fn is_machine_made(&self) -> bool {
        self.source_name().is_some_and(|name| MODEL_SOURCES.contains(&name))
    }
}

impl Statements {
    /// Fills what is still missing from another source.
    pub fn fill(&mut self, other: Statements) {
        self.orientation = self.orientation.or(other.orientation);
        self.rights.fill(other.rights);
        self.alt = self.alt.take().or(other.alt);
        self.caption = self.caption.take().or(other.caption);
        self.has_camera |= other.has_camera;
    }

    /// The texts for readers.
    pub fn texts(&self) -> PictureTexts {
        let line = |text: &Option<String>| text.as_deref().and_then(one_line);
        let is_photograph = match self.rights.source_name() {
            Some(name) => CAMERA_SOURCES.contains(&name),
            None => self.has_camera,
        };
        PictureTexts {
            alt: line(&self.alt),
            caption: line(&self.caption).filter(|caption| !is_automatic(caption)),
            credit: credit(&self.rights).as_deref().and_then(one_line),
            is_photograph,
        }
    }
}

/// A text with single spaces; `None` if nothing is left.
fn one_line(text: &str) -> Option<Box<str>> {
    let words: Vec<&str> = text.split_whitespace().collect();
    (!words.is_empty()).then(|| words.join(" ").into())
}

/// True if no person wrote a caption.
fn is_automatic(caption: &str) -> bool {
    let caption = caption.to_lowercase();
    NO_CAPTIONS.iter().any(|known| match *known {
        "default" | "digital camera" | "screenshot" => caption == *known,
        start => caption.starts_with(start),
    })
}

/// The line that names who made a picture and who supplied it. The credit line is the one that the supplier asks for
/// (IPTC Photo Metadata Standard, "Credit Line"); agencies often leave the photographer out of it, whom law and practice
/// want named: `Hana Kurosawa/The Harbour Agency`.
fn credit(rights: &Rights) -> Option<String> {
    let creators = rights.creators.join(", ");
    let Some(line) = &rights.credit else { return Some(creators).filter(|names| !names.is_empty()) };
    let folded = line.to_lowercase();
    let is_named = rights.creators.iter().any(|name| folded.contains(&name.to_lowercase()));
    Some(if creators.is_empty() || is_named { line.clone() } else { format!("{creators}/{line}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credits_name_the_photographer_once() {
        let line = |creators: &[&str], line: Option<&str>| {
            let creators = creators.iter().map(|name| (*name).to_owned()).collect();
            credit(&Rights { creators, credit: line.map(str::to_owned), ..Rights::default() }).unwrap_or_default()
        };
        assert_eq!(line(&["Hana Kurosawa"], Some("Harbour Agency")), "Hana Kurosawa/Harbour Agency");
        assert_eq!(line(&["Hana Kurosawa"], Some("Harbour Agency/HANA KUROSAWA")), "Harbour Agency/HANA KUROSAWA");
        assert_eq!(line(&["Hana Kurosawa", "Wei Chen"], None), "Hana Kurosawa, Wei Chen");
        assert_eq!(line(&[], Some("Harbour Agency")), "Harbour Agency");
        assert_eq!(line(&[], None), "");
    }

    #[test]
    fn names_of_cameras_are_no_captions() {
        for automatic in ["OLYMPUS DIGITAL CAMERA", "DCIM\\100MEDIA\\DJI_0012.JPG", "Default", "SONY DSC"] {
            assert!(is_automatic(automatic), "{automatic}");
        }
        assert!(!is_automatic("Default judgment: the harbour board in court"));
    }
}
