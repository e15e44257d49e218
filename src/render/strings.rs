//! Reads the strings of a theme from `i18n/`.

use std::collections::BTreeMap;

use crate::diagnostic::{Code, Diagnostic, Span};
use crate::view::{Strings, Word};

use super::layer::{Layer, parsed, text};

/// Reads the strings of all layers; of several with the same language and key, the nearest wins.
pub(super) fn read<'l>(layers: impl IntoIterator<Item = &'l Layer>, diagnostics: &mut Vec<Diagnostic>) -> Strings {
    let mut strings = Strings::default();
    for layer in layers {
        for (file, bytes) in layer.below("i18n/") {
            let path = layer.path(&format!("i18n/{file}"));
            let Some(language) = file.strip_suffix(".yaml") else { continue };
            let Some(text) = text(bytes, &path, diagnostics) else { continue };
            if let Some(words) = parsed::<BTreeMap<String, Word>>(text, &path, diagnostics) {
                diagnostics.extend(strings_with_plurals(&words, text, &path));
                strings.add(language, words);
            }
        }
    }
    strings
}

/// Reports strings with plural forms that Presswork uses without a number.
fn strings_with_plurals(words: &BTreeMap<String, Word>, text: &str, path: &str) -> Vec<Diagnostic> {
    let plurals = words.iter().filter(|(key, word)| matches!(word, Word::Plural(_)) && Word::must_be_text(key));
    let diagnose = |(key, _): (&String, &Word)| {
        let starts = std::iter::once(0).chain(memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1));
        let at = starts.into_iter().find(|&at| {
            let line = text[at..].trim_start_matches(['"', '\'']);
            line.strip_prefix(key.as_str()).is_some_and(|rest| rest.starts_with([':', '"', '\'', ' ']))
        });
        let message = format!("the string `{key}` has plural forms, but is used without a number");
        Diagnostic::new(Code::BadTheme, path, message)
            .at_maybe(at.map(|at| Span::of(text, at, at + key.len())))
            .hint("write a single string: Presswork uses it in pages and feeds")
    };
    plurals.map(diagnose).collect()
}
