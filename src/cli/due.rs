//! `presswork due`: shows the next scheduled changes and overdue ones.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use serde::Serialize;
use serde_json::Value;

use super::shared::{Format, present, report_diagnostics, write_report, written_date};
use super::{Failure, SITE_HAS_ERRORS, find_root, print, print_message, report, table, times};
use crate::build::{LastBuild, Project, last_build};
use crate::config::Config;
use crate::date::{Moment, WrittenDate, iso};
use crate::diagnostic::{Diagnostic, has_errors, to_json};
use crate::schedule::{Forecast, Freshness, forecast, upcoming_changes};
use crate::site::Change;
use crate::time_format::{countdown, format_time, zone_name};

/// The exit code when the published site is not up to date.
const OVERDUE: u8 = 3;

const DETAILS: &str = "\
Show the next scheduled changes: the time and what changes then.

When an embargo ends, a story expires or is withdrawn, a correction dated ahead takes effect, a pick for a front \
ends or a story leaves the news sitemap, the next build publishes the change. This command shows the next such time, \
and what is overdue: changes that the published site (the last build into public/) should show by now, or shows too \
early. It writes nothing.

It also tries whether the site can be built at those times, and reports the errors that would prevent it. If there are \
very many, it tries the soonest, and says so.";

const EXAMPLES: &str = "\
Examples:
  presswork due                           the next change
  presswork due --within 7d               all changes of the next seven days
  presswork due --at 2026-12-01T08:00     as if it were that morning
  presswork due --within 2w --format json
  presswork due --quiet || presswork build

With --format json there is one object on each line: for each change `at`, `in_seconds`, `what`, `path` and `title`; \
then one with `next`, `in_seconds`, `published` (the time as of which the site was built, not counting builds that \
changed nothing; null if unknown), `is_ahead`, `overdue` (a list of changes), `fails` (a list of `at` and `error`), and \
the number of times at which a build was `tried`, out of all `instants`. `what` is published, retracted, expired, \
withdrawn, updated, corrected, noted, pick-ends, breaking-ends, news-ends or comments-close. If the site has errors now, the lines are \
those errors, as with build.

With --quiet only errors are printed, and no sources are read while the last build shows that nothing is due.

Exit code: 0 nothing is overdue, 1 the site has errors now or will have them then, 2 wrong usage or an error of the \
machine, 3 something is overdue: build.";

/// Show the next scheduled changes, and what is overdue
#[derive(Debug, Args)]
#[command(long_about = DETAILS, after_help = EXAMPLES)]
pub(super) struct DueArgs {
    /// The site's folder [default: the current folder or the nearest parent with a site.yaml]
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
    /// Use this time instead of now, such as 2026-12-01T08:00
    #[arg(long, value_name = "TIME", value_parser = written_date)]
    at: Option<WrittenDate>,
    /// List all changes within this time, such as 7d, 36h or 2w
    #[arg(long, value_name = "DURATION", value_parser = times::parse_span)]
    within: Option<Span>,
    /// Report format: text for people, or one JSON object on each line
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Format::Human)]
    format: Format,
    /// Also exit with 3 if the time of the last build is unknown
    #[arg(long)]
    or_unknown: bool,
    /// Print only errors: the exit code shows whether something is overdue
    #[arg(long)]
    quiet: bool,
}

/// The contents of the report.
struct DueReport<'a> {
    config: &'a Config,
    now: Timestamp,
    last: Result<LastBuild, String>,
    freshness: Freshness,
    coming: Vec<Change>,
    forecast: Forecast,
}

impl DueArgs {
    /// Inspects the site and prints the report.
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let root = find_root(self.root.clone())?;
        let now = present(self.at, &root)?;
        let last = last_build(&root);
        if self.quiet && last.as_ref().is_ok_and(|last| last.window.contains(now)) {
            return Ok(ExitCode::SUCCESS);
        }
        let opened = Project::open(&root)?;
        let Some(project) = opened.value else { return self.refuse(&opened.diagnostics, &root) };
        let present = project.at(now).report();
        if has_errors(&present) {
            return self.refuse(&present, &root);
        }
        let freshness = last.as_ref().map_or(Freshness::Current, |&last| Freshness::new(&project, last, now));
        let last = last.map_err(|why| why.to_string());
        let code = self.code(&freshness, last.is_ok());
        if self.quiet {
            return Ok(ExitCode::from(code));
        }
        self.print_report(&project, now, last, freshness, &present, &root, code)
    }

    fn code(&self, freshness: &Freshness, is_known: bool) -> u8 {
        let is_overdue = *freshness != Freshness::Current || (self.or_unknown && !is_known);
        if is_overdue { OVERDUE } else { 0 }
    }

    #[expect(clippy::too_many_arguments, reason = "they are found one after the other")]
    fn print_report(
        &self,
        project: &Project,
        now: Timestamp,
        last: Result<LastBuild, String>,
        freshness: Freshness,
        present: &[Diagnostic],
        root: &Path,
        code: u8,
    ) -> Result<ExitCode, Failure> {
        let config = &project.config;
        let until = self.within.map(|span| times::after(now, span, &config.timezone)).transpose()?;
        let coming = upcoming_changes(project, now, until);
        let forecast = forecast(project, &coming, present);
        let is_failing = !forecast.failures.is_empty();
        let report = DueReport { config, now, last, freshness, coming, forecast };
        match self.format {
            Format::Human => {
                print(&mut anstream::stdout().lock(), &report.text(until))?;
                report.print_failures(root);
            }
            Format::Json => print(&mut std::io::stdout().lock(), &report.json())?,
        }
        Ok(ExitCode::from(if code == 0 && is_failing { SITE_HAS_ERRORS } else { code }))
    }

    /// Reports the errors that make a forecast impossible.
    fn refuse(&self, diagnostics: &[Diagnostic], root: &Path) -> Result<ExitCode, Failure> {
        report_diagnostics(self.format, diagnostics, root)?;
        print_message(&format!("{}: the site cannot be built\n", report::tally(diagnostics)));
        Ok(ExitCode::from(SITE_HAS_ERRORS))
    }
}

impl DueReport<'_> {
    fn text(&self, until: Option<Timestamp>) -> String {
        let zone = &self.config.timezone;
        let mut text = self.freshness_text();
        let shown = |at| format_time(at, zone);
        match (self.coming.first().map(|change| change.at), until) {
            (None, None) => text.push_str("No changes are scheduled.\n"),
            (None, Some(until)) => {
                text.push_str(&format!("No changes are scheduled until {}.\n", shown(until)));
            }
            (Some(next), None) => {
                let (at, wait) = (shown(next), countdown(next, self.now));
                text.push_str(&format!("The site changes next on {at} ({}), {wait}:\n", zone_name(zone)));
                text.push_str(&rows(&self.coming));
            }
            (Some(_), Some(until)) => {
                let until = shown(until);
                text.push_str(&format!("Until {until} the site changes ({}):\n", zone_name(zone)));
                text.push_str(&self.by_instant(&self.coming));
            }
        }
        let Forecast { tried, instants, .. } = self.forecast;
        if tried < instants {
            text.push_str(&format!("\nBuilds were tried at the first {tried} of these {instants} times.\n"));
        }
        text
    }

    /// The paragraph about the published site; empty if it is up to date.
    fn freshness_text(&self) -> String {
        let last = match &self.last {
            Ok(last) => last,
            Err(why) => return format!("The time of the last build is unknown: {why}.\n\n"),
        };
        let built = format_time(last.as_of, &self.config.timezone);
        match &self.freshness {
            Freshness::Current => String::new(),
            Freshness::Overdue(changes) => format!(
                "OVERDUE: the published site was built as of {built}. Since then it should have changed:\n{}Run `presswork \
                 build`.\n\n",
                self.by_instant(changes)
            ),
            Freshness::Ahead(changes) => format!(
                "AHEAD OF TIME: the published site was built as of {built}. It shows changes that are not due yet:\n{}Run \
                 `presswork build`.\n\n",
                self.by_instant(changes)
            ),
        }
    }

    /// Lists changes under their times.
    fn by_instant(&self, changes: &[Change]) -> String {
        let mut text = String::new();
        for group in changes.chunk_by(|one, next| one.at == next.at) {
            let at = group[0].at;
            let (shown, wait) = (format_time(at, &self.config.timezone), countdown(at, self.now));
            text.push_str(&format!("{shown}, {wait}\n{}", rows(group)));
        }
        text
    }

    /// Prints the errors that the site will have.
    fn print_failures(&self, root: &Path) {
        for failure in &self.forecast.failures {
            let zone = &self.config.timezone;
            let (at, wait) = (format_time(failure.at, zone), countdown(failure.at, self.now));
            print_message(&format!(
                "\nFrom {at} on ({wait}) the site cannot be built, unless this is fixed before:\n\n"
            ));
            write_report(&failure.errors, root);
        }
    }

    fn line<'c>(&self, change: &'c Change) -> ChangeLine<'c> {
        ChangeLine {
            at: written(change.at, &self.config.timezone),
            in_seconds: change.at.as_second() - self.now.as_second(),
            what: change.effect.as_str(),
            path: &change.source,
            title: &change.title,
        }
    }

    fn json(&self) -> String {
        let mut text: String = self
            .coming
            .iter()
            .map(|change| serde_json::to_string(&self.line(change)).unwrap_or_default() + "\n")
            .collect();
        let zone = &self.config.timezone;
        let next = self.coming.first().map(|change| change.at);
        let errors = self.forecast.failures.iter().flat_map(|failure| {
            let error = |error| serde_json::from_str(&to_json(error)).unwrap_or(Value::Null);
            failure.errors.iter().map(move |found| FailureLine { at: written(failure.at, zone), error: error(found) })
        });
        let end = SummaryLine {
            next: next.map(|at| written(at, zone)),
            in_seconds: next.map(|at| at.as_second() - self.now.as_second()),
            published: self.last.as_ref().ok().map(|last| written(last.as_of, zone)),
            is_ahead: matches!(self.freshness, Freshness::Ahead(_)),
            overdue: self.freshness.differences().iter().map(|change| self.line(change)).collect(),
            fails: errors.collect(),
            tried: self.forecast.tried,
            instants: self.forecast.instants,
        };
        text.push_str(&serde_json::to_string(&end).unwrap_or_default());
        text.push('\n');
        text
    }
}

/// Formats changes as rows of a table.
fn rows(changes: &[Change]) -> String {
    let row = |change: &Change| vec![change.effect.in_words().to_owned(), change.title.clone(), change.source.clone()];
    table::lines(&changes.iter().map(row).collect::<Vec<_>>(), "  ", 1, table::width())
}

fn written(at: Timestamp, zone: &TimeZone) -> String {
    iso(&Moment::at(at).in_zone(zone))
}

/// A change as JSON.
#[derive(Serialize)]
struct ChangeLine<'a> {
    at: String,
    in_seconds: i64,
    what: &'static str,
    path: &'a str,
    title: &'a str,
}

/// The last line as JSON.
#[derive(Serialize)]
struct SummaryLine<'a> {
    next: Option<String>,
    in_seconds: Option<i64>,
    published: Option<String>,
    is_ahead: bool,
    overdue: Vec<ChangeLine<'a>>,
    fails: Vec<FailureLine>,
    tried: usize,
    instants: usize,
}

/// A future error as JSON.
#[derive(Serialize)]
struct FailureLine {
    at: String,
    error: Value,
}
