//! Readers' comments of WordPress.

use std::path::Path;

use ahash::HashMap;

use super::autop::with_paragraphs;
use super::dates;
use super::people::is_email;
use super::wxr::{WxrComment, WxrItem};
use super::{CHANNEL, XmlStream};
use crate::import::ImportError;
use crate::import::html::{comment, plain_text};
use crate::import::model::ReaderComment;

/// Returns a comment that readers could see, without the addresses of its author. Pingbacks come from other sites.
pub(super) fn shown(written: &WxrComment) -> Option<ReaderComment> {
    if !is_shown(written) {
        return None;
    }
    let name = plain_text(&written.author);
    Some(ReaderComment {
        id: format!("wp-{}", written.id),
        answers: Some(format!("wp-{}", written.parent)).filter(|_| is_number(&written.parent) && written.parent != "0"),
        name: if is_email(&name) { String::new() } else { name },
        url: Some(written.url.clone()).filter(|url| !url.is_empty()),
        date: dates::pair(&written.date, &written.date_gmt),
        text: comment(&with_paragraphs(&written.content)),
        staff: None,
    })
}

/// True for a comment that readers could see.
pub(super) fn is_shown(written: &WxrComment) -> bool {
    written.is_approved && matches!(written.kind.as_str(), "" | "comment") && is_number(&written.id)
}

fn is_number(id: &str) -> bool {
    !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit())
}

/// The comments on an item of an export.
pub struct CommentsOnItem {
    /// The URLs of the item, the likeliest first.
    pub pages: Vec<String>,
    /// The comments that readers could see, each with the name of the user of the site who wrote it.
    pub comments: Vec<(ReaderComment, Option<String>)>,
    /// The number of others.
    pub left_out: usize,
}

/// Passes the comments on each item of an export to `found`.
///
/// # Errors
/// If the file can't be read, ends too early or is not an export of WordPress.
pub fn comments_of(path: &Path, mut found: impl FnMut(CommentsOnItem)) -> Result<(), ImportError> {
    let mut stream = XmlStream::open(path, CHANNEL)?;
    let mut is_export = false;
    // The names that users chose to show, by their ids. An export lists them before the items.
    let mut users: HashMap<String, String> = HashMap::default();
    while let Some((element, _)) = stream.next()? {
        is_export |= element.name == "wp:wxr_version";
        if element.name == "wp:author" {
            let id = element.get("wp:author_id").trim().to_owned();
            users.insert(id, plain_text(element.get("wp:author_display_name")));
        }
        if element.name != "item" {
            continue;
        }
        let item = WxrItem::read(element);
        let id = (item.id > 0).then(|| format!("/?p={}", item.id));
        let pages = [Some(item.link), Some(item.guid), id].into_iter().flatten().filter(|page| !page.is_empty());
        let user = |written: &WxrComment| users.get(written.user.trim()).filter(|name| !name.is_empty()).cloned();
        let comments: Vec<(ReaderComment, Option<String>)> =
            item.comments.iter().filter_map(|written| Some((shown(written)?, user(written)))).collect();
        let left_out = item.comments.len() - comments.len();
        found(CommentsOnItem { pages: pages.collect(), comments, left_out });
    }
    match is_export {
        true => Ok(()),
        false => Err(ImportError::new("this is not an export of WordPress: it has no `wp:wxr_version`")),
    }
}
