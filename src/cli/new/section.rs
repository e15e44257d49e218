//! `presswork new section`: creates a section's folder with its `_index.md`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::super::create::{create_file, create_folders, remove_folders};
use super::super::shared::{open_project, quoted, shown, site_has_errors};
use super::super::{Failure, print_line};
use super::destination::new_section_folder;
use super::one_line;
use crate::language::capitalized;
use crate::unicode::composed;

const EXAMPLES: &str = "\
Examples:
  presswork new section Sport
  presswork new section \"Arts & Culture\"
  presswork new section world/africa --title Africa

The folder and the URL are made from the name: sport, arts-culture. Title, description and order are in its _index.md.";

/// Create a section and print the path of its _index.md
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct NewSectionArgs {
    /// The section's name, such as Sport, or its path in content/, such as world/africa
    section: String,
    /// The name for readers [default: the name, or made from the path]
    #[arg(long)]
    title: Option<String>,
    /// The site's folder [default: the current folder or the nearest parent with a site.yaml]
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
}

impl NewSectionArgs {
    /// Writes the file and prints its path.
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let title = self.title.map(|title| one_line("title", &title)).transpose()?;
        let Some(project) = open_project(self.root)? else { return site_has_errors() };
        let folder = new_section_folder(&project.root, &self.section, project.config.slugs)?;
        let title = match title {
            Some(title) => title,
            None => one_line("name", &title_of(&self.section, &folder))?,
        };
        let path = project.root.join(&folder).join("_index.md");
        let made = create_folders(path.parent().unwrap_or(&project.root))?;
        create_file(&path, format!("---\ntitle: {}\n---\n", quoted(&title))).inspect_err(|_| remove_folders(&made))?;
        print_line(&shown(&path))?;
        Ok(ExitCode::SUCCESS)
    }
}

/// The title of a section: the last part of the name as it was given, or made from a path: `world/south-asia` becomes
/// `South Asia`.
fn title_of(given: &str, folder: &str) -> String {
    let last = |path: &str| path.trim_end_matches('/').rsplit('/').next().map(str::to_owned).unwrap_or_default();
    let (given, name) = (last(&composed(given)), last(folder));
    if given != name {
        return given;
    }
    name.split('-').filter(|word| !word.is_empty()).map(capitalized).collect::<Vec<_>>().join(" ")
}
