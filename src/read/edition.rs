//! The language of a file, and the edition that it belongs to.

use jiff::tz::TimeZone;

use crate::config::language_in_name;
use crate::content_path::folder_and_name;
use crate::diagnostic::{Code, Diagnostic, Span};
use crate::language::Language;

use super::FileReader;
use super::front_matter::FrontMatter;

/// The hint for a language in which the site has no edition.
const EDITION_HINT: &str = "add the language to `languages` in site.yaml, or to the `fallback_for` of an edition there";

impl FileReader<'_> {
    /// Checks the language of a file. On a site with several editions, a file without `language` has the language that
    /// its name or its folder says, and each language belongs to an edition.
    pub(super) fn check_language(&mut self, front: &FrontMatter<'_>, language: &mut Option<String>) {
        let wrong = |tag: &String| Some((tag.clone(), Language::parse(tag).err()?));
        if let Some((tag, why)) = language.as_ref().and_then(wrong) {
            let message = format!("`{tag}` is not a valid language: {why}");
            let hint = Some("use a BCP 47 tag such as en, zh-Hans or pt-BR".to_owned());
            self.report(front, Code::InvalidValue, "language", &tag, message, hint);
            *language = None;
        }
        let editions = &self.settings.editions;
        if !editions.are_several() {
            return;
        }
        let named = editions.of(self.path).edition.and_then(|id| editions.all().get(usize::from(id.0)));
        let written = language.as_ref().and_then(|tag| Language::parse(tag).ok());
        let belongs = written.as_ref().map(|written| editions.of_language(written));
        let edition = match (named, belongs) {
            (None, None) => {
                self.check_name();
                return;
            }
            (Some(named), None) => {
                *language = Some(named.language.clone());
                named
            }
            (_, Some(None)) => {
                let tag = language.take().unwrap_or_default();
                let message = format!("the site has no edition in `{tag}`");
                self.report(front, Code::UnknownEdition, "language", &tag, message, Some(EDITION_HINT.to_owned()));
                return;
            }
            (Some(named), Some(Some(edition))) if named.id != edition.id => {
                // The language of the path stands in, so that nothing else follows from the error.
                let tag = language.replace(named.language.clone()).unwrap_or_default();
                let (said, meant) = (&named.language, &edition.language);
                let message = format!("the file's path says the edition in `{said}`, but `{tag}` belongs to `{meant}`");
                let hint = "remove `language`, or rename the file".to_owned();
                self.report(front, Code::UnknownEdition, "language", &tag, message, Some(hint));
                return;
            }
            (_, Some(Some(edition))) => edition,
        };
        self.zone = Some(edition.timezone.clone());
    }

    /// Reports a file whose name ends with a language in which the site has no edition: `vote.de.md`.
    fn check_name(&mut self) {
        let Some((_, tag)) = language_in_name(self.path) else { return };
        // Names have points in them for many reasons: `no.12`, `interview.final`.
        let primary = tag.split('-').next().unwrap_or(tag);
        if primary.len() != 2 || Language::parse(tag).is_err() {
            return;
        }
        let message = format!("the file's name says `{tag}`, but the site has no edition in that language");
        let diagnostic = Diagnostic::new(Code::UnknownEdition, self.path, message);
        self.diagnostics.push(diagnostic.at(Span { line: 1, column: 1, length: 0 }).hint(EDITION_HINT));
    }

    /// The name that the slug is made from: the file's, or the folder's for `name/index.md`, without the edition.
    pub(super) fn article_name(&self) -> String {
        folder_and_name(&self.settings.editions.of(self.path).original).1.to_owned()
    }

    /// The time zone of the file's dates.
    pub(super) fn zone(&self) -> &TimeZone {
        self.zone.as_ref().unwrap_or(&self.settings.zone)
    }
}
