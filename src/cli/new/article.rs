//! `presswork new article`: creates a story's file with its front matter.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

use super::super::shared::{open_project, quoted, shown, site_has_errors, written_now};
use super::super::{Failure, clock, print_line};
use super::destination::{check_authors, refuse_links, section_folder};
use super::{create_file, create_folders, exists, one_line, remove_folders};
use crate::date::WrittenDate;
use crate::route::slugify;

const EXAMPLES: &str = "\
Examples:
  presswork new article \"First story\" --section local --author lin-tan
  presswork new article \"Two bylines\" --section world/africa --author lin-tan --author sam-okafor
  $EDITOR \"$(presswork new article \"Flood\" --section local --author lin-tan --bundle)\"

The story is dated now, so the next build publishes it; with --draft it waits until you remove that line.";

/// Create a file for an article and print its path
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct NewArticleArgs {
    /// The headline, from which the file name is made
    title: String,
    /// The section: a folder in content/, such as local or world/africa
    #[arg(long, value_name = "SECTION")]
    section: String,
    /// An author: the name of a file in content/authors/, without .md; repeat for each author
    #[arg(long = "author", value_name = "ID", required = true)]
    authors: Vec<String>,
    /// Create a folder for the story and its pictures
    #[arg(long)]
    bundle: bool,
    /// Add `draft: true`, which prevents publication until you remove it
    #[arg(long)]
    draft: bool,
    /// The site's folder [default: the current folder or the nearest parent with a site.yaml]
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
}

impl NewArticleArgs {
    /// Writes the file and prints its path.
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let title = one_line("title", &self.title)?;
        let Some(project) = open_project(self.root)? else { return site_has_errors() };
        let slug = slugify(&title, project.config.slugs);
        if slug.is_empty() {
            let hint = "start with a title in letters or digits; you can change `title` in the file afterwards";
            return Err(Failure::new(format!("no file name can be made from `{title}`")).hint(hint));
        }
        let folder = section_folder(&project.root, &self.section)?;
        let authors = check_authors(&project.root, self.authors)?;
        let date = written_now(clock::now(), &project.config.timezone);
        let text = text(&title, &date, &authors, self.draft);
        let path = write(&project.root, &folder, &file_stem(&slug), self.bundle, &text)?;
        print_line(&shown(&path))?;
        Ok(ExitCode::SUCCESS)
    }
}

fn text(title: &str, date: &str, authors: &[String], draft: bool) -> String {
    let authors: Vec<String> = authors.iter().map(|id| plain_or_quoted(id)).collect();
    let draft = if draft { "draft: true\n" } else { "" };
    let (title, authors) = (quoted(title), authors.join(", "));
    format!("---\ntitle: {title}\ndate: {date}\nauthors: [{authors}]\n{draft}---\n\nWrite the story here.\n")
}

/// Formats an id, in quotes if YAML would read it as another type (`007`, `null`, `no`).
fn plain_or_quoted(id: &str) -> String {
    let is_plain = id.starts_with(|c: char| c.is_ascii_alphabetic())
        && id.chars().all(|c| c.is_ascii_alphanumeric() || "-_/".contains(c));
    let is_word =
        ["true", "false", "null", "yes", "no", "on", "off", "y", "n"].contains(&id.to_ascii_lowercase().as_str());
    if is_plain && !is_word { id.to_owned() } else { quoted(id) }
}

/// Makes a file name with no meaning besides the slug: `index` would be the folder's own article, and a leading date
/// would be read as the article's date.
fn file_stem(slug: &str) -> String {
    if slug == "index" {
        return "index-story".to_owned();
    }
    let Some((day, rest)) = slug.split_at_checked(10).filter(|(day, _)| WrittenDate::parse(day).is_ok()) else {
        return slug.to_owned();
    };
    match rest.trim_start_matches('-') {
        "" => format!("story-{day}"),
        rest => file_stem(rest),
    }
}

/// Writes `<stem>.md`, or `<stem>/index.md` for a bundle, unless one of the two exists.
fn write(root: &Path, folder: &str, stem: &str, bundle: bool, text: &str) -> Result<PathBuf, Failure> {
    let (single, bundled) = (format!("{folder}/{stem}.md"), format!("{folder}/{stem}/index.md"));
    for taken in [&single, &bundled] {
        refuse_links(root, taken)?;
        if root.join(taken).exists() {
            return Err(exists(&root.join(taken)));
        }
    }
    if root.join(format!("{folder}/{stem}/_index.md")).exists() && bundle {
        return Err(Failure::new(format!("{folder}/{stem}/ is a section")).hint("choose another title"));
    }
    let path = root.join(if bundle { bundled } else { single });
    let made = create_folders(path.parent().unwrap_or(root))?;
    create_file(&path, text).inspect_err(|_| remove_folders(&made))?;
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::ArticleFront;

    #[test]
    fn names_of_files_keep_their_meaning() {
        assert_eq!(file_stem("first-story"), "first-story");
        assert_eq!(file_stem("2018-11-22-what-happened"), "what-happened");
        assert_eq!(file_stem("2018-11-22"), "story-2018-11-22");
        assert_eq!(file_stem("2018-13-45-what"), "2018-13-45-what");
        assert_eq!(file_stem("2018-11-22-index"), "index-story");
    }

    #[test]
    fn front_matter_reads_back() {
        let ids = ["lin-tan", "007", "no", "desk/photo", "沈"].map(str::to_owned);
        let text = text("A \"b\": \\ #c", "2026-12-01 08:00", &ids, true);
        let yaml = text.split("---\n").nth(1).unwrap();
        let front: ArticleFront = crate::yaml::parse(yaml).unwrap();
        assert_eq!((front.title.as_str(), front.draft), ("A \"b\": \\ #c", true));
        let read: Vec<_> = front.authors.0.into_iter().map(|credit| credit.0).collect();
        assert_eq!(read, ids.map(crate::article::Credit::Id));
    }
}
