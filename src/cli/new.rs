//! `presswork new`: creates a site, a section, a page, an author or an article.

mod article;
mod author;
mod destination;
mod page;
mod section;
mod site;

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::Failure;
use super::shared::shown;
use crate::route::{SlugStyle, slugify};

const EXAMPLES: &str = "\
Examples:
  presswork new site my-paper
  presswork new section local
  presswork new author \"Lin Tan\"
  presswork new article \"First story\" --section local --author lin-tan

Existing files are never overwritten.";

/// Create a new site, section, page, author or article
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct NewArgs {
    #[command(subcommand)]
    what: NewCommand,
}

#[derive(Debug, Subcommand)]
enum NewCommand {
    Site(site::NewSiteArgs),
    Section(section::NewSectionArgs),
    Page(page::NewPageArgs),
    Author(author::NewAuthorArgs),
    Article(article::NewArticleArgs),
}

impl NewArgs {
    /// Creates it and prints its path.
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        match self.what {
            NewCommand::Site(site) => site.run(),
            NewCommand::Section(section) => section.run(),
            NewCommand::Page(page) => page.run(),
            NewCommand::Author(author) => author.run(),
            NewCommand::Article(article) => article.run(),
        }
    }
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

/// The hint for a title without letters and digits.
const TITLE_HINT: &str = "start with a title in letters or digits; you can change `title` in the file afterwards";

/// Makes a file name from a title or name.
fn file_slug(text: &str, slugs: SlugStyle, hint: &str) -> Result<String, Failure> {
    let slug = slugify(text, slugs);
    if slug.is_empty() {
        return Err(Failure::new(format!("no file name can be made from `{text}`")).hint(hint));
    }
    Ok(slug)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_have_one_line() {
        assert_eq!(one_line("title", "  It's \"on\": \\ 🎉 ").unwrap(), "It's \"on\": \\ 🎉");
        for bad in ["", " \n ", "a\nb", "a\u{0}b", "a\u{2028}b", "a\u{1b}[1mb"] {
            assert!(one_line("title", bad).is_err(), "{bad:?}");
        }
    }
}
