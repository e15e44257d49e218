//! Changes the focus and the crops of a picture in front matter.

use crate::article::is_focus;
use crate::diagnostic::Severity;
use crate::picture::crop::CropShares;
use crate::picture::slot::SlotName;
use crate::read::{self, Record, Settings};
use crate::source::SourceFile;

use super::{CannotEdit, Edit, Scalar, edit};

/// The key of pictures in front matter.
const PICTURE: &str = "image";
/// The key of their crops.
const CROPS: &str = "crops";

/// A change of the part of a picture that slots show.
#[derive(Debug, Clone, PartialEq)]
pub enum FramingChange {
    /// The point that crops keep; `None` for none.
    Focus(Option<String>),
    /// The part that a slot shows; `None` for none of its own.
    Crop(SlotName, Option<CropShares>),
}

/// The slots that have a key in `crops:`, with that key.
pub const CROPPED: [(&str, SlotName); 5] = [
    ("lead", SlotName::Lead),
    ("card", SlotName::Card),
    ("social", SlotName::Social),
    ("search", SlotName::Search),
    ("portrait", SlotName::Portrait),
];

/// Returns the text of a file with a change of the picture in its front matter.
///
/// # Errors
/// If the file has no picture, its format does not allow the change, or a build would refuse the result.
pub fn framed(
    text: &str,
    file: &SourceFile,
    settings: &Settings,
    change: &FramingChange,
) -> Result<String, CannotEdit> {
    let read = |text: &str| read::read_text(text, file, settings);
    let before = read(text).value;
    let Some(picture) = before.as_ref().and_then(Record::picture) else {
        return Err(CannotEdit("it has no picture in its front matter".to_owned()));
    };
    let after = match change {
        FramingChange::Focus(None) => edit(text, &[Edit::RemoveInside(&[PICTURE, "focus"])])?,
        FramingChange::Focus(Some(focus)) if is_focus(focus) => {
            edit(text, &[Edit::SetInside(&[PICTURE, "focus"], Scalar::Plain(focus.clone()))])?
        }
        FramingChange::Focus(Some(focus)) => {
            return Err(CannotEdit(format!("`{}` is not a valid focus point", focus.escape_debug())));
        }
        FramingChange::Crop(slot, crop) => {
            let Some((key, _)) = CROPPED.iter().find(|(_, cropped)| cropped == slot) else {
                return Err(CannotEdit("pictures in texts have no crops".to_owned()));
            };
            let is_other = |other: &SlotName| other != slot && picture.framing(*other).crop.is_some();
            let has_others = CROPPED.iter().any(|(_, other)| is_other(other));
            match crop {
                Some(crop) => edit(text, &[Edit::SetInside(&[PICTURE, CROPS, key], Scalar::Plain(list(*crop)))])?,
                None if has_others => edit(text, &[Edit::RemoveInside(&[PICTURE, CROPS, key])])?,
                None => edit(text, &[Edit::RemoveInside(&[PICTURE, CROPS])])?,
            }
        }
    };
    let changed = read(&after);
    match changed.diagnostics.into_iter().find(|found| found.severity == Severity::Error) {
        Some(error) => Err(CannotEdit(error.message)),
        None => Ok(after),
    }
}

/// A part as YAML.
fn list(crop: CropShares) -> String {
    let [left, top, width, height] = crop.percent();
    format!("[{left}, {top}, {width}, {height}]")
}
