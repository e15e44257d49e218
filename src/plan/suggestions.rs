//! Suggests what a reference without a target may have meant: a source, a file or a page that exists.

use percent_encoding::percent_decode_str;

use crate::content_path::{CONTENT, dated_name, folder_and_name, stem};
use crate::diagnostic::nearest;
use crate::media::picture_type;
use crate::site::Site;
use crate::source;

use super::Plan;

/// The maximum number of pictures to name when none has a similar name.
const MAX_NAMED: usize = 4;

impl Plan {
    /// Suggests a target for a reference in the file `from`, never that file or its own page.
    pub fn suggestion(&self, site: &Site, from: &str, reference: &str) -> Option<String> {
        let path = &reference[..reference.find(['?', '#']).unwrap_or(reference.len())];
        let path = percent_decode_str(path).decode_utf8_lossy();
        let source = source::resolve(from, &path)?;
        let last = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        let extension = last.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
        let found = match extension.as_deref() {
            Some("md") => {
                let story = Stories::new(site, from, &source);
                story.same().or_else(|| story.near())
            }
            Some("html" | "htm" | "php") | None => {
                let page = || self.page_near(site, from, &path).filter(|_| path.starts_with('/'));
                let story = Stories::new(site, from, &source);
                story.same().or_else(page).or_else(|| story.near())
            }
            Some(_) => {
                let files = || site.files.iter().map(|file| file.source.as_str());
                let found = nearest_by_name(last, files).map(|found| written_from(from, found));
                return match found {
                    Some(found) => Some(format!("did you mean `{found}`?")),
                    None => picture_type(&path).and_then(|_| pictures_beside(site, from, &source)),
                };
            }
        };
        found.map(|found| format!("did you mean `{found}`?"))
    }

    /// The page with a similar URL.
    fn page_near(&self, site: &Site, from: &str, path: &str) -> Option<String> {
        let found = nearest(path.trim_start_matches('/'), self.paths())?;
        let is_own = self.output_at(found).map(|output| &output.route) == self.route_of_source(from, site);
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

/// The articles, pages and authors that a reference to a story may mean.
struct Stories<'a> {
    site: &'a Site,
    from: &'a str,
    /// The path that the reference leads to, without an extension.
    stem: String,
    /// The name in it.
    name: String,
}

impl<'a> Stories<'a> {
    fn new(site: &'a Site, from: &'a str, source: &str) -> Stories<'a> {
        let source = source.trim_end_matches('/');
        let ends = ["/_index.md", ".html", ".htm", ".php"];
        let source = ends.iter().find_map(|end| source.strip_suffix(end)).unwrap_or(source);
        Stories { site, from, stem: stem(source).to_owned(), name: name_of(source) }
    }

    fn sources(&self) -> impl Iterator<Item = &'a str> {
        let Stories { site, from, .. } = *self;
        let articles = site.articles.iter().map(|story| &*story.article.source);
        let pages = site.pages.iter().map(|page| page.page.source.as_str());
        let authors = site.authors.iter().map(|person| person.author.source.as_str());
        articles.chain(pages).chain(authors).filter(move |source| *source != from)
    }

    /// The one at this place or with this name: people remember a name rather than the folder, date and extension.
    fn same(&self) -> Option<String> {
        let at_place = self.sources().find(|found| stem(found) == self.stem);
        let found = at_place.or_else(|| self.sources().find(|found| name_of(found) == self.name));
        found.map(|found| written_from(self.from, found))
    }

    /// The one with a similar name.
    fn near(&self) -> Option<String> {
        let names: Vec<(String, &str)> = self.sources().map(|found| (name_of(found), found)).collect();
        let near = nearest(&self.name, names.iter().map(|(name, _)| name.as_str()))?;
        names.iter().find(|(name, _)| name == near).map(|(_, found)| written_from(self.from, found))
    }
}

/// The name of a story, without folder, date and extension.
fn name_of(source: &str) -> String {
    dated_name(folder_and_name(source).1).1.to_lowercase()
}

/// The file with this name or a similar one.
fn nearest_by_name<'s, I: Iterator<Item = &'s str>>(name: &str, sources: impl Fn() -> I) -> Option<&'s str> {
    let file_name = |source: &'s str| source.rsplit('/').next().unwrap_or(source);
    let is_same = |source: &&'s str| file_name(source).to_lowercase() == name.to_lowercase();
    if let Some(same) = sources().find(is_same) {
        return Some(same);
    }
    let stem = |name: &'s str| name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let found =
        nearest(name.rsplit_once('.').map_or(name, |(stem, _)| stem), sources().map(|source| stem(file_name(source))))?;
    sources().find(|source| stem(file_name(source)) == found)
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
