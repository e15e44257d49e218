//! `presswork correct`: adds a correction or note to a story's front matter.

mod amend;
mod edit;
mod flow;
#[cfg(test)]
mod tests;

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Args, ValueEnum};
use jiff::Timestamp;

use super::shared::{ExistingSite, open_project, shown, site_has_errors, written_now};
use super::{Failure, clock, print_line, print_message, report};
use crate::article::{Article, NoteKind};
use crate::config::Config;
use crate::date::{DateError, Moment, WrittenDate};
use crate::diagnostic::has_errors;
use crate::read::{self, Record, Settings};
use crate::site::{State, state};
use crate::source::{SourceFile, SourceKind, discover, on_disk};
use crate::unicode::composed;

use amend::{Notice, add_notice};

const DETAILS: &str = "\
Add a dated correction or note to an article's front matter, in the style of the file. Nothing else in the file changes: \
comments, order, quotes and line ends stay byte for byte. If that is not possible, the file is not changed.

The correction says what was wrong; fix the text yourself. The next build shows the correction on the story's page, on \
/corrections/ and in feeds.";

const EXAMPLES: &str = "\
Examples:
  presswork correct content/world/vote.md \"The figure was 12, not 21.\"
  presswork correct world/vote.md \"We have asked the mayor again.\" --kind editors-note
  presswork correct world/vote.md \"It was Monday.\" --date \"2026-11-20 18:00\"

Exit code: 0 the correction was added, 1 the article or site.yaml has errors, 2 the command failed.";

/// Add a dated correction to an article
#[derive(Debug, Args)]
#[command(long_about = DETAILS, after_help = EXAMPLES)]
pub(super) struct CorrectArgs {
    /// The article's file or folder, relative to here, to the site's folder or to content/
    file: PathBuf,
    /// The text for readers: what was wrong and what is right
    #[arg(allow_hyphen_values = true)]
    text: String,
    /// The date of the correction, such as 2026-12-01 or "2026-12-01 08:00" [default: now]
    #[arg(long, value_name = "DATE")]
    date: Option<String>,
    /// The kind of notice
    #[arg(long, value_enum, value_name = "KIND", default_value_t = NoticeKind::Correction)]
    kind: NoticeKind,
    /// The site's folder [default: the current folder or the nearest parent with a site.yaml]
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum NoticeKind {
    /// Something was wrong
    Correction,
    /// Something was not clear
    Clarification,
    /// The editors comment on the story
    EditorsNote,
}

impl NoticeKind {
    fn list(self) -> &'static str {
        if self == NoticeKind::Correction { "corrections" } else { "notes" }
    }

    fn of_note(self) -> Option<&'static str> {
        match self {
            NoticeKind::Correction => None,
            NoticeKind::Clarification => Some(NoteKind::Clarification.as_str()),
            NoticeKind::EditorsNote => Some(NoteKind::EditorsNote.as_str()),
        }
    }

    fn describe(self) -> &'static str {
        match self {
            NoticeKind::Correction => "the correction",
            NoticeKind::Clarification => "the clarification",
            NoticeKind::EditorsNote => "the editors' note",
        }
    }
}

impl CorrectArgs {
    /// Adds the notice and prints the file's path.
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let text = self.text.replace("\r\n", "\n").trim().to_owned();
        if text.is_empty() {
            return Err(Failure::new("the text is empty").hint("say what was wrong and what is right"));
        }
        let Some(ExistingSite { root, config }) = open_project(self.root)? else { return site_has_errors() };
        let file = find_article(&root, &self.file)?;
        let path = on_disk(&root, &file.path);
        let bytes = fs::read(&path).map_err(|error| Failure::file("read", &path, &error))?;
        let before = String::from_utf8(bytes).map_err(|_| Failure::new(format!("{} is not UTF-8", file.path)))?;
        let Some(article) = read_article(&root, &before, &file, &config) else { return site_has_errors() };
        let now = clock::now();
        check_state(&article, now)?;
        let date = match self.date {
            Some(date) => date.trim().to_owned(),
            None => written_now(now, &config.timezone),
        };
        let moment = check_date(&date, &article, &config)?;
        let notice = Notice { list: self.kind.list(), kind: self.kind.of_note(), date: date.clone(), text };
        let after = add_notice(&before, &notice)
            .map_err(|why| Failure::new(format!("{} was not changed: {}", file.path, why.0)).hint(by_hand(&notice)))?;
        replace(&path, &before, &after)?;
        let told = if moment.instant > now { "; readers see it from then on" } else { "" };
        print_message(&format!(
            "{} of {date} is in its front matter{told}; `presswork build` publishes it\n",
            self.kind.describe()
        ));
        print_line(&shown(&path))?;
        Ok(ExitCode::SUCCESS)
    }
}

/// The hint with the entry to add by hand.
fn by_hand(notice: &Notice) -> String {
    let kind = notice.kind.map(|kind| format!("kind: {kind}, ")).unwrap_or_default();
    format!("add it to `{}:` by hand: {kind}date: {}, text: …", notice.list, notice.date)
}

/// Finds the article's source, if a build would read it as an article.
fn find_article(root: &Path, given: &Path) -> Result<SourceFile, Failure> {
    let tried = [Path::new("."), root, &root.join("content")].map(|folder| given_in(folder, given));
    // Editors may give the folder of a story with pictures.
    let mut files = tried.into_iter().map(|path| if path.is_dir() { path.join("index.md") } else { path });
    let Some(found) = files.find(|path| path.is_file()) else {
        let hint = "write its path relative to here or to content/, such as world/vote.md";
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
        Some(file) if file.kind == SourceKind::Article => Ok(file),
        Some(file) => {
            Err(Failure::new(format!("{} is not an article", file.path)).hint("only articles have corrections"))
        }
        None => Err(Failure::new(format!("{} is not an article of this site", given.display()))
            .hint(format!("articles are in {}", root.join("content").display()))),
    }
}

/// Resolves the given path in a folder, in whatever Unicode normalization form the disk has it.
fn given_in(folder: &Path, given: &Path) -> PathBuf {
    match given.to_str() {
        Some(given) => on_disk(folder, given),
        None => folder.join(given),
    }
}

/// Reads the article as a build does, and reports its errors.
fn read_article(root: &Path, text: &str, file: &SourceFile, config: &Config) -> Option<Article> {
    let settings = Settings::from(config);
    let mut reported = read::read_text(text, file, &settings);
    if has_errors(&reported.diagnostics) {
        read::place(root, &mut reported.diagnostics);
        print_message(&report::to_text(&reported.diagnostics, root));
    }
    match reported.value {
        Some(Record::Article(article)) => Some(Arc::unwrap_or_clone(article)),
        _ => None,
    }
}

fn check_state(article: &Article, now: Timestamp) -> Result<(), Failure> {
    let state = state(article, now, false);
    match state {
        State::Draft | State::Embargoed => Err(Failure::new(format!("{} is {}", article.source, state.describe()))
            .hint("nobody has read it yet: fix its text; no correction is needed")),
        State::Withdrawn => Err(Failure::new(format!("{} has been withdrawn", article.source))
            .hint("its page is gone; there is nothing left to correct")),
        State::Expired => Err(Failure::new(format!("{} has expired", article.source))
            .hint("no page shows it; remove `expires:` if readers should see it again")),
        State::Published | State::Retracted => Ok(()),
    }
}

/// Checks that a correction is dated after publication. A date without a time may be the day of publication.
fn check_date(date: &str, article: &Article, config: &Config) -> Result<Moment, Failure> {
    let resolved = WrittenDate::parse(date).and_then(|written| written.resolve(&config.timezone));
    let moment = resolved.map_err(|error| match error {
        DateError::Invalid { message, hint } => Failure::new(message).hint(hint),
        DateError::Ambiguous(one, other) => {
            Failure::new(format!("`{date}` is ambiguous, because the clocks change at that time"))
                .hint(format!("write {one} or {other}"))
        }
    })?;
    let published = article.dates.embargo.map_or(article.dates.published, |end| end.max(article.dates.published));
    let day = |moment: Moment| moment.in_zone(&config.timezone).date();
    let is_before = match moment.has_time && published.has_time {
        true => moment.instant < published.instant,
        false => day(moment) < day(published),
    };
    if is_before {
        let day = published.in_zone(&config.timezone).strftime("%Y-%m-%d %H:%M").to_string();
        return Err(Failure::new(format!("{date} is before the story was published: {day}"))
            .hint("date a correction on the day it is made"));
    }
    Ok(moment)
}

/// Replaces the file's text in one step. The new file has the owner, group and permissions of the old one.
fn replace(path: &Path, before: &str, after: &str) -> Result<(), Failure> {
    let cannot = |error: &io::Error| Failure::file("write", path, error);
    let metadata = fs::metadata(path).map_err(|error| cannot(&error))?;
    if metadata.permissions().readonly() {
        return Err(Failure::new(format!("{} is not writable", path.display())));
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    // Builds ignore names that begin with a dot.
    let beside = path.with_file_name(format!(".{name}.presswork-correct"));
    // An interrupted run may have left its file.
    match fs::remove_file(&beside) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(Failure::file("remove", &beside, &error)),
        _ => {}
    }
    let created = OpenOptions::new().write(true).create_new(true).open(&beside);
    let mut file = created.map_err(|error| Failure::file("write", &beside, &error))?;
    let written = file.write_all(after.as_bytes()).and_then(|()| file.sync_all());
    let owned = written.and_then(|()| keep_owner(&file, &metadata));
    let is_same = fs::read(path).is_ok_and(|bytes| bytes == before.as_bytes());
    let done = match owned {
        Ok(_) if !is_same => Ok(()),
        Ok(true) => file.set_permissions(metadata.permissions()).and_then(|()| fs::rename(&beside, path)),
        // In a shared folder, only writing into another user's file leaves it theirs. The temporary file holds the
        // whole text until that is done.
        Ok(false) => fs::write(path, after),
        Err(error) => Err(error),
    };
    // After a rename it no longer exists.
    let _ = fs::remove_file(&beside);
    done.map_err(|error| cannot(&error))?;
    if !is_same {
        return Err(Failure::new(format!("{} was saved in the meantime", path.display())).hint("run the command again"));
    }
    Ok(())
}

/// Gives a new file the owner and group of the old one. Returns `false` if this user may not.
#[cfg(unix)]
fn keep_owner(file: &fs::File, old: &fs::Metadata) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;
    let new = file.metadata()?;
    if (new.uid(), new.gid()) == (old.uid(), old.gid()) {
        return Ok(true);
    }
    match std::os::unix::fs::fchown(file, Some(old.uid()), Some(old.gid())) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Ok(false),
        Err(error) => Err(error),
    }
}

/// On other systems a new file inherits the owner, as the old one did.
#[cfg(not(unix))]
fn keep_owner(_: &fs::File, _: &fs::Metadata) -> io::Result<bool> {
    Ok(true)
}
