//! `publish:`: patterns that name files which no page refers to.

use globset::{GlobBuilder, GlobMatcher};

use super::resolve;
use crate::unicode::composed;

/// Characters that mean something else than themselves in a pattern.
const SPECIAL: &[char] = &['*', '?', '[', '{', '\\'];

/// What `publish:` names: a file, everything in a folder, or what a glob matches. In a glob `*` and `?` stand for no
/// slash, `**` for any number of folders, `[ab]` for one of these characters, `{a,b}` for one of these words.
#[derive(Debug, Clone)]
pub struct Pattern {
    /// The pattern as a path below the project's folder: `content/world/data/*.csv`.
    path: String,
    /// The folders before the first special character, with a slash at the end, and the rest as a glob.
    glob: Option<(String, GlobMatcher)>,
}

impl Pattern {
    /// Reads a pattern that stands in the file `from`: relative to that file's folder, or from `content/` with a
    /// leading slash, as all references are.
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub fn parse(from: &str, written: &str) -> Result<Pattern, String> {
        let written = composed(written.trim());
        if written.is_empty() {
            return Err("it names nothing".to_owned());
        }
        let leaves = "it points outside content/";
        let path = resolve(from, &written).ok_or(leaves)?.trim_end_matches('/').to_owned();
        let Some(special) = written.find(SPECIAL) else { return Ok(Pattern { path, glob: None }) };
        // The folders in which the pattern stands are named, not matched.
        let (folders, rest) = written.split_at(written[..special].rfind('/').map_or(0, |slash| slash + 1));
        let folders = format!("{}/", resolve(from, folders).ok_or(leaves)?.trim_end_matches('/'));
        let glob = GlobBuilder::new(rest).literal_separator(true).backslash_escape(true).build();
        let glob = glob.map_err(|error| error.kind().to_string())?.compile_matcher();
        Ok(Pattern { path, glob: Some((folders, glob)) })
    }

    /// The folder or file in which everything is that it names.
    pub fn base(&self) -> &str {
        self.glob.as_ref().map_or(&self.path, |(folders, _)| folders)
    }

    /// Whether it names a file; the file's path below the project's folder is in Unicode's form C.
    pub fn names(&self, path: &str) -> bool {
        if self.is_path_of(path) {
            return true;
        }
        match &self.glob {
            Some((folders, glob)) => path.strip_prefix(folders.as_str()).is_some_and(|rest| glob.is_match(rest)),
            None => path.strip_prefix(self.path.as_str()).is_some_and(|rest| rest.starts_with('/')),
        }
    }

    /// Whether it is the path of a file, letter by letter.
    pub fn is_path_of(&self, path: &str) -> bool {
        self.path == path
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(from: &str, pattern: &str, path: &str) -> bool {
        Pattern::parse(from, pattern).unwrap().names(path)
    }

    #[test]
    fn patterns_are_read_from_the_file_in_which_they_stand() {
        let story = "content/world/flood/index.md";
        assert!(names(story, "data/*.csv", "content/world/flood/data/rain.csv"));
        assert!(!names(story, "data/*.csv", "content/world/flood/data/old/rain.csv"));
        assert!(!names(story, "data/*.csv", "content/world/data/rain.csv"));
        assert!(names(story, "../media/**", "content/world/media/a/b.jpg"));
        assert!(names(story, "/media/a.jpg", "content/media/a.jpg"));
        assert!(names("site.yaml", "media/**/*.{jpg,png}", "content/media/a/b/c.png"));
        assert!(names("site.yaml", "media/**/*.{jpg,png}", "content/media/c.jpg"));
        assert!(!names("site.yaml", "media/**/*.{jpg,png}", "content/media/c.pdf"));
    }

    #[test]
    fn a_folder_is_everything_in_it() {
        for written in ["map", "map/", "./map"] {
            assert!(names("content/world/a.md", written, "content/world/map/app/main.js"), "{written}");
            assert!(!names("content/world/a.md", written, "content/world/mapped.js"), "{written}");
        }
    }

    #[test]
    fn a_name_with_special_characters_is_that_file_too() {
        assert!(names("site.yaml", "a[1].csv", "content/a[1].csv"));
        assert!(names("site.yaml", "a[1].csv", "content/a1.csv"));
        assert!(names("site.yaml", "cafe\u{301}/*", "content/café/x.png"));
        // The folders before a pattern are no part of it.
        assert!(names("content/wor[l]d/a.md", "*.csv", "content/wor[l]d/b.csv"));
    }

    #[test]
    fn what_is_no_pattern_is_said_to_be_none() {
        for written in ["", " ", "../../x", "a[", "{a"] {
            assert!(Pattern::parse("content/world/a.md", written).is_err(), "{written}");
        }
    }
}
