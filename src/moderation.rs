//! Hides readers' comments, shows them again and replies to them, for the command line and the desk.
//!
//! A change keeps every other byte of the file of comments, and is refused if a build would refuse the result.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::comment::{
    AppendRules, Appended, CannotChange, CommentList, NewComment, RefusedComment, append, parse, set_hidden,
};
use crate::config::Config;
use crate::content_path::comment_files;
use crate::diagnostic::did_you_mean;
use crate::edit::{ReplaceError, replace};
use crate::read::digest;
use crate::source::on_disk;

/// A change of one comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Moderation {
    /// Keep it in its file, but publish it no longer.
    Hide,
    /// Publish a hidden comment again.
    Show,
    /// Reply to it for the newsroom.
    Reply {
        /// The id of the author who replies.
        author: String,
        /// The text as Markdown.
        text: String,
    },
}

/// The rules and facts of the site that a reply must respect.
#[derive(Debug, Clone, Copy)]
pub struct ReplyRules<'c> {
    /// The configuration: its time zone and its limits of comments.
    pub config: &'c Config,
    /// The ids of all authors.
    pub authors: &'c [String],
    /// The instant at which the reply is written.
    pub now: Timestamp,
}

/// The reason why a comment was not changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotModerated {
    /// One sentence without a full stop.
    pub message: String,
    /// Advice on what to do.
    pub hint: Option<String>,
}

impl NotModerated {
    fn new(message: impl Into<String>) -> NotModerated {
        NotModerated { message: message.into(), hint: None }
    }

    fn hint(self, hint: impl Into<String>) -> NotModerated {
        NotModerated { hint: Some(hint.into()), ..self }
    }
}

impl fmt::Display for NotModerated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// A file of comments, as it is before a change.
#[derive(Debug)]
pub struct ThreadFile {
    path: PathBuf,
    /// Its path below the project's folder, such as `comments/world/vote.yaml`.
    pub name: String,
    text: String,
}

impl ThreadFile {
    /// The path below the project's folder of the file for the comments on a story: the one that is there, or the one that
    /// a new thread gets.
    pub fn name_for(root: &Path, story: &str) -> String {
        let mut files = comment_files(story);
        let at = files.iter().position(|file| on_disk(root, file).is_file());
        files.swap_remove(at.unwrap_or(0))
    }

    /// Reads a file of comments. `name` is its path below the project's folder `root`.
    ///
    /// # Errors
    /// If it cannot be read as text, or a symbolic link leads out of the project, where builds read nothing.
    pub fn open(root: &Path, name: &str) -> io::Result<ThreadFile> {
        let path = on_disk(root, name);
        if !path.canonicalize()?.starts_with(root.canonicalize()?) {
            return Err(io::Error::other("it is outside the project's folder"));
        }
        let text = fs::read_to_string(&path)?;
        Ok(ThreadFile { path, name: name.to_owned(), text })
    }

    /// The hash that identifies this version of the file, as in its record.
    pub fn digest(&self) -> u128 {
        digest(&self.text)
    }

    /// Returns the text of the file with a change of the comment `id`.
    ///
    /// # Errors
    /// If there is no such comment, the file has errors or a format that cannot be changed, or a build would refuse the
    /// reply.
    pub fn changed(&self, id: &str, change: &Moderation, rules: ReplyRules<'_>) -> Result<String, NotModerated> {
        let changed = match change {
            Moderation::Hide => set_hidden(&self.text, id, true),
            Moderation::Show => set_hidden(&self.text, id, false),
            Moderation::Reply { author, text } => {
                let reply = self.reply(id, author, text, rules)?;
                self.with(reply, rules)
            }
        };
        changed.map_err(|CannotChange(why)| NotModerated::new(format!("{} was not changed: {why}", self.name)))
    }

    /// The text with one more comment.
    fn with(&self, comment: NewComment, rules: ReplyRules<'_>) -> Result<String, CannotChange> {
        let Config { timezone, comments, .. } = rules.config;
        let append_rules = AppendRules { zone: timezone, anonymous: "", limits: comments.limits };
        let Appended { text, refused, .. } = append(&self.text, &[comment], append_rules)?;
        match refused.into_iter().next() {
            Some(RefusedComment { reason, .. }) => Err(CannotChange(format!("the reply {reason}"))),
            None => Ok(text),
        }
    }

    /// Saves a changed text.
    ///
    /// # Errors
    /// If the file has been saved since it was read, or cannot be written.
    pub fn save(&self, changed: &str) -> Result<(), ReplaceError> {
        match changed == self.text {
            true => Ok(()),
            false => replace(&self.path, &self.text, changed),
        }
    }

    /// The file's path on disk.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The reply of an author to a comment, with the next free id.
    fn reply(&self, id: &str, author: &str, text: &str, rules: ReplyRules<'_>) -> Result<NewComment, NotModerated> {
        let text = text.replace("\r\n", "\n").trim().to_owned();
        if text.is_empty() {
            return Err(NotModerated::new("the reply is empty").hint("write its text"));
        }
        if !rules.authors.iter().any(|known| known == author) {
            let hint = did_you_mean(author, rules.authors.iter().map(String::as_str));
            let hint =
                hint.unwrap_or_else(|| "an author's id is the name of their file in content/authors/".to_owned());
            return Err(NotModerated::new(format!("unknown author `{}`", author.escape_debug())).hint(hint));
        }
        let limits = rules.config.comments.limits;
        let length = text.chars().count();
        if length > limits.characters {
            let limit = limits.characters;
            return Err(NotModerated::new(format!(
                "the reply has {length} characters, but at most {limit} are published"
            ))
            .hint("shorten it, or raise `comments: {limits: {characters: …}}` in site.yaml"));
        }
        let CommentList { comments } = parse(&self.text).value.unwrap_or_default();
        if !comments.iter().any(|comment| comment.id == id) {
            return Err(NotModerated::new(format!("there is no comment `{}` in {}", id.escape_debug(), self.name)));
        }
        if comments.len() >= limits.comments {
            let limit = limits.comments;
            return Err(NotModerated::new(format!(
                "{} holds {limit} comments, the most that are published",
                self.name
            ))
            .hint("raise `comments: {limits: {comments: …}}` in site.yaml"));
        }
        let is_taken = |id: &str| comments.iter().any(|comment| comment.id == id);
        let free = (1..).map(|number| format!("reply-{number}")).find(|id| !is_taken(id));
        Ok(NewComment {
            id: free.unwrap_or_default(),
            parent: Some(id.to_owned()),
            name: None,
            url: None,
            date: rules.now,
            text,
            staff: Some(author.to_owned()),
            hidden: false,
        })
    }
}
