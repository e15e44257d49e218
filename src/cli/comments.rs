//! `presswork comments`: brings in readers' comments, lists them, hides them and replies to them.

mod pull;
mod status;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::create::create_with_folders;
use super::new::author_ids;
use super::shared::{shown, site_has_errors};
use super::story::StoryFile;
use super::{Failure, clock, print_line, print_message};
use crate::edit::{ReplaceError, replace};
use crate::moderation::{Moderation, NotModerated, ReplyRules, ThreadFile};
use crate::source::on_disk;
use crate::unicode::composed;

use pull::PullArgs;
use status::CommentStatusArgs;

const DETAILS: &str = "\
Readers' comments are files of the project: comments/SECTION/STORY.yaml, or comments.yaml in a story's folder. These \
commands change nothing else, and the next build publishes what they have changed.";

/// Bring in readers' comments, list them, hide them, reply to them
#[derive(Debug, Args)]
#[command(long_about = DETAILS)]
pub(super) struct CommentsArgs {
    #[command(subcommand)]
    command: CommentsCommand,
}

#[derive(Debug, Subcommand)]
enum CommentsCommand {
    Pull(PullArgs),
    Status(CommentStatusArgs),
    /// Keep a comment in its file, but publish it no longer
    Hide(OneComment),
    /// Publish a hidden comment again
    Show(OneComment),
    Reply(ReplyArgs),
}

/// A comment on a story.
#[derive(Debug, Args)]
struct OneComment {
    /// The article's file or folder, relative to here, to the site's folder or to content/
    story: PathBuf,
    /// The comment's id: the end of its URL after `#comment-`
    id: String,
    /// The site's folder [default: the current folder or the nearest parent with a site.yaml]
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
}

/// Reply to a comment for the newsroom
#[derive(Debug, Args)]
struct ReplyArgs {
    #[command(flatten)]
    comment: OneComment,
    /// The id of the author who replies
    #[arg(long = "author", value_name = "ID")]
    author: String,
    /// The reply, as Markdown
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    text: String,
}

impl CommentsArgs {
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        match self.command {
            CommentsCommand::Pull(pull) => pull.run(),
            CommentsCommand::Status(status) => status.run(),
            CommentsCommand::Hide(one) => one.change(&Moderation::Hide, "is hidden"),
            CommentsCommand::Show(one) => one.change(&Moderation::Show, "is shown"),
            CommentsCommand::Reply(ReplyArgs { comment, author, text }) => {
                let author = composed(&author).into_owned();
                comment.change(&Moderation::Reply { author, text }, "has a reply")
            }
        }
    }
}

impl OneComment {
    /// Makes a change, saves the file and prints its path.
    fn change(self, change: &Moderation, done: &str) -> Result<ExitCode, Failure> {
        let Some(story) = StoryFile::open(self.root, &self.story)? else { return site_has_errors() };
        let (root, source) = (&story.root, &*story.article.source);
        let name = ThreadFile::name_for(root, source);
        let file = match ThreadFile::open(root, &name) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let hint = format!("they would be in {name}");
                return Err(Failure::new(format!("there are no comments on {source}")).hint(hint));
            }
            Err(error) => return Err(Failure::file("read", &on_disk(root, &name), &error)),
        };
        let authors = author_ids(root);
        let rules = ReplyRules { config: &story.config, authors: &authors, now: clock::now() };
        file.save(&file.changed(&self.id, change, rules)?)?;
        print_message(&format!("`{}` {done}; `presswork build` publishes the change\n", self.id));
        print_line(&shown(file.path()))?;
        Ok(ExitCode::SUCCESS)
    }
}

impl From<NotModerated> for Failure {
    fn from(NotModerated { message, hint }: NotModerated) -> Failure {
        Failure { message, hint }
    }
}

/// Saves a file that a merge has changed or made, at a path below the project's folder.
fn save(root: &Path, name: &str, before: Option<&str>, after: &str) -> Result<(), Failure> {
    let path = &on_disk(root, name);
    // A symbolic link may lead out of the project, where builds read nothing.
    let there = path.ancestors().find_map(|ancestor| ancestor.canonicalize().ok());
    let root = root.canonicalize().map_err(|error| Failure::file("read", root, &error))?;
    if !there.is_some_and(|there| there.starts_with(&root)) {
        let hint = "remove the symbolic link: builds read nothing outside of that folder";
        return Err(Failure::new(format!("{name} leads out of the project's folder")).hint(hint));
    }
    match before {
        Some(before) => replace(path, before, after).map_err(|error: ReplaceError| Failure::from(error)),
        None => create_with_folders(path, after),
    }
}
