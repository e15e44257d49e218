//! `crops:` of a picture: the parts that slots of another shape show.

use std::fmt;

use borsh::{BorshDeserialize, BorshSerialize};
use serde::Deserialize;
use serde::de::{Deserializer, Error, Visitor};

use crate::diagnostic::Code;
use crate::picture::crop::{CropShares, NoCrop};
use crate::picture::slot::SlotName;
use crate::yaml::coded_error;

/// The parts of a lead picture that slots show.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, BorshSerialize, BorshDeserialize)]
#[serde(deny_unknown_fields)]
pub struct LeadCrops {
    /// The part at the top of the page.
    pub lead: Option<CropShares>,
    /// The part in lists.
    pub card: Option<CropShares>,
    /// The part in link previews.
    pub social: Option<CropShares>,
    /// The part in search results, which show it in three shapes.
    pub search: Option<CropShares>,
}

impl LeadCrops {
    /// The part that a slot shows, if one is chosen.
    pub fn of(&self, slot: SlotName) -> Option<CropShares> {
        match slot {
            SlotName::Lead => self.lead,
            SlotName::Card => self.card,
            SlotName::Social => self.social,
            SlotName::Search => self.search,
            SlotName::Inline | SlotName::Portrait => None,
        }
    }
}

/// The part of an author's picture that slots show.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, BorshSerialize, BorshDeserialize)]
#[serde(deny_unknown_fields)]
pub struct PortraitCrops {
    /// The part beside the author's name and on their page.
    pub portrait: Option<CropShares>,
}

/// How a part is written.
const FORM: &str = "write left, top, width and height in per cent of the picture, such as [10, 0, 60, 80]";

impl<'de> Deserialize<'de> for CropShares {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<CropShares, D::Error> {
        let written = <Vec<Percent> as Deserialize>::deserialize(deserializer)?;
        if let Some(text) = written.iter().find_map(|percent| percent.0.as_ref().err()) {
            let message = format!("`{}` is not a number", text.escape_debug());
            let hint = "the numbers of a crop are per cent already: write 10 and not 10%";
            return Err(coded_error(Code::InvalidValue, &message, if text.ends_with('%') { hint } else { FORM }));
        }
        let numbers: Vec<f64> = written.iter().filter_map(|percent| percent.0.as_ref().ok().copied()).collect();
        let Ok(numbers) = <[f64; 4]>::try_from(numbers) else {
            let message = format!("a crop has four numbers, not {}", written.len());
            return Err(coded_error(Code::InvalidValue, &message, FORM));
        };
        let [left, top, width, height] = numbers;
        let beyond = |edge: &str, start: f64, length: f64| {
            format!("the crop reaches beyond the {edge} edge of the picture: {start} + {length} is more than 100")
        };
        CropShares::new(numbers).map_err(|why| {
            let (message, hint) = match why {
                NoCrop::OutOfRange => (
                    format!("`[{left}, {top}, {width}, {height}]` is not a part of a picture"),
                    "the numbers are per cent of its width and height, from 0 to 100, and not pixels",
                ),
                NoCrop::Empty => ("the crop is empty".to_owned(), FORM),
                NoCrop::TooWide => (beyond("right", left, width), FORM),
                NoCrop::TooHigh => (beyond("lower", top, height), FORM),
            };
            coded_error(Code::InvalidValue, &message, hint)
        })
    }
}

/// A number of a crop, or another value in its place. That is not an error here: the crop then has too few numbers.
struct Percent(Result<f64, String>);

impl<'de> Deserialize<'de> for Percent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Percent, D::Error> {
        struct PercentVisitor;
        impl Visitor<'_> for PercentVisitor {
            type Value = Percent;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number")
            }
            fn visit_u64<E: Error>(self, number: u64) -> Result<Percent, E> {
                Ok(Percent(Ok(number as f64)))
            }
            fn visit_i64<E: Error>(self, number: i64) -> Result<Percent, E> {
                Ok(Percent(Ok(number as f64)))
            }
            fn visit_f64<E: Error>(self, number: f64) -> Result<Percent, E> {
                Ok(Percent(Ok(number)))
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Percent, E> {
                Ok(Percent(Err(text.to_owned())))
            }
        }
        deserializer.deserialize_any(PercentVisitor)
    }
}
