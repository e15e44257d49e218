//! `theme:` in `site.yaml`: a theme's name, or a mapping with its name and options.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::lenient::TextOr;

use super::ConfigCheck;

/// The theme of sites that name none.
const DEFAULT: &str = "broadsheet";

#[derive(Debug, Deserialize)]
pub(super) struct WrittenTheme {
    pub name: Option<String>,
    #[serde(flatten)]
    pub options: BTreeMap<String, Value>,
}

impl From<String> for WrittenTheme {
    fn from(name: String) -> WrittenTheme {
        WrittenTheme { name: Some(name), options: BTreeMap::new() }
    }
}

impl WrittenTheme {
    /// Returns the name and the options, which the theme checks.
    pub fn parts(written: Option<WrittenTheme>) -> (String, BTreeMap<String, Value>) {
        let (name, options) = written.map_or((None, BTreeMap::new()), |written| (written.name, written.options));
        (name.unwrap_or_else(|| DEFAULT.to_owned()), options)
    }
}

impl ConfigCheck<'_> {
    /// Checks the name of the theme, and returns it with its options.
    pub(super) fn theme(&mut self, written: Option<TextOr<WrittenTheme>>) -> (String, BTreeMap<String, Value>) {
        let (theme, options) = WrittenTheme::parts(written.map(|written| written.0));
        if theme.is_empty() || theme.starts_with('.') || theme.contains(['/', '\\']) {
            let hint = "write the name of a folder in themes/".to_owned();
            self.report("theme", &theme, format!("`{theme}` is not a valid theme name"), Some(hint));
        }
        (theme, options)
    }
}
