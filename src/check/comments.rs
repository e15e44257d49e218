//! Readers' comments: those that are not published are searched for, and the others are no leaks.

use std::fs;
use std::io;

use crate::comment::{self, Comment};
use crate::content_path::commented_stories;
use crate::site::State;
use crate::source::{SourceFile, SourceKind, on_disk};

use super::CheckedSite;
use super::embargoed_terms::{HiddenSource, PublicSource};

/// The words of all comments: what must not be published, and what is.
pub(super) fn comments(project: &CheckedSite<'_>) -> io::Result<(Vec<HiddenSource>, Vec<PublicSource>)> {
    let (mut hidden, mut public) = (Vec::new(), Vec::new());
    for file in project.sources.files.iter().filter(|file| file.kind == SourceKind::Comments) {
        let text = fs::read_to_string(on_disk(project.root, &file.path))?;
        let comments = comment::parse(&text).value.unwrap_or_default().comments;
        let is_shown = is_shown(project, file);
        for comment in comments {
            match is_shown && !comment.hidden {
                true => public.push(PublicSource::Text(words(&comment))),
                false => hidden.push(HiddenSource {
                    path: file.path.clone(),
                    state: State::Published,
                    text: words(&comment),
                    url_segments: Vec::new(),
                    is_reason_public: false,
                    is_comment: true,
                }),
            }
        }
    }
    Ok((hidden, public))
}

/// True if the comments of a file are below a public story.
fn is_shown(project: &CheckedSite<'_>, file: &SourceFile) -> bool {
    let stories = commented_stories(&file.path);
    let story = stories.iter().find_map(|source| project.site.article_of(source));
    story.is_some_and(|id| project.site.threads.contains_key(&id))
}

/// Everything that a reader has written, as plain text.
fn words(comment: &Comment) -> String {
    let Comment { name, url, text, .. } = comment;
    let parts = [name.as_deref(), url.as_deref(), Some(text)];
    parts.into_iter().flatten().collect::<Vec<_>>().join("\n").replace(['<', '>'], " ")
}
