//! Comments of a Disqus export (<https://help.disqus.com/en/articles/1717164-comments-export>).

use std::path::Path;

use ahash::HashMap;

use super::{BadExport, Export, ExportedComment};
use crate::import::html::{comment, plain_text};
use crate::import::xml_stream::{XmlElement, XmlStream};

/// The attribute with the number of a thread or a comment.
const ID: &str = "dsq:id";

/// Reads the comments of a Disqus export that are neither deleted nor spam.
///
/// # Errors
/// If it can't be read as XML, ends too early, or is not an export of Disqus.
pub fn disqus(path: &Path) -> Result<Export, BadExport> {
    let mut export = Export::default();
    let mut threads: HashMap<String, Vec<String>> = HashMap::default();
    let mut stream = XmlStream::open(path, "disqus")?;
    while let Some((element, _)) = stream.next()? {
        let id = element.attribute(ID);
        match element.name.as_str() {
            _ if id.is_empty() => {}
            "thread" => {
                let pages = [element.get("link"), element.get("id")];
                let pages = pages.into_iter().filter(|page| !page.is_empty()).map(str::to_owned).collect();
                threads.insert(id.to_owned(), pages);
            }
            "post" => match approved(&element, id, &threads) {
                Some(comment) => export.comments.push(comment),
                None => export.left_out += 1,
            },
            _ => {}
        }
    }
    match threads.is_empty() {
        true => Err(BadExport::new("this is not an export of Disqus: it has no `thread` with `dsq:id`")),
        false => Ok(export),
    }
}

fn approved(post: &XmlElement, id: &str, threads: &HashMap<String, Vec<String>>) -> Option<ExportedComment> {
    // A value of another form counts as the one that keeps the comment out.
    let is_given =
        |name: &str, value: &str| post.child(name).is_none() || post.get(name).trim().eq_ignore_ascii_case(value);
    let is_public = is_given("isDeleted", "false") && is_given("isSpam", "false") && is_given("isApproved", "true");
    if !is_public || !id.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let text = comment(post.get("message"));
    if text.is_empty() {
        return None;
    }
    let thread = post.child("thread")?.attribute(ID);
    let parent = post.child("parent").map(|parent| parent.attribute(ID)).filter(|parent| !parent.is_empty());
    Some(ExportedComment {
        pages: threads.get(thread)?.clone(),
        id: format!("disqus-{id}"),
        parent: parent.map(|parent| format!("disqus-{parent}")),
        name: post.child("author").map_or_else(String::new, |author| plain_text(author.get("name"))),
        url: None,
        date: post.get("createdAt").parse().ok()?,
        text,
        staff: None,
    })
}
