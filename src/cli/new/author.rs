//! `presswork new author`: creates an author's file.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::super::create::create_file;
use super::super::shared::{open_project, quoted, shown, site_has_errors};
use super::super::{Failure, print_line};
use super::destination::refuse_links;
use super::{file_slug, one_line};
use crate::content_path::AUTHORS;

const EXAMPLES: &str = "\
Examples:
  presswork new author \"Lin Tan\"           creates content/authors/lin-tan.md
  presswork new author \"Photo Desk\" --role \"Pictures\"

The file name is the author's id, which articles list under `authors`; its text is the biography. Add e-mail, \
picture and profiles in its front matter.";

/// Create a file for an author and print its path
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct NewAuthorArgs {
    /// The name as bylines print it
    name: String,
    /// The author's job, such as "Senior reporter"
    #[arg(long, value_name = "TITLE")]
    role: Option<String>,
    /// The site's folder [default: the current folder or the nearest parent with a site.yaml]
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
}

impl NewAuthorArgs {
    /// Writes the file and prints its path.
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let name = one_line("name", &self.name)?;
        let role = self.role.map(|role| one_line("role", &role)).transpose()?;
        let Some(project) = open_project(self.root)? else { return site_has_errors() };
        let hint = "start with a name in letters; put another form into `native_name` in the file";
        let id = file_slug(&name, project.config.slugs, hint)?;
        let file = format!("{AUTHORS}{id}.md");
        refuse_links(&project.root, &file)?;
        let path = project.root.join(file);
        let folder = project.root.join(AUTHORS);
        fs::create_dir_all(&folder).map_err(|error| Failure::file("create", &folder, &error))?;
        create_file(&path, text(&name, role.as_deref()))?;
        print_line(&shown(&path))?;
        Ok(ExitCode::SUCCESS)
    }
}

fn text(name: &str, role: Option<&str>) -> String {
    let role = role.map_or(String::new(), |role| format!("role: {}\n", quoted(role)));
    format!("---\nname: {}\n{role}---\n", quoted(name))
}
