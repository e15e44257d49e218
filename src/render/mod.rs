//! Renders one planned output to bytes; writes nothing and knows no other output.

mod assets;
mod bodies;
mod documents;
mod embeds;
mod feeds;
mod filters;
mod metadata;
mod mirrors;
mod options;
mod preview;
mod sheet;
mod sitemaps;
mod templates;
mod texts;
mod theme;
mod xml;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::OnceLock;

use ahash::{HashMap, HashSet};
use serde::Serialize;
use tera::Value;
use xxhash_rust::xxh3::{Xxh3, xxh3_128};

use crate::config::Config;
use crate::diagnostic::{Diagnostic, Reported};
use crate::hosts::Rules;
use crate::language::Language;
use crate::markdown::Footnotes;
use crate::plan::{Listing, Output, PagePart, Plan, Subject};
use crate::route::{Route, absolute};
use crate::site::{ArticleId, AuthorId, SectionId, Site};
use crate::view::contract::PageView;
use crate::view::{Cache, Strings, Viewer, fingerprint};

use bodies::{Body, Source, Surroundings};
use metadata::Metadata;
use preview::Banner;
use sheet::Content;
use sitemaps::Maps;
use texts::Shelf;

pub use assets::{Asset, Assets};
pub use documents::{Document, Form, stories_told};
pub use embeds::{FILE_PARAMETERS, LINK_PARAMETERS};
pub use sheet::{Page, Redirect, Sheet};
pub use templates::{MAX_PAGE_BYTES, OPTIONAL, REQUIRED, Templates};
pub use texts::Text;
pub use theme::{BUILT_IN, Theme, load, texts as theme_texts};

/// An output that has been rendered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// What it holds.
    pub contents: Contents,
    /// The hash of all that its bytes depend on; `None` for a copied file, whose bytes tell it.
    pub fingerprint: Option<u128>,
    /// What its body refers to, as written, in order.
    pub references: Vec<String>,
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
    rules: OnceLock<Rules<'a>>,
    /// The hash of what every template can see or be: the template set, `site`, `assets`, how bodies are rendered.
    base: u128,
    /// Texts of stories for other outputs than their pages.
    texts: Shelf,
    /// The fingerprints that such texts would have.
    told: Cache<ArticleId, Option<u128>>,
    /// The stories whose texts some document holds; known when the first text is made.
    wanted: OnceLock<HashSet<ArticleId>>,
}

/// What bodies referred to when they were last rendered, by the routes of their pages.
pub type References<'r> = dyn Fn(&Route) -> Option<&'r [String]> + Sync + 'r;

/// A language's words as templates see them, and their hash.
#[derive(Debug)]
struct Words {
    value: Value,
    fingerprint: u128,
}

/// The biographies of all authors as HTML, in their order.
pub fn biographies(
    root: &Path,
    config: &Config,
    site: &Site,
    plan: &Plan,
    templates: &Templates,
    strings: &Strings,
) -> Reported<Vec<Option<String>>> {
    // Several biographies stand on one page, each in a box of its own, which has no room beside it.
    let surroundings = Surroundings { root, config, site, plan, templates, footnotes: Footnotes::End };
    let mut diagnostics = Vec::new();
    let mut words = HashMap::default();
    let biographies = site.authors.iter().map(|person| {
        let author = &person.author;
        if !author.body.has_text {
            return None;
        }
        let words: &Value = words.entry(person.language.tag()).or_insert_with(|| words_of(strings, &person.language));
        let source = Source {
            path: &author.source,
            start: author.body.start,
            digest: author.digest,
            language: &person.language,
            words: words.clone(),
        };
        surroundings.body(source).take(&mut diagnostics).and_then(|body| body.html)
    });
    let value = biographies.collect();
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
        let Config { html, smart_punctuation, .. } = viewer.config;
        let markdown = format!("{html:?} {smart_punctuation} {:?}", templates.footnotes);
        let metadata = templates.has_metadata.then(|| Metadata::new(viewer));
        let banner = Banner::new(viewer);
        let rest = format!("{markdown} {} {:?}", templates.has_metadata, viewer.site.preview);
        let base = combined([templates.digest, shared, xxh3_128(rest.as_bytes())]);
        let (texts, told, wanted, rules) = (Shelf::default(), Cache::new(), OnceLock::new(), OnceLock::new());
        Ok(Renderer { viewer, templates, assets, root, words, metadata, banner, rules, base, texts, told, wanted })
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

    /// Everything that an output is made of, but its body.
    pub fn sheet(&self, output: &Output) -> Sheet<'a> {
        let viewer = self.viewer;
        let page = match output.subject {
            Subject::ThemeAsset(at) => return Sheet::Asset(at),
            Subject::File(at) => return Sheet::File(at),
            Subject::Sitemap(at) => return Sheet::Made(self.maps().sitemap(&viewer.plan.sitemaps()[at])),
            Subject::SitemapIndex => return Sheet::Made(self.maps().index()),
            Subject::Robots => return Sheet::Made(self.maps().robots()),
            Subject::Alias(target) => return Sheet::Redirect(Box::new(self.alias(&viewer.plan.outputs[target]))),
            Subject::Redirect(at) => return Sheet::Redirect(Box::new(self.redirect(at))),
            Subject::HostFile(host, name) => return Sheet::Made(self.rules().file(host, name)),
            Subject::Listing(listing, PagePart::Next(_)) => {
                let front = viewer.plan.listing(listing).unwrap_or(&output.route);
                let page = viewer.listing_page(listing, PagePart::Front, front);
                return Sheet::Redirect(Box::new(self.leading_to(front, Some(page))));
            }
            Subject::Corrections(PagePart::Next(_)) => {
                let front = Subject::Corrections(PagePart::Front);
                let front = viewer.plan.route(front).unwrap_or(&output.route);
                let page = viewer.corrections_page(PagePart::Front, front);
                return Sheet::Redirect(Box::new(self.leading_to(front, Some(page))));
            }
            Subject::Listing(listing, part) => self.listing(listing, part, &output.route),
            Subject::Feed(fed, format) => return Sheet::Document(Box::new(documents::feed(viewer, fed, format))),
            Subject::Opml => return Sheet::Made(feeds::opml(viewer)),
            Subject::PreviewStyle => return Sheet::Made(preview::STYLE.to_vec()),
            Subject::FeedStyle => return Sheet::Made(feeds::style(viewer)),
            subject => match documents::mirror(viewer, subject) {
                Some(document) => return Sheet::Document(Box::new(document)),
                None => self.single(output),
            },
        };
        let is_preview = self.banner.is_some();
        let noindex = page.page.noindex || is_preview;
        Sheet::Page(Box::new(Page { page: PageView { noindex, ..page.page }, ..page }))
    }

    /// A page that is none of a listing's.
    fn single(&self, output: &Output) -> Page<'a> {
        let (viewer, route) = (self.viewer, &output.route);
        match output.subject {
            Subject::Article(id) => {
                let body = viewer.site.story(id).has_body().then(|| self.source_of_story(id));
                let content = Content::Article(viewer.article(id, String::new()));
                Page::new("article.html", viewer.article_page(id), content).with_body(body)
            }
            Subject::Corrections(part) => self.corrections(part, route),
            Subject::Leaf(at) => {
                let leaf = &viewer.site.pages[at];
                let body = self.source(&leaf.page.source, leaf.page.body.start, leaf.page.digest, &leaf.language);
                if viewer.plan.introduction() == Some(at) {
                    return self.corrections(PagePart::Front, route).with_body(Some(body));
                }
                let content = Content::Leaf(viewer.leaf(at, String::new()));
                Page::new("page.html", viewer.leaf_page(at), content).with_body(Some(body))
            }
            Subject::Front => {
                let file = viewer.site.front.as_ref().filter(|file| file.body.has_text);
                let language = &viewer.config.language;
                let body = file.map(|file| self.source(&file.source, file.body.start, file.digest, language));
                Page::new("front.html", viewer.front_page(), Content::Front(viewer.front(None))).with_body(body)
            }
            Subject::Series(at) => {
                Page::new("series.html", viewer.series_page(at, route), Content::Series(viewer.series(at)))
            }
            Subject::Terms(at) => {
                Page::new("terms.html", viewer.terms_page(at, route), Content::Terms(viewer.taxonomy(at)))
            }
            Subject::AllSeries => {
                let page = viewer.overview_page("terms", "series", route);
                Page::new("terms.html", page, Content::Terms(viewer.all_series()))
            }
            Subject::Staff => {
                let page = viewer.overview_page("staff", "staff", route);
                Page::new("staff.html", page, Content::Staff(viewer.staff()))
            }
            Subject::Archive => {
                let page = viewer.overview_page("archive", "archive", route);
                Page::new("archive.html", page, Content::Archive(viewer.archive()))
            }
            Subject::Year(at) => {
                Page::new("archive.html", viewer.year_page(at), Content::Archive(viewer.year_archive(at)))
            }
            Subject::Month(at, index) => {
                Page::new("month.html", viewer.month_page(at, index), Content::Month(viewer.month(at, index)))
            }
            Subject::Tombstone(at) => self.gone(Some(at), route),
            Subject::Gone => self.gone(None, route),
            _ => Page::new("not-found.html", viewer.not_found_page(), Content::NotFound),
        }
    }

    /// A tombstone, by the place of what is gone, or the 410 page.
    fn gone(&self, at: Option<usize>, route: &Route) -> Page<'a> {
        let tombstone = at.and_then(|at| self.viewer.tombstone(at));
        Page::new(self.templates.gone(), self.viewer.gone_page(at, route), Content::Gone(tombstone))
    }

    fn listing(&self, listing: Listing, part: PagePart, route: &Route) -> Page<'a> {
        let viewer = self.viewer;
        let page = viewer.listing_page(listing, part, route);
        let view = viewer.listing(listing, part);
        match listing {
            Listing::Latest => Page::new("latest.html", page, Content::Latest(view)),
            Listing::Section(id) => Page::new("section.html", page, Content::Section(viewer.section(id, None), view))
                .with_body(self.section_body(id, part)),
            Listing::Author(AuthorId(at)) => {
                Page::new("author.html", page, Content::Author(viewer.author(AuthorId(at)), view))
            }
            Listing::Term(taxonomy, term) => {
                Page::new("term.html", page, Content::Term(viewer.term(taxonomy, term), view))
            }
        }
    }

    fn corrections(&self, part: PagePart, route: &Route) -> Page<'a> {
        let page = self.viewer.corrections_page(part, route);
        Page::new("corrections.html", page, Content::Corrections(self.viewer.corrections(part, String::new())))
    }

    /// The body of a section's `_index.md`, on its front.
    fn section_body(&self, id: SectionId, part: PagePart) -> Option<Source<'a>> {
        let section = self.viewer.site.section(id);
        let file = section.file.as_ref().filter(|file| file.body.has_text && part == PagePart::Front)?;
        Some(self.source(&file.source, file.body.start, file.digest, &section.language))
    }

    fn source_of_story(&self, id: ArticleId) -> Source<'a> {
        let story = self.viewer.site.story(id);
        let article = &story.article;
        self.source(&article.source, article.body.start, article.digest, &story.language)
    }

    fn source(&self, path: &'a str, start: usize, digest: u128, language: &'a Language) -> Source<'a> {
        let words = self.words.get(language.tag()).map(|words| words.value.clone()).unwrap_or_else(Value::none);
        Source { path, start, digest, language, words }
    }

    fn maps(&self) -> Maps<'a> {
        let Viewer { config, site, plan, .. } = *self.viewer;
        Maps { config, site, plan }
    }

    fn surroundings(&self) -> Surroundings<'a> {
        let Viewer { config, site, plan, .. } = *self.viewer;
        let templates = self.templates;
        Surroundings { root: self.root, config, site, plan, templates, footnotes: templates.footnotes }
    }

    /// The hash of everything that an output's bytes depend on: the template set, the views, and bodies with what each
    /// of their references means. `references` are those of the bodies' last rendering, the same for all calls. `None`
    /// where only rendering can tell: for a copied file, and for a body with a reference that leads nowhere now.
    pub fn fingerprint(&self, route: &Route, sheet: &Sheet<'_>, references: &References<'_>) -> Option<u128> {
        match sheet {
            Sheet::File(_) => None,
            Sheet::Document(document) => self.document_fingerprint(document, references),
            Sheet::Page(page) => {
                let body = match &page.body {
                    Some(source) => self.surroundings().fingerprint(source, references(route)?)?,
                    None => 0,
                };
                self.page_fingerprint(page, body)
            }
            sheet => self.plain_fingerprint(sheet),
        }
    }

    /// The fingerprint of what has no body.
    fn plain_fingerprint(&self, sheet: &Sheet<'_>) -> Option<u128> {
        match sheet {
            Sheet::Asset(at) => Some(xxh3_128(&self.assets.all()[*at].bytes)),
            Sheet::Redirect(redirect) => {
                let redirect = fingerprint(&**redirect).ok()?;
                Some(if self.banner.is_some() { combined([redirect, self.base]) } else { redirect })
            }
            Sheet::Made(bytes) => Some(xxh3_128(bytes)),
            Sheet::File(_) | Sheet::Page(_) | Sheet::Document(_) => None,
        }
    }

    fn page_fingerprint(&self, page: &Page<'_>, body: u128) -> Option<u128> {
        let words = self.words.get(page.page.language).map_or(0, |words| words.fingerprint);
        Some(combined([self.base, words, page.fingerprint().ok()?, body]))
    }

    /// Renders an output. The value is absent when a fault was reported.
    pub fn render(&self, output: &Output, sheet: Sheet<'_>) -> Reported<Option<Rendered>> {
        let fingerprint = self.plain_fingerprint(&sheet);
        let whole = |contents| Reported::clean(Some(Rendered { contents, fingerprint, references: Vec::new() }));
        match sheet {
            Sheet::Asset(at) => whole(Contents::Bytes(self.assets.all()[at].bytes.clone())),
            Sheet::File(at) => whole(Contents::Copy(self.viewer.site.files[at].source.clone())),
            Sheet::Redirect(redirect) => {
                let mut html = redirect.to_html();
                if let Some(banner) = &self.banner {
                    banner.add(&mut html, redirect.language());
                }
                whole(Contents::Bytes(html))
            }
            Sheet::Made(bytes) => whole(Contents::Bytes(bytes)),
            Sheet::Document(document) => self.document(&document),
            Sheet::Page(page) => {
                let mut diagnostics = Vec::new();
                let value = self.page(*page, output, &mut diagnostics);
                Reported { value, diagnostics }
            }
        }
    }

    fn page(&self, mut page: Page<'_>, output: &Output, diagnostics: &mut Vec<Diagnostic>) -> Option<Rendered> {
        let body = match page.body.take() {
            Some(source) => Some(self.surroundings().body(source).take(diagnostics)?),
            None => None,
        };
        if let (Subject::Article(id), Some(body)) = (output.subject, &body) {
            self.keep_text(id, body);
        }
        let fingerprint = match body.as_ref().map(|body| body.fingerprint) {
            Some(body) => body.and_then(|body| self.page_fingerprint(&page, body)),
            None => self.page_fingerprint(&page, 0),
        };
        let Body { html, references, .. } = body.unwrap_or_default();
        let bytes = self.fill(page, &output.route, html, diagnostics)?;
        Some(Rendered { contents: Contents::Bytes(bytes), fingerprint, references })
    }

    /// Fills a page's template.
    fn fill(
        &self,
        mut page: Page<'_>,
        route: &Route,
        body: Option<String>,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Option<Vec<u8>> {
        let template = page.template;
        let words = self.words.get(page.page.language).map(|words| words.value.clone());
        let filled = page.variables(body).map_err(templates::RenderFault::new).and_then(|mut variables| {
            variables.insert_value("t", words.unwrap_or_else(Value::none));
            self.templates.render(template, &variables)
        });
        let fault = match filled {
            Ok(mut bytes) => {
                if let Some(metadata) = &self.metadata {
                    metadata.add(&mut bytes, &page.page, &page.content);
                }
                if let Some(banner) = &self.banner {
                    banner.add(&mut bytes, page.page.language);
                }
                return Some(bytes);
            }
            Err(fault) => fault,
        };
        let source = self.source_of(route);
        let message = format!(
            "{} (rendering /{}{})",
            fault.message,
            route.path(),
            source.map(|source| format!(" of {source}")).unwrap_or_default()
        );
        let file = || self.templates.file_of(template).unwrap_or(template).to_owned();
        let (path, place) = fault.place.map_or_else(|| (file(), None), |(path, span)| (path, Some(span)));
        diagnostics.push(Diagnostic::new(fault.code, path, message).at_maybe(place));
        None
    }

    /// The file that an editor would look at for a page, for messages.
    fn source_of(&self, route: &Route) -> Option<&str> {
        let Viewer { site, plan, .. } = self.viewer;
        match plan.output_at(route.path())?.subject {
            Subject::Article(id) => Some(&site.story(id).article.source),
            Subject::Leaf(at) => Some(&site.pages[at].page.source),
            Subject::Listing(Listing::Author(id), _) => Some(&site.person(id).author.source),
            Subject::Listing(Listing::Section(id), _) => {
                site.section(id).file.as_ref().map(|file| file.source.as_str())
            }
            Subject::Front => site.front.as_ref().map(|file| file.source.as_str()),
            _ => None,
        }
    }

    fn leading_to(&self, target: &Route, page: Option<PageView<'a>>) -> Redirect<'a> {
        let Viewer { config, .. } = *self.viewer;
        let (url, path) = (config.base_url.url(target), config.base_url.path(target));
        Redirect { url, path, page, language: config.language.tag() }
    }

    /// What hosts are told of this site.
    fn rules(&self) -> &Rules<'a> {
        self.rules.get_or_init(|| Rules::new(self.viewer.plan, self.viewer.config, &self.templates.uses))
    }

    /// The page at an old path of `redirects.yaml`.
    fn redirect(&self, at: usize) -> Redirect<'a> {
        let Viewer { config, plan, .. } = *self.viewer;
        let lead = plan.lead(at);
        let target = lead.and_then(|lead| plan.outputs.get(lead.target?));
        let page = target.and_then(|target| self.alias(target).page);
        let path = lead.map_or_else(|| config.base_url.path(&Route::front()), |lead| lead.url.clone());
        let url = absolute(config.base_url.origin(), &path);
        Redirect { url, path, page, language: config.language.tag() }
    }

    fn alias(&self, target: &Output) -> Redirect<'a> {
        let page = match target.subject {
            Subject::Article(id) => Some(self.viewer.article_page(id)),
            Subject::Leaf(at) if self.viewer.plan.introduction() == Some(at) => {
                Some(self.viewer.corrections_page(PagePart::Front, &target.route))
            }
            Subject::Leaf(at) => Some(self.viewer.leaf_page(at)),
            _ => None,
        };
        self.leading_to(&target.route, page)
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
