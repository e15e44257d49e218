//! `presswork new translation`: creates the file of a translation with the front matter that carries over.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::super::create::create_with_folders;
use super::super::shared::{front_matter_date, shown, site_has_errors, this_minute};
use super::super::story::StoryFile;
use super::super::{Failure, clock, print_line};
use super::destination::check_authors;
use crate::config::{Config, EditionId};
use crate::content_path::{below_content, in_content};
use crate::diagnostic::{Severity, did_you_mean};
use crate::language::Language;
use crate::read::{self, STORY_PLACEHOLDER, Settings};
use crate::source::{SourceFile, SourceKind, on_disk};

const DETAILS: &str = "\
Create the translation of a story for another edition. Dates, authors, tags, pictures, corrections and whatever else both \
have in common carry over; headline, deck and text are there in the original's language, to be translated. The file is \
named after the original: vote.fr.md beside vote.md, or the same path in the edition's `content_folder`. An embargo of the \
original holds for the translation, too.";

const EXAMPLES: &str = "\
Examples:
  presswork new translation content/world/vote.md --language fr
  presswork new translation world/vote --language fr --translator jean-petit

The translation is a draft: `presswork publish FILE` publishes it. Its `translated_from` says which version of the \
original it has; a build warns when the original changes later.

Exit code: 0 the file was created, 1 the story or site.yaml has errors, 2 the command failed.";

/// The keys that an original and its translation have in common, in the order in which they are written.
const SHARED: &[&str] = &[
    "title",
    "short_title",
    "seo_title",
    "kicker",
    "deck",
    "summary",
    "expires",
    "authors",
    "author",
    "byline",
    "contributors",
    "wire",
    "dateline",
    "kind",
    "tags",
    "taxonomies",
    "series",
    "image",
    "sources",
    "corrections",
    "notes",
    "comments",
    "noindex",
    "weight",
    "extra",
];

/// Create the translation of a story and print its path
#[derive(Debug, Args)]
#[command(long_about = DETAILS, after_help = EXAMPLES)]
pub(super) struct NewTranslationArgs {
    /// The original's file or folder, relative to here, to the site's folder or to content/
    file: PathBuf,
    /// The language of the translation, which an edition of the site has
    #[arg(long, value_name = "LANGUAGE")]
    language: String,
    /// The translator: the name of a file in content/authors/, without .md; repeat for each translator
    #[arg(long = "translator", value_name = "ID")]
    translators: Vec<String>,
    /// The site's folder [default: the current folder or the nearest parent with a site.yaml]
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
}

impl NewTranslationArgs {
    /// Writes the file and prints its path.
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let Some(story) = StoryFile::open(self.root, &self.file)? else { return site_has_errors() };
        let config = &story.config;
        let edition = edition(config, &self.language)?;
        let original = &story.article;
        let own = config.edition_named(original.front.rare().language.as_deref());
        if own == edition {
            return Err(Failure::new(format!("{} is in this edition itself", original.source)));
        }
        let paths = config.edition_paths();
        let other = paths.of(&original.source).original;
        let is_translation = *other != *original.source && on_disk(&story.root, &other).is_file();
        if is_translation || original.front.rare().translation_of.is_some() {
            let hint = "name the original, so that all translations have the same";
            return Err(Failure::new(format!("{} is a translation", original.source)).hint(hint));
        }
        let translators = match self.translators.is_empty() {
            true => Vec::new(),
            false => check_authors(&story.root, self.translators)?,
        };
        let source = destination(config, &original.source, edition);
        let zone = &config.in_edition(own).timezone;
        let date = front_matter_date(original.dates.published, zone);
        let stamp = front_matter_date(this_minute(clock::now()), zone);
        let text = text(story.text(), &date, &stamp, &translators)
            .ok_or_else(|| Failure::new(format!("the front matter of {} cannot be copied", original.source)))?;
        let file = SourceFile { path: source.clone(), kind: SourceKind::Article, stamp: None };
        let read = read::read_text(&text, &file, &Settings::from(config));
        if let Some(error) = read.diagnostics.iter().find(|found| found.severity == Severity::Error) {
            return Err(Failure::new(format!("the front matter of {} cannot be copied", original.source))
                .hint(error.message.clone()));
        }
        let path = on_disk(&story.root, &source);
        create_with_folders(&path, &text)?;
        print_line(&shown(&path))?;
        Ok(ExitCode::SUCCESS)
    }
}

/// The edition in a language.
fn edition(config: &Config, written: &str) -> Result<EditionId, Failure> {
    let found = Language::parse(written).ok().and_then(|language| {
        let editions = config.editions();
        editions.clone().find(|of| of.language == language).map(|of| of.edition.id)
    });
    found.ok_or_else(|| {
        let tags: Vec<&str> = config.editions().map(|of| of.language.tag()).collect();
        let hint = did_you_mean(written, tags.iter().copied());
        let hint = hint.unwrap_or_else(|| format!("`languages` in site.yaml has {}", tags.join(", ")));
        Failure::new(format!("the site has no edition in `{}`", written.escape_debug())).hint(hint)
    })
}

/// The source of a translation.
fn destination(config: &Config, original: &str, edition: EditionId) -> String {
    let of = config.in_edition(edition);
    let path = config.edition_paths().of(original).original.into_owned();
    match &of.edition.content_folder {
        Some(folder) => in_content(&format!("{folder}/{}", below_content(&path).unwrap_or(&path))),
        None => {
            let stem = path.strip_suffix(".md").unwrap_or(&path);
            format!("{stem}.{}.md", of.language.tag().to_ascii_lowercase())
        }
    }
}

/// The text of a translation: the shared front matter, and the original's text below the line that keeps it a draft.
/// `None` for front matter that is not a mapping of keys on lines of their own.
fn text(original: &str, date: &str, stamp: &str, translators: &[String]) -> Option<String> {
    let front = read::split(original).ok()??;
    let blocks = blocks(front.yaml)?;
    let mut yaml = String::new();
    for key in SHARED {
        let block = blocks.iter().find(|(name, _)| name == key).map(|(_, block)| block.as_str());
        match (*key, block) {
            ("contributors", block) if !translators.is_empty() => {
                yaml.push_str(&with_translators(block, translators)?);
            }
            (_, Some(block)) => yaml.push_str(block),
            (_, None) => {}
        }
        if *key == "summary" {
            yaml.push_str(&format!("date: {date}\ntranslated_from: {stamp}\n"));
        }
    }
    let body = original.get(front.body..)?.trim_start_matches(['\r', '\n']);
    Some(format!("---\n{yaml}draft: true\n---\n\n{STORY_PLACEHOLDER}\n\n{body}"))
}

/// The keys of front matter, each with its lines.
fn blocks(yaml: &str) -> Option<Vec<(String, String)>> {
    let mut blocks: Vec<(String, String)> = Vec::new();
    for line in yaml.lines() {
        let is_inside = line.is_empty() || line.starts_with([' ', '\t', '-', '#', '}', ']']);
        match blocks.last_mut() {
            Some((_, block)) if is_inside => *block += &format!("{line}\n"),
            _ if is_inside => {}
            _ => {
                let (key, _) = line.split_once(':')?;
                let key = key.trim().trim_matches(['"', '\'']).to_owned();
                blocks.push((key, format!("{line}\n")));
            }
        }
    }
    Some(blocks)
}

/// The contributors with the translators. `block` are the original's, on lines of their own or in braces.
fn with_translators(block: Option<&str>, translators: &[String]) -> Option<String> {
    let translators = format!("translation: [{}]", translators.join(", "));
    let Some(block) = block else { return Some(format!("contributors: {{{translators}}}\n")) };
    let (first, rest) = block.split_once('\n')?;
    match first.split_once('{') {
        Some((key, inside)) => Some(format!("{key}{{{translators}, {inside}\n{rest}")),
        None => {
            let next = rest.lines().find(|line| !line.trim().is_empty())?;
            let indent = &next[..next.len() - next.trim_start().len()];
            Some(format!("{first}\n{indent}{translators}\n{rest}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_front_matter_that_both_have_in_common_carries_over() {
        let original = "---\n# A note\ntitle: The vote\nslug: vote\nimage:\n  src: a.jpg\n  alt: A\ndate: 2026-05-01\n\
                        contributors:\n  editing: x\naliases: [/old/]\ntags:\n- Ports\n---\nThe text.\n";
        let text = text(original, "2026-05-01", "2026-05-02T10:00:00Z", &["jean".to_owned()]).unwrap();
        let expected = "---\ntitle: The vote\ndate: 2026-05-01\ntranslated_from: 2026-05-02T10:00:00Z\ncontributors:\n  \
                        translation: [jean]\n  editing: x\ntags:\n- Ports\nimage:\n  src: a.jpg\n  alt: A\ndraft: true\n\
                        ---\n\nWrite the story here.\n\nThe text.\n";
        assert_eq!(text, expected);
    }

    #[test]
    fn translators_join_the_other_contributors() {
        let translators = ["jean".to_owned(), "mia".to_owned()];
        let with = |block| with_translators(block, &translators).unwrap();
        assert_eq!(with(None), "contributors: {translation: [jean, mia]}\n");
        assert_eq!(
            with(Some("contributors: {editing: x}\n")),
            "contributors: {translation: [jean, mia], editing: x}\n"
        );
    }
}
