//! The files of each timer, made of templates that lie beside this one.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::moments::shown;
use super::quoting::{crontab, shell, systemd as word};
use super::slots::{calendar, cron as fields, minutes, readable};
use crate::site::Change;

/// What the first line of every file says, or the second of a script.
pub(super) const MARK: &str = "# Written by `presswork schedule`; what is changed by hand is lost when it runs again.";

/// What stands in a file before how far to look ahead.
const WITHIN: &str = " --within ";

/// No service begins scheduled jobs less than so many minutes after each other.
const APART: i64 = 5;

/// What the machine's own timers are told.
pub(super) struct Place {
    pub program: String,
    pub root: String,
    pub folder: String,
    pub within: String,
}

/// A file as it should be.
pub(super) struct File {
    /// Below the folder that the files are written into.
    pub path: &'static str,
    pub text: String,
    /// The lines that start a build at a given time.
    runs: Vec<Run>,
    /// How every such line begins.
    prefix: &'static str,
}

/// A line that starts a build.
struct Run {
    line: String,
    /// The change that the build publishes: the first one, if there are several.
    change: Change,
}

impl File {
    fn new(path: &'static str, template: &str, words: &[(&str, &str)]) -> File {
        let mut text = template.replace("@MARK@", MARK);
        for (name, value) in words {
            text = text.replace(&format!("@{name}@"), value);
        }
        File { path, text, runs: Vec::new(), prefix: "" }
    }

    /// A file made from a template that has `@INSTANTS@` where the runs belong.
    fn with_runs(path: &'static str, template: &str, prefix: &'static str, runs: Vec<Run>) -> File {
        let lines: String = runs.iter().map(|run| format!("{}\n", run.line)).collect();
        File { runs, prefix, ..File::new(path, template, &[("INSTANTS", &lines)]) }
    }

    /// Compares the file on disk with this one and says how it differs. Runs that are over may stay in it.
    pub(super) fn problem(&self, on_disk: &str, zone: &TimeZone) -> Option<String> {
        let missing = self.runs.iter().find(|run| !on_disk.lines().any(|line| line == run.line));
        if let Some(Run { change, .. }) = missing {
            let (at, what) = (shown(change.at, zone), change.what.in_words());
            return Some(format!("has no run for {at}: “{}” {what} ({})", change.title, change.source));
        }
        let is_run = |line: &&str| !self.prefix.is_empty() && line.starts_with(self.prefix);
        let rest = |text: &str| text.lines().filter(|line| !is_run(line)).map(without_span).collect::<Vec<_>>();
        (rest(&self.text) != rest(on_disk)).then(|| "differs from what would be written now".to_owned())
    }
}

/// A line without how far it says to look ahead: a file that looks further than was asked for is as good.
fn without_span(line: &str) -> String {
    let Some((before, behind)) = line.split_once(WITHIN) else { return line.to_owned() };
    [before, behind.find(" --").map_or("", |end| &behind[end..])].concat()
}

/// A line for a crontab.
pub(super) fn cron(place: &Place) -> Vec<File> {
    let (program, root) = (shell(&place.program), shell(&place.root));
    let inner = format!(
        "{program} due --quiet --or-unknown; code=$?; if [ $code = 3 ]; then {program} build --quiet; else exit \
         $code; fi"
    );
    // A run that takes longer than a minute is not joined by another one.
    let command = crontab(&format!("cd {root} && flock -n . sh -c {}", shell(&inner)));
    vec![File::new("presswork.cron", include_str!("presswork.cron"), &[("COMMAND", &command)])]
}

/// A service and its timer.
pub(super) fn systemd(place: &Place, coming: &[Change]) -> Vec<File> {
    let script = "\"$0\" due --quiet --or-unknown --root \"$1\"; code=$?; if [ $code = 3 ]; then exec \"$0\" build \
                  --quiet --root \"$1\"; else exit $code; fi";
    let Place { program, root, folder, within } = place;
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
        File::new("presswork.service", include_str!("presswork.service"), &[("START", &start), ("POST", &post)]),
        File::with_runs("presswork.timer", include_str!("presswork.timer"), "OnCalendar=2", runs.collect()),
    ]
}

/// A workflow.
pub(super) fn github(coming: &[Change]) -> Vec<File> {
    let runs = cron_runs(coming, |at| format!("    - cron: \"{}\"", fields(at)));
    let path = ".github/workflows/presswork-clock.yml";
    vec![File::with_runs(path, include_str!("github.yml"), "    - cron: ", runs)]
}

/// A file to include, and a script that makes the schedules.
pub(super) fn gitlab(coming: &[Change]) -> Vec<File> {
    let runs = cron_runs(coming, |at| format!("add '{} UTC' '{}'", readable(at), fields(at)));
    vec![
        File::new("presswork-clock.gitlab-ci.yml", include_str!("gitlab.yml"), &[]),
        File::with_runs("presswork-schedules.sh", include_str!("gitlab.sh").trim_end(), "add '2", runs),
    ]
}

/// A line for each minute at which to run. Cron lines name no year, so days of different years share one.
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
