//! Renders one planned output to bytes; writes nothing and knows no other output.

mod assets;
mod bodies;
mod contrast;
mod documents;
mod embeds;
mod feeds;
mod filters;
mod story_frame;
mod theme_ids;
mod metadata;
mod formats;
mod options;
mod parts;
mod prepare;
mod preview;
mod prepared;
mod sitemaps;
mod templates;
mod texts;
mod theme;
mod text_version;
mod well_known;
mod xml;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::OnceLock;

use ahash::{HashMap, HashSet};
use rayon::prelude::*;
use serde::Serialize;
use tera::Value;
use xxhash_rust::xxh3::{Xxh3, xxh3_128};

use crate::config::Config;
use crate::diagnostic::{Diagnostic, Reported};
use crate::hosts::HostRules;
use crate::language::Language;
use crate::markdown::{self, FootnotePlacement};
use crate::plan::{Listing, Output, OutputKind, PartLink, Plan};
use crate::route::Route;
use crate::site::{ArticleId, Site};
use crate::view::{Cache, Strings, Viewer, fingerprint};

use bodies::{Body, Source, Surroundings};
use metadata::Metadata;
use parts::{Elsewhere, Made};
use preview::Banner;
use texts::Shelf;

pub use assets::{Asset, Assets};
pub use documents::{Document, Form};
pub use embeds::{FILE_PARAMETERS, LINK_PARAMETERS};
pub use parts::Parts;
pub use prepared::{Page, PreparedOutput, RedirectPage};
pub use templates::{MAX_PAGE_BYTES, OPTIONAL, REQUIRED, Templates};
pub use texts::{Attachment, Text};
pub use theme::{BUILT_IN, Theme, built_in_files, load, names as theme_names, texts as theme_texts};

/// An output that has been rendered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// What it holds.
    pub contents: Contents,
    /// The hash of all that its bytes depend on; `None` for a copied file, whose bytes tell it.
    pub fingerprint: Option<u128>,
    /// The hash of its texts and of what they refer to; `None` where a reference leads nowhere.
    pub texts: Option<u128>,
    /// What its body refers to, as written, in order.
    pub references: Vec<String>,
    /// What links can lead to in it; `None` for what no template made.
    pub parts: Option<Parts>,
}

/// What an output holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Contents {
    /// These bytes.
    Bytes(Vec<u8>),
    /// The bytes of this file, a path relative to the project's folder.
    Copy(String),
}

/// Renders outputs with one theme.
#[derive(Debug)]
pub struct Renderer<'a> {
    viewer: &'a Viewer<'a>,
    templates: &'a Templates,
    assets: &'a Assets,
    root: &'a Path,
    words: HashMap<&'a str, Words>,
    /// What goes into the heads of pages, unless the theme wants nothing there.
    metadata: Option<Metadata<'a>>,
    /// What every page of a preview says.
    banner: Option<Banner>,
    /// What hosts are told, made when the first of their files is.
    rules: OnceLock<HostRules<'a>>,
    /// The hash of what every template can see or be: the template set, `site`, `assets`, how bodies are rendered.
    base: u128,
    /// Texts of stories for other outputs than their pages.
    texts: Shelf,
    /// The fingerprints that such texts would have.
    told: Cache<ArticleId, Option<u128>>,
    /// The stories whose texts some document holds; known when the first text is made.
    wanted: OnceLock<HashSet<ArticleId>>,
    /// Links to parts of pages that no page's own text holds.
    elsewhere: Elsewhere,
    /// The hash of what the frame of the text edition links to.
    edition: OnceLock<u128>,
}

/// What bodies referred to when they were last rendered, by the routes of their pages.
pub type References<'r> = dyn Fn(&Route) -> Option<Vec<&'r str>> + Sync + 'r;

/// A language's words as templates see them, and their hash.
#[derive(Debug)]
struct Words {
    value: Value,
    fingerprint: u128,
}

/// The biographies of all authors.
#[derive(Debug, Clone, Default)]
pub struct Biographies {
    /// Each as HTML, in the order of the authors.
    pub html: Vec<Option<String>>,
    /// Their links to parts of pages.
    links: Vec<PartLink>,
    /// The ids on the same page that they link to.
    asked: Vec<String>,
}

/// The biographies of all authors.
pub fn biographies(
    root: &Path,
    config: &Config,
    site: &Site,
    plan: &Plan,
    templates: &Templates,
    strings: &Strings,
) -> Reported<Biographies> {
    // Several biographies stand on one page, each in a box of its own, which has no room beside it.
    let surroundings = Surroundings { root, config, site, plan, templates, footnotes: FootnotePlacement::End };
    let mut words: HashMap<&str, Value> = HashMap::default();
    for person in site.authors.iter().filter(|person| person.author.body.has_text) {
        words.entry(person.language.tag()).or_insert_with(|| words_of(strings, &person.language));
    }
    let biographies = site.authors.par_iter().map(|person| {
        let author = &person.author;
        if !author.body.has_text {
            return Reported::clean(None);
        }
        let source = Source {
            path: &author.source,
            start: author.body.start,
            digest: author.digest,
            language: &person.language,
            words: words.get(person.language.tag()).cloned().unwrap_or_else(Value::none),
            id_prefix: format!("author:{}:", author.id),
        };
        surroundings.body(source)
    });
    let mut diagnostics = Vec::new();
    let biographies: Vec<Reported<Option<Body>>> = biographies.collect();
    let mut value = Biographies::default();
    for (body, person) in biographies.into_iter().zip(&site.authors) {
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

impl<'a> Renderer<'a> {
    /// Gets the words of every language ready. The templates have been given what they [share](Renderer::share).
    ///
    /// # Errors
    /// When the configuration's free data cannot be shown to templates.
    pub fn new(
        viewer: &'a Viewer<'a>,
        templates: &'a Templates,
        assets: &'a Assets,
        root: &'a Path,
        biographies: &Biographies,
    ) -> Result<Renderer<'a>, String> {
        let mut words = HashMap::default();
        for language in viewer.site.languages(viewer.config) {
            if !words.contains_key(language.tag()) {
                let all = viewer.strings.all(language);
                let (value, fingerprint) = (to_value(&all)?, fingerprint(&all).map_err(|error| error.to_string())?);
                words.insert(language.tag(), Words { value, fingerprint });
            }
        }
        let shared = (viewer.site_view(), asset_urls(viewer, assets));
        let shared = fingerprint(&shared).map_err(|error| error.to_string())?;
        let markdown = markdown::Options::new(viewer.config, templates.footnotes, &viewer.config.language);
        let metadata = templates.has_metadata.then(|| Metadata::new(viewer));
        let banner = Banner::new(viewer);
        let rest = format!("{markdown:?} {} {:?}", templates.has_metadata, viewer.site.preview);
        let base = combined([templates.digest, shared, xxh3_128(rest.as_bytes())]);
        let elsewhere = Elsewhere::new(&viewer.plan.part_links, biographies);
        let (texts, told) = (Shelf::default(), Cache::new());
        let (wanted, rules, edition) = (OnceLock::new(), OnceLock::new(), OnceLock::new());
        Ok(Renderer {
            viewer,
            templates,
            assets,
            root,
            words,
            metadata,
            banner,
            rules,
            base,
            texts,
            told,
            wanted,
            elsewhere,
            edition,
        })
    }

    /// Gives every template, and so every embed, `site` and `assets`.
    ///
    /// # Errors
    /// When the configuration's free data cannot be shown to templates.
    pub fn share(viewer: &Viewer<'_>, templates: &mut Templates, assets: &Assets) -> Result<(), String> {
        templates.set_global("site", to_value(&viewer.site_view())?);
        templates.set_global("assets", to_value(&asset_urls(viewer, assets))?);
        Ok(())
    }

    fn surroundings(&self) -> Surroundings<'a> {
        let Viewer { config, site, plan, .. } = *self.viewer;
        let templates = self.templates;
        Surroundings { root: self.root, config, site, plan, templates, footnotes: templates.footnotes }
    }

    /// The hash of everything that an output's bytes depend on: the template set, the views, and bodies with what each
    /// of their references means. `references` are those of the bodies' last rendering, the same for all calls. `None`
    /// where only rendering can tell: for a copied file, and for a body with a reference that leads nowhere now.
    pub fn fingerprint(
        &self,
        route: &Route,
        prepared: &PreparedOutput<'_>,
        references: &References<'_>,
    ) -> Option<u128> {
        match prepared {
            PreparedOutput::File(_) => None,
            PreparedOutput::Document(document) => self.document_fingerprint(document, references),
            PreparedOutput::Page(page) => {
                let body = match (&page.body, page.full_page) {
                    (Some(source), Some(full)) => self.text_version_fingerprint(route, full, source, references)?,
                    (Some(source), None) => self.surroundings().fingerprint(source, &references(route)?)?,
                    (None, _) => 0,
                };
                self.page_fingerprint(page, body)
            }
            prepared => self.plain_fingerprint(prepared),
        }
    }

    /// The hash of an output's texts and of what they refer to, as [`Rendered::texts`] has it, without rendering any.
    /// `references` as for the [fingerprint](Renderer::fingerprint).
    pub fn texts(&self, output: &Output, references: &References<'_>) -> Option<u128> {
        let Viewer { site, config, .. } = *self.viewer;
        match output.kind {
            OutputKind::Article(id) => self.text_of(id, references),
            OutputKind::Listing(Listing::Section(id), part) => match self.section_body(id, part) {
                Some(source) => self.surroundings().fingerprint(&source, &references(&output.route)?),
                None => Some(0),
            },
            _ => self.told(&output.held_texts(site, config), references),
        }
    }

    /// The same for the page of a story.
    pub fn text_of(&self, id: ArticleId, references: &References<'_>) -> Option<u128> {
        if !self.viewer.site.story(id).has_body() {
            return Some(0);
        }
        let references = references(self.viewer.plan.article(id))?;
        self.surroundings().fingerprint(&self.source_of_story(id), &references)
    }

    /// The hash of everything but texts that an output's bytes are made from: `views` of what its views are.
    pub fn inputs(&self, views: u128) -> u128 {
        combined([self.base, views])
    }

    /// The fingerprint of what has no body.
    fn plain_fingerprint(&self, prepared: &PreparedOutput<'_>) -> Option<u128> {
        match prepared {
            PreparedOutput::Asset(at) => Some(xxh3_128(&self.assets.all()[*at].bytes)),
            PreparedOutput::Redirect(redirect) => {
                let redirect = fingerprint(&**redirect).ok()?;
                Some(if self.banner.is_some() { combined([redirect, self.base]) } else { redirect })
            }
            PreparedOutput::Bytes(bytes) => Some(xxh3_128(bytes)),
            PreparedOutput::File(_) | PreparedOutput::Page(_) | PreparedOutput::Document(_) => None,
        }
    }

    fn page_fingerprint(&self, page: &Page<'_>, body: u128) -> Option<u128> {
        let words = self.words.get(page.page.language).map_or(0, |words| words.fingerprint);
        let edition = page.full_page.map_or(0, |_| self.edition(page));
        Some(combined([self.base, words, page.fingerprint().ok()?, body, edition]))
    }

    /// Renders an output. The value is absent when a fault was reported.
    pub fn render(&self, output: &Output, prepared: PreparedOutput<'_>) -> Reported<Option<Rendered>> {
        let fingerprint = self.plain_fingerprint(&prepared);
        let whole = |contents| {
            Reported::clean(Some(Rendered {
                contents,
                fingerprint,
                texts: Some(0),
                references: Vec::new(),
                parts: None,
            }))
        };
        match prepared {
            PreparedOutput::Asset(at) => whole(Contents::Bytes(self.assets.all()[at].bytes.clone())),
            PreparedOutput::File(at) => whole(Contents::Copy(self.viewer.site.files[at].source.clone())),
            PreparedOutput::Redirect(redirect) => {
                let mut html = redirect.to_html();
                if let Some(banner) = &self.banner {
                    banner.add(&mut html, redirect.language());
                }
                whole(Contents::Bytes(html))
            }
            PreparedOutput::Bytes(bytes) => whole(Contents::Bytes(bytes)),
            PreparedOutput::Document(document) => self.document(&document),
            PreparedOutput::Page(page) => {
                let mut diagnostics = Vec::new();
                let value = self.page(*page, output, &mut diagnostics);
                Reported { value, diagnostics }
            }
        }
    }

    fn page(&self, mut page: Page<'_>, output: &Output, diagnostics: &mut Vec<Diagnostic>) -> Option<Rendered> {
        let body = match (page.body.take(), page.full_page) {
            (Some(source), Some(_)) => match self.text_version_body(source, &page) {
                Ok(body) => Some(body),
                Err(diagnostic) => {
                    diagnostics.push(diagnostic);
                    return None;
                }
            },
            (Some(source), None) => Some(self.surroundings().body(source).take(diagnostics)?),
            (None, _) => None,
        };
        if let (Some(id), Some(body)) = (output.article(), &body) {
            self.keep_text(id, body);
        }
        let texts = body.as_ref().map_or(Some(0), |body| body.fingerprint);
        let fingerprint = texts.and_then(|texts| self.page_fingerprint(&page, texts));
        let (template, is_text_version) = (page.template, page.full_page.is_some());
        let html = body.as_ref().and_then(|body| body.html.clone());
        let bytes = self.fill(page, output, html, diagnostics)?;
        let made = Made { output, template, is_text_version, body: body.as_ref() };
        let parts = Some(self.parts(&made, &bytes, diagnostics));
        let references = body.map(|body| body.references).unwrap_or_default();
        Some(Rendered { contents: Contents::Bytes(bytes), fingerprint, texts, references, parts })
    }

    /// Fills a page's template.
    fn fill(
        &self,
        mut page: Page<'_>,
        output: &Output,
        body: Option<String>,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Option<Vec<u8>> {
        let template = page.template;
        let words = self.words.get(page.page.language).map(|words| words.value.clone());
        let filled = page.variables(body).map_err(templates::RenderError::new).and_then(|mut variables| {
            variables.insert_value("t", words.unwrap_or_else(Value::none));
            self.templates.render_page(template, &variables)
        });
        let fault = match filled {
            Ok(mut bytes) => {
                if page.full_page.is_some() {
                    bytes = self.as_text(&bytes);
                } else if let Some(metadata) = &self.metadata {
                    metadata.add(&mut bytes, &page.page, &page.content);
                }
                if let Some(banner) = &self.banner {
                    banner.add(&mut bytes, page.page.language);
                }
                return Some(bytes);
            }
            Err(fault) => fault,
        };
        let source = output.source_path(self.viewer.site);
        let message = format!(
            "{} (rendering /{}{})",
            fault.message,
            output.route.path(),
            source.map(|source| format!(" of {source}")).unwrap_or_default()
        );
        let file = || self.templates.file_of(template).unwrap_or(template).to_owned();
        let (path, place) = fault.place.map_or_else(|| (file(), None), |(path, span)| (path, Some(span)));
        diagnostics.push(Diagnostic::new(fault.code, path, message).at_maybe(place));
        None
    }
}

fn asset_urls<'v>(viewer: &Viewer<'_>, assets: &'v Assets) -> BTreeMap<&'v str, String> {
    assets.all().iter().map(|asset| (asset.name.as_str(), viewer.config.base_url.path(&asset.route))).collect()
}

/// One hash of several.
fn combined<const N: usize>(hashes: [u128; N]) -> u128 {
    let mut hasher = Xxh3::new();
    hashes.iter().for_each(|hash| hasher.update(&hash.to_le_bytes()));
    hasher.digest128()
}

fn to_value<T: Serialize>(view: &T) -> Result<Value, String> {
    Value::try_from_serializable(view).map_err(|error| error.to_string())
}
