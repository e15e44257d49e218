//! The views of readers' comments: the thread below a story, and its feed.

use std::borrow::Cow;

use crate::article::CommentsPost;
use crate::comment::{Comment, tamed};
use crate::config::CommentForm;
use crate::language::Language;
use crate::markdown::{CommentText, comment_text};
use crate::site::{ArticleId, AuthorId, Commenting, Story, Thread};

use super::Viewer;
use super::contract::{CommentView, DateView, PostView, ThreadView};
use super::feeds::StampView;

/// The feed of the comments on a story.
#[derive(Debug)]
pub struct CommentFeedView<'a> {
    /// The headline of the story and the name of the site.
    pub title: String,
    /// The story's id in feeds, to which comments reply.
    pub story_id: String,
    /// The URL of the story's page.
    pub story_url: String,
    /// The feed's own URL.
    pub url: String,
    /// The language of the story (BCP 47).
    pub language: &'a str,
    /// The date of the newest comment.
    pub updated: StampView,
    /// The newest comments, newest first.
    pub entries: Vec<CommentEntryView<'a>>,
}

/// A comment in its feed.
#[derive(Debug)]
pub struct CommentEntryView<'a> {
    /// The permanent id.
    pub id: String,
    /// The id of the comment or story that it replies to.
    pub reply_to: String,
    /// The date on which it was written.
    pub published: StampView,
    /// The comment.
    pub comment: CommentView<'a>,
}

impl<'a> Viewer<'a> {
    /// True if readers may comment on a story; `None` if neither the story nor the site says so.
    pub(super) fn takes_comments(story: &Story) -> Option<bool> {
        match story.commenting {
            Commenting::Unsaid => None,
            Commenting::Open | Commenting::OpenUntil(_) => Some(story.is_listed()),
            Commenting::Closed | Commenting::ClosedOn(_) => Some(false),
        }
    }

    /// `article.thread`; `None` for a retracted story, and for one without comments that takes none.
    pub(super) fn thread(&self, id: ArticleId, story: &'a Story) -> Option<ThreadView<'a>> {
        let thread = self.reader.thread(id);
        let has_rule =
            matches!(story.commenting, Commenting::Open | Commenting::OpenUntil(_) | Commenting::ClosedOn(_));
        let post = post(story);
        if !story.is_listed() || (thread.is_none() && post.is_none() && !has_rule) {
            return None;
        }
        let closes = match story.commenting {
            Commenting::OpenUntil(closing) | Commenting::ClosedOn(closing) => Some(closing),
            Commenting::Unsaid | Commenting::Open | Commenting::Closed => None,
        };
        let comments = thread.map_or_else(Vec::new, |thread| self.comments(id, thread, &story.language));
        let form = self.config.comments.form;
        Some(ThreadView {
            count: comments.len(),
            comments,
            is_open: Viewer::takes_comments(story) == Some(true) && form != CommentForm::None,
            closes: closes.map(|closing| DateView { time: None, ..self.date(closing, &story.language) }),
            form: form.as_str(),
            server: self.config.comments.server.as_deref(),
            feed: self.reader.comment_feed_route(id).map(|route| self.path(&route)),
            post,
        })
    }

    fn comments(&self, id: ArticleId, thread: &'a Thread, language: &'a Language) -> Vec<CommentView<'a>> {
        let url = self.config.base_url.url(self.reader.article_route(id));
        let names = thread.order.iter().map(|place| (place.at, place.parent, place.depth));
        let view = |(at, parent, depth): (usize, Option<usize>, u8)| {
            let (comment, date, staff) = thread.comment(at);
            let CommentText { html, plain } = comment_text(&comment.text);
            let above = parent.map(|parent| thread.comment(parent));
            CommentView {
                id: &comment.id,
                url: format!("{url}#comment-{}", comment.id),
                name: self.commenter(comment, staff),
                website: comment.url.as_deref(),
                author: staff.map(|id| self.shown_author(id)),
                date: self.date(date, language),
                body: html,
                text: plain,
                depth: u32::from(depth),
                parent: above.map(|(above, ..)| above.id.as_str()),
                parent_name: above.map(|(above, _, staff)| self.commenter(above, staff)),
            }
        };
        names.map(view).collect()
    }

    /// The name of the writer of a comment.
    fn commenter(&self, comment: &'a Comment, staff: Option<AuthorId>) -> Cow<'a, str> {
        match (&comment.name, staff) {
            (Some(name), _) => tamed(name.trim()),
            (None, Some(id)) => Cow::Borrowed(&self.reader.author(id).author.front.name),
            // A comment without either is refused.
            (None, None) => Cow::Borrowed(""),
        }
    }

    /// The feed of the comments on a story; `None` without any.
    pub fn comment_feed(&self, id: ArticleId) -> Option<CommentFeedView<'a>> {
        let story = self.reader.story(id);
        let thread = self.reader.thread(id)?;
        let (story_id, story_url) = (self.entry_id(id), self.config.base_url.url(self.reader.article_route(id)));
        let route = self.reader.comment_feed_route(id)?;
        let of_comment = |comment: &str| format!("{story_id}#comment-{comment}");
        let views = self.comments(id, thread, &story.language);
        let dated = thread.order.iter().map(|place| thread.comment(place.at).1);
        let mut entries: Vec<_> = views.into_iter().zip(dated).collect();
        entries.sort_by_key(|(_, date)| std::cmp::Reverse(date.instant));
        entries.truncate(self.config.feeds.items);
        let entries = entries.into_iter().map(|(comment, date)| CommentEntryView {
            id: of_comment(comment.id),
            reply_to: comment.parent.map_or_else(|| story_id.clone(), of_comment),
            published: self.stamp(date),
            comment,
        });
        Some(CommentFeedView {
            title: format!("{} – {}", story.article.front.title, self.config.title),
            url: self.config.base_url.url(&route),
            language: story.language.tag(),
            updated: self.stamp(thread.newest()?),
            entries: entries.collect(),
            story_id,
            story_url,
        })
    }
}

/// The post whose replies belong to a story. `read` has checked its URL.
fn post(story: &Story) -> Option<PostView<'_>> {
    let url = story.article.front.rare().comments_thread.as_deref()?;
    let CommentsPost { network, host, replies, .. } = CommentsPost::parse(url)?;
    Some(PostView { network: network.as_str(), place: host, url, replies })
}
