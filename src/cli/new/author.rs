//! `presswork new author`: a file for somebody who signs stories.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::super::{Failure, print_line};
use super::place::refuse_links;
use super::{create_file, one_line, open_project, quoted, shown, site_has_errors};
use crate::route::slugify;

const EXAMPLES: &str = "\
Examples:
  presswork new author \"Lin Tan\"           makes content/authors/lin-tan.md
  presswork new author \"Photo Desk\" --role \"Pictures\"

The file's name is the author's id, which articles name under `authors`; its text is the biography. Add e-mail, \
picture and profiles to its front matter.";

/// Make a file for an author: who she is, and what articles call her
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct NewAuthor {
    /// The name as it is printed in bylines
    name: String,
    /// Her job, such as "Senior reporter"
    #[arg(long, value_name = "TITLE")]
    role: Option<String>,
    /// The site's folder [default: the current folder or the nearest one above it that has a site.yaml]
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
}

impl NewAuthor {
    /// Writes the file and prints its path.
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let name = one_line("name", &self.name)?;
        let role = self.role.map(|role| one_line("role", &role)).transpose()?;
        let Some(project) = open_project(self.root)? else { return site_has_errors() };
        let id = slugify(&name, project.config.slugs);
        if id.is_empty() {
            let hint = "begin with a name in letters; `native_name` in the file takes another form";
            return Err(Failure::new(format!("nothing is left of `{name}` for a file's name")).hint(hint));
        }
        let file = format!("content/authors/{id}.md");
        refuse_links(&project.root, &file)?;
        let path = project.root.join(file);
        let folder = project.root.join("content/authors");
        fs::create_dir_all(&folder).map_err(|error| Failure::file("create", &folder, &error))?;
        create_file(&path, &text(&name, role.as_deref()))?;
        print_line(&shown(&path))?;
        Ok(ExitCode::SUCCESS)
    }
}

fn text(name: &str, role: Option<&str>) -> String {
    let role = role.map_or(String::new(), |role| format!("role: {}\n", quoted(role)));
    format!("---\nname: {}\n{role}---\n", quoted(name))
}
