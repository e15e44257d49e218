//! Records in the output folder which files Presswork wrote, so that files of others are never touched.

use std::cmp::Ordering;
use std::fs;
use std::io::{self, Write};
use std::path::Path;

use rayon::prelude::*;
use xxhash_rust::xxh3::Xxh3;

use crate::route::Route;

/// The file's name in the output folder. It is there and not in the project so that it moves with the files, and a lost
/// cache never makes them look like files of others.
pub const FILE: &str = ".presswork-manifest";
/// The start and end of the first line; between them is the hash of the other lines.
const BEGINNING: &str = "presswork 3";
/// The start in earlier versions, which did not mark stories.
const EARLIER_BEGINNING: &str = "presswork 2";
const PREVIEW: &str = " preview";
/// The end of the line of a story or page. No route contains it.
const STORY: &str = "\tstory";
const END: &str = ": files below were written by Presswork and will be removed by it";

/// The routes that Presswork wrote to an output folder, as sorted lines, each once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Manifest {
    text: String,
    /// The lines of stories and pages. They are known without a ledger, so that no build removes them by accident.
    stories: String,
    is_preview: bool,
    is_damaged: bool,
}

impl Manifest {
    /// Creates a manifest of these routes.
    pub fn new<'r>(routes: impl Iterator<Item = &'r str>) -> Manifest {
        Manifest { text: sorted(routes), ..Manifest::default() }
    }

    /// Marks these routes, which are in the manifest, as those of stories and pages.
    #[must_use]
    pub fn with_stories<'r>(self, routes: impl Iterator<Item = &'r str>) -> Manifest {
        Manifest { stories: sorted(routes), ..self }
    }

    /// Marks the files as a preview.
    #[must_use]
    pub fn of_preview(self, is_preview: bool) -> Manifest {
        Manifest { is_preview, ..self }
    }

    /// True if the files are a preview.
    pub fn is_preview(&self) -> bool {
        self.is_preview
    }

    /// True if the files are a public site.
    pub fn is_published(&self) -> bool {
        !self.is_empty() && !self.is_preview
    }

    /// True if the file was changed after it was written: a line may be missing, and another may be a file of others.
    pub fn is_damaged(&self) -> bool {
        self.is_damaged
    }

    /// Marks the manifest as damaged, so that it is written again.
    #[must_use]
    pub fn of_damaged(self) -> Manifest {
        Manifest { is_damaged: true, ..self }
    }

    /// Reads the manifest of an output folder; a new folder has an empty one.
    ///
    /// # Errors
    /// When it exists and cannot be read.
    pub fn read(output: &Path) -> io::Result<Manifest> {
        let bytes = match fs::read(output.join(FILE)) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Manifest::default()),
            Err(error) => return Err(error),
        };
        let mut text =
            String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
        let is_preview = [BEGINNING, EARLIER_BEGINNING]
            .iter()
            .any(|start| text.strip_prefix(start).is_some_and(|rest| rest.starts_with(PREVIEW)));
        let Some(end) = text.find('\n') else {
            return Ok(Manifest::default().of_preview(is_preview).of_damaged());
        };
        let first: String = text.drain(..=end).collect();
        let is_whole = text.is_empty() || text.ends_with('\n');
        let manifest = match text.contains(STORY) {
            true => {
                let routes = text.lines().map(|line| line.strip_suffix(STORY).unwrap_or(line));
                let stories = text.lines().filter_map(|line| line.strip_suffix(STORY));
                Manifest { text: joined(routes), stories: joined(stories), is_preview, is_damaged: false }
            }
            false => Manifest { text, stories: String::new(), is_preview, is_damaged: false },
        };
        // The hash proves that these are the written lines, in order.
        let is_first = |beginning| first.trim_end_matches('\n') == manifest.first_line(beginning);
        if is_whole && (is_first(BEGINNING) || is_first(EARLIER_BEGINNING)) {
            return Ok(manifest);
        }
        let damaged = Manifest::new(manifest.text.lines()).with_stories(manifest.stories.lines());
        Ok(damaged.of_preview(is_preview).of_damaged())
    }

    fn first_line(&self, beginning: &str) -> String {
        let preview = if self.is_preview { PREVIEW } else { "" };
        format!("{beginning}{preview} {:032x}{END}", self.digest())
    }

    /// The routes of stories and pages, in order.
    pub fn stories(&self) -> impl Iterator<Item = &str> {
        self.stories.lines().filter(|line| Route::file(line).is_ok())
    }

    /// The routes, in order. Skips lines that are not routes, since they name no published file.
    pub fn routes(&self) -> impl Iterator<Item = &str> {
        self.text.lines().filter(|line| Route::file(line).is_ok())
    }

    /// The routes that are not in `other`, in order.
    pub fn without<'m>(&'m self, other: &Manifest) -> Vec<&'m str> {
        let mut others = other.text.lines().peekable();
        let mut is_other = |line: &str| {
            while others.next_if(|other| *other < line).is_some() {}
            others.next_if(|other| *other == line).is_some()
        };
        self.text.lines().filter(|line| !is_other(line) && Route::file(line).is_ok()).collect()
    }

    /// The hash of all routes, of which are stories, and of whether they are a preview.
    pub fn digest(&self) -> u128 {
        let mut hasher = Xxh3::with_seed(self.is_preview.into());
        hasher.update(self.text.as_bytes());
        if !self.stories.is_empty() {
            hasher.update(STORY.as_bytes());
            hasher.update(self.stories.as_bytes());
        }
        hasher.digest128()
    }

    /// True if there are no routes.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// True if the route is in the manifest.
    pub fn contains(&self, route: &str) -> bool {
        let (mut start, mut end) = (0, self.text.len());
        // Both bounds are always line ends.
        while start < end {
            let middle = self.text.floor_char_boundary(start + (end - start) / 2);
            let line = self.text[start..middle].rfind('\n').map_or(start, |at| start + at + 1);
            let line_end = self.text[line..end].find('\n').map_or(end, |at| line + at + 1);
            match self.text[line..line_end].trim_end_matches('\n').cmp(route) {
                Ordering::Less => start = line_end,
                Ordering::Equal => return true,
                Ordering::Greater => end = line,
            }
        }
        false
    }

    /// The routes of both manifests; public if either is.
    #[must_use]
    pub fn union(&self, other: &Manifest) -> Manifest {
        let is_published = self.is_published() || other.is_published();
        let (text, stories) = (merged(&self.text, &other.text), merged(&self.stories, &other.stories));
        Manifest { text, stories, is_preview: !is_published, is_damaged: false }
    }

    /// Writes the manifest to a new file, to be moved into place.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, path: &Path) -> io::Result<()> {
        let mut file = fs::File::create_new(path)?;
        let mut text = format!("{}\n", self.first_line(BEGINNING));
        text.reserve(self.text.len() + self.stories.lines().count() * STORY.len());
        let mut stories = self.stories.lines().peekable();
        for route in self.text.lines() {
            text.push_str(route);
            while stories.next_if(|story| *story < route).is_some() {}
            if stories.next_if(|story| *story == route).is_some() {
                text.push_str(STORY);
            }
            text.push('\n');
        }
        file.write_all(text.as_bytes())
    }
}

/// Routes as lines in order, each once.
fn sorted<'r>(routes: impl Iterator<Item = &'r str>) -> String {
    let mut routes: Vec<&str> = routes.collect();
    routes.par_sort_unstable();
    routes.dedup();
    let mut text = String::with_capacity(routes.iter().map(|route| route.len() + 1).sum());
    routes.into_iter().for_each(|route| add_line(&mut text, route));
    text
}

/// Routes as lines.
fn joined<'r>(routes: impl Iterator<Item = &'r str>) -> String {
    let mut text = String::new();
    routes.for_each(|route| add_line(&mut text, route));
    text
}

fn add_line(text: &mut String, route: &str) {
    text.push_str(route);
    text.push('\n');
}

/// The sorted lines of both texts, each once.
fn merged(one: &str, other: &str) -> String {
    let mut text = String::with_capacity(one.len() + other.len());
    let (mut ours, mut theirs) = (one.lines().peekable(), other.lines().peekable());
    loop {
        let order = match (ours.peek(), theirs.peek()) {
            (Some(one), Some(another)) => one.cmp(another),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => return text,
        };
        let one = if order.is_le() { ours.next() } else { None };
        let another = if order.is_ge() { theirs.next() } else { None };
        one.or(another).into_iter().for_each(|route| add_line(&mut text, route));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_is_found_and_no_other() {
        let routes = ["a", "a/b.html", "ab", "b", "c/d/e.html", "新闻/x.html", "z"];
        for count in 0..routes.len() {
            let manifest = Manifest::new(routes[..count].iter().copied());
            for (at, route) in routes.iter().enumerate() {
                assert_eq!(manifest.contains(route), at < count, "{route} of {count}");
            }
            assert!(!manifest.contains("") && !manifest.contains("a/") && !manifest.contains("zz"));
        }
    }

    #[test]
    fn damage_anywhere_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let manifest = Manifest::new(["a/b.html", "c.html", "新闻/x.html"].into_iter());
        let marked = manifest.clone().with_stories(["新闻/x.html", "a/b.html"].into_iter());
        assert_eq!(marked.stories().collect::<Vec<_>>(), ["a/b.html", "新闻/x.html"]);
        for manifest in [manifest.clone().of_preview(true), manifest, marked, Manifest::default()] {
            let path = folder.path().join(FILE);
            manifest.write(&path).unwrap();
            let bytes = fs::read(&path).unwrap();
            assert_eq!(Manifest::read(folder.path()).unwrap(), manifest);
            for at in 0..bytes.len() {
                let mut flipped = bytes.clone();
                flipped[at] ^= 1 << (at % 8);
                for damaged in [flipped, bytes[..at].to_vec()] {
                    fs::write(&path, damaged).unwrap();
                    assert!(Manifest::read(folder.path()).unwrap().is_damaged(), "{at}");
                }
            }
            fs::remove_file(&path).unwrap();
        }
        assert_eq!(Manifest::read(folder.path()).unwrap(), Manifest::default());
    }

    #[test]
    fn manifests_of_earlier_versions_are_read() {
        let folder = tempfile::tempdir().unwrap();
        let manifest = Manifest::new(["a/b.html", "c.html"].into_iter());
        for manifest in [manifest.clone().of_preview(true), manifest] {
            let text = format!("{}\n{}", manifest.first_line(EARLIER_BEGINNING), manifest.text);
            fs::write(folder.path().join(FILE), text).unwrap();
            assert_eq!(Manifest::read(folder.path()).unwrap(), manifest);
        }
    }

    #[test]
    fn lists_are_subtracted_and_joined() {
        let (one, other) = (Manifest::new(["a", "b", "d"].into_iter()), Manifest::new(["b", "c"].into_iter()));
        assert_eq!(one.without(&other), ["a", "d"]);
        assert_eq!(other.without(&one), ["c"]);
        assert_eq!(one.union(&other).routes().collect::<Vec<_>>(), ["a", "b", "c", "d"]);
    }
}
