//! The options of an import.

use std::path::PathBuf;

/// A system whose archives can be imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum System {
    /// A Hugo site's folder.
    Hugo,
    /// A Jekyll site's folder.
    Jekyll,
    /// A Zola site's folder.
    Zola,
    /// An Eleventy site's folder.
    Eleventy,
    /// A folder of Markdown files.
    Markdown,
    /// Export files of WordPress.
    WordPress,
    /// An export file of Ghost.
    Ghost,
}

impl System {
    /// The word for it on the command line and in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            System::Hugo => "hugo",
            System::Jekyll => "jekyll",
            System::Zola => "zola",
            System::Eleventy => "eleventy",
            System::Markdown => "markdown",
            System::WordPress => "wordpress",
            System::Ghost => "ghost",
        }
    }
}

/// The options of an import.
#[derive(Debug, Clone)]
pub struct ImportOptions {
    /// The system.
    pub system: System,
    /// The files or the folder to import.
    pub sources: Vec<PathBuf>,
    /// The project's folder: new, empty, or the project of an earlier import.
    pub into: PathBuf,
    /// A folder with copies of the old site's uploaded files.
    pub media: Option<PathBuf>,
    /// The old site's URL, if the source doesn't say.
    pub base_url: Option<String>,
    /// The old site's addresses: a sitemap, a list of URLs, or the folder of the built site.
    pub old_site: Option<PathBuf>,
    /// True to write nothing.
    pub dry_run: bool,
    /// True to compare the project as it is now with the source, and to write nothing but the report.
    pub check: bool,
    /// True to fetch the files that the archive only names from the old site.
    pub fetch_media: bool,
    /// The present, which decides what is public.
    pub now: jiff::Timestamp,
}
