//! Hugo sites: <https://gohugo.io/documentation/>.

mod cascade;
mod config;
mod text;
mod urls;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::files::data::author_profiles;
use super::files::{
    AuthorBook, BodyText, Dialect, Fields, Folder, FolderFile, ItemIndex, Placed, TextArchive, TextDocument, TextFacts,
};
use super::layout::ImportLayout;
use super::model::{
    ItemFacts, ItemKind, MediaPlace, OldRedirect, SectionFacts, SourceItem, SourceState, SourceTaxonomy, SourceTerm,
    Survey,
};
use super::notes::{ImportNoteKind, Notes};
use super::options::ImportOptions;
use super::{ImportError, dates::SourceDate};

use cascade::{Cascade, CascadeTarget};
use config::HugoConfig;
use urls::{PageName, urlized};

/// Opens a Hugo site.
///
/// # Errors
/// If the folder can't be read.
pub(super) fn open(options: &ImportOptions) -> Result<TextArchive, ImportError> {
    TextArchive::open(options, Box::new(Hugo { now: options.now, ..Hugo::default() }))
}

/// A Hugo site.
#[derive(Debug, Default)]
struct Hugo {
    config: HugoConfig,
    now: jiff::Timestamp,
    /// The values that sections and the configuration give to pages.
    cascades: Vec<Cascade>,
    /// The folders with an `index` file, relative to the source: everything in them belongs to one page.
    bundles: BTreeSet<String>,
    /// The folders with an `_index` file, relative to the content folder.
    branches: BTreeSet<String>,
    /// True if most texts with a date are at the top of the content folder.
    is_flat: bool,
    /// The texts by their paths below the content folder without their ending, in lower case, and by their names if only
    /// one has it: for `ref`.
    paths: BTreeMap<String, Option<String>>,
}

/// A text's path below the content folder, split.
struct ContentPath {
    /// The folders, without a slash at the end.
    folder: String,
    /// The name without its ending and language.
    stem: String,
    /// The language, if it isn't the site's.
    language: Option<String>,
}

impl Hugo {
    /// The parts of a path; `None` outside the content folder.
    fn split(&self, path: &str) -> Option<ContentPath> {
        let (content, of_folder) = self.config.content_of(path)?;
        let (folder, name) = content.rsplit_once('/').unwrap_or(("", &content));
        let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        let (stem, language) = match stem.rsplit_once('.') {
            Some((stem, tag)) if self.config.languages.contains(&tag.to_ascii_lowercase()) => {
                (stem, Some(tag.to_owned()))
            }
            _ => (stem, None),
        };
        let language = language.or(of_folder).filter(|tag| !tag.eq_ignore_ascii_case(&self.config.language));
        Some(ContentPath { folder: folder.to_owned(), stem: stem.to_owned(), language })
    }

    /// The bundle folder that a file is inside of, without being its page.
    fn bundle_above(&self, path: &str) -> Option<&str> {
        let mut folder = path.rsplit_once('/').map(|(folder, _)| folder);
        while let Some(above) = folder {
            if let Some(found) = self.bundles.get(above) {
                return Some(found);
            }
            folder = above.rsplit_once('/').map(|(folder, _)| folder);
        }
        None
    }

    /// The section of a folder: the top one, and those below it that have an `_index` file.
    fn section(&self, folder: &str) -> Option<String> {
        let (top, _) = folder.split_once('/').unwrap_or((folder, ""));
        let mut section = top.to_owned();
        for above in crate::route::folders(folder).chain([folder]) {
            if self.branches.contains(above) {
                section = above.to_owned();
            }
        }
        Some(section).filter(|section| !section.is_empty())
    }

    fn index_paths(&mut self, folder: &Folder) {
        let mut dated = (0_usize, 0_usize);
        for file in &folder.files {
            if !self.is_text(file) {
                continue;
            }
            let Some(split) = self.split(&file.path) else { continue };
            if split.stem == "index" {
                self.bundles.extend(file.path.rsplit_once('/').map(|(folder, _)| folder.to_owned()));
            } else if split.stem == "_index" {
                self.branches.insert(split.folder.clone());
            } else if split.folder.is_empty() {
                dated.0 += 1;
            } else {
                dated.1 += 1;
            }
            if split.language.is_some() {
                continue;
            }
            let full = match split.stem.as_str() {
                "index" | "_index" => split.folder.clone(),
                stem if split.folder.is_empty() => stem.to_owned(),
                stem => format!("{}/{stem}", split.folder),
            };
            let full = full.to_lowercase();
            if let Some((_, name)) = full.rsplit_once('/') {
                // A name that several texts have leads nowhere.
                let found = self.paths.entry(name.to_owned()).or_insert_with(|| Some(file.path.clone()));
                if found.as_ref() != Some(&file.path) {
                    *found = None;
                }
            }
            self.paths.insert(full, Some(file.path.clone()));
        }
        // Sites of a few pages have them at the top.
        self.is_flat = dated.0 > 10 && dated.0 > dated.1 * 2;
    }

    /// Reads the values that sections give to the pages below them. Errors in their files are reported with the texts.
    fn find_cascades(&mut self, folder: &Folder) {
        let mut found = self.config.cascades.clone();
        for file in folder.files.iter().filter(|file| self.is_text(file)) {
            let Some(split) = self.split(&file.path).filter(|split| split.stem == "_index") else { continue };
            let text = file.text(&mut Notes::default());
            let document = text.and_then(|text| super::files::read_document(&text, &file.path));
            if let Ok(document) = document {
                found.extend(cascade::cascades(&split.folder, &document.front));
            }
        }
        self.cascades = found;
    }

    fn facts(&self, file: &FolderFile, document: &TextDocument, split: &ContentPath, notes: &mut Notes) -> Placed {
        let mut fields = Fields(document.front.clone());
        if let Some(why) = unrendered(&mut fields, document) {
            return Placed::Nothing(why);
        }
        let is_bundle = split.stem == "index";
        let (folder, name) = match is_bundle {
            true => split.folder.rsplit_once('/').unwrap_or(("", &split.folder)),
            false => (split.folder.as_str(), split.stem.as_str()),
        };
        let title = fields.text(&["title"]).or_else(|| fields.text(&["linkTitle"]));
        let date = self.date(&mut fields, name, &file.path, notes);
        let slug = fields.text(&["slug"]);
        let section = self.section(folder);
        let page = PageName {
            folder,
            name,
            slug: slug.as_deref(),
            title: title.as_deref().unwrap_or(name),
            date,
            language: split.language.as_deref(),
        };
        let url = match fields.text(&["url"]) {
            Some(url) => self.config.own_url(&url, &page),
            None => self.config.url(&page),
        };
        let aliases = fields.texts(&["aliases", "alias"], None);
        let other_urls = aliases.iter().map(|alias| urls::alias(alias, &url)).collect();
        let is_story =
            date.is_some() && (section.is_some() || self.is_flat) && !self.config.is_page_section(section.as_deref());
        let is_draft = fields.flag(&["draft"]).unwrap_or(false);
        let state = if is_draft { SourceState::Draft("a draft".to_owned()) } else { SourceState::Public };
        Placed::Item(Box::new(ItemFacts {
            id: file.path.clone(),
            place: file.path.clone(),
            path_in_source: Some(file.path.clone()),
            kind: if is_story { ItemKind::Story } else { ItemKind::Page },
            title: super::files::plain_title(&title.unwrap_or_else(|| name.replace(['-', '_'], " "))),
            url: Some(url),
            other_urls,
            section,
            slug: slug.unwrap_or_else(|| name.to_owned()),
            date,
            state,
            has_files: is_bundle,
        }))
    }

    fn date(&self, fields: &mut Fields, name: &str, path: &str, notes: &mut Notes) -> Option<SourceDate> {
        let written = fields.date(&["date"]).or_else(|| fields.date(&["publishDate", "pubdate", "published"]));
        match written {
            Some(Ok(date)) => return Some(date),
            Some(Err(text)) => notes.add(
                ImportNoteKind::Dropped,
                "date",
                path,
                format!("`{text}` is not a date that Presswork can read"),
            ),
            None => {}
        }
        let day = name.get(..10).and_then(SourceDate::parse)?;
        notes.add(ImportNoteKind::Guessed, "date", path, "it is from the file's name");
        Some(day)
    }
}

/// The reason that Hugo makes no page of a text.
fn unrendered(fields: &mut Fields, document: &TextDocument) -> Option<String> {
    let build = fields.map(&["build", "_build"]).map(Fields);
    let render = build.and_then(|mut build| build.text(&["render"]));
    if render.is_some_and(|render| matches!(render.as_str(), "never" | "false" | "link")) {
        return Some("it has no page of its own (`build.render`)".to_owned());
    }
    if fields.flag(&["headless"]).unwrap_or(false) {
        return Some("it has no page of its own (`headless`)".to_owned());
    }
    let layout = fields.text(&["layout", "type"]).unwrap_or_default();
    let is_list = ["search", "archives", "archive", "tags", "categories", "authors", "list"].contains(&layout.as_str());
    let is_empty = document.body.trim().is_empty();
    (is_list && is_empty).then(|| format!("it is a list or search page without a text (`{layout}`)"))
}

impl Dialect for Hugo {
    fn configure(
        &mut self,
        folder: &Folder,
        survey: &mut Survey,
        authors: &mut AuthorBook,
        notes: &mut Notes,
    ) -> Result<(), ImportError> {
        self.config = HugoConfig::read(folder, &mut survey.site)?;
        self.index_paths(folder);
        self.find_cascades(folder);
        survey.site.roots = self.config.roots();
        for taxonomy in self.config.other_taxonomies() {
            survey.taxonomies.push(SourceTaxonomy { key: taxonomy.to_owned(), title: None });
        }
        for (id, profile) in author_profiles(folder, "data/", notes) {
            authors.add_profile(&id, profile, "");
        }
        let feed =
            OldRedirect { from: "/index.xml".to_owned(), to: Some("/rss.xml".to_owned()), place: "feeds".to_owned() };
        survey.redirects.push(feed);
        Ok(())
    }

    fn is_text(&self, file: &FolderFile) -> bool {
        let is_page = file.is_markdown() || self.is_html(file);
        is_page && self.config.content_of(&file.path).is_some()
    }

    fn complete(&self, file: &FolderFile, front: &mut serde_json::Map<String, Value>) {
        let Some(split) = self.split(&file.path).filter(|_| !self.cascades.is_empty()) else { return };
        let name = match split.stem.as_str() {
            "index" | "_index" => format!("/{}", split.folder),
            stem if split.folder.is_empty() => format!("/{stem}"),
            stem => format!("/{}/{stem}", split.folder),
        };
        // A bundle is a page in the folder above.
        let folder = match split.stem.as_str() {
            "index" => split.folder.rsplit_once('/').map_or("", |(above, _)| above),
            _ => &split.folder,
        };
        let page = CascadeTarget { folder, path: &name, is_section: split.stem == "_index" };
        front.remove("cascade");
        cascade::fill(&self.cascades, page, front);
    }

    fn place(&self, file: &FolderFile, document: &TextDocument, notes: &mut Notes) -> Placed {
        let Some(split) = self.split(&file.path) else { return Placed::Nothing("it is not content".to_owned()) };
        if split.stem != "index" && self.bundle_above(&file.path).is_some() {
            return Placed::Nothing("it is a part of a page that templates show".to_owned());
        }
        if self.is_html(file) && !document.has_front {
            return Placed::Nothing("Hugo does not publish HTML without front matter as a page".to_owned());
        }
        if split.stem != "_index" {
            return self.facts(file, document, &split, notes);
        }
        if split.language.is_some() {
            return Placed::Nothing("sections have one language here".to_owned());
        }
        let mut fields = Fields(document.front.clone());
        if split.folder.is_empty() {
            return Placed::Front(self.text(file, document, notes));
        }
        let (top, rest) = split.folder.split_once('/').unwrap_or((&split.folder, ""));
        if self.config.is_author_taxonomy(top) {
            return match rest.is_empty() {
                true => Placed::Nothing("the list of authors has its own page here".to_owned()),
                false => Placed::Author(rest.to_owned()),
            };
        }
        if self.config.taxonomies.contains(top) && !self.config.has_content_in(top) {
            let name = fields.text(&["title"]).unwrap_or_else(|| rest.to_owned());
            return match rest.is_empty() {
                true => Placed::Nothing("the list of terms has its own page here".to_owned()),
                false => Placed::Term(top.to_owned(), name),
            };
        }
        let url = fields.text(&["url"]).unwrap_or_else(|| format!("/{}/", urls::path(&split.folder, &self.config)));
        let aliases = fields.texts(&["aliases"], None);
        Placed::Section(Box::new(SectionFacts {
            path: split.folder.clone(),
            title: fields.text(&["title"]),
            description: fields.text(&["description", "summary", "subtitle"]),
            body: self.text(file, document, notes),
            weight: fields.number(&["weight"]),
            other_urls: aliases.iter().map(|alias| urls::alias(alias, &url)).collect(),
            url: Some(url),
            path_in_source: Some(file.path.clone()),
            ..SectionFacts::default()
        }))
    }

    fn media(&self, file: &FolderFile, items: &ItemIndex<'_>) -> Option<(MediaPlace, Vec<String>)> {
        if let Some(below) = self.config.static_of(&file.path) {
            let url = format!("/{below}");
            return Some((MediaPlace::Static(below.into_owned()), vec![url]));
        }
        if let Some(folder) = self.bundle_above(&file.path) {
            let item = items.folders.get(folder)?;
            let name = file.path[folder.len() + 1..].to_owned();
            let url = item.url.as_deref().map(|url| format!("{}/{name}", url.trim_end_matches('/')));
            let place = MediaPlace::Beside { item: item.id.clone(), name };
            return Some((place, url.into_iter().collect()));
        }
        if let Some(below) = file.path.strip_prefix("assets/") {
            // Pictures that templates resize; everything else in there is code of the theme.
            let is_picture = crate::media::is_for_web(below);
            return is_picture.then(|| (MediaPlace::Static(below.to_owned()), vec![format!("/{below}")]));
        }
        let (below, _) = self.config.content_of(&file.path)?;
        let path = urls::path(&below, &self.config);
        Some((MediaPlace::Static(path.clone()), vec![format!("/{path}")]))
    }

    fn special_keys(&self, fields: &mut Fields, item: &mut SourceItem, place: &str, _notes: &mut Notes) {
        if let Some(split) = self.split(place) {
            item.language = split.language;
        }
        for taxonomy in self.config.other_taxonomies() {
            let terms = fields.texts(&[taxonomy], None);
            if !terms.is_empty() {
                item.taxonomies.insert(taxonomy.to_owned(), terms);
            }
        }
        if let Some(Ok(date)) = fields.date(&["publishDate"]) {
            let is_ahead = date.instant(&jiff::tz::TimeZone::UTC).is_some_and(|instant| instant > self.now);
            item.embargo = Some(date).filter(|_| is_ahead);
        }
        // Hugo's templates show these as they are; `params` are keys of the site's own.
        if let Some(params) = fields.map(&["params"]) {
            for (key, value) in params {
                fields.0.entry(key).or_insert(value);
            }
        }
    }

    fn body(&self, text: &BodyText<'_>, layout: &ImportLayout, notes: &mut Notes) -> String {
        text::converted(text, self, Some(layout), notes)
    }

    fn finish(&self, survey: &mut Survey, texts: &[TextFacts], authors: &mut AuthorBook) {
        let mut seen: BTreeSet<(String, String)> = BTreeSet::new();
        for text in texts.iter().filter(|text| text.is_public) {
            for taxonomy in &self.config.taxonomies {
                let value =
                    text.fields.0.iter().find(|(key, _)| key.eq_ignore_ascii_case(taxonomy)).map(|(_, value)| value);
                for term in value.map(|value| super::files::fields::texts_of(value, None)).unwrap_or_default() {
                    if seen.insert((taxonomy.clone(), term.clone())) {
                        self.term(taxonomy, term, survey, authors);
                    }
                }
            }
        }
    }
}

impl Hugo {
    /// The old URL of a term's page.
    fn term(&self, taxonomy: &str, name: String, survey: &mut Survey, authors: &mut AuthorBook) {
        let url = format!("/{taxonomy}/{}/", urlized(&name, &self.config));
        if self.config.is_author_taxonomy(taxonomy) {
            authors.add_urls(&name, [url]);
            return;
        }
        let taxonomy = Some(taxonomy.to_owned()).filter(|taxonomy| taxonomy != "tags");
        survey.terms.push(SourceTerm { taxonomy, name, old_urls: vec![url], description: None });
    }

    /// The text of a section, whose links lead to files.
    fn text(&self, file: &FolderFile, document: &TextDocument, notes: &mut Notes) -> String {
        let calls = super::files::CallTable::default();
        let text = BodyText { path: &file.path, body: &document.body, document, calls: &calls };
        text::converted(&text, self, None, notes)
    }

    /// The path of the text that a reference of `ref` leads to.
    fn referred(&self, from: &str, reference: &str) -> Option<String> {
        let path = reference.split(['#', '?']).next().unwrap_or(reference).trim().to_lowercase();
        let path = path.trim_end_matches('/');
        let path = path.strip_suffix(".md").or_else(|| path.strip_suffix(".html")).unwrap_or(path);
        let path = path.strip_suffix("/_index").or_else(|| path.strip_suffix("/index")).unwrap_or(path);
        let here = self.split(from)?.folder.to_lowercase();
        let relative = crate::source::join(&here, path);
        let candidates = [relative, Some(path.trim_start_matches('/').to_owned())];
        let by_path = candidates.into_iter().flatten().find_map(|path| self.paths.get(&path).cloned().flatten());
        by_path.or_else(|| self.paths.get(path.rsplit('/').next()?).cloned().flatten())
    }
}

/// A value of `params` as text.
fn text_at(value: &Value, path: &str) -> Option<String> {
    super::files::archive::at_path(value, path)
        .and_then(super::files::fields::text_of)
        .filter(|text| !text.trim().is_empty())
}
