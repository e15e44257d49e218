//! Writes readers' comments on a story as a file of the project.

use crate::comment::{CannotChange, NewComment, append};

use super::layout::ImportLayout;
use super::model::ReaderComment;

/// The name of people who gave none, or only an e-mail address.
const NAMELESS: &str = "Anonymous";
/// The longest id, in characters, that is kept whole.
const LONGEST_ID: usize = 64;

/// The file with the comments on the story in `story`: `comments/world/vote.yaml` for `content/world/vote.md`.
pub(super) fn path(story: &str) -> Option<String> {
    let below = story.strip_prefix("content/")?.strip_suffix(".md")?;
    Some(format!("comments/{}.yaml", below.strip_suffix("/index").unwrap_or(below)))
}

/// The text of the file; `None` if no comment has a date and a text, which each must have.
///
/// # Errors
/// If a date is outside the years 0 to 9999.
pub(super) fn text(comments: &[ReaderComment], layout: &ImportLayout) -> Result<Option<String>, CannotChange> {
    let new: Vec<NewComment> = comments.iter().filter_map(|comment| new_comment(comment, layout)).collect();
    let appended = append("", &new, &layout.zone, NAMELESS)?;
    Ok((appended.added > 0).then_some(appended.text))
}

fn new_comment(comment: &ReaderComment, layout: &ImportLayout) -> Option<NewComment> {
    let date = comment.date.as_ref()?.instant(&layout.zone)?;
    let id = id(&comment.id);
    if id.is_empty() || comment.text.trim().is_empty() {
        return None;
    }
    let staff = comment.staff.as_deref().and_then(|key| layout.author_id(key));
    Some(NewComment {
        id,
        parent: comment.answers.as_deref().map(self::id),
        name: Some(comment.name.clone()).filter(|name| staff.is_none() && !name.trim().is_empty()),
        url: comment.url.clone().filter(|_| staff.is_none()),
        date,
        text: comment.text.clone(),
        staff: staff.map(str::to_owned),
        hidden: false,
    })
}

/// The id of a comment, of letters that an id may have.
fn id(id: &str) -> String {
    id.chars().filter(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_')).take(LONGEST_ID).collect()
}
