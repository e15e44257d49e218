//! Adds exported comments to the files of a project, without writing any.

use std::collections::BTreeMap;
use std::fs;
use std::io;

use ahash::HashMap;

use super::addresses::Addresses;
use super::{Export, ExportedComment};
use crate::build::Draft;
use crate::comment::{AppendRules, Appended, CannotChange, NewComment, RefusedComment, append};
use crate::moderation::ThreadFile;
use crate::source::on_disk;

/// The changes of the project's files.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Merged {
    /// The files with new comments, by path.
    pub files: Vec<ChangedFile>,
    /// The number of comments that were there already.
    pub known: usize,
    /// The pages of the old system that no story has become, each with the number of its comments.
    pub unmatched: BTreeMap<String, usize>,
    /// The comments that their file cannot hold.
    pub refused: Vec<NotMerged>,
}

/// A comment that its file cannot hold.
#[derive(Debug, PartialEq, Eq)]
pub struct NotMerged {
    /// The file's path below the project's folder.
    pub path: String,
    /// The comment and the reason.
    pub comment: RefusedComment,
}

/// A file of comments with new ones.
#[derive(Debug, PartialEq, Eq)]
pub struct ChangedFile {
    /// Its path below the project's folder.
    pub path: String,
    /// Its text before; `None` for a new file.
    pub before: Option<String>,
    /// Its text with the new comments.
    pub after: String,
    /// The number of new comments.
    pub added: usize,
}

/// The reason why nothing was merged.
#[derive(Debug)]
pub enum CannotMerge {
    /// A file of comments, by path, has a format or an error that keeps it from being changed.
    File(String, CannotChange),
    /// A file of comments, by path, cannot be read.
    System(String, io::Error),
}

/// Finds the story of each comment and adds it to the story's file, if it is not there yet. The name of a reader who
/// gave none is `anonymous`.
///
/// # Errors
/// If a file of comments cannot be read or changed.
pub fn merge(draft: &Draft, export: &Export, anonymous: &str) -> Result<Merged, CannotMerge> {
    let addresses = Addresses::new(draft);
    let rules = AppendRules { zone: &draft.config.timezone, anonymous, limits: draft.config.comments.limits };
    let mut merged = Merged::default();
    let mut by_file: BTreeMap<String, Vec<NewComment>> = BTreeMap::new();
    let staff = staff(draft);
    for comment in &export.comments {
        let Some(story) = addresses.find(&comment.pages) else {
            *merged.unmatched.entry(comment.pages.first().cloned().unwrap_or_default()).or_default() += 1;
            continue;
        };
        let path = ThreadFile::name_for(&draft.root, story);
        by_file.entry(path).or_default().push(new_comment(comment, &staff));
    }
    for (path, comments) in by_file {
        let before = match fs::read_to_string(on_disk(&draft.root, &path)) {
            Ok(text) => Some(text),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(CannotMerge::System(path, error)),
        };
        let appended = append(before.as_deref().unwrap_or(""), &comments, rules);
        let Appended { text: after, added, known, refused } =
            appended.map_err(|error| CannotMerge::File(path.clone(), error))?;
        merged.known += known;
        merged.refused.extend(refused.into_iter().map(|comment| NotMerged { path: path.clone(), comment }));
        if added > 0 {
            merged.files.push(ChangedFile { path, before, after, added });
        }
    }
    Ok(merged)
}

/// The ids of authors, by the names that belong to one alone.
fn staff(draft: &Draft) -> HashMap<&str, Option<&str>> {
    let mut by_name: HashMap<&str, Option<&str>> = HashMap::default();
    for person in &draft.site.authors {
        let author = &person.author;
        by_name.entry(author.front.name.as_str()).and_modify(|id| *id = None).or_insert(Some(&author.id));
    }
    by_name
}

fn new_comment(comment: &ExportedComment, staff: &HashMap<&str, Option<&str>>) -> NewComment {
    let name = comment.name.trim();
    let author = comment.staff.as_deref().and_then(|name| staff.get(name.trim()).copied().flatten());
    NewComment {
        id: comment.id.clone(),
        parent: comment.parent.clone(),
        name: Some(name.to_owned()).filter(|name| author.is_none() && !name.is_empty()),
        url: comment.url.clone().filter(|_| author.is_none()),
        date: comment.date,
        text: comment.text.clone(),
        staff: author.map(str::to_owned),
        hidden: false,
    }
}
