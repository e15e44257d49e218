//! Renders one planned output to bytes; writes nothing and knows no other output.

mod assets;
mod bodies;
mod embeds;
mod filters;
mod templates;
mod theme;

use std::collections::BTreeMap;

use ahash::HashMap;
use std::path::Path;

use serde::Serialize;
use tera::{Context, Value};

use crate::config::Config;
use crate::diagnostic::{Code, Diagnostic, Reported};
use crate::language::Language;
use crate::plan::{Listing, Output, PagePart, Plan, Subject};
use crate::route::Route;
use crate::site::{ArticleId, AuthorId, SectionId, Site};
use crate::view::Strings;
use crate::view::Viewer;
use crate::view::contract::PageView;

use bodies::{Source, Surroundings};

pub use assets::{Asset, Assets};
pub use embeds::{FILE_PARAMETERS, LINK_PARAMETERS};
pub use templates::{MAX_PAGE_BYTES, REQUIRED, Templates};
pub use theme::{BUILT_IN, Theme, load};

/// What an output holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rendered {
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
    words: HashMap<&'a str, Value>,
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
    let surroundings = Surroundings { root, config, site, plan, templates };
    let mut diagnostics = Vec::new();
    let mut words = HashMap::default();
    let biographies = site.authors.iter().map(|person| {
        let author = &person.author;
        if !author.body.has_text {
            return None;
        }
        let words = words.entry(person.language.tag()).or_insert_with(|| words_of(strings, &person.language));
        let source = Source {
            path: &author.source,
            start: author.body.start,
            digest: author.digest,
            language: &person.language,
            words,
        };
        surroundings.body(source).take(&mut diagnostics)
    });
    let value = biographies.collect();
    Reported { value, diagnostics }
}

fn words_of(strings: &Strings, language: &Language) -> Value {
    Value::try_from_serializable(&strings.all(language)).unwrap_or_else(|_| Value::none())
}

impl<'a> Renderer<'a> {
    /// Gets the words of every language ready. The templates have been given what they [share](Renderer::share).
    pub fn new(viewer: &'a Viewer<'a>, templates: &'a Templates, assets: &'a Assets, root: &'a Path) -> Renderer<'a> {
        let languages = viewer.site.languages(viewer.config);
        let mut words = HashMap::default();
        for language in languages {
            words.entry(language.tag()).or_insert_with(|| words_of(viewer.strings, language));
        }
        Renderer { viewer, templates, assets, root, words }
    }

    /// Gives every template, and so every embed, `site` and `assets`.
    ///
    /// # Errors
    /// When the configuration's free data cannot be shown to templates.
    pub fn share(viewer: &Viewer<'_>, templates: &mut Templates, assets: &Assets) -> Result<(), String> {
        let urls: BTreeMap<&str, String> =
            assets.all().iter().map(|asset| (asset.name.as_str(), viewer.config.base_url.path(&asset.route))).collect();
        templates.set_global("site", to_value(&viewer.site_view())?);
        templates.set_global("assets", to_value(&urls)?);
        Ok(())
    }

    /// Renders an output. The value is absent when a fault was reported.
    pub fn render(&self, output: &Output) -> Reported<Option<Rendered>> {
        let mut diagnostics = Vec::new();
        let value = match output.subject {
            Subject::ThemeAsset(at) => Some(Rendered::Bytes(self.assets.all()[at].bytes.clone())),
            Subject::File(at) => Some(Rendered::Copy(self.viewer.site.files[at].source.clone())),
            Subject::Alias(target) => Some(Rendered::Bytes(self.alias(&self.viewer.plan.outputs[target]))),
            Subject::Listing(listing, PagePart::Next(_)) => self.viewer.plan.listing(listing).map(|front| {
                let page = self.viewer.listing_page(listing, PagePart::Front, front);
                Rendered::Bytes(self.leading_to(front, Some(page)))
            }),
            _ => self.page(output, &mut diagnostics).map(Rendered::Bytes),
        };
        Reported { value, diagnostics }
    }

    fn page(&self, output: &Output, diagnostics: &mut Vec<Diagnostic>) -> Option<Vec<u8>> {
        let (viewer, route) = (self.viewer, &output.route);
        match output.subject {
            Subject::Article(id) => self.article(id, route, diagnostics),
            Subject::Leaf(at) => self.leaf(at, route, diagnostics),
            Subject::Front => self.front(route, diagnostics),
            Subject::Listing(listing, part) => self.listing(listing, part, route, diagnostics),
            Subject::Series(at) => self.fill(
                "series.html",
                route,
                &viewer.series_page(at, route),
                diagnostics,
                &[("series", &viewer.series(at))],
            ),
            Subject::Terms(at) => self.fill(
                "terms.html",
                route,
                &viewer.terms_page(at, route),
                diagnostics,
                &[("taxonomy", &viewer.taxonomy(at))],
            ),
            Subject::AllSeries => {
                let page = viewer.overview_page("terms", "series", route);
                self.fill("terms.html", route, &page, diagnostics, &[("taxonomy", &viewer.all_series())])
            }
            Subject::Staff => {
                let page = viewer.overview_page("staff", "staff", route);
                self.fill("staff.html", route, &page, diagnostics, &[("authors", &viewer.staff())])
            }
            Subject::Archive => {
                let page = viewer.overview_page("archive", "archive", route);
                self.fill("archive.html", route, &page, diagnostics, &[("archive", &viewer.archive())])
            }
            Subject::Year(at) => self.fill(
                "archive.html",
                route,
                &viewer.year_page(at),
                diagnostics,
                &[("archive", &viewer.year_archive(at))],
            ),
            Subject::Month(at, index) => {
                let (page, month) = (viewer.month_page(at, index), viewer.month(at, index));
                self.fill("month.html", route, &page, diagnostics, &[("month", &month)])
            }
            Subject::NotFound => self.fill("not-found.html", route, &viewer.not_found_page(), diagnostics, &[]),
            Subject::ThemeAsset(_) | Subject::File(_) | Subject::Alias(_) => None,
        }
    }

    fn article(&self, id: ArticleId, route: &Route, diagnostics: &mut Vec<Diagnostic>) -> Option<Vec<u8>> {
        let story = self.viewer.site.story(id);
        let article = &story.article;
        let body = self.body(&article.source, article.body.start, article.digest, &story.language, diagnostics)?;
        let view = self.viewer.article(id, body);
        self.fill("article.html", route, &self.viewer.article_page(id), diagnostics, &[("article", &view)])
    }

    fn leaf(&self, at: usize, route: &Route, diagnostics: &mut Vec<Diagnostic>) -> Option<Vec<u8>> {
        let leaf = &self.viewer.site.pages[at];
        let page = &leaf.page;
        let body = self.body(&page.source, page.body.start, page.digest, &leaf.language, diagnostics)?;
        let view = self.viewer.leaf(at, body);
        self.fill("page.html", route, &self.viewer.leaf_page(at), diagnostics, &[("content", &view)])
    }

    fn front(&self, route: &Route, diagnostics: &mut Vec<Diagnostic>) -> Option<Vec<u8>> {
        let config = self.viewer.config;
        let body = match self.viewer.site.front.as_ref().filter(|file| file.body.has_text) {
            Some(file) => Some(self.body(&file.source, file.body.start, file.digest, &config.language, diagnostics)?),
            None => None,
        };
        let view = self.viewer.front(body);
        self.fill("front.html", route, &self.viewer.front_page(), diagnostics, &[("front", &view)])
    }

    fn listing(
        &self,
        listing: Listing,
        part: PagePart,
        route: &Route,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Option<Vec<u8>> {
        let page = self.viewer.listing_page(listing, part, route);
        let view = self.viewer.listing(listing, part);
        match listing {
            Listing::Latest => self.fill("latest.html", route, &page, diagnostics, &[("listing", &view)]),
            Listing::Section(id) => {
                let body = self.section_body(id, part, diagnostics)?;
                let section = self.viewer.section(id, body);
                self.fill("section.html", route, &page, diagnostics, &[("section", &section), ("listing", &view)])
            }
            Listing::Author(AuthorId(at)) => {
                let author = self.viewer.author(AuthorId(at));
                self.fill("author.html", route, &page, diagnostics, &[("author", &author), ("listing", &view)])
            }
            Listing::Term(taxonomy, term) => {
                let term = self.viewer.term(taxonomy, term);
                self.fill("term.html", route, &page, diagnostics, &[("term", &term), ("listing", &view)])
            }
        }
    }

    /// The body of a section's `_index.md`, on its front; the outer `None` when a fault was reported.
    #[expect(clippy::option_option, reason = "a fault is not the absence of a body")]
    fn section_body(&self, id: SectionId, part: PagePart, diagnostics: &mut Vec<Diagnostic>) -> Option<Option<String>> {
        let section = self.viewer.site.section(id);
        match section.file.as_ref().filter(|file| file.body.has_text && part == PagePart::Front) {
            Some(file) => {
                self.body(&file.source, file.body.start, file.digest, &section.language, diagnostics).map(Some)
            }
            None => Some(None),
        }
    }

    fn body(
        &self,
        path: &str,
        start: usize,
        digest: u128,
        language: &Language,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Option<String> {
        let Viewer { config, site, plan, .. } = self.viewer;
        let surroundings = Surroundings { root: self.root, config, site, plan, templates: self.templates };
        let words = self.words.get(language.tag()).cloned().unwrap_or_else(Value::none);
        surroundings.body(Source { path, start, digest, language, words: &words }).take(diagnostics)
    }

    /// Fills a template with the views of a page.
    fn fill(
        &self,
        template: &str,
        route: &Route,
        page: &PageView<'_>,
        diagnostics: &mut Vec<Diagnostic>,
        views: &[(&'static str, &dyn View)],
    ) -> Option<Vec<u8>> {
        let mut context = Context::new();
        let words = self.words.get(page.language).cloned().unwrap_or_else(Value::none);
        context.insert_value("t", words);
        let shown: Result<(), String> =
            std::iter::once(&("page", page as &dyn View)).chain(views).try_for_each(|(name, view)| {
                context.insert_value(*name, view.value()?);
                Ok(())
            });
        let fault = match shown.map_err(|message| templates::RenderFault {
            code: Code::TemplateFailed,
            message,
            place: None,
        }) {
            Ok(()) => match self.templates.render(template, &context) {
                Ok(bytes) => return Some(bytes),
                Err(fault) => fault,
            },
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

    /// A page that leads on to another: for hosts without redirect rules (HTML, "refresh" pragma). It bears the title
    /// and description of where it leads.
    fn leading_to(&self, target: &Route, page: Option<PageView<'_>>) -> Vec<u8> {
        let base = &self.viewer.config.base_url;
        let (url, path) = (base.url(target), base.path(target));
        let language = page.as_ref().map_or(self.viewer.config.language.tag(), |page| page.language);
        let title = page.as_ref().map_or_else(|| path.clone(), |page| escaped(&page.title));
        let description = page.as_ref().map_or_else(|| url.clone(), |page| escaped(&page.description));
        // URLs are percent-encoded and hold no character that HTML would need escaped.
        format!(
            "<!DOCTYPE html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\">\n<title>{title}</title>\n\
             <meta name=\"description\" content=\"{description}\">\n<link rel=\"canonical\" href=\"{url}\">\n\
             <meta name=\"robots\" content=\"noindex\">\n<meta http-equiv=\"refresh\" content=\"0; url={path}\">\n\
             </head>\n<body>\n<p><a href=\"{path}\">{url}</a></p>\n</body>\n</html>\n"
        )
        .into_bytes()
    }

    fn alias(&self, target: &Output) -> Vec<u8> {
        let page = match target.subject {
            Subject::Article(id) => Some(self.viewer.article_page(id)),
            Subject::Leaf(at) => Some(self.viewer.leaf_page(at)),
            _ => None,
        };
        self.leading_to(&target.route, page)
    }
}

/// Text as HTML has it in elements and attributes.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A view that can be given to a template.
trait View {
    fn value(&self) -> Result<Value, String>;
}

impl<T: Serialize> View for T {
    fn value(&self) -> Result<Value, String> {
        to_value(self)
    }
}

fn to_value<T: Serialize>(view: &T) -> Result<Value, String> {
    Value::try_from_serializable(view).map_err(|error| error.to_string())
}
