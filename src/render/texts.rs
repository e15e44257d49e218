//! Renders and caches the texts of stories for documents, and computes their fingerprints.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use ahash::RandomState;
use xxhash_rust::xxh3::xxh3_128;

use crate::diagnostic::Reported;
use crate::markdown::{self, MediaFile};
use crate::site::ArticleId;
use crate::view::Viewer;

use super::bodies::{Body, PageLink};
use super::documents::Document;
use super::story_text::{Attachment, StoryText};
use super::{Contents, References, Rendered, Renderer, combined, xml};

/// The size of the cache in bytes.
const BUDGET: usize = 32 << 20;

/// A cache of texts. It is cleared when full, because documents that share stories are rendered one after the
/// other.
#[derive(Debug, Default)]
pub(super) struct TextCache(Mutex<CachedTexts>);

#[derive(Debug, Default)]
struct CachedTexts {
    texts: HashMap<ArticleId, StoryText, RandomState>,
    bytes: usize,
}

impl TextCache {
    fn get(&self, id: ArticleId) -> Option<StoryText> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).texts.get(&id).cloned()
    }

    fn put(&self, id: ArticleId, text: StoryText) {
        let mut cached = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if cached.bytes + text.html.len() > BUDGET {
            *cached = CachedTexts::default();
        }
        let length = text.html.len();
        if cached.texts.insert(id, text).is_none() {
            cached.bytes += length;
        }
    }
}

impl Renderer<'_> {
    /// The text of a story. Its problems are reported with its page, except a file that can no longer be read.
    pub fn text(&self, id: ArticleId) -> Reported<Option<StoryText>> {
        if let Some(text) = self.texts.get(id) {
            return Reported::clean(Some(text));
        }
        let url = self.url_of(id);
        let page = PageLink { url: &url, title: &self.viewer.site.story(id).article.front.title };
        match self.surroundings().portable(self.source_of_story(id), page) {
            Ok(body) => Reported::clean(Some(self.put_text(id, body))),
            Err(diagnostic) => Reported { value: None, diagnostics: vec![diagnostic] },
        }
    }

    /// Caches the text of a story whose page has just been rendered, if a document needs it. Usually only URLs
    /// differ, and nothing has to be read and rendered again.
    pub(super) fn keep_text(&self, id: ArticleId, body: &Body) {
        let Viewer { site, plan, config, .. } = self.viewer;
        // Not in parallel: a waiting thread would take up another page, and deadlock waiting here for itself.
        let told = || plan.outputs.iter().flat_map(|output| output.held_texts(site, config));
        let is_wanted = || self.wanted.get_or_init(|| told().collect()).contains(&id);
        if !body.is_simple || !is_wanted() {
            return;
        }
        if let Some(html) = body.html.as_ref().and_then(|html| markdown::rebased(html, &self.url_of(id))) {
            // Without raw HTML and embeds, there is no audio or video.
            let references = Vec::new();
            self.put_text(
                id,
                Body {
                    html: Some(html),
                    references,
                    fingerprint: body.fingerprint,
                    is_simple: true,
                    ..Body::default()
                },
            );
        }
    }

    fn put_text(&self, id: ArticleId, body: Body) -> StoryText {
        let fingerprint = body.fingerprint.map(|body| self.told_fingerprint(id, body));
        let html = xml::allowed(body.html.unwrap_or_default());
        let attachments = self.attachments(id, &html, &body.references);
        let text = StoryText { html: html.into(), attachments, fingerprint };
        self.texts.put(id, text.clone());
        text
    }

    /// The audio and video in a story's text. The size of a file is included only if the text refers to it:
    /// other files in the HTML of trusted sites aren't part of any fingerprint.
    fn attachments(&self, id: ArticleId, html: &str, references: &[String]) -> Arc<[Attachment]> {
        let Viewer { site, plan, config, .. } = self.viewer;
        let source = &site.story(id).article.source;
        let resolved = |reference: &String| plan.resolve(site, config, source, reference).ok()?.file;
        let bytes = |url: &str| {
            let file = plan.output_at(&self.path_of(url)?.0)?.copied_file()?;
            let is_referred_to = references.iter().any(|one| resolved(one) == Some(file));
            is_referred_to.then(|| site.files[file].bytes)?
        };
        let is_of_web = |url: &str| url.starts_with("https://") || url.starts_with("http://");
        let recordings = markdown::media_files(html).into_iter().filter(|recording| is_of_web(&recording.url));
        recordings.map(|MediaFile { url, media_type }| Attachment { bytes: bytes(&url), url, media_type }).collect()
    }

    fn url_of(&self, id: ArticleId) -> String {
        self.viewer.config.base_url.url(self.viewer.plan.article(id))
    }

    /// The hash of everything that a text depends on: the body's hash, the page's URL and headline, and the
    /// strings of its language.
    fn told_fingerprint(&self, id: ArticleId, body: u128) -> u128 {
        let story = self.viewer.site.story(id);
        let words = self.words.get(story.language.tag()).map_or(0, |words| words.fingerprint);
        let (url, title) = (self.url_of(id), &story.article.front.title);
        combined([body, words, xxh3_128(url.as_bytes()), xxh3_128(title.as_bytes())])
    }

    /// The fingerprint of a document.
    pub(super) fn document_fingerprint(&self, document: &Document<'_>, references: &References<'_>) -> Option<u128> {
        self.of_document(document, self.told(&document.stories, references)?)
    }

    fn of_document(&self, document: &Document<'_>, told: u128) -> Option<u128> {
        Some(combined([self.base, document.fingerprint().ok()?, told]))
    }

    /// The hash of several stories' texts, from the references of their last renderings.
    pub(super) fn told(&self, stories: &[ArticleId], references: &References<'_>) -> Option<u128> {
        let told = stories.iter().map(|&id| {
            self.told.get(id, || {
                let references = references(self.viewer.plan.article(id))?;
                let body = self.surroundings().fingerprint(&self.source_of_story(id), &references)?;
                Some(self.told_fingerprint(id, body))
            })
        });
        told.collect::<Option<Vec<u128>>>().map(of_all)
    }

    /// Renders a document with its texts.
    pub(super) fn document(&self, document: &Document<'_>) -> Reported<Option<Rendered>> {
        let mut diagnostics = Vec::new();
        let texts: Vec<StoryText> =
            document.stories.iter().filter_map(|&id| self.text(id).take(&mut diagnostics)).collect();
        if texts.len() < document.stories.len() {
            return Reported { value: None, diagnostics };
        }
        let told = texts.iter().map(|text| text.fingerprint).collect::<Option<Vec<u128>>>().map(of_all);
        let fingerprint = told.and_then(|told| self.of_document(document, told));
        let contents = Contents::Bytes(document.to_bytes(&texts));
        Reported {
            value: Some(Rendered { contents, fingerprint, texts: told, references: Vec::new(), parts: None }),
            diagnostics,
        }
    }
}

/// Combines the hashes of texts; 0 without any.
fn of_all(told: Vec<u128>) -> u128 {
    told.into_iter().fold(0, |hash, text| combined([hash, text]))
}
