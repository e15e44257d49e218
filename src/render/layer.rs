//! The files of one theme, from which a theme and those that it extends are layered.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;

use crate::diagnostic::Diagnostic;
use crate::markdown::FootnotePlacement;
use crate::picture::slot::Slot;
use crate::read::not_utf8;
use crate::yaml::{self, Parsed};

use super::options::DeclaredSetting;

/// Follows the built-in theme's folder in diagnostics.
pub(super) const BUILT_IN_MARK: &str = " (built in)";

/// The files of one theme, before inheritance.
#[derive(Debug)]
pub(super) struct Layer {
    /// The folder's name.
    pub name: String,
    /// The folder as shown in diagnostics.
    pub folder: String,
    /// Contents by path below the theme's folder.
    pub files: BTreeMap<String, Vec<u8>>,
    /// True to add metadata to the heads of pages; `None` inherits.
    pub metadata: Option<bool>,
    /// The placement of footnotes; `None` inherits.
    pub footnotes: Option<FootnotePlacement>,
    /// The settings that it declares.
    pub options: BTreeMap<String, DeclaredSetting>,
    /// The picture slots that it declares.
    pub slots: Vec<Slot>,
}

impl Layer {
    /// True if it is built in.
    pub fn is_built_in(&self) -> bool {
        self.folder.ends_with(BUILT_IN_MARK)
    }

    /// The path of one of its files, for diagnostics.
    pub fn path(&self, file: &str) -> String {
        if self.folder.is_empty() { file.to_owned() } else { format!("{}/{file}", self.folder) }
    }

    /// Its files in a folder: the path below that folder, and the content.
    pub fn below<'l>(&'l self, folder: &'l str) -> impl Iterator<Item = (&'l str, &'l [u8])> {
        self.files.iter().filter_map(move |(path, bytes)| Some((path.strip_prefix(folder)?, bytes.as_slice())))
    }
}

/// Decodes a theme's file as text.
pub(super) fn text<'b>(bytes: &'b [u8], path: &str, diagnostics: &mut Vec<Diagnostic>) -> Option<&'b str> {
    let text = std::str::from_utf8(bytes).map(|text| text.trim_start_matches('\u{feff}'));
    text.map_err(|error| diagnostics.push(not_utf8(path, bytes, error.valid_up_to()))).ok()
}

/// Parses a YAML file of a theme and reports all of its errors; `None` if there are any.
pub(super) fn parsed<T: DeserializeOwned>(text: &str, path: &str, diagnostics: &mut Vec<Diagnostic>) -> Option<T> {
    let Parsed { value, errors, .. } = yaml::parse_all(text);
    let is_sound = errors.is_empty();
    diagnostics.extend(errors.into_iter().map(|error| error.diagnose(path, 1)));
    value.filter(|_| is_sound)
}
