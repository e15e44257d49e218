//! `presswork build`: builds the site into its output folder.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use serde::Serialize;

use super::progress::{Bar, Watcher};
use super::shared::{Format, ask, can_ask, present, report_diagnostics, written_date};
use super::timings::Timings;
#[cfg(feature = "serve")]
use super::watch::{Attempt, Watch};
use super::{Failure, SITE_HAS_ERRORS, clock, find_root, print_line, print_message, report};
#[cfg(feature = "serve")]
use crate::build::NoProgress;
use crate::build::{BuildOptions, Outcome, Summary, build};
use crate::date::WrittenDate;
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::route::BaseUrl;
use crate::site::Preview;

const DETAILS: &str = "\
Build the site: content/ and the theme become public/.

Only changed files are written. If the site has errors, every error is reported with its file, line and a hint, and \
public/ is not changed. Files in public/ that Presswork did not write are never touched.

With --at or --drafts the build is a preview: every page says so, search engines are kept out, and it never replaces a \
published site without --force.";

const EXAMPLES: &str = "\
Examples:
  presswork build                          build the site around the current folder into its public/
  presswork build --drafts --output preview
  presswork build --at 2026-12-01T08:00 --output preview
                                           as the site will be that morning, in its time zone
  presswork build --keep-urls              after moving articles
  presswork build --deny-warnings --format json > report.jsonl
  presswork build --watch                  stay, and publish what is saved and what falls due

Results go to standard output, messages to standard error. With --format json, diagnostics are results too: one \
object on each line. If the site was published, the last line has the numbers of articles, outputs, written, unchanged \
and removed files, the duration in seconds, and the number of rendered outputs.

A build stops before it takes published stories off the site, unless each was withdrawn or a single story was edited, and \
before it brings back what was withdrawn. On a terminal it asks; elsewhere --allow-removals N goes on.

Exit code: 0 success, 1 the site has errors (or warnings, with --deny-warnings), 2 wrong usage or an error of the \
machine.";

/// Build the site: content/ and the theme become public/
#[derive(Debug, Args)]
#[command(long_about = DETAILS, after_help = EXAMPLES)]
pub(super) struct BuildArgs {
    /// The site's folder [default: the current folder or the nearest parent with a site.yaml]
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
    /// The output folder [default: public/ in the site's folder]
    #[arg(long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Use this URL instead of site.yaml's base_url
    #[arg(long, value_name = "URL", value_parser = base_url)]
    base_url: Option<String>,
    /// Preview the site as it will be, or was, at this time, such as 2026-12-01T08:00
    #[arg(long, value_name = "TIME", value_parser = written_date)]
    at: Option<WrittenDate>,
    /// Use this time instead of now, for reproducible builds; publishes what is public then
    #[arg(long, value_name = "TIME", value_parser = written_date, conflicts_with = "at")]
    now: Option<WrittenDate>,
    /// Preview the site with drafts and embargoed stories
    #[arg(long)]
    drafts: bool,
    /// Allow a preview to replace the published site
    #[arg(long)]
    force: bool,
    /// Number of threads, 1 to 1024 [default: one per core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// Discard earlier builds: remove their files and write everything again
    #[arg(long)]
    clean: bool,
    /// Publish nothing when there are warnings
    #[arg(long)]
    deny_warnings: bool,
    /// Trust nothing: read and render everything, compare it with the published files, report and fix each difference
    #[arg(long, conflicts_with = "clean")]
    verify: bool,
    /// Redirect the old URLs of moved articles: add them to redirects.yaml, then build
    #[arg(long, conflicts_with_all = ["at", "drafts"])]
    keep_urls: bool,
    /// Allow this build to take up to N published stories, or notices about them, off the site
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    allow_removals: usize,
    /// Exit if another build of this site is running, instead of waiting for it
    #[arg(long)]
    no_wait: bool,
    /// Stay, and publish again whenever a file is saved or a story falls due
    #[cfg(feature = "serve")]
    #[arg(long, conflicts_with_all = ["at", "now", "drafts", "clean", "verify", "keep_urls", "timings"])]
    watch: bool,
    /// With --watch: write after each build to this file how it went
    #[cfg(feature = "serve")]
    #[arg(long, value_name = "FILE", requires = "watch")]
    health: Option<PathBuf>,
    /// Print how long each phase took, and the slowest outputs
    #[arg(long)]
    timings: bool,
    /// Report format: text for people, or one JSON object on each line
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Format::Human)]
    format: Format,
    /// Print nothing but errors
    #[arg(long)]
    quiet: bool,
}

fn base_url(text: &str) -> Result<String, String> {
    BaseUrl::parse(text).map(|_| text.to_owned()).map_err(|why| format!("{why}, such as https://example.org/"))
}

impl BuildArgs {
    /// Builds the site and prints the report.
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let watch = clock::start();
        let root = find_root(self.root.clone())?;
        let mut options = self.options(root)?;
        set_threads(self.threads)?;
        #[cfg(feature = "serve")]
        if self.watch {
            return self.watch(options);
        }
        loop {
            let watcher = Watcher { bar: Bar::new(), timings: self.timings.then(Timings::start) };
            let result = build(&options, &watcher);
            watcher.bar.finish();
            let outcome = result?;
            if let Some(timings) = &watcher.timings {
                print_message(&timings.table());
            }
            let is_asked = self.is_asked(&outcome);
            let code = self.report(&outcome, &options, watch.elapsed(), is_asked)?;
            if !is_asked {
                return Ok(code);
            }
            if !confirms(&outcome)? {
                print_message(&format!("{}\n", failure_line(&outcome.diagnostics, &options)));
                return Ok(code);
            }
            options.allow_removals = outcome.refused_removals;
        }
    }

    /// Builds whenever a file is saved or a story falls due. One line for each build that changes something.
    #[cfg(feature = "serve")]
    fn watch(&self, mut options: BuildOptions) -> Result<ExitCode, Failure> {
        let watch = Watch { root: options.root.clone(), health: self.health.clone() };
        let mut last: Option<Vec<Diagnostic>> = None;
        watch.run(
            || false,
            || {
                let watch = clock::start();
                options.now = clock::now();
                let mut outcome = build(&options, &NoProgress)?;
                let attempt = if outcome.summary.is_some() { Attempt::Published } else { Attempt::HasErrors };
                let is_idle = outcome.summary.is_some_and(|summary| summary.written + summary.removed == 0);
                // What has been reported is not repeated for each later save.
                if last.as_ref() == Some(&outcome.diagnostics) {
                    if is_idle {
                        return Ok(attempt);
                    }
                    outcome.diagnostics.clear();
                } else {
                    last = Some(outcome.diagnostics.clone());
                }
                self.report(&outcome, &options, watch.elapsed(), false).map(|_| attempt)
            },
        )
    }

    /// True if the build asks whether stories and notices may disappear: somebody is there to answer, and nothing else
    /// stopped it.
    fn is_asked(&self, outcome: &Outcome) -> bool {
        let is_other_error = |found: &Diagnostic| {
            found.severity == Severity::Error && !LOSSES.contains(&found.code)
                || self.deny_warnings && found.severity == Severity::Warning
        };
        let is_alone = outcome.refused_removals > 0 && !outcome.diagnostics.iter().any(is_other_error);
        is_alone && self.format == Format::Human && can_ask()
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
            allow_removals: self.allow_removals,
            published_elsewhere: false,
            stories_online: Vec::new(),
            wait: !self.no_wait,
        })
    }

    /// Prints the result; `is_asked` is true if a question follows, whose answer decides it.
    fn report(
        &self,
        outcome: &Outcome,
        options: &BuildOptions,
        took: Duration,
        is_asked: bool,
    ) -> Result<ExitCode, Failure> {
        let shows_warnings = !self.quiet || (self.deny_warnings && outcome.summary.is_none());
        let shown: Vec<Diagnostic> =
            outcome.diagnostics.iter().filter(|d| shows_warnings || d.severity == Severity::Error).cloned().collect();
        report_diagnostics(self.format, &shown, &options.root)?;
        for note in outcome.notes.iter().filter(|_| !self.quiet) {
            print_message(&format!("note: {note}\n"));
        }
        let Some(summary) = &outcome.summary else {
            if !is_asked {
                print_message(&format!("{}\n", failure_line(&outcome.diagnostics, options)));
            }
            return Ok(ExitCode::from(SITE_HAS_ERRORS));
        };
        if let Some(line) =
            unpublished_line(summary.unpublished).filter(|_| !self.quiet && self.format == Format::Human)
        {
            print_message(&format!("note: {line}\n"));
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

/// The errors that a confirmation overrules.
const LOSSES: [Code; 2] = [Code::StoriesRemoved, Code::NoticesRemoved];

/// Asks whether stories and notices may disappear.
fn confirms(outcome: &Outcome) -> Result<bool, Failure> {
    let has_notices = outcome.diagnostics.iter().any(|found| found.code == Code::NoticesRemoved);
    let question = match outcome.refused_removals {
        _ if has_notices => "Go on, although readers would lose what the errors name?".to_owned(),
        count => format!("Go on, although {} would lead nowhere?", report::count(count, "URL")),
    };
    let answer = ask(&format!("{question} Type yes to go on: "))?;
    Ok(answer.is_some_and(|answer| answer.eq_ignore_ascii_case("yes")))
}

fn set_threads(threads: Option<u16>) -> Result<(), Failure> {
    let Some(threads) = threads else { return Ok(()) };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(usize::from(threads));
    pool.build_global().map_err(|error| Failure::new(format!("cannot start {threads} threads: {error}")))
}

fn failure_line(diagnostics: &[Diagnostic], options: &BuildOptions) -> String {
    let output = match &options.output {
        Some(folder) => folder.display().to_string(),
        None => "public/".to_owned(),
    };
    let tally = report::tally(diagnostics);
    let is_denied = diagnostics.iter().all(|diagnostic| diagnostic.severity == Severity::Warning);
    let why = if is_denied { " denied by --deny-warnings" } else { "" };
    format!("{tally}{why}: nothing was published; {output} is unchanged")
}

fn summary_line(summary: &Summary, took: Duration) -> String {
    let Summary { articles, outputs, written, unchanged, removed, .. } = summary;
    let (articles, files) = (report::count(*articles, "article"), report::count(*outputs, "file"));
    let seconds = took.as_secs_f64();
    format!("{articles}, {files}: {written} written, {unchanged} unchanged, {removed} removed in {seconds:.2} s")
}

/// The note about files that are not published; `None` if there are none.
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
    struct BuildLine {
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
    let line = BuildLine { articles, outputs, written, unchanged, removed, seconds, rendered, unpublished };
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
