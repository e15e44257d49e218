//! `presswork status`: drafts, embargoes and what else a news desk has to keep in mind.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use serde::Serialize;

use super::build::{Format, present, tell, written_date};
use super::{Failure, SITE_HAS_ERRORS, find_root, moments, print, report, say, table};
use crate::board::{Entry, Group, board};
use crate::build::inspect;
use crate::date::{Moment, WrittenDate, iso};
use crate::diagnostic::has_errors;

const DETAILS: &str = "\
List the stories that wait for something, and those that something has happened to: drafts, embargoed and expiring \
stories, retracted and withdrawn ones, and recent corrections, each with who signs it and its file. It writes nothing.";

const EXAMPLES: &str = "\
Examples:
  presswork status
  presswork status --within 7d            what expires in seven days, and what expired or was corrected in the last seven
  presswork status --at 2026-12-01T08:00  as if it were that morning
  presswork status --format json

With --format json there is one object on each line: `group` (draft, embargoed, never-public, expiring, retracting, \
withdrawing, retracted, withdrawn, expired or corrected), `title`, `path`, `authors` (a list of names: who signs, as \
readers see it), `at` and `in_seconds`, which is below 0 for what has been. \
Both are null for drafts.

Exit code: 0 all is well, 1 some files have errors (which are reported, and the others listed), 2 the command or the \
machine is at fault.";

/// List drafts, embargoes, expiring, retracted and corrected stories
#[derive(Debug, Args)]
#[command(long_about = DETAILS, after_help = EXAMPLES)]
pub(super) struct Status {
    /// The site's folder [default: the current folder or the nearest one above it that has a site.yaml]
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
    /// Take this for the present, such as 2026-12-01T08:00 [default: now]
    #[arg(long, value_name = "INSTANT", value_parser = written_date)]
    at: Option<WrittenDate>,
    /// How far to look ahead for what expires, and back for what has expired and for corrections
    #[arg(long, value_name = "TIME", value_parser = moments::span, default_value = "30d")]
    within: Span,
    /// How to report: for people, or one JSON object on each line
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Format::Human)]
    format: Format,
}

impl Status {
    /// Looks and reports.
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let root = find_root(self.root.clone())?;
        let now = present(self.at, &root)?;
        let inspected = inspect(&root).map_err(|error| Failure::new(error.to_string()))?;
        let mut diagnostics = inspected.diagnostics;
        if let Some(inspection) = inspected.value {
            let zone = &inspection.config.timezone;
            let until = moments::ahead(now, self.within, zone)?;
            let publisher = &inspection.config.publisher.name;
            let since = moments::back(now, self.within, zone);
            let entries = board(&inspection.records, publisher, now, since, until);
            match self.format {
                Format::Human => print(&mut anstream::stdout().lock(), &text(&entries, now, zone, table::width()))?,
                Format::Json => print(&mut std::io::stdout().lock(), &json(&entries, now, zone))?,
            }
            diagnostics.extend(inspection.faults());
        }
        if !has_errors(&diagnostics) {
            return Ok(ExitCode::SUCCESS);
        }
        tell(self.format, &diagnostics, &root)?;
        say(&format!("{}: what these files say is not listed\n", report::tally(&diagnostics)));
        Ok(ExitCode::from(SITE_HAS_ERRORS))
    }
}

fn text(entries: &[Entry], now: Timestamp, zone: &TimeZone, width: usize) -> String {
    if entries.is_empty() {
        return "No story waits for anything, and nothing has happened to any lately.\n".to_owned();
    }
    let mut text = String::new();
    for group in Group::ALL {
        let of_group = entries.iter().filter(|entry| entry.group == group);
        let rows: Vec<Vec<String>> = of_group.map(|entry| row(entry, now, zone)).collect();
        if !rows.is_empty() {
            let gap = if text.is_empty() { "" } else { "\n" };
            text.push_str(&format!("{gap}{}\n{}", group.heading(), table::lines(&rows, "  ", 0, width)));
        }
    }
    text
}

fn row(entry: &Entry, now: Timestamp, zone: &TimeZone) -> Vec<String> {
    let when = entry.at.map(|at| format!("{} ({})", moments::shown(at, zone), moments::countdown(at, now)));
    [Some(entry.title.clone()), when, Some(entry.authors.join(", ")), Some(entry.source.clone())]
        .into_iter()
        .flatten()
        .collect()
}

/// One story, for machines.
#[derive(Serialize)]
struct Line<'a> {
    group: &'static str,
    title: &'a str,
    path: &'a str,
    authors: &'a [String],
    at: Option<String>,
    in_seconds: Option<i64>,
}

fn json(entries: &[Entry], now: Timestamp, zone: &TimeZone) -> String {
    let line = |entry: &Entry| {
        let line = Line {
            group: entry.group.as_str(),
            title: &entry.title,
            path: &entry.source,
            authors: &entry.authors,
            at: entry.at.map(|instant| iso(&Moment { instant, has_time: true }.in_zone(zone))),
            in_seconds: entry.at.map(|at| at.as_second() - now.as_second()),
        };
        serde_json::to_string(&line).unwrap_or_default() + "\n"
    };
    entries.iter().map(line).collect()
}
