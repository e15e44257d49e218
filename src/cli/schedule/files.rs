//! The files of each timer, made from the templates beside this file.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::quoting::{crontab, shell, systemd as word};
use super::run_times::{calendar, cron as fields, minutes, readable};
use crate::site::Change;
use crate::time_format::format_time;

/// The first line of every file, or the second of a script.
pub(super) const MARK: &str = "# Written by `presswork schedule`; what is changed by hand is lost when it runs again.";

/// The option before the look-ahead time in a file.
const WITHIN: &str = " --within ";

/// The smallest interval in minutes at which services start scheduled jobs.
const APART: i64 = 5;

/// The paths and options for this machine's own timers.
pub(super) struct LocalPaths {
    pub program: String,
    pub root: String,
    pub folder: String,
    pub within: String,
}

/// A file with its expected text.
pub(super) struct TimerFile {
    /// The path, relative to the folder for the files.
    pub path: &'static str,
    pub text: String,
    /// The lines that start a build at a certain time.
    runs: Vec<Run>,
    /// The prefix of such lines.
    prefix: &'static str,
}

/// A line that starts a build.
struct Run {
    line: String,
    /// The change that the build publishes: the first, if there are several.
    change: Change,
}

impl TimerFile {
    fn new(path: &'static str, template: &str, words: &[(&str, &str)]) -> TimerFile {
        let mut text = template.replace("@MARK@", MARK);
        for (name, value) in words {
            text = text.replace(&format!("@{name}@"), value);
        }
        TimerFile { path, text, runs: Vec::new(), prefix: "" }
    }

    /// Creates a file from a template with `@INSTANTS@` in place of the runs.
    fn with_runs(path: &'static str, template: &str, prefix: &'static str, runs: Vec<Run>) -> TimerFile {
        let lines: String = runs.iter().map(|run| format!("{}\n", run.line)).collect();
        TimerFile { runs, prefix, ..TimerFile::new(path, template, &[("INSTANTS", &lines)]) }
    }

    /// Compares the file on disk with this one and describes the difference. Past runs may stay in it.
    pub(super) fn problem(&self, on_disk: &str, zone: &TimeZone) -> Option<String> {
        let missing = self.runs.iter().find(|run| !on_disk.lines().any(|line| line == run.line));
        if let Some(Run { change, .. }) = missing {
            let (at, what) = (format_time(change.at, zone), change.effect.in_words());
            return Some(format!("has no run for {at}: “{}” {what} ({})", change.title, change.source));
        }
        let is_run = |line: &&str| !self.prefix.is_empty() && line.starts_with(self.prefix);
        let rest = |text: &str| text.lines().filter(|line| !is_run(line)).map(without_span).collect::<Vec<_>>();
        (rest(&self.text) != rest(on_disk)).then(|| "differs from what would be written now".to_owned())
    }
}

/// A line without its look-ahead time: a file that looks further ahead than asked is fine.
fn without_span(line: &str) -> String {
    let Some((before, after)) = line.split_once(WITHIN) else { return line.to_owned() };
    [before, after.find(" --").map_or("", |end| &after[end..])].concat()
}

/// The line for a crontab.
pub(super) fn cron(place: &LocalPaths) -> Vec<TimerFile> {
    let (program, root) = (shell(&place.program), shell(&place.root));
    let inner = format!(
        "{program} due --quiet --or-unknown; code=$?; if [ $code = 3 ]; then {program} build --quiet; else exit \
         $code; fi"
    );
    // `flock -n` prevents a second run while one takes longer than a minute.
    let command = crontab(&format!("cd {root} && flock -n . sh -c {}", shell(&inner)));
    vec![TimerFile::new("presswork.cron", include_str!("presswork.cron"), &[("COMMAND", &command)])]
}

/// The systemd service and its timer.
pub(super) fn systemd(place: &LocalPaths, coming: &[Change]) -> Vec<TimerFile> {
    let script = "\"$0\" due --quiet --or-unknown --root \"$1\"; code=$?; if [ $code = 3 ]; then exec \"$0\" build \
                  --quiet --root \"$1\"; else exit $code; fi";
    let LocalPaths { program, root, folder, within } = place;
    let (program, root) = (word(program), word(root));
    let start = format!("/bin/sh -c {} {program} {root}", word(script));
    let post = format!(
        "{program} schedule --for systemd --root {root} --output {}{WITHIN}{} --program {program}",
        word(folder),
        word(within)
    );
    let runs = coming
        .chunk_by(|one, next| one.at == next.at)
        .map(|changes| Run { line: format!("OnCalendar={}", calendar(changes[0].at)), change: changes[0].clone() });
    vec![
        TimerFile::new("presswork.service", include_str!("presswork.service"), &[("START", &start), ("POST", &post)]),
        TimerFile::with_runs("presswork.timer", include_str!("presswork.timer"), "OnCalendar=2", runs.collect()),
    ]
}

/// The systemd service that stays and publishes by itself.
pub(super) fn systemd_watch(place: &LocalPaths) -> Vec<TimerFile> {
    let LocalPaths { program, root, .. } = place;
    let start = format!("{} build --watch --root {}", word(program), word(root));
    vec![TimerFile::new("presswork-watch.service", include_str!("presswork-watch.service"), &[("START", &start)])]
}

/// The GitHub Actions workflow.
pub(super) fn github(coming: &[Change]) -> Vec<TimerFile> {
    let runs = cron_runs(coming, |at| format!("    - cron: \"{}\"", fields(at)));
    let path = ".github/workflows/presswork-clock.yml";
    vec![TimerFile::with_runs(path, include_str!("github.yml"), "    - cron: ", runs)]
}

/// The GitLab CI file to include, and a script that creates the schedules.
pub(super) fn gitlab(coming: &[Change]) -> Vec<TimerFile> {
    let runs = cron_runs(coming, |at| format!("add '{} UTC' '{}'", readable(at), fields(at)));
    vec![
        TimerFile::new("presswork-clock.gitlab-ci.yml", include_str!("gitlab.yml"), &[]),
        TimerFile::with_runs("presswork-schedules.sh", include_str!("gitlab.sh").trim_end(), "add '2", runs),
    ]
}

/// Creates a line for each minute at which to run. Cron lines have no year, so the same day of different years shares
/// one.
fn cron_runs(coming: &[Change], line: impl Fn(Timestamp) -> String) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut rest = coming;
    for slot in minutes(coming.iter().map(|change| change.at), APART) {
        let (due, later) = rest.split_at(rest.partition_point(|change| change.at <= slot));
        rest = later;
        let line = line(slot);
        if let Some(change) = due.first().filter(|_| runs.iter().all(|run| run.line != line)) {
            runs.push(Run { line, change: change.clone() });
        }
    }
    runs
}
