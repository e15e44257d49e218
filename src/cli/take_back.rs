//! `presswork retract` and `presswork withdraw`: take back a published story.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

use super::shared::{reader_text, shown, site_has_errors};
use super::story::StoryFile;
use super::{Failure, clock, print_line, print_message};
use crate::edit::{Edit, Item, NewValue, Scalar};
use crate::site::{State, state};

const RETRACT_DETAILS: &str = "\
Retract a published story: add `retracted:` with date and reason to its front matter. Its page stays and says that the story \
was wrong and why; lists and feeds no longer show its text. Nothing else in the file changes.";

const RETRACT_EXAMPLES: &str = "\
Examples:
  presswork retract world/vote.md \"The documents it relied on are forged.\"
  presswork retract world/vote.md \"The quotations are invented.\" --keep-body

Exit code: 0 the file was changed, 1 the article or site.yaml has errors, 2 the command failed.";

const WITHDRAW_DETAILS: &str = "\
Withdraw a published story: add `withdrawn:` with date and reason to its front matter. Its URL answers 410 Gone with a page \
that says so, and the text is no longer published. Nothing else in the file changes.";

const WITHDRAW_EXAMPLES: &str = "\
Examples:
  presswork withdraw local/name.md \"It named a minor.\"
  presswork withdraw local/name.md --legal

Exit code: 0 the file was changed, 1 the article or site.yaml has errors, 2 the command failed.";

/// The hint for an empty reason.
const REASON_HINT: &str = "tell readers why";

/// Retract a published story, whose page says why
#[derive(Debug, Args)]
#[command(long_about = RETRACT_DETAILS, after_help = RETRACT_EXAMPLES)]
pub(super) struct RetractArgs {
    /// The article's file or folder, relative to here, to the site's folder or to content/
    file: PathBuf,
    /// The reason, for readers
    #[arg(allow_hyphen_values = true)]
    reason: String,
    /// Keep the text of the story below the notice
    #[arg(long)]
    keep_body: bool,
    /// The date of the retraction, such as 2026-12-01 or "2026-12-01 08:00" [default: now]
    #[arg(long, value_name = "DATE")]
    date: Option<String>,
    /// The site's folder [default: the current folder or the nearest parent with a site.yaml]
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
}

/// Withdraw a published story, whose URL then answers 410 Gone
#[derive(Debug, Args)]
#[command(long_about = WITHDRAW_DETAILS, after_help = WITHDRAW_EXAMPLES)]
pub(super) struct WithdrawArgs {
    /// The article's file or folder, relative to here, to the site's folder or to content/
    file: PathBuf,
    /// The reason, for readers
    #[arg(allow_hyphen_values = true)]
    reason: Option<String>,
    /// Say nothing about the story, for legal reasons: its URL shows the general page for gone content
    #[arg(long, conflicts_with = "reason")]
    legal: bool,
    /// The date of the withdrawal, such as 2026-12-01 or "2026-12-01 08:00" [default: now]
    #[arg(long, value_name = "DATE")]
    date: Option<String>,
    /// The site's folder [default: the current folder or the nearest parent with a site.yaml]
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
}

impl RetractArgs {
    /// Changes the file and prints its path.
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let reason = reader_text("reason", &self.reason, REASON_HINT)?;
        let mut fields = vec![("reason", Scalar::Text(reason))];
        if self.keep_body {
            fields.push(("keep_body", Scalar::Plain("true".to_owned())));
        }
        take_back("retracted", &self.file, self.root, self.date, fields)
    }
}

impl WithdrawArgs {
    /// Changes the file and prints its path.
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let mut fields = Vec::new();
        if let Some(reason) = &self.reason {
            fields.push(("reason", Scalar::Text(reader_text("reason", reason, REASON_HINT)?)));
        }
        if self.legal {
            fields.push(("legal", Scalar::Plain("true".to_owned())));
        }
        take_back("withdrawn", &self.file, self.root, self.date, fields)
    }
}

/// Adds the key with a date and the other fields.
fn take_back(
    key: &'static str,
    file: &Path,
    root: Option<PathBuf>,
    date: Option<String>,
    fields: Vec<(&'static str, Scalar)>,
) -> Result<ExitCode, Failure> {
    let Some(story) = StoryFile::open(root, file)? else { return site_has_errors() };
    let now = clock::now();
    let source = &story.article.source;
    match state(&story.article, now, false) {
        State::Published => {}
        State::Retracted if key == "withdrawn" => {}
        state @ (State::Draft | State::Embargoed) => {
            return Err(Failure::new(format!("{source} is {}", state.describe()))
                .hint("nobody has read it yet: delete the file, or leave it as a draft"));
        }
        state => return Err(Failure::new(format!("{source} is {} already", state.describe()))),
    }
    let (date, moment) = story.notice_date(date.as_deref(), now)?;
    let by_hand = format!("write `{key}:` by hand, with `date: {date}` and the reason");
    let fields = std::iter::once(("date", Scalar::Plain(date.clone()))).chain(fields);
    let value = NewValue::Mapping(Item(fields.collect()));
    story.save(&[Edit::Set(key, value)], &by_hand)?;
    let when = if moment.instant > now { "; it takes effect then" } else { "" };
    print_message(&format!("{key} on {date}{when}; `presswork build` publishes the change\n"));
    print_line(&shown(&story.path))?;
    Ok(ExitCode::SUCCESS)
}
