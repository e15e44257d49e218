//! Prepared outputs: everything but the body, with the views that a template will receive, so that they can be hashed first.

use serde::Serialize;
use tera::Value;
use xxhash_rust::xxh3::{Xxh3, xxh3_128};

use crate::route::Route;
use crate::view::contract::{
    ArchiveView, ArticleView, AuthorView, ContentView, CorrectionsView, FrontView, ListingView, MonthView, PageView,
    SectionView, SeriesView, StaffMemberView, TaxonomyView, TermView, TombstoneView,
};
use crate::view::{Shown, Unserializable, fingerprint};

use super::bodies::Source;
use super::documents::Document;
use super::html::escaped;
use super::search::SearchFile;

/// An output before rendering.
#[derive(Debug)]
pub enum PreparedOutput<'a> {
    /// A theme file, by its index in the theme's assets.
    Asset(usize),
    /// A project file, by its index in the site's files.
    File(usize),
    /// A picture of the project, by its index in the site's files; with the hash of its bytes.
    Picture(usize, u128),
    /// A smaller picture, by its index among the plan's variants.
    Variant(usize),
    /// Bytes that are made without a template.
    Bytes(Vec<u8>),
    /// A file of the search index.
    SearchFile(SearchFile),
    /// A page that redirects to another.
    Redirect(Box<RedirectPage<'a>>),
    /// A page made with a template.
    Page(Box<PreparedPage<'a>>),
    /// A file of stories that isn't a page, such as a feed.
    Document(Box<Document<'a>>),
}

/// A page that redirects, for hosts without redirect rules.
#[derive(Debug, Serialize)]
pub struct RedirectPage<'a> {
    /// The absolute URL of its target.
    pub url: String,
    /// The root-relative URL of the target.
    pub path: String,
    /// The target page, whose title and description it repeats.
    pub page: Option<PageView<'a>>,
    /// The site's language, used if the target isn't a page.
    pub language: &'a str,
}

impl RedirectPage<'_> {
    /// The language of the target page, or the site's.
    pub(super) fn language(&self) -> &str {
        self.page.as_ref().map_or(self.language, |page| page.language)
    }

    /// The page as HTML: the "refresh" pragma, and the title and description of its target.
    pub(super) fn to_html(&self) -> Vec<u8> {
        let RedirectPage { page, .. } = self;
        let (url, path) = (escaped(&self.url), escaped(&self.path));
        let language = self.language();
        let title = page.as_ref().map_or_else(|| path.clone(), |page| escaped(&page.title));
        let description = page.as_ref().map_or_else(|| url.clone(), |page| escaped(&page.description));
        format!(
            "<!DOCTYPE html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\">\n<title>{title}</title>\n\
             <meta name=\"description\" content=\"{description}\">\n<link rel=\"canonical\" href=\"{url}\">\n\
             <meta http-equiv=\"refresh\" content=\"0; url={path}\">\n\
             </head>\n<body>\n<p><a href=\"{path}\">{url}</a></p>\n</body>\n</html>\n"
        )
        .into_bytes()
    }
}

/// A template and everything it receives, with the body still empty.
#[derive(Debug)]
pub struct PreparedPage<'a> {
    pub(super) template: &'static str,
    pub(super) page: PageView<'a>,
    pub(super) content: Content<'a>,
    pub(super) body: Option<Source<'a>>,
    /// The full page, if this is a text version.
    pub(super) full_page: Option<&'a Route>,
}

/// The views that a template receives besides `page`, by the kind of page.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "it lives in a boxed page, of which each thread has one")]
pub(super) enum Content<'a> {
    Article(ArticleView<'a>),
    Page(ContentView<'a>),
    Front(FrontView<'a>),
    Latest(ListingView<'a>),
    Section(SectionView<'a>, ListingView<'a>),
    Author(AuthorView<'a>, ListingView<'a>),
    Term(TermView<'a>, ListingView<'a>),
    Series(SeriesView<'a>),
    Terms(TaxonomyView<'a>),
    Corrections(CorrectionsView<'a>),
    Staff(Vec<Shown<AuthorView<'a>>>, Vec<StaffMemberView<'a>>),
    Archive(ArchiveView),
    Month(MonthView<'a>),
    Gone(Option<TombstoneView<'a>>),
    NotFound,
    Search,
}

impl<'a> Content<'a> {
    /// The views by their names in templates.
    fn views(&self) -> [Option<(&'static str, &dyn TemplateView)>; 2] {
        match self {
            Content::Article(article) => [Some(("article", article)), None],
            Content::Page(content) => [Some(("content", content)), None],
            Content::Front(front) => [Some(("front", front)), None],
            Content::Latest(listing) => [Some(("listing", listing)), None],
            Content::Section(section, listing) => [Some(("section", section)), Some(("listing", listing))],
            Content::Author(author, listing) => [Some(("author", author)), Some(("listing", listing))],
            Content::Term(term, listing) => [Some(("term", term)), Some(("listing", listing))],
            Content::Series(series) => [Some(("series", series)), None],
            Content::Terms(taxonomy) => [Some(("taxonomy", taxonomy)), None],
            Content::Corrections(corrections) => [Some(("corrections", corrections)), None],
            Content::Staff(authors, staff) => [Some(("authors", authors)), Some(("staff", staff))],
            Content::Archive(archive) => [Some(("archive", archive)), None],
            Content::Month(month) => [Some(("month", month)), None],
            Content::Gone(tombstone) => [Some(("tombstone", tombstone)), None],
            Content::NotFound | Content::Search => [None, None],
        }
    }

    /// Sets the body.
    fn set_body(&mut self, html: String) {
        match self {
            Content::Article(article) => article.body = html,
            Content::Page(content) => content.body = html,
            Content::Front(front) => front.body = Some(html),
            Content::Section(section, _) => section.body = Some(html),
            Content::Corrections(corrections) => {
                if let Some(content) = &mut corrections.content {
                    content.body = html;
                }
            }
            _ => {}
        }
    }
}

impl<'a> PreparedPage<'a> {
    /// Creates a page without a body.
    pub(super) fn new(template: &'static str, page: PageView<'a>, content: Content<'a>) -> PreparedPage<'a> {
        PreparedPage { template, page, content, body: None, full_page: None }
    }

    pub(super) fn with_body(mut self, body: Option<Source<'a>>) -> PreparedPage<'a> {
        self.body = body;
        self
    }

    /// The hash of the template's name, of its views, and of the file of its body. What the body refers to is not in it.
    ///
    /// # Errors
    /// When a view cannot be serialized.
    pub(super) fn fingerprint(&self) -> Result<u128, Unserializable> {
        let mut hasher = Xxh3::new();
        hasher.update(self.template.as_bytes());
        if let Some(Source { path, start, digest, language, .. }) = &self.body {
            for text in [path, language.tag()] {
                hasher.update(&xxh3_128(text.as_bytes()).to_le_bytes());
            }
            hasher.update(&digest.to_le_bytes());
            hasher.update(&start.to_le_bytes());
        }
        hasher.update(&fingerprint(&self.page)?.to_le_bytes());
        for (_, view) in self.content.views().into_iter().flatten() {
            hasher.update(&view.fingerprint()?.to_le_bytes());
        }
        Ok(hasher.digest128())
    }

    /// Everything that the template receives, with its body.
    ///
    /// # Errors
    /// When a view cannot be shown to templates.
    pub(super) fn variables(&mut self, body: Option<String>) -> Result<tera::Context, String> {
        if let Some(html) = body {
            self.content.set_body(html);
        }
        let mut variables = tera::Context::new();
        variables.insert_value("page", self.page.value()?);
        for (name, view) in self.content.views().into_iter().flatten() {
            variables.insert_value(name, view.value()?);
        }
        Ok(variables)
    }
}

/// A view that templates can receive and that can be hashed.
trait TemplateView {
    fn value(&self) -> Result<Value, String>;
    fn fingerprint(&self) -> Result<u128, Unserializable>;
}

impl<T: Serialize> TemplateView for T {
    fn value(&self) -> Result<Value, String> {
        Value::try_from_serializable(self).map_err(|error| error.to_string())
    }

    fn fingerprint(&self) -> Result<u128, Unserializable> {
        fingerprint(self)
    }
}
