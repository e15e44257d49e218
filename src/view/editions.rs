//! The same page in other editions, and the original of a translation.

use crate::language::Language;
use crate::route::Route;
use crate::site::ArticleId;

use super::Viewer;
use super::contract::{EditionLinkView, TranslationView};

/// The string of the theme that is the name of its language.
const NAME: &str = "language_name";

impl<'a> Viewer<'a> {
    /// `page.editions`: for each edition, this page there, or else the edition's front page.
    pub(super) fn edition_links(&self, page: &Route) -> Vec<EditionLinkView<'a>> {
        if self.reader.editions().count() < 2 {
            return Vec::new();
        }
        let found = self.reader.counterparts(page);
        let links = self.reader.editions().map(|config| {
            let edition = config.edition.id;
            let is_current = edition == self.edition();
            let counterpart = found.iter().find(|page| page.edition == edition);
            let front = config.front_route();
            let route = if is_current { page } else { counterpart.map_or(&front, |page| page.route) };
            EditionLinkView {
                title: &config.title,
                name: self.name_of(&config.language),
                language: config.language.tag(),
                direction: config.language.direction(),
                url: config.base_url.url(route),
                path: config.base_url.path(route),
                is_current,
                is_same_page: is_current || counterpart.is_some(),
                is_indexed: counterpart.is_some_and(|page| page.is_indexed),
            }
        });
        links.collect()
    }

    /// The name of a language in that language, as the theme writes it if it has strings in the language.
    pub(super) fn name_of(&self, language: &'a Language) -> &'a str {
        self.strings.own(language, NAME).unwrap_or_else(|| language.name())
    }

    /// `article.original`: the story that this one is a translation of, unless it is not public.
    pub(super) fn original(&self, id: ArticleId) -> Option<TranslationView<'a>> {
        self.reader.story(id).original.map(|original| self.translation(original))
    }

    /// `article.translations`: the translations of an original, in the order of their editions.
    pub(super) fn translations(&self, id: ArticleId) -> Vec<TranslationView<'a>> {
        let story = self.reader.story(id);
        let others = story.translations.iter().filter(|_| story.original.is_none());
        let others = others.filter(|&&other| self.reader.story(other).original == Some(id));
        others.map(|&other| self.translation(other)).collect()
    }

    fn translation(&self, id: ArticleId) -> TranslationView<'a> {
        let entry = self.reader.story_entry(id);
        let language = &entry.story.language;
        TranslationView {
            title: &entry.story.article.front.title,
            name: self.name_of(language),
            language: language.tag(),
            direction: language.direction(),
            url: self.config.base_url.url(entry.route),
            path: self.config.base_url.path(entry.route),
        }
    }
}
