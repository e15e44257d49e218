//! Reads a source file into its metadata, independently of other files and the clock.

mod author;
mod blocks;
mod body;
mod comments;
mod copied;
mod edition;
mod excerpt;
mod framed;
mod front_matter;
mod headline;
mod markup;
mod mentions;
mod placeholder;
mod roles;
mod settings;
mod story;
mod words;
mod wrapped;

use std::borrow::Cow;
use std::path::Path;
use std::sync::Arc;

use borsh::{BorshDeserialize, BorshSerialize};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::de::DeserializeOwned;

use crate::article::{Article, BodyScan, Page, SectionFile, Sketch};
use crate::author::Author;
use crate::comment::{self, CommentFile};
use crate::content_path::{AUTHORS, PAGES, is_comments};
use crate::control_characters;
use crate::date::{DateError, Moment, WrittenDate};
use crate::diagnostic::{Code, Diagnostic, Reported, Span};
use crate::language::{Language, Quotes};
use crate::markdown;
use crate::route::{check_slug, slugify};
use crate::source::{PublishPattern, SourceFile, SourceKind, on_disk};
use crate::urls::{self, COMPLETE_URL_HINT};
use crate::yaml::{self, Parsed};

pub use copied::{CopiedFile, MAX_PICTURE, PictureFile};
pub use framed::FramedPicture;
pub use front_matter::{FrontMatter, split};
pub use placeholder::{PAGE_PLACEHOLDER, STORY_PLACEHOLDER};
pub use settings::Settings;

/// The metadata of one file.
#[derive(Debug, Clone, BorshSerialize, BorshDeserialize)]
pub enum Record {
    /// A news article.
    Article(Arc<Article>),
    /// A section or the front page.
    Section(Box<SectionFile>),
    /// An author.
    Author(Box<Author>),
    /// A standalone page.
    Page(Box<Page>),
    /// The comments on a story.
    Comments(Arc<CommentFile>),
    /// A copied file.
    File(CopiedFile),
}

impl Record {
    /// The file, relative to the project folder.
    pub fn source(&self) -> &str {
        match self {
            Record::Article(article) => &article.source,
            Record::Section(section) => &section.source,
            Record::Author(author) => &author.source,
            Record::Page(page) => &page.source,
            Record::Comments(comments) => &comments.source,
            Record::File(file) => &file.source,
        }
    }

    /// The date of publication, if it is a story.
    pub fn published(&self) -> Option<Timestamp> {
        match self {
            Record::Article(article) => Some(article.dates.published.instant),
            _ => None,
        }
    }

    /// The hash of the file's bytes; `None` for a copied file that isn't a picture, which isn't read.
    pub fn digest(&self) -> Option<u128> {
        match self {
            Record::Article(article) => Some(article.digest),
            Record::Section(section) => Some(section.digest),
            Record::Author(author) => Some(author.digest),
            Record::Page(page) => Some(page.digest),
            Record::Comments(comments) => Some(comments.digest),
            Record::File(file) => file.picture.as_ref().map(|picture| picture.digest),
        }
    }
}

/// Reads a file. A record with errors is only good for finding more of them: nothing may be published from it. The value is
/// absent if the file has no usable metadata at all.
pub fn read(root: &Path, file: &SourceFile, settings: &Settings) -> Reported<Option<Record>> {
    match file.kind {
        SourceKind::Static | SourceKind::Asset => {
            let Reported { value, diagnostics } = copied::copied_file(root, file);
            Reported { value: Some(Record::File(value)), diagnostics }
        }
        _ => match text(root, &file.path) {
            Ok(text) => read_text(&text, file, settings),
            Err(diagnostic) => Reported { value: None, diagnostics: vec![diagnostic] },
        },
    }
}

/// Parses the text of a file as [`read`] does, without the disk.
pub fn read_text(text: &str, file: &SourceFile, settings: &Settings) -> Reported<Option<Record>> {
    let (original, mut diagnostics) = (text, Vec::new());
    let is_yaml = file.kind == SourceKind::Comments;
    let cleaned = if is_yaml { None } else { without_controls(text, file, &mut diagnostics) };
    let text = cleaned.as_deref().unwrap_or(original);
    let mut reader = FileReader {
        path: &file.path,
        text,
        original,
        settings,
        diagnostics,
        faulty: FaultyKeys::default(),
        zone: None,
    };
    let value = match file.kind {
        SourceKind::Article => reader.article().map(|article| Record::Article(Arc::new(article))),
        SourceKind::Page => reader.page().map(|page| Record::Page(Box::new(page))),
        SourceKind::Section => reader.section().map(|section| Record::Section(Box::new(section))),
        SourceKind::Author => reader.author().map(|author| Record::Author(Box::new(author))),
        SourceKind::Comments => reader.comments().map(|comments| Record::Comments(Arc::new(comments))),
        SourceKind::Static | SourceKind::Asset => None,
    };
    Reported { value, diagnostics: reader.diagnostics }
}

/// Replaces control characters in the body with spaces and reports the first, with their number. `None`
/// if there are none; those of the front matter are errors.
fn without_controls(text: &str, file: &SourceFile, diagnostics: &mut Vec<Diagnostic>) -> Option<String> {
    control_characters::first(text)?;
    let start = split(text).ok().flatten().map_or(0, |front| front.body);
    let (front, body) = text.split_at_checked(start)?;
    let (at, letter) = control_characters::first(body)?;
    let more = control_characters::count(body) - 1;
    let more = if more > 0 { format!(", and there are {more} more like it") } else { String::new() };
    let message =
        format!("{} is a control character, which text cannot contain{more}", control_characters::name(letter));
    let hint = match control_characters::from_windows_1252(letter) {
        Some(meant) => format!("a space is published in its place; it was `{meant}` in the Windows-1252 encoding"),
        None => "a space is published in its place; delete it".to_owned(),
    };
    let span = Span::of(text, start + at, start + at + letter.len_utf8());
    diagnostics.push(Diagnostic::new(Code::ControlCharacter, &file.path, message).at(span).hint(hint));
    Some([front, &control_characters::without(body)].concat())
}

/// Reads the text of a source file.
///
/// # Errors
/// If it can't be read, is not UTF-8 or contains NUL.
pub fn text(root: &Path, path: &str) -> Result<String, Diagnostic> {
    let bytes = std::fs::read(on_disk(root, path))
        .map_err(|error| Diagnostic::new(Code::UnreadableFile, path, format!("it cannot be read: {error}")))?;
    let text =
        String::from_utf8(bytes).map_err(|error| not_utf8(path, error.as_bytes(), error.utf8_error().valid_up_to()))?;
    match memchr::memchr(0, text.as_bytes()) {
        Some(at) => Err(Diagnostic::new(Code::NulCharacter, path, "it contains a NUL character, so it is not text")
            .at(Span::of(&text, at, at))
            .hint("save it again from a text editor")),
        None => Ok(text),
    }
}

/// The error for a file that changed after it was read.
pub fn changed(path: &str) -> Diagnostic {
    Diagnostic::new(Code::ChangedWhileBuilding, path, "the file changed while the site was being built")
        .hint("build again")
}

/// The possible file names in a text: a line for each place, with its possible readings separated by
/// tabs.
pub fn names_in(text: &str) -> Box<str> {
    let mut mentions = mentions::Mentions::default();
    mentions.add_code(text);
    mentions.into_lines()
}

/// The error for a file of which only the bytes before `at` are UTF-8.
pub fn not_utf8(path: &str, bytes: &[u8], at: usize) -> Diagnostic {
    let valid = String::from_utf8_lossy(bytes.get(..at).unwrap_or_default());
    let byte = bytes.get(at).copied().unwrap_or_default();
    Diagnostic::new(Code::InvalidUtf8, path, format!("it is not UTF-8: the byte 0x{byte:02X} is not valid here"))
        .at(Span::of(&valid, at, at))
        .hint("save the file as UTF-8")
}

/// Finds the places of diagnostics that later stages report for a key in front matter or configuration.
pub fn place(root: &Path, diagnostics: &mut [Diagnostic]) {
    for diagnostic in diagnostics {
        for related in &mut diagnostic.related {
            let key_value = related.key_value.take();
            if let Some(span) = key_value.and_then(|(key, value)| located(root, &related.path, &key, &value)) {
                (related.line, related.column) = (Some(span.line), Some(span.column));
            }
        }
        let key_value = diagnostic.key_value.take();
        if let Some(span) = key_value.and_then(|(key, value)| located(root, &diagnostic.path, &key, &value)) {
            (diagnostic.line, diagnostic.column, diagnostic.length) =
                (Some(span.line), Some(span.column), Some(span.length));
        }
    }
}

/// The place of a value below a key, in a file's front matter or in a YAML file.
fn located(root: &Path, path: &str, key: &str, value: &str) -> Option<Span> {
    let text = std::fs::read_to_string(on_disk(root, path)).ok()?;
    // In a file of comments the value is the place of the comment in its list.
    if is_comments(path) {
        return comment::place(&text, value.parse().ok()?, key);
    }
    let (yaml, first_line, body) = match split(&text) {
        Ok(Some(front)) => (front.yaml, front.yaml_line, front.body),
        _ => (text.as_str(), 1, 0),
    };
    let in_front_matter = yaml::locate(yaml, key, value).map(|span| span.below(first_line));
    // A picture may be in the text.
    in_front_matter.or_else(|| {
        let in_body = || Some(body + text.get(body..)?.find(value)?);
        let at = (key == "image" && body > 0 && !value.is_empty()).then(in_body).flatten()?;
        Some(Span::of(&text, at, at + value.len()))
    })
}

/// The maximum number of problems of one file whose places are looked up.
const MAX_PLACES: usize = 200;

/// Reads one file.
struct FileReader<'a> {
    path: &'a str,
    text: &'a str,
    /// The text before control characters were replaced.
    original: &'a str,
    settings: &'a Settings,
    diagnostics: Vec<Diagnostic>,
    faulty: FaultyKeys,
    /// The time zone of the file's edition, if the site has several.
    zone: Option<TimeZone>,
}

/// The keys of front matter that have been reported.
#[derive(Debug, Default)]
struct FaultyKeys {
    /// True if nothing is known about any key.
    all: bool,
    /// The keys, as written.
    keys: Vec<String>,
}

impl<'a> FileReader<'a> {
    /// Splits front matter and body. A file without front matter is all body; `None` if it is not clear where the body
    /// begins.
    fn split(&mut self) -> Option<FrontMatter<'a>> {
        match split(self.text) {
            Ok(Some(front)) => Some(front),
            Ok(None) => {
                let span = Span { line: 1, column: 1, length: 0 };
                let message = "the file does not begin with front matter";
                let hint = if self.path.starts_with(AUTHORS) {
                    "begin the file with a line `---`, `name:`, and another line `---`"
                } else if self.path.starts_with(PAGES) {
                    "begin the file with a line `---`, `title:`, and another line `---`"
                } else {
                    "begin the file with a line `---`, `title:` and `date:`, and another line `---`"
                };
                self.diagnostics
                    .push(Diagnostic::new(Code::MissingFrontMatter, self.path, message).at(span).hint(hint));
                self.faulty.all = true;
                Some(FrontMatter::without_yaml(self.text))
            }
            Err(line) => {
                let span = Span { line, column: 1, length: 3 };
                let message = "the front matter is not closed";
                let hint = "put a line `---` after the last key";
                self.diagnostics
                    .push(Diagnostic::new(Code::UnclosedFrontMatter, self.path, message).at(span).hint(hint));
                None
            }
        }
    }

    /// Parses the front matter and reports all of its errors. Keys with errors are as if they were not there.
    fn parse<T: DeserializeOwned>(&mut self, front: &FrontMatter<'_>) -> Option<T> {
        if !self.faulty.all {
            self.diagnostics.extend(yaml::cut_off_values(front.yaml, self.path, front.yaml_line));
            if let Cow::Owned(unwrapped) = wrapped::unwrapped(front.yaml)
                && let Ok(value) = yaml::parse(&unwrapped)
            {
                return Some(value);
            }
            let parsed = yaml::parse_all(front.yaml);
            self.faulty.keys.extend(parsed.faulty_keys());
            let Parsed { value, errors, .. } = parsed;
            self.diagnostics.extend(errors.into_iter().map(|error| error.diagnose(self.path, front.yaml_line)));
            if value.is_some() {
                return value;
            }
            self.faulty.all = true;
        }
        // The body has errors of its own.
        yaml::parse_all("").value
    }

    /// True if a key has been reported, perhaps under a wrong name: its absence is then not another error.
    fn is_faulty(&self, key: &str) -> bool {
        let is_this = |faulty: &String| faulty == key || yaml::may_mean(faulty, key);
        self.faulty.all || self.faulty.keys.iter().any(is_this)
    }

    /// Reports a problem with the value of a key.
    fn report(
        &mut self,
        front: &FrontMatter<'_>,
        code: Code,
        key: &str,
        value: &str,
        message: String,
        hint: Option<String>,
    ) {
        // Each lookup scans the front matter, and nobody needs the lines of thousands of problems.
        let is_one_of_few = self.diagnostics.len() < MAX_PLACES;
        let span = is_one_of_few.then(|| yaml::locate(front.yaml, key, value)).flatten();
        let span = span.map(|span| span.below(front.yaml_line));
        self.diagnostics.push(Diagnostic::new(code, self.path, message).at_maybe(span).hint_maybe(hint));
    }

    fn moment(&mut self, front: &FrontMatter<'_>, key: &str, date: Option<WrittenDate>) -> Option<Moment> {
        match date?.resolve(self.zone()) {
            Ok(moment) => Some(moment),
            Err(DateError::Invalid { message, hint }) => {
                let written = date.map(|date| self.written(front, date)).unwrap_or_default();
                self.report(front, Code::InvalidDate, key, &written, message, Some(hint));
                None
            }
            Err(DateError::Ambiguous(one, other)) => {
                let message = "the clocks change at this local time, so it is ambiguous".to_owned();
                let hint = Some(format!("write {one} or {other}"));
                let written = date.map(|date| self.written(front, date)).unwrap_or_default();
                self.report(front, Code::AmbiguousDate, key, &written, message, hint);
                None
            }
        }
    }

    /// The spelling of a date in the front matter, if it can be found.
    fn written(&self, front: &FrontMatter<'_>, date: WrittenDate) -> String {
        date.spellings().into_iter().find(|spelling| front.yaml.contains(spelling)).unwrap_or_default()
    }

    /// The given slug, or one made from the file name. A slug that is not valid is reported, and another one takes its
    /// place that no other file has.
    fn slug(&mut self, front: &FrontMatter<'_>, written: Option<&str>, name: &str) -> String {
        let slug = match written {
            Some(slug) => self.given_slug(front, slug),
            None if self.is_faulty("slug") => None,
            None => self.slug_of_name(name),
        };
        slug.unwrap_or_else(|| format!("{:032x}", self.digest()))
    }

    fn given_slug(&mut self, front: &FrontMatter<'_>, slug: &str) -> Option<String> {
        let why = match check_slug(slug) {
            Ok(slug) => return Some(slug),
            Err(why) => why,
        };
        let better = slugify(slug, self.settings.slugs);
        let hint = if check_slug(&better).is_ok() { Some(format!("write `{better}`")) } else { why.hint(slug) };
        let message = format!("`{}` is not a valid slug: {why}", slug.escape_debug());
        self.report(front, Code::BadSlug, "slug", slug, message, hint);
        None
    }

    fn slug_of_name(&mut self, name: &str) -> Option<String> {
        let slug = slugify(name, self.settings.slugs);
        if slug.is_empty() {
            let message = format!("the name `{name}` contains nothing that can be part of a slug");
            let hint = "rename the file or set `slug:`";
            self.diagnostics.push(Diagnostic::new(Code::EmptySlug, self.path, message).hint(hint));
            return None;
        }
        if let Err(why) = check_slug(&slug) {
            let message = format!("`{slug}`, made from the file's name, is not a valid slug: {why}");
            let hint = "rename the file or set `slug:`";
            self.diagnostics.push(Diagnostic::new(Code::BadSlug, self.path, message).hint(hint));
            return None;
        }
        Some(slug)
    }

    /// Reports invalid URLs. Returns true if all are valid: full URLs, or references to be resolved in
    /// this site.
    fn check_urls<'u>(
        &mut self,
        front: &FrontMatter<'_>,
        key: &str,
        written: impl IntoIterator<Item = &'u str>,
    ) -> bool {
        let before = self.diagnostics.len();
        for url in written {
            if let Err(why) = urls::check(url) {
                let (code, message, hint) = why.explain(url);
                self.report(front, code, key, url, message, Some(hint.to_owned()));
            } else if url.starts_with(['#', '?']) {
                let message = format!("`{}` is not the URL of a page: it is used on several pages", url.escape_debug());
                self.report(front, Code::InvalidValue, key, url, message, Some(COMPLETE_URL_HINT.to_owned()));
            }
        }
        self.diagnostics.len() == before
    }

    /// Reports and removes `publish:` patterns that are not valid; `plan` finds the files that the others match.
    fn check_publish(&mut self, front: &FrontMatter<'_>, patterns: &mut Vec<String>) {
        patterns.retain(|written| {
            let Err(why) = PublishPattern::parse(self.path, written) else { return true };
            let message = format!("`{}` is not a valid file pattern: {why}", written.escape_debug());
            let hint = Some("a path beside this file, a folder, or a pattern such as data/*.csv".to_owned());
            self.report(front, Code::InvalidValue, "publish", written, message, hint);
            false
        });
    }

    /// The quotation marks of a language, or the site's; `None` if straight quotes stay.
    fn quotes(&self, language: Option<&str>) -> Option<Quotes> {
        self.settings.text.smart_punctuation.then(|| self.options(language).quotes)
    }

    /// The rendering options of a body in this language, or the site's.
    fn options(&self, language: Option<&str>) -> markdown::Options {
        let own = language.and_then(|tag| Language::parse(tag).ok());
        own.map_or(self.settings.text, |own| markdown::Options {
            quotes: own.quotes(),
            emphasis_dots: own.has_emphasis_dots(),
            ..self.settings.text
        })
    }

    /// Scans the body.
    fn body(&self, front: &FrontMatter<'_>, wants_excerpt: bool, language: Option<&str>) -> (BodyScan, Sketch) {
        body::scan(self.text, front.body, front.body_line, wants_excerpt, &self.options(language))
    }

    fn digest(&self) -> u128 {
        digest(self.original)
    }
}

/// The digest that identifies a version of a file (xxh3, 128 bits).
pub fn digest(text: &str) -> u128 {
    xxhash_rust::xxh3::xxh3_128(text.as_bytes())
}
