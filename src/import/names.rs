//! Safe, unique names for the files and folders of an imported project.

use ahash::HashSet;

use crate::route::{SlugStyle, check_portable, slugify};
use crate::unicode::folded;

/// The longest name, in bytes: paths with several folders must fit in every system's limits.
const MAX_NAME: usize = 100;

/// A name for a file or folder, made from a slug or title: lower-case ASCII words joined by hyphens, or letters of the
/// text's own script if no word remains. `fallback` if nothing does.
pub(super) fn safe_name(text: &str, fallback: &str) -> String {
    let ascii = slugify(text, SlugStyle::Ascii);
    let mut name = if ascii.is_empty() { slugify(text, SlugStyle::Unicode) } else { ascii };
    if name.len() > MAX_NAME {
        name.truncate(name.floor_char_boundary(MAX_NAME));
        name.truncate(name.trim_end_matches('-').len());
    }
    if name.is_empty() {
        name.push_str(fallback);
    }
    // `index` makes a folder one story.
    if name == "index" || check_portable(&name).is_err() {
        name.push_str("-1");
    }
    name
}

/// Names that are taken, compared as file systems do that ignore case and Unicode's forms.
#[derive(Debug, Default)]
pub(super) struct Taken(HashSet<String>);

impl Taken {
    /// Takes a path.
    pub(super) fn take(&mut self, path: &str) -> bool {
        self.0.insert(folded(path))
    }

    /// True if the path is taken.
    pub(super) fn has(&self, path: &str) -> bool {
        self.0.contains(&folded(path))
    }

    /// Takes `folder/name`, or `folder/name-2`, `folder/name-3` …; returns the name.
    pub(super) fn free(&mut self, folder: &str, name: &str) -> String {
        let mut free = name.to_owned();
        let mut number = 2;
        while !self.take(&format!("{folder}/{free}")) {
            free = format!("{name}-{number}");
            number += 1;
        }
        free
    }
}
