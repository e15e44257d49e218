//! The embeds that public texts call.

use std::collections::BTreeSet;

use crate::article::{BodyScan, CommentsPost};

use super::Site;

impl Site {
    /// The names of the embeds in all public texts.
    pub fn embeds(&self) -> BTreeSet<&str> {
        self.bodies().flat_map(|body| &body.embeds).map(AsRef::as_ref).collect()
    }

    /// The origins of the frames in all public texts.
    pub fn frames(&self) -> BTreeSet<&str> {
        self.bodies().flat_map(|body| &body.frames).map(AsRef::as_ref).collect()
    }

    /// The origins that answer for the posts of `comments_thread` in all public stories.
    pub fn comment_servers(&self) -> BTreeSet<String> {
        let urls = self.articles.iter().filter_map(|story| story.article.front.rare().comments_thread.as_deref());
        urls.filter_map(CommentsPost::parse).map(|post| post.server).collect()
    }

    fn bodies(&self) -> impl Iterator<Item = &BodyScan> {
        let articles = self.articles.iter().map(|story| &story.article.body);
        let pages = self.pages.iter().map(|page| &page.page.body);
        let authors = self.authors.iter().map(|person| &person.author.body);
        let sections = self.sections.iter().filter_map(|section| section.file.as_ref());
        let indexes = sections.chain(self.front_files()).map(|file| &file.body);
        articles.chain(pages).chain(authors).chain(indexes)
    }
}
