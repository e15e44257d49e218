//! `presswork new article`: creates a story's file with its front matter.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use jiff::tz::TimeZone;

use super::super::create::{create_file, create_folders, exists, remove_folders};
use super::super::shared::{
    front_matter_date, open_project, quoted, resolve_date, shown, site_has_errors, this_minute, with_offset,
};
use super::super::{Failure, clock, print_line, print_message};
use super::destination::{check_authors, refuse_links, section_folder};
use super::{TITLE_HINT, file_slug, next_step, one_line};
use crate::date::WrittenDate;
use crate::media;
use crate::picture::{self, PictureTexts};
use crate::read::{MAX_PICTURE, STORY_PLACEHOLDER};
use crate::route::Route;
use crate::unicode::composed;

const EXAMPLES: &str = "\
Examples:
  presswork new article \"First story\" --section local --author lin-tan
  presswork new article \"Two bylines\" --section world/africa --author lin-tan --author sam-okafor
  presswork new article \"Flood\" --section local --author lin-tan --picture ~/bridge.jpg
  $EDITOR \"$(presswork new article \"Budget\" --section local --author lin-tan)\"

The story is a draft: `presswork publish FILE` publishes it. Pictures are copied beside it; the first one leads the story,
with the alternative text, caption and credit that its file gives.";

/// Create a draft of an article and print its path
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
    /// Copy a picture into the story's folder; repeat for each picture
    #[arg(long = "picture", value_name = "FILE")]
    pictures: Vec<PathBuf>,
    /// The date of the story, such as 2026-12-01 or "2026-12-01 08:00" [default: now]
    #[arg(long, value_name = "TIME")]
    date: Option<String>,
    /// Keep the story secret until this time
    #[arg(long, value_name = "TIME")]
    embargo: Option<String>,
    /// Make a draft; this is the default
    #[arg(long, hide = true)]
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
        let slug = file_slug(&title, project.config.slugs, TITLE_HINT)?;
        let folder = section_folder(&project.root, &self.section)?;
        let authors = check_authors(&project.root, self.authors)?;
        let pictures = new_pictures(&self.pictures)?;
        let zone = &project.config.timezone;
        let date = match &self.date {
            Some(date) => written_date(date, zone)?,
            None => with_offset(this_minute(clock::now()), zone),
        };
        let embargo = self.embargo.map(|embargo| written_date(&embargo, zone)).transpose()?;
        let text =
            text(&NewStory { title: &title, date: &date, embargo: embargo.as_deref(), authors, pictures: &pictures });
        let is_bundle = self.bundle || !pictures.is_empty();
        let stem = file_stem(&slug);
        let path = destination(&project.root, &folder, &stem, is_bundle)?;
        let copies: Vec<(PathBuf, PathBuf)> = self
            .pictures
            .into_iter()
            .zip(&pictures)
            .map(|(from, new)| (from, path.with_file_name(&new.name)))
            .collect();
        write(&project.root, &path, &text, &copies)?;
        print_message(&next_step("story", &project.root, &path));
        print_line(&shown(&path))?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Formats a date of the command line for front matter: a time with its offset, a day as it is.
fn written_date(date: &str, zone: &TimeZone) -> Result<String, Failure> {
    Ok(front_matter_date(resolve_date(date, zone)?, zone))
}

/// A picture of a new story.
#[derive(Debug, Default)]
struct NewPicture {
    /// Its file name.
    name: String,
    /// The texts for readers in its file.
    texts: PictureTexts,
}

/// The pictures, whose names must be different and known to browsers.
fn new_pictures(pictures: &[PathBuf]) -> Result<Vec<NewPicture>, Failure> {
    let mut new: Vec<NewPicture> = Vec::with_capacity(pictures.len());
    for path in pictures {
        let refused = |why: &str| Failure::new(format!("{} {why}", path.display()));
        let name = path.file_name().and_then(|name| name.to_str()).ok_or_else(|| refused("has no usable file name"))?;
        if !path.is_file() {
            return Err(refused("is not a file"));
        }
        if !media::is_for_web(name) {
            let hint = format!("browsers show {}", media::web_extensions().collect::<Vec<_>>().join(", "));
            return Err(refused("is not a picture for the web").hint(hint));
        }
        let name = composed(name).into_owned();
        Route::file(&name)
            .map_err(|error| refused(&format!("cannot be published: {error}")).hint("rename the file"))?;
        if new.iter().any(|other| other.name.eq_ignore_ascii_case(&name)) {
            return Err(refused("has the name of another picture").hint("rename one of them"));
        }
        let texts = texts_in(path).map_err(|error| Failure::file("read", path, &error))?;
        new.push(NewPicture { name, texts });
    }
    Ok(new)
}

/// The texts for readers in a picture's file.
fn texts_in(path: &Path) -> io::Result<PictureTexts> {
    let mut bytes = Vec::new();
    File::open(path)?.take(MAX_PICTURE).read_to_end(&mut bytes)?;
    Ok(picture::header(&bytes).map(|header| header.texts).unwrap_or_default())
}

/// The values of a new story.
struct NewStory<'s> {
    title: &'s str,
    date: &'s str,
    embargo: Option<&'s str>,
    authors: Vec<String>,
    pictures: &'s [NewPicture],
}

fn text(story: &NewStory<'_>) -> String {
    let authors: Vec<String> = story.authors.iter().map(|id| plain_or_quoted(id)).collect();
    let (title, date, authors) = (quoted(story.title), story.date, authors.join(", "));
    let embargo = story.embargo.map_or(String::new(), |embargo| format!("embargo: {embargo}\n"));
    let (lead, others) = match story.pictures.split_first() {
        Some((lead, others)) => (lead_picture(lead), others),
        None => (String::new(), [].as_slice()),
    };
    let others: String = others.iter().map(|new| format!("\n![{}](<{}>)\n", alt_text(new), new.name)).collect();
    format!(
        "---\ntitle: {title}\ndate: {date}\n{embargo}authors: [{authors}]\n{lead}draft: true\n---\n\n{STORY_PLACEHOLDER}\n{others}"
    )
}

/// The front matter of the lead picture, with the texts of its file.
fn lead_picture(NewPicture { name, texts }: &NewPicture) -> String {
    let alt = match &texts.alt {
        Some(alt) => format!("  alt: {}\n", quoted(alt)),
        None => "  # alt: Say here what the picture shows, for people who cannot see it.\n".to_owned(),
    };
    let others = [("caption", &texts.caption), ("credit", &texts.credit)];
    let others = others.into_iter().filter_map(|(key, text)| Some(format!("  {key}: {}\n", quoted(text.as_deref()?))));
    format!("image:\n  src: {}\n{alt}{}", quoted(name), others.collect::<String>())
}

/// The alternative text of a picture in the text, with the characters escaped that Markdown reads as markup.
fn alt_text(picture: &NewPicture) -> String {
    let mut escaped = String::new();
    for letter in picture.texts.alt.as_deref().unwrap_or_default().chars() {
        if letter.is_ascii_punctuation()
            && !matches!(letter, '.' | ',' | ':' | ';' | '-' | '\'' | '"' | '?' | '(' | ')')
        {
            escaped.push('\\');
        }
        escaped.push(letter);
    }
    escaped
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

/// Returns the path `<stem>.md`, or `<stem>/index.md` for a bundle, unless one of the two exists.
fn destination(root: &Path, folder: &str, stem: &str, bundle: bool) -> Result<PathBuf, Failure> {
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
    Ok(root.join(if bundle { bundled } else { single }))
}

/// Writes the story and copies its pictures; leaves nothing of them on failure.
fn write(root: &Path, path: &Path, text: &str, copies: &[(PathBuf, PathBuf)]) -> Result<(), Failure> {
    let made = create_folders(path.parent().unwrap_or(root))?;
    let mut copied = Vec::new();
    copy_all(copies, &mut copied).and_then(|()| create_file(path, text)).inspect_err(|_| {
        for picture in copied {
            // The error that is reported matters more than a copy that stays.
            let _ = fs::remove_file(picture);
        }
        remove_folders(&made);
    })
}

/// Copies files to places where there is none yet, and notes these places.
fn copy_all<'c>(copies: &'c [(PathBuf, PathBuf)], copied: &mut Vec<&'c Path>) -> Result<(), Failure> {
    for (from, to) in copies {
        if to.exists() {
            return Err(exists(to));
        }
        copied.push(to);
        fs::copy(from, to).map_err(|error| Failure::file("copy", from, &error))?;
    }
    Ok(())
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
        let texts = PictureTexts {
            alt: Some("A *\"crane\"* [2]".into()),
            caption: Some("Idle: the crane".into()),
            credit: Some("Hana Kurosawa/AP".into()),
            is_photograph: true,
        };
        let pictures = ["a b.jpg", "c.png"].map(|name| NewPicture { name: name.to_owned(), texts: texts.clone() });
        let text = text(&NewStory {
            title: "A \"b\": \\ #c",
            date: "2026-12-01T08:00:00+01:00",
            embargo: Some("2026-12-02"),
            authors: ids.to_vec(),
            pictures: &pictures,
        });
        assert!(text.contains("\n![A \\*\"crane\"\\* \\[2\\]](<c.png>)\n"), "{text}");
        let yaml = text.split("---\n").nth(1).unwrap();
        let front: ArticleFront = crate::yaml::parse(yaml).unwrap();
        assert_eq!((front.title.as_str(), front.draft), ("A \"b\": \\ #c", true));
        let image = front.image.unwrap().0;
        assert_eq!((image.alt, image.caption, image.credit), (texts.alt, texts.caption, texts.credit));
        let read: Vec<_> = front.authors.0.into_iter().map(|credit| credit.0).collect();
        assert_eq!(read, ids.map(crate::article::Credit::Id));
    }
}
