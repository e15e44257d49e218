//! Translations in the model of a site: their names, and what keeps them whole when an editor is careful.

use std::collections::BTreeMap;

use super::site::{Site, Story, Text};

/// The editions that sites may have, as `languages:` in `site.yaml`.
pub const EDITIONS: &[&str] = &[
    "[{language: fr, title: Le Test, fallback_for: [de]}, {language: ar, path: arabic/}, {language: zh, timezone: \
     Asia/Shanghai}]",
    "[{language: fr, title: Le Test, fallback_for: [de], fill_from: en}, {language: ar, path: arabic/, fill_from: [fr, \
     en]}, {language: zh}]",
    "[{language: en, fill_from: fr}, {language: fr, fallback_for: [de], date_style: full}, {language: ar, path: arabic/}, \
     {language: zh, fill_from: [ar, fr]}]",
];

/// The languages of translations, with the paths of their editions.
const PATHS: &[(&str, &str)] = &[("fr", "fr/"), ("de", "fr/"), ("ar", "arabic/"), ("zh", "zh/"), ("zh-Hant-TW", "zh/")];

impl Site {
    fn has_editions(&self) -> bool {
        self.settings.contains_key("languages")
    }

    /// A story's name without the language in it, and that language.
    pub fn split_name<'s>(&self, story: &'s Story) -> (&'s str, Option<&'s str>) {
        match story.name.rsplit_once('.') {
            Some((stem, language)) if self.has_editions() && !story.is_bundle => (stem, Some(language)),
            _ => (&story.name, None),
        }
    }

    /// The path of the edition that a story belongs to, with a slash at its end; empty for the main one.
    pub fn edition_path(&self, story: &Story) -> &'static str {
        if !self.has_editions() {
            return "";
        }
        let language = self.split_name(story).1.or_else(|| story.text.keys.get("language").map(String::as_str));
        PATHS.iter().find(|(tag, _)| Some(*tag) == language).map_or("", |(_, path)| path)
    }

    /// The original of a translation.
    fn original_of(&self, number: u32) -> Option<u32> {
        let story = self.stories.get(&number)?;
        let named = || {
            let (stem, language) = self.split_name(story);
            language?;
            let is_original = |other: &&Story| other.folder == story.folder && other.name == stem;
            self.stories.iter().find(|(_, other)| is_original(other)).map(|(number, _)| *number)
        };
        let written = story
            .text
            .keys
            .get("translation_of")
            .and_then(|mark| mark.trim_matches('"').strip_prefix("@s")?.strip_suffix('@')?.parse().ok());
        written.or_else(named)
    }

    /// True for a translation, and for a story that has one.
    pub fn is_related(&self, number: u32) -> bool {
        self.original_of(number).is_some() || self.stories.keys().any(|&other| self.original_of(other) == Some(number))
    }

    fn translations_of(&self, number: u32) -> Vec<u32> {
        self.stories.keys().copied().filter(|&other| self.original_of(other) == Some(number)).collect()
    }

    /// Writes a translation's language, and its original if it keeps it, into its text, and gives it a name without one.
    pub fn name_plainly(&mut self, number: u32, keeps_original: bool) {
        let original = self.original_of(number);
        let Some(story) = self.stories.get(&number) else { return };
        let language = self.split_name(story).1.map(str::to_owned);
        let Some(story) = self.stories.get_mut(&number) else { return };
        if let Some(language) = language {
            story.name = format!("story-{number}");
            story.text.set("language", language);
        }
        story.text.keys.remove("translation_of");
        if let Some(original) = original.filter(|_| keeps_original) {
            story.text.set("translation_of", format!("\"@s{original}@\""));
        }
    }

    /// Makes the translations of a story stories of their own.
    pub fn release_translations(&mut self, number: u32) {
        for translation in self.translations_of(number) {
            self.name_plainly(translation, false);
        }
    }

    /// Moves the translations that are named after a story to where it is now.
    pub fn take_along(&mut self, before: &Story, number: u32) {
        let Some(after) = self.stories.get(&number).cloned() else { return };
        let followers: BTreeMap<u32, String> = self
            .stories
            .iter()
            .filter(|(_, story)| story.folder == before.folder)
            .filter_map(|(&other, story)| {
                let (stem, language) = self.split_name(story);
                (stem == before.name).then(|| (other, language.map(str::to_owned)))
            })
            .filter_map(|(other, language)| Some((other, language?)))
            .collect();
        for (other, language) in followers {
            let name = format!("{}.{language}", after.name);
            let is_free = !self.stories.values().any(|story| story.folder == after.folder && story.name == name);
            if let Some(story) = self.stories.get_mut(&other).filter(|_| is_free) {
                (story.folder, story.name) = (after.folder.clone(), name);
            }
        }
    }
}

/// Removes paragraphs that refer to files beside a story: its translation may be elsewhere.
pub fn without_own_files(text: &mut Text) {
    text.body.retain(|paragraph| !paragraph.contains("own.png"));
}
