//! `presswork correct`: adds a correction or note to a story's front matter.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use jiff::Timestamp;

use super::shared::{reader_text, shown, site_has_errors};
use super::story::StoryFile;
use super::{Failure, clock, print_line, print_message};
use crate::article::{Article, NoteKind};
use crate::edit::{Edit, Item, Scalar};
use crate::site::{State, state};

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
        let text = reader_text("text", &self.text, "say what was wrong and what is right")?;
        let Some(story) = StoryFile::open(self.root.clone(), &self.file)? else { return site_has_errors() };
        let now = clock::now();
        check_state(&story.article, now)?;
        let (date, moment) = story.notice_date(self.date.as_deref(), now)?;
        let kind = self.kind.of_note().map(|kind| ("kind", Scalar::Plain(kind.to_owned())));
        let fields = [("date", Scalar::Plain(date.clone())), ("text", Scalar::Text(text))];
        let item = Item(kind.into_iter().chain(fields).collect());
        story.save(&[Edit::Append(self.kind.list(), item)], &self.by_hand(&date))?;
        let note = if moment.instant > now { "; readers see it from then on" } else { "" };
        print_message(&format!(
            "{} of {date} is in its front matter{note}; `presswork build` publishes it\n",
            self.kind.describe()
        ));
        print_line(&shown(&story.path))?;
        Ok(ExitCode::SUCCESS)
    }

    /// The hint with the entry to add by hand.
    fn by_hand(&self, date: &str) -> String {
        let kind = self.kind.of_note().map(|kind| format!("kind: {kind}, ")).unwrap_or_default();
        format!("add it to `{}:` by hand: {kind}date: {date}, text: …", self.kind.list())
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
