//! Decides which files of the project are published: those that public pages refer to, and those in `publish:`.

use std::borrow::Cow;
use std::sync::atomic::{AtomicBool, Ordering};

use ahash::HashMap;
use percent_encoding::percent_decode_str;
use rayon::prelude::*;

use crate::article::SectionFile;
use crate::config::{self, Config, HtmlPolicy};
use crate::content_path::{FRONT_PAGE, below_content};
use crate::diagnostic::{Code, Diagnostic};
use crate::route::{Route, scheme};
use crate::site::{References, Site};
use crate::source::{self, PublishPattern, Unwanted, unwanted};
use crate::unicode::composed;

use super::Plan;

/// A file of the project that is not published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnpublishedFile {
    /// Its place in [`Site::files`].
    pub file: usize,
    /// The path that it would have below the site's root.
    pub path: String,
    /// The reason to leave it out even if its folder is published; `None` if only a reference is missing.
    pub unwanted: Option<Unwanted>,
}

/// The files that are not published. `paths` are the files' paths if published, `articles` the routes of the articles.
pub(super) fn unpublished(
    site: &Site,
    config: &Config,
    theme_files: &[String],
    (plan, articles): (&Plan, &[Route]),
    paths: &[String],
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<UnpublishedFile> {
    let candidates = Candidates::new(site, config, paths);
    if !candidates.by_source.is_empty() {
        let stories = site.articles.par_iter().zip(articles);
        stories.for_each(|(story, route)| candidates.add(&References::of_article(&story.article), Some(route)));
        let pages = site.pages.iter().zip(&plan.pages);
        pages.for_each(|(standalone, route)| candidates.add(&References::of_page(&standalone.page), Some(route)));
        others(site, config).for_each(|references| candidates.add(&references, None));
        for ways in theme_files {
            // A longer reading of a name takes precedence over its parts.
            let found = ways.split('\t').find_map(|way| candidates.file(FRONT_PAGE, None, way));
            found.into_iter().for_each(|file| candidates.publish(file));
        }
    }
    let stories = site.articles.iter().filter(|story| !story.article.front.rare().publish.0.is_empty());
    let stories = stories.map(|story| References::of_article(&story.article));
    let pages = site.pages.iter().map(|standalone| References::of_page(&standalone.page));
    let all = stories.chain(pages).chain(others(site, config)).filter(|references| !references.patterns.is_empty());
    let patterns: Vec<References<'_>> = all.collect();
    if !patterns.is_empty() {
        let names = FileNames::new(site);
        for references in patterns {
            let written = references.patterns.iter();
            diagnostics
                .extend(written.filter_map(|written| candidates.add_pattern(&names, references.source, written)));
        }
    }
    candidates.unpublished(paths)
}

/// The references of everything but articles and standalone pages.
fn others<'a>(site: &'a Site, config: &'a Config) -> impl Iterator<Item = References<'a>> {
    let sections = site.sections.iter().filter_map(|section| section.file.as_ref()).chain(site.front_files());
    let authors = site.author_files().map(|(_, person)| References::of_author(&person.author));
    sections
        .map(|file: &SectionFile| References::of_section(file))
        .chain(authors)
        .chain([References::of_config(config)])
}

/// All files, and which of them are published. Those in `content/static/` are, except backups and hidden files.
struct Candidates<'a> {
    config: &'a Config,
    /// The files to decide on, by their paths below the project's folder in Unicode's form C.
    by_source: HashMap<Cow<'a, str>, usize>,
    /// The same by their paths if published.
    by_path: HashMap<Cow<'a, str>, usize>,
    is_published: Vec<AtomicBool>,
    unwanted: Vec<Option<Unwanted>>,
}

impl<'a> Candidates<'a> {
    fn new(site: &'a Site, config: &'a Config, paths: &'a [String]) -> Candidates<'a> {
        let unwanted: Vec<_> = site.files.par_iter().map(|file| unwanted(&file.source)).collect();
        let is_copied = |at: &usize| site.files[*at].is_static && unwanted[*at].is_none();
        let in_question: Vec<usize> = (0..site.files.len()).filter(|at| !is_copied(at)).collect();
        Candidates {
            config,
            by_source: in_question.iter().map(|&at| (composed(&site.files[at].source), at)).collect(),
            by_path: in_question.iter().map(|&at| (composed(&paths[at]), at)).collect(),
            is_published: (0..site.files.len()).map(|at| AtomicBool::new(is_copied(&at))).collect(),
            unwanted,
        }
    }

    fn publish(&self, file: usize) {
        self.is_published[file].store(true, Ordering::Relaxed);
    }

    /// Publishes the files that a text refers to; `page` is its page.
    fn add(&self, references: &References<'_>, page: Option<&Route>) {
        let files = references.written.iter().filter_map(|written| self.file(references.source, page, written));
        files.for_each(|file| self.publish(file));
    }

    /// The file that a reference in the source `from` points to, as [`Plan::resolve`] finds it. If raw HTML is trusted,
    /// references are also read from the page, as browsers do.
    fn file(&self, from: &str, page: Option<&Route>, written: &str) -> Option<usize> {
        let written = composed(self.on_this_site(written.trim())?);
        let path = &written[..written.find(['?', '#']).unwrap_or(written.len())];
        let decoded = percent_decode_str(path).decode_utf8().unwrap_or(Cow::Borrowed(path));
        let decoded = composed(&decoded);
        // A name may contain characters that have a meaning in URLs.
        [&*written, path, &*decoded].into_iter().find_map(|way| self.at(from, page, way))
    }

    /// A reference without this site's origin; `None` if it leads to another site.
    fn on_this_site<'r>(&self, reference: &'r str) -> Option<&'r str> {
        let origin = self.config.base_url.origin();
        let host = origin.find("//").map_or(origin, |at| &origin[at..]);
        let is_here = |start: &str| reference.get(..start.len()).is_some_and(|own| own.eq_ignore_ascii_case(start));
        match [origin, host].into_iter().find(|start| is_here(start)) {
            Some(start) => reference.get(start.len()..).filter(|path| path.starts_with('/')),
            None if scheme(reference).is_some() || reference.starts_with("//") => None,
            None => Some(reference).filter(|path| !path.is_empty() && !path.starts_with('#')),
        }
    }

    fn at(&self, from: &str, page: Option<&Route>, path: &str) -> Option<usize> {
        if let Some(&file) = source::resolve(from, path).and_then(|source| self.by_source.get(source.as_str())) {
            return Some(file);
        }
        let published = |path: &str| self.by_path.get(path).copied();
        if path.starts_with('/') {
            let below = path.strip_prefix(self.config.base_url.prefix());
            return published(path.trim_start_matches('/')).or_else(|| published(below?));
        }
        let page = page.filter(|_| self.config.html == HtmlPolicy::Trusted)?.path();
        published(&source::join(&page[..page.rfind('/').unwrap_or(0)], path)?)
    }

    /// Publishes the files that match a pattern of `publish:`, and warns if there are none.
    fn add_pattern(&self, names: &FileNames<'_>, from: &str, written: &str) -> Option<Diagnostic> {
        let shown = written.escape_debug();
        let pattern = match PublishPattern::parse(from, written) {
            Ok(pattern) => pattern,
            // In front matter it was reported when the file was read.
            Err(_) if from != config::FILE => return None,
            Err(why) => {
                let problem =
                    Diagnostic::new(Code::BadConfig, from, format!("`{shown}` is not a valid file pattern: {why}"));
                return Some(problem.in_key("publish", written).hint(FORMS));
            }
        };
        let mut left_out = None;
        let mut is_met = false;
        for &(ref name, file, is_static) in names.below(pattern.base()).filter(|(name, ..)| pattern.names(name)) {
            // An unwanted file in `content/static/` is published if its full name is given.
            if self.unwanted[file].is_none() || (is_static && pattern.is_path_of(name)) {
                self.publish(file);
                is_met = true;
            } else {
                left_out = Some(&**name);
            }
        }
        if is_met || names.hidden.iter().any(|name| pattern.names(name)) {
            return None;
        }
        let hint = match left_out {
            Some(name) => format!("`{name}` looks like a backup or hidden file, so it is not published; rename it"),
            None if from == config::FILE && below_content(written).is_some() => {
                "patterns start inside content/: remove `content/` from the beginning".to_owned()
            }
            None => FORMS.to_owned(),
        };
        let warning = Diagnostic::new(Code::UnmatchedPublish, from, format!("no file matches `{shown}`"));
        Some(warning.in_key("publish", written).hint(hint))
    }

    fn unpublished(self, paths: &[String]) -> Vec<UnpublishedFile> {
        let files = self.is_published.into_iter().zip(self.unwanted).enumerate();
        let left_out = files.filter(|(_, (is_published, _))| !is_published.load(Ordering::Relaxed));
        left_out.map(|(file, (_, unwanted))| UnpublishedFile { file, path: paths[file].clone(), unwanted }).collect()
    }
}

/// The hint on writing patterns.
const FORMS: &str = "a path or a pattern such as data/*.csv, relative to the file that lists it, or to content/ with a \
                     leading slash";

/// The names of all files, for patterns.
struct FileNames<'a> {
    /// Paths below the project's folder in Unicode's form C and their order, the file's place, and whether it lies in
    /// `content/static/`.
    files: Vec<(Cow<'a, str>, usize, bool)>,
    /// Files of stories that are not public.
    hidden: Vec<Cow<'a, str>>,
}

impl<'a> FileNames<'a> {
    fn new(site: &'a Site) -> FileNames<'a> {
        let files = site.files.iter().enumerate();
        let mut files: Vec<_> = files.map(|(at, file)| (composed(&file.source), at, file.is_static)).collect();
        files.par_sort_unstable();
        let hidden = site.hidden.keys().filter(|source| !source.ends_with(".md"));
        FileNames { files, hidden: hidden.map(|source| composed(source)).collect() }
    }

    /// The files whose paths begin with a folder or are it.
    fn below(&self, base: &str) -> impl Iterator<Item = &(Cow<'a, str>, usize, bool)> {
        let first = self.files.partition_point(|(name, ..)| **name < *base);
        self.files[first..].iter().take_while(move |(name, ..)| name.starts_with(base))
    }
}
