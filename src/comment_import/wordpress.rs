//! Comments of a WordPress export (WXR: <https://wordpress.org/documentation/article/tools-export-screen/>).

use std::path::Path;

use jiff::tz::TimeZone;

use super::{BadExport, Export, ExportedComment};
use crate::import::wordpress::{CommentsOnItem, comments_of};

/// Reads the approved comments of a WordPress export. `zone` is that of comments without a time in UTC.
///
/// # Errors
/// If it can't be read as XML, ends too early, or is not an export of WordPress.
pub fn wordpress(path: &Path, zone: &TimeZone) -> Result<Export, BadExport> {
    let mut export = Export::default();
    comments_of(path, |CommentsOnItem { pages, comments, left_out }| {
        export.left_out += left_out;
        for (comment, staff) in comments {
            let date = comment.date.and_then(|date| date.instant(zone)).filter(|_| !comment.text.is_empty());
            let Some(date) = date else {
                export.left_out += 1;
                continue;
            };
            export.comments.push(ExportedComment {
                pages: pages.clone(),
                id: comment.id,
                parent: comment.answers,
                name: comment.name,
                url: comment.url,
                date,
                text: comment.text,
                staff,
            });
        }
    })?;
    Ok(export)
}
