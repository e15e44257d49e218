//! `presswork check`: what is wrong with what is published.

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{ArgGroup, Args};
use serde::Serialize;

use super::build::{Format, present, tell, written_date};
use super::{Failure, SITE_HAS_ERRORS, find_root, print_line, report, say, unpublished};
use crate::build::{OUTPUT, inspect};
use crate::check::{self, Project, Searched};
use crate::date::WrittenDate;
use crate::diagnostic::has_errors;

const DETAILS: &str = "\
Look through what is published for traces of what is not public, or list the files that are not published.

With --embargo, every file of the output folder is searched for the words, addresses and pictures of drafts, and of \
stories that are embargoed, dated ahead, expired or withdrawn, however they are written: in pages, feeds, structured data, file names. \
Words that a public story says too are no trace.

With --unpublished, the files in content/ are listed that are left out of the site, each with the reason: no page \
refers to it, its name is that of a backup, or it belongs to a story that is not public.";

const EXAMPLES: &str = "\
Examples:
  presswork check --embargo                      the site in public/, as of now
  presswork check --embargo --output /srv/www    what a server shows
  presswork check --embargo --format json        one object for each trace, and last the numbers
  presswork check --unpublished                  the files that no page refers to

Exit code: 0 no trace, 1 there are traces (or the site has errors), 2 the command or the machine is at fault.";

/// Look for traces of what is not public, or list the files that are not published
#[derive(Debug, Args)]
#[command(long_about = DETAILS, after_help = EXAMPLES)]
#[command(group = ArgGroup::new("what").args(["embargo", "unpublished"]).required(true))]
pub(super) struct Check {
    /// Look for drafts, and for what is embargoed, expired or withdrawn
    #[arg(long)]
    embargo: bool,
    /// List the files in content/ that are not published, and why
    #[arg(long, conflicts_with = "output")]
    unpublished: bool,
    /// The site's folder [default: the current folder or the nearest one above it that has a site.yaml]
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
    /// The folder to look through [default: public/ in the site's folder]
    #[arg(long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Look for what is not public at this time, such as 2026-12-01T08:00 [default: now]
    #[arg(long, value_name = "INSTANT", value_parser = written_date)]
    at: Option<WrittenDate>,
    /// How to report: for people, or one JSON object on each line
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Format::Human)]
    format: Format,
}

impl Check {
    /// Searches and reports.
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let root = find_root(self.root.clone())?;
        let now = present(self.at, &root)?;
        if self.unpublished {
            return unpublished::list(&root, now, self.format).map(ExitCode::from);
        }
        let output = self.output.clone().unwrap_or_else(|| root.join(OUTPUT));
        if !output.is_dir() {
            let hint = "build the site first, or name the folder with --output";
            return Err(Failure::new(format!("there is no folder {}", output.display())).hint(hint));
        }
        let mut diagnostics = Vec::new();
        let inspection = inspect(&root).map_err(|error| Failure::new(error.to_string()))?.take(&mut diagnostics);
        let Some(inspection) = inspection else {
            tell(self.format, &diagnostics, &root)?;
            return Ok(ExitCode::from(SITE_HAS_ERRORS));
        };
        let (site, plan) = inspection.planned(now).take(&mut diagnostics);
        diagnostics.retain(|found| has_errors(std::slice::from_ref(found)));
        let project =
            Project { root: &root, sources: &inspection.sources, site: &site, plan: &plan, config: &inspection.config };
        let searched = check::embargo(&project, &output).map_err(|error| unreadable(&output, &error))?;
        let searched = searched.take(&mut diagnostics);
        let is_clean = diagnostics.is_empty();
        tell(self.format, &diagnostics, &root)?;
        match self.format {
            Format::Human if is_clean => print_line(&summary(searched))?,
            Format::Human => say(&format!("{}\n", report::tally(&diagnostics))),
            Format::Json => print_line(&json(searched, diagnostics.len()))?,
        }
        Ok(if is_clean { ExitCode::SUCCESS } else { ExitCode::from(SITE_HAS_ERRORS) })
    }
}

fn unreadable(output: &Path, error: &io::Error) -> Failure {
    Failure::new(format!("cannot read a source, or what is in {}: {error}", output.display()))
}

fn summary(searched: Searched) -> String {
    let files = report::count(searched.files, "file");
    let stories = match searched.hidden {
        0 => None,
        1 => Some("the one hidden story".to_owned()),
        hidden => Some(format!("{hidden} hidden stories")),
    };
    let comments = (searched.comments > 0).then(|| report::count(searched.comments, "comment"));
    match (stories, comments) {
        (None, None) => format!("nothing is hidden now; {files} need no look"),
        (Some(what), None) | (None, Some(what)) => format!("no trace of {what} in {files}"),
        (Some(stories), Some(comments)) => format!("no trace of {stories} and {comments} in {files}"),
    }
}

fn json(searched: Searched, found: usize) -> String {
    #[derive(Serialize)]
    struct Line {
        hidden: usize,
        files: usize,
        found: usize,
        comments: usize,
    }
    let Searched { hidden, comments, files } = searched;
    serde_json::to_string(&Line { hidden, files, found, comments }).unwrap_or_default()
}
