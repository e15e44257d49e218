//! The picture slots of a theme: declared under `pictures` in `theme.yaml`, checked here.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::diagnostic::{Code, Diagnostic, did_you_mean};
use crate::picture::crop::Ratio;
use crate::picture::slot::{Slot, SlotName, VariantFormat};

/// A slot as written in `theme.yaml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DeclaredSlot {
    /// The shape that pictures are cropped to, such as `3:2`.
    ratio: Option<String>,
    /// The widths in pixels.
    widths: Vec<u32>,
    /// The attribute `sizes`.
    sizes: Option<String>,
    /// The formats, the preferred ones first.
    formats: Option<Vec<String>>,
}

/// The widths that a slot may have, in pixels, and how many.
const WIDTHS: std::ops::RangeInclusive<u32> = 16..=8_000;
const MAX_WIDTHS: usize = 8;
/// The names of formats in `theme.yaml`.
const FORMATS: [(&str, VariantFormat); 2] = [("webp", VariantFormat::WebP), ("jpeg", VariantFormat::Jpeg)];

/// Checks the slots that a theme declares; `path` is its `theme.yaml`.
pub(super) fn check(
    declared: &BTreeMap<String, DeclaredSlot>,
    path: &str,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Slot> {
    let mut slots = Vec::new();
    for (name, slot) in declared {
        match checked(name, slot) {
            Ok(slot) => slots.push(slot),
            Err(SlotProblem { message, value, hint }) => {
                let problem = Diagnostic::new(Code::BadTheme, path, message);
                diagnostics.push(problem.in_key("pictures", value).hint_maybe(hint));
            }
        }
    }
    slots
}

/// The slots of a theme and of those that it extends, nearest first, with the built-in ones if there are any.
pub(super) fn inherited<'l>(layers: impl Iterator<Item = &'l Vec<Slot>>) -> Vec<Slot> {
    let mut slots: Vec<Slot> = Vec::new();
    for slot in layers.flatten() {
        if slots.iter().all(|known| known.name != slot.name) {
            slots.push(slot.clone());
        }
    }
    if !slots.is_empty() {
        slots.extend(Slot::built_in());
    }
    slots
}

/// A mistake in a slot, with the value to mark.
struct SlotProblem {
    message: String,
    value: String,
    hint: Option<String>,
}

fn checked(name: &str, declared: &DeclaredSlot) -> Result<Slot, SlotProblem> {
    let problem =
        |message: String, value: &str, hint: Option<String>| SlotProblem { message, value: value.to_owned(), hint };
    let known = SlotName::DECLARED.iter().find(|(known, _)| *known == name);
    let Some(&(_, slot)) = known else {
        let names = || SlotName::DECLARED.iter().map(|(name, _)| *name);
        let hint = did_you_mean(name, names()).unwrap_or_else(|| format!("the slots are {}", list(names())));
        return Err(problem(format!("unknown picture slot `{}`", name.escape_debug()), name, Some(hint)));
    };
    let mut widths = declared.widths.clone();
    widths.sort_unstable();
    widths.dedup();
    if let Some(unfit) = widths.iter().find(|width| !WIDTHS.contains(width)) {
        let hint = format!("{} to {} pixels", WIDTHS.start(), WIDTHS.end());
        return Err(problem(format!("a picture cannot be {unfit} pixels wide"), &unfit.to_string(), Some(hint)));
    }
    if widths.is_empty() || widths.len() > MAX_WIDTHS {
        let message = format!("the slot `{name}` has {} widths", widths.len());
        return Err(problem(message, name, Some(format!("1 to {MAX_WIDTHS} widths, such as [480, 960, 1600]"))));
    }
    let shape = match &declared.ratio {
        None => None,
        Some(written) => Some(Ratio::parse(written).ok_or_else(|| {
            let message = format!("`{}` is not a ratio", written.escape_debug());
            problem(message, written, Some("width and height as whole numbers up to 100: \"3:2\"".to_owned()))
        })?),
    };
    let sizes = declared.sizes.clone().unwrap_or_else(|| "100vw".to_owned());
    if sizes.chars().any(|letter| letter.is_control() || matches!(letter, '"' | '<' | '>' | '&')) {
        let hint = "as in HTML: \"(min-width: 60em) 40rem, 100vw\"".to_owned();
        return Err(problem("`sizes` has characters that are not allowed in it".to_owned(), &sizes, Some(hint)));
    }
    Ok(Slot { name: slot, shapes: vec![shape], widths, sizes, formats: formats(declared)?, max_bytes: None })
}

/// The formats of a slot. All browsers show JPEG, so it is always the last.
fn formats(declared: &DeclaredSlot) -> Result<Vec<VariantFormat>, SlotProblem> {
    let Some(written) = &declared.formats else { return Ok(FORMATS.map(|(_, format)| format).to_vec()) };
    let mut formats = Vec::new();
    for name in written {
        let Some(&(_, format)) = FORMATS.iter().find(|(known, _)| known == name) else {
            let hint = Some(format!("the formats are {}", list(FORMATS.iter().map(|(name, _)| *name))));
            let message = format!("unknown picture format `{}`", name.escape_debug());
            return Err(SlotProblem { message, value: name.clone(), hint });
        };
        formats.push(format);
    }
    formats.retain(|format| *format != VariantFormat::Jpeg);
    formats.dedup();
    formats.push(VariantFormat::Jpeg);
    Ok(formats)
}

fn list<'n>(names: impl Iterator<Item = &'n str>) -> String {
    names.collect::<Vec<_>>().join(", ")
}
