//! Readers' comments: those that are not published are searched for, and the others are no leaks.

use std::fs;
use std::io;

use crate::comment::{self, Comment};
use crate::content_path::commented_stories;
use crate::site::State;
use crate::source::{SourceFile, SourceKind, on_disk};

use super::CheckedSite;
use super::embargoed_terms::{HiddenSource, PublicSource};

/// The words of readers' comments.
#[derive(Debug, Default)]
pub(super) struct ReaderWords {
    /// The words that must not be published.
    pub hidden: Vec<HiddenSource>,
    /// The words that are published.
    pub public: Vec<PublicSource>,
    /// The e-mail and IP addresses in their files, which no comment may hold.
    pub addresses: Vec<HiddenSource>,
}

/// Reads the words of all comments.
pub(super) fn comments(project: &CheckedSite<'_>) -> io::Result<ReaderWords> {
    let ReaderWords { mut hidden, mut public, mut addresses } = ReaderWords::default();
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
                    is_whole: false,
                }),
            }
        }
        addresses.extend(comment::addresses_in(&text).into_iter().map(|address| HiddenSource {
            path: file.path.clone(),
            state: State::Published,
            text: address.to_owned(),
            url_segments: Vec::new(),
            is_reason_public: false,
            is_comment: true,
            is_whole: true,
        }));
    }
    Ok(ReaderWords { hidden, public, addresses })
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
