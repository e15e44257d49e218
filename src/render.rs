//! Renders planned outputs to bytes, each independently of the others, without writing them.

mod assets;
mod bodies;
mod contrast;
mod documents;
mod embeds;
mod feeds;
mod filters;
mod html;
mod layer;
mod story_frame;
mod story_text;
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
use texts::TextCache;

pub use assets::{Asset, Assets};
pub use documents::{Document, Form};
pub use embeds::{FILE_PARAMETERS, LINK_PARAMETERS};
pub use parts::Parts;
pub use prepared::{PreparedOutput, PreparedPage, RedirectPage};
pub use story_text::{Attachment, StoryText};
pub use templates::{MAX_PAGE_BYTES, OPTIONAL, REQUIRED, Templates};
pub use theme::{BUILT_IN, Theme, built_in_files, load, names as theme_names, texts as theme_texts};

/// A rendered output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// Its content.
    pub contents: Contents,
    /// The hash of everything that its bytes depend on; `None` for a copied file, which is compared by its
    /// bytes.
    pub fingerprint: Option<u128>,
    /// The hash of its texts and the meanings of their references; `None` if a reference is broken.
    pub texts: Option<u128>,
    /// The references in its body, as written, in order.
    pub references: Vec<String>,
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
}

/// Renders outputs with one theme.
#[derive(Debug)]
pub struct Renderer<'a> {
    viewer: Viewer<'a>,
    templates: &'a Templates,
    assets: &'a Assets,
    root: &'a Path,
    words: HashMap<&'a str, LanguageStrings>,
    /// The metadata for the heads of pages, unless the theme turns it off.
    metadata: Option<Metadata<'a>>,
    /// The banner of a preview.
    banner: Option<Banner>,
    /// The redirects and headers for hosts, made when the first host's file is rendered.
    rules: OnceLock<HostRules<'a>>,
    /// The hash of everything that all templates share: the template set, `site`, `assets`, and the rendering
    /// of bodies.
    base: u128,
    /// Texts of stories for outputs other than their pages.
    texts: TextCache,
    /// The fingerprints of such texts.
    told: Cache<ArticleId, Option<u128>>,
    /// The stories whose texts documents contain; computed for the first text.
    wanted: OnceLock<HashSet<ArticleId>>,
    /// Links to parts of pages outside the pages' own texts.
    elsewhere: Elsewhere,
    /// The hash of the links in the text edition's frame.
    edition: OnceLock<u128>,
}

/// The references of bodies when they were last rendered, by the routes of their pages.
pub type References<'r> = dyn Fn(&Route) -> Option<Vec<&'r str>> + Sync + 'r;

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
/// When templates cannot be given the configuration's free data.
pub fn set_up(input: RenderInput<'_>, theme: &mut Theme) -> Result<Reported<Biographies>, String> {
    let RenderInput { root, config, site, plan, options } = input;
    let Theme { templates, assets, strings, .. } = theme;
    let viewer = Viewer::new(config, site, plan, strings, options, &[])?;
    templates.set_global("site", to_value(&viewer.site_view())?);
    templates.set_global("assets", to_value(&asset_urls(&viewer, assets))?);
    Ok(biographies(root, config, site, plan, templates, strings))
}

/// Renders the biographies of all authors.
fn biographies(
    root: &Path,
    config: &Config,
    site: &Site,
    plan: &Plan,
    templates: &Templates,
    strings: &Strings,
) -> Reported<Biographies> {
    // A page may show several biographies, each in a narrow box without a margin for notes.
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
    /// Sets up a renderer with a theme that has been [set up](set_up), which also gave the biographies.
    ///
    /// # Errors
    /// When templates cannot be given the configuration's free data.
    pub fn new(input: RenderInput<'a>, theme: &'a Theme, biographies: &'a Biographies) -> Result<Renderer<'a>, String> {
        let RenderInput { root, config, site, plan, options } = input;
        let Theme { templates, assets, strings, .. } = theme;
        let viewer = Viewer::new(config, site, plan, strings, options, &biographies.html)?;
        let mut words = HashMap::default();
        for language in viewer.site.languages(viewer.config) {
            if !words.contains_key(language.tag()) {
                let all = viewer.strings.all(language);
                let (value, fingerprint) = (to_value(&all)?, fingerprint(&all).map_err(|error| error.to_string())?);
                words.insert(language.tag(), LanguageStrings { value, fingerprint });
            }
        }
        let shared = (viewer.site_view(), asset_urls(&viewer, assets));
        let shared = fingerprint(&shared).map_err(|error| error.to_string())?;
        let markdown = markdown::Options::new(viewer.config, templates.footnotes, &viewer.config.language);
        let metadata = templates.has_metadata.then(|| Metadata::new(&viewer));
        let banner = Banner::new(&viewer);
        let rest = format!("{markdown:?} {} {:?}", templates.has_metadata, viewer.site.preview);
        let base = combined([templates.digest, shared, xxh3_128(rest.as_bytes())]);
        let elsewhere = Elsewhere::new(&viewer.plan.part_links, biographies);
        let (texts, told) = (TextCache::default(), Cache::new());
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

    /// The views that templates are given.
    pub fn viewer(&self) -> &Viewer<'a> {
        &self.viewer
    }

    /// The theme's templates.
    pub fn templates(&self) -> &'a Templates {
        self.templates
    }

    fn surroundings(&self) -> Surroundings<'a> {
        let Viewer { config, site, plan, .. } = self.viewer;
        let templates = self.templates;
        Surroundings { root: self.root, config, site, plan, templates, footnotes: templates.footnotes }
    }

    /// The hash of everything that an output's bytes depend on: the template set, the views, and bodies with
    /// the meanings of their references. `references` are those of the last rendering, the same for all calls.
    /// `None` if rendering is needed to know: for a copied file, and for a body with a broken reference.
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

    /// The hash of an output's texts and the meanings of their references, equal to [`Rendered::texts`],
    /// without rendering. `references` as for the [fingerprint](Renderer::fingerprint).
    pub fn texts(&self, output: &Output, references: &References<'_>) -> Option<u128> {
        let Viewer { site, config, .. } = self.viewer;
        match output.kind {
            OutputKind::Article(id) => self.text_of(id, references),
            OutputKind::Listing(Listing::Section(id), part) => match self.section_body(id, part) {
                Some(source) => self.surroundings().fingerprint(&source, &references(&output.route)?),
                None => Some(0),
            },
            _ => self.told(&output.held_texts(site, config), references),
        }
    }

    /// The same for a story's page.
    pub fn text_of(&self, id: ArticleId, references: &References<'_>) -> Option<u128> {
        if !self.viewer.site.story(id).has_body() {
            return Some(0);
        }
        let references = references(self.viewer.plan.article(id))?;
        self.surroundings().fingerprint(&self.source_of_story(id), &references)
    }

    /// The hash of everything but texts that an output's bytes depend on; `views` is that of its views.
    pub fn inputs(&self, views: u128) -> u128 {
        combined([self.base, views])
    }

    /// The fingerprint of an output without a body.
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

    fn page_fingerprint(&self, page: &PreparedPage<'_>, body: u128) -> Option<u128> {
        let words = self.words.get(page.page.language).map_or(0, |words| words.fingerprint);
        let edition = page.full_page.map_or(0, |_| self.edition(page));
        Some(combined([self.base, words, page.fingerprint().ok()?, body, edition]))
    }

    /// Renders an output. The value is absent if an error was reported.
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

    fn page(&self, mut page: PreparedPage<'_>, output: &Output, diagnostics: &mut Vec<Diagnostic>) -> Option<Rendered> {
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
        mut page: PreparedPage<'_>,
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

/// Combines several hashes.
fn combined<const N: usize>(hashes: [u128; N]) -> u128 {
    let mut hasher = Xxh3::new();
    hashes.iter().for_each(|hash| hasher.update(&hash.to_le_bytes()));
    hasher.digest128()
}

fn to_value<T: Serialize>(view: &T) -> Result<Value, String> {
    Value::try_from_serializable(view).map_err(|error| error.to_string())
}
