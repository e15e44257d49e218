//! Hugo's configuration: <https://gohugo.io/configuration/>.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::import::ImportError;
use crate::import::files::archive::at_path;
use crate::import::files::data::configuration;
use crate::import::files::fields::{text_of, texts_of};
use crate::import::files::{Fields, Folder};
use crate::import::model::SiteFacts;

use super::text_at;

/// The part of a configuration that an import needs.
#[derive(Debug, Default)]
pub(super) struct HugoConfig {
    /// The patterns of URLs, by top section.
    pub permalinks: BTreeMap<String, String>,
    /// The taxonomies by the names of their keys: `tags`, `categories`.
    pub taxonomies: BTreeSet<String>,
    /// The content folders, each with a slash at its end and its language, longest first.
    content: Vec<(String, Option<String>)>,
    /// The folders of files that are copied, each with a slash at its end.
    statics: Vec<String>,
    /// The site's language.
    pub language: String,
    /// All languages, in lower case.
    pub languages: BTreeSet<String>,
    pub has_ugly_urls: bool,
    pub keeps_case: bool,
    /// Taxonomies that are folders of stories, too.
    sections: BTreeSet<String>,
}

impl HugoConfig {
    /// Reads the configuration files, and fills in the site's facts.
    pub fn read(folder: &Folder, site: &mut SiteFacts) -> Result<HugoConfig, ImportError> {
        let mut all = Map::new();
        for name in ["config", "hugo"] {
            for end in ["toml", "yaml", "yml", "json"] {
                if let Some(file) = folder.file(&format!("{name}.{end}")) {
                    all.extend(configuration(file)?);
                }
            }
        }
        for file in folder.below("config/_default/") {
            let name = file.path.rsplit('/').next().unwrap_or_default();
            let Some((stem, _)) = name.rsplit_once('.') else { continue };
            let map = configuration(file)?;
            match stem {
                "hugo" | "config" => all.extend(map),
                _ if stem.contains('.') => {}
                _ => {
                    all.insert(stem.to_owned(), Value::Object(map));
                }
            }
        }
        let all = Value::Object(all);
        let mut config = HugoConfig::from(&all);
        config.find_language_folders(folder);
        let folders = folder.files.iter().filter_map(|file| config.content_of(&file.path)?.0.split_once('/'));
        let markdown = |name: &str| name.ends_with(".md") && !name.contains("_index") && !name.contains('/');
        config.sections = folders.filter(|(_, rest)| markdown(rest)).map(|(top, _)| top.to_owned()).collect();
        facts(&all, &config, site);
        Ok(config)
    }

    /// Sites that mount a folder for each language have nothing else in the content folder.
    fn find_language_folders(&mut self, folder: &Folder) {
        if self.content.len() != 1 {
            return;
        }
        let below = folder.files.iter().filter_map(|file| file.path.strip_prefix("content/"));
        let tops: BTreeSet<&str> = below
            .filter(|path| path.ends_with(".md") && path.contains('/'))
            .map(|path| path.split('/').next().unwrap_or(path))
            .collect();
        let is_language = |top: &&str| self.languages.contains(&top.to_lowercase());
        if !tops.is_empty() && tops.iter().all(is_language) {
            let own = |top: &str| (format!("content/{top}/"), Some(top.to_owned()));
            self.content = tops.iter().map(|top| own(top)).collect();
        }
    }

    fn from(all: &Value) -> HugoConfig {
        let language = text_at(all, "defaultContentLanguage").unwrap_or_else(|| "en".to_owned());
        let languages = at_path(all, "languages").and_then(Value::as_object);
        let mut content = vec![(folder_name(text_at(all, "contentDir"), "content"), None)];
        for (tag, of_language) in languages.into_iter().flatten() {
            if let Some(own) = text_at(of_language, "contentDir") {
                content.push((folder_name(Some(own), "content"), Some(tag.clone())));
            }
        }
        content.sort_by_key(|(folder, _)| std::cmp::Reverse(folder.len()));
        let statics = at_path(all, "staticDir").map(|value| texts_of(value, None)).unwrap_or_default();
        let statics = if statics.is_empty() { vec!["static".to_owned()] } else { statics };
        let taxonomies = match at_path(all, "taxonomies").and_then(Value::as_object) {
            Some(map) => map.values().filter_map(text_of).map(|name| name.to_lowercase()).collect(),
            None => ["tags", "categories"].map(str::to_owned).into(),
        };
        let keys = languages.into_iter().flat_map(Map::keys).map(|tag| tag.to_lowercase());
        HugoConfig {
            permalinks: permalinks(all),
            taxonomies,
            content,
            statics: statics.into_iter().map(|folder| folder_name(Some(folder), "static")).collect(),
            languages: keys.chain([language.to_lowercase()]).collect(),
            language,
            has_ugly_urls: at_path(all, "uglyURLs").and_then(Value::as_bool).unwrap_or(false),
            keeps_case: at_path(all, "disablePathToLower").and_then(Value::as_bool).unwrap_or(false),
            sections: BTreeSet::new(),
        }
    }

    /// A path below a content folder, and the folder's language.
    pub fn content_of<'p>(&self, path: &'p str) -> Option<(&'p str, Option<String>)> {
        self.content.iter().find_map(|(folder, language)| Some((path.strip_prefix(folder.as_str())?, language.clone())))
    }

    /// A path below a folder of copied files.
    pub fn static_of<'p>(&self, path: &'p str) -> Option<&'p str> {
        self.statics.iter().find_map(|folder| path.strip_prefix(folder.as_str()))
    }

    /// The folders in which rooted paths are looked up.
    pub fn roots(&self) -> Vec<String> {
        let content = self.content.iter().map(|(folder, _)| folder.clone());
        content.chain(self.statics.iter().cloned()).chain(["assets/".to_owned(), String::new()]).collect()
    }

    /// The taxonomies that stay taxonomies: all but tags, series and authors.
    pub fn other_taxonomies(&self) -> impl Iterator<Item = &str> {
        let is_other = |name: &&str| !["tags", "series"].contains(name) && !self.is_author_taxonomy(name);
        self.taxonomies.iter().map(String::as_str).filter(is_other)
    }

    /// True for a taxonomy of people.
    pub fn is_author_taxonomy(&self, name: &str) -> bool {
        ["authors", "author"].contains(&name)
    }

    /// True if a taxonomy's folder has stories.
    pub fn has_content_in(&self, top: &str) -> bool {
        self.sections.contains(top)
    }

    /// True for a section of pages: people and terms.
    pub fn is_page_section(&self, section: Option<&str>) -> bool {
        section.is_some_and(|section| matches!(section, "pages" | "page" | "static"))
    }
}

fn folder_name(name: Option<String>, default: &str) -> String {
    let name = name.unwrap_or_else(|| default.to_owned());
    let name = name.trim_start_matches("./").trim_matches('/');
    if name.is_empty() { String::new() } else { format!("{name}/") }
}

/// `permalinks.posts`, or `permalinks.page.posts` in newer versions.
fn permalinks(all: &Value) -> BTreeMap<String, String> {
    let Some(map) = at_path(all, "permalinks").and_then(Value::as_object) else { return BTreeMap::new() };
    let mut patterns = BTreeMap::new();
    for (section, pattern) in map {
        match pattern {
            Value::String(pattern) => {
                patterns.insert(section.trim_matches('/').to_owned(), pattern.clone());
            }
            Value::Object(of_pages) if section == "page" => {
                let texts = of_pages.iter().filter_map(|(section, pattern)| Some((section, text_of(pattern)?)));
                patterns.extend(texts.map(|(section, pattern)| (section.trim_matches('/').to_owned(), pattern)));
            }
            _ => {}
        }
    }
    patterns
}

fn facts(all: &Value, config: &HugoConfig, site: &mut SiteFacts) {
    let of_language = at_path(all, &format!("languages.{}", config.language));
    let from_both = |key: &str| of_language.and_then(|map| text_at(map, key)).or_else(|| text_at(all, key));
    site.title = from_both("title").unwrap_or_default();
    site.base_url = text_at(all, "baseURL").filter(|url| url.contains("://"));
    site.language = from_both("languageCode").or_else(|| from_both("locale")).or(Some(config.language.clone()));
    site.timezone = text_at(all, "timeZone");
    site.description = from_both("params.description").or_else(|| from_both("description"));
    let menu = ["menu.main", "menus.main"].iter().find_map(|path| {
        of_language.and_then(|map| at_path(map, path)).or_else(|| at_path(all, path)).and_then(Value::as_array)
    });
    let mut entries: Vec<(i64, String, String)> = Vec::new();
    for entry in menu.into_iter().flatten() {
        let Value::Object(map) = entry else { continue };
        let mut fields = Fields(map.clone());
        let weight = fields.number(&["weight"]).unwrap_or_default();
        let name = fields.text(&["name", "title"]);
        if let (Some(name), Some(url)) = (name, fields.text(&["url", "pageRef"])) {
            entries.push((weight, name, url));
        }
    }
    entries.sort_by_key(|(weight, ..)| *weight);
    site.navigation = entries.into_iter().map(|(_, name, url)| (name, url)).collect();
}
