//! `presswork due`: when the site changes next with no edit, what changes then, and what is overdue.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use serde::Serialize;
use serde_json::Value;

use super::build::{Format, present, tell, write_report, written_date};
use super::{Failure, SITE_HAS_ERRORS, find_root, moments, print, report, say, table};
use crate::agenda::{Standing, Trial, attempt, coming};
use crate::build::{Inspection, LastBuild, inspect, last_build};
use crate::config::Config;
use crate::date::{Moment, WrittenDate, iso};
use crate::diagnostic::{Diagnostic, has_errors, to_json};
use crate::site::Change;

/// The exit code when the published site is not what it should be at this instant.
const OVERDUE: u8 = 3;

const DETAILS: &str = "\
Tell when the site changes next with no edit, and what changes then.

An embargo ends, a story expires or is taken back, a correction dated ahead is told, a pick of the front page ends, a \
story leaves the news sitemap: the site shows that with the first build after it. This command names the next such \
instant, and what is overdue: what the published site (that of the last build into public/) should show by now, or \
should not show yet. It writes nothing.

It also tries whether the site can be built then, and reports what would stop it. Of very many instants it tries the \
soonest, and says so.";

const EXAMPLES: &str = "\
Examples:
  presswork due                           the next change
  presswork due --within 7d               all changes of the next seven days
  presswork due --at 2026-12-01T08:00     as if it were that morning
  presswork due --within 2w --format json
  presswork due --quiet || presswork build

With --format json there is one object on each line: for each change `at`, `in_seconds`, `what`, `path` and `title`; \
last, one with `next`, `in_seconds`, `published` (as of when the site was built, not counting \
builds that changed nothing; null when that is not known), \
`is_ahead`, `overdue` (a list of changes), `fails` (a list of `at` and `error`), and at how many instants it was \
`tried` whether the site can be built, of how many `instants`. `what` is published, retracted, \
expired, withdrawn, updated, corrected, noted, pick-ends or news-ends. When the site has errors now, the lines are \
those errors, as with build.

With --quiet nothing is printed but errors, and while the last build says that nothing is due, none of the site's \
sources is read.

Exit code: 0 nothing is overdue, 1 the site has errors now or will have them then, 2 the command or the machine is at \
fault, 3 something is overdue: build.";

/// Tell when the site changes next with no edit, and what is overdue
#[derive(Debug, Args)]
#[command(long_about = DETAILS, after_help = EXAMPLES)]
pub(super) struct Due {
    /// The site's folder [default: the current folder or the nearest one above it that has a site.yaml]
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
    /// Take this for the present, such as 2026-12-01T08:00 [default: now]
    #[arg(long, value_name = "INSTANT", value_parser = written_date)]
    at: Option<WrittenDate>,
    /// List all changes of so long a time, such as 7d, 36h or 2w
    #[arg(long, value_name = "TIME", value_parser = moments::span)]
    within: Option<Span>,
    /// How to report: for people, or one JSON object on each line
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Format::Human)]
    format: Format,
    /// Exit with 3, too, when it is not known when the site was published
    #[arg(long)]
    or_unknown: bool,
    /// Print nothing but errors: the exit code says whether something is overdue
    #[arg(long)]
    quiet: bool,
}

/// Everything that is told.
struct Told<'a> {
    config: &'a Config,
    now: Timestamp,
    last: Result<LastBuild, String>,
    standing: Standing,
    coming: Vec<Change>,
    trial: Trial,
}

impl Due {
    /// Looks and reports.
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let root = find_root(self.root.clone())?;
        let now = present(self.at, &root)?;
        let last = last_build(&root);
        if self.quiet && last.as_ref().is_ok_and(|last| last.window.contains(now)) {
            return Ok(ExitCode::SUCCESS);
        }
        let inspected = inspect(&root).map_err(|error| Failure::new(error.to_string()))?;
        let Some(inspection) = inspected.value else { return self.refuse(&inspected.diagnostics, &root) };
        let present = inspection.site(now).diagnostics;
        if has_errors(&present) {
            return self.refuse(&present, &root);
        }
        let standing = last.as_ref().map_or(Standing::Current, |&last| Standing::of(&inspection, last, now));
        let last = last.map_err(|why| why.to_string());
        let code = self.code(&standing, last.is_ok());
        if self.quiet {
            return Ok(ExitCode::from(code));
        }
        self.tell(&inspection, now, last, standing, &present, &root, code)
    }

    fn code(&self, standing: &Standing, is_known: bool) -> u8 {
        let is_overdue = *standing != Standing::Current || (self.or_unknown && !is_known);
        if is_overdue { OVERDUE } else { 0 }
    }

    #[expect(clippy::too_many_arguments, reason = "they are found one after the other")]
    fn tell(
        &self,
        inspection: &Inspection,
        now: Timestamp,
        last: Result<LastBuild, String>,
        standing: Standing,
        present: &[Diagnostic],
        root: &Path,
        code: u8,
    ) -> Result<ExitCode, Failure> {
        let config = &inspection.config;
        let until = self.within.map(|span| moments::ahead(now, span, &config.timezone)).transpose()?;
        let coming = coming(inspection, now, until);
        let trial = attempt(inspection, &coming, present);
        let is_failing = !trial.failures.is_empty();
        let told = Told { config, now, last, standing, coming, trial };
        match self.format {
            Format::Human => {
                print(&mut anstream::stdout().lock(), &told.text(until))?;
                told.complain(root);
            }
            Format::Json => print(&mut std::io::stdout().lock(), &told.json())?,
        }
        Ok(ExitCode::from(if code == 0 && is_failing { SITE_HAS_ERRORS } else { code }))
    }

    /// Reports why nothing can be said: the site has errors.
    fn refuse(&self, diagnostics: &[Diagnostic], root: &Path) -> Result<ExitCode, Failure> {
        tell(self.format, diagnostics, root)?;
        say(&format!("{}: the site cannot be built like this\n", report::tally(diagnostics)));
        Ok(ExitCode::from(SITE_HAS_ERRORS))
    }
}

impl Told<'_> {
    fn text(&self, until: Option<Timestamp>) -> String {
        let zone = &self.config.timezone;
        let mut text = self.standing_text();
        let shown = |at| moments::shown(at, zone);
        match (self.coming.first().map(|change| change.at), until) {
            (None, None) => text.push_str("Nothing of the site will change by itself.\n"),
            (None, Some(until)) => {
                text.push_str(&format!("Nothing of the site changes by itself until {}.\n", shown(until)));
            }
            (Some(next), None) => {
                let (at, wait) = (shown(next), moments::countdown(next, self.now));
                text.push_str(&format!("The site changes next on {at} ({}), {wait}:\n", moments::zone_name(zone)));
                text.push_str(&rows(&self.coming));
            }
            (Some(_), Some(until)) => {
                let until = shown(until);
                text.push_str(&format!("Until {until} the site changes ({}):\n", moments::zone_name(zone)));
                text.push_str(&self.by_instant(&self.coming));
            }
        }
        let Trial { tried, instants, .. } = self.trial;
        if tried < instants {
            text.push_str(&format!(
                "\nWhether the site can be built was tried at the first {tried} of these {instants} instants.\n"
            ));
        }
        text
    }

    /// What is to be said of the published site, if anything.
    fn standing_text(&self) -> String {
        let last = match &self.last {
            Ok(last) => last,
            Err(why) => return format!("It is not known when the site was published: {why}.\n\n"),
        };
        let built = moments::shown(last.as_of, &self.config.timezone);
        match &self.standing {
            Standing::Current => String::new(),
            Standing::Overdue(changes) => format!(
                "OVERDUE: the published site was built as of {built}. Since then it should have changed:\n{}Run `presswork \
                 build`.\n\n",
                self.by_instant(changes)
            ),
            Standing::Ahead(changes) => format!(
                "AHEAD OF TIME: the published site was built as of {built}. It shows what is not due yet:\n{}Run \
                 `presswork build`.\n\n",
                self.by_instant(changes)
            ),
        }
    }

    /// Changes under their instants.
    fn by_instant(&self, changes: &[Change]) -> String {
        let mut text = String::new();
        for group in changes.chunk_by(|one, next| one.at == next.at) {
            let at = group[0].at;
            let (shown, wait) = (moments::shown(at, &self.config.timezone), moments::countdown(at, self.now));
            text.push_str(&format!("{shown}, {wait}\n{}", rows(group)));
        }
        text
    }

    /// What will be wrong with the site.
    fn complain(&self, root: &Path) {
        for failure in &self.trial.failures {
            let zone = &self.config.timezone;
            let (at, wait) = (moments::shown(failure.at, zone), moments::countdown(failure.at, self.now));
            say(&format!("\nFrom {at} on ({wait}) the site cannot be built, unless this is mended before:\n\n"));
            write_report(&failure.errors, root);
        }
    }

    fn line<'c>(&self, change: &'c Change) -> Line<'c> {
        Line {
            at: written(change.at, &self.config.timezone),
            in_seconds: change.at.as_second() - self.now.as_second(),
            what: change.what.as_str(),
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
        let errors = self.trial.failures.iter().flat_map(|failure| {
            let error = |error| serde_json::from_str(&to_json(error)).unwrap_or(Value::Null);
            failure.errors.iter().map(move |found| Fails { at: written(failure.at, zone), error: error(found) })
        });
        let end = End {
            next: next.map(|at| written(at, zone)),
            in_seconds: next.map(|at| at.as_second() - self.now.as_second()),
            published: self.last.as_ref().ok().map(|last| written(last.as_of, zone)),
            is_ahead: matches!(self.standing, Standing::Ahead(_)),
            overdue: self.standing.differences().iter().map(|change| self.line(change)).collect(),
            fails: errors.collect(),
            tried: self.trial.tried,
            instants: self.trial.instants,
        };
        text.push_str(&serde_json::to_string(&end).unwrap_or_default());
        text.push('\n');
        text
    }
}

/// Changes as lines of a table.
fn rows(changes: &[Change]) -> String {
    let row = |change: &Change| vec![change.what.in_words().to_owned(), change.title.clone(), change.source.clone()];
    table::lines(&changes.iter().map(row).collect::<Vec<_>>(), "  ", 1, table::width())
}

fn written(at: Timestamp, zone: &TimeZone) -> String {
    iso(&Moment { instant: at, has_time: true }.in_zone(zone))
}

/// One change, for machines.
#[derive(Serialize)]
struct Line<'a> {
    at: String,
    in_seconds: i64,
    what: &'static str,
    path: &'a str,
    title: &'a str,
}

/// The last line, for machines.
#[derive(Serialize)]
struct End<'a> {
    next: Option<String>,
    in_seconds: Option<i64>,
    published: Option<String>,
    is_ahead: bool,
    overdue: Vec<Line<'a>>,
    fails: Vec<Fails>,
    tried: usize,
    instants: usize,
}

/// One error that there will be, for machines.
#[derive(Serialize)]
struct Fails {
    at: String,
    error: Value,
}
