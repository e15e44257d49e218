//! Lists the newest comments of a project, for the command line and the desk.

use jiff::Timestamp;

use crate::comment::{Comment, CommentFile, tamed};
use crate::content_path::commented_stories;
use crate::date::Moment;
use crate::markdown::comment_text;
use crate::read::Record;

/// The comments of a project.
#[derive(Debug, Clone, Default)]
pub struct CommentsOverview<'r> {
    /// The newest ones, newest first.
    pub newest: Vec<ListedComment<'r>>,
    /// The number of all comments.
    pub total: usize,
    /// The number of hidden ones.
    pub hidden: usize,
}

/// A comment in a list.
#[derive(Debug, Clone, Copy)]
pub struct ListedComment<'r> {
    /// The file that it is in.
    pub file: &'r CommentFile,
    /// The comment.
    pub comment: &'r Comment,
    /// The date on which it was written.
    pub date: Moment,
}

/// The story of a file of comments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommentedStory {
    /// Its source: `content/world/vote.md`.
    pub source: String,
    /// Its headline, if the story exists.
    pub title: Option<String>,
}

/// Lists the comments written since an instant; `records` are those of all sources, ordered by source.
pub fn newest_comments(records: &[Record], since: Timestamp) -> CommentsOverview<'_> {
    let mut overview = CommentsOverview::default();
    for record in records {
        let Record::Comments(file) = record else { continue };
        overview.total += file.comments.len();
        overview.hidden += file.comments.iter().filter(|comment| comment.hidden).count();
        let dated = file.comments.iter().zip(&file.dates).filter(|(_, date)| date.instant >= since);
        overview.newest.extend(dated.map(|(comment, &date)| ListedComment { file, comment, date }));
    }
    overview.newest.sort_by(|one, other| {
        let by_place = || (&one.file.source, &one.comment.id).cmp(&(&other.file.source, &other.comment.id));
        other.date.cmp(&one.date).then_with(by_place)
    });
    overview
}

/// Finds the story of a file of comments; `records` are those of all sources, ordered by source.
pub fn commented_story(records: &[Record], file: &CommentFile) -> CommentedStory {
    let stories = commented_stories(&file.source);
    let title = |source: &String| {
        let at = records.binary_search_by(|record| record.source().cmp(source)).ok()?;
        match records.get(at) {
            Some(Record::Article(article)) => Some(article.front.title.to_string()),
            _ => None,
        }
    };
    let found = stories.iter().find_map(|source| Some((source.clone(), title(source)?)));
    match found {
        Some((source, title)) => CommentedStory { source, title: Some(title) },
        None => CommentedStory { source: stories.into_iter().next().unwrap_or_default(), title: None },
    }
}

impl ListedComment<'_> {
    /// The name of the writer, or the id of the author, harmless for the text around it.
    pub fn name(&self) -> String {
        let Comment { name, staff, .. } = self.comment;
        tamed(name.as_deref().or(staff.as_deref()).unwrap_or_default().trim()).into_owned()
    }

    /// The text on one line, as plain text of at most `most` characters.
    pub fn beginning(&self, most: usize) -> String {
        let plain = comment_text(&self.comment.text).plain.split_whitespace().collect::<Vec<_>>().join(" ");
        match plain.char_indices().nth(most) {
            Some((end, _)) => format!("{}…", &plain[..end]),
            None => plain,
        }
    }
}
