//! The newest comments on the desk, each with its place and the commands that change it.

use jiff::Timestamp;
use serde::Serialize;

use crate::comments_overview::{CommentEntry, newest_comments};
use crate::content_path::below_content;
use crate::time_format::{countdown, format_time};

use super::problems::Reporter;
use super::site_server::Snapshot;

/// The most comments that are shown.
const MOST: usize = 20;

/// A comment on the desk.
#[derive(Serialize)]
pub(super) struct CommentRow {
    name: String,
    text: String,
    title: String,
    when: String,
    countdown: String,
    hidden: bool,
    /// The comment on its page in the preview.
    url: Option<String>,
    path: String,
    editor: Option<String>,
    /// The commands that hide or show it, and that reply. The preview itself never writes.
    commands: Vec<String>,
}

/// The comments written since an instant on stories that `is_wanted` selects, newest first.
pub(super) fn newest(
    snapshot: &Snapshot<'_>,
    reporter: &Reporter<'_>,
    (since, now): (Timestamp, Timestamp),
    is_wanted: impl Fn(&str) -> bool,
) -> Vec<CommentRow> {
    let zone = &snapshot.config.timezone;
    let row = |entry: CommentEntry| {
        let page = snapshot.url_of(&entry.story).filter(|_| !entry.hidden);
        let story = below_content(&entry.story).unwrap_or(&entry.story);
        let verb = if entry.hidden { "show" } else { "hide" };
        let mut commands = vec![format!("presswork comments {verb} {story} {}", entry.id)];
        commands.push(format!("presswork comments reply {story} {} --author … --text …", entry.id));
        CommentRow {
            when: format_time(entry.date.instant, zone),
            countdown: countdown(entry.date.instant, now),
            url: page.map(|page| format!("{page}#comment-{}", entry.id)),
            editor: reporter.link(&entry.path, None, None),
            title: entry.title.unwrap_or(entry.story),
            name: entry.name,
            text: entry.beginning,
            hidden: entry.hidden,
            path: entry.path,
            commands,
        }
    };
    let entries = newest_comments(snapshot.records, since).newest.into_iter();
    entries.filter(|entry| is_wanted(&entry.story)).take(MOST).map(row).collect()
}
