//! Writes readers' comments on a story as a file of the project.

use crate::comment::{AppendRules, Appended, CannotChange, NewComment, RefusedComment, append};
use crate::config::CommentLimits;

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

/// The text of the file, if a comment can be written, and the comments that cannot.
///
/// # Errors
/// If the file cannot be written at all.
pub(super) fn text(
    comments: &[ReaderComment],
    layout: &ImportLayout,
) -> Result<(Option<String>, Vec<RefusedComment>), CannotChange> {
    let (mut new, mut left_out) = (Vec::new(), Vec::new());
    for comment in comments {
        match new_comment(comment, layout) {
            Some(comment) => new.push(comment),
            None => left_out.push(RefusedComment::new(&comment.id, "has no date")),
        }
    }
    let rules = AppendRules { zone: &layout.zone, anonymous: NAMELESS, limits: CommentLimits::default() };
    let Appended { text, added, refused, .. } = append("", &new, rules)?;
    left_out.extend(refused);
    Ok(((added > 0).then_some(text), left_out))
}

/// The comment for its file; `None` for one without a date.
fn new_comment(comment: &ReaderComment, layout: &ImportLayout) -> Option<NewComment> {
    let date = comment.date.as_ref()?.instant(&layout.zone)?;
    let staff = comment.staff.as_deref().and_then(|key| layout.author_id(key));
    Some(NewComment {
        id: id(&comment.id),
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
