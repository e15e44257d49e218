//! The files of each timer, made of templates that lie beside this one.

use jiff::Timestamp;

use super::quoting::{crontab, shell, systemd as word};
use super::slots::{calendar, cron as fields, minutes, readable};

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
    /// How the lines begin that name instants.
    instants: &'static [&'static str],
}

impl File {
    fn new(path: &'static str, template: &str, words: &[(&str, &str)], instants: &'static [&'static str]) -> File {
        let mut text = template.replace("@MARK@", MARK);
        for (name, value) in words {
            text = text.replace(&format!("@{name}@"), value);
        }
        File { path, text, instants }
    }

    /// What is wrong with the file that is there. One that names instants which are over is as good as another.
    pub(super) fn fault(&self, there: &str) -> Option<String> {
        let is_instant = |line: &&str| self.instants.iter().any(|start| line.starts_with(start));
        let missing = self.text.lines().filter(is_instant).find(|line| !there.lines().any(|known| known == *line));
        if let Some(line) = missing {
            return Some(format!("misses an instant: {}", line.trim()));
        }
        let rest = |text: &str| text.lines().filter(|line| !is_instant(line)).map(without_span).collect::<Vec<_>>();
        (rest(&self.text) != rest(there)).then(|| "is not what would be written now".to_owned())
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
    vec![File::new("presswork.cron", include_str!("presswork.cron"), &[("COMMAND", &command)], &[])]
}

/// A service and its timer.
pub(super) fn systemd(place: &Place, coming: &[Timestamp]) -> Vec<File> {
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
    let lines: String = coming.iter().map(|&at| format!("OnCalendar={}\n", calendar(at))).collect();
    vec![
        File::new("presswork.service", include_str!("presswork.service"), &[("START", &start), ("POST", &post)], &[]),
        File::new("presswork.timer", include_str!("presswork.timer"), &[("INSTANTS", &lines)], &["OnCalendar=2"]),
    ]
}

/// A workflow.
pub(super) fn github(coming: &[Timestamp]) -> Vec<File> {
    let mut lines = named(coming, |at| format!("    - cron: \"{}\"\n", fields(at)));
    if !lines.is_empty() {
        lines.insert_str(0, "  schedule:\n");
    }
    let path = ".github/workflows/presswork-clock.yml";
    vec![File::new(path, include_str!("github.yml"), &[("SCHEDULE", &lines)], &["  schedule:", "    - cron: "])]
}

/// A file to include, and a script that makes the schedules.
pub(super) fn gitlab(coming: &[Timestamp]) -> Vec<File> {
    let lines = named(coming, |at| format!("add '{} UTC' '{}'\n", readable(at), fields(at)));
    // It ends with the instants, if there are any.
    let script = include_str!("gitlab.sh").trim_end();
    vec![
        File::new("presswork-clock.gitlab-ci.yml", include_str!("gitlab.yml"), &[], &[]),
        File::new("presswork-schedules.sh", script, &[("INSTANTS", &lines)], &["add '"]),
    ]
}

/// A line for each minute at which to run, each once: days of different years are one line.
fn named(coming: &[Timestamp], line: impl Fn(Timestamp) -> String) -> String {
    let mut lines: Vec<String> = Vec::new();
    for line in minutes(coming.iter().copied(), APART).into_iter().map(line) {
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines.concat()
}
