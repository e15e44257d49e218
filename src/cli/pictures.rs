//! `presswork pictures`: lists the pictures of a site, where each is used, and what it weighs.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use serde::Serialize;

use super::report::{self, byte_count, count};
use super::shared::{Format, present, report_diagnostics, written_date};
use super::{Failure, SITE_HAS_ERRORS, find_root, print, print_message, table};
use crate::build::Project;
use crate::date::WrittenDate;
use crate::diagnostic::Severity;
use crate::picture::KeptVariant;
use crate::pictures_overview::{ListedPicture, PicturesOverview, pictures_overview};

const DETAILS: &str = "\
List the pictures in content/: size, bytes, how many smaller ones pages show and how many bytes these have, credit, and \
the files that use it. It reads drafts too, and writes nothing but with --prune.";

const EXAMPLES: &str = "\
Examples:
  presswork pictures
  presswork pictures --unused         pictures that no story, page, author or setting uses
  presswork pictures --prune          delete the smaller pictures that no page shows any more
  presswork pictures --format json    one object for each picture, then one with the totals

A picture without a use may still be shown: by a theme, or because `publish:` names it or it is in content/static/.

With --format json, each object has `path`, `width`, `height`, `bytes`, `published`, `hidden` (draft, embargoed, …; null \
for public pictures), `used_in`, `credit`, `alt` (as the file says), and `variants` with `planned`, `made` and `bytes`.

Exit code: 0 success, 1 some files have errors (which are reported; their uses are not known), 2 wrong usage or an \
error of the machine.";

/// List the pictures, where each is used, and what it weighs
#[derive(Debug, Args)]
#[command(long_about = DETAILS, after_help = EXAMPLES)]
pub(super) struct PicturesArgs {
    /// List only pictures that nothing uses
    #[arg(long)]
    unused: bool,
    /// Delete the kept smaller pictures that no page shows any more; not while a build is running
    #[arg(long)]
    prune: bool,
    /// The site's folder [default: the current folder or the nearest parent with a site.yaml]
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
    /// Use this time instead of now, such as 2026-12-01T08:00
    #[arg(long, value_name = "TIME", value_parser = written_date)]
    at: Option<WrittenDate>,
    /// Report format: text for people, or one JSON object on each line
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Format::Human)]
    format: Format,
}

impl PicturesArgs {
    /// Prints the list, and deletes what it is asked to delete.
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let root = find_root(self.root)?;
        let now = present(self.at, &root)?;
        let opened = Project::open(&root)?;
        let Some(project) = opened.value else {
            report_diagnostics(self.format, &opened.diagnostics, &root)?;
            return Ok(ExitCode::from(SITE_HAS_ERRORS));
        };
        let draft = project.at(now);
        let mut diagnostics = draft.report();
        diagnostics.retain(|found| found.severity == Severity::Error);
        let overview = pictures_overview(&project, &draft)
            .map_err(|error| Failure::new(format!("the pictures cannot be listed: {error}")))?;
        let listed: Vec<&ListedPicture<'_>> =
            overview.pictures.iter().filter(|picture| !self.unused || picture.is_unused()).collect();
        match self.format {
            Format::Human => {
                let rows: Vec<Vec<String>> = listed.iter().map(|picture| row(picture)).collect();
                print(&mut anstream::stdout().lock(), &table::lines(&rows, "", 0, table::width()))?;
                print_message(&summary(&overview));
            }
            Format::Json => print(&mut std::io::stdout().lock(), &json(&listed, &overview))?,
        }
        report_diagnostics(self.format, &diagnostics, &root)?;
        if !diagnostics.is_empty() {
            // Nobody knows which pictures a file with errors uses, so nothing is deleted.
            print_message(&format!("{}: the uses of these files are not known\n", report::tally(&diagnostics)));
            return Ok(ExitCode::from(SITE_HAS_ERRORS));
        }
        if self.prune {
            prune(&overview.stale)?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn row(picture: &ListedPicture<'_>) -> Vec<String> {
    let ListedPicture { file, bytes, variants, used_in, .. } = picture;
    let size = file.size.map_or_else(|| "–".to_owned(), |(width, height)| format!("{width} × {height}"));
    let smaller = match (variants.planned, variants.made) {
        (0, _) => "–".to_owned(),
        (planned, made) if made < planned => format!("{made} of {planned} sizes, {}", byte_count(variants.bytes)),
        (planned, _) => format!("{}, {}", count(planned, "size"), byte_count(variants.bytes)),
    };
    let uses = match (used_in.first(), used_in.len()) {
        (None, _) if picture.is_published => "published, but nothing refers to it".to_owned(),
        (None, _) => "unused".to_owned(),
        (Some(first), 1) => (*first).to_owned(),
        (Some(first), more) => format!("{first} and {} more", more - 1),
    };
    let credit = credit(picture).unwrap_or("–").to_owned();
    vec![file.source.clone(), size, byte_count(*bytes), smaller, credit, uses]
}

fn credit<'p>(picture: &ListedPicture<'p>) -> Option<&'p str> {
    picture.file.picture.as_ref()?.texts.credit.as_deref()
}

/// The totals of all pictures.
#[derive(Serialize)]
struct Totals {
    pictures: usize,
    bytes: u64,
    unused: usize,
    variants: usize,
    variants_made: usize,
    variant_bytes: u64,
    stale: usize,
    stale_bytes: u64,
}

fn totals(overview: &PicturesOverview<'_>) -> Totals {
    let PicturesOverview { pictures, stale } = overview;
    Totals {
        pictures: pictures.len(),
        bytes: pictures.iter().map(|picture| picture.bytes).sum(),
        unused: pictures.iter().filter(|picture| picture.is_unused()).count(),
        variants: pictures.iter().map(|picture| picture.variants.planned).sum(),
        variants_made: pictures.iter().map(|picture| picture.variants.made).sum(),
        variant_bytes: pictures.iter().map(|picture| picture.variants.bytes).sum(),
        stale: stale.len(),
        stale_bytes: stale.iter().map(|variant| variant.bytes).sum(),
    }
}

fn summary(overview: &PicturesOverview<'_>) -> String {
    let Totals { pictures, bytes, unused, variants, variants_made, variant_bytes, stale, stale_bytes } =
        totals(overview);
    let unused = if unused > 0 { format!(", {unused} unused") } else { String::new() };
    let missing = variants - variants_made;
    let missing = if missing > 0 { format!(", and {missing} that the next build makes") } else { String::new() };
    let stale = match stale {
        0 => String::new(),
        _ => format!(
            "{} kept that no page shows any more ({}): presswork pictures --prune\n",
            count(stale, "smaller picture"),
            byte_count(stale_bytes)
        ),
    };
    format!(
        "{} with {}{unused}; {} with {}{missing}\n{stale}",
        count(pictures, "picture"),
        byte_count(bytes),
        count(variants_made, "smaller picture"),
        byte_count(variant_bytes)
    )
}

/// A picture as JSON.
#[derive(Serialize)]
struct PictureLine<'p> {
    path: &'p str,
    width: Option<u32>,
    height: Option<u32>,
    bytes: u64,
    published: bool,
    hidden: Option<&'static str>,
    used_in: Vec<&'p str>,
    credit: Option<&'p str>,
    alt: Option<&'p str>,
    variants: VariantsLine,
}

/// The smaller ones of a picture as JSON.
#[derive(Serialize)]
struct VariantsLine {
    planned: usize,
    made: usize,
    bytes: u64,
}

fn json(listed: &[&ListedPicture<'_>], overview: &PicturesOverview<'_>) -> String {
    let line = |picture: &&ListedPicture<'_>| {
        let ListedPicture { file, bytes, is_published, hidden, used_in, variants } = picture;
        let line = PictureLine {
            path: &file.source,
            width: file.size.map(|(width, _)| width),
            height: file.size.map(|(_, height)| height),
            bytes: *bytes,
            published: *is_published,
            hidden: hidden.map(|state| state.as_str()),
            used_in: used_in.iter().copied().collect(),
            credit: credit(picture),
            alt: file.picture.as_ref().and_then(|picture| picture.texts.alt.as_deref()),
            variants: VariantsLine { planned: variants.planned, made: variants.made, bytes: variants.bytes },
        };
        serde_json::to_string(&line).unwrap_or_default() + "\n"
    };
    let lines: String = listed.iter().map(line).collect();
    lines + &serde_json::to_string(&totals(overview)).unwrap_or_default() + "\n"
}

/// Deletes files of smaller pictures.
fn prune(stale: &[KeptVariant]) -> Result<(), Failure> {
    for KeptVariant { path, .. } in stale {
        fs::remove_file(path).map_err(|error| Failure::file("delete", path, &error))?;
    }
    let bytes = stale.iter().map(|variant| variant.bytes).sum();
    print_message(&match stale.len() {
        0 => "every kept smaller picture is shown\n".to_owned(),
        number => format!("deleted {} ({})\n", count(number, "smaller picture"), byte_count(bytes)),
    });
    Ok(())
}
