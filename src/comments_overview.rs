//! Lists the newest comments of a project, for the command line and the desk.

use jiff::Timestamp;

use crate::content_path::commented_stories;
use crate::date::Moment;
use crate::markdown::comment_text;
use crate::read::Record;

/// The most characters of a text that a list shows.
const BEGINNING: usize = 160;

/// The comments of a project.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CommentsOverview {
    /// The newest ones, newest first.
    pub newest: Vec<CommentEntry>,
    /// The number of all comments.
    pub total: usize,
    /// The number of hidden ones.
    pub hidden: usize,
}

/// A comment in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommentEntry {
    /// The source of its story.
    pub story: String,
    /// The headline of its story, if there is one.
    pub title: Option<String>,
    /// Its file.
    pub path: String,
    /// Its id.
    pub id: String,
    /// The name of the writer, or the id of the author.
    pub name: String,
    /// The date on which it was written.
    pub date: Moment,
    /// The beginning of its text, as plain text.
    pub beginning: String,
    /// True if it is not published.
    pub hidden: bool,
    /// The id of the author who replies for the newsroom.
    pub staff: Option<String>,
}

/// Lists the comments written since an instant.
pub fn newest_comments(records: &[Record], since: Timestamp) -> CommentsOverview {
    let title = |source: &String| {
        let at = records.iter().find(|record| record.source() == source)?;
        match at {
            Record::Article(article) => Some((source.clone(), article.front.title.to_string())),
            _ => None,
        }
    };
    let mut overview = CommentsOverview::default();
    for record in records {
        let Record::Comments(file) = record else { continue };
        overview.total += file.comments.len();
        overview.hidden += file.comments.iter().filter(|comment| comment.hidden).count();
        let newest = || file.comments.iter().zip(&file.dates).filter(|(_, date)| date.instant >= since);
        if newest().next().is_none() {
            continue;
        }
        let stories = commented_stories(&file.source);
        let found = stories.iter().find_map(title);
        let (story, title) = match found {
            Some((story, title)) => (story, Some(title)),
            None => (stories.into_iter().next().unwrap_or_default(), None),
        };
        overview.newest.extend(newest().map(|(comment, date)| CommentEntry {
            story: story.clone(),
            title: title.clone(),
            path: file.source.to_string(),
            id: comment.id.clone(),
            name: comment.name.clone().or_else(|| comment.staff.clone()).unwrap_or_default(),
            date: *date,
            beginning: beginning(&comment.text),
            hidden: comment.hidden,
            staff: comment.staff.clone(),
        }));
    }
    overview.newest.sort_by(|one, other| (other.date, &one.path, &one.id).cmp(&(one.date, &other.path, &other.id)));
    overview
}

/// The beginning of a text, on one line.
fn beginning(text: &str) -> String {
    let plain = comment_text(text).plain.split_whitespace().collect::<Vec<_>>().join(" ");
    match plain.char_indices().nth(BEGINNING) {
        Some((end, _)) => format!("{}…", &plain[..end]),
        None => plain,
    }
}
