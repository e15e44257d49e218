//! Texts of stories outside their pages: made once for all documents that hold them, and fingerprinted like pages.

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
use super::{Contents, References, Rendered, Renderer, combined, xml};

/// So many bytes of texts are kept for further documents.
const BUDGET: usize = 32 << 20;

/// The text of a story as HTML that can stand anywhere: plain elements, absolute URLs, nothing that runs or styles.
#[derive(Debug, Clone)]
pub struct Text {
    /// The HTML, of characters that XML allows.
    pub html: Arc<str>,
    /// The sound and video in it.
    pub attachments: Arc<[Attachment]>,
    /// The hash of all that it was made of; `None` when a reference in it leads nowhere.
    fingerprint: Option<u128>,
}

/// A sound or video file that a story plays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Its absolute URL.
    pub url: String,
    /// Its media type.
    pub media_type: String,
    /// Its length in bytes, if it is a file of this site.
    pub bytes: Option<u64>,
}

/// Texts that have been made. A full shelf is emptied: documents that share stories are rendered one after the other.
#[derive(Debug, Default)]
pub(super) struct Shelf(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    texts: HashMap<ArticleId, Text, RandomState>,
    bytes: usize,
}

impl Shelf {
    fn get(&self, id: ArticleId) -> Option<Text> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).texts.get(&id).cloned()
    }

    fn put(&self, id: ArticleId, text: Text) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.bytes + text.html.len() > BUDGET {
            *kept = Kept::default();
        }
        let length = text.html.len();
        if kept.texts.insert(id, text).is_none() {
            kept.bytes += length;
        }
    }
}

impl Renderer<'_> {
    /// The text of a story. What is wrong in it is reported with its page, but for a file that cannot be read any more.
    pub fn text(&self, id: ArticleId) -> Reported<Option<Text>> {
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

    /// Keeps the text of a story whose page has just been made, for documents that will hold it: nearly always only
    /// URLs differ, and nothing has to be read and rendered again.
    pub(super) fn keep_text(&self, id: ArticleId, body: &Body) {
        let Viewer { site, plan, config, .. } = *self.viewer;
        // Not in parallel: a thread that waits for its parts would take up another page, and wait there for itself.
        let told = || plan.outputs.iter().flat_map(|output| output.held_texts(site, config));
        let is_wanted = || self.wanted.get_or_init(|| told().collect()).contains(&id);
        if !body.is_simple || !is_wanted() {
            return;
        }
        if let Some(html) = body.html.as_ref().and_then(|html| markdown::rebased(html, &self.url_of(id))) {
            // Without raw HTML and embeds nothing plays.
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

    fn put_text(&self, id: ArticleId, body: Body) -> Text {
        let fingerprint = body.fingerprint.map(|body| self.told_fingerprint(id, body));
        let html = xml::allowed(body.html.unwrap_or_default());
        let attachments = self.attachments(id, &html, &body.references);
        let text = Text { html: html.into(), attachments, fingerprint };
        self.texts.put(id, text.clone());
        text
    }

    /// The recordings in the text of a story. The length of a file is told only where the text refers to it: what else the
    /// HTML of trusted sites plays is in no fingerprint.
    fn attachments(&self, id: ArticleId, html: &str, references: &[String]) -> Arc<[Attachment]> {
        let Viewer { site, plan, config, .. } = *self.viewer;
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

    /// The hash of all that a text is made of, from that of the body: besides, the page's URL and headline, and the
    /// words of its language.
    fn told_fingerprint(&self, id: ArticleId, body: u128) -> u128 {
        let story = self.viewer.site.story(id);
        let words = self.words.get(story.language.tag()).map_or(0, |words| words.fingerprint);
        let (url, title) = (self.url_of(id), &story.article.front.title);
        combined([body, words, xxh3_128(url.as_bytes()), xxh3_128(title.as_bytes())])
    }

    /// The fingerprint that a document would have.
    pub(super) fn document_fingerprint(&self, document: &Document<'_>, references: &References<'_>) -> Option<u128> {
        self.of_document(document, self.told(&document.stories, references)?)
    }

    fn of_document(&self, document: &Document<'_>, told: u128) -> Option<u128> {
        Some(combined([self.base, document.fingerprint().ok()?, told]))
    }

    /// The hash of the texts of several stories, from the references of their last renderings.
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

    /// A document with its texts.
    pub(super) fn document(&self, document: &Document<'_>) -> Reported<Option<Rendered>> {
        let mut diagnostics = Vec::new();
        let texts: Vec<Text> = document.stories.iter().filter_map(|&id| self.text(id).take(&mut diagnostics)).collect();
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

/// One hash of those of several texts; none of no texts.
fn of_all(told: Vec<u128>) -> u128 {
    told.into_iter().fold(0, |hash, text| combined([hash, text]))
}
