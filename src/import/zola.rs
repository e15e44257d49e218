//! Zola sites: <https://www.getzola.org/documentation/>.

use std::collections::BTreeSet;

use serde_json::Value;

use super::ImportError;
use super::files::archive::at_path;
use super::files::calls::shortcodes::arguments_of;
use super::files::calls::{TemplateCall, ends_in_html};
use super::files::data::configuration;
use super::files::facts::{TextPath, facts_of, text_path};
use super::files::fields::{text_of, texts_of};
use super::files::{
    AuthorBook, BodyText, Dialect, Fields, Folder, FolderFile, ItemIndex, Placed, TextArchive, TextDocument, TextFacts,
};
use super::layout::ImportLayout;
use super::model::{ItemKind, MediaPlace, OldRedirect, SectionFacts, SourceItem, SourceTaxonomy, SourceTerm, Survey};
use super::notes::{ImportNoteKind, Notes};
use super::options::ImportOptions;
use crate::route::{SlugStyle, slugify};

/// Opens a Zola site.
///
/// # Errors
/// If the folder can't be read.
pub(super) fn open(options: &ImportOptions) -> Result<TextArchive, ImportError> {
    TextArchive::open(options, Box::new(Zola::default()))
}

/// The folder of all texts.
const CONTENT: &str = "content/";

/// A Zola site.
#[derive(Debug, Default)]
struct Zola {
    taxonomies: Vec<String>,
    languages: BTreeSet<String>,
    /// The folders with an `_index.md`, relative to the content folder.
    sections: BTreeSet<String>,
    /// The folders with an `index.md`, relative to the source.
    bundles: BTreeSet<String>,
    feeds: Vec<String>,
}

impl Zola {
    /// The stem without a language, and the language.
    fn language<'s>(&self, stem: &'s str) -> (&'s str, Option<&'s str>) {
        match stem.rsplit_once('.') {
            Some((stem, tag)) if self.languages.contains(tag) => (stem, Some(tag)),
            _ => (stem, None),
        }
    }

    fn url(&self, fields: &mut Fields, path: &TextPath, language: Option<&str>) -> String {
        let start = language.map_or(String::new(), |language| format!("/{language}"));
        if let Some(own) = fields.text(&["path"]) {
            return format!("/{}/", own.trim_matches('/'));
        }
        let folders =
            path.folder.split('/').filter(|part| !part.is_empty()).map(|part| slugify(part, SlugStyle::Ascii));
        let last = fields.text(&["slug"]).unwrap_or_else(|| slugify(&path.name, SlugStyle::Ascii));
        format!("{start}/{}/", folders.chain([last]).collect::<Vec<_>>().join("/"))
    }

    fn section(&self, folder: &str) -> Option<String> {
        let mut folder = folder;
        loop {
            if folder.is_empty() {
                return None;
            }
            if self.sections.contains(folder) || !folder.contains('/') {
                return Some(folder.to_owned());
            }
            folder = folder.rsplit_once('/').map_or("", |(above, _)| above);
        }
    }
}

impl Dialect for Zola {
    fn configure(
        &mut self,
        folder: &Folder,
        survey: &mut Survey,
        authors: &mut AuthorBook,
        notes: &mut Notes,
    ) -> Result<(), ImportError> {
        let file = folder.file("config.toml").or_else(|| folder.file("zola.toml"));
        let all = file.map(configuration).transpose()?.unwrap_or_default();
        let all = Value::Object(all);
        let text = |key: &str| at_path(&all, key).and_then(text_of);
        let site = &mut survey.site;
        (site.title, site.base_url) = (text("title").unwrap_or_default(), text("base_url"));
        (site.language, site.description) = (text("default_language"), text("description"));
        site.roots = [CONTENT, "static/", ""].map(str::to_owned).into();
        let list = at_path(&all, "taxonomies").and_then(Value::as_array);
        self.taxonomies = list.into_iter().flatten().filter_map(|entry| text_of(at_path(entry, "name")?)).collect();
        self.languages = at_path(&all, "languages")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
            .map(|(tag, _)| tag.clone())
            .collect();
        self.feeds = at_path(&all, "feed_filenames").map(|value| texts_of(value, None)).unwrap_or_default();
        if self.feeds.is_empty() {
            self.feeds = vec!["atom.xml".to_owned()];
        }
        for feed in self.feeds.iter().filter(|feed| feed.ends_with(".xml")) {
            let (from, to) = (format!("/{feed}"), Some("/rss.xml".to_owned()));
            survey.redirects.push(OldRedirect { from, to, place: "feeds".to_owned() });
        }
        for taxonomy in self.taxonomies.iter().filter(|name| is_other(name)) {
            survey.taxonomies.push(SourceTaxonomy { key: taxonomy.clone(), title: None });
        }
        for file in folder.below(CONTENT) {
            let below = &file.path[CONTENT.len()..];
            let (above, name) = below.rsplit_once('/').unwrap_or(("", below));
            match name {
                "_index.md" => {
                    self.sections.insert(above.to_owned());
                }
                "index.md" => {
                    self.bundles.insert(format!("{CONTENT}{above}"));
                }
                _ => {}
            }
        }
        for (id, profile) in super::files::data::author_profiles(folder, "data/", notes) {
            authors.add_profile(&id, profile, "");
        }
        Ok(())
    }

    fn is_text(&self, file: &FolderFile) -> bool {
        file.path.starts_with(CONTENT) && file.is_markdown()
    }

    fn place(&self, file: &FolderFile, document: &TextDocument, notes: &mut Notes) -> Placed {
        let below = &file.path[CONTENT.len()..];
        let (above, name) = below.rsplit_once('/').unwrap_or(("", below));
        let (stem, language) = self.language(name.strip_suffix(".md").unwrap_or(name));
        let mut fields = Fields(document.front.clone());
        if stem == "_index" {
            return self.section_text(file, document, above, language, fields, notes);
        }
        let path = text_path(&format!("{above}/{stem}.md"));
        let path = TextPath { folder: path.folder.trim_matches('/').to_owned(), ..path };
        let url = self.url(&mut fields, &path, language);
        if fields.flag(&["render"]) == Some(false) {
            return Placed::Nothing("it has no page of its own (`render = false`)".to_owned());
        }
        let mut facts = facts_of(file, document, &path, Some(url), notes);
        facts.section = self.section(&path.folder);
        let is_story = facts.date.is_some();
        facts.kind = if is_story { ItemKind::Story } else { ItemKind::Page };
        facts.has_files = file.path.strip_suffix("/index.md").is_some_and(|folder| self.bundles.contains(folder));
        Placed::Item(Box::new(facts))
    }

    fn media(&self, file: &FolderFile, items: &ItemIndex<'_>) -> Option<(MediaPlace, Vec<String>)> {
        if let Some(below) = file.path.strip_prefix("static/") {
            return Some((MediaPlace::Static(below.to_owned()), vec![format!("/{below}")]));
        }
        let below = file.path.strip_prefix(CONTENT)?;
        let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        if let Some(item) = items.folders.get(folder) {
            let name = file.path[folder.len() + 1..].to_owned();
            let url = item.url.as_deref().map(|url| format!("{}/{name}", url.trim_end_matches('/')));
            return Some((MediaPlace::Beside { item: item.id.clone(), name }, url.into_iter().collect()));
        }
        Some((MediaPlace::Static(below.to_owned()), vec![format!("/{below}")]))
    }

    fn special_keys(&self, fields: &mut Fields, item: &mut SourceItem, place: &str, _notes: &mut Notes) {
        let name = place.rsplit('/').next().unwrap_or(place);
        let (_, language) = self.language(name.strip_suffix(".md").unwrap_or(name));
        item.language = language.map(str::to_owned);
        for (taxonomy, value) in fields.map(&["taxonomies"]).unwrap_or_default() {
            match taxonomy.as_str() {
                "authors" | "author" | "series" | "tags" => {
                    fields.0.entry(taxonomy).or_insert(value);
                }
                _ => {
                    item.taxonomies.insert(taxonomy, texts_of(&value, None));
                }
            }
        }
        for (key, value) in fields.map(&["extra"]).unwrap_or_default() {
            fields.0.entry(key).or_insert(value);
        }
    }

    fn body(&self, text: &BodyText<'_>, layout: &ImportLayout, notes: &mut Notes) -> String {
        let body = text.body.replace("<!-- more -->", "").replace("<!--more-->", "");
        let expanded = expand(&body, &mut |call| text.calls.convert(call, text.path, notes));
        internal_links(&expanded, text.path, layout, notes)
    }

    fn finish(&self, survey: &mut Survey, texts: &[TextFacts], authors: &mut AuthorBook) {
        let mut seen = BTreeSet::new();
        for text in texts.iter().filter(|text| text.is_public) {
            let of_text = text.fields.0.get("taxonomies").and_then(Value::as_object);
            for (taxonomy, value) in of_text.into_iter().flatten() {
                for name in texts_of(value, None) {
                    let url = format!("/{taxonomy}/{}/", slugify(&name, SlugStyle::Ascii));
                    if !seen.insert(url.clone()) {
                        continue;
                    }
                    if taxonomy == "authors" || taxonomy == "author" {
                        authors.learn(Some(&Value::from(name.as_str())));
                        authors.finish();
                        authors.add_urls(&name, [url]);
                    } else {
                        let taxonomy = Some(taxonomy.clone()).filter(|taxonomy| taxonomy != "tags");
                        survey.terms.push(SourceTerm { taxonomy, name, old_urls: vec![url], description: None });
                    }
                }
            }
        }
    }
}

impl Zola {
    fn section_text(
        &self,
        file: &FolderFile,
        document: &TextDocument,
        above: &str,
        language: Option<&str>,
        mut fields: Fields,
        notes: &mut Notes,
    ) -> Placed {
        if language.is_some() {
            return Placed::Nothing("sections have one language here".to_owned());
        }
        if above.is_empty() {
            return Placed::Front(document.body.clone());
        }
        let folders = above.split('/').map(|part| slugify(part, SlugStyle::Ascii));
        let url = format!("/{}/", folders.collect::<Vec<_>>().join("/"));
        let calls = super::files::CallTable::default();
        let body = expand(&document.body, &mut |call| calls.convert(call, &file.path, notes));
        Placed::Section(Box::new(SectionFacts {
            path: above.to_owned(),
            title: fields.text(&["title"]),
            description: fields.text(&["description"]),
            body,
            weight: fields.number(&["weight"]).filter(|weight| *weight != 0),
            url: Some(url),
            other_urls: fields.texts(&["aliases"], None).iter().map(|url| super::files::facts::rooted(url)).collect(),
            path_in_source: Some(file.path.clone()),
            ..SectionFacts::default()
        }))
    }
}

fn is_other(taxonomy: &str) -> bool {
    !["tags", "series", "authors", "author"].contains(&taxonomy)
}

/// Links to files, `@/posts/vote.md`.
fn internal_links(text: &str, from: &str, layout: &ImportLayout, notes: &mut Notes) -> String {
    let mut linked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("@/") {
        let (before, tail) = rest.split_at(at);
        linked.push_str(before);
        let end = tail.find([')', '"', ' ', '>', '#', '\n', '\'']).unwrap_or(tail.len());
        let path = &tail[2..end];
        rest = &tail[end..];
        let place = layout.at_path(&format!("{CONTENT}{path}")).filter(|_| before.ends_with(['(', '"', '<', ' ']));
        match place.and_then(|place| layout.reference(place)) {
            Some(reference) => linked.push_str(&reference),
            None => {
                linked.push_str(&tail[..end]);
                if path.ends_with(".md") {
                    notes.add(ImportNoteKind::Missing, "reference", from, format!("nothing is at `@/{path}`"));
                }
            }
        }
    }
    linked + rest
}

/// Replaces `{{ name(a="b") }}` and `{% name(a=1) %}…{% end %}`.
fn expand(text: &str, convert: &mut dyn FnMut(&TemplateCall) -> String) -> String {
    let mut expanded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('{') {
        let (before, tail) = rest.split_at(at);
        expanded.push_str(before);
        let Some((mut call, length, has_body)) = call_at(tail) else {
            expanded.push('{');
            rest = &tail[1..];
            continue;
        };
        call.in_target = expanded.ends_with(['(', '"', '<']);
        call.in_html = ends_in_html(&expanded);
        rest = &tail[length..];
        let end = if has_body { rest.find("{% end %}").map(|end| (end, 9)) } else { None };
        if let Some((end, length)) = end {
            call.inner = Some(rest[..end].to_owned());
            rest = &rest[end + length..];
        }
        expanded.push_str(&convert(&call));
    }
    expanded + rest
}

/// The call at the beginning of a text, its length, and whether a body follows.
fn call_at(text: &str) -> Option<(TemplateCall, usize, bool)> {
    let (close, has_body) = match text.get(..2)? {
        "{{" => ("}}", false),
        "{%" => ("%}", true),
        _ => return None,
    };
    let end = text.find(close)?;
    let inside = text[2..end].trim();
    let (name, arguments) = inside.split_once('(')?;
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let arguments = arguments.strip_suffix(')').filter(|_| is_name)?;
    let (positional, named) = arguments_of(arguments);
    let written = text[..end + 2].to_owned();
    Some((
        TemplateCall {
            name: name.to_owned(),
            positional,
            named,
            inner: None,
            written,
            in_target: false,
            in_html: false,
        },
        end + 2,
        has_body,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_with_and_without_a_body() {
        let expanded =
            expand("a {{ youtube(id=\"x\") }} {% note(title=\"T\") %}in{% end %} {{ page.title }} {b}", &mut |call| {
                format!("[{}|{:?}|{:?}]", call.name, call.named.values().collect::<Vec<_>>(), call.inner)
            });
        assert_eq!(expanded, "a [youtube|[\"x\"]|None] [note|[\"T\"]|Some(\"in\")] {{ page.title }} {b}");
    }
}
