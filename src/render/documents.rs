//! Documents: files that are no pages and yet hold stories, with their texts or without.

use serde::Serialize;

use crate::config::{Config, FeedFormat};
use crate::plan::{Fed, Subject, feed_stories, needs_text};
use crate::site::{ArticleId, Site};
use crate::view::feeds::FeedView;
use crate::view::mirrors::{LlmsView, MirrorView};
use crate::view::{Unserializable, Viewer, fingerprint};

use super::{Text, feeds, mirrors};

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
    Ninjs(Box<MirrorView<'a>>),
    /// A story as Markdown.
    Markdown(Box<MirrorView<'a>>),
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
            Form::Ninjs(story) => mirrors::ninjs(story, text),
            Form::Markdown(story) => mirrors::markdown(story, text),
            Form::Llms(site) => mirrors::llms(site),
        }
    }
}

/// A feed.
pub(super) fn feed<'a>(viewer: &Viewer<'a>, fed: Fed, format: FeedFormat) -> Document<'a> {
    let stories = feed_stories(viewer.site, viewer.config, fed);
    let form = Form::Feed(format, Box::new(viewer.feed(fed, format, &stories)));
    Document { form, stories: with_texts(stories, viewer.site, viewer.config) }
}

/// A document that is no feed.
pub(super) fn mirror<'a>(viewer: &Viewer<'a>, subject: Subject) -> Option<Document<'a>> {
    let form = match subject {
        Subject::Ninjs(id) => Form::Ninjs(Box::new(viewer.mirror(id))),
        Subject::Markdown(id) => Form::Markdown(Box::new(viewer.mirror(id))),
        Subject::Llms => Form::Llms(viewer.llms()),
        _ => return None,
    };
    Some(Document { form, stories: stories_told(subject, viewer.site, viewer.config) })
}

/// The stories whose texts an output holds beside their own pages.
pub fn stories_told(subject: Subject, site: &Site, config: &Config) -> Vec<ArticleId> {
    match subject {
        Subject::Feed(fed, _) => with_texts(feed_stories(site, config, fed), site, config),
        Subject::Ninjs(id) | Subject::Markdown(id) if site.story(id).has_body() => vec![id],
        _ => Vec::new(),
    }
}

/// The stories of a feed that it is given the texts of.
fn with_texts(mut stories: Vec<ArticleId>, site: &Site, config: &Config) -> Vec<ArticleId> {
    stories.retain(|&id| needs_text(site.story(id), config));
    stories
}
