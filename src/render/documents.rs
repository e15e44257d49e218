//! Documents: files of stories that aren't pages, such as feeds, with or without the stories' texts.

use serde::Serialize;

use crate::config::FeedFormat;
use crate::plan::FeedSource;
use crate::reader::ListAt;
use crate::site::ArticleId;
use crate::view::feeds::FeedView;
use crate::view::formats::{LlmsView, StoryFormatView};
use crate::view::{Unserializable, Viewer, fingerprint};

use super::story_text::StoryText;
use super::{feeds, formats};

/// A document and the stories whose texts it includes.
#[derive(Debug)]
pub struct Document<'a> {
    pub(super) form: Form<'a>,
    /// In the order of their texts.
    pub(super) stories: Vec<ArticleId>,
}

/// The kind of a document, and everything in it but texts.
#[derive(Debug, Serialize)]
pub enum Form<'a> {
    /// A feed.
    Feed(FeedFormat, Box<FeedView<'a>>),
    /// A story as IPTC ninjs.
    Ninjs(Box<StoryFormatView<'a>>),
    /// A story as Markdown.
    Markdown(Box<StoryFormatView<'a>>),
    /// `llms.txt`.
    Llms(LlmsView<'a>),
}

impl Document<'_> {
    /// The hash of everything in it but the texts.
    ///
    /// # Errors
    /// If a view can't be serialized.
    pub fn fingerprint(&self) -> Result<u128, Unserializable> {
        fingerprint(&(&self.form, self.stories.len()))
    }

    /// The contents of the file. `texts` are those of its stories, in order.
    pub fn to_bytes(&self, texts: &[StoryText]) -> Vec<u8> {
        let text: &str = texts.first().map_or("", |text| &text.html);
        match &self.form {
            Form::Feed(format, feed) => feeds::write(*format, feed, texts),
            Form::Ninjs(story) => formats::ninjs(story, text),
            Form::Markdown(story) => formats::markdown(story, text),
            Form::Llms(site) => formats::llms(site),
        }
    }
}

/// The form of a feed.
pub(super) fn feed<'a>(viewer: &Viewer<'a>, feed_source: FeedSource, format: FeedFormat) -> Form<'a> {
    let stories = viewer.reader.feed_stories(ListAt::new(feed_source));
    Form::Feed(format, Box::new(viewer.feed(feed_source, format, &stories)))
}
