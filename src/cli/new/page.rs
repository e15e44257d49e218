//! `presswork new page`: creates a standalone page.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::super::create::{create_file, create_folders, remove_folders};
use super::super::shared::{open_project, quoted, shown, site_has_errors};
use super::super::{Failure, print_line, print_message};
use super::destination::refuse_links;
use super::{TITLE_HINT, file_slug, next_step, one_line};
use crate::read::PAGE_PLACEHOLDER;

const EXAMPLES: &str = "\
Examples:
  presswork new page \"Contact\"
  presswork new page \"Corrections policy\"

The page is a draft until `presswork publish`. Footers list it; add it to `navigation` in site.yaml if it belongs there.";

/// Create a standalone page, such as a contact page, and print its path
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct NewPageArgs {
    /// The title, from which the file name and URL are made
    title: String,
    /// The site's folder [default: the current folder or the nearest parent with a site.yaml]
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
}

impl NewPageArgs {
    /// Writes the file and prints its path.
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let title = one_line("title", &self.title)?;
        let Some(project) = open_project(self.root)? else { return site_has_errors() };
        let slug = file_slug(&title, project.config.slugs, TITLE_HINT)?;
        let file = format!("content/pages/{}.md", if slug == "index" { "index-page" } else { &slug });
        refuse_links(&project.root, &file)?;
        let path = project.root.join(file);
        let made = create_folders(path.parent().unwrap_or(&project.root))?;
        let text = format!("---\ntitle: {}\ndraft: true\n---\n\n{PAGE_PLACEHOLDER}\n", quoted(&title));
        create_file(&path, &text).inspect_err(|_| remove_folders(&made))?;
        print_message(&next_step("page", &project.root, &path));
        print_line(&shown(&path))?;
        Ok(ExitCode::SUCCESS)
    }
}
