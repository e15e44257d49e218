//! Comments of a WordPress export (WXR: <https://wordpress.org/documentation/article/tools-export-screen/>).

use super::html::{Newlines, to_markdown};
use super::xml::{Element, elements};
use super::{BadExport, Export, ExportedComment, utc};

/// Reads the approved comments of a WordPress export.
///
/// # Errors
/// If it is not well-formed XML, or no export of WordPress.
pub fn wordpress(text: &str) -> Result<Export, BadExport> {
    let mut export = Export::default();
    let mut is_export = false;
    elements(text, &["item", "wp:wxr_version"], |element| {
        is_export |= element.name == "wp:wxr_version";
        let id = element.text_of("wp:post_id");
        let mut pages = vec![element.text_of("link").to_owned(), element.text_of("guid").to_owned()];
        pages.extend((!id.is_empty()).then(|| format!("/?p={id}")));
        pages.retain(|page| !page.is_empty());
        for comment in element.children("wp:comment") {
            match approved(comment, &pages) {
                Some(comment) => export.comments.push(comment),
                None => export.left_out += 1,
            }
        }
    })?;
    match is_export {
        true => Ok(export),
        false => Err(BadExport::new("this is not an export of WordPress: it has no `wp:wxr_version`")),
    }
}

/// A comment, if it is approved and a reader wrote it: pingbacks and trackbacks come from other sites.
fn approved(comment: &Element, pages: &[String]) -> Option<ExportedComment> {
    let text_of = |name: &str| comment.text_of(name);
    let is_comment = matches!(text_of("wp:comment_type"), "" | "comment");
    let id = text_of("wp:comment_id");
    let is_number = |id: &str| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit());
    if text_of("wp:comment_approved") != "1" || !is_comment || !is_number(id) {
        return None;
    }
    let text = to_markdown(text_of("wp:comment_content"), Newlines::Break);
    let parent = text_of("wp:comment_parent");
    Some(ExportedComment {
        pages: pages.to_vec(),
        id: format!("wp-{id}"),
        parent: (is_number(parent) && parent != "0").then(|| format!("wp-{parent}")),
        name: text_of("wp:comment_author").to_owned(),
        url: Some(text_of("wp:comment_author_url").to_owned()).filter(|url| !url.is_empty()),
        date: utc(text_of("wp:comment_date_gmt")).or_else(|| utc(text_of("wp:comment_date")))?,
        text,
        is_staff: is_number(text_of("wp:comment_user_id")) && text_of("wp:comment_user_id") != "0",
    })
}
