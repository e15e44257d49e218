//! Presswork's own embeds, for themes that have none of the same name: no change of theme breaks a story.
//!
//! They are compiled apart from the theme, so that none of its components can take the place of one that they call.

use std::borrow::Cow;
use std::collections::BTreeMap;

use tera::value::Key;
use tera::{Map, Tera, Value};

use crate::diagnostic::Diagnostic;
use crate::language::Language;
use crate::view::{STOPGAPS, Strings, Word};

use super::embeds::{Embeds, FOLDER};
use super::layer::{Layer, text};
use super::load_errors::{self, TemplateFiles};
use super::strings;

/// The beginnings of their files' paths in the built-in theme: the embeds, a component that some of them call, and
/// strings.
pub(super) const FILES: &[&str] = &[FOLDER, "components/post.html", "i18n/"];

/// The embeds that the theme lacks. They are compiled apart from the theme, so that no component of the theme can take
/// the place of one that they call.
#[derive(Debug, Clone, Default)]
pub(super) struct ProgramEmbeds {
    pub tera: Tera,
    /// The strings that they print.
    strings: Strings,
    /// Their templates, by path.
    pub sources: BTreeMap<String, String>,
}

impl ProgramEmbeds {
    /// Compiles those embeds of `layer` that the theme lacks in `tera`, and adds them to the theme's.
    pub fn compile(
        layer: &Layer,
        mut tera: Tera,
        embeds: &mut Embeds,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Option<ProgramEmbeds> {
        let is_missing = |path: &str| path.strip_prefix(FOLDER).is_some_and(|file| !embeds.has_file(file));
        if !layer.files.keys().any(|path| is_missing(path)) {
            return Some(ProgramEmbeds::default());
        }
        let mut sources = BTreeMap::new();
        for (path, bytes) in layer.files.iter().filter(|(path, _)| path.ends_with(".html")) {
            if is_missing(path) || !path.starts_with(FOLDER) {
                let path = layer.path(path);
                sources.insert(path.clone(), text(bytes, &path, diagnostics)?.to_owned());
            }
        }
        if let Err(error) = tera.add_raw_templates(sources.iter()) {
            let files =
                TemplateFiles { sources: &sources, files: &BTreeMap::new(), layers: std::slice::from_ref(layer) };
            diagnostics.extend(load_errors::explain(&error, &files));
            return None;
        }
        embeds.add_of_program(&tera, &sources, layer);
        let strings = strings::read(std::slice::from_ref(layer), diagnostics);
        Some(ProgramEmbeds { tera, strings, sources })
    }

    /// The strings for an embed in a text of this language: the theme's, and Presswork's own where it has none.
    pub fn words(&self, language: &Language, theme: &Value) -> Value {
        let of_theme = |key: &Key<'_>| theme.as_map()?.get(key).cloned();
        let word = |(key, word): (&str, Cow<'_, Word>)| {
            let Word::Text(text) = &*word else { return None };
            let key = Key::from(key.to_owned());
            let value = of_theme(&key).unwrap_or_else(|| Value::from(text.as_str()));
            Some((key, value))
        };
        let stopgaps = Key::from(STOPGAPS);
        let stopgaps = of_theme(&stopgaps).map(|value| (stopgaps, value));
        Value::from(self.strings.all(language).into_iter().filter_map(word).chain(stopgaps).collect::<Map>())
    }
}
