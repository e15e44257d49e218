//! `presswork theme eject`: copies the built-in theme, or one file of the theme in use.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

use super::write;
use crate::cli::create::create_with_folders;
use crate::cli::shared::{ExistingSite, open_project, shown, site_has_errors, write_report};
use crate::cli::{Failure, print_line, print_message, table};
use crate::diagnostic::{Reported, did_you_mean, has_errors, nearest};
use crate::render::{self, BUILT_IN, ThemeFile};

/// Copy a file of the theme in use into your own theme, or all of the built-in theme
#[derive(Debug, Args)]
pub(super) struct EjectArgs {
    /// A file of the theme in use, such as templates/base.html, which is copied into your theme; without it the
    /// built-in theme is copied into themes/broadsheet/, which then replaces it
    #[arg(conflicts_with = "force")]
    file: Option<String>,
    /// List the files that can be copied, with the theme that has each
    #[arg(long, conflicts_with_all = ["file", "force"])]
    list: bool,
    /// Replace an existing themes/broadsheet/; your changes in it are lost
    #[arg(long)]
    force: bool,
    /// The site's folder [default: the current folder or the nearest parent with a site.yaml]
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
}

impl EjectArgs {
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let Some(project) = open_project(self.root)? else { return site_has_errors() };
        if self.file.is_none() && !self.list {
            let folder = write(&project, BUILT_IN, &render::built_in_files(), self.force)?;
            print_line(&shown(&folder))?;
            print_message("It now replaces the built-in theme; remove the folder to go back.\n");
            return Ok(ExitCode::SUCCESS);
        }
        let Reported { value: files, diagnostics } = render::theme_files(&project.root, &project.config.theme);
        if has_errors(&diagnostics) {
            write_report(&diagnostics, &project.root);
            return site_has_errors();
        }
        match self.file {
            Some(file) => copy(&project, &file, &files)?,
            None => list(&files)?,
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn list(files: &[ThemeFile]) -> Result<(), Failure> {
    let rows: Vec<Vec<String>> = files.iter().map(|file| vec![file.path.clone(), file.folder.clone()]).collect();
    print_line(&table::lines(&rows, "", 0, table::width()).trim_end())
}

/// Copies a file into the theme in use, where it takes precedence.
fn copy(project: &ExistingSite, file: &str, files: &[ThemeFile]) -> Result<(), Failure> {
    let path = file.replace('\\', "/");
    let path = path.trim_start_matches("./");
    let theme = project.config.theme.as_str();
    let Some(found) = files.iter().find(|known| known.path == path) else {
        let list = "`presswork theme eject --list` lists all files";
        let near = did_you_mean(path, files.iter().map(|file| file.path.as_str()))
            .or_else(|| same_name(path, files))
            .map_or_else(|| list.to_owned(), |near| format!("{near} {list}"));
        return Err(Failure::new(format!("the theme `{theme}` has no file `{}`", path.escape_debug())).hint(near));
    };
    let folder = project.root.join("themes").join(theme);
    if !folder.is_dir() {
        let hint = "create a theme of your own that extends it: presswork theme new NAME; then set `theme: NAME` in \
                    site.yaml and copy the file again";
        return Err(Failure::new("the built-in theme cannot be changed file by file").hint(hint));
    }
    let target = folder.join(path);
    if found.is_own || target.exists() {
        let hint = "edit it; to begin again with the original, move it away first";
        return Err(Failure::new(format!("{} already exists", shown(&target))).hint(hint));
    }
    if let Some(link) = target.ancestors().take_while(|part| *part != folder).find(|part| part.is_symlink()) {
        let hint = "themes are not read through symbolic links; use a folder";
        return Err(Failure::new(format!("{} is a symbolic link", shown(link))).hint(hint));
    }
    create_with_folders(&target, &found.bytes)?;
    print_line(&shown(&target))?;
    print_message(&format!("This copy of {}/{path} now takes its place; remove it to go back.\n", found.folder));
    Ok(())
}

/// Suggests a file by its name alone: `base.html` and `base` are `templates/base.html`, and so is a mistyped `bass.html`.
fn same_name(path: &str, files: &[ThemeFile]) -> Option<String> {
    let wanted = Path::new(path).file_name()?.to_str()?;
    let name = |file: &ThemeFile| Path::new(&file.path).file_name().and_then(|name| name.to_str()).map(str::to_owned);
    let is_named = |file: &&ThemeFile| {
        let known = Path::new(&file.path);
        known.file_name().is_some_and(|name| name == wanted) || known.file_stem().is_some_and(|stem| stem == wanted)
    };
    let names: Vec<String> = files.iter().filter_map(name).collect();
    let found = files.iter().find(is_named).or_else(|| {
        let near = nearest(wanted, names.iter().map(String::as_str))?;
        files.iter().find(|file| name(file).is_some_and(|name| name == near))
    })?;
    Some(format!("did you mean `{}`?", found.path))
}
