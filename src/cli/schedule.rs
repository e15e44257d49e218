//! `presswork schedule`: writes files for timers that rebuild the site at its scheduled changes.

mod files;
pub(super) mod quoting;
mod run_times;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use jiff::Span;
use jiff::tz::TimeZone;

use super::shared::{present, write_report, written_date};
use super::{Failure, SITE_HAS_ERRORS, clock, find_root, print, print_line, print_message, report, times};
use crate::build::Project;
use crate::date::WrittenDate;
use crate::diagnostic::has_errors;
use crate::site::{Change, Effect};

use files::{LocalPaths, MARK, TimerFile};

/// The value of `--output` that prints the file.
const STDOUT: &str = "-";

const DETAILS: &str = "\
Write the files with which a timer rebuilds the site at its scheduled changes (see presswork due), and once a day for \
the news sitemap.

cron            presswork.cron: a line for your crontab, which checks every minute and builds when something is due
systemd         presswork.service and presswork.timer, which has one line for each change; the service rewrites it
github-actions  .github/workflows/presswork-clock.yml: publishes after each push and at each change
gitlab          presswork-clock.gitlab-ci.yml to include, and presswork-schedules.sh, which creates the schedules

Files that Presswork did not write are not replaced without --force.";

const EXAMPLES: &str = "\
Examples:
  presswork schedule --for systemd --output ~/.config/systemd/user
  presswork schedule --for systemd --watch --output ~/.config/systemd/user
  (crontab -l; presswork schedule --for cron --output -) | crontab -
  presswork schedule --for github-actions
  presswork schedule --for github-actions --check --within 30d

With --check nothing is written. Exit code 1 means that a file is missing, has no run for a change in that time, or is \
out of date. Past runs may stay in it. An ordinary story, without a future date, needs no new run.

Exit code: 0 success, 1 the site has errors or --check found a problem, 2 wrong usage or an error of the machine.";

/// Write files for timers that rebuild the site at scheduled changes
#[derive(Debug, Args)]
#[command(long_about = DETAILS, after_help = EXAMPLES)]
pub(super) struct ScheduleArgs {
    /// The timer that runs the builds
    #[arg(long = "for", value_enum, value_name = "TIMER")]
    timer: Timer,
    /// The site's folder [default: the current folder or the nearest parent with a site.yaml]
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
    /// The folder for the files; `-` prints the file, if there is only one [default: the site's folder]
    #[arg(long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Use this time instead of now, such as 2026-12-01T08:00
    #[arg(long, value_name = "TIME", value_parser = written_date)]
    at: Option<WrittenDate>,
    /// The look-ahead time
    #[arg(long, value_name = "DURATION", value_parser = times::parse_span, default_value = "90d")]
    within: Span,
    /// The program that cron and systemd run [default: the path of this program]
    #[arg(long, value_name = "PATH")]
    program: Option<PathBuf>,
    /// For systemd: a service that runs `presswork build --watch`, in place of a timer
    #[arg(long, conflicts_with_all = ["within", "at"])]
    watch: bool,
    /// Write nothing; report whether the files are up to date
    #[arg(long)]
    check: bool,
    /// Replace files that Presswork did not write
    #[arg(long, conflicts_with = "check")]
    force: bool,
}

/// The timers that can run builds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Timer {
    Cron,
    Systemd,
    GithubActions,
    Gitlab,
}

impl ScheduleArgs {
    /// Writes or checks the files.
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let root = find_root(self.root.clone())?;
        let now = present(self.at, &root)?;
        let opened = Project::open(&root)?;
        let problems = opened.value.as_ref().map_or(opened.diagnostics, |project| project.diagnostics());
        let Some(project) = opened.value.filter(|_| !has_errors(&problems)) else {
            write_report(&problems, &root);
            print_message(&format!("{}: no schedule can be written for this site\n", report::tally(&problems)));
            return Ok(ExitCode::from(SITE_HAS_ERRORS));
        };
        let until = times::after(now, self.within, &project.config.timezone)?;
        let mut coming = project.changes(now, until);
        // Every story leaves the news sitemap after 48 hours; the daily run that each timer has takes care of that.
        coming.retain(|change| change.effect != Effect::NewsEnds);
        let is_printed = self.output.as_deref().is_some_and(|output| output == Path::new(STDOUT));
        let folder = self.output.clone().filter(|_| !is_printed).unwrap_or_else(|| root.clone());
        let files = self.files(&root, &folder, &coming)?;
        match files.as_slice() {
            [file] if is_printed => print(&mut std::io::stdout().lock(), &file.text)?,
            _ if is_printed => return Err(Failure::new("there are several files; pass a folder with --output")),
            files if self.check => return check(&folder, files, &project.config.timezone),
            files => self.write(&folder, files)?,
        }
        Ok(ExitCode::SUCCESS)
    }

    fn files(&self, root: &Path, folder: &Path, coming: &[Change]) -> Result<Vec<TimerFile>, Failure> {
        let program = match &self.program {
            Some(program) => program.clone(),
            None => clock::program().map_err(|error| Failure::file("find", Path::new("presswork"), &error))?,
        };
        let place = LocalPaths {
            program: text(&program)?,
            root: text(&root.canonicalize().map_err(|error| Failure::file("find", root, &error))?)?,
            folder: text(&std::path::absolute(folder).map_err(|error| Failure::file("find", folder, &error))?)?,
            within: format!("{:#}", self.within),
        };
        if self.watch {
            return match self.timer {
                Timer::Systemd => Ok(files::systemd_watch(&place)),
                _ => Err(Failure::new("--watch is for systemd").hint("timers of other kinds start builds one by one")),
            };
        }
        Ok(match self.timer {
            Timer::Cron => files::cron(&place),
            Timer::Systemd => files::systemd(&place, coming),
            Timer::GithubActions => files::github(coming),
            Timer::Gitlab => files::gitlab(coming),
        })
    }

    fn write(&self, folder: &Path, files: &[TimerFile]) -> Result<(), Failure> {
        for file in files {
            let path = folder.join(file.path);
            if !self.force && path.symlink_metadata().is_ok() && !is_ours(&path) {
                let message = format!("Presswork did not write {}", path.display());
                return Err(Failure::new(message).hint("move it elsewhere, or replace it with --force"));
            }
        }
        for file in files {
            let path = folder.join(file.path);
            let parent = path.parent().unwrap_or(folder);
            fs::create_dir_all(parent).map_err(|error| Failure::file("create", parent, &error))?;
            // Writing a new file and renaming it never follows a symbolic link.
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
    text.map(str::to_owned).ok_or_else(|| Failure::new(format!("timers cannot use the path {}", path.display())))
}

/// True if a file begins like those that this command writes.
fn is_ours(path: &Path) -> bool {
    fs::read_to_string(path).is_ok_and(|text| text.lines().take(2).any(|line| line == MARK))
}

/// Compares each file with its expected text and reports the first difference of each.
fn check(folder: &Path, files: &[TimerFile], zone: &TimeZone) -> Result<ExitCode, Failure> {
    let mut code = ExitCode::SUCCESS;
    for file in files {
        let path = folder.join(file.path);
        let problem = match fs::read_to_string(&path) {
            Ok(on_disk) => file.problem(&on_disk, zone),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Some("is missing".to_owned()),
            Err(error) => Some(format!("cannot be read: {error}")),
        };
        if let Some(problem) = problem {
            print_message(&format!("{} {problem}; run `presswork schedule` again\n", path.display()));
            code = ExitCode::from(SITE_HAS_ERRORS);
        }
    }
    Ok(code)
}
