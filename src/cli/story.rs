//! A story or standalone page that a command changes: finding, reading and saving its file.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;

use super::shared::{ExistingSite, front_matter_date, open_project, resolve_date, this_minute};
use super::{Failure, print_message, report};
use crate::article::{Article, Page};
use crate::config::Config;
use crate::content_path::{CONTENT, below_content};
use crate::date::Moment;
use crate::diagnostic::{Code, Severity, did_you_mean, has_errors};
use crate::edit::{Edit, ReplaceError, edit, replace};
use crate::read::{self, Record, Settings};
use crate::source::{SourceFile, SourceKind, discover, on_disk};
use crate::unicode::{composed, name_key};

/// A story's file, as it is before the change.
pub(super) struct StoryFile {
    /// The project's folder.
    pub root: PathBuf,
    pub config: Config,
    pub article: Article,
    pub path: PathBuf,
    file: SourceFile,
    text: String,
}

/// A standalone page's file, as it is before the change.
pub(super) struct PageFile {
    pub config: Config,
    pub page: Page,
    pub path: PathBuf,
    file: SourceFile,
    text: String,
}

/// A file that can be published.
pub(super) enum Publishable {
    Story(Box<StoryFile>),
    Page(Box<PageFile>),
}

impl Publishable {
    /// Finds and reads a story or a standalone page. Returns `None` after reporting errors of the site or the file.
    pub(super) fn open(root: Option<PathBuf>, given: &Path) -> Result<Option<Publishable>, Failure> {
        let Some(ExistingSite { root, config }) = open_project(root)? else { return Ok(None) };
        let file = find_source(&root, given, &Settings::from(&config), &[SourceKind::Article, SourceKind::Page])?;
        let (path, text) = read_file(&root, &file)?;
        Ok(match read_record(&root, &text, &file, &config) {
            Some(Record::Article(article)) => {
                let article = Arc::unwrap_or_clone(article);
                Some(Publishable::Story(Box::new(StoryFile { root, config, article, path, file, text })))
            }
            Some(Record::Page(page)) => {
                Some(Publishable::Page(Box::new(PageFile { config, page: *page, path, file, text })))
            }
            _ => None,
        })
    }
}

impl PageFile {
    /// Changes the front matter, as [`StoryFile::save`] does.
    pub(super) fn save(&self, changes: &[Edit<'_>], by_hand: &str) -> Result<(), Failure> {
        save(&self.path, &self.file, &self.text, &self.config, changes, by_hand)
    }
}

impl StoryFile {
    /// Finds and reads a story. Returns `None` after reporting errors of the site or the story.
    pub(super) fn open(root: Option<PathBuf>, given: &Path) -> Result<Option<StoryFile>, Failure> {
        let Some(ExistingSite { root, config }) = open_project(root)? else { return Ok(None) };
        let file = find_source(&root, given, &Settings::from(&config), &[SourceKind::Article])?;
        let (path, text) = read_file(&root, &file)?;
        let Some(Record::Article(article)) = read_record(&root, &text, &file, &config) else { return Ok(None) };
        Ok(Some(StoryFile { root, config, article: Arc::unwrap_or_clone(article), path, file, text }))
    }

    /// Changes the front matter and saves the file, unless a build would refuse the changed story. `by_hand` is the hint for
    /// a format that cannot be changed.
    pub(super) fn save(&self, changes: &[Edit<'_>], by_hand: &str) -> Result<(), Failure> {
        save(&self.path, &self.file, &self.text, &self.config, changes, by_hand)
    }

    /// The whole text of the file.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Resolves a date of the command line in the site's time zone.
    pub(super) fn moment(&self, date: &str) -> Result<Moment, Failure> {
        resolve_date(date, &self.config.timezone)
    }

    /// The moment from which readers see the story.
    pub(super) fn published(&self) -> Moment {
        self.article.dates.opening()
    }

    /// The date of a notice to readers as front matter has it, and its moment: the given one, or now. A time has its offset,
    /// so that another time zone in `site.yaml` doesn't move it. It must not be before publication; a date without a time
    /// may be the day of publication.
    pub(super) fn notice_date(&self, date: Option<&str>, now: Timestamp) -> Result<(String, Moment), Failure> {
        let published = self.published();
        let moment = match date {
            Some(date) => self.moment(date)?,
            None => after(published, now),
        };
        let date = front_matter_date(moment, &self.config.timezone);
        let day = |moment: Moment| moment.in_zone(&self.config.timezone).date();
        let is_before = match moment.has_time && published.has_time {
            true => moment.instant < published.instant,
            false => day(moment) < day(published),
        };
        if is_before {
            let day = published.in_zone(&self.config.timezone).strftime("%Y-%m-%d %H:%M").to_string();
            return Err(Failure::new(format!("{date} is before the story was published: {day}"))
                .hint("date a notice on the day it is made"));
        }
        Ok((date, moment))
    }
}

/// Changes the front matter of a file and saves it, unless a build would refuse the result.
fn save(
    path: &Path,
    file: &SourceFile,
    before: &str,
    config: &Config,
    changes: &[Edit<'_>],
    by_hand: &str,
) -> Result<(), Failure> {
    let unchanged = |why: &str| Failure::new(format!("{} was not changed: {why}", file.path));
    let after = edit(before, changes).map_err(|why| unchanged(&why.0).hint(by_hand))?;
    let read = read::read_text(&after, file, &Settings::from(config));
    if let Some(error) = read.diagnostics.iter().find(|found| found.severity == Severity::Error) {
        let hint = match error.code {
            // The hint of a build says how to keep the text back.
            Code::PlaceholderText if file.kind == SourceKind::Page => "write the page first",
            Code::PlaceholderText => "write the story first",
            _ => error.hint.as_deref().unwrap_or(by_hand),
        };
        return Err(unchanged(&error.message).hint(hint));
    }
    Ok(replace(path, before, &after)?)
}

/// The current minute, or the second in which a story was published if that is later: nothing is dated before it.
fn after(published: Moment, now: Timestamp) -> Moment {
    let minute = this_minute(now);
    if published.instant <= minute.instant || published.instant > now {
        return minute;
    }
    let part = i64::from(published.instant.subsec_nanosecond() > 0);
    let instant = Timestamp::from_second(published.instant.as_second() + part).unwrap_or(published.instant);
    Moment::at(instant)
}

impl From<ReplaceError> for Failure {
    fn from(error: ReplaceError) -> Failure {
        match error {
            ReplaceError::ReadOnly(path) => Failure::new(format!("{} is not writable", path.display())),
            ReplaceError::Changed(path) => {
                Failure::new(format!("{} was saved in the meantime", path.display())).hint("run the command again")
            }
            ReplaceError::System(verb, path, error) => Failure::file(verb, &path, &error),
        }
    }
}

/// The files that a path may mean: editors give the folder of a story with pictures, leave out `.md`, or write it although
/// the story has a folder.
fn possible_files(path: &Path) -> [PathBuf; 4] {
    let is_named = path.extension().is_some_and(|extension| extension == "md");
    let stem = if is_named { path.with_extension("") } else { path.to_owned() };
    let mut file = stem.clone().into_os_string();
    file.push(".md");
    [path.to_owned(), path.join("index.md"), stem.join("index.md"), file.into()]
}

/// Finds the source of an article, or of a page if `kinds` has them too, if a build would read it as one.
fn find_source(root: &Path, given: &Path, settings: &Settings, kinds: &[SourceKind]) -> Result<SourceFile, Failure> {
    let wanted = if kinds.contains(&SourceKind::Page) { "an article or a page" } else { "an article" };
    let content = root.join(CONTENT);
    let possible = possible_files(given);
    let folders = [Path::new("."), root, &content];
    let mut files = folders.into_iter().flat_map(|folder| possible.iter().map(move |path| given_in(folder, path)));
    let Some(found) = files.find(|path| path.is_file()) else {
        let hint = suggestion(root, given, settings, kinds);
        let hint =
            hint.unwrap_or_else(|| "write its path relative to here or to content/, such as world/vote.md".into());
        return Err(Failure::new(format!("there is no file {}", given.display())).hint(hint));
    };
    let real = |path: &Path| path.canonicalize().map_err(|error| Failure::file("find", path, &error));
    let (real_root, real_file) = (real(root)?, real(&found)?);
    let below = real_file.strip_prefix(&real_root).ok().and_then(|below| {
        let parts: Option<Vec<&str>> = below.iter().map(|part| part.to_str()).collect();
        Some(composed(&parts?.join("/")).into_owned())
    });
    let sources = discover(root).value.files;
    let is_file = |file: &SourceFile| below.as_deref() == Some(&*file.path);
    match sources.into_iter().find(is_file) {
        Some(file) if kinds.contains(&file.kind) => Ok(file),
        Some(file) => {
            Err(Failure::new(format!("{} is not {wanted}", file.path)).hint(format!("write the path of {wanted}")))
        }
        None => Err(Failure::new(format!("{} is not {wanted} of this site", given.display()))
            .hint(format!("articles are in {}", root.join(CONTENT).display()))),
    }
}

/// The hint with the file that may be meant: the one with this title, or with a similar path.
fn suggestion(root: &Path, given: &Path, settings: &Settings, kinds: &[SourceKind]) -> Option<String> {
    let given = given.to_str()?;
    let files = discover(root).value.files;
    let articles: Vec<&SourceFile> = files.iter().filter(|file| kinds.contains(&file.kind)).collect();
    let wanted = name_key(given);
    let has_title = |file: &&SourceFile| match read::read(root, file, settings).value {
        Some(Record::Article(article)) => name_key(&article.front.title) == wanted,
        Some(Record::Page(page)) => name_key(&page.front.title) == wanted,
        _ => false,
    };
    // Reading every story takes a while.
    let is_path = given.contains('/') || given.ends_with(".md");
    let titled: Vec<&SourceFile> =
        if is_path { Vec::new() } else { articles.iter().copied().filter(has_title).collect() };
    if let [one] = titled[..] {
        let name = if one.kind == SourceKind::Page { "page" } else { "story" };
        return Some(format!("the {name} with this title is {}", below_content(&one.path)?));
    }
    if !titled.is_empty() {
        let paths: Vec<&str> = titled.iter().take(5).filter_map(|file| below_content(&file.path)).collect();
        return Some(format!("several stories have this title: {}", paths.join(", ")));
    }
    let bare = |path: &str| path.strip_suffix(".md").unwrap_or(path).trim_end_matches("/index").to_owned();
    let names: Vec<String> = articles.iter().filter_map(|file| below_content(&file.path)).map(bare).collect();
    let wanted = bare(&composed(given)).trim_end_matches('/').to_owned();
    let wanted = wanted.trim_start_matches("./");
    let wanted = wanted.strip_prefix(CONTENT).map_or(wanted, |rest| rest.trim_start_matches('/'));
    did_you_mean(wanted, names.iter().map(String::as_str))
}

/// Resolves the given path in a folder, in whatever Unicode normalization form the disk has it.
fn given_in(folder: &Path, given: &Path) -> PathBuf {
    match given.to_str() {
        Some(given) => on_disk(folder, given),
        None => folder.join(given),
    }
}

/// The path of a source on the disk, and its text.
fn read_file(root: &Path, file: &SourceFile) -> Result<(PathBuf, String), Failure> {
    let path = on_disk(root, &file.path);
    let bytes = fs::read(&path).map_err(|error| Failure::file("read", &path, &error))?;
    let text = String::from_utf8(bytes).map_err(|_| Failure::new(format!("{} is not UTF-8", file.path)))?;
    Ok((path, text))
}

/// Reads a text as a build does, and reports its errors.
fn read_record(root: &Path, text: &str, file: &SourceFile, config: &Config) -> Option<Record> {
    let mut reported = read::read_text(text, file, &Settings::from(config));
    if has_errors(&reported.diagnostics) {
        read::place(root, &mut reported.diagnostics);
        print_message(&report::to_text(&reported.diagnostics, root));
        return None;
    }
    reported.value
}
