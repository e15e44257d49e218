//! The tree of sections, and the section of each article.

use std::collections::BTreeMap;

use ahash::HashMap;

use crate::article::{Article, SectionFile, SectionFront};
use crate::config::{Config, EditionId, EditionPaths, Permalink};
use crate::content_path::{below_content, in_content, top_folder};
use crate::diagnostic::{Code, Diagnostic};
use crate::language::{Collation, Language, capitalized};
use crate::route::{RouteError, SlugStyle, check_slug, slugify};

use super::first_pass::FirstPass;
use super::translations::without_edition;
use super::{ArticleId, Languages, SectionId, Story};

/// A folder of stories with its own front.
#[derive(Debug, Clone)]
pub struct Section {
    /// The folder below `content/`: `world/asia`.
    pub id: String,
    /// The edition whose stories it lists.
    pub edition: EditionId,
    /// The URL path below the edition's front page, without slashes at the ends.
    pub path: String,
    /// The pattern of its stories' URLs, if it is not the site's: its own, or that of the section above.
    pub permalink: Option<Permalink>,
    /// Its name.
    pub title: String,
    /// Its language.
    pub language: Language,
    /// The section that contains it.
    pub parent: Option<SectionId>,
    /// Its `_index.md`, if it has one.
    pub file: Option<SectionFile>,
    /// Its stories and those of the sections inside it, oldest first.
    pub stories: Vec<ArticleId>,
}

const NO_SECTION_HINT: &str = "move it into a folder such as content/news/; standalone pages belong in content/pages/";

/// The sections during assembly.
pub(super) struct Tree {
    sections: Vec<Section>,
    /// By edition and folder.
    by_id: Vec<HashMap<String, SectionId>>,
    paths: EditionPaths,
}

/// The folders of one edition that are sections, with their files.
type Folders = BTreeMap<String, Option<SectionFile>>;

impl Tree {
    /// Creates a section for every folder with an `_index.md`, and for every top-level folder with a public article:
    /// the name of a folder with only unpublished stories could reveal them.
    pub(super) fn new(
        files: Vec<SectionFile>,
        first_pass: &FirstPass,
        config: &Config,
        languages: &Languages,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Tree {
        let paths = config.edition_paths();
        let mut editions = folders(files, first_pass, config, languages, &paths);
        let mut tree = Tree { sections: Vec::new(), by_id: Vec::new(), paths };
        let main: BTreeMap<String, SectionFront> = if config.has_editions() {
            let files = editions[0].iter().filter_map(|(id, file)| Some((id.clone(), file.as_ref()?.front.clone())));
            files.collect()
        } else {
            BTreeMap::new()
        };
        for (of, folders) in config.editions().zip(editions.drain(..)) {
            tree.by_id.push(HashMap::default());
            let front = |id: &str, file: &Option<SectionFile>| {
                file.as_ref().map(|file| file.front.clone()).or_else(|| main.get(id).cloned())
            };
            let titled = folders.into_iter().map(|(id, file)| {
                let front = front(&id, &file);
                (title(&id, front.as_ref()), id, file, front)
            });
            let mut ordered: Vec<(String, String, Option<SectionFile>, Option<SectionFront>)> = titled.collect();
            Collation::of(&of.language).sort_by_name(&mut ordered, |(title, id, ..)| (title, id));
            ordered.sort_by_key(|(_, id, _, front)| {
                (id.matches('/').count(), front.as_ref().map_or(0, |front| front.weight))
            });
            for (_, id, file, front) in ordered {
                tree.add(id, file, front.as_ref(), of, languages, diagnostics);
            }
        }
        tree
    }

    fn add(
        &mut self,
        id: String,
        file: Option<SectionFile>,
        front: Option<&SectionFront>,
        config: &Config,
        languages: &Languages,
        diagnostics: &mut Vec<Diagnostic>,
    ) {
        let edition = config.edition.id;
        let parent = self.nearest(edition, &id);
        let above = parent.map(|parent| &self.sections[parent.0 as usize]);
        let below = above.map_or(id.as_str(), |above| &id[above.id.len() + 1..]);
        let folders = below.split('/').map(|folder| slugify(folder, config.slugs)).collect::<Vec<_>>();
        let written = front.and_then(|front| front.slug.clone());
        let slug = if written.is_none() && folders.iter().any(String::is_empty) {
            diagnostics.push(empty_slug(&id, file.as_ref()));
            format!("-{}", self.sections.len())
        } else {
            let slug = written.unwrap_or_else(|| folders.join("/"));
            if let Some(why) = slug.split('/').find_map(|folder| check_slug(folder).err()) {
                diagnostics.push(bad_slug(&id, file.as_ref(), &slug, &why));
                format!("-{}", self.sections.len())
            } else {
                slug
            }
        };
        let path = above.map_or_else(|| slug.clone(), |above| format!("{}/{slug}", above.path));
        let own = front.and_then(|front| Permalink::parse(front.permalink.as_deref()?).ok());
        let permalink = own.or_else(|| above?.permalink.clone());
        let title = title(&id, front);
        let written = file.as_ref().and_then(|file| file.front.language.as_deref());
        let language = written.map_or_else(|| config.language.clone(), |tag| languages.of(Some(tag)));
        self.by_id[usize::from(edition.0)].insert(id.clone(), SectionId(self.sections.len() as u32));
        let stories = Vec::new();
        self.sections.push(Section { id, edition, path, permalink, title, language, parent, file, stories });
    }

    /// The pattern of a story's URL, if it is not the site's.
    pub(super) fn permalink_of(&self, edition: EditionId, source: &str) -> Option<Permalink> {
        self.sections.get(self.nearest_of(edition, source)?.0 as usize)?.permalink.clone()
    }

    /// Returns the nearest section above a path below `content/`.
    fn nearest(&self, edition: EditionId, path: &str) -> Option<SectionId> {
        let by_id = self.by_id.get(usize::from(edition.0))?;
        let mut folder = path;
        while let Some((above, _)) = folder.rsplit_once('/') {
            if let Some(&section) = by_id.get(above) {
                return Some(section);
            }
            folder = above;
        }
        None
    }

    /// Returns the nearest section above an article's file, or above its folder for `name/index.md`.
    fn nearest_of(&self, edition: EditionId, source: &str) -> Option<SectionId> {
        if self.paths.are_several() {
            return self.nearest(edition, in_sections(&without_edition(source, &self.paths)));
        }
        self.nearest(edition, in_sections(source))
    }

    /// Returns the section of an article; an article outside every folder has none, which is an error.
    pub(super) fn of_article(
        &self,
        edition: EditionId,
        article: &Article,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Option<SectionId> {
        let below = below_content(&article.source).unwrap_or(&article.source);
        let section = self.nearest_of(edition, &article.source);
        if section.is_none() {
            let message = "the article is not in a section";
            let is_index = below.split_once('/').is_some_and(|(_, name)| name == "index.md");
            let hint = if is_index {
                "a section's own text goes in `_index.md`; `index.md` is an article in its own folder"
            } else {
                NO_SECTION_HINT
            };
            diagnostics.push(Diagnostic::new(Code::NoSection, &*article.source, message).hint(hint));
        }
        section
    }

    /// Returns the URL path of the section of a source that is not public, even if no public article makes a section of
    /// the folder; `None` outside every folder.
    pub(super) fn path_of(&self, edition: EditionId, source: &str, slugs: SlugStyle) -> Option<String> {
        match self.nearest_of(edition, source) {
            Some(SectionId(at)) => Some(self.sections[at as usize].path.clone()),
            None => top_folder(&without_edition(source, &self.paths))
                .map(|top| slugify(top, slugs))
                .filter(|path| !path.is_empty()),
        }
    }

    /// Gives every section its stories, and every story the neighbours in its section.
    pub(super) fn fill(mut self, articles: &mut [Story]) -> Vec<Section> {
        let mut newest: Vec<Option<ArticleId>> = vec![None; self.sections.len()];
        for at in 0..articles.len() {
            if !articles[at].is_listed() {
                continue;
            }
            let id = ArticleId(at as u32);
            let own = articles[at].section;
            let mut section = Some(own);
            while let Some(SectionId(index)) = section {
                self.sections[index as usize].stories.push(id);
                section = self.sections[index as usize].parent;
            }
            let older = newest[own.0 as usize].replace(id);
            articles[at].older = older;
            if let Some(ArticleId(older)) = older {
                articles[older as usize].newer = Some(id);
            }
        }
        self.sections.iter_mut().for_each(|section| section.stories.shrink_to_fit());
        self.sections
    }
}

/// The path of an article's file below `content/`, or that of its folder for `name/index.md`.
fn in_sections(source: &str) -> &str {
    let below = below_content(source).unwrap_or(source);
    below.strip_suffix("/index.md").unwrap_or(below)
}

/// The folders of each edition that are sections. Beside its own files, an edition has the sections of the main one in
/// which it has stories.
fn folders(
    files: Vec<SectionFile>,
    first_pass: &FirstPass,
    config: &Config,
    languages: &Languages,
    paths: &EditionPaths,
) -> Vec<Folders> {
    let mut editions: Vec<Folders> = config.editions().map(|_| Folders::new()).collect();
    editions[0].extend(first_pass.folders.iter().map(|top| (top.clone(), None)));
    let mut mains: Vec<String> = Vec::new();
    let mut own: Vec<(usize, String, SectionFile)> = Vec::new();
    for file in files {
        let edition = usize::from(languages.edition(file.front.language.as_deref()).0);
        let path = without_edition(&file.source, paths);
        let below = below_content(&path).unwrap_or(&path);
        let folder = below.strip_suffix("/_index.md").unwrap_or(below).to_owned();
        mains.extend((edition == 0).then(|| folder.clone()));
        own.push((edition, folder, file));
    }
    for (language, source) in &first_pass.elsewhere {
        let edition = usize::from(languages.edition(Some(language)).0);
        let path = without_edition(source, paths);
        let Some(folders) = editions.get_mut(edition) else { continue };
        folders.extend(top_folder(&path).map(|top| (top.to_owned(), None)));
        if edition > 0 {
            let inside = in_sections(&path);
            let holds =
                |folder: &&String| inside.strip_prefix(folder.as_str()).is_some_and(|rest| rest.starts_with('/'));
            folders.extend(mains.iter().filter(holds).map(|folder| (folder.clone(), None)));
        }
    }
    for (edition, folder, file) in own {
        editions[edition].insert(folder, Some(file));
    }
    editions
}

fn empty_slug(id: &str, file: Option<&SectionFile>) -> Diagnostic {
    let path = file.map_or_else(|| in_content(id), |file| file.source.clone());
    let message = format!("no slug can be made from the folder name `{}`", id.escape_debug());
    Diagnostic::new(Code::EmptySlug, path, message).hint("rename the folder or set `slug:` in its _index.md")
}

fn bad_slug(id: &str, file: Option<&SectionFile>, slug: &str, why: &RouteError) -> Diagnostic {
    let path = file.map_or_else(|| in_content(id), |file| file.source.clone());
    let message = format!("`{slug}`, made from the folder's name, is not a valid slug: {why}");
    Diagnostic::new(Code::BadSlug, path, message).hint("rename the folder or set `slug:` in its _index.md")
}

fn title(id: &str, front: Option<&SectionFront>) -> String {
    let named = front.and_then(|front| front.title.as_deref()).map(str::trim).filter(|title| !title.is_empty());
    named.map_or_else(|| readable(id.rsplit('/').next().unwrap_or(id)), str::to_owned)
}

/// Turns a folder's name into a heading: `world-affairs` becomes `World affairs`.
pub(super) fn readable(name: &str) -> String {
    capitalized(&name.replace(['-', '_'], " "))
}
