//! Renders planned outputs to bytes, each independently of the others, without writing them.

mod assets;
mod bodies;
mod cached;
mod contrast;
mod documents;
mod editions;
mod embeds;
mod feeds;
mod filters;
mod found;
mod html;
mod html_expressions;
mod paragraphs;
mod layer;
mod limited_buffer;
mod story_frame;
mod story_text;
mod suggested_call;
mod theme_ids;
mod metadata;
mod formats;
mod options;
mod parts;
mod escaped_html;
mod foreign_filters;
mod load_errors;
mod render_errors;
mod search;
mod template_tags;
mod prepare;
mod picture_slots;
mod pictures;
mod preview;
mod program_embeds;
mod strings;
mod prepared;
mod sitemaps;
mod templates;
mod texts;
mod theme;
mod unused_files;
#[cfg(feature = "pictures")]
mod variants;
#[cfg(not(feature = "pictures"))]
#[path = "render/no_variants.rs"]
mod variants;
mod text_version;
mod well_known;
mod xml;

use std::collections::BTreeMap;
use std::hash::Hash;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use ahash::{HashMap, HashSet};
use rayon::prelude::*;
use serde::Serialize;
use tera::Value;
use xxhash_rust::xxh3::{Xxh3, xxh3_128};

use crate::config::{Analytics, Config};
#[cfg(feature = "pictures")]
use crate::content_path::WORK_FOLDER;
use crate::diagnostic::{Diagnostic, Reported};
use crate::hosts::HostRules;
use crate::language::Language;
use crate::markdown::{self, FootnotePlacement};
#[cfg(feature = "pictures")]
use crate::picture::VariantStore;
use crate::plan::{Output, PartLink, Plan, SourceRef};
use crate::reader::SiteReader;
use crate::route::Route;
use crate::site::{ArticleId, AuthorId, Site};
use crate::view::{Strings, Viewer, fingerprint};

use bodies::{Body, ReferenceTargets, Source};
use metadata::Metadata;
use parts::{FilledPage, SharedLinks};
use preview::Banner;
use search::SegmentCache;
use texts::TextCache;

pub use assets::{Asset, Assets};
pub use documents::{Document, Form};
pub use editions::Renderer;
pub use embeds::{FILE_PARAMETERS, LINK_PARAMETERS};
pub use html::escaped;
pub use limited_buffer::MAX_PAGE_BYTES;
pub use parts::Parts;
pub use pictures::MadeVariants;
pub use prepared::{PreparedOutput, PreparedPage, RedirectPage};
pub use search::SearchFile;
pub use story_text::{Attachment, StoryText};
pub use templates::{OPTIONAL, REQUIRED, Templates};
pub use theme::{
    BUILT_IN, Theme, ThemeFile, built_in_files, files_in_use as theme_files, is_program_embed, load,
    names as theme_names, texts as theme_texts,
};

/// A rendered output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// Its content.
    pub contents: Contents,
    /// The hash of everything that was prepared for it; `None` for a copied file, which is compared by its bytes.
    pub fingerprint: Option<u128>,
    /// Its ids and links to parts of pages; `None` unless a template made it.
    pub parts: Option<Parts>,
}

/// The content of an output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Contents {
    /// Bytes.
    Bytes(Vec<u8>),
    /// A copy of this file, a path relative to the project folder.
    Copy(String),
    /// This file, which is kept between builds and never changes.
    Kept(PathBuf),
}

/// Renders the outputs of one edition with one theme.
#[derive(Debug)]
pub struct EditionRenderer<'a> {
    viewer: Viewer<'a>,
    templates: &'a Templates,
    assets: &'a Assets,
    root: &'a Path,
    /// The smaller pictures that have been made.
    #[cfg(feature = "pictures")]
    variants: VariantStore,
    words: Arc<HashMap<&'a str, LanguageStrings>>,
    /// `site` for the templates, unless this is the main edition, whose `site` all templates have.
    site: Option<Value>,
    /// The metadata for the heads of pages, unless the theme turns it off.
    metadata: Option<Metadata<'a>>,
    /// The elements of the analytics service for the heads of pages. Previews and the text edition have none.
    analytics: Option<String>,
    /// The banner of a preview.
    banner: Option<Banner>,
    /// The redirects and headers for hosts, made when the first host's file is rendered.
    rules: OnceLock<HostRules<'a>>,
    /// The hash of everything that all templates share: the template set, `site`, `assets`, and the rendering
    /// of bodies.
    base: u128,
    /// Texts of stories for outputs other than their pages.
    texts: TextCache,
    /// The stories whose texts documents contain; computed for the first text.
    held: OnceLock<HashSet<ArticleId>>,
    /// The files of the parts of the search index.
    segments: SegmentCache,
    /// Links to parts of pages outside the pages' own texts.
    shared_links: SharedLinks,
    /// The hash of the theme's strings in all languages.
    all_words: u128,
}

/// The parts that the renderers of all editions share.
struct SharedParts<'a> {
    reader: Arc<SiteReader<'a>>,
    words: Arc<HashMap<&'a str, LanguageStrings>>,
    all_words: u128,
}

/// The theme's strings in a language, as templates see them, with their hash.
#[derive(Debug)]
struct LanguageStrings {
    value: Value,
    fingerprint: u128,
}

/// The biographies of all authors.
#[derive(Debug, Clone, Default)]
pub struct Biographies {
    /// The HTML of each, in the order of the authors.
    pub html: Vec<Option<String>>,
    /// Their links to parts of pages.
    links: Vec<PartLink>,
    /// The ids on the same page that they link to.
    asked: Vec<String>,
}

/// The site that a renderer renders.
#[derive(Debug, Clone, Copy)]
pub struct RenderInput<'a> {
    /// The project's folder.
    pub root: &'a Path,
    /// The configuration.
    pub config: &'a Config,
    /// The site.
    pub site: &'a Site,
    /// The routes of all outputs.
    pub plan: &'a Plan,
    /// The theme's options, with their pictures resolved.
    pub options: &'a BTreeMap<String, serde_json::Value>,
}

/// Gives every template of a theme, and so every embed, `site` and `assets`, and then renders the biographies.
///
/// # Errors
/// If templates cannot receive the configuration's `extra` data.
pub fn set_up(input: RenderInput<'_>, theme: &mut Theme) -> Result<Reported<Biographies>, String> {
    let RenderInput { root, config, site, plan, options } = input;
    let Theme { templates, assets, strings, .. } = theme;
    let reader = Arc::new(SiteReader::new(root, config, site, plan, &[]));
    let viewer = Viewer::new(config, reader, strings, options)?;
    templates.set_global("site", to_value(&viewer.site_view())?);
    templates.set_global("assets", to_value(&asset_urls(&viewer, assets))?);
    Ok(biographies(input, &viewer.reader, templates, strings))
}

/// Renders the biographies of all authors.
fn biographies(
    input: RenderInput<'_>,
    reader: &SiteReader<'_>,
    templates: &Templates,
    strings: &Strings,
) -> Reported<Biographies> {
    let RenderInput { root, config, site, plan, .. } = input;
    // A page may show several biographies, each in a narrow box without a margin for notes.
    let footnotes = FootnotePlacement::End;
    let reference_targets = ReferenceTargets { root, config, reader, templates, footnotes, site: None };
    let mut words: HashMap<&str, Value> = HashMap::default();
    for person in site.authors.iter().filter(|person| person.author.body.has_text) {
        words.entry(person.language.tag()).or_insert_with(|| words_of(strings, &person.language));
    }
    let biographies = site.authors.par_iter().enumerate().map(|(at, person)| {
        let author = &person.author;
        let is_borrowed = person.file_of != AuthorId(at as u32);
        if !author.body.has_text || is_borrowed {
            return Reported::clean(None);
        }
        let source = Source {
            from: SourceRef::Author(AuthorId(at as u32)),
            path: &author.source,
            start: author.body.start,
            digest: author.digest,
            language: &person.language,
            words: words.get(person.language.tag()).cloned().unwrap_or_else(Value::none),
            id_prefix: format!("author:{}:", author.id),
        };
        reference_targets.body(source)
    });
    let mut diagnostics = Vec::new();
    let biographies: Vec<Reported<Option<Body>>> = biographies.collect();
    let mut value = Biographies::default();
    for ((body, person), at) in biographies.into_iter().zip(&site.authors).zip(0..) {
        if person.file_of != AuthorId(at) {
            value.html.push(value.html[person.file_of.0 as usize].clone());
            continue;
        }
        let body = body.take(&mut diagnostics).unwrap_or_default();
        let route = plan.route_of_source(&person.author.source, site).map(Route::as_str);
        value.add_links(&body, config, plan, templates, route, &mut diagnostics);
        value.html.push(body.html);
    }
    Reported { value, diagnostics }
}

fn words_of(strings: &Strings, language: &Language) -> Value {
    Value::try_from_serializable(&strings.all(language)).unwrap_or_else(|_| Value::none())
}

impl<'a> EditionRenderer<'a> {
    /// Sets up a renderer of one edition.
    ///
    /// # Errors
    /// If templates cannot receive the configuration's `extra` data.
    fn new(
        input: RenderInput<'a>,
        config: &'a Config,
        shared: &SharedParts<'a>,
        theme: &'a Theme,
        biographies: &'a Biographies,
    ) -> Result<EditionRenderer<'a>, String> {
        let RenderInput { root, plan, options, .. } = input;
        let Theme { templates, assets, strings, .. } = theme;
        let viewer = Viewer::new(config, Arc::clone(&shared.reader), strings, options)?;
        let site_view = viewer.site_view();
        let site = (!config.edition.is_main()).then(|| to_value(&site_view)).transpose()?;
        let fingerprint = fingerprint(&(site_view, asset_urls(&viewer, assets))).map_err(|error| error.to_string())?;
        let markdown = markdown::Options::new(viewer.config, templates.footnotes, &viewer.config.language);
        let metadata = templates.has_metadata.then(|| Metadata::new(&viewer));
        let banner = Banner::new(&viewer);
        let analytics = viewer.config.slots.analytics.as_ref().map(Analytics::snippet);
        let mut rest = Xxh3::new();
        (markdown, templates.has_metadata, viewer.reader.preview(), &analytics).hash(&mut rest);
        let base = combined([templates.digest, fingerprint, rest.digest128()]);
        let (texts, held, rules) = (TextCache::default(), OnceLock::new(), OnceLock::new());
        Ok(EditionRenderer {
            viewer,
            templates,
            assets,
            root,
            #[cfg(feature = "pictures")]
            variants: VariantStore::new(&root.join(WORK_FOLDER)),
            words: Arc::clone(&shared.words),
            site,
            metadata,
            analytics,
            banner,
            rules,
            base,
            texts,
            held,
            segments: SegmentCache::default(),
            shared_links: SharedLinks::new(&plan.part_links, biographies),
            all_words: shared.all_words,
        })
    }

    /// The views that templates are given.
    pub fn viewer(&self) -> &Viewer<'a> {
        &self.viewer
    }

    /// Drops what pages share and none has used since the last call, so that memory does not grow with the archive.
    pub fn forget(&self) {
        self.viewer.forget();
        self.templates.cached.forget();
    }

    /// A style sheet that labels every link to a story that is shown although it is not public.
    pub fn labels(&self) -> String {
        preview::labels(&self.viewer)
    }

    /// The theme's templates.
    pub fn templates(&self) -> &'a Templates {
        self.templates
    }

    fn reference_targets(&self) -> ReferenceTargets<'_> {
        let Viewer { config, reader, .. } = &self.viewer;
        let templates = self.templates;
        let footnotes = templates.footnotes;
        ReferenceTargets { root: self.root, config, reader, templates, footnotes, site: self.site.as_ref() }
    }

    /// The hash of everything that was prepared for an output: its views, its template, and the file of its body. What its
    /// texts refer to is not in it: rendering reads that. `None` for a copied file.
    pub fn fingerprint(&self, prepared: &PreparedOutput<'_>) -> Option<u128> {
        match prepared {
            PreparedOutput::File(_) => None,
            PreparedOutput::Variant(at) => Some(self.viewer.reader.variant(*at).key),
            PreparedOutput::Picture(_, digest) => Some(pictures::fingerprint(*digest)),
            PreparedOutput::Document(document) => self.document_fingerprint(document),
            PreparedOutput::Page(page) => self.page_fingerprint(page),
            PreparedOutput::Asset(at) => Some(xxh3_128(&self.assets.all()[*at].bytes)),
            PreparedOutput::Redirect(redirect) => {
                let redirect = fingerprint(&**redirect).ok()?;
                Some(if self.banner.is_some() { combined([redirect, self.base]) } else { redirect })
            }
            PreparedOutput::Bytes(bytes) => Some(xxh3_128(bytes)),
            PreparedOutput::SearchFile(file) => Some(file.fingerprint()),
        }
    }

    fn page_fingerprint(&self, page: &PreparedPage<'_>) -> Option<u128> {
        let words = self.words.get(page.page.language).map_or(0, |words| words.fingerprint);
        Some(combined([self.base, words, page.fingerprint().ok()?]))
    }

    /// The hash of what all pages share: templates, the theme's strings, `site`, `assets`, and how bodies are rendered.
    pub fn shared(&self) -> u128 {
        combined([self.base, self.all_words])
    }

    /// Renders an output. The value is absent if an error was reported.
    pub fn render(&self, output: &Output, prepared: PreparedOutput<'_>) -> Reported<Option<Rendered>> {
        let fingerprint = self.fingerprint(&prepared);
        let whole = |contents| Reported::clean(Some(Rendered { contents, fingerprint, parts: None }));
        match prepared {
            PreparedOutput::Asset(at) => whole(Contents::Bytes(self.assets.all()[at].bytes.clone())),
            PreparedOutput::File(at) => whole(Contents::Copy(self.viewer.reader.copied_file(at).to_owned())),
            PreparedOutput::Picture(at, _) => self.picture(at, fingerprint),
            PreparedOutput::Variant(at) => self.variant(at),
            PreparedOutput::Redirect(redirect) => {
                let mut html = redirect.to_html();
                if let Some(banner) = &self.banner {
                    banner.add(&mut html, redirect.language());
                }
                whole(Contents::Bytes(html))
            }
            PreparedOutput::Bytes(bytes) => whole(Contents::Bytes(bytes)),
            PreparedOutput::Document(document) => self.document(&document),
            PreparedOutput::SearchFile(file) => self.index_file(&file),
            PreparedOutput::Page(page) => {
                let mut diagnostics = Vec::new();
                let value = self.page(*page, output, &mut diagnostics);
                Reported { value, diagnostics }
            }
        }
    }

    fn page(&self, mut page: PreparedPage<'_>, output: &Output, diagnostics: &mut Vec<Diagnostic>) -> Option<Rendered> {
        let fingerprint = self.page_fingerprint(&page);
        let body = match (page.body.take(), page.full_page) {
            (Some(source), Some(_)) => match self.text_version_body(source, &page) {
                Ok(body) => Some(body),
                Err(diagnostic) => {
                    diagnostics.push(diagnostic);
                    return None;
                }
            },
            (Some(source), None) => Some(self.body_of_page(source, output).take(diagnostics)?),
            (None, _) => None,
        };
        let (template, is_text_version) = (page.template, page.full_page.is_some());
        let html = body.as_ref().and_then(|body| body.html.clone());
        let bytes = self.fill(page, output, html, diagnostics)?;
        let made = FilledPage { output, template, is_text_version, body: body.as_ref() };
        let parts = Some(self.parts(&made, &bytes, diagnostics));
        Some(Rendered { contents: Contents::Bytes(bytes), fingerprint, parts })
    }

    /// Fills a page's template.
    fn fill(
        &self,
        mut page: PreparedPage<'_>,
        output: &Output,
        body: Option<String>,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Option<Vec<u8>> {
        let template = page.template;
        let words = self.words.get(page.page.language).map(|words| words.value.clone());
        let filled = page.variables(body).map_err(templates::RenderError::new).and_then(|mut variables| {
            variables.insert_value("t", words.unwrap_or_else(Value::none));
            if let Some(site) = &self.site {
                variables.insert_value("site", site.clone());
            }
            self.templates.render_page(template, &variables)
        });
        let problem = match filled {
            Ok(mut bytes) => {
                if page.full_page.is_some() {
                    bytes = self.as_text(&bytes);
                } else if let Some(metadata) = &self.metadata {
                    metadata.add(&mut bytes, &page.page, &page.content);
                }
                match (&self.banner, &self.analytics) {
                    (Some(banner), _) => banner.add(&mut bytes, page.page.language),
                    (None, Some(snippet)) if page.full_page.is_none() => add_to_head(&mut bytes, snippet),
                    _ => {}
                }
                return Some(bytes);
            }
            Err(problem) => problem,
        };
        let source = output.source_path(self.viewer.reader.everything().0);
        let message = format!(
            "{} (rendering /{}{})",
            problem.message,
            output.route.path(),
            source.map(|source| format!(" of {source}")).unwrap_or_default()
        );
        let file = || self.templates.file_of(template).unwrap_or(template).to_owned();
        let (path, place) = problem.place.map_or_else(|| (file(), None), |(path, span)| (path, Some(span)));
        diagnostics.push(Diagnostic::new(problem.code, path, message).at_maybe(place).hint_maybe(problem.hint));
        None
    }
}

/// Inserts elements at the end of the head; a page without a head stays as it is.
fn add_to_head(html: &mut Vec<u8>, elements: &str) {
    if let Some(end) = metadata::end_of_head(html) {
        html.splice(end..end, elements.bytes());
    }
}

fn asset_urls<'v>(viewer: &Viewer<'_>, assets: &'v Assets) -> BTreeMap<&'v str, String> {
    assets.all().iter().map(|asset| (asset.name.as_str(), viewer.config.base_url.path(&asset.route))).collect()
}

/// The hash of a theme's strings in all languages.
fn of_words(words: &HashMap<&str, LanguageStrings>) -> u128 {
    let mut hashes: Vec<(&str, u128)> = words.iter().map(|(language, words)| (*language, words.fingerprint)).collect();
    hashes.sort_unstable();
    let mut hasher = Xxh3::new();
    hashes.iter().for_each(|(_, hash)| hasher.update(&hash.to_le_bytes()));
    hasher.digest128()
}

/// Combines several hashes.
fn combined<const N: usize>(hashes: [u128; N]) -> u128 {
    let mut hasher = Xxh3::new();
    hashes.iter().for_each(|hash| hasher.update(&hash.to_le_bytes()));
    hasher.digest128()
}

fn to_value<T: Serialize>(view: &T) -> Result<Value, String> {
    Value::try_from_serializable(view).map_err(|error| error.to_string())
}
