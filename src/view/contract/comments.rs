//! The views of readers' comments.

use std::borrow::Cow;

use serde::Serialize;

use super::super::documented::views;
use super::super::shown::Shown;
use super::{AuthorView, DateView, Documented};

views! {
    /// `article.thread`: readers' comments on a story.
    ThreadView<'a> {
        /// The number of comments.
        count: usize,
        /// The comments in reading order: each is followed by its replies.
        comments: Vec<CommentView<'a>>,
        /// True if readers may write new ones.
        is_open: bool,
        /// The date on which the thread closes or has closed, in the page's language.
        closes: Option<DateView>,
        /// The place where readers write: `mail`, `isso` or `none`.
        form: &'a str,
        /// The URL of the Isso server, with a slash at the end.
        server: Option<&'a str>,
        /// Root-relative URL of the feed of the comments.
        feed: Option<String>,
        /// The post on another network whose replies belong to the story.
        post: Option<PostView<'a>>,
    }
    /// A post on Mastodon or Bluesky: `comments_thread` of the story.
    PostView<'a> {
        /// `mastodon` or `bluesky`.
        network: &'a str,
        /// The host of its page.
        place: String,
        /// Absolute URL of its page.
        url: &'a str,
        /// Absolute URL of its replies as JSON. The Content-Security-Policy lets scripts ask for it.
        replies: String,
    }
    /// A comment.
    CommentView<'a> {
        /// Its id in the thread. Its element must have the `id` `comment-` and this, as in its `url`.
        id: &'a str,
        /// Absolute URL.
        url: String,
        /// The name of the writer.
        name: Cow<'a, str>,
        /// The URL of the writer's own site; print links to it with `rel="ugc nofollow"`.
        website: Option<&'a str>,
        /// The author, for a reply of the newsroom.
        author: Option<Shown<AuthorView<'a>>>,
        /// The date on which it was written, in the page's language.
        date: DateView,
        /// The text as HTML; print it with `| safe`, in an element with `dir="auto"`.
        body: String,
        /// The text as plain text.
        text: String,
        /// The depth in the thread, from 1 to 6.
        depth: u32,
        /// The id of the comment that it replies to.
        parent: Option<&'a str>,
        /// The name of the writer of that comment.
        parent_name: Option<Cow<'a, str>>,
    }
}
