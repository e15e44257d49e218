//! The parts that several commands share: formats, dates of the command line, diagnostics, and opening a project to
//! change it.

use std::fs;
use std::io::{self, BufWriter, IsTerminal};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::ValueEnum;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{Failure, SITE_HAS_ERRORS, clock, find_root, print, print_message, report};
use crate::config::{self, Config};
use crate::date::{DateError, FORMS, Moment, WrittenDate, iso};
use crate::diagnostic::{Diagnostic, to_json};
pub(super) use crate::edit::quoted;

/// The format of reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    Human,
    Json,
}

/// Parses a date from the command line.
pub(super) fn written_date(text: &str) -> Result<WrittenDate, String> {
    WrittenDate::parse(text).map_err(|error| match error {
        DateError::Invalid { message, hint } => format!("{message}; {hint}"),
        DateError::Ambiguous(one, _) => format!("{one}; {FORMS}"),
    })
}

/// The time from the command line, or now.
pub(super) fn present(at: Option<WrittenDate>, root: &Path) -> Result<Timestamp, Failure> {
    at.map_or_else(|| Ok(clock::now()), |at| instant(at, root))
}

/// Prints diagnostics in a format: text to standard error, JSON to standard output.
pub(super) fn report_diagnostics(format: Format, diagnostics: &[Diagnostic], root: &Path) -> Result<(), Failure> {
    match format {
        Format::Human => write_report(diagnostics, root),
        Format::Json => print_lines(diagnostics)?,
    }
    Ok(())
}

/// Writes diagnostics to standard error. If that is closed, nobody is there to read them, but the exit code still
/// reports the result.
pub(super) fn write_report(diagnostics: &[Diagnostic], root: &Path) {
    let mut out = BufWriter::new(anstream::stderr().lock());
    let _ = report::write(&mut out, diagnostics, root);
}

/// Prints one JSON object on each line to standard output.
fn print_lines(diagnostics: &[Diagnostic]) -> Result<(), Failure> {
    let lines: String = diagnostics.iter().map(|diagnostic| to_json(diagnostic) + "\n").collect();
    print(&mut io::stdout().lock(), &lines)
}

/// The time of `--at` or `--now`; without an offset it is in the site's time zone. The build itself reports an invalid
/// configuration; until then, UTC will do.
fn instant(at: WrittenDate, root: &Path) -> Result<Timestamp, Failure> {
    let text = fs::read_to_string(root.join(config::FILE)).unwrap_or_default();
    let zone = config::parse(&text).value.map_or(TimeZone::UTC, |config| config.timezone);
    at.resolve(&zone).map(|moment| moment.instant).map_err(|error| match error {
        DateError::Invalid { message, hint } => Failure::new(message).hint(hint),
        DateError::Ambiguous(one, other) => {
            Failure::new("the clocks change at this local time").hint(format!("write {one} or {other}"))
        }
    })
}

/// The project that a command changes.
pub(super) struct ExistingSite {
    pub root: PathBuf,
    pub config: Config,
}

/// Finds the project and reads its configuration. Returns `None` after reporting its errors.
pub(super) fn open_project(root: Option<PathBuf>) -> Result<Option<ExistingSite>, Failure> {
    let root = find_root(root)?;
    let file = root.join(config::FILE);
    let text = match fs::read(&file) {
        Ok(bytes) => String::from_utf8(bytes).map_err(|_| Failure::new(format!("{} is not UTF-8", file.display())))?,
        Err(error) => {
            let hint = "pass the site's folder with --root, or start a site: presswork new site my-paper";
            return Err(Failure::file("read", &file, &error).hint(hint));
        }
    };
    let read = config::parse(&text);
    if read.value.is_none() {
        print_message(&report::to_text(&read.diagnostics, &root));
    }
    Ok(read.value.map(|config| ExistingSite { root, config }))
}

/// The exit code when the site's configuration has errors.
pub(super) fn site_has_errors() -> Result<ExitCode, Failure> {
    Ok(ExitCode::from(SITE_HAS_ERRORS))
}

/// Formats an instant for front matter with its offset, so that another time zone in `site.yaml` does not move it.
pub(super) fn with_offset(moment: Moment, zone: &TimeZone) -> String {
    iso(&moment.in_zone(zone))
}

/// Formats a date of the command line for front matter: a time with its offset, a day as a day.
pub(super) fn front_matter_date(moment: Moment, zone: &TimeZone) -> String {
    if moment.has_time { with_offset(moment, zone) } else { moment.in_zone(zone).date().to_string() }
}

/// Returns a text for readers without the white space around it.
pub(super) fn reader_text(what: &str, text: &str, hint: &str) -> Result<String, Failure> {
    let text = text.replace("\r\n", "\n").trim().to_owned();
    if text.is_empty() { Err(Failure::new(format!("the {what} is empty")).hint(hint)) } else { Ok(text) }
}

/// True if somebody is at a terminal.
pub(super) fn can_ask() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Asks a question and returns the answer; `None` if nobody is at a terminal.
pub(super) fn ask(question: &str) -> Result<Option<String>, Failure> {
    if !can_ask() {
        return Ok(None);
    }
    print_message(question);
    let mut answer = String::new();
    let read = io::stdin().read_line(&mut answer);
    read.map_err(|error| Failure::new(format!("cannot read the answer: {error}")))?;
    Ok(Some(answer.trim().to_owned()))
}

/// The current minute.
pub(super) fn this_minute(now: Timestamp) -> Moment {
    let instant = Timestamp::from_second(now.as_second().div_euclid(60) * 60).unwrap_or(now);
    Moment::at(instant)
}

/// Resolves a date of the command line in the site's time zone.
pub(super) fn resolve_date(date: &str, zone: &TimeZone) -> Result<Moment, Failure> {
    let resolved = WrittenDate::parse(date.trim()).and_then(|written| written.resolve(zone));
    resolved.map_err(|error| match error {
        DateError::Invalid { message, hint } => Failure::new(message).hint(hint),
        DateError::Ambiguous(one, other) => {
            Failure::new(format!("`{date}` is ambiguous, because the clocks change at that time"))
                .hint(format!("write {one} or {other}"))
        }
    })
}

/// Formats a path as people type it: without a leading `./`.
pub(super) fn shown(path: &Path) -> String {
    path.strip_prefix(".").unwrap_or(path).display().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::author::AuthorFront;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_text_reads_back_as_it_was(text in any::<String>()) {
            let front: AuthorFront = crate::yaml::parse(&format!("name: {}\n", quoted(&text))).unwrap();
            prop_assert_eq!(front.name, text);
        }
    }

    #[test]
    fn now_is_written_as_an_unambiguous_time() {
        let zone = jiff::tz::db().get("Europe/Lisbon").unwrap();
        let at = |text: &str| with_offset(this_minute(text.parse().unwrap()), &zone);
        assert_eq!(at("2026-07-01T08:00:59.5Z"), "2026-07-01T09:00:00+01:00");
        assert_eq!(at("2026-10-25T00:30:10Z"), "2026-10-25T01:30:00+01:00");
        assert_eq!(at("2026-10-25T01:30:10Z"), "2026-10-25T01:30:00+00:00");
    }
}
