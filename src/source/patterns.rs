//! Patterns of `publish:`, for files that no page refers to.

use globset::{GlobBuilder, GlobMatcher};

use super::resolve;
use crate::unicode::composed;

/// Special characters in patterns.
const SPECIAL: &[char] = &['*', '?', '[', '{', '\\'];

/// A file, a folder or a glob. In a glob, `*` and `?` match anything but a slash, `**` any number of
/// folders, `[ab]` one of these characters and `{a,b}` one of these words.
#[derive(Debug, Clone)]
pub struct PublishPattern {
    /// The pattern as a path below the project folder: `content/world/data/*.csv`.
    path: String,
    /// The folders before the first special character, with a trailing slash, and the rest as a glob.
    glob: Option<(String, GlobMatcher)>,
}

impl PublishPattern {
    /// Parses a pattern in the file `from`: relative to that file's folder, or to `content/` with a
    /// leading slash, like all references.
    ///
    /// # Errors
    /// The reason that it isn't valid.
    pub fn parse(from: &str, written: &str) -> Result<PublishPattern, String> {
        let written = composed(written.trim());
        if written.is_empty() {
            return Err("it names nothing".to_owned());
        }
        let leaves = "it points outside content/";
        let path = resolve(from, &written).ok_or(leaves)?.trim_end_matches('/').to_owned();
        let Some(special) = written.find(SPECIAL) else { return Ok(PublishPattern { path, glob: None }) };
        // The folders before the pattern are literal.
        let (folders, rest) = written.split_at(written[..special].rfind('/').map_or(0, |slash| slash + 1));
        let folders = format!("{}/", resolve(from, folders).ok_or(leaves)?.trim_end_matches('/'));
        let glob = GlobBuilder::new(rest).literal_separator(true).backslash_escape(true).build();
        let glob = glob.map_err(|error| error.kind().to_string())?.compile_matcher();
        Ok(PublishPattern { path, glob: Some((folders, glob)) })
    }

    /// The folder or file that contains everything it matches.
    pub fn base(&self) -> &str {
        self.glob.as_ref().map_or(&self.path, |(folders, _)| folders)
    }

    /// True if it matches a file, given by its path below the project folder in Unicode normalization
    /// form C.
    pub fn names(&self, path: &str) -> bool {
        if self.is_path_of(path) {
            return true;
        }
        match &self.glob {
            Some((folders, glob)) => path.strip_prefix(folders.as_str()).is_some_and(|rest| glob.is_match(rest)),
            None => path.strip_prefix(self.path.as_str()).is_some_and(|rest| rest.starts_with('/')),
        }
    }

    /// True if it is literally the path of a file.
    pub fn is_path_of(&self, path: &str) -> bool {
        self.path == path
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(from: &str, pattern: &str, path: &str) -> bool {
        PublishPattern::parse(from, pattern).unwrap().names(path)
    }

    #[test]
    fn patterns_are_relative_to_their_file() {
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
    fn a_folder_stands_for_all_its_files() {
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
        // The folders before the pattern are literal.
        assert!(names("content/wor[l]d/a.md", "*.csv", "content/wor[l]d/b.csv"));
    }

    #[test]
    fn invalid_patterns_are_reported() {
        for written in ["", " ", "../../x", "a[", "{a"] {
            assert!(PublishPattern::parse("content/world/a.md", written).is_err(), "{written}");
        }
    }
}
