//! Eleventy sites: <https://www.11ty.dev/docs/>. Their configuration is a program, so only the input folder is read from
//! it; URLs follow the defaults and `permalink` in front matter and in data files of folders.

mod config;

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::ImportError;
use super::dates::SourceDate;
use super::files::calls::without_calls;
use super::files::data::{author_profiles, data_of};
use super::files::facts::{TextPath, facts_of, rooted, text_path};
use super::files::liquid::{LiquidPart, expand, is_list};
use super::files::{
    AuthorBook, BodyText, Dialect, Fields, Folder, FolderFile, ItemIndex, Placed, TextArchive, TextDocument,
};
use super::jekyll::{output, without_attributes};
use super::layout::ImportLayout;
use super::model::{MediaPlace, SiteFacts, SourceItem, Survey};
use super::notes::{ImportNoteKind, Notes};
use super::options::ImportOptions;
use super::words::{html_text, markdown_text};
use crate::route::{SlugStyle, slugify};
use config::EleventyFolders;

/// Opens an Eleventy site.
///
/// # Errors
/// If the folder can't be read.
pub(super) fn open(options: &ImportOptions) -> Result<TextArchive, ImportError> {
    TextArchive::open(options, Box::new(Eleventy::default()))
}

/// An Eleventy site.
#[derive(Debug, Default)]
struct Eleventy {
    folders: EleventyFolders,
    /// The data of folders, by folder with a slash at its end.
    data: BTreeMap<String, Map<String, Value>>,
}

/// The reason that a template without words is left out.
const NO_TEXT: &str = "it is a template without a text of its own";

impl Eleventy {
    /// The front matter with the data of the folders above, the nearest first.
    fn with_data(&self, path: &str, front: &mut Map<String, Value>) {
        for (folder, data) in self.data.iter().rev() {
            if path.starts_with(folder.as_str()) {
                for (key, value) in data {
                    front.entry(key.clone()).or_insert_with(|| value.clone());
                }
            }
        }
    }

    fn below<'p>(&self, path: &'p str) -> Option<&'p str> {
        path.strip_prefix(self.folders.input.as_str())
    }

    /// The path of a text's page; `None` if it has none.
    fn url(&self, fields: &mut Fields, path: &TextPath, title: &str) -> Option<String> {
        let default = || {
            let body =
                if path.folder.is_empty() { path.name.clone() } else { format!("{}/{}", path.folder, path.name) };
            format!("/{body}/")
        };
        match fields.take(&["permalink"]) {
            Some(Value::Bool(false)) => None,
            Some(Value::String(pattern)) => Some(rooted(&filled(&pattern, path, title, fields))),
            _ => Some(default()),
        }
    }
}

/// Fills the facts about the site that no file has named yet.
fn site_data(site: &mut SiteFacts, mut text: impl FnMut(&[&str]) -> Option<String>) {
    if site.title.is_empty() {
        site.title = text(&["title", "name", "siteName"]).unwrap_or_default();
    }
    let url = text(&["url", "baseUrl", "base_url", "siteUrl"]).filter(|url| url.contains("://"));
    site.base_url = site.base_url.take().or(url);
    site.language = site.language.take().or_else(|| text(&["language", "lang", "locale"]));
    site.description = site.description.take().or_else(|| text(&["description", "tagline"]));
}

/// A `permalink` with the expressions that most sites use.
fn filled(pattern: &str, path: &TextPath, title: &str, fields: &Fields) -> String {
    let value = |expression: &str| {
        let (name, filters) = expression.split_once('|').unwrap_or((expression, ""));
        let text = match name.trim() {
            "page.fileSlug" => path.name.clone(),
            "page.filePathStem" => format!("{}/{}", path.folder, path.name),
            "title" => title.to_owned(),
            "page.date" | "date" => return dated(filters, fields.clone().date(&["date"]), path),
            name => fields.0.get(name).and_then(super::files::fields::text_of).unwrap_or_default(),
        };
        let is_slug = ["slug", "slugify", "url"].iter().any(|filter| filters.contains(filter));
        if is_slug { slugify(&text, SlugStyle::Ascii) } else { text }
    };
    let convert = &mut |part| match part {
        LiquidPart::Output(expression) => value(&expression),
        LiquidPart::Tag(_) => String::new(),
    };
    let url = expand(pattern, convert, &mut |_| {});
    url.strip_suffix("index.html").map(str::to_owned).unwrap_or(url)
}

/// The day of a text in the format that a filter of `page.date` names. The names of filters are the site's own: those
/// without a format usually write the day as HTML does.
fn dated(filters: &str, written: Option<Result<SourceDate, String>>, path: &TextPath) -> String {
    let Some(date) = written.and_then(Result::ok).or(path.day) else { return String::new() };
    let quote = filters.find(['"', '\'']);
    let format = quote.and_then(|at| {
        let rest = &filters[at + 1..];
        rest.find(&filters[at..=at]).map(|end| &rest[..end])
    });
    match format {
        Some(format) if format.contains('%') => strftime(format, date),
        Some(format) => luxon(format, date),
        None if filters.to_lowercase().contains("year") => strftime("%Y", date),
        None if filters.to_lowercase().contains("month") => strftime("%m", date),
        None => strftime("%Y-%m-%d", date),
    }
}

fn strftime(format: &str, date: SourceDate) -> String {
    jiff::fmt::strtime::format(format, date.local).unwrap_or_default()
}

/// A format of Luxon and Day.js, which sites in JavaScript use: `yyyy/MM/dd`, `YYYY/MM/DD`.
fn luxon(format: &str, date: SourceDate) -> String {
    let mut out = String::new();
    let mut rest = format;
    while let Some(letter) = rest.chars().next() {
        let length = rest.len() - rest.trim_start_matches(letter).len();
        let part = match (letter, length / letter.len_utf8()) {
            ('y' | 'Y', 2) => "%y",
            ('y' | 'Y', _) => "%Y",
            ('M' | 'L', 1) => "%-m",
            ('M' | 'L', 2) => "%m",
            ('M' | 'L', 3) => "%b",
            ('M' | 'L', _) => "%B",
            ('d' | 'D', 1) => "%-d",
            ('d' | 'D', _) => "%d",
            _ => "",
        };
        match part {
            "" => out.push_str(&rest[..length]),
            part => out.push_str(&strftime(part, date)),
        }
        rest = &rest[length..];
    }
    out
}

impl Dialect for Eleventy {
    fn configure(
        &mut self,
        folder: &Folder,
        survey: &mut Survey,
        authors: &mut AuthorBook,
        notes: &mut Notes,
    ) -> Result<(), ImportError> {
        self.folders = EleventyFolders::read(&folder.root);
        survey.site.roots = [self.folders.input.clone(), String::new()].into();
        let data = self.folders.data.clone();
        for file in folder.below(&data) {
            let name = file.path[data.len()..].split('.').next().unwrap_or_default();
            if !["metadata", "site", "meta", "config"].contains(&name) {
                continue;
            }
            if matches!(file.extension().as_str(), "js" | "cjs" | "mjs" | "ts") {
                if let Ok(text) = file.text(notes) {
                    site_data(&mut survey.site, |keys| keys.iter().find_map(|key| config::value(&text, key)));
                }
            } else if let Some(Value::Object(map)) = data_of(file, notes) {
                let mut fields = Fields(map);
                site_data(&mut survey.site, |keys| fields.text(keys));
            }
        }
        for (id, profile) in author_profiles(folder, &data, notes) {
            authors.add_profile(&id, profile, "");
        }
        for file in folder.files.iter().filter(|file| file.path.ends_with(".json")) {
            let (above, name) = file.path.rsplit_once('/').unwrap_or(("", &file.path));
            let stem = name.trim_end_matches(".json").trim_end_matches(".11tydata");
            let is_of_folder = above.rsplit('/').next() == Some(stem) && !above.contains("_data");
            if is_of_folder && let Some(Value::Object(map)) = data_of(file, notes) {
                self.data.insert(format!("{above}/"), map);
            }
        }
        Ok(())
    }

    fn is_text(&self, file: &FolderFile) -> bool {
        let Some(below) = self.below(&file.path) else { return false };
        let is_about = !below.contains('/')
            && ["README.md", "CONTRIBUTING.md", "LICENSE.md", "CHANGELOG.md", "CODE_OF_CONDUCT.md"].contains(&below);
        (file.is_markdown() || self.is_html(file)) && !self.folders.is_system(&file.path) && !is_about
    }

    fn is_html(&self, file: &FolderFile) -> bool {
        let name = file.path.rsplit('/').next().unwrap_or(&file.path);
        // `feed.xml.njk` is not a page.
        matches!(file.extension().as_str(), "html" | "htm" | "njk" | "liquid") && name.matches('.').count() == 1
    }

    fn complete(&self, file: &FolderFile, front: &mut Map<String, Value>) {
        self.with_data(&file.path, front);
    }

    fn place(&self, file: &FolderFile, document: &TextDocument, notes: &mut Notes) -> Placed {
        let below = self.below(&file.path).unwrap_or(&file.path);
        let path = text_path(below);
        let mut fields = Fields(document.front.clone());
        let title = fields.text(&["title"]).unwrap_or_else(|| path.name.clone());
        let is_front = path.name == "index" && path.folder.is_empty();
        if self.is_html(file) {
            if is_front {
                return Placed::Nothing("the front page is made of blocks here".to_owned());
            }
            if !document.has_front {
                let is_template = document.body.contains("{%") || document.body.contains("{{");
                return if is_template { Placed::Nothing(NO_TEXT.to_owned()) } else { Placed::File };
            }
        } else if is_front {
            return Placed::Front(document.body.clone());
        }
        let Some(url) = self.url(&mut fields, &path, &title) else {
            return Placed::Nothing("it has no page of its own (`permalink: false`)".to_owned());
        };
        if [".xml", ".json", ".txt", ".css", ".js"].iter().any(|end| url.ends_with(end)) {
            return Placed::Nothing("it is a file that a template makes, and no page".to_owned());
        }
        let markup = if self.is_html(file) { html_text } else { markdown_text };
        if document.front.contains_key("pagination") || is_list(&document.body, markup) {
            let is_one = !document.front.contains_key("pagination") || !url.contains("//");
            return if is_one {
                Placed::List(url)
            } else {
                Placed::Nothing("it is a list in several pages".to_owned())
            };
        }
        if self.is_html(file) && !html_text(&without_calls(&document.body)).contains(char::is_alphanumeric) {
            return Placed::Nothing(NO_TEXT.to_owned());
        }
        let mut facts = facts_of(file, document, &path, Some(url), notes);
        // Folders of years only order the files.
        let is_year = |part: &&str| part.len() <= 4 && part.bytes().all(|byte| byte.is_ascii_digit());
        let section: Vec<&str> = path.folder.split('/').filter(|part| !is_year(part) && !part.is_empty()).collect();
        facts.section = Some(section.join("/")).filter(|section| !section.is_empty());
        Placed::Item(Box::new(facts))
    }

    fn media(&self, file: &FolderFile, items: &ItemIndex<'_>) -> Option<(MediaPlace, Vec<String>)> {
        let place = |path: String| (MediaPlace::Static(path.clone()), vec![format!("/{path}")]);
        if let Some(path) = self.folders.copied(&file.path) {
            return Some(place(path));
        }
        let below = self.below(&file.path)?;
        if self.is_text(file) {
            // A page without front matter.
            let stem = below.rsplit_once('.').map_or(below, |(stem, _)| stem);
            let is_index = stem == "index" || stem.ends_with("/index");
            return Some(place(if is_index { below.to_owned() } else { format!("{stem}/index.html") }));
        }
        let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        if let Some(item) = items.folders.get(folder).filter(|_| !file.path.ends_with(".json")) {
            let name = file.path[folder.len() + 1..].to_owned();
            let url = item.url.as_deref().map(|url| format!("{}/{name}", url.trim_end_matches('/')));
            return Some((MediaPlace::Beside { item: item.id.clone(), name }, url.into_iter().collect()));
        }
        let is_for_readers = crate::media::is_for_web(below) || below.ends_with(".pdf");
        (is_for_readers && !self.folders.is_system(&file.path)).then(|| place(below.to_owned()))
    }

    fn special_keys(&self, fields: &mut Fields, item: &mut SourceItem, _place: &str, _notes: &mut Notes) {
        // Names of collections that templates list.
        let lists = ["post", "posts", "article", "articles", "blog", "all", "nav", "page", "pages"];
        item.tags = fields.texts(&["tags"], None);
        item.tags.retain(|tag| !lists.contains(&tag.as_str()));
    }

    fn body(&self, text: &BodyText<'_>, _layout: &ImportLayout, notes: &mut Notes) -> String {
        let body = text.body.replace("<!--more-->", "").replace("<!-- more -->", "").replace("<!-- excerpt -->", "");
        let mut left_out = Vec::new();
        let mut found = Notes::default();
        let expanded = expand(
            &body,
            &mut |part| match part {
                LiquidPart::Tag(call) => text.calls.convert(&call, text.path, &mut found),
                LiquidPart::Output(expression) => output(&expression, text, &mut found),
            },
            &mut |tag| left_out.push(tag.to_owned()),
        );
        notes.extend(found);
        for tag in left_out {
            notes.add(ImportNoteKind::Dropped, "template tag", text.path, tag);
        }
        without_attributes(&expanded)
    }
}
