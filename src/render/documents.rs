//! Documents: files that are no pages and yet hold stories, with their texts or without.

use serde::Serialize;

use crate::config::{Config, FeedFormat};
use crate::plan::{FeedSource, OutputKind, feed_stories, needs_text};
use crate::site::{ArticleId, Site};
use crate::view::feeds::FeedView;
use crate::view::formats::{LlmsView, StoryFormatView};
use crate::view::{Unserializable, Viewer, fingerprint};

use super::{Text, feeds, formats};

/// A document and the stories whose texts it holds.
#[derive(Debug)]
pub struct Document<'a> {
    pub(super) form: Form<'a>,
    /// In the order in which their texts stand in it.
    pub(super) stories: Vec<ArticleId>,
}

/// What a document is, and everything in it but texts.
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
    /// When the form cannot be serialized.
    pub fn fingerprint(&self) -> Result<u128, Unserializable> {
        fingerprint(&(&self.form, self.stories.len()))
    }

    /// What the file holds. `texts` are those of its stories, in their order.
    pub fn to_bytes(&self, texts: &[Text]) -> Vec<u8> {
        let text: &str = texts.first().map_or("", |text| &text.html);
        match &self.form {
            Form::Feed(format, feed) => feeds::write(*format, feed, texts),
            Form::Ninjs(story) => formats::ninjs(story, text),
            Form::Markdown(story) => formats::markdown(story, text),
            Form::Llms(site) => formats::llms(site),
        }
    }
}

/// A feed.
pub(super) fn feed<'a>(viewer: &Viewer<'a>, feed_source: FeedSource, format: FeedFormat) -> Document<'a> {
    let stories = feed_stories(viewer.site, viewer.config, feed_source);
    let form = Form::Feed(format, Box::new(viewer.feed(feed_source, format, &stories)));
    Document { form, stories: with_texts(stories, viewer.site, viewer.config) }
}

/// A document that is no feed.
pub(super) fn other<'a>(viewer: &Viewer<'a>, kind: OutputKind) -> Option<Document<'a>> {
    let form = match kind {
        OutputKind::Ninjs(id) => Form::Ninjs(Box::new(viewer.story_format(id))),
        OutputKind::Markdown(id) => Form::Markdown(Box::new(viewer.story_format(id))),
        OutputKind::Llms => Form::Llms(viewer.llms()),
        _ => return None,
    };
    Some(Document { form, stories: stories_told(kind, viewer.site, viewer.config) })
}

/// The stories whose texts an output holds beside their own pages.
pub fn stories_told(kind: OutputKind, site: &Site, config: &Config) -> Vec<ArticleId> {
    match kind {
        OutputKind::Feed(feed_source, _) => with_texts(feed_stories(site, config, feed_source), site, config),
        OutputKind::Ninjs(id) | OutputKind::Markdown(id) if site.story(id).has_body() => vec![id],
        _ => Vec::new(),
    }
}

/// The stories of a feed that it is given the texts of.
fn with_texts(mut stories: Vec<ArticleId>, site: &Site, config: &Config) -> Vec<ArticleId> {
    stories.retain(|&id| needs_text(site.story(id), config));
    stories
}
