//! Jekyll sites: <https://jekyllrb.com/docs/>.

mod config;
mod link_lists;
mod text;

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::ImportError;
use super::files::data::author_profiles;
use super::files::facts::{TextPath, dated, facts_of, text_path};
use super::files::liquid::is_list;
use super::files::{
    AuthorBook, BodyText, Dialect, Fields, Folder, FolderFile, ItemIndex, Placed, TextArchive, TextDocument, TextFacts,
};
use super::layout::ImportLayout;
use super::model::{ItemKind, MediaPlace, OldRedirect, SourceItem, SourceState, SourceTaxonomy, Survey};
use super::notes::Notes;
use super::options::ImportOptions;
use super::words::{html_text, markdown_text};

use config::JekyllConfig;
use link_lists::LinkLists;

pub(super) use text::{output, without_attributes};

/// Opens a Jekyll site.
///
/// # Errors
/// If the folder can't be read.
pub(super) fn open(options: &ImportOptions) -> Result<TextArchive, ImportError> {
    TextArchive::open(options, Box::new(Jekyll::default()))
}

/// A Jekyll site.
#[derive(Debug, Default)]
struct Jekyll {
    config: JekyllConfig,
    /// The files of posts by their names without an ending, with the day: for `post_url`.
    posts: BTreeMap<String, String>,
    links: LinkLists,
}

/// The kind of a text, by its folder.
#[derive(Debug, Clone, PartialEq, Eq)]
enum JekyllPlace {
    /// A post; the folders above `_posts`.
    Post(String),
    /// A draft; the folders above `_drafts`.
    Draft(String),
    /// A document of a collection; the path below its folder.
    Collection(String, String),
    /// Any other text.
    Page,
    /// A part of the system: layouts, includes.
    System,
}

impl Jekyll {
    fn place_of(&self, path: &str) -> JekyllPlace {
        let path = self.config.below_source(path).unwrap_or(path);
        for (marker, is_draft) in [("_posts/", false), ("_drafts/", true)] {
            let found = path.find(marker).filter(|at| *at == 0 || path[..*at].ends_with('/'));
            let Some(at) = found else { continue };
            let above = path[..at].trim_end_matches('/');
            let above = self.config.below_collections(above).to_owned();
            return if is_draft { JekyllPlace::Draft(above) } else { JekyllPlace::Post(above) };
        }
        let inside = self.config.below_collections(path);
        match inside.strip_prefix('_').and_then(|rest| rest.split_once('/')) {
            Some((name, below)) if self.config.collections.contains_key(name) => {
                JekyllPlace::Collection(name.to_owned(), below.to_owned())
            }
            Some(_) => JekyllPlace::System,
            None if path.split('/').any(|part| part.starts_with('_')) => JekyllPlace::System,
            None => JekyllPlace::Page,
        }
    }

    fn post(
        &self,
        file: &FolderFile,
        document: &TextDocument,
        above: &str,
        is_draft: bool,
        notes: &mut Notes,
    ) -> Placed {
        let path = text_path(&file.path);
        let name = file.path.rsplit('/').next().unwrap_or_default();
        let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        let path = TextPath { folder: above.to_owned(), is_index: false, name: dated(stem).1.to_owned(), ..path };
        let mut facts = facts_of(file, document, &path, None, notes);
        let categories = categories(&mut Fields(document.front.clone()), above);
        facts.url = Some(self.config.post_url(document, &path, &categories, facts.date));
        facts.kind = ItemKind::Story;
        facts.section = Some(if above.is_empty() { "posts".to_owned() } else { above.to_owned() });
        if is_draft {
            facts.state = SourceState::Draft("a draft".to_owned());
        } else if path.day.is_none() {
            return Placed::Nothing("Jekyll publishes only posts whose name begins with a day".to_owned());
        }
        Placed::Item(Box::new(facts))
    }

    fn page(&self, file: &FolderFile, document: &TextDocument, notes: &mut Notes) -> Placed {
        let below = self.config.below_source(&file.path).unwrap_or(&file.path).to_owned();
        let path = TextPath { is_index: false, ..text_path(&below) };
        let url = self.config.page_url(document, &below);
        let markup = if self.is_html(file) { html_text } else { markdown_text };
        match (is_list(&document.body, markup), url.as_str()) {
            (true, "/") => return Placed::Nothing("it is a template that lists other texts".to_owned()),
            (true, _) => return Placed::List(url),
            (false, "/") => return Placed::Front(document.body.clone()),
            (false, _) => {}
        }
        let mut facts = facts_of(file, document, &path, Some(url), notes);
        facts.kind = ItemKind::Page;
        Placed::Item(Box::new(facts))
    }

    fn document(
        &self,
        file: &FolderFile,
        document: &TextDocument,
        name: &str,
        below: &str,
        notes: &mut Notes,
    ) -> Placed {
        let stem = below.rsplit_once('.').map_or(below, |(stem, _)| stem);
        if ["authors", "people", "staff", "team", "author"].contains(&name) {
            let mut fields = Fields(document.front.clone());
            let id = fields.text(&["short_name", "username", "slug"]).unwrap_or_else(|| stem.to_owned());
            return Placed::Author(id);
        }
        let Some(url) = self.config.collection_url(document, name, stem) else {
            return Placed::Nothing(format!("documents of the collection `{name}` have no pages"));
        };
        let mut path = TextPath { is_index: false, ..text_path(below) };
        path.folder = if path.folder.is_empty() { name.to_owned() } else { format!("{name}/{}", path.folder) };
        let facts = facts_of(file, document, &path, Some(url), notes);
        Placed::Item(Box::new(facts))
    }
}

/// The categories of a post: the folders above `_posts`, then its own.
fn categories(fields: &mut Fields, above: &str) -> Vec<String> {
    let mut all: Vec<String> = above.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect();
    // One text is one category in `category`, and several words are several in `categories`.
    all.extend(fields.texts(&["category"], None));
    all.extend(fields.texts(&["categories"], Some(' ')));
    let mut seen = std::collections::BTreeSet::new();
    all.retain(|category| seen.insert(category.to_lowercase()));
    all
}

/// True if a file that is no text begins with front matter: then it is a template, such as that of a feed.
fn has_front_matter(file: &FolderFile) -> bool {
    let is_text = matches!(
        file.extension().as_str(),
        "css" | "js" | "json" | "xml" | "txt" | "svg" | "webmanifest" | "md" | "html" | "htm"
    );
    is_text && file.starts_with(b"---")
}

impl Dialect for Jekyll {
    fn configure(
        &mut self,
        folder: &Folder,
        survey: &mut Survey,
        authors: &mut AuthorBook,
        notes: &mut Notes,
    ) -> Result<(), ImportError> {
        self.config = JekyllConfig::read(folder, &mut survey.site)?;
        for (id, profile) in author_profiles(folder, &self.config.data_folder(), notes) {
            authors.add_profile(&id, profile, "");
        }
        survey.taxonomies.push(SourceTaxonomy { key: "categories".to_owned(), title: Some("Categories".to_owned()) });
        for from in ["/feed.xml", "/atom.xml"] {
            let (from, to) = (from.to_owned(), Some("/rss.xml".to_owned()));
            if folder.file(from.trim_start_matches('/')).is_some() || from == "/feed.xml" {
                survey.redirects.push(OldRedirect { from, to, place: "feeds".to_owned() });
            }
        }
        self.links = LinkLists::read(folder, &self.config.includes_folder());
        for file in &folder.files {
            if let JekyllPlace::Post(_) = self.place_of(&file.path) {
                let name = file.path.rsplit('/').next().unwrap_or_default();
                let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
                self.posts.insert(stem.to_owned(), file.path.clone());
            }
        }
        survey.site.home_section = Some("posts".to_owned());
        Ok(())
    }

    fn is_text(&self, file: &FolderFile) -> bool {
        let is_page = file.is_markdown() || self.is_html(file);
        let is_system = ["README.md", "CONTRIBUTING.md", "LICENSE.md", "CHANGELOG.md"].contains(&file.path.as_str());
        is_page
            && !is_system
            && !self.config.is_excluded(&file.path)
            && self.place_of(&file.path) != JekyllPlace::System
    }

    fn complete(&self, file: &FolderFile, front: &mut Map<String, Value>) {
        self.config.add_defaults(&file.path, front, &self.place_of(&file.path));
    }

    fn place(&self, file: &FolderFile, document: &TextDocument, notes: &mut Notes) -> Placed {
        match self.place_of(&file.path) {
            JekyllPlace::Post(above) => self.post(file, document, &above, false, notes),
            JekyllPlace::Draft(above) => self.post(file, document, &above, true, notes),
            _ if !document.has_front => Placed::File,
            JekyllPlace::Collection(name, below) => self.document(file, document, &name, &below, notes),
            JekyllPlace::Page => self.page(file, document, notes),
            JekyllPlace::System => Placed::Nothing("it is a part of the templates".to_owned()),
        }
    }

    fn media(&self, file: &FolderFile, _: &ItemIndex<'_>) -> Option<(MediaPlace, Vec<String>)> {
        let below = self.config.below_source(&file.path)?;
        let name = below.rsplit('/').next().unwrap_or(below);
        let is_source = matches!(
            file.extension().as_str(),
            "scss" | "sass" | "less" | "coffee" | "ts" | "rb" | "lock" | "yml" | "yaml" | "toml" | "gemspec" | "sh"
        );
        // Files for tools lie at the top, beside those for crawlers and the owners of domains.
        let is_tool = !below.contains('/')
            && !crate::media::is_for_web(below)
            && !matches!(file.extension().as_str(), "html" | "htm" | "txt" | "xml")
            && name != "CNAME";
        let is_system = below.split('/').any(|part| part.starts_with('_')) || self.config.is_excluded(&file.path);
        if is_source || is_tool || is_system || has_front_matter(file) {
            return None;
        }
        let path = self.config.below_collections(below).to_owned();
        Some((MediaPlace::Static(path.clone()), vec![format!("/{path}")]))
    }

    fn special_keys(&self, fields: &mut Fields, item: &mut SourceItem, place: &str, _notes: &mut Notes) {
        let above = match self.place_of(place) {
            JekyllPlace::Post(above) | JekyllPlace::Draft(above) => above,
            _ => String::new(),
        };
        let terms = categories(fields, &above);
        if !terms.is_empty() {
            item.taxonomies.insert("categories".to_owned(), terms);
        }
        // A text of tags is split at spaces.
        item.tags = fields.texts(&["tags"], Some(' '));
    }

    fn body(&self, text: &BodyText<'_>, layout: &ImportLayout, notes: &mut Notes) -> String {
        text::converted(text, self, layout, notes)
    }

    fn finish(&self, _survey: &mut Survey, _texts: &[TextFacts], _authors: &mut AuthorBook) {}
}
