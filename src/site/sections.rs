//! The tree of sections, and the section of each article.

use std::collections::{BTreeMap, BTreeSet};

use ahash::HashMap;

use crate::article::{Article, SectionFile};
use crate::config::{Config, Permalink};
use crate::content_path::{below_content, in_content, top_folder};
use crate::diagnostic::{Code, Diagnostic};
use crate::language::{Collation, Language, capitalized};
use crate::route::{RouteError, SlugStyle, check_slug, slugify};

use super::{ArticleId, Languages, SectionId, Story};

/// A folder of stories with its own front.
#[derive(Debug, Clone)]
pub struct Section {
    /// The folder below `content/`: `world/asia`.
    pub id: String,
    /// The URL path below the site's root, without slashes at the ends.
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
    by_id: HashMap<String, SectionId>,
}

impl Tree {
    /// Creates a section for every folder with an `_index.md`, and for every top-level folder with a public article:
    /// the name of a folder with only unpublished stories could reveal them.
    pub(super) fn new(
        files: Vec<SectionFile>,
        tops: &BTreeSet<String>,
        config: &Config,
        languages: &Languages,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Tree {
        let tops = tops.iter().map(|top| (top.clone(), None));
        let mut folders: BTreeMap<String, Option<SectionFile>> = tops.collect();
        for file in files {
            let below = below_content(&file.source).unwrap_or(&file.source);
            let folder = below.strip_suffix("/_index.md").unwrap_or(below).to_owned();
            folders.insert(folder, Some(file));
        }
        let mut tree = Tree { sections: Vec::new(), by_id: HashMap::default() };
        let titled = folders.into_iter().map(|(id, file)| (title(&id, file.as_ref()), id, file));
        let mut ordered: Vec<(String, String, Option<SectionFile>)> = titled.collect();
        Collation::of(&config.language).sort_by_name(&mut ordered, |(title, id, _)| (title, id));
        ordered.sort_by_key(|(_, id, file)| {
            let weight = file.as_ref().map_or(0, |file| file.front.weight);
            (id.matches('/').count(), weight)
        });
        for (_, id, file) in ordered {
            tree.add(id, file, config, languages, diagnostics);
        }
        tree
    }

    fn add(
        &mut self,
        id: String,
        file: Option<SectionFile>,
        config: &Config,
        languages: &Languages,
        diagnostics: &mut Vec<Diagnostic>,
    ) {
        let parent = self.nearest(&id);
        let above = parent.map(|parent| &self.sections[parent.0 as usize]);
        let below = above.map_or(id.as_str(), |above| &id[above.id.len() + 1..]);
        let folders = below.split('/').map(|folder| slugify(folder, config.slugs)).collect::<Vec<_>>();
        let written = file.as_ref().and_then(|file| file.front.slug.clone());
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
        let own = file.as_ref().and_then(|file| Permalink::parse(file.front.permalink.as_deref()?).ok());
        let permalink = own.or_else(|| above?.permalink.clone());
        let title = title(&id, file.as_ref());
        let language = languages.of(file.as_ref().and_then(|file| file.front.language.as_deref()));
        self.by_id.insert(id.clone(), SectionId(self.sections.len() as u32));
        self.sections.push(Section { id, path, permalink, title, language, parent, file, stories: Vec::new() });
    }

    /// The pattern of a story's URL, if it is not the site's.
    pub(super) fn permalink_of(&self, source: &str) -> Option<Permalink> {
        self.sections.get(self.nearest_of(source)?.0 as usize)?.permalink.clone()
    }

    /// Returns the nearest section above a path below `content/`.
    fn nearest(&self, path: &str) -> Option<SectionId> {
        let mut folder = path;
        while let Some((above, _)) = folder.rsplit_once('/') {
            if let Some(&section) = self.by_id.get(above) {
                return Some(section);
            }
            folder = above;
        }
        None
    }

    /// Returns the nearest section above an article's file, or above its folder for `name/index.md`.
    fn nearest_of(&self, source: &str) -> Option<SectionId> {
        let below = below_content(source).unwrap_or(source);
        self.nearest(below.strip_suffix("/index.md").unwrap_or(below))
    }

    /// Returns the section of an article; an article outside every folder has none, which is an error.
    pub(super) fn of_article(&self, article: &Article, diagnostics: &mut Vec<Diagnostic>) -> Option<SectionId> {
        let below = below_content(&article.source).unwrap_or(&article.source);
        let section = self.nearest_of(&article.source);
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
    pub(super) fn path_of(&self, source: &str, slugs: SlugStyle) -> Option<String> {
        match self.nearest_of(source) {
            Some(SectionId(at)) => Some(self.sections[at as usize].path.clone()),
            None => top_folder(source).map(|top| slugify(top, slugs)).filter(|path| !path.is_empty()),
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

fn title(id: &str, file: Option<&SectionFile>) -> String {
    let named = file.and_then(|file| file.front.title.as_deref()).map(str::trim).filter(|title| !title.is_empty());
    named.map_or_else(|| readable(id.rsplit('/').next().unwrap_or(id)), str::to_owned)
}

/// Turns a folder's name into a heading: `world-affairs` becomes `World affairs`.
pub(super) fn readable(name: &str) -> String {
    capitalized(&name.replace(['-', '_'], " "))
}
