//! Suggests what a reference without a target may have meant: a source, a file or a page that exists.

use ahash::HashMap;
use percent_encoding::percent_decode_str;

use crate::content_path::{CONTENT, dated_name, folder_and_name, stem};
use crate::media::picture_type;
use crate::similar_names::SimilarNames;
use crate::site::Site;
use crate::source;

use super::Plan;

/// The maximum number of pictures to name when none has a similar name.
const MAX_NAMED: usize = 4;

impl Plan {
    /// Suggests a target for a reference in the file `from`, never that file or its own page.
    pub fn suggestion(&self, site: &Site, from: &str, reference: &str) -> Option<String> {
        let targets = self.suggestions.get_or_init(|| SuggestedTargets::new(self, site));
        let path = &reference[..reference.find(['?', '#']).unwrap_or(reference.len())];
        let path = percent_decode_str(path).decode_utf8_lossy();
        let source = source::resolve(from, &path)?;
        let last = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        let extension = last.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
        let found = match extension.as_deref() {
            Some("md") => targets.same_story(from, &source).or_else(|| targets.similar_story(from, &source)),
            Some("html" | "htm" | "php") | None => {
                let page = || self.page_near(targets, site, from, &path).filter(|_| path.starts_with('/'));
                targets.same_story(from, &source).or_else(page).or_else(|| targets.similar_story(from, &source))
            }
            Some(_) => match targets.file(last) {
                Some(found) => Some(written_from(from, found)),
                None => return picture_type(&path).and_then(|_| pictures_beside(site, from, &source)),
            },
        };
        found.map(|found| format!("did you mean `{found}`?"))
    }

    /// The page with a similar URL.
    fn page_near(&self, targets: &SuggestedTargets, site: &Site, from: &str, path: &str) -> Option<String> {
        let own = self.route_of_source(from, site);
        let (found, _) = targets.pages.nearest(path.trim_start_matches('/'), |_| true)?;
        let is_own = self.output_at(found).map(|output| &output.route) == own;
        (!is_own).then(|| format!("/{found}"))
    }
}

/// A reference to a source as people would write it in the file `from`: its name if both are in one folder, or its path
/// from `content/` on.
fn written_from(from: &str, found: &str) -> String {
    let folder = |path: &str| path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
    if folder(from) == folder(found) {
        return found.rsplit('/').next().unwrap_or(found).to_owned();
    }
    // Static files are at the top of the site.
    let below = found.strip_prefix(CONTENT).unwrap_or(found);
    below.strip_prefix("/static").filter(|below| below.starts_with('/')).unwrap_or(below).to_owned()
}

/// The targets that references may mean. They are collected for the first broken one.
#[derive(Debug, Clone)]
pub(super) struct SuggestedTargets {
    /// The sources of articles, pages and authors.
    stories: Vec<Box<str>>,
    /// The places of stories by their paths without extensions.
    by_path: HashMap<Box<str>, Vec<u32>>,
    /// The places of stories by their names, of which people remember more than of folders, dates and extensions.
    by_name: HashMap<Box<str>, Vec<u32>>,
    story_names: SimilarNames<u32>,
    /// The URL paths of all outputs.
    pages: SimilarNames<()>,
    files: Vec<Box<str>>,
    /// The first file of each name.
    by_file_name: HashMap<Box<str>, u32>,
    /// The names of files without extensions.
    file_names: SimilarNames<u32>,
}

impl SuggestedTargets {
    fn new(plan: &Plan, site: &Site) -> SuggestedTargets {
        let articles = site.articles.iter().map(|story| &*story.article.source);
        let pages = site.pages.iter().map(|page| page.page.source.as_str());
        let authors = site.authors.iter().map(|person| person.author.source.as_str());
        let stories: Vec<Box<str>> = articles.chain(pages).chain(authors).map(Box::from).collect();
        let mut by_path: HashMap<Box<str>, Vec<u32>> = HashMap::default();
        let mut by_name: HashMap<Box<str>, Vec<u32>> = HashMap::default();
        for (source, at) in stories.iter().zip(0..) {
            by_path.entry(stem(source).into()).or_default().push(at);
            by_name.entry(name_of(source).into()).or_default().push(at);
        }
        let files: Vec<Box<str>> = site.files.iter().map(|file| Box::from(file.source.as_str())).collect();
        let mut by_file_name = HashMap::default();
        for (source, at) in files.iter().zip(0..) {
            by_file_name.entry(file_name(source).to_lowercase().into()).or_insert(at);
        }
        SuggestedTargets {
            story_names: SimilarNames::new(stories.iter().map(|source| name_of(source)).zip(0..)),
            pages: SimilarNames::new(plan.paths().map(|path| (path, ()))),
            file_names: SimilarNames::new(files.iter().map(|source| without_extension(file_name(source))).zip(0..)),
            stories,
            by_path,
            by_name,
            files,
            by_file_name,
        }
    }

    /// The first of these stories that is not the file itself, as written there.
    fn first(&self, from: &str, places: Option<&Vec<u32>>) -> Option<String> {
        let mut sources = places?.iter().map(|&at| &*self.stories[at as usize]);
        sources.find(|source| *source != from).map(|found| written_from(from, found))
    }

    /// The story at the place to which a reference leads, or with its name.
    fn same_story(&self, from: &str, source: &str) -> Option<String> {
        let path = page_path(source);
        let at_place = self.first(from, self.by_path.get(stem(path)));
        at_place.or_else(|| self.first(from, self.by_name.get(name_of(path).as_str())))
    }

    /// The story with a similar name.
    fn similar_story(&self, from: &str, source: &str) -> Option<String> {
        let is_other = |&at: &u32| *self.stories[at as usize] != *from;
        let (_, &found) = self.story_names.nearest(&name_of(page_path(source)), is_other)?;
        Some(written_from(from, &self.stories[found as usize]))
    }

    /// The file with this name or a similar one.
    fn file(&self, name: &str) -> Option<&str> {
        let same = self.by_file_name.get(name.to_lowercase().as_str());
        let near = || self.file_names.nearest(without_extension(name), |_| true).map(|(_, at)| at);
        same.or_else(near).map(|&at| &*self.files[at as usize])
    }
}

/// The path of a page as that of a source: `crane` for `crane/`, `crane.html` and `crane/_index.md`.
fn page_path(source: &str) -> &str {
    let source = source.trim_end_matches('/');
    let ends = ["/_index.md", ".html", ".htm", ".php"];
    ends.iter().find_map(|end| source.strip_suffix(end)).unwrap_or(source)
}

/// The name of a story, without folder, date and extension.
fn name_of(source: &str) -> String {
    dated_name(folder_and_name(source).1).1.to_lowercase()
}

fn file_name(source: &str) -> &str {
    source.rsplit('/').next().unwrap_or(source)
}

fn without_extension(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// The pictures in the folder where a picture was expected, if they are few.
fn pictures_beside(site: &Site, from: &str, source: &str) -> Option<String> {
    let (folder, _) = source.rsplit_once('/')?;
    let is_beside = |path: &str| path.rsplit_once('/').is_some_and(|(of, _)| of == folder);
    let files = site.files.iter().map(|file| file.source.as_str());
    let pictures = files.filter(|path| is_beside(path) && picture_type(path).is_some());
    let names: Vec<String> =
        pictures.map(|path| format!("`{}`", written_from(from, path))).take(MAX_NAMED + 1).collect();
    match names.as_slice() {
        [] => None,
        [only] => Some(format!("the only picture there is {only}")),
        [first @ .., last] if names.len() <= MAX_NAMED => {
            Some(format!("the pictures there are {} and {last}", first.join(", ")))
        }
        _ => None,
    }
}
