//! `presswork status`: lists drafts, embargoes and other stories that need attention.

mod translations;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use serde::Serialize;

use super::shared::{Format, present, report_diagnostics, written_date};
use super::{Failure, SITE_HAS_ERRORS, find_root, print, print_message, report, table, times};
use crate::build::Project;
use crate::date::{Moment, WrittenDate, iso};
use crate::diagnostic::has_errors;
use crate::status::{StatusEntry, StatusGroup, status_entries};
use crate::time_format::{countdown, format_time};

const DETAILS: &str = "\
List pending stories and stories that recently changed state: drafts, embargoed and expiring stories, retracted and \
withdrawn ones, and recent corrections, each with its byline and file. It writes nothing.";

const EXAMPLES: &str = "\
Examples:
  presswork status
  presswork status --within 7d            stories that expire in seven days, or expired or were corrected in the last seven
  presswork status --at 2026-12-01T08:00  as if it were that morning
  presswork status --translations         missing and outdated translations, and those of the last 30 days
  presswork status --format json

With --format json there is one object on each line: `group` (draft, embargoed, never-public, expiring, retracting, \
withdrawing, retracted, withdrawn, expired or corrected), `title`, `path`, `authors` (the names in the byline, as \
readers see it), `at` and `in_seconds`, which is negative for the past. Both are null for drafts. With --translations \
it has `title`, `path` and `editions`: for each edition `language`, `state` (original, missing, pending, current, stale, \
uncorrected, unretracted or gone) and `path`.

Exit code: 0 success, 1 some files have errors (which are reported; other stories are listed), 2 wrong usage or an \
error of the machine.";

/// List drafts and embargoed, expiring, retracted and corrected stories
#[derive(Debug, Args)]
#[command(long_about = DETAILS, after_help = EXAMPLES)]
pub(super) struct StatusArgs {
    /// The site's folder [default: the current folder or the nearest parent with a site.yaml]
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
    /// Use this time instead of now, such as 2026-12-01T08:00
    #[arg(long, value_name = "TIME", value_parser = written_date)]
    at: Option<WrittenDate>,
    /// The time to look ahead for expiring stories, and back for expired and corrected ones
    #[arg(long, value_name = "DURATION", value_parser = times::parse_span, default_value = "30d")]
    within: Span,
    /// List the translations instead: for each story, the state in each edition
    #[arg(long)]
    translations: bool,
    /// Report format: text for people, or one JSON object on each line
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Format::Human)]
    format: Format,
}

impl StatusArgs {
    /// Inspects the site and prints the list.
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let root = find_root(self.root.clone())?;
        let now = present(self.at, &root)?;
        let opened = Project::open(&root)?;
        let mut diagnostics = opened.diagnostics;
        if let Some(project) = opened.value {
            let zone = &project.config.timezone;
            let until = times::after(now, self.within, zone)?;
            let since = times::before(now, self.within, zone);
            if self.translations {
                return translations::run(&project, now, since, self.format);
            }
            let entries = status_entries(&project.records, &project.config, now, since, until);
            match self.format {
                Format::Human => print(&mut anstream::stdout().lock(), &text(&entries, now, zone, table::width()))?,
                Format::Json => print(&mut std::io::stdout().lock(), &json(&entries, now, zone))?,
            }
            diagnostics.extend(project.diagnostics());
        }
        if !has_errors(&diagnostics) {
            return Ok(ExitCode::SUCCESS);
        }
        report_diagnostics(self.format, &diagnostics, &root)?;
        print_message(&format!("{}: stories in these files are not listed\n", report::tally(&diagnostics)));
        Ok(ExitCode::from(SITE_HAS_ERRORS))
    }
}

fn text(entries: &[StatusEntry], now: Timestamp, zone: &TimeZone, width: usize) -> String {
    if entries.is_empty() {
        return "No stories are pending, and none changed state recently.\n".to_owned();
    }
    let mut text = String::new();
    for group in StatusGroup::ALL {
        let of_group = entries.iter().filter(|entry| entry.group == group);
        let rows: Vec<Vec<String>> = of_group.map(|entry| row(entry, now, zone)).collect();
        if !rows.is_empty() {
            let gap = if text.is_empty() { "" } else { "\n" };
            text.push_str(&format!("{gap}{}\n{}", group.heading(), table::lines(&rows, "  ", 0, width)));
        }
    }
    text
}

fn row(entry: &StatusEntry, now: Timestamp, zone: &TimeZone) -> Vec<String> {
    let when = entry.at.map(|at| format!("{} ({})", format_time(at, zone), countdown(at, now)));
    [Some(entry.title.clone()), when, Some(entry.authors.join(", ")), Some(entry.source.clone())]
        .into_iter()
        .flatten()
        .collect()
}

/// A story as JSON.
#[derive(Serialize)]
struct StatusLine<'a> {
    group: &'static str,
    title: &'a str,
    path: &'a str,
    authors: &'a [String],
    at: Option<String>,
    in_seconds: Option<i64>,
}

fn json(entries: &[StatusEntry], now: Timestamp, zone: &TimeZone) -> String {
    let line = |entry: &StatusEntry| {
        let line = StatusLine {
            group: entry.group.as_str(),
            title: &entry.title,
            path: &entry.source,
            authors: &entry.authors,
            at: entry.at.map(|instant| iso(&Moment::at(instant).in_zone(zone))),
            in_seconds: entry.at.map(|at| at.as_second() - now.as_second()),
        };
        serde_json::to_string(&line).unwrap_or_default() + "\n"
    };
    entries.iter().map(line).collect()
}
