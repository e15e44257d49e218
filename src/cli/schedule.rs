//! `presswork schedule`: files for timers that rebuild the site just when it changes with no edit.

mod files;
pub(super) mod quoting;
mod slots;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use jiff::Span;
use jiff::tz::TimeZone;

use super::build::{present, write_report, written_date};
use super::{Failure, SITE_HAS_ERRORS, clock, find_root, moments, print, print_line, report, say};
use crate::build::inspect;
use crate::date::WrittenDate;
use crate::diagnostic::has_errors;
use crate::site::{Change, What};

use files::{File, MARK, Place};

/// Where the files go when they are printed.
const STDOUT: &str = "-";

const DETAILS: &str = "\
Write the files with which a timer rebuilds the site when it changes with no edit (see presswork due), and once a \
day for the news sitemap.

cron            presswork.cron: a line for your crontab, which looks each minute and builds when something is due
systemd         presswork.service and presswork.timer, which has one line for each change and is rewritten by the \
service
github-actions  .github/workflows/presswork-clock.yml: publishes after each push and at each change
gitlab          presswork-clock.gitlab-ci.yml to include, and presswork-schedules.sh, which makes the schedules

A file that Presswork has not written is not replaced without --force.";

const EXAMPLES: &str = "\
Examples:
  presswork schedule --for systemd --output ~/.config/systemd/user
  (crontab -l; presswork schedule --for cron --output -) | crontab -
  presswork schedule --for github-actions
  presswork schedule --for github-actions --check --within 30d

With --check nothing is written. Exit code 1 means that a file is missing, has no run for a change in that time, or \
differs from what would be written now. Runs that are over may stay in it. An ordinary story, without a date ahead, \
needs no new run.

Exit code: 0 all is well, 1 the site has errors or --check found something, 2 the command or the machine is at fault.";

/// Write files for timers that rebuild the site just when it changes
#[derive(Debug, Args)]
#[command(long_about = DETAILS, after_help = EXAMPLES)]
pub(super) struct Schedule {
    /// What runs the builds
    #[arg(long = "for", value_enum, value_name = "TIMER")]
    timer: Timer,
    /// The site's folder [default: the current folder or the nearest one above it that has a site.yaml]
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
    /// Where the files are written; `-` prints the file, where it is only one [default: the site's folder]
    #[arg(long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Take this for the present, such as 2026-12-01T08:00 [default: now]
    #[arg(long, value_name = "INSTANT", value_parser = written_date)]
    at: Option<WrittenDate>,
    /// How far to look ahead
    #[arg(long, value_name = "TIME", value_parser = moments::span, default_value = "90d")]
    within: Span,
    /// How cron and systemd call Presswork [default: the path of this program]
    #[arg(long, value_name = "PATH")]
    program: Option<PathBuf>,
    /// Write nothing; say whether the files are what they should be
    #[arg(long)]
    check: bool,
    /// Replace files that Presswork has not written
    #[arg(long, conflicts_with = "check")]
    force: bool,
}

/// What can run builds by the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Timer {
    Cron,
    Systemd,
    GithubActions,
    Gitlab,
}

impl Schedule {
    /// Writes or checks the files.
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let root = find_root(self.root.clone())?;
        let now = present(self.at, &root)?;
        let inspected = inspect(&root).map_err(|error| Failure::new(error.to_string()))?;
        let faults = inspected.value.as_ref().map_or(inspected.diagnostics, |inspection| inspection.faults());
        let Some(inspection) = inspected.value.filter(|_| !has_errors(&faults)) else {
            write_report(&faults, &root);
            say(&format!("{}: no schedule can be made of this site\n", report::tally(&faults)));
            return Ok(ExitCode::from(SITE_HAS_ERRORS));
        };
        let until = moments::ahead(now, self.within, &inspection.config.timezone)?;
        let mut coming = inspection.changes(now, until);
        // Every story leaves the news sitemap after 48 hours; the daily run that each timer has takes care of that.
        coming.retain(|change| change.what != What::NewsEnds);
        let is_printed = self.output.as_deref().is_some_and(|output| output == Path::new(STDOUT));
        let folder = self.output.clone().filter(|_| !is_printed).unwrap_or_else(|| root.clone());
        let files = self.files(&root, &folder, &coming)?;
        match files.as_slice() {
            [file] if is_printed => print(&mut std::io::stdout().lock(), &file.text)?,
            _ if is_printed => return Err(Failure::new("these are several files; name a folder with --output")),
            files if self.check => return check(&folder, files, &inspection.config.timezone),
            files => self.write(&folder, files)?,
        }
        Ok(ExitCode::SUCCESS)
    }

    fn files(&self, root: &Path, folder: &Path, coming: &[Change]) -> Result<Vec<File>, Failure> {
        let program = match &self.program {
            Some(program) => program.clone(),
            None => clock::program().map_err(|error| Failure::file("find", Path::new("presswork"), &error))?,
        };
        let place = Place {
            program: text(&program)?,
            root: text(&root.canonicalize().map_err(|error| Failure::file("find", root, &error))?)?,
            folder: text(&std::path::absolute(folder).map_err(|error| Failure::file("find", folder, &error))?)?,
            within: format!("{:#}", self.within),
        };
        Ok(match self.timer {
            Timer::Cron => files::cron(&place),
            Timer::Systemd => files::systemd(&place, coming),
            Timer::GithubActions => files::github(coming),
            Timer::Gitlab => files::gitlab(coming),
        })
    }

    fn write(&self, folder: &Path, files: &[File]) -> Result<(), Failure> {
        for file in files {
            let path = folder.join(file.path);
            if !self.force && path.symlink_metadata().is_ok() && !is_ours(&path) {
                let message = format!("{} is not a file that Presswork has written", path.display());
                return Err(Failure::new(message).hint("move it away, or replace it with --force"));
            }
        }
        for file in files {
            let path = folder.join(file.path);
            let parent = path.parent().unwrap_or(folder);
            fs::create_dir_all(parent).map_err(|error| Failure::file("make", parent, &error))?;
            // What stands there is no link to be written through.
            let new = parent.join(".presswork-schedule.new");
            fs::write(&new, &file.text).map_err(|error| Failure::file("write", &new, &error))?;
            fs::rename(&new, &path).map_err(|error| Failure::file("write", &path, &error))?;
            print_line(&path.display())?;
        }
        Ok(())
    }
}

fn text(path: &Path) -> Result<String, Failure> {
    let text = path.to_str().filter(|text| !text.contains(['\n', '\r']));
    text.map(str::to_owned).ok_or_else(|| Failure::new(format!("timers cannot be told the path {}", path.display())))
}

/// Whether a file begins as those that this command writes.
fn is_ours(path: &Path) -> bool {
    fs::read_to_string(path).is_ok_and(|text| text.lines().take(2).any(|line| line == MARK))
}

/// Compares each file with what it should be and reports the first difference of each.
fn check(folder: &Path, files: &[File], zone: &TimeZone) -> Result<ExitCode, Failure> {
    let mut code = ExitCode::SUCCESS;
    for file in files {
        let path = folder.join(file.path);
        let problem = match fs::read_to_string(&path) {
            Ok(on_disk) => file.problem(&on_disk, zone),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Some("is not there".to_owned()),
            Err(error) => Some(format!("cannot be read: {error}")),
        };
        if let Some(problem) = problem {
            say(&format!("{} {problem}; run `presswork schedule` again\n", path.display()));
            code = ExitCode::from(SITE_HAS_ERRORS);
        }
    }
    Ok(code)
}
