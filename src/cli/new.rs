//! `presswork new`: creates a site, a section, a page, an author, an article or a translation.

mod article;
mod author;
mod destination;
mod page;
mod section;
mod site;
mod translation;

use std::path::Path;
use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::Failure;
use super::schedule::quoting::shell;
use crate::content_path::CONTENT;
use crate::route::{SlugStyle, slugify};

pub(super) use destination::author_ids;

const EXAMPLES: &str = "\
Examples:
  presswork new site my-paper
  presswork new section local
  presswork new author \"Lin Tan\"
  presswork new article \"First story\" --section local --author lin-tan
  presswork new translation local/first-story --language fr

Existing files are never overwritten.";

/// Create a new site, section, page, author, article or translation
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
    Translation(translation::NewTranslationArgs),
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
            NewCommand::Translation(translation) => translation.run(),
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

/// The message after a file was created: `name` says what to write, `path` is the file's.
fn next_step(name: &str, root: &Path, path: &Path) -> String {
    let file = path.strip_prefix(root.join(CONTENT)).unwrap_or(path).display().to_string();
    let file = file.strip_suffix(".md").unwrap_or(&file);
    let file = file.strip_suffix("/index").unwrap_or(file);
    format!("a draft: write the {name}, then run presswork publish {}\n", shell_word(file))
}

/// Quotes a path for the shell.
fn shell_word(path: &str) -> String {
    // A leading hyphen would begin an option.
    let path = if path.starts_with('-') { format!("./{path}") } else { path.to_owned() };
    let is_plain = path.chars().all(|letter| letter.is_alphanumeric() || "-_./".contains(letter));
    if is_plain { path } else { shell(&path) }
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
