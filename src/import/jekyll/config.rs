//! Jekyll's configuration and the URLs that follow from it: <https://jekyllrb.com/docs/permalinks/>.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::import::ImportError;
use crate::import::dates::SourceDate;
use crate::import::files::archive::at_path;
use crate::import::files::data::configuration;
use crate::import::files::facts::TextPath;
use crate::import::files::fields::{text_of, texts_of};
use crate::import::files::{Fields, Folder, TextDocument};
use crate::import::model::SiteFacts;

use super::JekyllPlace;

/// The part of a configuration that an import needs.
#[derive(Debug, Default)]
pub(super) struct JekyllConfig {
    permalink: String,
    /// The patterns of collections that have pages; `None` for those that have none.
    pub collections: BTreeMap<String, Option<String>>,
    defaults: Vec<(String, String, Map<String, Value>)>,
    /// The folder of the sources, with a slash at its end, or nothing.
    source: String,
    /// The folder that holds all collections, with a slash at its end, or nothing.
    collections_folder: String,
    data: String,
    excluded: Vec<String>,
}

/// A configured style, or the pattern itself.
fn pattern(style: &str) -> &str {
    match style {
        "date" => "/:categories/:year/:month/:day/:title:output_ext",
        "pretty" => "/:categories/:year/:month/:day/:title/",
        "ordinal" => "/:categories/:year/:y_day/:title:output_ext",
        "weekdate" => "/:categories/:year/W:week/:short_day/:title:output_ext",
        "none" => "/:categories/:title:output_ext",
        other => other,
    }
}

/// The values that URLs are made of.
#[derive(Default)]
struct UrlParts<'a> {
    title: String,
    slug: String,
    categories: &'a [String],
    date: Option<SourceDate>,
    collection: &'a str,
    path: String,
    ending: &'a str,
}

impl JekyllConfig {
    /// Reads the configuration file, and fills in the site's facts.
    pub fn read(folder: &Folder, site: &mut SiteFacts) -> Result<JekyllConfig, ImportError> {
        let mut all = Map::new();
        for name in ["_config.yml", "_config.yaml", "_config.toml"] {
            if let Some(file) = folder.file(name) {
                all.extend(configuration(file)?);
            }
        }
        let mut fields = Fields(all);
        let source = folder_name(fields.text(&["source"]));
        let collections_folder = folder_name(fields.text(&["collections_dir"]));
        let permalink = fields.text(&["permalink"]).unwrap_or_else(|| "date".to_owned());
        site.title = fields.text(&["title", "name"]).unwrap_or_default();
        let base = fields.text(&["baseurl"]).unwrap_or_default();
        site.base_url = fields.text(&["url"]).filter(|url| url.contains("://")).map(|url| {
            format!("{}/{}", url.trim_end_matches('/'), base.trim_matches('/')).trim_end_matches('/').to_owned()
        });
        site.language = fields.text(&["lang", "language", "locale"]);
        site.timezone = fields.text(&["timezone"]);
        site.description = fields.text(&["description", "tagline"]);
        let data = fields.text(&["data_dir"]).unwrap_or_else(|| "_data".to_owned());
        let rest = Value::Object(fields.0.clone());
        let mut config = JekyllConfig {
            collections: collections(&rest, &permalink),
            permalink,
            defaults: defaults(&rest),
            data: format!("{source}{}/", data.trim_matches('/')),
            source,
            collections_folder,
            excluded: at_path(&rest, "exclude").map(|value| texts_of(value, None)).unwrap_or_default(),
        };
        config.excluded.retain(|pattern| !pattern.contains('*'));
        site.roots = [config.source.clone(), String::new()].into();
        Ok(config)
    }

    pub fn data_folder(&self) -> String {
        self.data.clone()
    }

    /// The folder of included files.
    pub fn includes_folder(&self) -> String {
        format!("{}_includes/", self.source)
    }

    /// A path below the folder of the sources.
    pub fn below_source<'p>(&self, path: &'p str) -> Option<&'p str> {
        path.strip_prefix(self.source.as_str())
    }

    /// A path below the folder of collections, if it is in there.
    pub fn below_collections<'p>(&self, path: &'p str) -> &'p str {
        path.strip_prefix(self.collections_folder.as_str()).unwrap_or(path)
    }

    pub fn is_excluded(&self, path: &str) -> bool {
        let Some(below) = self.below_source(path) else { return true };
        self.excluded.iter().any(|excluded| {
            let excluded = excluded.trim_matches('/');
            below == excluded || below.strip_prefix(excluded).is_some_and(|rest| rest.starts_with('/'))
        })
    }

    /// Adds the defaults of a folder; the most particular comes first.
    pub fn add_defaults(&self, path: &str, front: &mut Map<String, Value>, place: &JekyllPlace) {
        let kind = match place {
            JekyllPlace::Post(_) => "posts",
            JekyllPlace::Draft(_) => "drafts",
            JekyllPlace::Collection(name, _) => name,
            _ => "pages",
        };
        let mut fitting: Vec<_> = self
            .defaults
            .iter()
            .filter(|(scope, of_kind, _)| (of_kind.is_empty() || of_kind == kind) && path.starts_with(scope.as_str()))
            .collect();
        fitting.sort_by_key(|(scope, of_kind, _)| std::cmp::Reverse((scope.len(), !of_kind.is_empty())));
        for (_, _, values) in fitting {
            for (key, value) in values {
                front.entry(key.clone()).or_insert_with(|| value.clone());
            }
        }
    }

    /// The path of a post.
    pub fn post_url(
        &self,
        document: &TextDocument,
        path: &TextPath,
        categories: &[String],
        date: Option<SourceDate>,
    ) -> String {
        let mut fields = Fields(document.front.clone());
        let own = fields.text(&["permalink"]);
        let slug = fields.text(&["slug"]);
        let title = slug.clone().unwrap_or_else(|| path.name.clone());
        let parts =
            UrlParts { slug: slugified(&title), title, categories, date, ending: ".html", ..UrlParts::default() };
        filled(pattern(own.as_deref().unwrap_or(&self.permalink)), &parts)
    }

    /// The path of a page; `below` is its path below the sources.
    pub fn page_url(&self, document: &TextDocument, below: &str) -> String {
        let mut fields = Fields(document.front.clone());
        if let Some(own) = fields.text(&["permalink"]) {
            return format!("/{}", own.trim_start_matches('/'));
        }
        let stem = below.rsplit_once('.').map_or(below, |(stem, _)| stem);
        if let Some(folder) = stem.strip_suffix("index").filter(|folder| folder.is_empty() || folder.ends_with('/')) {
            return format!("/{folder}");
        }
        let is_pretty = self.permalink == "pretty" || self.permalink.ends_with('/');
        if is_pretty { format!("/{stem}/") } else { format!("/{stem}.html") }
    }

    /// The path of a document of a collection; `None` if it has no page.
    pub fn collection_url(&self, document: &TextDocument, name: &str, stem: &str) -> Option<String> {
        let of_collection = self.collections.get(name)?.as_deref()?;
        let mut fields = Fields(document.front.clone());
        let own = fields.text(&["permalink"]);
        let last = stem.rsplit('/').next().unwrap_or(stem);
        let title = fields.text(&["slug"]).unwrap_or_else(|| last.to_owned());
        let date = fields.date(&["date"]).and_then(Result::ok);
        let parts = UrlParts {
            slug: slugified(&title),
            title,
            categories: &[],
            date,
            collection: name,
            path: stem.to_owned(),
            ending: ".html",
        };
        Some(filled(pattern(own.as_deref().unwrap_or(of_collection)), &parts))
    }
}

fn folder_name(name: Option<String>) -> String {
    let name = name.unwrap_or_default();
    let name = name.trim_start_matches("./").trim_matches('/');
    if name.is_empty() || name == "." { String::new() } else { format!("{name}/") }
}

fn collections(all: &Value, permalink: &str) -> BTreeMap<String, Option<String>> {
    let is_pretty = permalink == "pretty" || permalink.ends_with('/');
    let default = if is_pretty { "/:collection/:path/" } else { "/:collection/:path:output_ext" };
    match at_path(all, "collections") {
        Some(Value::Object(map)) => {
            let entries = map.iter().map(|(name, settings)| {
                let has_pages = at_path(settings, "output").and_then(Value::as_bool).unwrap_or(false);
                let own = at_path(settings, "permalink").and_then(text_of);
                (name.clone(), has_pages.then(|| own.unwrap_or_else(|| default.to_owned())))
            });
            entries.filter(|(name, _)| name != "posts").collect()
        }
        Some(Value::Array(names)) => names.iter().filter_map(text_of).map(|name| (name, None)).collect(),
        _ => BTreeMap::new(),
    }
}

fn defaults(all: &Value) -> Vec<(String, String, Map<String, Value>)> {
    let list = at_path(all, "defaults").and_then(Value::as_array);
    let entries = list.into_iter().flatten().filter_map(|entry| {
        let values = at_path(entry, "values")?.as_object()?.clone();
        let scope = at_path(entry, "scope.path").and_then(text_of).unwrap_or_default();
        let kind = at_path(entry, "scope.type").and_then(text_of).unwrap_or_default();
        Some((scope.trim_start_matches('/').to_owned(), kind, values))
    });
    entries.collect()
}

fn filled(pattern: &str, parts: &UrlParts<'_>) -> String {
    let mut url = String::from("/");
    let mut rest = pattern.trim_start_matches('/');
    while let Some(at) = rest.find(':') {
        url.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        let end = after.find(|c: char| !(c.is_ascii_lowercase() || c == '_')).unwrap_or(after.len());
        url.push_str(&part(&after[..end], parts));
        rest = &after[end..];
    }
    url.push_str(rest);
    while url.contains("//") {
        url = url.replace("//", "/");
    }
    url
}

fn part(token: &str, parts: &UrlParts<'_>) -> String {
    let date = parts.date.map(|date| date.local);
    let format = |format: &str| date.map_or(String::new(), |date| date.strftime(format).to_string());
    let categories = |form: fn(&str) -> String| {
        let names: Vec<String> = parts.categories.iter().map(|name| form(name)).collect();
        names.join("/")
    };
    match token {
        "year" => format("%Y"),
        "short_year" => format("%y"),
        "month" => format("%m"),
        "i_month" => format("%-m"),
        "day" => format("%d"),
        "i_day" => format("%-d"),
        "y_day" => format("%j"),
        "week" => format("%V"),
        "short_day" => format("%a"),
        "hour" => format("%H"),
        "minute" => format("%M"),
        "second" => format("%S"),
        "title" | "name" => parts.title.clone(),
        "slug" => parts.slug.clone(),
        "categories" => categories(|name| name.to_lowercase().replace(' ', "%20")),
        "slugified_categories" => categories(slugified),
        "collection" => parts.collection.to_owned(),
        "path" => parts.path.clone(),
        "output_ext" => parts.ending.to_owned(),
        _ => String::new(),
    }
}

/// A text in Jekyll's default form: lower case, and a hyphen for everything that is no letter or digit.
fn slugified(text: &str) -> String {
    let mut slug = String::with_capacity(text.len());
    for letter in text.to_lowercase().chars() {
        if letter.is_alphanumeric() || unicode_normalization::char::is_combining_mark(letter) {
            slug.push(letter);
        } else if !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.trim_matches('-').to_owned()
}
