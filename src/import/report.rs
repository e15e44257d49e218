//! The parity report: where each source item is now, which old URLs still answer, and what was lost on the way.

use std::fs::File;
use std::io::{self, BufWriter, Write};

use serde::Serialize;

use super::notes::ImportNote;
use super::old_pages::PageComparison;

/// The measures of an item's text here and in the source.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Measured {
    /// The state of its file: `new`, `changed`, `same`, `edited here`, `removed here`.
    pub state: &'static str,
    /// The words of the source's text, if it is known.
    pub words: Option<usize>,
    /// The words of the source's text that the file has too.
    pub words_kept: Option<usize>,
    /// The pictures in the file.
    pub pictures: usize,
    /// The authors in the file.
    pub authors: usize,
    /// The comparison with the old site's page, if that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old_page: Option<PageComparison>,
}

/// A source item in the report.
#[derive(Debug, Clone, Serialize)]
pub struct ReportItem {
    /// Its id in the source.
    pub id: String,
    /// Its place in the source.
    pub place: String,
    /// Its headline.
    pub title: String,
    /// Its file in the project; `None` if it isn't imported.
    pub file: Option<String>,
    /// Its old path.
    pub old_url: Option<String>,
    /// Its path here.
    pub new_url: Option<String>,
    /// `public`, or the reason that it isn't: "a draft".
    pub state: String,
    /// The measures of its text.
    pub text: Option<Measured>,
}

/// The answer at an old URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum UrlState {
    /// The same content.
    Same,
    /// A redirect to it.
    Redirected,
    /// The answer that it is gone for good.
    Gone,
    /// Nothing: it was a later page of a list, whose contents change with every story.
    List,
    /// Nothing.
    Unknown,
}

/// An old URL in the report.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct OldUrlReport {
    /// The answer.
    pub state: UrlState,
    /// The old path.
    pub url: String,
    /// The path that answers.
    pub leads_to: Option<String>,
}

/// A file that isn't as the source says.
#[derive(Debug, Clone, Serialize)]
pub struct KeptFile {
    /// The file in the project.
    pub file: String,
    /// The reason: "edited here".
    pub why: &'static str,
}

/// The numbers of an import.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ImportNumbers {
    /// Stories in the project.
    pub stories: usize,
    /// Pages in the project.
    pub pages: usize,
    /// Stories and pages among them that readers don't see.
    pub drafts: usize,
    /// Source items that aren't imported.
    pub skipped: usize,
    /// People.
    pub authors: usize,
    /// Files.
    pub files: usize,
    /// Files of the project that are new.
    pub new: usize,
    /// Old URLs that are known.
    pub old_urls: usize,
    /// Old URLs at which the same content still is.
    pub same: usize,
    /// Old URLs that redirect.
    pub redirected: usize,
    /// Old URLs that say that they are gone.
    pub gone: usize,
    /// Old URLs of later pages of lists.
    pub lists: usize,
    /// Old URLs at which there is nothing.
    pub unknown: usize,
    /// Errors in old texts that don't stop a build.
    pub known_errors: usize,
    /// Source items and old URLs that the report can't account for.
    pub unaccounted: usize,
}

/// The report of an import.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// The system.
    pub system: &'static str,
    /// The numbers.
    pub numbers: ImportNumbers,
    /// Every source item.
    pub items: Vec<ReportItem>,
    /// Every old URL, those at which there is nothing first.
    pub old_urls: Vec<OldUrlReport>,
    /// Files that stay as they were edited here, and files that the source has no longer.
    pub kept: Vec<KeptFile>,
    /// Errors that stop a build.
    pub errors: Vec<String>,
    /// Everything that was dropped, converted with loss, guessed, merged or renamed.
    pub notes: Vec<ImportNote>,
}

/// The shares of words that stories have kept of their old pages.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WordShares {
    /// The number of pages that were compared.
    pub pages: usize,
    /// The median, in percent.
    pub median: f64,
    /// The smallest, in percent.
    pub worst: f64,
}

impl Report {
    /// The shares of words that stories have kept of their old pages; `None` if no page was compared.
    pub fn words_of_old_pages(&self) -> Option<WordShares> {
        let pages = self.items.iter().filter_map(|item| item.text.as_ref()?.old_page.as_ref());
        let share = |page: &PageComparison| 100.0 * page.words_kept as f64 / page.words.max(1) as f64;
        let mut shares: Vec<f64> = pages.filter(|page| page.words > 0).map(share).collect();
        shares.sort_by(f64::total_cmp);
        let (worst, median) = (*shares.first()?, *shares.get(shares.len() / 2)?);
        Some(WordShares { pages: shares.len(), median, worst })
    }

    /// The text of `import-report.json`.
    pub fn json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }

    /// Writes `import-report.json`, which is large for a large archive.
    ///
    /// # Errors
    /// If it can't be written.
    pub(super) fn write_json(&self, file: File) -> io::Result<()> {
        let mut out = BufWriter::new(file);
        serde_json::to_writer_pretty(&mut out, self)?;
        out.write_all(b"\n")?;
        out.flush()
    }
}
