//! `presswork new site`: creates a small, complete publication to start from.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

use super::super::create::{create_file, create_folders, remove_folders};
use super::super::shared::{ask, quoted, shown, this_minute, with_offset};
use super::super::{Failure, clock, print_line, print_message};
use super::{one_line, shell_word};
use crate::diagnostic::did_you_mean;
use crate::language::capitalized;
use crate::route::{SlugStyle, slugify};

const EXAMPLES: &str = "\
Examples:
  presswork new site my-paper
  presswork new site . --title \"The Harbour Gazette\"

The folder must be empty or new. Then:
  cd my-paper
  presswork serve";

/// The folder that holds the files until all are written; the build ignores it.
const STAGING: &str = ".presswork-new";

/// The files of a new site, with placeholders in double braces.
const SKELETON: &[(&str, &str)] = &[
    (".gitignore", include_str!("skeleton/gitignore")),
    ("README.md", include_str!("skeleton/README.md")),
    ("content/authors/jane-doe.md", include_str!("skeleton/author.md")),
    ("content/local/_index.md", include_str!("skeleton/section.md")),
    ("content/local/welcome.md", include_str!("skeleton/article.md")),
    ("content/pages/about.md", include_str!("skeleton/about.md")),
    ("content/pages/contact.md", include_str!("skeleton/contact.md")),
    ("site.yaml", include_str!("skeleton/site.yaml")),
];

/// Create a folder with a small site that is ready to build
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct NewSiteArgs {
    /// The folder to create
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// The publication's name [default: made from the folder's name]
    #[arg(long)]
    title: Option<String>,
    /// The newsroom's time zone, such as Europe/Berlin [default: this computer's; on a terminal the command asks]
    #[arg(long, value_name = "ZONE")]
    timezone: Option<String>,
}

impl NewSiteArgs {
    /// Writes the site and prints its folder.
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let title = match self.title {
            Some(title) => one_line("title", &title)?,
            None => title_of(&self.folder),
        };
        let timezone = match &self.timezone {
            Some(timezone) => zone(timezone)?,
            None => ask_zone()?,
        };
        let made = prepare(&self.folder)?;
        fill(&self.folder, &title, &timezone).inspect_err(|_| clear(&self.folder, &made))?;
        print_line(&shown(&self.folder))?;
        print_message(&format!("time zone: {timezone}; change it in site.yaml before you publish\n"));
        print_message(&next_steps(&self.folder));
        Ok(ExitCode::SUCCESS)
    }
}

/// Checks the name of a time zone.
fn zone(name: &str) -> Result<String, Failure> {
    let name = name.trim();
    let zone = jiff::tz::db().get(name);
    let known = zone.as_ref().ok().and_then(|zone| zone.iana_name()).map(str::to_owned);
    known.ok_or_else(|| {
        let names: Vec<String> = jiff::tz::db().available().map(|name| name.to_string()).collect();
        let guess = did_you_mean(name_of_city(name, &names), names.iter().map(String::as_str));
        let hint = guess.unwrap_or_else(|| "write an IANA name, such as Europe/Berlin or Asia/Singapore".to_owned());
        Failure::new(format!("there is no time zone `{name}`")).hint(hint)
    })
}

/// The zone of a city that is typed without its region, or else what was typed.
fn name_of_city<'n>(typed: &'n str, names: &'n [String]) -> &'n str {
    let city = typed.replace(' ', "_");
    let is_of = |name: &&String| name.rsplit('/').next().is_some_and(|last| last.eq_ignore_ascii_case(&city));
    names.iter().find(is_of).map_or(typed, String::as_str)
}

/// This computer's time zone, or another one if somebody at a terminal types it.
fn ask_zone() -> Result<String, Failure> {
    let local = clock::local_zone();
    let answer = ask(&format!("Time zone of the newsroom [{local}]: "))?;
    answer.filter(|answer| !answer.is_empty()).map_or(Ok(local), |answer| zone(&answer))
}

fn next_steps(folder: &Path) -> String {
    let enter = if is_here(folder) { String::new() } else { format!("cd {}, ", shell_word(&shown(folder))) };
    format!("next: {enter}edit site.yaml, run presswork serve to preview, and presswork build to publish\n")
}

fn is_here(folder: &Path) -> bool {
    folder.iter().all(|part| part == ".")
}

/// Makes a title from a folder's name: `my-paper` becomes `My Paper`, as does a name without letters.
fn title_of(folder: &Path) -> String {
    let absolute = fs::canonicalize(folder).or_else(|_| std::path::absolute(folder)).unwrap_or_default();
    let name = absolute.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let words = name.split(|c: char| c == '-' || c == '_' || c.is_whitespace() || c.is_control());
    let title = words.filter(|word| !word.is_empty()).map(capitalized).collect::<Vec<_>>().join(" ");
    let has_letters = !slugify(&title, SlugStyle::Unicode).is_empty() && !title.contains('\u{fffd}');
    if has_letters { title } else { "My Paper".to_owned() }
}

/// Creates the folder and its parents, unless it exists and is empty; returns the new ones, outermost first.
fn prepare(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    match fs::read_dir(folder) {
        Ok(mut entries) => match entries.next() {
            None => Ok(Vec::new()),
            Some(_) => Err(Failure::new(format!("{} is not empty", folder.display())).hint("choose a new folder")),
        },
        Err(_) if fs::symlink_metadata(folder).is_ok_and(|metadata| !metadata.is_dir()) => {
            Err(Failure::new(format!("{} already exists and is not a folder", folder.display()))
                .hint("choose a new folder"))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => create_folders(folder),
        Err(error) => Err(Failure::file("read", folder, &error)),
    }
}

/// Writes everything into a hidden folder and then moves it, so that a full disk leaves no partial site.
fn fill(folder: &Path, title: &str, timezone: &str) -> Result<(), Failure> {
    let staging = folder.join(STAGING);
    let zone = jiff::tz::db().get(timezone).unwrap_or(jiff::tz::TimeZone::UTC);
    let date = with_offset(this_minute(clock::now()), &zone);
    for (file, text) in SKELETON {
        let path = staging.join(file);
        let parent = path.parent().unwrap_or(&staging);
        fs::create_dir_all(parent).map_err(|error| Failure::file("create", parent, &error))?;
        create_file(&path, fill_in(text, title, &date, timezone))?;
    }
    for name in top_level() {
        let target = folder.join(name);
        fs::rename(staging.join(name), &target).map_err(|error| Failure::file("create", &target, &error))?;
    }
    fs::remove_dir(&staging).map_err(|error| Failure::file("remove", &staging, &error))
}

/// Removes what a failed attempt left in the folder.
fn clear(folder: &Path, made: &[PathBuf]) {
    let _ = fs::remove_dir_all(folder.join(STAGING));
    for name in top_level() {
        let path = folder.join(name);
        let _ = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
    }
    remove_folders(made);
}

/// The entries of the site's folder; `site.yaml`, which makes it a site, comes last.
fn top_level() -> impl Iterator<Item = &'static str> {
    let mut names: Vec<&str> = SKELETON.iter().filter_map(|(file, _)| file.split('/').next()).collect();
    names.dedup();
    names.into_iter()
}

/// Replaces the placeholders in double braces: `title` is quoted for YAML, `name` is the title in Markdown.
fn fill_in(text: &str, title: &str, date: &str, timezone: &str) -> String {
    let mut filled = String::with_capacity(text.len() + title.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        let (key, tail) = after.split_once("}}").unwrap_or((after, ""));
        filled.push_str(before);
        match key {
            "title" => filled.push_str(&quoted(title)),
            "about" => filled.push_str(&quoted(&format!("About {title}"))),
            "name" => filled.push_str(&escaped(title)),
            "date" => filled.push_str(date),
            _ => filled.push_str(timezone),
        }
        rest = tail;
    }
    filled + rest
}

/// Every ASCII punctuation character may be escaped (CommonMark 0.31, section 2.4).
fn escaped(text: &str) -> String {
    let mut markdown = String::with_capacity(text.len());
    for letter in text.chars() {
        if "\\`*_{}[]()#+!<>|~&$^=:@\"".contains(letter) {
            markdown.push('\\');
        }
        markdown.push(letter);
    }
    markdown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site_yaml() -> String {
        let text = SKELETON.iter().find(|(file, _)| *file == "site.yaml").unwrap().1;
        fill_in(text, "It's \"on\": \\ {date}", "", "Asia/Singapore")
    }

    /// Comments are `# like this`, keys that show their default `#like: this`.
    fn with_all_keys(text: &str) -> String {
        let is_prose = |line: &str| line.starts_with("# ") && !line.starts_with("#  ");
        let lines = text.lines().map(|line| if is_prose(line) { line } else { line.strip_prefix('#').unwrap_or(line) });
        lines.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn the_configuration_is_valid_as_it_is_and_with_every_key() {
        for text in [site_yaml(), with_all_keys(&site_yaml())] {
            let read = crate::config::parse(&text);
            assert_eq!(read.diagnostics, []);
            assert_eq!(read.value.unwrap().title, "It's \"on\": \\ {date}");
        }
    }

    #[test]
    fn every_key_is_shown() {
        let unknown = crate::config::parse("no_such_key: 1\n").diagnostics.remove(0);
        assert_eq!(unknown.code, crate::diagnostic::Code::UnknownKey);
        let source = include_str!("../../config.rs");
        let fields = source.split("struct WrittenConfig {").nth(1).unwrap().split('}').next().unwrap();
        let keys = fields.lines().filter_map(|line| line.trim().split_once(": ")).map(|(key, _)| key);
        let shown = with_all_keys(&site_yaml());
        let mut number = 0;
        for key in keys {
            assert!(shown.lines().any(|line| line.starts_with(&format!("{key}:"))), "{key}");
            number += 1;
        }
        assert!(number >= 15);
    }

    #[test]
    fn titles_come_from_folders() {
        assert_eq!(title_of(Path::new("/tmp/my-paper")), "My Paper");
        assert_eq!(title_of(Path::new("the_daily  élan")), "The Daily Élan");
        assert_eq!(title_of(Path::new("晨报")), "晨报");
        assert_eq!(title_of(Path::new("---")), "My Paper");
    }
}
