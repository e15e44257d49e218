//! `presswork comments`: brings in readers' comments, lists them, hides them and replies to them.

mod pull;
mod status;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::create::create_with_folders;
use super::shared::{reader_text, shown, site_has_errors};
use super::story::StoryFile;
use super::{Failure, clock, print_line, print_message};
use crate::comment::{CannotChange, CommentList, NewComment, append, parse, set_hidden};
use crate::config::Config;
use crate::content_path::{COMMENTS_FILE, comments_of, stem};
use crate::edit::{ReplaceError, replace};
use crate::source::on_disk;

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
    #[arg(long, value_name = "TEXT")]
    text: String,
}

impl CommentsArgs {
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        match self.command {
            CommentsCommand::Pull(pull) => pull.run(),
            CommentsCommand::Status(status) => status.run(),
            CommentsCommand::Hide(one) => one.set_hidden(true),
            CommentsCommand::Show(one) => one.set_hidden(false),
            CommentsCommand::Reply(reply) => reply.run(),
        }
    }
}

/// The file of the comments on a story, as it is before a change.
struct ThreadFile {
    path: PathBuf,
    /// Its path below the project's folder.
    name: String,
    text: String,
    config: Config,
}

impl ThreadFile {
    /// Finds the file for a story. Returns `None` after reporting errors of the site or the story.
    fn of(root: Option<PathBuf>, story: &Path) -> Result<Option<ThreadFile>, Failure> {
        let Some(story) = StoryFile::open(root, story)? else { return Ok(None) };
        let source = &*story.article.source;
        let inside = format!("{}/{COMMENTS_FILE}", stem(source));
        let is_inside = source.ends_with("/index.md") && on_disk(&story.root, &inside).is_file();
        let name = if is_inside { inside } else { comments_of(source) };
        let path = on_disk(&story.root, &name);
        match fs::read_to_string(&path) {
            Ok(text) => Ok(Some(ThreadFile { path, name, text, config: story.config })),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                Err(Failure::new(format!("there are no comments on {source}")).hint(format!("they would be in {name}")))
            }
            Err(error) => Err(Failure::file("read", &path, &error)),
        }
    }

    /// Saves the changed text and prints the file's path.
    fn save(&self, changed: Result<String, CannotChange>, done: &str) -> Result<ExitCode, Failure> {
        let text = changed.map_err(|why| Failure::new(format!("{} was not changed: {why}", self.name)))?;
        replace(&self.path, &self.text, &text)?;
        print_message(&format!("{done}; `presswork build` publishes the change\n"));
        print_line(&shown(&self.path))?;
        Ok(ExitCode::SUCCESS)
    }
}

impl OneComment {
    fn set_hidden(self, hidden: bool) -> Result<ExitCode, Failure> {
        let Some(file) = ThreadFile::of(self.root, &self.story)? else { return site_has_errors() };
        let done = format!("`{}` is {}", self.id, if hidden { "hidden" } else { "shown" });
        file.save(set_hidden(&file.text, &self.id, hidden), &done)
    }
}

impl ReplyArgs {
    fn run(self) -> Result<ExitCode, Failure> {
        let OneComment { story, id, root } = self.comment;
        let text = reader_text("reply", &self.text, "write it after --text")?;
        let Some(file) = ThreadFile::of(root, &story)? else { return site_has_errors() };
        let list = parse(&file.text).value.unwrap_or_default();
        if !list.comments.iter().any(|comment| comment.id == id) {
            return Err(Failure::new(format!("there is no comment `{id}` in {}", file.name)));
        }
        let reply = reply(&list, &id, self.author, text);
        let appended = append(&file.text, &[reply], &file.config.timezone, "");
        file.save(appended.map(|appended| appended.text), &format!("replied to `{id}`"))
    }
}

/// A reply of the newsroom, with the next free id.
fn reply(list: &CommentList, parent: &str, author: String, text: String) -> NewComment {
    let is_taken = |id: &str| list.comments.iter().any(|comment| comment.id == id);
    let id = (1..).map(|number| format!("reply-{number}")).find(|id| !is_taken(id));
    NewComment {
        id: id.unwrap_or_default(),
        parent: Some(parent.to_owned()),
        name: None,
        url: None,
        date: clock::now(),
        text,
        staff: Some(author),
        hidden: false,
    }
}

/// Saves a file that a merge has changed or made.
fn save(path: &Path, before: Option<&str>, after: &str) -> Result<(), Failure> {
    match before {
        Some(before) => replace(path, before, after).map_err(|error: ReplaceError| Failure::from(error)),
        None => create_with_folders(path, after),
    }
}
