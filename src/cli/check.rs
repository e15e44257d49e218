//! `presswork check`: checks the published site.

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{ArgGroup, Args};
use serde::Serialize;

use super::shared::{Format, present, report_diagnostics, written_date};
use super::{Failure, SITE_HAS_ERRORS, find_root, print_line, print_message, report, unpublished};
use crate::build::{OUTPUT, Project};
use crate::check::{self, SearchSummary};
use crate::date::WrittenDate;
use crate::diagnostic::has_errors;

const DETAILS: &str = "\
Search the published site for traces of embargoed content, or list the files that are not published.

With --embargo, every file in the output folder is searched for words, URLs and pictures of drafts and of stories that \
are embargoed, dated ahead, expired or withdrawn: in pages, feeds, structured data and file names, in any encoding. \
Words that a public story uses too do not count.

With --unpublished, the files in content/ that are not published are listed with the reason: no page refers to the \
file, its name is that of a backup, or it belongs to a story that is not public.";

const EXAMPLES: &str = "\
Examples:
  presswork check --embargo                      search public/, as of now
  presswork check --embargo --output /srv/www    search what a server publishes
  presswork check --embargo --format json        one object for each trace, then one with the totals
  presswork check --unpublished                  list the files that no page refers to
  presswork check                                list all checks

Exit code: 0 no traces, 1 traces found (or the site has errors), 2 wrong usage or an error of the machine.";

/// The checks with what each does, for a call without options.
const CHECKS: &[(&str, &str)] = &[
    ("presswork check --embargo", "searches the published site for traces of stories that are not public"),
    ("presswork check --unpublished", "lists the files in content/ that are not published, with the reason"),
    ("presswork build --verify", "compares every published file with the sources, and repairs it"),
    ("presswork build", "reports all errors and warnings of the site itself"),
    ("presswork status", "lists drafts, embargoed and scheduled stories"),
];

/// Search the published site for embargoed content, or list the files that are not published
#[derive(Debug, Args)]
#[command(long_about = DETAILS, after_help = EXAMPLES)]
#[command(group = ArgGroup::new("what").args(["embargo", "unpublished"]))]
pub(super) struct CheckArgs {
    /// Search for drafts and for embargoed, expired or withdrawn stories
    #[arg(long)]
    embargo: bool,
    /// List the files in content/ that are not published, with the reason
    #[arg(long, conflicts_with = "output")]
    unpublished: bool,
    /// The site's folder [default: the current folder or the nearest parent with a site.yaml]
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
    /// The folder to search [default: public/ in the site's folder]
    #[arg(long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Search for what is not public at this time, such as 2026-12-01T08:00 [default: now]
    #[arg(long, value_name = "TIME", value_parser = written_date)]
    at: Option<WrittenDate>,
    /// Report format: text for people, or one JSON object on each line
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Format::Human)]
    format: Format,
}

impl CheckArgs {
    /// Searches and prints the report.
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        if !self.embargo && !self.unpublished {
            print_line(&list_of_checks(self.format))?;
            return Ok(ExitCode::SUCCESS);
        }
        let root = find_root(self.root.clone())?;
        let now = present(self.at, &root)?;
        if self.unpublished {
            return unpublished::list(&root, now, self.format).map(ExitCode::from);
        }
        let output = self.output.clone().unwrap_or_else(|| root.join(OUTPUT));
        if !output.is_dir() {
            let hint = "build the site first, or pass the folder with --output";
            return Err(Failure::new(format!("there is no folder {}", output.display())).hint(hint));
        }
        let mut diagnostics = Vec::new();
        let project = Project::open(&root)?.take(&mut diagnostics);
        let Some(project) = project else {
            report_diagnostics(self.format, &diagnostics, &root)?;
            return Ok(ExitCode::from(SITE_HAS_ERRORS));
        };
        let draft = project.at(now);
        diagnostics.extend(draft.report());
        diagnostics.retain(|found| has_errors(std::slice::from_ref(found)));
        let searched = check::find_leaks(&project, &draft, &output).map_err(|error| unreadable(&output, &error))?;
        let searched = searched.take(&mut diagnostics);
        let is_clean = diagnostics.is_empty();
        report_diagnostics(self.format, &diagnostics, &root)?;
        match self.format {
            Format::Human if is_clean => print_line(&summary(searched))?,
            Format::Human => print_message(&format!("{}\n", report::tally(&diagnostics))),
            Format::Json => print_line(&json(searched, diagnostics.len()))?,
        }
        Ok(if is_clean { ExitCode::SUCCESS } else { ExitCode::from(SITE_HAS_ERRORS) })
    }
}

fn list_of_checks(format: Format) -> String {
    let lines = CHECKS.iter().map(|(command, does)| match format {
        Format::Human => format!("{command:30} {does}"),
        Format::Json => serde_json::json!({ "command": command, "does": does }).to_string(),
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn unreadable(output: &Path, error: &io::Error) -> Failure {
    Failure::new(format!("cannot read a source or a file in {}: {error}", output.display()))
}

fn summary(searched: SearchSummary) -> String {
    let files = report::count(searched.files, "file");
    let stories = match searched.hidden {
        0 => None,
        1 => Some("the one hidden story".to_owned()),
        hidden => Some(format!("{hidden} hidden stories")),
    };
    let comments = (searched.comments > 0).then(|| report::count(searched.comments, "comment"));
    match (stories, comments) {
        (None, None) => format!("nothing is hidden now, so there is nothing to find in {files}"),
        (Some(what), None) | (None, Some(what)) => format!("no trace of {what} in {files}"),
        (Some(stories), Some(comments)) => format!("no trace of {stories} and {comments} in {files}"),
    }
}

fn json(searched: SearchSummary, found: usize) -> String {
    #[derive(Serialize)]
    struct CheckLine {
        hidden: usize,
        files: usize,
        found: usize,
        comments: usize,
    }
    let SearchSummary { hidden, comments, files } = searched;
    serde_json::to_string(&CheckLine { hidden, files, found, comments }).unwrap_or_default()
}
