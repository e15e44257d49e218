//! `presswork import`: makes a project from the archive of another system.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};

use super::report::count;
use super::shared::Format;
use super::{Failure, SITE_HAS_ERRORS, clock, print_line, print_message};
use crate::import::report::{ImportNumbers, Report};
use crate::import::{ImportError, ImportOptions, System, run};

const DETAILS: &str = "\
Make a project from the archive of another system.

Everything comes over or is listed: import-report.html and import-report.json in the project's folder say where each \
item of the source is now, which old URLs still answer, and what was dropped, converted or guessed.

Run the command again with a newer source, and only what is new or has changed there is written. Files that were edited \
here stay as they are, and are listed.";

const EXAMPLES: &str = "\
Examples:
  presswork import hugo ../old-site --into my-paper
  presswork import jekyll ../old-site --into my-paper --base-url https://example.org/
  presswork import hugo ../old-site --into my-paper --check --old-site ../old-site/public

Exit code: 0 everything is accounted for, 1 something is not, 2 wrong usage or an error of the machine.";

/// Make a project from the archive of another system
#[derive(Debug, Args)]
#[command(long_about = DETAILS, after_help = EXAMPLES)]
pub(super) struct ImportArgs {
    /// The system that the archive comes from
    #[arg(value_enum, value_name = "SYSTEM")]
    system: SystemName,
    /// The archive: the site's folder, or export files
    #[arg(value_name = "SOURCE", required = true)]
    sources: Vec<PathBuf>,
    /// The project's folder: new, empty, or the project of an earlier import
    #[arg(long, value_name = "DIR")]
    into: PathBuf,
    /// A folder with copies of the old site's uploaded files
    #[arg(long, value_name = "DIR")]
    media: Option<PathBuf>,
    /// The old site's URL, which the project keeps [default: as the source says]
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    /// Fetch the files that the archive only names from the old site, unless --media has them
    #[arg(long)]
    fetch_media: bool,
    /// The old site, to compare with: its sitemap, a list of its URLs, or the folder of the built site
    #[arg(long, value_name = "FILE|DIR")]
    old_site: Option<PathBuf>,
    /// Compare the project as it is now with the source, and write nothing but the report
    #[arg(long, conflicts_with = "dry_run")]
    check: bool,
    /// Read everything and report, but write nothing
    #[arg(long)]
    dry_run: bool,
    /// Report format: text for people, or one JSON object
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Format::Human)]
    format: Format,
}

/// The systems by their names on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum SystemName {
    /// A Hugo site
    Hugo,
    /// A Jekyll site
    Jekyll,
    /// A Zola site
    Zola,
    /// An Eleventy site
    Eleventy,
    /// A folder of Markdown files
    Markdown,
    /// An export file of Ghost (JSON), with redirects and routes.yaml if you have them
    Ghost,
    /// Export files of WordPress (WXR)
    #[value(name = "wordpress")]
    WordPress,
}

impl From<SystemName> for System {
    fn from(name: SystemName) -> System {
        match name {
            SystemName::Hugo => System::Hugo,
            SystemName::Jekyll => System::Jekyll,
            SystemName::Zola => System::Zola,
            SystemName::Eleventy => System::Eleventy,
            SystemName::Markdown => System::Markdown,
            SystemName::Ghost => System::Ghost,
            SystemName::WordPress => System::WordPress,
        }
    }
}

impl From<ImportError> for Failure {
    fn from(error: ImportError) -> Failure {
        let failure = Failure::new(error.to_string());
        match error.hint {
            Some(hint) => failure.hint(hint),
            None => failure,
        }
    }
}

impl ImportArgs {
    /// Imports and prints the numbers.
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let options = ImportOptions {
            system: self.system.into(),
            sources: self.sources,
            into: self.into,
            media: self.media,
            base_url: self.base_url,
            old_site: self.old_site,
            dry_run: self.dry_run,
            check: self.check,
            fetch_media: self.fetch_media,
            now: clock::now(),
        };
        let imported = run(&options)?;
        match self.format {
            Format::Human => print_message(&summary(&imported.report)),
            Format::Json => print_line(&imported.report.json().trim_end())?,
        }
        let code = if imported.report.numbers.unaccounted == 0 { 0 } else { SITE_HAS_ERRORS };
        Ok(ExitCode::from(code))
    }
}

fn summary(report: &Report) -> String {
    let numbers = &report.numbers;
    let ImportNumbers { stories, pages, drafts, authors, files, skipped, .. } = numbers;
    let ImportNumbers { old_urls, same, redirected, gone, unknown, known_errors, unaccounted, .. } = numbers;
    let stories = if *stories == 1 { "1 story".to_owned() } else { format!("{stories} stories") };
    let mut text = format!(
        "{stories} and {}, {drafts} of them not public; {}, {}; {} not imported\n",
        count(*pages, "page"),
        count(*authors, "author"),
        count(*files, "file"),
        count(*skipped, "source item"),
    );
    if *old_urls > 0 {
        text.push_str(&format!(
            "old URLs: {old_urls}; the same there: {same}, redirected: {redirected}, gone: {gone}, leading nowhere: {unknown}\n"
        ));
    }
    if let Some(words) = report.words_of_old_pages() {
        let (percent, worst) = (words.median, words.worst);
        text.push_str(&format!(
            "compared with {}: {percent:.1} % of the words kept in the median, {worst:.1} % in the worst\n",
            count(words.pages, "old page")
        ));
    }
    if *known_errors > 0 {
        let errors = count(*known_errors, "error");
        text.push_str(&format!("{errors} in old texts went to known-errors.yaml; a build goes on in spite of them\n"));
    }
    if *unaccounted > 0 {
        text.push_str(&format!("not accounted for: {unaccounted}; see import-report.html\n"));
    }
    text
}
