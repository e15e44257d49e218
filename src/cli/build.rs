//! `presswork build`: the site into its output folder.

use std::fs;
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, ValueEnum};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;

use super::progress::{Bar, Watcher};
use super::timings::Timings;
use super::{Failure, SITE_HAS_ERRORS, clock, find_root, print, print_line, report, say};
use crate::build::{BuildOptions, Outcome, Summary, build};
use crate::config;
use crate::date::{DateError, FORMS, WrittenDate};
use crate::diagnostic::{Diagnostic, Severity, to_json};
use crate::route::BaseUrl;
use crate::site::Preview;

const DETAILS: &str = "\
Build the site: content/ and the theme become public/.

Only what has changed is written. When anything is wrong with the site, every fault is reported with its file, line \
and a hint, and public/ stays exactly as it was. Files in public/ that Presswork did not write are never touched.

With --at or --drafts the build is a preview: every page says so, search engines are kept away, and it never takes the \
place of a published site unless you say --force.";

const EXAMPLES: &str = "\
Examples:
  presswork build                          the site around the current folder, into its public/
  presswork build --drafts --output preview
  presswork build --at 2026-12-01T08:00 --output preview
                                           as it will be that morning, in the site's time zone
  presswork build --keep-urls              when articles have moved
  presswork build --deny-warnings --format json > report.jsonl

Results go to standard output, messages to standard error. With --format json, diagnostics are results too: one \
object on each line, and last, when the site was published, one with the numbers of articles, outputs, written, \
unchanged and removed files, the seconds it took, and how many outputs had to be rendered.

Exit code: 0 all is well, 1 the site has errors (or warnings, with --deny-warnings), 2 the command or the machine is \
at fault.";

/// Build the site: content/ and the theme become public/
#[derive(Debug, Args)]
#[command(long_about = DETAILS, after_help = EXAMPLES)]
pub(super) struct Build {
    /// The site's folder [default: the current folder or the nearest one above it that has a site.yaml]
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
    /// Where the site is written [default: public/ in the site's folder]
    #[arg(long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Publish under this address instead of site.yaml's base_url
    #[arg(long, value_name = "URL", value_parser = base_url)]
    base_url: Option<String>,
    /// Preview the site as it will be, or was, at this time, such as 2026-12-01T08:00
    #[arg(long, value_name = "INSTANT", value_parser = written_date)]
    at: Option<WrittenDate>,
    /// Take this time for the present one, for builds that can be repeated; what is published is that of then
    #[arg(long, value_name = "INSTANT", value_parser = written_date, conflicts_with = "at")]
    now: Option<WrittenDate>,
    /// Preview the site with drafts and embargoed stories
    #[arg(long)]
    drafts: bool,
    /// Let a preview take the place of the published site
    #[arg(long)]
    force: bool,
    /// Use so many threads, 1 to 1024 [default: one for each core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// Forget earlier builds: remove what they wrote and write everything anew
    #[arg(long)]
    clean: bool,
    /// Publish nothing when there are warnings
    #[arg(long)]
    deny_warnings: bool,
    /// Trust nothing: read and render everything, compare it with what is published, report and mend each difference
    #[arg(long, conflicts_with = "clean")]
    verify: bool,
    /// Let old addresses of moved articles lead to the new ones: add them to redirects.yaml, and build with it
    #[arg(long, conflicts_with_all = ["at", "drafts"])]
    keep_urls: bool,
    /// Stop when another build of this site is at work, instead of waiting for it
    #[arg(long)]
    no_wait: bool,
    /// Print how long each phase took, and the slowest outputs
    #[arg(long)]
    timings: bool,
    /// How to report: for people, or one JSON object on each line
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Format::Human)]
    format: Format,
    /// Print nothing but errors
    #[arg(long)]
    quiet: bool,
}

/// Who reads the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    Human,
    Json,
}

fn base_url(text: &str) -> Result<String, String> {
    BaseUrl::parse(text).map(|_| text.to_owned()).map_err(|why| format!("{why}, as in https://example.org/"))
}

/// A date of the command line.
pub(super) fn written_date(text: &str) -> Result<WrittenDate, String> {
    WrittenDate::parse(text).map_err(|error| match error {
        DateError::Invalid { message, hint } => format!("{message}; {hint}"),
        DateError::Ambiguous(one, _) => format!("{one}; {FORMS}"),
    })
}

impl Build {
    /// Builds and reports.
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let watch = clock::start();
        let root = find_root(self.root.clone())?;
        let options = self.options(root)?;
        set_threads(self.threads)?;
        let desk = Watcher { bar: Bar::new(), timings: self.timings.then(Timings::start) };
        let result = build(&options, &desk);
        desk.bar.finish();
        let outcome = result.map_err(|error| Failure::new(error.to_string()))?;
        if let Some(timings) = &desk.timings {
            say(&timings.table());
        }
        self.report(&outcome, &options, watch.elapsed())
    }

    fn options(&self, root: PathBuf) -> Result<BuildOptions, Failure> {
        let now = present(self.at.or(self.now), &root)?;
        Ok(BuildOptions {
            root,
            output: self.output.clone(),
            base_url: self.base_url.clone(),
            now,
            drafts: self.drafts,
            preview: (self.at.is_some() || self.drafts)
                .then(|| Preview { at: self.at.map(|_| now), drafts: self.drafts }),
            force: self.force,
            clean: self.clean,
            deny_warnings: self.deny_warnings,
            verify: self.verify,
            keep_urls: self.keep_urls,
            wait: !self.no_wait,
        })
    }

    fn report(&self, outcome: &Outcome, options: &BuildOptions, took: Duration) -> Result<ExitCode, Failure> {
        let shows_warnings = !self.quiet || (self.deny_warnings && outcome.summary.is_none());
        let shown: Vec<Diagnostic> =
            outcome.diagnostics.iter().filter(|d| shows_warnings || d.severity == Severity::Error).cloned().collect();
        tell(self.format, &shown, &options.root)?;
        if let Some(note) = outcome.note.as_ref().filter(|_| !self.quiet) {
            say(&format!("note: {note}\n"));
        }
        let Some(summary) = &outcome.summary else {
            say(&format!("{}\n", failure_line(&outcome.diagnostics, options)));
            return Ok(ExitCode::from(SITE_HAS_ERRORS));
        };
        if let Some(line) =
            unpublished_line(summary.unpublished).filter(|_| !self.quiet && self.format == Format::Human)
        {
            say(&format!("note: {line}\n"));
        }
        if !self.quiet {
            print_line(&match self.format {
                Format::Human => summary_line(summary, took),
                Format::Json => summary_json(summary, took),
            })?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// The instant meant by `--at` or `--now`: without an offset in the site's time zone. A configuration that cannot be read is
/// reported by the build itself; until then UTC will do.
fn instant(at: WrittenDate, root: &Path) -> Result<Timestamp, Failure> {
    let text = fs::read_to_string(root.join(config::FILE)).unwrap_or_default();
    let zone = config::parse(&text).value.map_or(TimeZone::UTC, |config| config.timezone);
    at.resolve(&zone).map(|moment| moment.instant).map_err(|error| match error {
        DateError::Invalid { message, hint } => Failure::new(message).hint(hint),
        DateError::Ambiguous(one, other) => {
            Failure::new("at this local time the clocks change").hint(format!("write {one} or {other}"))
        }
    })
}

fn set_threads(threads: Option<u16>) -> Result<(), Failure> {
    let Some(threads) = threads else { return Ok(()) };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(usize::from(threads));
    pool.build_global().map_err(|error| Failure::new(format!("cannot start {threads} threads: {error}")))
}

/// The instant of the command line, or now.
pub(super) fn present(at: Option<WrittenDate>, root: &Path) -> Result<Timestamp, Failure> {
    at.map_or_else(|| Ok(clock::now()), |at| instant(at, root))
}

/// Reports in a form: to people on standard error, to machines on standard output.
pub(super) fn tell(format: Format, diagnostics: &[Diagnostic], root: &Path) -> Result<(), Failure> {
    match format {
        Format::Human => write_report(diagnostics, root),
        Format::Json => print_lines(diagnostics)?,
    }
    Ok(())
}

/// Messages go to standard error; when that is closed there is nobody to tell, and the exit code still speaks.
pub(super) fn write_report(diagnostics: &[Diagnostic], root: &Path) {
    let mut out = BufWriter::new(anstream::stderr().lock());
    let _ = report::write(&mut out, diagnostics, root);
}

/// One JSON object a line on standard output.
fn print_lines(diagnostics: &[Diagnostic]) -> Result<(), Failure> {
    let lines: String = diagnostics.iter().map(|diagnostic| to_json(diagnostic) + "\n").collect();
    print(&mut io::stdout().lock(), &lines)
}

fn failure_line(diagnostics: &[Diagnostic], options: &BuildOptions) -> String {
    let output = match &options.output {
        Some(folder) => folder.display().to_string(),
        None => "public/".to_owned(),
    };
    let tally = report::tally(diagnostics);
    let is_denied = diagnostics.iter().all(|diagnostic| diagnostic.severity == Severity::Warning);
    let why = if is_denied { " denied by --deny-warnings" } else { "" };
    format!("{tally}{why}: nothing was published, {output} is as it was")
}

fn summary_line(summary: &Summary, took: Duration) -> String {
    let Summary { articles, outputs, written, unchanged, removed, .. } = summary;
    let (articles, files) = (report::count(*articles, "article"), report::count(*outputs, "file"));
    let seconds = took.as_secs_f64();
    format!("{articles}, {files}: {written} written, {unchanged} unchanged, {removed} removed in {seconds:.2} s")
}

/// What is said of files that are not published; nothing when there are none.
fn unpublished_line(files: usize) -> Option<String> {
    let what = match files {
        0 => return None,
        1 => "1 file in content/ is not published, because no page refers to it".to_owned(),
        files => format!("{files} files in content/ are not published, because no page refers to them"),
    };
    Some(format!("{what}; `presswork check --unpublished` lists {}", if files == 1 { "it" } else { "them" }))
}

fn summary_json(summary: &Summary, took: Duration) -> String {
    #[derive(Serialize)]
    struct Line {
        articles: usize,
        outputs: usize,
        written: usize,
        unchanged: usize,
        removed: usize,
        seconds: f64,
        rendered: usize,
        unpublished: usize,
    }
    let &Summary { articles, outputs, rendered, written, unchanged, removed, unpublished } = summary;
    let seconds = (took.as_secs_f64() * 1000.0).round() / 1000.0;
    let line = Line { articles, outputs, written, unchanged, removed, seconds, rendered, unpublished };
    serde_json::to_string(&line).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_summary_agrees_with_its_numbers() {
        let (unchanged, removed, unpublished) = (377, 0, 2);
        let summary = Summary { articles: 214, outputs: 380, rendered: 5, written: 3, unchanged, removed, unpublished };
        let line = summary_line(&summary, Duration::from_millis(213));
        assert_eq!(line, "214 articles, 380 files: 3 written, 377 unchanged, 0 removed in 0.21 s");
        assert!(unpublished_line(2).is_some_and(|line| line.starts_with("2 files in content/ are not published")));
        assert_eq!((unpublished_line(0), unpublished_line(1).is_some()), (None, true));
        let (unchanged, removed, unpublished) = (0, 0, 0);
        let summary = Summary { articles: 1, outputs: 1, rendered: 1, written: 1, unchanged, removed, unpublished };
        assert!(summary_line(&summary, Duration::ZERO).starts_with("1 article, 1 file: 1 written"));
        let json = r#"{"articles":1,"outputs":1,"written":1,"unchanged":0,"removed":0,"seconds":0.213,"rendered":1,"unpublished":0}"#;
        assert_eq!(summary_json(&summary, Duration::from_micros(213_400)), json);
    }
}
