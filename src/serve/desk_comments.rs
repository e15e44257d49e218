//! Readers' comments on the desk: the newest of all stories, each with forms that hide it and reply to it.

use ahash::HashMap;
use jiff::Timestamp;
use serde::Serialize;
use xxhash_rust::xxh3::xxh3_64;

use crate::comments_overview::{CommentedStory, ListedComment, commented_story, newest_comments};
use crate::content_path::below_content;
use crate::time_format::{countdown, format_time};

use super::problems::Reporter;
use super::site_server::Snapshot;

/// The most characters of a text that are shown.
const MOST_TEXT: usize = 2_000;

/// A reply that was not saved, for the form that shows it again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct UnsavedReply {
    /// The id of the comment's element.
    pub(super) anchor: String,
    /// The id of the author who replies.
    pub(super) author: String,
    /// The text.
    pub(super) text: String,
}

/// A comment on the desk.
#[derive(Serialize)]
pub(super) struct CommentRow {
    /// The id of its element.
    pub(super) anchor: String,
    id: String,
    name: String,
    text: String,
    title: String,
    when: String,
    countdown: String,
    hidden: bool,
    /// The comment on its page in the preview.
    url: Option<String>,
    path: String,
    /// The version of its file: a change is refused if that has another by then.
    version: String,
    editor: Option<String>,
    /// The commands that hide or show it, and that reply, where the desk has no forms for that.
    commands: [String; 2],
    /// The author and the text of a reply that was not saved.
    pub(super) reply_author: String,
    pub(super) reply_text: String,
}

/// A part of the comments, newest first.
pub(super) struct CommentsPart {
    pub(super) rows: Vec<CommentRow>,
    /// The number of all.
    pub(super) count: usize,
}

/// The part of a list.
#[derive(Clone, Copy)]
pub(super) struct ListPart {
    /// The number of comments that are skipped.
    pub(super) from: usize,
    /// The most that are shown.
    pub(super) most: usize,
}

/// The comments written since an instant on stories that `is_wanted` selects.
pub(super) fn newest(
    snapshot: &Snapshot<'_>,
    reporter: &Reporter<'_>,
    (since, now): (Timestamp, Timestamp),
    part: ListPart,
    is_wanted: impl Fn(&str) -> bool,
) -> CommentsPart {
    let records = snapshot.records;
    let mut stories: HashMap<&str, Option<CommentedStory>> = HashMap::default();
    let mut found: Vec<ListedComment<'_>> = newest_comments(records, since).newest;
    found.retain(|listed| {
        let story = stories
            .entry(&listed.file.source)
            .or_insert_with(|| Some(commented_story(records, listed.file)).filter(|story| is_wanted(&story.source)));
        story.is_some()
    });
    let row = |listed: &ListedComment<'_>| {
        let story = stories.get(&*listed.file.source)?.as_ref()?;
        Some(row(snapshot, reporter, listed, story, now))
    };
    let rows = found.iter().skip(part.from).take(part.most).filter_map(row).collect();
    CommentsPart { rows, count: found.len() }
}

fn row(
    snapshot: &Snapshot<'_>,
    reporter: &Reporter<'_>,
    listed: &ListedComment<'_>,
    story: &CommentedStory,
    now: Timestamp,
) -> CommentRow {
    let ListedComment { file, comment, date } = listed;
    let page = snapshot.url_of(&story.source).filter(|_| !comment.hidden);
    let given = below_content(&story.source).unwrap_or(&story.source);
    let verb = if comment.hidden { "show" } else { "hide" };
    CommentRow {
        anchor: anchor(&file.source, &comment.id),
        when: format_time(date.instant, &snapshot.config.timezone),
        countdown: countdown(date.instant, now),
        url: page.map(|page| format!("{page}#comment-{}", comment.id)),
        editor: reporter.link(&file.source, None, None),
        title: story.title.clone().unwrap_or_else(|| story.source.clone()),
        name: listed.name(),
        text: listed.beginning(MOST_TEXT),
        hidden: comment.hidden,
        path: file.source.to_string(),
        version: format!("{:032x}", file.digest),
        commands: [
            format!("presswork comments {verb} {given} {}", comment.id),
            format!("presswork comments reply {given} {} --author … --text …", comment.id),
        ],
        id: comment.id.clone(),
        reply_author: String::new(),
        reply_text: String::new(),
    }
}

/// The id of a comment's element on the desk. Ids of comments are unique in their files alone.
pub(super) fn anchor(path: &str, id: &str) -> String {
    format!("comment-{:016x}-{id}", xxh3_64(path.as_bytes()))
}
