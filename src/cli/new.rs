//! `presswork new`: creates a site, an author or an article.

mod article;
mod author;
mod destination;
mod site;

use std::fmt::Write;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{Failure, SITE_HAS_ERRORS, find_root, print_message, report};
use crate::config::{self, Config};
use crate::date::{Moment, WrittenDate, iso};

const EXAMPLES: &str = "\
Examples:
  presswork new site my-paper
  presswork new author \"Lin Tan\"
  presswork new article \"First story\" --section local --author lin-tan

Existing files are never overwritten.";

/// Create a new site, author or article
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct NewArgs {
    #[command(subcommand)]
    what: NewCommand,
}

#[derive(Debug, Subcommand)]
enum NewCommand {
    Site(site::NewSiteArgs),
    Author(author::NewAuthorArgs),
    Article(article::NewArticleArgs),
}

impl NewArgs {
    /// Creates it and prints its path.
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        match self.what {
            NewCommand::Site(site) => site.run(),
            NewCommand::Author(author) => author.run(),
            NewCommand::Article(article) => article.run(),
        }
    }
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

/// Checks that a headline or name is one line of text.
fn one_line(what: &str, text: &str) -> Result<String, Failure> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Failure::new(format!("the {what} is empty")));
    }
    match text.chars().find(|&c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')) {
        Some('\n' | '\r') => Err(Failure::new(format!("the {what} has more than one line"))),
        Some(letter) => Err(Failure::new(format!("the {what} contains the character {letter:?}"))),
        None => Ok(text.to_owned()),
    }
}

/// Formats a string as a double-quoted YAML scalar, which can hold every character (YAML 1.2, section 7.3.1).
pub(super) fn quoted(text: &str) -> String {
    let mut yaml = String::with_capacity(text.len() + 2);
    yaml.push('"');
    for letter in text.chars() {
        match letter {
            '"' | '\\' => yaml.extend(['\\', letter]),
            '\n' => yaml.push_str("\\n"),
            _ if is_unprintable(letter) => {
                let _ = write!(yaml, "\\u{:04X}", u32::from(letter));
            }
            _ => yaml.push(letter),
        }
    }
    yaml.push('"');
    yaml
}

/// True for characters that YAML requires to be escaped, all of them below U+10000 (YAML 1.2, section 5.1).
fn is_unprintable(letter: char) -> bool {
    letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

/// Formats the current minute for front matter, in the site's time zone: `2026-12-01 08:00`. Adds the offset if a clock
/// change repeats this local time.
pub(super) fn written_now(now: Timestamp, zone: &TimeZone) -> String {
    let minute = now.as_second().div_euclid(60) * 60;
    let instant = Timestamp::from_second(minute).unwrap_or(now);
    let full = iso(&Moment { instant, has_time: true }.in_zone(zone));
    let minute = format!("{} {}", &full[..10], &full[11..16]);
    let means_now = |text: &str| WrittenDate::parse(text).is_ok_and(|date| date.resolve(zone).is_ok());
    if means_now(&minute) { minute } else { full }
}

/// Creates a file that must not exist yet; removes it again on failure.
fn create_file(path: &Path, text: &str) -> Result<(), Failure> {
    let mut file = match OpenOptions::new().write(true).create_new(true).open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(exists(path)),
        Err(error) => return Err(Failure::file("create", path, &error)),
    };
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(|error| {
        let _ = fs::remove_file(path);
        Failure::file("write", path, &error)
    })
}

/// Creates a folder and its parents and returns the new ones, outermost first; removes them again on failure.
fn create_folders(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let is_missing = |path: &&Path| !path.as_os_str().is_empty() && !path.exists();
    let mut made: Vec<PathBuf> = folder.ancestors().take_while(is_missing).map(Path::to_path_buf).collect();
    made.reverse();
    match fs::create_dir_all(folder) {
        Ok(()) => Ok(made),
        Err(error) => {
            remove_folders(&made);
            Err(Failure::file("create", folder, &error))
        }
    }
}

/// Removes new folders, as far as they are empty.
fn remove_folders(made: &[PathBuf]) {
    for folder in made.iter().rev() {
        let _ = fs::remove_dir(folder);
    }
}

fn exists(path: &Path) -> Failure {
    Failure::new(format!("{} already exists", shown(path))).hint("edit that file, or choose another name")
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
    fn titles_have_one_line() {
        assert_eq!(one_line("title", "  It's \"on\": \\ 🎉 ").unwrap(), "It's \"on\": \\ 🎉");
        for bad in ["", " \n ", "a\nb", "a\u{0}b", "a\u{2028}b", "a\u{1b}[1mb"] {
            assert!(one_line("title", bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn now_is_written_so_that_it_means_one_instant() {
        let zone = jiff::tz::db().get("Europe/Lisbon").unwrap();
        let at = |text: &str| written_now(text.parse().unwrap(), &zone);
        assert_eq!(at("2026-07-01T08:00:59.5Z"), "2026-07-01 09:00");
        assert_eq!(at("2026-10-25T00:30:10Z"), "2026-10-25T01:30:00+01:00");
        assert_eq!(at("2026-10-25T01:30:10Z"), "2026-10-25T01:30:00+00:00");
    }
}
