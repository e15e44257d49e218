//! `presswork theme`: copies the built-in theme or a file of the theme in use, or creates a theme that extends another.

mod eject;

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};

use eject::EjectArgs;

use super::shared::{ExistingSite, open_project, shown, site_has_errors};
use super::{Failure, print_line, print_message};
use crate::render::{self, BUILT_IN};

const EXAMPLES: &str = "\
Examples:
  presswork theme new harbour            creates themes/harbour/, which changes parts of broadsheet
  presswork theme eject embeds/map.html  copies that file of the theme in use into your theme
  presswork theme eject --list           lists the files that can be copied
  presswork theme eject                  copies all of broadsheet into themes/broadsheet/

A theme that extends another gets the fixes of later versions; a copy is yours to maintain.";

/// The folder in `themes/` that holds a theme until all of it is written.
const STAGING: &str = ".presswork-new";

/// Create a theme of your own, or copy files of the one in use
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct ThemeArgs {
    #[command(subcommand)]
    what: ThemeCommand,
}

#[derive(Debug, Subcommand)]
enum ThemeCommand {
    Eject(EjectArgs),
    New(NewThemeArgs),
}

/// Create themes/<NAME>/, a theme that changes parts of another
#[derive(Debug, Args)]
struct NewThemeArgs {
    /// The name of the theme and its folder: lower-case letters, digits and hyphens
    name: String,
    /// The theme that it extends
    #[arg(long, value_name = "THEME", default_value = BUILT_IN)]
    extends: String,
    /// The site's folder [default: the current folder or the nearest parent with a site.yaml]
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
}

impl ThemeArgs {
    /// Creates the files and prints their folder.
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        match self.what {
            ThemeCommand::Eject(eject) => eject.run(),
            ThemeCommand::New(new) => new.run(),
        }
    }
}

impl NewThemeArgs {
    fn run(self) -> Result<ExitCode, Failure> {
        let (name, parent) = (self.name, self.extends);
        let is_of_name = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
        if name.is_empty() || name.starts_with('-') || !name.chars().all(is_of_name) {
            let hint = "use lower-case letters, digits and hyphens, such as harbour or evening-post";
            return Err(Failure::new(format!("`{name}` is not a valid theme name")).hint(hint));
        }
        if name == BUILT_IN {
            let hint = "choose another name, or copy the built-in theme: presswork theme eject";
            return Err(Failure::new(format!("`{name}` is the built-in theme")).hint(hint));
        }
        let Some(project) = open_project(self.root)? else { return site_has_errors() };
        let known = render::theme_names(&project.root);
        if !known.contains(&parent) || parent == name {
            let names: Vec<&str> = known.iter().map(String::as_str).filter(|known| *known != name).collect();
            return Err(
                Failure::new(format!("unknown theme `{parent}`")).hint(format!("there are: {}", names.join(", ")))
            );
        }
        let folder = write(&project, &name, &beginning(&name, &parent), false)?;
        print_line(&shown(&folder))?;
        print_message(&format!(
            "To use it, set `theme: {name}` in site.yaml, or `name: {name}` under `theme:` if that has options.\n"
        ));
        Ok(ExitCode::SUCCESS)
    }
}

/// The files of a new theme: they change nothing, and show how to.
fn beginning(name: &str, parent: &str) -> BTreeMap<String, Vec<u8>> {
    let manifest = format!(
        "name: {name}\nextends: {parent}\n\n\
         # Options that a site may set without CSS (docs/THEMES.md, \"Options\"); those of {parent} are there already.\n\
         # options:\n#   tagline: {{type: text, about: \"Shown below the title.\"}}\n"
    );
    let guide = format!(
        "# {name}\n\nWhatever is in this folder replaces the file of the same path in `{parent}`; everything else is \
         `{parent}`'s.\n\n\
         - `i18n/en.yaml` changes words.\n\
         - `templates/article.html` would replace the article page. It can keep the rest of that page:\n\n\
         \x20 ```html\n\
         \x20 {{% extends \"base.html\" %}}\n\
         \x20 {{% block main %}}\n\
         \x20 <h1>{{{{ article.title }}}}</h1>\n\
         \x20 {{{{ article.body | safe }}}}\n\
         \x20 {{% endblock main %}}\n\
         \x20 ```\n\n\
         - `components/byline.html` would replace the byline everywhere.\n\
         - `assets/css/_cards.css` would replace that style sheet.\n\n\
         `presswork theme eject --list` lists the files that you can replace, and `presswork theme eject FILE` copies one \
         here. docs/THEMES.md of Presswork says what \
         templates can print.\n"
    );
    let words = format!("# Words that readers see instead of those of {parent}, such as:\n# latest: Just in\n{{}}\n");
    let files = [("theme.yaml", manifest), ("README.md", guide), ("i18n/en.yaml", words)];
    files.into_iter().map(|(path, text)| (path.to_owned(), text.into_bytes())).collect()
}

/// Writes a theme's files, all or none, and returns its folder.
fn write(
    project: &ExistingSite,
    name: &str,
    files: &BTreeMap<String, Vec<u8>>,
    may_replace: bool,
) -> Result<PathBuf, Failure> {
    let themes = project.root.join("themes");
    let folder = themes.join(name);
    for path in [&themes, &folder] {
        if path.is_symlink() {
            let hint = "themes are not read through symbolic links; use a folder";
            return Err(Failure::new(format!("{} is a symbolic link", shown(path))).hint(hint));
        }
    }
    if folder.exists() && !may_replace {
        let hint = if name == BUILT_IN {
            "edit its files, or replace them all with --force, which discards your changes"
        } else {
            "edit that theme, or choose another name"
        };
        return Err(Failure::new(format!("{} already exists", shown(&folder))).hint(hint));
    }
    let is_first = !themes.exists();
    fs::create_dir_all(&themes).map_err(|error| Failure::file("create", &themes, &error))?;
    let done = replace(&themes, &folder, files);
    if done.is_err() && is_first {
        let _ = fs::remove_dir(&themes);
    }
    done.map(|()| folder)
}

/// Writes to a temporary folder and moves it into place.
fn replace(themes: &Path, folder: &Path, files: &BTreeMap<String, Vec<u8>>) -> Result<(), Failure> {
    let beside = themes.join(STAGING);
    fs::create_dir(&beside).map_err(|error| {
        let failure = Failure::file("create", &beside, &error);
        let is_left = error.kind() == io::ErrorKind::AlreadyExists;
        // It may hold the theme that was being replaced.
        if is_left {
            failure.hint("an earlier run left it: check whether you need its files, then remove it")
        } else {
            failure
        }
    })?;
    let done = replace_by_way_of(&beside, folder, files);
    let _ = fs::remove_dir_all(&beside);
    done
}

fn replace_by_way_of(beside: &Path, folder: &Path, files: &BTreeMap<String, Vec<u8>>) -> Result<(), Failure> {
    let (new, old) = (beside.join("new"), beside.join("old"));
    for (path, bytes) in files {
        let file = new.join(path);
        let parent = file.parent().unwrap_or(&new);
        fs::create_dir_all(parent).map_err(|error| Failure::file("create", parent, &error))?;
        fs::write(&file, bytes).map_err(|error| Failure::file("write", &file, &error))?;
    }
    let had = folder.exists();
    if had {
        fs::rename(folder, &old).map_err(|error| Failure::file("replace", folder, &error))?;
    }
    fs::rename(&new, folder).map_err(|error| {
        if had {
            let _ = fs::rename(&old, folder);
        }
        Failure::file("create", folder, &error)
    })
}
