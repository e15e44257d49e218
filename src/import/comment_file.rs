//! Writes readers' comments on a story as a file of the project.

use jiff::tz::TimeZone;

use super::model::ReaderComment;
use super::yaml_text::scalar;

/// The name of people who gave none, or only an e-mail address.
const NAMELESS: &str = "Anonymous";

/// The file with the comments on the story in `story`: `comments/world/vote.yaml` for `content/world/vote.md`.
pub(super) fn path(story: &str) -> Option<String> {
    let below = story.strip_prefix("content/")?.strip_suffix(".md")?;
    Some(format!("comments/{}.yaml", below.strip_suffix("/index").unwrap_or(below)))
}

/// The text of the file; `None` if no comment has a date and a text, which each must have.
pub(super) fn text(comments: &[ReaderComment], zone: &TimeZone) -> Option<String> {
    let id = |id: &str| -> String {
        let id = id.chars().filter(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_'));
        id.take(64).collect()
    };
    let written: Vec<(&ReaderComment, String)> = comments
        .iter()
        .filter(|comment| comment.date.is_some() && !comment.text.trim().is_empty())
        .map(|comment| (comment, id(&comment.id)))
        .filter(|(_, id)| !id.is_empty())
        .collect();
    if written.is_empty() {
        return None;
    }
    let mut yaml = String::from("comments:\n");
    for (comment, own) in &written {
        yaml.push_str(&format!("  - id: {}\n", scalar(own)));
        let answered = comment.answers.as_deref().map(id).filter(|parent| written.iter().any(|(_, id)| id == parent));
        if let Some(parent) = answered {
            yaml.push_str(&format!("    parent: {}\n", scalar(&parent)));
        }
        let name = if comment.name.trim().is_empty() { NAMELESS } else { comment.name.trim() };
        yaml.push_str(&format!("    name: {}\n", scalar(&super::yaml_text::on_one_line(name))));
        if let Some(date) = comment.date {
            yaml.push_str(&format!("    date: {}\n", date.written(zone)));
        }
        yaml.push_str("    text: |-\n");
        for line in crate::control_characters::without(comment.text.trim()).lines() {
            yaml.push_str(if line.is_empty() { "" } else { "      " });
            yaml.push_str(line);
            yaml.push('\n');
        }
    }
    Some(yaml)
}
