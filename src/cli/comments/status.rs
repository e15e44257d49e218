//! `presswork comments status`: lists the newest comments.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use serde::Serialize;

use crate::build::Project;
use crate::cli::shared::{Format, present, report_diagnostics, written_date};
use crate::cli::{Failure, SITE_HAS_ERRORS, find_root, print, table, times};
use crate::comments_overview::{ListedComment, commented_story, newest_comments};
use crate::date::{WrittenDate, iso};
use crate::diagnostic::has_errors;
use crate::read::Record;
use crate::time_format::{countdown, format_time};

const EXAMPLES: &str = "\
Examples:
  presswork comments status
  presswork comments status --within 1y --format json

With --format json there is one object on each line: `story` and `path` (the files), `id`, `name`, `date`, `hidden`, \
`staff` (the author's id or null) and `text`, the beginning of the text.

Exit code: 0 success, 1 some files have errors, 2 wrong usage or an error of the machine.";

/// The most characters of a text that a list shows.
const BEGINNING: usize = 160;

/// List the newest comments, hidden ones too
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct CommentStatusArgs {
    /// The site's folder [default: the current folder or the nearest parent with a site.yaml]
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
    /// Use this time instead of now, such as 2026-12-01T08:00
    #[arg(long, value_name = "TIME", value_parser = written_date)]
    at: Option<WrittenDate>,
    /// The time to look back
    #[arg(long, value_name = "DURATION", value_parser = times::parse_span, default_value = "30d")]
    within: Span,
    /// Report format: text for people, or one JSON object on each line
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Format::Human)]
    format: Format,
}

impl CommentStatusArgs {
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let root = find_root(self.root.clone())?;
        let now = present(self.at, &root)?;
        let opened = Project::open(&root)?;
        let mut diagnostics = opened.diagnostics;
        if let Some(project) = opened.value {
            let zone = &project.config.timezone;
            let since = times::before(now, self.within, zone);
            let overview = newest_comments(&project.records, since);
            let lines: String = match self.format {
                Format::Json => overview.newest.iter().map(|listed| json(listed, &project.records, zone)).collect(),
                Format::Human => {
                    let rows: Vec<Vec<String>> = overview.newest.iter().map(|listed| row(listed, now, zone)).collect();
                    let (total, hidden) = (overview.total, overview.hidden);
                    let noun = if total == 1 { "comment" } else { "comments" };
                    format!("{}{total} {noun} in all, {hidden} hidden\n", table::lines(&rows, "", 3, table::width()))
                }
            };
            print(&mut std::io::stdout().lock(), &lines)?;
            diagnostics.extend(project.diagnostics());
        }
        if !has_errors(&diagnostics) {
            return Ok(ExitCode::SUCCESS);
        }
        report_diagnostics(self.format, &diagnostics, &root)?;
        Ok(ExitCode::from(SITE_HAS_ERRORS))
    }
}

fn row(listed: &ListedComment<'_>, now: Timestamp, zone: &TimeZone) -> Vec<String> {
    let when = format!("{} ({})", format_time(listed.date.instant, zone), countdown(listed.date.instant, now));
    let name = if listed.comment.hidden { format!("{} [hidden]", listed.name()) } else { listed.name() };
    vec![when, name, listed.comment.id.clone(), listed.beginning(BEGINNING), listed.file.source.to_string()]
}

/// A comment as JSON.
#[derive(Serialize)]
struct CommentLine<'a> {
    story: &'a str,
    path: &'a str,
    id: &'a str,
    name: &'a str,
    date: String,
    hidden: bool,
    staff: Option<&'a str>,
    text: &'a str,
}

fn json(listed: &ListedComment<'_>, records: &[Record], zone: &TimeZone) -> String {
    let line = CommentLine {
        story: &commented_story(records, listed.file).source,
        path: &listed.file.source,
        id: &listed.comment.id,
        name: &listed.name(),
        date: iso(&listed.date.in_zone(zone)),
        hidden: listed.comment.hidden,
        staff: listed.comment.staff.as_deref(),
        text: &listed.beginning(BEGINNING),
    };
    serde_json::to_string(&line).unwrap_or_default() + "\n"
}
