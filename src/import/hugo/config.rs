//! Hugo's configuration: <https://gohugo.io/configuration/>.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::import::ImportError;
use crate::import::files::archive::at_path;
use crate::import::files::data::configuration;
use crate::import::files::fields::{text_of, texts_of};
use crate::import::files::{Fields, Folder, FolderFile};
use crate::import::model::SiteFacts;

use super::cascade::{Cascade, cascades};
use super::text_at;

/// The part of a configuration that an import needs.
#[derive(Debug, Default)]
pub(super) struct HugoConfig {
    /// The patterns of URLs, by top section.
    pub permalinks: BTreeMap<String, String>,
    /// The taxonomies by the names of their keys: `tags`, `categories`.
    pub taxonomies: BTreeSet<String>,
    /// The content folders, longest first.
    content: Vec<Mount>,
    /// The folders of files that are copied.
    statics: Vec<Mount>,
    /// The site's language.
    pub language: String,
    /// All languages, in lower case.
    pub languages: BTreeSet<String>,
    /// The values that the configuration gives to pages.
    pub cascades: Vec<Cascade>,
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
        let top_of_story = |file: &FolderFile| {
            let (below, _) = config.content_of(&file.path)?;
            let (top, name) = below.split_once('/')?;
            let is_markdown = name.ends_with(".md") && !name.contains("_index") && !name.contains('/');
            is_markdown.then(|| top.to_owned())
        };
        let sections = folder.files.iter().filter_map(top_of_story).collect();
        config.sections = sections;
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
            let own = |top: &str| Mount::new(&format!("content/{top}"), "", Some(top.to_owned()));
            self.content = tops.iter().map(|top| own(top)).collect();
        }
    }

    fn from(all: &Value) -> HugoConfig {
        let language = text_at(all, "defaultContentLanguage").unwrap_or_else(|| "en".to_owned());
        let languages = at_path(all, "languages").and_then(Value::as_object);
        let mut content = mounts(all, "content");
        if content.is_empty() {
            content.push(Mount::new(&text_at(all, "contentDir").unwrap_or_else(|| "content".to_owned()), "", None));
            for (tag, of_language) in languages.into_iter().flatten() {
                if let Some(own) = text_at(of_language, "contentDir") {
                    content.push(Mount::new(&own, "", Some(tag.clone())));
                }
            }
        }
        content.sort_by_key(|mount| std::cmp::Reverse(mount.source.len()));
        let mut statics = mounts(all, "static");
        if statics.is_empty() {
            let named = at_path(all, "staticDir").map(|value| texts_of(value, None)).unwrap_or_default();
            let named = if named.is_empty() { vec!["static".to_owned()] } else { named };
            statics.extend(named.iter().map(|folder| Mount::new(folder, "", None)));
        }
        let taxonomies = match at_path(all, "taxonomies").and_then(Value::as_object) {
            Some(map) => map.values().filter_map(text_of).map(|name| name.to_lowercase()).collect(),
            None => ["tags", "categories"].map(str::to_owned).into(),
        };
        let keys = languages.into_iter().flat_map(Map::keys).map(|tag| tag.to_lowercase());
        HugoConfig {
            permalinks: permalinks(all),
            cascades: all.as_object().map(|all| cascades("", all)).unwrap_or_default(),
            taxonomies,
            content,
            statics,
            languages: keys.chain([language.to_lowercase()]).collect(),
            language,
            has_ugly_urls: at_path(all, "uglyURLs").and_then(Value::as_bool).unwrap_or(false),
            keeps_case: at_path(all, "disablePathToLower").and_then(Value::as_bool).unwrap_or(false),
            sections: BTreeSet::new(),
        }
    }

    /// A path below a content folder, and the folder's language.
    pub fn content_of<'p>(&self, path: &'p str) -> Option<(Cow<'p, str>, Option<String>)> {
        self.content.iter().find_map(|mount| Some((mount.below(path)?, mount.language.clone())))
    }

    /// A path below a folder of copied files.
    pub fn static_of<'p>(&self, path: &'p str) -> Option<Cow<'p, str>> {
        self.statics.iter().find_map(|mount| mount.below(path))
    }

    /// The folders in which rooted paths are looked up.
    pub fn roots(&self) -> Vec<String> {
        let mounts = self.content.iter().chain(&self.statics).map(|mount| mount.source.clone());
        mounts.chain(["assets/".to_owned(), String::new()]).collect()
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

/// A folder of the source that stands for another one (<https://gohugo.io/configuration/module/#mounts>).
#[derive(Debug, Clone)]
struct Mount {
    /// The folder, with a slash at its end.
    source: String,
    /// The folder below `content` or `static` that it stands for, with a slash at its end; empty for the whole.
    target: String,
    language: Option<String>,
}

impl Mount {
    fn new(source: &str, target: &str, language: Option<String>) -> Mount {
        let folder = |name: &str| {
            let name = name.trim_start_matches("./").trim_matches('/');
            if name.is_empty() { String::new() } else { format!("{name}/") }
        };
        Mount { source: folder(source), target: folder(target), language }
    }

    /// The path below `content` or `static` of a file in the source.
    fn below<'p>(&self, path: &'p str) -> Option<Cow<'p, str>> {
        let rest = path.strip_prefix(self.source.as_str())?;
        Some(match self.target.as_str() {
            "" => Cow::Borrowed(rest),
            target => Cow::Owned(format!("{target}{rest}")),
        })
    }
}

/// The folders that the configuration mounts to `content` or `static`. Hugo then has no default folder for it.
fn mounts(all: &Value, component: &str) -> Vec<Mount> {
    let written = at_path(all, "module.mounts").and_then(Value::as_array);
    let mount = |written: &Value| {
        let (source, target) = (text_at(written, "source")?, text_at(written, "target")?);
        let rest = target.strip_prefix(component)?;
        let is_of_component = rest.is_empty() || rest.starts_with('/');
        let language = text_at(written, "lang");
        is_of_component.then(|| Mount::new(&source, rest, language))
    };
    written.into_iter().flatten().filter_map(mount).collect()
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
