//! Renders and caches the texts of stories for documents.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use ahash::RandomState;

use crate::diagnostic::Reported;
use crate::markdown::{self, MediaFile};
use crate::plan::Output;
use crate::reader::{TextEntry, note_all, record};
use crate::site::ArticleId;

use super::bodies::{Body, PageLink, Source};
use super::documents::Document;
use super::story_text::{Attachment, StoryText};
use super::{Contents, EditionRenderer, Rendered, combined, xml};

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

impl EditionRenderer<'_> {
    /// The text of a story. Its problems are reported with its page, except a file that can no longer be read.
    pub fn text(&self, id: ArticleId) -> Reported<Option<StoryText>> {
        if let Some(text) = self.texts.get(id) {
            note_all(&text.keys);
            return Reported::clean(Some(text));
        }
        let (made, keys) = record(|| {
            let TextEntry { title, route, .. } = self.viewer.reader.text(id);
            let url = self.viewer.config.base_url.url(route);
            let body = self.reference_targets().portable(self.source_of_story(id), PageLink { url: &url, title })?;
            let html = xml::allowed(body.html.unwrap_or_default());
            let attachments = self.attachments(&html, &body.files);
            Ok((html, attachments))
        });
        note_all(&keys);
        match made {
            Ok((html, attachments)) => {
                let text = StoryText { html: html.into(), attachments, keys: keys.into() };
                self.texts.put(id, text.clone());
                Reported::clean(Some(text))
            }
            Err(diagnostic) => Reported { value: None, diagnostics: vec![diagnostic] },
        }
    }

    /// Renders the body of a page. If it is a story's and a document needs its text, too, that is kept: usually only URLs
    /// differ, and nothing has to be read and rendered again.
    pub(super) fn body_of_page(&self, source: Source<'_>, output: &Output) -> Reported<Option<Body>> {
        let (body, keys) = record(|| self.reference_targets().body(source));
        note_all(&keys);
        if let (Some(id), Some(body)) = (output.article(), &body.value) {
            self.keep_text(id, body, keys);
        }
        body
    }

    fn keep_text(&self, id: ArticleId, body: &Body, keys: Vec<u32>) {
        // Not in parallel: a waiting thread would take up another page, and deadlock waiting here for itself.
        let is_held = || self.held.get_or_init(|| self.viewer.reader.held_texts().collect()).contains(&id);
        if !body.is_simple || !is_held() {
            return;
        }
        let (html, more) = record(|| {
            let url = self.viewer.config.base_url.url(self.viewer.reader.text(id).route);
            body.html.as_ref().and_then(|html| markdown::rebased(html, &url))
        });
        if let Some(html) = html {
            // Without raw HTML and embeds, there is no audio or video.
            let keys = [keys, more].concat().into();
            self.texts.put(id, StoryText { html: xml::allowed(html).into(), attachments: Arc::default(), keys });
        }
    }

    /// The audio and video in a story's text. The size of a file is included only if the text refers to it, by the paths
    /// of `files`.
    fn attachments(&self, html: &str, files: &[String]) -> Arc<[Attachment]> {
        let bytes = |url: &str| {
            let file = self.viewer.reader.copy_at(&self.path_of(url)?.0)?;
            files.iter().any(|path| path == file.source).then_some(file.bytes)?
        };
        let is_of_web = |url: &str| url.starts_with("https://") || url.starts_with("http://");
        let recordings = markdown::media_files(html).into_iter().filter(|recording| is_of_web(&recording.url));
        recordings.map(|MediaFile { url, media_type }| Attachment { bytes: bytes(&url), url, media_type }).collect()
    }

    /// The fingerprint of a document, without its texts.
    pub(super) fn document_fingerprint(&self, document: &Document<'_>) -> Option<u128> {
        Some(combined([self.base, self.all_words, document.fingerprint().ok()?]))
    }

    /// Renders a document with its texts.
    pub(super) fn document(&self, document: &Document<'_>) -> Reported<Option<Rendered>> {
        let mut diagnostics = Vec::new();
        let texts: Vec<StoryText> =
            document.stories.iter().filter_map(|&id| self.text(id).take(&mut diagnostics)).collect();
        if texts.len() < document.stories.len() {
            return Reported { value: None, diagnostics };
        }
        let fingerprint = self.document_fingerprint(document);
        let contents = Contents::Bytes(document.to_bytes(&texts));
        Reported { value: Some(Rendered { contents, fingerprint, parts: None }), diagnostics }
    }
}
