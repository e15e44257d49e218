//! Comments of a Disqus export (<https://help.disqus.com/en/articles/1717164-comments-export>).

use ahash::HashMap;

use super::html::{Newlines, to_markdown};
use super::xml::{Element, elements};
use super::{BadExport, Export, ExportedComment, utc};

/// The attribute with the number of a thread or a comment.
const ID: &str = "dsq:id";

/// Reads the comments of a Disqus export that are neither deleted nor spam.
///
/// # Errors
/// If it is not well-formed XML, or no export of Disqus.
pub fn disqus(text: &str) -> Result<Export, BadExport> {
    let mut export = Export::default();
    let mut threads: HashMap<String, Vec<String>> = HashMap::default();
    elements(text, &["thread", "post"], |element| {
        let Some(id) = element.attribute(ID) else { return };
        if element.name == "thread" {
            let pages = [element.text_of("link"), element.text_of("id")];
            let pages = pages.into_iter().filter(|page| !page.is_empty()).map(str::to_owned).collect();
            threads.insert(id.to_owned(), pages);
            return;
        }
        match approved(&element, id, &threads) {
            Some(comment) => export.comments.push(comment),
            None => export.left_out += 1,
        }
    })?;
    match threads.is_empty() {
        true => Err(BadExport::new("this is not an export of Disqus: it has no `thread` with `dsq:id`")),
        false => Ok(export),
    }
}

fn approved(post: &Element, id: &str, threads: &HashMap<String, Vec<String>>) -> Option<ExportedComment> {
    let is = |name: &str| post.text_of(name) == "true";
    let is_approved = post.child("isApproved").is_none() || is("isApproved");
    if is("isDeleted") || is("isSpam") || !is_approved || !id.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let thread = post.child("thread")?.attribute(ID)?;
    let parent = post.child("parent").and_then(|parent| parent.attribute(ID));
    Some(ExportedComment {
        pages: threads.get(thread)?.clone(),
        id: format!("disqus-{id}"),
        parent: parent.map(|parent| format!("disqus-{parent}")),
        name: post.child("author").map_or("", |author| author.text_of("name")).to_owned(),
        url: None,
        date: utc(post.text_of("createdAt"))?,
        text: to_markdown(post.text_of("message"), Newlines::Space),
        is_staff: false,
    })
}
